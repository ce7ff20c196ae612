//! `zhanggui import products FILE` and `zhanggui export products FILE`: goods as CSV, the shop's own or Shopify's.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use kernel::Locale;
use operations::{
    FlowError,
    goods_csv::{
        export::{self, Format},
        import, read_any,
        shopify::Generation,
    },
    shop,
};
use platform::words::Words;
use serde_json::{Value, json};

use crate::App;

/// The word for goods on the command line.
pub const FORMAT: &str = "products";

/// Which file an export writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum GoodsFormat {
    /// This shop's own, which imports to the same goods
    #[default]
    Own,
    /// Shopify's product CSV
    Shopify,
    /// Shopify's product CSV with the older header
    ShopifyOlder,
}

/// Brings goods in. The same file again changes nothing, so an import that was broken off is simply started again. With
/// `rejects`, every remark is written there as a line of JSON with its sentence.
///
/// # Errors
/// A file that is no table of goods, or whatever the database says.
pub async fn import(
    app: &App,
    file: &Path,
    dry_run: bool,
    rejects: Option<&Path>,
) -> Result<Value> {
    let bytes = std::fs::read(file)?;
    let shop = app.ctx.read(async |rx, _| shop::load(rx).await).await?;
    let words = Words::load()?;
    let read =
        read_any(&bytes, Locale::default(), shop.currency).map_err(|why| anyhow!("{why}"))?;
    let bar = indicatif::ProgressBar::new(0);
    let report = import::import(&app.ctx, read, dry_run, |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })
    .await?;
    bar.finish_and_clear();
    if let Some(path) = rejects {
        let line = |remark: &operations::goods_csv::Remark| {
            let args = ["sku", "handle", "code"].map(|name| (name, remark.value.clone()));
            let sentence = words.say(Locale::En, remark.key, &args);
            json!({
                "line": remark.line, "column": remark.column, "value": remark.value, "why": sentence,
                "row_left_out": remark.row_left_out,
            })
            .to_string()
        };
        let lines: Vec<String> = report.remarks.iter().map(line).collect();
        std::fs::write(path, lines.join("\n"))?;
    }
    let mut value = serde_json::to_value(&report)?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("remarks".to_owned(), json!(report.remarks.len()));
    }
    Ok(value)
}

/// Writes all goods into a file.
///
/// # Errors
/// Anything else than goods, a file that cannot be written, or whatever the database says.
pub async fn export(app: &App, what: &str, format: GoodsFormat, file: PathBuf) -> Result<Value> {
    ensure!(what == FORMAT, "{what} cannot be exported; known: {FORMAT}");
    let format = match format {
        GoodsFormat::Own => Format::Own,
        GoodsFormat::Shopify => Format::Shopify(Generation::Newer),
        GoodsFormat::ShopifyOlder => Format::Shopify(Generation::Older),
    };
    let url = app.config.public_url();
    let bytes = app
        .ctx
        .read_snapshot(async move |rx, _| Ok::<_, FlowError>(export::file(rx, format, &url).await?))
        .await?;
    std::fs::write(&file, &bytes)?;
    Ok(json!({ "file": file, "bytes": bytes.len() }))
}
