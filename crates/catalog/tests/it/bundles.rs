//! What a bundle may be made of (CAT-16).

use std::sync::Arc;

use catalog::{CatalogError, NewProduct, NewVariant, bundle, sellable};
use kernel::VariantId;
use platform::params;
use testkit::World;
use tokio::sync::Barrier;

use crate::{count, first_variant, on_sale, tea, twd};

/// Says what a variant is made of.
async fn set(
    world: &World,
    bundle: VariantId,
    parts: &[(VariantId, i64)],
) -> Result<(), CatalogError> {
    let parts = parts.to_vec();
    world
        .ctx
        .write(async move |tx, ctx| bundle::set(tx, ctx, bundle, &parts).await)
        .await
}

/// A variant of a product on sale.
async fn goods(world: &World, handle: &str) -> VariantId {
    let variants = vec![NewVariant {
        cost: Some(twd(100)),
        weight_g: 40,
        ..NewVariant::new(handle.to_uppercase(), twd(580))
    }];
    let new = NewProduct {
        variants,
        ..tea(handle, handle)
    };
    let id = on_sale(world, new).await;
    first_variant(world, id).await
}

/// CAT-16: a bundle has its parts in order, each once, and what it lacks itself is that of its parts; without parts it
/// is an ordinary variant again.
#[test]
fn a_bundle_has_parts() {
    testkit::run(async |world| {
        let (a, b) = (goods(world, "a").await, goods(world, "b").await);
        let plain = on_sale(world, tea("box", "禮盒")).await;
        let set_of = first_variant(world, plain).await;
        set(world, set_of, &[(b, 1), (a, 2), (b, 2)]).await.unwrap();
        let sold = async || {
            let found = world
                .ctx
                .read(async move |rx, _| sellable::of(rx, &[set_of, a]).await);
            found.await.unwrap()
        };
        let found = sold().await;
        assert_eq!(found[0].needs().collect::<Vec<_>>(), [(b, 3), (a, 2)]);
        assert_eq!((found[0].cost, found[0].weight_g), (Some(twd(500)), 200));
        assert_eq!(found[0].price, twd(580));
        assert_eq!(bundle::price_apart(&found[0].parts), Some(twd(2_900)));
        assert_eq!(found[1].needs().collect::<Vec<_>>(), [(a, 1)]);
        let within = world
            .ctx
            .read(async move |rx, _| bundle::bundles_with(rx, b).await);
        let within = within.await.unwrap();
        assert_eq!(
            (within.len(), within[0].sku.as_str(), within[0].quantity),
            (1, "BOX", 3)
        );
        set(world, set_of, &[]).await.unwrap();
        assert_eq!(sold().await[0].needs().collect::<Vec<_>>(), [(set_of, 1)]);
        assert_eq!(
            count(world, "SELECT COUNT(*) FROM variants WHERE is_bundle").await,
            0
        );
    });
}

/// CAT-16: no bundle within a bundle, itself least of all; no stock of its own; no quantity that nobody could pack.
#[test]
fn what_cannot_be_a_bundle_is_refused() {
    testkit::run(async |world| {
        let (a, b, c) = (
            goods(world, "a").await,
            goods(world, "b").await,
            goods(world, "c").await,
        );
        set(world, a, &[(b, 1)]).await.unwrap();
        let refused = [
            (c, vec![(a, 1)], "error-bundle-in-bundle"),
            (b, vec![(c, 1)], "error-bundle-in-bundle"),
            (c, vec![(c, 1)], "error-bundle-in-bundle"),
            (c, vec![(b, 0)], "error-part-quantity"),
            (c, vec![(b, 998), (b, 2)], "error-part-quantity"),
            (c, vec![(VariantId::new(), 1)], "error-catalog-not-found"),
        ];
        for (bundle, parts, why) in refused {
            assert_eq!(set(world, bundle, &parts).await.unwrap_err().key(), why);
        }
        let stock = world.ctx.write(async move |tx, ctx| {
            let place = kernel::LocationId::new();
            let sql = "INSERT INTO locations (id, code, name, priority, created_at) VALUES ($1, 'x', 'x', 9, $2)";
            tx.execute(sql, params![place, ctx.now()]).await?;
            let sql = "INSERT INTO stock (variant_id, location_id, on_hand, reserved, backorder, updated_at) \
                       VALUES ($1, $2, 0, 0, FALSE, $3)";
            tx.execute(sql, params![c, place, ctx.now()]).await?;
            Ok::<_, CatalogError>(place)
        });
        let place = stock.await.unwrap();
        assert_eq!(
            set(world, c, &[(b, 1)]).await.unwrap_err().key(),
            "error-bundle-has-stock"
        );
        // The database itself refuses stock of a bundle.
        let shelf = world.ctx.write(async move |tx, ctx| {
            let sql = "INSERT INTO stock (variant_id, location_id, on_hand, reserved, backorder, updated_at) \
                       VALUES ($1, $2, 0, 0, FALSE, $3)";
            tx.execute(sql, params![a, place, ctx.now()]).await.map_err(CatalogError::from)
        });
        assert!(matches!(
            shelf.await,
            Err(CatalogError::Db(platform::DbError::Constraint(_)))
        ));
    });
}

/// CAT-16: of two people who put each other's goods into a bundle at once, one is refused: no circle is ever stored.
#[test]
fn two_bundles_at_once_make_no_circle() {
    testkit::run(async |world| {
        for round in 0..20 {
            let a = goods(world, &format!("a{round}")).await;
            let b = goods(world, &format!("b{round}")).await;
            let start = Arc::new(Barrier::new(2));
            let both = [(a, b), (b, a)].map(|(bundle, part)| {
                let (ctx, start) = (world.ctx.clone(), Arc::clone(&start));
                tokio::spawn(async move {
                    start.wait().await;
                    ctx.write(async move |tx, ctx| bundle::set(tx, ctx, bundle, &[(part, 1)]).await)
                        .await
                        .is_ok()
                })
            });
            let [one, other] = both;
            assert!(one.await.unwrap() != other.await.unwrap(), "round {round}");
        }
        let circles =
            "SELECT COUNT(*) FROM bundle_parts x JOIN bundle_parts y ON y.bundle_id = x.part_id";
        assert_eq!(count(world, circles).await, 0);
    });
}
