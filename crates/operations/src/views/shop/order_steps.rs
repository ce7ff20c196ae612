//! How far an order is, as a row of steps.

use kernel::Timestamp;
use orders::{HistoryRow, Order, OrderState, PaymentMethod};
use schemars::JsonSchema;
use serde::Serialize;

/// One step on the way of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// `placed`, `paid`, `picked`, `shipped`, `delivered`, or `cancelled`, `expired` where it ended early.
    pub code: &'static str,
    /// Whether it is behind, under way, ahead, or where the order stopped.
    pub status: StepStatus,
    /// When it was done.
    pub at: Option<Timestamp>,
}

/// Whether a step is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// It is behind.
    Done,
    /// It is under way.
    Current,
    /// It is ahead.
    Upcoming,
    /// The order ended here.
    Stopped,
}

/// The steps of an order. One that is paid on delivery has no step for paying.
#[must_use]
pub fn steps(order: &Order, history: &[HistoryRow]) -> Vec<Step> {
    let on_delivery = order.payment_method == PaymentMethod::CashOnDelivery;
    let reached = |state: OrderState| history.iter().find(|row| row.to == state).map(|row| row.at);
    let way = [
        ("placed", Some(order.placed_at)),
        ("paid", order.paid_at.or_else(|| reached(OrderState::Paid))),
        ("picked", reached(OrderState::Picked)),
        ("shipped", reached(OrderState::Shipped)),
        ("delivered", reached(OrderState::Delivered)),
    ];
    let mut steps: Vec<Step> = way
        .into_iter()
        .filter(|(code, _)| *code != "paid" || !on_delivery)
        .map(|(code, at)| Step {
            code,
            status: if at.is_some() {
                StepStatus::Done
            } else {
                StepStatus::Upcoming
            },
            at,
        })
        .collect();
    match order.state {
        OrderState::Cancelled => stop(&mut steps, "cancelled", order.closed_at),
        OrderState::Expired => stop(&mut steps, "expired", order.closed_at),
        _ => {
            if let Some(next) = steps.iter_mut().find(|s| s.status == StepStatus::Upcoming) {
                next.status = StepStatus::Current;
            }
        }
    }
    steps
}

fn stop(steps: &mut Vec<Step>, code: &'static str, at: Option<Timestamp>) {
    steps.retain(|s| s.status == StepStatus::Done);
    steps.push(Step {
        code,
        status: StepStatus::Stopped,
        at,
    });
}
