//! A hundred units, four hundred shoppers, sixty-four of them at a time: exactly a hundred orders (invariant S5).

use std::net::SocketAddr;

use anyhow::Result;

use crate::{
    Closed, Outcome, closed,
    shop::{Client, Variant},
    shopper::{PaymentMethod, Shopper},
};

/// Units for sale.
pub const UNITS: i64 = 100;
/// Shoppers who want one.
pub const SHOPPERS: u64 = 400;
/// How many of them act at the same time.
pub const IN_FLIGHT: usize = 64;

/// What came of the sale.
#[derive(Debug)]
pub struct Sale {
    /// Orders placed, and refusals by status.
    pub outcome: Outcome,
    /// Units that can still be bought.
    pub left: i64,
}

impl Sale {
    /// Everything that should not be, each in a sentence.
    #[must_use]
    pub fn wrongs(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        let sold = self.outcome.latency.count();
        if i64::try_from(sold) != Ok(UNITS) {
            wrongs.push(format!("sold {sold} of {UNITS} units"));
        }
        if self.left != 0 {
            wrongs.push(format!("{} units are left on the shelf", self.left));
        }
        let answered: u64 = self.outcome.statuses.values().sum();
        if answered != SHOPPERS {
            wrongs.push(format!("{answered} of {SHOPPERS} shoppers were answered"));
        }
        for (status, count) in self.outcome.statuses.range(500..) {
            wrongs.push(format!("{count} shoppers were answered {status}"));
        }
        wrongs
    }
}

/// Holds the sale of one variant.
///
/// # Errors
/// When the shop cannot be prepared or asked.
pub fn hold(
    address: SocketAddr,
    office: &mut Client,
    variant: &Variant,
    payment: PaymentMethod,
) -> Result<Sale> {
    office.put_on_shelf(variant, UNITS)?;
    let wanted = [variant.clone()];
    let plan = Closed::turns(IN_FLIGHT, SHOPPERS);
    // Their names begin where those of other benchmarks end.
    let outcome = closed(address, &plan, |index| {
        Shopper::new(&wanted, 1, payment, 100_000 + index)
    })?;
    Ok(Sale {
        outcome,
        left: office.available(variant)?,
    })
}

#[cfg(test)]
mod tests;
