//! Carts: persistent, found again by a secret token, open until an order is placed from them (CHK-01).
//!
//! Every change first counts the cart's version up with `state = 'open'` as its condition. That statement locks the
//! row, so changes of one cart and the placing of its order happen one after the other, and an ordered cart changes
//! no more.

use kernel::{CartId, CartLineId, CustomerId, OrderId, Quantity, Timestamp, VariantId, VisitorId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    params, secret,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CheckoutDraft, OrdersError};

pub use crate::checkout::save as save_checkout;

/// The sequence of order numbers.
pub(crate) const SERIALS: &str = "order_number";
/// The largest number of lines of one cart.
pub const MAX_LINES: i64 = 100;

/// A cart as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// The cart.
    pub id: CartId,
    /// Counts every change; an order is placed from exactly the version the shopper confirmed.
    pub version: i64,
    /// True until an order is placed from it.
    pub open: bool,
    /// The order that was placed from it.
    pub order_id: Option<OrderId>,
    /// What was filled in on the checkout page.
    pub checkout: CheckoutDraft,
    /// The browser that made it.
    pub visitor_id: Option<VisitorId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// One variant in a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CartLine {
    /// The line.
    pub id: CartLineId,
    /// What is wanted.
    pub variant_id: VariantId,
    /// How many.
    pub quantity: Quantity,
    /// When it was first put in.
    pub added_at: Timestamp,
}

const COLUMNS: &str = "id, version, state, order_id, checkout, visitor_id, created_at, updated_at";

impl Cart {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            version: row.get("version")?,
            open: row.get::<String>("state")? == "open",
            order_id: row.get("order_id")?,
            checkout: row.json("checkout")?,
            visitor_id: row.get("visitor_id")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }
}

impl CartLine {
    fn from_row(id: CartLineId, row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id,
            variant_id: row.get("variant_id")?,
            quantity: row.get("quantity")?,
            added_at: row.get("added_at")?,
        })
    }
}

/// Opens an empty cart. Whoever shows the token whose hash is given owns it.
///
/// # Errors
/// Whatever the database says, for instance that the token is taken.
pub async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    token_hash: &str,
    visitor_id: Option<VisitorId>,
) -> Result<Cart, OrdersError> {
    let (id, now, checkout) = (CartId::new(), ctx.now(), CheckoutDraft::default());
    let sql = "INSERT INTO carts (id, token_hash, state, version, checkout, visitor_id, created_at, updated_at) \
               VALUES ($1, $2, 'open', 1, $3, $4, $5, $5)";
    let json = serde_json::to_value(&checkout).unwrap_or_default();
    tx.later(sql, params![id, token_hash, json, visitor_id, now])
        .await?;
    Ok(Cart {
        id,
        version: 1,
        open: true,
        order_id: None,
        checkout,
        visitor_id,
        created_at: now,
        updated_at: now,
    })
}

/// The open cart of a customer, locked until the commit as by [`take`], opened where there is none. Two browsers that
/// open it at once have the same one.
///
/// # Errors
/// Whatever the database says.
pub async fn own(tx: &mut Tx, ctx: &Ctx, customer: CustomerId) -> Result<CartId, OrdersError> {
    if let Some(id) = take_of(tx, ctx, customer).await? {
        return Ok(id);
    }
    if let Some(id) = open_for(tx, ctx, customer).await? {
        return Ok(id);
    }
    let opened = take_of(tx, ctx, customer).await?;
    opened.ok_or(OrdersError::CartNotFound)
}

async fn open_for(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: CustomerId,
) -> Result<Option<CartId>, OrdersError> {
    let sql = "INSERT INTO carts (id, token_hash, state, customer_id, version, checkout, visitor_id, created_at, updated_at) \
               VALUES ($1, $2, 'open', $3, 1, $4, $5, $6, $6) ON CONFLICT (customer_id) WHERE state = 'open' DO NOTHING RETURNING id";
    let json = serde_json::to_value(CheckoutDraft::default()).unwrap_or_default();
    // Nobody has this token: the cart is found by its customer.
    let nobodys = secret::token_hash(&secret::random_token());
    let visitor = ctx.visit().map(|visit| visit.visitor);
    let values = params![CartId::new(), nobodys, customer, json, visitor, ctx.now()];
    let row = tx.row(sql, values).await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

/// The cart of a token, open or ordered.
///
/// # Errors
/// Whatever the database says.
pub async fn by_token_hash(rx: &mut Rx, token_hash: &str) -> Result<Option<Cart>, OrdersError> {
    let row = rx
        .row(
            &format!("SELECT {COLUMNS} FROM carts WHERE token_hash = $1"),
            params![token_hash],
        )
        .await?;
    Ok(row.as_ref().map(Cart::from_row).transpose()?)
}

/// The cart of a token, open or ordered, with its lines, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn with_lines(
    rx: &mut Rx,
    token_hash: &str,
) -> Result<Option<(Cart, Vec<CartLine>)>, OrdersError> {
    let sql = format!("{WITH_LINES} WHERE c.token_hash = $1 ORDER BY l.added_at, l.id");
    one_with_lines(&rx.rows(&sql, params![token_hash]).await?)
}

/// The open cart of a customer with its lines, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_customer(
    rx: &mut Rx,
    customer: CustomerId,
) -> Result<Option<(Cart, Vec<CartLine>)>, OrdersError> {
    let sql = format!(
        "{WITH_LINES} WHERE c.customer_id = $1 AND c.state = 'open' ORDER BY l.added_at, l.id"
    );
    one_with_lines(&rx.rows(&sql, params![customer]).await?)
}

const WITH_LINES: &str = "SELECT c.id, c.version, c.state, c.order_id, c.checkout, c.visitor_id, c.created_at, c.updated_at, \
     l.id AS line_id, l.variant_id, l.quantity, l.added_at FROM carts c LEFT JOIN cart_lines l ON l.cart_id = c.id";

fn one_with_lines(rows: &[Row]) -> Result<Option<(Cart, Vec<CartLine>)>, OrdersError> {
    let Some(cart) = rows.first().map(Cart::from_row).transpose()? else {
        return Ok(None);
    };
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        // A cart without lines is one row without a line.
        if let Some(id) = row.get("line_id")? {
            lines.push(CartLine::from_row(id, row)?);
        }
    }
    Ok(Some((cart, lines)))
}

/// A cart by its id.
///
/// # Errors
/// [`OrdersError::CartNotFound`].
pub async fn by_id(rx: &mut Rx, id: CartId) -> Result<Cart, OrdersError> {
    let row = rx
        .row(
            &format!("SELECT {COLUMNS} FROM carts WHERE id = $1"),
            params![id],
        )
        .await?;
    Ok(Cart::from_row(&row.ok_or(OrdersError::CartNotFound)?)?)
}

/// The lines of a cart, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn lines(rx: &mut Rx, id: CartId) -> Result<Vec<CartLine>, OrdersError> {
    read_lines(&rx.rows(LINES, params![id]).await?)
}

const LINES: &str = "SELECT id, variant_id, quantity, added_at FROM cart_lines WHERE cart_id = $1 ORDER BY added_at, id";

fn read_lines(rows: &[Row]) -> Result<Vec<CartLine>, OrdersError> {
    let lines = rows
        .iter()
        .map(|row| CartLine::from_row(row.get("id")?, row));
    Ok(lines.collect::<Result<_, _>>()?)
}

/// The open cart of a token, locked until the commit and with its version counted up: what is done to it next is a
/// change. `None` where there is none, or an order was placed from it.
///
/// # Errors
/// Whatever the database says.
pub async fn take(tx: &mut Tx, ctx: &Ctx, token_hash: &str) -> Result<Option<CartId>, OrdersError> {
    let sql = "UPDATE carts SET version = version + 1, updated_at = $2 WHERE token_hash = $1 AND state = 'open' RETURNING id";
    let row = tx.row(sql, params![token_hash, ctx.now()]).await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

/// As [`take`], of a customer.
async fn take_of(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: CustomerId,
) -> Result<Option<CartId>, OrdersError> {
    let sql = "UPDATE carts SET version = version + 1, updated_at = $2 WHERE customer_id = $1 AND state = 'open' RETURNING id";
    let row = tx.row(sql, params![customer, ctx.now()]).await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

/// Puts units of a variant into the cart; a variant that is there already gets more of them. Tells the cart's lines
/// as they are then.
///
/// # Errors
/// The cart is gone, ordered or full, there is no such variant, or the line would exceed [`Quantity::MAX`].
pub async fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: CartId,
    variant_id: VariantId,
    quantity: Quantity,
) -> Result<Vec<CartLine>, OrdersError> {
    touch(tx, ctx, cart_id).await?;
    put(tx, ctx, cart_id, variant_id, quantity).await
}

/// As [`add`], into a cart that this transaction has opened or taken.
///
/// # Errors
/// The cart is full, there is no such variant, or the line would exceed [`Quantity::MAX`].
pub async fn put(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: CartId,
    variant_id: VariantId,
    quantity: Quantity,
) -> Result<Vec<CartLine>, OrdersError> {
    let (_, values) = fresh_line(ctx, cart_id, variant_id, quantity);
    let answers = tx
        .rows_each(&[(PUT, &values), (LINES, params![cart_id])])
        .await;
    let [put, lines] = <[Vec<Row>; 2]>::try_from(answers.map_err(no_variant)?).unwrap_or_default();
    if put.is_empty() {
        return Err(OrdersError::QuantityTooLarge);
    }
    if i64::try_from(lines.len()).is_ok_and(|count| count > MAX_LINES) {
        return Err(OrdersError::CartFull { max: MAX_LINES });
    }
    read_lines(&lines)
}

/// As [`put`], into a cart that this transaction has opened, so that its first line is its only one.
///
/// # Errors
/// There is no such variant, or the line would exceed [`Quantity::MAX`].
pub async fn put_first(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: CartId,
    variant_id: VariantId,
    quantity: Quantity,
) -> Result<CartLine, OrdersError> {
    let (line, values) = fresh_line(ctx, cart_id, variant_id, quantity);
    let put = tx.row(PUT, &values).await.map_err(no_variant)?;
    put.map(|_| line).ok_or(OrdersError::QuantityTooLarge)
}

const PUT: &str = "INSERT INTO cart_lines (id, cart_id, variant_id, quantity, added_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = cart_lines.quantity + excluded.quantity \
                   WHERE cart_lines.quantity + excluded.quantity <= $6 RETURNING id";

/// A line with the parameters of [`PUT`].
fn fresh_line(
    ctx: &Ctx,
    cart_id: CartId,
    variant_id: VariantId,
    quantity: Quantity,
) -> (CartLine, Vec<Value>) {
    let line = CartLine {
        id: CartLineId::new(),
        variant_id,
        quantity,
        added_at: ctx.now(),
    };
    let values = params![
        line.id,
        cart_id,
        variant_id,
        quantity,
        line.added_at,
        Quantity::MAX
    ];
    (line, values.to_vec())
}

/// The cart is locked and the number is checked, so what is not there is the variant.
fn no_variant(error: DbError) -> OrdersError {
    match error {
        DbError::Constraint(_) => OrdersError::UnknownVariant,
        error => error.into(),
    }
}

/// Sets how many units a line holds.
///
/// # Errors
/// The cart is gone or ordered, or the line is none of this cart's.
pub async fn set_quantity(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: CartId,
    line: CartLineId,
    quantity: Quantity,
) -> Result<(), OrdersError> {
    touch(tx, ctx, cart_id).await?;
    let sql = "UPDATE cart_lines SET quantity = $3 WHERE id = $1 AND cart_id = $2";
    match tx.execute(sql, params![line, cart_id, quantity]).await? {
        1 => Ok(()),
        _ => Err(OrdersError::CartLineNotFound),
    }
}

/// Takes a line out of the cart.
///
/// # Errors
/// The cart is gone or ordered, or the line is none of this cart's.
pub async fn remove(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: CartId,
    line: CartLineId,
) -> Result<(), OrdersError> {
    touch(tx, ctx, cart_id).await?;
    match tx
        .execute(
            "DELETE FROM cart_lines WHERE id = $1 AND cart_id = $2",
            params![line, cart_id],
        )
        .await?
    {
        1 => Ok(()),
        _ => Err(OrdersError::CartLineNotFound),
    }
}

/// Closes the cart for an order that is placed from this very version of it. Of any number of simultaneous calls
/// exactly one succeeds, and none once the cart has changed (O5). The answer is the order's serial number.
///
/// # Errors
/// [`OrdersError::CartClosed`] with the order that won, or [`OrdersError::CartChanged`].
pub async fn close(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: CartId,
    version: i64,
    order_id: OrderId,
) -> Result<i64, OrdersError> {
    let close = "UPDATE carts SET state = 'ordered', order_id = $3, version = version + 1, updated_at = $4 \
                 WHERE id = $1 AND state = 'open' AND version = $2 RETURNING id";
    let values = params![cart_id, version, order_id, ctx.now()];
    let number = tx.dialect().next_number();
    let answers = tx
        .rows_each(&[(close, values), (number, params![SERIALS])])
        .await?;
    let [closed, number] = <[Vec<Row>; 2]>::try_from(answers).unwrap_or_default();
    if let (Some(_), Some(number)) = (closed.first(), number.first()) {
        return Ok(number.at(0)?);
    }
    let cart = by_id(tx, cart_id).await?;
    if cart.open {
        return Err(OrdersError::CartChanged {
            expected: version,
            found: cart.version,
        });
    }
    Err(OrdersError::CartClosed {
        order_id: cart.order_id,
    })
}

/// Counts the version of an open cart up and locks it until commit.
pub(crate) async fn touch(tx: &mut Tx, ctx: &Ctx, id: CartId) -> Result<(), OrdersError> {
    let sql =
        "UPDATE carts SET version = version + 1, updated_at = $2 WHERE id = $1 AND state = 'open'";
    if tx.execute(sql, params![id, ctx.now()]).await? == 1 {
        return Ok(());
    }
    Err(closed(tx, id).await)
}

/// Why a cart could not be changed.
pub(crate) async fn closed(rx: &mut Rx, id: CartId) -> OrdersError {
    match by_id(rx, id).await {
        Ok(cart) => OrdersError::CartClosed {
            order_id: cart.order_id,
        },
        Err(error) => error,
    }
}
