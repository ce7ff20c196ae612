//! Giving money back: all of it, for some goods, or an amount; and saying that it was given back by hand.

use std::{collections::BTreeMap, sync::Arc};

use kernel::{Money, OrderId, OrderLineId, RefundId};
use operations::{
    FlowError,
    flows::refund_order::{self, RefundOrder, ReturnedUnits},
    views::admin::order::{AdminOrder, REFUND_REASONS},
};
use payments::{RefundState, refund};
use platform::{
    Ctx, secret,
    web::{Done, Path, Problem, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Amount, Count, Form, explain},
    pages::order_page,
    paths::{OrderPath, RefundPath},
};

/// What is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Everything that is left.
    Whole,
    /// What some goods cost.
    Lines,
    /// An amount.
    Amount,
}

/// A refund.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRefund {
    /// What is given back.
    scope: Scope,
    /// Units of each line by its id; for `lines`.
    #[serde(default)]
    lines: BTreeMap<OrderLineId, Count>,
    /// Whether shipping is given back as well; for `lines`.
    #[serde(default, deserialize_with = "form::flag")]
    include_shipping: bool,
    /// How much; for `amount`.
    #[serde(default)]
    amount: Option<Amount>,
    /// One of the page's `refund_reasons`.
    reason: String,
    /// Whether the goods came back and can be sold again.
    #[serde(default, deserialize_with = "form::flag")]
    restock: bool,
}

/// How a refund stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RefundStands {
    /// The refund.
    id: RefundId,
    /// The order.
    order_id: OrderId,
    /// How much.
    amount: Money,
    /// `pending`, `succeeded` or `failed`.
    state: RefundState,
}

impl From<payments::Refund> for RefundStands {
    fn from(refund: payments::Refund) -> Self {
        Self {
            id: refund.id,
            order_id: refund.order_id,
            amount: refund.amount,
            state: refund.state,
        }
    }
}

/// That staff gave a refund back by hand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settlement {
    /// The bank's name for the transfer, or a word such as the number of the cash slip.
    reference: String,
}

/// Gives money back.
pub(crate) async fn refund(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<NewRefund>),
) -> Result<Done<RefundStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let order = order_page(&ctx, at.id).await?;
        let key = sent.key.clone().unwrap_or_else(secret::random_token);
        let input = refund_input(&order, wanted, format!("{}:{key}", at.id))?;
        let done = refund_order::refund(&ctx, input).await.map_err(explain)?;
        Ok(Done::created(
            RefundStands::from(done),
            sent.next(format!("/admin/orders/{}", at.id)),
        )
        .flash("admin-flash-refunded"))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

fn refund_input(
    order: &AdminOrder,
    wanted: NewRefund,
    idempotency_key: String,
) -> Result<RefundOrder, Problem> {
    let currency = order.figures.total.currency;
    if !REFUND_REASONS.contains(&wanted.reason.as_str()) {
        return Err(Problem::invalid("error-invalid-input").field("reason", "error-invalid-value"));
    }
    let restock = wanted.restock;
    let units = |(order_line_id, quantity): (OrderLineId, i64)| ReturnedUnits {
        order_line_id,
        quantity,
        restock,
    };
    let mut input = RefundOrder {
        order_id: order.order.id,
        lines: Vec::new(),
        shipping: None,
        amount: None,
        reason: wanted.reason,
        idempotency_key,
    };
    match wanted.scope {
        Scope::Whole => {
            input.amount = Some(order.figures.refundable);
            // After a refund of an amount the goods are worth more than what is left; then only the money is said.
            if restock || order.refunds.is_empty() {
                let all = order
                    .lines
                    .iter()
                    .map(|line| (line.id, line.refundable_quantity));
                input.lines = all
                    .filter(|(_, quantity)| *quantity > 0)
                    .map(units)
                    .collect();
                input.shipping = Some(shipping_left(order));
            }
        }
        Scope::Lines => {
            let chosen = wanted.lines.into_iter().map(|(id, count)| (id, count.0));
            input.lines = chosen
                .filter(|(_, quantity)| *quantity != 0)
                .map(units)
                .collect();
            input.shipping = wanted.include_shipping.then(|| shipping_left(order));
            if input.lines.is_empty() && input.shipping.is_none() {
                return Err(
                    Problem::invalid("error-invalid-input").field("lines", "error-required")
                );
            }
        }
        Scope::Amount => {
            let amount = wanted.amount.ok_or_else(|| {
                Problem::invalid("error-invalid-input").field("amount", "error-required")
            })?;
            input.amount = Some(amount.money(currency, "amount")?);
        }
    }
    Ok(input)
}

/// What of the shipping was not given back yet.
fn shipping_left(order: &AdminOrder) -> Money {
    let live = order
        .refunds
        .iter()
        .filter(|refund| refund.state != RefundState::Failed);
    let back: i64 = live.map(|refund| refund.shipping.amount).sum();
    let shipping = order.figures.shipping;
    Money::new(
        shipping.amount.saturating_sub(back).max(0),
        shipping.currency,
    )
}

/// Says that a refund was given back by hand.
pub(crate) async fn settle(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<RefundPath>, Form<Settlement>),
) -> Result<Done<RefundStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let reference = value?.reference;
        let (order_id, refund_id) = (at.id, at.refund_id);
        let known = ctx
            .read(async move |rx, _| Ok::<_, FlowError>(refund::by_id(rx, refund_id).await?))
            .await?;
        if known.order_id != order_id {
            return Err(Problem::not_found());
        }
        let by_hand = order_page(&ctx, order_id)
            .await?
            .refunds
            .iter()
            .any(|r| r.id == refund_id && r.by_hand);
        if !by_hand {
            return Err(Problem::conflict("error-refund-over"));
        }
        let done = refund_order::settle_by_hand(&ctx, refund_id, reference)
            .await
            .map_err(explain)?;
        Ok(Done::created(
            RefundStands::from(done),
            sent.next(format!("/admin/orders/{order_id}")),
        )
        .flash("admin-flash-settled"))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}
