//! Background work of payments: calling providers outside any transaction, and taking in what they say.
//!
//! A change of money has consequences in other domains (the order is paid, stock leaves its hold), which must happen in
//! the same transaction. Whoever puts the program together hands them in as [`Consequences`]; [`register`] makes the
//! handlers of them.

mod entrance;

use std::{future::Future, pin::Pin};

use kernel::{OrderId, PaymentId, ProviderEventId, RefundId};
use platform::{
    Ctx, DbError, Tx,
    jobs::{self, Failure, Handlers, JobRun, NewJob},
};
use serde::{Deserialize, Serialize};

use crate::{
    Effect, Outcome, PaymentsError, Provider, Providers, Recorded, Refund, RefundOutcome,
    RefundState, Wish, erasure,
    payment::{self, ChargeRequest},
    provider::{self, Answer, RefundAnswer, RefundCall},
    provider_event::{self, Taken},
    quarantine::{self, QuarantineState},
    reconcile, record, refund,
    stripe::Prepared,
};

pub use entrance::{NotTaken, deliver, deliver_from_stripe, handle_callback};

/// The job that has a card payment charged.
pub const CHARGE: &str = "payments.charge";
/// The job that asks what became of a charge.
pub const QUERY: &str = "payments.query";
/// The job that has a provider's page closed.
pub const CLOSE: &str = "payments.close";
/// The job that has money given back.
pub const REFUND: &str = "payments.refund";
/// The job that has quarantined money given back.
pub const RETURN: &str = "payments.return";
/// The job that takes in a stored message of a provider.
pub const EVENT: &str = "payments.event";
/// The job that asks about payments without an outcome; fired by a schedule.
pub const SWEEP: &str = "payments.sweep";
/// The job that compares a provider's books with ours; fired by a schedule.
pub const RECONCILE: &str = "payments.reconcile";
/// The demo provider's job that delivers a message to the shop.
pub const CALLBACK: &str = "demo_card.callback";

/// The first pause before asking about a charge, in seconds; it doubles up to an hour.
const FIRST_PAUSE: i64 = 5;
/// How often a charge is asked about before only the sweep asks again.
const ROUNDS: u32 = 16;
/// A payment without news for this long is swept, in seconds.
const STUCK: i64 = 2 * 3_600;

/// Payload of [`CHARGE`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ChargeJob {
    pub(crate) payment_id: PaymentId,
    pub(crate) wish: Wish,
}

/// Payload of [`CLOSE`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CloseJob {
    pub(crate) payment_id: PaymentId,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct QueryJob {
    payment_id: PaymentId,
    round: u32,
}

/// Payload of [`REFUND`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefundJob {
    pub(crate) refund_id: RefundId,
}

/// Payload of [`RETURN`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReturnJob {
    pub(crate) quarantine_id: String,
}

/// Payload of [`EVENT`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventJob {
    pub(crate) event_id: ProviderEventId,
}

/// Payload of [`CALLBACK`]: the body; it is signed when it leaves.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CallbackJob {
    pub(crate) raw: String,
}

/// Something that happened to an order's money.
#[derive(Debug, Clone)]
pub enum Change {
    /// A report about a payment moved it, or was quarantined.
    Payment(Recorded),
    /// A refund ended.
    Refund(Refund),
}

impl Change {
    /// The order whose money it is.
    #[must_use]
    pub const fn order_id(&self) -> OrderId {
        match self {
            Self::Payment(recorded) => recorded.payment.order_id,
            Self::Refund(refund) => refund.order_id,
        }
    }
}

/// A step of a flow inside a transaction.
pub type Step<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + 'a>>;

/// What else happens in the transaction that takes in a change of money.
#[derive(Clone, Copy)]
pub struct Consequences {
    /// Runs before anything about the order's money is locked: locks the order's own row.
    pub lock: for<'a> fn(&'a mut Tx, &'a Ctx, OrderId) -> Step<'a>,
    /// Runs after a change was taken in; a report that only repeats what is known is no change.
    pub follow: for<'a> fn(&'a mut Tx, &'a Ctx, &'a Change) -> Step<'a>,
}

impl Consequences {
    /// Nothing else happens.
    pub const NONE: Self = Self {
        lock: |_, _, _| Box::pin(async { Ok(()) }),
        follow: |_, _, _| Box::pin(async { Ok(()) }),
    };
}

/// Registers the handlers of all kinds of this domain.
pub fn register(handlers: &mut Handlers, then: Consequences, providers: &Providers) {
    let with = || providers.clone();
    let to = with();
    handlers.on(CHARGE, move |ctx, run| {
        handle_charge(ctx, run, then, to.clone())
    });
    let to = with();
    handlers.on(QUERY, move |ctx, run| {
        handle_query(ctx, run, then, to.clone())
    });
    let to = with();
    handlers.on(CLOSE, move |ctx, run| {
        handle_close(ctx, run, then, to.clone())
    });
    let to = with();
    handlers.on(REFUND, move |ctx, run| {
        handle_refund(ctx, run, then, to.clone())
    });
    let to = with();
    handlers.on(RETURN, move |ctx, run| handle_return(ctx, run, to.clone()));
    handlers.on(EVENT, move |ctx, run| handle_event(ctx, run, then));
    handlers.on(SWEEP, handle_sweep);
    let to = with();
    handlers.on(RECONCILE, move |ctx, _| {
        let to = to.clone();
        async move {
            if let Some(stripe) = &to.stripe {
                let until = ctx.now().plus_seconds(-reconcile::YOUNG);
                reconcile::stripe(&ctx, stripe, until).await?;
            }
            Ok(())
        }
    });
    handlers.on(CALLBACK, handle_callback);
    let to = with();
    handlers.on(erasure::FORGET, move |ctx, run| {
        erasure::handle_forget(ctx, run, to.clone())
    });
}

/// [`CHARGE`]: marks the payment as sent, calls the provider, takes in its answer. A repeated run calls with the same
/// key (P5); silence leaves the payment unknown (P6).
async fn handle_charge(
    ctx: Ctx,
    run: JobRun,
    then: Consequences,
    providers: Providers,
) -> Result<(), Failure> {
    let ChargeJob { payment_id, wish } = run.payload()?;
    let sent = ctx
        .write(async move |tx, ctx| payment::send(tx, ctx, payment_id, wish.clone()).await)
        .await?;
    let Some(request) = sent else { return Ok(()) };
    let known = ctx
        .read(async move |rx, _| payment::by_id(rx, payment_id).await)
        .await?;
    let outcome = ask_to_charge(&ctx, &providers, known.provider, request).await?;
    ctx.write(async move |tx, ctx| {
        take_in(tx, ctx, payment_id, &outcome, then).await?;
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}

/// The name that a charge gets is noted before the charge itself is asked for: whoever repeats this names the same one.
async fn ask_to_charge(
    ctx: &Ctx,
    providers: &Providers,
    provider: Provider,
    mut request: ChargeRequest,
) -> Result<Outcome, Failure> {
    match provider::prepare(ctx, providers, provider, &request).await? {
        Prepared::Nothing => {}
        Prepared::Over(outcome) => return Ok(outcome),
        Prepared::Silence => return Ok(Outcome::Unknown),
        Prepared::Named(name) => {
            let (id, noted) = (request.payment_id, name.clone());
            ctx.write(async move |tx, _| payment::named(tx, id, &noted).await)
                .await?;
            request.reference = Some(name);
        }
    }
    let answer = provider::charge(ctx, providers, provider, &request).await?;
    Ok(answer.outcome())
}

/// [`QUERY`]: asks what became of a charge; while the provider still works on it, asks again later.
async fn handle_query(
    ctx: Ctx,
    run: JobRun,
    then: Consequences,
    providers: Providers,
) -> Result<(), Failure> {
    let QueryJob { payment_id, round } = run.payload()?;
    let (known, request) = asked(&ctx, payment_id).await?;
    if !known.is_under_way() {
        return Ok(());
    }
    let answer = provider::query(&ctx, &providers, &known, request.as_ref()).await?;
    ctx.write(async move |tx, ctx| {
        let mut ask_again = true;
        if let Answer::Said(outcome) = &answer {
            let recorded = take_in(tx, ctx, payment_id, outcome, then).await?;
            ask_again = recorded.payment.is_under_way() && recorded.effect != Effect::Quarantined;
        }
        if ask_again {
            ask_later(tx, ctx, payment_id, round.saturating_add(1)).await?;
        }
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}

/// A payment and what was sent for it.
async fn asked(
    ctx: &Ctx,
    id: PaymentId,
) -> Result<(payment::Payment, Option<ChargeRequest>), PaymentsError> {
    ctx.read(async move |rx, _| {
        let known = payment::by_id(rx, id).await?;
        Ok((known, payment::sent_request(rx, id).await?))
    })
    .await
}

/// [`CLOSE`]: has the page of a payment closed. Where a card was charged on it meanwhile, that counts.
async fn handle_close(
    ctx: Ctx,
    run: JobRun,
    then: Consequences,
    providers: Providers,
) -> Result<(), Failure> {
    let CloseJob { payment_id } = run.payload()?;
    let (known, request) = asked(&ctx, payment_id).await?;
    if !known.is_under_way() {
        return Ok(());
    }
    let Answer::Said(outcome) = provider::close(&ctx, &providers, &known, request.as_ref()).await?
    else {
        return Err(Failure::Retry("no answer about closing a page".into()));
    };
    ctx.write(async move |tx, ctx| {
        take_in(tx, ctx, payment_id, &outcome, then).await?;
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}

/// Records an outcome and its consequences. For flows that hear of an outcome otherwise than by a job, too: cash that a
/// courier brought, a receipt that staff matched.
///
/// # Errors
/// As [`record::record`], and whatever the consequences say.
pub async fn take_in(
    tx: &mut Tx,
    ctx: &Ctx,
    payment_id: PaymentId,
    outcome: &Outcome,
    then: Consequences,
) -> Result<Recorded, Failure> {
    let order_id = payment::by_id(tx, payment_id).await?.order_id;
    (then.lock)(tx, ctx, order_id).await?;
    let recorded = record::record(tx, ctx, payment_id, outcome).await?;
    follow(tx, ctx, &recorded, then).await?;
    Ok(recorded)
}

/// A report that changed nothing has no consequences.
async fn follow(
    tx: &mut Tx,
    ctx: &Ctx,
    recorded: &Recorded,
    then: Consequences,
) -> Result<(), Failure> {
    match recorded.effect {
        Effect::Applied | Effect::Quarantined => {
            (then.follow)(tx, ctx, &Change::Payment(recorded.clone())).await
        }
        Effect::Already | Effect::Superseded => Ok(()),
    }
}

/// Queues the question what became of a charge. Each round of a payment is asked once.
pub(crate) async fn ask_later(
    tx: &mut Tx,
    ctx: &Ctx,
    payment_id: PaymentId,
    round: u32,
) -> Result<(), DbError> {
    if round >= ROUNDS {
        return Ok(());
    }
    let pause = (FIRST_PAUSE << round.min(10)).min(3_600);
    let job =
        NewJob::new(QUERY, &QueryJob { payment_id, round }).unique(format!("{payment_id}:{round}"));
    jobs::enqueue(tx, ctx, job.at(ctx.now().plus_seconds(pause))).await?;
    Ok(())
}

/// Has a payment asked about at once, as when its shopper comes back from the provider's page. At most once a second,
/// however often it is called.
///
/// # Errors
/// Whatever the database says.
pub async fn ask_now(tx: &mut Tx, ctx: &Ctx, payment_id: PaymentId) -> Result<(), DbError> {
    let second = ctx.now().micros() / 1_000_000;
    let question = QueryJob {
        payment_id,
        round: ROUNDS,
    };
    let job = NewJob::new(QUERY, &question).unique(format!("{payment_id}:back:{second}"));
    jobs::enqueue(tx, ctx, job).await?;
    Ok(())
}

/// [`SWEEP`]: asks about every payment that has had no news for long, so that none is forgotten (P10).
///
/// # Errors
/// [`Failure::Retry`] when the database failed.
pub async fn handle_sweep(ctx: Ctx, run: JobRun) -> Result<(), Failure> {
    ctx.write(async move |tx, ctx| {
        let now = ctx.now();
        for stuck in payment::stuck(tx, now.plus_seconds(-STUCK), 500).await? {
            let key = format!("{}:sweep:{}", stuck.id, now.micros());
            let question = QueryJob {
                payment_id: stuck.id,
                round: ROUNDS,
            };
            jobs::enqueue(tx, ctx, NewJob::new(QUERY, &question).unique(key)).await?;
        }
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}

/// [`EVENT`]: takes in a stored message of a provider.
///
/// # Errors
/// [`Failure::Retry`] when the database failed.
pub async fn handle_event(ctx: Ctx, run: JobRun, then: Consequences) -> Result<(), Failure> {
    let EventJob { event_id } = run.payload()?;
    ctx.write(async move |tx, ctx| {
        if let Some(order_id) = provider_event::order_of(tx, event_id).await? {
            (then.lock)(tx, ctx, order_id).await?;
        }
        let last_time = run.attempt >= run.max_attempts;
        match provider_event::apply(tx, ctx, event_id, last_time).await? {
            Taken::Change(change) => match *change {
                Change::Payment(recorded) => follow(tx, ctx, &recorded, then).await?,
                change @ Change::Refund(_) => (then.follow)(tx, ctx, &change).await?,
            },
            Taken::Nothing => {}
            Taken::TooEarly => {
                return Err(Failure::Retry("its charge is not known here yet".into()));
            }
        }
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}

/// [`REFUND`]: asks the provider to give money back, under the refund's own key.
async fn handle_refund(
    ctx: Ctx,
    run: JobRun,
    then: Consequences,
    providers: Providers,
) -> Result<(), Failure> {
    let RefundJob { refund_id } = run.payload()?;
    let (asked, paid) = ctx
        .read(async move |rx, _| {
            let asked = refund::by_id(rx, refund_id).await?;
            let paid = payment::by_id(rx, asked.payment_id).await?;
            Ok::<_, PaymentsError>((asked, paid))
        })
        .await?;
    if asked.state != RefundState::Pending {
        return Ok(());
    }
    let reference = paid
        .provider_ref
        .ok_or_else(|| Failure::Permanent("the payment has no reference".into()))?;
    let call = RefundCall {
        idempotency_key: refund_id.to_string(),
        reference,
        amount: asked.amount,
    };
    let outcome = match provider::refund(&ctx, &providers, paid.provider, &call).await? {
        RefundAnswer::Done(reference) => RefundOutcome::Succeeded { reference },
        RefundAnswer::Refused(why) => RefundOutcome::Failed { why },
    };
    ctx.write(async move |tx, ctx| {
        (then.lock)(tx, ctx, asked.order_id).await?;
        if refund::settle(tx, ctx, refund_id, &outcome).await? {
            let change = Change::Refund(refund::by_id(tx, refund_id).await?);
            (then.follow)(tx, ctx, &change).await?;
        }
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}

/// [`RETURN`]: asks the provider to give quarantined money back, under the report's own key.
///
/// # Errors
/// [`Failure::Retry`] when the database or the way to the provider failed; [`Failure::Permanent`] when the provider
/// refuses, for somebody to look at.
async fn handle_return(ctx: Ctx, run: JobRun, providers: Providers) -> Result<(), Failure> {
    let ReturnJob { quarantine_id } = run.payload()?;
    let name = quarantine_id.clone();
    let report = ctx
        .read(async move |rx, _| quarantine::by_id(rx, &name).await)
        .await?;
    if report.state != QuarantineState::Returning {
        return Ok(());
    }
    let (Some(reference), Some(amount)) = (report.reference, report.amount) else {
        return Err(Failure::Permanent("no money to give back".into()));
    };
    let call = RefundCall {
        idempotency_key: format!("return_{quarantine_id}"),
        reference,
        amount,
    };
    if let RefundAnswer::Refused(why) =
        provider::refund(&ctx, &providers, report.provider, &call).await?
    {
        return Err(Failure::Permanent(why));
    }
    ctx.write(async move |tx, ctx| {
        quarantine::returned(tx, ctx, &quarantine_id).await?;
        Ok(run.complete(tx, ctx).await?)
    })
    .await
}
