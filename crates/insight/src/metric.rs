//! The metric sheet: one key, one formula. Pages show the name under `metric-KEY` and the formula under
//! `metric-formula-KEY`; the aliases are only for search and tooltips.

use kernel::Money;

/// The five points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// People who were shown a card (展現).
    Shown,
    /// People who arrived (到店).
    Arrived,
    /// People who asked (詢單).
    Inquired,
    /// People who asked and then ordered.
    InquiredAndOrdered,
    /// People who ordered (下單).
    Ordered,
    /// People who paid (付款).
    Paid,
}

/// A rate between two points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// The key.
    pub key: &'static str,
    /// The people above the line.
    pub of: Point,
    /// The people below the line.
    pub per: Point,
    /// Other names that people search for.
    pub aliases: &'static [&'static str],
}

/// 瀏覽轉化率: arrived ÷ shown.
pub const BROWSE_RATE: Metric = Metric {
    key: "browse_rate",
    of: Point::Arrived,
    per: Point::Shown,
    aliases: &["瀏覽轉化率"],
};
/// 目標轉化率: asked ÷ arrived.
pub const INQUIRY_RATE: Metric = Metric {
    key: "inquiry_rate",
    of: Point::Inquired,
    per: Point::Arrived,
    aliases: &["目標轉化率", "成本轉化率", "成交轉化率"],
};
/// 營運轉化率: of those who asked, who ordered. On people and on the same people, so never above one (ANA-36).
pub const ORDER_RATE: Metric = Metric {
    key: "order_rate",
    of: Point::InquiredAndOrdered,
    per: Point::Inquired,
    aliases: &["營運轉化率", "諮詢轉化率"],
};
/// 付款轉化率: paid ÷ ordered. Above one only where orders of before the range were paid in it.
pub const PAYMENT_RATE: Metric = Metric {
    key: "payment_rate",
    of: Point::Paid,
    per: Point::Ordered,
    aliases: &["付款轉化率"],
};
/// 支付轉化率: paid ÷ arrived, the shop's overall rate.
pub const CONVERSION_RATE: Metric = Metric {
    key: "conversion_rate",
    of: Point::Paid,
    per: Point::Arrived,
    aliases: &["支付轉化率"],
};
/// 下單轉化率: ordered ÷ arrived.
pub const PLACED_RATE: Metric = Metric {
    key: "placed_rate",
    of: Point::Ordered,
    per: Point::Arrived,
    aliases: &["下單轉化率"],
};

/// All rates in the order of the sheet.
pub const ALL: &[Metric] = &[
    BROWSE_RATE,
    INQUIRY_RATE,
    ORDER_RATE,
    PAYMENT_RATE,
    CONVERSION_RATE,
    PLACED_RATE,
];

/// A share; `None` when nobody stands below the line.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "a rate is read by people to one decimal; money never passes here"
)]
pub fn share(of: i64, per: i64) -> Option<f64> {
    (per > 0).then(|| of as f64 / per as f64)
}

/// An amount shared among `count`, rounded half away from zero to the currency's paying step; `None` among nobody.
#[must_use]
pub fn each(total: Money, count: i64) -> Option<Money> {
    if count <= 0 {
        return None;
    }
    let step = i128::from(total.currency.step());
    let per = i128::from(count) * step;
    let amount = i128::from(total.amount);
    let steps = (2 * amount.abs() + per) / (2 * per) * amount.signum();
    Some(Money::new(
        i64::try_from(steps * step).ok()?,
        total.currency,
    ))
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn averages_are_rounded_to_what_can_be_paid() {
        let total = Money::new(100_000, Currency::TWD);
        assert_eq!(each(total, 3), Some(Money::new(33_300, Currency::TWD)));
        assert_eq!(each(total, 0), None);
        assert_eq!(share(1, 0), None);
    }

    proptest! {
        /// O6: an average is never further from the exact one than half a paying step.
        #[test]
        fn an_average_is_near(amount in -1_000_000_000_000_i64..1_000_000_000_000, count in 1_i64..1_000_000) {
            for currency in [Currency::TWD, Currency::GBP] {
                let average = i128::from(each(Money::new(amount, currency), count).unwrap().amount);
                let off = (average * i128::from(count) - i128::from(amount)).abs();
                prop_assert!(2 * off <= i128::from(currency.step()) * i128::from(count));
            }
        }
    }
}
