//! Attributes (產品屬性): what the products of a collection are described by, such as origin, oxidation or capacity.
//!
//! A collection defines the sheet, a product fills it. A product whose collections ask for a value that it lacks
//! cannot be published.

use kernel::{ProductId, Texts};
use platform::{DbError, Rx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CatalogError,
    rules::{MAX_ATTRIBUTES, MAX_TITLE, check_count, check_texts},
};

/// One line of the sheet that a collection asks its products to fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeDefinition {
    /// Stable code, lower-case: `origin`.
    pub code: String,
    /// Its name for people: 產地.
    pub name: Texts,
    /// Whether a product must have it to be published.
    pub required: bool,
}

/// What a product says about itself in one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attribute {
    /// Code of the definition.
    pub code: String,
    /// The value for people: 南投鹿谷.
    pub value: Texts,
}

/// A filled or empty line of a product's sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SheetLine {
    /// The definition.
    #[serde(flatten)]
    pub definition: AttributeDefinition,
    /// The product's value, if it has one.
    pub value: Option<Texts>,
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
    let sql = "SELECT c.id, c.attributes FROM collection_products m JOIN collections c ON c.id = m.collection_id \
               WHERE m.product_id = $1 ORDER BY c.position, c.id";
    let mut found = Vec::new();
    for row in rx.rows(sql, params![product]).await? {
        found.append(&mut row.json::<Vec<AttributeDefinition>>("attributes")?);
    }
    Ok(found)
}

/// Puts a product's values beside the definitions; a code that several collections define appears once and is
/// required when any of them requires it.
#[must_use]
pub fn filled(definitions: Vec<AttributeDefinition>, values: &[Attribute]) -> Vec<SheetLine> {
    let mut lines: Vec<SheetLine> = Vec::new();
    for definition in definitions {
        if let Some(known) = lines
            .iter_mut()
            .find(|line| line.definition.code == definition.code)
        {
            known.definition.required |= definition.required;
            continue;
        }
        let value = values
            .iter()
            .find(|a| a.code == definition.code && !a.value.is_empty());
        lines.push(SheetLine {
            definition,
            value: value.map(|a| a.value.clone()),
        });
    }
    lines
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

/// Refuses codes that are not lower-case words or appear twice, and texts that are too long.
pub(crate) fn check_values(values: &[Attribute]) -> Result<(), CatalogError> {
    check_codes(&values.iter().map(|a| a.code.as_str()).collect::<Vec<_>>())?;
    values
        .iter()
        .try_for_each(|a| check_texts("attribute", &a.value, MAX_TITLE))
}

/// As [`check_values`], for what a collection defines.
pub(crate) fn check_definitions(definitions: &[AttributeDefinition]) -> Result<(), CatalogError> {
    check_codes(
        &definitions
            .iter()
            .map(|d| d.code.as_str())
            .collect::<Vec<_>>(),
    )?;
    definitions
        .iter()
        .try_for_each(|d| check_texts("attribute", &d.name, MAX_TITLE))
}

fn check_codes(codes: &[&str]) -> Result<(), CatalogError> {
    check_count("attributes", codes.len(), MAX_ATTRIBUTES)?;
    let mut seen = std::collections::HashSet::new();
    for code in codes {
        let plain = code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if code.is_empty() || code.len() > 40 || !plain || !seen.insert(code) {
            return Err(CatalogError::AttributeInvalid {
                code: (*code).to_owned(),
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
            code: code.to_owned(),
            name: Texts::one(Locale::En, code),
            required,
        }
    }

    /// CAT-01: the sheet is that of all collections together; what one of them requires is required.
    #[test]
    fn a_sheet_joins_its_collections() {
        let values = [Attribute {
            code: "origin".into(),
            value: Texts::one(Locale::Hant, "鹿谷"),
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
            value: Texts::one(Locale::Hant, ""),
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
}
