//! Asking the invariants, from the command line, from a schedule, from tests.

use platform::{Ctx, DbError};
use schemars::JsonSchema;
use serde::Serialize;

/// An invariant that does not hold.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Broken {
    /// Its stable id.
    pub id: &'static str,
    /// What should hold.
    pub holds: &'static str,
    /// How many rows break it.
    pub rows: usize,
    /// One of them.
    pub example: String,
}

/// The invariants that do not hold, asked on one snapshot.
///
/// # Errors
/// Whatever the database says.
pub async fn broken(ctx: &Ctx) -> Result<Vec<Broken>, DbError> {
    ctx.read_snapshot(async |rx, _| {
        let mut broken = Vec::new();
        for invariant in migrations::INVARIANTS {
            let rows = rx.rows(invariant.sql, &[]).await?;
            if let Some(first) = rows.first() {
                let example = format!("{first:?}");
                broken.push(Broken {
                    id: invariant.id,
                    holds: invariant.holds,
                    rows: rows.len(),
                    example,
                });
            }
        }
        Ok(broken)
    })
    .await
}
