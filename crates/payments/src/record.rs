//! Taking in what a provider says about a payment, in whatever order and however often it says it.
//!
//! The answer to our call, the answer to a query and a signed event all end here. The rules: success wins over
//! anything said before, and nothing said later takes it back (P1, P14); amount, currency and mode must be the ones we
//! asked for, otherwise the report is quarantined and real money that came with it lies in suspense (P3); the capture
//! is one conditional statement, so a second success of the same order becomes an overpayment, never a second capture.

mod page;

use kernel::{Money, PaymentId, Timestamp};
use platform::{
    Ctx, DbError, Tx,
    events::{self, Event},
    params,
};
use serde::{Deserialize, Serialize};

use crate::{
    Account, DeclineCode, Entry, EntryKind, OpenPage, Payment, PaymentState, PaymentsError,
    Settled,
    events::{PaymentFailed, PaymentSucceeded, PaymentUnknown},
    journal::{self, Transfer},
    order_money, payment,
    quarantine::{self, Reason, Report},
    state::Signal,
    tries, work,
};

/// What is known about a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The call had no answer.
    Unknown,
    /// The provider works on it.
    Pending {
        /// The provider's name for the charge.
        reference: Option<String>,
    },
    /// The provider refused.
    Declined {
        /// Why.
        code: DeclineCode,
        /// The provider's name for the charge.
        reference: Option<String>,
        /// When it decided.
        at: Timestamp,
    },
    /// The provider opened a page on which the card is typed.
    PageOpen(OpenPage),
    /// A card was refused on the provider's page, which stays open for another one.
    TryFailed {
        /// Why.
        code: DeclineCode,
        /// The provider's name for the charge.
        reference: Option<String>,
        /// The provider's name for this one try.
        this_try: String,
        /// When it decided.
        at: Timestamp,
    },
    /// The provider closed its page; nothing was taken, and nothing can be.
    Closed,
    /// The provider took the money.
    Succeeded(Success),
}

impl Outcome {
    /// The provider would not work on it at all.
    #[must_use]
    pub const fn refused(at: Timestamp) -> Self {
        Self::Declined {
            code: DeclineCode::NotProcessed,
            reference: None,
            at,
        }
    }
}

/// Money that a provider took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Success {
    /// The provider's name for the charge.
    pub reference: String,
    /// What was really taken.
    pub amount: Money,
    /// False when no real money moved.
    pub live: bool,
    /// When it was taken.
    pub at: Timestamp,
}

/// What a report did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It moved the payment.
    Applied,
    /// It said what was known.
    Already,
    /// A stronger word stands.
    Superseded,
    /// It did not fit, or its money found the order paid; somebody must look.
    Quarantined,
}

/// A payment after a report, and what the report did to it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The payment as it now stands.
    pub payment: Payment,
    /// What the report did.
    pub effect: Effect,
    /// The refusal that was not known before.
    pub failed: Option<DeclineCode>,
}

impl Recorded {
    /// True when this very report made the order's money complete.
    #[must_use]
    pub fn captured(&self) -> bool {
        self.effect == Effect::Applied && self.payment.settled == Some(Settled::Order)
    }
}

/// Takes in an outcome of a payment; see the module for the rules. Safe to repeat.
///
/// # Errors
/// [`PaymentsError::NotFound`] for an unknown payment. What does not fit is no error but [`Effect::Quarantined`].
pub async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    id: PaymentId,
    outcome: &Outcome,
) -> Result<Recorded, PaymentsError> {
    let order_id = payment::by_id(tx, id).await?.order_id;
    order_money::lock(tx, order_id).await?;
    let known = payment::lock(tx, id).await?;
    let mut failed = None;
    let effect = match outcome {
        Outcome::Unknown => unanswered(tx, ctx, &known).await?,
        Outcome::Pending { reference } => pending(tx, ctx, &known, reference.as_deref()).await?,
        Outcome::PageOpen(page) => page::page_open(tx, ctx, &known, page).await?,
        Outcome::TryFailed {
            code,
            reference,
            this_try,
            at,
        } => {
            let word = (*code, *at);
            match name(tx, ctx, &known, reference.as_deref()).await? {
                Some(effect) => effect,
                None if !tries::keep(tx, id, this_try, word).await? => Effect::Already,
                None => {
                    failed = Some(*code);
                    announce(tx, ctx, &known, *code).await?;
                    page::try_failed(tx, ctx, &known, word).await?
                }
            }
        }
        Outcome::Closed => page::closed(tx, ctx, &known).await?,
        Outcome::Declined {
            code,
            reference,
            at,
        } => {
            // What was refused on a page was announced when it was refused.
            let fresh = known.state.after(Signal::Declined).is_some()
                && tries::last(tx, id).await?.is_none();
            let effect = match name(tx, ctx, &known, reference.as_deref()).await? {
                Some(effect) => effect,
                None => declined(tx, ctx, &known, (*code, *at)).await?,
            };
            if fresh && effect == Effect::Applied {
                failed = Some(*code);
                announce(tx, ctx, &known, *code).await?;
            }
            effect
        }
        Outcome::Succeeded(success) => {
            succeeded(tx, ctx, &known, success, known.provider.account()).await?
        }
    };
    Ok(Recorded {
        payment: payment::by_id(tx, id).await?,
        effect,
        failed,
    })
}

async fn unanswered(tx: &mut Tx, ctx: &Ctx, known: &Payment) -> Result<Effect, PaymentsError> {
    let Some(next) = known.state.after(Signal::Unanswered) else {
        return Ok(if known.state == PaymentState::Unknown {
            Effect::Already
        } else {
            Effect::Superseded
        });
    };
    move_to(tx, ctx, known, next).await?;
    let unknown = PaymentUnknown {
        payment_id: known.id,
        method: known.method,
        amount: known.amount,
    };
    events::emit(
        tx,
        ctx,
        Event::new(kernel::event::PAYMENT_UNKNOWN, &unknown).about(known.order_id),
    )
    .await?;
    work::ask_later(tx, ctx, known.id, 0).await?;
    Ok(Effect::Applied)
}

async fn pending(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    reference: Option<&str>,
) -> Result<Effect, PaymentsError> {
    if let Some(effect) = name(tx, ctx, known, reference).await? {
        return Ok(effect);
    }
    let Some(next) = known.state.after(Signal::Pending) else {
        return Ok(if known.state == PaymentState::Pending {
            Effect::Already
        } else {
            Effect::Superseded
        });
    };
    move_to(tx, ctx, known, next).await?;
    if known.provider.answers() {
        work::ask_later(tx, ctx, known.id, 0).await?;
    }
    Ok(Effect::Applied)
}

async fn declined(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    (code, at): (DeclineCode, Timestamp),
) -> Result<Effect, PaymentsError> {
    // Of several refusals the provider's last one counts, also when it arrives first.
    let newer = known
        .decided_at
        .is_none_or(|before| (at, Some(code)) > (before, known.decline_code));
    let fresh = known.state.after(Signal::Declined).is_some();
    if !fresh && known.state != PaymentState::Declined {
        return Ok(Effect::Superseded);
    }
    if !fresh && !newer {
        let same = (known.decided_at, known.decline_code) == (Some(at), Some(code));
        return Ok(if same {
            Effect::Already
        } else {
            Effect::Superseded
        });
    }
    let sql = "UPDATE payments SET state = 'declined', decline_code = $2, decided_at = $3, updated_at = $4 WHERE id = $1 AND state = $5";
    tx.execute_one(sql, params![known.id, code, at, ctx.now(), known.state])
        .await?;
    Ok(Effect::Applied)
}

async fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    code: DeclineCode,
) -> Result<(), DbError> {
    let failed = PaymentFailed {
        payment_id: known.id,
        method: known.method,
        amount: known.amount,
        decline_code: code,
    };
    let event = Event::new(kernel::event::PAYMENT_FAILED, &failed).about(known.order_id);
    events::emit(tx, ctx, event).await
}

/// Takes in money. `from` is the account that is debited: the provider's, or suspense for a matched bank receipt.
pub(crate) async fn succeeded(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    success: &Success,
    from: Account,
) -> Result<Effect, PaymentsError> {
    let effect_key = charge_key(known, &success.reference);
    let named = known.provider_ref.as_deref();
    let said_before = known.state == PaymentState::Succeeded
        && named == Some(&success.reference)
        && known.amount == success.amount;
    if said_before && known.live == success.live {
        return Ok(Effect::Already);
    }
    let posted = journal::by_effect(tx, &effect_key).await?;
    let misfit = if success.live != known.live {
        Some((Reason::WrongMode, false))
    } else if is_foreign(tx, known, &success.reference).await? {
        Some((Reason::ForeignReference, false))
    } else {
        misfit(known, success, posted.as_ref())
    };
    if let Some((reason, with_money)) = misfit {
        let mut report = Report::of(known, reason, &success.reference);
        report.detail = format!(
            "asked {}, told {} (live: {})",
            known.amount, success.amount, success.live
        );
        if with_money {
            post_to_suspense(tx, ctx, known, success, from).await?;
            report.money = Some(success.amount);
        }
        quarantine::put(tx, ctx, report).await?;
        return Ok(Effect::Quarantined);
    }
    capture(tx, ctx, known, success, from).await
}

/// What does not fit, and whether real money came with it that must not be lost. A charge that was posted before is
/// never posted again.
fn misfit(known: &Payment, success: &Success, posted: Option<&Transfer>) -> Option<(Reason, bool)> {
    let reason = if success.amount.currency != known.amount.currency {
        Reason::WrongCurrency
    } else if success.amount != known.amount {
        Reason::WrongAmount
    } else if known
        .provider_ref
        .as_ref()
        .is_some_and(|r| *r != success.reference)
    {
        Reason::SecondCharge
    } else if posted.is_some() {
        Reason::Contradiction
    } else {
        return None;
    };
    let repeats = |p: &Transfer| {
        (p.entry, p.amount, p.order_id)
            == (EntryKind::Overpayment, success.amount, Some(known.order_id))
    };
    match posted {
        None => Some((reason, success.amount.amount > 0)),
        Some(posting) if repeats(posting) && reason != Reason::Contradiction => {
            Some((reason, true))
        }
        Some(_) => Some((Reason::Contradiction, false)),
    }
}

async fn capture(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    success: &Success,
    from: Account,
) -> Result<Effect, PaymentsError> {
    let captured = order_money::capture(tx, known.order_id, success.amount).await?;
    let settled = if captured {
        Settled::Order
    } else {
        Settled::Suspense
    };
    let sql = "UPDATE payments SET state = 'succeeded', settled = $2, provider_ref = $3, decline_code = NULL, decided_at = $4, \
               updated_at = $5 WHERE id = $1 AND state = $6";
    let values = params![
        known.id,
        settled,
        &success.reference,
        success.at,
        ctx.now(),
        known.state
    ];
    tx.execute_one(sql, values).await?;
    if !captured {
        let money = order_money::money_of(tx, known.order_id).await?;
        // The order was paid already, or it costs otherwise than when this was asked for (O5).
        let reason = if money.is_covered() {
            Reason::Overpaid
        } else {
            Reason::WrongAmount
        };
        let mut report = Report::of(known, reason, &success.reference);
        report.detail = format!(
            "{} came, {} is missing",
            success.amount,
            money.outstanding()
        );
        report.money = Some(success.amount);
        post_to_suspense(tx, ctx, known, success, from).await?;
        quarantine::put(tx, ctx, report).await?;
        return Ok(Effect::Quarantined);
    }
    let entry = Entry {
        entry: EntryKind::Capture,
        debit: from,
        credit: Account::CustomerOrders,
        amount: success.amount,
        order_id: Some(known.order_id),
        effect_key: charge_key(known, &success.reference),
        at: None,
    };
    journal::post(tx, ctx, &entry).await?;
    payment::cancel_open(tx, ctx, known.order_id).await?;
    let Payment {
        method,
        provider,
        amount,
        ..
    } = *known;
    let payload = PaymentSucceeded {
        payment_id: known.id,
        method,
        provider,
        amount,
        reference: success.reference.clone(),
    };
    events::emit(
        tx,
        ctx,
        Event::new(kernel::event::PAYMENT_SUCCEEDED, &payload).about(known.order_id),
    )
    .await?;
    Ok(Effect::Applied)
}

async fn post_to_suspense(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    success: &Success,
    from: Account,
) -> Result<(), PaymentsError> {
    let entry = Entry {
        entry: EntryKind::Overpayment,
        debit: from,
        credit: Account::Suspense,
        amount: success.amount,
        order_id: Some(known.order_id),
        effect_key: charge_key(known, &success.reference),
        at: None,
    };
    journal::post(tx, ctx, &entry).await?;
    Ok(())
}

/// One posting per charge of a provider, whoever reports it and however often.
fn charge_key(known: &Payment, reference: &str) -> String {
    format!("charge:{}:{reference}", known.provider)
}

/// Keeps the provider's name for the charge as soon as it is heard. `Some` when the name belongs to another payment.
async fn name(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    reference: Option<&str>,
) -> Result<Option<Effect>, PaymentsError> {
    let Some(reference) = reference.filter(|_| known.provider_ref.is_none()) else {
        return Ok(None);
    };
    if is_foreign(tx, known, reference).await? {
        quarantine::put(
            tx,
            ctx,
            Report::of(known, Reason::ForeignReference, reference),
        )
        .await?;
        return Ok(Some(Effect::Quarantined));
    }
    let sql = "UPDATE payments SET provider_ref = $2 WHERE id = $1 AND provider_ref IS NULL";
    tx.execute_one(sql, params![known.id, reference]).await?;
    Ok(None)
}

/// True when another payment carries this name of the same provider.
async fn is_foreign(tx: &mut Tx, known: &Payment, reference: &str) -> Result<bool, DbError> {
    let sql = "SELECT id FROM payments WHERE provider = $1 AND provider_ref = $2 AND id <> $3";
    Ok(tx
        .row(sql, params![known.provider, reference, known.id])
        .await?
        .is_some())
}

async fn move_to(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    next: PaymentState,
) -> Result<(), DbError> {
    let sql = "UPDATE payments SET state = $2, updated_at = $3 WHERE id = $1 AND state = $4";
    tx.execute_one(sql, params![known.id, next, ctx.now(), known.state])
        .await
}
