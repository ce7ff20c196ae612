//! The home page: what the merchant put there, what is new, what others buy.

use catalog::{ProductFilter, ProductSort, ProductState, product};
use kernel::{Locale, ProductId, Texts};
use platform::{Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    card::{ProductCard, cards, cards_of},
    collection::picture,
    facts::Facts,
    parts::{Image, filled},
};
use crate::FlowError;

/// Settings key of [`HomeContent`].
pub const SETTING: &str = "home";
/// Cards of one section.
const CARDS: usize = 8;
/// Orders that popularity is counted from.
const RECENT_ORDERS: i64 = 1_000;

/// What the merchant puts on the home page; what is left empty is made from the shop's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct HomeContent {
    /// The wide picture at the top, with its words.
    pub hero: Option<Block>,
    /// Where the shop comes from and what it stands for.
    pub story: Option<Block>,
}

/// Words beside a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Block {
    /// A few words above the title.
    pub eyebrow: Texts,
    /// The title.
    pub title: Texts,
    /// The text.
    pub text: Texts,
    /// The picture.
    pub image: Option<Picture>,
    /// Where it leads; an address of this shop.
    pub url: Option<String>,
    /// The words of the link.
    pub action: Texts,
}

/// A picture of the shop's own files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Picture {
    /// Its key in the file store.
    pub key: String,
    /// What it shows.
    pub alt: Texts,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
}

/// The home page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HomePage {
    /// The wide picture with its words.
    pub hero: Option<BlockView>,
    /// The collections of the first level.
    pub collections: Vec<CollectionTile>,
    /// Lists of products.
    pub sections: Vec<Section>,
    /// Where the shop comes from.
    pub story: Option<BlockView>,
    /// The page in the words of schema.org (JSON-LD), for search engines and assistants.
    pub json_ld: Value,
}

impl PageView for HomePage {
    const TEMPLATE: &'static str = "home.html";
}

/// Words beside a picture, in the language of the reader.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BlockView {
    /// A few words above the title.
    pub eyebrow: Option<String>,
    /// The title.
    pub title: String,
    /// The text.
    pub text: Option<String>,
    /// The picture.
    pub image: Option<Image>,
    /// Where it leads.
    pub url: Option<String>,
    /// The words of the link; null for the theme's own.
    pub action: Option<String>,
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

/// A list of products on the home page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Section {
    /// What the list is: `popular` or `new`.
    pub code: &'static str,
    /// The name under which views of its cards are counted.
    pub list: String,
    /// Where all of it is.
    pub url: Option<String>,
    /// The products.
    pub items: Vec<ProductCard>,
}

/// The home page, with `popular` products from [`popular`].
///
/// # Errors
/// Whatever the database says.
pub async fn home_page(
    rx: &mut Rx,
    ctx: &Ctx,
    facts: &Facts,
    popular: &[ProductId],
) -> Result<HomePage, FlowError> {
    let locale = ctx.locale();
    let newest = ProductFilter {
        state: Some(ProductState::Published),
        sort: ProductSort::Newest,
        ..Default::default()
    };
    let newest = product::list(rx, &newest, None, CARDS).await?;
    let newest = cards(rx, &newest.items, locale).await?;
    let wanted = cards_of(rx, popular, CARDS, locale).await?;
    let sections = [("popular", wanted), ("new", newest)]
        .into_iter()
        .filter(|(_, items)| !items.is_empty());
    let sections: Vec<Section> = sections
        .map(|(code, items)| Section {
            code,
            list: format!("home-{code}"),
            url: None,
            items,
        })
        .collect();
    let first = sections
        .iter()
        .flat_map(|s| &s.items)
        .find_map(|card| card.image.clone());
    Ok(HomePage {
        hero: facts
            .home
            .hero
            .as_ref()
            .map_or_else(|| own_hero(facts, first, locale), |b| view(b, locale)),
        collections: facts
            .collections
            .iter()
            .map(|node| tile(node, locale))
            .collect(),
        sections,
        story: facts
            .home
            .story
            .as_ref()
            .map_or_else(|| own_story(facts, locale), |b| view(b, locale)),
        json_ld: Value::Null,
    })
}

/// What was bought most in the latest orders, most first.
///
/// # Errors
/// Whatever the database says.
pub async fn popular(rx: &mut Rx, limit: i64) -> Result<Vec<ProductId>, FlowError> {
    let sql = "SELECT l.product_id, SUM(l.quantity) AS sold FROM order_lines l JOIN (SELECT id FROM orders \
               ORDER BY placed_at DESC, id DESC LIMIT $1) o ON o.id = l.order_id \
               JOIN products p ON p.id = l.product_id AND p.state = 'published' \
               GROUP BY l.product_id ORDER BY sold DESC, l.product_id LIMIT $2";
    let rows = rx
        .rows(sql, platform::params![RECENT_ORDERS, limit])
        .await?;
    Ok(rows
        .iter()
        .map(|row| row.get("product_id"))
        .collect::<Result<_, _>>()?)
}

fn view(block: &Block, locale: Locale) -> Option<BlockView> {
    let title = filled(block.title.get(locale))?;
    Some(BlockView {
        eyebrow: filled(block.eyebrow.get(locale)),
        title,
        text: filled(block.text.get(locale)),
        image: block
            .image
            .as_ref()
            .map(|p| Image::stored(&p.key, p.alt.get(locale), p.width, p.height)),
        url: block
            .url
            .clone()
            .filter(|url| url.starts_with('/') && !url.starts_with("//")),
        action: filled(block.action.get(locale)),
    })
}

/// A top made of the shop's tagline and its first product, until the merchant writes one.
fn own_hero(facts: &Facts, image: Option<Image>, locale: Locale) -> Option<BlockView> {
    let image = image?;
    let shop = &facts.shop;
    let title = filled(shop.tagline.get(locale)).or_else(|| filled(shop.name.get(locale)))?;
    let url = facts
        .collections
        .first()
        .map(|node| format!("/collections/{}", node.collection.handle));
    Some(BlockView {
        eyebrow: None,
        title,
        text: None,
        image: Some(image),
        url,
        action: None,
    })
}

fn own_story(facts: &Facts, locale: Locale) -> Option<BlockView> {
    let text = filled(facts.shop.story.get(locale))?;
    let title = facts.shop.name.get(locale).to_owned();
    Some(BlockView {
        eyebrow: None,
        title,
        text: Some(text),
        image: None,
        url: Some("/pages/about".into()),
        action: None,
    })
}

fn tile(node: &catalog::CollectionNode, locale: Locale) -> CollectionTile {
    let below: Vec<&str> = node
        .children
        .iter()
        .take(3)
        .map(|c| c.title.get(locale))
        .collect();
    CollectionTile {
        handle: node.collection.handle.clone(),
        title: node.collection.title.get(locale).to_owned(),
        subtitle: filled(&below.join(if locale == Locale::En { ", " } else { "、" })),
        image: picture(&node.collection),
    }
}
