//! Giving money back, whole or in part, never more than came in.
//!
//! A request takes its amount out of what is left in one conditional statement (P4), so any number of requests at once
//! stay within it. The provider is asked by a job under a key of the refund's own; bank and cash refunds are carried
//! out by staff, who then record how it ended.

mod told;
mod withdraw;

use kernel::{Currency, Money, OrderId, OrderLineId, PaymentId, RefundId, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    events::{self, Event},
    jobs::{self, NewJob},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Account, Entry, EntryKind, OrderMoney, Payment, PaymentsError, Settled,
    codes::codes,
    error::{payable, same_currency},
    events::OrderRefunded,
    journal, order_money, payment, refund_parts, work,
};
pub use told::ToldRefund;
pub(crate) use told::told;
pub use withdraw::withdraw;

codes! {
    /// Where a refund stands.
    RefundState {
        /// Money is set aside; it has not left yet.
        Pending = "pending",
        /// It went back.
        Succeeded = "succeeded",
        /// It will not go back; the money is free again.
        Failed = "failed",
        /// It was taken back before any money left; the money is free again.
        Withdrawn = "withdrawn",
    }
}

impl RefundState {
    /// Whether its money went back or is set aside to.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Succeeded)
    }
}

/// How much of a refund is for which line of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefundLine {
    /// The line.
    pub order_line_id: OrderLineId,
    /// How many units.
    pub quantity: i64,
    /// How much of the refund.
    pub amount: Money,
}

/// What asks for a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The order.
    pub order_id: OrderId,
    /// How much in all; what is neither a line's nor for delivery and fees is goodwill.
    pub amount: Money,
    /// How much of it is for delivery and fees.
    pub shipping: Money,
    /// How much of it is for which lines.
    pub lines: Vec<RefundLine>,
    /// Why, as a code.
    pub reason: String,
    /// The caller's key: the same key again is the same refund (O8).
    pub idempotency_key: String,
    /// Until when it can be withdrawn; its money leaves after that. None where it leaves at once.
    pub waits_until: Option<Timestamp>,
}

/// Money given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Refund {
    /// The refund.
    pub id: RefundId,
    /// The order.
    pub order_id: OrderId,
    /// The payment whose money it is.
    pub payment_id: PaymentId,
    /// Where it stands.
    pub state: RefundState,
    /// How much in all.
    pub amount: Money,
    /// How much of it is for delivery and fees.
    pub shipping: Money,
    /// How much of it is for which lines.
    pub lines: Vec<RefundLine>,
    /// Why, as a code.
    pub reason: String,
    /// The caller's key.
    pub idempotency_key: String,
    /// The provider's name for it, or the bank's.
    pub provider_ref: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Who asked for it, as `kind:name`.
    pub actor: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Until when it could be withdrawn.
    pub waits_until: Option<Timestamp>,
}

/// How a refund ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money went back under this name.
    Succeeded {
        /// The provider's name for it, or the bank's.
        reference: String,
    },
    /// It will not go back.
    Failed {
        /// Why, for people.
        why: String,
    },
}

/// A refund beside one of its lines, if it has any.
const SELECT: &str = "SELECT r.id, r.order_id, r.payment_id, r.state, r.currency, r.amount, r.shipping, r.reason, r.idempotency_key, \
                      r.provider_ref, r.failure, r.actor, r.created_at, r.finished_at, r.waits_until, l.order_line_id, l.quantity AS units, \
                      l.amount AS line_amount FROM refunds r LEFT JOIN refund_lines l ON l.refund_id = r.id";
/// The lines of a refund together, in the order in which they were asked for: by line.
const ORDER: &str = "ORDER BY r.created_at, r.id, l.order_line_id";

impl Refund {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            order_id: row.get("order_id")?,
            payment_id: row.get("payment_id")?,
            state: row.parse("state")?,
            amount: row.money("amount")?,
            shipping: row.money("shipping")?,
            lines: Vec::new(),
            reason: row.get("reason")?,
            idempotency_key: row.get("idempotency_key")?,
            provider_ref: row.get("provider_ref")?,
            failure: row.get("failure")?,
            actor: row.get("actor")?,
            created_at: row.get("created_at")?,
            finished_at: row.get("finished_at")?,
            waits_until: row.get("waits_until")?,
        })
    }

    /// One row for each line of each refund, refunds together.
    fn from_rows(rows: &[Row]) -> Result<Vec<Self>, DbError> {
        let mut refunds: Vec<Self> = Vec::new();
        for row in rows {
            let id: RefundId = row.get("id")?;
            if refunds.last().is_none_or(|last| last.id != id) {
                refunds.push(Self::from_row(row)?);
            }
            let line: Option<OrderLineId> = row.get("order_line_id")?;
            if let (Some(order_line_id), Some(refund)) = (line, refunds.last_mut()) {
                refund.lines.push(RefundLine {
                    order_line_id,
                    quantity: row.get("units")?,
                    amount: row.money("line_amount")?,
                });
            }
        }
        Ok(refunds)
    }

    fn is_for(&self, request: &RefundRequest) -> bool {
        (self.order_id, self.amount, self.shipping)
            == (request.order_id, request.amount, request.shipping)
            && self.lines == request.lines
            && self.reason == request.reason
    }
}

impl RefundRequest {
    /// The lines in their order, each once.
    fn sorted(mut self) -> Result<Self, PaymentsError> {
        self.lines.sort_unstable_by_key(|line| line.order_line_id);
        let twice = |pair: &[RefundLine]| match pair {
            [a, b] => a.order_line_id == b.order_line_id,
            _ => false,
        };
        if self.lines.windows(2).any(twice) {
            return Err(PaymentsError::RefundParts);
        }
        Ok(self)
    }

    fn check(&self, currency: Currency) -> Result<(), PaymentsError> {
        same_currency(self.amount.currency, currency)?;
        payable(self.amount)?;
        let amounts = || self.lines.iter().map(|l| l.amount).chain([self.shipping]);
        let parts = Money::sum(currency, amounts())?;
        let fits = amounts().all(|a| a.amount >= 0) && parts.amount <= self.amount.amount;
        if fits && self.lines.iter().all(|l| l.quantity >= 0) {
            Ok(())
        } else {
            Err(PaymentsError::RefundParts)
        }
    }
}

/// Asks for a refund: sets the money aside and, where a provider can give it back, queues the job that asks it to. Money
/// that came in several payments goes back by those it came in, the last one first, as a refund for each. The same key
/// with the same request gives the same refunds, once.
///
/// # Errors
/// [`PaymentsError::OverRefund`], [`PaymentsError::NotPayable`], [`PaymentsError::RefundParts`],
/// [`PaymentsError::KeyReused`].
pub async fn request(
    tx: &mut Tx,
    ctx: &Ctx,
    request: RefundRequest,
) -> Result<Vec<Refund>, PaymentsError> {
    let request = request.sorted()?;
    let money = order_money::lock(tx, request.order_id).await?;
    let known = parts_of(tx, &request.idempotency_key).await?;
    if !known.is_empty() {
        return if are_for(&known, &request) {
            Ok(known)
        } else {
            Err(PaymentsError::KeyReused)
        };
    }
    request.check(money.due.currency)?;
    let over = PaymentsError::OverRefund {
        wanted: request.amount,
        refundable: money.refundable(),
    };
    let (payments, left) = captured(tx, request.order_id).await?;
    let Some(parts) = refund_parts::divide(&request, &left) else {
        return Err(over);
    };
    if !order_money::set_aside(tx, request.order_id, request.amount).await? {
        return Err(over);
    }
    let mut asked = Vec::with_capacity(parts.len());
    for (payment, part) in parts {
        let id = RefundId::new();
        insert(tx, ctx, id, &part, payment).await?;
        if payments
            .iter()
            .any(|p| p.id == payment && p.provider.answers())
        {
            let job = NewJob::new(work::REFUND, &work::RefundJob { refund_id: id })
                .unique(id.to_string())
                .at(part.waits_until.unwrap_or_else(|| ctx.now()));
            jobs::enqueue(tx, ctx, job).await?;
        }
        asked.push(by_id(tx, id).await?);
    }
    Ok(asked)
}

/// The refunds that a key made, in the order of their parts.
async fn parts_of(rx: &mut Rx, of: &str) -> Result<Vec<Refund>, DbError> {
    let mut known = Vec::new();
    while let Some(part) = by_key(rx, &refund_parts::key(of, known.len())).await? {
        known.push(part);
    }
    Ok(known)
}

/// Whether these refunds are what a request asks for.
fn are_for(known: &[Refund], request: &RefundRequest) -> bool {
    match known {
        [one] => one.is_for(request),
        several => {
            let sum: i64 = several.iter().map(|part| part.amount.amount).sum();
            let same =
                |part: &Refund| part.order_id == request.order_id && part.reason == request.reason;
            sum == request.amount.amount && several.iter().all(same)
        }
    }
}

/// The payments whose money the order's refunds give back, the last one first, and what each has left.
async fn captured(
    tx: &mut Tx,
    order_id: OrderId,
) -> Result<(Vec<Payment>, Vec<refund_parts::Left>), PaymentsError> {
    let mut payments = payment::of_order(tx, order_id).await?;
    payments.retain(|p| p.settled == Some(Settled::Order));
    payments.reverse();
    let refunds = of_order(tx, order_id).await?;
    let mut left = Vec::with_capacity(payments.len());
    for payment in &payments {
        let live = refunds
            .iter()
            .filter(|r| r.payment_id == payment.id && r.state.is_live());
        let back = Money::sum(payment.amount.currency, live.map(|r| r.amount))?;
        left.push((payment.id, payment.amount.minus(back)?));
    }
    Ok((payments, left))
}

async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    id: RefundId,
    request: &RefundRequest,
    payment: PaymentId,
) -> Result<(), PaymentsError> {
    let sql = "INSERT INTO refunds (id, order_id, payment_id, state, currency, amount, shipping, reason, idempotency_key, actor, \
               created_at, waits_until) VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11) \
               ON CONFLICT (idempotency_key) DO NOTHING";
    let values = params![
        id,
        request.order_id,
        payment,
        request.amount.currency,
        request.amount.amount,
        request.shipping.amount,
        &request.reason,
        &request.idempotency_key,
        ctx.actor().label(),
        ctx.now(),
        request.waits_until
    ];
    // The key can only be taken here by another order's request of the same instant.
    if tx.execute(sql, values).await? != 1 {
        return Err(PaymentsError::KeyReused);
    }
    let lines: Vec<_> = request.lines.iter().map(|line| line.row(id)).collect();
    tx.insert_many("refund_lines", RefundLine::INSERTED, &lines)
        .await?;
    Ok(())
}

impl RefundLine {
    /// The columns of [`RefundLine::row`].
    pub(crate) const INSERTED: &[&str] = &["refund_id", "order_line_id", "quantity", "amount"];

    /// The line as a row to insert.
    pub(crate) fn row(&self, refund: RefundId) -> Vec<Value> {
        params![
            refund,
            self.order_line_id,
            self.quantity,
            self.amount.amount
        ]
        .to_vec()
    }
}

/// Records how a refund ended. False when the same end was recorded before.
///
/// # Errors
/// [`PaymentsError::RefundOver`] when it ended otherwise before, [`PaymentsError::NotFound`].
pub async fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    id: RefundId,
    outcome: &RefundOutcome,
) -> Result<bool, PaymentsError> {
    let order_id = by_id(tx, id).await?.order_id;
    order_money::lock(tx, order_id).await?;
    let (state, reference, failure) = match outcome {
        RefundOutcome::Succeeded { reference } => {
            (RefundState::Succeeded, Some(reference.as_str()), None)
        }
        RefundOutcome::Failed { why } => (RefundState::Failed, None, Some(why.as_str())),
    };
    let sql = "UPDATE refunds SET state = $2, provider_ref = $3, failure = $4, finished_at = $5 WHERE id = $1 AND state = 'pending'";
    let changed = tx
        .execute(sql, params![id, state, reference, failure, ctx.now()])
        .await?;
    let refund = by_id(tx, id).await?;
    if changed == 0 {
        return if refund.state == state {
            Ok(false)
        } else {
            Err(PaymentsError::RefundOver(refund.state))
        };
    }
    if state == RefundState::Failed {
        order_money::free(tx, order_id, refund.amount).await?;
        return Ok(true);
    }
    order_money::gone(tx, order_id, refund.amount).await?;
    post(tx, ctx, &refund).await?;
    let money = order_money::money_of(tx, order_id).await?;
    announce(tx, ctx, &refund, &money).await?;
    Ok(true)
}

/// What is not earned yet goes back first; only the rest is an expense.
async fn post(tx: &mut Tx, ctx: &Ctx, refund: &Refund) -> Result<(), PaymentsError> {
    let from = payment::by_id(tx, refund.payment_id)
        .await?
        .provider
        .account();
    let unearned = journal::unearned(tx, refund.order_id, refund.amount.currency).await?;
    let held = Money {
        amount: refund.amount.amount.min(unearned.amount),
        ..refund.amount
    };
    let parts = [
        (Account::CustomerOrders, held, "held"),
        (Account::Refunds, refund.amount.minus(held)?, "earned"),
    ];
    for (debit, amount, part) in parts {
        let entry = Entry {
            entry: EntryKind::Refund,
            debit,
            credit: from,
            amount,
            order_id: Some(refund.order_id),
            effect_key: format!("refund:{}:{part}", refund.id),
            at: None,
        };
        journal::post(tx, ctx, &entry).await?;
    }
    Ok(())
}

async fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    refund: &Refund,
    money: &OrderMoney,
) -> Result<(), DbError> {
    let payload = OrderRefunded {
        refund_id: refund.id,
        amount: refund.amount,
        shipping: refund.shipping,
        lines: refund.lines.clone(),
        reason: refund.reason.clone(),
        refunded: money.refunded,
        whole: money.is_refunded(),
        requested_by: Some(refund.actor.clone()),
    };
    events::emit(
        tx,
        ctx,
        Event::new(kernel::event::ORDER_REFUNDED, &payload).about(refund.order_id),
    )
    .await
}

/// The refund of this id.
///
/// # Errors
/// [`PaymentsError::NotFound`].
pub async fn by_id(rx: &mut Rx, id: RefundId) -> Result<Refund, PaymentsError> {
    let sql = format!("{SELECT} WHERE r.id = $1 {ORDER}");
    let found = Refund::from_rows(&rx.rows(&sql, params![id]).await?)?;
    found
        .into_iter()
        .next()
        .ok_or(PaymentsError::NotFound("the refund"))
}

/// The refund that a key made, if it made one.
///
/// # Errors
/// Whatever the database says.
pub async fn by_key(rx: &mut Rx, key: &str) -> Result<Option<Refund>, DbError> {
    let sql = format!("{SELECT} WHERE r.idempotency_key = $1 {ORDER}");
    let found = Refund::from_rows(&rx.rows(&sql, params![key]).await?)?;
    Ok(found.into_iter().next())
}

/// All refunds of an order, oldest first.
///
/// # Errors
/// Whatever the database says.
pub async fn of_order(rx: &mut Rx, order_id: OrderId) -> Result<Vec<Refund>, DbError> {
    let sql = format!("{SELECT} WHERE r.order_id = $1 {ORDER}");
    Refund::from_rows(&rx.rows(&sql, params![order_id]).await?)
}

/// Refunds that have not left yet, oldest first: what staff must carry out, or a provider has not answered.
///
/// # Errors
/// Whatever the database says.
pub async fn pending(rx: &mut Rx, limit: i64) -> Result<Vec<Refund>, DbError> {
    let sql = format!(
        "{SELECT} WHERE r.id IN (SELECT id FROM refunds WHERE state = 'pending' ORDER BY created_at, id LIMIT $1) {ORDER}"
    );
    Refund::from_rows(&rx.rows(&sql, params![limit]).await?)
}
