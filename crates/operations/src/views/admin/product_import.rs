//! The page on which goods are brought in from a file.

use schemars::JsonSchema;
use serde::Serialize;

use crate::goods_csv::import::Report;

/// Remarks that the page shows.
const SHOWN: usize = 300;

/// The form, and after a file was looked at, what is in it.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ProductImportPage {
    /// What came of the file; null before there was one.
    pub report: Option<Report>,
    /// Remarks beyond those that are shown.
    pub more_remarks: usize,
    /// The file as text, to be sent again after it was only looked at.
    pub csv: Option<String>,
}

/// The page of a report with the first of its remarks.
#[must_use]
pub fn page(mut report: Report, csv: Option<String>) -> ProductImportPage {
    let more_remarks = report.remarks.len().saturating_sub(SHOWN);
    report.remarks.truncate(SHOWN);
    ProductImportPage {
        report: Some(report),
        more_remarks,
        csv,
    }
}
