//! An order changes before it is packed: its figures, its stock, its money and what its buyer is told.

use fulfilment::zone::{self, Basis, NewRate, NewZone, Step, ZonePlace};
use inventory::InventoryError;
use kernel::{Address, OrderId, VariantId, divisions};
use operations::{
    FlowError,
    flows::{
        edit_order::{self, Proposal},
        end_order, pick_order,
        place_order::Seen,
    },
};
use orders::{Order, OrderState, OrdersError, PaymentMethod, PaymentState, order};
use payments::{
    Effect, PaymentState as Try, RefundState,
    record::{Outcome, Success},
};

use crate::{
    bundles::box_of,
    shop::{DELIVERY, Shop, back, twd},
};

/// The order as it is, with a reason.
async fn as_is(shop: &Shop, id: OrderId) -> Proposal {
    Proposal {
        reason: Some("顧客來電".into()),
        ..Proposal::of(&shop.order(id).await)
    }
}

/// The order with other units of its first line and goods added.
pub(crate) async fn with(
    shop: &Shop,
    id: OrderId,
    units: i64,
    added: &[(VariantId, i64)],
) -> Proposal {
    let line = shop.lines(id).await[0].id;
    Proposal {
        lines: [(line, (units, None))].into(),
        added: added.iter().copied().collect(),
        ..as_is(shop, id).await
    }
}

async fn edit(shop: &Shop, id: OrderId, proposal: Proposal) -> Result<Order, FlowError> {
    edit_order::edit(&shop.ctx, id, proposal, Seen::default()).await
}

/// ORD-04, O1, O5, O10, O11, S3: an unpaid order changes whole: figures, holds, search, history and record; what was
/// asked for before can no longer be paid, the new total can; its buyer is told once what it was and what it is.
#[test]
fn an_unpaid_order_costs_otherwise() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop
            .buy(&[(shop.tea, 2)], PaymentMethod::BankTransfer)
            .await;
        let (id, old) = (placed.order.id, placed.order.total);
        let proposal = with(&shop, id, 3, &[(shop.pot, 1)]).await;
        let seen = edit_order::edit(&shop.ctx, id, proposal.clone(), Seen::total(Some(old))).await;
        assert!(
            matches!(seen, Err(FlowError::TotalChanged { .. })),
            "{seen:?}"
        );
        let now = edit(&shop, id, proposal).await.unwrap();
        assert_eq!(now.total.amount - old.amount, 58_000 + 240_000);
        assert_eq!(
            (shop.units(shop.tea).await, shop.units(shop.pot).await),
            ((100, 3), (10, 1))
        );
        assert_eq!(shop.money(id).await.due, now.total);
        let late = shop.transfer(id, old).await;
        assert!(late.is_err(), "the old amount pays nothing");
        let tries = shop.payments(id).await;
        assert_eq!(
            tries
                .iter()
                .map(|p| (p.state, p.amount))
                .collect::<Vec<_>>(),
            [(Try::Cancelled, old), (Try::Pending, now.total)]
        );
        shop.transfer(id, now.total).await.unwrap();
        assert_eq!(shop.order(id).await.state, OrderState::Paid);
        let history = shop.history(id).await;
        let edited: Vec<_> = history.iter().filter(|row| row.cause == "edited").collect();
        assert_eq!(
            (edited.len(), edited[0].note.as_deref()),
            (1, Some("顧客來電"))
        );
        let kept = shop
            .ctx
            .read(async move |rx, _| order::revisions(rx, id).await);
        let kept = kept.await.unwrap();
        assert_eq!(
            (kept[0].before.total, kept[0].after.total),
            (old, now.total)
        );
        assert_eq!(kept[0].before.lines[0].quantity, 2);
        assert_eq!(shop.events(id).await["Order Updated"], 1);
        shop.drain().await;
        let told = shop.messages(id).await;
        assert_eq!(
            told.iter().filter(|kind| **kind == "order_changed").count(),
            1
        );
        let query = orders::OrderQuery {
            q: "pot".into(),
            ..orders::OrderQuery::default()
        };
        let found = shop
            .ctx
            .read(async move |rx, _| orders::search::search(rx, query).await);
        assert_eq!(
            found.await.unwrap().items.len(),
            1,
            "found by its new goods"
        );
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// ORD-04, P4, P7, P8, O1: a paid order that becomes dearer waits for exactly the rest, is not packed before it is here unless
/// somebody says so with a reason, and is paid by two payments; called off, each gives back what it brought.
#[test]
fn a_paid_order_asks_for_the_rest() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1)]).await;
        let (id, old) = (placed.order.id, placed.order.total);
        let dearer = edit(&shop, id, with(&shop, id, 2, &[]).await)
            .await
            .unwrap();
        let rest = twd(dearer.total.amount - old.amount);
        assert_eq!(
            (dearer.state, dearer.payment_state),
            (OrderState::Paid, PaymentState::PartlyPaid)
        );
        let early = pick_order::pick(&shop.ctx, id).await;
        assert!(
            matches!(early, Err(FlowError::Orders(OrdersError::BalanceDue))),
            "{early:?}"
        );
        let refused = operations::flows::refund_order::refund(
            &shop.ctx,
            back(id, operations::flows::refund_order::What::Amount(twd(100))),
        );
        assert!(refused.await.is_err(), "what it costs is not settled yet");
        assert!(shop.transfer(id, old).await.is_err());
        assert!(shop.transfer(id, dearer.total).await.is_err());

        let asked = shop.payments(id).await.pop().unwrap();
        assert_eq!((asked.amount, asked.state), (rest, Try::Created));
        shop.pay(
            id,
            asked.id,
            payments::demo_card::Scenario::Decline(payments::DeclineCode::InsufficientFunds),
        )
        .await;
        assert_eq!(shop.order(id).await.payment_state, PaymentState::PartlyPaid);
        let again = operations::flows::collect_payment::choose_method(
            &shop.ctx,
            id,
            PaymentMethod::BankTransfer,
        );
        assert_eq!(again.await.unwrap().amount, rest);
        shop.transfer(id, rest).await.unwrap();
        let paid = shop.order(id).await;
        assert_eq!(paid.payment_state, PaymentState::Paid);
        let money = shop.money(id).await;
        assert_eq!((money.captured, money.due), (dearer.total, dearer.total));
        pick_order::pick(&shop.ctx, id).await.unwrap();

        end_order::cancel(&shop.ctx, id, "customer_request")
            .await
            .unwrap();
        shop.drain().await;
        let refunds = shop.refunds(id).await;
        assert_eq!(refunds.len(), 2, "one for each payment");
        assert_eq!(
            refunds.iter().map(|r| r.amount.amount).sum::<i64>(),
            dearer.total.amount
        );
        for refund in refunds.iter().filter(|r| r.state == RefundState::Pending) {
            let done =
                operations::flows::refund_order::settle_by_hand(&shop.ctx, refund.id, "B-1".into());
            done.await.unwrap();
        }
        assert_eq!(shop.order(id).await.payment_state, PaymentState::Refunded);
        assert_eq!(shop.units(shop.tea).await, (100, 0));
        shop.reconcile().await;
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// P8, M1: somebody may have it packed without the rest, with a reason that is kept; called off before the rest came, what
/// came goes back and nothing is left; and so does the rest when it comes after that.
#[test]
fn the_rest_can_be_waited_for_while_it_is_packed() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1)]).await;
        let id = placed.order.id;
        edit(&shop, id, with(&shop, id, 2, &[]).await)
            .await
            .unwrap();
        assert!(
            edit_order::waive_balance(&shop.ctx, id, " ".into())
                .await
                .is_err()
        );
        edit_order::waive_balance(&shop.ctx, id, "老客人".into())
            .await
            .unwrap();
        shop.pick_and_ship(id).await;
        let rest = shop.money(id).await.outstanding();
        assert_eq!(rest, twd(58_000));
        let asked = shop.payments(id).await.pop().unwrap();
        shop.pay(id, asked.id, payments::demo_card::Scenario::Succeed)
            .await;
        let settled = shop.order(id).await;
        assert_eq!(
            (settled.state, settled.payment_state),
            (OrderState::Shipped, PaymentState::Paid)
        );

        let other = shop.paid(&[(shop.tea, 1)]).await.order;
        edit(&shop, other.id, with(&shop, other.id, 3, &[]).await)
            .await
            .unwrap();
        end_order::cancel(&shop.ctx, other.id, "customer_request")
            .await
            .unwrap();
        shop.drain().await;
        let money = shop.money(other.id).await;
        assert_eq!((money.refunded, money.captured), (other.total, other.total));
        assert_eq!(
            shop.order(other.id).await.payment_state,
            PaymentState::Refunded
        );
        shop.transfer(other.id, twd(2 * 58_000)).await.unwrap();
        let late = shop.refunds(other.id).await;
        let late = late.iter().find(|r| r.state == RefundState::Pending);
        let (late, amount) = late.map(|r| (r.id, r.amount)).unwrap();
        assert_eq!(amount, twd(2 * 58_000));
        let by_hand =
            operations::flows::refund_order::settle_by_hand(&shop.ctx, late, "B-2".into());
        by_hand.await.unwrap();
        let money = shop.money(other.id).await;
        assert_eq!(money.refunded, money.captured);
        assert_eq!(
            shop.order(other.id).await.payment_state,
            PaymentState::Refunded
        );
        shop.reconcile().await;
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// ORD-04, P4, P7, P8: a paid order that becomes cheaper gives the difference back once, by the payment it came in, and can
/// become dearer again.
#[test]
fn a_paid_order_gives_the_difference_back() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 3)]).await;
        let id = placed.order.id;
        let cheaper = edit(&shop, id, with(&shop, id, 2, &[]).await)
            .await
            .unwrap();
        shop.drain().await;
        let money = shop.money(id).await;
        assert_eq!((money.refunded, money.excess), (twd(58_000), twd(58_000)));
        assert_eq!((money.due, money.outstanding()), (cheaper.total, twd(0)));
        assert_eq!(
            shop.order(id).await.payment_state,
            PaymentState::PartlyRefunded
        );
        assert_eq!(shop.units(shop.tea).await, (100, 2));
        let dearer = edit(&shop, id, with(&shop, id, 2, &[(shop.cup, 1)]).await)
            .await
            .unwrap();
        assert_eq!(shop.money(id).await.outstanding(), twd(32_000));
        assert_eq!(dearer.payment_state, PaymentState::PartlyPaid);
        let same = edit(&shop, id, {
            let cup = shop
                .lines(id)
                .await
                .into_iter()
                .find(|l| l.variant_id == shop.cup)
                .unwrap();
            Proposal {
                lines: [(cup.id, (0, None))].into(),
                ..as_is(&shop, id).await
            }
        });
        let same = same.await.unwrap();
        assert_eq!(
            (same.total, same.payment_state),
            (cheaper.total, PaymentState::Paid)
        );
        assert_eq!(shop.refunds(id).await.len(), 1, "nothing more goes back");
        shop.pick_and_ship(id).await;
        shop.reconcile().await;
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// S8, O7, O11: what is not there is not promised: the change is refused whole and nothing is written; so is one that comes
/// too late, or takes everything out.
#[test]
fn a_change_that_cannot_be_kept_writes_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1), (shop.pot, 1)]).await;
        let id = placed.order.id;
        let before = shop.picture().await;
        let cups = with(&shop, id, 5, &[(shop.cup, 2)]).await;
        assert!(matches!(
            edit(&shop, id, cups).await,
            Err(FlowError::Inventory(_))
        ));
        let mut nothing = as_is(&shop, id).await;
        nothing.lines = shop
            .lines(id)
            .await
            .iter()
            .map(|l| (l.id, (0, None)))
            .collect();
        assert!(matches!(
            edit(&shop, id, nothing).await,
            Err(FlowError::Fields(_))
        ));
        let silent = Proposal {
            reason: Some(String::new()),
            ..as_is(&shop, id).await
        };
        assert!(matches!(
            edit(&shop, id, silent).await,
            Err(FlowError::Fields(_))
        ));
        assert_eq!(shop.picture().await, before);
        pick_order::pick(&shop.ctx, id).await.unwrap();
        let late = edit(&shop, id, with(&shop, id, 2, &[]).await).await;
        assert!(
            matches!(late, Err(FlowError::NotEditable("error-edit-too-late"))),
            "{late:?}"
        );
    });
}

/// CAT-16, S7, S8, O10: a bundle in a changed order takes and gives up what it is made of, as it was when it was ordered,
/// and the order is found by that.
#[test]
fn a_bundle_is_changed_by_its_parts() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let set = box_of(&shop, "edit-box", &[(shop.tea, 2), (shop.pot, 1)]).await;
        let held = async || {
            let (tea, pot) = (shop.units(shop.tea).await, shop.units(shop.pot).await);
            (tea.1, pot.1)
        };
        let found = async |sku: &str| {
            let query = orders::OrderQuery {
                q: sku.to_owned(),
                ..orders::OrderQuery::default()
            };
            let read = shop
                .ctx
                .read(async move |rx, _| orders::search::search(rx, query).await);
            read.await.unwrap().items.len()
        };
        let id = shop
            .buy(&[(set, 1)], PaymentMethod::BankTransfer)
            .await
            .order
            .id;
        edit(&shop, id, with(&shop, id, 3, &[]).await)
            .await
            .unwrap();
        assert_eq!(held().await, (6, 3));
        edit(&shop, id, with(&shop, id, 2, &[(shop.tea, 1)]).await)
            .await
            .unwrap();
        assert_eq!((held().await, found("pot").await), ((5, 2), 1));
        let too_many = edit(&shop, id, with(&shop, id, 11, &[]).await).await;
        assert!(
            matches!(
                too_many,
                Err(FlowError::Inventory(InventoryError::OutOfStock { .. }))
            ),
            "{too_many:?}"
        );
        assert_eq!(held().await, (5, 2));
        edit(&shop, id, with(&shop, id, 0, &[]).await)
            .await
            .unwrap();
        assert_eq!((held().await, found("pot").await), ((1, 0), 0));
        edit(&shop, id, with(&shop, id, 1, &[(set, 2)]).await)
            .await
            .unwrap();
        assert_eq!((held().await, found("pot").await), ((5, 2), 1));
        let lines = shop.lines(id).await;
        assert_eq!(
            (lines[0].parts.len(), lines[1].parts.len()),
            (0, 2),
            "a new bundle knows its parts"
        );
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// Delivery home to Taipei and New Taipei at its usual price with cash at the door, to Penghu for 250 dollars without, and to
/// nowhere else.
pub(crate) async fn two_zones(shop: &Shop) {
    let zone_of = |regions: &[&str], position: i64, rate: i64| NewZone {
        name: format!("zone {position}"),
        places: vec![ZonePlace {
            country: "TW".into(),
            regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        }],
        position,
        rates: vec![(
            "home".into(),
            NewRate {
                basis: Basis::Amount,
                steps: vec![Step { from: 0, rate }],
                free_over: None,
                days_min: 1,
                days_max: 3,
                cash_on_delivery: position == 0,
            },
        )],
    };
    let zones = [
        zone_of(&["臺北市", "新北市"], 0, DELIVERY),
        zone_of(&["澎湖縣"], 1, 25_000),
    ];
    for zone in zones {
        let saved = shop
            .ctx
            .write(async move |tx, ctx| zone::save(tx, ctx, None, &zone).await);
        saved.await.unwrap();
    }
}

/// An address in a region of Taiwan, and otherwise as it is.
pub(crate) fn in_region(address: Address, region: &str) -> Address {
    let city = divisions::cities("TW", region)[0];
    Address {
        region: region.to_owned(),
        city: city.to_owned(),
        postal_code: divisions::postal_code("TW", region, city)
            .unwrap()
            .to_owned(),
        ..address
    }
}

/// ORD-04, O10: delivery stays at its price where it costs the same at the new address, costs what it costs there where it
/// does not, and an address to which it does not go is refused.
#[test]
fn delivery_costs_what_it_costs_there() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let goods = [(shop.tea, 1)];
        let placed = shop.buy(&goods, PaymentMethod::CashOnDelivery).await;
        let id = placed.order.id;
        let paid = shop.paid(&[(shop.tea, 1)]).await.order.id;
        two_zones(&shop).await;
        let to = async |id: OrderId, region: &str| {
            let mut moved = as_is(&shop, id).await;
            moved.address = in_region(moved.address, region);
            edit(&shop, id, moved).await
        };
        let near = to(id, "新北市").await.unwrap();
        assert_eq!(near.shipping, twd(DELIVERY));
        let island = to(id, "澎湖縣").await;
        assert!(
            matches!(island, Err(FlowError::Fields(_))),
            "no courier takes cash there: {island:?}"
        );
        let far = to(paid, "澎湖縣").await.unwrap();
        assert_eq!(
            (far.shipping, far.total),
            (twd(25_000), twd(58_000 + 25_000))
        );
        assert_eq!(far.payment_state, PaymentState::PartlyPaid);
        let nowhere = to(paid, "花蓮縣").await;
        assert!(
            matches!(nowhere, Err(FlowError::Fields(_))),
            "it does not go there: {nowhere:?}"
        );
    });
}

/// O5, P3: a card that was asked for the old amount and answers late pays nothing: its money lies in suspense to be given
/// back, and the order still waits for what it costs now.
#[test]
fn a_late_success_of_the_old_amount_pays_nothing() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.buy(&[(shop.tea, 1)], PaymentMethod::Card).await;
        let id = placed.order.id;
        edit(&shop, id, with(&shop, id, 2, &[]).await)
            .await
            .unwrap();
        let old = shop.payments(id).await.remove(0);
        assert_eq!(old.state, Try::Cancelled);
        let success = Outcome::Succeeded(Success {
            reference: "late-1".into(),
            amount: old.amount,
            live: old.live,
            at: shop.ctx.now(),
        });
        let recorded = shop.ctx.write(async move |tx, ctx| {
            order::lock(tx, id).await?;
            let recorded = payments::record::record(tx, ctx, old.id, &success).await?;
            operations::flows::collect_payment::apply(tx, ctx, &recorded).await?;
            Ok::<_, FlowError>(recorded)
        });
        assert_eq!(recorded.await.unwrap().effect, Effect::Quarantined);
        let order = shop.order(id).await;
        assert_eq!(
            (order.state, order.payment_state),
            (OrderState::Placed, PaymentState::Pending)
        );
        assert_eq!(shop.money(id).await.captured, twd(0));
    });
}

/// P4, O11, S8: any number of changes, payments and refunds of one order at once leave it whole.
#[test]
fn changes_of_one_order_race() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 2)]).await;
        let id = placed.order.id;
        let mut running = Vec::new();
        for units in [1, 3, 5, 2, 4, 1, 6, 2] {
            let (shop, proposal) = (shop.clone(), with(&shop, id, units, &[]).await);
            running.push(tokio::spawn(async move {
                edit(&shop, id, proposal).await.is_ok()
            }));
        }
        for _ in 0..3 {
            let shop = shop.clone();
            running.push(tokio::spawn(async move {
                shop.transfer(id, twd(58_000)).await.is_ok()
            }));
        }
        let mut done = 0;
        for task in running {
            done += usize::from(task.await.unwrap());
        }
        assert!(done >= 1);
        shop.drain().await;
        let (order, money) = (shop.order(id).await, shop.money(id).await);
        assert_eq!(money.due, order.total);
        let units: i64 = shop.lines(id).await.iter().map(|l| l.quantity).sum();
        assert_eq!(shop.units(shop.tea).await, (100, units));
        shop.reconcile().await;
    });
}
