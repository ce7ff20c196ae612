//! The page before a card company's own page: which card, and what is still open there.

use kernel::{CustomerId, Money, PaymentId, Timestamp};
use orders::order;
use payments::{
    DeclineCode, Method, Payment, PaymentState, Provider, payment, stripe::SavedCard, tries,
};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::payment::{Found, PaymentPage};
use crate::FlowError;

/// The page of a card payment at a provider outside.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardPage {
    /// The order's number.
    pub order_number: String,
    /// The unguessable text of the order's page.
    pub order_token: String,
    /// The payment.
    pub payment_id: PaymentId,
    /// How much is to be paid.
    pub amount: Money,
    /// Where the choice of a card is sent.
    pub action_url: String,
    /// Where a kept card is sent that the provider is to forget.
    pub forget_url: String,
    /// Where the buyer goes who wants to pay otherwise or later.
    pub leave_url: String,
    /// The provider's page that takes the card, once it is open.
    pub open_url: Option<String>,
    /// When that page closes by itself.
    pub open_until: Option<Timestamp>,
    /// Whether the browser goes on to that page by itself.
    pub go_on: bool,
    /// Why the last card was refused on that page.
    pub refused: Option<DeclineCode>,
    /// Cards that the provider keeps for the signed-in customer; none for anybody else.
    pub saved_cards: Vec<SavedCard>,
    /// Whether the provider can keep the next card: only for a signed-in customer.
    pub can_keep: bool,
}

impl PageView for CardPage {
    const TEMPLATE: &'static str = "card.html";
}

/// What is to be shown of a card payment of the order behind a link's token.
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
    let all = payment::of_order(rx, order.id).await?;
    let mine = all
        .into_iter()
        .find(|p| p.id == id && p.method == Method::Card)
        .ok_or(FlowError::NotFound)?;
    let fresh = mine.state == PaymentState::Created && mine.sent_at.is_none();
    if mine.provider != Provider::Stripe {
        return Ok(if fresh {
            Found::Page(PaymentPage::of(order, &mine))
        } else {
            Found::Over
        });
    }
    let open = mine.open_page(ctx.now()).cloned();
    if !fresh && open.is_none() {
        return Ok(Found::Over);
    }
    let refused = tries::of_order(rx, order.id).await?;
    let refused = refused.into_iter().rev().find(|t| t.payment_id == mine.id);
    let here = format!("/orders/{}", order.token);
    let Payment { id, amount, .. } = mine;
    Ok(Found::Card(Box::new(CardPage {
        order_number: order.number,
        order_token: order.token,
        payment_id: id,
        amount,
        action_url: format!("{here}/payments/{id}"),
        forget_url: format!("{here}/payments/{id}/forgetting"),
        leave_url: if open.is_some() {
            format!("{here}/payments/{id}/leaving")
        } else {
            here
        },
        open_until: open.as_ref().map(|page| page.until),
        open_url: open.map(|page| page.url),
        go_on: false,
        refused: refused.map(|t| t.decline_code),
        saved_cards: Vec::new(),
        can_keep: false,
    })))
}

impl CardPage {
    /// The page as a signed-in customer sees it.
    #[must_use]
    pub fn for_customer(self, customer: Option<CustomerId>, cards: Vec<SavedCard>) -> Self {
        Self {
            can_keep: customer.is_some(),
            saved_cards: cards,
            ..self
        }
    }
}
