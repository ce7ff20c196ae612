//! Placing an order: the cart is closed, and the order, its lines, its history, its search terms and its event are
//! written, one statement each.

use jiff::tz::TimeZone;
use kernel::{Address, CartId, CustomerId, OrderId, OrderLineId, Timestamp, event};
use platform::{
    Actor, Ctx, Tx,
    db::Value,
    events::{self, Event},
    params, secret,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LINK_DAYS, Order};
use crate::{
    Cause, OrderLine, OrderState, OrdersError, PaymentMethod, PaymentState, Totals, cart, checkout,
    events::{OrderCompleted, OrderPlaced},
    history, line, line_part, terms,
};

/// An order about to be placed, with every figure decided by the server.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// The cart it is placed from and the version of it that the shopper confirmed; none for orders taken by hand.
    pub cart: Option<(CartId, i64)>,
    /// Who orders.
    pub customer_id: Option<CustomerId>,
    /// What and for how much.
    pub totals: Totals,
    /// Where its messages go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Who orders, by name.
    pub buyer_name: String,
    /// Where it goes.
    pub address: Address,
    /// Code of the way to deliver.
    pub delivery_code: String,
    /// Name of the way to deliver, in the shopper's language.
    pub delivery_name: String,
    /// How it is to be paid.
    pub payment_method: PaymentMethod,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// The shopper's wish.
    pub note: Option<String>,
    /// Until when it can be paid; see [`PayWindow`]. Ignored for payment on delivery.
    pub pay_until: Option<Timestamp>,
    /// Until when the shop promises to ship it.
    pub ship_by: Option<Timestamp>,
    /// Whether the shopper had asked something before.
    pub inquired: bool,
}

/// How long an order waits for its money (CHK-15); the setting `pay_window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PayWindow {
    /// Hours from placing to expiry.
    pub hours: i64,
}

impl Default for PayWindow {
    fn default() -> Self {
        Self { hours: 72 }
    }
}

impl PayWindow {
    /// The key of the setting.
    pub const SETTING: &str = "pay_window";

    /// Until when an order placed now can be paid; none on delivery.
    #[must_use]
    pub const fn ends(self, now: Timestamp, method: PaymentMethod) -> Option<Timestamp> {
        match method {
            PaymentMethod::CashOnDelivery => None,
            PaymentMethod::BankTransfer | PaymentMethod::Card => {
                Some(now.plus_seconds(self.hours.saturating_mul(3_600)))
            }
        }
    }
}

/// Places an order and tells it with its lines. Of any number of simultaneous calls for one cart exactly one succeeds
/// (O5).
///
/// # Errors
/// [`OrdersError::CartClosed`] when an order was placed from the cart already, [`OrdersError::CartChanged`] when it is
/// no longer the one that was confirmed, [`OrdersError::Empty`] or [`OrdersError::TooLong`].
pub async fn place(
    tx: &mut Tx,
    ctx: &Ctx,
    new: NewOrder,
) -> Result<(Order, Vec<OrderLine>), OrdersError> {
    if new.totals.lines.is_empty() {
        return Err(OrdersError::Empty);
    }
    checkout::check_text("gift_message", new.gift_message.as_deref())?;
    checkout::check_text("note", new.note.as_deref())?;
    let id = OrderId::new();
    let serial = match new.cart {
        Some((cart_id, version)) => cart::close(tx, ctx, cart_id, version, id).await?,
        None => tx.next_number(cart::SERIALS).await?,
    };
    let cause = Cause::new(if new.cart.is_some() {
        "checkout"
    } else {
        "by_hand"
    });
    let NewOrder { totals, .. } = &new;
    // Whoever holds a part in their hand finds the orders of the bundles that it is in.
    let skus = totals.lines.iter().flat_map(|l| {
        let parts = l.line.parts.iter().map(|part| part.sku.as_str());
        std::iter::once(l.line.sku.as_str()).chain(parts)
    });
    let (order, lines) = (
        begin(ctx, id, number_on(ctx.now(), ctx.zone(), serial), &new),
        &totals.lines,
    );
    let terms = terms::of(&order, skus);
    tx.insert_many("orders", COLUMNS, &[row(&order, &terms)])
        .await?;
    let placed: Vec<OrderLine> = (0..)
        .zip(lines)
        .map(|(position, total)| OrderLine::placed(OrderLineId::new(), id, position, total))
        .collect();
    let rows: Vec<Vec<Value>> = placed.iter().map(line::row).collect();
    tx.insert_many("order_lines", line::INSERTED, &rows).await?;
    let parts: Vec<Vec<Value>> = placed.iter().flat_map(line_part::rows).collect();
    if !parts.is_empty() {
        tx.insert_many("order_line_parts", line_part::INSERTED, &parts)
            .await?;
    }
    history::write(tx, ctx, id, (None, OrderState::Placed), &cause).await?;
    tx.insert_many("order_terms", terms::INSERTED, &terms::rows(&order, &terms))
        .await?;
    let event = Event::new(event::ORDER_PLACED, &OrderPlaced::of(&order, lines));
    events::emit(tx, ctx, event.about(id).customer(order.customer_id)).await?;
    if order.completed_at.is_some() {
        let completed = Event::new(event::ORDER_COMPLETED, &OrderCompleted::of(&order));
        events::emit(tx, ctx, completed.about(id).customer(order.customer_id)).await?;
    }
    Ok((order, placed))
}

/// The number of an order: its day in the shop's zone and a serial that never repeats (O9).
fn number_on(at: Timestamp, zone: &TimeZone, serial: i64) -> String {
    let day = at.in_zone(zone).date();
    format!(
        "{:04}{:02}{:02}-{serial:06}",
        day.year(),
        day.month(),
        day.day()
    )
}

fn begin(ctx: &Ctx, id: OrderId, number: String, new: &NewOrder) -> Order {
    let (now, totals) = (ctx.now(), &new.totals);
    let on_delivery = new.payment_method == PaymentMethod::CashOnDelivery;
    Order {
        id,
        number,
        token: secret::random_token(),
        token_expires_at: now.plus_seconds(LINK_DAYS * 86_400),
        cart_id: new.cart.map(|(cart, _)| cart),
        customer_id: new.customer_id,
        by_account: matches!(ctx.actor(), Actor::Customer(id) if new.customer_id == Some(*id)),
        state: OrderState::Placed,
        payment_state: PaymentState::Pending,
        payment_method: new.payment_method,
        stock_decision: false,
        subtotal: totals.subtotal,
        discount: totals.discount,
        shipping: totals.shipping,
        fees: totals.fees,
        gift_wrap: totals.gift_wrap,
        tax_included: totals.tax_included,
        total: totals.total,
        email: new.email.clone(),
        phone: new.phone.clone(),
        buyer_name: new.buyer_name.clone(),
        address: new.address.clone(),
        delivery_code: new.delivery_code.clone(),
        delivery_name: new.delivery_name.clone(),
        gift_message: new
            .gift_message
            .clone()
            .filter(|text| !text.trim().is_empty()),
        note: new.note.clone().filter(|text| !text.trim().is_empty()),
        locale: ctx.locale(),
        visitor_id: ctx.visit().map(|v| v.visitor),
        source: ctx.visit().map(|v| v.source.to_string()),
        inquired: new.inquired,
        placed_at: now,
        pay_until: new.pay_until.filter(|_| !on_delivery),
        paid_at: None,
        completed_at: on_delivery.then_some(now),
        ship_by: new.ship_by,
        shipped_at: None,
        closed_at: None,
        updated_at: now,
        balance_waived: false,
        urgent_until: None,
    }
}

/// The columns of [`row`].
pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "number",
    "token",
    "token_expires_at",
    "cart_id",
    "customer_id",
    "by_account",
    "state",
    "payment_state",
    "payment_method",
    "stock_decision",
    "currency",
    "subtotal",
    "discount",
    "shipping",
    "fees",
    "gift_wrap",
    "tax_included",
    "total",
    "email",
    "phone",
    "buyer_name",
    "address",
    "delivery_code",
    "delivery_name",
    "gift_message",
    "note",
    "locale",
    "visitor_id",
    "source",
    "inquired",
    "placed_at",
    "pay_until",
    "paid_at",
    "completed_at",
    "ship_by",
    "shipped_at",
    "closed_at",
    "updated_at",
    "terms",
];

/// An order as a row to insert.
pub(crate) fn row(order: &Order, terms: &terms::Terms) -> Vec<Value> {
    params![
        order.id,
        &order.number,
        &order.token,
        order.token_expires_at,
        order.cart_id,
        order.customer_id,
        order.by_account,
        order.state,
        order.payment_state,
        order.payment_method,
        order.stock_decision,
        order.currency(),
        order.subtotal.amount,
        order.discount.amount,
        order.shipping.amount,
        order.fees.amount,
        order.gift_wrap.map(|price| price.amount),
        order.tax_included.amount,
        order.total.amount,
        &order.email,
        &order.phone,
        &order.buyer_name,
        serde_json::to_value(&order.address).unwrap_or_default(),
        &order.delivery_code,
        &order.delivery_name,
        order.gift_message.as_deref(),
        order.note.as_deref(),
        order.locale,
        order.visitor_id,
        order.source.as_deref(),
        order.inquired,
        order.placed_at,
        order.pay_until,
        order.paid_at,
        order.completed_at,
        order.ship_by,
        order.shipped_at,
        order.closed_at,
        order.updated_at,
        terms::joined(terms)
    ]
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O9: the number names the day on the shop's calendar, not the day in UTC.
    #[test]
    fn a_number_names_the_shops_day() {
        let late: Timestamp = "2026-03-01T17:30:00Z".parse().unwrap();
        let taipei = TimeZone::get("Asia/Taipei").unwrap();
        assert_eq!(number_on(late, &taipei, 123), "20260302-000123");
        assert_eq!(
            number_on(late, &TimeZone::UTC, 1_234_567),
            "20260301-1234567"
        );
    }

    /// CHK-15: three days by default, and none for payment at the door.
    #[test]
    fn the_payment_window_is_three_days() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let ends = |method| {
            PayWindow::default()
                .ends(now, method)
                .map(|t| t.to_string())
        };
        assert_eq!(ends(PaymentMethod::Card).unwrap(), "2026-03-04T00:00:00Z");
        assert_eq!(ends(PaymentMethod::CashOnDelivery), None);
    }
}
