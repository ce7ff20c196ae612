//! Setting up the demo shop through the same commands a merchant would use.

use std::collections::HashMap;

use catalog::{
    collection::{self, NewCollection},
    media::NewMedia,
    price,
    product::{self, NewProduct, ProductOption},
    variant::NewVariant,
};
use fulfilment::{
    calendar::ShopCalendar,
    delivery::{self, NewDeliveryMethod},
};
use inventory::{EntryKind, stock, stock::Adjustment};
use kernel::{Clock, CollectionId, Currency, Locale, Money, Texts, Timestamp, VariantId};
use operations::{
    FlowError,
    shop::{self, BankAccount, Shop},
};
use platform::{Ctx, files::Files, settings};

use crate::{
    SimulationError,
    content::{DemoProduct, DemoShop, DemoTexts, demo_shop},
    pictures::{View, banner_svg, product_svg},
};

const DAY: i64 = 86_400;

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
    /// Units that each variant shall have.
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
    let mut opened = Opened::default();
    for product in &content.products {
        let pictures = pictures(product, files)?;
        opened
            .variants
            .extend(add_product(ctx, opening, product, &collections, pictures).await?);
    }
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
            let kind = if delta > 0 {
                EntryKind::Receipt
            } else {
                EntryKind::Count
            };
            if delta != 0 {
                let change = Adjustment::new(variant.id, delta, kind, "demo");
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

fn texts(written: &DemoTexts) -> Texts {
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

fn paragraphs(written: &DemoTexts<Vec<String>>) -> Texts {
    let joined = |list: &Vec<String>| list.join("\n\n");
    let all = [
        (Locale::Hant, &written.zh_hant),
        (Locale::Hans, &written.zh_hans),
        (Locale::En, &written.en),
    ];
    Texts(all.map(|(l, t)| (l, joined(t))).into())
}

async fn decide(
    ctx: &Ctx,
    content: &DemoShop,
    files: &Files,
    public_url: &str,
) -> Result<(), SimulationError> {
    let currency: Currency = content.currency.parse().unwrap_or(Currency::TWD);
    let hero = files.put(banner_svg(&content.hero).as_bytes(), "svg")?;
    let shop = Shop {
        name: texts(&content.name),
        tagline: texts(&content.tagline),
        story: story(content),
        hero: Some(hero),
        currency,
        contact_email: content.contact.email.clone(),
        contact_phone: content.contact.phone.clone(),
        hours: texts(&content.contact.hours),
        bank: BankAccount {
            bank_name: "示範銀行".into(),
            bank_code: "000".into(),
            branch: "示範分行".into(),
            account_number: "0000-000-000000".into(),
            account_name: content.name.zh_hant.clone(),
        },
        public_url: public_url.to_owned(),
        ..Shop::default()
    };
    let methods = delivery_methods(Money::new(content.free_shipping_from, currency));
    ctx.write(async move |tx, ctx| {
        settings::save(tx, ctx, shop::SHOP, &shop).await?;
        settings::save(tx, ctx, shop::CALENDAR, &ShopCalendar::default()).await?;
        payments::demo_card::open_account(tx, ctx).await?;
        inventory::location::ensure_default(tx, ctx).await?;
        for method in &methods {
            delivery::create(tx, ctx, method.clone()).await?;
        }
        Ok::<_, FlowError>(())
    })
    .await?;
    Ok(())
}

fn story(content: &DemoShop) -> Texts {
    let Some(first) = content.story.first() else {
        return Texts::default();
    };
    paragraphs(&first.paragraphs)
}

fn delivery_methods(free_over: Money) -> Vec<NewDeliveryMethod> {
    let dollars = |amount: i64| Money::new(amount * 100, free_over.currency);
    let words = |hant: &str, hans: &str, en: &str| {
        Texts(
            [(Locale::Hant, hant), (Locale::Hans, hans), (Locale::En, en)]
                .map(|(l, t)| (l, t.to_owned()))
                .into(),
        )
    };
    let base = NewDeliveryMethod {
        code: "home".into(),
        name: words("宅配到府", "送货上门", "Home delivery"),
        description: words(
            "黑貓宅急便，週一至週六配送",
            "黑猫宅急便，周一至周六配送",
            "By T-cat courier, Monday to Saturday",
        ),
        carrier: "tcat".into(),
        rate: dollars(120),
        free_over: Some(free_over),
        days_min: 1,
        days_max: 2,
        cash_on_delivery: true,
        max_weight_g: Some(20_000),
        position: 1,
    };
    let post = NewDeliveryMethod {
        code: "post".into(),
        name: words("郵局便利箱", "邮局包裹", "Postal parcel"),
        description: words(
            "中華郵政，山區與離島皆可寄達",
            "中华邮政，山区与离岛皆可寄达",
            "Chunghwa Post, also to mountains and islands",
        ),
        carrier: "post".into(),
        rate: dollars(80),
        days_min: 2,
        days_max: 4,
        cash_on_delivery: false,
        position: 2,
        ..base.clone()
    };
    vec![base, post]
}

async fn collections(
    ctx: &Ctx,
    content: &DemoShop,
    files: &Files,
) -> Result<HashMap<String, CollectionId>, SimulationError> {
    let mut known: HashMap<String, CollectionId> = HashMap::new();
    for collection in &content.collections {
        let image = files.put(banner_svg(&collection.banner).as_bytes(), "svg")?;
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
            attributes: Vec::new(),
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

/// Adds one product with its price history, its stock, and publishes it.
async fn add_product(
    ctx: &Ctx,
    opening: Timestamp,
    product: &DemoProduct,
    collections: &HashMap<String, CollectionId>,
    media: Vec<NewMedia>,
) -> Result<Vec<OpenedVariant>, SimulationError> {
    let mut ids = Vec::new();
    let variants: Vec<NewVariant> = product
        .variants
        .iter()
        .map(|variant| {
            let id = VariantId::new();
            ids.push(id);
            let side = |mm: u32| i64::from(mm);
            NewVariant {
                id: Some(id),
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
            }
        })
        .collect();
    let new = NewProduct {
        handle: product.handle.clone(),
        title: texts(&product.title),
        subtitle: texts(&product.subtitle),
        description: paragraphs(&product.description),
        options: product
            .options
            .iter()
            .map(|o| ProductOption {
                name: texts(&o.name),
            })
            .collect(),
        variants,
        collections: product
            .collections
            .iter()
            .filter_map(|c| collections.get(c))
            .copied()
            .collect(),
        media,
        ..NewProduct::default()
    };
    let stocked: Vec<(VariantId, i64, i64)> = ids
        .iter()
        .zip(&product.variants)
        .map(|(id, v)| (*id, i64::from(v.stock), i64::from(v.low_stock_at)))
        .collect();
    let then = ctx.at(Clock::standing(opening));
    then.write(async move |tx, ctx| {
        let id = product::create(tx, ctx, new.clone()).await?;
        for (variant, units, low) in &stocked {
            let change = Adjustment::new(*variant, (*units).max(40), EntryKind::Opening, "opening");
            let level = stock::adjust(tx, ctx, change).await?;
            stock::set_low_at(tx, ctx, *variant, level.location_id, Some(*low)).await?;
        }
        product::publish(tx, ctx, id).await?;
        Ok::<_, FlowError>(())
    })
    .await?;
    for (id, variant) in ids.iter().zip(&product.variants) {
        change_prices(ctx, *id, variant).await?;
    }
    Ok(ids
        .iter()
        .zip(&product.variants)
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

/// Lowers a price at the days the content names; the price before the last change becomes the compare-at price.
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
            let compare_at =
                Some(was).filter(|w| price::compare_at_allowed(&history, ctx.now(), *w).is_ok());
            Ok::<_, FlowError>(price::set(tx, ctx, id, price, compare_at, "season").await?)
        })
        .await?;
    }
    Ok(())
}
