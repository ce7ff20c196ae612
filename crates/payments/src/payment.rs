//! One try to collect the money of an order: starting it, sending it, giving it up, finding it.
//!
//! A payment exists, with its idempotency key, before anybody outside hears of it (P5). What comes back is taken in by
//! [`crate::record`].

mod sending;

use std::collections::HashMap;

use kernel::{Money, OrderId, PaymentId, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{IntoValue, Row, Value},
    events::{self, Event},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    DeclineCode, Method, OpenPage, OrderMoney, Outcome, PaymentState, PaymentsError, Provider,
    Recorded,
    codes::codes,
    error::{payable, same_currency},
    events::PaymentStarted,
    order_money,
    record::Success,
    settings,
};
pub(crate) use sending::named;
pub use sending::{ChargeRequest, request_charge, request_close, send, sent_request};

pub use crate::{
    order_money::{money_of, open_money},
    record::record,
};

codes! {
    /// Where the money of a success went.
    Settled {
        /// It pays the order.
        Order = "order",
        /// The order needed no more; it waits in suspense to be given back.
        Suspense = "suspense",
    }
}

/// One try to collect the money of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Payment {
    /// The payment.
    pub id: PaymentId,
    /// The order it pays.
    pub order_id: OrderId,
    /// How the shopper pays.
    pub method: Method,
    /// Who tells us.
    pub provider: Provider,
    /// Where it stands.
    pub state: PaymentState,
    /// False in a demonstration.
    pub live: bool,
    /// What is asked for.
    pub amount: Money,
    /// The key under which the provider knows this one charge; it never changes.
    pub idempotency_key: String,
    /// The provider's name for the charge.
    pub provider_ref: Option<String>,
    /// Why it was declined.
    pub decline_code: Option<DeclineCode>,
    /// Where the money of a success went.
    pub settled: Option<Settled>,
    /// The provider's page that was opened for it.
    pub page: Option<OpenPage>,
    /// When it was handed to the provider.
    pub sent_at: Option<Timestamp>,
    /// When the provider decided.
    pub decided_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What starts a payment.
#[derive(Debug, Clone)]
pub struct StartPayment {
    /// The order to be paid.
    pub order_id: OrderId,
    /// How the shopper pays.
    pub method: Method,
    /// Who will tell us.
    pub provider: Provider,
    /// What the shopper confirmed; must be exactly what is still due (O5).
    pub amount: Money,
}

const COLUMNS: &str = "id, order_id, method, provider, state, live, currency, amount, idempotency_key, provider_ref, \
                       decline_code, settled, page_ref, page_url, page_until, sent_at, decided_at, created_at, updated_at";

impl Payment {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let optional = |column| row.get::<Option<String>>(column);
        let decline_code = optional("decline_code")?
            .map(|code| code.parse().map_err(|_| row.inconsistent("decline_code")));
        let settled =
            optional("settled")?.map(|code| code.parse().map_err(|_| row.inconsistent("settled")));
        let page = match optional("page_ref")?.zip(optional("page_url")?) {
            Some((reference, url)) => Some(OpenPage {
                reference,
                url,
                until: row.get("page_until")?,
            }),
            None => None,
        };
        Ok(Self {
            page,
            id: row.get("id")?,
            order_id: row.get("order_id")?,
            method: row.parse("method")?,
            provider: row.parse("provider")?,
            state: row.parse("state")?,
            live: row.get("live")?,
            amount: row.money("amount")?,
            idempotency_key: row.get("idempotency_key")?,
            provider_ref: row.get("provider_ref")?,
            decline_code: decline_code.transpose()?,
            settled: settled.transpose()?,
            sent_at: row.get("sent_at")?,
            decided_at: row.get("decided_at")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    }

    /// True while somebody outside may be acting on it, so that another charge could be a second one (P6).
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        self.provider.answers() && self.state.is_open() && self.sent_at.is_some()
    }

    /// The provider's page, while a card can be typed there.
    #[must_use]
    pub fn open_page(&self, now: Timestamp) -> Option<&OpenPage> {
        self.page
            .as_ref()
            .filter(|page| self.is_under_way() && page.until > now)
    }
}

/// Starts a payment and gives up earlier tries that nobody acts on. A card payment waits for [`send`]; a transfer or
/// cash is pending at once.
///
/// # Errors
/// [`PaymentsError::NothingDue`], [`PaymentsError::NotTheAmountDue`], [`PaymentsError::AttemptOpen`] while an earlier
/// card payment is on its way, [`PaymentsError::DemoInRealShop`].
pub async fn start(tx: &mut Tx, ctx: &Ctx, start: StartPayment) -> Result<Payment, PaymentsError> {
    let money = order_money::lock(tx, start.order_id).await?;
    if money.is_covered() {
        return Err(PaymentsError::NothingDue);
    }
    same_currency(start.amount.currency, money.due.currency)?;
    payable(start.amount)?;
    if start.amount != money.outstanding() {
        return Err(PaymentsError::NotTheAmountDue {
            given: start.amount,
            due: money.outstanding(),
        });
    }
    let live = live(tx, ctx, start.provider).await?;
    let earlier = of_order(tx, start.order_id).await?;
    if let Some(open) = earlier.iter().find(|p| p.is_under_way()) {
        return Err(PaymentsError::AttemptOpen {
            payment: open.id,
            state: open.state,
        });
    }
    cancel_open(tx, ctx, start.order_id).await?;
    begin(tx, ctx, &start, live).await
}

/// Opens the money of an order that is being placed in this transaction, and starts the first payment of all of it.
///
/// # Errors
/// [`PaymentsError::DemoInRealShop`], an amount that cannot be paid.
pub async fn first(tx: &mut Tx, ctx: &Ctx, start: StartPayment) -> Result<Payment, PaymentsError> {
    payable(start.amount)?;
    let live = live(tx, ctx, start.provider).await?;
    order_money::open_money(tx, start.order_id, start.amount).await?;
    begin(tx, ctx, &start, live).await
}

/// Says what an order costs now, and gives up the tries to collect what it cost before: they can no longer pay it (O5).
/// Tells its money as it is then.
///
/// # Errors
/// [`PaymentsError::AttemptOpen`] while somebody outside may be acting on a try, an amount that cannot be paid.
pub async fn reprice(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    due: Money,
) -> Result<OrderMoney, PaymentsError> {
    let money = order_money::lock(tx, order_id).await?;
    same_currency(due.currency, money.due.currency)?;
    payable(due)?;
    let tries = of_order(tx, order_id).await?;
    if let Some(open) = tries.iter().find(|p| p.is_under_way()) {
        return Err(PaymentsError::AttemptOpen {
            payment: open.id,
            state: open.state,
        });
    }
    cancel_open(tx, ctx, order_id).await?;
    order_money::reprice(tx, order_id, due).await?;
    order_money::money_of(tx, order_id).await
}

/// Whether a payment is about real money.
async fn live(tx: &mut Tx, ctx: &Ctx, provider: Provider) -> Result<bool, PaymentsError> {
    let known = settings::recent(tx, ctx).await?;
    let simulated = match provider {
        Provider::DemoCard => true,
        Provider::Stripe => known.stripe.as_ref().is_none_or(|account| !account.live),
        Provider::Bank | Provider::CashOnDelivery => false,
    };
    if simulated && !known.test_mode {
        return Err(PaymentsError::DemoInRealShop);
    }
    Ok(!known.test_mode)
}

async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    start: &StartPayment,
    live: bool,
) -> Result<Payment, PaymentsError> {
    let payment = insert(tx, ctx, start, live).await?;
    let started = PaymentStarted {
        payment_id: payment.id,
        method: start.method,
        provider: start.provider,
        amount: start.amount,
    };
    let started = Event::new(kernel::event::PAYMENT_STARTED, &started);
    events::emit(tx, ctx, started.about(start.order_id)).await?;
    Ok(payment)
}

/// Writes a fresh payment, without any check.
pub(crate) async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    start: &StartPayment,
    live: bool,
) -> Result<Payment, DbError> {
    let id = PaymentId::new();
    let state = if start.provider.answers() {
        PaymentState::Created
    } else {
        PaymentState::Pending
    };
    let sql = "INSERT INTO payments (id, order_id, method, provider, state, live, currency, amount, idempotency_key, created_at, \
               updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    let values = params![
        id,
        start.order_id,
        start.method,
        start.provider,
        state,
        live,
        start.amount.currency,
        start.amount.amount,
        id.to_string(),
        ctx.now()
    ];
    tx.later(sql, values).await?;
    Ok(Payment {
        id,
        order_id: start.order_id,
        method: start.method,
        provider: start.provider,
        state,
        live,
        amount: start.amount,
        idempotency_key: id.to_string(),
        provider_ref: None,
        decline_code: None,
        settled: None,
        page: None,
        sent_at: None,
        decided_at: None,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    })
}

/// Gives up the order's tries that nobody outside acts on, as when the order is cancelled, expires or is paid
/// otherwise. Card payments that were sent stay: only the provider can end them (P6, P14), and is asked to close a page
/// that it opened for one. Tells how many it gave up.
///
/// # Errors
/// Whatever the database says.
pub async fn cancel_open(tx: &mut Tx, ctx: &Ctx, order_id: OrderId) -> Result<u64, PaymentsError> {
    order_money::lock(tx, order_id).await?;
    let sql = "UPDATE payments SET state = 'cancelled', updated_at = $2 WHERE order_id = $1 AND sent_at IS NULL \
               AND (state = 'created' OR (state = 'pending' AND provider IN ('bank', 'cash_on_delivery')))";
    let given_up = tx.execute(sql, params![order_id, ctx.now()]).await?;
    let sql = "SELECT id FROM payments WHERE order_id = $1 AND page_ref IS NOT NULL AND state IN ('created', 'pending', 'unknown')";
    for row in tx.rows(sql, params![order_id]).await? {
        request_close(tx, ctx, row.get("id")?).await?;
    }
    Ok(given_up)
}

/// Records money that people brought: cash from a courier, a transfer that staff saw. `reference` is their name for it;
/// without one the payment's own serves. Safe to repeat.
///
/// # Errors
/// [`PaymentsError::NotByHand`] for a payment whose provider tells us itself.
pub async fn collected(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PaymentId,
    reference: Option<&str>,
) -> Result<Recorded, PaymentsError> {
    let payment = by_id(tx, id).await?;
    if payment.provider.answers() {
        return Err(PaymentsError::NotByHand);
    }
    let reference = payment
        .provider_ref
        .or(reference.map(str::to_owned))
        .unwrap_or_else(|| id.to_string());
    let success = Success {
        reference,
        amount: payment.amount,
        live: payment.live,
        at: ctx.now(),
    };
    record(tx, ctx, id, &Outcome::Succeeded(success)).await
}

/// The payment of this id.
///
/// # Errors
/// [`PaymentsError::NotFound`].
pub async fn by_id(rx: &mut Rx, id: PaymentId) -> Result<Payment, PaymentsError> {
    let row = rx
        .row(
            &format!("SELECT {COLUMNS} FROM payments WHERE id = $1"),
            params![id],
        )
        .await?;
    Ok(Payment::from_row(
        &row.ok_or(PaymentsError::NotFound("the payment"))?,
    )?)
}

pub(crate) async fn lock(tx: &mut Tx, id: PaymentId) -> Result<Payment, PaymentsError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payments WHERE id = $1{}",
        tx.dialect().for_update()
    );
    let row = tx
        .row(&sql, params![id])
        .await?
        .ok_or(PaymentsError::NotFound("the payment"))?;
    Ok(Payment::from_row(&row)?)
}

/// All tries to pay an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Payment>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM payments WHERE order_id = $1 ORDER BY created_at, id");
    rx.rows(&sql, params![order_id])
        .await?
        .iter()
        .map(Payment::from_row)
        .collect()
}

/// The last try of each of these orders, for lists of unpaid orders (CHK-08).
///
/// # Errors
/// Whatever the database says.
pub async fn latest_of(
    rx: &mut Rx,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, Payment>, DbError> {
    let mut latest = HashMap::new();
    for part in orders.chunks(500) {
        let places: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM payments WHERE order_id IN ({}) ORDER BY created_at, id",
            places.join(", ")
        );
        let values: Vec<Value> = part.iter().map(|id| (*id).into_value()).collect();
        for row in rx.rows(&sql, &values).await? {
            let payment = Payment::from_row(&row)?;
            latest.insert(payment.order_id, payment);
        }
    }
    Ok(latest)
}

/// Card payments that were sent and have had no outcome since before `before`, oldest first: the ones to ask the
/// provider about (P10).
///
/// # Errors
/// Whatever the database says.
pub async fn stuck(rx: &mut Rx, before: Timestamp, limit: i64) -> Result<Vec<Payment>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payments WHERE state IN ('created', 'pending', 'unknown') AND sent_at IS NOT NULL \
         AND updated_at < $1 ORDER BY updated_at LIMIT $2"
    );
    rx.rows(&sql, params![before, limit])
        .await?
        .iter()
        .map(Payment::from_row)
        .collect()
}
