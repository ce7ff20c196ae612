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
    narrow::Narrow,
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
/// Orders that one page looks at to find those in its tab and between its filters; a later page looks on from there.
const BUDGET: usize = 20_000;

/// Places of orders, and where to look on when there may be more that cost too much to look for at once.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) found: Vec<Place>,
    pub(crate) further: Option<Place>,
}

/// At most `wanted` places after a place, newest first.
pub(crate) async fn places(
    rx: &mut Rx,
    (tab, narrow): (Tab, &Narrow),
    prefix: Option<Prefix>,
    after: Place,
    wanted: usize,
) -> Result<Places, DbError> {
    let after = narrow
        .until
        .map_or(after, |until| after.min((until.micros(), Uuid::nil())));
    let Some(prefix) = prefix else {
        return narrow.walk(rx, tab, after, false, wanted).await;
    };
    let mut search = Search {
        prefix,
        tab,
        narrow,
        wanted,
        budget: BUDGET,
    };
    let mut places = Places::default();
    let mut after = after;
    if tab != Tab::All {
        let Some(end) = search.in_head(rx, after, &mut places.found).await? else {
            return Ok(places);
        };
        after = end;
    }
    places.further = search.by_terms(rx, after, &mut places.found).await?;
    places.found.truncate(wanted);
    Ok(places)
}

/// A search that goes on until it has what is wanted.
struct Search<'a> {
    prefix: Prefix,
    tab: Tab,
    narrow: &'a Narrow,
    wanted: usize,
    /// Orders that may still be looked at.
    budget: usize,
}

impl Search<'_> {
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
        let mut values: Vec<Value> = params![
            self.tab,
            after.0,
            after.1,
            head,
            self.prefix.pattern(),
            count(self.wanted)
        ]
        .to_vec();
        let narrowed = self.narrow.conditions(&mut values);
        let since = self.narrow.since(&mut values);
        // The inner order and limit keep PostgreSQL from reading the whole tab at once.
        let sql = format!(
            "SELECT placed_at, id FROM (SELECT placed_at, id, terms, payment_method, payment_state, source FROM orders \
             WHERE tab = $1 AND (placed_at, id) < ($2, $3){since} ORDER BY placed_at DESC, id DESC LIMIT $4) AS head \
             WHERE terms LIKE $5 ESCAPE '\\'{narrowed} ORDER BY placed_at DESC, id DESC LIMIT $6"
        );
        for row in rx.rows(&sql, &values).await? {
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

    /// Looks into the terms, day by day. Tells where it stopped before it was through.
    async fn by_terms(
        &mut self,
        rx: &mut Rx,
        after: Place,
        found: &mut Vec<Place>,
    ) -> Result<Option<Place>, DbError> {
        let mut until = terms::day_of(Timestamp::from_micros(after.0));
        let first = self.narrow.from.map_or(i64::MIN, terms::day_of);
        let mut span = 1;
        while found.len() < self.wanted {
            // Days without orders are skipped.
            let sql = "SELECT MAX(day) FROM order_terms WHERE day <= $1";
            let newest: Option<i64> = rx.scalar(sql, params![until]).await?;
            let Some(newest) = newest.filter(|day| *day >= first) else {
                break;
            };
            let days: Vec<i64> = (0..span).map(|back| newest - back).collect();
            let stopped = self.in_days(rx, &days, after, found).await?;
            if stopped.is_some() {
                return Ok(stopped);
            }
            until = newest - span;
            span = (span * 2).min(SPAN);
        }
        Ok(None)
    }

    async fn in_days(
        &mut self,
        rx: &mut Rx,
        days: &[i64],
        after: Place,
        found: &mut Vec<Place>,
    ) -> Result<Option<Place>, DbError> {
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
                    return Ok(None);
                }
                self.budget = self.budget.saturating_sub(part.len());
                if self.budget == 0 {
                    return Ok(part.last().copied());
                }
            }
            if rows.len() < batch {
                return Ok(None);
            }
            batch = (batch * 4).min(BUDGET);
        }
    }

    /// Keeps those of the places whose orders are in the tab and between the filters.
    async fn keep(
        &self,
        rx: &mut Rx,
        places: &[Place],
        found: &mut Vec<Place>,
    ) -> Result<(), DbError> {
        if self.tab == Tab::All && self.narrow.is_plain() {
            let since = self.narrow.from.map_or(i64::MIN, Timestamp::micros);
            found.extend(places.iter().filter(|(at, _)| *at >= since));
            return Ok(());
        }
        let ids: Vec<OrderId> = places.iter().map(|(_, id)| OrderId(*id)).collect();
        // The tab is compared here: as a condition, SQLite would walk through it instead of looking up the ids.
        let sql = format!(
            "SELECT id, tab, placed_at, payment_method, payment_state, source FROM orders WHERE id IN ({})",
            line::list(1, LOOK)
        );
        let mut kept: HashSet<Uuid> = HashSet::new();
        for row in rx.rows(&sql, &line::padded(&ids, LOOK)).await? {
            let in_tab = self.tab == Tab::All || row.parse::<Tab>("tab")? == self.tab;
            if in_tab && self.narrow.holds(&row)? {
                kept.insert(row.get("id")?);
            }
        }
        found.extend(places.iter().filter(|(_, id)| kept.contains(id)));
        Ok(())
    }
}

pub(crate) fn place(row: &Row) -> Result<Place, DbError> {
    Ok((row.get("placed_at")?, row.get("id")?))
}

pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
