//! Orders that staff put together for somebody (CHK-22): a cart like any other, who it is for, and what was agreed off
//! its price. A draft becomes an order once, or is discarded.

use kernel::{CartId, Currency, CustomerId, Locale, Money, OrderId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    OrdersError,
    codes::codes,
    concession::{Concession, Discount},
};

codes! {
    /// Where a draft stands.
    DraftState {
        /// Somebody works on it.
        Open = "open",
        /// It became an order.
        Ordered = "ordered",
        /// It will not.
        Discarded = "discarded",
    }
}

/// The longest reason for a concession, in characters.
pub const MAX_REASON: usize = 200;

/// An order that staff put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderDraft {
    /// Its cart, which is also its key.
    pub cart_id: CartId,
    /// Where it stands.
    pub state: DraftState,
    /// Whom it is for, where the shop knows them.
    pub customer_id: Option<CustomerId>,
    /// The order it became.
    pub order_id: Option<OrderId>,
    /// The language of the customer.
    pub locale: Locale,
    /// The currency of its figures.
    pub currency: Currency,
    /// What is taken off.
    pub concession: Concession,
    /// Why, and who answers for it; none while nothing is taken off.
    pub agreed: Option<Agreed>,
    /// Who put it together, as `kind:name`.
    pub made_by: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Why something was taken off, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Agreed {
    /// Why, in somebody's own words.
    pub reason: String,
    /// Who, as `kind:name`.
    pub by: String,
    /// What it came to, the delivery that was given away included.
    pub amount: Money,
    /// What the goods cost before it.
    pub goods: Money,
}

impl Agreed {
    /// Whether this word also covers an amount off goods of this sum: no more money, and no larger a share.
    #[must_use]
    pub const fn covers(&self, amount: Money, goods: Money) -> bool {
        amount.amount <= self.amount.amount && goods.amount >= self.goods.amount
    }
}

const COLUMNS: &str = "cart_id, state, customer_id, order_id, locale, currency, discount_amount, discount_share, free_shipping, reason, \
     agreed_by, agreed_amount, agreed_goods, made_by, created_at, updated_at";

impl OrderDraft {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let currency: Currency = row.get("currency")?;
        let amount: Option<i64> = row.get("discount_amount")?;
        let share: Option<i64> = row.get("discount_share")?;
        let discount = match (amount, share) {
            (Some(amount), _) => Discount::Amount(Money::new(amount, currency)),
            (None, Some(share)) => Discount::Share(share),
            (None, None) => Discount::None,
        };
        let agreed = match row.get::<Option<String>>("agreed_by")? {
            None => None,
            Some(by) => Some(Agreed {
                by,
                reason: row.get("reason")?,
                amount: Money::new(row.get("agreed_amount")?, currency),
                goods: Money::new(row.get("agreed_goods")?, currency),
            }),
        };
        Ok(Self {
            cart_id: row.get("cart_id")?,
            state: row.parse("state")?,
            customer_id: row.get("customer_id")?,
            order_id: row.get("order_id")?,
            locale: row.get("locale")?,
            currency,
            concession: Concession {
                discount,
                free_shipping: row.get("free_shipping")?,
            },
            agreed,
            made_by: row.get("made_by")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

/// Begins a draft around an open cart.
///
/// # Errors
/// Whatever the database says.
pub async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: CartId,
    customer_id: Option<CustomerId>,
    (locale, currency): (Locale, Currency),
) -> Result<(), OrdersError> {
    let sql = "INSERT INTO order_drafts (cart_id, state, customer_id, locale, currency, free_shipping, made_by, created_at, updated_at) \
               VALUES ($1, 'open', $2, $3, $4, FALSE, $5, $6, $6)";
    let values = params![
        cart_id,
        customer_id,
        locale,
        currency,
        ctx.actor().label(),
        ctx.now()
    ];
    Ok(tx.execute_one(sql, values).await?)
}

/// A draft by its cart.
///
/// # Errors
/// [`OrdersError::DraftNotFound`].
pub async fn by_id(rx: &mut Rx, id: CartId) -> Result<OrderDraft, OrdersError> {
    let sql = format!("SELECT {COLUMNS} FROM order_drafts WHERE cart_id = $1");
    let row = rx.row(&sql, params![id]).await?;
    Ok(OrderDraft::from_row(
        &row.ok_or(OrdersError::DraftNotFound)?,
    )?)
}

/// An open draft, locked until the commit, so that two people who work on it do so one after the other.
///
/// # Errors
/// [`OrdersError::DraftNotFound`], or [`OrdersError::CartClosed`] when it is over.
pub async fn take(tx: &mut Tx, ctx: &Ctx, id: CartId) -> Result<OrderDraft, OrdersError> {
    let sql = format!(
        "UPDATE order_drafts SET updated_at = $2 WHERE cart_id = $1 AND state = 'open' RETURNING {COLUMNS}"
    );
    match tx.row(&sql, params![id, ctx.now()]).await? {
        Some(row) => Ok(OrderDraft::from_row(&row)?),
        None => Err(OrdersError::CartClosed {
            order_id: by_id(tx, id).await?.order_id,
        }),
    }
}

/// Keeps the language of a draft's customer and what is taken off; `agreed` goes with a concession and only with one.
///
/// # Errors
/// [`OrdersError::TooLong`] for a long reason, [`OrdersError::DraftNotFound`] for a draft that is over.
pub async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CartId,
    locale: Locale,
    (concession, agreed): (Concession, Option<&Agreed>),
) -> Result<(), OrdersError> {
    if agreed.is_some_and(|a| a.reason.chars().count() > MAX_REASON) {
        return Err(OrdersError::TooLong {
            field: "reason",
            max: MAX_REASON,
        });
    }
    let (amount, share) = match concession.discount {
        Discount::None => (None, None),
        Discount::Amount(amount) => (Some(amount.amount), None),
        Discount::Share(share) => (None, Some(share)),
    };
    let sql = "UPDATE order_drafts SET locale = $2, discount_amount = $3, discount_share = $4, free_shipping = $5, reason = $6, \
               agreed_by = $7, agreed_amount = $8, agreed_goods = $9, updated_at = $10 WHERE cart_id = $1 AND state = 'open'";
    let values = params![
        id,
        locale,
        amount,
        share,
        concession.free_shipping,
        agreed.map(|a| a.reason.as_str()),
        agreed.map(|a| a.by.as_str()),
        agreed.map(|a| a.amount.amount),
        agreed.map(|a| a.goods.amount),
        ctx.now()
    ];
    over_unless(tx.execute(sql, values).await?)
}

/// Says which order a draft became.
///
/// # Errors
/// [`OrdersError::DraftNotFound`] for a draft that is over.
pub async fn ordered(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CartId,
    (order_id, customer_id): (OrderId, Option<CustomerId>),
) -> Result<(), OrdersError> {
    let sql = "UPDATE order_drafts SET state = 'ordered', order_id = $2, customer_id = $3, made_by = $4, updated_at = $5 \
               WHERE cart_id = $1 AND state = 'open'";
    let values = params![id, order_id, customer_id, ctx.actor().label(), ctx.now()];
    over_unless(tx.execute(sql, values).await?)
}

/// Gives a draft up. Giving it up twice is giving it up once.
///
/// # Errors
/// [`OrdersError::DraftNotFound`], or [`OrdersError::CartClosed`] for one that became an order.
pub async fn discard(tx: &mut Tx, ctx: &Ctx, id: CartId) -> Result<(), OrdersError> {
    let sql = "UPDATE order_drafts SET state = 'discarded', updated_at = $2 WHERE cart_id = $1 AND state = 'open'";
    if tx.execute(sql, params![id, ctx.now()]).await? == 1 {
        return Ok(());
    }
    let draft = by_id(tx, id).await?;
    match draft.state {
        DraftState::Discarded => Ok(()),
        DraftState::Open | DraftState::Ordered => Err(OrdersError::CartClosed {
            order_id: draft.order_id,
        }),
    }
}

/// The drafts that somebody works on, the last changed first.
///
/// # Errors
/// Whatever the database says.
pub async fn open_drafts(rx: &mut Rx, limit: i64) -> Result<Vec<OrderDraft>, OrdersError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM order_drafts WHERE state = 'open' ORDER BY updated_at DESC, cart_id LIMIT $1"
    );
    let rows = rx.rows(&sql, params![limit]).await?;
    Ok(rows
        .iter()
        .map(OrderDraft::from_row)
        .collect::<Result<_, _>>()?)
}

/// The draft that an order came from; none for an order that its buyer placed.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, id: OrderId) -> Result<Option<OrderDraft>, OrdersError> {
    let sql = format!("SELECT {COLUMNS} FROM order_drafts WHERE order_id = $1");
    let row = rx.row(&sql, params![id]).await?;
    Ok(row.as_ref().map(OrderDraft::from_row).transpose()?)
}

const fn over_unless(changed: u64) -> Result<(), OrdersError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(OrdersError::DraftNotFound)
    }
}
