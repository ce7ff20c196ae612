//! Blocks of a page as a shopper sees them: words in the reader's language, goods with what they cost and whether they
//! are there at this moment.
//!
//! A block that has nothing to show, such as a carousel without an offer, is not there. What a block promises is read
//! here and nowhere else: a former price from the price history, an end from the product's own plan, what is left from
//! the stock (GOV-08).

mod goods;
pub mod topic;
pub mod wanted;

use kernel::{Locale, Money, Timestamp, VariantId};
use marketing::{Block, BlockKind, Content, Reason, Topic};
use platform::{Ctx, Rx, words::Words};
use schemars::JsonSchema;
use serde::Serialize;

use self::{goods::Shelf, topic::Part, wanted::Wanted};
use super::{
    card::ProductCard,
    collection::picture,
    facts::Facts,
    parts::{Image, filled},
};
use crate::FlowError;

/// A block of a page.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct BlockView {
    /// Its name within the page.
    pub id: String,
    /// What it is; its template is `blocks/{kind}.html`.
    pub kind: &'static str,
    /// Whether it is the top of its page and holds the page's heading.
    pub main: bool,
    /// A few words above the title.
    pub eyebrow: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// Plain text.
    pub text: Option<String>,
    /// Text with structure: HTML that was cleaned when it was written.
    pub rich: Option<String>,
    /// Text of the program, part by part.
    pub prose: Vec<Part>,
    /// The picture.
    pub image: Option<Image>,
    /// Where it leads.
    pub url: Option<String>,
    /// The words of its link or button; null for the theme's own.
    pub action: Option<String>,
    /// Steps, questions with answers, promises.
    pub entries: Vec<EntryView>,
    /// Products, in order.
    pub offers: Vec<OfferView>,
    /// The name under which views of its cards are counted.
    pub list: String,
    /// Collections.
    pub collections: Vec<CollectionTile>,
    /// What goes into the cart.
    pub buy: Option<BuyView>,
    /// Units of it that were sold in the latest orders.
    pub sold: Option<i64>,
    /// After how many seconds it moves by itself; null when it does not.
    pub seconds: Option<i64>,
    /// The reasons to choose from, where it asks what was missing.
    pub reasons: Vec<&'static str>,
}

/// A step, a question with its answer, or a promise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryView {
    /// The drawing beside it.
    pub icon: Option<String>,
    /// Its title or question.
    pub title: String,
    /// Its text or answer.
    pub text: Option<String>,
}

/// A product in a block.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OfferView {
    /// The product.
    pub card: ProductCard,
    /// One line about it: the offer, or why it is new.
    pub line: Option<String>,
    /// Since when it is on sale, where it is shown as new.
    pub since: Option<Timestamp>,
    /// When it really goes off sale, by its own plan.
    pub until: Option<Timestamp>,
}

/// What goes into the cart with one press.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BuyView {
    /// The variant.
    pub variant_id: VariantId,
    /// The product's page.
    pub handle: String,
    /// The product.
    pub title: String,
    /// Which variant; null when there is only one.
    pub variant_title: Option<String>,
    /// The product's first picture.
    pub image: Option<Image>,
    /// What it costs.
    pub price: Money,
    /// What it really cost before the present reduction.
    pub compare_at: Option<Money>,
    /// When it costs that again; null when nobody has decided.
    pub reduced_until: Option<Timestamp>,
    /// How many can be bought.
    pub available: i64,
    /// Whether one can be bought.
    pub in_stock: bool,
    /// Whether only few are left.
    pub low_stock: bool,
    /// When it really goes off sale, by its own plan.
    pub until: Option<Timestamp>,
}

/// A collection with its picture.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CollectionTile {
    /// Its name in addresses.
    pub handle: String,
    /// Its name.
    pub title: String,
    /// The names of some collections below it.
    pub subtitle: Option<String>,
    /// Its picture.
    pub image: Option<Image>,
}

/// What blocks are filled from.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The shop's decisions.
    pub facts: &'a Facts,
    /// All words.
    pub words: &'a Words,
    /// What is wanted and what is reduced.
    pub wanted: &'a Wanted,
    /// The name of the page in addresses.
    pub handle: &'a str,
}

/// The blocks of a page that shoppers see.
///
/// # Errors
/// Whatever the database says.
pub async fn build(
    rx: &mut Rx,
    ctx: &Ctx,
    frame: Frame<'_>,
    content: &Content,
) -> Result<Vec<BlockView>, FlowError> {
    let shelf = Shelf::load(rx, frame, content).await?;
    let found = content
        .shown()
        .filter_map(|block| view(ctx.locale(), frame, &shelf, block));
    let mut found: Vec<BlockView> = found.collect();
    if let Some(first) = found.first_mut() {
        first.main = first.kind == BlockKind::Picture.code();
    }
    Ok(found)
}

fn view(locale: Locale, frame: Frame<'_>, shelf: &Shelf, block: &Block) -> Option<BlockView> {
    let (kind, fields) = (block.kind, &block.fields);
    let text = filled(fields.text.get(locale));
    let begun = BlockView {
        id: block.id.clone(),
        kind: kind.code(),
        eyebrow: filled(fields.eyebrow.get(locale)),
        title: filled(fields.title.get(locale)),
        action: filled(fields.action.get(locale)),
        url: fields.url.clone(),
        list: format!("{}-{}", frame.handle, kind.code()),
        image: fields
            .image
            .as_ref()
            .map(|p| Image::stored(&p.key, p.alt.get(locale), p.width, p.height)),
        seconds: fields.seconds,
        ..BlockView::default()
    };
    let shown = match kind {
        BlockKind::RichText => BlockView {
            rich: text,
            ..begun
        },
        BlockKind::Picture => top(BlockView { text, ..begun }, locale, frame, shelf),
        BlockKind::Story => story(BlockView { text, ..begun }, locale, frame)?,
        BlockKind::Carousel | BlockKind::Hot | BlockKind::New => BlockView {
            offers: shelf.offers(block, locale),
            ..begun
        },
        BlockKind::Collections => BlockView {
            collections: tiles(block, locale, frame.facts),
            ..begun
        },
        BlockKind::Faq | BlockKind::Promises | BlockKind::Steps => BlockView {
            text,
            entries: entries(block, locale),
            ..begun
        },
        BlockKind::Contact => BlockView { text, ..begun },
        BlockKind::Buy => BlockView {
            text,
            buy: Some(shelf.buy(fields.variant?, locale)?),
            ..begun
        },
        BlockKind::Proof => BlockView {
            text,
            sold: fields.variant.and_then(|id| shelf.sold(id, frame.wanted)),
            ..begun
        },
        BlockKind::Elsewhere => BlockView {
            text,
            offers: shelf.offers(block, locale),
            collections: tiles(block, locale, frame.facts),
            reasons: if fields.asks {
                Reason::ALL.iter().map(|reason| reason.code()).collect()
            } else {
                Vec::new()
            },
            ..begun
        },
        BlockKind::Topic => on_topic(fields.topic?, begun, locale, frame),
    };
    is_worth_showing(kind, &shown).then_some(shown)
}

fn is_worth_showing(kind: BlockKind, shown: &BlockView) -> bool {
    match kind {
        BlockKind::Carousel | BlockKind::Hot | BlockKind::New => !shown.offers.is_empty(),
        BlockKind::Collections => !shown.collections.is_empty(),
        BlockKind::Faq | BlockKind::Steps => !shown.entries.is_empty(),
        BlockKind::RichText => shown.rich.is_some() || shown.title.is_some(),
        BlockKind::Proof => shown.sold.is_some() || shown.text.is_some(),
        BlockKind::Elsewhere => {
            !shown.offers.is_empty() || !shown.collections.is_empty() || !shown.reasons.is_empty()
        }
        BlockKind::Picture
        | BlockKind::Story
        | BlockKind::Promises
        | BlockKind::Contact
        | BlockKind::Buy
        | BlockKind::Topic => true,
    }
}

/// A top without words says what the shop says of itself, with the picture of what is wanted most.
fn top(begun: BlockView, locale: Locale, frame: Frame<'_>, shelf: &Shelf) -> BlockView {
    if begun.title.is_some() {
        return begun;
    }
    let shop = &frame.facts.shop;
    let title = filled(shop.tagline.get(locale)).or_else(|| filled(shop.name.get(locale)));
    let first = frame.facts.collections.first();
    BlockView {
        title,
        image: begun.image.or_else(|| shelf.first_picture(locale)),
        url: begun
            .url
            .or_else(|| first.map(|node| format!("/collections/{}", node.collection.handle))),
        ..begun
    }
}

/// A story without words is that of the shop; nothing where there is none.
fn story(begun: BlockView, locale: Locale, frame: Frame<'_>) -> Option<BlockView> {
    if begun.title.is_some() || begun.text.is_some() {
        return Some(begun);
    }
    let shop = &frame.facts.shop;
    Some(BlockView {
        text: Some(filled(shop.story.get(locale))?),
        title: filled(shop.name.get(locale)),
        url: begun.url.or_else(|| Some("/pages/about".into())),
        ..begun
    })
}

fn on_topic(topic: Topic, begun: BlockView, locale: Locale, frame: Frame<'_>) -> BlockView {
    let text = topic::body(frame.facts, topic, locale, frame.words);
    match topic {
        Topic::Ordering => BlockView {
            kind: BlockKind::Steps.code(),
            entries: topic::entries(&text),
            ..begun
        },
        Topic::Questions => BlockView {
            kind: BlockKind::Faq.code(),
            entries: topic::entries(&text),
            ..begun
        },
        _ => BlockView {
            prose: topic::parts(&text),
            ..begun
        },
    }
}

fn entries(block: &Block, locale: Locale) -> Vec<EntryView> {
    let items = block.fields.items.iter();
    let shown = items.map(|item| EntryView {
        icon: filled(&item.icon),
        title: item.title.get(locale).to_owned(),
        text: filled(item.text.get(locale)),
    });
    shown.collect()
}

/// The chosen collections that are in the navigation, or those of the first level.
fn tiles(block: &Block, locale: Locale, facts: &Facts) -> Vec<CollectionTile> {
    let chosen = &block.fields.collections;
    if chosen.is_empty() {
        return facts.collections.iter().map(|n| tile(n, locale)).collect();
    }
    let found = chosen.iter().filter_map(|id| {
        let node = facts.collections.iter().find(|n| n.collection.id == *id);
        node.map(|node| tile(node, locale)).or_else(|| {
            let below = facts.collection_by_id(*id)?;
            Some(CollectionTile {
                handle: below.handle.clone(),
                title: below.title.get(locale).to_owned(),
                subtitle: None,
                image: picture(below),
            })
        })
    });
    found.collect()
}

fn tile(node: &catalog::CollectionNode, locale: Locale) -> CollectionTile {
    let below = node.children.iter().take(3);
    let below: Vec<&str> = below.map(|c| c.title.get(locale)).collect();
    CollectionTile {
        handle: node.collection.handle.clone(),
        title: node.collection.title.get(locale).to_owned(),
        subtitle: filled(&below.join(if locale == Locale::En { ", " } else { "、" })),
        image: picture(&node.collection),
    }
}
