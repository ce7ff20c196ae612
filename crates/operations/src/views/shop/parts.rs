//! Small things that several pages show: pictures, links, promises of time, the way to free shipping.

use fulfilment::{
    calendar::ShopCalendar,
    delivery::{DeliveryMethod, DeliveryQuote},
    hours::{Answering, BusinessHours},
    promise,
};
use jiff::civil::Date;
use kernel::{Money, Timestamp};
use platform::pictures;
use schemars::JsonSchema;
use serde::Serialize;

/// Units of one line that a page offers at most; also what is shown for goods that are sold without limit.
pub const MANY: i64 = 9_999;
/// From this number of units downwards a page says how few are left.
pub const FEW: i64 = 5;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Image {
    /// Where it is.
    pub url: String,
    /// What it shows, for those who cannot see it; empty for a decoration.
    pub alt: String,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// The same picture in other widths, as WebP, narrowest first; empty for drawings, which fit every width.
    pub sizes: Vec<ImageSize>,
}

/// A picture in one of its widths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImageSize {
    /// Where it is.
    pub url: String,
    /// Width in pixels.
    pub width: u32,
}

impl Image {
    /// A stored picture.
    #[must_use]
    pub fn stored(key: &str, alt: &str, width: i64, height: i64) -> Self {
        let sizes = pictures::sizes(key, u32::try_from(width).unwrap_or_default());
        Self {
            url: media_url(key),
            alt: alt.to_owned(),
            width,
            height,
            sizes: sizes
                .into_iter()
                .map(|(key, width)| ImageSize {
                    url: media_url(&key),
                    width,
                })
                .collect(),
        }
    }
}

/// A collection by name and address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Link {
    /// Its name in addresses.
    pub handle: String,
    /// Its name.
    pub title: String,
}

/// Between which days a parcel arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Estimate {
    /// The earliest day, `2026-11-24`.
    #[schemars(with = "String")]
    pub earliest: Date,
    /// The latest day.
    #[schemars(with = "String")]
    pub latest: Date,
}

impl From<(Date, Date)> for Estimate {
    fn from((earliest, latest): (Date, Date)) -> Self {
        Self { earliest, latest }
    }
}

/// Until when an order has to be paid to leave on which day (CHK-14, STF-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cutoff {
    /// The last moment for that day.
    pub deadline: Timestamp,
    /// Whether that day is today.
    pub ships_today: bool,
    /// The day on which it leaves.
    #[schemars(with = "String")]
    pub ships_on: Date,
}

/// Whether somebody answers now, and if not, when next (STF-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Attention {
    /// Whether somebody does.
    pub open: bool,
    /// Until when.
    pub until: Option<Timestamp>,
    /// When somebody does again; null while somebody does, and when the next two months know no hours.
    pub opens: Option<Timestamp>,
    /// Which day that is: `today`, `tomorrow` or `later`.
    pub day: Option<&'static str>,
}

impl Attention {
    /// What shoppers are told at an instant; `None` where the shop says no hours.
    #[must_use]
    pub fn at(now: Timestamp, hours: &BusinessHours, calendar: &ShopCalendar) -> Option<Self> {
        let today = calendar.date(now);
        let day = |opens: Timestamp| {
            let date = calendar.date(opens);
            if date == today {
                "today"
            } else if today.tomorrow().is_ok_and(|next| next == date) {
                "tomorrow"
            } else {
                "later"
            }
        };
        Some(match hours.at(now, calendar)? {
            Answering::Open { until } => Self {
                open: true,
                until: Some(until),
                opens: None,
                day: None,
            },
            Answering::Closed { opens } => Self {
                open: false,
                until: None,
                opens,
                day: opens.map(day),
            },
        })
    }
}

/// How far a cart is from free shipping (STF-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FreeShipping {
    /// From what sum of goods shipping is free.
    pub threshold: Money,
    /// What is missing.
    pub remaining: Money,
    /// Whether nothing is missing.
    pub reached: bool,
}

/// What one unit of a bundle holds of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Inside {
    /// Its product's name.
    pub title: String,
    /// Which variant; null when there is only one.
    pub variant_title: Option<String>,
    /// How many of it.
    pub quantity: i64,
}

impl Inside {
    /// A part in a language.
    pub(super) fn of(part: &catalog::Part, locale: kernel::Locale) -> Self {
        Self {
            title: part.product_title.get(locale).to_owned(),
            variant_title: filled(&part.variant_title(locale)),
            quantity: part.quantity,
        }
    }
}

/// A line of an order or of a quote, to read only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SummaryLine {
    /// The line: of the cart before an order is placed, of the order afterwards.
    pub id: String,
    /// What is sold.
    pub variant_id: kernel::VariantId,
    /// Its product's page; null when it is no longer on sale.
    pub product_handle: Option<String>,
    /// The product's name.
    pub title: String,
    /// Which variant; null when there is only one.
    pub variant_title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// Its picture.
    pub image_url: Option<String>,
    /// How many.
    pub quantity: i64,
    /// What one costs.
    pub unit_price: Money,
    /// What the line costs.
    pub line_total: Money,
    /// What one unit is made of, when it is a bundle.
    pub contents: Vec<Inside>,
    /// Whether it is given to an order of enough goods, for nothing.
    pub gift: bool,
}

/// The address of a file of the shop.
#[must_use]
pub fn media_url(key: &str) -> String {
    format!("/media/{key}")
}

/// The address of a stored picture in the smallest size, for the lines of carts and orders.
#[must_use]
pub fn small_url(key: &str) -> String {
    media_url(&pictures::sized(key, pictures::WIDTHS[0]))
}

/// A text, or nothing when it is empty.
#[must_use]
pub fn filled(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// When an order that is paid now leaves.
#[must_use]
pub fn cutoff(now: Timestamp, calendar: &ShopCalendar) -> Cutoff {
    let promise = promise::ship_by(now, calendar);
    Cutoff {
        deadline: promise.cutoff,
        ships_today: promise.ships_today(),
        ships_on: promise.ship_on,
    }
}

/// The lowest sum of goods from which some way to deliver is free.
#[must_use]
pub fn free_from(methods: &[DeliveryMethod]) -> Option<Money> {
    methods
        .iter()
        .filter_map(|m| m.free_over)
        .min_by_key(|m| m.amount)
}

/// How far goods of this sum are from free shipping; `None` where no sum makes it free.
#[must_use]
pub fn free_shipping(methods: &[DeliveryMethod], goods: Money) -> Option<FreeShipping> {
    let threshold = free_from(methods)?;
    let missing = threshold.amount.saturating_sub(goods.amount).max(0);
    Some(FreeShipping {
        threshold,
        remaining: Money::new(missing, threshold.currency),
        reached: missing == 0,
    })
}

/// The estimate of the cheapest way to deliver.
#[must_use]
pub fn cheapest_estimate(quotes: &[DeliveryQuote]) -> Option<Estimate> {
    fulfilment::delivery::cheapest(quotes).map(|quote| quote.estimate.into())
}

/// How many units a page says there are.
#[must_use]
pub fn shown(available: i64) -> i64 {
    available.clamp(0, MANY)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fulfilment::{calendar::Day, hours::Span};

    use super::*;

    /// STF-18: in words of the shop's own day: until when somebody answers, or whether they are back today, tomorrow or
    /// later; nothing where no hours are set.
    #[test]
    fn the_next_hours_are_of_today_tomorrow_or_later() {
        let span = Span {
            from: 9 * 60,
            to: 18 * 60,
        };
        let week: BTreeMap<Day, Vec<Span>> = [Day::Mon, Day::Tue, Day::Fri]
            .into_iter()
            .map(|day| (day, vec![span]))
            .collect();
        let hours = BusinessHours {
            week,
            on_holidays: true,
        };
        let calendar = ShopCalendar::default();
        let said = |text: &str| Attention::at(text.parse().unwrap(), &hours, &calendar).unwrap();
        let open = said("2026-03-02T10:00:00+08:00");
        assert_eq!(
            (open.open, open.until),
            (true, Some("2026-03-02T18:00:00+08:00".parse().unwrap()))
        );
        assert_eq!(said("2026-03-02T08:00:00+08:00").day, Some("today"));
        assert_eq!(said("2026-03-02T23:30:00+08:00").day, Some("tomorrow"));
        let later = said("2026-03-03T20:00:00+08:00");
        assert_eq!(
            (later.open, later.day, later.opens),
            (
                false,
                Some("later"),
                Some("2026-03-06T09:00:00+08:00".parse().unwrap())
            )
        );
        let now = "2026-03-02T10:00:00+08:00".parse().unwrap();
        assert_eq!(
            Attention::at(now, &BusinessHours::default(), &calendar),
            None
        );
    }
}
