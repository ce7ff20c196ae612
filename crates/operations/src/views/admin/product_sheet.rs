//! What a product says about itself, as the form of its data sheet shows it: brand, model, tags and the attributes that
//! its collections ask for.

use std::collections::BTreeMap;

use catalog::{
    AttributeDefinition, AttributeKind, AttributeValue, Facet, Product, attribute, facet,
};
use kernel::Locale;
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use crate::FlowError;

/// The data sheet of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductSheet {
    /// Whose product it is.
    pub brand: Option<String>,
    /// What its maker calls it.
    pub model: Option<String>,
    /// Words by which the shop groups its goods.
    pub tags: Vec<String>,
    /// Brands that other products have, the most frequent first.
    pub brands: Vec<String>,
    /// Tags that other products have, the most frequent first.
    pub known_tags: Vec<String>,
    /// What its collections ask for.
    pub lines: Vec<SheetField>,
}

/// One line to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SheetField {
    /// Code of the attribute; forms name it so.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// `text`, `number`, `choice` or `yes_no`.
    pub kind: &'static str,
    /// The unit of a number, in the reader's language.
    pub unit: Option<String>,
    /// Whether the product needs it to go on sale.
    pub required: bool,
    /// Whether shoppers can narrow a list by it.
    pub filterable: bool,
    /// What can be chosen.
    pub choices: Vec<ChoiceField>,
    /// The value of a number, a choice or a yes or no; null when there is none.
    pub value: Option<String>,
    /// The words of a text in each language.
    pub words: BTreeMap<Locale, String>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChoiceField {
    /// Its code.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
}

impl ProductSheet {
    /// Whether a line is empty that the product needs to go on sale.
    #[must_use]
    pub fn lacks(&self) -> bool {
        let empty = |line: &SheetField| line.value.is_none() && line.words.is_empty();
        self.lines.iter().any(|line| line.required && empty(line))
    }
}

/// The data sheet of a product.
pub(super) async fn sheet(
    rx: &mut Rx,
    product: &Product,
    locale: Locale,
) -> Result<ProductSheet, FlowError> {
    let lines = attribute::sheet(rx, product.id).await?;
    Ok(ProductSheet {
        brand: product.identity.brand.clone(),
        model: product.identity.model.clone(),
        tags: product.identity.tags.clone(),
        brands: facet::values(rx, &Facet::Brand).await?,
        known_tags: facet::values(rx, &Facet::Tag).await?,
        lines: lines
            .into_iter()
            .map(|line| field(&line.definition, line.value, locale))
            .collect(),
    })
}

fn field(
    definition: &AttributeDefinition,
    value: Option<AttributeValue>,
    locale: Locale,
) -> SheetField {
    let unit = match &definition.kind {
        AttributeKind::Number { unit } => Some(unit.get(locale).to_owned()),
        _ => None,
    };
    let choice = |c: &catalog::Choice| ChoiceField {
        code: c.code.clone(),
        name: c.name.get(locale).to_owned(),
    };
    let (value, words) = match value {
        Some(AttributeValue::Text(texts)) => (None, texts.0),
        Some(value) => (facet::value_of(&value), BTreeMap::new()),
        None => (None, BTreeMap::new()),
    };
    SheetField {
        code: definition.code.clone(),
        name: definition.name.get(locale).to_owned(),
        kind: definition.kind.code(),
        unit: unit.filter(|unit| !unit.is_empty()),
        required: definition.required,
        filterable: definition.filterable,
        choices: definition.kind.choices().iter().map(choice).collect(),
        value,
        words,
    }
}
