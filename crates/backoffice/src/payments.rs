//! How cards are charged now, and whether the books agree (P3, P11).

use std::sync::Arc;

use kernel::BreakId;
use operations::{
    FlowError,
    views::admin::{PaymentsPage, payment_list::Payments, payments as views},
};
use payments::breaks;
use platform::{
    Ctx,
    list::{Asked, Listed},
    web::{Done, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing, explain},
    paths::BreakPath,
};

const PAGE: &str = "/admin/payments";

/// What became of a difference.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settling {
    /// In words.
    #[serde(default)]
    note: String,
}

/// A difference after somebody did something about it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BreakStands {
    /// The difference.
    id: BreakId,
}

/// The page as it opens, to which a refused form comes back.
async fn page(ctx: &Ctx) -> Result<PaymentsPage, Problem> {
    let asked = Asked::read(Payments::list(), "")?;
    let page = ctx.read(async move |rx, ctx| views::page(rx, ctx, &asked).await);
    Ok(page.await?)
}

/// Takes a difference upon oneself.
pub(crate) async fn take_break(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BreakPath>, Form<Nothing>),
) -> Result<Done<BreakStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let taken =
            ctx.write(async move |tx, ctx| Ok::<_, FlowError>(breaks::take(tx, ctx, at.id).await?));
        taken.await.map_err(explain)?;
        Ok(Done::new(BreakStands { id: at.id }, sent.next(PAGE)).flash("admin-flash-break-taken"))
    };
    sent.or_show(work, page(&ctx)).await
}

/// Says what became of a difference.
pub(crate) async fn settle_break(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<BreakPath>, Form<Settling>),
) -> Result<Done<BreakStands>, Problem> {
    let Form { value, sent } = form;
    let work =
        async {
            let note = value?.note;
            let settled = ctx.write(async move |tx, ctx| {
                Ok::<_, FlowError>(breaks::settle(tx, ctx, at.id, &note).await?)
            });
            settled.await.map_err(explain)?;
            Ok(Done::new(BreakStands { id: at.id }, sent.next(PAGE))
                .flash("admin-flash-break-settled"))
        };
    sent.or_show(work, page(&ctx)).await
}
