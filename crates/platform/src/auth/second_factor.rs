//! The second step of signing in: a code of one's telephone, or a recovery code. Each is taken once: the statement that
//! takes it says whether it was there to be taken (A13).

use kernel::{Role, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    one_time, password, session,
    staff::{StaffError, acting_as, by_id, within_reach},
    tries::{self, Try},
};
use crate::{Ctx, DbError, Rx, Tx, params, recent, secret, settings};

/// Settings key of the roles that need a second step.
const REQUIRED: &str = "second_factor_roles";
/// Recovery codes that somebody gets.
const CODES: usize = 10;
/// How long the second step may take after the first, in seconds.
const PATIENCE: i64 = 600;
/// Codes that may be tried after one password.
const TRIES: i64 = 5;

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Since when codes are asked for; none while they are not.
    pub since: Option<Timestamp>,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// Where somebody stands.
///
/// # Errors
/// Whatever the database says.
pub async fn standing(rx: &mut Rx, id: StaffId) -> Result<Standing, DbError> {
    let sql = "SELECT totp_since, (SELECT COUNT(*) FROM staff_recovery_codes c WHERE c.staff_id = s.id AND c.used_at IS NULL) AS codes_left \
               FROM staff s WHERE s.id = $1";
    let row = rx.one(sql, params![id]).await?;
    Ok(Standing {
        since: row.get("totp_since")?,
        codes_left: row.get("codes_left")?,
    })
}

/// Who of the staff has a second step.
///
/// # Errors
/// Whatever the database says.
pub async fn everybody(rx: &mut Rx) -> Result<Vec<StaffId>, DbError> {
    let sql = "SELECT id FROM staff WHERE totp_since IS NOT NULL";
    rx.rows(sql, &[])
        .await?
        .iter()
        .map(|row| row.get("id"))
        .collect()
}

/// Begins: makes a secret, which counts once [`confirm`] has seen a code of it. Needs the password again.
///
/// # Errors
/// [`StaffError::Wrong`] for a wrong password, [`StaffError::Already`] where codes are asked for already.
pub async fn begin(ctx: &Ctx, id: StaffId, typed: String) -> Result<String, StaffError> {
    let hash: Option<String> = ctx
        .read(async move |rx, _| {
            rx.scalar("SELECT password_hash FROM staff WHERE id = $1", params![id])
                .await
        })
        .await?;
    if !password::verify(typed, hash).await {
        return Err(StaffError::Wrong);
    }
    let fresh = one_time::fresh_secret();
    ctx.write(async move |tx, _| {
        let sql = "UPDATE staff SET totp_secret = $2 WHERE id = $1 AND totp_since IS NULL";
        tx.about(|| id.to_string());
        match tx.execute(sql, params![id, &fresh]).await? {
            1 => Ok(fresh.clone()),
            _ => Err(StaffError::Already),
        }
    })
    .await
}

/// The secret that was begun with and waits for its first code.
///
/// # Errors
/// [`StaffError::Unknown`] when none waits.
pub async fn waiting_secret(rx: &mut Rx, id: StaffId) -> Result<String, StaffError> {
    let sql = "SELECT totp_secret FROM staff WHERE id = $1 AND totp_since IS NULL AND totp_secret IS NOT NULL";
    let row = rx.row(sql, params![id]).await?;
    Ok(row.ok_or(StaffError::Unknown)?.get("totp_secret")?)
}

/// Confirms with a first code: from now on one is asked for at each sign-in. Ends all sessions, and returns the recovery
/// codes, which are never shown again, with the token of a fresh session.
///
/// # Errors
/// [`StaffError::Code`] for a code that does not fit, [`StaffError::Unknown`] where nothing was begun.
pub async fn confirm(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StaffId,
    typed: &str,
) -> Result<(Vec<String>, String), StaffError> {
    let secret = waiting_secret(tx, id).await?;
    let step = one_time::step_of(&secret, typed, ctx.now()).ok_or(StaffError::Code)?;
    let sql = "UPDATE staff SET totp_since = $2, totp_last_step = $3 WHERE id = $1 AND totp_since IS NULL AND totp_secret = $4";
    let values = params![id, ctx.now(), step, secret];
    if tx.execute(sql, values).await? != 1 {
        return Err(StaffError::Code);
    }
    tx.about(|| id.to_string());
    let codes = fresh_codes(tx, id).await?;
    session::close_all(tx, id).await?;
    Ok((codes, session::open(tx, ctx, id).await?))
}

async fn fresh_codes(tx: &mut Tx, id: StaffId) -> Result<Vec<String>, DbError> {
    tx.execute(
        "DELETE FROM staff_recovery_codes WHERE staff_id = $1",
        params![id],
    )
    .await?;
    let codes: Vec<String> = (0..CODES)
        .map(|_| one_time::fresh_recovery_code())
        .collect();
    for code in &codes {
        let hash = secret::token_hash(&one_time::plain_recovery_code(code));
        let sql = "INSERT INTO staff_recovery_codes (code_hash, staff_id) VALUES ($1, $2)";
        tx.execute_one(sql, params![hash, id]).await?;
    }
    Ok(codes)
}

/// Makes fresh recovery codes in place of the old ones. Needs a code.
///
/// # Errors
/// [`StaffError::Code`].
pub async fn renew_codes(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StaffId,
    typed: &str,
) -> Result<Vec<String>, StaffError> {
    take(tx, ctx, id, typed).await?;
    tx.about(|| id.to_string());
    Ok(fresh_codes(tx, id).await?)
}

/// Takes a code of the telephone or a recovery code, once.
///
/// # Errors
/// [`StaffError::Code`] for one that does not fit or was taken before.
async fn take(tx: &mut Tx, ctx: &Ctx, id: StaffId, typed: &str) -> Result<(), StaffError> {
    let sql = "SELECT totp_secret FROM staff WHERE id = $1 AND totp_since IS NOT NULL AND state = 'active'";
    let row = tx.row(sql, params![id]).await?;
    let secret: String = row.ok_or(StaffError::Code)?.get("totp_secret")?;
    let taken = match one_time::step_of(&secret, typed, ctx.now()) {
        Some(step) => {
            let sql = "UPDATE staff SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2";
            tx.execute(sql, params![id, step]).await?
        }
        None => {
            let hash = secret::token_hash(&one_time::plain_recovery_code(typed));
            let sql = "UPDATE staff_recovery_codes SET used_at = $3 WHERE staff_id = $1 AND code_hash = $2 AND used_at IS NULL";
            tx.execute(sql, params![id, hash, ctx.now()]).await?
        }
    };
    if taken == 1 {
        Ok(())
    } else {
        Err(StaffError::Code)
    }
}

/// Stops asking somebody for codes: they themselves with a code.
///
/// # Errors
/// [`StaffError::Code`], [`StaffError::Required`] where their role needs one.
pub async fn stop(tx: &mut Tx, ctx: &Ctx, id: StaffId, typed: &str) -> Result<(), StaffError> {
    let role = by_id(tx, id).await?.role;
    if required(tx).await?.contains(&role) {
        return Err(StaffError::Required);
    }
    take(tx, ctx, id, typed).await?;
    clear(tx, id).await
}

/// Stops asking somebody else for codes, who has lost their telephone; their sessions end.
///
/// # Errors
/// [`StaffError::Unknown`], [`StaffError::Beyond`].
pub async fn reset(tx: &mut Tx, ctx: &Ctx, id: StaffId) -> Result<(), StaffError> {
    within_reach(tx, ctx, id).await?;
    clear(tx, id).await?;
    session::close_all(tx, id).await?;
    Ok(())
}

async fn clear(tx: &mut Tx, id: StaffId) -> Result<(), StaffError> {
    let sql = "UPDATE staff SET totp_secret = NULL, totp_since = NULL, totp_last_step = NULL WHERE id = $1";
    tx.execute(sql, params![id]).await?;
    tx.execute(
        "DELETE FROM staff_recovery_codes WHERE staff_id = $1",
        params![id],
    )
    .await?;
    tx.about(|| id.to_string());
    Ok(())
}

/// The roles whose people must have a second step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Required(Vec<Role>);

/// The roles whose people must have a second step.
///
/// # Errors
/// Whatever the database says.
pub async fn required(rx: &mut Rx) -> Result<Vec<Role>, DbError> {
    Ok(settings::load::<Required>(rx, REQUIRED).await?.0)
}

/// Says which roles must have a second step. Who has none yet can only set one up from now on.
///
/// # Errors
/// Whatever the database says.
pub async fn require(tx: &mut Tx, ctx: &Ctx, roles: &[Role]) -> Result<(), DbError> {
    settings::save(tx, ctx, REQUIRED, &Required(roles.to_vec())).await
}

/// Whether somebody must set up a second step before they may do anything else.
///
/// # Errors
/// Whatever the database says.
pub async fn is_missing(rx: &mut Rx, ctx: &Ctx, holder: &session::Holder) -> Result<bool, DbError> {
    if holder.second_factor {
        return Ok(false);
    }
    let load = async |rx: &mut Rx| required(rx).await;
    let roles = recent::recent(rx, ctx, REQUIRED, load).await?;
    Ok(roles.contains(&holder.role))
}

/// Remembers that somebody knew the password, and returns the token with which they bring the code.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn half_open(tx: &mut Tx, ctx: &Ctx, id: StaffId) -> Result<String, DbError> {
    let token = secret::random_token();
    tx.execute(
        "DELETE FROM staff_half_sessions WHERE expires_at < $1",
        params![ctx.now()],
    )
    .await?;
    let sql = "INSERT INTO staff_half_sessions (token_hash, staff_id, tries, expires_at) VALUES ($1, $2, 0, $3)";
    let until = ctx.now().plus_seconds(PATIENCE);
    tx.execute_one(sql, params![secret::token_hash(&token), id, until])
        .await?;
    Ok(token)
}

/// Ends a sign-in with a code, and returns the account and the token of a session. One password is good for five tries,
/// and one person for [`Try::most`] in a day.
///
/// # Errors
/// [`StaffError::Code`] for a code that does not fit, [`StaffError::Again`] when the password has to be entered again,
/// [`StaffError::TooManyCodes`].
pub async fn finish(
    ctx: &Ctx,
    half: &str,
    typed: String,
    old_session: Option<String>,
) -> Result<(String, String), StaffError> {
    let hash = secret::token_hash(half);
    let counted = hash.clone();
    // Counted in a transaction of its own, so that a wrong code does not take its own count back.
    let uncounted = ctx.unrecorded();
    let found = uncounted.write(async move |tx, ctx| {
        let sql = "UPDATE staff_half_sessions SET tries = tries + 1 WHERE token_hash = $1 AND expires_at > $2 AND tries < $3 RETURNING staff_id";
        let row = tx.row(sql, params![&counted, ctx.now(), TRIES]).await?;
        let id: StaffId = row.ok_or(StaffError::Again)?.get("staff_id")?;
        let counted = tries::count(tx, ctx, Try::Code(id)).await?;
        Ok::<_, StaffError>((by_id(tx, id).await?, counted))
    });
    let (person, counted) = found.await?;
    if !counted {
        return Err(StaffError::TooManyCodes);
    }
    let (id, email) = (person.id, person.email.clone());
    let known = acting_as(ctx, &person);
    let token = known.write(async move |tx, ctx| {
        take(tx, ctx, id, &typed).await?;
        tx.execute(
            "DELETE FROM staff_half_sessions WHERE token_hash = $1",
            params![&hash],
        )
        .await?;
        if let Some(old) = &old_session {
            session::close(tx, old).await?;
        }
        Ok::<_, StaffError>(session::open(tx, ctx, id).await?)
    });
    Ok((token.await?, email))
}
