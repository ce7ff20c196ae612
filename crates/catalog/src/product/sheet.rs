//! The data sheet of a product: what it is called in the trade, what it says in attributes, how it is taxed.

use kernel::ProductId;
use platform::{Ctx, Tx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ProductState, changed, json, lock};
use crate::{
    CatalogError,
    attribute::{self, Attribute},
    events::Change,
    facet,
    rules::{MAX_NAME, MAX_TAGS, check_count, check_name},
};

/// What a product is called in the trade.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProductIdentity {
    /// Whose product it is.
    pub brand: Option<String>,
    /// What its maker calls it.
    pub model: Option<String>,
    /// Words by which the shop groups its goods.
    pub tags: Vec<String>,
}

impl ProductIdentity {
    /// What people typed: words without blanks around them, nothing for an empty one, each tag once whatever its case.
    #[must_use]
    pub fn typed<'a>(brand: &str, model: &str, tags: impl IntoIterator<Item = &'a str>) -> Self {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let mut seen = std::collections::HashSet::new();
        let tags = tags.into_iter().filter_map(filled);
        Self {
            brand: filled(brand),
            model: filled(model),
            tags: tags.filter(|tag| seen.insert(tag.to_lowercase())).collect(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        check_count("tags", self.tags.len(), MAX_TAGS)?;
        let brand = self.brand.iter().map(|name| ("brand", name));
        let model = self.model.iter().map(|name| ("model", name));
        let tags = self.tags.iter().map(|name| ("tags", name));
        brand
            .chain(model)
            .chain(tags)
            .try_for_each(|(field, name)| check_name(field, name))?;
        let twice = |(place, tag): (usize, &String)| self.tags.iter().take(place).any(|t| t == tag);
        match self.tags.iter().enumerate().find(|one| twice(*one)) {
            Some((_, tag)) => Err(CatalogError::NameInvalid {
                field: "tags",
                name: tag.clone(),
                max: MAX_NAME,
            }),
            None => Ok(()),
        }
    }
}

/// Replaces what a product says about itself in attributes.
///
/// # Errors
/// [`CatalogError::AttributeMissing`] when a product on sale would lose one that its collections require,
/// [`CatalogError::AttributeUnfit`] for a value that its line does not take, [`CatalogError::AttributeInvalid`],
/// [`CatalogError::NotFound`], or the database's.
pub async fn update_attributes(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    values: Vec<Attribute>,
) -> Result<(), CatalogError> {
    attribute::check_values(&values)?;
    let product = lock(tx, id).await?;
    let definitions = attribute::definitions(tx, id).await?;
    attribute::check_fit(definitions.clone(), &values)?;
    if product.state == ProductState::Published {
        attribute::check_complete(definitions, &values)?;
    }
    tx.execute_one(
        "UPDATE products SET attributes = $2 WHERE id = $1",
        params![id, json(&values)],
    )
    .await?;
    facet::refresh(tx, &[id]).await?;
    changed(tx, ctx, &product, Change::Texts).await
}

/// Replaces brand, model and tags.
///
/// # Errors
/// [`CatalogError::NameInvalid`], [`CatalogError::TooMany`], [`CatalogError::NotFound`], or the database's.
pub async fn update_identity(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    identity: ProductIdentity,
) -> Result<(), CatalogError> {
    identity.check()?;
    let product = lock(tx, id).await?;
    let sql = "UPDATE products SET brand = $2, model = $3, tags = $4 WHERE id = $1";
    let values = params![
        id,
        identity.brand.as_deref(),
        identity.model.as_deref(),
        json(&identity.tags)
    ];
    tx.execute_one(sql, values).await?;
    facet::refresh(tx, &[id]).await?;
    changed(tx, ctx, &product, Change::Texts).await
}

/// Puts a product into a tax class. Orders that were placed keep their figures (O10).
///
/// # Errors
/// [`CatalogError::AttributeInvalid`] for what is no code, [`CatalogError::NotFound`], or the database's.
pub async fn set_tax_class(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    code: &str,
) -> Result<(), CatalogError> {
    attribute::check_codes(std::iter::once(code))?;
    let product = lock(tx, id).await?;
    let sql = "UPDATE products SET tax_class = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, code]).await?;
    changed(tx, ctx, &product, Change::Texts).await
}
