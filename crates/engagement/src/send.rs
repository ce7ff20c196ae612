//! The job that sends messages: claim, render, hand over, record (M1).
//!
//! The claim is committed before anything leaves the house. When the mail server certainly did not take a letter, the
//! message goes back to the queue; when nobody can know, it becomes unknown and stays so. Letters that wait together
//! are claimed together, and those that have left meanwhile are recorded together.

use std::{collections::HashMap, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use kernel::{Email, Locale, MessageId};
use platform::{
    Ctx, DbError,
    jobs::{Failure, Handlers, JobRun},
};
use tokio::sync::Semaphore;

use crate::{
    Letter, Mailer, MessageKind, MessageState, NotSent,
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
    let claimed = match claim(ctx, runs, &places).await {
        Ok(claimed) => claimed,
        Err(error) => {
            let failure = Failure::from(error);
            for place in places.values() {
                set(&mut outcomes, *place, Err(failure.clone()));
            }
            return outcomes;
        }
    };
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
        let recorded = sent(ctx, runs, &left).await;
        for (place, _) in left {
            set(&mut outcomes, place, recorded.clone());
        }
    }
    outcomes
}

fn set(outcomes: &mut [Outcome], place: usize, outcome: Outcome) {
    if let Some(slot) = outcomes.get_mut(place) {
        *slot = outcome;
    }
}

async fn claim(
    ctx: &Ctx,
    runs: &[JobRun],
    places: &HashMap<MessageId, usize>,
) -> Result<Vec<Claimed>, DbError> {
    let wanted = places
        .iter()
        .filter_map(|(id, place)| Some((*id, runs.get(*place)?.fence)));
    let wanted: Vec<(MessageId, i64)> = wanted.collect();
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
        (place, self.attempt(run, claimed).await)
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
        sender_name: shop.name.clone(),
        reply_to: shop
            .email
            .as_deref()
            .and_then(|email| Email::parse(email).ok()),
        subject: rendered.subject,
        html: rendered.html,
        text: rendered.text,
        at: ctx.now(),
    })
}

/// Records letters that have left, and their jobs with them.
async fn sent(ctx: &Ctx, runs: &[JobRun], left: &[(usize, Left)]) -> Outcome {
    if left.is_empty() {
        return Ok(());
    }
    let runs: Vec<JobRun> = left
        .iter()
        .filter_map(|(place, _)| runs.get(*place).cloned())
        .collect();
    let letters: Vec<(Claimed, String)> = left
        .iter()
        .map(|(_, left)| (left.claimed.clone(), left.subject.clone()))
        .collect();
    insist(|| {
        let (ctx, runs, letters) = (ctx.clone(), runs.clone(), letters.clone());
        async move {
            let record = ctx.write(async move |tx, ctx| {
                let letters: Vec<_> = letters
                    .iter()
                    .map(|(c, subject)| (c, subject.as_str()))
                    .collect();
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
    insist(|| {
        let (ctx, claimed, reason) = (ctx.clone(), claimed.clone(), reason.to_owned());
        async move {
            let record = ctx.write(async move |tx, ctx| {
                message::not_sent(tx, ctx, &claimed, (state, &reason)).await
            });
            record.await
        }
    })
    .await
}

/// Offers a result to the database several times: what has left the house should be on record.
async fn insist<F>(mut write: impl FnMut() -> F) -> Outcome
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
            other => return Ok(other?),
        }
    }
}
