//! Reports of providers that do not fit what was asked for: kept, announced, and settled by people.
//!
//! Money that came with such a report lies in suspense. It leaves only by being given back; a report that holds money
//! cannot be dismissed.

use kernel::{Money, OrderId, PaymentId, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Row,
    events::{self, Event},
    jobs::{self, NewJob},
    params, secret,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Account, Entry, EntryKind, Payment, PaymentsError, Provider, codes::codes,
    events::PaymentQuarantined, journal, work,
};

codes! {
    /// What does not fit (P3).
    Reason {
        /// Another amount than asked for.
        WrongAmount = "wrong_amount",
        /// Another currency than asked for.
        WrongCurrency = "wrong_currency",
        /// A simulated payment for a real order, or the other way round.
        WrongMode = "wrong_mode",
        /// Another merchant's report.
        WrongMerchant = "wrong_merchant",
        /// A payment that we did not start.
        UnknownPayment = "unknown_payment",
        /// A charge that belongs to another payment.
        ForeignReference = "foreign_reference",
        /// A second charge of one payment.
        SecondCharge = "second_charge",
        /// The order was paid already.
        Overpaid = "overpaid",
        /// The provider contradicts what it said before.
        Contradiction = "contradiction",
    }
}

codes! {
    /// Where a quarantined report stands.
    QuarantineState {
        /// Somebody must look.
        Open = "open",
        /// Its money is on the way back.
        Returning = "returning",
        /// Its money went back.
        Returned = "returned",
        /// Seen; it held no money.
        Dismissed = "dismissed",
    }
}

/// A report about to be quarantined.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) provider: Provider,
    pub(crate) payment_id: Option<PaymentId>,
    pub(crate) order_id: Option<OrderId>,
    pub(crate) reference: Option<String>,
    pub(crate) reason: Reason,
    pub(crate) detail: String,
    pub(crate) money: Option<Money>,
}

impl Report {
    /// A report about a known payment, without money.
    pub(crate) fn of(payment: &Payment, reason: Reason, reference: &str) -> Self {
        Self {
            provider: payment.provider,
            payment_id: Some(payment.id),
            order_id: Some(payment.order_id),
            reference: Some(reference.to_owned()),
            reason,
            detail: String::new(),
            money: None,
        }
    }

    /// The same report gets the same name however often it arrives.
    fn id(&self) -> String {
        let named = format!(
            "{}|{:?}|{:?}|{}|{}|{:?}",
            self.provider, self.payment_id, self.reference, self.reason, self.detail, self.money
        );
        secret::sha256_hex(named.as_bytes())
            .chars()
            .take(24)
            .collect()
    }
}

/// A quarantined report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Quarantined {
    /// Its name.
    pub id: String,
    /// Who reported.
    pub provider: Provider,
    /// The payment, where one is known.
    pub payment_id: Option<PaymentId>,
    /// The order, where one is known.
    pub order_id: Option<OrderId>,
    /// The provider's name for the charge.
    pub reference: Option<String>,
    /// What does not fit.
    pub reason: Reason,
    /// What was asked and told, for people.
    pub detail: String,
    /// Money that lies in suspense because of it.
    pub amount: Option<Money>,
    /// Where it stands.
    pub state: QuarantineState,
    /// When it arrived.
    pub created_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, provider, payment_id, order_id, reference, reason, detail, currency, amount, state, created_at, settled_at";

impl Quarantined {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let amount = if row.get::<Option<i64>>("amount")?.is_some() {
            Some(row.money("amount")?)
        } else {
            None
        };
        Ok(Self {
            id: row.get("id")?,
            provider: row.parse("provider")?,
            payment_id: row.get("payment_id")?,
            order_id: row.get("order_id")?,
            reference: row.get("reference")?,
            reason: row.parse("reason")?,
            detail: row.get("detail")?,
            amount,
            state: row.parse("state")?,
            created_at: row.get("created_at")?,
            settled_at: row.get("settled_at")?,
        })
    }
}

/// Keeps a report and announces it; the same report again changes nothing.
pub(crate) async fn put(tx: &mut Tx, ctx: &Ctx, report: Report) -> Result<(), PaymentsError> {
    let id = report.id();
    let sql = "INSERT INTO payment_quarantine (id, provider, payment_id, order_id, reference, reason, detail, currency, amount, \
               state, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11) ON CONFLICT (id) DO NOTHING";
    let values = params![
        &id,
        report.provider,
        report.payment_id,
        report.order_id,
        report.reference,
        report.reason,
        report.detail,
        report.money.map(|m| m.currency),
        report.money.map(|m| m.amount),
        ctx.actor().label(),
        ctx.now()
    ];
    if tx.execute(sql, values).await? == 0 {
        return Ok(());
    }
    let Report {
        payment_id,
        order_id,
        reason,
        money,
        provider,
        ..
    } = report;
    tracing::warn!(quarantine = id, %provider, %reason, "a payment report was quarantined");
    let payload = PaymentQuarantined {
        quarantine_id: id,
        payment_id,
        reason,
        amount: money,
    };
    let event = Event::new(kernel::event::PAYMENT_QUARANTINED, &payload);
    let event = match order_id {
        Some(order) => event.about(order),
        None => event,
    };
    Ok(events::emit(tx, ctx, event).await?)
}

/// Reports that wait for somebody, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn open(rx: &mut Rx, limit: i64) -> Result<Vec<Quarantined>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_quarantine WHERE state IN ('open', 'returning') ORDER BY created_at, id LIMIT $1"
    );
    rx.rows(&sql, params![limit])
        .await?
        .iter()
        .map(Quarantined::from_row)
        .collect()
}

/// All reports about an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Quarantined>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM payment_quarantine WHERE order_id = $1 ORDER BY created_at, id"
    );
    rx.rows(&sql, params![order_id])
        .await?
        .iter()
        .map(Quarantined::from_row)
        .collect()
}

/// One report.
///
/// # Errors
/// [`PaymentsError::NotFound`].
pub async fn by_id(rx: &mut Rx, id: &str) -> Result<Quarantined, PaymentsError> {
    let sql = format!("SELECT {COLUMNS} FROM payment_quarantine WHERE id = $1");
    let row = rx
        .row(&sql, params![id])
        .await?
        .ok_or(PaymentsError::NotFound("the quarantined report"))?;
    Ok(Quarantined::from_row(&row)?)
}

/// Closes a report that holds no money.
///
/// # Errors
/// [`PaymentsError::QuarantineOver`] when it holds money or was settled before.
pub async fn dismiss(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<(), PaymentsError> {
    let sql = "UPDATE payment_quarantine SET state = 'dismissed', settled_at = $2, actor = $3 \
               WHERE id = $1 AND state = 'open' AND amount IS NULL";
    over_unless(
        tx.execute(sql, params![id, ctx.now(), ctx.actor().label()])
            .await?
            == 1,
    )
}

/// Starts giving the money of a report back: a job asks the provider to. Somebody's decision, never a program's (P6).
///
/// # Errors
/// [`PaymentsError::QuarantineOver`] when it holds no money or was settled before.
pub async fn give_back(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<(), PaymentsError> {
    let sql = "UPDATE payment_quarantine SET state = 'returning', actor = $2 WHERE id = $1 AND state = 'open' AND amount IS NOT NULL";
    over_unless(tx.execute(sql, params![id, ctx.actor().label()]).await? == 1)?;
    if by_id(tx, id).await?.provider.answers() {
        let job = NewJob::new(
            work::RETURN,
            &work::ReturnJob {
                quarantine_id: id.to_owned(),
            },
        )
        .unique(id);
        jobs::enqueue(tx, ctx, job).await?;
    }
    Ok(())
}

/// Records that the money went back. A payment that it came for and that has no other outcome is over, so the order can
/// be paid again. False when that was recorded before.
///
/// # Errors
/// [`PaymentsError::QuarantineOver`] when nobody asked for it to be given back.
pub async fn returned(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<bool, PaymentsError> {
    let report = by_id(tx, id).await?;
    if let Some(order_id) = report.order_id {
        crate::order_money::lock(tx, order_id).await?;
    }
    let sql = "UPDATE payment_quarantine SET state = 'returned', settled_at = $2 WHERE id = $1 AND state = 'returning'";
    if tx.execute(sql, params![id, ctx.now()]).await? == 0 {
        let now = by_id(tx, id).await?.state;
        return if now == QuarantineState::Returned {
            Ok(false)
        } else {
            Err(PaymentsError::QuarantineOver)
        };
    }
    let amount = report.amount.ok_or(PaymentsError::QuarantineOver)?;
    let entry = Entry {
        entry: EntryKind::Return,
        debit: Account::Suspense,
        credit: report.provider.account(),
        amount,
        order_id: report.order_id,
        effect_key: format!("return:{id}"),
        at: None,
    };
    journal::post(tx, ctx, &entry).await?;
    if let Some(payment) = report.payment_id {
        let sql = "UPDATE payments SET state = 'cancelled', updated_at = $2 WHERE id = $1 AND state IN ('created', 'pending', 'unknown') \
                   AND (provider_ref IS NULL OR provider_ref = $3)";
        tx.execute(sql, params![payment, ctx.now(), report.reference])
            .await?;
    }
    Ok(true)
}

fn over_unless(changed: bool) -> Result<(), PaymentsError> {
    if changed {
        Ok(())
    } else {
        Err(PaymentsError::QuarantineOver)
    }
}
