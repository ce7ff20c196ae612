//! The job that sends a message: claim, render, hand over, record (M1).
//!
//! The claim is committed before anything leaves the house. When the mail server certainly did not take the letter,
//! the message goes back to the queue; when nobody can know, it becomes unknown and stays so.

use std::time::Duration;

use kernel::Email;
use platform::{
    Ctx, DbError,
    jobs::{Failure, Handlers, JobRun},
};

use crate::{
    Content, Letter, Mailer, Message, MessageState, NotSent,
    message::{self, Claim, JOB, Send},
    template,
};

/// How often a result is offered to a database that does not take it.
const TRIES: u32 = 5;

/// Registers the sending job.
pub fn register(handlers: &mut Handlers, mailer: Mailer) {
    handlers.on(JOB, move |ctx, run| {
        let mailer = mailer.clone();
        async move { send(&ctx, &run, &mailer).await }
    });
}

async fn send(ctx: &Ctx, run: &JobRun, mailer: &Mailer) -> Result<(), Failure> {
    let Send { message_id } = run.payload()?;
    let fence = run.fence;
    let claim = ctx
        .write(async move |tx, ctx| message::claim(tx, ctx, message_id, fence).await)
        .await?;
    let Claim::Mine(mine) = claim else {
        return Ok(());
    };
    let (message, content) = *mine;
    let letter = match letter(ctx, &message, &content).await {
        Ok(letter) => letter,
        Err(reason) => {
            settle(ctx, run, &message, MessageState::Failed, &reason).await?;
            return Err(Failure::Permanent(reason));
        }
    };
    match mailer.send(&letter).await {
        Ok(()) => sent(ctx, run, &message, &letter.subject).await,
        Err(NotSent::Unknown(reason)) => {
            settle(ctx, run, &message, MessageState::Unknown, &reason).await
        }
        Err(NotSent::Refused { permanent, reason }) => {
            let last = permanent || run.attempt >= run.max_attempts;
            let state = if last {
                MessageState::Failed
            } else {
                MessageState::Queued
            };
            settle(ctx, run, &message, state, &reason).await?;
            Err(if permanent {
                Failure::Permanent(reason)
            } else {
                Failure::Retry(reason)
            })
        }
    }
}

async fn letter(ctx: &Ctx, message: &Message, content: &Content) -> Result<Letter, String> {
    let (kind, locale) = (message.kind, message.locale);
    let words = ctx
        .read(async move |rx, _| template::load(rx, kind, locale).await)
        .await;
    let words = words.unwrap_or_else(|error: DbError| {
        tracing::warn!(%error, "the shop's own words cannot be read");
        template::default(kind, locale)
    });
    let rendered =
        template::render(&words, content, ctx.zone()).map_err(|error| error.to_string())?;
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

async fn sent(ctx: &Ctx, run: &JobRun, message: &Message, subject: &str) -> Result<(), Failure> {
    for attempt in 1.. {
        let (run, message, subject) = (run.clone(), message.clone(), subject.to_owned());
        let recorded = ctx
            .write(async move |tx, ctx| {
                message::sent(tx, ctx, &message, run.fence, &subject).await?;
                run.complete_if_held(tx, ctx).await.map(|_| ())
            })
            .await;
        match recorded {
            Err(error) if attempt < TRIES && !matches!(error, DbError::RowCount { .. }) => {
                pause(attempt).await;
            }
            other => return Ok(other?),
        }
    }
    Ok(())
}

async fn settle(
    ctx: &Ctx,
    run: &JobRun,
    message: &Message,
    state: MessageState,
    reason: &str,
) -> Result<(), Failure> {
    for attempt in 1.. {
        let (run, message, reason) = (run.clone(), message.clone(), reason.to_owned());
        let recorded = ctx
            .write(async move |tx, ctx| {
                message::not_sent(tx, ctx, &message, run.fence, (state, &reason)).await
            })
            .await;
        match recorded {
            Err(error) if attempt < TRIES && !matches!(error, DbError::RowCount { .. }) => {
                pause(attempt).await;
            }
            other => return Ok(other?),
        }
    }
    Ok(())
}

async fn pause(attempt: u32) {
    tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
}
