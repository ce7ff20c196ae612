//! One product: its texts, variants and prices, pictures, and its place in the shop.

use std::collections::HashMap;

use catalog::{
    Media, Product, ProductState, Variant, VariantState, collection,
    compare_at::{self, CompareAtCheck},
    price::{self, PricePoint},
    product, removed_media, video,
};
use kernel::{CollectionId, Locale, Money, Permission, ProductId, Timestamp, VariantId};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    bundle,
    cards::{self, CardCheck},
    order_parts::Contents,
    pictures::{self, Picture, RemovedPicture},
    product_prices::{PriceChange, changes},
    product_service::{self, ProductService},
    product_sheet::{self, ProductSheet},
    product_terms::{self, ProductTerms},
    products::{self, Stocked},
};
use crate::{FlowError, views::shop::product::VideoLink};

/// A product for the people who look after it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdminProduct {
    /// What stands at the top.
    pub product: ProductHead,
    /// What keeps it from going on sale: `no_title`, `no_variant`, `no_attribute`.
    pub problems: Vec<&'static str>,
    /// What would make it sell better: `no_picture`, `one_picture`, `small_picture`, `no_alt`, `no_description`.
    pub hints: Vec<&'static str>,
    /// What may keep people from opening its card; null while it is not on sale, or for readers who may not see
    /// figures.
    pub card: Option<CardCheck>,
    /// Its words in each language.
    pub texts: Vec<ProductText>,
    /// What it says about itself.
    pub sheet: ProductSheet,
    /// What it answers and promises.
    pub service: ProductService,
    /// When it is sold, and how it is taxed.
    pub terms: ProductTerms,
    /// What its variants differ in.
    pub options: Vec<AdminOption>,
    /// What is sold, archived variants last.
    pub variants: Vec<AdminVariant>,
    /// Its pictures in order.
    pub pictures: Vec<Picture>,
    /// Pictures that were taken out and can be put back.
    pub removed_pictures: Vec<RemovedPicture>,
    /// The film about it.
    pub video: Option<VideoLink>,
    /// Changes of its prices, newest first.
    pub price_history: Vec<PriceChange>,
    /// All collections, and whether it is in them.
    pub collections: Vec<CollectionChoice>,
    /// What the reader may do.
    pub can: ProductCan,
}

/// The form of a new product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewProductPage {
    /// The language in which the form takes its words.
    pub default_locale: Locale,
    /// All collections.
    pub collections: Vec<CollectionChoice>,
}

/// What stands at the top of a product's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductHead {
    /// The product.
    pub id: ProductId,
    /// Its name in the reader's language.
    pub title: String,
    /// Its name in addresses.
    pub handle: String,
    /// Whether it is on sale.
    pub state: ProductState,
    /// Its page in the shop; null while it is not on sale.
    pub url: Option<String>,
    /// Since when it is on sale, or last was.
    pub published_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The words of a product in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductText {
    /// The language.
    pub locale: Locale,
    /// Whether the shop needs it.
    pub required: bool,
    /// The name.
    pub title: String,
    /// One line below it.
    pub summary: String,
    /// The long text.
    pub description: String,
}

/// Something in which variants differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminOption {
    /// Its place among the options, from 0; forms name it so.
    pub id: usize,
    /// Its name in the reader's language.
    pub name: String,
    /// The values that variants have in it, in the reader's language.
    pub values: Vec<String>,
}

/// A variant.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AdminVariant {
    /// The variant.
    pub id: VariantId,
    /// Its option values; null when the product has no options.
    pub title: Option<String>,
    /// Its SKU.
    pub sku: String,
    /// What the scanner reads.
    pub barcode: Option<String>,
    /// Whether it can be bought.
    pub state: VariantState,
    /// What it costs.
    pub price: Money,
    /// What it really cost before the present reduction.
    pub compare_at_price: Option<Money>,
    /// When it costs that again; null when nobody has decided.
    pub reduced_until: Option<Timestamp>,
    /// The same as a field of a form holds it, on the shop's clock.
    pub reduced_until_local: Option<String>,
    /// Which such price is allowed, and why.
    pub compare_at_check: CompareAtCheck,
    /// What it costs the merchant; only for readers who may change prices.
    pub cost: Option<Money>,
    /// (Price − cost) ÷ price; null without a cost.
    pub margin_rate: Option<f64>,
    /// Weight with packing.
    pub weight_grams: i64,
    /// Length with packing.
    pub length_mm: Option<i64>,
    /// Width with packing.
    pub width_mm: Option<i64>,
    /// Height with packing.
    pub height_mm: Option<i64>,
    /// Units on all shelves.
    pub on_hand: i64,
    /// Of those, reserved for orders.
    pub reserved: i64,
    /// Units that can still be sold.
    pub available: i64,
    /// Whether it has fallen to its alert level somewhere.
    pub low: bool,
    /// What it is made of, when it is a bundle.
    pub parts: Vec<Contents>,
    /// Whether stock is kept of it, so that it cannot become a bundle.
    pub kept: bool,
}

/// A collection that a product can be in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectionChoice {
    /// The collection.
    pub id: CollectionId,
    /// Its name, below its parent's.
    pub title: String,
    /// Whether the product is in it.
    pub selected: bool,
    /// Whether it finds its products by rules; then nobody chooses it.
    pub by_rules: bool,
}

/// What the reader may do with a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProductCan {
    /// Change it.
    pub write: bool,
    /// Put it on sale, or take it off.
    pub publish: bool,
    /// Put it away.
    pub archive: bool,
    /// Take it out of the archive.
    pub restore: bool,
}

/// A product, whole.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn product(rx: &mut Rx, ctx: &Ctx, id: ProductId) -> Result<AdminProduct, FlowError> {
    let found = product::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    let variants = product::variants_of(rx, &[id]).await?;
    let ids: Vec<VariantId> = variants.iter().map(|v| v.id).collect();
    let (stock, mut parts) = products::stocked(rx, &variants).await?;
    let history = price::histories(rx, &ids).await?;
    let media = product::media_of(rx, &[id]).await?;
    let write = ctx.allows(Permission::ProductsWrite);
    let card = if ctx.allows(Permission::InsightRead) {
        cards::checks(rx, ctx, &[&found], &media).await?.remove(&id)
    } else {
        None
    };
    let locale = ctx.locale();
    let of = |id: VariantId| history.get(&id).map_or(&[][..], Vec::as_slice);
    let one = |v: &Variant| variant(ctx, v, of(v.id), &stock, write);
    let mut shown: Vec<AdminVariant> = variants.iter().map(one).collect();
    for variant in &mut shown {
        let inside = parts.remove(&variant.id).unwrap_or_default();
        variant.parts = bundle::all_contents(&inside, locale);
    }
    shown.sort_by_key(|v| v.state == VariantState::Archived);
    let sheet = product_sheet::sheet(rx, &found, locale).await?;
    let page = AdminProduct {
        problems: problems(&found, &variants, &sheet),
        sheet,
        service: product_service::of(rx, ctx, id).await?,
        terms: product_terms::of(rx, ctx, &found).await?,
        hints: hints(&found, &media),
        card,
        texts: Locale::ALL
            .iter()
            .map(|locale| text(&found, *locale))
            .collect(),
        options: options(&found, &variants, locale),
        variants: shown,
        pictures: pictures::set(&media, &variants, locale),
        removed_pictures: pictures::removed(&removed_media::of(rx, ctx, id).await?, locale),
        video: video::of(rx, id).await?.map(VideoLink::from),
        price_history: changes(&variants, &history),
        collections: collections(rx, locale, Some(id)).await?,
        can: ProductCan {
            write,
            publish: write && found.state != ProductState::Archived,
            archive: write && found.state != ProductState::Archived,
            restore: write && found.state == ProductState::Archived,
        },
        product: ProductHead {
            id,
            title: found.title.get(locale).to_owned(),
            url: (found.state == ProductState::Published)
                .then(|| format!("/products/{}", found.handle)),
            handle: found.handle,
            state: found.state,
            published_at: found.published_at,
            updated_at: found.updated_at,
        },
    };
    Ok(page)
}

/// The form of a new product.
///
/// # Errors
/// Whatever the database says.
pub async fn new_product(rx: &mut Rx, ctx: &Ctx) -> Result<NewProductPage, FlowError> {
    let collections = collections(rx, ctx.locale(), None).await?;
    Ok(NewProductPage {
        default_locale: Locale::default(),
        collections,
    })
}

fn problems(product: &Product, variants: &[Variant], sheet: &ProductSheet) -> Vec<&'static str> {
    let no_variant = !variants.iter().any(|v| v.state == VariantState::Active);
    let all = [
        ("no_title", product.title.is_empty()),
        ("no_variant", no_variant),
        ("no_attribute", sheet.lacks()),
    ];
    all.into_iter()
        .filter(|(_, missing)| *missing)
        .map(|(code, _)| code)
        .collect()
}

fn hints(product: &Product, media: &[Media]) -> Vec<&'static str> {
    let mut hints = pictures::hints(media);
    if product.description.is_empty() {
        hints.push("no_description");
    }
    hints
}

fn text(product: &Product, locale: Locale) -> ProductText {
    let own = |texts: &kernel::Texts| texts.0.get(&locale).cloned().unwrap_or_default();
    ProductText {
        locale,
        required: locale == Locale::default(),
        title: own(&product.title),
        summary: own(&product.subtitle),
        description: own(&product.description),
    }
}

fn options(product: &Product, variants: &[Variant], locale: Locale) -> Vec<AdminOption> {
    let option = |(id, option): (usize, &catalog::ProductOption)| {
        let mut values: Vec<String> = Vec::new();
        for value in variants.iter().filter_map(|v| v.option_values.get(id)) {
            let value = value.get(locale).to_owned();
            if !values.contains(&value) {
                values.push(value);
            }
        }
        AdminOption {
            id,
            name: option.name.get(locale).to_owned(),
            values,
        }
    };
    product.options.iter().enumerate().map(option).collect()
}

fn variant(
    ctx: &Ctx,
    v: &Variant,
    history: &[PricePoint],
    stock: &HashMap<VariantId, Stocked>,
    write: bool,
) -> AdminVariant {
    let stocked = stock.get(&v.id).copied().unwrap_or_default();
    let cost = v.cost.filter(|_| write);
    AdminVariant {
        id: v.id,
        title: Some(v.title(ctx.locale())).filter(|t| !t.is_empty()),
        sku: v.sku.clone(),
        barcode: v.barcode.clone(),
        state: v.state,
        price: v.price,
        compare_at_price: v.compare_at,
        reduced_until: v.reduced_until,
        reduced_until_local: product_terms::local(ctx, v.reduced_until),
        compare_at_check: compare_at::check(history, ctx.now()),
        cost,
        margin_rate: cost.and_then(|cost| margin(v.price, cost)),
        weight_grams: v.weight_g,
        length_mm: v.size_mm.map(|s| s.0),
        width_mm: v.size_mm.map(|s| s.1),
        height_mm: v.size_mm.map(|s| s.2),
        on_hand: stocked.on_hand,
        reserved: stocked.reserved,
        available: stocked.available(),
        low: stocked.low,
        parts: Vec::new(),
        kept: !v.is_bundle && stock.contains_key(&v.id),
    }
}

/// The share of a price that is left after its cost.
#[expect(
    clippy::cast_precision_loss,
    reason = "a rate is read by people to one decimal; money never passes here"
)]
fn margin(price: Money, cost: Money) -> Option<f64> {
    let left = price.minus(cost).ok()?;
    (price.amount > 0).then(|| left.amount as f64 / price.amount as f64)
}

/// All collections in the order of the navigation, sub-collections below their parent's name.
pub(super) async fn collections(
    rx: &mut Rx,
    locale: Locale,
    product: Option<ProductId>,
) -> Result<Vec<CollectionChoice>, FlowError> {
    let chosen: Vec<CollectionId> = match product {
        Some(id) => collection::of_products(rx, &[id])
            .await?
            .into_iter()
            .map(|(_, c)| c.id)
            .collect(),
        None => Vec::new(),
    };
    let mut choices = Vec::new();
    for node in collection::tree(rx).await? {
        let above = node.collection.title.get(locale).to_owned();
        let below = node.children.iter().map(|c| {
            (
                c.id,
                format!("{above} › {}", c.title.get(locale)),
                c.rules.is_some(),
            )
        });
        let titles: Vec<_> = below.collect();
        choices.push((node.collection.id, above, node.collection.rules.is_some()));
        choices.extend(titles);
    }
    let choice = |(id, title, by_rules)| CollectionChoice {
        id,
        title,
        selected: chosen.contains(&id),
        by_rules,
    };
    Ok(choices.into_iter().map(choice).collect())
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn a_margin_is_the_share_that_is_left() {
        let twd = |amount| Money::new(amount, Currency::TWD);
        assert_eq!(margin(twd(10_000), twd(4_000)), Some(0.6));
        assert_eq!(margin(twd(0), twd(40_00)), None);
        assert_eq!(margin(twd(100), Money::new(1, Currency::USD)), None);
    }
}
