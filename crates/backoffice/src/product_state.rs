//! A product goes on sale and off, into the archive and out of it.

use std::sync::Arc;

use catalog::{CatalogError, product};
use kernel::ProductId;
use operations::FlowError;
use platform::{
    Ctx, Tx,
    web::{Done, Path, Problem, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::{Form, Nothing, Sent, explain},
    paths::ProductPath,
    products::{ProductChanged, page_of, product_page},
};

/// Out of the archive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restore {
    /// Whether it also goes on sale again at once; a draft otherwise.
    #[serde(default, deserialize_with = "form::flag")]
    publish: bool,
}

/// A step of a product's life.
#[derive(Clone, Copy)]
enum Step {
    Publish,
    Unpublish,
    Archive,
    Restore { publish: bool },
}

impl Step {
    async fn take(self, tx: &mut Tx, ctx: &Ctx, id: ProductId) -> Result<(), CatalogError> {
        match self {
            Self::Publish => product::publish(tx, ctx, id).await,
            Self::Unpublish => product::unpublish(tx, ctx, id).await,
            Self::Archive => product::archive(tx, ctx, id).await,
            Self::Restore { publish } => {
                product::restore(tx, ctx, id).await?;
                if publish {
                    product::publish(tx, ctx, id).await?;
                }
                Ok(())
            }
        }
    }

    const fn flash(self) -> &'static str {
        match self {
            Self::Publish | Self::Restore { publish: true } => "admin-flash-published",
            Self::Unpublish => "admin-flash-unpublished",
            Self::Archive => "admin-flash-archived",
            Self::Restore { publish: false } => "admin-flash-restored",
        }
    }
}

async fn walk(
    ctx: &Ctx,
    id: ProductId,
    step: Result<Step, Problem>,
    sent: &Sent,
) -> Result<Done<ProductChanged>, Problem> {
    let work = async {
        let step = step?;
        let taking =
            ctx.write(async move |tx, ctx| Ok::<_, FlowError>(step.take(tx, ctx, id).await?));
        taking.await.map_err(explain)?;
        let next = sent.next(page_of(id));
        Ok(Done::new(ProductChanged { id }, next).flash(step.flash()))
    };
    sent.or_show(work, product_page(ctx, id)).await
}

/// Puts a product on sale.
pub(crate) async fn publish(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<Nothing>),
) -> Result<Done<ProductChanged>, Problem> {
    let step = form.value.map(|_| Step::Publish);
    walk(&ctx, at.id, step, &form.sent).await
}

/// Takes a product off sale.
pub(crate) async fn unpublish(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<Nothing>),
) -> Result<Done<ProductChanged>, Problem> {
    let step = form.value.map(|_| Step::Unpublish);
    walk(&ctx, at.id, step, &form.sent).await
}

/// Puts a product away. Orders that name it keep it; the way back stands on its page.
pub(crate) async fn archive(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<Nothing>),
) -> Result<Done<ProductChanged>, Problem> {
    let step = form.value.map(|_| Step::Archive);
    walk(&ctx, at.id, step, &form.sent).await
}

/// Takes a product out of the archive.
pub(crate) async fn restore(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<Restore>),
) -> Result<Done<ProductChanged>, Problem> {
    let step = form
        .value
        .map(|Restore { publish }| Step::Restore { publish });
    walk(&ctx, at.id, step, &form.sent).await
}
