//! The demo shop's decisions, saved as a merchant would: its name and rules, its ways to deliver.

use fulfilment::{
    PickupTerms,
    calendar::ShopCalendar,
    delivery::{self, NewDeliveryMethod},
    hours,
    pickup::{USUAL_DAYS, USUAL_MOST},
    zone,
};
use kernel::{Currency, Locale, Money, Texts};
use operations::{
    FlowError,
    flows::decide_gift::{self, NewGift},
    packing::PACKING,
    shop::{self, BankAccount, Shop},
};
use platform::{Ctx, files::Files, settings};

use crate::{
    SimulationError,
    content::DemoShop,
    open_shop::{paragraphs, texts},
    pictures::banner_svg,
    warehouse, zones,
};

/// What is given: the smallest pack of a tea.
const GIFT_SKU: &str = "OL-JXN-S015";

pub(crate) async fn decide(
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
        ships_from: texts(&content.ships_from),
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
    let places = zones::zones(&methods, currency);
    ctx.write(async move |tx, ctx| {
        settings::save(tx, ctx, shop::SHOP, &shop).await?;
        settings::save(tx, ctx, PACKING, &warehouse::packing()).await?;
        settings::save(tx, ctx, shop::CALENDAR, &ShopCalendar::default()).await?;
        payments::demo_card::open_account(tx, ctx).await?;
        inventory::location::ensure_default(tx, ctx).await?;
        for method in &methods {
            delivery::create(tx, ctx, method.clone()).await?;
        }
        for zone in &places {
            zone::save(tx, ctx, None, zone).await?;
        }
        hours::save(tx, ctx, &zones::hours()).await?;
        Ok::<_, FlowError>(())
    })
    .await?;
    Ok(())
}

/// The first section of the story, where there is room for one only.
fn story(content: &DemoShop) -> Texts {
    let Some(first) = content.story.first() else {
        return Texts::default();
    };
    paragraphs(&first.paragraphs)
}

/// The way to a store, which those take who only pay against goods.
pub(crate) const STORE_WAY: &str = "711";

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
        pickup: None,
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
        position: 3,
        pickup: None,
        ..base.clone()
    };
    let store = NewDeliveryMethod {
        code: STORE_WAY.into(),
        name: words("7-ELEVEN 取貨", "7-ELEVEN 自取", "Collect at 7-ELEVEN"),
        description: words(
            "到門市拿到包裹才付款，門市保留 7 天",
            "到店拿到包裹再付款，门店保留 7 天",
            "Pay when you hold the parcel; kept for 7 days",
        ),
        carrier: "711".into(),
        rate: dollars(60),
        days_min: 2,
        days_max: 3,
        position: 2,
        max_weight_g: Some(5_000),
        pickup: Some(PickupTerms {
            chain: "711".into(),
            keep_days: USUAL_DAYS,
            most: Some(dollars(USUAL_MOST)),
        }),
        ..base.clone()
    };
    vec![base, store, post]
}

/// Says what is given to whoever buys for NT$2,000.
pub(crate) async fn gift(ctx: &Ctx, content: &DemoShop) -> Result<(), SimulationError> {
    let currency: Currency = content.currency.parse().unwrap_or(Currency::TWD);
    let new = NewGift {
        on: true,
        sku: GIFT_SKU.to_owned(),
        from: Some(Money::new(200_000, currency)),
    };
    ctx.write(async move |tx, ctx| decide_gift::decide(tx, ctx, &new).await)
        .await?;
    Ok(())
}
