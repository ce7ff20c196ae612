//! The one timeline of a customer (CRM-01): everything on the stream about them, their orders and their questions, what
//! they did in the shop before and after it knew their name, and the notes of the staff between.
//!
//! A browser leads to a person when they ordered or asked from it. What was done in a browser that several customers
//! use is told of none of them.

use engagement::MessageKind;
use kernel::{CustomerId, InquiryId, Money, OrderId, Permission, Timestamp, event};
use payments::DeclineCode;
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::{IntoValue, Row, Value},
    list::ListError,
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::timeline::{self, NOTED};
use crate::FlowError;

/// What the timeline calls a note about the customer.
pub(super) const CUSTOMER_NOTED: &str = "Customer Noted";
/// Entries on one page.
const PAGE: usize = 60;

/// A kind of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// Pages and products that they looked at, and searches.
    Visits,
    /// Cart and checkout.
    Cart,
    /// Orders and their steps.
    Orders,
    /// Payments, failures and refunds.
    Payments,
    /// Parcels.
    Parcels,
    /// Letters that left, and those that did not.
    Messages,
    /// Questions and answers.
    Inquiries,
    /// What the staff wrote down or changed.
    Notes,
}

impl TimelineKind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Visits,
        Self::Cart,
        Self::Orders,
        Self::Payments,
        Self::Parcels,
        Self::Messages,
        Self::Inquiries,
        Self::Notes,
    ];

    const fn events(self) -> &'static [&'static str] {
        match self {
            Self::Visits => &[
                event::SIGNED_UP,
                event::SIGNED_IN,
                event::CREDENTIALS_CHANGED,
                event::PAGE_VIEWED,
                event::PRODUCT_VIEWED,
                event::PRODUCTS_SEARCHED,
            ],
            Self::Cart => &[
                event::PRODUCT_ADDED,
                event::PRODUCT_REMOVED,
                event::CART_VIEWED,
                event::CHECKOUT_STARTED,
                event::PAYMENT_INFO_ENTERED,
            ],
            Self::Orders => &[
                event::ORDER_PLACED,
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
            ],
            Self::Payments => &[
                event::PAYMENT_STARTED,
                event::PAYMENT_SUCCEEDED,
                event::PAYMENT_FAILED,
                event::PAYMENT_UNKNOWN,
                event::ORDER_REFUNDED,
            ],
            Self::Parcels => &[event::PARCEL_SHIPPED, event::PARCEL_DELIVERED],
            Self::Messages => &[event::MESSAGE_SENT, event::MESSAGE_FAILED],
            Self::Inquiries => &[
                event::INQUIRY_STARTED,
                event::INQUIRY_ANSWERED,
                event::OBJECTION_GIVEN,
            ],
            Self::Notes => &[event::CUSTOMER_UPDATED, event::CUSTOMER_ERASED],
        }
    }

    const fn needs_orders(self) -> bool {
        matches!(
            self,
            Self::Orders | Self::Payments | Self::Parcels | Self::Cart | Self::Messages
        )
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.events().contains(&name))
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerEntry {
    /// When.
    pub at: Timestamp,
    /// The day in the shop's time zone.
    pub day: String,
    /// What kind it is of.
    pub kind: TimelineKind,
    /// The event's name on the stream, `Order Noted` or `Customer Noted`.
    pub event: String,
    /// `customer`, `staff`, `key`, `provider` or `system`.
    pub actor: &'static str,
    /// Who of the staff, or which key.
    pub actor_name: Option<String>,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// That order's number.
    pub number: Option<String>,
    /// The question it is about.
    pub inquiry_id: Option<InquiryId>,
    /// The money it is about.
    pub amount: Option<Money>,
    /// The message it is about, as the word `message-kind-CODE`.
    pub message_kind: Option<MessageKind>,
    /// Why the bank declined.
    pub decline_reason: Option<DeclineCode>,
    /// More: the page, the search, the product, or words that somebody wrote.
    pub detail: Option<String>,
}

/// The place of an entry: when it happened, and what distinguishes it from others of the same instant; notes come
/// before what happened at their instant.
type At = (i64, i64);

/// A page of a customer's timeline, newest first. Kinds that need the permission to see orders are left out for those
/// who lack it.
pub(super) async fn page(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CustomerId,
    wanted: Option<TimelineKind>,
    after: Option<&Cursor>,
) -> Result<Page<CustomerEntry>, FlowError> {
    let after: At = match after {
        Some(cursor) => cursor.key().ok_or(ListError::BadCursor)?,
        None => (i64::MAX, i64::MAX),
    };
    let kinds = TimelineKind::ALL.into_iter().filter(|kind| {
        wanted.is_none_or(|wanted| wanted == *kind)
            && (!kind.needs_orders() || ctx.allows(Permission::OrdersRead))
    });
    let kinds: Vec<TimelineKind> = kinds.collect();
    let mut found = happened(rx, ctx, id, &kinds, after).await?;
    if kinds.contains(&TimelineKind::Notes) {
        found.extend(noted(rx, ctx, id, after).await?);
    }
    found.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    Ok(Page::of(found, PAGE))
}

/// The orders, questions and the customer themselves, as subjects of events.
const SUBJECTS: &str = "SELECT id FROM orders WHERE customer_id = $1 UNION SELECT id FROM inquiries WHERE customer_id = $1 \
     UNION SELECT i.id FROM inquiries i JOIN customers c ON c.email = i.email WHERE c.id = $1 AND i.customer_id IS NULL \
     UNION SELECT id FROM customers WHERE id = $1";

/// The browsers that lead to this customer and to no other.
const BROWSERS: &str = "SELECT b.visitor_id FROM (SELECT visitor_id FROM orders WHERE customer_id = $1 UNION SELECT visitor_id FROM inquiries \
     WHERE customer_id = $1) b WHERE b.visitor_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events x WHERE x.visitor_id = b.visitor_id \
     AND x.customer_id IS NOT NULL AND x.customer_id <> $1)";

const COLUMNS: &str = "seq, name, occurred_at, actor, subject_kind, subject_id, payload";

/// All that is on the stream about a customer; `$1` is the customer. Materialised, because SQLite would otherwise read
/// every event of the wanted names instead of those of one person.
pub(super) fn stream() -> String {
    format!(
        "(WITH own AS MATERIALIZED (SELECT {COLUMNS}, visitor_id FROM events WHERE subject_id IN ({SUBJECTS}) UNION ALL \
         SELECT {COLUMNS}, visitor_id FROM events WHERE visitor_id IN ({BROWSERS}) AND (subject_id IS NULL OR subject_id NOT IN ({SUBJECTS}))) \
         SELECT * FROM own) AS e"
    )
}

async fn happened(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CustomerId,
    kinds: &[TimelineKind],
    after: At,
) -> Result<Vec<(CustomerEntry, At)>, FlowError> {
    let names: Vec<&str> = kinds
        .iter()
        .flat_map(|kind| kind.events())
        .copied()
        .collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = params![id, after.0, after.1, limit].to_vec();
    let places: Vec<String> = names
        .iter()
        .map(|name| {
            values.push((*name).into_value());
            format!("${}", values.len())
        })
        .collect();
    let sql = format!(
        "SELECT e.*, o.number FROM {} LEFT JOIN orders o ON o.id = e.subject_id WHERE (e.occurred_at, e.seq) < ($2, $3) \
         AND e.name IN ({}) ORDER BY e.occurred_at DESC, e.seq DESC LIMIT $4",
        stream(),
        places.join(", ")
    );
    let rows = rx.rows(&sql, &values).await?;
    let entries = rows.iter().map(|row| {
        let at: At = (row.get("occurred_at")?, row.get("seq")?);
        Ok((entry(ctx, row)?, at))
    });
    Ok(entries.collect::<Result<Vec<_>, DbError>>()?)
}

fn entry(ctx: &Ctx, row: &Row) -> Result<CustomerEntry, DbError> {
    let name: String = row.get("name")?;
    let said: serde_json::Value = row.get("payload")?;
    let (kind, key): (Option<String>, Option<Uuid>) =
        (row.get("subject_kind")?, row.get("subject_id")?);
    let about = |wanted: &str| key.filter(|_| kind.as_deref() == Some(wanted));
    let actor: String = row.get("actor")?;
    let (actor, actor_name) = timeline::who(&actor, &name);
    let at: Timestamp = row.get("occurred_at")?;
    let field = |name: &str| field::<String>(&said, name);
    Ok(CustomerEntry {
        at,
        day: day(ctx, at),
        kind: TimelineKind::of(&name).unwrap_or(TimelineKind::Visits),
        actor,
        actor_name,
        order_id: about("order").map(OrderId),
        number: row.get("number")?,
        inquiry_id: about("inquiry").map(InquiryId),
        amount: self::field(&said, "amount").or_else(|| self::field(&said, "total")),
        message_kind: self::field(&said, "message_kind"),
        decline_reason: self::field(&said, "decline_code"),
        detail: match name.as_str() {
            event::PAGE_VIEWED => field("path"),
            event::PRODUCTS_SEARCHED => field("query"),
            event::OBJECTION_GIVEN => field("handle"),
            event::PRODUCT_VIEWED | event::PRODUCT_ADDED | event::PRODUCT_REMOVED => {
                field("sku").or_else(|| field("handle"))
            }
            event::PARCEL_SHIPPED | event::PARCEL_DELIVERED => field("tracking_number"),
            event::MESSAGE_FAILED => field("reason"),
            event::ORDER_CANCELLED
            | event::ORDER_UPDATED
            | event::ORDER_PRIORITY_CHANGED
            | event::ORDER_DELAYED => field("note"),
            _ => None,
        },
        event: name,
    })
}

/// A field of a payload, if it has it and it is of this kind.
fn field<T: DeserializeOwned>(payload: &serde_json::Value, name: &str) -> Option<T> {
    payload
        .get(name)
        .and_then(|value| T::deserialize(value).ok())
}

fn day(ctx: &Ctx, at: Timestamp) -> String {
    at.in_zone(ctx.zone()).date().to_string()
}

/// Notes about the customer, and about their orders for those who may see orders.
async fn noted(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CustomerId,
    after: At,
) -> Result<Vec<(CustomerEntry, At)>, FlowError> {
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let own = "SELECT text, actor, at, -2 * seq AS place, NULL AS order_id, NULL AS number FROM customer_notes WHERE customer_id = $1 \
               AND (at, -2 * seq) < ($2, $3) ORDER BY at DESC, seq LIMIT $4";
    let of_orders = "SELECT n.text, n.actor, n.at, -2 * n.seq - 1 AS place, n.order_id, o.number FROM order_notes n JOIN orders o ON o.id = n.order_id \
                     WHERE o.customer_id = $1 AND (n.at, -2 * n.seq - 1) < ($2, $3) ORDER BY n.at DESC, n.seq LIMIT $4";
    let values = params![id, after.0, after.1, limit];
    let mut found = Vec::new();
    for (sql, event) in [(own, CUSTOMER_NOTED), (of_orders, NOTED)] {
        if event == NOTED && !ctx.allows(Permission::OrdersRead) {
            continue;
        }
        for row in rx.rows(sql, values).await? {
            let at: Timestamp = row.get("at")?;
            let actor: String = row.get("actor")?;
            let (actor, actor_name) = timeline::who(&actor, event);
            let order_id = (event == NOTED).then(|| row.get("order_id")).transpose()?;
            let number = (event == NOTED).then(|| row.get("number")).transpose()?;
            let entry = CustomerEntry {
                at,
                day: day(ctx, at),
                kind: TimelineKind::Notes,
                event: event.to_owned(),
                actor,
                actor_name,
                order_id,
                number,
                inquiry_id: None,
                amount: None,
                message_kind: None,
                decline_reason: None,
                detail: Some(row.get("text")?),
            };
            found.push((entry, (at.micros(), row.get("place")?)));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CRM-01: every event is of one kind.
    #[test]
    fn kinds_do_not_overlap() {
        let all: Vec<&str> = TimelineKind::ALL
            .iter()
            .flat_map(|kind| kind.events())
            .copied()
            .collect();
        for name in &all {
            assert!(event::ALL.contains(name), "{name}");
            assert_eq!(all.iter().filter(|n| *n == name).count(), 1, "{name}");
        }
    }
}
