//! The audit log: who of the staff, or which key, changed what, when and from where (invariant A8).
//!
//! The web gives the context of every request that may change something in the back office its [`Deed`]; the end of
//! [`Ctx::write`](crate::Ctx::write) adds the row in the same transaction, so no command can forget it. A transaction
//! that changed nothing leaves none, and shoppers' transactions have no deed and pay nothing.
//!
//! Rows are append-only by trigger and chained by hashes. The statement that moves the head gives out the numbers, so
//! two rows never follow the same one. [`anchor`] keeps the newest hash outside the table: whoever removes rows, and
//! the head with them, is found out.

pub mod anchor;
mod chain;
mod search;

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

pub use self::{
    anchor::{Anchor, Anchors},
    chain::{Finding, Head, Verified, head, last_verified, verify},
    search::list,
};
use crate::{Actor, Ctx, DbError, Tx, db::Row, params, secret};

/// What somebody set out to change.
#[derive(Debug, Clone)]
pub struct Deed {
    /// The method: `POST`, `PUT`, …; `RUN` at the terminal.
    pub(crate) method: String,
    /// The route's pattern, or the command.
    pub(crate) route: String,
    /// The code of the permission that the route asks for.
    pub(crate) permission: &'static str,
    /// What the address names.
    pub(crate) objects: Vec<String>,
    /// Names of the fields that were sent.
    pub(crate) fields: Vec<String>,
    /// What was sent, without secrets; only its hash is kept.
    pub(crate) content: String,
    /// The address it came from.
    pub(crate) source: String,
}

impl Deed {
    /// A command that somebody with access to the machine gave.
    #[must_use]
    pub fn at_the_terminal(command: &str) -> Self {
        Self {
            method: "RUN".to_owned(),
            route: command.to_owned(),
            permission: kernel::Permission::SignedIn.code(),
            objects: Vec::new(),
            fields: Vec::new(),
            content: String::new(),
            source: "terminal".to_owned(),
        }
    }
}

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Entry {
    /// Its number; rows count from 1 without a gap.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `staff`, `key`, `visitor` before a sign-in, or `system` at the terminal.
    pub actor_kind: String,
    /// The account or the key.
    pub actor_id: String,
    /// Its name at the time.
    pub actor_name: String,
    /// Its role at the time.
    pub role: String,
    /// The method.
    pub method: String,
    /// The route's pattern.
    pub route: String,
    /// The permission that the route asks for.
    pub permission: String,
    /// What it was about: ids, or names of settings.
    pub objects: Vec<String>,
    /// Names of the fields that were sent; never their values.
    pub fields: Vec<String>,
    /// Keyed hash of what was sent, without secrets: whoever still has it can prove what it was.
    pub change_hash: String,
    /// The address it came from.
    pub source: String,
    /// The request.
    pub request_id: String,
    /// The hash of the row before.
    pub previous_hash: String,
    /// The hash of this row with the one before.
    pub hash: String,
}

const COLUMNS: &str = "seq, at, actor_kind, actor_id, actor_name, role, method, route, permission, objects, fields, change_hash, \
     source, request_id, previous_hash, hash";

/// Texts that stand in one column; none of them has a blank.
fn joined(texts: &[String]) -> String {
    texts.join(" ")
}

fn parted(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Entry {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            seq: row.get("seq")?,
            at: row.get("at")?,
            actor_kind: row.get("actor_kind")?,
            actor_id: row.get("actor_id")?,
            actor_name: row.get("actor_name")?,
            role: row.get("role")?,
            method: row.get("method")?,
            route: row.get("route")?,
            permission: row.get("permission")?,
            objects: parted(&row.get::<String>("objects")?),
            fields: parted(&row.get::<String>("fields")?),
            change_hash: row.get("change_hash")?,
            source: row.get("source")?,
            request_id: row.get("request_id")?,
            previous_hash: row.get("previous_hash")?,
            hash: row.get("hash")?,
        })
    }
}

/// Adds the row of a deed to the caller's transaction, as its last statements: the head stays locked until the commit.
pub(crate) async fn append(
    tx: &mut Tx,
    ctx: &Ctx,
    deed: &Deed,
    touched: Vec<String>,
) -> Result<(), DbError> {
    let sql = "UPDATE audit_head SET seq = seq + 1, salt = CASE WHEN salt = '' THEN $1 ELSE salt END WHERE id = 1 \
               RETURNING seq, hash, salt";
    let head = tx.one(sql, params![secret::random_token()]).await?;
    let salt: String = head.get("salt")?;
    let (actor_id, role) = match ctx.actor() {
        Actor::Staff { id, role, .. } => (id.to_string(), role.code()),
        Actor::Key { id, role, .. } => (id.to_string(), role.code()),
        Actor::Customer(id) => (id.to_string(), ""),
        Actor::Visitor | Actor::System(_) => (String::new(), ""),
    };
    let mut objects = deed.objects.clone();
    for object in touched {
        if !objects.contains(&object) && objects.len() < 50 {
            objects.push(object);
        }
    }
    let mut entry = Entry {
        seq: head.get("seq")?,
        at: ctx.now(),
        actor_kind: ctx.actor().kind().to_owned(),
        actor_id,
        actor_name: ctx.actor().name(),
        role: role.to_owned(),
        method: deed.method.clone(),
        route: deed.route.clone(),
        permission: deed.permission.to_owned(),
        objects,
        fields: deed.fields.clone(),
        change_hash: secret::hmac_hex(salt.as_bytes(), deed.content.as_bytes()),
        source: deed.source.clone(),
        request_id: ctx.request_id().to_owned(),
        previous_hash: head.get("hash")?,
        hash: String::new(),
    };
    entry.hash = chain::hash(&entry);
    insert(tx, &entry).await?;
    tx.later(
        "UPDATE audit_head SET hash = $1 WHERE id = 1",
        params![entry.hash],
    )
    .await
}

async fn insert(tx: &mut Tx, entry: &Entry) -> Result<(), DbError> {
    let sql = format!(
        "INSERT INTO audit_log ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    );
    let values = params![
        entry.seq,
        entry.at,
        &entry.actor_kind,
        &entry.actor_id,
        &entry.actor_name,
        &entry.role,
        &entry.method,
        &entry.route,
        &entry.permission,
        joined(&entry.objects),
        joined(&entry.fields),
        &entry.change_hash,
        &entry.source,
        &entry.request_id,
        &entry.previous_hash,
        &entry.hash
    ];
    tx.later(&sql, values).await
}
