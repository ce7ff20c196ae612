//! An order as stored, and how it is found.

mod apply;
mod place;
mod readdress;
mod restore;
mod revise;

use kernel::{Address, CartId, Currency, CustomerId, Locale, Money, OrderId, Timestamp, VisitorId};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params, secret};

pub use self::{
    apply::apply,
    place::{NewOrder, PayWindow, place},
    readdress::readdress,
    restore::restore_lines,
    revise::{
        MAX_REASON, Revised, Revision, Stood, StoodLine, remove_gift, revise, revisions,
        waive_balance,
    },
};
pub(crate) use self::{
    apply::complete,
    place::{COLUMNS as PLACED_COLUMNS, row},
};
use crate::{OrderState, OrdersError, PaymentMethod, PaymentState};
pub use crate::{
    figures::{due_to_expire, to_ship},
    history::of as history,
    import::import,
    line::{cancel_lines, cancel_lines_all, lines, lines_of, record_returned, record_shipped},
    line_refund::{RefundedUnits, record_line_refunds, withdraw_line_refunds},
    payment_state::{change_method, mark_paid, set as set_payment_state},
    search::search,
};

/// How long the link to an order's page works, in days (A7).
pub const LINK_DAYS: i64 = 180;

/// An order. Its figures and texts are those of the moment it was placed and never change (O10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The order.
    pub id: OrderId,
    /// The number people use: `20260302-000123`, the day in the shop's time zone.
    pub number: String,
    /// The secret of the link to its page: 192 random bits.
    pub token: String,
    /// Until when that link works.
    pub token_expires_at: Timestamp,
    /// The cart it was placed from.
    pub cart_id: Option<CartId>,
    /// Who ordered.
    pub customer_id: Option<CustomerId>,
    /// Whether they were signed in.
    pub by_account: bool,
    /// Where it stands.
    pub state: OrderState,
    /// What is known about its money.
    pub payment_state: PaymentState,
    /// How it is to be paid.
    pub payment_method: PaymentMethod,
    /// True when it is paid but has no stock, and somebody must decide (S9).
    pub stock_decision: bool,
    /// Goods before discount.
    pub subtotal: Money,
    /// What was taken off.
    pub discount: Money,
    /// Delivery.
    pub shipping: Money,
    /// Fees, the wrapping included.
    pub fees: Money,
    /// What wrapping it as a gift cost; none when it is not wrapped (ORD-15).
    pub gift_wrap: Option<Money>,
    /// Tax contained in the total.
    pub tax_included: Money,
    /// What is to be paid.
    pub total: Money,
    /// Where its messages go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Who ordered, by name.
    pub buyer_name: String,
    /// Where it goes.
    pub address: Address,
    /// Code of the way to deliver.
    pub delivery_code: String,
    /// Name of the way to deliver, in the shopper's language.
    pub delivery_name: String,
    /// Words for the card in the parcel.
    pub gift_message: Option<String>,
    /// The shopper's wish.
    pub note: Option<String>,
    /// The shopper's language.
    pub locale: Locale,
    /// The browser it came from.
    pub visitor_id: Option<VisitorId>,
    /// Where the visit came from.
    pub source: Option<String>,
    /// Whether the shopper had asked something before.
    pub inquired: bool,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Until when it can be paid; none on delivery.
    pub pay_until: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When the sale was certain: paid, or confirmed for payment on delivery.
    pub completed_at: Option<Timestamp>,
    /// Until when the shop promised to ship it.
    pub ship_by: Option<Timestamp>,
    /// When its last goods left.
    pub shipped_at: Option<Timestamp>,
    /// When it was closed, cancelled or expired.
    pub closed_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Whether somebody decided that it is packed although the rest of its money has not come.
    pub balance_waived: bool,
    /// Until when it must leave, where it goes before others (ORD-07).
    pub urgent_until: Option<Timestamp>,
}

pub(crate) const COLUMNS: &str = "id, number, token, token_expires_at, cart_id, customer_id, by_account, state, payment_state, payment_method, \
     stock_decision, currency, subtotal, discount, shipping, fees, gift_wrap, tax_included, total, email, phone, buyer_name, address, \
     delivery_code, delivery_name, gift_message, note, locale, visitor_id, source, inquired, placed_at, pay_until, paid_at, \
     completed_at, ship_by, shipped_at, closed_at, updated_at, balance_waived, urgent_until";

impl Order {
    /// The currency of its figures.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.total.currency
    }

    /// Fees for anything else than wrapping.
    #[must_use]
    pub fn other_fees(&self) -> Money {
        let wrap = self.gift_wrap.map_or(0, |price| price.amount);
        Money::new(self.fees.amount.saturating_sub(wrap), self.fees.currency)
    }

    /// What it costs beside its goods: delivery and fees. No more than its total, which fits.
    #[must_use]
    pub const fn carriage(&self) -> Money {
        let sum = self.shipping.amount.saturating_add(self.fees.amount);
        Money::new(sum, self.shipping.currency)
    }

    /// Whether it is a present, so that no paper inside its parcel shows a price.
    #[must_use]
    pub const fn is_present(&self) -> bool {
        self.gift_wrap.is_some() || self.gift_message.is_some()
    }

    /// Whether it is not packed because the rest of its money has not come and nobody said that it need not.
    #[must_use]
    pub const fn waits_for_rest(&self) -> bool {
        matches!(self.payment_state, PaymentState::PartlyPaid) && !self.balance_waived
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            number: row.get("number")?,
            token: row.get("token")?,
            token_expires_at: row.get("token_expires_at")?,
            cart_id: row.get("cart_id")?,
            customer_id: row.get("customer_id")?,
            by_account: row.get("by_account")?,
            state: row.parse("state")?,
            payment_state: row.parse("payment_state")?,
            payment_method: row.parse("payment_method")?,
            stock_decision: row.get("stock_decision")?,
            subtotal: row.money("subtotal")?,
            discount: row.money("discount")?,
            shipping: row.money("shipping")?,
            fees: row.money("fees")?,
            gift_wrap: row.money_opt("gift_wrap")?,
            tax_included: row.money("tax_included")?,
            total: row.money("total")?,
            email: row.get("email")?,
            phone: row.get("phone")?,
            buyer_name: row.get("buyer_name")?,
            address: row.json("address")?,
            delivery_code: row.get("delivery_code")?,
            delivery_name: row.get("delivery_name")?,
            gift_message: row.get("gift_message")?,
            note: row.get("note")?,
            locale: row.get("locale")?,
            visitor_id: row.get("visitor_id")?,
            source: row.get("source")?,
            inquired: row.get("inquired")?,
            placed_at: row.get("placed_at")?,
            pay_until: row.get("pay_until")?,
            paid_at: row.get("paid_at")?,
            completed_at: row.get("completed_at")?,
            ship_by: row.get("ship_by")?,
            shipped_at: row.get("shipped_at")?,
            closed_at: row.get("closed_at")?,
            updated_at: row.get("updated_at")?,
            balance_waived: row.get("balance_waived")?,
            urgent_until: row.get("urgent_until")?,
        })
    }
}

/// An order by its id.
///
/// # Errors
/// [`OrdersError::OrderNotFound`].
pub async fn by_id(rx: &mut Rx, id: OrderId) -> Result<Order, OrdersError> {
    let row = rx
        .row(
            &format!("SELECT {COLUMNS} FROM orders WHERE id = $1"),
            params![id],
        )
        .await?;
    Ok(Order::from_row(&row.ok_or(OrdersError::OrderNotFound)?)?)
}

/// Whether there is any order at all.
///
/// # Errors
/// Whatever the database says.
pub async fn any(rx: &mut Rx) -> Result<bool, OrdersError> {
    Ok(rx
        .row("SELECT 1 AS one FROM orders LIMIT 1", &[])
        .await?
        .is_some())
}

/// An order by its id, locked until commit, so that a flow can look before it acts.
///
/// # Errors
/// [`OrdersError::OrderNotFound`].
pub async fn lock(tx: &mut Tx, id: OrderId) -> Result<Order, OrdersError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM orders WHERE id = $1{}",
        tx.dialect().for_update()
    );
    let row = tx.row(&sql, params![id]).await?;
    Ok(Order::from_row(&row.ok_or(OrdersError::OrderNotFound)?)?)
}

/// The order behind the secret of a link that still works at `now` (A7).
///
/// # Errors
/// Whatever the database says.
pub async fn by_token(
    rx: &mut Rx,
    token: &str,
    now: Timestamp,
) -> Result<Option<Order>, OrdersError> {
    let sql = format!("SELECT {COLUMNS} FROM orders WHERE token = $1 AND token_expires_at > $2");
    let row = rx.row(&sql, params![token, now]).await?;
    Ok(row.as_ref().map(Order::from_row).transpose()?)
}

/// An order by the number people use.
///
/// # Errors
/// Whatever the database says.
pub async fn by_number(rx: &mut Rx, number: &str) -> Result<Option<Order>, OrdersError> {
    let row = rx
        .row(
            &format!("SELECT {COLUMNS} FROM orders WHERE number = $1"),
            params![number],
        )
        .await?;
    Ok(row.as_ref().map(Order::from_row).transpose()?)
}

/// The orders of a customer, newest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_customer(
    rx: &mut Rx,
    id: CustomerId,
    limit: i64,
) -> Result<Vec<Order>, OrdersError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT $2"
    );
    let rows = rx.rows(&sql, params![id, limit]).await?;
    Ok(rows.iter().map(Order::from_row).collect::<Result<_, _>>()?)
}

/// Gives the order a fresh secret link, for a shopper who lost the old one or whose link has ended. The old link stops
/// working.
///
/// # Errors
/// [`OrdersError::OrderNotFound`].
pub async fn renew_link(tx: &mut Tx, ctx: &Ctx, id: OrderId) -> Result<String, OrdersError> {
    let token = secret::random_token();
    let until = ctx.now().plus_seconds(LINK_DAYS * 86_400);
    let sql = "UPDATE orders SET token = $2, token_expires_at = $3, updated_at = $4 WHERE id = $1";
    match tx
        .execute(sql, params![id, &token, until, ctx.now()])
        .await?
    {
        1 => Ok(token),
        _ => Err(OrdersError::OrderNotFound),
    }
}

/// Records that a paid order has no stock and somebody must decide, or that it was decided.
///
/// # Errors
/// [`OrdersError::OrderNotFound`].
pub async fn set_stock_decision(
    tx: &mut Tx,
    ctx: &Ctx,
    id: OrderId,
    needed: bool,
) -> Result<(), OrdersError> {
    let sql = "UPDATE orders SET stock_decision = $2, updated_at = $3 WHERE id = $1";
    match tx.execute(sql, params![id, needed, ctx.now()]).await? {
        1 => Ok(()),
        _ => Err(OrdersError::OrderNotFound),
    }
}
