//! Variants: what is sold, held and shipped.

use kernel::{Locale, Money, ProductId, Texts, Timestamp, VariantId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    CatalogError, ProductState,
    events::Change,
    price::{self, PricePoint},
    product,
    rules::{MAX_TITLE, MAX_VARIANTS, check_code, check_count, check_price, check_texts},
    store,
};

/// A variant (SKU).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Variant {
    /// The variant.
    pub id: VariantId,
    /// Its product.
    pub product_id: ProductId,
    /// Its place among the product's variants, from 1.
    pub position: i64,
    /// The merchant's stock keeping unit; unique in the shop.
    pub sku: String,
    /// What the scanner reads: EAN, UPC or the merchant's own.
    pub barcode: Option<String>,
    /// One value for each option of the product, in the order of the options.
    pub option_values: Vec<Texts>,
    /// What it costs now.
    pub price: Money,
    /// What it really cost before the present reduction.
    pub compare_at: Option<Money>,
    /// When its reduction ends and it costs [`Variant::compare_at`] again ([`crate::reduction`]).
    pub reduced_until: Option<Timestamp>,
    /// What it costs the merchant.
    pub cost: Option<Money>,
    /// Weight with packing, in grams.
    pub weight_g: i64,
    /// Length, width and height with packing, in millimetres.
    pub size_mm: Option<(i64, i64, i64)>,
    /// Whether it can be bought.
    pub state: VariantState,
    /// Whether it is made of other variants; see [`crate::bundle`].
    pub is_bundle: bool,
}

/// Whether a variant can be bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariantState {
    /// It can, while its product is on sale.
    Active,
    /// No longer; orders still name it.
    Archived,
}

/// A variant to be created, without a compare-at price: it was never sold at another one.
#[derive(Debug, Clone)]
pub struct NewVariant {
    /// Its id, where the caller chose one; otherwise a fresh one.
    pub id: Option<VariantId>,
    /// See [`Variant::sku`].
    pub sku: String,
    /// See [`Variant::barcode`].
    pub barcode: Option<String>,
    /// See [`Variant::option_values`].
    pub option_values: Vec<Texts>,
    /// See [`Variant::price`].
    pub price: Money,
    /// See [`Variant::cost`].
    pub cost: Option<Money>,
    /// See [`Variant::weight_g`].
    pub weight_g: i64,
    /// See [`Variant::size_mm`].
    pub size_mm: Option<(i64, i64, i64)>,
}

/// Everything of a variant but its price, replaced together; the price has [`price::set`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantDetails {
    /// See [`Variant::sku`].
    pub sku: String,
    /// See [`Variant::barcode`].
    pub barcode: Option<String>,
    /// See [`Variant::option_values`].
    pub option_values: Vec<Texts>,
    /// See [`Variant::cost`].
    pub cost: Option<Money>,
    /// See [`Variant::weight_g`].
    pub weight_g: i64,
    /// See [`Variant::size_mm`].
    pub size_mm: Option<(i64, i64, i64)>,
    /// See [`Variant::state`].
    pub state: VariantState,
}

pub(crate) const COLUMNS: [&str; 16] = [
    "id",
    "product_id",
    "position",
    "sku",
    "barcode",
    "option_values",
    "currency",
    "price",
    "compare_at",
    "cost",
    "weight_g",
    "length_mm",
    "width_mm",
    "height_mm",
    "state",
    "created_at",
];

const SELECTED: &str = "id, product_id, position, sku, barcode, option_values, currency, price, compare_at, reduced_until, cost, weight_g, \
                        length_mm, width_mm, height_mm, state, is_bundle";

impl Variant {
    /// Its option values in a language, as in `150 g / 禮盒`; empty when the product has no options.
    #[must_use]
    pub fn title(&self, locale: Locale) -> String {
        joined(&self.option_values, locale)
    }

    /// What [`update`] replaces, to change a part of it.
    #[must_use]
    pub fn details(&self) -> VariantDetails {
        VariantDetails {
            sku: self.sku.clone(),
            barcode: self.barcode.clone(),
            option_values: self.option_values.clone(),
            cost: self.cost,
            weight_g: self.weight_g,
            size_mm: self.size_mm,
            state: self.state,
        }
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        let side = |column| row.get::<Option<i64>>(column);
        let size = (side("length_mm")?, side("width_mm")?, side("height_mm")?);
        Ok(Self {
            id: row.get("id")?,
            product_id: row.get("product_id")?,
            position: row.get("position")?,
            sku: row.get("sku")?,
            barcode: row.get("barcode")?,
            option_values: row.json("option_values")?,
            price: row.money("price")?,
            compare_at: row.money_opt("compare_at")?,
            reduced_until: row.get("reduced_until")?,
            cost: row.money_opt("cost")?,
            weight_g: row.get("weight_g")?,
            size_mm: size.0.zip(size.1).zip(size.2).map(|((l, w), h)| (l, w, h)),
            state: row.parse("state")?,
            is_bundle: row.get("is_bundle")?,
        })
    }
}

/// Option values in a language, joined for a title.
#[must_use]
pub fn joined(option_values: &[Texts], locale: Locale) -> String {
    option_values
        .iter()
        .map(|value| value.get(locale))
        .collect::<Vec<_>>()
        .join(" / ")
}

impl VariantState {
    /// The stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }
}

impl std::str::FromStr for VariantState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Active, Self::Archived]
            .into_iter()
            .find(|state| state.code() == text)
            .ok_or(())
    }
}

impl NewVariant {
    /// A variant with a SKU and a price, weightless and without options.
    #[must_use]
    pub fn new(sku: impl Into<String>, price: Money) -> Self {
        let sku = sku.into();
        Self {
            id: None,
            sku,
            barcode: None,
            option_values: Vec::new(),
            price,
            cost: None,
            weight_g: 0,
            size_mm: None,
        }
    }

    fn details(&self) -> VariantDetails {
        VariantDetails {
            sku: self.sku.clone(),
            barcode: self.barcode.clone(),
            option_values: self.option_values.clone(),
            cost: self.cost,
            weight_g: self.weight_g,
            size_mm: self.size_mm,
            state: VariantState::Active,
        }
    }

    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        check_price(self.price)?;
        self.details().check(self.price)
    }

    pub(crate) fn row(
        &self,
        id: VariantId,
        product: ProductId,
        position: i64,
        state: VariantState,
        created_at: Timestamp,
    ) -> Vec<Value> {
        params![
            id,
            product,
            position,
            &self.sku,
            self.barcode.as_deref(),
            product::json(&self.option_values),
            self.price.currency,
            self.price.amount,
            Value::Null,
            self.cost.map(|c| c.amount),
            self.weight_g,
            self.size_mm.map(|s| s.0),
            self.size_mm.map(|s| s.1),
            self.size_mm.map(|s| s.2),
            state.code(),
            created_at
        ]
        .to_vec()
    }
}

impl VariantDetails {
    fn check(&self, price: Money) -> Result<(), CatalogError> {
        check_code(&self.sku)?;
        self.barcode.as_deref().map_or(Ok(()), check_code)?;
        self.option_values
            .iter()
            .try_for_each(|value| check_texts("option", value, MAX_TITLE))?;
        if let Some(cost) = self.cost {
            price.plus(cost)?;
            if cost.amount < 0 {
                return Err(CatalogError::PriceInvalid { price: cost });
            }
        }
        let sides = self.size_mm.is_none_or(|(l, w, h)| l > 0 && w > 0 && h > 0);
        if self.weight_g < 0 || !sides {
            Err(CatalogError::MeasureInvalid)
        } else {
            Ok(())
        }
    }
}

/// Refuses a variant that has not one value for each option, or the same values as another of its product.
pub(crate) fn check_place<'a>(
    sku: &str,
    values: &Vec<Texts>,
    options: usize,
    mut others: impl Iterator<Item = &'a Vec<Texts>>,
) -> Result<(), CatalogError> {
    if values.len() != options || values.iter().any(Texts::is_empty) {
        return Err(CatalogError::OptionsMismatch {
            sku: sku.to_owned(),
        });
    }
    if others.any(|other| other == values) {
        return Err(CatalogError::OptionsTaken {
            sku: sku.to_owned(),
        });
    }
    Ok(())
}

/// The variants of products, in order within each product, archived ones too.
///
/// # Errors
/// The database's.
pub async fn of(rx: &mut Rx, products: &[ProductId]) -> Result<Vec<Variant>, CatalogError> {
    let sql = format!(
        "SELECT {SELECTED} FROM variants WHERE product_id IN ({{keys}}) ORDER BY product_id, position, id"
    );
    let rows = store::rows_in(rx, &sql, store::keys(products)).await?;
    Ok(rows
        .iter()
        .map(Variant::from_row)
        .collect::<Result<_, _>>()?)
}

/// The variant of an id.
///
/// # Errors
/// The database's.
pub async fn by_id(rx: &mut Rx, id: VariantId) -> Result<Option<Variant>, CatalogError> {
    let sql = format!("SELECT {SELECTED} FROM variants WHERE id = $1");
    Ok(rx
        .row(&sql, params![id])
        .await?
        .map(|row| Variant::from_row(&row))
        .transpose()?)
}

/// The variants of these SKUs, in no particular order. Unknown SKUs are left out.
///
/// # Errors
/// The database's.
pub async fn by_skus(rx: &mut Rx, skus: &[&str]) -> Result<Vec<Variant>, CatalogError> {
    let sql = format!("SELECT {SELECTED} FROM variants WHERE sku IN ({{keys}})");
    let rows = store::rows_in(rx, &sql, store::text_keys(skus.iter().copied())).await?;
    let mut found = rows
        .iter()
        .map(Variant::from_row)
        .collect::<Result<Vec<_>, _>>()?;
    found.sort_by_key(|v| v.id);
    found.dedup_by_key(|v| v.id);
    Ok(found)
}

/// Adds a variant behind the others of a product.
///
/// # Errors
/// [`CatalogError::SkuTaken`], [`CatalogError::OptionsMismatch`], [`CatalogError::OptionsTaken`],
/// [`CatalogError::CurrencyMixed`], what [`crate::rules`] refuses, [`CatalogError::NotFound`], or the database's.
pub async fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    product: ProductId,
    new: NewVariant,
) -> Result<VariantId, CatalogError> {
    new.check()?;
    let owner = product::lock(tx, product).await?;
    let others = of(tx, &[product]).await?;
    check_count("variants", others.len() + 1, MAX_VARIANTS)?;
    check_place(
        &new.sku,
        &new.option_values,
        owner.options.len(),
        others.iter().map(|v| &v.option_values),
    )?;
    if others
        .iter()
        .any(|v| v.price.currency != new.price.currency)
    {
        return Err(CatalogError::CurrencyMixed);
    }
    let id = new.id.unwrap_or_else(VariantId::new);
    let position = others.iter().map(|v| v.position).max().unwrap_or_default() + 1;
    let row = new.row(id, product, position, VariantState::Active, ctx.now());
    let places: Vec<String> = (1..=COLUMNS.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "INSERT INTO variants ({}) VALUES ({}) ON CONFLICT (sku) DO NOTHING",
        COLUMNS.join(", "),
        places.join(", ")
    );
    if tx.execute(&sql, &row).await? == 0 {
        return Err(CatalogError::SkuTaken { sku: new.sku });
    }
    let point = PricePoint::first(
        ctx,
        new.price,
        owner.state == ProductState::Published,
        ctx.now(),
    );
    tx.insert_many("price_history", &price::COLUMNS, &[point.row(id)])
        .await?;
    product::refresh_price_from(tx, product).await?;
    product::changed(tx, ctx, &owner, Change::Variants).await?;
    Ok(id)
}

/// Replaces everything of a variant but its price.
///
/// # Errors
/// As [`add`]; also [`CatalogError::NothingToSell`] when the last active variant of a product on sale would be
/// archived.
pub async fn update(
    tx: &mut Tx,
    ctx: &Ctx,
    id: VariantId,
    details: VariantDetails,
) -> Result<(), CatalogError> {
    let product = product_of(tx, id).await?;
    let owner = product::lock(tx, product).await?;
    let (mine, others): (Vec<_>, Vec<_>) = of(tx, &[product])
        .await?
        .into_iter()
        .partition(|v| v.id == id);
    let before = mine
        .into_iter()
        .next()
        .ok_or(CatalogError::NotFound("variant"))?;
    details.check(before.price)?;
    check_place(
        &details.sku,
        &details.option_values,
        owner.options.len(),
        others.iter().map(|v| &v.option_values),
    )?;
    let on_sale = owner.state == ProductState::Published;
    let left = details.state == VariantState::Active
        || others.iter().any(|v| v.state == VariantState::Active);
    if on_sale && !left {
        return Err(CatalogError::NothingToSell);
    }
    if before.details() == details {
        return Ok(());
    }
    let sql = "UPDATE variants SET sku = $2, barcode = $3, option_values = $4, cost = $5, weight_g = $6, length_mm = $7, \
               width_mm = $8, height_mm = $9, state = $10 WHERE id = $1 \
               AND NOT EXISTS (SELECT 1 FROM variants WHERE sku = $2 AND id <> $1)";
    let values = params![
        id,
        &details.sku,
        details.barcode.as_deref(),
        product::json(&details.option_values),
        details.cost.map(|c| c.amount),
        details.weight_g,
        details.size_mm.map(|s| s.0),
        details.size_mm.map(|s| s.1),
        details.size_mm.map(|s| s.2),
        details.state.code()
    ];
    if tx.execute(sql, values).await? == 0 {
        return Err(CatalogError::SkuTaken { sku: details.sku });
    }
    if on_sale && before.state != details.state {
        let active = details.state == VariantState::Active;
        price::note_offer_of(tx, ctx, &before, active).await?;
    }
    product::refresh_price_from(tx, product).await?;
    product::changed(tx, ctx, &owner, Change::Variants).await
}

/// The product of a variant.
pub(crate) async fn product_of(rx: &mut Rx, id: VariantId) -> Result<ProductId, CatalogError> {
    let row = rx
        .row("SELECT product_id FROM variants WHERE id = $1", params![id])
        .await?;
    Ok(row
        .ok_or(CatalogError::NotFound("variant"))?
        .get("product_id")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CAT-01: a variant's title is its option values in the reader's language.
    #[test]
    fn titles_follow_the_language() {
        let weight = Texts(
            [
                (Locale::Hant, "150 公克".to_owned()),
                (Locale::En, "150 g".to_owned()),
            ]
            .into(),
        );
        let pack = Texts::one(Locale::Hant, "禮盒");
        assert_eq!(
            joined(&[weight.clone(), pack.clone()], Locale::Hant),
            "150 公克 / 禮盒"
        );
        assert_eq!(joined(&[weight, pack], Locale::En), "150 g / 禮盒");
        assert_eq!(joined(&[], Locale::En), "");
    }
}
