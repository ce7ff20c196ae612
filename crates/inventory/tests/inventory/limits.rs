//! Raw SQL against the schema: what the commands promise, the database refuses to break.

use kernel::{HoldId, StockEntryId, VariantId};
use platform::{
    DbError,
    db::{IntoValue, Value},
};

use crate::goods::{main_place, raw, reserve, stocked};

async fn refused(world: &testkit::World, sql: &str, values: &[Value]) {
    let tried = raw(world, sql, values).await;
    assert!(
        matches!(tried, Err(DbError::Constraint(_) | DbError::Unique(_))),
        "{sql}: {tried:?}"
    );
}

/// S1: no statement can leave stock negative, or less of it than is reserved, where it is not sold beyond stock.
#[test]
fn stock_cannot_be_oversold() {
    testkit::run(async |world| {
        let variant = stocked(world, 3).await;
        reserve(&world.ctx, &[(variant, 2)]).await.unwrap();
        for change in [
            "reserved = 4",
            "reserved = -1",
            "on_hand = 1",
            "on_hand = -1, reserved = 0",
            "low_at = -1",
            "on_hand = NULL",
        ] {
            refused(
                world,
                &format!("UPDATE stock SET {change} WHERE variant_id = $1"),
                &[variant.into_value()],
            )
            .await;
        }
        refused(
            world,
            "DELETE FROM stock WHERE variant_id = $1",
            &[variant.into_value()],
        )
        .await;
    });
}

/// S11: an entry of the ledger can be neither changed nor deleted, none is empty, points the wrong way or stands where no
/// stock is kept, and none is reversed twice or has another's effect key.
#[test]
fn the_ledger_is_append_only() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 3).await;
        let found = world
            .ctx
            .read(async move |rx, _| inventory::ledger::of(rx, variant, 1).await)
            .await
            .unwrap();
        let entry = found[0].id;
        for sql in [
            "UPDATE stock_ledger SET quantity = 4",
            "UPDATE stock_ledger SET reason = 'x'",
            "DELETE FROM stock_ledger",
        ] {
            refused(world, sql, &[]).await;
        }
        let insert = |variant: VariantId,
                      quantity: i64,
                      kind: &str,
                      effect: Option<&str>,
                      reverses: Option<StockEntryId>| {
            let sql = "INSERT INTO stock_ledger (id, variant_id, location_id, quantity, kind, reason, effect_key, reverses_id, effective_at, \
                       recorded_at, actor) VALUES ($1, $2, $3, $4, $5, 'x', $6, $7, 0, 0, 'test')";
            let values: Vec<Value> = platform::params![
                StockEntryId::new(),
                variant,
                place,
                quantity,
                kind,
                effect,
                reverses
            ]
            .to_vec();
            (sql, values)
        };
        for (variant, quantity, kind) in [
            (variant, 0, "adjustment"),
            (variant, 1, "sale"),
            (variant, -1, "receipt"),
            (variant, -1, "return"),
            (variant, 1, "gift"),
        ] {
            let (sql, values) = insert(variant, quantity, kind, None, None);
            refused(world, sql, &values).await;
        }
        let (sql, values) = insert(VariantId::new(), 1, "receipt", None, None);
        refused(world, sql, &values).await;
        let (sql, values) = insert(variant, 1, "receipt", None, Some(StockEntryId::new()));
        refused(world, sql, &values).await;

        world
            .ctx
            .write(async move |tx, ctx| {
                inventory::stock::reverse(tx, ctx, entry, "correction").await
            })
            .await
            .unwrap();
        let (sql, values) = insert(variant, -3, "receipt", None, Some(entry));
        refused(world, sql, &values).await;
        let change =
            inventory::Adjustment::new(variant, 1, inventory::EntryKind::Receipt, "received");
        let change = inventory::Adjustment {
            effect_key: Some("once".into()),
            ..change
        };
        world
            .ctx
            .write(async move |tx, ctx| inventory::stock::adjust(tx, ctx, change.clone()).await)
            .await
            .unwrap();
        let (sql, values) = insert(variant, 1, "receipt", Some("once"), None);
        refused(world, sql, &values).await;
    });
}

/// S3, S4: a hold is never empty, exists once for its order and place, is open or has an end with a reason, and an ended
/// one can be neither opened, changed nor deleted.
#[test]
fn a_hold_ends_once() {
    testkit::run(async |world| {
        let variant = stocked(world, 3).await;
        let order = reserve(&world.ctx, &[(variant, 2)]).await.unwrap();
        for change in [
            "quantity = 0",
            "state = 'lost'",
            "state = 'released'",
            "closed_at = 1",
            "closed_reason = 'x'",
        ] {
            refused(world, &format!("UPDATE holds SET {change}"), &[]).await;
        }
        let twice = "INSERT INTO holds (id, order_id, variant_id, location_id, quantity, state, reason, created_at) \
                     SELECT $1, order_id, variant_id, location_id, 1, 'held', 'x', 0 FROM holds";
        refused(world, twice, &[HoldId::new().into_value()]).await;
        let ended = world.ctx.write(async move |tx, ctx| {
            inventory::hold::release(tx, ctx, order, inventory::HoldEnd::Released, "cancelled")
                .await
        });
        assert_eq!(ended.await.unwrap(), 1);
        for sql in [
            "UPDATE holds SET state = 'held', closed_at = NULL, closed_reason = NULL",
            "UPDATE holds SET state = 'committed'",
            "UPDATE holds SET quantity = 1",
            "DELETE FROM holds",
        ] {
            refused(world, sql, &[]).await;
        }
    });
}
