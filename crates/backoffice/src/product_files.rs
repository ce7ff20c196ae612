//! Goods as files: out as the shop's own CSV or Shopify's, and in again with a report first.

use std::sync::Arc;

use operations::{
    FlowError,
    goods_csv::{
        Unreadable,
        export::{self, Format},
        import, read_any,
        shopify::Generation,
    },
    shop,
    views::admin::{ProductImportPage, product_import},
};
use platform::{
    Ctx,
    web::{FileField, Files, Page, Problem, Query, Raw, StatusCode, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{Backoffice, forms::Form};

/// The file of goods in the form.
pub(crate) struct GoodsFile;

impl FileField for GoodsFile {
    const NAME: &'static str = "file";
    const FILE_BYTES: usize = 8 << 20;
    const TYPES: &'static [&'static str] = &["text/csv"];
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

/// Goods to bring in: a file, or its text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportForm {
    /// The text of the file, where it is not sent as one.
    #[serde(default)]
    csv: Option<String>,
    /// Whether it is written; otherwise it is only looked at.
    #[serde(default, deserialize_with = "form::flag")]
    write: bool,
}

/// All goods as a file.
pub(crate) async fn export(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<ExportQuery>,
) -> Result<Raw, Problem> {
    let (format, name) = match query.format {
        FileFormat::Own => (Format::Own, "products"),
        FileFormat::ShopifyOlder => (Format::Shopify(Generation::Older), "products-shopify-older"),
        FileFormat::Shopify => (Format::Shopify(Generation::Newer), "products-shopify"),
    };
    let url = desk.public_url.clone();
    let bytes = ctx
        .read_snapshot(async move |rx, _| export::file(rx, format, &url).await)
        .await?;
    let day = ctx.now().in_zone(ctx.zone()).date();
    let disposition = format!("attachment; filename=\"{name}-{day}.csv\"");
    Ok(Raw {
        status: StatusCode::OK,
        content_type: "text/csv; charset=utf-8",
        bytes: bytes.into(),
        headers: vec![
            ("content-disposition", disposition),
            ("cache-control", "no-store".to_owned()),
        ],
    })
}

/// The form for a file.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    _: Ctx,
    (): (),
) -> Result<Page<ProductImportPage>, Problem> {
    Ok(Page::new(ProductImportPage::default()))
}

/// Looks at a file, or brings it in. Every row that is not taken as it stands is named with its line and column.
pub(crate) async fn import(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (form, files): (Form<ImportForm>, Files<GoodsFile>),
) -> Result<Page<ProductImportPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let bytes = match wanted.csv.filter(|text| !text.is_empty()) {
            Some(text) => text.into_bytes(),
            None => files.one()?.bytes.to_vec(),
        };
        let currency = ctx
            .read(async |rx, _| Ok::<_, FlowError>(shop::load(rx).await?.currency))
            .await?;
        let read = read_any(&bytes, ctx.locale(), currency).map_err(|why| unreadable(&why))?;
        let report = import::import(&ctx, read, !wanted.write, |_, _| {}).await?;
        let csv = (!wanted.write).then(|| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Page::new(product_import::page(report, csv)))
    };
    let blank = async { Ok::<_, Problem>(ProductImportPage::default()) };
    sent.or_show(work, blank).await
}

fn unreadable(why: &Unreadable) -> Problem {
    let problem = Problem::invalid("error-invalid-input");
    match why {
        Unreadable::Missing(column) => Problem::invalid(why.key()).with("column", column),
        _ => problem.field("file", why.key()),
    }
}
