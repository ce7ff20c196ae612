//! One product's card: how often it was shown and opened (TRF-05), and what may keep people from opening it (TRF-06).

use std::collections::HashMap;

use kernel::{Money, ProductId, Timestamp, event};
use platform::{Rx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{InsightError, Range, events::ProductListViewed, metric};

/// Reports of cards that are looked at for places in searches.
const REPORTS: i64 = 50_000;
/// Sightings from which on a middle place says something.
const SIGHTINGS: usize = 3;

/// How a product's card did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct Listing {
    /// How often the card was shown.
    pub impressions: i64,
    /// People it was shown to (展現UV).
    pub shown_to: i64,
    /// How often the product's page was opened.
    pub opens: i64,
    /// People who opened it.
    pub opened_by: i64,
    /// Opened ÷ shown, on people; `None` when nobody was shown the card.
    pub open_rate: Option<f64>,
}

/// How every product's card did in a range; products that were neither shown nor opened are absent. A long read: call
/// it through `read_snapshot`.
///
/// # Errors
/// Whatever the database says.
pub async fn all(rx: &mut Rx, range: Range) -> Result<HashMap<ProductId, Listing>, InsightError> {
    let parts = rx.dialect().json_texts("e.payload", "products");
    let shown = format!(
        "SELECT part.value AS product, COUNT(*) AS times, COUNT(DISTINCT e.visitor_id) AS people FROM events e, {parts} \
         WHERE e.name = $1 AND e.occurred_at >= $2 AND e.occurred_at < $3 GROUP BY part.value"
    );
    let values = params![event::PRODUCT_LIST_VIEWED, range.from(), range.until()];
    let mut found: HashMap<ProductId, Listing> = HashMap::new();
    for row in rx.rows(&shown, values).await? {
        let product: String = row.get("product")?;
        // A browser says what it saw; a name that is no product's is none.
        let Ok(product) = product.parse::<ProductId>() else {
            continue;
        };
        let listing = found.entry(product).or_insert(Listing::NONE);
        listing.impressions = row.get("times")?;
        listing.shown_to = row.get("people")?;
    }
    let opened = "SELECT subject_id, COUNT(*) AS times, COUNT(DISTINCT visitor_id) AS people FROM events \
                  WHERE name = $1 AND occurred_at >= $2 AND occurred_at < $3 AND subject_id IS NOT NULL GROUP BY subject_id";
    let values = params![event::PRODUCT_VIEWED, range.from(), range.until()];
    for row in rx.rows(opened, values).await? {
        let listing = found.entry(row.get("subject_id")?).or_insert(Listing::NONE);
        listing.opens = row.get("times")?;
        listing.opened_by = row.get("people")?;
    }
    for listing in found.values_mut() {
        listing.open_rate = metric::share(listing.opened_by, listing.shown_to);
    }
    Ok(found)
}

/// How deep in the results of searches each card usually stood when people saw it: the middle of its places, where at
/// least three were told. The newest 50,000 reports of the range are looked at. A long read, as [`all`].
///
/// # Errors
/// Whatever the database says.
pub async fn search_places(
    rx: &mut Rx,
    range: Range,
) -> Result<HashMap<ProductId, i64>, InsightError> {
    let sql = "SELECT e.payload FROM (SELECT payload FROM events WHERE name = $1 AND occurred_at >= $2 \
               AND occurred_at < $3 ORDER BY occurred_at DESC LIMIT $4) e WHERE e.payload LIKE $5";
    let values = params![
        event::PRODUCT_LIST_VIEWED,
        range.from(),
        range.until(),
        REPORTS,
        "{\"list\":\"search\",%"
    ];
    let mut seen: HashMap<ProductId, Vec<u32>> = HashMap::new();
    for row in rx.rows(sql, values).await? {
        let payload: String = row.get("payload")?;
        // A browser says what it saw; what cannot be read says nothing.
        let Ok(report) = serde_json::from_str::<ProductListViewed>(&payload) else {
            continue;
        };
        for (product, place) in report.products.into_iter().zip(report.places) {
            seen.entry(product).or_default().push(place);
        }
    }
    let usual = seen.into_iter().filter_map(|(product, mut places)| {
        places.sort_unstable();
        let middle = places.get(places.len().saturating_sub(1) / 2)?;
        (places.len() >= SIGHTINGS).then_some((product, i64::from(*middle)))
    });
    Ok(usual.collect())
}

impl Listing {
    /// A card that nobody saw.
    pub const NONE: Self = Self {
        impressions: 0,
        shown_to: 0,
        opens: 0,
        opened_by: 0,
        open_rate: None,
    };
}

/// What a card shows, beside what the cards around it show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// The title in the language of the reader.
    pub title: String,
    /// Width and height of the first picture in pixels; `None` without a picture.
    pub picture: Option<(i64, i64)>,
    /// The place in its list, from 1; `None` when it stands in no list.
    pub rank: Option<i64>,
    /// Its usual place in the results of searches, from 1; `None` when no search was seen to show it.
    pub search_place: Option<i64>,
    /// The lowest price.
    pub price: Money,
    /// The middle price of the list.
    pub usual_price: Money,
    /// Units sold in 30 days.
    pub sold: i64,
    /// Units that the list's best seller sold in 30 days.
    pub best_sold: i64,
    /// Above which delivery is free; `None` when it never is.
    pub free_delivery_from: Option<Money>,
    /// Whether a gift comes with it.
    pub gift: bool,
    /// Whether buying it earns points.
    pub points: bool,
    /// Days until it arrives at the latest.
    pub days_to_arrive: i64,
    /// Whether somebody answers in the evening, when most people look around.
    pub somebody_there: bool,
    /// Whether returns are promised.
    pub returns_promised: bool,
    /// When those who bought before were last told of it; `None` when never.
    pub customers_told_at: Option<Timestamp>,
}

/// A reason not to open a card. People read it under `card-reason-CODE`, and what to do about it under
/// `card-action-CODE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It stands too far down the list, or in none.
    RankedLow,
    /// Searches show it too far down.
    FoundLate,
    /// The title says too little, or too much for the card.
    TitleDull,
    /// There is no picture, or a small or oddly shaped one.
    PictureWeak,
    /// It costs much more than its neighbours.
    PriceHigh,
    /// Others sold far more.
    OthersSoldMore,
    /// Delivery is never free and no gift is offered.
    NoSweetener,
    /// Nobody is there to ask.
    NobodyThere,
    /// It takes long to arrive.
    ArrivesLate,
    /// It earns no points.
    NoPoints,
    /// Returns are not promised.
    NoGuarantee,
    /// Those who bought before were not told.
    CustomersNotTold,
}

impl Reason {
    /// All reasons, in the order in which a shopper would notice them.
    pub const ALL: [Self; 12] = [
        Self::RankedLow,
        Self::FoundLate,
        Self::TitleDull,
        Self::PictureWeak,
        Self::PriceHigh,
        Self::OthersSoldMore,
        Self::NoSweetener,
        Self::NobodyThere,
        Self::ArrivesLate,
        Self::NoPoints,
        Self::NoGuarantee,
        Self::CustomersNotTold,
    ];

    /// The code in addresses, answers and words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::RankedLow => "ranked_low",
            Self::FoundLate => "found_late",
            Self::TitleDull => "title_dull",
            Self::PictureWeak => "picture_weak",
            Self::PriceHigh => "price_high",
            Self::OthersSoldMore => "others_sold_more",
            Self::NoSweetener => "no_sweetener",
            Self::NobodyThere => "nobody_there",
            Self::ArrivesLate => "arrives_late",
            Self::NoPoints => "no_points",
            Self::NoGuarantee => "no_guarantee",
            Self::CustomersNotTold => "customers_not_told",
        }
    }

    /// Whether the reason lies in how the whole shop works rather than in this one card.
    #[must_use]
    pub const fn of_the_shop(self) -> bool {
        matches!(
            self,
            Self::NoSweetener
                | Self::NobodyThere
                | Self::ArrivesLate
                | Self::NoPoints
                | Self::NoGuarantee
                | Self::CustomersNotTold
        )
    }
}

/// Cards of the first screens of a list.
pub const RANK_SEEN: i64 = 24;
/// Characters of a title that says something and still fits.
pub const TITLE: std::ops::RangeInclusive<usize> = 4..=40;
/// The shorter side of a picture that is sharp on a telephone, in pixels.
pub const PICTURE: i64 = 600;
/// Days that shoppers do not mind.
pub const DAYS: i64 = 2;
/// Seconds after which a customer counts as not told: 90 days.
const TOLD: i64 = 90 * 86_400;

/// The reasons that apply to a card, in the order in which a shopper would notice them.
#[must_use]
pub fn check(card: &Card, now: Timestamp) -> Vec<Reason> {
    let weak = |(width, height): (i64, i64)| {
        width.min(height) < PICTURE || width > height * 2 || height > width * 2
    };
    let dear = card.price.currency == card.usual_price.currency
        && i128::from(card.price.amount) * 4 > i128::from(card.usual_price.amount) * 5;
    let told = card
        .customers_told_at
        .is_some_and(|at| now.seconds_since(at) <= TOLD);
    let reasons = [
        (
            Reason::RankedLow,
            card.rank.is_none_or(|rank| rank > RANK_SEEN),
        ),
        (
            Reason::FoundLate,
            card.search_place.is_some_and(|place| place > RANK_SEEN),
        ),
        (
            Reason::TitleDull,
            !TITLE.contains(&card.title.trim().chars().count()),
        ),
        (Reason::PictureWeak, card.picture.is_none_or(weak)),
        (Reason::PriceHigh, dear),
        (
            Reason::OthersSoldMore,
            card.best_sold >= 10 && card.sold.saturating_mul(5) < card.best_sold,
        ),
        (
            Reason::NoSweetener,
            card.free_delivery_from.is_none() && !card.gift,
        ),
        (Reason::NobodyThere, !card.somebody_there),
        (Reason::ArrivesLate, card.days_to_arrive > DAYS),
        (Reason::NoPoints, !card.points),
        (Reason::NoGuarantee, !card.returns_promised),
        (Reason::CustomersNotTold, !told),
    ];
    reasons
        .into_iter()
        .filter(|(_, applies)| *applies)
        .map(|(reason, _)| reason)
        .collect()
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    type Worsen = fn(&mut Card);

    fn good() -> Card {
        Card {
            title: "阿里山高山烏龍 150 克".into(),
            picture: Some((1_200, 1_200)),
            rank: Some(3),
            search_place: Some(2),
            price: Money::new(58_000, Currency::TWD),
            usual_price: Money::new(52_000, Currency::TWD),
            sold: 40,
            best_sold: 60,
            free_delivery_from: Some(Money::new(100_000, Currency::TWD)),
            gift: false,
            points: true,
            days_to_arrive: 2,
            somebody_there: true,
            returns_promised: true,
            customers_told_at: Some(Timestamp::from_micros(0)),
        }
    }

    /// TRF-06: a good card has no reason, and each weakness is named on its own.
    #[test]
    fn each_weakness_is_named() {
        let now = Timestamp::from_micros(0).plus_seconds(86_400);
        assert_eq!(check(&good(), now), []);
        let weak: [(Reason, Worsen); 13] = [
            (Reason::RankedLow, |c| c.rank = Some(60)),
            (Reason::RankedLow, |c| c.rank = None),
            (Reason::FoundLate, |c| c.search_place = Some(25)),
            (Reason::TitleDull, |c| c.title = "茶".into()),
            (Reason::PictureWeak, |c| c.picture = Some((300, 300))),
            (Reason::PriceHigh, |c| c.price.amount = 66_000),
            (Reason::OthersSoldMore, |c| c.sold = 5),
            (Reason::NoSweetener, |c| c.free_delivery_from = None),
            (Reason::NobodyThere, |c| c.somebody_there = false),
            (Reason::ArrivesLate, |c| c.days_to_arrive = 3),
            (Reason::NoPoints, |c| c.points = false),
            (Reason::NoGuarantee, |c| c.returns_promised = false),
            (Reason::CustomersNotTold, |c| c.customers_told_at = None),
        ];
        for (reason, worsen) in weak {
            let mut card = good();
            worsen(&mut card);
            assert_eq!(check(&card, now), [reason]);
            let code = serde_json::to_value(reason).unwrap();
            assert_eq!(code, reason.code());
        }
        let named: Vec<Reason> = weak.iter().map(|(reason, _)| *reason).collect();
        assert!(Reason::ALL.iter().all(|reason| named.contains(reason)));
    }
}
