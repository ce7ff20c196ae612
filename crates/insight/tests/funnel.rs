//! The funnel against a second, slow count of the same events; days; one product's card.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test speaks by failing"
)]

use std::collections::{BTreeSet, HashSet};

use insight::{
    Range, SourceCode, daily,
    events::ProductListViewed,
    funnel::{self, Funnel, Points, Query},
    listing,
};
use jiff::civil::date;
use kernel::{
    Currency, CustomerId, Money, OrderId, ProductId, SessionId, Timestamp, VisitorId, event,
};
use platform::{
    Visit,
    events::{self, Event},
};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde_json::json;
use testkit::{START, World};
use uuid::Uuid;

/// One thing that happened, as the test knows it.
#[derive(Debug, Clone)]
struct Fact {
    name: &'static str,
    at: Timestamp,
    visit: Option<(VisitorId, &'static str)>,
    customer: Option<CustomerId>,
    order: Option<(OrderId, i64, bool)>,
}

const SOURCES: [&str; 4] = [
    "direct",
    "google",
    "ad:facebook",
    "referral:blog.example.tw",
];
const SECONDS: i64 = 20 * 86_400;

fn visit(visitor: VisitorId, source: &str) -> Visit {
    Visit {
        visitor,
        session: SessionId::new(),
        source: source.into(),
        device: "phone".into(),
    }
}

/// Random facts; orders are placed by visitors, by known customers or by nobody, and paid some time later, or twice,
/// by an event that knows no visit.
fn facts(seed: u64) -> Vec<Fact> {
    let mut random = SmallRng::seed_from_u64(seed);
    let visitors: Vec<VisitorId> = (0..25).map(|_| VisitorId::new()).collect();
    let customers: Vec<CustomerId> = (0..4).map(|_| CustomerId::new()).collect();
    let pages = [
        event::PAGE_VIEWED,
        event::PRODUCT_VIEWED,
        event::PRODUCT_LIST_VIEWED,
        event::PRODUCT_ADDED,
    ];
    let mut all = Vec::new();
    for _ in 0..random.random_range(0..300) {
        let at = START.plus_seconds(random.random_range(0..SECONDS));
        let visitor = visitors[random.random_range(0..visitors.len())];
        let visit = Some((visitor, SOURCES[random.random_range(0..SOURCES.len())]));
        let quiet = Fact {
            name: event::PAGE_VIEWED,
            at,
            visit,
            customer: None,
            order: None,
        };
        match random.random_range(0..10) {
            0 => all.push(Fact {
                name: event::INQUIRY_STARTED,
                ..quiet
            }),
            1..=3 => {
                let amount = random.random_range(1..90) * 100;
                let order = Some((OrderId::new(), amount, random.random_bool(0.4)));
                let customer = random
                    .random_bool(0.5)
                    .then(|| customers[random.random_range(0..customers.len())]);
                let visit = visit.filter(|_| random.random_bool(0.8));
                all.push(Fact {
                    name: event::ORDER_PLACED,
                    visit,
                    customer,
                    order,
                    ..quiet.clone()
                });
                for _ in 0..[0, 1, 1, 2][random.random_range(0..4)] {
                    let at = at.plus_seconds(random.random_range(0..5 * 86_400));
                    all.push(Fact {
                        name: event::ORDER_COMPLETED,
                        at,
                        visit: None,
                        customer: None,
                        order,
                    });
                }
            }
            n => all.push(Fact {
                name: pages[n % pages.len()],
                ..quiet
            }),
        }
    }
    all
}

async fn write(world: &World, facts: Vec<Fact>) {
    let work = world.ctx.write(async move |tx, ctx| {
        for fact in &facts {
            let ctx = ctx.during(fact.visit.map(|(visitor, source)| visit(visitor, source)));
            let payload = match fact.order {
                Some((_, amount, inquired)) if fact.name == event::ORDER_PLACED => {
                    json!({ "total": Money::new(amount, Currency::TWD), "inquired": inquired, "items": [] })
                }
                _ => json!({}),
            };
            let mut event = Event::new(fact.name, &payload).customer(fact.customer);
            if let Some((order, ..)) = fact.order {
                event = event.about(order);
            }
            events::emit_at(tx, &ctx, fact.at, event).await?;
        }
        Ok::<_, platform::DbError>(())
    });
    work.await.unwrap();
}

/// The order's placing, found the slow way.
fn placing(facts: &[Fact], order: OrderId) -> &Fact {
    facts
        .iter()
        .find(|f| f.name == event::ORDER_PLACED && f.order.unwrap().0 == order)
        .unwrap()
}

fn source_of(fact: &Fact) -> &'static str {
    fact.visit.map_or("unknown", |(_, source)| source)
}

fn person(placed: &Fact) -> Uuid {
    placed
        .visit
        .map(|(v, _)| v.0)
        .or(placed.customer.map(|c| c.0))
        .unwrap_or(placed.order.unwrap().0.0)
}

/// The points of one source, or of all, counted by looking at every fact for each of them.
fn slow_points(facts: &[Fact], range: Range, source: Option<&str>) -> Points {
    let inside: Vec<&Fact> = facts.iter().filter(|f| range.contains(f.at)).collect();
    let from = |f: &&&Fact| source.is_none_or(|s| source_of(f) == s);
    let who = |names: &[&str]| -> HashSet<Uuid> {
        inside
            .iter()
            .filter(from)
            .filter(|f| names.contains(&f.name))
            .filter_map(|f| f.visit)
            .map(|(v, _)| v.0)
            .collect()
    };
    let shown = who(&[event::PRODUCT_LIST_VIEWED]);
    let arrived = who(&[
        event::PAGE_VIEWED,
        event::PRODUCT_VIEWED,
        event::INQUIRY_STARTED,
        event::ORDER_PLACED,
    ]);
    let asked = who(&[event::INQUIRY_STARTED]);
    let orders = |name: &str| -> BTreeSet<OrderId> {
        let named = inside
            .iter()
            .filter(|f| f.name == name)
            .map(|f| f.order.unwrap().0);
        named
            .filter(|id| source.is_none_or(|s| source_of(placing(facts, *id)) == s))
            .collect()
    };
    let people = |ids: &BTreeSet<OrderId>| {
        ids.iter()
            .map(|id| person(placing(facts, *id)))
            .collect::<HashSet<_>>()
    };
    let sum = |ids: &BTreeSet<OrderId>| {
        ids.iter()
            .map(|id| placing(facts, *id).order.unwrap().1)
            .sum::<i64>()
    };
    let (placed, paid) = (orders(event::ORDER_PLACED), orders(event::ORDER_COMPLETED));
    let ordered_after = inside
        .iter()
        .filter(|f| f.name == event::ORDER_PLACED && f.order.unwrap().2)
        .map(|f| person(f));
    let ordered_after: HashSet<Uuid> = ordered_after.collect();
    let n = |count: usize| i64::try_from(count).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "the counts of a test are small")]
    let rate = |of: usize, per: usize| (per > 0).then(|| of as f64 / per as f64);
    let dollars = |cents: i64, count: usize| {
        (count > 0).then(|| {
            Money::new(
                (cents + 50 * n(count)) / (100 * n(count)) * 100,
                Currency::TWD,
            )
        })
    };
    let (orderers, payers) = (people(&placed).len(), people(&paid).len());
    let both = asked.intersection(&ordered_after).count();
    Points {
        impressions: n(shown.len()),
        visitors: n(arrived.len()),
        inquirers: n(asked.len()),
        orderers: n(orderers),
        payers: n(payers),
        inquired_orderers: n(both),
        orders: n(placed.len()),
        paid_orders: n(paid.len()),
        placed_sales: Money::new(sum(&placed), Currency::TWD),
        paid_sales: Money::new(sum(&paid), Currency::TWD),
        browse_rate: rate(arrived.len(), shown.len()),
        inquiry_rate: rate(asked.len(), arrived.len()),
        order_rate: rate(both, asked.len()),
        payment_rate: rate(payers, orderers),
        conversion_rate: rate(payers, arrived.len()),
        placed_rate: rate(orderers, arrived.len()),
        orders_per_buyer: rate(paid.len(), payers),
        aov: dollars(sum(&paid), paid.len()),
        visitor_value: dollars(sum(&paid), arrived.len()),
    }
}

async fn ask(world: &World, range: Range, source: Option<&str>) -> Funnel {
    let query = Query {
        range,
        currency: Currency::TWD,
        source: source.map(SourceCode::stored),
    };
    world
        .ctx
        .read_snapshot(async move |rx, _| funnel::by_source(rx, &query).await)
        .await
        .unwrap()
}

fn check_paths(facts: &[Fact], range: Range, funnel: &Funnel) {
    let inside = || facts.iter().filter(|f| range.contains(f.at));
    let buyers = |asked: bool| -> HashSet<Uuid> {
        inside()
            .filter(|f| f.name == event::ORDER_PLACED && f.order.unwrap().2 == asked)
            .map(person)
            .collect()
    };
    let arrived: HashSet<Uuid> = inside()
        .filter(|f| ![event::PRODUCT_LIST_VIEWED, event::PRODUCT_ADDED].contains(&f.name))
        .filter_map(|f| f.visit)
        .map(|(v, _)| v.0)
        .collect();
    let asked: HashSet<Uuid> = inside()
        .filter(|f| f.name == event::INQUIRY_STARTED)
        .filter_map(|f| f.visit)
        .map(|(v, _)| v.0)
        .chain(buyers(true))
        .collect();
    let [inquiry, silent] = funnel.paths.as_slice() else {
        panic!("two paths")
    };
    assert_eq!(usize::try_from(inquiry.visitors).unwrap(), asked.len());
    assert_eq!(
        usize::try_from(inquiry.orderers).unwrap(),
        buyers(true).len()
    );
    assert_eq!(
        usize::try_from(silent.orderers).unwrap(),
        buyers(false).len()
    );
    assert!(
        inquiry.order_rate.is_none_or(|rate| rate <= 1.0),
        "ANA-36: {inquiry:?}"
    );
    let everybody_visited = inside()
        .filter(|f| f.name == event::ORDER_PLACED)
        .all(|f| f.visit.is_some());
    if everybody_visited {
        let never_asked = arrived
            .iter()
            .filter(|p| !asked.contains(*p) || buyers(false).contains(*p))
            .count();
        assert_eq!(usize::try_from(silent.visitors).unwrap(), never_asked);
    }
    assert_eq!(
        inquiry.paid_sales.plus(silent.paid_sales).unwrap(),
        funnel.totals.paid_sales
    );
}

/// TRF-01, ANA-36: whatever happened, the funnel says what a slow count of every event says, for every source and
/// range, and money ties to the cent over sources and ways to an order.
#[test]
fn the_funnel_equals_a_slow_count() {
    testkit::run(async |world| {
        let mut all = Vec::new();
        for seed in 0..6 {
            let more = facts(seed);
            write(world, more.clone()).await;
            all.extend(more);
            for (first, length) in [
                (0, SECONDS + 6 * 86_400),
                (86_400, 3 * 86_400),
                (777, 1),
                (5 * 86_400, 10 * 86_400),
            ] {
                let range = Range::new(
                    START.plus_seconds(first),
                    START.plus_seconds(first + length),
                )
                .unwrap();
                let funnel = ask(world, range, None).await;
                assert_eq!(funnel.totals, slow_points(&all, range, None));
                assert_eq!(funnel.data_until, all.iter().map(|f| f.at).max());
                for row in &funnel.items {
                    assert_eq!(
                        row.points,
                        slow_points(&all, range, Some(&row.source)),
                        "{}",
                        row.source
                    );
                }
                let sales = Money::sum(
                    Currency::TWD,
                    funnel.items.iter().map(|row| row.points.paid_sales),
                )
                .unwrap();
                assert_eq!(sales, funnel.totals.paid_sales);
                check_paths(&all, range, &funnel);
                let one = ask(world, range, Some("google")).await;
                let expected = slow_points(&all, range, Some("google"));
                assert_eq!(
                    (one.totals.visitors, one.totals.paid_sales),
                    (expected.visitors, expected.paid_sales)
                );
            }
        }
    });
}

/// ANA-36: sales are visitors × conversion × orders per buyer × average order, and the rates are what their keys say.
#[test]
fn the_identity_of_sales_holds() {
    testkit::run(async |world| {
        write(world, facts(99)).await;
        let range = Range::new(START, START.plus_seconds(SECONDS * 2)).unwrap();
        let totals = ask(world, range, None).await.totals;
        #[expect(clippy::cast_precision_loss, reason = "the sums of a test are small")]
        let (visitors, orders, sales) = (
            totals.visitors as f64,
            totals.paid_orders as f64,
            totals.paid_sales.amount as f64,
        );
        let product = visitors
            * totals.conversion_rate.unwrap()
            * totals.orders_per_buyer.unwrap()
            * (sales / orders);
        assert!((product - sales).abs() < 0.5, "{product} is not {sales}");
    });
}

/// ANA-36: the days of the first page are the funnel's days, cut at the shop's midnight.
#[test]
fn days_are_the_funnels_days() {
    testkit::run(async |world| {
        let all = facts(7);
        write(world, all.clone()).await;
        let zone = world.ctx.zone().clone();
        let asked = zone.clone();
        let days = world.ctx.read(async move |rx, _| {
            daily::days(rx, &asked, date(2026, 3, 20), 19, Currency::TWD).await
        });
        let days = days.await.unwrap();
        assert_eq!(days.len(), 19);
        for day in &days {
            let civil: jiff::civil::Date = day.date.parse().unwrap();
            let points = slow_points(&all, Range::days(&zone, civil, civil).unwrap(), None);
            assert_eq!(
                (day.visits, day.orders, day.orderers),
                (points.visitors, points.orders, points.orderers)
            );
            assert_eq!(
                (day.paid_orders, day.payers, day.paid_sales),
                (points.paid_orders, points.payers, points.paid_sales)
            );
        }
        assert!(days.iter().any(|day| day.paid_sales.amount > 0));
    });
}

/// P13: an order in another currency is an order, but its money never joins the shop's.
#[test]
fn foreign_money_stays_apart() {
    testkit::run(async |world| {
        let work = world.ctx.write(async |tx, ctx| {
            let order = OrderId::new();
            let payload = json!({ "total": Money::new(5_000, Currency::GBP), "inquired": false });
            events::emit(
                tx,
                ctx,
                Event::new(event::ORDER_PLACED, &payload).about(order),
            )
            .await?;
            events::emit(
                tx,
                ctx,
                Event::new(event::ORDER_COMPLETED, &json!({})).about(order),
            )
            .await
        });
        work.await.unwrap();
        let totals = ask(
            world,
            Range::new(START, START.plus_seconds(1)).unwrap(),
            None,
        )
        .await
        .totals;
        assert_eq!(
            (totals.orders, totals.paid_orders, totals.paid_sales),
            (1, 1, Money::zero(Currency::TWD))
        );
    });
}

/// TRF-05: a card's impressions and opens, counted as people and as times.
#[test]
fn a_card_is_shown_and_opened() {
    testkit::run(async |world| {
        let (tea, pot) = (ProductId::new(), ProductId::new());
        let work = world.ctx.write(async move |tx, ctx| {
            for n in 0..4 {
                let ctx = ctx.during(Some(visit(VisitorId::new(), "line")));
                let products = if n == 3 { vec![pot] } else { vec![pot, tea] };
                let shown = ProductListViewed {
                    list: "home".into(),
                    products,
                    places: Vec::new(),
                };
                events::emit(tx, &ctx, Event::new(event::PRODUCT_LIST_VIEWED, &shown)).await?;
                if n == 0 {
                    events::emit(tx, &ctx, Event::new(event::PRODUCT_LIST_VIEWED, &shown)).await?;
                    for _ in 0..2 {
                        events::emit(
                            tx,
                            &ctx,
                            Event::new(event::PRODUCT_VIEWED, &json!({})).about(tea),
                        )
                        .await?;
                    }
                }
            }
            Ok::<_, platform::DbError>(())
        });
        work.await.unwrap();
        let range = Range::new(START, START.plus_seconds(1)).unwrap();
        let cards = world
            .ctx
            .read(async move |rx, _| listing::all(rx, range).await)
            .await
            .unwrap();
        let (card, other) = (cards[&tea], cards[&pot]);
        assert_eq!((cards.len(), other.impressions, other.opened_by), (2, 5, 0));
        assert_eq!(
            (card.impressions, card.shown_to, card.opens, card.opened_by),
            (4, 3, 2, 1)
        );
        assert_eq!(card.open_rate, Some(1.0 / 3.0));
    });
}

/// TRF-06: a card's usual place in searches is the middle of those that were told, from three on, and other lists do not
/// count.
#[test]
fn searches_tell_where_a_card_stood() {
    testkit::run(async |world| {
        let (tea, pot) = (ProductId::new(), ProductId::new());
        let work = world.ctx.write(async move |tx, ctx| {
            let ctx = ctx.during(Some(visit(VisitorId::new(), "line")));
            let reports = [
                ("search", vec![(tea, 30), (pot, 2)]),
                ("search", vec![(tea, 1), (pot, 4)]),
                ("search", vec![(tea, 40)]),
                ("home", vec![(pot, 9)]),
            ];
            for (list, cards) in reports {
                let (products, places) = cards.into_iter().unzip();
                let shown = ProductListViewed {
                    list: list.into(),
                    products,
                    places,
                };
                events::emit(tx, &ctx, Event::new(event::PRODUCT_LIST_VIEWED, &shown)).await?;
            }
            Ok::<_, platform::DbError>(())
        });
        work.await.unwrap();
        let range = Range::new(START, START.plus_seconds(1)).unwrap();
        let places = world
            .ctx
            .read(async move |rx, _| listing::search_places(rx, range).await)
            .await
            .unwrap();
        assert_eq!((places.get(&tea), places.get(&pot)), (Some(&30), None));
    });
}

/// ANA-36: whoever has asked is known, from then on.
#[test]
fn an_inquiry_is_remembered() {
    testkit::run(async |world| {
        let visitor = VisitorId::new();
        let asked = |at: Timestamp| {
            let ctx = world.ctx.clone();
            async move {
                ctx.read(async move |rx, _| funnel::has_inquired(rx, visitor, at).await)
                    .await
                    .unwrap()
            }
        };
        assert!(!asked(START).await);
        let ctx = world.ctx.during(Some(visit(visitor, "line")));
        ctx.write(async |tx, ctx| {
            events::emit(tx, ctx, Event::new(event::INQUIRY_STARTED, &json!({}))).await
        })
        .await
        .unwrap();
        assert!(asked(START).await);
        assert!(!asked(START.plus_seconds(-1)).await);
    });
}
