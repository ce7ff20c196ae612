//! Money that arrived at the bank: recorded into suspense at once, matched to its order by staff, or given back.
//!
//! Nothing that arrived can be forgotten: it lies in suspense, with its age, until somebody says whose it is (P8).

use kernel::{BankReceiptId, Money, OrderId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Account, Entry, EntryKind, Method, Payment, PaymentState, PaymentsError, Provider, Recorded,
    StartPayment,
    codes::codes,
    error::payable,
    journal, order_money, payment,
    record::{self, Success},
    settings,
    transfer_report::is_last_five,
};

/// Money may lie in suspense for this long before it becomes an alarm, in seconds: three days.
pub const ALARM_AFTER: i64 = 3 * 86_400;

codes! {
    /// Where a receipt stands.
    ReceiptState {
        /// Nobody knows whose it is yet.
        Suspense = "suspense",
        /// It pays an order.
        Matched = "matched",
        /// It was given back.
        Returned = "returned",
    }
}

codes! {
    /// What makes an order fit a receipt, best first; `receipt-match-CODE` is its translation.
    Fit {
        /// The amount, and the digits that the shopper told us.
        AmountAndLastFive = "amount_and_last_five",
        /// The amount.
        Amount = "amount",
        /// The digits that the shopper told us.
        LastFive = "last_five",
    }
}

/// Money about to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    /// How much.
    pub amount: Money,
    /// When the bank got it.
    pub received_at: Timestamp,
    /// Who sent it, as the bank writes it; may be empty.
    pub payer: String,
    /// The last five digits of the sender's account; may be empty.
    pub last_five: String,
    /// The bank's own name for it; the same name is the same money.
    pub bank_reference: String,
}

/// Money that arrived at the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BankReceipt {
    /// The receipt.
    pub id: BankReceiptId,
    /// How much.
    pub amount: Money,
    /// When the bank got it.
    pub received_at: Timestamp,
    /// Who sent it.
    pub payer: String,
    /// The last five digits of the sender's account.
    pub last_five: String,
    /// The bank's own name for it.
    pub bank_reference: String,
    /// Where it stands.
    pub state: ReceiptState,
    /// The order it pays.
    pub order_id: Option<OrderId>,
    /// When it was matched.
    pub matched_at: Option<Timestamp>,
    /// Who matched it, as `kind:name`.
    pub matched_by: Option<String>,
    /// Who recorded it, as `kind:name`.
    pub actor: String,
}

/// An order that may be the one that a receipt pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Suggestion {
    /// The order.
    pub order_id: OrderId,
    /// What fits.
    pub fit: Fit,
    /// What the order still costs.
    pub due: Money,
}

/// What lies in suspense at the bank in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SuspenseSum {
    /// How many receipts.
    pub receipts: i64,
    /// How much.
    pub amount: Money,
    /// When the oldest arrived.
    pub oldest_at: Timestamp,
    /// True when the oldest has lain there for too long.
    pub overdue: bool,
}

const COLUMNS: &str = "id, currency, amount, received_at, payer, last_five, bank_reference, state, order_id, matched_at, matched_by, actor";

impl BankReceipt {
    /// A receipt from a row with all of its columns.
    ///
    /// # Errors
    /// A column that is missing or holds what cannot be.
    pub fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            amount: row.money("amount")?,
            received_at: row.get("received_at")?,
            payer: row.get("payer")?,
            last_five: row.get("last_five")?,
            bank_reference: row.get("bank_reference")?,
            state: row.parse("state")?,
            order_id: row.get("order_id")?,
            matched_at: row.get("matched_at")?,
            matched_by: row.get("matched_by")?,
            actor: row.get("actor")?,
        })
    }
}

/// Records money that arrived. The same bank reference with the same amount is the same receipt.
///
/// # Errors
/// [`PaymentsError::NotPayable`], [`PaymentsError::LastFive`], [`PaymentsError::BankReferenceReused`].
pub async fn record(tx: &mut Tx, ctx: &Ctx, new: NewReceipt) -> Result<BankReceipt, PaymentsError> {
    payable(new.amount)?;
    if !new.last_five.is_empty() && !is_last_five(&new.last_five) {
        return Err(PaymentsError::LastFive);
    }
    let id = BankReceiptId::new();
    let sql = "INSERT INTO bank_receipts (id, currency, amount, received_at, payer, last_five, bank_reference, state, actor) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'suspense', $8) ON CONFLICT (bank_reference) DO NOTHING";
    let values = params![
        id,
        new.amount.currency,
        new.amount.amount,
        new.received_at,
        &new.payer,
        &new.last_five,
        &new.bank_reference,
        ctx.actor().label()
    ];
    let fresh = tx.execute(sql, values).await? == 1;
    let sql = format!("SELECT {COLUMNS} FROM bank_receipts WHERE bank_reference = $1");
    let receipt = BankReceipt::from_row(&tx.one(&sql, params![&new.bank_reference]).await?)?;
    if !fresh {
        return if receipt.amount == new.amount {
            Ok(receipt)
        } else {
            Err(PaymentsError::BankReferenceReused)
        };
    }
    let entry = Entry {
        entry: EntryKind::Receipt,
        debit: Account::Bank,
        credit: Account::Suspense,
        amount: receipt.amount,
        order_id: None,
        effect_key: format!("receipt:{id}"),
        at: None,
    };
    journal::post(tx, ctx, &entry).await?;
    Ok(receipt)
}

/// Says whose money it is: takes it out of suspense and captures it for the order, once. The order's open transfer
/// payment succeeds; where there is none, because the shopper chose another way meanwhile, one is written.
///
/// # Errors
/// [`PaymentsError::NotTheAmountDue`], [`PaymentsError::NothingDue`], [`PaymentsError::ReceiptTaken`] when it belongs to
/// another order or was given back.
pub async fn match_to(
    tx: &mut Tx,
    ctx: &Ctx,
    id: BankReceiptId,
    order_id: OrderId,
) -> Result<Recorded, PaymentsError> {
    let money = order_money::lock(tx, order_id).await?;
    let receipt = by_id(tx, id).await?;
    if receipt.state != ReceiptState::Suspense {
        return already(tx, &receipt, order_id).await;
    }
    if money.is_covered() {
        return Err(PaymentsError::NothingDue);
    }
    if receipt.amount != money.outstanding() {
        return Err(PaymentsError::NotTheAmountDue {
            given: receipt.amount,
            due: money.outstanding(),
        });
    }
    let sql = "UPDATE bank_receipts SET state = 'matched', order_id = $2, matched_at = $3, matched_by = $4 \
               WHERE id = $1 AND state = 'suspense'";
    if tx
        .execute(sql, params![id, order_id, ctx.now(), ctx.actor().label()])
        .await?
        == 0
    {
        return Err(PaymentsError::ReceiptTaken);
    }
    let payment = awaited(tx, ctx, order_id, receipt.amount).await?;
    let success = Success {
        reference: receipt.bank_reference,
        amount: receipt.amount,
        live: payment.live,
        at: receipt.received_at,
    };
    let effect = record::succeeded(tx, ctx, &payment, &success, Account::Suspense).await?;
    Ok(Recorded {
        payment: payment::by_id(tx, payment.id).await?,
        effect,
        failed: None,
    })
}

async fn already(
    tx: &mut Tx,
    receipt: &BankReceipt,
    order_id: OrderId,
) -> Result<Recorded, PaymentsError> {
    let payments = payment::of_order(tx, order_id).await?;
    let mut paid = payments
        .into_iter()
        .filter(|p| p.provider_ref.as_ref() == Some(&receipt.bank_reference));
    match paid.next() {
        Some(payment) if receipt.order_id == Some(order_id) => Ok(Recorded {
            payment,
            effect: record::Effect::Already,
            failed: None,
        }),
        _ => Err(PaymentsError::ReceiptTaken),
    }
}

/// The order's transfer payment that money is awaited for, or a fresh one.
async fn awaited(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    amount: Money,
) -> Result<Payment, PaymentsError> {
    let open = |p: &Payment| {
        p.provider == Provider::Bank && p.state == PaymentState::Pending && p.amount == amount
    };
    if let Some(payment) = payment::of_order(tx, order_id)
        .await?
        .into_iter()
        .find(open)
    {
        return payment::lock(tx, payment.id).await;
    }
    let start = StartPayment {
        order_id,
        method: Method::BankTransfer,
        provider: Provider::Bank,
        amount,
    };
    let live = !settings::load(tx).await?.test_mode;
    Ok(payment::insert(tx, ctx, &start, live).await?)
}

/// Records that money without an order was sent back. False when that was recorded before.
///
/// # Errors
/// [`PaymentsError::ReceiptTaken`] when it pays an order.
pub async fn give_back(tx: &mut Tx, ctx: &Ctx, id: BankReceiptId) -> Result<bool, PaymentsError> {
    let sql = "UPDATE bank_receipts SET state = 'returned', matched_at = $2, matched_by = $3 WHERE id = $1 AND state = 'suspense'";
    let taken = tx
        .execute(sql, params![id, ctx.now(), ctx.actor().label()])
        .await?
        == 1;
    let receipt = by_id(tx, id).await?;
    if !taken {
        return if receipt.state == ReceiptState::Returned {
            Ok(false)
        } else {
            Err(PaymentsError::ReceiptTaken)
        };
    }
    let entry = Entry {
        entry: EntryKind::Return,
        debit: Account::Suspense,
        credit: Account::Bank,
        amount: receipt.amount,
        order_id: None,
        effect_key: format!("receipt:{id}:return"),
        at: None,
    };
    journal::post(tx, ctx, &entry).await?;
    Ok(true)
}

/// The receipt of this id.
///
/// # Errors
/// [`PaymentsError::NotFound`].
pub async fn by_id(rx: &mut Rx, id: BankReceiptId) -> Result<BankReceipt, PaymentsError> {
    let row = rx
        .row(
            &format!("SELECT {COLUMNS} FROM bank_receipts WHERE id = $1"),
            params![id],
        )
        .await?;
    Ok(BankReceipt::from_row(
        &row.ok_or(PaymentsError::NotFound("the receipt"))?,
    )?)
}

/// Receipts that wait for their order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn suspense(rx: &mut Rx, limit: i64) -> Result<Vec<BankReceipt>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bank_receipts WHERE state = 'suspense' ORDER BY received_at, id LIMIT $1"
    );
    rx.rows(&sql, params![limit])
        .await?
        .iter()
        .map(BankReceipt::from_row)
        .collect()
}

/// How much waits for its order, by currency.
///
/// # Errors
/// Whatever the database says.
pub async fn suspense_sums(rx: &mut Rx, now: Timestamp) -> Result<Vec<SuspenseSum>, DbError> {
    let sql = "SELECT currency, count(*) AS receipts, SUM(amount) AS amount, MIN(received_at) AS oldest_at FROM bank_receipts \
               WHERE state = 'suspense' GROUP BY currency ORDER BY currency";
    let rows = rx.rows(sql, &[]).await?;
    rows.iter()
        .map(|row| {
            let oldest_at: Timestamp = row.get("oldest_at")?;
            let overdue = now.seconds_since(oldest_at) > ALARM_AFTER;
            Ok(SuspenseSum {
                receipts: row.get("receipts")?,
                amount: row.money("amount")?,
                oldest_at,
                overdue,
            })
        })
        .collect()
}

/// Orders that a receipt may pay, best first: those that await a transfer of this amount, and those whose shopper told
/// us these digits.
///
/// # Errors
/// Whatever the database says.
pub async fn suggestions(rx: &mut Rx, receipt: &BankReceipt) -> Result<Vec<Suggestion>, DbError> {
    let sql = "SELECT m.order_id, m.currency, m.due - m.captured + m.excess AS left_to_pay, t.last_five FROM order_money m \
               LEFT JOIN transfer_reports t ON t.order_id = m.order_id WHERE m.captured - m.excess < m.due AND m.currency = $1 \
               AND (m.order_id IN (SELECT order_id FROM payments WHERE method = 'bank_transfer' AND state = 'pending' \
               AND currency = $1 AND amount = $2) OR m.order_id IN (SELECT order_id FROM transfer_reports WHERE last_five = $3)) \
               ORDER BY m.order_id DESC LIMIT 50";
    let digits = if receipt.last_five.is_empty() {
        "none"
    } else {
        &receipt.last_five
    };
    let rows = rx
        .rows(
            sql,
            params![receipt.amount.currency, receipt.amount.amount, digits],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        let due = row.money("left_to_pay")?;
        let told = row.get::<Option<String>>("last_five")?.as_deref() == Some(digits);
        let fit = match (due == receipt.amount, told) {
            (true, true) => Fit::AmountAndLastFive,
            (true, false) => Fit::Amount,
            (false, true) => Fit::LastFive,
            (false, false) => continue,
        };
        found.push(Suggestion {
            order_id: row.get("order_id")?,
            fit,
            due,
        });
    }
    found.sort_by_key(|s| s.fit);
    found.truncate(10);
    Ok(found)
}

/// Receipts in suspense that may pay this order, best first.
///
/// # Errors
/// [`PaymentsError::NotFound`] for an order without money.
pub async fn candidates(
    rx: &mut Rx,
    order_id: OrderId,
) -> Result<Vec<(BankReceipt, Fit)>, PaymentsError> {
    let money = order_money::money_of(rx, order_id).await?;
    let told = crate::transfer_report::of_order(rx, order_id)
        .await?
        .map(|t| t.last_five);
    let sql = format!(
        "SELECT {COLUMNS} FROM bank_receipts WHERE state = 'suspense' AND currency = $1 AND (amount = $2 OR last_five = $3) \
         ORDER BY received_at LIMIT 50"
    );
    let digits = told.as_deref().unwrap_or("none");
    let rows = rx
        .rows(
            &sql,
            params![money.due.currency, money.outstanding().amount, digits],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        let receipt = BankReceipt::from_row(row)?;
        let fit = match (
            receipt.amount == money.outstanding(),
            receipt.last_five == digits,
        ) {
            (true, true) => Fit::AmountAndLastFive,
            (true, false) => Fit::Amount,
            (false, _) => Fit::LastFive,
        };
        found.push((receipt, fit));
    }
    found.sort_by_key(|(_, fit)| *fit);
    found.truncate(10);
    Ok(found)
}
