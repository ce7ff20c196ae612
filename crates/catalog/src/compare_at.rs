//! The rule that makes a false "was" price impossible (GOV-08).
//!
//! A compare-at price must be one that shoppers could really have paid: charged, while on sale, for at least
//! [`LEAST_CHARGED_SECONDS`] within [`WINDOW_DAYS`] days before the present reduction began. Raising a price for a
//! moment, or on a draft that nobody can buy, does not count.

use kernel::{Money, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{CatalogError, price::PricePoint, reduction};

/// Days before a reduction in which its compare-at price must have been charged.
pub const WINDOW_DAYS: i64 = 30;
/// How long it must have been charged within them: one day, all spans together.
pub const LEAST_CHARGED_SECONDS: i64 = 86_400;
/// Why a compare-at price is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// It is not above the price.
    #[error("it is not higher than the price")]
    NotHigher,
    /// The variant was never on sale.
    #[error("the variant was not on sale before")]
    NoHistory,
    /// It never cost that.
    #[error("the variant was never sold at it")]
    NeverCharged,
    /// It cost that, but not long enough.
    #[error("it was not charged long enough")]
    TooShort,
    /// It cost that, but too long ago.
    #[error("it was charged too long ago")]
    TooOld,
    /// A reduction with an end that shoppers were told has only just ended.
    #[error("a reduction with an announced end ended less than a day ago")]
    JustEnded,
}

/// What a page says about the compare-at price of a variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CompareAtCheck {
    /// Whether any compare-at price above the present price is allowed.
    pub allowed: bool,
    /// `allowed`, `no_history`, `too_short`, `too_old`, `just_ended` or `not_higher`.
    pub reason: &'static str,
    /// The highest one that is allowed.
    pub highest: Option<Money>,
    /// When the variant first cost that, within the window.
    pub charged_from: Option<Timestamp>,
    /// When it last did.
    pub charged_until: Option<Timestamp>,
}

impl Why {
    /// The word that pages and programs see.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotHigher => "not_higher",
            Self::NoHistory => "no_history",
            Self::NeverCharged => "never_charged",
            Self::TooShort => "too_short",
            Self::TooOld => "too_old",
            Self::JustEnded => "just_ended",
        }
    }

    /// The Fluent key of the sentence for people.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotHigher => "error-compare-at-not-higher",
            Self::NoHistory => "error-compare-at-no-history",
            Self::NeverCharged => "error-compare-at-never-charged",
            Self::TooShort => "error-compare-at-too-short",
            Self::TooOld => "error-compare-at-too-old",
            Self::JustEnded => "error-compare-at-just-ended",
        }
    }
}

pub(crate) fn check_compare_at(
    history: &[PricePoint],
    now: Timestamp,
    price: Money,
    was: Money,
) -> Result<(), CatalogError> {
    if was.currency != price.currency {
        return Err(CatalogError::CurrencyMixed);
    }
    if was.amount <= price.amount {
        return Err(Why::NotHigher.into());
    }
    Ok(compare_at_allowed(history, now, was)?)
}

/// Whether `compare_at` may be shown beside a reduced price that is set at `now`. `history` is oldest first.
///
/// # Errors
/// Why it may not.
pub fn compare_at_allowed(
    history: &[PricePoint],
    now: Timestamp,
    compare_at: Money,
) -> Result<(), Why> {
    let began = reduction_began(history, now);
    let window = began.plus_seconds(-WINDOW_DAYS * 86_400);
    let spans = spans_on_sale(history, began);
    if spans.is_empty() {
        return Err(Why::NoHistory);
    }
    if !reduction::kept_its_word(history, began) {
        return Err(Why::JustEnded);
    }
    let at_it = spans.iter().filter(|span| span.price == compare_at);
    let within: i64 = at_it
        .clone()
        .map(|s| {
            s.until
                .micros()
                .saturating_sub(s.from.max(window).micros())
                .max(0)
        })
        .sum();
    if within >= LEAST_CHARGED_SECONDS * 1_000_000 {
        return Ok(());
    }
    match (within > 0, at_it.count() > 0) {
        (true, _) => Err(Why::TooShort),
        (false, true) => Err(Why::TooOld),
        (false, false) => Err(Why::NeverCharged),
    }
}

/// The highest compare-at price that the history allows above the present price, or why there is none.
#[must_use]
pub fn check(history: &[PricePoint], now: Timestamp) -> CompareAtCheck {
    let refused = |why: Why| CompareAtCheck {
        allowed: false,
        reason: why.code(),
        highest: None,
        charged_from: None,
        charged_until: None,
    };
    let began = reduction_began(history, now);
    let spans = spans_on_sale(history, began);
    let Some(present) = history.last().map(|point| point.price) else {
        return refused(Why::NoHistory);
    };
    let mut higher: Vec<Money> = spans
        .iter()
        .map(|s| s.price)
        .filter(|p| p.amount > present.amount)
        .collect();
    higher.sort_by_key(|price| std::cmp::Reverse(price.amount));
    let Some(highest) = higher.first() else {
        let only_one = spans.iter().all(|span| span.price == present);
        return refused(if only_one {
            Why::NoHistory
        } else {
            Why::NotHigher
        });
    };
    let Some(best) = higher
        .iter()
        .find(|price| compare_at_allowed(history, now, **price).is_ok())
    else {
        return refused(
            compare_at_allowed(history, now, *highest)
                .err()
                .unwrap_or(Why::NotHigher),
        );
    };
    let window = began.plus_seconds(-WINDOW_DAYS * 86_400);
    let charged: Vec<&Span> = spans
        .iter()
        .filter(|s| s.price == *best && s.until > window)
        .collect();
    CompareAtCheck {
        allowed: true,
        reason: "allowed",
        highest: Some(*best),
        charged_from: charged.first().map(|s| s.from.max(window)),
        charged_until: charged.last().map(|s| s.until),
    }
}

/// When the present reduction began: where the unbroken run of points with a compare-at price starts, or `now` when
/// there is none.
fn reduction_began(history: &[PricePoint], now: Timestamp) -> Timestamp {
    history
        .iter()
        .rev()
        .take_while(|p| p.compare_at.is_some())
        .last()
        .map_or(now, |p| p.valid_from)
}

/// A time during which shoppers could buy at a price.
pub(crate) struct Span {
    pub(crate) price: Money,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

/// The times on sale before `end`.
pub(crate) fn spans_on_sale(history: &[PricePoint], end: Timestamp) -> Vec<Span> {
    let ends = history
        .iter()
        .skip(1)
        .map(|next| next.valid_from)
        .chain([end]);
    let all = history.iter().zip(ends).filter(|(point, _)| point.on_sale);
    let spans = all.map(|(point, until)| Span {
        price: point.price,
        from: point.valid_from,
        until: until.min(end),
    });
    spans.filter(|span| span.until > span.from).collect()
}

#[cfg(test)]
#[path = "compare_at_tests.rs"]
mod tests;
