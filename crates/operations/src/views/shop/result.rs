//! What became of an order that was just placed or paid, in one word that nobody can mistake (CHK-26).

use orders::{OrderState, PaymentMethod, PaymentState};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    facts::Facts,
    order::{self, OrderPage},
    order_payment::OrderPayment,
};
use crate::{
    FlowError,
    payment_help::{self, HelpText},
};

/// The page after ordering or paying.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ResultPage {
    /// What became of it.
    pub outcome: Outcome,
    /// The order.
    pub order: OrderPage,
    /// Its payment; the same as within the order.
    pub payment: OrderPayment,
    /// What helps after a refusal, the most likely first; empty otherwise.
    pub help: Vec<HelpText>,
}

impl PageView for ResultPage {
    const TEMPLATE: &'static str = "result.html";
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is paid.
    Paid,
    /// It will be paid at the door.
    CashOnDelivery,
    /// A transfer is awaited.
    AwaitingTransfer,
    /// The card is still to be charged.
    AwaitingCard,
    /// The card company's page is open, and no card was charged on it yet.
    AtCardPage,
    /// The bank said no.
    Declined,
    /// Nobody knows yet.
    Confirming,
    /// It was not paid in time.
    Expired,
    /// It was called off.
    Cancelled,
}

/// The result of the order behind a link's token.
///
/// # Errors
/// As [`order::order_page`].
pub async fn result_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    token: &str,
) -> Result<ResultPage, FlowError> {
    let order = order::order_page(rx, ctx, facts, token).await?;
    let outcome = outcome(&order);
    let help = if outcome == Outcome::Declined {
        let texts = payment_help::load(rx).await?;
        texts.texts(order.payment.decline_reason, ctx.locale())
    } else {
        Vec::new()
    };
    Ok(ResultPage {
        outcome,
        help,
        payment: order.payment.clone(),
        order,
    })
}

fn outcome(order: &OrderPage) -> Outcome {
    match (order.state, order.payment_state) {
        (OrderState::Cancelled, _) => Outcome::Cancelled,
        (OrderState::Expired, _) => Outcome::Expired,
        (_, state) if state.was_paid() => Outcome::Paid,
        _ if order.payment.method == PaymentMethod::CashOnDelivery => Outcome::CashOnDelivery,
        _ if order.payment.open_page => Outcome::AtCardPage,
        (_, PaymentState::PartlyPaid) if order.payment.bank_transfer.is_some() => {
            Outcome::AwaitingTransfer
        }
        (_, PaymentState::PartlyPaid) if order.payment.can_pay => Outcome::AwaitingCard,
        (_, PaymentState::PartlyPaid | PaymentState::Unknown) => Outcome::Confirming,
        (_, PaymentState::Declined) => Outcome::Declined,
        _ if order.payment.method == PaymentMethod::BankTransfer => Outcome::AwaitingTransfer,
        _ if order.payment.can_pay => Outcome::AwaitingCard,
        _ => Outcome::Confirming,
    }
}
