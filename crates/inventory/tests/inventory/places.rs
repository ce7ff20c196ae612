//! Several places: from which of them an order is served, from which it leaves, and when one can be closed.

use inventory::{
    InventoryError, Outcome, PlaceState, hold,
    location::{self, Area, PlaceDraft},
    stock,
};
use kernel::{Address, LocationId, OrderId, VariantId, event};
use testkit::World;

use crate::goods::{events, main_place, put, reserve, second_place, variant};

/// A shop with a first and a second place, and two variants: so many units of each at each.
async fn shop(world: &World, units: [[i64; 2]; 2]) -> ([LocationId; 2], [VariantId; 2]) {
    let places = [main_place(world).await, second_place(world).await];
    let made = world.ctx.write(async move |tx, ctx| {
        let goods = [variant(tx, ctx).await?, variant(tx, ctx).await?];
        for (place, row) in places.into_iter().zip(units) {
            for (variant, units) in goods.into_iter().zip(row) {
                put(tx, ctx, variant, place, units).await?;
            }
        }
        Ok::<_, InventoryError>(goods)
    });
    (places, made.await.unwrap())
}

/// Where an order holds its goods: variant, place, units, in that order.
async fn held(world: &World, order: OrderId) -> Vec<(VariantId, LocationId, i64)> {
    let mut held: Vec<_> = world
        .ctx
        .read(async move |rx, _| hold::of_order(rx, order).await)
        .await
        .unwrap()
        .into_iter()
        .filter(|hold| hold.state == inventory::HoldState::Held)
        .map(|hold| (hold.variant_id, hold.location_id, hold.quantity))
        .collect();
    held.sort_unstable();
    held
}

async fn serve(world: &World, to: Address, lines: Vec<(VariantId, i64)>) -> OrderId {
    let order = OrderId::new();
    world
        .ctx
        .write(async move |tx, ctx| {
            hold::reserve_near(tx, ctx, (order, &to), &lines, None, "order_placed").await
        })
        .await
        .unwrap();
    order
}

fn draft(name: &str) -> PlaceDraft {
    PlaceDraft {
        code: "second".to_owned(),
        name: name.to_owned(),
        priority: 10,
        ships: true,
        ..PlaceDraft::default()
    }
}

/// INV-14: an order of two goods leaves from the one place that has both, although the first place has one of them.
#[test]
fn one_parcel_is_better_than_two() {
    testkit::run(async |world| {
        let ([_, second], [a, b]) = shop(world, [[5, 0], [5, 5]]).await;
        let order = serve(world, Address::default(), vec![(a, 1), (b, 2)]).await;
        let mut wanted = vec![(a, second, 1), (b, second, 2)];
        wanted.sort_unstable();
        assert_eq!(held(world, order).await, wanted);
    });
}

/// INV-14: the place that serves a region first is asked first; one that only keeps goods is never asked, and what lies
/// there is not for sale.
#[test]
fn the_region_decides_and_what_is_kept_is_not_sold() {
    testkit::run(async |world| {
        let ([first, second], [a, _]) = shop(world, [[5, 0], [5, 0]]).await;
        let south = PlaceDraft {
            serves: vec![Area {
                country: "TW".to_owned(),
                regions: vec!["高雄市".to_owned()],
            }],
            ..draft("南倉")
        };
        let edit = world
            .ctx
            .write(async move |tx, _| location::edit(tx, second, &south).await);
        edit.await.unwrap();
        let to = |region: &str| Address {
            country: "TW".to_owned(),
            region: region.to_owned(),
            ..Address::default()
        };
        let near = serve(world, to("高雄市"), vec![(a, 1)]).await;
        assert_eq!(held(world, near).await, [(a, second, 1)]);
        let far = serve(world, to("臺北市"), vec![(a, 1)]).await;
        assert_eq!(held(world, far).await, [(a, first, 1)]);

        let kept = PlaceDraft {
            ships: false,
            ..draft("南倉")
        };
        let edit = world
            .ctx
            .write(async move |tx, _| location::edit(tx, second, &kept).await);
        edit.await.unwrap();
        let free = world
            .ctx
            .read(async move |rx, _| stock::available(rx, &[a]).await)
            .await
            .unwrap();
        assert_eq!(free[&a], 4, "what is kept is not offered");
        let refused = reserve(&world.ctx, &[(a, 5)]).await;
        assert!(
            matches!(&refused, Err(InventoryError::OutOfStock { short }) if short[0].available == 4),
            "{refused:?}"
        );
    });
}

/// S3, S4, INV-14: goods leave from the place that somebody chose, although they were held elsewhere; once, however
/// often it is said; and not from a place that has too few.
#[test]
fn goods_leave_from_the_chosen_place() {
    testkit::run(async |world| {
        let ([first, second], [a, _]) = shop(world, [[5, 0], [2, 0]]).await;
        let order = serve(world, Address::default(), vec![(a, 4)]).await;
        let leave = async |units: i64, key: &'static str| {
            world
                .ctx
                .write(async move |tx, ctx| {
                    hold::commit_from(tx, ctx, (order, second), &[(a, units)], key).await
                })
                .await
        };
        let refused = leave(3, "too-many").await;
        assert!(
            matches!(&refused, Err(InventoryError::OutOfStock { short }) if short[0].available == 2),
            "{refused:?}"
        );
        assert_eq!(held(world, order).await, [(a, first, 4)], "nothing moved");
        assert_eq!(leave(2, "p1").await.unwrap(), Outcome::Done);
        assert_eq!(leave(2, "p1").await.unwrap(), Outcome::Already);
        assert_eq!(held(world, order).await, [(a, first, 2)]);
        assert_eq!(events(world, event::STOCK_MOVED).await, 1);
        let levels = world
            .ctx
            .read(async move |rx, _| stock::levels(rx, a).await)
            .await
            .unwrap();
        let units: Vec<_> = levels.iter().map(|l| (l.on_hand, l.reserved)).collect();
        assert_eq!(units, [(5, 2), (0, 0)]);
    });
}

/// S5: eight orders want the last three units of a place to leave from there; three do, the others are told, and their
/// goods stay where they are held.
#[test]
fn a_place_gives_no_more_than_it_has() {
    testkit::run(async |world| {
        let ([_, second], [a, _]) = shop(world, [[8, 0], [3, 0]]).await;
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let order = reserve(&world.ctx, &[(a, 1)]).await.unwrap();
            let ctx = world.ctx.clone();
            tasks.push(tokio::spawn(async move {
                let key = order.to_string();
                ctx.write(async move |tx, ctx| {
                    hold::commit_from(tx, ctx, (order, second), &[(a, 1)], &key).await
                })
                .await
            }));
        }
        let mut left = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(outcome) => {
                    assert_eq!(outcome, Outcome::Done);
                    left += 1;
                }
                Err(InventoryError::OutOfStock { .. }) => {}
                Err(error) => panic!("neither left nor out of stock: {error}"),
            }
        }
        assert_eq!(left, 3);
    });
}

/// INV-14: a place closes when it is empty, the last one that ships stays, and nothing can be put at one that is closed.
#[test]
fn only_an_empty_place_closes() {
    testkit::run(async |world| {
        let ([first, second], [a, _]) = shop(world, [[5, 0], [2, 0]]).await;
        let close = async |place: LocationId| {
            world
                .ctx
                .write(async move |tx, _| location::close(tx, place).await)
                .await
        };
        assert!(matches!(
            close(second).await,
            Err(InventoryError::PlaceNotEmpty(_))
        ));
        let order = serve(world, Address::default(), vec![(a, 5)]).await;
        let leave = world.ctx.write(async move |tx, ctx| {
            hold::commit_from(tx, ctx, (order, second), &[(a, 2)], "out").await
        });
        leave.await.unwrap();
        close(second).await.unwrap();
        assert!(matches!(
            close(second).await,
            Err(InventoryError::PlaceClosed(_))
        ));
        assert!(matches!(close(first).await, Err(InventoryError::LastPlace)));
        let put_there = world
            .ctx
            .write(async move |tx, ctx| put(tx, ctx, a, second, 1).await)
            .await;
        assert!(
            matches!(put_there, Err(InventoryError::PlaceClosed(_))),
            "{put_there:?}"
        );
        let reopened = world.ctx.write(async move |tx, ctx| {
            location::reopen(tx, second).await?;
            put(tx, ctx, a, second, 1).await
        });
        reopened.await.unwrap();
        let places = world.ctx.read(async |rx, _| location::list(rx).await).await;
        assert_eq!(places.unwrap()[1].state, PlaceState::Keeps);
    });
}
