//! Transfers: whatever is done with them, no unit comes from nowhere and none is lost without a word.

use std::collections::BTreeMap;

use inventory::{
    InventoryError, Outcome, PlaceState, stock,
    transfer::{self, Arrival, TransferDraft, TransferState},
};
use kernel::{LocationId, StockTransferId, VariantId};
use platform::{Ctx, DbError, Tx, db::Dialect, params};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use testkit::World;

use crate::goods::{main_place, put, raw, reserve, second_place, stocked, variant};

async fn sent(world: &World, units: i64) -> (StockTransferId, VariantId, [LocationId; 2]) {
    let variant = stocked(world, units).await;
    let places = [main_place(world).await, second_place(world).await];
    let draft = draft(places, vec![(variant, units)]);
    let made = world.ctx.write(async move |tx, ctx| {
        let id = transfer::create(tx, ctx, &draft).await?;
        assert_eq!(transfer::send(tx, ctx, id).await?, Outcome::Done);
        assert_eq!(transfer::send(tx, ctx, id).await?, Outcome::Already);
        Ok::<_, InventoryError>(id)
    });
    (made.await.unwrap(), variant, places)
}

fn draft([from, to]: [LocationId; 2], lines: Vec<(VariantId, i64)>) -> TransferDraft {
    TransferDraft {
        from,
        to,
        note: String::new(),
        lines,
    }
}

fn arrival(key: &str, arrived: Vec<(VariantId, i64)>) -> Arrival {
    Arrival {
        arrived,
        effect_key: key.to_owned(),
        ..Arrival::default()
    }
}

async fn receive(
    ctx: &Ctx,
    id: StockTransferId,
    arrival: Arrival,
) -> Result<Outcome, InventoryError> {
    ctx.write(async move |tx, ctx| transfer::receive(tx, ctx, id, &arrival).await)
        .await
}

/// On hand at both places, and on the way to the second.
async fn units(world: &World, variant: VariantId, to: LocationId) -> (i64, i64, i64) {
    world
        .ctx
        .read(async move |rx, _| {
            let levels = stock::levels(rx, variant).await?;
            let of = |n: usize| levels.get(n).map_or(0, |level| level.on_hand);
            let moving = transfer::on_the_way(rx, &[variant]).await?;
            let way = moving.get(&(variant, to)).copied().unwrap_or_default();
            Ok::<_, InventoryError>((of(0), of(1), way))
        })
        .await
        .unwrap()
}

/// S12: a transfer ends by these steps and no other, and the schema knows the same states of transfers and places.
#[test]
fn the_life_of_a_transfer_is_this() {
    let steps = TransferState::TABLE.map(|(from, to)| format!("{} {}", from.code(), to.code()));
    assert_eq!(steps, ["draft sent", "draft cancelled", "sent received"]);
    let schema = include_str!("../../../migrations/sql/0003_inventory.sql");
    let states = TransferState::ALL.map(|state| format!("'{}'", state.code()));
    assert!(schema.contains(&format!("CHECK (state IN ({}))", states.join(", "))));
    let states = PlaceState::ALL.map(|state| format!("'{}'", state.code()));
    assert!(schema.contains(&format!("CHECK (state IN ({}))", states.join(", "))));
}

/// S12: goods that left are nowhere for sale until they arrive, in parts; the same arrival twice counts once; what is
/// missing is booked with its reason, and what came beyond as well.
#[test]
fn goods_arrive_in_parts_and_differences_have_a_reason() {
    testkit::run(async |world| {
        let (id, variant, [_, to]) = sent(world, 10).await;
        assert_eq!(units(world, variant, to).await, (0, 0, 10));
        assert!(reserve(&world.ctx, &[(variant, 1)]).await.is_err());

        let part = || arrival("a", vec![(variant, 4)]);
        assert_eq!(
            receive(&world.ctx, id, part()).await.unwrap(),
            Outcome::Done
        );
        let again = receive(&world.ctx, id, part()).await;
        assert_eq!(again.unwrap(), Outcome::Already);
        assert_eq!(units(world, variant, to).await, (0, 4, 6));

        let silent = Arrival {
            last: true,
            ..arrival("b", vec![(variant, 3)])
        };
        let refused = receive(&world.ctx, id, silent.clone()).await;
        assert!(
            matches!(
                refused,
                Err(InventoryError::TransferInvalid {
                    field: "reason",
                    ..
                })
            ),
            "{refused:?}"
        );
        assert_eq!(
            units(world, variant, to).await,
            (0, 4, 6),
            "nothing written"
        );
        let said = Arrival {
            reason: "一箱摔破".to_owned(),
            ..silent
        };
        assert_eq!(receive(&world.ctx, id, said).await.unwrap(), Outcome::Done);
        assert_eq!(units(world, variant, to).await, (0, 7, 0));
        let ended = world
            .ctx
            .read(async move |rx, _| {
                let transfer = transfer::by_id(rx, id).await?;
                Ok::<_, InventoryError>((transfer, transfer::steps(rx, id).await?))
            })
            .await
            .unwrap();
        assert_eq!(ended.0.state, TransferState::Received);
        assert_eq!(ended.0.lines[0].missing, 3);
        let missing = ended.1.iter().find(|step| step.step == "missing").unwrap();
        assert_eq!(missing.reason.as_deref(), Some("一箱摔破"));
        let late = receive(&world.ctx, id, arrival("c", vec![(variant, 1)])).await;
        assert!(
            matches!(late, Err(InventoryError::TransferState(_))),
            "{late:?}"
        );
    });
}

/// S12: more than was sent is taken in as a surplus with its reason; the transfer itself stays balanced.
#[test]
fn a_surplus_is_taken_in_with_its_reason() {
    testkit::run(async |world| {
        let (id, variant, [_, to]) = sent(world, 3).await;
        let many = arrival("a", vec![(variant, 5)]);
        let refused = receive(&world.ctx, id, many.clone()).await;
        assert!(refused.is_err(), "a surplus needs a reason");
        let said = Arrival {
            reason: "多裝了兩罐".to_owned(),
            ..many
        };
        receive(&world.ctx, id, said).await.unwrap();
        assert_eq!(units(world, variant, to).await, (0, 5, 0));
    });
}

/// S12, S1: what orders hold does not leave; a draft that is given up moved nothing and cannot be sent any more.
#[test]
fn what_is_reserved_stays() {
    testkit::run(async |world| {
        let variant = stocked(world, 5).await;
        let places = [main_place(world).await, second_place(world).await];
        reserve(&world.ctx, &[(variant, 3)]).await.unwrap();
        let wanted = draft(places, vec![(variant, 3)]);
        let made = world
            .ctx
            .write(async move |tx, ctx| transfer::create(tx, ctx, &wanted).await);
        let id = made.await.unwrap();
        let send = async || {
            world
                .ctx
                .write(async move |tx, ctx| transfer::send(tx, ctx, id).await)
                .await
        };
        let refused = send().await;
        assert!(
            matches!(refused, Err(InventoryError::BelowReserved { .. })),
            "{refused:?}"
        );
        assert_eq!(units(world, variant, places[1]).await, (5, 0, 0));
        let given_up = world.ctx.write(async move |tx, ctx| {
            assert_eq!(transfer::cancel(tx, ctx, id).await?, Outcome::Done);
            transfer::cancel(tx, ctx, id).await
        });
        assert_eq!(given_up.await.unwrap(), Outcome::Already);
        assert!(matches!(
            send().await,
            Err(InventoryError::TransferState(_))
        ));
    });
}

/// S12: two people count in the same ten units at once, one unit at a time under eight names each: ten arrive, no more.
#[test]
fn two_receivers_take_in_what_was_sent_and_no_more() {
    testkit::run(async |world| {
        let (id, variant, [_, to]) = sent(world, 10).await;
        let tasks: Vec<_> = (0..16)
            .map(|n| {
                let ctx = world.ctx.clone();
                let part = arrival(&format!("scan-{n}"), vec![(variant, 1)]);
                tokio::spawn(async move { receive(&ctx, id, part).await })
            })
            .collect();
        let mut taken = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(outcome) => {
                    assert_eq!(outcome, Outcome::Done);
                    taken += 1;
                }
                Err(InventoryError::TransferState(_)) => {}
                Err(error) => panic!("neither taken in nor over: {error}"),
            }
        }
        assert_eq!(taken, 10);
        assert_eq!(units(world, variant, to).await, (0, 10, 0));
    });
}

/// S12: the same arrival sent four times at once counts once.
#[test]
fn one_arrival_counts_once() {
    testkit::run(async |world| {
        let (id, variant, [_, to]) = sent(world, 10).await;
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let ctx = world.ctx.clone();
                let part = arrival("scan", vec![(variant, 2)]);
                tokio::spawn(async move { receive(&ctx, id, part).await })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += usize::from(task.await.unwrap().unwrap() == Outcome::Done);
        }
        assert_eq!(done, 1);
        assert_eq!(units(world, variant, to).await, (0, 2, 8));
    });
}

/// S11, S12: no statement makes a transfer of more than was sent, a movement without a transfer, or another history.
#[test]
fn the_database_itself_keeps_a_transfer_true() {
    testkit::run(async |world| {
        let (id, variant, [from, _]) = sent(world, 5).await;
        for sql in [
            "UPDATE stock_transfer_lines SET received = 6 WHERE transfer_id = $1",
            "UPDATE stock_transfer_lines SET received = 3, missing = 3 WHERE transfer_id = $1",
            "UPDATE stock_transfers SET to_id = from_id WHERE id = $1",
            "UPDATE stock_transfers SET state = 'draft' WHERE id = $1",
            "UPDATE stock_transfer_steps SET step = 'closed' WHERE transfer_id = $1",
            "DELETE FROM stock_transfer_steps WHERE transfer_id = $1",
        ] {
            let refused = raw(world, sql, params![id]).await;
            assert!(refused.is_err(), "{sql}: {refused:?}");
        }
        let loose = "INSERT INTO stock_ledger (id, variant_id, location_id, quantity, kind, reason, effective_at, recorded_at, actor) \
                     VALUES ($1, $2, $3, -1, 'transfer', 'x', 0, 0, 'x')";
        let entry = kernel::StockEntryId::new();
        let refused = raw(world, loose, params![entry, variant, from]).await;
        assert!(refused.is_err(), "{refused:?}");
    });
}

/// What is done next with some transfer.
#[derive(Debug, Clone)]
enum Step {
    Create {
        back: bool,
        units: [i64; 2],
    },
    Send(usize),
    Receive {
        which: usize,
        units: [i64; 2],
        last: bool,
        reason: bool,
        key: u8,
    },
    Cancel(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (any::<bool>(), [0_i64..5, 0_i64..5]).prop_map(|(back, units)| Step::Create { back, units }),
        2 => (0_usize..4).prop_map(Step::Send),
        5 => (0_usize..4, [0_i64..5, 0_i64..5], any::<bool>(), any::<bool>(), 0_u8..12)
            .prop_map(|(which, units, last, reason, key)| Step::Receive { which, units, last, reason, key }),
        1 => (0_usize..4).prop_map(Step::Cancel),
    ]
}

/// A history of transfers and what it should have come to.
struct Walk {
    goods: [VariantId; 2],
    places: [LocationId; 2],
    made: Vec<StockTransferId>,
    /// Units booked as missing less those booked as surplus, by variant.
    gone: BTreeMap<VariantId, i64>,
}

impl Walk {
    /// Does a step in a part of the transaction that is taken back when it is refused.
    async fn take(&mut self, tx: &mut Tx, ctx: &Ctx, step: &Step) -> Result<(), DbError> {
        let (goods, places, made) = (self.goods, self.places, self.made.clone());
        let outcome = tx
            .attempt(async |tx| match step {
                Step::Create { back, units } => {
                    let lines = goods.into_iter().zip(*units).filter(|(_, n)| *n > 0);
                    let [a, b] = places;
                    let ends = if *back { [b, a] } else { [a, b] };
                    let id = transfer::create(tx, ctx, &draft(ends, lines.collect())).await?;
                    Ok::<_, InventoryError>(Some(id))
                }
                Step::Send(n) => match made.get(*n) {
                    Some(id) => transfer::send(tx, ctx, *id).await.map(|_| None),
                    None => Ok(None),
                },
                Step::Cancel(n) => match made.get(*n) {
                    Some(id) => transfer::cancel(tx, ctx, *id).await.map(|_| None),
                    None => Ok(None),
                },
                Step::Receive {
                    which,
                    units,
                    last,
                    reason,
                    key,
                } => {
                    let Some(id) = made.get(*which) else {
                        return Ok(None);
                    };
                    let arrived = Arrival {
                        last: *last,
                        reason: if *reason {
                            "counted".to_owned()
                        } else {
                            String::new()
                        },
                        ..arrival(&format!("k{key}"), goods.into_iter().zip(*units).collect())
                    };
                    transfer::receive(tx, ctx, *id, &arrived)
                        .await
                        .map(|_| None)
                }
            })
            .await;
        match outcome {
            Ok(Some(id)) => self.made.push(id),
            Ok(None) => {}
            Err(InventoryError::Db(error)) => return Err(error),
            Err(_) => {}
        }
        let sql = "SELECT variant_id, SUM(CASE WHEN step = 'missing' THEN quantity ELSE -quantity END) AS units FROM stock_transfer_steps \
                   WHERE step IN ('missing', 'surplus') AND variant_id IN ($1, $2) GROUP BY variant_id";
        self.gone.clear();
        for row in tx.rows(sql, params![goods[0], goods[1]]).await? {
            self.gone.insert(row.get("variant_id")?, row.get("units")?);
        }
        Ok(())
    }
}

/// Any sequence of steps keeps units on hand + on the way + missing − surplus at what there was.
async fn walk(
    tx: &mut Tx,
    ctx: &Ctx,
    places: [LocationId; 2],
    steps: &[Step],
) -> Result<Option<String>, InventoryError> {
    let goods = [variant(tx, ctx).await?, variant(tx, ctx).await?];
    for variant in goods {
        put(tx, ctx, variant, places[0], 9).await?;
        put(tx, ctx, variant, places[1], 3).await?;
    }
    let mut walk = Walk {
        goods,
        places,
        made: Vec::new(),
        gone: BTreeMap::new(),
    };
    for step in steps {
        walk.take(tx, ctx, step).await?;
        let moving = transfer::on_the_way(tx, &goods).await?;
        for variant in goods {
            let levels = stock::levels(tx, variant).await?;
            let here: i64 = levels.iter().map(|l| l.on_hand).sum();
            let way: i64 = places
                .iter()
                .filter_map(|place| moving.get(&(variant, *place)))
                .sum();
            let gone = walk.gone.get(&variant).copied().unwrap_or_default();
            if here + way + gone != 12 || levels.iter().any(|l| l.on_hand < 0) {
                return Ok(Some(format!(
                    "after {step:?}: {here} here, {way} on the way, {gone} gone"
                )));
            }
        }
    }
    Ok(None)
}

/// S12: whatever is done with transfers between two places, in any order and however often, the units on hand and on the
/// way are those that there were, but for the differences that were booked.
#[test]
fn no_sequence_of_transfers_makes_or_loses_a_unit() {
    testkit::run(async |world| {
        let places = [main_place(world).await, second_place(world).await];
        let cases = if world.ctx.db().dialect() == Dialect::Sqlite {
            120
        } else {
            10
        };
        let mut runner = TestRunner::new(Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        });
        let here = tokio::runtime::Handle::current();
        let outcome = tokio::task::block_in_place(|| {
            runner.run(&prop::collection::vec(step(), 1..20), |steps| {
                let ran = here.block_on(
                    world
                        .ctx
                        .write(async move |tx, ctx| walk(tx, ctx, places, &steps).await),
                );
                match ran {
                    Ok(None) => Ok(()),
                    Ok(Some(how)) => Err(TestCaseError::fail(how)),
                    Err(error) => Err(TestCaseError::fail(error.to_string())),
                }
            })
        });
        outcome.unwrap();
    });
}
