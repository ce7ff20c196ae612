//! What goes and what stays when a customer is forgotten (GOV-10), before anybody decides it.

use customers::{customer, erasure as people};
use jiff::civil::Date;
use kernel::{CustomerId, OrderId, Timestamp};
use orders::OrderState;
use payments::erasure as money;
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    FlowError,
    flows::erase_customer::{known, still_needed},
    retention,
};

/// What goes and what stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErasurePreview {
    /// When the customer asked for it; null when they did not, or when somebody has seen to it.
    pub wished_at: Option<Timestamp>,
    /// When it was done.
    pub erased_at: Option<Timestamp>,
    /// Why it cannot be done yet, as the key of a sentence; null when it can.
    pub needed: Option<String>,
    /// Orders that are not over.
    pub open_orders: Vec<OpenOrderView>,
    /// Whether there is an account to go.
    pub account: bool,
    /// Addresses of the book that go.
    pub addresses: i64,
    /// Notes of the staff about the customer that go.
    pub notes: i64,
    /// Questions whose words go.
    pub inquiries: i64,
    /// Letters that go.
    pub letters: i64,
    /// Of these, letters that wait and will not leave.
    pub letters_waiting: i64,
    /// Whether a card company keeps cards that go.
    pub cards: bool,
    /// Orders that stay as books, without the person.
    pub orders: i64,
    /// Until when the law has them kept; null without orders.
    #[schemars(with = "Option<String>")]
    pub books_until: Option<Date>,
    /// Decisions about what may be measured and written that stay as proof.
    pub consents: i64,
}

/// An order that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenOrderView {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: OrderState,
}

/// What goes and what stays of a customer.
///
/// # Errors
/// [`FlowError::NotFound`].
pub async fn preview(rx: &mut Rx, ctx: &Ctx, id: CustomerId) -> Result<ErasurePreview, FlowError> {
    let customer = customer::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    let known = known(rx, id).await?.ok_or(FlowError::NotFound)?;
    let kept = people::kept(rx, &known.person).await?;
    let years = retention::load(rx).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let last = known.buyer.last_at;
    Ok(ErasurePreview {
        wished_at: people::wished(rx, id).await?,
        erased_at: customer.erased_at,
        needed: still_needed(rx, &known).await?.map(str::to_owned),
        cards: money::has_cards(rx, &known.person.ids).await?,
        account: kept.account,
        addresses: kept.addresses,
        notes: kept.notes,
        inquiries: kept.inquiries,
        consents: kept.consents,
        letters: count(known.letters.ids.len()),
        letters_waiting: count(known.letters.waiting),
        orders: count(known.buyer.orders.len()),
        books_until: last.map(|at| years.books_until(at, ctx.zone())),
        open_orders: known
            .buyer
            .open
            .into_iter()
            .map(|order| OpenOrderView {
                id: order.id,
                number: order.number,
                state: order.state,
            })
            .collect(),
    })
}
