//! Zones and their rates.

use fulfilment::{
    FulfilmentError, Place, ShopCalendar, Tariff,
    delivery::{self, NewDeliveryMethod},
    zone::{self, Basis, NewRate, NewZone, Step, Zone, ZonePlace},
};
use kernel::{Currency, DeliveryZoneId, Locale, Money, Texts};
use proptest::prelude::*;
use testkit::{START, World};

fn twd(dollars: i64) -> Money {
    Money::new(dollars * 100, Currency::TWD)
}

fn place(country: &str, regions: &[&str]) -> ZonePlace {
    ZonePlace {
        country: country.into(),
        regions: regions.iter().map(|r| (*r).to_owned()).collect(),
    }
}

fn rate(basis: Basis, steps: &[(i64, i64)]) -> NewRate {
    NewRate {
        basis,
        steps: steps
            .iter()
            .map(|(from, dollars)| Step {
                from: *from,
                rate: dollars * 100,
            })
            .collect(),
        free_over: None,
        days_min: 1,
        days_max: 3,
        cash_on_delivery: true,
    }
}

fn method(code: &str, position: i64) -> NewDeliveryMethod {
    NewDeliveryMethod {
        code: code.into(),
        name: Texts::one(Locale::Hant, code),
        description: Texts::default(),
        carrier: "tcat".into(),
        rate: twd(100),
        free_over: Some(twd(1_000)),
        days_min: 1,
        days_max: 2,
        cash_on_delivery: true,
        max_weight_g: None,
        position,
        pickup: None,
    }
}

async fn keep(world: &World, zone: NewZone) -> Result<DeliveryZoneId, FulfilmentError> {
    world
        .ctx
        .write(async move |tx, ctx| zone::save(tx, ctx, None, &zone).await)
        .await
}

fn zone(name: &str, places: &[ZonePlace], rates: &[(&str, NewRate)]) -> NewZone {
    NewZone {
        name: name.into(),
        places: places.to_vec(),
        // The main island first, whatever the database thinks of the order of names.
        position: if name == "本島" { 0 } else { 1 },
        rates: rates
            .iter()
            .map(|(code, rate)| ((*code).to_owned(), rate.clone()))
            .collect(),
    }
}

async fn tariff(world: &World) -> Tariff {
    world
        .ctx
        .read(async |rx, _| zone::tariff(rx).await)
        .await
        .unwrap()
}

fn rates(
    tariff: &Tariff,
    country: &str,
    region: &str,
    goods: i64,
    weight: i64,
) -> Vec<(String, i64)> {
    let methods = tariff.at(Place { country, region });
    delivery::quote(
        &methods,
        twd(goods),
        weight,
        START,
        &ShopCalendar::default(),
    )
    .into_iter()
    .map(|q| (q.code, q.rate.amount / 100))
    .collect()
}

/// Zones in which something is offered say how far parcels go; a way without zones goes beyond them.
#[test]
fn zones_say_how_far_parcels_go() {
    testkit::run(async |world| {
        for (code, position) in [("home", 1), ("post", 2)] {
            let new = method(code, position);
            let made = world
                .ctx
                .write(async move |tx, ctx| delivery::create(tx, ctx, new.clone()).await);
            made.await.unwrap();
        }
        let before = tariff(world).await;
        assert!(before.countries().is_empty() && before.goes_beyond_zones());
        let flat = || rate(Basis::Amount, &[(0, 90)]);
        let zones = [
            zone("本島", &[place("TW", &[])], &[("home", flat())]),
            zone(
                "港澳",
                &[place("HK", &[]), place("MO", &[])],
                &[("home", flat())],
            ),
            zone("日本", &[place("JP", &[])], &[]),
        ];
        for zone in zones {
            keep(world, zone).await.unwrap();
        }
        let some = tariff(world).await;
        assert_eq!(some.countries(), ["TW", "HK", "MO"]);
        assert!(some.goes_beyond_zones(), "the post has no rates");
        keep(world, zone("其他", &[place("*", &[])], &[("post", flat())]))
            .await
            .unwrap();
        let all = tariff(world).await;
        assert!(all.countries().contains(&zone::ANYWHERE) && !all.goes_beyond_zones());
    });
}

/// STF-15: a cart is quoted by the zone of its address: by weight here, by its sum there, and not at all where no zone is;
/// a way without zones goes everywhere at its own rate, as before.
#[test]
fn a_cart_is_quoted_by_its_zone() {
    testkit::run(async |world| {
        for (code, position) in [("home", 1), ("post", 2), ("pickup", 3)] {
            let new = method(code, position);
            let made = world
                .ctx
                .write(async move |tx, ctx| delivery::create(tx, ctx, new.clone()).await);
            made.await.unwrap();
        }
        let before = tariff(world).await;
        assert_eq!(
            rates(&before, "FR", "", 50, 1).len(),
            3,
            "without zones every way goes everywhere"
        );
        let islands = ["澎湖縣", "金門縣", "連江縣"];
        let by_weight = rate(Basis::Weight, &[(0, 90), (5_000, 150), (10_000, 220)]);
        let by_sum = rate(Basis::Amount, &[(0, 300), (200_000, 150)]);
        keep(
            world,
            zone("本島", &[place("TW", &[])], &[("home", by_weight.clone())]),
        )
        .await
        .unwrap();
        keep(
            world,
            zone("離島", &[place("TW", &islands)], &[("post", by_weight)]),
        )
        .await
        .unwrap();
        keep(
            world,
            zone(
                "港澳",
                &[place("HK", &[]), place("MO", &[])],
                &[("home", by_sum)],
            ),
        )
        .await
        .unwrap();
        let all = tariff(world).await;
        let one = |code: &str, amount| (code.to_owned(), amount);
        let own = one("pickup", 100);
        assert_eq!(
            rates(&all, "TW", "臺北市", 50, 4_999),
            [one("home", 90), own.clone()]
        );
        assert_eq!(
            rates(&all, "TW", "台北市", 50, 5_000),
            [one("home", 150), own.clone()]
        );
        assert_eq!(
            rates(&all, "TW", "金門縣", 50, 99_000),
            [one("post", 220), own.clone()]
        );
        assert_eq!(
            rates(&all, "HK", "", 1_999, 1),
            [one("home", 300), one("pickup", 0)]
        );
        assert_eq!(
            rates(&all, "MO", "", 2_000, 1),
            [one("home", 150), one("pickup", 0)]
        );
        assert_eq!(
            rates(&all, "FR", "", 50, 1),
            std::slice::from_ref(&own),
            "nobody else goes there"
        );
        assert_eq!(rates(&all, "", "", 50, 1), [one("home", 90), own]);
        assert_eq!(all.at_home().len(), 2);
    });
}

/// Zones that are refused, each with the field that is wrong.
fn wrong_zones(good: &NewRate) -> Vec<(NewZone, &'static str)> {
    vec![
        (zone(" ", &[place("TW", &[])], &[]), "name"),
        (zone("x", &[], &[]), "places"),
        (zone("x", &[place("Taiwan", &[])], &[]), "places"),
        (
            zone(
                "x",
                &[place("TW", &[])],
                &[("home", rate(Basis::Weight, &[(10, 90)]))],
            ),
            "steps",
        ),
        (
            zone(
                "x",
                &[place("TW", &[])],
                &[("home", rate(Basis::Weight, &[(0, 90), (0, 80)]))],
            ),
            "steps",
        ),
        (
            zone(
                "x",
                &[place("TW", &[])],
                &[(
                    "home",
                    NewRate {
                        days_max: 0,
                        ..good.clone()
                    },
                )],
            ),
            "days_max",
        ),
        (
            zone(
                "x",
                &[place("TW", &[])],
                &[(
                    "home",
                    NewRate {
                        free_over: Some(-100),
                        ..good.clone()
                    },
                )],
            ),
            "free_over",
        ),
    ]
}

/// STF-15: what cannot be charged, or would be in two zones, is refused and says where.
#[test]
fn impossible_zones_are_refused() {
    testkit::run(async |world| {
        let new = method("home", 1);
        let made = world
            .ctx
            .write(async move |tx, ctx| delivery::create(tx, ctx, new.clone()).await);
        made.await.unwrap();
        let good = rate(Basis::Weight, &[(0, 90)]);
        for (zone, field) in wrong_zones(&good) {
            let tried = keep(world, zone).await;
            assert!(
                matches!(tried, Err(FulfilmentError::InvalidDelivery(found)) if found == field),
                "{field}: {tried:?}"
            );
        }
        let id = keep(
            world,
            zone("台灣", &[place("TW", &[])], &[("home", good.clone())]),
        )
        .await
        .unwrap();
        let twice = keep(
            world,
            zone("又一個", &[place("HK", &[]), place("TW", &[])], &[]),
        )
        .await;
        assert!(
            matches!(twice, Err(FulfilmentError::PlaceTaken { place, zone }) if place == "TW" && zone == "台灣")
        );
        let unknown = keep(world, zone("x", &[place("HK", &[])], &[("pigeon", good)])).await;
        assert!(matches!(unknown, Err(FulfilmentError::UnknownDelivery)));
        let remove = async || {
            world
                .ctx
                .write(async move |tx, ctx| zone::remove(tx, ctx, id).await)
                .await
        };
        remove().await.unwrap();
        assert!(matches!(remove().await, Err(FulfilmentError::UnknownZone)));
        assert_eq!(tariff(world).await.rates, []);
    });
}

fn any_place() -> impl Strategy<Value = ZonePlace> {
    let country = prop::sample::select(vec!["TW", "HK", "CN", "*"]);
    let regions = prop::collection::vec(
        prop::sample::select(vec!["臺北市", "高雄市", "金門縣"]),
        0..3,
    );
    (country, regions)
        .prop_map(|(country, regions)| place(country, if country == "*" { &[] } else { &regions }))
}

proptest! {
    /// STF-15: every address has one zone at most, the one that names its region before the one with its country before
    /// the one for everywhere; and the order of the zones decides only between equals.
    #[test]
    fn the_closest_zone_counts(
        zones in prop::collection::vec(prop::collection::vec(any_place(), 1..4), 0..5),
        country in prop::sample::select(vec!["TW", "HK", "US"]),
        region in prop::sample::select(vec!["臺北市", "金門縣", "九龍"]),
    ) {
        let zones: Vec<Zone> = zones.into_iter().enumerate().map(|(n, places)| Zone {
            id: DeliveryZoneId::new(), name: n.to_string(), places, position: 0,
        }).collect();
        let names = |zone: &Zone| zone.places.iter().any(|p| p.country == country && p.regions.iter().any(|r| r == region));
        let whole = |zone: &Zone| zone.places.iter().any(|p| p.country == country && p.regions.is_empty());
        let anywhere = |zone: &Zone| zone.places.iter().any(|p| p.country == "*");
        let expected = zones.iter().find(|z| names(z)).or_else(|| zones.iter().find(|z| whole(z))).or_else(|| zones.iter().find(|z| anywhere(z)));
        let found = zone::zone_of(&zones, Place { country, region });
        prop_assert_eq!(found.map(|z| z.id), expected.map(|z| z.id));
    }

    /// O4: a rate is that of the last step reached: it is one of the steps, and it changes only where a step begins.
    #[test]
    fn a_rate_changes_only_at_its_steps(froms in prop::collection::btree_set(1_i64..5_000, 0..6), reached in 0_i64..6_000) {
        let steps: Vec<Step> = std::iter::once(0).chain(froms.iter().copied()).enumerate()
            .map(|(n, from)| Step { from, rate: i64::try_from(n).unwrap() * 100 }).collect();
        let rate = zone::rate_at(&steps, reached).unwrap();
        let below = froms.iter().filter(|from| **from <= reached).count();
        prop_assert_eq!(rate, i64::try_from(below).unwrap() * 100);
        if reached > 0 && !froms.contains(&reached) {
            prop_assert_eq!(zone::rate_at(&steps, reached - 1), Some(rate));
        }
    }
}
