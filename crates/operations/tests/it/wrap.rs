//! Presents that are wrapped: what it costs is part of the order's price from the checkout to the last refund.

use kernel::{Locale, OrderId, Texts};
use operations::{
    FlowError,
    flows::{
        assist_order::{self, Way, Worked},
        checkout,
        decide::{self, Identity},
        edit_order::{self, Proposal},
        pick_order,
        place_order::Placed,
        place_order::Seen,
        refund_order::{self, What, Which},
    },
    packing::{self, GiftWrap, PACKING, Packing},
};
use orders::{CheckoutDraft, Order, PaymentMethod, PaymentState};
use payments::{Account, RefundState};
use platform::{DbError, settings};
use testkit::World;

use crate::shop::{DELIVERY, Shop, back, draft, twd, units};

/// What wrapping costs, unless a test says otherwise.
const WRAP: i64 = 6_000;

/// The shop wraps presents for a price, or does not.
async fn wraps(shop: &Shop, price: Option<i64>) {
    let decided = Packing {
        gift_wrap: GiftWrap {
            offered: price.is_some(),
            price: price.unwrap_or(0),
            words: Texts::one(Locale::Hant, "和紙與棉繩"),
        },
        ..Packing::default()
    };
    let write = shop.ctx.write(async move |tx, ctx| {
        settings::save(tx, ctx, PACKING, &decided).await?;
        Ok::<_, DbError>(())
    });
    write.await.unwrap();
}

fn present(method: PaymentMethod) -> CheckoutDraft {
    CheckoutDraft {
        gift_wrap: true,
        ..draft(method)
    }
}

/// An order of tea that is wrapped.
async fn wrapped(shop: &Shop, tea: i64, method: PaymentMethod) -> Placed {
    let token = shop.cart(&[(shop.tea, tea)]).await;
    checkout::save(&shop.ctx, Some(token.clone()), present(method))
        .await
        .unwrap();
    shop.place(&token).await.unwrap()
}

/// The order with or without the wrap.
async fn rewrap(shop: &Shop, id: OrderId, gift_wrap: bool) -> Result<Order, FlowError> {
    let proposal = Proposal {
        gift_wrap,
        reason: Some("顧客來電".into()),
        ..Proposal::of(&shop.order(id).await)
    };
    edit_order::edit(&shop.ctx, id, proposal, Seen::default()).await
}

async fn refund(shop: &Shop, id: OrderId, what: What) -> payments::Refund {
    let asked = refund_order::refund(&shop.ctx, back(id, what))
        .await
        .unwrap();
    shop.drain().await;
    asked
}

async fn money_here(shop: &Shop, id: OrderId) -> i64 {
    let money = shop.money(id).await;
    money.captured.amount - money.refunded.amount
}

/// ORD-15, O1, P7, P8: the price of the wrap is confirmed, paid, kept through a change, earned with the first parcel and
/// given back with the delivery; nothing is left over at the end.
#[test]
fn a_wrapped_order_ties_out() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        wraps(&shop, Some(WRAP)).await;
        let placed = wrapped(&shop, 2, PaymentMethod::BankTransfer).await;
        let (id, total) = (placed.order.id, placed.order.total);
        assert_eq!(total, twd(2 * 58_000 + DELIVERY + WRAP));
        shop.transfer(id, total).await.unwrap();
        // The shop changes its price; an order keeps the one at which it was placed.
        wraps(&shop, Some(9_900)).await;
        let line = shop.lines(id).await[0].id;
        let proposal = Proposal {
            lines: [(line, (3, None))].into(),
            reason: Some("多買一罐".into()),
            ..Proposal::of(&shop.order(id).await)
        };
        let dearer = edit_order::edit(&shop.ctx, id, proposal, Seen::default())
            .await
            .unwrap();
        assert_eq!(
            (dearer.gift_wrap, dearer.total),
            (Some(twd(WRAP)), twd(3 * 58_000 + DELIVERY + WRAP))
        );
        shop.transfer(id, twd(58_000)).await.unwrap();
        pick_order::pick(&shop.ctx, id).await.unwrap();
        shop.ship(id, Some(vec![(line, 1)])).await.unwrap();
        let left = 2 * 58_000;
        let first = [
            (Account::Bank, dearer.total.amount),
            (Account::CustomerOrders, -left),
            (Account::Sales, -58_000),
            (Account::Shipping, -DELIVERY),
            (Account::Fees, -WRAP),
        ];
        assert_eq!(shop.books().await, first);
        shop.ship(id, None).await.unwrap();
        let part = units(&[(line, 1, Which::Shipped { restock: true })]);
        assert_eq!(refund(&shop, id, part).await.amount, twd(58_000));
        settle(&shop, id).await;
        let carriage = What::Units {
            lines: Vec::new(),
            shipping: true,
        };
        let carriage = refund(&shop, id, carriage).await;
        assert_eq!(
            (carriage.amount, carriage.shipping),
            (twd(DELIVERY + WRAP), twd(DELIVERY + WRAP))
        );
        settle(&shop, id).await;
        let rest = refund(&shop, id, What::Everything { restock: false }).await;
        assert_eq!((rest.amount, rest.shipping), (twd(left), twd(0)));
        settle(&shop, id).await;
        let all = [
            (Account::Sales, -3 * 58_000),
            (Account::Shipping, -DELIVERY),
            (Account::Fees, -WRAP),
            (Account::Refunds, dearer.total.amount),
        ];
        assert_eq!(shop.books().await, all);
        assert_eq!(money_here(&shop, id).await, 0);
        assert_eq!(shop.order(id).await.payment_state, PaymentState::Refunded);
        shop.nothing_failed().await;
    });
}

/// Gives back by hand what waits for it.
async fn settle(shop: &Shop, id: OrderId) {
    for asked in shop.refunds(id).await {
        if asked.state == RefundState::Pending {
            refund_order::settle_by_hand(&shop.ctx, asked.id, "bank".into())
                .await
                .unwrap();
        }
    }
    shop.drain().await;
}

/// What can come between an order and its end.
#[derive(Debug, Clone, Copy)]
struct Course {
    /// What wrapping costs; none for an order that is not wrapped.
    wrap: Option<i64>,
    /// Units of tea.
    tea: i64,
    /// Goodwill that is given before anything leaves.
    goodwill: i64,
    /// Units of the first parcel; all of them leave in it when it is as many.
    first: i64,
    /// Whether delivery and wrap are given back before the first parcel, after it, or with the rest.
    carriage: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    Between,
    Last,
}

/// Every course: three prices, with and without goodwill, one parcel or two, the carriage given back at each moment.
fn courses() -> impl Iterator<Item = Course> {
    let wraps = [None, Some(0), Some(WRAP)];
    wraps.into_iter().flat_map(|wrap| {
        [0, 7_000].into_iter().flat_map(move |goodwill| {
            [1, 2].into_iter().flat_map(move |first| {
                let moments = [When::Before, When::Between, When::Last];
                moments.into_iter().map(move |carriage| Course {
                    wrap,
                    tea: 2,
                    goodwill,
                    first,
                    carriage,
                })
            })
        })
    })
}

/// Gives delivery and fees back, and tells how much that was.
async fn carriage_back(shop: &Shop, id: OrderId) -> i64 {
    let what = What::Units {
        lines: Vec::new(),
        shipping: true,
    };
    refund(shop, id, what).await.amount.amount
}

async fn run_course(shop: &Shop, course: Course) {
    let price = 58_000 * course.tea + DELIVERY + course.wrap.unwrap_or(0);
    wraps(shop, course.wrap).await;
    let token = shop.cart(&[(shop.tea, course.tea)]).await;
    let filled = CheckoutDraft {
        gift_wrap: course.wrap.is_some(),
        ..draft(PaymentMethod::Card)
    };
    let quote = checkout::save(&shop.ctx, Some(token.clone()), filled)
        .await
        .unwrap();
    assert_eq!(quote.priced.totals.total, twd(price), "{course:?}");
    let placed = shop
        .place_with(&token, None, Some(twd(price)))
        .await
        .unwrap();
    let id = placed.order.id;
    shop.pay(
        id,
        placed.payment.id,
        payments::demo_card::Scenario::Succeed,
    )
    .await;
    let mut here = price;
    if course.goodwill > 0 {
        refund(shop, id, What::Amount(twd(course.goodwill))).await;
        here -= course.goodwill;
    }
    if course.carriage == When::Before {
        here -= carriage_back(shop, id).await;
    }
    pick_order::pick(&shop.ctx, id).await.unwrap();
    let line = shop.lines(id).await[0].id;
    shop.ship(id, Some(vec![(line, course.first)]))
        .await
        .unwrap();
    if course.carriage == When::Between {
        here -= carriage_back(shop, id).await;
    }
    if course.first < course.tea {
        shop.ship(id, None).await.unwrap();
    }
    assert_eq!(money_here(shop, id).await, here, "{course:?}");
    let rest = refund(shop, id, What::Everything { restock: true }).await;
    assert_eq!(rest.amount, twd(here), "{course:?}");
    assert_eq!(money_here(shop, id).await, 0, "{course:?}");
}

/// ORD-15, P4, P7: whatever comes in between, an order that is shipped and given back whole has earned its goods, its
/// delivery and its wrap once each and has given exactly that back.
#[test]
fn money_ties_out_on_every_course() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (mut orders, mut fees) = (0, 0);
        for course in courses() {
            run_course(&shop, course).await;
            orders += 1;
            fees += course.wrap.unwrap_or(0);
            let (goods, delivery) = (orders * 2 * 58_000, orders * DELIVERY);
            let mut books = vec![(Account::Sales, -goods), (Account::Shipping, -delivery)];
            if fees > 0 {
                books.push((Account::Fees, -fees));
            }
            books.push((Account::Refunds, goods + delivery + fees));
            assert_eq!(shop.books().await, books, "{course:?}");
        }
        assert_eq!(orders, 36);
        shop.reconcile().await;
    });
}

/// ORD-15, CHK-23, O4: nobody pays another price for the wrap than the one that was shown, and what the shop no longer
/// offers is not ordered.
#[test]
fn the_wrap_costs_what_was_shown() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        wraps(&shop, Some(WRAP)).await;
        let token = shop.cart(&[(shop.tea, 1)]).await;
        let save = checkout::save(
            &shop.ctx,
            Some(token.clone()),
            present(PaymentMethod::CashOnDelivery),
        );
        let shown = save.await.unwrap().priced.totals.total;
        wraps(&shop, Some(WRAP + 1_000)).await;
        let placed = shop.place_with(&token, None, Some(shown)).await;
        assert!(
            matches!(placed, Err(FlowError::TotalChanged { confirmed, now })
                if confirmed == shown && now.amount == shown.amount + 1_000),
            "{placed:?}"
        );
        wraps(&shop, None).await;
        let placed = shop.place(&token).await;
        assert!(
            matches!(&placed, Err(FlowError::Fields(wrong)) if wrong[0].field == "gift_wrap"),
            "{placed:?}"
        );
        wraps(&shop, Some(0)).await;
        let order = shop.place(&token).await.unwrap().order;
        assert_eq!(order.total, twd(58_000 + DELIVERY));
        assert_eq!(shop.order(order.id).await.gift_wrap, Some(twd(0)));
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// ORD-04, ORD-15, P4: staff add the wrap at today's price and take it away; a paid order asks for it and gives it back.
#[test]
fn the_wrap_is_added_and_taken_away() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let placed = shop.paid(&[(shop.tea, 1)]).await;
        let (id, bare) = (placed.order.id, placed.order.total);
        let refused = rewrap(&shop, id, true).await;
        assert!(
            matches!(&refused, Err(FlowError::Fields(wrong)) if wrong[0].field == "gift_wrap"),
            "{refused:?}"
        );
        wraps(&shop, Some(WRAP)).await;
        let dearer = rewrap(&shop, id, true).await.unwrap();
        assert_eq!(
            (dearer.total.amount - bare.amount, dearer.payment_state),
            (WRAP, PaymentState::PartlyPaid)
        );
        let rest = shop.payments(id).await.into_iter().last().unwrap();
        assert_eq!(rest.amount, twd(WRAP));
        shop.pay(id, rest.id, payments::demo_card::Scenario::Succeed)
            .await;
        // Off again for others: this order keeps what it has until somebody takes it away.
        wraps(&shop, None).await;
        let kept = rewrap(&shop, id, true).await.unwrap();
        assert_eq!(
            (kept.total, kept.gift_wrap),
            (dearer.total, Some(twd(WRAP)))
        );
        let cheaper = rewrap(&shop, id, false).await.unwrap();
        assert_eq!((cheaper.total, cheaper.gift_wrap), (bare, None));
        shop.drain().await;
        let back = shop.refunds(id).await;
        assert_eq!((back.len(), back[0].amount), (1, twd(WRAP)));
        shop.pick_and_ship(id).await;
        let books = [
            (Account::Card, bare.amount),
            (Account::Sales, -58_000),
            (Account::Shipping, -DELIVERY),
        ];
        assert_eq!(shop.books().await, books);
        shop.drain().await;
        shop.reconcile().await;
    });
}

/// CHK-22, ORD-15: an order that staff put together is wrapped like any other, and what is given away does not touch it.
#[test]
fn an_order_made_for_somebody_is_wrapped() {
    testkit::run(async |world: &World| {
        let shop = Shop::open(world).await;
        wraps(&shop, Some(WRAP)).await;
        let id = assist_order::open(&shop.ctx, None).await.unwrap();
        let worked = Worked {
            checkout: present(PaymentMethod::CashOnDelivery),
            added: [(shop.tea, 1)].into(),
            concession: orders::Concession {
                discount: orders::Discount::None,
                free_shipping: true,
            },
            reason: "老客人".into(),
            ..Worked::default()
        };
        assist_order::save(&shop.ctx, id, worked).await.unwrap();
        let total = twd(58_000 + WRAP);
        let order =
            assist_order::order(&shop.ctx, id, Way::CashOnDelivery, Seen::total(Some(total)))
                .await
                .unwrap();
        assert_eq!((order.total, order.gift_wrap), (total, Some(twd(WRAP))));
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// ORD-15: whoever chooses the shop's currency later wraps for as many yen as it were dollars, not for a hundred times as
/// many.
#[test]
fn a_wrap_costs_the_same_number_in_another_currency() {
    testkit::run(async |world| {
        let written = Packing {
            gift_wrap: GiftWrap {
                offered: true,
                price: 6_000,
                ..GiftWrap::default()
            },
            ..Packing::default()
        };
        let yen = Identity {
            name: Texts::one(Locale::Hant, "茶行"),
            tagline: Texts::default(),
            contact_email: String::new(),
            contact_phone: String::new(),
            contact_line: String::new(),
            ships_from: Texts::default(),
            languages: vec![Locale::Hant],
            currency: Some("JPY".parse().unwrap()),
            zone: "Asia/Taipei".into(),
        };
        world
            .ctx
            .write(async move |tx, ctx| {
                settings::save(tx, ctx, PACKING, &written).await?;
                decide::identity(tx, ctx, &yen).await
            })
            .await
            .unwrap();
        let kept = world.ctx.read(async |rx, _| packing::load(rx).await);
        assert_eq!(kept.await.unwrap().gift_wrap.price, 60);
    });
}
