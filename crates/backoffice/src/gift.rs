//! The page on which the shop says what it gives with orders of enough goods (STF-16).

use std::sync::Arc;

use kernel::Permission as P;
use operations::{
    flows::decide_gift::{NewGift, decide},
    views::admin::{GiftPage, gift as views},
};
use platform::{
    Ctx,
    web::{Done, Page, Problem, form as fields},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::{Amount, Form},
    order_drafts::currency,
    routes::Desk,
};

/// The addresses of the gift.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/settings/gift",
            P::SettingsWrite,
            "What is given with orders of enough goods",
            show,
        )
        .put(
            "/admin/settings/gift",
            P::SettingsWrite,
            "Replaces what is given with orders of enough goods",
            write,
        )
}

/// What is given, and from which sum.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WriteGift {
    /// Whether something is given.
    #[serde(deserialize_with = "fields::flag")]
    on: bool,
    /// The SKU of what is given.
    sku: String,
    /// From what sum of goods, before discounts.
    from: Option<Amount>,
}

async fn page(ctx: &Ctx) -> Result<GiftPage, Problem> {
    Ok(ctx.read(async |rx, ctx| views::page(rx, ctx).await).await?)
}

/// What is given.
pub(crate) async fn show(_: Arc<Backoffice>, ctx: Ctx, (): ()) -> Result<Page<GiftPage>, Problem> {
    Ok(Page::new(page(&ctx).await?))
}

/// Replaces what is given.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteGift>,
) -> Result<Done<GiftPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let currency = currency(&ctx).await?;
        let from = typed.from.map(|from| from.money(currency, "from"));
        let new = NewGift {
            on: typed.on,
            sku: typed.sku,
            from: from.transpose()?,
        };
        ctx.write(async move |tx, ctx| decide(tx, ctx, &new).await)
            .await?;
        let next = sent.next("/admin/settings/gift");
        Ok(Done::new(page(&ctx).await?, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx)).await
}
