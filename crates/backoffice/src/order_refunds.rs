//! Giving money back: all of it, for some goods, or an amount; and saying that it was given back by hand.

use std::{collections::BTreeMap, sync::Arc};

use kernel::{Money, OrderId, OrderLineId, RefundId};
use operations::{
    FlowError,
    flows::refund_order::{self, RefundOrder, RefundUnits, What, Which},
    views::admin::order::REFUND_REASONS,
};
use orders::order;
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
    lines: BTreeMap<OrderLineId, LineUnits>,
    /// Whether what is left of the shipping is given back as well; for `lines`.
    #[serde(default, deserialize_with = "form::flag")]
    include_shipping: bool,
    /// How much; for `amount`.
    #[serde(default)]
    amount: Option<Amount>,
    /// One of the page's `refund_reasons`.
    reason: String,
    /// Whether units that had left came back and can be sold again. Units that had not left always can.
    #[serde(default, deserialize_with = "form::flag")]
    restock: bool,
}

/// Units of a line whose money goes back, by where they are.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineUnits {
    /// Units that have not left; they are cancelled, and their stock is free again.
    #[serde(default)]
    unshipped: Option<Count>,
    /// Units that left.
    #[serde(default)]
    shipped: Option<Count>,
    /// Units that were cancelled or came back before and whose money is still here.
    #[serde(default)]
    ended: Option<Count>,
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
    /// `pending`, `succeeded`, `failed` or `withdrawn`.
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
        let key = sent.key.clone().unwrap_or_else(secret::random_token);
        let input = RefundOrder {
            order_id: at.id,
            what: what(&ctx, at.id, &wanted).await?,
            reason: wanted.reason,
            idempotency_key: format!("{}:{key}", at.id),
        };
        let done = refund_order::refund(&ctx, input).await.map_err(explain)?;
        Ok(Done::created(
            RefundStands::from(done),
            sent.next(format!("/admin/orders/{}", at.id)),
        )
        .flash("admin-flash-refunded"))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

async fn what(ctx: &Ctx, id: OrderId, wanted: &NewRefund) -> Result<What, Problem> {
    let wrong = |field: &str, key| Err(Problem::invalid("error-invalid-input").field(field, key));
    if !REFUND_REASONS.contains(&wanted.reason.as_str()) {
        return wrong("reason", "error-invalid-value");
    }
    match wanted.scope {
        Scope::Whole => Ok(What::Everything {
            restock: wanted.restock,
        }),
        Scope::Lines => {
            let lines = units(wanted);
            if lines.is_empty() && !wanted.include_shipping {
                return wrong("lines", "error-required");
            }
            Ok(What::Units {
                lines,
                shipping: wanted.include_shipping,
            })
        }
        Scope::Amount => {
            let Some(amount) = &wanted.amount else {
                return wrong("amount", "error-required");
            };
            let order = ctx
                .read(async move |rx, _| Ok::<_, FlowError>(order::by_id(rx, id).await?))
                .await?;
            Ok(What::Amount(amount.money(order.currency(), "amount")?))
        }
    }
}

fn units(wanted: &NewRefund) -> Vec<RefundUnits> {
    let restock = wanted.restock;
    let of_line = |(order_line_id, units): (&OrderLineId, &LineUnits)| {
        [
            (Which::Unshipped, units.unshipped),
            (Which::Shipped { restock }, units.shipped),
            (Which::Ended, units.ended),
        ]
        .map(|(which, count)| RefundUnits {
            order_line_id: *order_line_id,
            quantity: count.map_or(0, |count| count.0),
            which,
        })
    };
    let all = wanted.lines.iter().flat_map(of_line);
    all.filter(|units| units.quantity != 0).collect()
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
