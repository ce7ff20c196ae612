//! Why shoppers do not click: how each product's card did (TRF-05), and what may keep people from opening it (TRF-06).
//!
//! What is wrong with one card stands beside it; what is wrong with every card, because it lies in how the shop works,
//! is said once.

use std::collections::HashMap;

use catalog::{Collection, Media, Product, ProductState, collection, product};
use fulfilment::delivery;
use insight::{
    Range,
    listing::{self, Card, Listing, Reason},
    metric,
};
use jiff::civil::Date;
use kernel::{CollectionId, Currency, Locale, Money, ProductId, Timestamp};
use platform::{
    Ctx, Rx,
    list::{Asked, ListView},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    card_list::{self, LIST},
    common::{in_list, thumb_url},
    funnel::{RangePreset, days_asked, presets},
};
use crate::{
    FlowError, gift,
    shop::{self, Shop},
    views::shop::parts::free_from,
};

/// Days over which sales are compared, in seconds.
const SOLD_WITHIN: i64 = 30 * 86_400;
/// Questions that are looked at to see whether somebody answers in the evening.
const QUESTIONS: i64 = 2_000;
/// The first hour of the evening, on the shop's clock; it ends at midnight.
const EVENING: i8 = 18;
/// Seconds after which an answer in the evening is late.
const SOON: i64 = 3_600;

/// How cards did, and why.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CardsPage {
    /// How the list is sorted.
    pub list: ListView,
    /// The first day, in the shop's time zone.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Ranges to choose.
    pub presets: Vec<RangePreset>,
    /// What keeps people from opening any card, and what it is judged by.
    pub shop: ShopFacts,
    /// The middle open rate of the cards that enough people were shown; null when there are too few.
    pub usual_open_rate: Option<f64>,
    /// The cards of what is on sale, those that most people were shown first when nobody says.
    pub items: Vec<CardRow>,
    /// Products on sale that are not listed.
    pub left_out: usize,
}

/// A product's card.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CardRow {
    /// The product.
    pub id: ProductId,
    /// Its name.
    pub title: String,
    /// Its first picture.
    pub image_url: Option<String>,
    /// How its card did.
    #[serde(flatten)]
    pub listing: Listing,
    /// What may keep people from opening it.
    pub check: CardCheck,
}

/// What may keep people from opening a card, and the facts by which that is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardCheck {
    /// The reasons, in the order in which a shopper would notice them: `ranked_low`, `found_late`, `title_dull`, `picture_weak`,
    /// `price_high`, `others_sold_more`.
    pub reasons: Vec<Reason>,
    /// The list in which the card is compared; null when the product is in no collection.
    pub list: Option<String>,
    /// Its place in that list, from 1.
    pub rank: Option<i64>,
    /// Its usual place in the results of searches, from 1; null when none was told, and on the product's own page.
    pub search_place: Option<i64>,
    /// Characters of its title.
    pub title_length: usize,
    /// Width of its first picture in pixels; null without one.
    pub picture_width: Option<i64>,
    /// Height of its first picture in pixels.
    pub picture_height: Option<i64>,
    /// Its lowest price.
    pub price: Money,
    /// The middle price of the list.
    pub usual_price: Money,
    /// Units sold in 30 days.
    pub sold: i64,
    /// Units that the list's best seller sold in 30 days.
    pub best_sold: i64,
}

/// What every card shares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShopFacts {
    /// Reasons that lie in how the shop works: `no_sweetener`, `nobody_there`, `arrives_late`, `no_points`,
    /// `no_guarantee`, `customers_not_told`.
    pub reasons: Vec<Reason>,
    /// Days until goods arrive at the latest, by the fastest way.
    pub days_to_arrive: i64,
    /// Questions that came in the evening, in 30 days.
    pub evening_questions: i64,
    /// Of those, answered within an hour.
    pub evening_answered: i64,
}

/// What a card is compared with.
struct Surroundings {
    now: Timestamp,
    locale: Locale,
    currency: Currency,
    shop: Shop,
    free_delivery_from: Option<Money>,
    gift: bool,
    days_to_arrive: i64,
    evening: (i64, i64),
    sold: HashMap<ProductId, i64>,
    lists: HashMap<CollectionId, Vec<(ProductId, i64)>>,
    nearest: HashMap<ProductId, Collection>,
    /// Usual places in searches, where they are looked at.
    searched: HashMap<ProductId, i64>,
}

/// How the cards did on the days that were asked for, and why; without days the last 30.
///
/// # Errors
/// A reversed or over-long range, or whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<CardsPage, FlowError> {
    let list = ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?;
    let (from, to): (Option<Date>, Option<Date>) = (asked.parsed("from")?, asked.parsed("to")?);
    let (today, from, to) = days_asked(ctx, from, to);
    let range = Range::days(ctx.zone(), from, to)?;
    let did = listing::all(rx, range).await?;
    let on_sale = on_sale(rx).await?;
    let mut ordered: Vec<(ProductId, Listing)> = on_sale
        .into_iter()
        .map(|id| (id, did.get(&id).copied().unwrap_or(Listing::NONE)))
        .collect();
    let usual_open_rate = usual_rate(&ordered);
    card_list::sort(&mut ordered, ctx, asked)?;
    let most = asked.limit.unwrap_or(LIST.page);
    let left_out = ordered.len().saturating_sub(most);
    ordered.truncate(most);
    let ids: Vec<ProductId> = ordered.iter().map(|(id, _)| *id).collect();
    let products = product::by_ids(rx, &ids).await?;
    let media = product::media_of(rx, &ids).await?;
    let mut around = Surroundings::of(rx, ctx, &ids).await?;
    around.searched = listing::search_places(rx, range).await?;
    let known: HashMap<ProductId, &Product> = products.iter().map(|p| (p.id, p)).collect();
    let row = |(id, listing): (ProductId, Listing)| {
        let product = *known.get(&id)?;
        let picture = media.iter().find(|m| m.product_id == id);
        Some(CardRow {
            id,
            title: product.title.get(ctx.locale()).to_owned(),
            image_url: thumb_url(picture.map(|m| m.file_key.as_str())),
            listing,
            check: around.check(product, picture),
        })
    };
    Ok(CardsPage {
        list,
        from: from.to_string(),
        to: to.to_string(),
        presets: presets(today, from, to),
        shop: around.shop_facts(),
        usual_open_rate,
        items: ordered.into_iter().filter_map(row).collect(),
        left_out,
    })
}

/// What may keep people from opening the cards of these products; those that are not on sale have no card.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn checks(
    rx: &mut Rx,
    ctx: &Ctx,
    products: &[&Product],
    media: &[Media],
) -> Result<HashMap<ProductId, CardCheck>, FlowError> {
    let shown: Vec<&&Product> = products
        .iter()
        .filter(|p| p.state == ProductState::Published)
        .collect();
    if shown.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<ProductId> = shown.iter().map(|p| p.id).collect();
    let around = Surroundings::of(rx, ctx, &ids).await?;
    let check = |p: &&&Product| {
        let picture = media.iter().find(|m| m.product_id == p.id);
        (p.id, around.check(p, picture))
    };
    Ok(shown.iter().map(check).collect())
}

async fn on_sale(rx: &mut Rx) -> Result<Vec<ProductId>, FlowError> {
    let sql = "SELECT id FROM products WHERE state = 'published'";
    let rows = rx.rows(sql, &[]).await?;
    rows.iter().map(|row| Ok(row.get("id")?)).collect()
}

/// The middle rate of the cards that at least 20 people were shown, when there are at least three of them.
fn usual_rate(cards: &[(ProductId, Listing)]) -> Option<f64> {
    let seen = cards.iter().filter(|(_, l)| l.shown_to >= 20);
    let mut rates: Vec<(i64, i64)> = seen.map(|(_, l)| (l.opened_by, l.shown_to)).collect();
    rates.sort_by(|a, b| {
        let (left, right) = (
            i128::from(a.0) * i128::from(b.1),
            i128::from(b.0) * i128::from(a.1),
        );
        left.cmp(&right)
    });
    let (opened, shown) = *rates.get(rates.len() / 2).filter(|_| rates.len() >= 3)?;
    metric::share(opened, shown)
}

impl Surroundings {
    async fn of(rx: &mut Rx, ctx: &Ctx, ids: &[ProductId]) -> Result<Self, FlowError> {
        let shop = shop::load(rx).await?;
        let methods = delivery::list_active(rx).await?;
        let mut nearest: HashMap<ProductId, Collection> = HashMap::new();
        for (product, collection) in collection::of_products(rx, ids).await? {
            let known = nearest.get(&product);
            if known.is_none_or(|k| k.parent_id.is_none() && collection.parent_id.is_some()) {
                nearest.insert(product, collection);
            }
        }
        let lists = lists(rx, &nearest).await?;
        let since = ctx.now().plus_seconds(-SOLD_WITHIN);
        Ok(Self {
            now: ctx.now(),
            locale: ctx.locale(),
            currency: shop.currency,
            free_delivery_from: free_from(&methods),
            gift: gift::offered(rx, shop.currency).await?.is_some(),
            days_to_arrive: methods.iter().map(|m| m.days_max).min().unwrap_or_default(),
            evening: evening(rx, ctx, since).await?,
            sold: sold(rx, since).await?,
            lists,
            nearest,
            searched: HashMap::new(),
            shop,
        })
    }

    fn check(&self, product: &Product, picture: Option<&Media>) -> CardCheck {
        let collection = self.nearest.get(&product.id);
        let beside = collection
            .and_then(|c| self.lists.get(&c.id))
            .map_or(&[][..], Vec::as_slice);
        let price = beside
            .iter()
            .find(|(id, _)| *id == product.id)
            .map_or_else(|| middle(beside), |(_, price)| *price);
        let rank = beside.iter().position(|(id, _)| *id == product.id);
        let sold = |id: &ProductId| self.sold.get(id).copied().unwrap_or_default();
        let title = product.title.get(self.locale);
        let card = Card {
            title: title.to_owned(),
            picture: picture.map(|m| (m.width, m.height)),
            rank: rank.and_then(|place| i64::try_from(place + 1).ok()),
            search_place: self.searched.get(&product.id).copied(),
            price: Money::new(price, self.currency),
            usual_price: Money::new(middle(beside), self.currency),
            sold: sold(&product.id),
            best_sold: beside
                .iter()
                .map(|(id, _)| sold(id))
                .max()
                .unwrap_or_default(),
            ..self.shared()
        };
        let mut reasons = listing::check(&card, self.now);
        reasons.retain(|reason| !reason.of_the_shop());
        CardCheck {
            reasons,
            list: collection.map(|c| c.title.get(self.locale).to_owned()),
            rank: card.rank,
            search_place: card.search_place,
            title_length: title.trim().chars().count(),
            picture_width: card.picture.map(|(width, _)| width),
            picture_height: card.picture.map(|(_, height)| height),
            price: card.price,
            usual_price: card.usual_price,
            sold: card.sold,
            best_sold: card.best_sold,
        }
    }

    /// A card that has only what all cards of the shop share. The program gives no points, and writes to customers about
    /// their orders alone.
    fn shared(&self) -> Card {
        let (asked, answered) = self.evening;
        Card {
            title: String::new(),
            picture: None,
            rank: None,
            search_place: None,
            price: Money::zero(self.currency),
            usual_price: Money::zero(self.currency),
            sold: 0,
            best_sold: 0,
            free_delivery_from: self.free_delivery_from,
            gift: self.gift,
            points: false,
            days_to_arrive: self.days_to_arrive,
            somebody_there: answered * 2 >= asked,
            returns_promised: self.shop.return_days > 0,
            customers_told_at: None,
        }
    }

    fn shop_facts(&self) -> ShopFacts {
        let mut reasons = listing::check(&self.shared(), self.now);
        reasons.retain(|reason| reason.of_the_shop());
        ShopFacts {
            reasons,
            days_to_arrive: self.days_to_arrive,
            evening_questions: self.evening.0,
            evening_answered: self.evening.1,
        }
    }
}

/// The middle one of the prices of a list; of an even number the lower.
fn middle(list: &[(ProductId, i64)]) -> i64 {
    let mut prices: Vec<i64> = list.iter().map(|(_, price)| *price).collect();
    prices.sort_unstable();
    let place = prices.len().saturating_sub(1) / 2;
    prices.get(place).copied().unwrap_or_default()
}

/// What is on sale in each of these collections, in its order, with its lowest price.
async fn lists(
    rx: &mut Rx,
    nearest: &HashMap<ProductId, Collection>,
) -> Result<HashMap<CollectionId, Vec<(ProductId, i64)>>, FlowError> {
    let mut ids: Vec<CollectionId> = nearest.values().map(|c| c.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found: HashMap<CollectionId, Vec<(ProductId, i64)>> = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let (places, values) = in_list(1, &ids);
    let sql = format!(
        "SELECT m.collection_id, m.product_id, p.price_from FROM collection_products m JOIN products p \
         ON p.id = m.product_id AND p.state = 'published' WHERE m.collection_id IN ({places}) \
         ORDER BY m.collection_id, m.position, m.product_id"
    );
    for row in rx.rows(&sql, &values).await? {
        let member = (row.get("product_id")?, row.get("price_from")?);
        found
            .entry(row.get("collection_id")?)
            .or_default()
            .push(member);
    }
    Ok(found)
}

/// Units of each product in orders since an instant, without what was called off.
async fn sold(rx: &mut Rx, since: Timestamp) -> Result<HashMap<ProductId, i64>, FlowError> {
    let sql = "SELECT l.product_id, SUM(l.quantity - l.cancelled) AS units FROM orders o \
               JOIN order_lines l ON l.order_id = o.id WHERE o.placed_at >= $1 \
               AND o.state NOT IN ('cancelled', 'expired') AND NOT l.gift GROUP BY l.product_id";
    let rows = rx.rows(sql, params![since]).await?;
    rows.iter()
        .map(|row| Ok((row.get("product_id")?, row.get("units")?)))
        .collect()
}

/// How many questions came between six in the evening and midnight, and how many of them were answered within an hour.
/// What came within the last hour is not late yet.
async fn evening(rx: &mut Rx, ctx: &Ctx, since: Timestamp) -> Result<(i64, i64), FlowError> {
    let waits = customers::inquiry::waits_since(rx, since, QUESTIONS).await?;
    let (mut asked, mut answered) = (0, 0);
    for (came, done) in waits {
        let settled = done.is_some() || ctx.now().seconds_since(came) > SOON;
        if came.in_zone(ctx.zone()).hour() >= EVENING && settled {
            asked += 1;
            answered += i64::from(done.is_some_and(|at| at.seconds_since(came) <= SOON));
        }
    }
    Ok((asked, answered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(opened_by: i64, shown_to: i64) -> (ProductId, Listing) {
        let listing = Listing {
            shown_to,
            opened_by,
            ..Listing::NONE
        };
        (ProductId::new(), listing)
    }

    /// TRF-05: the usual rate is the middle one, and needs cards that enough people saw.
    #[test]
    fn the_usual_rate_is_the_middle_one() {
        let cards = [card(1, 100), card(20, 100), card(1, 2), card(30, 60)];
        assert_eq!(usual_rate(&cards), Some(0.2));
        assert_eq!(usual_rate(&cards[..3]), None);
    }

    #[test]
    fn the_middle_price_is_one_of_the_list() {
        let list: Vec<(ProductId, i64)> =
            [500, 100, 300, 200].map(|p| (ProductId::new(), p)).to_vec();
        assert_eq!(middle(&list), 200);
        assert_eq!(middle(&[]), 0);
    }
}
