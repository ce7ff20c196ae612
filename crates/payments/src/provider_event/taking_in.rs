//! What the background does with a stored message: whom it is about, whether it fits, and what it changes.

use kernel::{OrderId, PaymentId, ProviderEventId};
use platform::{Ctx, DbError, Rx, Tx, params};

use super::{EventOutcome, ProviderEvent, ProviderEventKind, Told, finish};
use crate::{
    Account, Change, Effect, Entry, EntryKind, Payment, PaymentState, PaymentsError, Provider,
    dispute::{self, ToldDispute},
    journal, payment,
    quarantine::{self, Reason, Report},
    record,
    refund::{self, ToldRefund},
    settings,
    stripe::message::Envelope,
};

/// A stored message, read by the rules of its provider.
async fn read(rx: &mut Rx, id: ProviderEventId) -> Result<(Provider, EventOutcome, Told), DbError> {
    let row = rx
        .one(
            "SELECT id, provider, outcome, raw FROM provider_events WHERE id = $1",
            params![id],
        )
        .await?;
    let provider: Provider = row.parse("provider")?;
    let told = if provider == Provider::Stripe {
        let raw: String = row.get("raw")?;
        Envelope::read(raw.as_bytes()).map_or(Told::Nothing, |envelope| envelope.told())
    } else {
        Told::Charge(row.json("raw")?)
    };
    Ok((provider, row.parse("outcome")?, told))
}

/// The payment that a message is about: the one it names, or the one whose charge it names.
async fn about(rx: &mut Rx, provider: Provider, told: &Told) -> Result<Option<PaymentId>, DbError> {
    match told {
        Told::Charge(event) => known_payment(rx, provider, &event.payment).await,
        Told::Refund(ToldRefund { charge, .. }) | Told::Dispute(ToldDispute { charge, .. }) => {
            let sql = "SELECT id FROM payments WHERE provider = $1 AND provider_ref = $2";
            let row = rx.row(sql, params![provider, charge]).await?;
            row.map(|row| row.get("id")).transpose()
        }
        Told::Nothing => Ok(None),
    }
}

/// The order that a stored message is about, so that a flow can lock it first; `None` when the message names no payment
/// of ours.
///
/// # Errors
/// Whatever the database says.
pub async fn order_of(rx: &mut Rx, id: ProviderEventId) -> Result<Option<OrderId>, DbError> {
    let (provider, _, told) = read(rx, id).await?;
    let Some(payment) = about(rx, provider, &told).await? else {
        return Ok(None);
    };
    let found = rx
        .row(
            "SELECT order_id FROM payments WHERE id = $1",
            params![payment],
        )
        .await?;
    found.map(|row| row.get("order_id")).transpose()
}

/// What came of taking in a message.
#[derive(Debug, Clone)]
pub enum Taken {
    /// It changed something about an order's money.
    Change(Box<Change>),
    /// It changed nothing, or was taken in before.
    Nothing,
    /// It is about a charge that is not known here yet; the message about that is still on its way (P1).
    TooEarly,
}

/// Takes in a stored message. `last_time` says that nobody will try again: what is still too early is quarantined then.
///
/// # Errors
/// Whatever the database says; nothing that a message can contain is an error.
pub async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProviderEventId,
    last_time: bool,
) -> Result<Taken, PaymentsError> {
    let (provider, outcome, told) = read(tx, id).await?;
    if outcome != EventOutcome::Received {
        return Ok(Taken::Nothing);
    }
    let found = about(tx, provider, &told).await?;
    let (end, change) = match &told {
        Told::Nothing => (End::ignored("not_needed"), None),
        Told::Charge(event) => charge(tx, ctx, provider, event, found).await?,
        Told::Refund(ToldRefund { reference, .. })
        | Told::Dispute(ToldDispute { reference, .. }) => {
            let payment = match found {
                Some(id) => Some(payment::by_id(tx, id).await?),
                None => None,
            };
            let taken = payment.filter(|p| p.state == PaymentState::Succeeded);
            match (taken, &told) {
                (Some(payment), Told::Refund(told)) => {
                    let ended = refund::told(tx, ctx, &payment, told).await?;
                    let end = if ended.is_some() {
                        End::applied()
                    } else {
                        End::ignored("already")
                    };
                    (end, ended.map(Change::Refund))
                }
                (Some(payment), Told::Dispute(told)) => {
                    (dispute_of(tx, ctx, &payment, told).await?, None)
                }
                _ if !last_time => return Ok(Taken::TooEarly),
                _ => (lost(tx, ctx, provider, reference, &told).await?, None),
            }
        }
    };
    finish(tx, id, end.outcome, end.reason, found).await?;
    Ok(change.map_or(Taken::Nothing, |change| Taken::Change(Box::new(change))))
}

/// A refund or a dispute of a charge that nobody here ever heard of.
async fn lost(
    tx: &mut Tx,
    ctx: &Ctx,
    provider: Provider,
    reference: &str,
    told: &Told,
) -> Result<End, PaymentsError> {
    let report = Report {
        provider,
        payment_id: None,
        order_id: None,
        reference: Some(reference.to_owned()),
        reason: Reason::UnknownPayment,
        detail: format!("{told:?}").chars().take(500).collect(),
        money: None,
    };
    quarantine::put(tx, ctx, report).await?;
    Ok(End::quarantined(Reason::UnknownPayment.code()))
}

/// How taking in a message ended.
struct End {
    outcome: EventOutcome,
    reason: Option<&'static str>,
}

impl End {
    const fn applied() -> Self {
        Self {
            outcome: EventOutcome::Applied,
            reason: None,
        }
    }

    const fn ignored(reason: &'static str) -> Self {
        Self {
            outcome: EventOutcome::Ignored,
            reason: Some(reason),
        }
    }

    const fn quarantined(reason: &'static str) -> Self {
        Self {
            outcome: EventOutcome::Quarantined,
            reason: Some(reason),
        }
    }
}

async fn charge(
    tx: &mut Tx,
    ctx: &Ctx,
    provider: Provider,
    event: &ProviderEvent,
    found: Option<PaymentId>,
) -> Result<(End, Option<Change>), PaymentsError> {
    let merchant = crate::provider::merchant(tx, provider).await?;
    let misfit = if event.merchant == merchant {
        found.is_none().then_some(Reason::UnknownPayment)
    } else {
        Some(Reason::WrongMerchant)
    };
    if provider == Provider::Stripe && found.is_none() && event.kind != ProviderEventKind::Succeeded
    {
        // The account may serve others too; only money that came and fits nothing is our concern.
        return Ok((End::ignored("not_needed"), None));
    }
    if let Some(reason) = misfit {
        refuse(tx, ctx, provider, event, reason).await?;
        return Ok((End::quarantined(reason.code()), None));
    }
    let Some(payment) = found else {
        return Ok((End::ignored("not_needed"), None));
    };
    let on_page = payment::by_id(tx, payment).await?.page.is_some();
    let recorded = record::record(tx, ctx, payment, &event.outcome(on_page)).await?;
    let end = match recorded.effect {
        Effect::Applied => End::applied(),
        Effect::Already => End::ignored("already"),
        Effect::Superseded => End::ignored("superseded"),
        Effect::Quarantined => End::quarantined("misfit"),
    };
    Ok((end, Some(Change::Payment(recorded))))
}

/// A dispute of the other mode is nobody's money (P3).
async fn dispute_of(
    tx: &mut Tx,
    ctx: &Ctx,
    payment: &Payment,
    told: &ToldDispute,
) -> Result<End, PaymentsError> {
    let reason = if told.live != payment.live {
        Reason::WrongMode
    } else if told.amount.currency != payment.amount.currency {
        Reason::WrongCurrency
    } else {
        let fresh = dispute::take_in(tx, ctx, payment, told).await?;
        return Ok(if fresh {
            End::applied()
        } else {
            End::ignored("superseded")
        });
    };
    let mut report = Report::of(payment, reason, &told.reference);
    report.detail = format!("dispute of {}", told.amount);
    quarantine::put(tx, ctx, report).await?;
    Ok(End::quarantined(reason.code()))
}

async fn known_payment(
    rx: &mut Rx,
    provider: Provider,
    name: &str,
) -> Result<Option<PaymentId>, DbError> {
    let Ok(id) = name.parse::<PaymentId>() else {
        return Ok(None);
    };
    let sql = "SELECT id FROM payments WHERE id = $1 AND provider = $2";
    Ok(rx.row(sql, params![id, provider]).await?.map(|_| id))
}

/// Quarantines a message that names no payment of ours. Real money of our own account lies in suspense from then on.
async fn refuse(
    tx: &mut Tx,
    ctx: &Ctx,
    provider: Provider,
    event: &ProviderEvent,
    reason: Reason,
) -> Result<(), PaymentsError> {
    let ours =
        reason == Reason::UnknownPayment && event.live != settings::load(tx).await?.test_mode;
    let effect_key = format!("charge:{provider}:{}", event.reference);
    let fresh = journal::by_effect(tx, &effect_key).await?.is_none();
    let with_money =
        ours && fresh && event.kind == ProviderEventKind::Succeeded && event.amount.amount > 0;
    if with_money {
        let entry = Entry {
            entry: EntryKind::Overpayment,
            debit: provider.account(),
            credit: Account::Suspense,
            amount: event.amount,
            order_id: None,
            effect_key,
            at: None,
        };
        journal::post(tx, ctx, &entry).await?;
    }
    let report = Report {
        provider,
        payment_id: None,
        order_id: None,
        reference: Some(event.reference.clone()),
        reason,
        detail: format!(
            "{}: {} for {:?} of {:?}",
            event.id, event.kind, event.payment, event.merchant
        ),
        money: with_money.then_some(event.amount),
    };
    quarantine::put(tx, ctx, report).await
}
