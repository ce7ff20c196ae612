//! The chain of hashes: what a row's hash is made of, and the walk that proves that no row was changed or removed.

use std::collections::HashMap;

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Anchor, COLUMNS, Entry};
use crate::{Ctx, DbError, Rx, params, secret, settings};

/// Rows that one statement of the walk reads.
const STEP: i64 = 1_000;
/// Findings that one walk reports; more say nothing new.
const MOST: usize = 20;
/// Settings key of the last walk.
const LAST: &str = "audit_verified";

/// The newest row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// Its number; 0 while the log is empty.
    pub seq: i64,
    /// Its hash; empty while the log is empty.
    pub hash: String,
}

/// Something that is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The row.
    pub seq: i64,
    /// `changed`: its hash does not fit what it says; `missing`: it is gone; `head`: it is not the newest row that the
    /// head names; `anchor`: it is not the row that was noted outside; `signature`: the note itself was changed.
    pub what: String,
}

impl Finding {
    pub(super) fn new(seq: i64, what: &str) -> Self {
        Self {
            seq,
            what: what.to_owned(),
        }
    }
}

/// What a walk over the whole log found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// When.
    pub at: Option<Timestamp>,
    /// How many rows there are.
    pub rows: i64,
    /// Notes outside the table that were compared.
    pub anchors: i64,
    /// What is wrong; nothing when the log is whole.
    pub findings: Vec<Finding>,
}

/// The hash of a row: SHA-256 over the hash before it and every field, as one JSON list in this order. JSON separates
/// and escapes the fields, so no two different rows have the same bytes.
pub(super) fn hash(entry: &Entry) -> String {
    let canonical = serde_json::json!([
        1,
        entry.previous_hash,
        entry.seq,
        entry.at.micros(),
        entry.actor_kind,
        entry.actor_id,
        entry.actor_name,
        entry.role,
        entry.method,
        entry.route,
        entry.permission,
        entry.objects,
        entry.fields,
        entry.change_hash,
        entry.source,
        entry.request_id,
    ]);
    secret::sha256_hex(canonical.to_string().as_bytes())
}

/// The newest row by the head.
///
/// # Errors
/// Whatever the database says.
pub async fn head(rx: &mut Rx) -> Result<Head, DbError> {
    let row = rx
        .one("SELECT seq, hash FROM audit_head WHERE id = 1", &[])
        .await?;
    Ok(Head {
        seq: row.get("seq")?,
        hash: row.get("hash")?,
    })
}

/// Walks over the whole log, on one snapshot. `noted` are the notes outside the table.
///
/// # Errors
/// Whatever the database says.
pub async fn verify(ctx: &Ctx, noted: Vec<Anchor>) -> Result<Verified, DbError> {
    ctx.read_snapshot(async move |rx, ctx| {
        let anchors = i64::try_from(noted.len()).unwrap_or(i64::MAX);
        let mut walk = Walk::new(noted);
        loop {
            let sql =
                format!("SELECT {COLUMNS} FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT {STEP}");
            let rows = rx.rows(&sql, params![walk.last.seq]).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                walk.step(&Entry::from_row(row)?);
            }
        }
        let head = head(rx).await?;
        Ok(Verified {
            at: Some(ctx.now()),
            rows: walk.rows,
            anchors,
            findings: walk.end(&head),
        })
    })
    .await
}

/// The walk: where it stands and what it found.
struct Walk {
    last: Head,
    rows: i64,
    noted: HashMap<i64, String>,
    findings: Vec<Finding>,
}

impl Walk {
    fn new(noted: Vec<Anchor>) -> Self {
        let (mut findings, mut sound) = (Vec::new(), HashMap::new());
        for anchor in noted {
            if !anchor.genuine {
                findings.push(Finding::new(anchor.seq, "signature"));
            } else if sound
                .insert(anchor.seq, anchor.hash.clone())
                .is_some_and(|before| before != anchor.hash)
            {
                findings.push(Finding::new(anchor.seq, "anchor"));
            }
        }
        Self {
            last: Head::default(),
            rows: 0,
            noted: sound,
            findings,
        }
    }

    fn step(&mut self, entry: &Entry) {
        let next = self.last.seq.saturating_add(1);
        if entry.seq != next {
            self.findings.push(Finding::new(next, "missing"));
        } else if entry.previous_hash != self.last.hash {
            self.findings.push(Finding::new(self.last.seq, "changed"));
        }
        if hash(entry) != entry.hash {
            self.findings.push(Finding::new(entry.seq, "changed"));
        }
        if self
            .noted
            .remove(&entry.seq)
            .is_some_and(|noted| noted != entry.hash)
        {
            self.findings.push(Finding::new(entry.seq, "anchor"));
        }
        self.rows += 1;
        self.last = Head {
            seq: entry.seq,
            hash: entry.hash.clone(),
        };
    }

    fn end(mut self, head: &Head) -> Vec<Finding> {
        if *head != self.last {
            self.findings.push(Finding::new(head.seq, "head"));
        }
        let mut gone: Vec<i64> = self.noted.keys().copied().filter(|seq| *seq > 0).collect();
        gone.sort_unstable();
        self.findings
            .extend(gone.into_iter().map(|seq| Finding::new(seq, "anchor")));
        self.findings.dedup();
        self.findings.truncate(MOST);
        self.findings
    }
}

/// What the last walk found; nothing before the first.
///
/// # Errors
/// Whatever the database says.
pub async fn last_verified(rx: &mut Rx) -> Result<Verified, DbError> {
    settings::load(rx, LAST).await
}

/// Walks over the log and keeps what was found, for the page that shows it.
pub(super) async fn verify_and_keep(ctx: &Ctx, noted: Vec<Anchor>) -> Result<Verified, DbError> {
    let found = verify(ctx, noted).await?;
    let kept = found.clone();
    ctx.unrecorded()
        .write(async move |tx, ctx| settings::save(tx, ctx, LAST, &kept).await)
        .await?;
    Ok(found)
}
