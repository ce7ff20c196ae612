//! Random histories against a plain model in memory: after every step the database must hold what the model holds, and
//! refuse what the model refuses.

use std::collections::BTreeMap;

use inventory::{
    Adjustment, EntryKind, HoldEnd, HoldState, InventoryError, Outcome, hold, ledger, stock,
};
use kernel::{LocationId, OrderId, StockEntryId, Timestamp, VariantId};
use platform::{Ctx, DbError, Tx, db::Dialect};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};

use crate::goods::{main_place, second_place, variant};

#[derive(Debug, Clone)]
enum Step {
    Adjust {
        variant: usize,
        place: usize,
        delta: i64,
        days_ago: i64,
    },
    Reserve {
        order: usize,
        lines: Vec<(usize, i64)>,
    },
    Commit {
        order: usize,
        lines: Vec<(usize, i64)>,
    },
    ReleasePart {
        order: usize,
        lines: Vec<(usize, i64)>,
    },
    End {
        order: usize,
        expired: bool,
    },
    Count {
        variant: usize,
        place: usize,
        counted: i64,
        drift: i64,
    },
    Reverse {
        variant: usize,
        place: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let lines = || prop::collection::vec((0_usize..2, 1_i64..5), 1..4);
    prop_oneof![
        4 => (0_usize..2, 0_usize..2, -4_i64..9, 0_i64..6)
            .prop_map(|(variant, place, delta, days_ago)| Step::Adjust { variant, place, delta, days_ago }),
        5 => (0_usize..3, lines()).prop_map(|(order, lines)| Step::Reserve { order, lines }),
        4 => (0_usize..3, lines()).prop_map(|(order, lines)| Step::Commit { order, lines }),
        2 => (0_usize..3, lines()).prop_map(|(order, lines)| Step::ReleasePart { order, lines }),
        2 => (0_usize..3, any::<bool>()).prop_map(|(order, expired)| Step::End { order, expired }),
        1 => (0_usize..2, 0_usize..2, 0_i64..9, -2_i64..3)
            .prop_map(|(variant, place, counted, drift)| Step::Count { variant, place, counted, drift }),
        1 => (0_usize..2, 0_usize..2).prop_map(|(variant, place)| Step::Reverse { variant, place }),
    ]
}

/// How database and model differ, or what the database said.
struct Failure(String);

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self(error.to_string())
    }
}

impl From<InventoryError> for Failure {
    fn from(error: InventoryError) -> Self {
        Self(error.to_string())
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "callers hand over what they have just computed"
)]
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), Failure> {
    if found == expected {
        Ok(())
    } else {
        Err(Failure(format!(
            "{what}: found {found:?}, expected {expected:?}"
        )))
    }
}

type Spot = (usize, usize);

struct Movement {
    spot: Spot,
    quantity: i64,
    at: Timestamp,
    reversed: bool,
}

/// The shop as it should be: two variants at two places, three orders.
struct Model {
    variants: [VariantId; 2],
    places: [LocationId; 2],
    orders: [OrderId; 3],
    on_hand: BTreeMap<Spot, i64>,
    held: BTreeMap<(usize, Spot), i64>,
    closed: BTreeMap<(usize, HoldState), i64>,
    movements: BTreeMap<StockEntryId, Movement>,
    pending: Vec<(Spot, i64, Timestamp)>,
}

impl Model {
    fn new(variants: [VariantId; 2], places: [LocationId; 2]) -> Self {
        Self {
            variants,
            places,
            orders: [OrderId::new(), OrderId::new(), OrderId::new()],
            on_hand: BTreeMap::new(),
            held: BTreeMap::new(),
            closed: BTreeMap::new(),
            movements: BTreeMap::new(),
            pending: Vec::new(),
        }
    }

    fn hand(&self, spot: Spot) -> i64 {
        self.on_hand.get(&spot).copied().unwrap_or_default()
    }

    fn reserved(&self, spot: Spot) -> i64 {
        self.held
            .iter()
            .filter(|((_, s), _)| *s == spot)
            .map(|(_, quantity)| quantity)
            .sum()
    }

    fn free(&self, spot: Spot) -> i64 {
        self.hand(spot) - self.reserved(spot)
    }

    fn lines(&self, lines: &[(usize, i64)]) -> Vec<(VariantId, i64)> {
        lines
            .iter()
            .map(|(variant, quantity)| (self.variants[*variant], *quantity))
            .collect()
    }

    /// Which places would serve these lines; `None` when the goods are not there.
    fn serve(&self, lines: &[(usize, i64)]) -> Option<Vec<(Spot, i64)>> {
        let mut parts = Vec::new();
        // A place that has everything serves all of it (INV-14).
        let whole = (0..2).find(|place| {
            let all = sums(lines);
            all.iter().all(|(v, n)| self.free((*v, *place)) >= *n)
        });
        if let Some(place) = whole {
            let all = sums(lines).into_iter();
            return Some(all.map(|(v, n)| ((v, place), n)).collect());
        }
        for (variant, wanted) in sums(lines) {
            let free = [self.free((variant, 0)), self.free((variant, 1))];
            if let Some(place) = free.iter().position(|units| *units >= wanted) {
                parts.push(((variant, place), wanted));
            } else if free[0] + free[1] >= wanted {
                parts.push(((variant, 0), free[0]));
                parts.push(((variant, 1), wanted - free[0]));
                parts.retain(|(_, quantity)| *quantity > 0);
            } else {
                return None;
            }
        }
        Some(parts)
    }

    /// Out of which of its holds an order would give these lines; `None` when it holds less.
    fn draw(&self, order: usize, lines: &[(usize, i64)]) -> Option<Vec<(Spot, i64)>> {
        let mut places = [0, 1];
        places.sort_by_key(|place| self.places[*place]);
        let mut parts = Vec::new();
        for (variant, wanted) in sums(lines) {
            let mut left = wanted;
            for place in places {
                let held = self
                    .held
                    .get(&(order, (variant, place)))
                    .copied()
                    .unwrap_or_default();
                let part = held.min(left);
                if part > 0 {
                    parts.push(((variant, place), part));
                    left -= part;
                }
            }
            if left > 0 {
                return None;
            }
        }
        Some(parts)
    }

    fn close(&mut self, order: usize, (spot, quantity): (Spot, i64), state: HoldState) {
        let held = self.held.get_mut(&(order, spot)).unwrap();
        *held -= quantity;
        if *held == 0 {
            self.held.remove(&(order, spot));
        }
        *self.closed.entry((order, state)).or_default() += quantity;
    }

    fn moved(&mut self, spot: Spot, quantity: i64, at: Timestamp) {
        *self.on_hand.entry(spot).or_default() += quantity;
        self.pending.push((spot, quantity, at));
    }
}

fn sums(lines: &[(usize, i64)]) -> BTreeMap<usize, i64> {
    lines
        .iter()
        .fold(BTreeMap::new(), |mut sums, (variant, quantity)| {
            *sums.entry(*variant).or_default() += quantity;
            sums
        })
}

async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    model: &mut Model,
    step: &Step,
    key: &str,
) -> Result<(), Failure> {
    match step {
        Step::Adjust {
            variant,
            place,
            delta,
            days_ago,
        } => {
            let change = Adjustment::new(
                model.variants[*variant],
                *delta,
                EntryKind::Adjustment,
                "other",
            );
            let at = ctx.now().plus_seconds(-days_ago * 86_400);
            let (location, effect_key) = (Some(model.places[*place]), Some(key.to_owned()));
            let change = Adjustment {
                location,
                effective_at: Some(at),
                effect_key,
                ..change
            };
            adjusted(tx, ctx, model, (*variant, *place), change, at).await
        }
        Step::Count {
            variant,
            place,
            counted,
            drift,
        } => counted_again(tx, ctx, model, (*variant, *place), (*counted, *drift)).await,
        Step::Reserve { order, lines } => reserved(tx, ctx, model, *order, lines).await,
        Step::Commit { order, lines } => committed(tx, ctx, model, *order, lines, key).await,
        Step::ReleasePart { order, lines } => {
            let wanted = model.lines(lines);
            let given =
                hold::release_quantity(tx, ctx, model.orders[*order], &wanted, "cancelled").await;
            let parts = model.draw(*order, lines);
            same("part released", given.is_ok(), parts.is_some())?;
            parts
                .into_iter()
                .flatten()
                .for_each(|part| model.close(*order, part, HoldState::Released));
            Ok(())
        }
        Step::End { order, expired } => {
            let end = if *expired {
                HoldEnd::Expired
            } else {
                HoldEnd::Released
            };
            ended(tx, ctx, model, *order, end).await
        }
        Step::Reverse { variant, place } => reversed(tx, ctx, model, (*variant, *place)).await,
    }
}

async fn counted_again(
    tx: &mut Tx,
    ctx: &Ctx,
    model: &mut Model,
    spot: Spot,
    (counted, drift): (i64, i64),
) -> Result<(), Failure> {
    let expected = (model.hand(spot) - drift).max(0);
    let found = stock::count(
        tx,
        ctx,
        model.variants[spot.0],
        model.places[spot.1],
        counted,
        expected,
    )
    .await;
    let delta = counted - expected;
    let allowed = delta == 0 || model.hand(spot) + delta >= model.reserved(spot);
    same("count", found.is_ok(), allowed)?;
    if allowed && delta != 0 {
        model.moved(spot, delta, ctx.now());
    }
    Ok(())
}

async fn ended(
    tx: &mut Tx,
    ctx: &Ctx,
    model: &mut Model,
    order: usize,
    end: HoldEnd,
) -> Result<(), Failure> {
    let open: Vec<(Spot, i64)> = model
        .held
        .iter()
        .filter(|((o, _), _)| *o == order)
        .map(|((_, s), q)| (*s, *q))
        .collect();
    let ended = hold::release(tx, ctx, model.orders[order], end, "cancelled").await?;
    same("holds ended", ended, i64::try_from(open.len()).unwrap())?;
    same(
        "holds ended again",
        hold::release(tx, ctx, model.orders[order], end, "cancelled").await?,
        0,
    )?;
    open.into_iter()
        .for_each(|part| model.close(order, part, end.state()));
    Ok(())
}

async fn reversed(tx: &mut Tx, ctx: &Ctx, model: &mut Model, spot: Spot) -> Result<(), Failure> {
    let latest = model
        .movements
        .iter()
        .rev()
        .find(|(_, m)| m.spot == spot && !m.reversed);
    let Some((id, quantity)) = latest.map(|(id, m)| (*id, m.quantity)) else {
        return Ok(());
    };
    let allowed = quantity < 0 || model.free(spot) >= quantity;
    same(
        "reversal",
        stock::reverse(tx, ctx, id, "correction").await.is_ok(),
        allowed,
    )?;
    if allowed {
        model.movements.get_mut(&id).unwrap().reversed = true;
        model.moved(spot, -quantity, ctx.now());
    }
    Ok(())
}

async fn adjusted(
    tx: &mut Tx,
    ctx: &Ctx,
    model: &mut Model,
    spot: Spot,
    change: Adjustment,
    at: Timestamp,
) -> Result<(), Failure> {
    let delta = change.delta;
    let done = stock::adjust(tx, ctx, change.clone()).await;
    let allowed = delta != 0 && (delta > 0 || model.free(spot) + delta >= 0);
    same("adjustment", done.is_ok(), allowed)?;
    if allowed {
        model.moved(spot, delta, at);
        same(
            "adjusted again",
            stock::adjust(tx, ctx, change).await?.on_hand,
            model.hand(spot),
        )?;
    }
    Ok(())
}

async fn reserved(
    tx: &mut Tx,
    ctx: &Ctx,
    model: &mut Model,
    order: usize,
    lines: &[(usize, i64)],
) -> Result<(), Failure> {
    let found = hold::reserve(
        tx,
        ctx,
        model.orders[order],
        &model.lines(lines),
        None,
        "order_placed",
    )
    .await;
    let Some(parts) = model.serve(lines) else {
        return same(
            "sold out",
            matches!(found, Err(InventoryError::OutOfStock { .. })),
            true,
        );
    };
    if parts
        .iter()
        .any(|(spot, _)| model.held.contains_key(&(order, *spot)))
    {
        return same(
            "held already",
            matches!(found, Err(InventoryError::AlreadyHeld { .. })),
            true,
        );
    }
    same("reserved", found.is_ok(), true)?;
    model.held.extend(
        parts
            .into_iter()
            .map(|(spot, quantity)| ((order, spot), quantity)),
    );
    Ok(())
}

async fn committed(
    tx: &mut Tx,
    ctx: &Ctx,
    model: &mut Model,
    order: usize,
    lines: &[(usize, i64)],
    key: &str,
) -> Result<(), Failure> {
    let wanted = model.lines(lines);
    let found = hold::commit(tx, ctx, model.orders[order], &wanted, key).await;
    let Some(parts) = model.draw(order, lines) else {
        return same(
            "not held",
            matches!(found, Err(InventoryError::NotHeld { .. })),
            true,
        );
    };
    same("committed", found?, Outcome::Done)?;
    for (spot, quantity) in parts {
        model.close(order, (spot, quantity), HoldState::Committed);
        model.moved(spot, -quantity, ctx.now());
    }
    same(
        "committed again",
        hold::commit(tx, ctx, model.orders[order], &wanted, key).await?,
        Outcome::Already,
    )
}

/// Compares everything that can be read with the model, and learns the ids of new entries.
async fn compare(tx: &mut Tx, ctx: &Ctx, model: &mut Model) -> Result<(), Failure> {
    for (v, variant) in model.variants.into_iter().enumerate() {
        let entries = ledger::of(tx, variant, 1_000).await?;
        learn(model, v, &entries)?;
        for (p, place) in model.places.into_iter().enumerate() {
            let found = stock::level(tx, variant, place)
                .await?
                .map_or((0, 0), |l| (l.on_hand, l.reserved));
            same("level", found, (model.hand((v, p)), model.reserved((v, p))))?;
            let last = entries
                .iter()
                .find(|e| e.location_id == place)
                .map_or(0, |e| e.balance);
            same("last balance", last, model.hand((v, p)))?;
            let then = ctx.now().plus_seconds(-3 * 86_400);
            let sum = model
                .movements
                .values()
                .filter(|m| m.spot == (v, p) && m.at <= then)
                .map(|m| m.quantity)
                .sum();
            same(
                "balance then",
                ledger::balance_at(tx, variant, place, then).await?,
                sum,
            )?;
        }
        let free = stock::available(tx, &[variant]).await?[&variant];
        same("available", free, model.free((v, 0)) + model.free((v, 1)))?;
    }
    same("entries that never came", model.pending.len(), 0)?;
    compare_holds(tx, model).await
}

/// Finds each entry that is not known yet among those that the model expects.
fn learn(model: &mut Model, variant: usize, entries: &[inventory::Entry]) -> Result<(), Failure> {
    for entry in entries {
        if model.movements.contains_key(&entry.id) {
            continue;
        }
        let spot = (
            variant,
            model
                .places
                .iter()
                .position(|p| *p == entry.location_id)
                .unwrap(),
        );
        let expected = model
            .pending
            .iter()
            .position(|p| *p == (spot, entry.quantity, entry.effective_at));
        let Some(expected) = expected else {
            return Err(Failure(format!("unexpected {entry:?}")));
        };
        model.pending.remove(expected);
        let new = Movement {
            spot,
            quantity: entry.quantity,
            at: entry.effective_at,
            reversed: false,
        };
        model.movements.insert(entry.id, new);
    }
    Ok(())
}

async fn compare_holds(tx: &mut Tx, model: &Model) -> Result<(), Failure> {
    for (o, order) in model.orders.into_iter().enumerate() {
        let mut open = BTreeMap::new();
        let mut closed: BTreeMap<HoldState, i64> = BTreeMap::new();
        for h in hold::of_order(tx, order).await? {
            let v = model
                .variants
                .iter()
                .position(|id| *id == h.variant_id)
                .unwrap();
            let p = model
                .places
                .iter()
                .position(|id| *id == h.location_id)
                .unwrap();
            if h.state == HoldState::Held {
                let before = open.insert((v, p), h.quantity);
                same("second open hold", before, None)?;
            } else {
                *closed.entry(h.state).or_default() += h.quantity;
            }
        }
        let held = model
            .held
            .iter()
            .filter(|((x, _), _)| *x == o)
            .map(|((_, spot), q)| (*spot, *q))
            .collect();
        same("open holds", open, held)?;
        let ended = model
            .closed
            .iter()
            .filter(|((x, _), _)| *x == o)
            .map(|((_, state), q)| (*state, *q))
            .collect();
        same("ended holds", closed, ended)?;
    }
    Ok(())
}

/// A whole history in one transaction: so a refusal that had written something would show at once.
async fn history(
    tx: &mut Tx,
    ctx: &Ctx,
    places: [LocationId; 2],
    steps: &[Step],
) -> Result<(), Failure> {
    let mut model = Model::new([variant(tx, ctx).await?, variant(tx, ctx).await?], places);
    for (n, step) in steps.iter().enumerate() {
        let key = format!("step-{n}-{}", model.orders[0]);
        let applied = apply(tx, ctx, &mut model, step, &key).await;
        let compared = if applied.is_ok() {
            compare(tx, ctx, &mut model).await
        } else {
            applied
        };
        compared.map_err(|Failure(how)| Failure(format!("after {step:?}: {how}")))?;
    }
    Ok(())
}

/// S1, S2, S3, S4, S7, S8, S13, S15, S16: any history of adjustments, reservations, departures in parts, releases,
/// expiries, counts and corrections ends where the model ends.
#[test]
fn any_history_follows_the_model() {
    testkit::run(async |world| {
        let places = [main_place(world).await, second_place(world).await];
        let cases = if world.ctx.db().dialect() == Dialect::Sqlite {
            160
        } else {
            12
        };
        let mut runner = TestRunner::new(Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        });
        let here = tokio::runtime::Handle::current();
        let outcome = tokio::task::block_in_place(|| {
            runner.run(&prop::collection::vec(step(), 1..24), |steps| {
                let ran = here.block_on(
                    world
                        .ctx
                        .write(async move |tx, ctx| history(tx, ctx, places, &steps).await),
                );
                ran.map_err(|Failure(how)| TestCaseError::fail(how))
            })
        });
        outcome.unwrap();
    });
}
