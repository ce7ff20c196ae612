//! One product of an assortment: its words, variants, prices and stock, all from the seed and its number.

use catalog::{
    attribute::Attribute,
    product::{NewProduct, ProductOption},
    variant::NewVariant,
};
use kernel::{Currency, Locale, Money, Texts};
use rand::{Rng, rngs::StdRng};

use super::{
    EVERYTHING,
    words::{self, KINDS, Kind, Word},
};
use crate::crowd::generator;

/// Shares of kinds are of so many.
const HUNDRED: usize = 100;
/// A prime that divides no number of combinations, so that its multiples visit each of them once.
const STRIDE: usize = 7_919;

/// A product of an assortment, before it is written.
#[derive(Debug, Clone)]
pub(super) struct Drafted {
    pub(super) kind: &'static Kind,
    /// Handles of its collections.
    pub(super) collections: Vec<&'static str>,
    pub(super) product: NewProduct,
    /// Units of each variant.
    pub(super) units: Vec<i64>,
}

/// The `index`-th product of a seed.
pub(super) fn draft(seed: u64, index: usize) -> Drafted {
    let number = u64::try_from(index).unwrap_or_default();
    let mut luck = generator(seed, 0, number);
    let (kind, ordinal) = kind_of(index);
    let picked = Picked::of(kind, ordinal, seed);
    let title = picked.title(index.is_multiple_of(3));
    let choices = kind
        .choices
        .len()
        .min(1 + luck.random_range(0..4).min(luck.random_range(0..4)));
    let (low, high) = kind.dollars;
    let first = luck.random_range(low..=high) / 10 * 10;
    let drawn = kind.choices.iter().take(choices).enumerate();
    let variants: Vec<NewVariant> = drawn
        .map(|(place, (word, percent, weight))| NewVariant {
            id: None,
            sku: format!("{}-{index:05}-{}", kind.code, place + 1),
            barcode: Some(barcode(index * 10 + place)),
            option_values: if choices > 1 {
                vec![texts(word)]
            } else {
                Vec::new()
            },
            price: dollars(first * percent / 100),
            cost: Some(dollars(first * percent / 220)),
            weight_g: *weight,
            size_mm: None,
        })
        .collect();
    let slug = catalog::rules::slug(title.get(Locale::En)).unwrap_or_default();
    let options = (choices > 1).then(|| ProductOption {
        name: texts(&kind.option),
    });
    Drafted {
        kind,
        collections: [Some(kind.collection), Some(EVERYTHING), picked.theme(index)]
            .into_iter()
            .flatten()
            .collect(),
        units: units(&mut luck, variants.len()),
        product: NewProduct {
            handle: format!("{slug}-{index:05}"),
            subtitle: picked.subtitle(),
            description: picked.description(),
            attributes: picked.attributes(),
            options: options.into_iter().collect(),
            title,
            variants,
            ..NewProduct::default()
        },
    }
}

fn units(luck: &mut StdRng, variants: usize) -> Vec<i64> {
    (0..variants)
        .map(|_| luck.random_range(2_000..=6_000))
        .collect()
}

/// The kind of a product, and how many of that kind come before it. Each hundred has every kind by its share.
fn kind_of(index: usize) -> (&'static Kind, usize) {
    let mut place = index * 37 % HUNDRED;
    for kind in &KINDS {
        if place < kind.share {
            return (kind, index / HUNDRED * kind.share + place);
        }
        place -= kind.share;
    }
    (&KINDS[0], index)
}

/// The words of one product.
struct Picked {
    kind: &'static Kind,
    name: Word,
    place: Word,
    making: Word,
    mark: Word,
    /// How often these words were used before.
    lot: usize,
}

impl Picked {
    fn of(kind: &'static Kind, ordinal: usize, seed: u64) -> Self {
        let sizes = [
            kind.names.len(),
            kind.places.len(),
            kind.makings.len(),
            kind.marks.len(),
        ];
        let total: usize = sizes.iter().product();
        let offset = usize::try_from(seed % 1_000_003).unwrap_or_default();
        let mut rest = (ordinal * STRIDE + offset) % total;
        let mut next = |list: &'static [Word]| {
            let word = list.get(rest % list.len()).copied().unwrap_or_default();
            rest /= list.len();
            word
        };
        Self {
            kind,
            name: next(kind.names),
            place: next(kind.places),
            making: next(kind.makings),
            mark: next(kind.marks),
            lot: ordinal / total,
        }
    }

    /// The selection for an occasion that a tea belongs to.
    fn theme(&self, index: usize) -> Option<&'static str> {
        let is_tea = self.kind.option == words::WEIGHT;
        let first = index.is_multiple_of(11).then_some("first-cup");
        let theme = match self.mark.0 {
            "春茶" | "早春" => Some("spring-harvest"),
            _ if self.name.0.ends_with("茶包") => Some("desk-tea"),
            _ if matches!(self.kind.collection, "green" | "floral") => Some("cold-brew"),
            _ => first,
        };
        theme.filter(|_| is_tea)
    }

    /// 鹿谷輕焙烏龍茶・春茶, or 烏龍茶・鹿谷輕焙春茶 with the name in front.
    fn title(&self, name_first: bool) -> Texts {
        let Self {
            name,
            place,
            making,
            mark,
            ..
        } = self;
        let lot = |before: &str, after: &str| match self.lot {
            0 => String::new(),
            lot => format!("{before}{}{after}", lot + 1),
        };
        let chinese = |dot: &str, [name, place, making, mark]: [&str; 4]| {
            if name_first {
                format!("{name}{dot}{place}{making}{mark}")
            } else {
                format!("{place}{making}{name}{dot}{mark}")
            }
        };
        let english = if name_first {
            format!("{}, {} {}, {}", name.2, place.2, making.2, mark.2)
        } else {
            format!("{} {} {}, {}", place.2, making.2, name.2, mark.2)
        };
        let hant = chinese("・", [name.0, place.0, making.0, mark.0]) + &lot("・第 ", " 批");
        let hans = chinese("·", [name.1, place.1, making.1, mark.1]) + &lot("·第", "批");
        texts(&(&hant, &hans, &(english + &lot(", Lot ", ""))))
    }

    fn subtitle(&self) -> Texts {
        let Self {
            place,
            making,
            mark,
            ..
        } = self;
        texts(&(
            &format!("{}・{}・{}", place.0, making.0, mark.0),
            &format!("{}·{}·{}", place.1, making.1, mark.1),
            &format!("{}, {}, {}", place.2, making.2, mark.2),
        ))
    }

    fn description(&self) -> Texts {
        let Self {
            name,
            place,
            making,
            mark,
            ..
        } = self;
        let about = self.kind.about;
        texts(&(
            &format!(
                "來自{}的{}，{}，{}。\n\n{}",
                place.0, name.0, making.0, mark.0, about.0
            ),
            &format!(
                "来自{}的{}，{}，{}。\n\n{}",
                place.1, name.1, making.1, mark.1, about.1
            ),
            &format!(
                "{} from {}: {}, {}.\n\n{}",
                name.2, place.2, making.2, mark.2, about.2
            ),
        ))
    }

    fn attributes(&self) -> Vec<Attribute> {
        [("origin", &self.place), ("making", &self.making)]
            .into_iter()
            .map(|(code, word)| Attribute {
                code: code.to_owned(),
                value: texts(word).into(),
            })
            .collect()
    }
}

pub(super) fn texts((hant, hans, en): &(&str, &str, &str)) -> Texts {
    let all = [(Locale::Hant, hant), (Locale::Hans, hans), (Locale::En, en)];
    Texts(all.map(|(l, t)| (l, (*t).to_owned())).into())
}

/// Whole dollars, rounded to tens.
fn dollars(amount: i64) -> Money {
    Money::new(amount.max(10) / 10 * 1_000, Currency::TWD)
}

/// An EAN-13 of the range that shops number themselves.
fn barcode(number: usize) -> String {
    let body = format!("20{number:010}");
    let sum: u32 = body
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// CAT-01: in an assortment of twelve thousand no name stands twice, each kind has its share, and the same seed
    /// gives the same goods.
    #[test]
    fn an_assortment_has_no_twins() {
        assert_eq!(KINDS.iter().map(|k| k.share).sum::<usize>(), HUNDRED);
        let drafts: Vec<Drafted> = (0..12_000).map(|index| draft(7, index)).collect();
        let mut seen = HashSet::new();
        for Drafted { product, units, .. } in &drafts {
            assert!(
                catalog::rules::check_handle(&product.handle).is_ok(),
                "{}",
                product.handle
            );
            assert_eq!(product.variants.len(), units.len());
            assert!((1..=4).contains(&units.len()) && units.iter().all(|u| *u >= 2_000));
            let names = [product.handle.clone()]
                .into_iter()
                .chain(product.title.0.values().cloned())
                .chain(product.variants.iter().map(|v| v.sku.clone()))
                .chain(product.variants.iter().filter_map(|v| v.barcode.clone()));
            let mut own: Vec<String> = names.collect();
            own.sort();
            own.dedup();
            for name in own {
                assert!(seen.insert(name.clone()), "{name} stands twice");
            }
        }
        for kind in &KINDS {
            let count = drafts
                .iter()
                .filter(|d| d.kind.collection == kind.collection)
                .count();
            assert_eq!(count, kind.share * 120, "{}", kind.collection);
        }
        let again = draft(7, 4_321);
        assert_eq!(again.product.title, drafts[4_321].product.title);
        assert_eq!(again.units, drafts[4_321].units);
        assert_ne!(draft(8, 4_321).product.title, drafts[4_321].product.title);
    }

    /// STF-03: words of two characters are in many titles, at the beginning and inside.
    #[test]
    fn many_titles_share_a_word() {
        let titles: Vec<String> = (0..1_000)
            .map(|index| draft(7, index).product.title.get(Locale::Hant).to_owned())
            .collect();
        for word in [
            "烏龍", "紅茶", "綠茶", "普洱", "茶壺", "蓋碗", "禮盒", "鹿谷",
        ] {
            let found = titles.iter().filter(|t| t.contains(word)).count();
            assert!(found >= 15, "{word}: {found}");
        }
        let first: HashSet<String> = titles.iter().map(|t| t.chars().take(2).collect()).collect();
        assert!(first.len() <= 90, "{} beginnings", first.len());
    }
}
