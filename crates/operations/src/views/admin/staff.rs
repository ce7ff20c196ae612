//! Who works here, what each role may do, and keys for programs (PLT-08).

use kernel::{ApiKeyId, Permission, Role, StaffId, Timestamp};
use platform::{
    Actor, Ctx, Rx,
    auth::{keys, staff},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::person;
use crate::FlowError;

/// Who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffPage {
    /// The people, in the order in which they came.
    pub items: Vec<StaffRow>,
    /// All roles and what they may do.
    pub roles: Vec<RoleRow>,
    /// Everything that can be allowed.
    pub permissions: Vec<&'static str>,
    /// Keys for programs, newest first.
    pub keys: Vec<KeyRow>,
    /// A link that was just made; shown once.
    pub invitation: Option<NewInvitation>,
    /// A key that was just made; shown once.
    pub new_key: Option<NewKey>,
    /// What the reader may do.
    pub can: StaffCan,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffRow {
    /// The account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// The address with which they sign in.
    pub email: String,
    /// Their job.
    pub role: Role,
    /// `invited`, `active` or `inactive`.
    pub state: String,
    /// When they signed in last.
    pub signed_in_at: Option<Timestamp>,
    /// Since when they have an account.
    pub created_at: Timestamp,
    /// Whether it is the reader.
    pub is_self: bool,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RoleRow {
    /// The role.
    pub code: Role,
    /// What it may do.
    pub permissions: Vec<&'static str>,
    /// Whether the reader may give it to somebody.
    pub grantable: bool,
}

/// A key for a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyRow {
    /// The key.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; null for the command line.
    pub created_by: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A link with which somebody sets their password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewInvitation {
    /// For whom.
    pub name: String,
    /// The link; whoever has it can use it, once.
    pub url: String,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// A key that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// The key itself; it is never shown again.
    pub key: String,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffCan {
    /// Add people and keys, change roles.
    pub write: bool,
}

/// Who works here.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx) -> Result<StaffPage, FlowError> {
    let myself = match ctx.actor() {
        Actor::Staff { id, .. } => Some(*id),
        _ => None,
    };
    let people = staff::list(rx).await?;
    let keys = keys::list(rx).await?;
    Ok(StaffPage {
        items: people
            .into_iter()
            .map(|person| StaffRow {
                is_self: myself == Some(person.id),
                id: person.id,
                name: person.name,
                email: person.email,
                role: person.role,
                state: person.state,
                signed_in_at: person.signed_in_at,
                created_at: person.created_at,
            })
            .collect(),
        roles: Role::ALL
            .into_iter()
            .map(|role| role_row(ctx, role))
            .collect(),
        permissions: Permission::ALL
            .iter()
            .filter(|p| **p != Permission::Public)
            .map(|p| p.code())
            .collect(),
        keys: keys
            .into_iter()
            .map(|key| KeyRow {
                id: key.id,
                name: key.name,
                role: key.role,
                created_at: key.created_at,
                created_by: person(&key.created_by),
                revoked_at: key.revoked_at,
            })
            .collect(),
        invitation: None,
        new_key: None,
        can: StaffCan {
            write: ctx.allows(Permission::StaffWrite),
        },
    })
}

fn role_row(ctx: &Ctx, role: Role) -> RoleRow {
    let listed = role.permissions().list();
    RoleRow {
        code: role,
        permissions: listed
            .into_iter()
            .filter(|p| *p != Permission::Public)
            .map(Permission::code)
            .collect(),
        grantable: ctx.permissions().covers(role.permissions()),
    }
}
