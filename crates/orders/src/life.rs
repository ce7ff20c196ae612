//! The life of an order: one table of every step there is.

use std::fmt::Write as _;

use crate::{
    Order, OrderState,
    OrderState::{
        Cancelled, Closed, Delivered, Expired, Paid, PartlyShipped, Picked, Placed, Shipped,
    },
    PaymentMethod, PaymentState,
    codes::codes,
};

codes! {
    /// What can be done to an order.
    Act {
        /// Its money came.
        Pay = "pay",
        /// Its goods are taken from the shelf.
        Pick = "pick",
        /// A parcel leaves and something remains.
        ShipPart = "ship_part",
        /// A parcel leaves and nothing remains.
        ShipAll = "ship_all",
        /// Some has left and the rest will not: it was cancelled.
        DropRest = "drop_rest",
        /// Everything arrived.
        Deliver = "deliver",
        /// Its return window is past, or it came back undelivered and is settled.
        Close = "close",
        /// Somebody calls it off.
        Cancel = "cancel",
        /// Its payment window ends.
        Expire = "expire",
        /// Its money came after it had expired.
        Reopen = "reopen",
        /// Who called it off, unpaid, wants it after all.
        Restore = "restore",
        /// Who called it off, paid, wants it after all before its money left.
        Reinstate = "reinstate",
    }
}

/// Every step there is: from a state, by an act, to a state.
pub const TABLE: &[(OrderState, Act, OrderState)] = &[
    (Placed, Act::Pay, Paid),
    (Placed, Act::Pick, Picked),
    (Placed, Act::Cancel, Cancelled),
    (Placed, Act::Expire, Expired),
    (Paid, Act::Pick, Picked),
    (Paid, Act::Cancel, Cancelled),
    (Picked, Act::ShipPart, PartlyShipped),
    (Picked, Act::ShipAll, Shipped),
    (Picked, Act::Cancel, Cancelled),
    (PartlyShipped, Act::ShipPart, PartlyShipped),
    (PartlyShipped, Act::ShipAll, Shipped),
    (PartlyShipped, Act::DropRest, Shipped),
    (Shipped, Act::Deliver, Delivered),
    (Shipped, Act::Close, Closed),
    (Delivered, Act::Close, Closed),
    (Expired, Act::Reopen, Paid),
    (Cancelled, Act::Restore, Placed),
    (Cancelled, Act::Reinstate, Paid),
];

/// Where an act leads from a state; `None` when the table has no such step.
#[must_use]
pub fn next(from: OrderState, act: Act) -> Option<OrderState> {
    TABLE
        .iter()
        .find(|(f, a, _)| (*f, *a) == (from, act))
        .map(|(_, _, to)| *to)
}

/// What must hold beside the state. It stands in the UPDATE that takes the step, so nothing can come between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    None,
    /// Only goods that are paid on delivery are picked before they are paid.
    OnDelivery,
    /// Goods are picked only once it is decided that there are some (S9), and once the rest of their money is here or
    /// somebody said that it need not be.
    Ready,
    /// Only what was never paid waits for its money again.
    NeverPaid,
    /// Only an order whose money is still here is as paid as it was.
    StillPaid,
    /// Only an order that waits for money expires; one whose payment's outcome is unknown does not.
    AwaitsMoney,
}

/// The condition of a step.
#[must_use]
pub const fn condition(from: OrderState, act: Act) -> Condition {
    match (from, act) {
        (Placed, Act::Pick) => Condition::OnDelivery,
        (_, Act::Pick) => Condition::Ready,
        (_, Act::Expire) => Condition::AwaitsMoney,
        (_, Act::Restore) => Condition::NeverPaid,
        (_, Act::Reinstate) => Condition::StillPaid,
        _ => Condition::None,
    }
}

impl Condition {
    /// The condition as the end of a WHERE clause on orders.
    pub(crate) const fn sql(self) -> &'static str {
        match self {
            Self::None => "",
            Self::OnDelivery => " AND payment_method = 'cash_on_delivery' AND NOT stock_decision",
            Self::Ready => {
                " AND NOT stock_decision AND (payment_state <> 'partly_paid' OR balance_waived)"
            }
            Self::NeverPaid => " AND payment_state = 'cancelled'",
            Self::StillPaid => " AND payment_state IN ('paid', 'partly_paid', 'partly_refunded')",
            Self::AwaitsMoney => {
                " AND payment_method <> 'cash_on_delivery' AND payment_state IN ('pending', 'declined')"
            }
        }
    }

    /// Whether it holds for an order, for pages that offer only what will work.
    #[must_use]
    pub fn holds(self, order: &Order) -> bool {
        let on_delivery = order.payment_method == PaymentMethod::CashOnDelivery;
        match self {
            Self::None => true,
            Self::OnDelivery => on_delivery && !order.stock_decision,
            Self::Ready => !order.stock_decision && !order.waits_for_rest(),
            Self::NeverPaid => order.payment_state == PaymentState::Cancelled,
            Self::StillPaid => matches!(
                order.payment_state,
                PaymentState::Paid | PaymentState::PartlyPaid | PaymentState::PartlyRefunded
            ),
            Self::AwaitsMoney => {
                !on_delivery
                    && matches!(
                        order.payment_state,
                        PaymentState::Pending | PaymentState::Declined
                    )
            }
        }
    }
}

/// Whether the act can be done to the order as it stands.
#[must_use]
pub fn allows(order: &Order, act: Act) -> bool {
    next(order.state, act).is_some() && condition(order.state, act).holds(order)
}

/// The table as text, one step a line, for documents.
#[must_use]
pub fn print() -> String {
    TABLE
        .iter()
        .fold(String::new(), |mut text, (from, act, to)| {
            let _ = writeln!(text, "{from} --{act}--> {to}");
            text
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// O7: the whole table, as it is reviewed.
    #[test]
    fn the_table_is_this() {
        let expected = "\
placed --pay--> paid
placed --pick--> picked
placed --cancel--> cancelled
placed --expire--> expired
paid --pick--> picked
paid --cancel--> cancelled
picked --ship_part--> partly_shipped
picked --ship_all--> shipped
picked --cancel--> cancelled
partly_shipped --ship_part--> partly_shipped
partly_shipped --ship_all--> shipped
partly_shipped --drop_rest--> shipped
shipped --deliver--> delivered
shipped --close--> closed
delivered --close--> closed
expired --reopen--> paid
cancelled --restore--> placed
cancelled --reinstate--> paid
";
        assert_eq!(print(), expected);
    }

    /// O7: a state and an act lead to one state; every state can be reached from `placed`; from every state the order
    /// can end; what is closed stays so.
    #[test]
    fn every_state_is_reached_and_can_end() {
        let pairs: BTreeSet<_> = TABLE.iter().map(|(from, act, _)| (*from, *act)).collect();
        assert_eq!(pairs.len(), TABLE.len());
        let closure = |start: OrderState| {
            let mut seen = BTreeSet::from([start]);
            while let Some((_, _, to)) = TABLE
                .iter()
                .find(|(f, _, to)| seen.contains(f) && !seen.contains(to))
            {
                seen.insert(*to);
            }
            seen
        };
        assert_eq!(closure(Placed).len(), OrderState::ALL.len());
        for state in OrderState::ALL {
            let ends = closure(*state);
            assert!(ends.iter().any(|s| s.is_over()), "{state} never ends");
        }
        assert_eq!(closure(Closed).len(), 1);
        for act in Act::ALL {
            assert!(
                TABLE.iter().any(|(_, a, _)| a == act),
                "{act} is in no step"
            );
        }
    }
}
