//! Raw SQL against the schema: what the commands promise, the database refuses to break.

use kernel::{HoldId, LocationId, StockEntryId, VariantId};
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

/// An entry written past all commands.
#[derive(Clone, Copy)]
struct Raw {
    variant: VariantId,
    place: LocationId,
    quantity: i64,
    kind: &'static str,
    effect: Option<&'static str>,
    reverses: Option<StockEntryId>,
}

async fn entry_refused(world: &testkit::World, raw: Raw) {
    let sql = "INSERT INTO stock_ledger (id, variant_id, location_id, quantity, kind, reason, effect_key, reverses_id, effective_at, \
               recorded_at, actor) VALUES ($1, $2, $3, $4, $5, 'x', $6, $7, 0, 0, 'test')";
    let Raw {
        variant,
        place,
        quantity,
        kind,
        effect,
        reverses,
    } = raw;
    let values = platform::params![
        StockEntryId::new(),
        variant,
        place,
        quantity,
        kind,
        effect,
        reverses
    ];
    refused(world, sql, values).await;
}

/// S11: an entry of the ledger can be neither changed nor deleted; none is empty, points the wrong way or stands where
/// no stock is kept.
#[test]
fn the_ledger_is_append_only() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 3).await;
        for sql in [
            "UPDATE stock_ledger SET quantity = 4",
            "UPDATE stock_ledger SET reason = 'x'",
            "DELETE FROM stock_ledger",
        ] {
            refused(world, sql, &[]).await;
        }
        for (variant, quantity, kind) in [
            (variant, 0, "adjustment"),
            (variant, 1, "sale"),
            (variant, -1, "receipt"),
            (variant, -1, "return"),
            (variant, 1, "gift"),
            (VariantId::new(), 1, "receipt"),
        ] {
            entry_refused(
                world,
                Raw {
                    variant,
                    place,
                    quantity,
                    kind,
                    effect: None,
                    reverses: None,
                },
            )
            .await;
        }
    });
}

/// S11: no entry is reversed twice, none reverses one that does not exist, and no effect is written twice.
#[test]
fn an_effect_and_a_reversal_are_written_once() {
    testkit::run(async |world| {
        let place = main_place(world).await;
        let variant = stocked(world, 3).await;
        let found = world
            .ctx
            .read(async move |rx, _| inventory::ledger::of(rx, variant, 1).await)
            .await
            .unwrap();
        let entry = found[0].id;
        let twice = world.ctx.write(async move |tx, ctx| {
            inventory::stock::reverse(tx, ctx, entry, "correction").await?;
            let change =
                inventory::Adjustment::new(variant, 1, inventory::EntryKind::Receipt, "received");
            inventory::stock::adjust(
                tx,
                ctx,
                inventory::Adjustment {
                    effect_key: Some("once".into()),
                    ..change
                },
            )
            .await
        });
        twice.await.unwrap();
        let raw = Raw {
            variant,
            place,
            quantity: 1,
            kind: "receipt",
            effect: None,
            reverses: None,
        };
        entry_refused(
            world,
            Raw {
                reverses: Some(StockEntryId::new()),
                ..raw
            },
        )
        .await;
        entry_refused(
            world,
            Raw {
                reverses: Some(entry),
                quantity: -3,
                ..raw
            },
        )
        .await;
        entry_refused(
            world,
            Raw {
                effect: Some("once"),
                ..raw
            },
        )
        .await;
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
