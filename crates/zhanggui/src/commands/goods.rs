//! `zhanggui import products FILE` and `zhanggui export products FILE`: goods as CSV, the shop's own or Shopify's.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use kernel::Locale;
use operations::{
    goods_csv::{
        archive::{self, Taken},
        export::{self, Format},
        import,
        pictures::Shelf,
        read_any,
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

/// Brings goods in, from a CSV or from a zip of one and its pictures; pictures at addresses are fetched once the shop
/// runs. The same file again changes nothing, so an import that was broken off is simply started again. With
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
    let sent = archive::open(std::fs::read(file)?.into()).map_err(|why| anyhow!("{why}"))?;
    let shop = app.ctx.read(async |rx, _| shop::load(rx).await).await?;
    let words = Words::load()?;
    let read =
        read_any(&sent.csv, Locale::default(), shop.currency).map_err(|why| anyhow!("{why}"))?;
    let taken = match sent.archive {
        Some(archive) => archive.take(&app.files, read.named_files()).await,
        None => Taken::new(),
    };
    let url = app.config.public_url();
    let shelf = Shelf {
        files: &app.files,
        fetcher: &app.fetcher,
        public_url: &url,
        taken: &taken,
    };
    let read = shelf.settle(&app.ctx, read).await?;
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
    let out = std::fs::File::create(&file)?;
    let written = app
        .ctx
        .read_snapshot(async move |rx, _| export::file(rx, format, &url, out).await)
        .await?;
    Ok(json!({ "file": file, "bytes": written.metadata()?.len() }))
}
