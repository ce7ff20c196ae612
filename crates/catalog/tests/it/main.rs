//! The catalogue on both databases.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test speak by failing"
)]

mod bundles;
mod collections;
mod facets;
mod import;
mod listing;
mod plans;
mod prices;
mod products;
mod rules;
mod search;
mod words;

use catalog::{CatalogError, NewProduct, NewVariant, product, variant};
use kernel::{Currency, Locale, Money, ProductId, Texts, VariantId};
use testkit::World;

/// New Taiwan dollars.
fn twd(dollars: i64) -> Money {
    Money::new(dollars * 100, Currency::TWD)
}

/// A text in traditional Chinese.
fn hant(text: &str) -> Texts {
    Texts::one(Locale::Hant, text)
}

/// A product with one variant at NT$580, whose SKU is its handle.
fn tea(handle: &str, title: &str) -> NewProduct {
    let variants = vec![NewVariant::new(handle.to_uppercase(), twd(580))];
    NewProduct {
        handle: handle.to_owned(),
        title: hant(title),
        variants,
        ..NewProduct::default()
    }
}

/// Creates a product.
async fn created(world: &World, new: NewProduct) -> ProductId {
    world
        .ctx
        .write(async move |tx, ctx| product::create(tx, ctx, new.clone()).await)
        .await
        .unwrap()
}

/// Creates a product and puts it on sale.
async fn on_sale(world: &World, new: NewProduct) -> ProductId {
    let id = created(world, new).await;
    world
        .ctx
        .write(async move |tx, ctx| product::publish(tx, ctx, id).await)
        .await
        .unwrap();
    id
}

/// The first variant of a product.
async fn first_variant(world: &World, id: ProductId) -> VariantId {
    world
        .ctx
        .read(async move |rx, _| variant::of(rx, &[id]).await)
        .await
        .unwrap()[0]
        .id
}

/// How many rows a statement counts.
async fn count(world: &World, sql: &'static str) -> i64 {
    world
        .ctx
        .read(async move |rx, _| Ok::<_, CatalogError>(rx.scalar(sql, &[]).await?))
        .await
        .unwrap()
}

/// No variant's price differs from the last point of its history, and no product's lowest price from its variants'.
async fn check_prices(world: &World) {
    let wrong = "SELECT COUNT(*) FROM variants v LEFT JOIN price_history h ON h.variant_id = v.id AND h.id = \
                 (SELECT x.id FROM price_history x WHERE x.variant_id = v.id ORDER BY x.valid_from DESC, x.id DESC LIMIT 1) \
                 WHERE h.id IS NULL OR h.price <> v.price OR COALESCE(h.compare_at, -1) <> COALESCE(v.compare_at, -1)";
    assert_eq!(count(world, wrong).await, 0);
    let wrong = "SELECT COUNT(*) FROM products p WHERE p.price_from <> COALESCE((SELECT MIN(v.price) FROM variants v \
                 WHERE v.product_id = p.id AND v.state = 'active'), 0)";
    assert_eq!(count(world, wrong).await, 0);
}
