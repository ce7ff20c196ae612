//! Orders that wait for money (拍下未付款, CHK-08), as the home page and the list of unpaid orders show them.

use kernel::{Currency, Money};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::start_of_day;
use crate::FlowError;

/// Orders that wait for money, and how many of today's buyers have paid.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct UnpaidOrders {
    /// Orders that wait for money now.
    pub orders: i64,
    /// What they are worth.
    pub money_at_risk: Money,
    /// People who paid ÷ people who ordered today; null while nobody ordered.
    pub payment_rate: Option<f64>,
    /// People who ordered today.
    pub ordering_people: i64,
    /// Those of them who paid, or will at the door.
    pub paid_people: i64,
}

/// The unpaid orders at this instant.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn unpaid(
    rx: &mut Rx,
    ctx: &Ctx,
    currency: Currency,
) -> Result<UnpaidOrders, FlowError> {
    let found = orders::figures::unpaid(rx, currency, start_of_day(ctx)).await?;
    Ok(UnpaidOrders {
        orders: found.orders,
        money_at_risk: found.money_at_risk,
        payment_rate: found.payment_rate(),
        ordering_people: found.ordering_people,
        paid_people: found.paid_people,
    })
}
