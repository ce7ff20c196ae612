//! Who works here, what each role may do, and keys for programs (PLT-08).

use std::collections::BTreeMap;

use kernel::{ApiKeyId, Permission, Role, StaffId, Timestamp};
use platform::{
    Actor, Ctx, Page, Rx,
    auth::{keys, second_factor, staff},
    list::{
        Asked, Cell, Column, Filter, FilterKind, List, ListView, Listed, SortLink, sort_in_memory,
        sort_links,
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::person, lists::Listing};
use crate::FlowError;

/// The list of people who work here.
pub struct Staff;

/// The list of keys for programs, which stands on the same page.
pub struct Keys;

static STAFF: List<StaffRow> = List {
    code: "staff",
    path: "/admin/staff",
    permission: Permission::StaffRead,
    columns: &[
        Column::sorting("name", "admin-person", |s| Cell::text(&s.name)),
        Column::sorting("email", "admin-email", |s| Cell::text(&s.email)),
        Column::sorting("role", "admin-role", |s| Cell::word("role-", s.role)),
        Column::sorting("state", "admin-state", |s| {
            Cell::word("staff-state-", &s.state)
        }),
        Column::sorting("created_at", "list-added-at", |s| Cell::At(s.created_at)),
        Column::sorting("signed_in_at", "admin-staff-last-seen", |s| {
            Cell::maybe(s.signed_in_at, Cell::At)
        }),
    ],
    filters: &[
        Filter::search("admin-staff-search"),
        Filter::new(
            "role",
            "admin-role",
            FilterKind::Choice(
                &[
                    "owner",
                    "operations",
                    "promotion",
                    "service",
                    "warehouse",
                    "members",
                ],
                "role-",
            ),
        ),
        Filter::new(
            "state",
            "admin-state",
            FilterKind::Choice(&["invited", "active", "inactive"], "staff-state-"),
        ),
        Filter::new("keys", "admin-keys-api", FilterKind::Quiet),
    ],
    sort: "created_at",
    page: 500,
};

static KEYS: List<KeyRow> = List {
    code: "keys",
    path: "/admin/keys",
    permission: Permission::StaffRead,
    columns: &[
        Column::sorting("name", "admin-name", |k| Cell::text(&k.name)),
        Column::sorting("role", "admin-role", |k| Cell::word("role-", k.role)),
        Column::sorting("created_at", "admin-keys-api-created-at", |k| {
            Cell::At(k.created_at)
        }),
        Column::new("created_by", "list-made-by", |k| {
            Cell::maybe(k.created_by.as_deref(), Cell::text)
        }),
        Column::sorting("revoked_at", "admin-keys-api-revoked", |k| {
            Cell::maybe(k.revoked_at, Cell::At)
        }),
    ],
    filters: &[],
    sort: "-created_at",
    page: 500,
};

impl Listed for Staff {
    type Row = StaffRow;

    fn list() -> &'static List<StaffRow> {
        &STAFF
    }
}

impl Listing for Staff {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        _: usize,
    ) -> Result<Page<StaffRow>, FlowError> {
        let myself = match ctx.actor() {
            Actor::Staff { id, .. } => Some(*id),
            _ => None,
        };
        let guarded = second_factor::everybody(rx).await?;
        let row = |person: staff::Staff| StaffRow {
            is_self: myself == Some(person.id),
            second_factor: guarded.contains(&person.id),
            id: person.id,
            name: person.name,
            email: person.email,
            role: person.role,
            state: person.state,
            signed_in_at: person.signed_in_at,
            created_at: person.created_at,
        };
        let mut items: Vec<StaffRow> = staff::list(rx).await?.into_iter().map(row).collect();
        let words = asked.words().to_lowercase();
        items.retain(|person| {
            let is = |filter, value: &str| asked.get(filter).is_none_or(|wanted| wanted == value);
            let found = [&person.name, &person.email]
                .into_iter()
                .any(|text| text.to_lowercase().contains(&words));
            found && is("role", person.role.code()) && is("state", &person.state)
        });
        sort_in_memory(&mut items, ctx, &STAFF, asked)?;
        Ok(whole(items))
    }
}

impl Listed for Keys {
    type Row = KeyRow;

    fn list() -> &'static List<KeyRow> {
        &KEYS
    }
}

impl Listing for Keys {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        _: usize,
    ) -> Result<Page<KeyRow>, FlowError> {
        let row = |key: keys::ApiKey| KeyRow {
            id: key.id,
            name: key.name,
            role: key.role,
            created_at: key.created_at,
            created_by: person(&key.created_by),
            revoked_at: key.revoked_at,
        };
        let mut items: Vec<KeyRow> = keys::list(rx).await?.into_iter().map(row).collect();
        sort_in_memory(&mut items, ctx, &KEYS, asked)?;
        Ok(whole(items))
    }
}

/// A list that is read whole has one page.
const fn whole<R>(items: Vec<R>) -> Page<R> {
    Page {
        items,
        next_cursor: None,
    }
}

/// Who works here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaffPage {
    /// How the list of people is sorted.
    pub list: ListView,
    /// What sorts the keys, by the codes of their columns.
    pub key_sorts: BTreeMap<&'static str, SortLink>,
    /// The people, in the order in which they came when nobody says.
    pub items: Vec<StaffRow>,
    /// All roles and what they may do.
    pub roles: Vec<RoleRow>,
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
    /// Whether they sign in with a code, too.
    pub second_factor: bool,
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
pub async fn page(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<StaffPage, FlowError> {
    let asked_keys = Asked {
        sort: asked.get("keys").map(str::to_owned),
        ..Asked::default()
    };
    let url = |sort: &str| format!("/admin/staff?{}", asked.with("keys", Some(sort)).query());
    Ok(StaffPage {
        list: ListView::of(rx, ctx, &STAFF, asked, Vec::new()).await?,
        key_sorts: sort_links(ctx, &KEYS, &asked_keys, url)?,
        items: Staff::rows(rx, ctx, asked, STAFF.page).await?.items,
        keys: Keys::rows(rx, ctx, &asked_keys, KEYS.page).await?.items,
        roles: Role::ALL
            .into_iter()
            .map(|role| role_row(ctx, role))
            .collect(),
        invitation: None,
        new_key: None,
        can: StaffCan {
            write: ctx.allows(Permission::StaffWrite),
        },
    })
}

pub(super) fn role_row(ctx: &Ctx, role: Role) -> RoleRow {
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
