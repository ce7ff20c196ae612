//! What the demonstration shop's goods say about themselves line by line: where from, how made, how used.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::DemoTexts;

/// The data sheets of all goods.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoSheets {
    /// What a collection of the first level asks its products, by the collection's handle.
    pub sheets: BTreeMap<String, Vec<DemoLine>>,
    /// What each product answers, by its handle; what is not known is left out.
    pub products: BTreeMap<String, Vec<DemoLine>>,
}

/// A line of a sheet: a question, or its answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoLine {
    /// Its name for programs.
    pub code: String,
    /// The words for people.
    pub text: DemoTexts,
}

/// Reads the sheets that are part of the program.
///
/// # Errors
/// Only if `sheets.json` does not fit these types, which the tests exclude.
pub fn demo_sheets() -> Result<DemoSheets, serde_json::Error> {
    serde_json::from_str(include_str!("sheets.json"))
}
