//! What the keyboard palette finds: orders, customers and products by the first letters of anything that names them.

use kernel::{CustomerId, Money, OrderId, Permission, ProductId, Texts};
use orders::{OrderQuery, OrderState, search};
use platform::{
    Ctx, DbError, Rx,
    list::{Asked, select::anywhere},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::thumb_url, customers::Customers, lists::Listing};
use crate::FlowError;

/// Things of one kind that are found.
const FEW: usize = 6;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FindPage {
    /// What was looked for; empty for nothing.
    pub q: String,
    /// Orders by number, name, phone, address or SKU; none for readers who may not see orders.
    pub orders: Vec<FoundOrder>,
    /// Customers by name, address or phone; none for readers who may not see customers.
    pub customers: Vec<FoundCustomer>,
    /// Products by name, SKU or barcode; none for readers who may not see products.
    pub products: Vec<FoundProduct>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundOrder {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// Who ordered.
    pub customer_name: String,
    /// Where it stands.
    pub state: OrderState,
    /// What it costs.
    pub total: Money,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundCustomer {
    /// The customer.
    pub id: CustomerId,
    /// Their name.
    pub name: String,
    /// Their address, or else their telephone number.
    pub contact: Option<String>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundProduct {
    /// The product.
    pub id: ProductId,
    /// Its name.
    pub title: String,
    /// Its first SKU.
    pub sku: Option<String>,
    /// Its first picture.
    pub image_url: Option<String>,
}

/// What words find.
///
/// # Errors
/// Whatever the database says.
pub async fn find(rx: &mut Rx, ctx: &Ctx, q: &str) -> Result<FindPage, FlowError> {
    let q: String = q.trim().chars().take(100).collect();
    let mut page = FindPage {
        q: q.clone(),
        orders: Vec::new(),
        customers: Vec::new(),
        products: Vec::new(),
    };
    if q.is_empty() {
        return Ok(page);
    }
    if ctx.allows(Permission::OrdersRead) {
        page.orders = orders(rx, &q).await?;
    }
    if ctx.allows(Permission::CustomersRead) {
        page.customers = customers(rx, ctx, &q).await?;
    }
    if ctx.allows(Permission::ProductsRead) {
        page.products = products(rx, ctx, &q).await?;
    }
    Ok(page)
}

async fn orders(rx: &mut Rx, q: &str) -> Result<Vec<FoundOrder>, FlowError> {
    let query = OrderQuery {
        q: q.to_owned(),
        limit: FEW,
        ..OrderQuery::default()
    };
    let found = search::search(rx, query).await?.items.into_iter();
    Ok(found
        .map(|order| FoundOrder {
            id: order.id,
            number: order.number,
            customer_name: order.customer_name,
            state: order.state,
            total: order.total,
        })
        .collect())
}

async fn customers(rx: &mut Rx, ctx: &Ctx, q: &str) -> Result<Vec<FoundCustomer>, FlowError> {
    let asked = Asked {
        filters: vec![("q", q.to_owned())],
        ..Asked::default()
    };
    let found = Customers::rows(rx, ctx, &asked, FEW)
        .await?
        .items
        .into_iter();
    Ok(found
        .map(|customer| FoundCustomer {
            id: customer.id,
            name: customer.name,
            contact: customer.email.or(customer.phone),
        })
        .collect())
}

async fn products(rx: &mut Rx, ctx: &Ctx, q: &str) -> Result<Vec<FoundProduct>, FlowError> {
    let inside = anywhere(&catalog::search::fold::fold(q));
    let start = inside.trim_start_matches('%').to_owned();
    let limit = i64::try_from(FEW).unwrap_or(i64::MAX);
    let sql = "SELECT p.id, p.title, (SELECT v.sku FROM variants v WHERE v.product_id = p.id ORDER BY v.position LIMIT 1) AS sku, \
               (SELECT m.file_key FROM media m WHERE m.product_id = p.id ORDER BY m.position LIMIT 1) AS picture FROM products p \
               WHERE p.title_folded LIKE $1 ESCAPE '!' OR EXISTS (SELECT 1 FROM variants v WHERE v.product_id = p.id \
               AND (LOWER(v.sku) LIKE $2 ESCAPE '!' OR LOWER(v.barcode) LIKE $2 ESCAPE '!')) ORDER BY p.updated_at DESC, p.id LIMIT $3";
    let rows = rx.rows(sql, params![inside, start, limit]).await?;
    let found = rows.iter().map(|row| {
        let title: Texts = row.get("title")?;
        let picture: Option<String> = row.get("picture")?;
        Ok(FoundProduct {
            id: row.get("id")?,
            title: title.get(ctx.locale()).to_owned(),
            sku: row.get("sku")?,
            image_url: thumb_url(picture.as_deref()),
        })
    });
    Ok(found.collect::<Result<Vec<_>, DbError>>()?)
}
