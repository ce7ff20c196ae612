//! Changing an order before it is packed: its figures are computed anew, its lines rewritten, its search terms follow,
//! and what it was stays on record with who changed it and why (O10, O11).

use std::collections::BTreeSet;

use kernel::{Address, Money, OrderId, OrderLineId, Timestamp, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Value,
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{COLUMNS, Order, by_id};
use crate::{
    Cause, OrderLine, OrderState, OrdersError, TotalLine, Totals, checkout, events::OrderUpdated,
    history, line, line_part, terms,
};

/// The longest reason for a change, in characters.
pub const MAX_REASON: usize = 200;

/// What an order becomes.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Every figure.
    pub totals: Totals,
    /// The lines that stay, in the order of the totals' lines; none for a new one.
    pub lines: Vec<Option<OrderLineId>>,
    /// Where its messages go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Where it goes.
    pub address: Address,
    /// Code of the way to deliver.
    pub delivery_code: String,
    /// Name of the way to deliver, in the buyer's language.
    pub delivery_name: String,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// The buyer's wish.
    pub note: Option<String>,
    /// Why, in somebody's words.
    pub reason: String,
}

/// An order as it stood before or after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stood {
    /// Its lines.
    pub lines: Vec<StoodLine>,
    /// Goods before discount.
    pub subtotal: Money,
    /// What was taken off.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Wrapping as a gift; none when it was not wrapped.
    #[serde(default)]
    pub gift_wrap: Option<Money>,
    /// What it costs.
    pub total: Money,
    /// Where its messages go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Where it goes.
    pub address: Address,
    /// Name of the way to deliver.
    pub delivery_name: String,
}

/// A line as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoodLine {
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub title: String,
    /// The variant; empty when the product has one.
    pub variant_title: String,
    /// How many.
    pub quantity: i64,
    /// What one costs.
    pub unit_price: Money,
    /// What they cost after discount.
    pub total: Money,
    /// Whether it was given to an order of enough goods.
    #[serde(default)]
    pub gift: bool,
}

/// One change of an order on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Revised {
    /// Its number over all orders.
    pub seq: i64,
    /// What the order was.
    pub before: Stood,
    /// What it became.
    pub after: Stood,
    /// Why.
    pub reason: String,
    /// Who, as `kind:name`.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

impl Stood {
    /// An order with its lines.
    #[must_use]
    pub fn of(order: &Order, lines: &[OrderLine]) -> Self {
        Self {
            lines: lines
                .iter()
                .map(|line| StoodLine {
                    sku: line.sku.clone(),
                    title: line.title.clone(),
                    variant_title: line.variant_title.clone(),
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    total: line.total,
                    gift: line.gift,
                })
                .collect(),
            subtotal: order.subtotal,
            discount: order.discount,
            shipping: order.shipping,
            gift_wrap: order.gift_wrap,
            total: order.total,
            email: order.email.clone(),
            phone: order.phone.clone(),
            address: order.address.clone(),
            delivery_name: order.delivery_name.clone(),
        }
    }

    /// Whether goods, wrapping or price differ, and not only where it goes.
    #[must_use]
    pub fn costs_otherwise(&self, other: &Self) -> bool {
        (&self.lines, self.shipping, self.gift_wrap, self.total)
            != (&other.lines, other.shipping, other.gift_wrap, other.total)
    }
}

/// Changes an order that is placed or paid and of which nothing was picked, cancelled or given back. Tells it with its
/// lines and the record of the change. Its money and its stock are the caller's.
///
/// # Errors
/// [`OrdersError::NotEditable`] when it is too late, [`OrdersError::TooLong`].
pub async fn revise(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    known: &[OrderLine],
    revision: &Revision,
) -> Result<(Order, Vec<OrderLine>, Revised), OrdersError> {
    checkout::check_text("gift_message", revision.gift_message.as_deref())?;
    checkout::check_text("note", revision.note.as_deref())?;
    if revision.reason.chars().count() > MAX_REASON {
        return Err(OrdersError::TooLong {
            field: "reason",
            max: MAX_REASON,
        });
    }
    let after = head(tx, ctx, order, revision).await?;
    let lines = rewrite(tx, order.id, known, revision).await?;
    follow_terms(tx, (order, known), (&after, &lines)).await?;
    let cause = Cause::new("edited").noting(&revision.reason);
    let state = (Some(after.state), after.state);
    history::write(tx, ctx, order.id, state, &cause).await?;
    let kept = keep(
        tx,
        ctx,
        order.id,
        (Stood::of(order, known), Stood::of(&after, &lines)),
        &revision.reason,
    )
    .await?;
    let event = Event::new(event::ORDER_UPDATED, &OrderUpdated::of(&after, &kept));
    events::emit(tx, ctx, event.about(order.id).customer(order.customer_id)).await?;
    Ok((after, lines, kept))
}

/// Takes the gift out of an order of which it has not left, also once the rest is picked: it cost nothing, so no figure
/// changes. Tells the lines that stay and the record of the change; none when there is no such gift.
///
/// # Errors
/// Whatever the database says.
pub async fn remove_gift(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    known: &[OrderLine],
) -> Result<Option<(Vec<OrderLine>, Revised)>, OrdersError> {
    let untouched = |line: &&OrderLine| line.gift && line.to_ship() == line.quantity;
    let Some(gift) = known.iter().find(untouched) else {
        return Ok(None);
    };
    delete(tx, gift).await?;
    let mut left = known.to_vec();
    left.retain(|line| line.id != gift.id);
    follow_terms(tx, (order, known), (order, &left)).await?;
    let cause = Cause::new("gift_dropped");
    let state = (Some(order.state), order.state);
    history::write(tx, ctx, order.id, state, &cause).await?;
    let stood = (Stood::of(order, known), Stood::of(order, &left));
    let kept = keep(tx, ctx, order.id, stood, "").await?;
    let event = Event::new(event::ORDER_UPDATED, &OrderUpdated::of(order, &kept));
    events::emit(tx, ctx, event.about(order.id).customer(order.customer_id)).await?;
    Ok(Some((left, kept)))
}

/// What a line must be to be rewritten or taken out: nothing became of it yet.
const UNTOUCHED: &str = "cancelled = 0 AND shipped = 0 AND refunded_units = 0 AND refunded = 0";

async fn delete(tx: &mut Tx, gone: &OrderLine) -> Result<(), OrdersError> {
    if !gone.parts.is_empty() {
        let parts = "DELETE FROM order_line_parts WHERE order_line_id = $1";
        tx.execute(parts, params![gone.id]).await?;
    }
    let sql = format!("DELETE FROM order_lines WHERE id = $1 AND order_id = $2 AND {UNTOUCHED}");
    if tx.execute(&sql, params![gone.id, gone.order_id]).await? != 1 {
        return Err(OrdersError::NotEditable);
    }
    Ok(())
}

/// The order's own row. The condition stands in the statement, so that nothing is changed that was picked meanwhile.
async fn head(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    revision: &Revision,
) -> Result<Order, OrdersError> {
    let filled = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
    let totals = &revision.totals;
    let sql = format!(
        "UPDATE orders SET subtotal = $2, discount = $3, shipping = $4, fees = $5, tax_included = $6, total = $7, email = $8, phone = $9, \
         buyer_name = $10, address = $11, delivery_code = $12, delivery_name = $13, gift_message = $14, note = $15, updated_at = $16, gift_wrap = $18 \
         WHERE id = $1 AND state IN ('placed', 'paid') AND payment_state NOT IN ('unknown', 'cancelled', 'refunded') AND currency = $17 \
         RETURNING {COLUMNS}"
    );
    let values = params![
        order.id,
        totals.subtotal.amount,
        totals.discount.amount,
        totals.shipping.amount,
        totals.fees.amount,
        totals.tax_included.amount,
        totals.total.amount,
        &revision.email,
        &revision.phone,
        &revision.address.name,
        serde_json::to_value(&revision.address).unwrap_or_default(),
        &revision.delivery_code,
        &revision.delivery_name,
        filled(&revision.gift_message),
        filled(&revision.note),
        ctx.now(),
        totals.currency,
        totals.gift_wrap.map(|price| price.amount)
    ];
    match tx.row(&sql, values).await? {
        Some(row) => Ok(Order::from_row(&row)?),
        None => {
            by_id(tx, order.id).await?;
            Err(OrdersError::NotEditable)
        }
    }
}

/// The lines: those that stay with their new figures, those that are new, and none of the others.
async fn rewrite(
    tx: &mut Tx,
    id: OrderId,
    known: &[OrderLine],
    revision: &Revision,
) -> Result<Vec<OrderLine>, OrdersError> {
    let kept: BTreeSet<OrderLineId> = revision.lines.iter().flatten().copied().collect();
    for gone in known.iter().filter(|line| !kept.contains(&line.id)) {
        delete(tx, gone).await?;
    }
    let change = format!(
        "UPDATE order_lines SET position = $3, quantity = $4, discount = $5, tax_included = $6, total = $7 \
         WHERE id = $1 AND order_id = $2 AND unit_price = $8 AND variant_id = $9 AND gift = $10 AND {UNTOUCHED}"
    );
    let mut lines = Vec::with_capacity(revision.lines.len());
    let (mut fresh, mut parts): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    let all = revision.totals.lines.iter().zip(&revision.lines);
    for (position, (total, stays)) in (0..).zip(all) {
        let line = OrderLine::placed(stays.unwrap_or_else(OrderLineId::new), id, position, total);
        match stays {
            None => {
                fresh.push(line::row(&line));
                parts.extend(line_part::rows(&line));
            }
            Some(stays) => {
                let TotalLine { line: priced, .. } = total;
                let values = params![
                    *stays,
                    id,
                    position,
                    line.quantity,
                    line.discount.amount,
                    line.tax_included.amount,
                    line.total.amount,
                    priced.unit_price.amount,
                    priced.variant_id,
                    priced.gift
                ];
                if tx.execute(&change, values).await? != 1 {
                    return Err(OrdersError::NotEditable);
                }
            }
        }
        lines.push(line);
    }
    tx.insert_many("order_lines", line::INSERTED, &fresh)
        .await?;
    if !parts.is_empty() {
        tx.insert_many("order_line_parts", line_part::INSERTED, &parts)
            .await?;
    }
    Ok(lines)
}

/// The SKUs by which an order is found: those of its lines, and of what bundles are made of.
fn skus(lines: &[OrderLine]) -> impl Iterator<Item = &str> {
    lines.iter().flat_map(|line| {
        let parts = line.parts.iter().map(|part| part.sku.as_str());
        std::iter::once(line.sku.as_str()).chain(parts)
    })
}

/// What the order is found by follows: terms that are gone, and new ones.
pub(super) async fn follow_terms(
    tx: &mut Tx,
    (before, known): (&Order, &[OrderLine]),
    (after, lines): (&Order, &[OrderLine]),
) -> Result<(), OrdersError> {
    let old = terms::of(before, skus(known));
    let new = terms::of(after, skus(lines));
    if old == new {
        return Ok(());
    }
    let sql =
        "DELETE FROM order_terms WHERE day = $1 AND term = $2 AND placed_at = $3 AND order_id = $4";
    let day = terms::day_of(after.placed_at);
    for term in old.difference(&new) {
        tx.execute(sql, params![day, term, after.placed_at, after.id])
            .await?;
    }
    let added: terms::Terms = new.difference(&old).cloned().collect();
    tx.insert_many("order_terms", terms::INSERTED, &terms::rows(after, &added))
        .await?;
    let sql = "UPDATE orders SET terms = $2 WHERE id = $1";
    Ok(tx
        .execute_one(sql, params![after.id, terms::joined(&new)])
        .await?)
}

async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    (before, after): (Stood, Stood),
    reason: &str,
) -> Result<Revised, OrdersError> {
    let sql = "INSERT INTO order_revisions (order_id, before, after, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING seq";
    let json = |stood: &Stood| serde_json::to_value(stood).unwrap_or_default();
    let values = params![
        id,
        json(&before),
        json(&after),
        reason,
        ctx.actor().label(),
        ctx.now()
    ];
    let seq = tx.scalar(sql, values).await?;
    Ok(Revised {
        seq,
        before,
        after,
        reason: reason.to_owned(),
        actor: ctx.actor().label(),
        at: ctx.now(),
    })
}

/// The changes of an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn revisions(rx: &mut Rx, id: OrderId) -> Result<Vec<Revised>, OrdersError> {
    let sql = "SELECT seq, before, after, reason, actor, at FROM order_revisions WHERE order_id = $1 ORDER BY seq";
    let rows = rx.rows(sql, params![id]).await?;
    let read = rows.iter().map(|row| {
        Ok::<_, DbError>(Revised {
            seq: row.get("seq")?,
            before: row.json("before")?,
            after: row.json("after")?,
            reason: row.get("reason")?,
            actor: row.get("actor")?,
            at: row.get("at")?,
        })
    });
    Ok(read.collect::<Result<_, _>>()?)
}

/// Lets an order be packed although the rest of its money has not come: somebody's decision, on record with its reason.
///
/// # Errors
/// [`OrdersError::NotEditable`] for an order that waits for no rest.
pub async fn waive_balance(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    reason: &str,
) -> Result<Order, OrdersError> {
    let sql = format!(
        "UPDATE orders SET balance_waived = TRUE, updated_at = $2 WHERE id = $1 AND state = 'paid' AND payment_state = 'partly_paid' \
         RETURNING {COLUMNS}"
    );
    let row = tx.row(&sql, params![id, ctx.now()]).await?;
    let order = Order::from_row(&row.ok_or(OrdersError::NotEditable)?)?;
    let cause = Cause::new("balance_waived").noting(reason);
    history::write(
        tx,
        ctx,
        id,
        (Some(OrderState::Paid), OrderState::Paid),
        &cause,
    )
    .await?;
    Ok(order)
}
