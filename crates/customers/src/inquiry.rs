//! What was asked through the contact form, until somebody has answered.

use std::str::FromStr;

use kernel::{CustomerId, Email, InquiryId, Locale, Timestamp, VisitorId, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Row,
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CustomersError,
    events::{InquiryAnswered, InquiryStarted},
};

/// The longest name, in characters.
pub const NAME: usize = 100;
/// The longest question, in characters.
pub const MESSAGE: usize = 5_000;
/// The longest answer, in characters.
pub const ANSWER: usize = 5_000;
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
    /// The language in which it was asked.
    pub locale: Locale,
    /// Whether somebody has answered.
    pub state: InquiryState,
    /// When it came.
    pub created_at: Timestamp,
    /// When somebody answered.
    pub answered_at: Option<Timestamp>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// What they answered.
    pub answer: Option<String>,
    /// Whether it is the wish of a signed-in customer to be forgotten.
    pub wants_erasure: bool,
}

/// How many wait for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub open: i64,
    /// Since when the longest has waited.
    pub oldest_at: Option<Timestamp>,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The inquiry with its answer.
    pub inquiry: Inquiry,
    /// False when the same answer had been given before: then nothing was done.
    pub first: bool,
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
    /// An inquiry from a row with all of its columns.
    ///
    /// # Errors
    /// A column that is missing or holds what cannot be.
    pub fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            visitor_id: row.get("visitor_id")?,
            customer_id: row.get("customer_id")?,
            name: row.get("name")?,
            email: row.get("email")?,
            message: row.get("message")?,
            order_number: row.get("order_number")?,
            locale: row.get("locale")?,
            state: row.parse("state")?,
            created_at: row.get("created_at")?,
            answered_at: row.get("answered_at")?,
            answered_by: row.get("answered_by")?,
            answer: row.get("answer")?,
            wants_erasure: row.get("wants_erasure")?,
        })
    }
}

/// Keeps a question, with the language it was asked in, and says on the stream that somebody asked.
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
    let sql = "INSERT INTO inquiries (id, visitor_id, customer_id, name, email, message, order_number, locale, state, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9)";
    let visitor = ctx.visit().map(|visit| visit.visitor);
    let values = params![
        id,
        visitor,
        customer,
        name,
        new.email.as_str(),
        message,
        order_number.clone(),
        ctx.locale(),
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

/// Keeps the wish of a signed-in customer to be forgotten; it waits with the questions.
///
/// # Errors
/// As [`record`].
pub async fn record_wish(
    tx: &mut Tx,
    ctx: &Ctx,
    new: NewInquiry,
) -> Result<InquiryId, CustomersError> {
    let id = record(tx, ctx, new).await?;
    let sql = "UPDATE inquiries SET wants_erasure = TRUE WHERE id = $1";
    tx.execute_one(sql, params![id]).await?;
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

/// Keeps the answer and says on the stream that somebody was answered. The same answer once more is the same act, so
/// that a form which is sent twice does no harm.
///
/// # Errors
/// An empty or over-long answer, no such inquiry, or one that was answered otherwise.
pub async fn answer(
    tx: &mut Tx,
    ctx: &Ctx,
    id: InquiryId,
    text: &str,
) -> Result<Answered, CustomersError> {
    let text = many_lines(text);
    match text.chars().count() {
        0 => return Err(CustomersError::AnswerMissing),
        long if long > ANSWER => return Err(CustomersError::AnswerTooLong),
        _ => {}
    }
    let sql = "UPDATE inquiries SET state = 'answered', answered_at = $2, answered_by = $3, answer = $4 \
               WHERE id = $1 AND state = 'open' RETURNING *";
    let values = params![id, ctx.now(), ctx.actor().label(), text.clone()];
    let Some(row) = tx.row(sql, values).await? else {
        let inquiry = by_id(tx, id).await?.ok_or(CustomersError::NoInquiry)?;
        return if inquiry.answer.as_deref() == Some(text.as_str()) {
            Ok(Answered {
                inquiry,
                first: false,
            })
        } else {
            Err(CustomersError::AlreadyAnswered)
        };
    };
    let inquiry = Inquiry::from_row(&row)?;
    let payload = InquiryAnswered {
        waited_seconds: ctx.now().seconds_since(inquiry.created_at),
        order_number: inquiry.order_number.clone(),
    };
    let event = Event::new(event::INQUIRY_ANSWERED, &payload)
        .about(id)
        .customer(inquiry.customer_id);
    events::emit(tx, ctx, event).await?;
    Ok(Answered {
        inquiry,
        first: true,
    })
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

/// What else somebody asked from the same address, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn others_of(
    rx: &mut Rx,
    inquiry: &Inquiry,
    limit: i64,
) -> Result<Vec<Inquiry>, DbError> {
    // Of somebody who was forgotten nobody knows what else they asked.
    if inquiry.email.is_empty() {
        return Ok(Vec::new());
    }
    let sql =
        "SELECT * FROM inquiries WHERE email = $1 AND id <> $2 ORDER BY created_at DESC LIMIT $3";
    let rows = rx
        .rows(sql, params![inquiry.email.as_str(), inquiry.id, limit])
        .await?;
    rows.iter().map(Inquiry::from_row).collect()
}

/// What an account asked, newest first: only with its own confirmed address, for anybody can type another's.
///
/// # Errors
/// Whatever the database says.
pub async fn of_account(
    rx: &mut Rx,
    (customer, email): (CustomerId, &str),
    limit: i64,
) -> Result<Vec<Inquiry>, DbError> {
    let sql = "SELECT * FROM inquiries WHERE customer_id = $1 AND LOWER(email) = $2 ORDER BY created_at DESC LIMIT $3";
    let rows = rx
        .rows(sql, params![customer, email.to_lowercase(), limit])
        .await?;
    rows.iter().map(Inquiry::from_row).collect()
}

/// How many wait for an answer, and since when.
///
/// # Errors
/// Whatever the database says.
pub async fn waiting(rx: &mut Rx) -> Result<Waiting, DbError> {
    let sql =
        "SELECT COUNT(*) AS waiting, MIN(created_at) AS oldest FROM inquiries WHERE state = 'open'";
    let row = rx.one(sql, &[]).await?;
    Ok(Waiting {
        open: row.get("waiting")?,
        oldest_at: row.get("oldest")?,
    })
}

/// When each question since an instant came and was answered, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn waits_since(
    rx: &mut Rx,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<(Timestamp, Option<Timestamp>)>, DbError> {
    let sql = "SELECT created_at, answered_at FROM inquiries WHERE state IN ('open', 'answered') AND created_at >= $1 \
               ORDER BY created_at DESC LIMIT $2";
    let rows = rx.rows(sql, params![since, limit]).await?;
    rows.iter()
        .map(|row| Ok((row.get("created_at")?, row.get("answered_at")?)))
        .collect()
}
