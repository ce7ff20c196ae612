//! Attributes (產品屬性): what the products of a collection are described by, such as origin, oxidation or capacity.
//!
//! A collection defines the sheet, a product fills it. Each line of the sheet says what kind of answer it takes: words,
//! a number with its unit, one of a list, or yes or no. A product whose collections ask for a value that it lacks cannot
//! be published, and a value that its line does not take is not stored.

use std::collections::HashMap;

use kernel::{ProductId, Texts};
use platform::{DbError, Rx, params};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CatalogError,
    rules::{MAX_ATTRIBUTES, MAX_CHOICES, MAX_TITLE, check_count, check_texts},
};

/// Longest code of an attribute or a choice.
const MAX_CODE: usize = 40;
/// Digits after the point of a number.
const MAX_DECIMALS: u32 = 6;
/// Numbers are smaller than this, above and below zero.
const NUMBERS_BELOW: i64 = 1_000_000_000_000;

/// One line of the sheet that a collection asks its products to fill.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeDefinition {
    /// Stable code, lower-case: `origin`.
    pub code: String,
    /// Its name for people: 產地.
    pub name: Texts,
    /// What kind of answer it takes.
    #[serde(default)]
    pub kind: AttributeKind,
    /// Whether a product must have it to be published.
    #[serde(default)]
    pub required: bool,
    /// Whether shoppers can narrow a list by it.
    #[serde(default)]
    pub filterable: bool,
}

/// What kind of answer an attribute takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AttributeKind {
    /// Words in each language.
    #[default]
    Text,
    /// A number.
    Number {
        /// Its unit in each language: 毫升; empty for a bare number.
        #[serde(default)]
        unit: Texts,
    },
    /// One of a list.
    Choice {
        /// The list, in the order in which it is shown.
        choices: Vec<Choice>,
    },
    /// Yes or no.
    YesNo,
}

/// One of the answers that an attribute takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// Stable code, lower-case: `light`.
    pub code: String,
    /// Its name for people: 輕發酵.
    pub name: Texts,
}

/// What a product says about itself in one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attribute {
    /// Code of the definition.
    pub code: String,
    /// The value.
    pub value: AttributeValue,
}

/// A value, in the kind of its attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeValue {
    /// Words: 南投鹿谷.
    Text(Texts),
    /// A number in the definition's unit.
    Number(#[schemars(with = "String")] Decimal),
    /// Code of a choice.
    Choice(String),
    /// Yes or no.
    YesNo(bool),
}

/// Why a value does not fit its attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misfit {
    /// The attribute takes a number of ordinary size.
    Number,
    /// The attribute takes one of its choices.
    Choice,
    /// The attribute takes words.
    Text,
    /// The attribute takes yes or no.
    YesNo,
}

/// A filled or empty line of a product's sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SheetLine {
    /// The definition.
    #[serde(flatten)]
    pub definition: AttributeDefinition,
    /// The product's value, if it has one.
    pub value: Option<AttributeValue>,
}

impl AttributeKind {
    /// The word in forms and addresses.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number { .. } => "number",
            Self::Choice { .. } => "choice",
            Self::YesNo => "yes_no",
        }
    }

    /// The choices; none for other kinds.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Choice { choices } => choices,
            _ => &[],
        }
    }
}

impl AttributeDefinition {
    /// An optional line that takes words.
    #[must_use]
    pub fn text(code: &str, name: Texts) -> Self {
        Self {
            code: code.to_owned(),
            name,
            ..Self::default()
        }
    }

    /// Refuses a value of another kind, or out of range.
    ///
    /// # Errors
    /// [`CatalogError::AttributeUnfit`], or [`CatalogError::TooLong`] for words.
    pub fn check(&self, value: &AttributeValue) -> Result<(), CatalogError> {
        let misfit = match (&self.kind, value) {
            (AttributeKind::Text, AttributeValue::Text(texts)) => {
                return check_texts("attribute", texts, MAX_TITLE);
            }
            (AttributeKind::Number { .. }, AttributeValue::Number(number)) => {
                (!is_ordinary(*number)).then_some(Misfit::Number)
            }
            (AttributeKind::Choice { choices }, AttributeValue::Choice(code)) => {
                (!choices.iter().any(|c| c.code == *code)).then_some(Misfit::Choice)
            }
            (AttributeKind::YesNo, AttributeValue::YesNo(_)) => None,
            (AttributeKind::Text, _) => Some(Misfit::Text),
            (AttributeKind::Number { .. }, _) => Some(Misfit::Number),
            (AttributeKind::Choice { .. }, _) => Some(Misfit::Choice),
            (AttributeKind::YesNo, _) => Some(Misfit::YesNo),
        };
        misfit.map_or(Ok(()), |misfit| {
            Err(CatalogError::AttributeUnfit {
                code: self.code.clone(),
                misfit,
            })
        })
    }
}

fn is_ordinary(number: Decimal) -> bool {
    number.scale() <= MAX_DECIMALS && number.abs() < Decimal::from(NUMBERS_BELOW)
}

impl AttributeValue {
    /// Whether nothing is said: words without a letter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(texts) if texts.is_empty())
    }
}

impl From<Texts> for AttributeValue {
    fn from(texts: Texts) -> Self {
        Self::Text(texts)
    }
}

/// The sheet of a product: every attribute that its collections define, each once, with the product's value.
///
/// # Errors
/// [`CatalogError::NotFound`], or the database's.
pub async fn sheet(rx: &mut Rx, product: ProductId) -> Result<Vec<SheetLine>, CatalogError> {
    let row = rx
        .row(
            "SELECT attributes FROM products WHERE id = $1",
            params![product],
        )
        .await?;
    let values: Vec<Attribute> = row
        .ok_or(CatalogError::NotFound("product"))?
        .json("attributes")?;
    Ok(filled(definitions(rx, product).await?, &values))
}

/// What the collections of a product ask for.
pub(crate) async fn definitions(
    rx: &mut Rx,
    product: ProductId,
) -> Result<Vec<AttributeDefinition>, DbError> {
    // A collection by rules asks nothing, nor does the one above it of a product that only rules brought there: nobody
    // put the product in.
    let sql = "SELECT c.id, c.attributes FROM collection_products m JOIN collections c ON c.id = m.collection_id \
               WHERE m.product_id = $1 AND c.archived_at IS NULL AND c.rules IS NULL AND (m.direct OR EXISTS (SELECT 1 \
               FROM collection_products d JOIN collections k ON k.id = d.collection_id WHERE d.product_id = $1 AND d.direct \
               AND k.parent_id = c.id AND k.rules IS NULL AND k.archived_at IS NULL)) ORDER BY c.position, c.id";
    let mut found = Vec::new();
    for row in rx.rows(sql, params![product]).await? {
        found.append(&mut row.json::<Vec<AttributeDefinition>>("attributes")?);
    }
    Ok(found)
}

/// Each attribute once: a code that several collections define takes the kind of the first, and is required or to be
/// filtered by when any of them says so.
#[must_use]
pub fn joined(definitions: Vec<AttributeDefinition>) -> Vec<AttributeDefinition> {
    let mut known: Vec<AttributeDefinition> = Vec::new();
    for definition in definitions {
        match known.iter_mut().find(|k| k.code == definition.code) {
            Some(first) => {
                first.required |= definition.required;
                first.filterable |= definition.filterable;
            }
            None => known.push(definition),
        }
    }
    known
}

/// Puts a product's values beside the [`joined`] definitions. A value of another kind, left from before the definition
/// changed, is none.
#[must_use]
pub fn filled(definitions: Vec<AttributeDefinition>, values: &[Attribute]) -> Vec<SheetLine> {
    let line = |definition: AttributeDefinition| {
        let value = values
            .iter()
            .find(|a| a.code == definition.code && !a.value.is_empty())
            .filter(|a| definition.check(&a.value).is_ok());
        SheetLine {
            value: value.map(|a| a.value.clone()),
            definition,
        }
    };
    joined(definitions).into_iter().map(line).collect()
}

/// Refuses a product that lacks what its collections require.
///
/// # Errors
/// [`CatalogError::AttributeMissing`] naming the first one.
pub fn check_complete(
    definitions: Vec<AttributeDefinition>,
    values: &[Attribute],
) -> Result<(), CatalogError> {
    let missing = filled(definitions, values)
        .into_iter()
        .find(|line| line.definition.required && line.value.is_none());
    missing.map_or(Ok(()), |line| {
        Err(CatalogError::AttributeMissing {
            code: line.definition.code,
        })
    })
}

/// The choices of a list of definitions, by attribute and code.
pub(crate) fn choice_names(definitions: &[AttributeDefinition]) -> HashMap<(&str, &str), &Texts> {
    let all = definitions.iter().flat_map(|d| {
        let choices = d.kind.choices().iter();
        choices.map(|c| ((d.code.as_str(), c.code.as_str()), &c.name))
    });
    all.collect()
}

/// Refuses values that the sheet does not take. What the sheet does not name is kept as it is: a product that left a
/// collection may come back to it.
pub(crate) fn check_fit(
    definitions: Vec<AttributeDefinition>,
    values: &[Attribute],
) -> Result<(), CatalogError> {
    joined(definitions).iter().try_for_each(|definition| {
        let value = values.iter().find(|a| a.code == definition.code);
        value.map_or(Ok(()), |a| definition.check(&a.value))
    })
}

/// Refuses codes that are not lower-case words or appear twice, texts that are too long and numbers beyond all measure.
pub(crate) fn check_values(values: &[Attribute]) -> Result<(), CatalogError> {
    check_count("attributes", values.len(), MAX_ATTRIBUTES)?;
    check_codes(values.iter().map(|a| a.code.as_str()))?;
    values.iter().try_for_each(|a| match &a.value {
        AttributeValue::Text(texts) => check_texts("attribute", texts, MAX_TITLE),
        AttributeValue::Number(number) if !is_ordinary(*number) => {
            Err(CatalogError::AttributeUnfit {
                code: a.code.clone(),
                misfit: Misfit::Number,
            })
        }
        AttributeValue::Choice(code) => check_codes(std::iter::once(code.as_str())),
        AttributeValue::Number(_) | AttributeValue::YesNo(_) => Ok(()),
    })
}

/// As [`check_values`], for what a collection defines. A choice needs something to choose from.
pub(crate) fn check_definitions(definitions: &[AttributeDefinition]) -> Result<(), CatalogError> {
    check_count("attributes", definitions.len(), MAX_ATTRIBUTES)?;
    check_codes(definitions.iter().map(|d| d.code.as_str()))?;
    definitions.iter().try_for_each(|definition| {
        check_texts("attribute", &definition.name, MAX_TITLE)?;
        match &definition.kind {
            AttributeKind::Number { unit } => check_texts("unit", unit, MAX_CODE),
            AttributeKind::Choice { choices } => {
                check_count("choices", choices.len(), MAX_CHOICES)?;
                check_codes(choices.iter().map(|c| c.code.as_str()))?;
                if choices.is_empty() {
                    return Err(CatalogError::ChoicesMissing {
                        code: definition.code.clone(),
                    });
                }
                choices
                    .iter()
                    .try_for_each(|c| check_texts("choice", &c.name, MAX_TITLE))
            }
            AttributeKind::Text | AttributeKind::YesNo => Ok(()),
        }
    })
}

/// Refuses codes that are empty, too long, not lower-case words, or there twice.
pub(crate) fn check_codes<'a>(codes: impl Iterator<Item = &'a str>) -> Result<(), CatalogError> {
    let mut seen = std::collections::HashSet::new();
    for code in codes {
        let plain = code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if code.is_empty() || code.len() > MAX_CODE || !plain || !seen.insert(code) {
            return Err(CatalogError::AttributeInvalid {
                code: code.to_owned(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::Locale;

    use super::*;

    fn definition(code: &str, required: bool) -> AttributeDefinition {
        AttributeDefinition {
            required,
            ..AttributeDefinition::text(code, Texts::one(Locale::En, code))
        }
    }

    fn choice(codes: &[&str]) -> AttributeKind {
        AttributeKind::Choice {
            choices: codes
                .iter()
                .map(|code| Choice {
                    code: (*code).to_owned(),
                    name: Texts::one(Locale::En, *code),
                })
                .collect(),
        }
    }

    /// CAT-01: the sheet is that of all collections together; what one of them requires is required.
    #[test]
    fn a_sheet_joins_its_collections() {
        let values = [Attribute {
            code: "origin".into(),
            value: Texts::one(Locale::Hant, "鹿谷").into(),
        }];
        let definitions = vec![
            definition("origin", false),
            definition("year", false),
            definition("year", true),
        ];
        let lines = filled(definitions.clone(), &values);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].value, Some(values[0].value.clone()));
        let missing = check_complete(definitions, &values).unwrap_err();
        assert!(matches!(missing, CatalogError::AttributeMissing { code } if code == "year"));
    }

    /// CAT-01: an empty value does not fill a required line, and a code appears once.
    #[test]
    fn empty_values_and_double_codes_are_refused() {
        let empty = Attribute {
            code: "origin".into(),
            value: Texts::one(Locale::Hant, "").into(),
        };
        assert!(
            check_complete(
                vec![definition("origin", true)],
                std::slice::from_ref(&empty)
            )
            .is_err()
        );
        assert!(check_values(&[empty.clone(), empty]).is_err());
        assert!(check_definitions(&[definition("Origin", true)]).is_err());
    }

    /// CAT-01: each kind takes its own values and says which it wanted; a list without an entry is no list.
    #[test]
    fn each_kind_takes_its_own_values() {
        let text = AttributeValue::Text(Texts::one(Locale::En, "green"));
        let number = AttributeValue::Number(Decimal::new(4_005, 1));
        let light = AttributeValue::Choice("light".into());
        let all = [&text, &number, &light, &AttributeValue::YesNo(true)];
        let kinds = [
            AttributeKind::Text,
            AttributeKind::Number {
                unit: Texts::default(),
            },
            choice(&["light", "dark"]),
            AttributeKind::YesNo,
        ];
        for (place, kind) in kinds.into_iter().enumerate() {
            let definition = AttributeDefinition {
                kind,
                ..definition("x", false)
            };
            for (other, value) in all.iter().enumerate() {
                assert_eq!(definition.check(value).is_ok(), place == other, "{value:?}");
            }
        }
        let roast = AttributeDefinition {
            kind: choice(&["light"]),
            ..definition("roast", false)
        };
        let refused = roast.check(&AttributeValue::Choice("burnt".into()));
        assert!(matches!(
            refused,
            Err(CatalogError::AttributeUnfit {
                misfit: Misfit::Choice,
                ..
            })
        ));
        let listless = AttributeDefinition {
            kind: choice(&[]),
            ..definition("roast", false)
        };
        assert!(check_definitions(&[listless]).is_err());
        let huge = AttributeValue::Number(Decimal::from(NUMBERS_BELOW));
        let values = [Attribute {
            code: "x".into(),
            value: huge,
        }];
        assert!(check_values(&values).is_err());
    }
}
