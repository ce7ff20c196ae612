//! Lists of products, page by page.

use kernel::{CollectionId, ProductId, id::TypedId};
use platform::{
    DbError, Rx,
    db::{IntoValue, Value},
    page::{Cursor, Page},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{COLUMNS, Product, ProductState};
use crate::{CatalogError, FacetChoice, search::fold};

/// Products on one page at most.
pub const MAX_PAGE: usize = 250;

/// Which products, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// Only those in this state.
    pub state: Option<ProductState>,
    /// Only those in this collection or its sub-collections.
    pub collection: Option<CollectionId>,
    /// Only those whose title contains this in either script, or whose handle, SKU or barcode begins with it.
    pub q: Option<String>,
    /// Only those with one of the values of each of these.
    pub chosen: Vec<FacetChoice>,
    /// Only those whose starting price is at least this, in minor units.
    pub price_from: Option<i64>,
    /// Only those whose starting price is at most this, in minor units.
    pub price_to: Option<i64>,
    /// Only those that could be bought when stock was last looked at.
    pub in_stock: bool,
    /// Only those with a variant at a reduced price.
    pub reduced: bool,
    /// Only these, as what a search found.
    pub among: Option<Vec<ProductId>>,
    /// The order.
    pub sort: ProductSort,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductSort {
    /// As the merchant placed them in the collection; outside a collection the newest first.
    #[default]
    Featured,
    /// Newest on sale first; where not only those on sale are listed, newest created first.
    Newest,
    /// Lowest price first.
    PriceAsc,
    /// Highest price first.
    PriceDesc,
}

impl ProductSort {
    /// All orders.
    pub const ALL: [Self; 4] = [
        Self::Featured,
        Self::Newest,
        Self::PriceAsc,
        Self::PriceDesc,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Featured => "featured",
            Self::Newest => "newest",
            Self::PriceAsc => "price_asc",
            Self::PriceDesc => "price_desc",
        }
    }
}

impl std::str::FromStr for ProductSort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.code() == text)
            .ok_or(())
    }
}

/// How a list is ordered in SQL: a number, then the id.
struct Order {
    key: &'static str,
    id: &'static str,
    descending: bool,
}

fn order_of(filter: &ProductFilter) -> Order {
    let newest = Order {
        key: if filter.state == Some(ProductState::Published) {
            "p.published_at"
        } else {
            "p.created_at"
        },
        id: "p.id",
        descending: true,
    };
    match filter.sort {
        ProductSort::Featured if filter.collection.is_some() => Order {
            key: "m.position",
            id: "m.product_id",
            descending: false,
        },
        ProductSort::Featured | ProductSort::Newest => newest,
        ProductSort::PriceAsc => Order {
            key: "p.price_from",
            id: "p.id",
            descending: false,
        },
        ProductSort::PriceDesc => Order {
            key: "p.price_from",
            id: "p.id",
            descending: true,
        },
    }
}

/// A page of products. `limit` is held between 1 and [`MAX_PAGE`].
///
/// # Errors
/// [`CatalogError::BadCursor`] for a cursor of another list, or the database's.
pub async fn list(
    rx: &mut Rx,
    filter: &ProductFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<Product>, CatalogError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let order = order_of(filter);
    let place: Option<(i64, ProductId)> = after
        .map(|cursor| cursor.key().ok_or(CatalogError::BadCursor))
        .transpose()?;
    let mut statement = Conditions::of(filter);
    let (than, direction) = if order.descending {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    if let Some((key, id)) = place {
        let (key, id) = (statement.value(key), statement.value(id.uuid()));
        statement.conditions.push(format!(
            "({}, {}) {than} ({key}, {id})",
            order.key, order.id
        ));
    }
    let fetch = statement.value(i64::try_from(limit + 1).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {COLUMNS}, {} AS sort_key FROM {} ORDER BY {} {direction}, {} {direction} LIMIT {fetch}",
        order.key,
        statement.source(),
        order.key,
        order.id,
    );
    let rows = rx.rows(&sql, &statement.values).await?;
    let items = rows.iter().map(|row| {
        let product = Product::from_row(row)?;
        let key: (i64, ProductId) = (row.get("sort_key")?, product.id);
        Ok((product, key))
    });
    Ok(Page::of(
        items.collect::<Result<Vec<_>, platform::DbError>>()?,
        limit,
    ))
}

/// The ids of the products that a filter finds, in its order, at most `limit` of them.
///
/// # Errors
/// The database's.
pub async fn ids(
    rx: &mut Rx,
    filter: &ProductFilter,
    limit: i64,
) -> Result<Vec<ProductId>, CatalogError> {
    let order = order_of(filter);
    let mut statement = Conditions::of(filter);
    let direction = if order.descending { "DESC" } else { "ASC" };
    let limit = statement.value(limit);
    let sql = format!(
        "SELECT p.id FROM {} ORDER BY {} {direction}, {} {direction} LIMIT {limit}",
        statement.source(),
        order.key,
        order.id,
    );
    let rows = rx.rows(&sql, &statement.values).await?;
    Ok(rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, _>>()?)
}

/// How many products a filter finds.
///
/// # Errors
/// The database's.
pub async fn count(rx: &mut Rx, filter: &ProductFilter) -> Result<i64, CatalogError> {
    let statement = Conditions::of(filter);
    Ok(rx
        .scalar(
            &format!("SELECT COUNT(*) FROM {}", statement.source()),
            &statement.values,
        )
        .await?)
}

/// The condition of [`ProductFilter::in_stock`].
pub(crate) const IN_STOCK: &str = "p.in_stock";
/// The condition of [`ProductFilter::reduced`].
pub(crate) const REDUCED: &str = "p.reduced";

/// The tables, conditions and values of a list's statement.
pub(crate) struct Conditions {
    tables: &'static str,
    conditions: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    pub(crate) fn of(filter: &ProductFilter) -> Self {
        let mut made = Self {
            tables: "products p",
            conditions: Vec::new(),
            values: Vec::new(),
        };
        if let Some(collection) = filter.collection {
            made.tables = "collection_products m JOIN products p ON p.id = m.product_id";
            let id = made.value(collection);
            made.conditions.push(format!("m.collection_id = {id}"));
        }
        if let Some(state) = filter.state {
            let state = made.value(state.code());
            made.conditions.push(format!("p.state = {state}"));
        }
        let words = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
        if let Some(words) = words {
            let folded = like(&fold::fold(words));
            let (inside, start) = (
                made.value(format!("%{folded}%")),
                made.value(format!("{folded}%")),
            );
            made.conditions.push(format!(
                "(p.title_folded LIKE {inside} ESCAPE '!' OR p.handle LIKE {start} ESCAPE '!' OR EXISTS (SELECT 1 FROM variants v \
                 WHERE v.product_id = p.id AND (LOWER(v.sku) LIKE {start} ESCAPE '!' OR LOWER(v.barcode) LIKE {start} ESCAPE '!')))"
            ));
        }
        made.narrow(filter);
        made
    }

    /// The same, for statements that count the whole list: from the members of the collection to their products. Left
    /// to itself SQLite may begin with every product on sale, which takes eight times as long in a collection of a tenth
    /// of the shop.
    pub(crate) fn counting(filter: &ProductFilter) -> Self {
        let mut made = Self::of(filter);
        if filter.collection.is_some() {
            made.tables = "collection_products m CROSS JOIN products p";
            made.conditions.push("p.id = m.product_id".to_owned());
        }
        made
    }

    /// What the shopper chose.
    fn narrow(&mut self, filter: &ProductFilter) {
        for choice in &filter.chosen {
            let facet = self.value(choice.facet.key());
            let values: Vec<String> = choice
                .values
                .iter()
                .map(|v| self.value(v.as_str()))
                .collect();
            // A choice without a value asks for nothing.
            if !values.is_empty() {
                self.conditions.push(format!(
                    "EXISTS (SELECT 1 FROM product_facets f WHERE f.product_id = p.id AND f.facet = {facet} \
                     AND f.value IN ({}))",
                    values.join(", ")
                ));
            }
        }
        if let Some(lowest) = filter.price_from {
            let lowest = self.value(lowest);
            self.conditions.push(format!("p.price_from >= {lowest}"));
        }
        if let Some(highest) = filter.price_to {
            let highest = self.value(highest);
            self.conditions.push(format!("p.price_from <= {highest}"));
        }
        if filter.in_stock {
            self.conditions.push(IN_STOCK.to_owned());
        }
        if filter.reduced {
            self.conditions.push(REDUCED.to_owned());
        }
        if let Some(among) = &filter.among {
            self.among(among);
        }
    }

    /// Only these products. Lists are padded to powers of two, so that few different statements are prepared.
    fn among(&mut self, ids: &[ProductId]) {
        let Some(last) = ids.last() else {
            self.conditions.push("FALSE".to_owned());
            return;
        };
        let padding = ids.len().next_power_of_two() - ids.len();
        let padded = ids.iter().chain(std::iter::repeat_n(last, padding));
        let places: Vec<String> = padded.map(|id| self.value(id.uuid())).collect();
        self.conditions
            .push(format!("p.id IN ({})", places.join(", ")));
    }

    /// Adds a value and gives its placeholder.
    pub(crate) fn value(&mut self, value: impl IntoValue) -> String {
        self.values.push(value.into_value());
        format!("${}", self.values.len())
    }

    /// A statement of the products' ids.
    pub(crate) fn ids(&self) -> String {
        format!("SELECT p.id FROM {}", self.source())
    }

    pub(crate) fn source(&self) -> String {
        let conditions = if self.conditions.is_empty() {
            "TRUE".to_owned()
        } else {
            self.conditions.join(" AND ")
        };
        format!("{} WHERE {conditions}", self.tables)
    }
}

/// Words as a literal part of a LIKE pattern, at most 100 characters of them.
fn like(words: &str) -> String {
    let mut pattern = String::new();
    for c in words.chars().take(100) {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern
}

/// All products, the archived ones too, by their names in addresses.
///
/// # Errors
/// The database's.
pub async fn all_by_handle(rx: &mut Rx) -> Result<Vec<ProductId>, CatalogError> {
    let rows = rx.rows("SELECT id, handle FROM products", &[]).await?;
    let named = rows
        .iter()
        .map(|row| Ok((row.get("handle")?, row.get("id")?)));
    let mut named: Vec<(String, ProductId)> = named.collect::<Result<_, DbError>>()?;
    // Sorted here, because the databases do not agree on how texts are sorted.
    named.sort_unstable();
    Ok(named.into_iter().map(|(_, id)| id).collect())
}
