//! The list of customers (CRM-01). It sorts and searches by facts that a follower of the stream writes anew whenever
//! something happens to somebody; the figures that a page shows are added up from the orders themselves, so they are
//! exact whatever the follower has seen.

use std::collections::HashMap;

use customers::{
    care,
    facts::{self, Facts},
};
use kernel::{Currency, CustomerId, Locale, Money, OrderId, Permission, Timestamp};
use platform::{
    Ctx, Cursor, DbError, Page, Rx, Tx,
    db::{Row, Value},
    events::Recorded,
    list::{
        Asked, Cell, Choice, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading,
        Select, select::anywhere,
    },
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{OrderSource, in_list},
    lists::Listing,
    orders::sources,
};
use crate::{FlowError, shop};

/// The list of customers.
pub struct Customers;

static LIST: List<CustomerRow> = List {
    code: "customers",
    path: "/admin/customers",
    permission: Permission::CustomersRead,
    columns: &[
        Column::sorting("name", "admin-name", |c| Cell::text(&c.name)),
        Column::new("email", "admin-email", |c| {
            Cell::maybe(c.email.as_deref(), Cell::text)
        }),
        Column::new("phone", "admin-phone", |c| {
            Cell::maybe(c.phone.as_deref(), Cell::text)
        }),
        Column::new("country", "customers-region", |c| {
            Cell::maybe(c.country.as_deref(), Cell::text)
        }),
        Column {
            needs: Some(Permission::OrdersRead),
            ..Column::sorting("orders", "customers-orders", |c| {
                Cell::maybe(c.orders, Cell::Number)
            })
        },
        Column {
            needs: Some(Permission::OrdersRead),
            ..Column::sorting("paid", "customers-paid", |c| {
                Cell::maybe(c.paid, Cell::Money)
            })
        },
        Column {
            needs: Some(Permission::OrdersRead),
            ..Column::sorting("last_order_at", "customers-last-order", |c| {
                Cell::maybe(c.last_order_at, Cell::At)
            })
        },
        Column::sorting("first_seen_at", "customers-first-seen", |c| {
            Cell::At(c.first_seen_at)
        }),
        Column::new("source", "admin-source", |c| Cell::text(&c.source.source)),
        Column::new("locale", "customers-language", |c| {
            Cell::word("locale-name-", c.locale)
        }),
        Column::new("tags", "customers-tags", |c| Cell::text(c.tags.join(", "))),
    ],
    filters: &[
        Filter::search("customers-search-hint"),
        Filter::new("tag", "customers-tags", FilterKind::Offered),
        Filter::new("source", "admin-source", FilterKind::Offered),
        Filter::new(
            "locale",
            "customers-language",
            FilterKind::Choice(&["zh-Hant", "zh-Hans", "en"], "locale-name-"),
        ),
        Filter {
            needs: Some(Permission::OrdersRead),
            ..Filter::new(
                "bought",
                "customers-bought",
                FilterKind::Choice(&["never", "once", "again"], "customers-bought-"),
            )
        },
        Filter::new("from", "customers-seen-from", FilterKind::Day),
        Filter::new("to", "customers-seen-to", FilterKind::Day),
    ],
    sort: "-first_seen_at",
    page: 50,
};

/// What the columns sort by; each has its index.
const KEYS: [Key; 5] = [
    Key::text("name", "f.name"),
    Key::number("orders", "f.orders"),
    Key::number("paid", "f.paid"),
    Key::number("last_order_at", "f.last_order_at"),
    Key::number("first_seen_at", "f.first_seen_at"),
];

/// A page of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomersPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// What was searched for; empty for all.
    pub q: String,
    /// Whether the reader sees what customers bought.
    pub figures_visible: bool,
    /// The customers.
    pub items: Vec<CustomerRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
}

/// A customer in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerRow {
    /// The customer.
    pub id: CustomerId,
    /// Their name; may be empty.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// ISO 3166-1 code of their country.
    pub country: Option<String>,
    /// Orders they placed; null for readers who may not see orders.
    pub orders: Option<i64>,
    /// What came in for these and did not go back, in the shop's currency; null for readers who may not see orders.
    pub paid: Option<Money>,
    /// When they ordered last; null when never, and for readers who may not see orders.
    pub last_order_at: Option<Timestamp>,
    /// When they first came.
    pub first_seen_at: Timestamp,
    /// Where the visit came from that led to their first order.
    pub source: OrderSource,
    /// The language they are written to in.
    pub locale: Locale,
    /// Their tags.
    pub tags: Vec<String>,
}

impl Listed for Customers {
    type Row = CustomerRow;

    fn list() -> &'static List<CustomerRow> {
        &LIST
    }
}

impl Listing for Customers {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<CustomerRow>, FlowError> {
        let select = question(ctx, asked)?;
        let reading = Reading {
            columns: "f.customer_id, f.source, f.first_seen_at, c.name, c.email, c.phone, c.country, c.locale",
            keys: &KEYS,
            ids: &["f.customer_id"],
            limit,
        };
        let mut page = select.page(rx, ctx, (&LIST, asked), reading, row).await?;
        let ids: Vec<CustomerId> = page.items.iter().map(|c| c.id).collect();
        let mut tags = tags_of(rx, &ids).await?;
        let mut figures = if ctx.allows(Permission::OrdersRead) {
            figures_of(rx, &ids).await?
        } else {
            HashMap::new()
        };
        for customer in &mut page.items {
            customer.tags = tags.remove(&customer.id).unwrap_or_default();
            if let Some(figures) = figures.remove(&customer.id) {
                customer.orders = Some(figures.orders);
                customer.paid = Some(figures.paid);
                customer.last_order_at = figures.last_order_at;
            }
        }
        Ok(page)
    }
}

fn question(ctx: &Ctx, asked: &Asked) -> Result<Select, FlowError> {
    let mut select = Select::from("customer_facts f JOIN customers c ON c.id = f.customer_id");
    let words = asked.words();
    if !words.is_empty() {
        let pattern = select.value(anywhere(&folded(&words)));
        select.only(format!("f.search LIKE {pattern} ESCAPE '!'"));
    }
    if let Some(tag) = asked.get("tag") {
        let tag = select.value(tag);
        select.only(format!(
            "EXISTS (SELECT 1 FROM customer_tags t WHERE t.tag = {tag} AND t.customer_id = f.customer_id)"
        ));
    }
    match asked.get("source") {
        None => {}
        Some("unknown") => select.only("f.source = ''"),
        Some(source) => {
            let below = select.value(format!("{}:%", source.replace('_', "!_")));
            let source = select.value(source);
            select.only(format!(
                "(f.source = {source} OR f.source LIKE {below} ESCAPE '!')"
            ));
        }
    }
    if let Some(locale) = asked.get("locale") {
        select.equal("f.locale", locale);
    }
    match asked.get("bought") {
        Some("never") => select.only("f.orders = 0"),
        Some("once") => select.only("f.orders = 1"),
        Some("again") => select.only("f.orders > 1"),
        _ => {}
    }
    select.days(ctx, asked, "f.first_seen_at")?;
    Ok(select)
}

fn row(row: &Row) -> Result<CustomerRow, DbError> {
    let source: String = row.get("source")?;
    Ok(CustomerRow {
        id: row.get("customer_id")?,
        name: row.get("name")?,
        email: row.get("email")?,
        phone: row.get("phone")?,
        country: row.get("country")?,
        orders: None,
        paid: None,
        last_order_at: None,
        first_seen_at: row.get("first_seen_at")?,
        source: OrderSource::of(Some(source.as_str()).filter(|s| !s.is_empty())),
        locale: row.get("locale")?,
        tags: Vec::new(),
    })
}

/// A page of customers.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<CustomersPage, FlowError> {
    let tags = care::all_tags(rx).await?;
    let tags = tags.into_iter().map(|tag| Choice::named(&tag, tag.clone()));
    let offered = vec![("tag", tags.collect()), ("source", sources())];
    let list = ListView::of(rx, ctx, &LIST, asked, offered).await?;
    let page = Customers::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    Ok(CustomersPage {
        list,
        q: asked.words(),
        figures_visible: ctx.allows(Permission::OrdersRead),
        items: page.items,
        next_cursor: page.next_cursor,
    })
}

async fn tags_of(
    rx: &mut Rx,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, Vec<String>>, FlowError> {
    let mut found: HashMap<CustomerId, Vec<String>> = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let (places, values) = in_list(1, ids);
    let sql = format!(
        "SELECT customer_id, tag FROM customer_tags WHERE customer_id IN ({places}) ORDER BY tag"
    );
    for row in rx.rows(&sql, &values).await? {
        let tags = found.entry(row.get("customer_id")?).or_default();
        tags.push(row.get("tag")?);
    }
    Ok(found)
}

/// What somebody bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerFigures {
    /// Orders they placed.
    pub orders: i64,
    /// Of these, cancelled or expired.
    pub given_up: i64,
    /// What came in for them and did not go back, in the shop's currency.
    pub paid: Money,
    /// What went back.
    pub refunded: Money,
    /// When they ordered last.
    pub last_order_at: Option<Timestamp>,
}

/// What each of these customers bought, added up from their orders by index.
pub(super) async fn figures_of(
    rx: &mut Rx,
    ids: &[CustomerId],
) -> Result<HashMap<CustomerId, CustomerFigures>, FlowError> {
    let currency = shop::load(rx).await?.currency;
    let nothing = CustomerFigures {
        orders: 0,
        given_up: 0,
        paid: Money::zero(currency),
        refunded: Money::zero(currency),
        last_order_at: None,
    };
    let mut found: HashMap<CustomerId, CustomerFigures> =
        ids.iter().map(|id| (*id, nothing.clone())).collect();
    if ids.is_empty() {
        return Ok(found);
    }
    let (places, mut values) = in_list(2, ids);
    values.insert(0, Value::Text(currency.code().to_owned()));
    let sql = format!("{SUMS} WHERE o.customer_id IN ({places}) GROUP BY o.customer_id");
    for row in rx.rows(&sql, &values).await? {
        found.insert(row.get("customer_id")?, figures(&row, currency)?);
    }
    Ok(found)
}

/// Sums over orders; `$1` is the currency whose money counts.
const SUMS: &str = "SELECT o.customer_id, COUNT(*) AS orders, CAST(SUM(CASE WHEN o.tab = 'cancelled' THEN 1 ELSE 0 END) AS BIGINT) AS given_up, \
     MAX(o.placed_at) AS last_order_at, \
     CAST(COALESCE(SUM(CASE WHEN m.currency = $1 THEN m.captured - m.refunded END), 0) AS BIGINT) AS paid, \
     CAST(COALESCE(SUM(CASE WHEN m.currency = $1 THEN m.refunded END), 0) AS BIGINT) AS refunded \
     FROM orders o LEFT JOIN order_money m ON m.order_id = o.id";

fn figures(row: &Row, currency: Currency) -> Result<CustomerFigures, DbError> {
    Ok(CustomerFigures {
        orders: row.get("orders")?,
        given_up: row.get("given_up")?,
        paid: Money::new(row.get("paid")?, currency),
        refunded: Money::new(row.get("refunded")?, currency),
        last_order_at: row.get("last_order_at")?,
    })
}

/// Text as customers are searched by it: in one width, lower case, simplified, telephone numbers without signs.
pub(super) fn folded(text: &str) -> String {
    let plain = catalog::search::fold::fold(text.trim());
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let numeric = plain
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '+'));
    if digits > 3 && numeric {
        let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
        // Taiwan's numbers are written with the country's code or with a zero.
        return digits
            .strip_prefix("886")
            .map_or_else(|| digits.clone(), |rest| format!("0{rest}"));
    }
    plain
}

/// Writes the facts of one customer anew from everything that is known of them now.
///
/// # Errors
/// Whatever the database says.
pub async fn refresh(tx: &mut Tx, id: CustomerId) -> Result<(), DbError> {
    let currency = shop::load(tx).await?.currency;
    let sql = "SELECT name, email, phone, country, locale, created_at, \
               (SELECT source FROM orders WHERE customer_id = customers.id ORDER BY placed_at LIMIT 1) AS source FROM customers WHERE id = $1";
    let Some(row) = tx.row(sql, params![id]).await? else {
        return Ok(());
    };
    let sums = format!("{SUMS} WHERE o.customer_id = $2 GROUP BY o.customer_id");
    let bought = tx.row(&sums, params![currency, id]).await?;
    let bought = bought
        .as_ref()
        .map(|row| figures(row, currency))
        .transpose()?;
    let (name, email, phone): (String, Option<String>, Option<String>) =
        (row.get("name")?, row.get("email")?, row.get("phone")?);
    let search = [
        folded(&name),
        folded(email.as_deref().unwrap_or_default()),
        folded(phone.as_deref().unwrap_or_default()),
    ];
    let last = bought.as_ref().and_then(|b| b.last_order_at);
    let facts = Facts {
        customer_id: id,
        name,
        search: search.join("\n"),
        country: row.get::<Option<String>>("country")?.unwrap_or_default(),
        locale: row.get("locale")?,
        source: row.get::<Option<String>>("source")?.unwrap_or_default(),
        currency,
        orders: bought.as_ref().map_or(0, |b| b.orders),
        paid: bought.as_ref().map_or(0, |b| b.paid.amount),
        last_order_at: last.unwrap_or_else(|| Timestamp::from_micros(0)),
        first_seen_at: row.get("created_at")?,
    };
    facts::save(tx, &facts).await
}

/// The customer whom an event concerns: the one it names, or whoever placed the order that it is about.
///
/// # Errors
/// Whatever the database says.
pub async fn concerned(rx: &mut Rx, event: &Recorded) -> Result<Option<CustomerId>, DbError> {
    if event.customer.is_some() {
        return Ok(event.customer);
    }
    let Some(order) = event.subject_as::<OrderId>() else {
        return Ok(None);
    };
    let sql = "SELECT customer_id FROM orders WHERE id = $1";
    let row = rx.row(sql, params![order]).await?;
    row.map_or(Ok(None), |row| row.get("customer_id"))
}

/// Customers of whom no facts are written yet, as after an import; at most 500 of them.
///
/// # Errors
/// Whatever the database says.
pub async fn without_facts(rx: &mut Rx) -> Result<Vec<CustomerId>, DbError> {
    let sql = "SELECT c.id FROM customers c LEFT JOIN customer_facts f ON f.customer_id = c.id \
               WHERE f.customer_id IS NULL LIMIT 500";
    let rows = rx.rows(sql, &[]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CRM-01: a telephone number is found however it is written, a name in either script.
    #[test]
    fn people_are_found_however_they_are_written() {
        assert_eq!(folded("+886 912-345-678"), "0912345678");
        assert_eq!(folded("0912 345 678"), folded("0912345678"));
        assert_eq!(folded("陳業"), folded("陈业"));
        assert_eq!(folded("Ａnn"), "ann");
    }
}
