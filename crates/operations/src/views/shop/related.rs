//! What a product page and a cart offer beside what is looked at (STF-09).
//!
//! Candidates are what was bought together with it in the latest orders, what stands in its nearest collection, and what
//! is bought most. Each gets points: six for each of the first five orders that had both, two for each of the first five
//! brands, tags and attribute values that both have, three for the same collection, and three for one of the three goods
//! that are bought most, one for the others. The most points come first; if none of the goods bought most is among those
//! shown, the last place is given to the first of them. What is not on sale or sold out is left out by who shows it.

use std::collections::HashMap;

use catalog::{ProductFilter, ProductSort, ProductState, collection, product};
use kernel::{OrderId, ProductId};
use platform::{
    Rx,
    db::{id_value, keyed},
    params,
};

use crate::FlowError;

/// Orders that are looked at.
const RECENT_ORDERS: i64 = 1_000;
/// Kinds of goods in an order from which on it says nothing about what belongs together.
const MIXED: usize = 12;
/// Candidates of one kind.
const CANDIDATES: usize = 24;
/// Candidates that a page gets: more than it shows, because some may be sold out by then.
pub const OFFERED: usize = 10;

/// What was bought together lately: for each product the others, most often first.
#[derive(Debug, Default)]
pub struct Bought(HashMap<ProductId, Vec<(ProductId, i64)>>);

/// What may be shown beside a product, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    id: ProductId,
    /// Orders that had both.
    together: i64,
    /// Brands, tags and attribute values that both have.
    shared: i64,
    /// Whether both stand in the same collection.
    beside: bool,
    /// Its place among what is bought most, from 0.
    hot: Option<usize>,
}

impl Candidate {
    fn points(self) -> i64 {
        let hot = match self.hot {
            Some(0..=2) => 3,
            Some(_) => 1,
            None => 0,
        };
        6 * self.together.min(5) + 2 * self.shared.min(5) + 3 * i64::from(self.beside) + hot
    }
}

/// What the latest orders had together.
///
/// # Errors
/// Whatever the database says.
pub async fn bought(rx: &mut Rx) -> Result<Bought, FlowError> {
    let sql = "SELECT DISTINCT l.order_id, l.product_id FROM order_lines l JOIN (SELECT id, state FROM orders \
               ORDER BY placed_at DESC, id DESC LIMIT $1) o ON o.id = l.order_id \
               WHERE o.state NOT IN ('cancelled', 'expired') AND NOT l.gift ORDER BY l.order_id, l.product_id";
    let rows = rx.rows(sql, params![RECENT_ORDERS]).await?;
    let mut orders: HashMap<OrderId, Vec<ProductId>> = HashMap::new();
    for row in &rows {
        let goods = orders.entry(row.get("order_id")?).or_default();
        goods.push(row.get("product_id")?);
    }
    Ok(Bought::of(orders.into_values()))
}

impl Bought {
    fn of(orders: impl Iterator<Item = Vec<ProductId>>) -> Self {
        let mut pairs: HashMap<ProductId, HashMap<ProductId, i64>> = HashMap::new();
        for goods in orders.filter(|goods| goods.len() < MIXED) {
            for one in &goods {
                for other in goods.iter().filter(|other| *other != one) {
                    *pairs.entry(*one).or_default().entry(*other).or_default() += 1;
                }
            }
        }
        let sorted = pairs.into_iter().map(|(one, others)| {
            let mut others: Vec<(ProductId, i64)> = others.into_iter().collect();
            others.sort_by_key(|(id, times)| (-times, *id));
            others.truncate(CANDIDATES);
            (one, others)
        });
        Self(sorted.collect())
    }

    fn with(&self, id: ProductId) -> &[(ProductId, i64)] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What goes with a cart: what was bought together with its goods, most often first, then what is bought most.
    #[must_use]
    pub fn beside(&self, cart: &[ProductId], popular: &[ProductId]) -> Vec<ProductId> {
        let mut times: HashMap<ProductId, i64> = HashMap::new();
        for (id, n) in cart.iter().flat_map(|id| self.with(*id)) {
            *times.entry(*id).or_default() += n;
        }
        let mut found: Vec<(ProductId, i64)> = times.into_iter().collect();
        found.sort_by_key(|(id, times)| (-times, *id));
        let mut ids: Vec<ProductId> = found.into_iter().map(|(id, _)| id).collect();
        ids.extend(popular);
        let mut seen = cart.to_vec();
        ids.retain(|id| {
            let fresh = !seen.contains(id);
            seen.push(*id);
            fresh
        });
        ids.truncate(OFFERED);
        ids
    }
}

/// What to show beside the product at `handle`, best first; nothing beside none.
///
/// # Errors
/// Whatever the database says.
pub async fn to_product(
    rx: &mut Rx,
    handle: &str,
    (bought, popular): (&Bought, &[ProductId]),
) -> Result<Vec<ProductId>, FlowError> {
    let Some(product) = product::by_handle(rx, handle).await? else {
        return Ok(Vec::new());
    };
    let id = product.id;
    let placed = collection::of_products(rx, &[id]).await?;
    let nearest = placed.iter().min_by_key(|(_, c)| c.parent_id.is_none());
    let beside = match nearest {
        Some((_, collection)) => {
            let filter = ProductFilter {
                state: Some(ProductState::Published),
                collection: Some(collection.id),
                sort: ProductSort::Featured,
                ..ProductFilter::default()
            };
            let most = i64::try_from(CANDIDATES).unwrap_or(i64::MAX);
            product::ids(rx, &filter, most).await?
        }
        None => Vec::new(),
    };
    let together = bought.with(id);
    let mut ids: Vec<ProductId> = together.iter().map(|(id, _)| *id).collect();
    ids.extend(&beside);
    ids.extend(popular);
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|other| *other != id);
    let candidates = shared(rx, id, &ids)
        .await?
        .into_iter()
        .map(|(other, shared)| Candidate {
            id: other,
            together: together
                .iter()
                .find(|(id, _)| *id == other)
                .map_or(0, |(_, times)| *times),
            shared,
            beside: beside.contains(&other),
            hot: popular.iter().position(|id| *id == other),
        });
    Ok(rank(candidates.collect(), OFFERED))
}

/// Those of these products that are on sale, with how many brands, tags and attribute values each shares with a product.
async fn shared(
    rx: &mut Rx,
    id: ProductId,
    others: &[ProductId],
) -> Result<Vec<(ProductId, i64)>, FlowError> {
    if others.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = others.iter().map(|id| id_value(*id)).collect();
    let (sql, values) = keyed(
        "SELECT p.id, (SELECT COUNT(*) FROM product_facets own JOIN product_facets f ON f.product_id = p.id \
         AND f.facet = own.facet AND f.value = own.value WHERE own.product_id = $1) AS shared \
         FROM products p WHERE p.state = 'published' AND p.id IN ({keys})",
        params![id],
        &keys,
    );
    let rows = rx.rows(&sql, &values).await?;
    rows.iter()
        .map(|row| Ok((row.get("id")?, row.get("shared")?)))
        .collect()
}

/// The best of these, and among them one of what is bought most.
fn rank(mut candidates: Vec<Candidate>, most: usize) -> Vec<ProductId> {
    candidates.sort_by_key(|c| (-c.points(), c.hot, c.id));
    let hottest = candidates
        .iter()
        .filter(|c| c.hot.is_some())
        .min_by_key(|c| c.hot)
        .copied();
    // The shown ones are the first half; the others stand by for what is sold out.
    let shown = (most / 2).max(1);
    let first = candidates.iter().take(shown);
    let pushed = hottest.filter(|_| first.clone().all(|c| c.hot.is_none()));
    if let Some(pushed) = pushed
        && candidates.len() > shown
    {
        candidates.retain(|c| c.id != pushed.id);
        candidates.insert(shown - 1, pushed);
    }
    candidates.iter().take(most).map(|c| c.id).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidate() -> Candidate {
        Candidate {
            id: ProductId::new(),
            together: 0,
            shared: 0,
            beside: false,
            hot: None,
        }
    }

    /// STF-09: what was bought together comes before what is like it, that before what stands beside it, and of goods
    /// that nobody would see one is shown that everybody buys.
    #[test]
    fn what_goes_together_comes_first() {
        let together = Candidate {
            together: 3,
            ..candidate()
        };
        let alike = Candidate {
            shared: 4,
            beside: true,
            ..candidate()
        };
        let beside = Candidate {
            beside: true,
            ..candidate()
        };
        let hot = Candidate {
            hot: Some(4),
            ..candidate()
        };
        let all = vec![hot, beside, alike, together];
        assert_eq!(
            rank(all.clone(), 10),
            [together.id, alike.id, beside.id, hot.id]
        );
        assert_eq!(rank(all, 4), [together.id, hot.id, alike.id, beside.id]);
    }

    /// STF-09: an order of everything says nothing; of the others each pair counts once an order, in both directions.
    #[test]
    fn orders_say_what_goes_together() {
        let ids: Vec<ProductId> = (0..20).map(|_| ProductId::new()).collect();
        let pair = || vec![ids[0], ids[1]];
        let orders = [pair(), pair(), vec![ids[0], ids[2]], ids.clone()];
        let bought = Bought::of(orders.into_iter());
        assert_eq!(bought.with(ids[0]), [(ids[1], 2), (ids[2], 1)]);
        assert_eq!(bought.with(ids[1]), [(ids[0], 2)]);
        assert!(bought.with(ids[9]).is_empty());
        let cart = [ids[1], ids[2]];
        assert_eq!(
            bought.beside(&cart, &[ids[5], ids[1], ids[0]]),
            [ids[0], ids[5]]
        );
    }

    proptest! {
        /// STF-09: nothing stands there twice, nothing is invented, and no place is left empty that could be filled.
        #[test]
        fn ranks_are_whole(points in proptest::collection::vec((0_i64..9, 0_i64..9, any::<bool>(), proptest::option::of(0_usize..16)), 0..40), most in 1_usize..12) {
            let all: Vec<Candidate> = points.into_iter()
                .map(|(together, shared, beside, hot)| Candidate { id: ProductId::new(), together, shared, beside, hot })
                .collect();
            let ranked = rank(all.clone(), most);
            prop_assert_eq!(ranked.len(), all.len().min(most));
            let mut once = ranked.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), ranked.len());
            prop_assert!(ranked.iter().all(|id| all.iter().any(|c| c.id == *id)));
        }
    }
}
