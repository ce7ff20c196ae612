//! Parcels leave once, arrive once, and carry what the order says.

use fulfilment::{
    FulfilmentError, Parcel, ParcelState, events::ParcelShipped, parcel, parcel::NewParcel,
};
use kernel::{OrderId, OrderLineId, ParcelId, event};
use platform::{Ctx, DbError, Tx, events, params};
use testkit::World;

use crate::orders::{order, record_shipped};

fn new(order_id: OrderId, tracking_number: &str, lines: &[(OrderLineId, i64)]) -> NewParcel {
    NewParcel {
        order_id,
        carrier: "tcat".into(),
        tracking_number: tracking_number.into(),
        lines: lines.to_vec(),
    }
}

/// Ships as a flow does: the order counts the units and the parcel carries them, in one transaction.
async fn flow(tx: &mut Tx, ctx: &Ctx, new: NewParcel) -> Result<Option<Parcel>, FulfilmentError> {
    if !record_shipped(tx, &new.lines).await? {
        return Ok(None);
    }
    parcel::ship(tx, ctx, new).await.map(Some)
}

async fn ship(ctx: &Ctx, new: NewParcel) -> Result<Option<Parcel>, FulfilmentError> {
    // A parcel that the order has no units for rolls the whole flow back.
    let flown = ctx.write(
        async move |tx, ctx| match flow(tx, ctx, new.clone()).await? {
            Some(parcel) => Ok(parcel),
            None => Err(FulfilmentError::EmptyParcel),
        },
    );
    match flown.await {
        Ok(parcel) => Ok(Some(parcel)),
        Err(FulfilmentError::EmptyParcel) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn deliver(ctx: &Ctx, id: ParcelId) -> Result<Parcel, FulfilmentError> {
    ctx.write(async move |tx, ctx| parcel::deliver(tx, ctx, id).await)
        .await
}

async fn of_order(world: &World, order: OrderId) -> Vec<Parcel> {
    world
        .ctx
        .read(async move |rx, _| parcel::of_order(rx, order).await)
        .await
        .unwrap()
}

async fn all_delivered(world: &World, order: OrderId) -> bool {
    world
        .ctx
        .read(async move |rx, _| parcel::all_delivered(rx, order).await)
        .await
        .unwrap()
}

async fn count(world: &World, name: &'static str) -> i64 {
    let counted = world.ctx.read(async move |rx, _| {
        rx.scalar("SELECT COUNT(*) FROM events WHERE name = $1", params![name])
            .await
    });
    counted.await.map_err(|error: DbError| error).unwrap()
}

/// The states of the schema are those of the program, and every one can be reached.
#[test]
fn a_parcel_leaves_and_arrives() {
    for (from, to) in ParcelState::TABLE {
        println!("{:>9} -> {}", from.code(), to.code());
    }
    for state in ParcelState::ALL {
        assert_eq!(state.code().parse(), Ok(state));
        assert!(
            state == ParcelState::Shipped || ParcelState::TABLE.iter().any(|(_, to)| *to == state)
        );
    }
    let schema = include_str!("../../../migrations/sql/0007_fulfilment.sql");
    let codes: Vec<String> = ParcelState::ALL
        .iter()
        .map(|s| format!("'{}'", s.code()))
        .collect();
    assert!(schema.contains(&format!("CHECK (state IN ({}))", codes.join(", "))));
}

/// ORD-03, S13: an order leaves in several parcels, numbered from one; each says what is in it, and so does its event.
#[test]
fn an_order_leaves_in_parcels() {
    testkit::run(async |world| {
        let (order, lines) = order(world, &[3, 2]).await;
        let first = ship(
            &world.ctx,
            new(
                order,
                " 9001-2345 ",
                &[(lines[0], 1), (lines[1], 2), (lines[0], 1)],
            ),
        )
        .await;
        let first = first.unwrap().unwrap();
        world.check().await;
        let second = ship(&world.ctx, new(order, "9001-2346", &[(lines[0], 1)]))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (first.number, second.number, first.tracking_number.as_str()),
            (1, 2, "9001-2345")
        );
        assert!(
            ship(&world.ctx, new(order, "9001-2347", &[(lines[0], 1)]))
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(of_order(world, order).await, [first.clone(), second]);
        assert_eq!(first.lines, [(lines[0], 2), (lines[1], 2)]);

        let told = world
            .ctx
            .read(async move |rx, _| events::timeline(rx, order).await)
            .await
            .map_err(|e: DbError| e)
            .unwrap();
        let payload: ParcelShipped = serde_json::from_value(told[0].payload.clone()).unwrap();
        assert_eq!(
            (told.len(), payload.parcel_id, payload.lines.len()),
            (2, first.id, 2)
        );
    });
}

/// ORD-03: a parcel arrives once, however often it is told; the order is all delivered when its last parcel is.
#[test]
fn a_parcel_arrives_once() {
    testkit::run(async |world| {
        let (order, lines) = order(world, &[2]).await;
        assert!(!all_delivered(world, order).await);
        let first = ship(&world.ctx, new(order, "1", &[(lines[0], 1)]))
            .await
            .unwrap()
            .unwrap();
        let second = ship(&world.ctx, new(order, "2", &[(lines[0], 1)]))
            .await
            .unwrap()
            .unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let ctx = world.ctx.clone();
                tokio::spawn(async move { deliver(&ctx, first.id).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap().state, ParcelState::Delivered);
        }
        assert_eq!(count(world, event::PARCEL_DELIVERED).await, 1);
        assert!(!all_delivered(world, order).await);
        world.pass(std::time::Duration::from_secs(3_600));
        deliver(&world.ctx, second.id).await.unwrap();
        let again = deliver(&world.ctx, first.id).await.unwrap();
        assert_eq!(again.delivered_at, Some(testkit::START));
        assert!(all_delivered(world, order).await);
        assert!(matches!(
            deliver(&world.ctx, ParcelId::new()).await,
            Err(FulfilmentError::UnknownParcel(_))
        ));
    });
}

/// S13: twelve parcels of one unit at once out of an order of five: five leave, each under a number of its own.
#[test]
fn parcels_of_one_order_do_not_collide() {
    testkit::run(async |world| {
        let (order, lines) = order(world, &[5]).await;
        let tasks: Vec<_> = (0..12)
            .map(|n| {
                let (ctx, new) = (
                    world.ctx.clone(),
                    new(order, &format!("T{n}"), &[(lines[0], 1)]),
                );
                tokio::spawn(async move { ship(&ctx, new).await })
            })
            .collect();
        let mut left = 0;
        for task in tasks {
            left += i32::from(task.await.unwrap().unwrap().is_some());
        }
        let numbers: Vec<i64> = of_order(world, order)
            .await
            .iter()
            .map(|p| p.number)
            .collect();
        assert_eq!((left, numbers), (5, vec![1, 2, 3, 4, 5]));
        assert_eq!(count(world, event::PARCEL_SHIPPED).await, 5);
    });
}

/// ORD-03: the numbers of parcels of one order are its own also when nothing of the order is locked.
#[test]
fn parcel_numbers_need_no_lock() {
    testkit::run(async |world| {
        let (order, lines) = order(world, &[8]).await;
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let (ctx, new) = (
                    world.ctx.clone(),
                    new(order, &format!("T{n}"), &[(lines[0], 1)]),
                );
                tokio::spawn(async move {
                    ctx.write(async move |tx, ctx| parcel::ship(tx, ctx, new.clone()).await)
                        .await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let line = lines[0];
        world
            .ctx
            .write(async move |tx, _| record_shipped(tx, &[(line, 8)]).await)
            .await
            .unwrap();
        let numbers: Vec<i64> = of_order(world, order)
            .await
            .iter()
            .map(|p| p.number)
            .collect();
        assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    });
}

/// ORD-03: one tracking number is one parcel of a carrier; the shop's own parcels go without; the refusals write nothing.
#[test]
fn a_tracking_number_is_one_parcel() {
    testkit::run(async |world| {
        let (order, lines) = order(world, &[9]).await;
        let line = lines[0];
        ship(&world.ctx, new(order, "900123", &[(line, 1)]))
            .await
            .unwrap()
            .unwrap();
        let refusals = world.ctx.write(async move |tx, ctx| {
            let mut refused = Vec::new();
            for (carrier, number, units) in [
                ("tcat", "900123", 1),
                ("tcat", "", 1),
                ("pigeon", "1", 1),
                ("tcat", "1/2", 1),
                ("tcat", "1", 0),
                ("tcat", "1", -1),
            ] {
                let new = NewParcel {
                    carrier: carrier.into(),
                    ..new(order, number, &[(line, units)])
                };
                refused.push(parcel::ship(tx, ctx, new).await.unwrap_err().key());
            }
            refused.push(
                parcel::ship(tx, ctx, new(order, "1", &[]))
                    .await
                    .unwrap_err()
                    .key(),
            );
            Ok::<_, FulfilmentError>(refused)
        });
        let wanted = [
            "error-parcel-tracking-taken",
            "error-parcel-tracking-missing",
            "error-parcel-carrier",
            "error-parcel-tracking-invalid",
            "error-parcel-empty",
            "error-parcel-empty",
            "error-parcel-empty",
        ];
        assert_eq!(refusals.await.unwrap(), wanted);
        for carrier in ["own", "own", "hct"] {
            let number = if carrier == "hct" { "900123" } else { "" };
            let new = NewParcel {
                carrier: carrier.into(),
                ..new(order, number, &[(line, 1)])
            };
            ship(&world.ctx, new).await.unwrap().unwrap();
        }
        assert_eq!(
            (
                of_order(world, order).await.len(),
                count(world, event::PARCEL_SHIPPED).await
            ),
            (4, 4)
        );
    });
}

/// S13: raw SQL can neither change what is in a parcel, nor empty it, nor give a parcel half a delivery.
#[test]
fn what_left_has_left() {
    testkit::run(async |world| {
        let (order, lines) = order(world, &[2]).await;
        ship(&world.ctx, new(order, "1", &[(lines[0], 1)]))
            .await
            .unwrap()
            .unwrap();
        for sql in [
            "UPDATE parcel_lines SET quantity = 2",
            "DELETE FROM parcel_lines",
            "INSERT INTO parcel_lines (parcel_id, order_line_id, quantity) SELECT p.id, l.id, 0 FROM parcels p, order_lines l",
            "UPDATE parcels SET state = 'delivered'",
            "UPDATE parcels SET delivered_at = 1",
            "UPDATE parcels SET state = 'gone'",
            "DELETE FROM parcels",
            "UPDATE order_lines SET shipped = 3",
            "UPDATE order_lines SET cancelled = 2",
            "UPDATE order_lines SET returned = 2",
            "UPDATE order_lines SET restocked = 1",
        ] {
            let tried: Result<u64, DbError> = world
                .ctx
                .write(async move |tx, _| tx.execute(sql, &[]).await)
                .await;
            assert!(
                matches!(tried, Err(DbError::Constraint(_) | DbError::Unique(_))),
                "{sql}: {tried:?}"
            );
        }
    });
}
