//! The pages of the shop as the people arrange them: the list, and one page with its draft block by block.

use std::collections::{BTreeMap, HashMap};

use catalog::{collection, product, variant};
use kernel::{CollectionId, Locale, PageId, Permission, ProductId, Texts, Timestamp, VariantId};
use marketing::{
    Block, BlockKind, Content, Field, Page, PageKind, Topic, block,
    objection::{self, Count},
    page,
};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{person, picture_url},
    products::ProductsCan,
};
use crate::FlowError;

/// Sentences of shoppers that are shown.
const SAID: i64 = 20;

/// All pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShopPages {
    /// The pages in their order, the home page first.
    pub items: Vec<PageRow>,
    /// The kinds that a new page can have.
    pub kinds: Vec<PageKind>,
    /// The languages in which a title is written.
    pub locales: Vec<Locale>,
    /// What the reader may do.
    pub can: ProductsCan,
}

/// A page in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PageRow {
    /// The page.
    pub id: PageId,
    /// Its name in addresses.
    pub handle: String,
    /// Its title as the operator wrote it; null where it is the program's own.
    pub title: Option<String>,
    /// What it is for.
    pub kind: PageKind,
    /// The topic on which the program has a title for it; null for a page that somebody made.
    pub topic: Option<Topic>,
    /// Where shoppers read it; null while it is not public.
    pub url: Option<String>,
    /// Whether the draft is another than what shoppers read.
    pub changed: bool,
    /// Whether it is linked beside the collections.
    pub in_header: bool,
    /// Whether it is linked at the foot of every page.
    pub in_footer: bool,
    /// Whether it is linked where an order is placed.
    pub at_checkout: bool,
    /// Its place below the home page, from 0; null for the home page.
    pub place: Option<usize>,
    /// Whether it is the last.
    pub last: bool,
    /// When somebody changed it last.
    pub updated_at: Option<Timestamp>,
    /// Who.
    pub updated_by: Option<String>,
}

/// One page with its draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShopPageEditor {
    /// The page.
    #[serde(flatten)]
    pub row: PageRow,
    /// The number of the draft; what publishes it sends it back.
    pub revision: i64,
    /// When it was published last.
    pub published_at: Option<Timestamp>,
    /// Whether it can be removed: nobody ever read it.
    pub removable: bool,
    /// Names in addresses that it had and that still lead to it.
    pub former_handles: Vec<String>,
    /// Its words in each language.
    pub texts: Vec<PageText>,
    /// Its blocks in order.
    pub blocks: Vec<BlockEditor>,
    /// The kinds of blocks that can be added.
    pub kinds: Vec<BlockKind>,
    /// On what the program has words of its own.
    pub topics: Vec<Topic>,
    /// The drawings that can stand beside an entry.
    pub icons: Vec<&'static str>,
    /// The collections to choose from.
    pub collections: Vec<CollectionName>,
    /// Earlier drafts, the last first.
    pub versions: Vec<VersionRow>,
    /// What people missed on the page, most often first.
    pub objections: Vec<ObjectionRow>,
    /// What they wrote.
    pub said: Vec<SaidRow>,
    /// What the reader may do.
    pub can: ProductsCan,
}

/// The words of a page in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PageText {
    /// The language.
    pub locale: Locale,
    /// The title.
    pub title: String,
    /// One line about it.
    pub summary: String,
    /// The title for search engines.
    pub seo_title: String,
}

/// A block with everything that can be written in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BlockEditor {
    /// Its name within the page.
    pub id: String,
    /// What it is.
    pub kind: BlockKind,
    /// Whether shoppers do not see it.
    pub hidden: bool,
    /// Its title in the reader's language, to know it by.
    pub label: Option<String>,
    /// Which fields it has.
    pub fields: Vec<Field>,
    /// A few words above the title.
    pub eyebrow: BTreeMap<Locale, String>,
    /// The title.
    pub title: BTreeMap<Locale, String>,
    /// The text.
    pub text: BTreeMap<Locale, String>,
    /// The words of its link or button.
    pub action: BTreeMap<Locale, String>,
    /// What its picture shows.
    pub alt: BTreeMap<Locale, String>,
    /// Address of its picture.
    pub image_url: Option<String>,
    /// Where it leads.
    pub url: Option<String>,
    /// Its entries.
    pub items: Vec<ItemEditor>,
    /// Its collections.
    pub collections: Vec<CollectionId>,
    /// The SKU of what it offers.
    pub variant: Option<String>,
    /// How many products it shows.
    pub count: Option<i64>,
    /// After how many seconds it moves.
    pub seconds: Option<i64>,
    /// Whether it asks what was missing.
    pub asks: bool,
    /// Its topic.
    pub topic: Option<Topic>,
}

/// An entry of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ItemEditor {
    /// The handle of its product.
    pub product: Option<String>,
    /// The product's name.
    pub product_title: Option<String>,
    /// Its drawing.
    pub icon: String,
    /// Its title or question.
    pub title: BTreeMap<Locale, String>,
    /// Its text, its answer, or one line about its product.
    pub text: BTreeMap<Locale, String>,
}

/// A collection to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectionName {
    /// The collection.
    pub id: CollectionId,
    /// Its name.
    pub title: String,
    /// 1, or 2 below another one.
    pub level: u8,
}

/// An earlier draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VersionRow {
    /// Its number.
    pub revision: i64,
    /// How many blocks it had.
    pub blocks: usize,
    /// When it was replaced.
    pub at: Timestamp,
    /// Who replaced it; null for the program.
    pub by: Option<String>,
}

/// How often a reason was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ObjectionRow {
    /// The reason.
    pub reason: &'static str,
    /// How many people gave it.
    pub people: i64,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SaidRow {
    /// The reason they gave.
    pub reason: &'static str,
    /// What they wrote.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// All pages.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx) -> Result<ShopPages, FlowError> {
    let all = page::all(rx).await?;
    let many = all.len();
    let rows = all.iter().enumerate();
    let kinds = PageKind::ALL.iter().copied();
    Ok(ShopPages {
        items: rows.map(|(at, page)| row(ctx, page, at, many)).collect(),
        kinds: kinds.filter(|kind| *kind != PageKind::Home).collect(),
        locales: Locale::ALL.to_vec(),
        can: can(ctx),
    })
}

fn can(ctx: &Ctx) -> ProductsCan {
    ProductsCan {
        write: ctx.allows(Permission::ProductsWrite),
    }
}

fn row(ctx: &Ctx, page: &Page, at: usize, many: usize) -> PageRow {
    let is_home = page.kind == PageKind::Home;
    let url = if is_home {
        "/".to_owned()
    } else {
        format!("/pages/{}", page.handle)
    };
    PageRow {
        id: page.id,
        handle: page.handle.clone(),
        title: worded(&page.draft.title, ctx.locale()).or_else(|| {
            // A page that the program has no words for goes by its address.
            let named = is_home || page.topic.is_some();
            (!named).then(|| page.handle.clone())
        }),
        kind: page.kind,
        topic: page.topic,
        url: page.live.is_some().then_some(url),
        changed: page.has_changes(),
        in_header: page.places.header,
        in_footer: page.places.footer,
        at_checkout: page.places.checkout,
        place: if is_home { None } else { at.checked_sub(1) },
        last: at + 1 == many,
        updated_at: page.updated_at,
        updated_by: page.updated_by.as_deref().and_then(person),
    }
}

fn worded(texts: &Texts, locale: Locale) -> Option<String> {
    let text = texts.get(locale);
    (!text.is_empty()).then(|| text.to_owned())
}

/// One page.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn editor(rx: &mut Rx, ctx: &Ctx, id: PageId) -> Result<ShopPageEditor, FlowError> {
    let all = page::all(rx).await?;
    let at = all.iter().position(|p| p.id == id);
    let at = at.ok_or(FlowError::NotFound)?;
    let many = all.len();
    let found = all.into_iter().nth(at).ok_or(FlowError::NotFound)?;
    let named = Named::of(rx, &found.draft, ctx.locale()).await?;
    let versions = page::versions(rx, id).await?;
    let counts = objection::counts(rx, id).await?;
    let said = objection::said(rx, id, SAID).await?;
    let blocks = found.draft.blocks.iter();
    Ok(ShopPageEditor {
        row: row(ctx, &found, at, many),
        revision: found.revision,
        published_at: found.published_at,
        removable: found.is_unread(),
        former_handles: page::former_handles(rx, id).await?,
        texts: texts(&found.draft),
        blocks: blocks.map(|b| block_editor(ctx, b, &named)).collect(),
        kinds: BlockKind::ALL.to_vec(),
        topics: Topic::ALL.to_vec(),
        icons: block::ICONS.to_vec(),
        collections: collections(rx, ctx.locale()).await?,
        versions: versions
            .into_iter()
            .map(|v| VersionRow {
                revision: v.revision,
                blocks: v.content.blocks.len(),
                at: v.at,
                by: person(&v.replaced_by),
            })
            .collect(),
        objections: counts
            .into_iter()
            .map(|Count { reason, people }| ObjectionRow {
                reason: reason.code(),
                people,
            })
            .collect(),
        said: said
            .into_iter()
            .map(|s| SaidRow {
                reason: s.reason.code(),
                text: s.text,
                at: s.at,
            })
            .collect(),
        can: can(ctx),
    })
}

fn texts(content: &Content) -> Vec<PageText> {
    let own = |texts: &Texts, locale| texts.0.get(&locale).cloned().unwrap_or_default();
    let all = Locale::ALL.into_iter().map(|locale| PageText {
        locale,
        title: own(&content.title, locale),
        summary: own(&content.summary, locale),
        seo_title: own(&content.seo_title, locale),
    });
    all.collect()
}

async fn collections(rx: &mut Rx, locale: Locale) -> Result<Vec<CollectionName>, FlowError> {
    let mut found = Vec::new();
    for node in collection::tree(rx).await? {
        let name = |c: &catalog::Collection, level| CollectionName {
            id: c.id,
            title: c.title.get(locale).to_owned(),
            level,
        };
        found.push(name(&node.collection, 1));
        found.extend(node.children.iter().map(|c| name(c, 2)));
    }
    Ok(found)
}

/// What the ids in a draft are called.
struct Named {
    products: HashMap<ProductId, (String, String)>,
    variants: HashMap<VariantId, String>,
}

impl Named {
    async fn of(rx: &mut Rx, content: &Content, locale: Locale) -> Result<Self, FlowError> {
        let items = content.blocks.iter().flat_map(|b| &b.fields.items);
        let products: Vec<ProductId> = items.filter_map(|item| item.product).collect();
        let variants = content.blocks.iter().filter_map(|b| b.fields.variant);
        let variants: Vec<VariantId> = variants.collect();
        let mut named = Self {
            products: HashMap::new(),
            variants: HashMap::new(),
        };
        if !products.is_empty() {
            for found in product::by_ids(rx, &products).await? {
                let title = found.title.get(locale).to_owned();
                named.products.insert(found.id, (found.handle, title));
            }
        }
        for id in variants {
            if let Some(found) = variant::by_id(rx, id).await? {
                named.variants.insert(id, found.sku);
            }
        }
        Ok(named)
    }
}

fn block_editor(ctx: &Ctx, block: &Block, named: &Named) -> BlockEditor {
    let own = |texts: &Texts| texts.0.clone();
    let fields = &block.fields;
    let picture = fields.image.as_ref();
    BlockEditor {
        id: block.id.clone(),
        kind: block.kind,
        hidden: block.hidden,
        label: worded(&fields.title, ctx.locale()),
        fields: block.kind.fields().to_vec(),
        eyebrow: own(&fields.eyebrow),
        title: own(&fields.title),
        text: own(&fields.text),
        action: own(&fields.action),
        alt: picture.map(|p| own(&p.alt)).unwrap_or_default(),
        image_url: picture_url(picture.map(|p| p.key.as_str())),
        url: fields.url.clone(),
        items: fields
            .items
            .iter()
            .map(|item| {
                let product = item.product.and_then(|id| named.products.get(&id)).cloned();
                let (handle, title) = product.unzip();
                ItemEditor {
                    product: handle,
                    product_title: title,
                    icon: item.icon.clone(),
                    title: own(&item.title),
                    text: own(&item.text),
                }
            })
            .collect(),
        collections: fields.collections.clone(),
        variant: fields
            .variant
            .and_then(|id| named.variants.get(&id))
            .cloned(),
        count: fields.count,
        seconds: fields.seconds,
        asks: fields.asks,
        topic: fields.topic,
    }
}
