//! Who comes: how many people on a day, from where, on what, and how likely each is to go on.

use kernel::{Address, Email, Phone, SessionId, VisitorId};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Where simulated shoppers have their mail. The ending is reserved for examples, so nobody can ever have it; whoever
/// sends the shop's letters leaves these out.
pub const MAIL_DOMAIN: &str = "shoppers.example";

/// One person before the shop.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) visitor: VisitorId,
    pub(crate) number: u64,
    pub(crate) source: &'static Source,
    pub(crate) device: &'static str,
    /// Whether this person has bought here before.
    pub(crate) known: bool,
}

/// Where people come from.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its code, as every visit keeps it.
    pub(crate) code: &'static str,
    /// Of a thousand visits.
    share: u32,
    /// Of a hundred of its visits, those by telephone.
    phones: u32,
    /// Of a thousand people who are shown a card there, those who open it; `None` where nothing is shown.
    clicks: Option<u32>,
    /// Of a thousand visits, those that end with their first page, by telephone.
    bounces: u32,
    /// How likely its people are to buy, compared with others, in percent.
    eager: u32,
    /// How its links are tagged: place and way.
    pub(crate) tags: Option<(&'static str, &'static str)>,
    /// The page that led here.
    pub(crate) referrer: Option<&'static str>,
    /// Whether its links lead to one product rather than to the home page.
    pub(crate) to_product: bool,
}

const USUAL: Source = Source {
    code: "direct",
    share: 130,
    phones: 56,
    clicks: None,
    bounces: 430,
    eager: 150,
    tags: None,
    referrer: None,
    to_product: false,
};

/// Where people come from when they come back without being led.
pub(crate) static DIRECT: Source = USUAL;

/// All sources. Paid places show the most and convince the fewest; those who know the shop need no card.
static SOURCES: [Source; 12] = [
    USUAL,
    Source {
        code: "google",
        share: 200,
        phones: 64,
        clicks: Some(42),
        bounces: 500,
        eager: 110,
        referrer: Some("https://www.google.com/"),
        ..USUAL
    },
    Source {
        code: "ad:google",
        share: 140,
        phones: 66,
        clicks: Some(36),
        bounces: 560,
        eager: 95,
        tags: Some(("google", "cpc")),
        to_product: true,
        ..USUAL
    },
    Source {
        code: "ad:facebook",
        share: 110,
        phones: 90,
        clicks: Some(22),
        bounces: 640,
        eager: 62,
        tags: Some(("facebook", "cpc")),
        to_product: true,
        ..USUAL
    },
    Source {
        code: "ad:instagram",
        share: 70,
        phones: 94,
        clicks: Some(19),
        bounces: 660,
        eager: 55,
        tags: Some(("instagram", "cpc")),
        to_product: true,
        ..USUAL
    },
    Source {
        code: "instagram",
        share: 80,
        phones: 92,
        clicks: Some(24),
        bounces: 600,
        eager: 70,
        referrer: Some("https://l.instagram.com/"),
        to_product: true,
        ..USUAL
    },
    Source {
        code: "facebook",
        share: 70,
        phones: 85,
        clicks: Some(26),
        bounces: 590,
        eager: 72,
        referrer: Some("https://l.facebook.com/"),
        ..USUAL
    },
    Source {
        code: "line",
        share: 90,
        phones: 93,
        clicks: Some(48),
        bounces: 400,
        eager: 150,
        tags: Some(("line", "social")),
        ..USUAL
    },
    Source {
        code: "youtube",
        share: 25,
        phones: 78,
        clicks: Some(15),
        bounces: 650,
        eager: 50,
        referrer: Some("https://m.youtube.com/"),
        to_product: true,
        ..USUAL
    },
    Source {
        code: "yahoo",
        share: 25,
        phones: 40,
        clicks: Some(30),
        bounces: 540,
        eager: 95,
        referrer: Some("https://tw.search.yahoo.com/"),
        ..USUAL
    },
    Source {
        code: "email",
        share: 40,
        phones: 58,
        clicks: Some(46),
        bounces: 360,
        eager: 190,
        tags: Some(("newsletter", "email")),
        to_product: true,
        ..USUAL
    },
    Source {
        code: "referral:teablog.example",
        share: 20,
        phones: 55,
        bounces: 420,
        eager: 120,
        referrer: Some("https://teablog.example/"),
        ..USUAL
    },
];

/// Chance of somebody who stayed to put something into the cart, in thousandths, before everything else.
const EAGER: u32 = 165;

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

impl Source {
    /// How many people are shown a card here for one who opens it, that one included; 0 where nothing is shown.
    pub(crate) fn shown(&self, luck: &mut StdRng) -> u32 {
        self.clicks.map_or(0, |clicks| {
            (1_000 * luck.random_range(60..=140) / (clicks * 100)).max(1)
        })
    }

    /// Whether cards are shown here.
    pub(crate) const fn has_cards(&self) -> bool {
        self.clicks.is_some()
    }

    /// The device of somebody who comes from here.
    pub(crate) fn device(&self, luck: &mut StdRng) -> &'static str {
        let drawn = luck.random_range(0..100);
        if drawn < self.phones {
            "phone"
        } else if drawn < self.phones + (100 - self.phones) / 8 {
            "tablet"
        } else {
            "desktop"
        }
    }
}

impl Person {
    /// A new face.
    pub(crate) fn meet(number: u64, luck: &mut StdRng) -> Self {
        let all: Vec<&'static Source> = SOURCES.iter().collect();
        let source = weighted(&all, luck, |s| s.share).unwrap_or(&DIRECT);
        Self {
            visitor: VisitorId::new(),
            number,
            source,
            device: source.device(luck),
            known: false,
        }
    }

    /// The same person on another day: who has bought comes by the newsletter, or without being led.
    pub(crate) fn again(&self, luck: &mut StdRng) -> Self {
        let letter = SOURCES.iter().find(|s| s.code == "email");
        let source = letter.filter(|_| luck.random_range(0..3) == 0);
        Self {
            source: source.unwrap_or(&DIRECT),
            known: true,
            ..self.clone()
        }
    }

    /// Chance to leave after the first page, in thousandths; a small screen loses more people.
    pub(crate) fn bounces(&self) -> u32 {
        let by_device = if self.device == "phone" { 100 } else { 78 };
        let by_past = if self.known { 55 } else { 100 };
        self.source.bounces * by_device / 100 * by_past / 100
    }

    /// Chance to put something into the cart after a look around, in thousandths.
    pub(crate) fn eager(&self, has_asked: bool) -> u32 {
        let by_device = match self.device {
            "desktop" => 150,
            "tablet" => 115,
            _ => 90,
        };
        let by_past = if self.known { 160 } else { 100 };
        let by_answer = if has_asked { 190 } else { 100 };
        EAGER * self.source.eager / 100 * by_device / 100 * by_past / 100 * by_answer / 100
    }

    /// The visit of this person that begins now.
    pub(crate) fn visit(&self) -> platform::Visit {
        platform::Visit {
            visitor: self.visitor,
            session: SessionId::new(),
            source: self.source.code.into(),
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
        Email::parse(&format!("shopper-{:05}@{MAIL_DOMAIN}", self.number)).ok()
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
            ..Address::default()
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
                .map(|n| Person::meet(n, &mut generator(seed, 3, n)).source.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(crowd(7), crowd(7));
        assert_ne!(crowd(7), crowd(8));
        assert_eq!(visitors_on(7, 12, 100), visitors_on(7, 12, 100));
    }

    /// TRF-05: of the people who are shown a card somewhere, one to five of a hundred open it.
    #[test]
    fn few_of_those_who_see_a_card_open_it() {
        assert_eq!(SOURCES.iter().map(|s| s.share).sum::<u32>(), 1_000);
        for source in SOURCES.iter().filter(|s| s.clicks.is_some()) {
            let mut luck = generator(7, 1, 1);
            let shown: u32 = (0..500).map(|_| source.shown(&mut luck)).sum();
            assert!(
                (20..=100).contains(&(shown / 500)),
                "{}: {shown} people for 500 visits",
                source.code
            );
        }
        assert_eq!(DIRECT.shown(&mut generator(7, 1, 1)), 0);
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
