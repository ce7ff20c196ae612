//! How much can be sold of goods that are made of other goods (CAT-16): the shares that the lines of a cart get of one
//! stock, and what can be had of a bundle. Pure arithmetic for showing and warning; the decision to sell is made by the
//! statement that takes the stock (S5, S7).

use std::collections::HashMap;

use catalog::{Part, bundle};
use inventory::stock;
use kernel::VariantId;
use platform::Rx;

use crate::FlowError;

/// Units of each variant that can be had.
pub type Free = HashMap<VariantId, i64>;

/// How many units can be made of what is free: the least over all that one unit needs, rounded down.
pub(crate) fn units(free: &Free, needs: impl Iterator<Item = (VariantId, i64)>) -> i64 {
    needs
        .map(|(variant, each)| {
            let free = free.get(&variant).copied().unwrap_or_default();
            free.div_euclid(each.max(1))
        })
        .min()
        .unwrap_or_default()
}

/// What a line of a cart can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// If it were alone in the cart.
    pub(crate) alone: i64,
    /// After the lines before it took theirs.
    pub(crate) beside_others: i64,
}

/// What each line of a cart can have of stock that several of them may need: earlier lines come first (S7). `lines` are
/// what one unit of each needs, and how many units are wanted.
pub(crate) fn share(mut free: Free, lines: &[(Vec<(VariantId, i64)>, i64)]) -> Vec<Share> {
    let whole = free.clone();
    lines
        .iter()
        .map(|(needs, wanted)| {
            let found = Share {
                alone: units(&whole, needs.iter().copied()),
                beside_others: units(&free, needs.iter().copied()),
            };
            let taken = found.beside_others.clamp(0, (*wanted).max(0));
            for (variant, each) in needs {
                if let Some(left) = free.get_mut(variant) {
                    *left = left.saturating_sub(taken.saturating_mul(*each));
                }
            }
            found
        })
        .collect()
}

/// What can be had of variants, bundles among them, by what is free of their parts; and those parts.
///
/// # Errors
/// Whatever the database says.
pub async fn available(
    rx: &mut Rx,
    variants: &[VariantId],
    bundles: &[VariantId],
) -> Result<(Free, HashMap<VariantId, Vec<Part>>), FlowError> {
    if bundles.is_empty() {
        return Ok((stock::available(rx, variants).await?, HashMap::new()));
    }
    let parts = bundle::parts_of(rx, bundles).await?;
    let mut asked: Vec<VariantId> = variants.to_vec();
    asked.extend(parts.values().flatten().map(|part| part.variant_id));
    asked.sort_unstable();
    asked.dedup();
    let free = stock::available(rx, &asked).await?;
    let of = |id: &VariantId| match parts.get(id) {
        Some(parts) => units(&free, parts.iter().map(|p| (p.variant_id, p.quantity))),
        None => free.get(id).copied().unwrap_or_default(),
    };
    let found = variants.iter().map(|id| (*id, of(id))).collect();
    Ok((found, parts))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// S7, CAT-16: shares are what a clerk finds who takes units from the shelf one by one, line after line; and no
        /// line is short exactly when every shelf has what the whole cart needs of it.
        #[test]
        fn shares_are_what_a_clerk_finds(
            shelves in prop::collection::vec(-3_i64..15, 3),
            cart in prop::collection::vec((prop::collection::btree_map(0_usize..3, 1_i64..4, 1..=3), 1_i64..6), 1..6),
        ) {
            let goods: Vec<VariantId> = (0..3).map(|_| VariantId::new()).collect();
            let free: Free = goods.iter().copied().zip(shelves.iter().copied()).collect();
            let lines: Vec<(Vec<(VariantId, i64)>, i64)> = cart
                .iter()
                .map(|(needs, wanted)| (needs.iter().map(|(at, each)| (goods[*at], *each)).collect(), *wanted))
                .collect();
            let shares = share(free, &lines);
            let mut left = shelves.clone();
            for ((needs, wanted), share) in cart.iter().zip(&shares) {
                let mut made = 0;
                let mut trial = left.clone();
                while needs.iter().all(|(at, each)| trial[*at] >= *each) {
                    for (at, each) in needs {
                        trial[*at] -= each;
                    }
                    made += 1;
                    if made == *wanted {
                        left = trial.clone();
                    }
                }
                if made < *wanted {
                    left = trial;
                }
                prop_assert_eq!(share.beside_others.max(0), made);
                prop_assert!(share.alone >= share.beside_others);
            }
            let demand = |at: usize| cart.iter().map(|(needs, wanted)| needs.get(&at).copied().unwrap_or(0) * wanted).sum::<i64>();
            let enough = (0..3).all(|at| demand(at) == 0 || demand(at) <= shelves[at]);
            let served = lines.iter().zip(&shares).all(|((_, wanted), share)| share.beside_others >= *wanted);
            prop_assert_eq!(enough, served);
        }
    }

    /// What is sold without limit by itself is still limited by what it is packed with.
    #[test]
    fn the_scarcest_part_decides() {
        let (endless, scarce) = (VariantId::new(), VariantId::new());
        let free = Free::from([(endless, stock::UNLIMITED), (scarce, 7)]);
        assert_eq!(units(&free, [(endless, 2), (scarce, 3)].into_iter()), 2);
        assert_eq!(units(&free, [(VariantId::new(), 1)].into_iter()), 0);
    }
}
