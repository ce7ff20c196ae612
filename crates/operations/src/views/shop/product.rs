//! The page of a product: eight statements, whatever the number of variants and pictures; nine with a bundle. What goes
//! with it is worked out apart (see [`super::related`]) and kept longer.

use std::collections::BTreeSet;

use catalog::{
    AttributeDefinition, AttributeKind, AttributeValue, Collection, Part, Product, ProductState,
    Variant, Video, attribute, bundle, collection, facet, product, rich, selling_point, service,
    video::{self, Player},
};
use fulfilment::{
    delivery::{self, DeliveryMethod},
    zone::{self, Place, Zone, ZonePlace},
};
use kernel::{Address, Locale, Money, ProductId, Timestamp, VariantId, address_form::COUNTRIES};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    card::{Goods, ProductCard},
    collection::link,
    facts::Facts,
    parts::{self, Cutoff, Estimate, FEW, Image, Inside, Link, filled},
    service::{Promises, QuestionView, promises, questions},
};
use crate::{FlowError, usual_address};

/// Cards of related products.
const RELATED: usize = 4;

/// The page of a product.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProductPage {
    /// The product.
    pub id: ProductId,
    /// Its name in addresses.
    pub handle: String,
    /// Its name.
    pub title: String,
    /// One line below the name.
    pub subtitle: Option<String>,
    /// Why somebody buys it, line by line (STF-19).
    pub selling_points: Vec<String>,
    /// The long text: HTML, cleaned when it was written.
    pub description: Option<String>,
    /// The same without structure, for summaries.
    pub summary: Option<String>,
    /// Its pictures.
    pub images: Vec<Image>,
    /// The film about it: a link, of which nothing is loaded before it is followed (TRF-18).
    pub video: Option<VideoLink>,
    /// What its variants differ in; empty when there is only one.
    pub options: Vec<OptionView>,
    /// What can be bought.
    pub variants: Vec<VariantView>,
    /// The variant that is chosen when the page opens.
    pub selected_variant_id: VariantId,
    /// The lowest price of its variants.
    pub price_from: Money,
    /// What the cheapest variant really cost before its present reduction.
    pub compare_at_from: Option<Money>,
    /// Whether its variants have different prices.
    pub price_varies: bool,
    /// Whether any variant can be bought now.
    pub in_stock: bool,
    /// Whose product it is.
    pub brand: Option<String>,
    /// What its maker calls it.
    pub model: Option<String>,
    /// Words by which the shop groups its goods.
    pub tags: Vec<String>,
    /// What it says about itself in the attributes of its collections.
    pub specs: Vec<Spec>,
    /// What holds after the sale.
    pub promises: Promises,
    /// What shoppers ask again and again.
    pub faq: Vec<QuestionView>,
    /// The collections it is in.
    pub collections: Vec<Link>,
    /// When it would leave and arrive.
    pub delivery: DeliveryInfo,
    /// What goes with it, best first; nothing that is sold out.
    pub related: Vec<ProductCard>,
    /// The page in the words of schema.org (JSON-LD), for search engines and assistants.
    pub json_ld: Value,
    /// Price and grams of what its delivery is quoted for.
    #[serde(skip)]
    pub quoted_for: Option<(Money, i64)>,
}

impl PageView for ProductPage {
    const TEMPLATE: &'static str = "product.html";
}

/// The film about a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VideoLink {
    /// Where it plays.
    pub player: Player,
    /// Its address.
    pub url: String,
}

impl From<Video> for VideoLink {
    fn from(video: Video) -> Self {
        Self {
            player: video.player,
            url: video.url,
        }
    }
}

/// What variants differ in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OptionView {
    /// Its name: 重量.
    pub name: String,
    /// The values, in the order of the variants.
    pub values: Vec<String>,
}

/// A variant on the page of its product.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VariantView {
    /// The variant.
    pub id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// Its option values joined; the product's title when it has no options.
    pub title: String,
    /// One value for each option.
    pub option_values: Vec<String>,
    /// What it costs.
    pub price: Money,
    /// What it really cost before the present reduction (GOV-08).
    pub compare_at: Option<Money>,
    /// When it costs that again (CHK-20); null when nobody has decided.
    pub reduced_until: Option<Timestamp>,
    /// How many can be bought, at most two seconds old (S17); 9999 when there is no limit.
    pub available: i64,
    /// Whether one can be bought.
    pub in_stock: bool,
    /// Whether only few are left.
    pub low_stock: bool,
    /// Its own picture; null when it has none.
    pub image_url: Option<String>,
    /// Weight with packing, for what its delivery costs.
    #[serde(skip)]
    pub weight_g: i64,
    /// What is inside, when it is a bundle.
    pub parts: Vec<PartView>,
    /// What its parts cost one by one at their present prices; null when one of them is not sold by itself (GOV-08).
    pub parts_price: Option<Money>,
    /// How much less the bundle costs than that; null when it costs no less.
    pub saving: Option<Money>,
}

/// A part of a bundle on the bundle's page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PartView {
    /// What it is, and how many of it are inside.
    #[serde(flatten)]
    pub inside: Inside,
    /// Its product's page; null when it is not sold by itself.
    pub product_handle: Option<String>,
    /// What one costs by itself; null when it is not sold by itself.
    pub price: Option<Money>,
    /// Its picture.
    pub image_url: Option<String>,
}

/// A line of the product's data sheet.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Spec {
    /// The attribute's code.
    pub code: String,
    /// The attribute: 產地.
    pub name: String,
    /// Its value: 南投鹿谷, 400; `yes` or `no` where the answer is one of these.
    pub value: String,
    /// The unit of a number.
    pub unit: Option<String>,
    /// What kind of value it is: `text`, `number`, `choice` or `yes_no`.
    pub kind: &'static str,
}

/// When a product would leave and arrive (STF-15).
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeliveryInfo {
    /// Where it is sent from.
    pub ships_from: Option<String>,
    /// When an order that is paid now leaves.
    pub cutoff: Option<Cutoff>,
    /// When it arrives with the cheapest way to deliver.
    pub estimate: Option<Estimate>,
    /// What the cheapest way to deliver costs for one; null when nothing can deliver it.
    pub rate_from: Option<Money>,
    /// The same for each zone that parcels go to; empty where it is the same everywhere.
    pub zones: Vec<ZoneDelivery>,
    /// The place of the signed-in customer's usual address, for which all of this is; null for anybody else.
    pub to: Option<String>,
}

/// When a product arrives in a zone, and what that costs at least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ZoneDelivery {
    /// What lies in it.
    pub places: Vec<PlaceView>,
    /// What the cheapest way costs for one.
    pub rate: Money,
    /// When it arrives so.
    pub estimate: Estimate,
}

/// A country, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlaceView {
    /// ISO 3166-1 alpha-2, or `*` for everywhere else.
    pub country: String,
    /// Counties or cities of the first level; none for the whole country.
    pub regions: Vec<String>,
}

/// The page of the product that is on sale at `handle`, with those of the `related` ones that can be bought.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn product_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    handle: &str,
    related: &[ProductId],
) -> Result<ProductPage, FlowError> {
    let locale = ctx.locale();
    let found = product::by_handle(rx, handle)
        .await?
        .filter(|p| p.state == ProductState::Published);
    let product = found.ok_or(FlowError::NotFound)?;
    let mut collections: Vec<Collection> = collection::of_products(rx, &[product.id])
        .await?
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    // The nearest collection first: it leads back from the product.
    collections.sort_by_key(|c| c.parent_id.is_none());
    let related = product::by_ids(rx, related).await?;
    let served = service::of(rx, product.id).await?;
    let mut ids = vec![product.id];
    ids.extend(related.iter().map(|p| p.id));
    let goods = Goods::of(rx, &ids).await?;
    let card = goods.card(&product, locale).ok_or(FlowError::NotFound)?;
    let variants: Vec<VariantView> = goods
        .variants(product.id)
        .iter()
        .map(|v| variant_view(v, &goods, &card.title, locale))
        .collect();
    let chosen = variants
        .iter()
        .find(|v| v.in_stock)
        .or(variants.first())
        .ok_or(FlowError::NotFound)?;
    Ok(ProductPage {
        id: product.id,
        selected_variant_id: chosen.id,
        delivery: delivery_info(ctx, facts, quoted_for(goods.variants(product.id)), None),
        quoted_for: quoted_for(goods.variants(product.id)),
        images: goods.images(product.id, locale),
        video: video::of(rx, product.id).await?.map(VideoLink::from),
        options: options(&product, &variants, locale),
        specs: specs(facts, &product, &collections, locale),
        collections: collections.iter().map(|c| link(c, locale)).collect(),
        related: related
            .iter()
            .filter(|p| p.state == ProductState::Published && p.id != product.id)
            .filter_map(|p| goods.card(p, locale))
            .filter(|card| card.in_stock)
            .take(RELATED)
            .collect(),
        description: filled(product.description.get(locale)),
        summary: filled(&rich::plain(product.description.get(locale))),
        selling_points: selling_point::lines(served.selling_points.get(locale))
            .map(str::to_owned)
            .collect(),
        faq: questions(&served, locale),
        promises: promises(facts, served.after_sales, locale),
        brand: product.identity.brand,
        model: product.identity.model,
        tags: product.identity.tags,
        handle: card.handle,
        title: card.title,
        subtitle: card.subtitle,
        variants,
        price_from: card.price_from,
        compare_at_from: card.compare_at_from,
        price_varies: card.price_varies,
        in_stock: card.in_stock,
        json_ld: Value::Null,
    })
}

fn variant_view(
    variant: &Variant,
    goods: &Goods,
    product_title: &str,
    locale: Locale,
) -> VariantView {
    let available = parts::shown(goods.available(variant.id));
    let inside = goods.parts(variant.id);
    let parts_price = bundle::price_apart(inside);
    let saving = parts_price.and_then(|apart| apart.minus(variant.price).ok());
    VariantView {
        id: variant.id,
        sku: variant.sku.clone(),
        title: filled(&variant.title(locale)).unwrap_or_else(|| product_title.to_owned()),
        option_values: variant
            .option_values
            .iter()
            .map(|v| v.get(locale).to_owned())
            .collect(),
        price: variant.price,
        compare_at: variant.compare_at,
        reduced_until: variant.reduced_until,
        available,
        in_stock: available > 0,
        low_stock: (1..=FEW).contains(&available),
        image_url: goods.own_image(variant),
        weight_g: variant.weight_g,
        parts: inside.iter().map(|part| part_view(part, locale)).collect(),
        parts_price,
        saving: saving.filter(|saving| saving.amount > 0),
    }
}

fn part_view(part: &Part, locale: Locale) -> PartView {
    PartView {
        inside: Inside::of(part, locale),
        product_handle: part.for_sale.then(|| part.handle.clone()),
        price: part.for_sale.then_some(part.price),
        image_url: part.image_key.as_deref().map(parts::small_url),
    }
}

fn options(product: &Product, variants: &[VariantView], locale: Locale) -> Vec<OptionView> {
    let values = |place: usize| {
        let mut seen = BTreeSet::new();
        let all = variants.iter().filter_map(|v| v.option_values.get(place));
        all.filter(|value| seen.insert(value.as_str()))
            .cloned()
            .collect()
    };
    let named = product.options.iter().enumerate();
    named
        .map(|(place, option)| OptionView {
            name: option.name.get(locale).to_owned(),
            values: values(place),
        })
        .collect()
}

/// The filled lines of the sheet that the product's collections, and those above them, ask for.
fn specs(
    facts: &Facts,
    product: &Product,
    collections: &[Collection],
    locale: Locale,
) -> Vec<Spec> {
    let above = collections
        .iter()
        .filter_map(|c| c.parent_id)
        .filter_map(|id| facts.collection_by_id(id));
    let asked = above.chain(collections).flat_map(|c| c.attributes.clone());
    let lines = attribute::filled(asked.collect(), &product.attributes);
    lines
        .iter()
        .filter_map(|line| Spec::of(&line.definition, line.value.as_ref()?, locale))
        .collect()
}

impl Spec {
    fn of(
        definition: &AttributeDefinition,
        value: &AttributeValue,
        locale: Locale,
    ) -> Option<Self> {
        let unit = match &definition.kind {
            AttributeKind::Number { unit } => filled(unit.get(locale)),
            _ => None,
        };
        let value = match value {
            AttributeValue::Text(texts) => texts.get(locale).to_owned(),
            AttributeValue::Choice(code) => {
                let choices = definition.kind.choices();
                let choice = choices.iter().find(|c| c.code == *code)?;
                choice.name.get(locale).to_owned()
            }
            AttributeValue::Number(_) | AttributeValue::YesNo(_) => facet::value_of(value)?,
        };
        Some(Self {
            code: definition.code.clone(),
            name: definition.name.get(locale).to_owned(),
            value: filled(&value)?,
            unit,
            kind: definition.kind.code(),
        })
    }
}

/// A place that has a name in every language.
fn place_view(place: &ZonePlace) -> Option<PlaceView> {
    let named = place.country == zone::ANYWHERE || COUNTRIES.contains(&place.country.as_str());
    named.then(|| PlaceView {
        country: place.country.clone(),
        regions: place.regions.clone(),
    })
}

/// What a page's delivery is quoted for: one of the cheapest variant, by price and grams.
fn quoted_for(variants: &[Variant]) -> Option<(Money, i64)> {
    let one = variants.iter().min_by_key(|v| v.price.amount)?;
    Some((one.price, one.weight_g))
}

impl ProductPage {
    /// When this product would leave for an address and arrive there, and what that costs at least.
    #[must_use]
    pub fn delivered_to(&self, ctx: &Ctx, facts: &Facts, address: &Address) -> DeliveryInfo {
        delivery_info(ctx, facts, self.quoted_for, Some(address))
    }
}

fn delivery_info(
    ctx: &Ctx,
    facts: &Facts,
    goods: Option<(Money, i64)>,
    to: Option<&Address>,
) -> DeliveryInfo {
    let quoted = |methods: &[DeliveryMethod]| {
        goods.map_or_else(Vec::new, |(price, grams)| {
            let (now, calendar) = (ctx.now(), &facts.calendar);
            delivery::quote(methods, price, grams, now, calendar)
        })
    };
    let quotes = match to {
        Some(address) => quoted(&facts.tariff.at(Place::from(address))),
        None => quoted(&facts.methods),
    };
    let zone = |zone: &Zone| {
        let place = zone.places.first()?;
        let there = facts.tariff.at(Place {
            country: &place.country,
            region: place.regions.first().map_or("", String::as_str),
        });
        let quotes = quoted(&there);
        let best = delivery::cheapest(&quotes)?;
        Some(ZoneDelivery {
            places: zone.places.iter().filter_map(place_view).collect(),
            rate: best.rate,
            estimate: best.estimate.into(),
        })
    };
    let zones: Vec<ZoneDelivery> = facts.tariff.zones.iter().filter_map(zone).collect();
    DeliveryInfo {
        ships_from: facts.ships_from(ctx.locale(), to),
        to: to.and_then(usual_address::place_name),
        cutoff: Some(parts::cutoff(ctx.now(), &facts.calendar)),
        estimate: parts::cheapest_estimate(&quotes),
        rate_from: delivery::cheapest(&quotes).map(|q| q.rate),
        zones: if zones.len() > 1 { zones } else { Vec::new() },
    }
}
