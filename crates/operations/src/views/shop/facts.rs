//! What every page of the shop rests on and what seldom changes: the shop's decisions, its calendar, its ways to
//! deliver, its navigation and its texts. Read together, kept for a moment, passed to every view.

use catalog::{AfterSales, Collection, CollectionNode, collection};
use fulfilment::{
    calendar::ShopCalendar,
    delivery::DeliveryMethod,
    hours::{self, BusinessHours},
    zone::{self, Tariff},
};
use inventory::location::{self, Location, PlaceState};
use kernel::{Address, CollectionId, Locale, Money, Timestamp};
use orders::PaymentMethod;
use platform::{Rx, settings, words::Words};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    gift_offer::GiftOffer,
    page::{self, LivePage},
    parts::{self, Attention, Cutoff},
};
use crate::{
    FlowError,
    flows::dress_shop,
    gift::{self, Gift},
    payment_terms::{self, PaymentTerms},
    shop::{self, Shop},
    usual_address,
};

/// The facts that all pages share.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The shop's decisions.
    pub shop: Shop,
    /// When it works.
    pub calendar: ShopCalendar,
    /// When somebody answers.
    pub hours: BusinessHours,
    /// How it delivers where most parcels go.
    pub methods: Vec<DeliveryMethod>,
    /// How it delivers everywhere.
    pub tariff: Tariff,
    /// The places that goods leave from, the first one first.
    pub places: Vec<Location>,
    /// Which ways to pay it offers.
    pub payment_terms: PaymentTerms,
    /// Whether cards can be charged.
    pub cards: bool,
    /// Its navigation.
    pub collections: Vec<CollectionNode>,
    /// The blocks of the home page.
    pub home: Option<marketing::Content>,
    /// The other pages that shoppers read, in the operator's order.
    pub pages: Vec<LivePage>,
    /// What holds after the sale where a product says nothing else.
    pub after_sales: AfterSales,
    /// What it gives with orders of enough goods; none while there is none to give.
    pub gift: Option<Gift>,
    /// How its pages look.
    pub dress: dress_shop::Choice,
}

/// What every page shows around its content; the global `site` of the templates.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Site {
    /// The two levels of the navigation (STF-02).
    pub navigation: Vec<NavigationItem>,
    /// From what sum of goods shipping is free; null when it never is.
    pub free_shipping_threshold: Option<Money>,
    /// What is given with an order of enough goods; null where nothing is, and while there is none to give.
    pub gift: Option<GiftOffer>,
    /// When an order that is paid now leaves.
    pub cutoff: Option<Cutoff>,
    /// Whether some orders can be paid on delivery.
    pub cash_on_delivery: bool,
    /// The ways to pay that are offered for some order.
    pub payments: Vec<PaymentMethod>,
    /// Days within which goods can be returned; null when they cannot.
    pub return_days: Option<i64>,
    /// Days within which goods are exchanged, where a product says nothing else.
    pub exchange_days: Option<i64>,
    /// Months of free repair, where a product says nothing else.
    pub warranty_months: Option<i64>,
    /// Whether somebody answers now; null where the shop says no hours.
    pub answering: Option<Attention>,
    /// Pages beside the collections, at the top.
    pub header_pages: Vec<PageLink>,
    /// Pages at the foot.
    pub pages: Vec<PageLink>,
    /// Pages that are linked where an order is placed.
    pub checkout_pages: Vec<PageLink>,
}

/// An entry of the navigation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NavigationItem {
    /// Its name.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// Entries below it; empty on the second level.
    pub children: Vec<NavigationItem>,
}

/// A link to a page of blocks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PageLink {
    /// Its title.
    pub title: String,
    /// Where it is.
    pub url: String,
}

impl Facts {
    /// Reads the facts.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn load(rx: &mut Rx) -> Result<Self, FlowError> {
        let tariff = zone::tariff(rx).await?;
        let (home, pages) = live_pages(rx).await?;
        let shop = shop::load(rx).await?;
        Ok(Self {
            gift: gift::offered(rx, shop.currency).await?,
            shop,
            calendar: settings::load(rx, shop::CALENDAR).await?,
            hours: hours::load(rx).await?,
            methods: tariff.at_home().into_owned(),
            tariff,
            places: shipping_places(rx).await?,
            payment_terms: payment_terms::load(rx).await?,
            cards: payments::settings::load(rx).await?.cards().is_some(),
            collections: collection::tree(rx).await?,
            home,
            pages,
            after_sales: shop::after_sales(rx).await?,
            dress: dress_shop::load(rx).await?.now,
        })
    }

    /// Where goods come from: what the shop says of it, else the place of the warehouse that serves the address first.
    #[must_use]
    pub fn ships_from(&self, locale: Locale, to: Option<&Address>) -> Option<String> {
        let said = self.shop.ships_from.get(locale);
        if !said.is_empty() {
            return Some(said.to_owned());
        }
        let first = |place: &&Location| to.map_or(0, |to| place.distance(to));
        usual_address::place_name(&self.places.iter().min_by_key(first)?.address)
    }

    /// The languages in which the shop sells, the first one first.
    #[must_use]
    pub fn languages(&self) -> &[Locale] {
        match self.shop.languages.as_slice() {
            [] => &Locale::ALL,
            chosen => chosen,
        }
    }

    /// The countries that parcels go to.
    #[must_use]
    pub fn countries(&self) -> Vec<String> {
        self.shop.sends_to(&self.tariff)
    }

    /// The language for readers of none of them.
    #[must_use]
    pub fn first_language(&self) -> Locale {
        self.languages().first().copied().unwrap_or_default()
    }

    /// What every page shows around its content.
    #[must_use]
    pub fn site(&self, now: Timestamp, locale: Locale, words: &Words) -> Site {
        Site {
            navigation: self
                .collections
                .iter()
                .map(|node| navigation(node, locale))
                .collect(),
            free_shipping_threshold: parts::free_from(&self.methods),
            gift: self.gift.as_ref().map(|gift| GiftOffer::of(gift, locale)),
            cutoff: Some(parts::cutoff(now, &self.calendar)),
            cash_on_delivery: self.methods.iter().any(|m| m.cash_on_delivery),
            payments: self.ways_to_pay(),
            return_days: Some(self.shop.return_days).filter(|days| *days > 0),
            exchange_days: self.after_sales.exchange_days.filter(|days| *days > 0),
            warranty_months: self
                .after_sales
                .warranty_months
                .filter(|months| *months > 0),
            answering: Attention::at(now, &self.hours, &self.calendar),
            header_pages: page::links(self, locale, words, |page| page.places.header),
            pages: page::links(self, locale, words, |page| page.places.footer),
            checkout_pages: page::links(self, locale, words, |page| page.places.checkout),
        }
    }

    /// The ways to pay that are switched on and set up.
    fn ways_to_pay(&self) -> Vec<PaymentMethod> {
        let transfers = !self.shop.bank.account_number.is_empty();
        let cash = self.methods.iter().any(|m| m.cash_on_delivery);
        let all = [
            (PaymentMethod::Card, self.cards),
            (PaymentMethod::BankTransfer, transfers),
            (PaymentMethod::CashOnDelivery, cash),
        ];
        let on = all
            .into_iter()
            .filter(|(way, ready)| *ready && self.payment_terms.of(*way).on);
        on.map(|(way, _)| way).collect()
    }

    /// A collection with the one above it and those beside or below it.
    #[must_use]
    pub fn collection(&self, handle: &str) -> Option<Placed<'_>> {
        self.collections.iter().find_map(|node| {
            let placed = |this, parent| Placed {
                this,
                parent,
                beside: &node.children,
            };
            if node.collection.handle == handle {
                return Some(placed(&node.collection, None));
            }
            let child = node.children.iter().find(|c| c.handle == handle)?;
            Some(placed(child, Some(&node.collection)))
        })
    }

    /// A collection by its id.
    #[must_use]
    pub fn collection_by_id(&self, id: CollectionId) -> Option<&Collection> {
        let all = self
            .collections
            .iter()
            .flat_map(|node| std::iter::once(&node.collection).chain(&node.children));
        all.into_iter().find(|c| c.id == id)
    }
}

/// The places that ship, by their priority.
async fn shipping_places(rx: &mut Rx) -> Result<Vec<Location>, FlowError> {
    let mut places = location::list(rx).await?;
    places.retain(|place| place.state == PlaceState::Ships);
    places.sort_by_key(|place| (place.priority, place.id));
    Ok(places)
}

/// What shoppers read on the home page, and on the others.
async fn live_pages(rx: &mut Rx) -> Result<(Option<marketing::Content>, Vec<LivePage>), FlowError> {
    let (mut home, mut pages) = (None, Vec::new());
    for found in marketing::page::all(rx).await? {
        let touched = !found.is_untouched();
        let Some(content) = found.live else {
            continue;
        };
        if found.kind == marketing::PageKind::Home {
            home = Some(content);
            continue;
        }
        pages.push(LivePage {
            id: found.id,
            handle: found.handle,
            kind: found.kind,
            topic: found.topic,
            content,
            places: found.places,
            published_at: found.published_at,
            touched,
        });
    }
    Ok((home, pages))
}

/// A collection in its place of the navigation.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The collection.
    pub this: &'a Collection,
    /// The one above it.
    pub parent: Option<&'a Collection>,
    /// Those below it, or beside it when it has one above.
    pub beside: &'a [Collection],
}

fn navigation(node: &CollectionNode, locale: Locale) -> NavigationItem {
    let item = |c: &Collection, children| NavigationItem {
        title: c.title.get(locale).to_owned(),
        url: format!("/collections/{}", c.handle),
        children,
    };
    let below = node.children.iter().map(|c| item(c, Vec::new())).collect();
    item(&node.collection, below)
}
