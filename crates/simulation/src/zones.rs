//! Where the demo shop delivers and at what rates, and when somebody answers there.

use std::collections::BTreeMap;

use fulfilment::{
    calendar::Day,
    delivery::NewDeliveryMethod,
    hours::{BusinessHours, Span},
    zone::{Basis, NewRate, NewZone, Step, ZonePlace},
};
use kernel::Currency;

/// Taiwan, its islands, Hong Kong with Macau, the mainland with Singapore: each with rates of its own. `methods` are the
/// ways to deliver, the courier first, the post last. Stores cost the same wherever they are in Taiwan.
pub(crate) fn zones(methods: &[NewDeliveryMethod], currency: Currency) -> Vec<NewZone> {
    let minor = |units: i64| units * currency.scale();
    let flat = |method: &NewDeliveryMethod, amount: i64, days: (i64, i64)| NewRate {
        basis: Basis::Amount,
        steps: vec![Step {
            from: 0,
            rate: amount,
        }],
        free_over: method.free_over.map(|sum| sum.amount),
        days_min: days.0,
        days_max: days.1,
        cash_on_delivery: method.cash_on_delivery,
    };
    let as_usual = |method: &NewDeliveryMethod| {
        let days = (method.days_min, method.days_max);
        (method.code.clone(), flat(method, method.rate.amount, days))
    };
    let abroad = || NewRate {
        basis: Basis::Weight,
        steps: [(0, 250), (1_000, 380), (3_000, 620)]
            .map(|(from, units)| Step {
                from,
                rate: minor(units),
            })
            .to_vec(),
        free_over: None,
        days_min: 4,
        days_max: 8,
        cash_on_delivery: false,
    };
    let doors = methods.iter().filter(|method| method.pickup.is_none());
    let islands = doors.map(|method| {
        let dearer = method.rate.amount + minor(100);
        (
            method.code.clone(),
            flat(method, dearer, (method.days_min + 1, method.days_max + 2)),
        )
    });
    let by_post = || {
        let post = methods.last().into_iter();
        post.map(|method| (method.code.clone(), abroad()))
            .collect::<Vec<_>>()
    };
    vec![
        zone(
            "臺灣本島",
            &[("TW", &[])],
            1,
            methods.iter().map(as_usual).collect(),
        ),
        zone(
            "離島",
            &[("TW", &["澎湖縣", "金門縣", "連江縣"])],
            2,
            islands.collect(),
        ),
        zone("港澳", &[("HK", &[]), ("MO", &[])], 3, by_post()),
        zone("大陸、新加坡", &[("CN", &[]), ("SG", &[])], 4, by_post()),
    ]
}

fn zone(
    name: &str,
    places: &[(&str, &[&str])],
    position: i64,
    rates: Vec<(String, NewRate)>,
) -> NewZone {
    let place = |(country, regions): &(&str, &[&str])| ZonePlace {
        country: (*country).to_owned(),
        regions: regions.iter().map(|r| (*r).to_owned()).collect(),
    };
    NewZone {
        name: name.to_owned(),
        places: places.iter().map(place).collect(),
        position,
        rates,
    }
}

/// Tuesday to Sunday, from ten to six.
pub(crate) fn hours() -> BusinessHours {
    let day = vec![Span {
        from: 10 * 60,
        to: 18 * 60,
    }];
    let week: BTreeMap<Day, Vec<Span>> = Day::ALL
        .into_iter()
        .filter(|day| *day != Day::Mon)
        .map(|name| (name, day.clone()))
        .collect();
    BusinessHours {
        week,
        on_holidays: false,
    }
}
