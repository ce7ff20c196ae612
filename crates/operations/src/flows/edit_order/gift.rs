//! The gift of an order that is changed (STF-16): it stays while its goods are not fewer or still enough, and comes with
//! the goods that reach the sum.

use std::collections::BTreeMap;

use catalog::sellable;
use kernel::{Money, OrderLineId, Quantity, VariantId};
use orders::{Order, OrderLine, totals::PricedLine};
use platform::Rx;

use super::plan::{Proposal, again};
use crate::{FlowError, gift, shop::Shop};

/// The gift of the order as it is to become: its own line where it stays. No units take it out, as with any other line.
pub(super) async fn gift(
    rx: &mut Rx,
    (order, lines): (&Order, &[OrderLine]),
    proposal: &Proposal,
    (priced, subtotal): (&[PricedLine], Money),
    shop: &Shop,
) -> Result<Option<(Option<OrderLineId>, PricedLine)>, FlowError> {
    let rule = gift::load(rx).await?;
    let enough = |goods: Money| goods.amount >= rule.from;
    if let Some(line) = lines.iter().find(|line| line.gift) {
        let taken_out = matches!(proposal.lines.get(&line.id), Some((0, _)));
        let lost = subtotal.amount < order.subtotal.amount && rule.on && !enough(subtotal);
        if taken_out || lost {
            return Ok(None);
        }
        if order.stock_decision && !is_there(rx, line, &taken(order, lines, priced)).await? {
            return Ok(None);
        }
        let units = Quantity::new(line.quantity).unwrap_or(Quantity::ONE);
        let same = again(line, units, shop);
        return Ok(Some((Some(line.id), same)));
    }
    if !enough(subtotal) || enough(order.subtotal) {
        return Ok(None);
    }
    let gift = gift::of(rx, &rule, subtotal, &taken(order, lines, priced)).await?;
    Ok(gift.map(|gift| (None, gift.line(shop, order.locale))))
}

/// Whether there is one of the gift for an order that holds nothing.
async fn is_there(
    rx: &mut Rx,
    line: &OrderLine,
    taken: &BTreeMap<VariantId, i64>,
) -> Result<bool, FlowError> {
    let sold = sellable::of(rx, &[line.variant_id]).await?.pop();
    Ok(match sold {
        Some(sold) => gift::left(rx, &sold, taken).await? >= line.quantity,
        None => false,
    })
}

/// What the change takes of the stock beyond what the order holds; less than nothing where it gives back.
fn taken(order: &Order, lines: &[OrderLine], priced: &[PricedLine]) -> BTreeMap<VariantId, i64> {
    let mut taken: BTreeMap<VariantId, i64> = BTreeMap::new();
    for (variant, units) in priced.iter().flat_map(PricedLine::goods) {
        *taken.entry(variant).or_default() += units;
    }
    // An order that waits for a decision about its stock has none (S9).
    let held = if order.stock_decision { &[] } else { lines };
    for (variant, units) in held.iter().flat_map(|line| line.goods(line.quantity)) {
        *taken.entry(variant).or_default() -= units;
    }
    taken
}
