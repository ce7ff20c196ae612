//! The reads behind the funnel. Crowds are counted by the database; inquiries and orders are few and come in pages.

use kernel::{Money, Timestamp, event};
use platform::{
    DbError, Rx,
    db::{Row, Value},
    params,
};
use uuid::Uuid;

use super::Query;
use crate::events::OrderPlaced;

/// The source of an event that names none.
pub(crate) const UNKNOWN: &str = "unknown";
/// Orders read at once.
const PAGE: i64 = 2_000;

/// How many people one point of one source has; of all sources together where `source` is `None`.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) source: Option<String>,
    pub(super) arrived: bool,
    pub(super) people: i64,
}

/// An order at the moment it was placed or paid.
#[derive(Debug)]
pub(crate) struct Order {
    /// The order itself.
    pub(crate) id: Uuid,
    /// When it was placed or paid, whichever was asked for.
    pub(crate) at: Timestamp,
    /// Whoever placed it: the visitor, else the customer, else the order itself.
    pub(crate) person: Uuid,
    /// The source of the visit in which it was placed.
    pub(crate) source: String,
    /// Whether an inquiry came before it.
    pub(crate) inquired: bool,
    /// What it costs.
    pub(crate) total: Money,
}

/// The condition on the visit's source and its value.
fn source_filter(query: &Query, place: usize, table: &str) -> (String, Vec<Value>) {
    match &query.source {
        Some(source) => {
            let condition = format!(" AND COALESCE({table}source, '{UNKNOWN}') = ${place}");
            (condition, vec![Value::Text(source.as_str().to_owned())])
        }
        None => (String::new(), Vec::new()),
    }
}

/// How many people were shown a card and how many arrived, for each source and over all. Whoever asked or ordered has
/// arrived, whatever their browser kept from us.
pub(super) async fn people(rx: &mut Rx, query: &Query) -> Result<Vec<Seen>, DbError> {
    let (condition, values) = source_filter(query, 8, "");
    let sql = format!(
        "WITH seen AS (SELECT DISTINCT CASE WHEN name = $1 THEN 0 ELSE 1 END AS arrived, visitor_id, \
         COALESCE(source, '{UNKNOWN}') AS source FROM events WHERE name IN ($1, $2, $3, $4, $5) \
         AND occurred_at >= $6 AND occurred_at < $7 AND visitor_id IS NOT NULL{condition}) \
         SELECT source, arrived, COUNT(*) AS people FROM seen GROUP BY source, arrived UNION ALL \
         SELECT NULL, arrived, COUNT(*) FROM (SELECT DISTINCT arrived, visitor_id FROM seen) one GROUP BY arrived"
    );
    let mut all = params![
        event::PRODUCT_LIST_VIEWED,
        event::PAGE_VIEWED,
        event::PRODUCT_VIEWED,
        event::INQUIRY_STARTED,
        event::ORDER_PLACED,
        query.range.from(),
        query.range.until()
    ]
    .to_vec();
    all.extend(values);
    let rows = rx.rows(&sql, &all).await?;
    let seen = |row: &Row| {
        Ok(Seen {
            source: row.get("source")?,
            arrived: row.get::<i64>("arrived")? == 1,
            people: row.get("people")?,
        })
    };
    rows.iter().map(seen).collect()
}

/// Who asked during a visit from which source, each pair once.
pub(super) async fn inquirers(rx: &mut Rx, query: &Query) -> Result<Vec<(Uuid, String)>, DbError> {
    let (condition, values) = source_filter(query, 4, "");
    let sql = format!(
        "SELECT DISTINCT visitor_id, COALESCE(source, '{UNKNOWN}') AS source FROM events WHERE name = $1 \
         AND occurred_at >= $2 AND occurred_at < $3 AND visitor_id IS NOT NULL{condition}"
    );
    let mut all = params![
        event::INQUIRY_STARTED,
        query.range.from(),
        query.range.until()
    ]
    .to_vec();
    all.extend(values);
    let rows = rx.rows(&sql, &all).await?;
    rows.iter()
        .map(|row| Ok((row.get("visitor_id")?, row.get("source")?)))
        .collect()
}

/// Orders placed or paid in the range, page by page in the order of time.
pub(crate) struct Orders {
    sql: String,
    values: Vec<Value>,
    after: Option<(i64, i64)>,
    done: bool,
}

impl Orders {
    /// Orders placed in the range.
    pub(crate) fn placed(query: &Query) -> Self {
        Self::of(query, event::ORDER_PLACED, "p", "FROM events p")
    }

    /// Orders paid in the range, with what is known from when they were placed.
    pub(crate) fn paid(query: &Query) -> Self {
        let join = "FROM events e JOIN events p ON p.subject_id = e.subject_id AND p.name = 'Order Placed'";
        Self::of(query, event::ORDER_COMPLETED, "e", join)
    }

    /// `e` is the event in the range, `p` the placing.
    fn of(query: &Query, name: &str, e: &str, tables: &str) -> Self {
        let (condition, source) = source_filter(query, 6, "p.");
        let sql = format!(
            "SELECT {e}.seq, {e}.occurred_at, p.subject_id, COALESCE(p.visitor_id, p.customer_id, p.subject_id) AS person, \
             COALESCE(p.source, '{UNKNOWN}') AS source, p.payload {tables} WHERE {e}.name = $1 \
             AND {e}.occurred_at >= $2 AND {e}.occurred_at < $3 AND ({e}.occurred_at, {e}.seq) > ($4, $5) \
             AND p.subject_id IS NOT NULL{condition} ORDER BY {e}.occurred_at, {e}.seq LIMIT {PAGE}"
        );
        let mut values = params![
            name,
            query.range.from(),
            query.range.until(),
            i64::MIN,
            i64::MIN
        ]
        .to_vec();
        values.extend(source);
        Self {
            sql,
            values,
            after: None,
            done: false,
        }
    }

    /// The next orders; `None` when there are no more.
    pub(crate) async fn next(&mut self, rx: &mut Rx) -> Result<Option<Vec<Order>>, DbError> {
        if self.done {
            return Ok(None);
        }
        if let (Some((at, seq)), [_, _, _, last_at, last_seq, ..]) =
            (self.after, self.values.as_mut_slice())
        {
            (*last_at, *last_seq) = (Value::Int(at), Value::Int(seq));
        }
        let rows = rx.rows(&self.sql, &self.values).await?;
        self.done = i64::try_from(rows.len()).is_ok_and(|n| n < PAGE);
        if let Some(last) = rows.last() {
            self.after = Some((last.get("occurred_at")?, last.get("seq")?));
        }
        rows.iter()
            .map(order)
            .collect::<Result<Vec<_>, _>>()
            .map(Some)
    }
}

fn order(row: &Row) -> Result<Order, DbError> {
    let placed: OrderPlaced = row.json("payload")?;
    Ok(Order {
        id: row.get("subject_id")?,
        at: row.get("occurred_at")?,
        person: row.get("person")?,
        source: row.get("source")?,
        inquired: placed.inquired,
        total: placed.total,
    })
}

/// When the newest event happened. Events come in nearly in the order in which they happened, so the last of the stream
/// tell.
pub(super) async fn newest(rx: &mut Rx) -> Result<Option<Timestamp>, DbError> {
    let sql = "SELECT MAX(occurred_at) AS newest FROM (SELECT occurred_at FROM events ORDER BY seq DESC LIMIT 1000) AS last";
    rx.scalar(sql, &[]).await
}
