//! The demonstration shop: a tea-and-teaware brand of Taiwan, as data in three languages.
//!
//! The words, prices and measures are in `shop.json`, which is part of the program; this file gives them
//! types and reads them. The brand, its story and its address are made up, and every barcode is in a range
//! of no company. Nothing here touches a database: the simulator sends this content through the same
//! commands that a merchant would use.

mod sheets;

use serde::Deserialize;

pub use self::sheets::{DemoAnswer, DemoQuestion, DemoSheets, demo_sheets};

use crate::pictures::{Banner, Picture};

/// Everything the demonstration shop has to say and to sell.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoShop {
    /// Name of the shop.
    pub name: DemoTexts,
    /// One line beside the name.
    pub tagline: DemoTexts,
    /// ISO 4217 code of all prices.
    pub currency: String,
    /// Sum of goods from which delivery is free, in minor units; the promises say the same.
    pub free_shipping_from: i64,
    /// Time of day (`HH:MM`, Taipei) until which an order leaves the same day; the promises say the same.
    pub dispatch_cutoff: String,
    /// The brand's story, section by section.
    pub story: Vec<DemoStory>,
    /// Promises of service, for the home and product pages.
    pub promises: Vec<DemoPromise>,
    /// How to reach the shop.
    pub contact: DemoContact,
    /// Where parcels leave from, for product pages.
    pub ships_from: DemoTexts,
    /// The wide picture of the home page.
    pub hero: Banner,
    /// The words of the home page.
    pub home: DemoHome,
    /// All collections, each parent before its children.
    pub collections: Vec<DemoCollection>,
    /// All products.
    pub products: Vec<DemoProduct>,
}

/// A text in each of the shop's languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoTexts<T = String> {
    /// Traditional Chinese as written in Taiwan.
    #[serde(rename = "zh-Hant")]
    pub zh_hant: T,
    /// Simplified Chinese as written on the mainland.
    #[serde(rename = "zh-Hans")]
    pub zh_hans: T,
    /// English.
    pub en: T,
}

impl<T> DemoTexts<T> {
    /// Each language's code with its text, the default language first.
    pub fn by_locale(&self) -> [(&'static str, &T); 3] {
        [
            ("zh-Hant", &self.zh_hant),
            ("zh-Hans", &self.zh_hans),
            ("en", &self.en),
        ]
    }
}

/// A section of the brand's story.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoStory {
    /// Its heading.
    pub heading: DemoTexts,
    /// Its paragraphs, plain text.
    pub paragraphs: DemoTexts<Vec<String>>,
}

/// The words of the home page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoHome {
    /// Beside the wide picture.
    pub hero: DemoBlock,
    /// About the brand.
    pub story: DemoBlock,
    /// Handle of the product whose scene stands beside the story.
    pub story_picture: String,
}

/// Words beside a picture.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoBlock {
    /// A few words above the title.
    pub eyebrow: DemoTexts,
    /// The title.
    pub title: DemoTexts,
    /// The text.
    pub text: DemoTexts,
    /// Where it leads.
    pub url: String,
    /// The words of the link.
    pub action: DemoTexts,
    /// What the picture shows.
    pub alt: DemoTexts,
}

/// A promise of service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPromise {
    /// Which small picture stands beside it: `truck`, `clock`, `return` or `leaf`.
    pub icon: String,
    /// The promise in a few words.
    pub title: DemoTexts,
    /// Its conditions in one sentence.
    pub text: DemoTexts,
}

/// How to reach the shop; the address and number reach nobody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoContact {
    /// E-mail address.
    pub email: String,
    /// Telephone number in international form.
    pub phone: String,
    /// Postal address on one line.
    pub address: DemoTexts,
    /// Opening hours.
    pub hours: DemoTexts,
}

/// A collection of products; the tree has two levels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoCollection {
    /// Its name in addresses.
    pub handle: String,
    /// Handle of the collection it belongs to; none for the first level.
    pub parent: Option<String>,
    /// Its name.
    pub title: DemoTexts,
    /// One sentence about it.
    pub description: DemoTexts,
    /// The picture of its tile.
    pub banner: Banner,
}

/// A product with everything needed to publish it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoProduct {
    /// Its name in addresses.
    pub handle: String,
    /// Handles of its collections, parents included.
    pub collections: Vec<String>,
    /// Its name.
    pub title: DemoTexts,
    /// One line of facts: cultivar, height, clay, capacity.
    pub subtitle: DemoTexts,
    /// Why people buy it, line by line; empty where nobody wrote it down yet.
    #[serde(default)]
    pub selling_points: Option<DemoTexts<Vec<String>>>,
    /// Plain paragraphs in this order: what it is, how it tastes or works, how to use it, after-sales.
    pub description: DemoTexts<Vec<String>>,
    /// How often it is wanted, relative to the other products.
    pub popularity: u32,
    /// What the buyer chooses; empty for a product with a single variant.
    pub options: Vec<DemoOption>,
    /// What is sold.
    pub variants: Vec<DemoVariant>,
    /// What its pictures show.
    pub picture: Picture,
}

/// A choice the buyer makes, such as size or colour.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoOption {
    /// Its name for programs.
    pub code: String,
    /// Its name for people.
    pub name: DemoTexts,
    /// What can be chosen.
    pub values: Vec<DemoOptionValue>,
}

/// One possible answer to an option.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoOptionValue {
    /// Its name for programs.
    pub code: String,
    /// Its name for people.
    pub name: DemoTexts,
}

/// A variant: what has a price, a weight and a stock.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoVariant {
    /// Stock keeping unit: family, product, then size or colour.
    pub sku: String,
    /// EAN-13 with its check digit.
    pub barcode: String,
    /// One value's code for each of the product's options, in their order.
    pub values: Vec<String>,
    /// Price in minor units.
    pub price: i64,
    /// Earlier, higher prices, the oldest first; empty where the price never changed.
    pub was: Vec<DemoEarlierPrice>,
    /// What the merchant paid, in minor units.
    pub cost: i64,
    /// How often it is chosen, relative to the product's other variants.
    pub popularity: u32,
    /// Weight as shipped, in grams.
    pub weight_g: u32,
    /// Longest side as shipped, in millimetres.
    pub length_mm: u32,
    /// Middle side as shipped, in millimetres.
    pub width_mm: u32,
    /// Height as shipped, in millimetres.
    pub height_mm: u32,
    /// Pieces in the warehouse when the shop opens.
    pub stock: u32,
    /// From this number of available pieces downwards the stock counts as low.
    pub low_stock_at: u32,
    /// What it is made of, when it is a bundle; its stock is that of its parts, so both figures above are 0.
    #[serde(default)]
    pub parts: Vec<DemoPart>,
}

/// A part of a bundle.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPart {
    /// SKU of a variant that stands before the bundle.
    pub sku: String,
    /// How many of it are in one bundle.
    pub quantity: i64,
}

/// A price that was asked until a day in the past.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoEarlierPrice {
    /// How many days ago it was replaced by the next one (or by today's price).
    pub days_ago: u32,
    /// The price in minor units.
    pub price: i64,
}

/// Reads the shop that is part of the program.
///
/// # Errors
///
/// Only if `shop.json` does not fit these types, which the tests exclude.
pub fn demo_shop() -> Result<DemoShop, serde_json::Error> {
    serde_json::from_str(include_str!("shop.json"))
}

#[cfg(test)]
mod tests;
