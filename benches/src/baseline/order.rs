//! The statements of an order, one text for both databases.

use kernel::id::fresh_uuid;
use platform::db::Dialect;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use uuid::Uuid;

/// A value of a statement.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Id(Uuid),
    Int(i64),
    Text(String),
    Bool(bool),
    Null,
}

/// A statement with its values.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value>,
    /// How many rows it must read or change.
    pub(super) rows: Option<u64>,
}

/// The shelf that all orders draw from.
pub(super) struct Shelf {
    product: Uuid,
    location: Uuid,
    variants: Vec<Uuid>,
}

/// Variants on the shelf: enough that 16 shoppers seldom meet at one row.
const VARIANTS: usize = 1_000;
const PRICE: i64 = 58_000;
const NOW: i64 = 1_772_416_800_000_000;
const DAY: i64 = NOW / 86_400_000_000;

macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(Value::from($value)),*] };
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

/// An id as the program makes them: ordered by time, so that new rows land side by side.
fn id_of(number: u32, kind: u16) -> Uuid {
    let tail = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 2;
    let head = (u128::from(number) << 80) | (7 << 76) | (u128::from(kind & 0xfff) << 64);
    Uuid::from_u128(head | (2 << 62) | u128::from(tail))
}

fn one(sql: &'static str, values: Vec<Value>) -> Call {
    Call {
        sql,
        values,
        rows: Some(1),
    }
}

fn many(sql: &'static str, rows: u64, values: Vec<Value>) -> Call {
    Call {
        sql,
        values,
        rows: Some(rows),
    }
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self {
            product: fresh_uuid(),
            location: fresh_uuid(),
            variants: (0..VARIANTS).map(|_| fresh_uuid()).collect(),
        }
    }

    /// Puts the shelf into an empty shop.
    pub(super) fn stocking(&self) -> Vec<Call> {
        let mut calls = vec![
            one(
                "INSERT INTO locations (id, code, name, priority, created_at) VALUES ($1, $2, $3, $4, $5)",
                values![self.location, "raw", "Raw", 1_i64, NOW],
            ),
            one(
                "INSERT INTO products (id, handle, state, title, subtitle, description, options, published_at, created_at, updated_at) \
                 VALUES ($1, $2, 'published', $3, '', '', '[]', $4, $4, $4)",
                values![self.product, "raw", "{\"en\":\"Tea\"}", NOW],
            ),
        ];
        for (position, variant) in (0_i64..).zip(&self.variants) {
            calls.push(one(
                "INSERT INTO variants (id, product_id, position, sku, option_values, currency, price, state, created_at) \
                 VALUES ($1, $2, $3, $4, '[]', 'TWD', $5, 'active', $6)",
                values![*variant, self.product, position, format!("RAW-{position:04}"), PRICE, NOW],
            ));
            calls.push(one(
                "INSERT INTO stock (variant_id, location_id, on_hand, reserved, backorder, updated_at) VALUES ($1, $2, $3, 0, $4, $5)",
                values![*variant, self.location, 1_000_000_000_i64, false, NOW],
            ));
        }
        calls
    }
}

/// One order of two lines.
pub(super) struct Order<'a> {
    shelf: &'a Shelf,
    dialect: Dialect,
    number: u32,
    id: Uuid,
    cart: Uuid,
    token: String,
    /// In the order of their ids, so that two orders lock their rows in the same order.
    variants: [Uuid; 2],
}

impl<'a> Order<'a> {
    /// The `number`-th order; its variants follow from the number.
    pub(super) fn new(shelf: &'a Shelf, dialect: Dialect, number: u32) -> Self {
        let mut random = SmallRng::seed_from_u64(u64::from(number));
        let first = random.random_range(0..VARIANTS);
        let second = (first + random.random_range(1..VARIANTS)) % VARIANTS;
        let mut variants =
            [first, second].map(|i| shelf.variants.get(i).copied().unwrap_or_default());
        variants.sort_unstable();
        Self {
            shelf,
            dialect,
            number,
            id: id_of(number, 0),
            cart: id_of(number, 1),
            token: format!("raw-cart-token-of-order-{number:040}"),
            variants,
        }
    }

    /// The transactions of the whole flow in their order; the last is the order itself.
    pub(super) fn transactions(&self) -> [Vec<Call>; 4] {
        [
            self.first_line(),
            self.second_line(),
            self.checkout(),
            self.complete(),
        ]
    }

    /// An id of the order's own, the same each time the order is made.
    fn fresh(&self, kind: u16) -> Uuid {
        id_of(self.number, kind)
    }

    fn first_line(&self) -> Vec<Call> {
        let [variant, _] = self.variants;
        vec![
            self.read_variant(variant),
            one(
                "INSERT INTO carts (id, token_hash, state, version, checkout, created_at, updated_at) VALUES ($1, $2, 'open', 1, '{}', $3, $3)",
                values![self.cart, self.token.as_str(), NOW],
            ),
            self.add_line(21, variant),
            self.event(31, "Product Added", self.cart),
        ]
    }

    fn second_line(&self) -> Vec<Call> {
        let [_, variant] = self.variants;
        vec![
            self.read_variant(variant),
            self.read_cart(),
            self.add_line(22, variant),
            one(
                "UPDATE carts SET version = version + 1, updated_at = $2 WHERE id = $1 AND state = 'open'",
                values![self.cart, NOW],
            ),
            self.event(32, "Product Added", self.cart),
        ]
    }

    fn checkout(&self) -> Vec<Call> {
        vec![
            self.read_cart(),
            self.read_lines(),
            one(
                "UPDATE carts SET checkout = $2, version = version + 1, updated_at = $3 WHERE id = $1 AND state = 'open'",
                values![self.cart, ADDRESS, NOW],
            ),
            self.event(33, "Payment Info Entered", self.cart),
        ]
    }

    fn complete(&self) -> Vec<Call> {
        let mut calls = vec![
            one(
                "INSERT INTO idempotency_keys (scope, key, body_hash, status, response, created_at) VALUES ($1, 'raw', $2, 0, '', $3) \
                 ON CONFLICT (scope, key) DO NOTHING",
                values![self.token.as_str(), "0123456789abcdef0123456789abcdef", NOW],
            ),
            self.read_cart(),
            self.read_lines(),
            one(
                "UPDATE carts SET state = 'ordered', order_id = $2, version = version + 1, updated_at = $3 WHERE id = $1 AND state = 'open'",
                values![self.cart, self.id, NOW],
            ),
            self.next_number(),
        ];
        calls.extend(self.order());
        calls.extend(self.stock());
        calls.extend(self.money());
        calls.extend(self.told());
        calls.push(one(
            "UPDATE idempotency_keys SET status = 200, response = $2 WHERE scope = $1 AND key = 'raw'",
            values![self.token.as_str(), PAYLOAD],
        ));
        calls
    }

    fn order(&self) -> Vec<Call> {
        let customer = self.fresh(2);
        let email = format!("raw-{}@example.com", self.number);
        let total = 2 * PRICE;
        let [first, second] = self.variants;
        vec![
            one(
                "INSERT INTO customers (id, identity, email, phone, name, locale, created_at) VALUES ($1, $2, $2, $3, $4, 'en', $5)",
                values![customer, email.as_str(), "0912345678", "Raw Shopper", NOW],
            ),
            one(
                "INSERT INTO orders (id, number, token, token_expires_at, cart_id, customer_id, state, payment_state, payment_method, \
                 stock_decision, currency, subtotal, discount, shipping, fees, tax_included, total, email, phone, buyer_name, address, \
                 delivery_code, delivery_name, locale, inquired, placed_at, pay_until, ship_by, updated_at) VALUES ($1, $2, $3, $4, $5, \
                 $6, 'placed', 'pending', 'bank_transfer', $7, 'TWD', $8, 0, $9, 0, 0, $10, $11, $12, $13, $14, 'home', 'Home', 'en', \
                 $7, $4, $15, $4, $4)",
                values![
                    self.id,
                    format!("raw-{:09}", self.number),
                    self.token.as_str(),
                    NOW,
                    self.cart,
                    customer,
                    false,
                    total,
                    8_000_i64,
                    total + 8_000,
                    email.as_str(),
                    "0912345678",
                    "Raw Shopper",
                    ADDRESS,
                    Some(NOW + 1),
                ],
            ),
            many(
                "INSERT INTO order_lines (id, order_id, position, product_id, variant_id, sku, title, variant_title, currency, \
                 unit_price, quantity, discount, tax_included, total) VALUES \
                 ($1, $2, 0, $3, $4, 'RAW-0001', 'Tea', '150 g', 'TWD', $5, 1, 0, 0, $5), \
                 ($6, $2, 1, $3, $7, 'RAW-0002', 'Tea', '300 g', 'TWD', $5, 1, 0, 0, $5)",
                2,
                values![
                    self.fresh(3),
                    self.id,
                    self.shelf.product,
                    first,
                    PRICE,
                    self.fresh(4),
                    second
                ],
            ),
            one(
                "INSERT INTO order_history (order_id, from_state, to_state, cause, actor, at) VALUES ($1, NULL, 'placed', 'checkout', 'shopper', $2)",
                values![self.id, NOW],
            ),
            many(
                "INSERT INTO order_terms (day, term, placed_at, order_id) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8), \
                 ($9, $10, $11, $12), ($13, $14, $15, $16), ($17, $18, $19, $20), ($21, $22, $23, $24)",
                6,
                self.terms(&email),
            ),
        ]
    }

    /// What the order can be found by.
    fn terms(&self, email: &str) -> Vec<Value> {
        [
            "raw",
            "shopper",
            "0912345678",
            "raw-0001",
            "raw-0002",
            email,
        ]
        .into_iter()
        .flat_map(|term| values![DAY, term, NOW, self.id])
        .collect()
    }

    /// Both rows are taken or none, and never more than there is.
    fn stock(&self) -> Vec<Call> {
        let [first, second] = self.variants;
        let take = |variant| {
            one(
                "UPDATE stock SET reserved = reserved + $2, updated_at = $3 WHERE variant_id = $1 AND location_id = $4 \
                 AND (backorder OR on_hand - reserved >= $2)",
                values![variant, 1_i64, NOW, self.shelf.location],
            )
        };
        let hold = many(
            "INSERT INTO holds (id, order_id, variant_id, location_id, quantity, state, reason, expires_at, created_at) VALUES \
             ($1, $2, $3, $4, 1, 'held', 'order', $5, $5), ($6, $2, $7, $4, 1, 'held', 'order', $5, $5)",
            2,
            values![
                self.fresh(5),
                self.id,
                first,
                self.shelf.location,
                NOW,
                self.fresh(6),
                second
            ],
        );
        vec![take(first), take(second), hold]
    }

    fn money(&self) -> Vec<Call> {
        let due = 2 * PRICE + 8_000;
        vec![
            one(
                "INSERT INTO order_money (order_id, currency, due) VALUES ($1, 'TWD', $2)",
                values![self.id, due],
            ),
            one(
                "INSERT INTO payments (id, order_id, method, provider, state, live, currency, amount, idempotency_key, created_at, updated_at) \
                 VALUES ($1, $2, 'bank_transfer', 'bank', 'pending', $3, 'TWD', $4, $5, $6, $6)",
                values![self.fresh(7), self.id, true, due, self.token.as_str(), NOW],
            ),
        ]
    }

    /// The confirmation, the job that sends it, and what the stream of events learns.
    fn told(&self) -> Vec<Call> {
        let email = format!("raw-{}@example.com", self.number);
        vec![
            one(
                "INSERT INTO messages (id, kind, channel, recipient, order_id, occurrence, locale, state, context, created_at) \
                 VALUES ($1, 'order_placed', 'email', $2, $3, $4, 'en', 'queued', $5, $6)",
                values![
                    self.fresh(8),
                    email,
                    self.id,
                    self.token.as_str(),
                    PAYLOAD,
                    NOW
                ],
            ),
            one(
                "INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, max_attempts, fence, created_at) \
                 VALUES ($1, 'send_message', $2, $3, 'queued', $4, 0, 5, 0, $4)",
                values![self.fresh(9), "{}", self.token.as_str(), NOW],
            ),
            self.event(34, "Order Placed", self.id),
            self.event(35, "Payment Started", self.id),
        ]
    }

    fn read_variant(&self, variant: Uuid) -> Call {
        one(
            "SELECT v.id, v.sku, v.currency, v.price, v.state, p.state, p.title, s.on_hand, s.reserved FROM variants v \
             JOIN products p ON p.id = v.product_id JOIN stock s ON s.variant_id = v.id WHERE v.id = $1",
            values![variant],
        )
    }

    fn read_cart(&self) -> Call {
        one(
            "SELECT id, state, version, checkout FROM carts WHERE token_hash = $1",
            values![self.token.as_str()],
        )
    }

    fn read_lines(&self) -> Call {
        many(
            "SELECT l.id, l.quantity, v.sku, v.currency, v.price, v.state, p.state, p.title, s.on_hand, s.reserved FROM cart_lines l \
             JOIN variants v ON v.id = l.variant_id JOIN products p ON p.id = v.product_id JOIN stock s ON s.variant_id = v.id \
             WHERE l.cart_id = $1",
            2,
            values![self.cart],
        )
    }

    fn add_line(&self, kind: u16, variant: Uuid) -> Call {
        one(
            "INSERT INTO cart_lines (id, cart_id, variant_id, quantity, added_at) VALUES ($1, $2, $3, 1, $4) \
             ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = cart_lines.quantity + excluded.quantity",
            values![self.fresh(kind), self.cart, variant, NOW],
        )
    }

    fn next_number(&self) -> Call {
        let sql = match self.dialect {
            Dialect::Sqlite => {
                "UPDATE number_sequences SET value = value + 1 WHERE name = 'order_number' RETURNING value"
            }
            Dialect::Postgres => "SELECT nextval('order_number')",
        };
        one(sql, Vec::new())
    }

    fn event(&self, kind: u16, name: &str, subject: Uuid) -> Call {
        let sql = match self.dialect {
            Dialect::Sqlite => {
                "INSERT INTO events (xid, id, name, version, occurred_at, actor, subject_kind, subject_id, payload) \
                 VALUES (0, $1, $2, 1, $3, 'shopper', 'order', $4, $5)"
            }
            Dialect::Postgres => {
                "INSERT INTO events (xid, id, name, version, occurred_at, actor, subject_kind, subject_id, payload) \
                 VALUES (pg_current_xact_id()::text::bigint, $1, $2, 1, $3, 'shopper', 'order', $4, $5)"
            }
        };
        one(sql, values![self.fresh(kind), name, NOW, subject, PAYLOAD])
    }
}

/// About as long as what a checkout keeps.
const ADDRESS: &str = r#"{"email":"raw@example.com","phone":"0912345678","shipping_address":{"name":"Raw Shopper","phone":"0912345678","country":"TW","postal_code":"106","region":"台北市","city":"大安區","line1":"和平東路 1 號"},"payment_method":"bank_transfer"}"#;
/// About as long as what an event carries.
const PAYLOAD: &str = r#"{"order_id":"order_01jz0000000000000000000000","number":"20260302-000001","total":{"amount":124000,"currency":"TWD"},"lines":[{"variant_id":"variant_01jz0000000000000000000000","sku":"RAW-0001","quantity":1,"price":{"amount":58000,"currency":"TWD"}},{"variant_id":"variant_01jz0000000000000000000001","sku":"RAW-0002","quantity":1,"price":{"amount":58000,"currency":"TWD"}}]}"#;
