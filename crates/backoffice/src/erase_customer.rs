//! Forgetting a customer: what goes, what stays, and the act itself, which nobody can undo.

use std::sync::Arc;

use ::customers::customer;
use kernel::{Locale, Permission as P};
use operations::{
    flows::erase_customer as flow,
    views::admin::{ErasurePage, erasure as views},
};
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, explain},
    paths::CustomerPath,
    routes::Desk,
};

/// The addresses of forgetting a customer.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/customers/{id}/erase",
            P::CustomersErase,
            "What goes and what stays when a customer is forgotten",
            show,
        )
        .post(
            "/admin/customers/{id}/erase",
            P::CustomersErase,
            "Forgets a customer for good; their books stay without them",
            erase,
        )
}

/// The word that says that somebody means it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmation {
    /// The word shown on the page, in any of the shop's languages: `ERASE`, `清除`.
    #[serde(default)]
    confirm: String,
}

/// A customer who was forgotten.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Erased {
    /// The key that is left of them.
    id: kernel::CustomerId,
}

async fn page(ctx: &Ctx, at: &CustomerPath) -> Result<ErasurePage, Problem> {
    let id = at.id;
    let read = ctx.read_snapshot(async move |rx, ctx| views::page(rx, ctx, id).await);
    Ok(read.await?)
}

/// What goes and what stays.
async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<CustomerPath>,
) -> Result<Page<ErasurePage>, Problem> {
    Ok(Page::new(page(&ctx, &at).await?))
}

/// Forgets the customer.
async fn erase(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CustomerPath>, Form<Confirmation>),
) -> Result<Done<Erased>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?.confirm.trim().to_lowercase();
        let id = at.id;
        let known = ctx.read(async move |rx, _| customer::by_id(rx, id).await);
        known.await?.ok_or_else(Problem::not_found)?;
        let meant = Locale::ALL.into_iter().any(|locale| {
            let word = desk.words.say(locale, "erase-word", &[]);
            word.to_lowercase() == typed
        });
        if !meant {
            return Err(
                Problem::invalid("error-invalid-input").field("confirm", "error-erase-word")
            );
        }
        flow::erase_customer(&ctx, at.id).await.map_err(explain)?;
        let next = sent.next(format!("/admin/customers/{}", at.id));
        Ok(Done::new(Erased { id: at.id }, next).flash("erase-flash-done"))
    };
    sent.or_show(work, page(&ctx, &at)).await
}
