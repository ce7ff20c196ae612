//! Links in letters that prove who owns an address: unguessable, kept as a hash, good for one use and a short time.
//!
//! Looking at a link changes nothing, because mail scanners look at all of them; only [`take`] uses it up.

use std::str::FromStr;

use kernel::{CustomerId, Email, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params, secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CustomersError, account};

/// What a link does when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Signs in.
    SignIn,
    /// Opens an account and signs in.
    SignUp,
    /// Sets a password and signs in.
    Password,
    /// Moves an account to the address.
    Email,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::SignIn, Self::SignUp, Self::Password, Self::Email];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
            Self::Password => "password",
            Self::Email => "email",
        }
    }

    /// How long such a link works, in minutes. One that lets somebody in to what is there works shortest.
    #[must_use]
    pub const fn minutes(self) -> i64 {
        match self {
            Self::SignIn => 15,
            Self::Password | Self::Email => 60,
            Self::SignUp => 24 * 60,
        }
    }
}

/// A text that names no purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a link has no such purpose")]
pub struct UnknownPurpose;

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        Self::ALL
            .into_iter()
            .find(|p| p.code() == text)
            .ok_or(UnknownPurpose)
    }
}

/// A link that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it does.
    pub purpose: Purpose,
    /// The address it proves.
    pub email: Email,
    /// The account that moves to it, for [`Purpose::Email`].
    pub customer_id: Option<CustomerId>,
    /// The page to go on with.
    pub next: Option<String>,
}

/// A link that was just made.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// Its secret, for the letter alone.
    pub token: String,
    /// What it really does: whoever has no account is offered one.
    pub purpose: Purpose,
    /// Where the letter goes: for an account that exists, its own address.
    pub recipient: Email,
    /// Whose account it is, if there is one.
    pub customer_id: Option<CustomerId>,
    /// Until when it works.
    pub expires_at: Timestamp,
}

const COLUMNS: &str = "purpose, email, customer_id, next";

impl Link {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let email: String = row.get("email")?;
        Ok(Self {
            purpose: row.parse("purpose")?,
            email: Email::parse(&email).map_err(|_| row.inconsistent("email"))?,
            customer_id: row.get("customer_id")?,
            next: row.get("next")?,
        })
    }
}

/// Makes a link for whoever owns `email`. An address without an account gets one that opens it, an address with one
/// gets no second, whatever was asked for.
///
/// # Errors
/// Whatever the database says.
pub async fn make(
    tx: &mut Tx,
    ctx: &Ctx,
    wanted: Purpose,
    email: &Email,
    next: Option<&str>,
) -> Result<Fresh, DbError> {
    let known = account::by_email(tx, email).await?;
    let purpose = match (&known, wanted) {
        (None, _) => Purpose::SignUp,
        (Some(_), Purpose::Password) => Purpose::Password,
        (Some(_), _) => Purpose::SignIn,
    };
    let own = known.as_ref().and_then(|a| Email::parse(&a.email).ok());
    let recipient = own.unwrap_or_else(|| email.clone());
    let customer_id = known.map(|a| a.customer_id);
    let (token, expires_at) = insert(tx, ctx, purpose, &recipient, (None, next)).await?;
    Ok(Fresh {
        token,
        purpose,
        recipient,
        customer_id,
        expires_at,
    })
}

/// Makes a link that moves an account to `email`.
///
/// # Errors
/// Whatever the database says.
pub async fn make_for_move(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CustomerId,
    email: &Email,
) -> Result<Fresh, DbError> {
    let purpose = Purpose::Email;
    let (token, expires_at) = insert(tx, ctx, purpose, email, (Some(id), None)).await?;
    Ok(Fresh {
        token,
        purpose,
        recipient: email.clone(),
        customer_id: Some(id),
        expires_at,
    })
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    purpose: Purpose,
    email: &Email,
    (customer_id, next): (Option<CustomerId>, Option<&str>),
) -> Result<(String, Timestamp), DbError> {
    let (token, now) = (secret::random_token(), ctx.now());
    let until = now.plus_seconds(purpose.minutes() * 60);
    tx.execute(
        "DELETE FROM account_links WHERE expires_at < $1",
        params![now.plus_seconds(-86_400)],
    )
    .await?;
    let sql = "INSERT INTO account_links (token_hash, purpose, email, customer_id, next, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        secret::token_hash(&token),
        purpose.code(),
        email.as_str(),
        customer_id,
        next,
        now,
        until
    ];
    tx.execute_one(sql, values).await?;
    Ok((token, until))
}

/// The link behind a token, while it works; it stays as it is.
///
/// # Errors
/// [`CustomersError::LinkOver`] for one that is unknown, used or too old.
pub async fn look(rx: &mut Rx, ctx: &Ctx, token: &str) -> Result<Link, CustomersError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM account_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2"
    );
    let row = rx
        .row(&sql, params![secret::token_hash(token), ctx.now()])
        .await?;
    Ok(Link::from_row(&row.ok_or(CustomersError::LinkOver)?)?)
}

/// Uses the link up. Of any number of simultaneous calls exactly one succeeds.
///
/// # Errors
/// [`CustomersError::LinkOver`].
pub async fn take(tx: &mut Tx, ctx: &Ctx, token: &str) -> Result<Link, CustomersError> {
    let sql = format!(
        "UPDATE account_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING {COLUMNS}"
    );
    let row = tx
        .row(&sql, params![secret::token_hash(token), ctx.now()])
        .await?;
    Ok(Link::from_row(&row.ok_or(CustomersError::LinkOver)?)?)
}
