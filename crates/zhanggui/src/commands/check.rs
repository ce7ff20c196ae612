//! `zhanggui check`: asks every invariant; silent and 0 only when all hold.

use anyhow::Result;
use serde_json::{Value, json};

use crate::App;

/// Asks every invariant.
///
/// # Errors
/// Whatever the database says.
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
    Ok((
        broken.is_empty(),
        json!({ "asked": migrations::INVARIANTS.len(), "broken": broken }),
    ))
}
