//! An order goes before all others, or in its turn again (ORD-07).

use std::sync::Arc;

use operations::flows::prioritise;
use platform::{
    Ctx,
    web::{Done, Path, Problem},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    bank_receipts::instant,
    forms::{Form, Nothing, explain},
    order_actions::OrderStands,
    pages::order_page,
    paths::OrderPath,
};

/// Why an order goes first, and until when it must leave.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GoFirst {
    /// In somebody's words.
    #[serde(default)]
    reason: String,
    /// Until when; the next time the carrier comes when absent. Without a zone it is the shop's time.
    #[serde(default)]
    until: Option<String>,
}

/// Puts an order before all others.
pub(crate) async fn first(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<GoFirst>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let until = wanted.until.map(|text| instant(&ctx, &text, "until"));
        let order = prioritise::prioritise(&ctx, at.id, until.transpose()?, wanted.reason)
            .await
            .map_err(explain)?;
        let next = sent.next(format!("/admin/orders/{}", at.id));
        Ok(Done::created(OrderStands::from(&order), next).flash("admin-flash-urgent"))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Lets an order go in its turn again.
pub(crate) async fn in_turn(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<Nothing>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let order = prioritise::in_turn(&ctx, at.id).await.map_err(explain)?;
        let next = sent.next(format!("/admin/orders/{}", at.id));
        Ok(Done::new(OrderStands::from(&order), next).flash("admin-flash-in-turn"))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}
