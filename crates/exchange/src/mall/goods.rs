//! Categories, attributes, products and variants of a dump.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalog::rules::slug;
use kernel::{Currency, Money};
use serde::Deserialize;

use super::{
    dump::{Dump, Row},
    plan::remark,
};
use crate::import::{Remark, RowOutcome};

/// Options that a product can have here.
const OPTIONS: usize = 3;
/// What stands where a variant says nothing about an option.
const NOTHING: &str = "-";

/// Everything that is sold.
#[derive(Debug, Default)]
pub(super) struct Goods {
    /// The categories, parents first.
    pub(super) categories: Vec<Category>,
    /// The products.
    pub(super) products: Vec<Product>,
}

/// A category.
#[derive(Debug)]
pub(super) struct Category {
    /// Its key in the dump.
    pub(super) id: String,
    /// The category above it.
    pub(super) parent: Option<String>,
    /// Its name in addresses.
    pub(super) handle: String,
    /// Its name.
    pub(super) name: String,
    /// What it says about itself.
    pub(super) description: String,
    /// What its goods are described by: code and name.
    pub(super) sheet: Vec<(String, String)>,
}

/// Whether a product is on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sale {
    /// It is.
    On,
    /// Not yet, or not any more.
    Draft,
    /// It was deleted; orders may name it.
    Archived,
}

/// A product.
#[derive(Debug)]
pub(super) struct Product {
    /// Its key in the dump.
    pub(super) id: String,
    /// Its name in addresses.
    pub(super) handle: String,
    /// Its name.
    pub(super) name: String,
    /// One line below the name.
    pub(super) subtitle: String,
    /// The long text as HTML, or plain where there is no HTML.
    pub(super) description: String,
    /// The brand; empty for none.
    pub(super) brand: String,
    /// The number that its maker or the shop gave it; empty for none.
    pub(super) model: String,
    /// Search words of the shop.
    pub(super) tags: Vec<String>,
    /// The category it is in.
    pub(super) category: Option<String>,
    /// What it says about itself: code of the sheet and value.
    pub(super) attributes: Vec<(String, String)>,
    /// What its variants differ in.
    pub(super) options: Vec<String>,
    /// Its variants.
    pub(super) variants: Vec<Variant>,
    /// Whether it is on sale.
    pub(super) sale: Sale,
}

/// A variant.
#[derive(Debug, Clone)]
pub(super) struct Variant {
    /// Its key in the dump; none for a product without variants.
    pub(super) id: Option<String>,
    /// The SKU.
    pub(super) sku: String,
    /// One value for each option.
    pub(super) values: Vec<String>,
    /// What it costs.
    pub(super) price: Money,
    /// Weight with packing, in grams.
    pub(super) weight_g: i64,
    /// Units that can be sold.
    pub(super) stock: i64,
    /// At how many units somebody is told.
    pub(super) low_at: Option<i64>,
}

/// A pair of `sp_data` or `product_attr`.
#[derive(Debug, Deserialize)]
pub(super) struct Pair {
    /// What: 颜色.
    pub(super) key: String,
    /// Which: 黑色.
    pub(super) value: String,
}

/// The pairs of a cell; none when it holds no such list.
pub(super) fn pairs(text: &str) -> Vec<Pair> {
    serde_json::from_str(text).unwrap_or_default()
}

impl Goods {
    /// The brands that goods carry.
    pub(super) fn brands(&self) -> BTreeSet<&str> {
        let brands = self.products.iter().map(|p| p.brand.as_str());
        brands.filter(|brand| !brand.is_empty()).collect()
    }

    /// The SKU that an order line means: by its code, else by its key; for a product without variants its only one.
    pub(super) fn sku(&self, product: &str, code: &str, key: &str) -> Option<&str> {
        let product = self.products.iter().find(|p| p.id == product)?;
        let variants = &product.variants;
        let by_code = variants.iter().find(|v| v.sku == code);
        let by_key = || variants.iter().find(|v| v.id.as_deref() == Some(key));
        let only = || variants.first().filter(|_| variants.len() == 1);
        let found = by_code.or_else(by_key).or_else(only);
        found.map(|v| v.sku.as_str())
    }
}

/// Names that nobody else has taken.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    /// The name, or the name with the key behind it where somebody has it already.
    fn take(&mut self, name: String, key: &str) -> String {
        if self.0.insert(name.clone()) {
            return name;
        }
        let longer = format!("{name}-{key}");
        self.0.insert(longer.clone());
        longer
    }
}

/// The goods of a dump.
pub(super) fn plan(dump: &Dump, remarks: &mut Vec<Remark>) -> Goods {
    let parameters = parameters(dump);
    let mut products = products(dump, &parameters, remarks);
    let categories = categories(dump, &products, &parameters, remarks);
    let known: BTreeSet<&str> = categories.iter().map(|c| c.id.as_str()).collect();
    for product in &mut products {
        product.category = product
            .category
            .take()
            .filter(|c| known.contains(c.as_str()));
    }
    Goods {
        categories,
        products,
    }
}

/// The names of parameters (type 1; those of type 0 make variants), by key.
fn parameters(dump: &Dump) -> BTreeMap<&str, &str> {
    let rows = dump.rows("pms_product_attribute").iter();
    rows.filter(|row| row.number("type") == Some(1))
        .map(|row| (row.text("id"), row.text("name")))
        .collect()
}

/// The code of a parameter on the sheets here.
fn code(parameter: &str) -> String {
    format!("mall_{parameter}")
}

fn categories(
    dump: &Dump,
    products: &[Product],
    parameters: &BTreeMap<&str, &str>,
    remarks: &mut Vec<Remark>,
) -> Vec<Category> {
    let rows = dump.rows("pms_product_category");
    let used: BTreeSet<&str> = products
        .iter()
        .filter_map(|p| p.category.as_deref())
        .collect();
    let above: BTreeSet<&str> = rows
        .iter()
        .filter(|row| used.contains(row.text("id")))
        .map(|row| row.text("parent_id"))
        .collect();
    let known: BTreeSet<&str> = rows.iter().map(|row| row.text("id")).collect();
    let mut names = Names::default();
    let mut found = Vec::new();
    for row in rows {
        let id = row.text("id");
        let shown = row.number("show_status") == Some(1);
        if !shown && !used.contains(id) && !above.contains(id) {
            remarks.push(remark(row, RowOutcome::Rejected, "hidden_and_empty"));
            continue;
        }
        let parent = row.text("parent_id");
        let orphan = parent != "0" && !known.contains(parent);
        if orphan {
            remarks.push(remark(row, RowOutcome::Repaired, "no_parent"));
        }
        let name = row.text("name");
        let handle = slug(name).unwrap_or_else(|| format!("category-{id}"));
        found.push(Category {
            id: id.to_owned(),
            parent: (parent != "0" && !orphan).then(|| parent.to_owned()),
            handle: names.take(handle, id),
            name: name.to_owned(),
            description: row.text("description").to_owned(),
            sheet: sheet(id, products, parameters),
        });
    }
    found.sort_by_key(|category| category.parent.is_some());
    found
}

/// What the goods of a category say about themselves, each attribute once.
fn sheet(
    category: &str,
    products: &[Product],
    parameters: &BTreeMap<&str, &str>,
) -> Vec<(String, String)> {
    let inside = products
        .iter()
        .filter(|p| p.category.as_deref() == Some(category));
    let codes: BTreeSet<&str> = inside
        .flat_map(|p| &p.attributes)
        .map(|(code, _)| code.as_str())
        .collect();
    let lines = parameters.iter().map(|(id, name)| (code(id), *name));
    lines
        .filter(|(code, _)| codes.contains(code.as_str()))
        .map(|(code, name)| (code, name.to_owned()))
        .collect()
}

fn products(
    dump: &Dump,
    parameters: &BTreeMap<&str, &str>,
    remarks: &mut Vec<Remark>,
) -> Vec<Product> {
    let mut skus: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in dump.rows("pms_sku_stock") {
        skus.entry(row.text("product_id")).or_default().push(row);
    }
    let mut values: HashMap<&str, Vec<(String, String)>> = HashMap::new();
    for row in dump.rows("pms_product_attribute_value") {
        let parameter = row.text("product_attribute_id");
        let says = row
            .filled("value")
            .filter(|_| parameters.contains_key(parameter));
        if let Some(value) = says {
            let list = values.entry(row.text("product_id")).or_default();
            let code = code(parameter);
            if !list.iter().any(|(known, _)| *known == code) {
                list.push((code, value.to_owned()));
            }
        }
    }
    let (mut handles, mut codes) = (Names::default(), Names::default());
    let mut found = Vec::new();
    for row in dump.rows("pms_product") {
        let id = row.text("id");
        if row.text("name").is_empty() {
            remarks.push(remark(row, RowOutcome::Rejected, "no_name"));
            continue;
        }
        let rows = skus.remove(id).unwrap_or_default();
        let options = options(row, &rows, remarks);
        let variants = variants(row, &rows, &options, &mut codes, remarks);
        if variants.is_empty() {
            remarks.push(remark(row, RowOutcome::Rejected, "no_price"));
            continue;
        }
        unfetched(row, remarks);
        let attributes = values.remove(id).unwrap_or_default();
        found.push(product(row, options, variants, attributes, &mut handles));
    }
    for row in skus.into_values().flatten() {
        remarks.push(remark(row, RowOutcome::Rejected, "no_product"));
    }
    found
}

fn product(
    row: &Row,
    options: Vec<String>,
    variants: Vec<Variant>,
    attributes: Vec<(String, String)>,
    handles: &mut Names,
) -> Product {
    let id = row.text("id");
    let handle = slug(row.text("name")).unwrap_or_else(|| format!("product-{id}"));
    let detail = row
        .filled("detail_html")
        .or(row.filled("detail_mobile_html"));
    let plain = row.filled("detail_desc").or(row.filled("description"));
    let sale = match (row.number("delete_status"), row.number("publish_status")) {
        (Some(1), _) => Sale::Archived,
        (_, Some(1)) => Sale::On,
        _ => Sale::Draft,
    };
    Product {
        id: id.to_owned(),
        handle: handles.take(handle, id),
        name: row.text("name").to_owned(),
        subtitle: row.text("sub_title").to_owned(),
        description: detail.or(plain).unwrap_or_default().to_owned(),
        brand: row.text("brand_name").to_owned(),
        model: row.text("product_sn").to_owned(),
        tags: row
            .list("keywords")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        category: row.filled("product_category_id").map(str::to_owned),
        attributes,
        options,
        variants,
        sale,
    }
}

/// Pictures stay where they are: an import reads files, it does not call strangers.
fn unfetched(row: &Row, remarks: &mut Vec<Remark>) {
    let pictures = row.list("album_pics").into_iter().chain(row.filled("pic"));
    let pictures: BTreeSet<&str> = pictures.filter(|p| p.starts_with("http")).collect();
    if !pictures.is_empty() {
        remarks.push(Remark {
            line: row.line,
            outcome: RowOutcome::Repaired,
            reason: "pictures_not_fetched",
            content: pictures.into_iter().collect::<Vec<_>>().join("\n"),
        });
    }
}

/// What the variants of a product differ in, in the order in which it first appears.
fn options(row: &Row, rows: &[&Row], remarks: &mut Vec<Remark>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for pair in rows.iter().flat_map(|sku| pairs(sku.text("sp_data"))) {
        if !names.contains(&pair.key) {
            names.push(pair.key);
        }
    }
    if names.len() > OPTIONS {
        remarks.push(remark(row, RowOutcome::Repaired, "options_joined"));
        let last = names.split_off(OPTIONS - 1).join(" / ");
        names.push(last);
    }
    names
}

fn variants(
    row: &Row,
    rows: &[&Row],
    options: &[String],
    codes: &mut Names,
    remarks: &mut Vec<Remark>,
) -> Vec<Variant> {
    let weight_g = row
        .text("weight")
        .split('.')
        .next()
        .and_then(|whole| whole.parse().ok())
        .unwrap_or_default();
    if rows.is_empty() {
        return only(row, weight_g, codes, remarks).into_iter().collect();
    }
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for sku in rows {
        let Some(price) = sku.yuan("price").filter(|price| price.amount >= 0) else {
            remarks.push(remark(sku, RowOutcome::Rejected, "no_price"));
            continue;
        };
        let id = sku.text("id");
        let mut values = values(&pairs(sku.text("sp_data")), options);
        if !seen.insert(values.clone()) {
            // Two variants that say the same could not be told apart on a page.
            remarks.push(remark(sku, RowOutcome::Repaired, "same_options"));
            match values.last_mut() {
                Some(last) => *last = format!("{last} ({})", sku.text("sku_code")),
                None => continue,
            }
            seen.insert(values.clone());
        }
        let wanted = sku
            .filled("sku_code")
            .map_or_else(|| format!("mall-{id}"), str::to_owned);
        found.push(Variant {
            id: Some(id.to_owned()),
            sku: unique(sku, &wanted, id, codes, remarks),
            values,
            price,
            weight_g,
            stock: stock(sku, remarks),
            low_at: sku.number("low_stock").filter(|at| *at >= 0),
        });
    }
    found
}

/// The one variant of a product without any.
fn only(row: &Row, weight_g: i64, codes: &mut Names, remarks: &mut Vec<Remark>) -> Option<Variant> {
    let id = row.text("id");
    let wanted = row
        .filled("product_sn")
        .map_or_else(|| format!("mall-{id}"), str::to_owned);
    let price = row.yuan("price").filter(|price| price.amount >= 0)?;
    Some(Variant {
        id: None,
        sku: unique(row, &wanted, id, codes, remarks),
        values: Vec::new(),
        price: Money::new(price.amount, Currency::CNY),
        weight_g,
        stock: stock(row, remarks),
        low_at: row.number("low_stock").filter(|at| *at >= 0),
    })
}

fn unique(
    row: &Row,
    wanted: &str,
    id: &str,
    codes: &mut Names,
    remarks: &mut Vec<Remark>,
) -> String {
    let taken = codes.take(wanted.to_owned(), id);
    if taken != wanted {
        remarks.push(remark(row, RowOutcome::Repaired, "sku_made_unique"));
    }
    taken
}

fn stock(row: &Row, remarks: &mut Vec<Remark>) -> i64 {
    let stock = row.number("stock").unwrap_or_default();
    if stock < 0 {
        remarks.push(remark(row, RowOutcome::Repaired, "stock_below_zero"));
    }
    stock.max(0)
}

/// A variant's value for each option; where options were joined, the last holds all the rest.
fn values(pairs: &[Pair], options: &[String]) -> Vec<String> {
    let says = |name: &str| {
        pairs
            .iter()
            .find(|p| p.key == name)
            .map(|p| p.value.as_str())
    };
    let each = options.iter().map(|option| {
        let parts: Vec<&str> = option.split(" / ").filter_map(says).collect();
        let joined = says(option).map_or_else(|| parts.join(" / "), str::to_owned);
        if joined.is_empty() {
            NOTHING.to_owned()
        } else {
            joined
        }
    });
    each.collect()
}
