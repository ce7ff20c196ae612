//! Forgetting a customer (GOV-10, A9): who they are, what they typed and what was written about them goes everywhere at
//! once; what stays are books and figures that lead to nobody. It cannot be undone.
//!
//! What has a key that leads to the person is taken in one transaction, which also takes words back from what is
//! append-only. Tables without such a key (carts of other browsers, errors of background work, kept views, rejected rows
//! of imports) are read through before, so that nobody who buys has to wait for it. Copies outside the database (letters
//! in a folder, cards at the provider, the list that outlives a backup) are the work of jobs.

use std::path::Path;

use customers::erasure::{self as people, Person};
use engagement::erasure::{self as mail, Letters, Reader};
use kernel::{CustomerId, VisitorId, event};
use marketing::objection;
use orders::erasure::{self as books, Buyer};
use payments::erasure as money;
use platform::{
    Ctx, DbError, Rx, Tx,
    erasing::{self, Of, Remains, Values},
    events::{Event, emit},
    jobs::{self, Failure, Handlers, JobRun, NewJob},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::FlowError;

/// The job that notes outside the database whom the shop has forgotten.
const NOTE: &str = "customers.erased";
/// The list of those whom the shop has forgotten: their keys, one on each line. It lies beside the database, so that a
/// database that was restored from an older backup can forget them again.
const LIST: &str = "erased-customers.txt";

/// Where people write as they like in the payload of an event.
fn words(event: &str) -> &'static [&'static str] {
    match event {
        event::MESSAGE_FAILED | event::ORDER_REFUNDED | event::ORDER_ASSISTED => &["reason"],
        _ => &["note"],
    }
}

/// Everything the shop knows somebody by.
#[derive(Debug, Clone)]
pub struct Known {
    /// What the customers' domain knows.
    pub person: Person,
    /// What their orders know.
    pub buyer: Buyer,
    /// Letters to them.
    pub letters: Letters,
}

impl Known {
    fn values(&self) -> Values {
        let marks = self.person.marks().chain(self.buyer.emails.iter().cloned());
        let marks = marks.chain(self.buyer.phones.iter().cloned());
        let places = self.buyer.addresses.iter().flat_map(|a| {
            [
                a.phone.clone(),
                a.line1.clone(),
                a.line2.clone().unwrap_or_default(),
            ]
        });
        let names = self.person.names.iter().chain(&self.buyer.names).cloned();
        let receivers = self.buyer.addresses.iter().map(|a| a.name.clone());
        Values::of(marks.chain(places), names.chain(receivers))
    }
}

/// What is found by reading through tables without a key that leads to a person.
#[derive(Debug, Clone, Default)]
struct Scattered {
    carts: Vec<Uuid>,
    remains: Remains,
}

/// Why somebody cannot be forgotten yet; the key of the sentence that says so.
///
/// # Errors
/// Whatever the database says.
pub async fn still_needed(rx: &mut Rx, known: &Known) -> Result<Option<&'static str>, DbError> {
    if !known.buyer.open.is_empty() {
        return Ok(Some("error-erase-open-orders"));
    }
    if money::under_way(rx, &known.buyer.orders).await? > 0 {
        return Ok(Some("error-erase-money"));
    }
    Ok(known
        .letters
        .leaving
        .then_some("error-erase-letter-leaving"))
}

/// Everything the shop knows a customer by; `None` when there is none.
///
/// # Errors
/// Whatever the database says.
pub async fn known(rx: &mut Rx, id: CustomerId) -> Result<Option<Known>, FlowError> {
    match people::person(rx, id).await? {
        Some(person) => Ok(Some(known_of(rx, person).await?)),
        None => Ok(None),
    }
}

async fn known_of(rx: &mut Rx, person: Person) -> Result<Known, FlowError> {
    let buyer = books::buyer(rx, &person.ids).await?;
    let reader = Reader {
        customers: person.ids.clone(),
        orders: buyer.orders.clone(),
        emails: person.emails.union(&buyer.emails).cloned().collect(),
    };
    let letters = mail::of(rx, &reader).await?;
    Ok(Known {
        person,
        buyer,
        letters,
    })
}

/// Forgets a customer for good. Once more for somebody who was forgotten finds whatever came since.
///
/// # Errors
/// [`FlowError::NotFound`], [`FlowError::NotErasable`]. Nothing is erased then.
pub async fn erase_customer(ctx: &Ctx, id: CustomerId) -> Result<(), FlowError> {
    let looked = ctx.read_snapshot(async move |rx, _| {
        let Some(known) = known(rx, id).await? else {
            return Ok::<_, FlowError>(None);
        };
        let values = known.values();
        let found = Scattered {
            carts: erasing::rows_with(rx, ("carts", "id", "checkout"), &values).await?,
            remains: erasing::look_for(rx, &values).await?,
        };
        Ok(Some(found))
    });
    let scattered = looked.await?.ok_or(FlowError::NotFound)?;
    ctx.write(async move |tx, ctx| {
        let person = people::person(tx, id).await?.ok_or(FlowError::NotFound)?;
        // Takes the row's lock: who orders under this identity meanwhile is waited for, and seen below.
        people::unname(tx, ctx, &person).await?;
        let known = known_of(tx, person).await?;
        if let Some(why) = still_needed(tx, &known).await? {
            return Err(FlowError::NotErasable(why));
        }
        erasing::open(tx, id.0).await?;
        erase(tx, ctx, &known, &scattered).await?;
        erasing::close(tx, id.0).await?;
        let event = Event::new(event::CUSTOMER_ERASED, &json!({})).customer(Some(id));
        emit(tx, ctx, event.about(id)).await?;
        let job = NewJob::new(NOTE, &Note { customer_id: id });
        jobs::enqueue(tx, ctx, job).await?;
        Ok(())
    })
    .await
}

async fn erase(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Known,
    scattered: &Scattered,
) -> Result<(), FlowError> {
    let Known {
        person,
        buyer,
        letters,
    } = known;
    let values = known.values();
    books::erase_carts(tx, &person.ids, &buyer.orders, &scattered.carts).await?;
    for order in &buyer.orders {
        books::erase(tx, ctx, *order).await?;
        money::erase(tx, *order).await?;
    }
    for customer in &person.ids {
        money::forget_cards(tx, ctx, *customer).await?;
    }
    if !mail::erase(tx, ctx, &letters.ids).await? {
        return Err(FlowError::NotErasable("error-erase-letter-leaving"));
    }
    let subjects = person.ids.iter().map(|id| id.0);
    let subjects = subjects.chain(buyer.orders.iter().map(|id| id.0));
    let subjects = subjects.chain(person.inquiries.iter().map(|id| id.0));
    let subjects: Vec<Uuid> = subjects.chain(letters.ids.iter().map(|id| id.0)).collect();
    let mut browsers: Vec<Uuid> = buyer
        .visitors
        .union(&person.visitors)
        .map(|id| id.0)
        .collect();
    for customer in &person.ids {
        browsers.extend(erasing::browsers(tx, customer.0).await?);
    }
    for subject in subjects {
        erasing::empty_events(tx, Of::Subject(subject), &values, words).await?;
    }
    for customer in &person.ids {
        objection::forget(tx, Some(*customer), None).await?;
    }
    for browser in browsers {
        objection::forget(tx, None, Some(VisitorId(browser))).await?;
        erasing::empty_events(tx, Of::Visitor(browser), &values, |_| &[]).await?;
    }
    people::erase(tx, ctx, person).await?;
    erasing::clear(tx, &scattered.remains).await?;
    // Rows of imports that were rejected or repaired are kept as they came, for whoever mends the file.
    Ok(erasing::empty_texts_with(tx, ("import_rows", "content"), &values).await?)
}

/// Payload of [`NOTE`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Note {
    customer_id: CustomerId,
}

/// Registers the job that notes in the data folder whom the shop has forgotten.
pub fn register(handlers: &mut Handlers, folder: &Path) {
    let list = folder.join(LIST);
    handlers.on(NOTE, move |_: Ctx, run: JobRun| {
        let list = list.clone();
        async move {
            let Note { customer_id } = run.payload()?;
            let noted = tokio::task::spawn_blocking(move || note(&list, customer_id));
            match noted.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(Failure::Retry(error.to_string())),
                Err(error) => Err(Failure::Retry(error.to_string())),
            }
        }
    });
}

fn note(list: &Path, id: CustomerId) -> std::io::Result<()> {
    use std::io::Write;
    let line = id.to_string();
    if listed(list)?.contains(&id) {
        return Ok(());
    }
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(list)?;
    writeln!(file, "{line}")?;
    file.sync_all()
}

fn listed(list: &Path) -> std::io::Result<Vec<CustomerId>> {
    match std::fs::read_to_string(list) {
        Ok(text) => Ok(text.lines().filter_map(|l| l.trim().parse().ok()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Forgets again whom the list in the data folder names and the database still knows, because it was restored from an
/// older backup. Tells how many. Who has an open order there stays until it is over, and the log says so.
///
/// # Errors
/// What the disk or the database said.
pub async fn forget_again(ctx: &Ctx, folder: &Path) -> Result<usize, FlowError> {
    let listed = listed(&folder.join(LIST)).unwrap_or_else(|error| {
        tracing::error!(%error, "the list of forgotten customers cannot be read");
        Vec::new()
    });
    let mut again = 0;
    for id in listed {
        let back = ctx
            .read(async move |rx, _| customers::customer::by_id(rx, id).await)
            .await?
            .is_some_and(|customer| customer.erased_at.is_none());
        if !back {
            continue;
        }
        match erase_customer(ctx, id).await {
            Ok(()) => again += 1,
            Err(FlowError::NotErasable(why)) => {
                tracing::error!(%id, why, "a forgotten customer is back and cannot be forgotten yet");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(again)
}
