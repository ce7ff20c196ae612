//! What orders keep of somebody who is forgotten (GOV-10, A9): the books, that is goods, amounts, tax, dates and the
//! place by country and region. Names, addresses, telephone numbers and everybody's words about them go.

use std::collections::BTreeSet;

use kernel::{Address, CustomerId, OrderId, Timestamp, VisitorId};
use platform::{Ctx, DbError, Rx, Tx, params, secret};

use crate::{
    CheckoutDraft, OrderState, OrdersError, line,
    order::{self, Order, Stood},
    terms,
};

/// An order that still needs to know its buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: OrderState,
}

/// What orders know of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buyer {
    /// Their orders.
    pub orders: Vec<OrderId>,
    /// Those of them that are not over.
    pub open: Vec<OpenOrder>,
    /// When they ordered last.
    pub last_at: Option<Timestamp>,
    /// Addresses for letters, as they were typed.
    pub emails: BTreeSet<String>,
    /// Telephone numbers.
    pub phones: BTreeSet<String>,
    /// Names.
    pub names: BTreeSet<String>,
    /// Where parcels went.
    pub addresses: Vec<Address>,
    /// Browsers they ordered from.
    pub visitors: BTreeSet<VisitorId>,
}

/// What orders know of somebody.
///
/// # Errors
/// Whatever the database says.
pub async fn buyer(rx: &mut Rx, customers: &[CustomerId]) -> Result<Buyer, OrdersError> {
    let mut found = Buyer::default();
    for customer in customers {
        let sql = "SELECT id, number, state, email, phone, buyer_name, address, visitor_id, placed_at FROM orders \
                   WHERE customer_id = $1 ORDER BY placed_at, id";
        for row in rx.rows(sql, params![*customer]).await? {
            let (id, state): (OrderId, OrderState) = (row.get("id")?, row.parse("state")?);
            found.orders.push(id);
            found.last_at = found.last_at.max(Some(row.get("placed_at")?));
            found.emails.insert(row.get("email")?);
            found.phones.insert(row.get("phone")?);
            found.names.insert(row.get("buyer_name")?);
            found
                .visitors
                .extend(row.get::<Option<VisitorId>>("visitor_id")?);
            found.addresses.push(row.json("address")?);
            if !is_over(state) {
                let number = row.get("number")?;
                found.open.push(OpenOrder { id, number, state });
            }
        }
    }
    for id in found.orders.clone() {
        for change in order::revisions(rx, id).await? {
            for stood in [change.before, change.after] {
                found.emails.insert(stood.email);
                found.phones.insert(stood.phone);
                found.addresses.push(stood.address);
            }
        }
    }
    Ok(found)
}

/// Whether nothing more happens to an order; a delivered one can still come back.
const fn is_over(state: OrderState) -> bool {
    matches!(
        state,
        OrderState::Closed | OrderState::Cancelled | OrderState::Expired
    )
}

/// What stays of an address: the place of the sale, as taxes and figures need it.
fn place_of(address: &Address) -> Address {
    Address {
        country: address.country.clone(),
        region: address.region.clone(),
        ..Address::default()
    }
}

/// Takes the person out of an order that is over, whose link leads nowhere from now on. Whoever calls this has seen that
/// it is over, under the lock of its buyer's row.
///
/// # Errors
/// [`OrdersError::OrderNotFound`].
pub async fn erase(tx: &mut Tx, ctx: &Ctx, id: OrderId) -> Result<(), OrdersError> {
    let known = order::by_id(tx, id).await?;
    let address = place_of(&known.address);
    let sql = "UPDATE orders SET email = '', phone = '', buyer_name = '', address = $2, gift_message = NULL, note = NULL, urgent_reason = NULL, \
               token = $3, token_expires_at = $4 WHERE id = $1";
    let json = serde_json::to_value(&address).unwrap_or_default();
    let values = params![id, json, secret::random_token(), ctx.now()];
    tx.execute_one(sql, values).await?;
    let bare = Order {
        email: String::new(),
        phone: String::new(),
        buyer_name: String::new(),
        address,
        ..known
    };
    found_by_goods(tx, &bare).await?;
    for sql in [
        "UPDATE order_history SET note = NULL WHERE order_id = $1 AND note IS NOT NULL",
        "UPDATE order_notes SET text = '' WHERE order_id = $1 AND text <> ''",
        "UPDATE order_drafts SET reason = '' WHERE order_id = $1 AND reason IS NOT NULL",
    ] {
        tx.execute(sql, params![id]).await?;
    }
    let sql = "SELECT seq, before, after FROM order_revisions WHERE order_id = $1";
    for row in tx.rows(sql, params![id]).await? {
        let (before, after): (Stood, Stood) = (row.json("before")?, row.json("after")?);
        let json = |stood| serde_json::to_value(without_person(stood)).unwrap_or_default();
        let sql = "UPDATE order_revisions SET before = $2, after = $3, reason = '' WHERE seq = $1";
        let seq: i64 = row.get("seq")?;
        tx.execute_one(sql, params![seq, json(before), json(after)])
            .await?;
    }
    Ok(())
}

fn without_person(stood: Stood) -> Stood {
    Stood {
        email: String::new(),
        phone: String::new(),
        address: place_of(&stood.address),
        ..stood
    }
}

/// From now on the order is found by its number and its goods alone.
async fn found_by_goods(tx: &mut Tx, order: &Order) -> Result<(), OrdersError> {
    let lines = line::lines(tx, order.id).await?;
    let skus = lines.iter().flat_map(|line| {
        let parts = line.parts.iter().map(|part| part.sku.as_str());
        std::iter::once(line.sku.as_str()).chain(parts)
    });
    let left = terms::of(order, skus);
    let sql = "DELETE FROM order_terms WHERE day = $1 AND placed_at = $2 AND order_id = $3";
    let day = terms::day_of(order.placed_at);
    tx.execute(sql, params![day, order.placed_at, order.id])
        .await?;
    tx.insert_many("order_terms", terms::INSERTED, &terms::rows(order, &left))
        .await?;
    let sql = "UPDATE orders SET terms = $2 WHERE id = $1";
    Ok(tx
        .execute_one(sql, params![order.id, terms::joined(&left)])
        .await?)
}

/// Empties what somebody had filled in at checkout: in the carts of their orders, in those that staff keep for them, in
/// their own, and in `found`. What lies in them stays, nobody's from now on.
///
/// # Errors
/// Whatever the database says.
pub async fn erase_carts(
    tx: &mut Tx,
    customers: &[CustomerId],
    orders: &[OrderId],
    found: &[uuid::Uuid],
) -> Result<(), DbError> {
    let blank = serde_json::to_value(CheckoutDraft::default()).unwrap_or_default();
    for customer in customers {
        let sql = "UPDATE carts SET checkout = $2 WHERE id IN (SELECT cart_id FROM order_drafts WHERE customer_id = $1)";
        tx.execute(sql, params![*customer, blank.clone()]).await?;
        let sql =
            "UPDATE order_drafts SET state = 'discarded' WHERE customer_id = $1 AND state = 'open'";
        tx.execute(sql, params![*customer]).await?;
        let sql = "UPDATE carts SET checkout = $2, customer_id = NULL WHERE customer_id = $1 AND state = 'open'";
        tx.execute(sql, params![*customer, blank.clone()]).await?;
    }
    for order in orders {
        let sql =
            "UPDATE carts SET checkout = $2 WHERE id = (SELECT cart_id FROM orders WHERE id = $1)";
        tx.execute(sql, params![*order, blank.clone()]).await?;
    }
    for cart in found {
        let sql = "UPDATE carts SET checkout = $2 WHERE id = $1";
        let id = platform::db::Value::Id(*cart);
        tx.execute(sql, params![id, blank.clone()]).await?;
    }
    Ok(())
}
