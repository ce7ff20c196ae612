//! Staff accounts: invited, active, inactive; the last owner stays (invariant A6).

use std::sync::Arc;

use axum::http::StatusCode;
use kernel::{Email, Role, StaffId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::{password, second_factor, session};
use crate::{Actor, Ctx, DbError, Rx, Tx, db::Row, params, secret, web::Problem};

/// How long an invitation can be used, in seconds.
const INVITATION: i64 = 3 * 86_400;

/// Someone who works in the shop.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Staff {
    /// Their account.
    pub id: StaffId,
    /// Their address, with which they sign in.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their job.
    pub role: Role,
    /// `invited`, `active` or `inactive`.
    pub state: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they signed in last.
    pub signed_in_at: Option<Timestamp>,
    /// Until when their invitation can be used; none without an open one.
    pub invitation_expires_at: Option<Timestamp>,
}

/// Why an account could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// Another account has the address.
    #[error("the address is taken")]
    Taken,
    /// Nobody may grant what they lack.
    #[error("the role has permissions that the actor lacks")]
    Beyond,
    /// There is no such account.
    #[error("no such account")]
    Unknown,
    /// The shop needs an owner.
    #[error("the last owner cannot be removed")]
    LastOwner,
    /// The password is too short.
    #[error("the password is too short")]
    Weak,
    /// The invitation is unknown, used or too old.
    #[error("the invitation cannot be used")]
    Invitation,
    /// No such account, or a wrong password.
    #[error("address and password do not fit")]
    Wrong,
    /// The code does not fit, or was used before.
    #[error("the code cannot be used")]
    Code,
    /// The second step came too late or was tried too often.
    #[error("the password has to be entered again")]
    Again,
    /// Codes were tried too often today.
    #[error("too many codes were tried today")]
    TooManyCodes,
    /// A second step is there already.
    #[error("there is a second step already")]
    Already,
    /// The role needs a second step.
    #[error("the role needs a second step")]
    Required,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Taken => {
                Self::conflict("error-staff-taken").field("email", "error-staff-taken")
            }
            StaffError::Beyond => Self::new(StatusCode::FORBIDDEN, "error-not-allowed"),
            StaffError::Unknown => Self::not_found(),
            StaffError::LastOwner => Self::conflict("error-last-owner"),
            StaffError::Weak => Self::invalid("error-password-short")
                .with("shortest", password::SHORTEST)
                .field("password", "error-password-short"),
            StaffError::Invitation => Self::new(StatusCode::NOT_FOUND, "error-invitation"),
            StaffError::Wrong => Self::invalid("error-sign-in-wrong"),
            StaffError::Code => {
                Self::invalid("error-invalid-input").field("one_time_code", "error-one-time-code")
            }
            StaffError::Again => Self::invalid("error-sign-in-again"),
            StaffError::TooManyCodes => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "error-too-many-tries").retry_after(3_600)
            }
            StaffError::Already => Self::conflict("error-second-factor-already"),
            StaffError::Required => Self::conflict("error-second-factor-required"),
            StaffError::Db(error) => error.into(),
        }
    }
}

const COLUMNS: &str =
    "id, email, name, role, state, created_at, signed_in_at, invitation_expires_at";

fn from_row(row: &Row) -> Result<Staff, DbError> {
    Ok(Staff {
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        role: row.parse("role")?,
        state: row.get("state")?,
        created_at: row.get("created_at")?,
        signed_in_at: row.get("signed_in_at")?,
        invitation_expires_at: row.get("invitation_expires_at")?,
    })
}

/// Until when an invitation made now can be used.
#[must_use]
pub fn invitation_ends(ctx: &Ctx) -> Timestamp {
    ctx.now().plus_seconds(INVITATION)
}

/// Somebody whom the actor may act on: nobody touches an account that may do more than they may (invariant A6).
pub(super) async fn within_reach(tx: &mut Tx, ctx: &Ctx, id: StaffId) -> Result<Staff, StaffError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM staff WHERE id = $1{}",
        tx.dialect().for_update()
    );
    let row = tx.row(&sql, params![id]).await?;
    let person = from_row(&row.ok_or(StaffError::Unknown)?)?;
    if ctx.permissions().covers(person.role.permissions()) {
        Ok(person)
    } else {
        Err(StaffError::Beyond)
    }
}

/// The account of somebody.
///
/// # Errors
/// [`StaffError::Unknown`].
pub(super) async fn by_id(rx: &mut Rx, id: StaffId) -> Result<Staff, StaffError> {
    let sql = format!("SELECT {COLUMNS} FROM staff WHERE id = $1");
    let row = rx.row(&sql, params![id]).await?;
    Ok(from_row(&row.ok_or(StaffError::Unknown)?)?)
}

/// Invites someone; the returned token goes into the link with which they set their password.
///
/// # Errors
/// A taken address, or a role beyond the actor's own permissions.
pub async fn invite(
    tx: &mut Tx,
    ctx: &Ctx,
    email: &Email,
    name: &str,
    role: Role,
) -> Result<(StaffId, String), StaffError> {
    if !ctx.permissions().covers(role.permissions()) {
        return Err(StaffError::Beyond);
    }
    let (id, token) = (StaffId::new(), secret::random_token());
    let sql = "INSERT INTO staff (id, email, email_identity, name, role, state, invitation_hash, invitation_expires_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, 'invited', $6, $7, $8) ON CONFLICT (email_identity) DO NOTHING";
    let until = invitation_ends(ctx);
    let hash = secret::token_hash(&token);
    let values = params![
        id,
        email.as_str(),
        email.as_str().to_lowercase(),
        name,
        role.code(),
        hash,
        until,
        ctx.now()
    ];
    if tx.execute(sql, values).await? == 1 {
        tx.about(|| id.to_string());
        Ok((id, token))
    } else {
        Err(StaffError::Taken)
    }
}

/// A fresh link for somebody who is invited or has lost their password; the old link and all sessions end.
///
/// # Errors
/// [`StaffError::Invitation`] for an account that is inactive, [`StaffError::Unknown`], [`StaffError::Beyond`].
pub async fn reinvite(tx: &mut Tx, ctx: &Ctx, id: StaffId) -> Result<String, StaffError> {
    within_reach(tx, ctx, id).await?;
    let token = secret::random_token();
    let sql = "UPDATE staff SET invitation_hash = $2, invitation_expires_at = $3 WHERE id = $1 AND state <> 'inactive'";
    let until = invitation_ends(ctx);
    if tx
        .execute(sql, params![id, secret::token_hash(&token), until])
        .await?
        == 0
    {
        return Err(StaffError::Invitation);
    }
    session::close_all(tx, id).await?;
    Ok(token)
}

/// Who an invitation is for.
///
/// # Errors
/// [`StaffError::Invitation`] when it cannot be used.
pub async fn invited(rx: &mut Rx, ctx: &Ctx, token: &str) -> Result<Staff, StaffError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM staff WHERE invitation_hash = $1 AND invitation_expires_at > $2"
    );
    let row = rx
        .row(&sql, params![secret::token_hash(token), ctx.now()])
        .await?;
    row.as_ref()
        .map(from_row)
        .transpose()?
        .ok_or(StaffError::Invitation)
}

/// Accepts an invitation with a password; the invitation is used up. Returns the account and the token of its first
/// session.
///
/// # Errors
/// An unusable invitation or a short password.
pub async fn accept(
    ctx: &Ctx,
    token: String,
    password: String,
) -> Result<(StaffId, String), StaffError> {
    if password.chars().count() < password::SHORTEST {
        return Err(StaffError::Weak);
    }
    let asked = token.clone();
    let person = ctx
        .read(async move |rx, ctx| invited(rx, ctx, &asked).await)
        .await?;
    let hash = password::hash(password).await.ok_or(StaffError::Weak)?;
    acting_as(ctx, &person)
        .write(async move |tx, ctx| {
            let sql = "UPDATE staff SET password_hash = $3, state = 'active', invitation_hash = NULL, invitation_expires_at = NULL \
                       WHERE invitation_hash = $1 AND invitation_expires_at > $2 RETURNING id";
            let row = tx.row(sql, params![secret::token_hash(&token), ctx.now(), hash.clone()]).await?;
            let id = row.ok_or(StaffError::Invitation)?.get("id")?;
            session::close_all(tx, id).await?;
            Ok((id, session::open(tx, ctx, id).await?))
        })
        .await
}

/// The context of somebody who has just proved who they are.
pub(super) fn acting_as(ctx: &Ctx, person: &Staff) -> Ctx {
    let actor = Actor::Staff {
        id: person.id,
        name: Arc::from(person.name.as_str()),
        role: person.role,
    };
    ctx.acting(actor, person.role.permissions())
}

/// How far a password leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedIn {
    /// Inside: the token of a session.
    Inside(String),
    /// To the second step: the token with which the code is brought.
    Halfway(String),
}

/// Signs in with a password: ends the session that the browser came with and opens a fresh one, or asks for a code.
///
/// # Errors
/// [`StaffError::Wrong`], the same for an unknown address and for a wrong password.
pub async fn sign_in(
    ctx: &Ctx,
    email: &str,
    password: String,
    old_session: Option<String>,
) -> Result<SignedIn, StaffError> {
    let identity = email.trim().to_lowercase();
    let found = ctx.read(async move |rx, _| {
        let sql = format!(
            "SELECT {COLUMNS}, password_hash, totp_since FROM staff WHERE email_identity = $1 AND state = 'active'"
        );
        rx.row(&sql, params![identity]).await
    });
    let found = found.await?;
    let hash = found
        .as_ref()
        .map(|r| r.get::<Option<String>>("password_hash"))
        .transpose()?
        .flatten();
    if !password::verify(password, hash).await {
        return Err(StaffError::Wrong);
    }
    let found = found.ok_or(StaffError::Wrong)?;
    let person = from_row(&found)?;
    let id = person.id;
    if found.get::<Option<Timestamp>>("totp_since")?.is_some() {
        let uncounted = ctx.unrecorded();
        let half =
            uncounted.write(async move |tx, ctx| second_factor::half_open(tx, ctx, id).await);
        return Ok(SignedIn::Halfway(half.await?));
    }
    let opened = acting_as(ctx, &person)
        .write(async move |tx, ctx| {
            if let Some(old) = &old_session {
                session::close(tx, old).await?;
            }
            Ok::<_, StaffError>(session::open(tx, ctx, id).await?)
        })
        .await?;
    Ok(SignedIn::Inside(opened))
}

/// Changes a password and ends all sessions (invariant A12); returns the token of a fresh one.
///
/// # Errors
/// A wrong present password or a short new one.
pub async fn change_password(
    ctx: &Ctx,
    id: StaffId,
    present: String,
    new: String,
) -> Result<String, StaffError> {
    if new.chars().count() < password::SHORTEST {
        return Err(StaffError::Weak);
    }
    let hash: Option<String> = ctx
        .read(async move |rx, _| {
            rx.scalar("SELECT password_hash FROM staff WHERE id = $1", params![id])
                .await
        })
        .await?;
    if !password::verify(present, hash).await {
        return Err(StaffError::Wrong);
    }
    let hash = password::hash(new).await.ok_or(StaffError::Weak)?;
    ctx.write(async move |tx, ctx| {
        tx.execute_one(
            "UPDATE staff SET password_hash = $2 WHERE id = $1",
            params![id, hash.clone()],
        )
        .await?;
        session::close_all(tx, id).await?;
        Ok(session::open(tx, ctx, id).await?)
    })
    .await
}

/// Everybody who works here.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx) -> Result<Vec<Staff>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM staff ORDER BY created_at");
    rx.rows(&sql, &[]).await?.iter().map(from_row).collect()
}

/// Gives someone another role, or ends their access (`None`).
///
/// # Errors
/// [`StaffError::LastOwner`], [`StaffError::Unknown`], or a role beyond the actor's own, given or taken.
pub async fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    id: StaffId,
    role: Option<Role>,
) -> Result<(), StaffError> {
    if role.is_some_and(|r| !ctx.permissions().covers(r.permissions())) {
        return Err(StaffError::Beyond);
    }
    within_reach(tx, ctx, id).await?;
    let lock = format!(
        "SELECT id FROM staff WHERE role = 'owner' AND state = 'active' ORDER BY id{}",
        tx.dialect().for_update()
    );
    let owners: Vec<StaffId> = tx
        .rows(&lock, &[])
        .await?
        .iter()
        .map(|r| r.get("id"))
        .collect::<Result<_, _>>()?;
    if role != Some(Role::Owner) && owners == [id] {
        return Err(StaffError::LastOwner);
    }
    match role {
        Some(role) => {
            tx.execute_one(
                "UPDATE staff SET role = $2 WHERE id = $1",
                params![id, role.code()],
            )
            .await?;
        }
        None => {
            tx.execute_one(
                "UPDATE staff SET state = 'inactive', invitation_hash = NULL, invitation_expires_at = NULL WHERE id = $1",
                params![id],
            )
            .await?;
            session::close_all(tx, id).await?;
        }
    }
    Ok(())
}

/// Lets somebody in again whose access was ended: with the password they had, or with a fresh link if they never set
/// one.
///
/// # Errors
/// [`StaffError::Unknown`], or a role beyond the actor's own.
pub async fn reactivate(tx: &mut Tx, ctx: &Ctx, id: StaffId) -> Result<(), StaffError> {
    within_reach(tx, ctx, id).await?;
    let sql = "UPDATE staff SET state = CASE WHEN password_hash IS NULL THEN 'invited' ELSE 'active' END \
               WHERE id = $1 AND state = 'inactive'";
    tx.execute(sql, params![id]).await?;
    Ok(())
}
