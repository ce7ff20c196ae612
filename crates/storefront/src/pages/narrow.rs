//! What a list is narrowed by, as it stands in the address (STF-02).

use kernel::Currency;
use operations::views::shop::filters::{Asked, Choice};
use platform::web::{Incoming, form};
use schemars::JsonSchema;
use serde::Deserialize;

/// The parameters that narrow a list. What cannot be meant narrows nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Narrow {
    /// Brands, of which a product needs one.
    #[serde(deserialize_with = "form::many")]
    brand: Vec<String>,
    /// Values of attributes, `CODE:VALUE` each: any of one attribute, and one of each attribute.
    #[serde(deserialize_with = "form::many")]
    is: Vec<String>,
    /// Costs at least this, in major units of the shop's currency.
    price_from: Option<String>,
    /// Costs at most this.
    price_to: Option<String>,
    /// `1`: only what is in stock.
    in_stock: Option<String>,
    /// `1`: only what is reduced.
    on_sale: Option<String>,
}

/// The names of these parameters.
const NAMES: [&str; 6] = [
    "brand",
    "is",
    "price_from",
    "price_to",
    "in_stock",
    "on_sale",
];

impl Narrow {
    /// The choice. A name that stands several times in the address is read from the address itself.
    pub(crate) fn choice(self, incoming: &Incoming, currency: Currency) -> Choice {
        let all = |name: &str, one: Vec<String>| {
            let all = incoming.query_all(name);
            if all.is_empty() { one } else { all }
        };
        let yes = |text: Option<String>| matches!(text.as_deref(), Some("1" | "on" | "true"));
        let asked = Asked {
            brands: all("brand", self.brand),
            values: all("is", self.is),
            price_from: self.price_from,
            price_to: self.price_to,
            in_stock: yes(self.in_stock),
            on_sale: yes(self.on_sale),
        };
        Choice::read(asked, currency)
    }
}

/// How many things an address asks for beside the list itself.
pub(crate) fn asked_for(incoming: &Incoming) -> usize {
    let given = |name: &&str| incoming.query_all(name);
    NAMES
        .iter()
        .flat_map(given)
        .filter(|value| !value.is_empty())
        .count()
}
