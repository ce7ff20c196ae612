//! Telling buyers in advance that their orders leave later than promised (ORD-12), each once for each announcement.

use std::collections::HashSet;

use kernel::{Email, Texts, Timestamp};
use orders::{
    delay::{self, Promised},
    order,
};
use platform::{Ctx, Rx};

use super::tell;
use crate::FlowError;

/// Orders that one announcement moves at most.
pub const MOST: usize = 1_000;

/// Which orders an announcement is for: those that still have to leave and were promised for before the new time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affected {
    /// Code of the way to deliver; any when absent.
    pub delivery_method: Option<String>,
    /// First level of the address; any when absent.
    pub region: Option<String>,
    /// Promised to leave before this; any when absent.
    pub promised_before: Option<Timestamp>,
}

/// The orders that an announcement would move, the first promise first.
///
/// # Errors
/// Whatever the database says.
pub async fn affected(
    rx: &mut Rx,
    which: &Affected,
    ship_by: Timestamp,
) -> Result<Vec<Promised>, FlowError> {
    let before = which.promised_before.unwrap_or(ship_by).min(ship_by);
    let mut found = delay::promised_before(rx, before).await?;
    found.retain(|order| {
        let by_method = which.delivery_method.as_ref();
        let by_region = which.region.as_ref();
        by_method.is_none_or(|code| *code == order.delivery_code)
            && by_region.is_none_or(|region| *region == order.region)
    });
    found.truncate(MOST);
    Ok(found)
}

/// Announces a delay. Every order is moved and told in a transaction of its own, so that orders are placed meanwhile;
/// one that left or was moved in between stays as it is. Tells how many were moved.
///
/// # Errors
/// A missing reason, [`FlowError::WrongState`] when there is no such order.
pub async fn announce(
    ctx: &Ctx,
    which: Affected,
    ship_by: Timestamp,
    reason: Texts,
) -> Result<u64, FlowError> {
    let orders = ctx
        .read(async move |rx, _| affected(rx, &which, ship_by).await)
        .await?;
    if orders.is_empty() {
        return Err(FlowError::WrongState);
    }
    let words = reason.clone();
    let id = ctx
        .write(async move |tx, ctx| {
            Ok::<_, FlowError>(delay::announce(tx, ctx, &words, ship_by).await?)
        })
        .await?;
    let mut moved = 0;
    for affected in orders {
        let reason = reason.clone();
        let one = ctx.write(async move |tx, ctx| {
            let order = order::lock(tx, affected.id).await?;
            let note = reason.get(ctx.locale());
            let postponed = delay::postpone(tx, ctx, (id, ship_by), &order, note).await?;
            let Some(now) = postponed else {
                return Ok(false);
            };
            let words = reason.get(now.locale);
            tell::order_delayed(tx, ctx, &now, (id, order.ship_by), words).await?;
            Ok::<_, FlowError>(true)
        });
        moved += u64::from(one.await?);
    }
    Ok(moved)
}

/// How many people get a letter for these orders.
#[must_use]
pub fn people(orders: &[Promised]) -> usize {
    let addresses: HashSet<String> = orders
        .iter()
        .filter_map(|order| Email::parse(&order.email).ok())
        .map(|email| email.identity())
        .collect();
    addresses.len()
}
