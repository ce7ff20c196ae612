//! Sessions of staff: a random token in the browser, its hash in the database.

use kernel::{Role, StaffId, Timestamp};

use serde::{Deserialize, Serialize};

use crate::{Ctx, DbError, Rx, Tx, params, secret, settings};

/// Settings key of [`Stay`].
pub const STAY: &str = "staff_sessions";
/// The longest that a session can last, in days; cookies are kept that long, whatever was decided.
pub const LONGEST: i64 = 90;

/// How long somebody stays signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Stay {
    /// Days after signing in.
    pub days: i64,
}

impl Default for Stay {
    fn default() -> Self {
        Self { days: 14 }
    }
}

/// Who a session belongs to.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Their account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their job.
    pub role: Role,
    /// Whether they sign in with a code, too.
    pub second_factor: bool,
}

/// Opens a session and returns its token (a fresh one at each sign-in, invariant A12).
///
/// # Errors
/// Whatever the database says.
pub async fn open(tx: &mut Tx, ctx: &Ctx, staff: StaffId) -> Result<String, DbError> {
    let token = secret::random_token();
    let now = ctx.now();
    tx.execute(
        "DELETE FROM staff_sessions WHERE expires_at < $1",
        params![now],
    )
    .await?;
    let stay: Stay = settings::load(tx, STAY).await?;
    let sql = "INSERT INTO staff_sessions (token_hash, staff_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)";
    tx.execute_one(
        sql,
        params![
            secret::token_hash(&token),
            staff,
            now,
            now.plus_seconds(stay.days * 86_400)
        ],
    )
    .await?;
    tx.execute_one(
        "UPDATE staff SET signed_in_at = $2 WHERE id = $1",
        params![staff, now],
    )
    .await?;
    Ok(token)
}

/// The active member of staff behind a token.
///
/// # Errors
/// Whatever the database says.
pub async fn find(rx: &mut Rx, ctx: &Ctx, token: &str) -> Result<Option<Holder>, DbError> {
    let sql = "SELECT s.id, s.name, s.role, s.totp_since FROM staff_sessions t JOIN staff s ON s.id = t.staff_id \
               WHERE t.token_hash = $1 AND t.expires_at > $2 AND s.state = 'active'";
    let row = rx
        .row(sql, params![secret::token_hash(token), ctx.now()])
        .await?;
    row.map(|r| {
        Ok(Holder {
            id: r.get("id")?,
            name: r.get("name")?,
            role: r.parse("role")?,
            second_factor: r.get::<Option<Timestamp>>("totp_since")?.is_some(),
        })
    })
    .transpose()
}

/// Forgets sessions and half sign-ins that are over.
///
/// # Errors
/// Whatever the database says.
pub async fn forget_old(tx: &mut Tx, ctx: &Ctx) -> Result<(), DbError> {
    for sql in [
        "DELETE FROM staff_sessions WHERE expires_at < $1",
        "DELETE FROM staff_half_sessions WHERE expires_at < $1",
    ] {
        tx.execute(sql, params![ctx.now()]).await?;
    }
    Ok(())
}

/// Ends one session.
///
/// # Errors
/// Whatever the database says.
pub async fn close(tx: &mut Tx, token: &str) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM staff_sessions WHERE token_hash = $1",
        params![secret::token_hash(token)],
    )
    .await
    .map(|_| ())
}

/// Ends all sessions of a person.
///
/// # Errors
/// Whatever the database says.
pub async fn close_all(tx: &mut Tx, staff: StaffId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM staff_sessions WHERE staff_id = $1",
        params![staff],
    )
    .await
    .map(|_| ())
}
