//! The page of the demo card provider: openly a demonstration, it asks which answer of a bank is to be tried.

use kernel::{Money, PaymentId};
use orders::order;
use payments::{Method, PaymentState, demo_card::Scenario, payment};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::FlowError;

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

/// What the demo payment page is to show.
#[derive(Debug, Clone)]
pub enum Found {
    /// The page.
    Page(PaymentPage),
    /// The payment is no longer to be made; the order tells how it ended.
    Over,
}

/// The demo payment page of a payment of the order behind a link's token.
///
/// # Errors
/// [`FlowError::NotFound`] for a token that leads nowhere or a payment of another order (A1).
pub async fn payment_page(
    rx: &mut Rx,
    ctx: &Ctx,
    token: &str,
    id: PaymentId,
) -> Result<Found, FlowError> {
    let order = order::by_token(rx, token, ctx.now())
        .await?
        .ok_or(FlowError::NotFound)?;
    let mine = payment::of_order(rx, order.id)
        .await?
        .into_iter()
        .find(|p| p.id == id && p.method == Method::Card);
    let payment = mine.ok_or(FlowError::NotFound)?;
    if payment.state != PaymentState::Created || payment.sent_at.is_some() {
        return Ok(Found::Over);
    }
    let here = format!("/orders/{}", order.token);
    Ok(Found::Page(PaymentPage {
        order_number: order.number,
        order_token: order.token,
        payment_id: id,
        amount: payment.amount,
        action_url: format!("{here}/payments/{id}"),
        cancel_url: here,
        outcomes: Scenario::OFFERED
            .iter()
            .enumerate()
            .map(|(place, scenario)| OutcomeChoice {
                code: scenario.code(),
                selected: place == 0,
            })
            .collect(),
    }))
}
