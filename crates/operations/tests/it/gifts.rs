//! A gift with orders of enough goods (STF-16): held with the rest, given once, at no price, through the whole life of an
//! order, on both databases.

use std::collections::BTreeMap;

use catalog::{product, sellable};
use kernel::{OrderId, VariantId};
use operations::{
    FlowError,
    flows::{
        decide_gift::{self, NewGift},
        deliver_parcel, drop_gift,
        edit_order::{self, Proposal},
        end_order, pick_order,
        place_order::{self, PlaceOrder, Seen},
        refund_order::{self, What, Which},
        undo_cancellation::undo_cancellation,
    },
    gift,
    pricing::{self, Priced},
};
use orders::{Order, OrderLine, OrderState, PaymentMethod, PaymentState};

use crate::shop::{Shop, back, draft, twd, units};

/// One of these with goods for this much.
pub(crate) async fn gives(shop: &Shop, sku: &str, from: i64) -> Result<(), FlowError> {
    let new = NewGift {
        on: true,
        sku: sku.to_uppercase(),
        from: Some(twd(from)),
    };
    shop.ctx
        .write(async move |tx, ctx| decide_gift::decide(tx, ctx, &new).await)
        .await
}

/// What a cart of these goods costs and what comes with it.
async fn priced(shop: &Shop, goods: &[(VariantId, i64)]) -> Priced {
    let token = shop.cart(goods).await;
    let read = shop.ctx.read(async move |rx, ctx| {
        let found = operations::flows::cart::find_with_lines(rx, ctx, Some(&token)).await?;
        let (_, lines) = found.ok_or(FlowError::EmptyCart)?;
        pricing::price(rx, ctx, lines, &draft(PaymentMethod::Card)).await
    });
    read.await.unwrap()
}

/// The order of a cart whose buyer saw a gift.
fn seeing(cart: &str, gift: Option<VariantId>) -> PlaceOrder {
    PlaceOrder {
        token: Some(cart.to_owned()),
        idempotency_key: None,
        request: String::new(),
        seen: Seen { total: None, gift },
    }
}

fn gift_of(lines: &[OrderLine]) -> Option<&OrderLine> {
    lines.iter().find(|line| line.gift)
}

async fn ordered(shop: &Shop, goods: &[(VariantId, i64)]) -> OrderId {
    shop.buy(goods, PaymentMethod::BankTransfer).await.order.id
}

/// STF-16, O1, O2, S3: below the sum it is said how much is missing, at the sum one unit comes as a line at no price that
/// costs the order nothing; it is held with the goods, and a gift that is gone is not promised.
#[test]
fn a_gift_comes_with_enough_goods() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 12_000, 2).await;
        gives(&shop, "fan", 174_000).await.unwrap();
        let below = priced(&shop, &[(shop.tea, 2)]).await;
        let offered = below.gift.as_ref().unwrap();
        assert_eq!(
            (offered.remaining, below.given().is_some()),
            (twd(58_000), false)
        );
        assert_eq!(below.totals.lines.len(), 1);
        let at = priced(&shop, &[(shop.tea, 3)]).await;
        assert!(at.given().is_some());
        assert_eq!(at.totals.subtotal, twd(174_000));

        for left in [1, 0] {
            let id = ordered(&shop, &[(shop.tea, 3)]).await;
            let lines = shop.lines(id).await;
            let given = gift_of(&lines).unwrap();
            assert_eq!(
                (
                    given.variant_id,
                    given.quantity,
                    given.unit_price,
                    given.total
                ),
                (fan, 1, twd(0), twd(0))
            );
            assert_eq!((given.discount, given.tax_included), (twd(0), twd(0)));
            assert_eq!(shop.order(id).await.subtotal, twd(174_000));
            let (on_hand, reserved) = shop.units(fan).await;
            assert_eq!(on_hand - reserved, left);
        }
        assert!(priced(&shop, &[(shop.tea, 3)]).await.gift.is_none());
        let without = ordered(&shop, &[(shop.tea, 3)]).await;
        assert!(gift_of(&shop.lines(without).await).is_none());
        assert_eq!(shop.order(without).await.subtotal, twd(174_000));
    });
}

/// STF-16, S1, S2: of buyers who order at once for the last gift one gets it; the others, who saw it too, are told and
/// order without it at the same total.
#[test]
fn the_last_gift_is_given_once() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 12_000, 1).await;
        gives(&shop, "fan", 58_000).await.unwrap();
        let mut carts = Vec::new();
        for _ in 0..8 {
            carts.push(shop.ready(&[(shop.tea, 1)], PaymentMethod::Card).await);
        }
        let tasks: Vec<_> = carts
            .iter()
            .map(|cart| {
                let input = seeing(cart, Some(fan));
                let ctx = shop.ctx.clone();
                tokio::spawn(async move { place_order::place_order(&ctx, input).await })
            })
            .collect();
        let mut given = 0;
        for (cart, task) in carts.iter().zip(tasks) {
            let placed = match task.await.unwrap() {
                Err(FlowError::GiftGone) => {
                    let again = place_order::place_order(&shop.ctx, seeing(cart, None));
                    again.await.unwrap()
                }
                other => other.unwrap(),
            };
            let lines = shop.lines(placed.order.id).await;
            given += gift_of(&lines).map_or(0, |line| line.quantity);
            assert_eq!(shop.order(placed.order.id).await.subtotal, twd(58_000));
        }
        assert_eq!((given, shop.units(fan).await), (1, (1, 1)));
        assert_eq!(shop.units(shop.tea).await, (100, 8));
    });
}

/// STF-16, S5: goods of the cart come before the gift, also where they are the same; what a bundle needs is needed by the
/// gift too.
#[test]
fn goods_come_before_the_gift() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        gives(&shop, "cup", 32_000).await.unwrap();
        assert!(priced(&shop, &[(shop.tea, 1)]).await.given().is_some());
        let same = priced(&shop, &[(shop.cup, 1), (shop.tea, 1)]).await;
        assert!(same.gift.is_none() && same.problems().is_empty());
        let placed = ordered(&shop, &[(shop.cup, 1)]).await;
        assert!(gift_of(&shop.lines(placed).await).is_none());
        let box_of = crate::bundles::box_of(&shop, "giftbox", &[(shop.pot, 6)]).await;
        gives(&shop, "giftbox", 58_000).await.unwrap();
        let id = ordered(&shop, &[(shop.pot, 4)]).await;
        assert_eq!(gift_of(&shop.lines(id).await).unwrap().variant_id, box_of);
        assert_eq!(shop.units(shop.pot).await, (10, 10));
    });
}

async fn edited(shop: &Shop, id: OrderId, lines: &[(usize, i64)]) -> Order {
    let known = shop.lines(id).await;
    let lines: BTreeMap<_, _> = lines
        .iter()
        .map(|(at, units)| (known[*at].id, (*units, None)))
        .collect();
    let proposal = Proposal {
        lines,
        reason: Some("顧客來電".into()),
        ..Proposal::of(&shop.order(id).await)
    };
    edit_order::edit(&shop.ctx, id, proposal, Seen::default())
        .await
        .unwrap()
}

/// STF-16, ORD-04, S8: the gift goes with the goods that reached the sum and comes with those that reach it again; it is
/// taken out like any line; a shop that gives nothing any more leaves it with orders that have it.
#[test]
fn a_gift_follows_the_goods() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 12_000, 1).await;
        gives(&shop, "fan", 174_000).await.unwrap();
        let id = ordered(&shop, &[(shop.tea, 3), (shop.cup, 1)]).await;
        edited(&shop, id, &[(1, 0)]).await;
        assert!(gift_of(&shop.lines(id).await).is_some(), "still enough");
        let fewer = edited(&shop, id, &[(0, 2)]).await;
        assert!(gift_of(&shop.lines(id).await).is_none());
        assert_eq!(
            (shop.units(fan).await, fewer.subtotal),
            ((1, 0), twd(116_000))
        );
        edited(&shop, id, &[(0, 4)]).await;
        assert_eq!(gift_of(&shop.lines(id).await).unwrap().quantity, 1);
        assert_eq!(shop.units(fan).await, (1, 1));
        edited(&shop, id, &[(1, 0)]).await;
        assert!(gift_of(&shop.lines(id).await).is_none());
        edited(&shop, id, &[(0, 5)]).await;
        assert!(gift_of(&shop.lines(id).await).is_none(), "it was taken out");

        let other = ordered(&shop, &[(shop.tea, 3)]).await;
        let off = NewGift {
            on: false,
            sku: String::new(),
            from: None,
        };
        let none = shop
            .ctx
            .write(async move |tx, ctx| decide_gift::decide(tx, ctx, &off).await);
        none.await.unwrap();
        edited(&shop, other, &[(0, 1)]).await;
        assert!(gift_of(&shop.lines(other).await).is_some());
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// STF-16, O11, P7, S13: an order with a gift is paid, sent in parts, given back by units and whole; every unit and every
/// cent is where it belongs.
#[test]
fn an_order_with_a_gift_ties_out() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 12_000, 5).await;
        gives(&shop, "fan", 116_000).await.unwrap();
        let sent = shop.paid(&[(shop.tea, 2)]).await.order.id;
        let lines = shop.lines(sent).await;
        let (tea, given) = (lines[0].id, gift_of(&lines).unwrap().id);
        pick_order::pick(&shop.ctx, sent).await.unwrap();
        shop.ship(sent, Some(vec![(given, 1)])).await.unwrap();
        shop.ship(sent, None).await.unwrap();
        assert_eq!(
            (shop.units(fan).await, shop.units(shop.tea).await),
            ((4, 0), (98, 0))
        );
        assert_eq!(shop.order(sent).await.state, OrderState::Shipped);
        let came = |line, count| (line, count, Which::Shipped { restock: true });
        let asked = back(sent, units(&[came(tea, 1), came(given, 1)]));
        refund_order::refund(&shop.ctx, asked).await.unwrap();
        shop.drain().await;
        assert_eq!(shop.money(sent).await.refunded, twd(58_000));
        assert_eq!(
            (shop.units(fan).await, shop.units(shop.tea).await),
            ((5, 0), (99, 0))
        );
        let only = back(sent, units(&[came(given, 1)]));
        assert!(refund_order::refund(&shop.ctx, only).await.is_err());

        let whole = shop.paid(&[(shop.tea, 2)]).await.order.id;
        let everything = back(whole, What::Everything { restock: false });
        refund_order::refund(&shop.ctx, everything).await.unwrap();
        shop.drain().await;
        let over = shop.order(whole).await;
        assert_eq!(
            (over.state, over.payment_state),
            (OrderState::Cancelled, PaymentState::Refunded)
        );
        let off = shop.paid(&[(shop.tea, 2)]).await.order.id;
        end_order::cancel(&shop.ctx, off, "changed_mind")
            .await
            .unwrap();
        shop.drain().await;
        assert_eq!(shop.units(fan).await, (5, 0));
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// STF-16, S13: a gift is not sent by itself: it goes with the last goods that are given back before anything left; one that
/// cannot be sent is taken out, and the order goes on.
#[test]
fn a_gift_is_not_sent_by_itself() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 12_000, 5).await;
        gives(&shop, "fan", 116_000).await.unwrap();
        let gone = shop.paid(&[(shop.tea, 2)]).await.order.id;
        let tea = shop.lines(gone).await[0].id;
        for units_of in [1, 1] {
            let asked = back(gone, units(&[(tea, units_of, Which::Unshipped)]));
            refund_order::refund(&shop.ctx, asked).await.unwrap();
        }
        assert_eq!(shop.order(gone).await.state, OrderState::Cancelled);
        assert_eq!(shop.units(fan).await, (5, 0));

        let sent = shop.paid(&[(shop.tea, 2)]).await.order.id;
        pick_order::pick(&shop.ctx, sent).await.unwrap();
        let tea = shop.lines(sent).await[0].id;
        shop.ship(sent, Some(vec![(tea, 2)])).await.unwrap();
        assert_eq!(shop.order(sent).await.state, OrderState::PartlyShipped);
        let on = drop_gift::drop_gift(&shop.ctx, sent).await.unwrap();
        assert_eq!(
            (on.state, shop.units(fan).await),
            (OrderState::Shipped, (5, 0))
        );
        let twice = drop_gift::drop_gift(&shop.ctx, sent).await;
        assert!(matches!(twice, Err(FlowError::WrongState)), "{twice:?}");
        shop.drain().await;
        shop.reconcile().await;
        shop.nothing_failed().await;
    });
}

/// STF-16, P8: cash that the courier took is money also where the gift was what the order still waited for.
#[test]
fn cash_is_collected_when_the_gift_was_the_last() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        shop.goods("fan", 12_000, 5).await;
        gives(&shop, "fan", 58_000).await.unwrap();
        let placed = shop
            .buy(&[(shop.tea, 1)], PaymentMethod::CashOnDelivery)
            .await;
        let id = placed.order.id;
        pick_order::pick(&shop.ctx, id).await.unwrap();
        let tea = shop.lines(id).await[0].id;
        let parcel = shop.ship(id, Some(vec![(tea, 1)])).await.unwrap();
        deliver_parcel::deliver(&shop.ctx, parcel.id).await.unwrap();
        let waits = shop.order(id).await;
        assert_eq!(waits.state, OrderState::PartlyShipped);
        drop_gift::drop_gift(&shop.ctx, id).await.unwrap();
        let now = shop.order(id).await;
        assert_eq!(
            (now.state, now.payment_state),
            (OrderState::Delivered, PaymentState::Paid)
        );
        assert_eq!(shop.money(id).await.captured, now.total);
        shop.drain().await;
        let letters = shop.messages(id).await;
        assert!(letters.contains(&"order_changed") && letters.contains(&"order_paid"));
        shop.nothing_failed().await;
    });
}

/// STF-16, ORD-04: what a gift was taken out of can be changed, called off and restored like any other order.
#[test]
fn an_order_goes_on_without_its_gift() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 12_000, 5).await;
        gives(&shop, "fan", 58_000).await.unwrap();
        let placed = shop.paid(&[(shop.tea, 1)]).await.order;
        drop_gift::drop_gift(&shop.ctx, placed.id).await.unwrap();
        edited(&shop, placed.id, &[(0, 2)]).await;
        end_order::cancel_by_buyer(&shop.ctx, placed.token.clone())
            .await
            .unwrap();
        undo_cancellation(&shop.ctx, placed.token.clone())
            .await
            .unwrap();
        assert!(gift_of(&shop.lines(placed.id).await).is_none());
        assert_eq!(
            (shop.units(fan).await, shop.units(shop.tea).await),
            ((5, 0), (100, 2))
        );
        shop.drain().await;
        shop.nothing_failed().await;
    });
}

/// STF-16, ORD-04: units that a changed order takes itself are not given away beside it.
#[test]
fn a_change_takes_its_goods_before_the_gift() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 60_000, 3).await;
        gives(&shop, "fan", 180_000).await.unwrap();
        let id = ordered(&shop, &[(fan, 2)]).await;
        edited(&shop, id, &[(0, 3)]).await;
        assert!(gift_of(&shop.lines(id).await).is_none());
        assert_eq!(shop.units(fan).await, (3, 3));
    });
}

/// STF-16: what is not on sale can be given, what was put away cannot, and nothing is given by a decision that is not
/// whole.
#[test]
fn what_can_be_given() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let fan = shop.goods("fan", 12_000, 5).await;
        for (sku, from, field) in [
            ("", 1_000, "sku"),
            ("nothing", 1_000, "sku"),
            ("fan", 0, "from"),
            ("fan", -100, "from"),
        ] {
            let refused = gives(&shop, sku, from).await;
            let Err(FlowError::Fields(wrong)) = refused else {
                panic!("{refused:?}")
            };
            assert_eq!(wrong[0].field, field);
        }
        let decided = shop.ctx.read(async |rx, _| gift::load(rx).await);
        assert_eq!(decided.await.unwrap(), gift::GiftRule::default());
        gives(&shop, " fan ", 58_000).await.unwrap();
        for archived in [false, true] {
            let write = shop.ctx.write(async move |tx, ctx| {
                let sold = sellable::of(tx, &[fan]).await?;
                if archived {
                    product::archive(tx, ctx, sold[0].product_id).await?;
                } else {
                    product::unpublish(tx, ctx, sold[0].product_id).await?;
                }
                Ok::<_, FlowError>(())
            });
            write.await.unwrap();
            let found = priced(&shop, &[(shop.tea, 1)]).await;
            assert_eq!(found.given().is_none(), archived);
        }
        assert!(gives(&shop, "fan", 58_000).await.is_err());
    });
}
