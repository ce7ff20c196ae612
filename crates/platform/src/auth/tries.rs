//! Tries to sign in, counted for each day in the database (A13): unlike the limits of a process they hold over restarts
//! and for all nodes together. What is counted is a hash of the place or the account, so the table knows nobody.

use kernel::{StaffId, Timestamp};

use crate::{
    Ctx, DbError, Tx, params, secret,
    web::{Problem, StatusCode, limits::household},
};

/// A day, in seconds.
const DAY: i64 = 86_400;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try<'a> {
    /// Passwords from one place.
    From(std::net::IpAddr),
    /// Passwords of one account of the staff, by strangers to it.
    Staff(&'a str),
    /// Passwords of one customer's account, by strangers to it.
    Customer(&'a str),
    /// Codes of one person's second step, by whoever knows the password.
    Code(StaffId),
}

impl Try<'_> {
    /// How often in a day.
    #[must_use]
    pub const fn most(self) -> i64 {
        match self {
            Self::From(_) => 300,
            Self::Staff(_) | Self::Customer(_) => 1_000,
            Self::Code(_) => 60,
        }
    }

    fn subject(self) -> String {
        let (kind, text) = match self {
            Self::From(place) => ("from", household(place).to_string()),
            Self::Staff(account) => ("staff", account.trim().to_lowercase()),
            Self::Customer(account) => ("customer", account.trim().to_lowercase()),
            Self::Code(id) => ("code", id.to_string()),
        };
        format!("{kind}:{}", secret::sha256_hex(text.as_bytes()))
    }
}

/// Counts a try of today. False when there were enough: that one is not counted, and must not be made.
///
/// # Errors
/// Whatever the database says.
pub async fn count(tx: &mut Tx, ctx: &Ctx, tried: Try<'_>) -> Result<bool, DbError> {
    count_subject(tx, ctx, &tried.subject(), tried.most()).await
}

async fn count_subject(tx: &mut Tx, ctx: &Ctx, subject: &str, most: i64) -> Result<bool, DbError> {
    let sql = "INSERT INTO sign_in_tries (subject, day, tries) VALUES ($1, $2, 1) ON CONFLICT (subject, day) DO UPDATE \
               SET tries = sign_in_tries.tries + 1 WHERE sign_in_tries.tries < $3 RETURNING tries";
    let day = ctx.now().micros().div_euclid(DAY * 1_000_000);
    let values = params![subject, day, most];
    Ok(tx.row(sql, values).await?.is_some())
}

/// Counts a stranger's try at the password of an account, and refuses one too many from a place or at the account. The
/// machine itself is no place.
///
/// # Errors
/// 429, or whatever the database says.
pub async fn stranger(ctx: &Ctx, place: std::net::IpAddr, account: Try<'_>) -> Result<(), Problem> {
    let (of_account, whose) = (account.subject(), account.most());
    let uncounted = ctx.unrecorded();
    let counted = uncounted.write(async move |tx, ctx| {
        if !place.is_loopback() && !count(tx, ctx, Try::From(place)).await? {
            return Ok::<_, DbError>(false);
        }
        count_subject(tx, ctx, &of_account, whose).await
    });
    if counted.await? {
        Ok(())
    } else {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "error-too-many-tries");
        Err(problem.retry_after(3_600))
    }
}

/// Forgets tries of before an instant.
///
/// # Errors
/// Whatever the database says.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, DbError> {
    let day = before.micros().div_euclid(DAY * 1_000_000);
    tx.execute("DELETE FROM sign_in_tries WHERE day < $1", params![day])
        .await
}
