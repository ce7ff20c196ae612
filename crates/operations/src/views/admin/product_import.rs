//! The page on which goods are brought in from a file, and the page of the pictures that such a file has fetched.

use catalog::picture_import::{self, PictureImport, PictureRow};
use kernel::{PictureImportId, ProductId};
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use super::common::person;
use crate::{
    FlowError,
    goods_csv::{archive::Taken, import::Report},
};

/// Remarks that the page shows.
const SHOWN: usize = 300;
/// Pictures that were given up, as far as they are shown.
const GIVEN_UP: i64 = 300;

/// The form, and after a file was looked at, what is in it.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ProductImportPage {
    /// What came of the file; null before there was one.
    pub report: Option<Report>,
    /// Remarks beyond those that are shown.
    pub more_remarks: usize,
    /// The file as text, to be sent again after it was only looked at.
    pub csv: Option<String>,
    /// What was taken out of the zip that it came in, to be sent again with it.
    pub picture_keys: Taken,
    /// The last files that had pictures fetched, newest first.
    pub recent: Vec<PictureImport>,
}

/// The page of a report with the first of its remarks.
#[must_use]
pub fn page(mut report: Report, csv: Option<String>, taken: Taken) -> ProductImportPage {
    let more_remarks = report.remarks.len().saturating_sub(SHOWN);
    report.remarks.truncate(SHOWN);
    ProductImportPage {
        report: Some(report),
        more_remarks,
        csv,
        picture_keys: taken,
        recent: Vec::new(),
    }
}

/// The form for a file.
///
/// # Errors
/// Whatever the database says.
pub async fn form(rx: &mut Rx) -> Result<ProductImportPage, FlowError> {
    Ok(ProductImportPage {
        recent: picture_import::recent(rx).await?,
        ..ProductImportPage::default()
    })
}

/// How far the pictures of a file have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PictureImportPage {
    /// The counts.
    #[serde(flatten)]
    pub import: PictureImport,
    /// Who brought the file in; null for the shop itself.
    pub by: Option<String>,
    /// Pictures that could not be had, in the order of the file.
    pub given_up: Vec<GivenUpPicture>,
    /// Those beyond the ones that are shown.
    pub more_given_up: i64,
}

/// A picture that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GivenUpPicture {
    /// The line of the file; the heading is line 1.
    pub line: i64,
    /// The heading of the column.
    pub column: String,
    /// Where it should have been.
    pub address: String,
    /// The sentence that says why, as a key.
    pub reason: Option<String>,
    /// Whose picture it would have been.
    pub product_id: ProductId,
}

impl From<PictureRow> for GivenUpPicture {
    fn from(row: PictureRow) -> Self {
        Self {
            line: row.wanted.line,
            column: row.wanted.column,
            address: row.wanted.address,
            reason: row.reason,
            product_id: row.product_id,
        }
    }
}

/// How far the pictures of a file have come.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn pictures(rx: &mut Rx, id: PictureImportId) -> Result<PictureImportPage, FlowError> {
    let import = picture_import::by_id(rx, id).await?;
    let import = import.ok_or(FlowError::NotFound)?;
    let rows = picture_import::given_up(rx, id, GIVEN_UP).await?;
    let given_up: Vec<GivenUpPicture> = rows.into_iter().map(GivenUpPicture::from).collect();
    let shown = i64::try_from(given_up.len()).unwrap_or(GIVEN_UP);
    Ok(PictureImportPage {
        by: person(&import.actor),
        more_given_up: import.failed - shown,
        given_up,
        import,
    })
}
