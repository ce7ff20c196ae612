//! The double-entry journal: each row moves an amount from one account to another and is never changed.
//!
//! A row has an effect key; the same effect cannot be posted twice, however often a job runs (P7).

use kernel::{Currency, Money, OrderId, Timestamp, TransferId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{PaymentsError, codes::codes};

codes! {
    /// An account of the shop.
    Account {
        /// Money that card providers owe us.
        Card = "asset:card",
        /// Money that a provider took back while a dispute lasts.
        Disputed = "asset:disputed",
        /// Money in the bank.
        Bank = "asset:bank",
        /// Cash that couriers collected.
        CashOnDelivery = "asset:cash_on_delivery",
        /// Received for orders and not yet earned by shipping.
        CustomerOrders = "liability:customer_orders",
        /// Money whose order is not known.
        Suspense = "liability:suspense",
        /// Goods sold.
        Sales = "income:sales",
        /// Delivery sold.
        Shipping = "income:shipping",
        /// Fees for services beside the goods, such as wrapping.
        Fees = "income:fees",
        /// Given back after it was earned.
        Refunds = "expense:refunds",
        /// Lost in disputes.
        Disputes = "expense:disputes",
    }
}

codes! {
    /// What a row of the journal records.
    EntryKind {
        /// Money captured for an order.
        Capture = "capture",
        /// A provider's money that belongs to no open order.
        Overpayment = "overpayment",
        /// Money that arrived at the bank.
        Receipt = "receipt",
        /// Money given back for an order.
        Refund = "refund",
        /// Money in suspense given back.
        Return = "return",
        /// Goods became revenue.
        Sale = "sale",
        /// Delivery became revenue.
        Shipping = "shipping",
        /// Fees became revenue.
        Fees = "fees",
        /// Money of imported books that belongs to no order.
        Correction = "correction",
        /// A provider took disputed money back.
        Dispute = "dispute",
        /// A dispute was won; the money came back.
        DisputeWon = "dispute_won",
        /// A dispute was lost; the money is gone.
        DisputeLost = "dispute_lost",
    }
}

/// A row about to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it records.
    pub entry: EntryKind,
    /// The account that is debited: assets and expenses grow.
    pub debit: Account,
    /// The account that is credited: liabilities and income grow.
    pub credit: Account,
    /// How much; zero posts nothing.
    pub amount: Money,
    /// The order it belongs to.
    pub order_id: Option<OrderId>,
    /// The name of the effect, unique over all time: `sale:order_…`.
    pub effect_key: String,
    /// When it took place, if that is not now.
    pub at: Option<Timestamp>,
}

/// A row of the journal.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Transfer {
    /// The row.
    pub id: TransferId,
    /// What it records.
    pub entry: EntryKind,
    /// The account debited.
    pub debit: Account,
    /// The account credited.
    pub credit: Account,
    /// How much.
    pub amount: Money,
    /// The order it belongs to.
    pub order_id: Option<OrderId>,
    /// The name of the effect.
    pub effect_key: String,
    /// When.
    pub at: Timestamp,
    /// Who, as `kind:name`.
    pub actor: String,
}

/// What stands on one account in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Balance {
    /// The account.
    pub account: Account,
    /// Debits less credits; over all accounts of a currency these sum to nothing.
    pub balance: Money,
}

const COLUMNS: &str = "id, entry, debit, credit, currency, amount, order_id, effect_key, at, actor";

impl Transfer {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            entry: row.parse("entry")?,
            debit: row.parse("debit")?,
            credit: row.parse("credit")?,
            amount: row.money("amount")?,
            order_id: row.get("order_id")?,
            effect_key: row.get("effect_key")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
        })
    }

    fn records(&self, entry: &Entry) -> bool {
        (
            self.entry,
            self.debit,
            self.credit,
            self.amount,
            self.order_id,
        ) == (
            entry.entry,
            entry.debit,
            entry.credit,
            entry.amount,
            entry.order_id,
        )
    }
}

/// Posts a row. False when this very effect was posted before, or its amount is zero.
///
/// # Errors
/// [`PaymentsError::NotPayable`] for a negative amount, [`PaymentsError::EffectReused`] when the effect key names a
/// posting with other figures.
pub async fn post(tx: &mut Tx, ctx: &Ctx, entry: &Entry) -> Result<bool, PaymentsError> {
    if entry.amount.is_zero() {
        return Ok(false);
    }
    if entry.amount.amount < 0 {
        return Err(PaymentsError::NotPayable {
            amount: entry.amount,
            step: entry.amount.currency.step(),
        });
    }
    let sql = "INSERT INTO journal (id, entry, debit, credit, currency, amount, order_id, effect_key, at, actor) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (effect_key) DO NOTHING";
    if tx.execute(sql, &values(ctx, entry)).await? == 1 {
        return Ok(true);
    }
    let known = by_effect(tx, &entry.effect_key).await?;
    if known.is_some_and(|known| known.records(entry)) {
        Ok(false)
    } else {
        Err(PaymentsError::EffectReused(entry.effect_key.clone()))
    }
}

/// Posts many rows at once, for imports. Effect keys must be new.
///
/// # Errors
/// Whatever the database says, for instance when an effect was posted before.
pub async fn post_many(tx: &mut Tx, ctx: &Ctx, entries: &[Entry]) -> Result<(), DbError> {
    let columns = [
        "id",
        "entry",
        "debit",
        "credit",
        "currency",
        "amount",
        "order_id",
        "effect_key",
        "at",
        "actor",
    ];
    let rows: Vec<Vec<Value>> = entries
        .iter()
        .filter(|e| !e.amount.is_zero())
        .map(|e| values(ctx, e))
        .collect();
    tx.insert_many("journal", &columns, &rows).await
}

fn values(ctx: &Ctx, entry: &Entry) -> Vec<Value> {
    params![
        TransferId::new(),
        entry.entry,
        entry.debit,
        entry.credit,
        entry.amount.currency,
        entry.amount.amount,
        entry.order_id,
        &entry.effect_key,
        entry.at.unwrap_or_else(|| ctx.now()),
        ctx.actor().label()
    ]
    .to_vec()
}

/// The posting of an effect, if it was posted.
///
/// # Errors
/// Whatever the database says.
pub async fn by_effect(rx: &mut Rx, effect_key: &str) -> Result<Option<Transfer>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM journal WHERE effect_key = $1");
    rx.row(&sql, params![effect_key])
        .await?
        .as_ref()
        .map(Transfer::from_row)
        .transpose()
}

/// All rows of an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Transfer>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM journal WHERE order_id = $1 ORDER BY at, id");
    rx.rows(&sql, params![order_id])
        .await?
        .iter()
        .map(Transfer::from_row)
        .collect()
}

/// What stands on each account, by account and currency.
///
/// # Errors
/// Whatever the database says.
pub async fn balances(rx: &mut Rx) -> Result<Vec<Balance>, DbError> {
    let sql = "SELECT account, currency, SUM(amount) AS balance FROM (SELECT debit AS account, currency, amount FROM journal \
               UNION ALL SELECT credit, currency, -amount FROM journal) postings GROUP BY account, currency ORDER BY account, currency";
    let rows = rx.rows(sql, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(Balance {
                account: row.parse("account")?,
                balance: row.money("balance")?,
            })
        })
        .collect()
}

/// What was received for an order, is not earned yet and was not given back: what a sale may still recognise, and what
/// a refund takes before it becomes an expense. Never negative.
///
/// # Errors
/// Whatever the database says.
pub async fn unearned(
    rx: &mut Rx,
    order_id: OrderId,
    currency: Currency,
) -> Result<Money, DbError> {
    let sql = "SELECT COALESCE(SUM(CASE WHEN credit = 'liability:customer_orders' THEN amount \
               WHEN debit = 'liability:customer_orders' THEN -amount ELSE 0 END), 0) AS left_over FROM journal \
               WHERE order_id = $1 AND currency = $2";
    let left: i64 = rx.scalar(sql, params![order_id, currency]).await?;
    Ok(Money::new(left.max(0), currency))
}
