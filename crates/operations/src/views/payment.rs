//! What a buyer can do next to pay an order.

use kernel::{Money, PaymentId, Timestamp};
use orders::{Order, OrderState};
use payments::{Method, Payment, PaymentState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::shop::{BankAccount, Shop};

/// The next step of paying an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NextPayment {
    /// The payment.
    pub id: PaymentId,
    /// `cash_on_delivery`, `bank_transfer` or `card`.
    pub method: String,
    /// Where the payment is: `created`, `pending`, `unknown`, `succeeded`, `declined`, `cancelled`.
    pub state: String,
    /// How much.
    pub amount: Money,
    /// Until when.
    pub deadline: Option<Timestamp>,
    /// What to do.
    pub next_action: Option<NextAction>,
}

/// What to do to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NextAction {
    /// Go to this page and pay there.
    Redirect {
        /// The page.
        url: String,
    },
    /// Transfer the amount to this account.
    BankTransfer {
        /// The account.
        account: BankAccount,
        /// What to write on the transfer.
        reference: String,
    },
    /// Have the amount ready when the parcel comes.
    PayOnDelivery,
}

/// Whether the buyer can still do something with this very payment: a card that was declined needs a new one, and one
/// can be typed while the provider's page is open.
fn can_act(order: &Order, payment: &Payment) -> bool {
    let page = payment.page.is_some() && payment.is_under_way();
    let open = payment.method != Method::Card || payment.state == PaymentState::Created || page;
    open && !order.payment_state.was_paid()
}

/// The next step for a payment of an order.
#[must_use]
pub fn next(order: &Order, payment: &Payment, shop: &Shop) -> NextPayment {
    let action = match payment.method {
        Method::Card => NextAction::Redirect {
            url: format!("/orders/{}/payments/{}", order.token, payment.id),
        },
        Method::BankTransfer => NextAction::BankTransfer {
            account: shop.bank.clone(),
            reference: order.number.clone(),
        },
        Method::CashOnDelivery => NextAction::PayOnDelivery,
    };
    NextPayment {
        id: payment.id,
        method: payment.method.code().to_owned(),
        state: payment.state.code().to_owned(),
        amount: payment.amount,
        deadline: order
            .pay_until
            .filter(|_| order.state == OrderState::Placed),
        next_action: can_act(order, payment).then_some(action),
    }
}
