//! The steps of an order as its page draws them: done, current, upcoming, or stopped.

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{HistoryRow, Order, OrderState, PaymentMethod};

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// `placed`, `paid`, `picked`, `shipped`, `delivered`; at the end of a broken off order its state.
    pub code: &'static str,
    /// How far it is.
    pub status: StepStatus,
    /// When it was reached.
    pub at: Option<Timestamp>,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Reached.
    Done,
    /// The next one to be reached.
    Current,
    /// Later.
    Upcoming,
    /// Here the order ended before its goods arrived.
    Stopped,
}

/// The steps of an order, from its history. Payment at the door is no step on the way there.
#[must_use]
pub fn of(order: &Order, history: &[HistoryRow]) -> Vec<Step> {
    let first = |state: OrderState| history.iter().find(|row| row.to == state).map(|row| row.at);
    let on_delivery = order.payment_method == PaymentMethod::CashOnDelivery;
    let road = [
        (OrderState::Placed, Some(order.placed_at)),
        (OrderState::Paid, order.paid_at),
        (OrderState::Picked, first(OrderState::Picked)),
        (OrderState::Shipped, order.shipped_at),
        (OrderState::Delivered, first(OrderState::Delivered)),
    ];
    let road = road
        .into_iter()
        .filter(|(state, _)| *state != OrderState::Paid || !on_delivery);
    let stopped = matches!(order.state, OrderState::Cancelled | OrderState::Expired);
    // A parcel that came back closes an order that was never delivered.
    let over = stopped || order.state == OrderState::Closed;
    let mut steps = Vec::new();
    for (state, at) in road {
        let status = match at {
            Some(_) => StepStatus::Done,
            None if over => continue,
            None if steps
                .iter()
                .any(|step: &Step| step.status == StepStatus::Current) =>
            {
                StepStatus::Upcoming
            }
            None => StepStatus::Current,
        };
        steps.push(Step {
            code: state.code(),
            status,
            at,
        });
    }
    if stopped {
        steps.push(Step {
            code: order.state.code(),
            status: StepStatus::Stopped,
            at: order.closed_at,
        });
    }
    steps
}
