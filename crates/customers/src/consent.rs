//! What people allowed and took back: appended with time, place and the words they saw, never changed (M13).

use kernel::{CustomerId, Locale, Timestamp, VisitorId};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params, secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is allowed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To measure where visits come from and what they look at.
    Measurement,
    /// To write about offers and news.
    MarketingMail,
}

/// Where somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The banner or the page behind it.
    Banner,
    /// The checkout.
    Checkout,
    /// The account.
    Account,
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Somebody known.
    Customer(CustomerId),
    /// A browser.
    Visitor(VisitorId),
}

/// A decision on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Consent {
    /// `measurement` or `marketing_mail`.
    pub purpose: String,
    /// Whether it was allowed.
    pub granted: bool,
    /// `banner`, `checkout` or `account`.
    pub source: String,
    /// Which words were read, as the beginning of their hash.
    pub text_version: String,
    /// The language they were read in.
    pub locale: Locale,
    /// When.
    pub at: Timestamp,
}

impl Purpose {
    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Measurement => "measurement",
            Self::MarketingMail => "marketing_mail",
        }
    }
}

impl Source {
    const fn code(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::Checkout => "checkout",
            Self::Account => "account",
        }
    }
}

impl Consent {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            purpose: row.get("purpose")?,
            granted: row.get("granted")?,
            source: row.get("source")?,
            text_version: row.get("text_version")?,
            locale: row.get("locale")?,
            at: row.get("at")?,
        })
    }
}

/// Which words these are: texts change, and a consent belongs to the one that was read.
#[must_use]
pub fn version_of(text: &str) -> String {
    secret::sha256_hex(text.as_bytes())
        .chars()
        .take(12)
        .collect()
}

/// Keeps a decision beside the `text` that was read.
///
/// # Errors
/// Whatever the database says.
pub async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Who,
    (purpose, granted, source): (Purpose, bool, Source),
    text: &str,
) -> Result<(), DbError> {
    let (customer, visitor) = match who {
        Who::Customer(id) => (Some(id), None),
        Who::Visitor(id) => (None, Some(id)),
    };
    let sql = "INSERT INTO consents (customer_id, visitor_id, purpose, granted, source, text_version, locale, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        customer,
        visitor,
        purpose.code(),
        granted,
        source.code(),
        version_of(text),
        ctx.locale(),
        ctx.now()
    ];
    tx.execute_one(sql, values).await
}

/// Whether a customer allows a purpose now. Silence is no.
///
/// # Errors
/// Whatever the database says.
pub async fn allows(rx: &mut Rx, id: CustomerId, purpose: Purpose) -> Result<bool, DbError> {
    let sql = "SELECT granted FROM consents WHERE customer_id = $1 AND purpose = $2 ORDER BY seq DESC LIMIT 1";
    let row = rx.row(sql, params![id, purpose.code()]).await?;
    Ok(row
        .map(|row| row.get("granted"))
        .transpose()?
        .unwrap_or(false))
}

/// Everything a customer decided, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, id: CustomerId) -> Result<Vec<Consent>, DbError> {
    let sql = "SELECT purpose, granted, source, text_version, locale, at FROM consents WHERE customer_id = $1 ORDER BY seq DESC";
    let rows = rx.rows(sql, params![id]).await?;
    rows.iter().map(Consent::from_row).collect()
}
