//! `zhanggui import FORMAT FILE`: another system's data, with a report of every row that was not taken as it stands.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use exchange::{import, mall, uci};
use serde_json::Value;

use super::goods;
use crate::App;

/// Imports a file. With `rejects`, every rejected or repaired row is written there as a line of JSON.
///
/// # Errors
/// An unknown format, a file that is not of it, a shop that is not fresh.
pub async fn run(
    app: &App,
    format: &str,
    file: PathBuf,
    dry_run: bool,
    rejects: Option<&Path>,
) -> Result<Value> {
    if format == goods::FORMAT {
        return goods::import(app, &file, dry_run, rejects).await;
    }
    let ctx = app.ctx.clone();
    let bar = indicatif::ProgressBar::new(0);
    let tell = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let report = match format {
        uci::FORMAT => serde_json::to_value(uci::import(&ctx, &file, dry_run, tell).await?)?,
        mall::FORMAT => serde_json::to_value(mall::import(&ctx, &file, dry_run, tell).await?)?,
        other => {
            let known = [goods::FORMAT, uci::FORMAT, mall::FORMAT].join(", ");
            bail!("unknown format {other}; known: {known}")
        }
    };
    bar.finish_and_clear();
    if let Some(path) = rejects {
        let hash = platform::secret::sha256_hex(&std::fs::read(&file)?);
        let format = format.to_owned();
        let kept = ctx
            .read(async move |rx, _| import::remarks(rx, &format, &hash).await)
            .await?;
        let lines: Result<Vec<String>, _> = kept.iter().map(serde_json::to_string).collect();
        std::fs::write(path, lines?.join("\n"))?;
    }
    Ok(report)
}
