//! Ways to deliver, what they cost, and the shop's calendar.

use std::collections::BTreeSet;

use fulfilment::{
    DeliveryMethod, FulfilmentError, PickupTerms, ShopCalendar,
    calendar::{self, Day},
    delivery::{self, NewDeliveryMethod},
    zone::{self, Basis, NewRate, NewZone, Place, Step, Tariff, ZonePlace},
};
use jiff::civil::date;
use kernel::{Currency, Locale, Money, Texts};
use testkit::{START, World};

fn twd(dollars: i64) -> Money {
    Money::new(dollars * 100, Currency::TWD)
}

fn home() -> NewDeliveryMethod {
    NewDeliveryMethod {
        code: "home".into(),
        name: Texts::one(Locale::Hant, "宅配"),
        description: Texts::default(),
        carrier: "tcat".into(),
        rate: twd(120),
        free_over: Some(twd(1_500)),
        days_min: 1,
        days_max: 2,
        cash_on_delivery: true,
        max_weight_g: Some(20_000),
        position: 1,
        pickup: None,
    }
}

fn post() -> NewDeliveryMethod {
    NewDeliveryMethod {
        code: "post".into(),
        carrier: "post".into(),
        rate: twd(80),
        free_over: None,
        days_min: 2,
        days_max: 4,
        cash_on_delivery: false,
        max_weight_g: None,
        position: 2,
        pickup: None,
        ..home()
    }
}

async fn create(world: &World, method: NewDeliveryMethod) -> Result<(), FulfilmentError> {
    world
        .ctx
        .write(async move |tx, ctx| delivery::create(tx, ctx, method.clone()).await)
        .await
        .map(|_| ())
}

async fn offered(world: &World) -> Vec<DeliveryMethod> {
    world
        .ctx
        .read(async |rx, _| delivery::list_active(rx).await)
        .await
        .unwrap()
}

/// STF-15, STF-16: before ordering, a cart is told every rate, from what sum it is free, and when it would arrive; free
/// begins exactly at its sum.
#[test]
fn a_cart_is_quoted_before_ordering() {
    testkit::run(async |world| {
        create(world, post()).await.unwrap();
        create(world, home()).await.unwrap();
        let methods = offered(world).await;
        assert_eq!(
            methods.iter().map(|m| m.code.as_str()).collect::<Vec<_>>(),
            ["home", "post"]
        );
        let rates = |goods, weight| {
            let quotes = delivery::quote(&methods, goods, weight, START, &ShopCalendar::default());
            (
                quotes.iter().map(|q| q.rate).collect::<Vec<_>>(),
                delivery::cheapest(&quotes).map(|q| q.code.clone()),
            )
        };
        assert_eq!(
            rates(twd(1_499), 500),
            (vec![twd(120), twd(80)], Some("post".into()))
        );
        assert_eq!(
            rates(twd(1_500), 500),
            (vec![twd(0), twd(80)], Some("home".into()))
        );
        assert_eq!(rates(twd(1_500), 20_000).0.len(), 2);
        assert_eq!(
            rates(twd(1_500), 20_001),
            (vec![twd(80)], Some("post".into()))
        );
        assert_eq!(rates(Money::new(9_999, Currency::HKD), 1), (vec![], None));
        let quotes = delivery::quote(&methods, twd(100), 1, START, &ShopCalendar::default());
        assert_eq!(quotes[0].estimate, (date(2026, 3, 3), date(2026, 3, 4)));
        assert_eq!(
            (quotes[0].free_over, quotes[0].cash_on_delivery),
            (Some(twd(1_500)), true)
        );
        let late = delivery::quote(
            &methods,
            twd(100),
            1,
            START.plus_seconds(4 * 3_600),
            &ShopCalendar::default(),
        );
        assert_eq!(late[0].estimate, (date(2026, 3, 4), date(2026, 3, 5)));
    });
}

/// Of two ways at the same price, the one that arrives first is the cheapest.
#[test]
fn cheapest_breaks_ties_by_arrival() {
    testkit::run(async |world| {
        create(
            world,
            NewDeliveryMethod {
                rate: twd(120),
                ..post()
            },
        )
        .await
        .unwrap();
        create(
            world,
            NewDeliveryMethod {
                position: 3,
                pickup: None,
                ..home()
            },
        )
        .await
        .unwrap();
        let quotes = delivery::quote(
            &offered(world).await,
            twd(100),
            1,
            START,
            &ShopCalendar::default(),
        );
        assert_eq!(quotes[0].code, "post");
        assert_eq!(delivery::cheapest(&quotes).unwrap().code, "home");
    });
}

type Spoil = fn(&mut NewDeliveryMethod);

/// A way to deliver is checked before it is offered: the field that is wrong is named.
#[test]
fn ways_to_deliver_are_checked() {
    testkit::run(async |world| {
        let pigeon = NewDeliveryMethod {
            carrier: "pigeon".into(),
            ..post()
        };
        assert!(matches!(
            create(world, pigeon).await,
            Err(FulfilmentError::UnknownCarrier(_))
        ));
        let wrong: [(&str, Spoil); 8] = [
            ("code", |m| m.code = "Post Office".into()),
            ("name", |m| m.name = Texts::default()),
            ("rate", |m| m.rate = Money::new(-100, Currency::TWD)),
            ("rate", |m| m.rate = Money::new(8_050, Currency::TWD)),
            ("free_over", |m| {
                m.free_over = Some(Money::new(100, Currency::HKD));
            }),
            ("days_min", |m| m.days_min = -1),
            ("days_max", |m| m.days_max = 1),
            ("max_weight_g", |m| m.max_weight_g = Some(0)),
        ];
        for (field, spoil) in wrong {
            let mut method = post();
            spoil(&mut method);
            let tried = create(world, method).await;
            assert!(
                matches!(tried, Err(FulfilmentError::InvalidDelivery(found)) if found == field),
                "{field}: {tried:?}"
            );
        }
        assert!(offered(world).await.is_empty());
    });
}

/// A way to deliver has a code of its own, and one that is no longer offered is still known to the orders that chose it.
#[test]
fn ways_to_deliver_come_and_go() {
    testkit::run(async |world| {
        create(world, home()).await.unwrap();
        let again = create(world, home()).await;
        assert!(matches!(again, Err(FulfilmentError::DeliveryCodeTaken(code)) if code == "home"));
        let update = async |method: NewDeliveryMethod, active| {
            world
                .ctx
                .write(async move |tx, ctx| delivery::update(tx, ctx, &method, active).await)
                .await
        };
        assert!(matches!(
            update(post(), true).await,
            Err(FulfilmentError::UnknownDelivery)
        ));
        update(
            NewDeliveryMethod {
                rate: twd(99),
                ..home()
            },
            false,
        )
        .await
        .unwrap();
        assert!(offered(world).await.is_empty());
        let known = world
            .ctx
            .read(async |rx, _| delivery::by_code(rx, "home").await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((known.rate, known.active), (twd(99), false));
    });
}

/// CHK-14: the calendar is the shop's own setting: kept as it was set, with its time zone, and never one by which nothing
/// could leave.
#[test]
fn the_calendar_is_a_setting() {
    testkit::run(async |world| {
        let load = async || {
            world
                .ctx
                .read(async |rx, _| calendar::load(rx).await)
                .await
                .unwrap()
        };
        let save = async |calendar: ShopCalendar| {
            world
                .ctx
                .write(async move |tx, ctx| calendar::save(tx, ctx, &calendar).await)
                .await
        };
        assert_eq!(load().await, ShopCalendar::default());
        let set = ShopCalendar {
            zone: jiff::tz::TimeZone::get("Asia/Hong_Kong").unwrap(),
            cutoff_minute: 15 * 60,
            working_days: BTreeSet::from([Day::Mon, Day::Sat]),
            holidays: BTreeSet::from([date(2026, 10, 10)]),
            extra_days: BTreeSet::from([date(2026, 10, 11)]),
            ..ShopCalendar::default()
        };
        save(set.clone()).await.unwrap();
        assert_eq!(load().await, set);
        let stored = serde_json::to_value(&set).unwrap();
        assert_eq!(
            (stored["zone"].as_str(), stored["working_days"][1].as_str()),
            (Some("Asia/Hong_Kong"), Some("sat"))
        );
        let wrong = [
            (
                "cutoff_minute",
                ShopCalendar {
                    cutoff_minute: 1_440,
                    ..set.clone()
                },
            ),
            (
                "collection_minute",
                ShopCalendar {
                    collection_minute: 14 * 60,
                    ..set.clone()
                },
            ),
            (
                "working_days",
                ShopCalendar {
                    working_days: BTreeSet::new(),
                    ..set.clone()
                },
            ),
        ];
        for (field, calendar) in wrong {
            let tried = save(calendar).await;
            assert!(
                matches!(tried, Err(FulfilmentError::InvalidCalendar(found)) if found == field),
                "{field}: {tried:?}"
            );
        }
        assert_eq!(load().await, set);
    });
}

type SpoilTerms = fn(&mut PickupTerms);

fn stores() -> NewDeliveryMethod {
    NewDeliveryMethod {
        code: "711".into(),
        carrier: "711".into(),
        rate: twd(60),
        free_over: None,
        position: 3,
        pickup: Some(PickupTerms {
            chain: "711".into(),
            keep_days: 7,
            most: Some(twd(20_000)),
        }),
        ..home()
    }
}

/// CHK-04: a way to a chain of stores is kept with its terms, is offered only where the chain has stores, takes no parcel
/// that is worth more than agreed, and collects no more; wrong terms name their field.
#[test]
fn a_way_can_end_at_a_store() {
    testkit::run(async |world| {
        create(world, home()).await.unwrap();
        create(world, stores()).await.unwrap();
        let kept = offered(world).await;
        assert_eq!(kept[1].pickup, stores().pickup);
        assert_eq!(kept[0].pickup, None);
        let codes = |country: &str, goods: i64| -> Vec<String> {
            let tariff = Tariff {
                methods: kept.clone(),
                ..Tariff::default()
            };
            let place = Place {
                country,
                region: "臺北市",
            };
            let calendar = ShopCalendar::default();
            let quotes = delivery::quote(&tariff.at(place), twd(goods), 1, START, &calendar);
            quotes.into_iter().map(|quote| quote.code).collect()
        };
        assert_eq!(codes("TW", 20_000), ["home", "711"]);
        assert_eq!(codes("TW", 20_001), ["home"]);
        assert_eq!(codes("HK", 100), ["home"]);
        assert!(kept[1].takes_cash(twd(20_000)) && !kept[1].takes_cash(twd(20_001)));
        assert!(kept[0].takes_cash(twd(50_000)));
        let spoilt: [(&str, SpoilTerms); 3] = [
            ("pickup_chain", |terms| terms.chain = "corner-shop".into()),
            ("pickup_days", |terms| terms.keep_days = 0),
            ("pickup_most", |terms| terms.most = Some(twd(0))),
        ];
        for (field, spoil) in spoilt {
            let mut wrong = stores();
            wrong.code = "other".into();
            spoil(wrong.pickup.as_mut().unwrap());
            let refused = create(world, wrong).await;
            assert!(
                matches!(refused, Err(FulfilmentError::InvalidDelivery(named)) if named == field),
                "{field}: {refused:?}"
            );
        }
        let write = world.ctx.write(async |tx, ctx| {
            let door = NewDeliveryMethod {
                pickup: None,
                ..stores()
            };
            delivery::update(tx, ctx, &door, true).await
        });
        write.await.unwrap();
        assert_eq!(offered(world).await[1].pickup, None);
    });
}

/// CHK-04: a store costs the same wherever the buyer lives, because nobody knows where it stands: what the chain's country
/// costs where no region is named.
#[test]
fn a_store_costs_what_its_country_costs() {
    testkit::run(async |world| {
        create(world, home()).await.unwrap();
        create(world, stores()).await.unwrap();
        let rate = |dollars: i64| NewRate {
            basis: Basis::Amount,
            steps: vec![Step {
                from: 0,
                rate: dollars * 100,
            }],
            free_over: None,
            days_min: 1,
            days_max: 2,
            cash_on_delivery: true,
        };
        let zone = |name: &str, regions: &[&str], dollars| NewZone {
            name: name.into(),
            places: vec![ZonePlace {
                country: "TW".into(),
                regions: regions.iter().map(|r| (*r).to_owned()).collect(),
            }],
            position: 1,
            rates: vec![
                ("home".into(), rate(dollars)),
                ("711".into(), rate(dollars)),
            ],
        };
        for kept in [zone("本島", &[], 60), zone("離島", &["金門縣"], 200)] {
            let write = world
                .ctx
                .write(async move |tx, ctx| zone::save(tx, ctx, None, &kept).await);
            write.await.unwrap();
        }
        let tariff = world
            .ctx
            .read(async |rx, _| zone::tariff(rx).await)
            .await
            .unwrap();
        let islands = tariff.at(Place {
            country: "TW",
            region: "金門縣",
        });
        let costs: Vec<_> = islands
            .iter()
            .map(|way| (way.code.as_str(), way.rate))
            .collect();
        assert_eq!(costs, [("home", twd(200)), ("711", twd(60))]);
    });
}
