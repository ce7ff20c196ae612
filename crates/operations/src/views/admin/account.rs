//! The pages around signing in: the door, an invitation, one's own account.

use kernel::{Permission, Role, StaffId, Timestamp};
use platform::{
    Ctx, Rx,
    auth::{password::SHORTEST, staff},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::FlowError;

/// The door of the back office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignInPage {
    /// Where to go afterwards, a path of this shop.
    pub next: Option<String>,
}

/// An invitation to set a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InvitationPage {
    /// Whether it can still be used; the rest is null when not.
    pub usable: bool,
    /// For whom.
    pub name: Option<String>,
    /// The address with which they will sign in.
    pub email: Option<String>,
    /// Their job.
    pub role: Option<Role>,
    /// Until when it works.
    pub expires_at: Option<Timestamp>,
    /// Characters that a password needs at least.
    pub shortest_password: usize,
}

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AccountPage {
    /// One's name.
    pub name: String,
    /// The address with which one signs in.
    pub email: String,
    /// One's job.
    pub role: Role,
    /// What one may do.
    pub permissions: Vec<&'static str>,
    /// When one signed in last.
    pub last_sign_in_at: Option<Timestamp>,
    /// Characters that a password needs at least.
    pub shortest_password: usize,
}

impl InvitationPage {
    /// An invitation that cannot be used.
    #[must_use]
    pub const fn used_up() -> Self {
        Self {
            usable: false,
            name: None,
            email: None,
            role: None,
            expires_at: None,
            shortest_password: SHORTEST,
        }
    }
}

/// The account of a member of staff.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn account(rx: &mut Rx, ctx: &Ctx, id: StaffId) -> Result<AccountPage, FlowError> {
    let everybody = staff::list(rx).await?;
    let me = everybody
        .into_iter()
        .find(|person| person.id == id)
        .ok_or(FlowError::NotFound)?;
    let listed = ctx.permissions().list();
    Ok(AccountPage {
        name: me.name,
        email: me.email,
        role: me.role,
        permissions: listed
            .into_iter()
            .filter(|p| *p != Permission::Public)
            .map(Permission::code)
            .collect(),
        last_sign_in_at: me.signed_in_at,
        shortest_password: SHORTEST,
    })
}
