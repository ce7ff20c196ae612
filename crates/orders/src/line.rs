//! The lines of orders, and how much of each was cancelled, shipped, returned and refunded (S13).
//!
//! Each limit stands in the UPDATE that uses it up, and in a CHECK of the table.

use std::collections::BTreeMap;

use kernel::{Money, MoneyError, OrderId, OrderLineId, ProductId, VariantId};
use platform::{
    DbError, Rx, Tx,
    db::{Row, Value, id_value, keyed},
    params,
};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{LinePart, OrdersError, TotalLine, line_part, order};

/// One line of an order, as it was when the order was placed, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderLine {
    /// The line.
    pub id: OrderLineId,
    /// Its order.
    pub order_id: OrderId,
    /// Its place in the order, from 0.
    pub position: i64,
    /// The product.
    pub product_id: ProductId,
    /// The variant.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// The product's title in the shopper's language.
    pub title: String,
    /// The variant's title; empty when the product has one variant.
    pub variant_title: String,
    /// The stored picture.
    pub image_key: Option<String>,
    /// Price of one unit, tax included.
    pub unit_price: Money,
    /// What one unit cost the shop.
    pub unit_cost: Option<Money>,
    /// How many were ordered.
    pub quantity: i64,
    /// Its share of the discount.
    pub discount: Money,
    /// The rate of the tax that its price contains; `None` for orders that came without one.
    #[schemars(with = "Option<String>")]
    pub tax_rate: Option<Decimal>,
    /// Its share of the tax.
    pub tax_included: Money,
    /// Price times quantity less discount.
    pub total: Money,
    /// Units that will not be shipped.
    pub cancelled: i64,
    /// Units that left.
    pub shipped: i64,
    /// Units that came back.
    pub returned: i64,
    /// Units that came back and were put on the shelf.
    pub restocked: i64,
    /// What was given back for it, or is about to be.
    pub refunded: Money,
    /// Units that this money is for; each of them was cancelled or came back.
    pub refunded_units: i64,
    /// What one unit is made of, when it is a bundle.
    pub parts: Vec<LinePart>,
    /// Whether it was given to an order of enough goods (STF-16).
    pub gift: bool,
}

/// What remains of an order after a shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shipped {
    /// Nothing.
    AllShipped,
    /// Something.
    PartShipped,
}

const COLUMNS: &str = "id, order_id, position, product_id, variant_id, sku, title, variant_title, image_key, currency, unit_price, \
     unit_cost, quantity, discount, tax_rate, tax_included, total, cancelled, shipped, returned, restocked, refunded, \
     refunded_units, bundle, gift";

impl OrderLine {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            order_id: row.get("order_id")?,
            position: row.get("position")?,
            product_id: row.get("product_id")?,
            variant_id: row.get("variant_id")?,
            sku: row.get("sku")?,
            title: row.get("title")?,
            variant_title: row.get("variant_title")?,
            image_key: row.get("image_key")?,
            unit_price: row.money("unit_price")?,
            unit_cost: row.money_opt("unit_cost")?,
            quantity: row.get("quantity")?,
            discount: row.money("discount")?,
            tax_rate: row
                .get::<Option<String>>("tax_rate")?
                .and_then(|rate| rate.parse().ok()),
            tax_included: row.money("tax_included")?,
            total: row.money("total")?,
            cancelled: row.get("cancelled")?,
            shipped: row.get("shipped")?,
            returned: row.get("returned")?,
            restocked: row.get("restocked")?,
            refunded: row.money("refunded")?,
            refunded_units: row.get("refunded_units")?,
            parts: Vec::new(),
            gift: row.get("gift")?,
        })
    }

    /// A line of an order that is being placed: nothing has become of it yet.
    pub(crate) fn placed(
        id: OrderLineId,
        order_id: OrderId,
        position: i64,
        total: &TotalLine,
    ) -> Self {
        let line = &total.line;
        Self {
            id,
            order_id,
            position,
            product_id: line.product_id,
            variant_id: line.variant_id,
            sku: line.sku.clone(),
            title: line.title.clone(),
            variant_title: line.variant_title.clone(),
            image_key: line.image_key.clone(),
            unit_price: line.unit_price,
            unit_cost: line.unit_cost,
            quantity: line.quantity.get(),
            discount: total.discount,
            tax_rate: Some(line.tax_rate),
            tax_included: total.tax_included,
            total: total.total,
            cancelled: 0,
            shipped: 0,
            returned: 0,
            restocked: 0,
            refunded: Money::zero(total.total.currency),
            refunded_units: 0,
            parts: line.parts.clone(),
            gift: line.gift,
        }
    }

    /// Units that are still to be shipped.
    #[must_use]
    pub const fn to_ship(&self) -> i64 {
        self.quantity - self.cancelled - self.shipped
    }

    /// The SKU of a variant among these lines and what they are made of.
    #[must_use]
    pub fn sku_of(lines: &[Self], variant: VariantId) -> Option<&str> {
        let parts = lines.iter().flat_map(|line| &line.parts);
        let whole = lines.iter().find(|line| line.variant_id == variant);
        whole.map(|line| line.sku.as_str()).or_else(|| {
            let part = parts.into_iter().find(|part| part.variant_id == variant)?;
            Some(part.sku.as_str())
        })
    }

    /// What so many units take from which stock: their own variant, or the parts of a bundle.
    pub fn goods(&self, units: i64) -> impl Iterator<Item = (VariantId, i64)> + '_ {
        line_part::goods(self.variant_id, &self.parts, units)
    }

    /// What `count` units are worth after `before` units of the line were valued already. The values of all units sum
    /// exactly to the line's total, however they are divided (O11).
    ///
    /// # Errors
    /// [`OrdersError::LineExceeded`] when the line has not that many units.
    pub fn value_of(&self, before: i64, count: i64) -> Result<Money, OrdersError> {
        let end = before
            .checked_add(count)
            .filter(|end| before >= 0 && count >= 0 && *end <= self.quantity);
        let end = end.ok_or(OrdersError::LineExceeded { line_id: self.id })?;
        let step = self.total.currency.step();
        let step = if self.total.amount % step == 0 {
            step
        } else {
            1
        };
        let up_to = |units: i64| -> Result<Money, MoneyError> {
            let steps = i128::from(self.total.amount / step) * i128::from(units)
                / i128::from(self.quantity.max(1));
            let amount =
                i64::try_from(steps * i128::from(step)).map_err(|_| MoneyError::Overflow)?;
            Ok(Money::new(amount, self.total.currency))
        };
        Ok(up_to(end)?.minus(up_to(before)?)?)
    }
}

/// The columns of [`row`].
pub(crate) const INSERTED: &[&str] = &[
    "id",
    "order_id",
    "position",
    "product_id",
    "variant_id",
    "sku",
    "title",
    "variant_title",
    "image_key",
    "currency",
    "unit_price",
    "unit_cost",
    "quantity",
    "discount",
    "tax_rate",
    "tax_included",
    "total",
    "bundle",
    "gift",
];

/// A line as a row to insert.
pub(crate) fn row(line: &OrderLine) -> Vec<Value> {
    params![
        line.id,
        line.order_id,
        line.position,
        line.product_id,
        line.variant_id,
        &line.sku,
        &line.title,
        &line.variant_title,
        line.image_key.as_deref(),
        line.total.currency,
        line.unit_price.amount,
        line.unit_cost.map(|c| c.amount),
        line.quantity,
        line.discount.amount,
        line.tax_rate.map(|rate| rate.to_string()),
        line.tax_included.amount,
        line.total.amount,
        !line.parts.is_empty(),
        line.gift
    ]
    .to_vec()
}

/// The lines of an order in its order.
///
/// # Errors
/// Whatever the database says.
pub async fn lines(rx: &mut Rx, id: OrderId) -> Result<Vec<OrderLine>, OrdersError> {
    let sql = format!("SELECT {COLUMNS} FROM order_lines WHERE order_id = $1 ORDER BY position");
    let rows = rx.rows(&sql, params![id]).await?;
    with_parts(rx, &rows).await
}

/// Lines out of their rows; where bundles are among them, one more question brings their parts.
async fn with_parts(rx: &mut Rx, rows: &[Row]) -> Result<Vec<OrderLine>, OrdersError> {
    let mut lines = Vec::with_capacity(rows.len());
    let mut bundles = Vec::new();
    for row in rows {
        let line = OrderLine::from_row(row)?;
        if row.get("bundle")? {
            bundles.push(id_value(line.id));
        }
        lines.push(line);
    }
    if bundles.is_empty() {
        return Ok(lines);
    }
    let (sql, ids) = keyed(
        "SELECT order_line_id, variant_id, sku, title, variant_title, quantity FROM order_line_parts \
         WHERE order_line_id IN ({keys}) ORDER BY order_line_id, position",
        &[],
        &bundles,
    );
    let mut parts: BTreeMap<OrderLineId, Vec<LinePart>> = BTreeMap::new();
    for row in rx.rows(&sql, &ids).await? {
        let part = LinePart {
            variant_id: row.get("variant_id")?,
            sku: row.get("sku")?,
            title: row.get("title")?,
            variant_title: row.get("variant_title")?,
            quantity: row.get("quantity")?,
        };
        parts
            .entry(row.get("order_line_id")?)
            .or_default()
            .push(part);
    }
    for line in &mut lines {
        line.parts = parts.remove(&line.id).unwrap_or_default();
    }
    Ok(lines)
}

/// The lines of several orders, by order and position.
///
/// # Errors
/// Whatever the database says.
pub async fn lines_of(rx: &mut Rx, ids: &[OrderId]) -> Result<Vec<OrderLine>, OrdersError> {
    let mut found = Vec::new();
    for part in ids.chunks(LIST) {
        let sql = format!(
            "SELECT {COLUMNS} FROM order_lines WHERE order_id IN ({}) ORDER BY order_id, position",
            list(1, LIST)
        );
        let rows = rx.rows(&sql, &padded(part, LIST)).await?;
        found.extend(with_parts(rx, &rows).await?);
    }
    Ok(found)
}

/// How many ids one statement takes.
pub(crate) const LIST: usize = 25;

/// `$first, …` for `count` parameters.
pub(crate) fn list(first: usize, count: usize) -> String {
    (first..first + count)
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Ids as `size` parameters; the last repeats, so that one statement serves every number of them.
pub(crate) fn padded(ids: &[OrderId], size: usize) -> Vec<Value> {
    let last = ids.last().copied();
    let fill = std::iter::repeat_n(last, size).flatten();
    ids.iter()
        .copied()
        .chain(fill)
        .take(size)
        .map(|id| Value::Id(id.0))
        .collect()
}

/// Counts units as shipped and tells whether anything remains. The order is locked, so two parcels packed at once
/// cannot both believe that the other one completes it.
///
/// # Errors
/// [`OrdersError::LineExceeded`] when a line has not that much left, [`OrdersError::LineNotFound`]; nothing is written.
pub async fn record_shipped(
    tx: &mut Tx,
    id: OrderId,
    units: &[(OrderLineId, i64)],
) -> Result<Shipped, OrdersError> {
    order::lock(tx, id).await?;
    let sql = "UPDATE order_lines SET shipped = shipped + $3 WHERE id = $1 AND order_id = $2 AND $3 <= quantity - cancelled - shipped";
    take(tx, id, sql, summed(units.iter().copied())?).await?;
    let left: i64 = tx.scalar("SELECT COALESCE(SUM(quantity - cancelled - shipped), 0) FROM order_lines WHERE order_id = $1", params![id]).await?;
    Ok(if left == 0 {
        Shipped::AllShipped
    } else {
        Shipped::PartShipped
    })
}

/// Counts units as come back; with `restock` also as put on the shelf again.
///
/// # Errors
/// [`OrdersError::LineExceeded`] when fewer units are out, [`OrdersError::LineNotFound`]; nothing is written.
pub async fn record_returned(
    tx: &mut Tx,
    id: OrderId,
    units: &[(OrderLineId, i64)],
    restock: bool,
) -> Result<(), OrdersError> {
    let sql = if restock {
        "UPDATE order_lines SET returned = returned + $3, restocked = restocked + $3 \
         WHERE id = $1 AND order_id = $2 AND $3 <= shipped - returned"
    } else {
        "UPDATE order_lines SET returned = returned + $3 WHERE id = $1 AND order_id = $2 AND $3 <= shipped - returned"
    };
    take(tx, id, sql, summed(units.iter().copied())?).await
}

/// Cancels units that have not left.
///
/// # Errors
/// [`OrdersError::LineExceeded`] when fewer are left, [`OrdersError::LineNotFound`]; nothing is written.
pub async fn cancel_lines(
    tx: &mut Tx,
    id: OrderId,
    units: &[(OrderLineId, i64)],
) -> Result<(), OrdersError> {
    let sql = "UPDATE order_lines SET cancelled = cancelled + $3 WHERE id = $1 AND order_id = $2 AND $3 <= quantity - shipped - cancelled";
    take(tx, id, sql, summed(units.iter().copied())?).await
}

/// Cancels everything that has not left, and tells what that was. Doing it twice is doing it once (O11).
///
/// # Errors
/// Whatever the database says.
pub async fn cancel_lines_all(
    tx: &mut Tx,
    id: OrderId,
) -> Result<Vec<(OrderLineId, VariantId, i64)>, OrdersError> {
    order::lock(tx, id).await?;
    let open: Vec<OrderLine> = lines(tx, id)
        .await?
        .into_iter()
        .filter(|line| line.to_ship() > 0)
        .collect();
    if !open.is_empty() {
        let sql = "UPDATE order_lines SET cancelled = quantity - shipped WHERE order_id = $1 AND cancelled < quantity - shipped";
        tx.execute(sql, params![id]).await?;
    }
    Ok(open
        .iter()
        .map(|line| (line.id, line.variant_id, line.to_ship()))
        .collect())
}

/// Amounts by line, each line once, in the order in which rows are locked everywhere.
fn summed(
    parts: impl Iterator<Item = (OrderLineId, i64)>,
) -> Result<BTreeMap<OrderLineId, i64>, OrdersError> {
    let mut sums = BTreeMap::new();
    for (line_id, amount) in parts {
        let sum: &mut i64 = sums.entry(line_id).or_default();
        let added = if amount > 0 {
            sum.checked_add(amount)
        } else {
            None
        };
        *sum = added.ok_or(OrdersError::LineExceeded { line_id })?;
    }
    Ok(sums)
}

/// Writes an amount to each line, and tells why where a line refuses it.
async fn take(
    tx: &mut Tx,
    id: OrderId,
    sql: &str,
    amounts: BTreeMap<OrderLineId, i64>,
) -> Result<(), OrdersError> {
    for (line_id, amount) in amounts {
        if tx.execute(sql, params![line_id, id, amount]).await? != 1 {
            return Err(refusal(tx, id, line_id).await?);
        }
    }
    Ok(())
}

/// Why no row of a line fitted.
pub(crate) async fn refusal(
    rx: &mut Rx,
    id: OrderId,
    line_id: OrderLineId,
) -> Result<OrdersError, DbError> {
    let sql = "SELECT 1 AS one FROM order_lines WHERE id = $1 AND order_id = $2";
    Ok(match rx.row(sql, params![line_id, id]).await? {
        Some(_) => OrdersError::LineExceeded { line_id },
        None => OrdersError::LineNotFound,
    })
}
