//! What the demonstration shop's goods say about themselves line by line: where from, how made, how used.

use std::collections::BTreeMap;

use catalog::{AttributeKind, AttributeValue};
use serde::Deserialize;

use super::DemoTexts;

/// The data sheets of all goods.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoSheets {
    /// What a collection of the first level asks its products, by the collection's handle.
    pub sheets: BTreeMap<String, Vec<DemoQuestion>>,
    /// What each product answers, by its handle; what is not known is left out.
    pub products: BTreeMap<String, Vec<DemoAnswer>>,
}

/// A line of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoQuestion {
    /// Its name for programs.
    pub code: String,
    /// The words for people.
    pub text: DemoTexts,
    /// What kind of answer it takes; words where nothing is said.
    #[serde(default)]
    pub kind: AttributeKind,
    /// Whether shoppers can narrow a list by it.
    #[serde(default)]
    pub filterable: bool,
}

/// What a product answers: words, or a value of another kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoAnswer {
    /// Name of the question.
    pub code: String,
    /// The words.
    pub text: Option<DemoTexts>,
    /// The value where the question does not take words.
    pub value: Option<AttributeValue>,
}

/// Reads the sheets that are part of the program.
///
/// # Errors
/// Only if `sheets.json` does not fit these types, which the tests exclude.
pub fn demo_sheets() -> Result<DemoSheets, serde_json::Error> {
    serde_json::from_str(include_str!("sheets.json"))
}
