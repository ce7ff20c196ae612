//! Goods as files: out as the shop's own CSV or Shopify's, and in again with a report first.

use std::sync::Arc;

use operations::{
    FlowError,
    goods_csv::{
        Unreadable,
        archive::{self, Sent, Taken},
        export::{self, Format},
        import,
        pictures::Shelf,
        read_any,
        shopify::Generation,
    },
    shop,
    views::admin::{PictureImportPage, ProductImportPage, product_import},
};
use platform::{
    Ctx,
    list::ListError,
    web::{Download, FileField, Files, Page, Path, Problem, Query, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Backoffice, forms::Form, paths::PictureImportPath};

/// The longest file, in bytes, that its page keeps to be brought in with one click: a form takes little more as text.
/// A longer one is chosen again.
const KEPT_ON_PAGE: usize = 3 << 19;

/// The file of goods in the form.
pub(crate) struct GoodsFile;

impl FileField for GoodsFile {
    const NAME: &'static str = "file";
    const FILE_BYTES: usize = archive::ZIP_BYTES;
    const TYPES: &'static [&'static str] = &["text/csv", "application/zip"];
}

/// Which file.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FileFormat {
    /// The shop's own.
    #[default]
    Own,
    /// Shopify's product CSV with the older header.
    ShopifyOlder,
    /// Shopify's product CSV with the newer header.
    Shopify,
}

/// What to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportQuery {
    /// The format; the shop's own when absent.
    #[serde(default)]
    format: FileFormat,
}

/// What was taken out of a zip, as programs send it or as the text of a form's field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum TakenBefore {
    /// By name.
    ByName(Taken),
    /// The same as JSON.
    Text(String),
}

impl TakenBefore {
    fn by_name(self) -> Result<Taken, Problem> {
        match self {
            Self::ByName(taken) => Ok(taken),
            Self::Text(text) => serde_json::from_str(&text).map_err(|_| {
                Problem::invalid("error-invalid-input").field("picture_keys", "error-invalid-value")
            }),
        }
    }
}

/// Goods to bring in: a file, or its text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportForm {
    /// The text of the file, where it is not sent as one.
    #[serde(default)]
    csv: Option<String>,
    /// With the text, what was taken out of the zip that it came in, as the look at it told.
    #[serde(default)]
    picture_keys: Option<TakenBefore>,
    /// Whether it is written; otherwise it is only looked at.
    #[serde(default, deserialize_with = "form::flag")]
    write: bool,
}

/// All goods as a file.
pub(crate) async fn export(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<ExportQuery>,
) -> Result<Download, Problem> {
    let (format, name) = match query.format {
        FileFormat::Own => (Format::Own, "products"),
        FileFormat::ShopifyOlder => (Format::Shopify(Generation::Older), "products-shopify-older"),
        FileFormat::Shopify => (Format::Shopify(Generation::Newer), "products-shopify"),
    };
    let _turn = desk.exports.acquire().await.map_err(Problem::internal)?;
    let url = desk.public_url.clone();
    let file = ctx
        .read_snapshot(async move |rx, _| {
            let out = Download::begin().map_err(|e| ListError::File(e.to_string()))?;
            export::file(rx, format, &url, out).await
        })
        .await?;
    let day = ctx.now().in_zone(ctx.zone()).date();
    let name = format!("{name}-{day}.csv");
    Download::of(file, "text/csv; charset=utf-8", name).map_err(Problem::internal)
}

async fn blank(ctx: &Ctx) -> Result<ProductImportPage, Problem> {
    let reading = ctx.read(async |rx, _| product_import::form(rx).await);
    Ok(reading.await?)
}

/// The form for a file.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<ProductImportPage>, Problem> {
    Ok(Page::new(blank(&ctx).await?))
}

/// Looks at a file, or brings it in. Every row that is not taken as it stands is named with its line and column.
/// Pictures of a zip are made anew at once, also when the file is only looked at; those at addresses are fetched later.
pub(crate) async fn import(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    (form, files): (Form<ImportForm>, Files<GoodsFile>),
) -> Result<Page<ProductImportPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let (opened, before) = match wanted.csv.filter(|text| !text.is_empty()) {
            Some(text) => {
                let taken = wanted.picture_keys.map(TakenBefore::by_name).transpose()?;
                let csv = text.into_bytes();
                (Sent { csv, archive: None }, taken.unwrap_or_default())
            }
            None => (opened(files.one()?.bytes).await?, Taken::new()),
        };
        let currency = ctx
            .read(async |rx, _| Ok::<_, FlowError>(shop::load(rx).await?.currency))
            .await?;
        let read = read_any(&opened.csv, ctx.locale(), currency).map_err(|e| unreadable(&e))?;
        let taken = match opened.archive {
            Some(archive) => archive.take(&desk.files, read.named_files()).await,
            None => before,
        };
        let shelf = Shelf {
            files: &desk.files,
            fetcher: &desk.fetcher,
            public_url: &desk.public_url,
            taken: &taken,
        };
        let read = shelf.settle(&ctx, read).await?;
        let report = import::import(&ctx, read, !wanted.write, |_, _| {}).await?;
        let is_kept = !wanted.write && opened.csv.len() <= KEPT_ON_PAGE;
        let again = is_kept.then(|| String::from_utf8_lossy(&opened.csv).into_owned());
        let taken = if wanted.write { Taken::new() } else { taken };
        Ok(Page::new(product_import::page(report, again, taken)))
    };
    sent.or_show(work, blank(&ctx)).await
}

/// What was sent, opened beside the requests of others: a large zip takes a moment.
async fn opened(bytes: bytes::Bytes) -> Result<Sent, Problem> {
    let opening = tokio::task::spawn_blocking(move || archive::open(bytes));
    let opened = opening.await.map_err(Problem::internal)?;
    opened.map_err(|why| unreadable(&why))
}

/// How far the pictures of a file of goods have come.
pub(crate) async fn pictures(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<PictureImportPath>,
) -> Result<Page<PictureImportPage>, Problem> {
    let reading = ctx.read(async move |rx, _| product_import::pictures(rx, at.id).await);
    Ok(Page::new(reading.await?))
}

fn unreadable(why: &Unreadable) -> Problem {
    let problem = Problem::invalid("error-invalid-input");
    match why {
        Unreadable::Missing(column) => Problem::invalid(why.key()).with("column", column),
        _ => problem.field("file", why.key()),
    }
}
