//! The pages around signing in: the door, an invitation, one's own account.

use kernel::{Permission, Role, StaffId, Timestamp};
use platform::{
    Ctx, Rx,
    auth::{one_time, password::SHORTEST, second_factor, staff},
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

/// The second step of signing in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CodePage {
    /// Where to go afterwards, a path of this shop.
    pub next: Option<String>,
}

/// One's second step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SecondFactorPage {
    /// The address with which one signs in, for password managers.
    pub email: String,
    /// Since when codes are asked for; null while they are not.
    pub since: Option<Timestamp>,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// Whether one's role needs it.
    pub required: bool,
    /// What an authenticator needs, as long as it waits for the first code.
    pub setup: Option<SecondFactorSetup>,
    /// Recovery codes that were just made; shown once.
    pub codes: Vec<String>,
}

/// What an authenticator needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SecondFactorSetup {
    /// The secret in groups of four, to be typed.
    pub secret: String,
    /// The same as an address.
    pub address: String,
    /// The dark squares of its QR code as the path of an SVG.
    pub path: String,
    /// Squares on a side.
    pub side: i32,
}

/// One's second step, without anything that is shown once.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn second_factor(rx: &mut Rx, id: StaffId) -> Result<SecondFactorPage, FlowError> {
    let everybody = staff::list(rx).await?;
    let me = everybody
        .into_iter()
        .find(|person| person.id == id)
        .ok_or(FlowError::NotFound)?;
    let stands = second_factor::standing(rx, id).await?;
    Ok(SecondFactorPage {
        email: me.email,
        since: stands.since,
        codes_left: stands.codes_left,
        required: second_factor::required(rx).await?.contains(&me.role),
        setup: None,
        codes: Vec::new(),
    })
}

/// What an authenticator needs to make the codes of a secret; `None` for a text that fits into no QR code.
#[must_use]
pub fn setup(shop: &str, email: &str, secret: &str) -> Option<SecondFactorSetup> {
    let address = one_time::address(shop, email, secret);
    let (path, side) = one_time::qr_path(&address)?;
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    Some(SecondFactorSetup {
        secret: groups.join(" "),
        address,
        path,
        side,
    })
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
    /// Since when codes are asked for; null while they are not.
    pub second_factor_since: Option<Timestamp>,
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
    let stands = second_factor::standing(rx, id).await?;
    Ok(AccountPage {
        second_factor_since: stands.since,
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
