//! Money that came in several payments goes back by the payments it came in: a refund is divided so that none gives
//! back more than it brought, and the parts together are exactly what was asked for.

use kernel::{Money, PaymentId};

use crate::{RefundLine, RefundRequest};

/// A payment and what of it has not gone back and is not about to.
pub(crate) type Left = (PaymentId, Money);

/// Divides a request over payments, in their order. `None` when they have not that much left.
///
/// Shipping goes first, then the lines; the units of a line that is divided belong to the part that ends it. A single
/// payment that has enough gets the request as it is.
pub(crate) fn divide(
    request: &RefundRequest,
    left: &[Left],
) -> Option<Vec<(PaymentId, RefundRequest)>> {
    let whole = left
        .iter()
        .find(|(_, has)| has.amount >= request.amount.amount);
    if let Some((payment, _)) = whole {
        return Some(vec![(*payment, request.clone())]);
    }
    let mut rest = request.clone();
    let mut parts = Vec::new();
    for (payment, has) in left.iter().filter(|(_, has)| has.amount > 0) {
        let mut space = has.amount.min(rest.amount.amount);
        if space == 0 {
            break;
        }
        let amount = Money::new(space, rest.amount.currency);
        let mut take = |of: &mut Money| {
            let part = of.amount.min(space);
            space -= part;
            of.amount -= part;
            Money::new(part, of.currency)
        };
        let shipping = take(&mut rest.shipping);
        let mut lines = Vec::new();
        for line in &mut rest.lines {
            let had = line.amount.amount;
            let amount = take(&mut line.amount);
            let ends = line.amount.amount == 0 && line.quantity > 0;
            if amount.amount > 0 || (ends && had == 0) {
                lines.push(RefundLine {
                    order_line_id: line.order_line_id,
                    quantity: if ends {
                        std::mem::take(&mut line.quantity)
                    } else {
                        0
                    },
                    amount,
                });
            }
        }
        rest.lines
            .retain(|line| line.amount.amount > 0 || line.quantity > 0);
        rest.amount.amount -= amount.amount;
        let part = RefundRequest {
            amount,
            shipping,
            lines,
            idempotency_key: key(&request.idempotency_key, parts.len()),
            ..request.clone()
        };
        parts.push((*payment, part));
    }
    (rest.amount.amount == 0).then_some(parts)
}

/// The key of a part: the request's own, and one more for each further part.
pub(crate) fn key(of: &str, nth: usize) -> String {
    if nth == 0 {
        of.to_owned()
    } else {
        format!("{of}#{nth}")
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, OrderId, OrderLineId};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// P4: the parts sum exactly to the refund, its shipping, each of its lines and their units; no payment gives back
        /// more than it has left; and too little left is refused whole.
        #[test]
        fn parts_sum_to_the_refund(
            brought in prop::collection::vec(0_i64..400, 1..5),
            lines in prop::collection::vec((1_i64..4, 0_i64..200), 0..4),
            shipping in 0_i64..100,
            goodwill in 0_i64..100,
        ) {
            let twd = |amount| Money::new(amount, Currency::TWD);
            let left: Vec<Left> = brought.iter().map(|amount| (PaymentId::new(), twd(*amount))).collect();
            let goods: i64 = lines.iter().map(|(_, amount)| amount).sum();
            let lines: Vec<RefundLine> = lines
                .iter()
                .map(|(quantity, amount)| RefundLine { order_line_id: OrderLineId::new(), quantity: *quantity, amount: twd(*amount) })
                .collect();
            let request = RefundRequest {
                order_id: OrderId::new(),
                amount: twd(goods + shipping + goodwill),
                shipping: twd(shipping),
                lines: lines.clone(),
                reason: "x".into(),
                idempotency_key: "k".into(),
                waits_until: None,
            };
            prop_assume!(request.amount.amount > 0);
            let all: i64 = brought.iter().sum();
            match divide(&request, &left) {
                None => prop_assert!(all < request.amount.amount),
                Some(parts) => {
                    let sum = |f: &dyn Fn(&RefundRequest) -> i64| parts.iter().map(|(_, p)| f(p)).sum::<i64>();
                    prop_assert_eq!(sum(&|p| p.amount.amount), request.amount.amount);
                    prop_assert_eq!(sum(&|p| p.shipping.amount), shipping);
                    for line in &lines {
                        let mine = |p: &RefundRequest| p.lines.iter().filter(|l| l.order_line_id == line.order_line_id).cloned().collect::<Vec<_>>();
                        prop_assert_eq!(sum(&|p| mine(p).iter().map(|l| l.amount.amount).sum()), line.amount.amount);
                        prop_assert_eq!(sum(&|p| mine(p).iter().map(|l| l.quantity).sum()), line.quantity);
                    }
                    for (payment, part) in &parts {
                        let has = left.iter().find(|(id, _)| id == payment).unwrap().1;
                        prop_assert!(part.amount.amount > 0 && part.amount.amount <= has.amount);
                        let inside = part.shipping.amount + part.lines.iter().map(|l| l.amount.amount).sum::<i64>();
                        prop_assert!(inside <= part.amount.amount);
                    }
                }
            }
        }
    }
}
