//! What is wanted most and what is reduced, from real orders, real visits and the history of prices (STF-07, GOV-08).

use std::{collections::HashMap, sync::Arc};

use kernel::{ProductId, event};
use platform::{Rx, params};

use crate::FlowError;

/// Orders from which it is counted what sells.
const ORDERS: i64 = 1_000;
/// Opened product pages from which it is counted what is looked at.
const VIEWS: i64 = 2_000;
/// A unit sold counts as much as so many people who looked.
const SALE: i64 = 5;
/// Products of a list.
const MOST: usize = 32;

/// What is wanted, and what costs less than it did.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What sells and is looked at most, most first.
    pub hot: Arc<Vec<ProductId>>,
    /// Units sold in the latest orders.
    pub sold: HashMap<ProductId, i64>,
    /// Products with a price that was really higher before, the newest first.
    pub reduced: Vec<ProductId>,
}

/// Counts what is wanted. A long read; its answer is kept for a while by whoever asks.
///
/// # Errors
/// Whatever the database says.
pub async fn wanted(rx: &mut Rx) -> Result<Wanted, FlowError> {
    let sold = "SELECT l.product_id, SUM(l.quantity - l.cancelled) AS units FROM order_lines l JOIN (SELECT id FROM orders \
                WHERE state NOT IN ('cancelled', 'expired') ORDER BY placed_at DESC, id DESC LIMIT $1) o ON o.id = l.order_id \
                JOIN products p ON p.id = l.product_id AND p.state = 'published' WHERE NOT l.gift GROUP BY l.product_id";
    let mut found = Wanted::default();
    for row in rx.rows(sold, params![ORDERS]).await? {
        let units: i64 = row.get("units")?;
        if units > 0 {
            found.sold.insert(row.get("product_id")?, units);
        }
    }
    let viewed = "SELECT e.subject_id, COUNT(DISTINCT e.visitor_id) AS people FROM (SELECT subject_id, visitor_id FROM events \
                  WHERE name = $1 AND subject_id IS NOT NULL ORDER BY occurred_at DESC LIMIT $2) e \
                  JOIN products p ON p.id = e.subject_id AND p.state = 'published' GROUP BY e.subject_id";
    let mut viewers: HashMap<ProductId, i64> = HashMap::new();
    for row in rx
        .rows(viewed, params![event::PRODUCT_VIEWED, VIEWS])
        .await?
    {
        viewers.insert(row.get("subject_id")?, row.get("people")?);
    }
    found.hot = Arc::new(ranked(&found.sold, &viewers));
    let reduced = "SELECT p.id FROM products p WHERE p.state = 'published' AND p.id IN (SELECT product_id FROM variants \
                   WHERE compare_at IS NOT NULL AND state = 'active') ORDER BY p.published_at DESC, p.id DESC LIMIT $1";
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let rows = rx.rows(reduced, params![most]).await?;
    found.reduced = rows.iter().map(|r| r.get("id")).collect::<Result<_, _>>()?;
    Ok(found)
}

/// The products in the order in which they are wanted.
fn ranked(sold: &HashMap<ProductId, i64>, viewers: &HashMap<ProductId, i64>) -> Vec<ProductId> {
    let mut scores: HashMap<ProductId, i64> = viewers.clone();
    for (id, units) in sold {
        let score = scores.entry(*id).or_default();
        *score = score.saturating_add(units.saturating_mul(SALE));
    }
    let mut ids: Vec<(ProductId, i64)> = scores.into_iter().collect();
    ids.sort_by_key(|(id, score)| (std::cmp::Reverse(*score), *id));
    ids.into_iter().map(|(id, _)| id).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// STF-07: what sells goes before what is only looked at, and both count.
    #[test]
    fn sales_and_views_count() {
        let [sold, seen, both] = [ProductId::new(), ProductId::new(), ProductId::new()];
        let units = HashMap::from([(sold, 2), (both, 2)]);
        let people = HashMap::from([(seen, 9), (both, 1)]);
        assert_eq!(ranked(&units, &people), [both, sold, seen]);
    }
}
