//! How orders are found (peers' lesson: by an index of their own, never by a scan).
//!
//! A tab without a search is one range of `orders_by_tab` or `orders_by_time`. A search goes through `order_terms` day
//! by day from the newest, taking more days at a time the longer it finds nothing: a rare prefix costs one look-up a
//! day, and a prefix that every order has is answered by the newest day alone. A search inside a tab first reads the
//! newest orders of the tab, which is the whole of it where orders are still open; only a prefix that is rare among
//! them is then looked up in the terms, and what is found there is kept if it is in the tab.

use std::collections::HashSet;

use kernel::{OrderId, Timestamp};
use platform::{
    DbError, Rx,
    db::{Row, Value},
    params,
};
use uuid::Uuid;

use crate::{
    line,
    search::Tab,
    terms::{self, Prefix},
};

/// The place of an order in every list: when it was placed, in microseconds, and its key.
pub(crate) type Place = (i64, Uuid);

/// Before the newest order.
pub(crate) const TOP: Place = (i64::MAX, Uuid::max());
/// Days looked up by one statement at most.
const SPAN: i64 = 32;
/// How many of a tab's newest orders are read when it is searched: of open ones, which lie together, …
const HEAD_OPEN: i64 = 20_000;
/// … and of old ones, which lie scattered.
const HEAD_OLD: i64 = 2_000;
/// Orders found by their terms that are looked at together to see whether they are in the tab.
const LOOK: usize = 100;

/// At most `wanted` places after a place, newest first.
pub(crate) async fn places(
    rx: &mut Rx,
    tab: Tab,
    prefix: Option<Prefix>,
    after: Place,
    wanted: usize,
) -> Result<Vec<Place>, DbError> {
    let Some(prefix) = prefix else {
        return whole(rx, tab, after, wanted).await;
    };
    let search = Search {
        prefix,
        tab,
        wanted,
    };
    let mut found = Vec::new();
    let mut after = after;
    if tab != Tab::All {
        let Some(end) = search.in_head(rx, after, &mut found).await? else {
            return Ok(found);
        };
        after = end;
    }
    search.by_terms(rx, after, &mut found).await?;
    found.truncate(wanted);
    Ok(found)
}

/// Orders of a tab, or all orders.
async fn whole(rx: &mut Rx, tab: Tab, after: Place, wanted: usize) -> Result<Vec<Place>, DbError> {
    let mut values: Vec<Value> = params![after.0, after.1, count(wanted)].to_vec();
    let mut condition = "";
    if tab != Tab::All {
        condition = " AND tab = $4";
        values.extend_from_slice(params![tab]);
    }
    let sql = format!(
        "SELECT placed_at, id FROM orders WHERE (placed_at, id) < ($1, $2){condition} ORDER BY placed_at DESC, id DESC LIMIT $3"
    );
    rx.rows(&sql, &values).await?.iter().map(place).collect()
}

/// A search that goes on until it has what is wanted.
struct Search {
    prefix: Prefix,
    tab: Tab,
    wanted: usize,
}

impl Search {
    /// Looks at the newest orders of the tab after a place. Tells where it stopped, or `None` when it has enough or the
    /// tab has no more.
    async fn in_head(
        &self,
        rx: &mut Rx,
        after: Place,
        found: &mut Vec<Place>,
    ) -> Result<Option<Place>, DbError> {
        let head = match self.tab {
            Tab::All | Tab::Closed | Tab::Cancelled => HEAD_OLD,
            Tab::Unpaid | Tab::ToShip | Tab::Shipped | Tab::Delivered => HEAD_OPEN,
        };
        // The inner order and limit keep PostgreSQL from reading the whole tab at once.
        let sql = "SELECT placed_at, id FROM (SELECT placed_at, id, terms FROM orders WHERE tab = $1 AND (placed_at, id) < ($2, $3) \
                   ORDER BY placed_at DESC, id DESC LIMIT $4) AS head WHERE terms LIKE $5 ESCAPE '\\' \
                   ORDER BY placed_at DESC, id DESC LIMIT $6";
        let values = params![
            self.tab,
            after.0,
            after.1,
            head,
            self.prefix.pattern(),
            count(self.wanted)
        ];
        for row in rx.rows(sql, values).await? {
            found.push(place(&row)?);
        }
        if found.len() >= self.wanted {
            return Ok(None);
        }
        let sql = "SELECT placed_at, id FROM orders WHERE tab = $1 AND (placed_at, id) < ($2, $3) \
                   ORDER BY placed_at DESC, id DESC LIMIT 1 OFFSET $4";
        let last = rx
            .row(sql, params![self.tab, after.0, after.1, head - 1])
            .await?;
        last.as_ref().map(place).transpose()
    }

    /// Looks into the terms, day by day.
    async fn by_terms(
        &self,
        rx: &mut Rx,
        after: Place,
        found: &mut Vec<Place>,
    ) -> Result<(), DbError> {
        let mut until = terms::day_of(Timestamp::from_micros(after.0));
        let mut span = 1;
        while found.len() < self.wanted {
            // Days without orders are skipped.
            let sql = "SELECT MAX(day) FROM order_terms WHERE day <= $1";
            let newest: Option<i64> = rx.scalar(sql, params![until]).await?;
            let Some(newest) = newest else { break };
            let days: Vec<i64> = (0..span).map(|back| newest - back).collect();
            self.in_days(rx, &days, after, found).await?;
            until = newest - span;
            span = (span * 2).min(SPAN);
        }
        Ok(())
    }

    async fn in_days(
        &self,
        rx: &mut Rx,
        days: &[i64],
        after: Place,
        found: &mut Vec<Place>,
    ) -> Result<(), DbError> {
        let sql = format!(
            "SELECT placed_at, order_id AS id FROM order_terms WHERE day IN ({}) AND term >= $1 AND term < $2 \
             AND (placed_at, order_id) < ($3, $4) ORDER BY placed_at DESC, order_id DESC LIMIT $5",
            line::list(6, days.len())
        );
        // An order may have several such terms; it comes once for each of them, one after the other.
        let mut batch = self.wanted * 3;
        let mut last = after;
        loop {
            let Prefix { from, to } = &self.prefix;
            let mut values: Vec<Value> = params![from, to, last.0, last.1, count(batch)].to_vec();
            values.extend(days.iter().map(|day| Value::Int(*day)));
            let rows = rx.rows(&sql, &values).await?;
            let mut places: Vec<Place> = Vec::with_capacity(rows.len());
            for row in &rows {
                let next = place(row)?;
                if next != last {
                    places.push(next);
                    last = next;
                }
            }
            for part in places.chunks(LOOK) {
                self.keep(rx, part, found).await?;
                if found.len() >= self.wanted {
                    return Ok(());
                }
            }
            if rows.len() < batch {
                return Ok(());
            }
            batch *= 4;
        }
    }

    /// Keeps those of the places whose orders are in the tab.
    async fn keep(
        &self,
        rx: &mut Rx,
        places: &[Place],
        found: &mut Vec<Place>,
    ) -> Result<(), DbError> {
        if self.tab == Tab::All {
            found.extend_from_slice(places);
            return Ok(());
        }
        let ids: Vec<OrderId> = places.iter().map(|(_, id)| OrderId(*id)).collect();
        // The tab is compared here: as a condition, SQLite would walk through it instead of looking up the ids.
        let sql = format!(
            "SELECT id, tab FROM orders WHERE id IN ({})",
            line::list(1, LOOK)
        );
        let mut kept: HashSet<Uuid> = HashSet::new();
        for row in rx.rows(&sql, &line::padded(&ids, LOOK)).await? {
            if row.parse::<Tab>("tab")? == self.tab {
                kept.insert(row.get("id")?);
            }
        }
        found.extend(places.iter().filter(|(_, id)| kept.contains(id)));
        Ok(())
    }
}

fn place(row: &Row) -> Result<Place, DbError> {
    Ok((row.get("placed_at")?, row.get("id")?))
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
