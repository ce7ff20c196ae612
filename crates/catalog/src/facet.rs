//! What shoppers narrow a list by: brand, tags and the values of attributes, one row for each product and value.
//!
//! The rows are derived from the product and written in the transaction that changes it. They hold every short value,
//! so that nothing has to be written anew when a collection begins to offer an attribute as a filter; which attributes
//! are offered is decided by who asks.

use kernel::{Locale, ProductId, Texts};
use platform::{
    DbError, Rx, Tx,
    db::{Row, Value, keyed},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Attribute, AttributeValue, CatalogError, ProductFilter,
    product::{Conditions, IN_STOCK, REDUCED},
    store,
};

/// Longer words describe; nobody filters by them.
const MAX_VALUE: usize = 80;
/// Values of one list that are counted at most.
const MOST: i64 = 2_000;

/// One thing to narrow a list by. In addresses and in the database a word: `brand`, `tag` or `attribute:origin`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// The brand.
    Brand,
    /// A tag.
    Tag,
    /// An attribute by its code.
    Attribute(String),
}

/// A choice of the shopper: products that have any of these values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FacetChoice {
    /// By what.
    #[schemars(with = "String")]
    pub facet: Facet,
    /// The values, of which a product needs one.
    pub values: Vec<String>,
}

/// A value and how many products have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FacetCount {
    /// By what.
    #[schemars(with = "String")]
    pub facet: Facet,
    /// The value as [`FacetChoice::values`] takes it: a brand, a tag, words, a number, the code of a choice, `yes` or
    /// `no`.
    pub value: String,
    /// The words of a value that is words.
    pub label: Option<Texts>,
    /// Products that a list would show with it.
    pub count: i64,
}

impl Facet {
    /// The word in addresses and in the database.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Brand => "brand".to_owned(),
            Self::Tag => "tag".to_owned(),
            Self::Attribute(code) => format!("attribute:{code}"),
        }
    }
}

impl std::str::FromStr for Facet {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        match key {
            "brand" => Ok(Self::Brand),
            "tag" => Ok(Self::Tag),
            _ => {
                let code = key.strip_prefix("attribute:").ok_or(())?;
                Ok(Self::Attribute(code.to_owned()))
            }
        }
    }
}

impl Serialize for Facet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.key())
    }
}

impl<'de> Deserialize<'de> for Facet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        key.parse()
            .map_err(|()| serde::de::Error::custom("not something to narrow a list by"))
    }
}

/// The value by which an attribute is found; `None` for words that are too long to choose by.
#[must_use]
pub fn value_of(value: &AttributeValue) -> Option<String> {
    let word = match value {
        AttributeValue::Text(texts) => texts.get(Locale::default()).trim().to_owned(),
        AttributeValue::Number(number) => number.normalize().to_string(),
        AttributeValue::Choice(code) => code.clone(),
        AttributeValue::YesNo(true) => "yes".to_owned(),
        AttributeValue::YesNo(false) => "no".to_owned(),
    };
    (!word.is_empty() && word.chars().count() <= MAX_VALUE).then_some(word)
}

/// The rows of one product: by what, the value, and the words of a value that is words.
#[must_use]
pub fn rows_of(
    brand: Option<&str>,
    tags: &[String],
    attributes: &[Attribute],
) -> Vec<(Facet, String, Option<Texts>)> {
    let own = brand.map(|brand| (Facet::Brand, brand.to_owned(), None));
    let tags = tags.iter().map(|tag| (Facet::Tag, tag.clone(), None));
    let said = attributes.iter().filter_map(|a| {
        let label = match &a.value {
            AttributeValue::Text(texts) => Some(texts.clone()),
            _ => None,
        };
        Some((Facet::Attribute(a.code.clone()), value_of(&a.value)?, label))
    });
    own.into_iter().chain(tags).chain(said).collect()
}

/// The columns of [`database_rows`].
pub(crate) const COLUMNS: [&str; 4] = ["product_id", "facet", "value", "label"];

/// [`rows_of`] as rows to insert.
pub(crate) fn database_rows(
    id: ProductId,
    brand: Option<&str>,
    tags: &[String],
    attributes: &[Attribute],
) -> Vec<Vec<Value>> {
    let rows = rows_of(brand, tags, attributes);
    rows.into_iter()
        .map(|(facet, value, label)| params![id, facet.key(), value, label.as_ref()].to_vec())
        .collect()
}

/// Writes the rows of these products anew.
pub(crate) async fn refresh(tx: &mut Tx, ids: &[ProductId]) -> Result<(), DbError> {
    let sql = "SELECT p.id, p.brand, p.tags, p.attributes FROM products p WHERE p.id IN ({keys})";
    let mut rows = Vec::new();
    for row in store::rows_in(tx, sql, store::keys(ids)).await? {
        let brand: Option<String> = row.get("brand")?;
        let (tags, attributes) = (
            row.json::<Vec<String>>("tags")?,
            row.json::<Vec<Attribute>>("attributes")?,
        );
        rows.append(&mut database_rows(
            row.get("id")?,
            brand.as_deref(),
            &tags,
            &attributes,
        ));
    }
    for chunk in store::keys(ids).chunks(500) {
        let sql = "DELETE FROM product_facets WHERE product_id IN ({keys})";
        let (sql, values) = keyed(sql, &[], chunk);
        tx.execute(&sql, &values).await?;
    }
    tx.insert_many("product_facets", &COLUMNS, &rows).await
}

/// The values that products of a list have of what is offered to narrow it by, with how many of them. What is chosen
/// already narrows all counts but those of the same kind: whoever has chosen one brand still sees how many the other
/// brands would add.
///
/// # Errors
/// The database's.
pub async fn counts(
    rx: &mut Rx,
    filter: &ProductFilter,
    offered: &[Facet],
) -> Result<Vec<FacetCount>, CatalogError> {
    let chosen = |facet: &Facet| filter.chosen.iter().any(|c| c.facet == *facet);
    let (own, free): (Vec<&Facet>, Vec<&Facet>) = offered.iter().partition(|f| chosen(f));
    let mut found = counted(rx, filter, &free).await?;
    for facet in own {
        let mut others = filter.clone();
        others.chosen.retain(|c| c.facet != *facet);
        found.append(&mut counted(rx, &others, &[facet]).await?);
    }
    Ok(found)
}

async fn counted(
    rx: &mut Rx,
    filter: &ProductFilter,
    wanted: &[&Facet],
) -> Result<Vec<FacetCount>, CatalogError> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Conditions::counting(filter);
    let keys: Vec<String> = wanted.iter().map(|f| statement.value(f.key())).collect();
    let most = statement.value(MOST);
    // The words of a value stand in the table alone, so that counting touches nothing but an index.
    let sql = format!(
        "SELECT g.facet, g.value, g.many, (SELECT w.label FROM product_facets w WHERE w.facet = g.facet \
         AND w.value = g.value ORDER BY w.product_id LIMIT 1) AS label FROM (SELECT f.facet AS facet, f.value AS value, \
         COUNT(*) AS many FROM ({}) found CROSS JOIN product_facets f WHERE f.product_id = found.id AND f.facet IN ({}) \
         GROUP BY f.facet, f.value ORDER BY many DESC, f.facet, f.value LIMIT {most}) g ORDER BY g.facet, g.many DESC, g.value",
        statement.ids(),
        keys.join(", "),
    );
    let rows = rx.rows(&sql, &statement.values).await?;
    Ok(rows
        .iter()
        .map(FacetCount::from_row)
        .collect::<Result<_, _>>()?)
}

impl FacetCount {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let label: Option<Texts> = row.get("label")?;
        Ok(Self {
            facet: row.parse("facet")?,
            value: row.get("value")?,
            label: label.filter(|texts| !texts.is_empty()),
            count: row.get("many")?,
        })
    }
}

/// Every value of one kind that any product has, the most frequent first, for forms that offer what is there.
///
/// # Errors
/// The database's.
pub async fn values(rx: &mut Rx, facet: &Facet) -> Result<Vec<String>, CatalogError> {
    let sql = "SELECT value, COUNT(*) AS many FROM product_facets WHERE facet = $1 GROUP BY value \
               ORDER BY many DESC, value LIMIT $2";
    let rows = rx.rows(sql, params![facet.key(), MOST]).await?;
    Ok(rows
        .iter()
        .map(|row| row.get("value"))
        .collect::<Result<_, _>>()?)
}

/// How many products a list shows, and would show by its plain conditions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tally {
    /// As it is narrowed now.
    pub total: i64,
    /// If only what is in stock were shown.
    pub in_stock: i64,
    /// If only what is reduced were shown.
    pub reduced: i64,
    /// The lowest and the highest starting price whatever prices, stock and reductions are asked for, in minor units;
    /// `None` when there is nothing.
    pub prices: Option<(i64, i64)>,
}

/// Counts a list with and without its plain conditions, in one statement.
///
/// # Errors
/// The database's.
pub async fn tally(rx: &mut Rx, filter: &ProductFilter) -> Result<Tally, CatalogError> {
    let mut statement = Conditions::counting(&ProductFilter {
        price_from: None,
        price_to: None,
        in_stock: false,
        reduced: false,
        ..filter.clone()
    });
    let mut priced = vec!["TRUE".to_owned()];
    if let Some(lowest) = filter.price_from {
        priced.push(format!("p.price_from >= {}", statement.value(lowest)));
    }
    if let Some(highest) = filter.price_to {
        priced.push(format!("p.price_from <= {}", statement.value(highest)));
    }
    let priced = priced.join(" AND ");
    let asked = |on: bool, condition: &'static str| if on { condition } else { "TRUE" };
    let (stocked, reduced) = (
        asked(filter.in_stock, IN_STOCK),
        asked(filter.reduced, REDUCED),
    );
    let sum = |stocked: &str, reduced: &str| {
        format!(
            "COALESCE(SUM(CASE WHEN {priced} AND {stocked} AND {reduced} THEN 1 ELSE 0 END), 0)"
        )
    };
    let sql = format!(
        "SELECT {} AS total, {} AS in_stock, {} AS reduced, MIN(p.price_from) AS lowest, \
         MAX(p.price_from) AS highest FROM {}",
        sum(stocked, reduced),
        sum(IN_STOCK, reduced),
        sum(stocked, REDUCED),
        statement.source(),
    );
    let row = rx.one(&sql, &statement.values).await?;
    let (lowest, highest): (Option<i64>, Option<i64>) = (row.get("lowest")?, row.get("highest")?);
    Ok(Tally {
        total: row.get("total")?,
        in_stock: row.get("in_stock")?,
        reduced: row.get("reduced")?,
        prices: lowest.zip(highest),
    })
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    /// STF-02: a number is found however it was typed, and long words are no choice.
    #[test]
    fn values_are_words_to_choose_by() {
        let number = |text: &str| AttributeValue::Number(text.parse::<Decimal>().unwrap());
        assert_eq!(value_of(&number("400.00")), value_of(&number("400")));
        assert_eq!(
            value_of(&AttributeValue::YesNo(true)).as_deref(),
            Some("yes")
        );
        let long = Texts::one(Locale::Hant, "茶".repeat(MAX_VALUE + 1));
        assert_eq!(value_of(&AttributeValue::Text(long)), None);
    }

    #[test]
    fn the_word_of_a_facet_reads_back() {
        for facet in [
            Facet::Brand,
            Facet::Tag,
            Facet::Attribute("origin".to_owned()),
        ] {
            assert_eq!(facet.key().parse(), Ok(facet));
        }
        assert_eq!("origin".parse::<Facet>(), Err(()));
    }
}
