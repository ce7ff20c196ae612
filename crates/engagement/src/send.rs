//! The job that sends messages: claim, render, hand over, record (M1).
//!
//! The claim is committed before anything leaves the house. When the mail server certainly did not take a letter, the
//! message goes back to the queue; when nobody can know, it becomes unknown and stays so. Letters that wait together
//! are claimed together, and those that have left meanwhile are recorded together.

use std::{collections::HashMap, panic::AssertUnwindSafe, time::Duration};

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use kernel::{Email, Locale, MessageId};
use platform::{
    Ctx, DbError,
    jobs::{Failure, Handlers, JobRun},
};
use tokio::sync::Semaphore;

use crate::{
    Letter, Mailer, MessageKind, MessageState, NotSent, erasure,
    message::{self, Claimed, JOB, Send},
    template::{self, Template},
};

/// Letters that are claimed together at most.
const TOGETHER: usize = 64;
/// Letters that are on their way to the mail server at once.
const AT_ONCE: usize = 8;
/// How often a result is offered to a database that does not take it.
const TRIES: u32 = 5;

/// Registers the sending job.
pub fn register(handlers: &mut Handlers, mailer: Mailer) {
    let copies = mailer.clone();
    handlers.on(erasure::FORGET, move |_, run| {
        erasure::handle_forget(run, copies.clone())
    });
    handlers.on_many(JOB, TOGETHER, move |ctx, runs| {
        let mailer = mailer.clone();
        async move { send(&ctx, &runs, &mailer).await }
    });
}

type Words = HashMap<(MessageKind, Locale), Template>;
type Outcome = Result<(), Failure>;

/// Sends the messages of these runs and tells what became of each run, in their order.
async fn send(ctx: &Ctx, runs: &[JobRun], mailer: &Mailer) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = vec![Ok(()); runs.len()];
    let mut places: HashMap<MessageId, usize> = HashMap::new();
    for (place, run) in runs.iter().enumerate() {
        match run.payload::<Send>() {
            Ok(Send { message_id }) => drop(places.insert(message_id, place)),
            Err(failure) => set(&mut outcomes, place, Err(failure)),
        }
    }
    let wanted = places
        .iter()
        .filter_map(|(id, place)| Some((*id, runs.get(*place)?.fence)));
    let mut claimed = Vec::with_capacity(runs.len());
    for (wanted, done) in all_or_each(wanted.collect(), |wanted| claim(ctx, wanted)).await {
        match done {
            Ok(some) => claimed.extend(some),
            Err(error) => {
                let failure = Failure::from(error);
                let of = wanted.iter().filter_map(|(id, _)| places.get(id));
                of.for_each(|place| set(&mut outcomes, *place, Err(failure.clone())));
            }
        }
    }
    let words = words(ctx, &claimed).await;
    let gate = Semaphore::new(AT_ONCE);
    let letters = FuturesUnordered::new();
    for claimed in claimed {
        let place = places.get(&claimed.message.id).copied();
        if let Some((place, run)) = place.and_then(|place| Some((place, runs.get(place)?))) {
            let carrier = Carrier {
                ctx,
                words: &words,
                mailer,
                gate: &gate,
            };
            letters.push(carrier.deliver(place, run, claimed));
        }
    }
    let mut letters = letters.ready_chunks(TOGETHER);
    while let Some(ended) = letters.next().await {
        let mut left = Vec::new();
        for (place, end) in ended {
            match end {
                End::Left(letter) => left.push((place, letter)),
                End::Settled(outcome) => set(&mut outcomes, place, outcome),
            }
        }
        for (left, done) in all_or_each(left, |left| record(ctx, runs, left)).await {
            let outcome = done.map_err(Failure::from);
            for (place, _) in left {
                set(&mut outcomes, place, outcome.clone());
            }
        }
    }
    outcomes
}

fn set(outcomes: &mut [Outcome], place: usize, outcome: Outcome) {
    if let Some(slot) = outcomes.get_mut(place) {
        *slot = outcome;
    }
}

/// Does something for all at once, or for one after the other where one of them is not as it should be, so that it holds
/// up no other (J6). Whom each result is for stands beside it.
async fn all_or_each<T, R, F>(
    all: Vec<T>,
    work: impl Fn(Vec<T>) -> F,
) -> Vec<(Vec<T>, Result<R, DbError>)>
where
    T: Clone,
    F: Future<Output = Result<R, DbError>>,
{
    let done = work(all.clone()).await;
    let odd = matches!(
        done,
        Err(DbError::Inconsistent { .. } | DbError::RowCount { .. })
    );
    if !odd || all.len() < 2 {
        return vec![(all, done)];
    }
    let mut each = Vec::with_capacity(all.len());
    for one in all {
        let one = vec![one];
        let done = work(one.clone()).await;
        each.push((one, done));
    }
    each
}

async fn claim(ctx: &Ctx, wanted: Vec<(MessageId, i64)>) -> Result<Vec<Claimed>, DbError> {
    ctx.write(async move |tx, ctx| message::claim(tx, ctx, &wanted).await)
        .await
}

/// The words of every kind and language among these messages.
async fn words(ctx: &Ctx, claimed: &[Claimed]) -> Words {
    let mut wanted: Vec<_> = claimed
        .iter()
        .map(|c| (c.message.kind, c.message.locale))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let asked = wanted.clone();
    let loaded = ctx
        .read(async move |rx, _| {
            let mut words = Words::new();
            for (kind, locale) in asked {
                words.insert((kind, locale), template::load(rx, kind, locale).await?);
            }
            Ok(words)
        })
        .await;
    loaded.unwrap_or_else(|error: DbError| {
        tracing::warn!(%error, "the shop's own words cannot be read");
        let default = |(kind, locale)| ((kind, locale), template::default(kind, locale));
        wanted.into_iter().map(default).collect()
    })
}

/// A letter that has left, and is not recorded yet.
#[derive(Clone)]
struct Left {
    claimed: Claimed,
    subject: String,
}

/// How the sending of a message ended.
enum End {
    /// The mail server took it.
    Left(Left),
    /// It did not leave, or nobody knows, and that is on record.
    Settled(Outcome),
}

/// What the letters of one batch share.
struct Carrier<'a> {
    ctx: &'a Ctx,
    words: &'a Words,
    mailer: &'a Mailer,
    gate: &'a Semaphore,
}

impl Carrier<'_> {
    async fn deliver(self, place: usize, run: &JobRun, claimed: Claimed) -> (usize, End) {
        let _place = self.gate.acquire().await;
        // A letter that makes us panic takes no other with it.
        let attempt = AssertUnwindSafe(self.attempt(run, claimed)).catch_unwind();
        let panicked = |_| End::Settled(Err(Failure::Retry("the handler panicked".into())));
        (place, attempt.await.unwrap_or_else(panicked))
    }

    async fn attempt(self, run: &JobRun, claimed: Claimed) -> End {
        let Self {
            ctx, words, mailer, ..
        } = self;
        let letter = match letter(ctx, &claimed, words) {
            Ok(letter) => letter,
            Err(reason) => {
                let settled = settle(ctx, &claimed, MessageState::Failed, &reason).await;
                return End::Settled(settled.and(Err(Failure::Permanent(reason))));
            }
        };
        match mailer.send(&letter).await {
            Ok(()) => End::Left(Left {
                claimed,
                subject: letter.subject,
            }),
            Err(NotSent::Unknown(reason)) => {
                End::Settled(settle(ctx, &claimed, MessageState::Unknown, &reason).await)
            }
            Err(NotSent::Refused { permanent, reason }) => {
                let last = permanent || run.attempt >= run.max_attempts;
                let state = if last {
                    MessageState::Failed
                } else {
                    MessageState::Queued
                };
                let settled = settle(ctx, &claimed, state, &reason).await;
                End::Settled(settled.and(Err(if permanent {
                    Failure::Permanent(reason)
                } else {
                    Failure::Retry(reason)
                })))
            }
        }
    }
}

fn letter(ctx: &Ctx, claimed: &Claimed, words: &Words) -> Result<Letter, String> {
    let Claimed {
        message, content, ..
    } = claimed;
    let words = words
        .get(&(message.kind, message.locale))
        .ok_or("there are no words for it")?;
    let rendered =
        template::render(words, content, ctx.zone()).map_err(|error| error.to_string())?;
    let shop = content.shop();
    Ok(Letter {
        id: message.id,
        to: Email::parse(&message.recipient).map_err(|error| error.to_string())?,
        from: shop
            .from
            .as_deref()
            .and_then(|text| Email::parse(text).ok()),
        sender_name: shop.sender.as_ref().unwrap_or(&shop.name).clone(),
        reply_to: [&shop.reply_to, &shop.email]
            .into_iter()
            .flatten()
            .find_map(|text| Email::parse(text).ok()),
        subject: rendered.subject,
        html: rendered.html,
        text: rendered.text,
        at: ctx.now(),
    })
}

/// Records letters that have left, and their jobs with them.
async fn record(ctx: &Ctx, runs: &[JobRun], left: Vec<(usize, Left)>) -> Result<(), DbError> {
    if left.is_empty() {
        return Ok(());
    }
    let runs = left
        .iter()
        .filter_map(|(place, _)| runs.get(*place).cloned());
    let runs: Vec<JobRun> = runs.collect();
    let letters: Vec<Left> = left.into_iter().map(|(_, left)| left).collect();
    insist(|| {
        let (ctx, runs, letters) = (ctx.clone(), runs.clone(), letters.clone());
        async move {
            let record = ctx.write(async move |tx, ctx| {
                let letters = letters
                    .iter()
                    .map(|left| (&left.claimed, left.subject.as_str()));
                let letters: Vec<_> = letters.collect();
                message::sent(tx, ctx, &letters).await?;
                JobRun::complete_held(tx, ctx, &runs).await
            });
            record.await
        }
    })
    .await
}

/// Records that a message did not leave, or that nobody knows.
async fn settle(ctx: &Ctx, claimed: &Claimed, state: MessageState, reason: &str) -> Outcome {
    let settled = insist(|| {
        let (ctx, claimed, reason) = (ctx.clone(), claimed.clone(), reason.to_owned());
        async move {
            let record = ctx.write(async move |tx, ctx| {
                message::not_sent(tx, ctx, &claimed, (state, &reason)).await
            });
            record.await
        }
    });
    Ok(settled.await?)
}

/// Offers a result to the database several times: what has left the house should be on record.
async fn insist<F>(mut write: impl FnMut() -> F) -> Result<(), DbError>
where
    F: Future<Output = Result<(), DbError>>,
{
    let mut attempt = 1;
    loop {
        match write().await {
            Err(error) if attempt < TRIES && !matches!(error, DbError::RowCount { .. }) => {
                tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
                attempt += 1;
            }
            other => return other,
        }
    }
}
