//! The one timeline of an order: what is on the stream of events about it, and the notes of the staff between.

use engagement::MessageKind;
use fulfilment::carrier;
use kernel::{Money, Timestamp, event};
use orders::{Order, OrderLine, note};
use payments::DeclineCode;
use platform::{
    Ctx, Rx,
    events::{self, Recorded},
};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::FlowError;

/// What the timeline calls a note of the staff; it is on no stream, because it is nobody's business outside.
pub(super) const NOTED: &str = "Order Noted";

/// Events that the timeline tells; each has the word `event-NAME`, lower case with dashes.
pub(super) const TOLD: [&str; 25] = [
    event::ORDER_PLACED,
    event::ORDER_ASSISTED,
    event::ORDER_UPDATED,
    event::ORDER_PRIORITY_CHANGED,
    event::ORDER_DELAYED,
    event::ORDER_COMPLETED,
    event::ORDER_CANCELLED,
    event::ORDER_EXPIRED,
    event::ORDER_RESTORED,
    event::ORDER_READDRESSED,
    event::ORDER_PICKED,
    event::ORDER_CLOSED,
    event::ORDER_REFUNDED,
    event::PAYMENT_STARTED,
    event::PAYMENT_SUCCEEDED,
    event::PAYMENT_FAILED,
    event::PAYMENT_UNKNOWN,
    event::PAYMENT_QUARANTINED,
    event::PARCEL_SHIPPED,
    event::PARCEL_DELIVERED,
    event::STOCK_HELD,
    event::STOCK_RELEASED,
    event::STOCK_SHORT,
    event::MESSAGE_SENT,
    event::MESSAGE_FAILED,
];

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// The event's name on the stream, or `Order Noted`.
    pub event: String,
    /// `customer`, `staff`, `key`, `provider` or `system`.
    pub actor: &'static str,
    /// Who of the staff, or which key.
    pub actor_name: Option<String>,
    /// The money it is about.
    pub amount: Option<Money>,
    /// The message it is about, as the word `message-kind-CODE`.
    pub message_kind: Option<MessageKind>,
    /// Why the bank declined.
    pub decline_reason: Option<DeclineCode>,
    /// The goods it is about.
    pub items: Vec<TimelineItem>,
    /// More, in words that somebody wrote.
    pub detail: Option<String>,
}

/// Units of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TimelineItem {
    /// The SKU.
    pub sku: String,
    /// How many.
    pub quantity: i64,
}

/// Everything that happened to an order, newest first.
pub(super) async fn of(
    rx: &mut Rx,
    ctx: &Ctx,
    order: &Order,
    lines: &[OrderLine],
) -> Result<Vec<TimelineEntry>, FlowError> {
    let happened = events::timeline(rx, order.id).await?;
    let told = happened
        .iter()
        .filter(|event| TOLD.contains(&event.name.as_str()));
    let mut entries: Vec<TimelineEntry> = told.map(|event| entry(ctx, event, lines)).collect();
    entries.extend(note::of(rx, order.id).await?.into_iter().map(noted));
    // Stable, so that what one transaction did stays in the order in which it did it.
    entries.sort_by_key(|entry| entry.at);
    entries.reverse();
    Ok(entries)
}

fn noted(note: note::Note) -> TimelineEntry {
    let (actor, actor_name) = who(&note.actor, NOTED);
    TimelineEntry {
        at: note.at,
        event: NOTED.to_owned(),
        actor,
        actor_name,
        amount: None,
        message_kind: None,
        decline_reason: None,
        items: Vec::new(),
        detail: Some(note.text),
    }
}

fn entry(ctx: &Ctx, event: &Recorded, lines: &[OrderLine]) -> TimelineEntry {
    let said = &event.payload;
    // A refund ends in a job; who asked for it says more than who carried it out.
    let asked: Option<String> = (event.name == event::ORDER_REFUNDED)
        .then(|| field(said, "requested_by"))
        .flatten();
    let (actor, actor_name) = who(asked.as_deref().unwrap_or(&event.actor), &event.name);
    TimelineEntry {
        at: event.at,
        event: event.name.clone(),
        actor,
        actor_name,
        amount: field(said, "amount").or_else(|| field(said, "total")),
        message_kind: field(said, "message_kind"),
        decline_reason: field(said, "decline_code"),
        items: items(said, lines),
        detail: detail(ctx, event),
    }
}

/// A field of a payload, if it has it and it is of this kind.
fn field<T: DeserializeOwned>(payload: &Value, name: &str) -> Option<T> {
    payload
        .get(name)
        .and_then(|value| T::deserialize(value).ok())
}

/// Who did it. A payment's news that no person brought came from its provider.
pub(super) fn who(actor: &str, event: &str) -> (&'static str, Option<String>) {
    let (kind, name) = actor
        .split_once(':')
        .map_or((actor, None), |(kind, name)| (kind, Some(name.to_owned())));
    let news = [
        event::PAYMENT_SUCCEEDED,
        event::PAYMENT_FAILED,
        event::PAYMENT_UNKNOWN,
    ]
    .contains(&event);
    match kind {
        "staff" => ("staff", name),
        "key" => ("key", name),
        "visitor" | "customer" => ("customer", None),
        _ if news => ("provider", None),
        _ => ("system", None),
    }
}

/// The goods of a hold or a release, by SKU.
fn items(payload: &Value, lines: &[OrderLine]) -> Vec<TimelineItem> {
    let holds = payload.get("holds").and_then(Value::as_array);
    let sku = |hold: &Value| {
        let variant = hold.get("variant_id").and_then(Value::as_str)?;
        let sku = OrderLine::sku_of(lines, variant.parse().ok()?)?;
        let quantity = hold.get("quantity").and_then(Value::as_i64)?;
        Some(TimelineItem {
            sku: sku.to_owned(),
            quantity,
        })
    };
    holds.into_iter().flatten().filter_map(sku).collect()
}

fn detail(ctx: &Ctx, event: &Recorded) -> Option<String> {
    let said = &event.payload;
    match event.name.as_str() {
        event::PARCEL_SHIPPED | event::PARCEL_DELIVERED => {
            let code: String = field(said, "carrier")?;
            let number: String = field(said, "tracking_number").unwrap_or_default();
            Some(
                format!("{} {number}", carrier::name(&code, ctx.locale()))
                    .trim_end()
                    .to_owned(),
            )
        }
        event::ORDER_CANCELLED
        | event::ORDER_UPDATED
        | event::ORDER_PRIORITY_CHANGED
        | event::ORDER_DELAYED => field(said, "note"),
        event::ORDER_ASSISTED => field(said, "reason"),
        event::MESSAGE_FAILED => field(said, "reason"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ORD-05: everybody who can act has a word.
    #[test]
    fn actors_are_of_five_kinds() {
        assert_eq!(
            who("staff:倉庫", event::ORDER_PICKED),
            ("staff", Some("倉庫".to_owned()))
        );
        assert_eq!(who("visitor", event::ORDER_PLACED), ("customer", None));
        assert_eq!(
            who("system:jobs", event::PAYMENT_SUCCEEDED),
            ("provider", None)
        );
        assert_eq!(who("system:jobs", event::ORDER_EXPIRED), ("system", None));
    }

    /// What a timeline tells is on the stream, and each of it once.
    #[test]
    fn told_events_exist() {
        for name in TOLD {
            assert!(event::ALL.contains(&name), "{name}");
            assert_eq!(TOLD.iter().filter(|n| **n == name).count(), 1, "{name}");
        }
    }
}
