//! One product's card: how often it was shown and opened (TRF-05), and what may keep people from opening it (TRF-06).

use kernel::{Money, ProductId, Timestamp, event};
use platform::{Rx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{InsightError, Range, metric};

/// How a product's card did.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
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

/// How a product's card did in a range.
///
/// # Errors
/// Whatever the database says.
pub async fn of(rx: &mut Rx, product: ProductId, range: Range) -> Result<Listing, InsightError> {
    let shown = "SELECT COUNT(*) AS times, COUNT(DISTINCT visitor_id) AS people FROM events WHERE name = $1 \
                 AND occurred_at >= $2 AND occurred_at < $3 AND payload LIKE $4";
    let values = params![
        event::PRODUCT_LIST_VIEWED,
        range.from(),
        range.until(),
        format!("%\"{product}\"%")
    ];
    let shown = rx.one(shown, values).await?;
    let opened = "SELECT COUNT(*) AS times, COUNT(DISTINCT visitor_id) AS people FROM events WHERE subject_id = $4 \
                  AND name = $1 AND occurred_at >= $2 AND occurred_at < $3";
    let opened = rx
        .one(
            opened,
            params![event::PRODUCT_VIEWED, range.from(), range.until(), product],
        )
        .await?;
    let (shown_to, opened_by) = (shown.get("people")?, opened.get("people")?);
    Ok(Listing {
        impressions: shown.get("times")?,
        shown_to,
        opens: opened.get("times")?,
        opened_by,
        open_rate: metric::share(opened_by, shown_to),
    })
}

/// What a card shows, beside what the cards around it show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// The title in the language of the reader.
    pub title: String,
    /// Width and height of the first picture in pixels; `None` without a picture.
    pub picture: Option<(i64, i64)>,
    /// The place in its list, from 1.
    pub rank: i64,
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
    /// Days until it arrives at the latest.
    pub days_to_arrive: i64,
    /// Whether somebody can be asked at this hour.
    pub somebody_there: bool,
    /// Whether returns are promised.
    pub returns_promised: bool,
    /// When those who bought before were last told of it; `None` when never.
    pub customers_told_at: Option<Timestamp>,
}

/// A reason not to open a card. The code is also the key of its advice, `card-reason-CODE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It stands too far down the list.
    RankedLow,
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
    /// Returns are not promised.
    NoGuarantee,
    /// Those who bought before were not told.
    CustomersNotTold,
}

/// Cards of the first screens of a list.
const RANK_SEEN: i64 = 24;
/// Characters of a title that says something and still fits.
const TITLE: std::ops::RangeInclusive<usize> = 4..=40;
/// The shorter side of a picture that is sharp on a telephone, in pixels.
const PICTURE: i64 = 600;
/// Days that shoppers do not mind.
const DAYS: i64 = 2;
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
        (Reason::RankedLow, card.rank > RANK_SEEN),
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
            rank: 3,
            price: Money::new(58_000, Currency::TWD),
            usual_price: Money::new(52_000, Currency::TWD),
            sold: 40,
            best_sold: 60,
            free_delivery_from: Some(Money::new(100_000, Currency::TWD)),
            gift: false,
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
        let weak: [(Reason, Worsen); 10] = [
            (Reason::RankedLow, |c| c.rank = 60),
            (Reason::TitleDull, |c| c.title = "茶".into()),
            (Reason::PictureWeak, |c| c.picture = Some((300, 300))),
            (Reason::PriceHigh, |c| c.price.amount = 66_000),
            (Reason::OthersSoldMore, |c| c.sold = 5),
            (Reason::NoSweetener, |c| c.free_delivery_from = None),
            (Reason::NobodyThere, |c| c.somebody_there = false),
            (Reason::ArrivesLate, |c| c.days_to_arrive = 3),
            (Reason::NoGuarantee, |c| c.returns_promised = false),
            (Reason::CustomersNotTold, |c| c.customers_told_at = None),
        ];
        for (reason, worsen) in weak {
            let mut card = good();
            worsen(&mut card);
            assert_eq!(check(&card, now), [reason]);
        }
    }
}
