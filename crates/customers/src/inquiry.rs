//! What was asked through the contact form, until somebody has answered.

use std::str::FromStr;

use kernel::{CustomerId, Email, InquiryId, Timestamp, VisitorId, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Row,
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CustomersError, events::InquiryStarted};

/// The longest name, in characters.
pub const NAME: usize = 100;
/// The longest question, in characters.
pub const MESSAGE: usize = 5_000;
/// The longest order number that is kept, in characters.
const ORDER_NUMBER: usize = 40;

/// Whether somebody has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InquiryState {
    /// Nobody has.
    Open,
    /// Somebody has.
    Answered,
}

/// A question through the contact form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Inquiry {
    /// Its key.
    pub id: InquiryId,
    /// The browser it came from.
    pub visitor_id: Option<VisitorId>,
    /// The customer, when their address was known.
    pub customer_id: Option<CustomerId>,
    /// Who asks.
    pub name: String,
    /// Where to answer.
    pub email: String,
    /// The question.
    pub message: String,
    /// The order it is about, as typed.
    pub order_number: Option<String>,
    /// Whether somebody has answered.
    pub state: InquiryState,
    /// When it came.
    pub created_at: Timestamp,
    /// When somebody answered.
    pub answered_at: Option<Timestamp>,
    /// Who answered.
    pub answered_by: Option<String>,
}

/// A question as it was typed.
#[derive(Debug, Clone)]
pub struct NewInquiry {
    /// Who asks.
    pub name: String,
    /// Where to answer.
    pub email: Email,
    /// The question.
    pub message: String,
    /// The order it is about.
    pub order_number: Option<String>,
}

impl InquiryState {
    /// The code as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
        }
    }
}

/// A text that names no state of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the state must be open or answered")]
pub struct UnknownState;

impl FromStr for InquiryState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [Self::Open, Self::Answered]
            .into_iter()
            .find(|s| s.code() == text)
            .ok_or(UnknownState)
    }
}

impl Inquiry {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            visitor_id: row.get("visitor_id")?,
            customer_id: row.get("customer_id")?,
            name: row.get("name")?,
            email: row.get("email")?,
            message: row.get("message")?,
            order_number: row.get("order_number")?,
            state: row.parse("state")?,
            created_at: row.get("created_at")?,
            answered_at: row.get("answered_at")?,
            answered_by: row.get("answered_by")?,
        })
    }
}

/// Keeps a question and says on the stream that somebody asked.
///
/// # Errors
/// A missing or over-long name or question; otherwise whatever the database says.
pub async fn record(tx: &mut Tx, ctx: &Ctx, new: NewInquiry) -> Result<InquiryId, CustomersError> {
    let (name, message) = checked(&new)?;
    let order_number = new
        .order_number
        .map(|text| one_line(&text))
        .filter(|text| !text.is_empty());
    let order_number: Option<String> =
        order_number.map(|text| text.chars().take(ORDER_NUMBER).collect());
    let id = InquiryId::new();
    let known = "SELECT id FROM customers WHERE identity = $1";
    let customer: Option<CustomerId> = match tx.row(known, params![new.email.identity()]).await? {
        Some(row) => Some(row.get("id")?),
        None => None,
    };
    let sql = "INSERT INTO inquiries (id, visitor_id, customer_id, name, email, message, order_number, state, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8)";
    let visitor = ctx.visit().map(|visit| visit.visitor);
    let values = params![
        id,
        visitor,
        customer,
        name,
        new.email.as_str(),
        message,
        order_number.clone(),
        ctx.now()
    ];
    tx.execute_one(sql, values).await?;
    let payload = InquiryStarted {
        channel: "form".to_owned(),
        inquiry_id: id,
        order_number,
    };
    let event = Event::new(event::INQUIRY_STARTED, &payload)
        .about(id)
        .customer(customer);
    events::emit(tx, ctx, event).await?;
    Ok(id)
}

fn checked(new: &NewInquiry) -> Result<(String, String), CustomersError> {
    let name = one_line(&new.name);
    let message = many_lines(&new.message);
    if name.is_empty() {
        return Err(CustomersError::NameMissing);
    }
    if name.chars().count() > NAME {
        return Err(CustomersError::NameTooLong);
    }
    if message.is_empty() {
        return Err(CustomersError::MessageMissing);
    }
    if message.chars().count() > MESSAGE {
        return Err(CustomersError::MessageTooLong);
    }
    Ok((name, message))
}

fn one_line(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.trim().to_owned()
}

/// Line breaks stay, other control characters go.
fn many_lines(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let clean: String = unified
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    clean.trim().to_owned()
}

/// Says that somebody has answered.
///
/// # Errors
/// No such inquiry, or one that is answered already.
pub async fn answer(tx: &mut Tx, ctx: &Ctx, id: InquiryId) -> Result<(), CustomersError> {
    let sql = "UPDATE inquiries SET state = 'answered', answered_at = $2, answered_by = $3 WHERE id = $1 AND state = 'open'";
    if tx
        .execute(sql, params![id, ctx.now(), ctx.actor().label()])
        .await?
        == 1
    {
        return Ok(());
    }
    match by_id(tx, id).await? {
        Some(_) => Err(CustomersError::AlreadyAnswered),
        None => Err(CustomersError::NoInquiry),
    }
}

/// One inquiry.
///
/// # Errors
/// Whatever the database says.
pub async fn by_id(rx: &mut Rx, id: InquiryId) -> Result<Option<Inquiry>, DbError> {
    let row = rx
        .row("SELECT * FROM inquiries WHERE id = $1", params![id])
        .await?;
    row.as_ref().map(Inquiry::from_row).transpose()
}

/// Inquiries in a state, newest first, after the one that the last page ended with.
///
/// # Errors
/// Whatever the database says.
pub async fn list(
    rx: &mut Rx,
    state: InquiryState,
    after: Option<(Timestamp, InquiryId)>,
    limit: i64,
) -> Result<Vec<Inquiry>, DbError> {
    let rows = match after {
        Some((at, id)) => {
            let sql = "SELECT * FROM inquiries WHERE state = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4";
            rx.rows(sql, params![state.code(), at, id, limit]).await?
        }
        None => {
            let sql = "SELECT * FROM inquiries WHERE state = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
            rx.rows(sql, params![state.code(), limit]).await?
        }
    };
    rows.iter().map(Inquiry::from_row).collect()
}
