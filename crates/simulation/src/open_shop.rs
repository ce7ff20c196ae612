//! Setting up the demo shop through the same commands a merchant would use.

use std::collections::HashMap;

use catalog::{
    attribute::{Attribute, AttributeDefinition},
    bundle,
    collection::{self, Condition, Join, NewCollection, Rules},
    compare_at,
    media::NewMedia,
    price,
    product::{self, NewProduct, ProductIdentity, ProductOption},
    reduction, selling_point,
    variant::{self, NewVariant},
};
use inventory::{EntryKind, stock, stock::Adjustment};
use kernel::{Clock, CollectionId, Currency, Locale, Money, Texts, Timestamp, VariantId};
use operations::FlowError;
use platform::{Ctx, files::Files};

use crate::{
    SimulationError,
    content::{
        DemoAnswer, DemoPart, DemoProduct, DemoQuestion, DemoShop, DemoTexts, demo_sheets,
        demo_shop,
    },
    decide::{decide, gift},
    pages,
    pictures::{TILE, View, banner_part_svg, product_svg},
};

const DAY: i64 = 86_400;
/// For how many days the reductions of the demonstration still run.
const OFFER_DAYS: i64 = 6;
/// Handle of the collection above the themes.
const THEMES: &str = "themes";

/// A variant of the demo shop and how it sells.
#[derive(Debug, Clone)]
pub struct OpenedVariant {
    /// The variant.
    pub id: VariantId,
    /// Units in the warehouse when the shop opens, and again at the end of a simulated history.
    pub stock: i64,
    /// How often it is chosen within its product.
    pub popularity: u32,
}

/// The demo shop after it was set up.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// Units that each variant shall have that has stock of its own.
    pub variants: Vec<OpenedVariant>,
}

/// Sets up the demo shop as if it had opened `history_days` ago; the clock of `ctx` says what "now" is.
///
/// # Errors
/// A refused command, or a picture that cannot be kept.
pub async fn open_shop(
    ctx: &Ctx,
    files: &Files,
    public_url: &str,
    history_days: i64,
) -> Result<Opened, SimulationError> {
    let content = demo_shop()?;
    let opening = ctx.now().plus_seconds(-(history_days + 1) * DAY);
    decide(
        &ctx.at(Clock::standing(opening)),
        &content,
        files,
        public_url,
    )
    .await?;
    let collections = collections(&ctx.at(Clock::standing(opening)), &content, files).await?;
    found_by_rules(
        &ctx.at(Clock::standing(opening)),
        collections.get(THEMES).copied(),
    )
    .await?;
    let mut sheets = demo_sheets()?.products;
    let mut opened = Opened::default();
    for product in &content.products {
        let new = NewProduct {
            collections: product
                .collections
                .iter()
                .filter_map(|c| collections.get(c))
                .copied()
                .collect(),
            media: pictures(product, files)?,
            attributes: sheets
                .remove(&product.handle)
                .unwrap_or_default()
                .iter()
                .filter_map(answered)
                .collect(),
            identity: identity(&content, product),
            ..new_product(product)
        };
        let added = add_product(ctx, opening, product, new).await?;
        opened.variants.extend(added);
    }
    gift(&ctx.at(Clock::standing(opening)), &content).await?;
    pages::write(
        &ctx.at(Clock::standing(opening)),
        &content,
        &collections,
        files,
    )
    .await?;
    Ok(opened)
}

/// Brings the stock of each variant back to what the content says.
///
/// # Errors
/// A refused command.
pub async fn restock(ctx: &Ctx, opened: &Opened) -> Result<(), SimulationError> {
    let wanted = opened.variants.clone();
    ctx.write(async move |tx, ctx| {
        let ids: Vec<VariantId> = wanted.iter().map(|v| v.id).collect();
        let available = stock::available(tx, &ids).await.map_err(FlowError::from)?;
        for variant in &wanted {
            let delta = variant.stock - available.get(&variant.id).copied().unwrap_or_default();
            let (kind, reason) = if delta > 0 {
                (EntryKind::Receipt, "received")
            } else {
                (EntryKind::Count, "count")
            };
            if delta != 0 {
                let change = Adjustment::new(variant.id, delta, kind, reason);
                stock::adjust(tx, ctx, change)
                    .await
                    .map_err(FlowError::from)?;
            }
        }
        Ok::<_, FlowError>(())
    })
    .await?;
    Ok(())
}

pub(crate) fn texts(written: &DemoTexts) -> Texts {
    Texts(
        [
            (Locale::Hant, &written.zh_hant),
            (Locale::Hans, &written.zh_hans),
            (Locale::En, &written.en),
        ]
        .map(|(l, t)| (l, t.clone()))
        .into(),
    )
}

pub(crate) fn paragraphs(written: &DemoTexts<Vec<String>>) -> Texts {
    joined(written, "\n\n")
}

fn joined(written: &DemoTexts<Vec<String>>, between: &str) -> Texts {
    let joined = |list: &Vec<String>| list.join(between);
    let all = [
        (Locale::Hant, &written.zh_hant),
        (Locale::Hans, &written.zh_hans),
        (Locale::En, &written.en),
    ];
    Texts(all.map(|(l, t)| (l, joined(t))).into())
}

pub(crate) async fn collections(
    ctx: &Ctx,
    content: &DemoShop,
    files: &Files,
) -> Result<HashMap<String, CollectionId>, SimulationError> {
    let mut known: HashMap<String, CollectionId> = HashMap::new();
    let sheets = demo_sheets()?;
    for collection in &content.collections {
        let image = files.put(banner_part_svg(&collection.banner, TILE).as_bytes(), "svg")?;
        let new = NewCollection {
            parent: collection
                .parent
                .as_ref()
                .and_then(|p| known.get(p))
                .copied(),
            handle: collection.handle.clone(),
            title: texts(&collection.title),
            description: texts(&collection.description),
            image_key: Some(image),
            attributes: sheets
                .sheets
                .get(&collection.handle)
                .into_iter()
                .flatten()
                .map(asked)
                .collect(),
            ..NewCollection::default()
        };
        let id = ctx
            .write(async move |tx, ctx| {
                Ok::<_, FlowError>(collection::create(tx, ctx, new.clone()).await?)
            })
            .await?;
        known.insert(collection.handle.clone(), id);
    }
    Ok(known)
}

/// A collection that finds its products itself, below the themes: what costs little.
async fn found_by_rules(ctx: &Ctx, themes: Option<CollectionId>) -> Result<(), SimulationError> {
    let title = [
        (Locale::Hant, "五百元以下"),
        (Locale::Hans, "五百元以下"),
        (Locale::En, "Under NT$500"),
    ];
    let little = Condition::PriceTo {
        price: Money::new(50_000, Currency::TWD),
    };
    let new = NewCollection {
        parent: themes,
        handle: "under-500".to_owned(),
        title: Texts(title.map(|(l, t)| (l, t.to_owned())).into()),
        rules: Some(Rules {
            join: Join::All,
            conditions: vec![little],
        }),
        ..NewCollection::default()
    };
    ctx.write(async move |tx, ctx| {
        Ok::<_, FlowError>(collection::create(tx, ctx, new.clone()).await?)
    })
    .await?;
    Ok(())
}

/// The shop's own brand, and as tags the themes that a product belongs to.
fn identity(content: &DemoShop, product: &DemoProduct) -> ProductIdentity {
    let themes = content
        .collections
        .iter()
        .filter(|c| c.parent.as_deref() == Some(THEMES) && product.collections.contains(&c.handle));
    ProductIdentity::typed(
        &content.name.zh_hant,
        "",
        themes.map(|c| c.title.zh_hant.as_str()),
    )
}

pub(crate) fn asked(line: &DemoQuestion) -> AttributeDefinition {
    AttributeDefinition {
        code: line.code.clone(),
        name: texts(&line.text),
        kind: line.kind.clone(),
        required: false,
        filterable: line.filterable,
    }
}

fn pictures(product: &DemoProduct, files: &Files) -> Result<Vec<NewMedia>, SimulationError> {
    [View::Main, View::Detail, View::Scene]
        .into_iter()
        .map(|view| {
            let file_key = files.put(product_svg(&product.picture, view).as_bytes(), "svg")?;
            Ok(NewMedia {
                file_key,
                alt: texts(&product.title),
                width: 800,
                height: 800,
            })
        })
        .collect()
}

/// The answer of a line; `None` when it gives neither words nor a value.
pub(crate) fn answered(line: &DemoAnswer) -> Option<Attribute> {
    let words = || line.text.as_ref().map(|text| texts(text).into());
    Some(Attribute {
        code: line.code.clone(),
        value: line.value.clone().or_else(words)?,
    })
}

/// A product with its first prices, before it has its place and its pictures.
fn new_product(product: &DemoProduct) -> NewProduct {
    let side = |mm: u32| i64::from(mm);
    let variants = product.variants.iter().map(|variant| NewVariant {
        id: Some(VariantId::new()),
        sku: variant.sku.clone(),
        barcode: Some(variant.barcode.clone()),
        option_values: option_values(product, &variant.values),
        price: Money::new(
            variant.was.first().map_or(variant.price, |w| w.price),
            Currency::TWD,
        ),
        cost: Some(Money::new(variant.cost, Currency::TWD)),
        weight_g: i64::from(variant.weight_g),
        size_mm: Some((
            side(variant.length_mm),
            side(variant.width_mm),
            side(variant.height_mm),
        )),
    });
    let options = product.options.iter().map(|o| ProductOption {
        name: texts(&o.name),
    });
    NewProduct {
        handle: product.handle.clone(),
        title: texts(&product.title),
        subtitle: texts(&product.subtitle),
        description: paragraphs(&product.description),
        options: options.collect(),
        variants: variants.collect(),
        ..NewProduct::default()
    }
}

/// Adds one product with its price history, its stock, and publishes it.
async fn add_product(
    ctx: &Ctx,
    opening: Timestamp,
    product: &DemoProduct,
    new: NewProduct,
) -> Result<Vec<OpenedVariant>, SimulationError> {
    let ids: Vec<VariantId> = new.variants.iter().filter_map(|v| v.id).collect();
    let single = || {
        let all = ids.iter().zip(&product.variants);
        all.filter(|(_, variant)| variant.parts.is_empty())
    };
    let stocked: Vec<(VariantId, i64, i64)> = single()
        .map(|(id, v)| (*id, i64::from(v.stock), i64::from(v.low_stock_at)))
        .collect();
    let bundles: Vec<(VariantId, Vec<DemoPart>)> = ids
        .iter()
        .zip(&product.variants)
        .filter(|(_, variant)| !variant.parts.is_empty())
        .map(|(id, variant)| (*id, variant.parts.clone()))
        .collect();
    let points = product.selling_points.as_ref().map(|p| joined(p, "\n"));
    let then = ctx.at(Clock::standing(opening));
    then.write(async move |tx, ctx| {
        let id = product::create(tx, ctx, new.clone()).await?;
        for (variant, units, low) in &stocked {
            let change = Adjustment::new(*variant, (*units).max(40), EntryKind::Opening, "opening");
            let level = stock::adjust(tx, ctx, change).await?;
            stock::set_low_at(tx, ctx, *variant, level.location_id, Some(*low)).await?;
        }
        for (variant, parts) in &bundles {
            let skus: Vec<&str> = parts.iter().map(|part| part.sku.as_str()).collect();
            let known = variant::by_skus(tx, &skus).await?;
            let inside = known.iter().filter_map(|v| {
                let part = parts.iter().find(|part| part.sku == v.sku)?;
                Some((v.id, part.quantity))
            });
            bundle::set(tx, ctx, *variant, &inside.collect::<Vec<_>>()).await?;
        }
        if let Some(points) = &points {
            selling_point::write(tx, ctx, id, points).await?;
        }
        product::publish(tx, ctx, id).await?;
        Ok::<_, FlowError>(())
    })
    .await?;
    for (id, variant) in ids.iter().zip(&product.variants) {
        change_prices(ctx, *id, variant).await?;
    }
    Ok(single()
        .map(|(id, v)| OpenedVariant {
            id: *id,
            stock: i64::from(v.stock),
            popularity: v.popularity,
        })
        .collect())
}

fn option_values(product: &DemoProduct, codes: &[String]) -> Vec<Texts> {
    let value = |(option, code): (&crate::content::DemoOption, &String)| {
        option
            .values
            .iter()
            .find(|v| v.code == *code)
            .map_or_else(Texts::default, |v| texts(&v.name))
    };
    product.options.iter().zip(codes).map(value).collect()
}

/// Lowers a price at the days the content names; the price before the last change becomes the compare-at price, and what
/// is reduced then has an end.
async fn change_prices(
    ctx: &Ctx,
    id: VariantId,
    variant: &crate::content::DemoVariant,
) -> Result<(), SimulationError> {
    for (index, earlier) in variant.was.iter().enumerate() {
        let next = variant
            .was
            .get(index + 1)
            .map_or(variant.price, |w| w.price);
        let at = ctx.now().plus_seconds(-i64::from(earlier.days_ago) * DAY);
        let price = Money::new(next, Currency::TWD);
        let was = Money::new(earlier.price, Currency::TWD);
        let then = ctx.at(Clock::standing(at));
        then.write(async move |tx, ctx| {
            let history = price::history(tx, id).await?;
            let compare_at = Some(was)
                .filter(|w| compare_at::compare_at_allowed(&history, ctx.now(), *w).is_ok());
            Ok::<_, FlowError>(price::set(tx, ctx, id, price, compare_at, "season").await?)
        })
        .await?;
    }
    let until = ctx.now().plus_seconds(OFFER_DAYS * DAY);
    let announcing = ctx.write(async move |tx, ctx| match variant::by_id(tx, id).await? {
        Some(now) if now.compare_at.is_some() => reduction::announce(tx, ctx, id, until).await,
        _ => Ok(()),
    });
    Ok(announcing.await.map_err(FlowError::from)?)
}
