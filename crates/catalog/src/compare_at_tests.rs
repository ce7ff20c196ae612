//! The rule of the compare-at price, without a database.

use kernel::Currency;
use proptest::prelude::{any, *};

use super::*;

const DAY: i64 = 86_400;

fn twd(dollars: i64) -> Money {
    Money::new(dollars * 100, Currency::TWD)
}

fn day(days: i64) -> Timestamp {
    Timestamp::from_micros(0).plus_seconds(days * DAY)
}

/// A point: from which day, price in dollars, compare-at price, on sale.
fn point(from: i64, price: i64, was: Option<i64>, on_sale: bool) -> PricePoint {
    PricePoint {
        price: twd(price),
        compare_at: was.map(twd),
        until: None,
        on_sale,
        valid_from: day(from),
        actor: "system:test".into(),
        reason: String::new(),
    }
}

/// GOV-08: a price that was charged for ten days is a true "was" price.
#[test]
fn a_price_that_was_charged_is_allowed() {
    let history = [point(0, 580, None, true)];
    assert_eq!(compare_at_allowed(&history, day(10), twd(580)), Ok(()));
}

/// GOV-08: a price that nobody ever paid is refused, be it between two that were.
#[test]
fn a_price_nobody_was_charged_is_refused() {
    let history = [point(0, 580, None, true), point(5, 480, None, true)];
    assert_eq!(
        compare_at_allowed(&history, day(10), twd(980)),
        Err(Why::NeverCharged)
    );
    assert_eq!(
        compare_at_allowed(&history, day(10), twd(530)),
        Err(Why::NeverCharged)
    );
    assert_eq!(
        compare_at_allowed(&[], day(10), twd(580)),
        Err(Why::NoHistory)
    );
}

/// GOV-08: raising the price for an hour before reducing it does not make a "was" price.
#[test]
fn a_price_raised_for_a_moment_is_refused() {
    let mut raised = point(10, 980, None, true);
    raised.valid_from = day(10).plus_seconds(-3_600);
    let history = [point(0, 580, None, true), raised];
    assert_eq!(
        compare_at_allowed(&history, day(10), twd(980)),
        Err(Why::TooShort)
    );
    assert_eq!(compare_at_allowed(&history, day(10), twd(580)), Ok(()));
}

/// GOV-08: the price of a draft, which nobody could buy, was never charged.
#[test]
fn the_price_of_a_draft_does_not_count() {
    let history = [point(0, 980, None, false), point(20, 580, None, true)];
    assert_eq!(
        compare_at_allowed(&history, day(25), twd(980)),
        Err(Why::NeverCharged)
    );
}

/// GOV-08: what was charged more than thirty days before the reduction began is too old; while the same reduction
/// goes on, its "was" price stays true.
#[test]
fn the_window_ends_where_the_reduction_began() {
    let history = [point(0, 580, None, true), point(10, 480, None, true)];
    assert_eq!(compare_at_allowed(&history, day(39), twd(580)), Ok(()));
    assert_eq!(
        compare_at_allowed(&history, day(41), twd(580)),
        Err(Why::TooOld)
    );
    let reduced = [
        point(0, 580, None, true),
        point(10, 480, Some(580), true),
        point(60, 450, Some(580), true),
    ];
    assert_eq!(compare_at_allowed(&reduced, day(90), twd(580)), Ok(()));
    assert_eq!(
        compare_at_allowed(&reduced, day(90), twd(480)),
        Err(Why::NeverCharged)
    );
}

/// CAT-18: the back office is told the highest price that is allowed, and when it was charged.
#[test]
fn the_check_names_the_highest_allowed_price() {
    let history = [
        point(0, 580, None, true),
        point(5, 680, None, true),
        point(9, 480, None, true),
    ];
    let check = check(&history, day(12));
    assert_eq!(
        (check.allowed, check.reason, check.highest),
        (true, "allowed", Some(twd(680)))
    );
    assert_eq!(
        (check.charged_from, check.charged_until),
        (Some(day(5)), Some(day(9)))
    );
    let reason = |history: &[PricePoint], now| super::check(history, day(now)).reason;
    assert_eq!(reason(&[], 1), "no_history");
    assert_eq!(reason(&[point(0, 580, None, true)], 9), "no_history");
    assert_eq!(
        reason(&[point(0, 480, None, true), point(3, 580, None, true)], 9),
        "not_higher"
    );
    assert_eq!(
        reason(&[point(0, 580, None, true), point(3, 480, None, true)], 60),
        "too_old"
    );
    let mut brief = point(0, 480, None, true);
    brief.valid_from = day(0).plus_seconds(60);
    assert_eq!(reason(&[point(0, 580, None, true), brief], 9), "too_short");
}

proptest! {
    /// GOV-08: whatever a merchant does, a compare-at price that is allowed was on sale for a whole day within the
    /// thirty days before the reduction; seen hour by hour instead of by arithmetic.
    #[test]
    fn what_is_allowed_was_charged(
        steps in prop::collection::vec((1_i64..400, 1_i64..5, any::<bool>(), any::<bool>()), 1..12),
        after in 1_i64..400,
        asked in 1_i64..5,
    ) {
        let mut hour = 0;
        let mut history = Vec::new();
        for (hours, price, on_sale, reduced) in steps {
            let mut next = point(0, price, reduced.then_some(price + 1), on_sale);
            next.valid_from = Timestamp::from_micros(0).plus_seconds(hour * 3_600);
            history.push(next);
            hour += hours;
        }
        let last = history.last().unwrap().valid_from.micros() / 3_600_000_000;
        let now = last + after;
        let began = history.iter().rev().take_while(|p| p.compare_at.is_some()).last()
            .map_or(now, |p| p.valid_from.micros() / 3_600_000_000);
        let charged = ((began - WINDOW_DAYS * 24).max(0)..began).filter(|h| {
            let at = Timestamp::from_micros(0).plus_seconds(h * 3_600);
            history.iter().rev().find(|p| p.valid_from <= at).is_some_and(|p| p.on_sale && p.price == twd(asked))
        }).count();
        let allowed = compare_at_allowed(&history, Timestamp::from_micros(0).plus_seconds(now * 3_600), twd(asked)).is_ok();
        prop_assert_eq!(allowed, charged >= 24);
    }
}
