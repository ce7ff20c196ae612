//! Thousands of products at once.

use std::time::Instant;

use catalog::{CatalogError, NewProduct, NewVariant, product, variant};
use kernel::{Locale, ProductId, Texts, VariantId};
use platform::db::Dialect;

use crate::{check_prices, count, tea, twd};

/// CAT-01: as many products as a real shop's file holds are created in one transaction, with the ids that were
/// chosen or in the order they were given, and quickly.
#[test]
fn a_whole_shop_is_created_at_once() {
    testkit::run(async |world| {
        let chosen = (ProductId::new(), VariantId::new());
        let began = Instant::now();
        let made = world.ctx.write(async move |tx, ctx| {
            let one = |n: i64| NewProduct {
                handle: format!("product-{n}"),
                title: Texts::one(
                    Locale::En,
                    format!("WHITE HANGING HEART T-LIGHT HOLDER {n}"),
                ),
                variants: vec![NewVariant::new(format!("{n}A"), twd(n + 1))],
                published_at: Some(ctx.now().plus_seconds(-86_400)),
                ..NewProduct::default()
            };
            let mut products: Vec<_> = (0..4_070).map(one).collect();
            products[7].id = Some(chosen.0);
            products[7].variants[0].id = Some(chosen.1);
            product::import_many(tx, ctx, products).await
        });
        let made = made.await.unwrap();
        let took = began.elapsed();
        println!("{:?}: 4,070 products in {took:?}", world.ctx.db().dialect());
        if world.ctx.db().dialect() == Dialect::Sqlite {
            assert!(took.as_secs() < 2, "an import must not take {took:?}");
        }
        assert_eq!(
            (made.len(), made[7].product, made[7].variants[0]),
            (4_070, chosen.0, chosen.1)
        );
        let ids = [made[100].product, made[4_069].product];
        let found = world
            .ctx
            .read(async move |rx, _| variant::of(rx, &ids).await)
            .await
            .unwrap();
        let sku = |n: usize| {
            found
                .iter()
                .find(|v| v.id == made[n].variants[0])
                .unwrap()
                .sku
                .clone()
        };
        assert_eq!((sku(100).as_str(), sku(4_069).as_str()), ("100A", "4069A"));
        assert_eq!(
            count(
                world,
                "SELECT COUNT(*) FROM events WHERE name = 'Product Published'"
            )
            .await,
            4_070
        );
        assert_eq!(
            count(world, "SELECT COUNT(*) FROM price_history WHERE on_sale").await,
            4_070
        );
        check_prices(world).await;
    });
}

/// D1: one product that is refused leaves none of the others behind.
#[test]
fn an_import_is_all_or_nothing() {
    testkit::run(async |world| {
        let tried = world.ctx.write(async |tx, ctx| {
            let products = vec![tea("a", "甲"), tea("b", "乙"), tea("a", "丙")];
            product::import_many(tx, ctx, products).await
        });
        assert!(matches!(tried.await, Err(CatalogError::HandleTaken { handle }) if handle == "a"));
        assert_eq!(count(world, "SELECT COUNT(*) FROM products").await, 0);
        let none = world
            .ctx
            .write(async |tx, ctx| product::import_many(tx, ctx, Vec::new()).await)
            .await
            .unwrap();
        assert!(none.is_empty());
    });
}
