//! What a list can be narrowed by, with how many products each choice would leave (STF-02).
//!
//! A list offers its brands, the attributes that its collections (and those below them) mark as filters, prices, stock
//! and reductions. Counts follow the choice; they are read apart from the products, so that they can be kept longer.

mod choice;

use catalog::{
    AttributeDefinition, AttributeKind, CollectionNode, Facet, FacetCount, ProductFilter, Tally,
    facet, product,
};
use kernel::{Currency, Locale, Money};
use platform::Rx;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use self::choice::Part;
pub use self::choice::{Asked, Choice};
use super::{facts::Facts, parts::filled};
use crate::FlowError;

/// Attributes that a list offers at most.
const GROUPS: usize = 8;
/// Values of one group at most; those that are chosen come on top.
const VALUES: usize = 16;
/// Parts of a choice of which it is said what taking them away would show.
const HELPED: usize = 8;

/// What a list can be narrowed by, and what it is narrowed by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Filters {
    /// The choice as a part of an address: `is=origin:x&in_stock=1`; empty when nothing is chosen.
    pub query: String,
    /// What is chosen, each with the address that takes it away.
    pub chosen: Vec<ChosenFilter>,
    /// Brands and attributes.
    pub groups: Vec<FilterGroup>,
    /// Prices.
    pub price: PriceRange,
    /// Only what is in stock.
    pub in_stock: Switch,
    /// Only what is reduced.
    pub on_sale: Switch,
}

/// Something that is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChosenFilter {
    /// `brand`, `attribute`, `price`, `in_stock` or `on_sale`.
    pub kind: &'static str,
    /// The attribute's name.
    pub name: Option<String>,
    /// The value in words; `yes` or `no` where the answer is one of these.
    pub value: Option<String>,
    /// The unit of a number.
    pub unit: Option<String>,
    /// From this price on.
    pub from: Option<Money>,
    /// Up to this price.
    pub to: Option<Money>,
    /// The rest of the choice, as a part of an address.
    pub rest: String,
    /// How many products there are without it, said when there are none with it.
    pub total_without: Option<i64>,
}

/// Values of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilterGroup {
    /// `brand`, or the attribute's code.
    pub code: String,
    /// The attribute's name; null for brands.
    pub name: Option<String>,
    /// `text`, `number`, `choice` or `yes_no`.
    pub kind: &'static str,
    /// The values.
    pub values: Vec<FilterValue>,
}

/// A value to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FilterValue {
    /// As it stands in an address: a brand, or `CODE:VALUE`.
    pub value: String,
    /// In words; `yes` or `no` where the answer is one of these.
    pub label: String,
    /// The unit of a number.
    pub unit: Option<String>,
    /// Products that a list would show with it.
    pub count: i64,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The range of prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PriceRange {
    /// The lowest starting price of the list.
    pub lowest: Option<Money>,
    /// The highest.
    pub highest: Option<Money>,
    /// What was typed as the lowest, in major units.
    pub from: Option<String>,
    /// What was typed as the highest.
    pub to: Option<String>,
}

/// A choice between yes and no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Switch {
    /// Whether it is chosen.
    pub chosen: bool,
    /// Products that a list would show with it.
    pub count: i64,
}

/// The counts of a list, in no language.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// How many products.
    pub tally: Tally,
    counts: Vec<FacetCount>,
    /// How many products there would be without each of the first parts of the choice.
    without: Vec<i64>,
}

/// Which attributes a list offers, each once however many collections define it.
#[must_use]
pub fn offered(facts: &Facts, handle: Option<&str>) -> Vec<AttributeDefinition> {
    let mut found: Vec<AttributeDefinition> = Vec::new();
    for definition in facts
        .collections
        .iter()
        .flat_map(|node| definitions(node, handle))
        .filter(|d| d.filterable)
    {
        match found.iter_mut().find(|known| known.code == definition.code) {
            Some(known) => join(known, definition),
            None => found.push(definition.clone()),
        }
    }
    found.truncate(GROUPS);
    found
}

/// The lines of the sheets that products of a collection fill; of every sheet without a collection.
fn definitions<'a>(
    node: &'a CollectionNode,
    handle: Option<&'a str>,
) -> impl Iterator<Item = &'a AttributeDefinition> {
    let above = handle.is_none_or(|h| node.collection.handle == h);
    let below = move |handle_below: &str| above || handle == Some(handle_below);
    let touched = node.children.iter().any(|c| below(&c.handle));
    let own = (above || touched).then_some(&node.collection);
    let children = node.children.iter().filter(move |c| below(&c.handle));
    own.into_iter().chain(children).flat_map(|c| &c.attributes)
}

/// Adds the choices of another collection to those of a list.
fn join(known: &mut AttributeDefinition, other: &AttributeDefinition) {
    if let AttributeKind::Choice { choices } = &mut known.kind {
        for choice in other.kind.choices() {
            if choices.iter().all(|c| c.code != choice.code) {
                choices.push(choice.clone());
            }
        }
    }
}

/// Counts a list that is narrowed by a choice.
///
/// # Errors
/// Whatever the database says.
pub async fn counted(
    rx: &mut Rx,
    list: &ProductFilter,
    choice: &Choice,
    offered: &[AttributeDefinition],
) -> Result<Counted, FlowError> {
    let filter = choice.narrow(list.clone());
    let facets: Vec<Facet> = std::iter::once(Facet::Brand)
        .chain(offered.iter().map(|d| Facet::Attribute(d.code.clone())))
        .collect();
    let tally = facet::tally(rx, &filter).await?;
    let mut without = Vec::new();
    if tally.total == 0 {
        for part in choice.parts().iter().take(HELPED) {
            let fewer = choice.without(part).narrow(list.clone());
            without.push(product::count(rx, &fewer).await?);
        }
    }
    Ok(Counted {
        tally,
        counts: facet::counts(rx, &filter, &facets).await?,
        without,
    })
}

/// The filters of a list in a language.
#[must_use]
pub fn view(
    counted: &Counted,
    choice: &Choice,
    offered: &[AttributeDefinition],
    (currency, locale): (Currency, Locale),
) -> Filters {
    let brands = Facet::Brand;
    let mut groups = vec![group(counted, choice, &brands, None, locale)];
    for definition in offered {
        let facet = Facet::Attribute(definition.code.clone());
        groups.push(group(counted, choice, &facet, Some(definition), locale));
    }
    groups.retain(|g| g.values.len() > 1 || g.values.iter().any(|v| v.chosen));
    let tally = counted.tally;
    let money = |amount| Money::new(amount, currency);
    let switch = |chosen, count| Switch { chosen, count };
    Filters {
        query: choice.query(),
        chosen: chosen(counted, choice, &groups),
        groups,
        price: PriceRange {
            lowest: tally.prices.map(|(lowest, _)| money(lowest)),
            highest: tally.prices.map(|(_, highest)| money(highest)),
            from: choice.price_from.map(Money::decimal_text),
            to: choice.price_to.map(Money::decimal_text),
        },
        in_stock: switch(choice.in_stock, tally.in_stock),
        on_sale: switch(choice.on_sale, tally.reduced),
    }
}

fn group(
    counted: &Counted,
    choice: &Choice,
    facet: &Facet,
    definition: Option<&AttributeDefinition>,
    locale: Locale,
) -> FilterGroup {
    let kind = definition.map_or(&AttributeKind::Text, |d| &d.kind);
    let unit = match kind {
        AttributeKind::Number { unit } => filled(unit.get(locale)),
        _ => None,
    };
    let picked = |value: &str| match definition {
        Some(d) => choice
            .values
            .iter()
            .any(|(code, v)| *code == d.code && v == value),
        None => choice.brands.iter().any(|b| b == value),
    };
    let mut known: Vec<FacetCount> = counted
        .counts
        .iter()
        .filter(|c| c.facet == *facet)
        .cloned()
        .collect();
    known.extend(missing(facet, choice, &known));
    let of = |count: &FacetCount| {
        Some(FilterValue {
            label: label(kind, count, locale)?,
            unit: unit.clone(),
            count: count.count,
            chosen: picked(&count.value),
            value: definition.map_or_else(
                || count.value.clone(),
                |d| format!("{}:{}", d.code, count.value),
            ),
        })
    };
    let mut values: Vec<FilterValue> = known.iter().filter_map(of).collect();
    let mut room = VALUES;
    values.retain(|v| {
        let stays = v.chosen || room > 0;
        room = room.saturating_sub(1);
        stays
    });
    sort(kind, &mut values);
    FilterGroup {
        code: definition.map_or_else(|| "brand".to_owned(), |d| d.code.clone()),
        name: definition.map(|d| d.name.get(locale).to_owned()),
        kind: kind.code(),
        values,
    }
}

/// Values that are chosen although no product has them now: a shopper must be able to take them away.
fn missing(facet: &Facet, choice: &Choice, known: &[FacetCount]) -> Vec<FacetCount> {
    let chosen: Vec<&String> = match facet {
        Facet::Brand => choice.brands.iter().collect(),
        Facet::Attribute(code) => {
            let own = choice.values.iter().filter(|(c, _)| c == code);
            own.map(|(_, value)| value).collect()
        }
        Facet::Tag => Vec::new(),
    };
    chosen
        .into_iter()
        .filter(|value| known.iter().all(|k| k.value != **value))
        .map(|value| FacetCount {
            facet: facet.clone(),
            value: value.clone(),
            label: None,
            count: 0,
        })
        .collect()
}

/// A value in words; `None` for a choice that is no longer offered.
fn label(kind: &AttributeKind, count: &FacetCount, locale: Locale) -> Option<String> {
    if let AttributeKind::Choice { choices } = kind {
        let choice = choices.iter().find(|c| c.code == count.value)?;
        return filled(choice.name.get(locale));
    }
    let words = count.label.as_ref().and_then(|t| filled(t.get(locale)));
    words.or_else(|| filled(&count.value))
}

/// Numbers by their size, choices as the merchant put them, everything else as it is found: the most frequent first.
fn sort(kind: &AttributeKind, values: &mut [FilterValue]) {
    match kind {
        AttributeKind::Number { .. } => {
            values.sort_by_key(|v| v.label.parse::<Decimal>().unwrap_or_default());
        }
        AttributeKind::Choice { choices } => values.sort_by_key(|v| {
            let code = v.value.split_once(':').map_or("", |(_, code)| code);
            choices.iter().position(|c| c.code == code)
        }),
        AttributeKind::Text | AttributeKind::YesNo => {}
    }
}

fn chosen(counted: &Counted, choice: &Choice, groups: &[FilterGroup]) -> Vec<ChosenFilter> {
    let parts = choice.parts();
    let one = |(place, part): (usize, &Part)| {
        let known = |group: &str, value: &str| {
            let group = groups.iter().find(|g| g.code == group)?;
            let found = group.values.iter().find(|v| v.value == value)?;
            Some((group.name.clone(), found.clone()))
        };
        let mut made = ChosenFilter {
            kind: kind_of(part),
            name: None,
            value: None,
            unit: None,
            from: None,
            to: None,
            rest: choice.without(part).query(),
            total_without: counted.without.get(place).copied(),
        };
        match part {
            Part::Brand(brand) => made.value = Some(brand.clone()),
            Part::Value(code, value) => match known(code, &format!("{code}:{value}")) {
                Some((name, found)) => {
                    (made.name, made.value, made.unit) = (name, Some(found.label), found.unit);
                }
                None => made.value = Some(value.clone()),
            },
            Part::Price => (made.from, made.to) = (choice.price_from, choice.price_to),
            Part::InStock | Part::OnSale => {}
        }
        made
    };
    parts.iter().enumerate().map(one).collect()
}

const fn kind_of(part: &Part) -> &'static str {
    match part {
        Part::Brand(_) => "brand",
        Part::Value(..) => "attribute",
        Part::Price => "price",
        Part::InStock => "in_stock",
        Part::OnSale => "on_sale",
    }
}

#[cfg(test)]
mod tests {
    use catalog::Choice as Answer;
    use kernel::Texts;

    use super::*;

    fn capacity() -> AttributeDefinition {
        AttributeDefinition {
            kind: AttributeKind::Number {
                unit: Texts::one(Locale::Hant, "毫升"),
            },
            filterable: true,
            ..AttributeDefinition::text("capacity", Texts::one(Locale::Hant, "容量"))
        }
    }

    fn found(value: &str, count: i64) -> FacetCount {
        FacetCount {
            facet: Facet::Attribute("capacity".into()),
            value: value.to_owned(),
            label: None,
            count,
        }
    }

    fn of(counts: Vec<FacetCount>, choice: &Choice) -> Filters {
        let counted = Counted {
            counts,
            without: vec![7],
            ..Counted::default()
        };
        view(
            &counted,
            choice,
            &[capacity()],
            (Currency::TWD, Locale::Hant),
        )
    }

    /// STF-02: numbers stand by size with their unit, one value alone is no choice, and a value that nothing has any
    /// more can still be taken away, with what that would show.
    #[test]
    fn values_can_be_chosen_and_taken_away() {
        let nothing = Choice::default();
        let filters = of(vec![found("400", 3), found("90", 2)], &nothing);
        let values: Vec<&str> = filters.groups[0]
            .values
            .iter()
            .map(|v| v.value.as_str())
            .collect();
        assert_eq!(values, ["capacity:90", "capacity:400"]);
        assert_eq!(filters.groups[0].values[0].unit.as_deref(), Some("毫升"));
        assert!(of(vec![found("90", 2)], &nothing).groups.is_empty());

        let gone = Choice {
            values: vec![("capacity".into(), "10".into())],
            ..Choice::default()
        };
        let filters = of(vec![found("90", 2)], &gone);
        let first = &filters.groups[0].values[0];
        assert_eq!((first.count, first.chosen), (0, true));
        let chip = &filters.chosen[0];
        assert_eq!(
            (chip.name.as_deref(), chip.rest.as_str(), chip.total_without),
            (Some("容量"), "", Some(7))
        );
    }

    /// Two collections that ask the same of different goods offer one list of answers.
    #[test]
    fn answers_of_several_collections_are_joined() {
        let choice = |code: &str| Answer {
            code: code.to_owned(),
            name: Texts::one(Locale::Hant, code),
        };
        let asks = |codes: &[&str]| AttributeDefinition {
            kind: AttributeKind::Choice {
                choices: codes.iter().map(|c| choice(c)).collect(),
            },
            ..AttributeDefinition::text("roast", Texts::one(Locale::Hant, "焙火"))
        };
        let mut known = asks(&["light", "dark"]);
        join(&mut known, &asks(&["dark", "none"]));
        let codes: Vec<&str> = known
            .kind
            .choices()
            .iter()
            .map(|c| c.code.as_str())
            .collect();
        assert_eq!(codes, ["light", "dark", "none"]);
    }
}
