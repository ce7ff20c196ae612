//! `zhanggui check`: asks every invariant and walks over the audit log; silent and 0 only when all hold.

use anyhow::Result;
use serde_json::{Value, json};

use crate::App;

/// Asks every invariant, and verifies the audit log against the notes in the data folder (A8).
///
/// # Errors
/// Whatever the database or the disk says.
pub async fn run(app: &App) -> Result<(bool, Value)> {
    let broken = operations::invariants::broken(&app.ctx).await?;
    for found in &broken {
        tracing::error!(
            id = found.id,
            rows = found.rows,
            example = found.example,
            "{}",
            found.holds
        );
    }
    let audit = app.anchors.look(&app.ctx).await?;
    for found in &audit.findings {
        tracing::error!(
            id = "A8",
            row = found.seq,
            what = found.what,
            "The audit log is not what it was."
        );
    }
    let sound = broken.is_empty() && audit.findings.is_empty();
    let report = json!({
        "asked": migrations::INVARIANTS.len(), "broken": broken, "audit": audit.findings,
    });
    Ok((sound, report))
}
