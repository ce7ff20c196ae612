//! The page of the demo card provider: openly a demonstration, it asks which answer of a bank is to be tried.

use kernel::{Money, PaymentId};
use orders::Order;
use payments::{Payment, demo_card::Scenario};
use platform::web::PageView;
use schemars::JsonSchema;
use serde::Serialize;

use super::card_payment::CardPage;

/// The demo payment page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PaymentPage {
    /// The order's number.
    pub order_number: String,
    /// The unguessable text of the order's page.
    pub order_token: String,
    /// The payment.
    pub payment_id: PaymentId,
    /// How much is to be paid.
    pub amount: Money,
    /// Where the chosen outcome is sent.
    pub action_url: String,
    /// Where the buyer goes who does not want to pay now.
    pub cancel_url: String,
    /// The answers that can be tried.
    pub outcomes: Vec<OutcomeChoice>,
}

impl PageView for PaymentPage {
    const TEMPLATE: &'static str = "payment.html";
}

/// An answer of the bank that can be tried.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OutcomeChoice {
    /// Its code.
    pub code: &'static str,
    /// Whether it is chosen at first.
    pub selected: bool,
}

/// What is to be shown of a card payment.
#[derive(Debug, Clone)]
pub enum Found {
    /// The demo payment page.
    Page(PaymentPage),
    /// The page before that of a card company.
    Card(Box<CardPage>),
    /// The payment is no longer to be made; the order tells how it ended.
    Over,
}

impl PaymentPage {
    /// The demo payment page of a payment.
    pub(super) fn of(order: Order, payment: &Payment) -> Self {
        let here = format!("/orders/{}", order.token);
        Self {
            order_number: order.number,
            order_token: order.token,
            payment_id: payment.id,
            amount: payment.amount,
            action_url: format!("{here}/payments/{}", payment.id),
            cancel_url: here,
            outcomes: Scenario::OFFERED
                .iter()
                .enumerate()
                .map(|(place, scenario)| OutcomeChoice {
                    code: scenario.code(),
                    selected: place == 0,
                })
                .collect(),
        }
    }
}
