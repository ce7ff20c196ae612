//! Orders narrowed by more than their tab, and orders sorted by more than time.
//!
//! No index is kept for any of this: each would be paid for by every order that is placed. A page walks through the
//! orders of its tab by time and looks at a bounded number of them; where that is not enough it says from where to
//! look on. Any other order than by time is that of the newest orders of the selection, and says so when there are
//! more.

use kernel::{OrderId, Timestamp};
use platform::{
    DbError, Rx,
    db::{IntoValue, Row, Value},
    params,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    PaymentMethod, PaymentState,
    codes::codes,
    find::{Place, Places, count, place},
    line,
    search::Tab,
};

/// Orders that one page looks at, and orders among which other orders than by time are made.
pub const WITHIN: usize = 20_000;
/// Orders that a search finds at most when it is sorted by anything but time.
pub const FOUND: usize = 1_000;

codes! {
    /// What orders are sorted by.
    OrderSort {
        /// When they were placed.
        PlacedAt = "placed_at",
        /// What they cost.
        Total = "total",
        /// The name of the buyer.
        Customer = "customer",
        /// Until when they must leave; those without a promise come last.
        ShipBy = "ship_by",
    }
}

impl OrderSort {
    const fn sql(self) -> &'static str {
        match self {
            Self::PlacedAt => "placed_at",
            Self::Total => "total",
            Self::Customer => "buyer_name",
            Self::ShipBy => "COALESCE(ship_by, 9223372036854775807)",
        }
    }
}

/// What orders can be narrowed by beside their tab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    /// How they are paid.
    pub payment_method: Option<PaymentMethod>,
    /// What is known about their money.
    pub payment_state: Option<PaymentState>,
    /// Where the visit came from: a channel with all its places, or one place; `unknown` for orders without a visit.
    pub source: Option<String>,
    /// Placed at this instant or later.
    pub from: Option<Timestamp>,
    /// Placed before this instant.
    pub until: Option<Timestamp>,
}

/// A sort key, as rows have it and cursors carry it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SortKey {
    Number(i64),
    Text(String),
}

impl SortKey {
    fn of(row: &Row) -> Result<Self, DbError> {
        match row.get("sort_key")? {
            Value::Int(number) => Ok(Self::Number(number)),
            Value::Text(text) => Ok(Self::Text(text)),
            _ => Err(row.inconsistent("sort_key")),
        }
    }

    /// Whether a column sorts by such a key.
    pub(crate) const fn fits(&self, sort: OrderSort) -> bool {
        matches!(self, Self::Text(_)) == matches!(sort, OrderSort::Customer)
    }
}

impl IntoValue for &SortKey {
    fn into_value(self) -> Value {
        match self {
            SortKey::Number(number) => Value::Int(*number),
            SortKey::Text(text) => Value::Text(text.clone()),
        }
    }
}

impl Narrow {
    /// Whether nothing but the time narrows.
    pub(crate) const fn is_plain(&self) -> bool {
        self.payment_method.is_none() && self.payment_state.is_none() && self.source.is_none()
    }

    /// Conditions on the columns `payment_method`, `payment_state` and `source`, each with `AND` before it.
    pub(crate) fn conditions(&self, values: &mut Vec<Value>) -> String {
        let mut sql = String::new();
        let mut put = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        if let Some(method) = self.payment_method {
            sql.push_str(&format!(
                " AND payment_method = {}",
                put(method.into_value())
            ));
        }
        if let Some(state) = self.payment_state {
            sql.push_str(&format!(" AND payment_state = {}", put(state.into_value())));
        }
        match self.source.as_deref() {
            None => {}
            Some("unknown") => sql.push_str(" AND source IS NULL"),
            Some(source) => {
                let literal = source
                    .replace('!', "!!")
                    .replace('%', "!%")
                    .replace('_', "!_");
                let exact = put(source.into_value());
                let below = put(format!("{literal}:%").into_value());
                sql.push_str(&format!(
                    " AND (source = {exact} OR source LIKE {below} ESCAPE '!')"
                ));
            }
        }
        sql
    }

    /// The condition on `placed_at` that ends the walk back, with `AND` before it.
    pub(crate) fn since(&self, values: &mut Vec<Value>) -> String {
        let Some(from) = self.from else {
            return String::new();
        };
        values.push(from.into_value());
        format!(" AND placed_at >= ${}", values.len())
    }

    /// The condition on `placed_at` that ends the walk forward, with `AND` before it.
    fn before(&self, values: &mut Vec<Value>) -> String {
        let Some(until) = self.until else {
            return String::new();
        };
        values.push(until.into_value());
        format!(" AND placed_at < ${}", values.len())
    }

    /// Whether an order is between the filters.
    pub(crate) fn holds(&self, row: &Row) -> Result<bool, DbError> {
        let source: Option<String> = row.get("source")?;
        let placed_at: Timestamp = row.get("placed_at")?;
        let method: PaymentMethod = row.parse("payment_method")?;
        let state: PaymentState = row.parse("payment_state")?;
        let from_source = match self.source.as_deref() {
            None => true,
            Some("unknown") => source.is_none(),
            Some(wanted) => source.is_some_and(|s| {
                s.strip_prefix(wanted)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            }),
        };
        Ok(from_source
            && self.payment_method.is_none_or(|m| m == method)
            && self.payment_state.is_none_or(|s| s == state)
            && self.from.is_none_or(|from| placed_at >= from)
            && self.until.is_none_or(|until| placed_at < until))
    }

    /// Orders of a tab by time, from a place on.
    pub(crate) async fn walk(
        &self,
        rx: &mut Rx,
        tab: Tab,
        after: Place,
        ascending: bool,
        wanted: usize,
    ) -> Result<Places, DbError> {
        let (beyond, order) = if ascending {
            (">", "placed_at, id")
        } else {
            ("<", "placed_at DESC, id DESC")
        };
        let mut values: Vec<Value> = params![after.0, after.1].to_vec();
        let mut inside = format!("(placed_at, id) {beyond} ($1, $2)");
        if tab != Tab::All {
            values.push(tab.into_value());
            inside.push_str(" AND tab = $3");
        }
        inside.push_str(&self.since(&mut values));
        inside.push_str(&self.before(&mut values));
        if self.is_plain() {
            values.push(count(wanted).into_value());
            let sql = format!(
                "SELECT placed_at, id FROM orders WHERE {inside} ORDER BY {order} LIMIT ${}",
                values.len()
            );
            let found = rx.rows(&sql, &values).await?;
            return Ok(Places {
                found: found.iter().map(place).collect::<Result<_, _>>()?,
                further: None,
            });
        }
        let asked = values.clone();
        let narrowed = self.conditions(&mut values);
        values.push(count(wanted).into_value());
        // The inner order and limit bound what is looked at.
        let sql = format!(
            "SELECT placed_at, id FROM (SELECT placed_at, id, payment_method, payment_state, source FROM orders \
             WHERE {inside} ORDER BY {order} LIMIT {WITHIN}) AS head WHERE TRUE{narrowed} ORDER BY {order} LIMIT ${}",
            values.len()
        );
        let rows = rx.rows(&sql, &values).await?;
        let found: Vec<Place> = rows.iter().map(place).collect::<Result<_, _>>()?;
        let mut further = None;
        if found.len() < wanted {
            let sql = format!(
                "SELECT placed_at, id FROM orders WHERE {inside} ORDER BY {order} LIMIT 1 OFFSET {}",
                WITHIN - 1
            );
            let last = rx.row(&sql, &asked).await?;
            further = last.as_ref().map(place).transpose()?;
        }
        Ok(Places { found, further })
    }

    /// Orders of a tab in another order, among the newest of them. Says whether there are older ones.
    pub(crate) async fn among_newest(
        &self,
        rx: &mut Rx,
        tab: Tab,
        (sort, descending): (OrderSort, bool),
        after: Option<&(SortKey, Uuid)>,
        wanted: usize,
    ) -> Result<(Vec<(SortKey, Uuid)>, bool), DbError> {
        let mut values: Vec<Value> = Vec::new();
        let mut inside = String::from("TRUE");
        if tab != Tab::All {
            values.push(tab.into_value());
            inside.push_str(" AND tab = $1");
        }
        inside.push_str(&self.since(&mut values));
        inside.push_str(&self.before(&mut values));
        let asked = values.clone();
        let mut outside = self.conditions(&mut values);
        let (beyond, direction) = if descending {
            ("<", " DESC")
        } else {
            (">", "")
        };
        if let Some((key, id)) = after {
            values.extend_from_slice(params![key, *id]);
            let n = values.len();
            outside.push_str(&format!(" AND (sort_key, id) {beyond} (${}, ${n})", n - 1));
        }
        values.push(count(wanted).into_value());
        let key = sort.sql();
        let sql = format!(
            "SELECT sort_key, id FROM (SELECT {key} AS sort_key, id, payment_method, payment_state, source FROM orders WHERE {inside} \
             ORDER BY placed_at DESC, id DESC LIMIT {WITHIN}) AS head WHERE TRUE{outside} \
             ORDER BY sort_key{direction}, id{direction} LIMIT ${}",
            values.len()
        );
        let rows = rx.rows(&sql, &values).await?;
        let found = rows
            .iter()
            .map(|row| Ok((SortKey::of(row)?, row.get("id")?)));
        let found = found.collect::<Result<_, DbError>>()?;
        let sql = format!(
            "SELECT id FROM orders WHERE {inside} ORDER BY placed_at DESC, id DESC LIMIT 1 OFFSET {WITHIN}"
        );
        Ok((found, rx.row(&sql, &asked).await?.is_some()))
    }
}

/// Orders that a search found, in another order.
pub(crate) async fn sort_found(
    rx: &mut Rx,
    places: &[Place],
    (sort, descending): (OrderSort, bool),
    after: Option<&(SortKey, Uuid)>,
    wanted: usize,
) -> Result<Vec<(SortKey, Uuid)>, DbError> {
    let ids: Vec<OrderId> = places.iter().map(|(_, id)| OrderId(*id)).collect();
    let sql = format!(
        "SELECT {} AS sort_key, id FROM orders WHERE id IN ({})",
        sort.sql(),
        line::list(1, line::LIST)
    );
    let mut found: Vec<(SortKey, Uuid)> = Vec::with_capacity(ids.len());
    for part in ids.chunks(line::LIST) {
        for row in rx.rows(&sql, &line::padded(part, line::LIST)).await? {
            found.push((SortKey::of(&row)?, row.get("id")?));
        }
    }
    found.sort_unstable();
    if descending {
        found.reverse();
    }
    let passed = |place: &(SortKey, Uuid)| {
        after.is_some_and(|after| {
            if descending {
                place >= after
            } else {
                place <= after
            }
        })
    };
    Ok(found
        .into_iter()
        .filter(|p| !passed(p))
        .take(wanted)
        .collect())
}
