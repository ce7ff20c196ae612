//! The arithmetic of holds: pure, so that it can be proved apart from any database.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use kernel::{HoldId, LocationId, VariantId};

use crate::{InventoryError, MAX_UNITS, Shortage};

/// What a whole request wants of each variant: duplicate lines are summed before anything is checked (invariant S7).
/// Sorted, because this is also the order in which rows are locked.
///
/// # Errors
/// [`InventoryError::InvalidQuantity`] for no lines at all, and for a line or a sum outside 1…[`MAX_UNITS`].
pub(super) fn summed(
    lines: &[(VariantId, i64)],
) -> Result<BTreeMap<VariantId, i64>, InventoryError> {
    let mut wants = BTreeMap::new();
    for (variant_id, quantity) in lines {
        let sum: &mut i64 = wants.entry(*variant_id).or_default();
        *sum = sum.saturating_add(*quantity);
        if *quantity < 1 || *sum > MAX_UNITS {
            return Err(InventoryError::InvalidQuantity);
        }
    }
    if wants.is_empty() {
        Err(InventoryError::InvalidQuantity)
    } else {
        Ok(wants)
    }
}

/// A place that keeps a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shelf {
    pub(super) location_id: LocationId,
    /// Its turn: the smaller, the sooner.
    pub(super) turn: (usize, i64),
    pub(super) free: i64,
    pub(super) backorder: bool,
}

/// From which places to take `wanted` units: from the first that has them all, else from the first that may go below
/// nothing, else a share from each in turn.
///
/// # Errors
/// The units that are there, when all places together have too few.
pub(super) fn spread(wanted: i64, mut shelves: Vec<Shelf>) -> Result<Vec<(LocationId, i64)>, i64> {
    shelves.sort_by_key(|shelf| (shelf.turn, shelf.location_id));
    let whole = shelves
        .iter()
        .find(|s| s.free >= wanted)
        .or_else(|| shelves.iter().find(|s| s.backorder));
    if let Some(shelf) = whole {
        return Ok(vec![(shelf.location_id, wanted)]);
    }
    let mut left = wanted;
    let mut shares = Vec::new();
    for shelf in shelves {
        let share = shelf.free.clamp(0, left);
        if share > 0 {
            shares.push((shelf.location_id, share));
            left -= share;
        }
    }
    if left == 0 {
        Ok(shares)
    } else {
        Err(wanted - left)
    }
}

/// From which place to take each variant that some place has all of, so that the order leaves in few parcels: again and
/// again the place that has most of what is still wanted, the one whose turn comes first among equals. A place that has
/// everything is thus the only one. What no place has whole is not in the answer.
///
/// It is a plan, made from numbers that others may change: the statement that takes the stock decides.
pub(super) fn plan(
    wants: &BTreeMap<VariantId, i64>,
    places: &[LocationId],
    free: &HashMap<(VariantId, LocationId), i64>,
) -> HashMap<VariantId, LocationId> {
    let has = |place: LocationId, variant: VariantId, wanted: i64| {
        free.get(&(variant, place)).is_some_and(|f| *f >= wanted)
    };
    let mut left: Vec<(VariantId, i64)> = wants.iter().map(|(v, n)| (*v, *n)).collect();
    let mut planned = HashMap::new();
    while !left.is_empty() {
        let covered = |place: LocationId| left.iter().filter(|(v, n)| has(place, *v, *n)).count();
        let best = places.iter().min_by_key(|place| Reverse(covered(**place)));
        let Some(best) = best.copied().filter(|place| covered(*place) > 0) else {
            break;
        };
        left.retain(|(variant, wanted)| {
            let here = has(best, *variant, *wanted);
            if here {
                planned.insert(*variant, best);
            }
            !here
        });
    }
    planned
}

/// An open hold of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenHold {
    pub(super) id: HoldId,
    pub(super) variant_id: VariantId,
    pub(super) location_id: LocationId,
    pub(super) quantity: i64,
}

/// Units that are taken out of one hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Draw {
    pub(super) hold: OpenHold,
    pub(super) quantity: i64,
}

impl Draw {
    /// Whether nothing of the hold is left.
    pub(super) const fn is_whole(&self) -> bool {
        self.quantity == self.hold.quantity
    }
}

/// Out of which of an order's open holds to take what is wanted.
///
/// # Errors
/// Each variant of which less is held.
pub(super) fn draw(
    open: &[OpenHold],
    wants: &BTreeMap<VariantId, i64>,
) -> Result<Vec<Draw>, Vec<Shortage>> {
    let mut draws = Vec::new();
    let mut short = Vec::new();
    for (variant_id, wanted) in wants {
        let mut left = *wanted;
        for hold in open.iter().filter(|hold| hold.variant_id == *variant_id) {
            let quantity = hold.quantity.min(left);
            if quantity > 0 {
                draws.push(Draw {
                    hold: *hold,
                    quantity,
                });
                left -= quantity;
            }
        }
        if left > 0 {
            short.push(Shortage {
                variant_id: *variant_id,
                wanted: *wanted,
                available: *wanted - left,
            });
        }
    }
    if short.is_empty() {
        Ok(draws)
    } else {
        Err(short)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shelves(list: &[(i64, bool)]) -> Vec<Shelf> {
        let place = |(n, (free, backorder)): (usize, &(i64, bool))| Shelf {
            location_id: LocationId::new(),
            turn: (n, 0),
            free: *free,
            backorder: *backorder,
        };
        list.iter().enumerate().map(place).collect()
    }

    /// S7: lines of one variant are one demand, and absurd ones are refused before they can wrap.
    #[test]
    fn duplicate_lines_are_summed() {
        let (a, b) = (VariantId::new(), VariantId::new());
        let wants = summed(&[(a, 2), (b, 1), (a, 3)]).unwrap();
        assert_eq!((wants.get(&a), wants.get(&b)), (Some(&5), Some(&1)));
        for bad in [
            &[][..],
            &[(a, 0)],
            &[(a, -1)],
            &[(a, 3), (a, -1)],
            &[(a, i64::MAX), (a, i64::MAX)],
        ] {
            assert!(
                matches!(summed(bad), Err(InventoryError::InvalidQuantity)),
                "{bad:?}"
            );
        }
    }

    /// INV-04: goods come from the first place that has them all, before several are asked for a share.
    #[test]
    fn one_place_is_better_than_two() {
        let two = shelves(&[(3, false), (5, false)]);
        assert_eq!(spread(4, two.clone()), Ok(vec![(two[1].location_id, 4)]));
        assert_eq!(
            spread(6, two.clone()),
            Ok(vec![(two[0].location_id, 3), (two[1].location_id, 3)])
        );
        assert_eq!(spread(9, two), Err(8));
        let endless = shelves(&[(3, false), (-2, true)]);
        assert_eq!(
            spread(4, endless.clone()),
            Ok(vec![(endless[1].location_id, 4)])
        );
    }

    proptest! {
        /// INV-14: a plan takes a variant only from a place that has all of it and leaves out none that some place has;
        /// where one place has everything, the first of these is the only one.
        #[test]
        fn a_plan_needs_few_places(
            free in prop::collection::vec(prop::collection::vec(0_i64..6, 3), 1..5),
            wanted in prop::collection::vec(1_i64..5, 3),
        ) {
            let places: Vec<LocationId> = free.iter().map(|_| LocationId::new()).collect();
            let wants: BTreeMap<VariantId, i64> = wanted.iter().map(|n| (VariantId::new(), *n)).collect();
            let mut there = HashMap::new();
            for (place, units) in places.iter().zip(&free) {
                there.extend(wants.keys().zip(units).map(|(variant, n)| ((*variant, *place), *n)));
            }
            let planned = plan(&wants, &places, &there);
            for (variant, wanted) in &wants {
                let some = places.iter().any(|place| there[&(*variant, *place)] >= *wanted);
                prop_assert_eq!(planned.contains_key(variant), some);
                if let Some(place) = planned.get(variant) {
                    prop_assert!(there[&(*variant, *place)] >= *wanted);
                }
            }
            let all = places.iter().find(|place| wants.iter().all(|(v, n)| there[&(*v, **place)] >= *n));
            if let Some(all) = all {
                prop_assert!(planned.values().all(|place| place == all));
            }
        }

        /// S1, S5: shares sum to what was wanted and no place gives more than it has, or all together have too few.
        #[test]
        fn shares_sum_to_the_demand(free in prop::collection::vec(-3_i64..9, 0..5), wanted in 1_i64..20) {
            let list: Vec<(i64, bool)> = free.iter().map(|units| (*units, false)).collect();
            let shelves = shelves(&list);
            let total: i64 = free.iter().map(|units| (*units).max(0)).sum();
            match spread(wanted, shelves.clone()) {
                Ok(shares) => {
                    prop_assert_eq!(shares.iter().map(|s| s.1).sum::<i64>(), wanted);
                    for (place, share) in shares {
                        let shelf = shelves.iter().find(|s| s.location_id == place).unwrap();
                        prop_assert!(share >= 1 && share <= shelf.free);
                    }
                }
                Err(available) => prop_assert!(available == total && total < wanted),
            }
        }

        /// S4: what is drawn out of holds sums to what was wanted, and no hold gives more than it has.
        #[test]
        fn draws_sum_to_the_demand(held in prop::collection::vec((0_usize..2, 1_i64..6), 0..6), wanted in 1_i64..12) {
            let variants = [VariantId::new(), VariantId::new()];
            let open: Vec<OpenHold> = held
                .iter()
                .map(|(v, quantity)| OpenHold { id: HoldId::new(), variant_id: variants[*v], location_id: LocationId::new(), quantity: *quantity })
                .collect();
            let total: i64 = held.iter().filter(|(v, _)| *v == 0).map(|(_, q)| q).sum();
            match draw(&open, &BTreeMap::from([(variants[0], wanted)])) {
                Ok(draws) => {
                    prop_assert_eq!(draws.iter().map(|d| d.quantity).sum::<i64>(), wanted);
                    prop_assert!(draws.iter().all(|d| d.hold.variant_id == variants[0] && d.quantity <= d.hold.quantity));
                    prop_assert!(draws.iter().rev().skip(1).all(Draw::is_whole));
                }
                Err(short) => {
                    prop_assert!(total < wanted);
                    prop_assert_eq!(short, vec![Shortage { variant_id: variants[0], wanted, available: total }]);
                }
            }
        }
    }
}
