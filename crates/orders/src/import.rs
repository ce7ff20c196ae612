//! Orders of the past, brought in from another system in bulk: with their own numbers, their history and their terms.

use std::collections::HashSet;

use kernel::{Money, OrderLineId, Timestamp};
use platform::{Ctx, Rx, Tx, db::Value, params, secret};

use crate::{
    Order, OrderLine, OrderState, OrdersError, TotalLine, line, line_part,
    order::{self, LINK_DAYS},
    terms,
};

/// What became of an imported line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineProgress {
    /// Units cancelled.
    pub cancelled: i64,
    /// Units shipped.
    pub shipped: i64,
    /// Units that came back.
    pub returned: i64,
    /// Units put on the shelf again.
    pub restocked: i64,
    /// Money given back, in minor units.
    pub refunded: i64,
}

/// An imported line.
#[derive(Debug, Clone)]
pub struct ImportedLine {
    /// Its id, chosen by the importer so that it can refer to it.
    pub id: OrderLineId,
    /// The line.
    pub line: TotalLine,
    /// What became of it.
    pub progress: LineProgress,
}

/// An order of the past. The token and the search terms are made here.
#[derive(Debug, Clone)]
pub struct ImportedOrder {
    /// The order; its token is replaced by a fresh one.
    pub order: Order,
    /// Its lines.
    pub lines: Vec<ImportedLine>,
    /// The states it went through, oldest first, ending in the state of the order; none for `placed` at once to it.
    pub history: Vec<(OrderState, Timestamp)>,
}

/// Writes orders of the past with few statements. Nothing is announced on the stream; the importer decides that.
///
/// # Errors
/// A number that exists already, or figures that the schema refuses; nothing is written then.
pub async fn import(
    tx: &mut Tx,
    ctx: &Ctx,
    orders: Vec<ImportedOrder>,
    cause: &str,
) -> Result<(), OrdersError> {
    let mut rows = Rows::default();
    for mut imported in orders {
        if imported.lines.is_empty() {
            return Err(OrdersError::Empty);
        }
        imported.order.token = secret::random_token();
        imported.order.token_expires_at = imported.order.placed_at.plus_seconds(LINK_DAYS * 86_400);
        rows.add(ctx, &imported, cause);
    }
    tx.insert_many("orders", order::PLACED_COLUMNS, &rows.orders)
        .await?;
    let columns = [
        line::INSERTED,
        &[
            "cancelled",
            "shipped",
            "returned",
            "restocked",
            "refunded",
            "refunded_units",
        ],
    ]
    .concat();
    tx.insert_many("order_lines", &columns, &rows.lines).await?;
    if !rows.parts.is_empty() {
        tx.insert_many("order_line_parts", line_part::INSERTED, &rows.parts)
            .await?;
    }
    tx.insert_many(
        "order_history",
        &["order_id", "from_state", "to_state", "cause", "actor", "at"],
        &rows.history,
    )
    .await?;
    tx.insert_many("order_terms", terms::INSERTED, &rows.terms)
        .await?;
    Ok(())
}

/// Those of the numbers that orders have already.
///
/// # Errors
/// Whatever the database says.
pub async fn known_numbers(rx: &mut Rx, numbers: &[&str]) -> Result<HashSet<String>, OrdersError> {
    const PART: usize = 200;
    let mut known = HashSet::new();
    for part in numbers.chunks(PART) {
        let sql = format!(
            "SELECT number FROM orders WHERE number IN ({})",
            line::list(1, PART)
        );
        let last = part.last().copied().unwrap_or_default();
        let padded = part
            .iter()
            .copied()
            .chain(std::iter::repeat(last))
            .take(PART);
        let values: Vec<Value> = padded
            .map(|number| Value::Text(number.to_owned()))
            .collect();
        for row in rx.rows(&sql, &values).await? {
            known.insert(row.get("number")?);
        }
    }
    Ok(known)
}

#[derive(Default)]
struct Rows {
    orders: Vec<Vec<Value>>,
    lines: Vec<Vec<Value>>,
    parts: Vec<Vec<Value>>,
    history: Vec<Vec<Value>>,
    terms: Vec<Vec<Value>>,
}

impl Rows {
    fn add(
        &mut self,
        ctx: &Ctx,
        ImportedOrder {
            order,
            lines,
            history,
        }: &ImportedOrder,
        cause: &str,
    ) {
        let found_by = terms::of(order, lines.iter().map(|l| l.line.line.sku.as_str()));
        self.terms.extend(terms::rows(order, &found_by));
        self.orders.push(order::row(order, &found_by));
        for (position, imported) in (0..).zip(lines) {
            let LineProgress {
                cancelled,
                shipped,
                returned,
                restocked,
                refunded,
            } = imported.progress;
            let placed = OrderLine::placed(imported.id, order.id, position, &imported.line);
            let mut row = line::row(&placed);
            row.extend_from_slice(params![
                cancelled,
                shipped,
                returned,
                restocked,
                refunded,
                imported.refunded_units()
            ]);
            self.lines.push(row);
            self.parts.extend(line_part::rows(&placed));
        }
        let actor = ctx.actor().label();
        let mut from: Option<OrderState> = None;
        let last = (order.state, order.closed_at.unwrap_or(order.placed_at));
        let missing =
            (history.last().map(|(state, _)| *state) != Some(order.state)).then_some(last);
        for (to, at) in history.iter().copied().chain(missing) {
            self.history
                .push(params![order.id, from, to, cause, &actor, at].to_vec());
            from = Some(to);
        }
    }
}

impl ImportedLine {
    /// A line of which everything was shipped and nothing came back.
    #[must_use]
    pub fn shipped(line: TotalLine) -> Self {
        let shipped = line.line.quantity.get();
        Self {
            id: OrderLineId::new(),
            line,
            progress: LineProgress {
                shipped,
                ..LineProgress::default()
            },
        }
    }

    /// Units that money was given back for: all that were cancelled or came back, unless none was.
    const fn refunded_units(&self) -> i64 {
        if self.progress.refunded > 0 {
            self.progress.cancelled + self.progress.returned
        } else {
            0
        }
    }

    /// What was given back for the line.
    #[must_use]
    pub const fn refunded(&self) -> Money {
        Money::new(self.progress.refunded, self.line.total.currency)
    }
}

impl ImportedOrder {
    /// The lines for which money was given back: their units, and how much.
    #[must_use]
    pub fn given_back(&self) -> Vec<(OrderLineId, i64, Money)> {
        let lines = self.lines.iter().filter(|line| line.progress.refunded > 0);
        lines
            .map(|line| (line.id, line.refunded_units(), line.refunded()))
            .collect()
    }
}
