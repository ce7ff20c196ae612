//! Accounts: what customers sign in with. An account exists from the moment its address was confirmed by a letter, so
//! whoever has one owns its address.
//!
//! Of one identity (C7) there is one account. Letters about it go to the address that was confirmed, never to another
//! spelling that somebody typed.

use kernel::{CustomerId, Email, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    auth::password,
    db::{IntoValue, Row, Value},
    params, secret, settings,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CustomersError,
    customer::{self, NewCustomer},
};

/// Settings key of [`Stay`].
pub const STAY: &str = "customer_sessions";

/// How long a customer stays signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stay {
    /// Days after signing in.
    pub days: i64,
}

impl Default for Stay {
    fn default() -> Self {
        Self { days: 30 }
    }
}

/// Somebody's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Account {
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Its address, confirmed.
    pub email: String,
    /// Whether it has a password; without one, its owner signs in by letters.
    pub has_password: bool,
    /// When it was opened.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "customer_id, email, password_hash IS NOT NULL AS has_password, created_at";

impl Account {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            customer_id: row.get("customer_id")?,
            email: row.get("email")?,
            has_password: row.get("has_password")?,
            created_at: row.get("created_at")?,
        })
    }
}

async fn one(rx: &mut Rx, by: &str, value: Value) -> Result<Option<Account>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM accounts WHERE {by} = $1");
    let row = rx.row(&sql, &[value]).await?;
    row.as_ref().map(Account::from_row).transpose()
}

/// The account of a customer.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, id: CustomerId) -> Result<Option<Account>, DbError> {
    one(rx, "customer_id", id.into_value()).await
}

/// The account of an address, however it is spelled.
///
/// # Errors
/// Whatever the database says.
pub async fn by_email(rx: &mut Rx, email: &Email) -> Result<Option<Account>, DbError> {
    one(rx, "identity", email.identity().into_value()).await
}

/// The account behind an address and a password. Takes as long and says the same where there is no such account.
///
/// # Errors
/// [`CustomersError::WrongPassword`].
pub async fn behind(
    ctx: &Ctx,
    email: &str,
    password: String,
) -> Result<CustomerId, CustomersError> {
    let identity = Email::parse(email)
        .map(|e| e.identity())
        .unwrap_or_default();
    let found = ctx.read(async move |rx, _| {
        let sql = "SELECT customer_id, password_hash FROM accounts WHERE identity = $1";
        rx.row(sql, params![identity]).await
    });
    let found = found.await?;
    let hash = found
        .as_ref()
        .map(|row| row.get::<Option<String>>("password_hash"))
        .transpose()?
        .flatten();
    if !password::verify(password, hash).await {
        return Err(CustomersError::WrongPassword);
    }
    let row = found.ok_or(CustomersError::WrongPassword)?;
    Ok(row.get("customer_id")?)
}

/// Whether this is the account's password.
///
/// # Errors
/// [`CustomersError::WrongPassword`].
pub async fn prove(ctx: &Ctx, id: CustomerId, password: String) -> Result<(), CustomersError> {
    let hash: Option<String> = ctx
        .read(async move |rx, _| {
            let sql = "SELECT password_hash FROM accounts WHERE customer_id = $1";
            rx.scalar(sql, params![id]).await
        })
        .await?;
    if password::verify(password, hash).await {
        Ok(())
    } else {
        Err(CustomersError::WrongPassword)
    }
}

/// The hash of a password that somebody chose.
///
/// # Errors
/// [`CustomersError::PasswordShort`].
pub async fn hashed(password: String) -> Result<String, CustomersError> {
    if password.chars().count() < password::SHORTEST {
        return Err(CustomersError::PasswordShort);
    }
    password::hash(password)
        .await
        .ok_or(CustomersError::PasswordShort)
}

/// Opens the account of an address that was confirmed, or tells the one that is there. A fresh one may bring a name.
///
/// # Errors
/// Whatever the database says.
pub async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    email: &Email,
    name: &str,
) -> Result<(CustomerId, bool), DbError> {
    let new = NewCustomer {
        email: email.clone(),
        phone: None,
        name: name.to_owned(),
        country: None,
        locale: ctx.locale(),
    };
    let id = customer::find_or_create(tx, ctx, new).await?;
    let sql = "INSERT INTO accounts (customer_id, email, identity, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (identity) DO NOTHING";
    let values = params![id, email.as_str(), email.identity(), ctx.now()];
    let fresh = tx.execute(sql, values).await? == 1;
    if fresh && !name.trim().is_empty() {
        customer::rename(tx, id, name).await?;
    }
    Ok((id, fresh))
}

/// Sets a password and ends all sessions (A12).
///
/// # Errors
/// Whatever the database says.
pub async fn set_password(tx: &mut Tx, id: CustomerId, hash: &str) -> Result<(), DbError> {
    let sql = "UPDATE accounts SET password_hash = $2 WHERE customer_id = $1";
    tx.execute_one(sql, params![id, hash]).await?;
    close_all(tx, id).await
}

/// An account that moved to another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The address it had.
    pub before: Option<Email>,
    /// Somebody without an account who was known by the new address.
    pub also: Option<CustomerId>,
}

/// Moves an account to another address that was confirmed, and ends all sessions.
///
/// # Errors
/// [`CustomersError::AddressTaken`] when another account has it.
pub async fn move_to(tx: &mut Tx, id: CustomerId, email: &Email) -> Result<Moved, CustomersError> {
    let before = of(tx, id).await?.ok_or(CustomersError::NoAccount)?;
    let identity = email.identity();
    let taken = by_email(tx, email).await?;
    if taken.is_some_and(|other| other.customer_id != id) {
        return Err(CustomersError::AddressTaken);
    }
    let also = customer::take_identity(tx, id, email).await?;
    let sql = "UPDATE accounts SET email = $2, identity = $3 WHERE customer_id = $1";
    tx.execute_one(sql, params![id, email.as_str(), identity])
        .await?;
    close_all(tx, id).await?;
    Ok(Moved {
        before: Email::parse(&before.email).ok(),
        also,
    })
}

/// Opens a session and tells its token, a fresh one at each sign-in (A12). The account stays locked until the commit,
/// so that what a sign-in brings along is brought one after the other.
///
/// # Errors
/// [`CustomersError::NoAccount`].
pub async fn open_session(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CustomerId,
) -> Result<String, CustomersError> {
    let (token, now) = (secret::random_token(), ctx.now());
    let sql = "UPDATE accounts SET signed_in_at = $2 WHERE customer_id = $1";
    if tx.execute(sql, params![id, now]).await? == 0 {
        return Err(CustomersError::NoAccount);
    }
    let old = "DELETE FROM account_sessions WHERE customer_id = $1 AND expires_at < $2";
    tx.execute(old, params![id, now]).await?;
    let sql = "INSERT INTO account_sessions (token_hash, customer_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    let stay: Stay = settings::load(tx, STAY).await?;
    let until = now.plus_seconds(stay.days * 86_400);
    tx.execute_one(sql, params![secret::token_hash(&token), id, now, until])
        .await?;
    Ok(token)
}

/// The customer behind a session's token.
///
/// # Errors
/// Whatever the database says.
pub async fn signed_in(rx: &mut Rx, ctx: &Ctx, token: &str) -> Result<Option<CustomerId>, DbError> {
    let sql = "SELECT customer_id FROM account_sessions WHERE token_hash = $1 AND expires_at > $2";
    let row = rx
        .row(sql, params![secret::token_hash(token), ctx.now()])
        .await?;
    row.map(|row| row.get("customer_id")).transpose()
}

/// Forgets sessions and links that are over.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_old(tx: &mut Tx, ctx: &Ctx) -> Result<(), DbError> {
    for sql in [
        "DELETE FROM account_sessions WHERE expires_at < $1",
        "DELETE FROM account_links WHERE expires_at < $1",
    ] {
        tx.execute(sql, params![ctx.now()]).await?;
    }
    Ok(())
}

/// Ends one session.
///
/// # Errors
/// Whatever the database says.
pub async fn close_session(tx: &mut Tx, token: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM account_sessions WHERE token_hash = $1";
    tx.execute(sql, params![secret::token_hash(token)])
        .await
        .map(|_| ())
}

/// Ends all sessions of a customer.
///
/// # Errors
/// Whatever the database says.
pub async fn close_all(tx: &mut Tx, id: CustomerId) -> Result<(), DbError> {
    let sql = "DELETE FROM account_sessions WHERE customer_id = $1";
    tx.execute(sql, params![id]).await.map(|_| ())
}
