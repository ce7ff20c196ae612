//! Who comes: how many people on a day, from where, on what, and how likely each is to go on.

use kernel::{Address, Email, Phone, SessionId, VisitorId};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// One person before the shop.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) visitor: VisitorId,
    pub(crate) number: u64,
    pub(crate) source: &'static str,
    pub(crate) device: &'static str,
    /// Chance to put something into the cart, in thousandths.
    pub(crate) eager: u32,
}

/// Where people come from: code, share, and how eager they are compared with the others (percent).
const SOURCES: &[(&str, u32, u32)] = &[
    ("google", 26, 120),
    ("direct", 17, 150),
    ("facebook", 16, 70),
    ("instagram", 14, 75),
    ("line", 10, 170),
    ("youtube", 6, 60),
    ("yahoo", 5, 100),
    ("email", 4, 210),
    ("referral:teablog.example", 2, 110),
];

const SURNAMES: &[&str] = &[
    "陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "許", "鄭", "謝", "郭", "洪",
];

const PLACES: &[(&str, &str, &str, &str)] = &[
    ("106", "臺北市", "大安區", "復興南路一段"),
    ("110", "臺北市", "信義區", "松仁路"),
    ("220", "新北市", "板橋區", "文化路一段"),
    ("234", "新北市", "永和區", "中正路"),
    ("330", "桃園市", "桃園區", "中山路"),
    ("300", "新竹市", "東區", "光復路二段"),
    ("407", "臺中市", "西屯區", "臺灣大道三段"),
    ("500", "彰化縣", "彰化市", "中正路二段"),
    ("600", "嘉義市", "西區", "民族路"),
    ("701", "臺南市", "東區", "東門路二段"),
    ("802", "高雄市", "苓雅區", "中正一路"),
    ("970", "花蓮縣", "花蓮市", "中華路"),
];

/// A generator that depends on the seed and on what it is for, so that one more visitor changes nobody else.
pub(crate) fn generator(seed: u64, day: i64, number: u64) -> StdRng {
    let mixed = seed
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(day.unsigned_abs().wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_add(number.wrapping_mul(0x94d0_49bb_1331_11eb));
    StdRng::seed_from_u64(mixed)
}

/// How many people come on a day: more at the weekend and in the evening of the history, with some luck.
pub(crate) fn visitors_on(seed: u64, day: i64, mean: u32) -> u32 {
    let mut luck = generator(seed, day, u64::MAX);
    let weekday = day.rem_euclid(7);
    let rhythm = if weekday >= 5 {
        125
    } else {
        90 + u32::try_from(weekday).unwrap_or_default() * 3
    };
    mean * rhythm * luck.random_range(80..=120) / 10_000
}

impl Person {
    /// A new face.
    pub(crate) fn meet(number: u64, luck: &mut StdRng) -> Self {
        let (source, _, factor) = weighted(SOURCES, luck, |s| s.1).unwrap_or(("direct", 1, 100));
        let device = match luck.random_range(0..100) {
            0..64 => "phone",
            64..70 => "tablet",
            _ => "desktop",
        };
        let eager = 130 * factor / 100 * if device == "desktop" { 125 } else { 100 } / 100;
        Self {
            visitor: VisitorId::new(),
            number,
            source,
            device,
            eager,
        }
    }

    /// The visit of this person that begins now.
    pub(crate) fn visit(&self) -> platform::Visit {
        platform::Visit {
            visitor: self.visitor,
            session: SessionId::new(),
            source: self.source.into(),
            device: self.device.into(),
        }
    }

    /// The surname and a form of address, as delivery notes often have it.
    pub(crate) fn name(&self) -> String {
        let surname = pick(SURNAMES, self.number).copied().unwrap_or("陳");
        format!(
            "{surname}{}",
            if self.number.is_multiple_of(2) {
                "小姐"
            } else {
                "先生"
            }
        )
    }

    /// An address at a domain that reaches nobody.
    pub(crate) fn email(&self) -> Option<Email> {
        Email::parse(&format!("shopper-{:05}@example.com", self.number)).ok()
    }

    /// A number that is not assigned.
    pub(crate) fn phone(&self) -> Option<Phone> {
        Phone::parse(&format!("0900{:06}", self.number % 1_000_000)).ok()
    }

    /// Where this person lives.
    pub(crate) fn address(&self) -> Address {
        let (postal_code, region, city, street) = pick(PLACES, self.number / 3)
            .copied()
            .unwrap_or(("106", "臺北市", "大安區", "和平東路"));
        Address {
            name: self.name(),
            phone: self
                .phone()
                .map_or_else(String::new, |p| p.as_str().to_owned()),
            country: "TW".into(),
            postal_code: postal_code.into(),
            region: region.into(),
            city: city.into(),
            line1: format!("{street}{}號", self.number % 290 + 1),
            line2: Some(format!("{}樓", self.number % 11 + 1)),
        }
    }
}

fn pick<T>(list: &[T], number: u64) -> Option<&T> {
    let length = u64::try_from(list.len()).unwrap_or(1).max(1);
    usize::try_from(number % length)
        .ok()
        .and_then(|i| list.get(i))
}

/// One of `list`, each as likely as its weight.
pub(crate) fn weighted<T: Copy>(
    list: &[T],
    luck: &mut StdRng,
    weight: impl Fn(&T) -> u32,
) -> Option<T> {
    let total: u32 = list.iter().map(&weight).sum();
    let mut drawn = luck.random_range(0..total.max(1));
    for item in list {
        let w = weight(item);
        if drawn < w {
            return Some(*item);
        }
        drawn -= w;
    }
    list.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_people() {
        let crowd = |seed| {
            (0..50)
                .map(|n| Person::meet(n, &mut generator(seed, 3, n)).source)
                .collect::<Vec<_>>()
        };
        assert_eq!(crowd(7), crowd(7));
        assert_ne!(crowd(7), crowd(8));
        assert_eq!(visitors_on(7, 12, 100), visitors_on(7, 12, 100));
    }

    #[test]
    fn addresses_can_receive_parcels() {
        for n in 0..40 {
            let person = Person::meet(n, &mut generator(1, 1, n));
            assert!(person.address().problems().is_empty());
            assert!(person.email().is_some());
        }
    }
}
