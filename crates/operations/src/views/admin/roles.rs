//! What each role may do, page by page, as the router has it (PLT-08).

use kernel::{Permission, Role};
use platform::{Ctx, Rx, auth::second_factor};
use schemars::JsonSchema;
use serde::Serialize;

use super::staff::{RoleRow, role_row};
use crate::FlowError;

/// What each role may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RolesPage {
    /// All roles and what they may do.
    pub roles: Vec<RoleRow>,
    /// Everything that can be allowed.
    pub permissions: Vec<&'static str>,
    /// Roles whose people need a second step.
    pub required: Vec<Role>,
    /// The role whose pages are listed.
    pub shown: Role,
    /// Its pages and actions by permission, those that it may first.
    pub reach: Vec<Reach>,
    /// Whether the reader may change who needs a second step.
    pub can_write: bool,
}

/// What a permission opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reach {
    /// The permission.
    pub permission: &'static str,
    /// Whether the role has it.
    pub allowed: bool,
    /// The pages and actions.
    pub actions: Vec<Action>,
}

/// A page or an action of the back office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Action {
    /// The method: `GET` shows, the others change.
    pub method: String,
    /// The address.
    pub path: String,
    /// What it needs.
    pub permission: &'static str,
    /// What it does, in one sentence of English.
    pub summary: &'static str,
}

/// What each role may do, with the pages of one of them.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    rx: &mut Rx,
    ctx: &Ctx,
    shown: Role,
    actions: Vec<Action>,
) -> Result<RolesPage, FlowError> {
    let listed = || Permission::ALL.iter().filter(|p| **p != Permission::Public);
    let may = shown.permissions();
    let mut reach: Vec<Reach> = listed()
        .map(|permission| Reach {
            permission: permission.code(),
            allowed: may.allows(*permission),
            actions: actions
                .iter()
                .filter(|action| action.permission == permission.code())
                .cloned()
                .collect(),
        })
        .filter(|reach| !reach.actions.is_empty())
        .collect();
    reach.sort_by_key(|reach| !reach.allowed);
    Ok(RolesPage {
        roles: Role::ALL
            .into_iter()
            .map(|role| role_row(ctx, role))
            .collect(),
        permissions: listed().map(|p| p.code()).collect(),
        required: second_factor::required(rx).await?,
        shown,
        reach,
        can_write: ctx.allows(Permission::StaffWrite),
    })
}
