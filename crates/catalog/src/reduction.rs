//! Reductions with an end (CHK-20): what shoppers are told about how long a price lasts comes true (GOV-08).
//!
//! An end is announced for a reduction that runs. At that instant the price is what it was before, by the transaction
//! that takes the end away, so it happens once. An announced end may come earlier, never later; and after it the full
//! price is charged for a day before the next reduction, so no end is followed by another one that takes it back.

use kernel::{Timestamp, VariantId};
use platform::{Ctx, Rx, Tx, params};

use crate::{
    CatalogError,
    compare_at::{self, LEAST_CHARGED_SECONDS, WINDOW_DAYS},
    price::{self, Offered, PricePoint},
    product, variant,
};

/// Why a price is what it was before.
const REASON: &str = "reduction ended";
/// Why the history has a point at which the price stays.
const ANNOUNCED: &str = "reduction announced";

/// Why a reduction cannot end at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReductionRefused {
    /// There is none.
    #[error("the price is not reduced")]
    NotReduced,
    /// The instant has passed.
    #[error("the end has passed")]
    Passed,
    /// Shoppers were told an earlier end.
    #[error("an earlier end was announced")]
    Announced,
}

impl ReductionRefused {
    /// The Fluent key of the sentence for people.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotReduced => "error-reduction-none",
            Self::Passed => "error-reduction-passed",
            Self::Announced => "error-reduction-announced",
        }
    }
}

/// Announces when the reduction of a variant ends. The same instant again writes nothing.
///
/// # Errors
/// [`CatalogError::Reduction`], [`CatalogError::NotFound`], or the database's.
pub async fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    id: VariantId,
    until: Timestamp,
) -> Result<(), CatalogError> {
    let product = variant::product_of(tx, id).await?;
    let owner = product::lock(tx, product).await?;
    let before = variant::by_id(tx, id)
        .await?
        .ok_or(CatalogError::NotFound("variant"))?;
    if before.reduced_until == Some(until) {
        return Ok(());
    }
    if before.compare_at.is_none() {
        return Err(ReductionRefused::NotReduced.into());
    }
    if until <= ctx.now() {
        return Err(ReductionRefused::Passed.into());
    }
    if before.reduced_until.is_some_and(|told| told < until) {
        return Err(ReductionRefused::Announced.into());
    }
    let sql = "UPDATE variants SET reduced_until = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, until]).await?;
    let history = price::history(tx, id).await?;
    let last = history.last().map(|point| point.valid_from);
    let now = Offered {
        price: before.price,
        compare_at: before.compare_at,
        until: Some(until),
    };
    price::record(tx, ctx, (&owner, &before, last), now, ANNOUNCED).await
}

/// Ends the reductions whose announced end has come, at most `most` of them, earliest first, and says how many there
/// were.
///
/// # Errors
/// The database's.
pub async fn end_due(tx: &mut Tx, ctx: &Ctx, most: i64) -> Result<usize, CatalogError> {
    let due = due(tx, ctx.now(), most).await?;
    for id in &due {
        let product = variant::product_of(tx, *id).await?;
        product::lock(tx, product).await?;
        let now = variant::by_id(tx, *id)
            .await?
            .ok_or(CatalogError::NotFound("variant"))?;
        let over = now.reduced_until.is_some_and(|until| until <= ctx.now());
        if let Some(was) = now.compare_at.filter(|_| over) {
            price::set(tx, ctx, *id, was, None, REASON).await?;
        }
    }
    Ok(due.len())
}

/// Variants whose reduction is over.
async fn due(rx: &mut Rx, now: Timestamp, most: i64) -> Result<Vec<VariantId>, CatalogError> {
    let sql =
        "SELECT id FROM variants WHERE reduced_until <= $1 ORDER BY reduced_until, id LIMIT $2";
    let rows = rx.rows(sql, params![now, most]).await?;
    Ok(rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, _>>()?)
}

/// Whether the end that shoppers were told last came true before `began`, when the next reduction begins: for a day
/// since, they were charged at least what they were told that it costs again. A merchant who lowered the price for good
/// instead waits until the announcement is [`WINDOW_DAYS`] old. True as well where no end was announced, or it lies ahead.
pub(crate) fn kept_its_word(history: &[PricePoint], began: Timestamp) -> bool {
    let Some(told) = history.iter().rposition(|point| point.until.is_some()) else {
        return true;
    };
    let after = history.get(told..).unwrap_or_default();
    let full = after.first().and_then(|point| point.compare_at);
    let ended = after.iter().find(|point| point.compare_at.is_none());
    let (Some(full), Some(ended)) = (full, ended) else {
        return true;
    };
    if began.seconds_since(ended.valid_from) >= WINDOW_DAYS * 86_400 {
        return true;
    }
    let charged: i64 = compare_at::spans_on_sale(history, began)
        .iter()
        .filter(|span| span.price.amount >= full.amount && span.from >= ended.valid_from)
        .map(|span| span.until.micros().saturating_sub(span.from.micros()))
        .sum();
    charged >= LEAST_CHARGED_SECONDS * 1_000_000
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, Money};

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(hour * 3_600)
    }

    fn point(hour: i64, reduced: bool, until: Option<i64>) -> PricePoint {
        let twd = |dollars: i64| Money::new(dollars * 100, Currency::TWD);
        PricePoint {
            price: twd(if reduced { 480 } else { 580 }),
            compare_at: reduced.then(|| twd(580)),
            until: until.map(at),
            on_sale: true,
            valid_from: at(hour),
            actor: "system:test".into(),
            reason: String::new(),
        }
    }

    fn allowed(history: &[PricePoint], hour: i64) -> bool {
        let was = Money::new(58_000, Currency::TWD);
        compare_at::compare_at_allowed(history, at(hour), was).is_ok()
    }

    /// CHK-20, GOV-08: after an announced end the full price is charged for a day before the next reduction; without an
    /// announced end nothing was promised.
    #[test]
    fn an_end_is_an_end() {
        let told = [
            point(0, false, None),
            point(100, true, None),
            point(101, true, Some(150)),
            point(150, false, None),
        ];
        assert!(!allowed(&told, 151) && !allowed(&told, 173));
        assert!(allowed(&told, 174));
        let untold = [
            point(0, false, None),
            point(100, true, None),
            point(150, false, None),
        ];
        assert!(allowed(&untold, 151));
    }

    /// CHK-20, GOV-08: staying cheap under another name is no end; after a month what was told is forgotten.
    #[test]
    fn a_price_that_stays_low_was_no_end() {
        let lowered = PricePoint {
            compare_at: None,
            ..point(120, true, None)
        };
        let stayed = [
            point(0, false, None),
            point(100, true, Some(150)),
            lowered,
            point(400, false, None),
        ];
        assert!(!allowed(&stayed[..3], 300));
        assert!(!allowed(&stayed, 423));
        assert!(allowed(&stayed, 424));
        assert!(kept_its_word(&stayed[..3], at(120 + WINDOW_DAYS * 24)));
    }

    /// CHK-20: the reduction that runs is not in its own way, also when it gets cheaper still.
    #[test]
    fn a_running_reduction_goes_on() {
        let running = [
            point(0, false, None),
            point(100, true, None),
            point(101, true, Some(150)),
        ];
        assert!(allowed(&running, 120));
    }
}
