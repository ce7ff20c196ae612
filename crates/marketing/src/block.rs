//! What a page is made of.
//!
//! A block is one row of fields; which of them a kind has stands in one table, [`BlockKind::fields`]. What a kind has
//! not is emptied when a block is written, texts are cleaned, links are checked. No kind has a field for a price, a
//! reduction or a time at which an offer ends: these are read from the goods (GOV-08).

use kernel::{CollectionId, Locale, ProductId, Texts, VariantId};
use platform::rich;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::MarketingError;

/// The most entries of a block.
pub const ITEMS: usize = 24;
/// The longest title, in characters.
pub const TITLE: usize = 200;
/// The longest text with structure, in characters.
pub const RICH: usize = 50_000;
/// The longest other text, in characters.
pub const TEXT: usize = 3_000;
/// The longest link, in characters.
pub const URL: usize = 500;
/// Products that a block shows at most.
pub const CARDS: i64 = 24;
/// A carousel does not move faster than this, in seconds.
pub const SLOWEST: (i64, i64) = (5, 30);

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident, $unknown:ident, $said:literal { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name { $( $(#[$variant_doc])* #[serde(rename = $code)] $variant, )* }

        impl $name {
            /// All of them, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The code as stored.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }

        #[doc = $said]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error($said)]
        pub struct $unknown;

        impl std::str::FromStr for $name {
            type Err = $unknown;

            fn from_str(text: &str) -> Result<Self, $unknown> {
                Self::ALL.iter().copied().find(|known| known.code() == text).ok_or($unknown)
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// What a block is.
    BlockKind, UnknownKind, "a text that names no kind of block" {
        /// A picture with words and a link; the first one of a page is its top.
        Picture = "picture",
        /// Offers that are scrolled through (STF-06).
        Carousel = "carousel",
        /// What sells and is looked at most (STF-07).
        Hot = "hot",
        /// What came on sale last, each with one line on why (STF-07).
        New = "new",
        /// Collections side by side.
        Collections = "collections",
        /// Where the shop comes from.
        Story = "story",
        /// Text with structure.
        RichText = "rich_text",
        /// Questions and answers (STF-25).
        Faq = "faq",
        /// What the shop promises (STF-17).
        Promises = "promises",
        /// A guide in steps (STF-22).
        Steps = "steps",
        /// How the shop is reached, and when.
        Contact = "contact",
        /// How often something was bought, from the orders.
        Proof = "proof",
        /// One offer that goes into the cart.
        Buy = "buy",
        /// A way on for those whom it is not for, and a question what was missing (TRF-14).
        Elsewhere = "elsewhere",
        /// The program's own words on a topic, filled with what the shop decided.
        Topic = "topic",
    }
}

codes! {
    /// On what the program has words of its own.
    Topic, UnknownTopic, "a text that names no topic" {
        /// When goods are sent and how they arrive.
        Delivery = "delivery",
        /// How they go back.
        Returns = "returns",
        /// How they are paid.
        Payment = "payment",
        /// What is kept about people.
        Privacy = "privacy",
        /// On which terms is sold.
        Terms = "terms",
        /// How to order, step by step.
        Ordering = "ordering",
        /// What is often asked.
        Questions = "questions",
        /// Who sells.
        About = "about",
    }
}

/// A field that some kinds of blocks have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A few words above the title.
    Eyebrow,
    /// The title.
    Title,
    /// Plain text.
    Text,
    /// Text with structure.
    Rich,
    /// A picture.
    Image,
    /// Where it leads, and the words of the link.
    Link,
    /// The words of a button.
    Action,
    /// Products, each with one line.
    Products,
    /// Titles with texts.
    Entries,
    /// A small drawing beside each entry.
    Icons,
    /// Collections.
    Collections,
    /// A variant.
    Variant,
    /// How many products.
    Count,
    /// After how many seconds it moves.
    Seconds,
    /// Whether it asks what was missing.
    Asks,
    /// A topic.
    Topic,
}

impl BlockKind {
    /// Which fields the kind has.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        use Field as F;
        match self {
            Self::Picture | Self::Story => &[F::Eyebrow, F::Title, F::Text, F::Image, F::Link],
            Self::Carousel => &[F::Title, F::Products, F::Collections, F::Count, F::Seconds],
            Self::Hot => &[F::Title, F::Count],
            Self::New => &[F::Title, F::Products, F::Count],
            Self::Collections => &[F::Title, F::Collections],
            Self::RichText => &[F::Title, F::Rich],
            Self::Faq => &[F::Title, F::Entries],
            Self::Promises => &[F::Title, F::Entries, F::Icons],
            Self::Steps => &[F::Title, F::Text, F::Entries],
            Self::Contact => &[F::Title, F::Text],
            Self::Proof => &[F::Title, F::Text, F::Variant],
            Self::Buy => &[F::Title, F::Text, F::Variant, F::Action],
            Self::Elsewhere => &[F::Title, F::Text, F::Products, F::Collections, F::Asks],
            Self::Topic => &[F::Title, F::Topic],
        }
    }

    /// Whether the kind has a field.
    #[must_use]
    pub fn has(self, field: Field) -> bool {
        self.fields().contains(&field)
    }
}

/// The drawings that can stand beside an entry.
pub const ICONS: [&str; 8] = [
    "check", "truck", "clock", "return", "cash", "gift", "box", "phone",
];

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its name within the page.
    pub id: String,
    /// What it is.
    pub kind: BlockKind,
    /// Whether shoppers do not see it.
    #[serde(default)]
    pub hidden: bool,
    /// What stands in it.
    #[serde(flatten)]
    pub fields: Fields,
}

/// What stands in a block.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// A few words above the title.
    pub eyebrow: Texts,
    /// The title.
    pub title: Texts,
    /// The text; HTML where the kind has structure, plain otherwise.
    pub text: Texts,
    /// The picture.
    pub image: Option<Picture>,
    /// Where it leads.
    pub url: Option<String>,
    /// The words of its link or button.
    pub action: Texts,
    /// Its entries.
    pub items: Vec<Item>,
    /// Its collections; none means those of the first level.
    pub collections: Vec<CollectionId>,
    /// What it offers.
    pub variant: Option<VariantId>,
    /// How many products it shows; nothing means as many as look well.
    pub count: Option<i64>,
    /// After how many seconds it moves; nothing means not by itself.
    pub seconds: Option<i64>,
    /// Whether it asks what was missing.
    pub asks: bool,
    /// Its topic.
    pub topic: Option<Topic>,
}

/// A picture of the shop's own files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Its key in the file store.
    pub key: String,
    /// What it shows.
    #[serde(default)]
    pub alt: Texts,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
}

/// An entry of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// The product that it shows.
    pub product: Option<ProductId>,
    /// Its drawing, one of [`ICONS`].
    pub icon: String,
    /// Its title, or its question.
    pub title: Texts,
    /// Its text, its answer, or one line about its product.
    pub text: Texts,
}

impl Block {
    /// The block as it is stored: without what its kind has not, its texts cleaned, its link checked.
    ///
    /// # Errors
    /// Too many entries, an over-long text, a link that is none, a number out of range.
    pub fn checked(self) -> Result<Self, MarketingError> {
        let kind = self.kind;
        let has = |field| kind.has(field);
        let typed = self.fields;
        let text = if has(Field::Rich) {
            within("text", RICH, &typed.text)?;
            rich::clean_texts(&typed.text)
        } else {
            kept(has(Field::Text), "text", TEXT, &typed.text)?
        };
        let fields = Fields {
            eyebrow: kept(has(Field::Eyebrow), "eyebrow", TITLE, &typed.eyebrow)?,
            title: kept(has(Field::Title), "title", TITLE, &typed.title)?,
            text,
            image: typed.image.filter(|_| has(Field::Image)),
            url: link(typed.url.filter(|_| has(Field::Link)))?,
            action: kept(
                has(Field::Link) || has(Field::Action),
                "action",
                TITLE,
                &typed.action,
            )?,
            items: items(kind, typed.items)?,
            collections: if has(Field::Collections) {
                typed.collections.into_iter().take(ITEMS).collect()
            } else {
                Vec::new()
            },
            variant: typed.variant.filter(|_| has(Field::Variant)),
            count: number(has(Field::Count), "count", typed.count, (1, CARDS))?,
            seconds: number(has(Field::Seconds), "seconds", typed.seconds, SLOWEST)?,
            asks: typed.asks && has(Field::Asks),
            topic: typed.topic.filter(|_| has(Field::Topic)),
        };
        Ok(Self { fields, ..self })
    }
}

fn items(kind: BlockKind, items: Vec<Item>) -> Result<Vec<Item>, MarketingError> {
    let (products, entries) = (kind.has(Field::Products), kind.has(Field::Entries));
    let mut found = Vec::new();
    for item in items {
        let item = Item {
            product: item.product.filter(|_| products),
            icon: Some(item.icon)
                .filter(|icon| kind.has(Field::Icons) && ICONS.contains(&icon.as_str()))
                .unwrap_or_default(),
            title: kept(entries, "items", TITLE, &item.title)?,
            text: kept(products || entries, "items", TEXT, &item.text)?,
        };
        if item.product.is_some() || (entries && !item.title.is_empty()) {
            found.push(item);
        }
    }
    if found.len() > ITEMS {
        return Err(MarketingError::TooManyItems);
    }
    Ok(found)
}

fn number(
    has: bool,
    field: &'static str,
    wanted: Option<i64>,
    (least, most): (i64, i64),
) -> Result<Option<i64>, MarketingError> {
    match wanted.filter(|_| has) {
        Some(n) if !(least..=most).contains(&n) => Err(MarketingError::OutOfRange { field }),
        number => Ok(number),
    }
}

/// A path of the shop or a secure address elsewhere; anything else could be a script or lead a reader astray.
fn link(wanted: Option<String>) -> Result<Option<String>, MarketingError> {
    let Some(url) = wanted.map(|url| url.trim().to_owned()) else {
        return Ok(None);
    };
    if url.is_empty() {
        return Ok(None);
    }
    let own = url.starts_with('/') && !url.starts_with("//") && !url.contains('\\');
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>');
    let plain = url.len() <= URL && !url.chars().any(odd);
    if plain && (own || (url.starts_with("https://") && url.len() > "https://".len())) {
        Ok(Some(url))
    } else {
        Err(MarketingError::LinkInvalid)
    }
}

/// Texts without control characters and blanks around them, where the kind has them.
pub(crate) fn kept(
    has: bool,
    field: &'static str,
    max: usize,
    typed: &Texts,
) -> Result<Texts, MarketingError> {
    if !has {
        return Ok(Texts::default());
    }
    within(field, max, typed)?;
    let clean = typed.0.iter().map(|(locale, text)| (*locale, lines(text)));
    Ok(Texts(clean.filter(|(_, text)| !text.is_empty()).collect()))
}

fn within(field: &'static str, max: usize, typed: &Texts) -> Result<(), MarketingError> {
    if Locale::ALL
        .iter()
        .any(|locale| typed.0.get(locale).is_some_and(|t| t.chars().count() > max))
    {
        return Err(MarketingError::TooLong { field, max });
    }
    Ok(())
}

/// Line breaks stay, other control characters go.
pub(crate) fn lines(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let clean: String = unified
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    clean.trim().to_owned()
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
