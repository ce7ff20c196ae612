//! One collection: its words, its place, its rules or its members in order, and the sheet that its products fill.

use std::collections::BTreeMap;

use catalog::{
    AttributeDefinition, AttributeKind, Collection, Condition, Facet, Join, Media, Product,
    ProductFilter, ProductState, Rules, collection, facet, product,
};
use kernel::{CollectionId, Locale, Money, Permission, ProductId, Texts, Timestamp};
use platform::{Ctx, Cursor, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::picture_url, products::ProductsCan};
use crate::{FlowError, shop};

/// Members on one page.
const PAGE: usize = 100;
/// Products of a preview.
const PREVIEW: usize = 12;

/// A collection for the people who look after it, or the form of a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AdminCollection {
    /// The collection; null for a new one.
    pub collection: Option<CollectionHead>,
    /// Its words in each language.
    pub texts: Vec<CollectionText>,
    /// The collections that can be above it.
    pub parents: Vec<ParentChoice>,
    /// Key of its picture among the shop's files.
    pub image_key: Option<String>,
    /// Address of its picture.
    pub image_url: Option<String>,
    /// The attributes that its products have.
    pub sheet: Vec<SheetRow>,
    /// By what its members are found; null where the merchant chooses them.
    pub rules: Option<RulesView>,
    /// What rules can go by.
    pub known: KnownValues,
    /// Its members in order, a page of them; empty for a new one.
    pub members: Vec<MemberRow>,
    /// How many members it has.
    pub member_count: i64,
    /// Place of the first member of this page, from 0.
    pub first_place: usize,
    /// A member that was just moved, to be moved back if that was a slip.
    pub moved: Option<MovedMember>,
    /// Leads to the next members; null on the last page.
    pub next_cursor: Option<Cursor>,
    /// What the rules that were typed would find, when that was asked.
    pub preview: Option<Preview>,
    /// What the reader may do.
    pub can: ProductsCan,
}

/// What stands at the top of a collection's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectionHead {
    /// The collection.
    pub id: CollectionId,
    /// Its name in the reader's language.
    pub title: String,
    /// Its name in addresses.
    pub handle: String,
    /// The collection above it.
    pub parent_id: Option<CollectionId>,
    /// Its page in the shop; null while it is put away.
    pub url: Option<String>,
    /// Whether collections are below it.
    pub has_children: bool,
    /// Since when it is put away.
    pub archived_at: Option<Timestamp>,
}

/// The words of a collection in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectionText {
    /// The language.
    pub locale: Locale,
    /// Whether the shop needs it.
    pub required: bool,
    /// The name.
    pub title: String,
    /// The text above its products.
    pub description: String,
}

/// A collection that can be above another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ParentChoice {
    /// The collection.
    pub id: CollectionId,
    /// Its name.
    pub title: String,
    /// Whether it is above this one.
    pub selected: bool,
}

/// One line of the sheet, as its form shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SheetRow {
    /// Its code.
    pub code: String,
    /// Its name in each language.
    pub name: BTreeMap<Locale, String>,
    /// `text`, `number`, `choice` or `yes_no`.
    pub kind: &'static str,
    /// The unit of a number in each language.
    pub unit: BTreeMap<Locale, String>,
    /// The choices, one a line: `light: 輕焙 / 轻焙 / Light`.
    pub choices: String,
    /// Whether a product needs it to go on sale.
    pub required: bool,
    /// Whether shoppers can narrow a list by it.
    pub filterable: bool,
}

/// Rules as their form shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RulesView {
    /// `all` or `any`.
    pub join: Join,
    /// The conditions.
    pub conditions: Vec<ConditionView>,
}

/// A condition as its form shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConditionView {
    /// `tag`, `brand`, `attribute:{code}`, `price_from`, `price_to`, `in_stock` or `published_within`.
    pub on: String,
    /// The tag, brand or value, or the days; empty where there is none.
    pub value: String,
    /// The price.
    pub price: Option<Money>,
}

/// What rules can go by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownValues {
    /// Brands that products have.
    pub brands: Vec<String>,
    /// Tags that products have.
    pub tags: Vec<String>,
    /// Attributes that collections ask for.
    pub attributes: Vec<KnownAttribute>,
}

/// An attribute that rules can go by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KnownAttribute {
    /// Its code.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Values to choose from, as people read them.
    pub values: Vec<String>,
}

/// A product in a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MemberRow {
    /// The product.
    pub id: ProductId,
    /// Its name.
    pub title: String,
    /// Its name in addresses.
    pub handle: String,
    /// Whether it is on sale.
    pub state: ProductState,
    /// Its first picture.
    pub image_url: Option<String>,
    /// The brand.
    pub brand: Option<String>,
}

/// A member that was just moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MovedMember {
    /// The product.
    pub id: ProductId,
    /// Its name.
    pub title: String,
    /// The place where it was, counted from 1.
    pub was: usize,
}

/// Which members of a collection.
#[derive(Debug, Clone, Default)]
pub struct MembersAsked {
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many members stood on the pages before.
    pub first_place: usize,
    /// A member that was just moved, and the place where it was, counted from 1.
    pub moved: Option<(ProductId, usize)>,
}

/// What rules would find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Preview {
    /// How many products.
    pub count: usize,
    /// The newest of them.
    pub items: Vec<MemberRow>,
}

/// One collection.
///
/// # Errors
/// [`FlowError::NotFound`], a cursor that is none, or whatever the database says.
pub async fn collection(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CollectionId,
    asked: MembersAsked,
) -> Result<AdminCollection, FlowError> {
    let found = collection::by_id(rx, id)
        .await?
        .ok_or(FlowError::NotFound)?;
    let filter = ProductFilter {
        collection: Some(id),
        ..ProductFilter::default()
    };
    let page = product::list(rx, &filter, asked.after, PAGE).await?;
    let mut shown = form(rx, ctx, Some(&found)).await?;
    shown.member_count = product::count(rx, &filter).await?;
    shown.members = members(rx, &page.items, ctx.locale()).await?;
    shown.next_cursor = page.next_cursor;
    shown.first_place = asked.first_place;
    if let Some((id, was)) = asked.moved {
        let title = product::by_ids(rx, &[id])
            .await?
            .first()
            .map(|product| product.title.get(ctx.locale()).to_owned());
        shown.moved = title.map(|title| MovedMember { id, title, was });
    }
    Ok(shown)
}

/// The form of a new collection.
///
/// # Errors
/// Whatever the database says.
pub async fn new_collection(rx: &mut Rx, ctx: &Ctx) -> Result<AdminCollection, FlowError> {
    form(rx, ctx, None).await
}

/// What rules would find, for the page where they are typed.
///
/// # Errors
/// What rules refuse, or whatever the database says.
pub async fn preview(rx: &mut Rx, ctx: &Ctx, rules: &Rules) -> Result<Preview, FlowError> {
    let (count, ids) = collection::preview(rx, rules, ctx.now(), PREVIEW).await?;
    let items = product::by_ids(rx, &ids).await?;
    Ok(Preview {
        count,
        items: members(rx, &items, ctx.locale()).await?,
    })
}

async fn form(
    rx: &mut Rx,
    ctx: &Ctx,
    known: Option<&Collection>,
) -> Result<AdminCollection, FlowError> {
    let locale = ctx.locale();
    let all = collection::all(rx).await?;
    let id = known.map(|c| c.id);
    let children = all.iter().any(|c| id.is_some() && c.parent_id == id);
    let able = |c: &&Collection| {
        c.parent_id.is_none() && c.rules.is_none() && c.archived_at.is_none() && Some(c.id) != id
    };
    let parents = all.iter().filter(able).map(|c| ParentChoice {
        id: c.id,
        title: c.title.get(locale).to_owned(),
        selected: known.is_some_and(|k| k.parent_id == Some(c.id)),
    });
    let own = |texts: Option<&Texts>, l: Locale| {
        let text = texts.and_then(|t| t.0.get(&l));
        text.cloned().unwrap_or_default()
    };
    let text = |l: &Locale| CollectionText {
        locale: *l,
        required: *l == Locale::default(),
        title: own(known.map(|c| &c.title), *l),
        description: own(known.map(|c| &c.description), *l),
    };
    let definitions: Vec<AttributeDefinition> =
        all.iter().flat_map(|c| c.attributes.clone()).collect();
    let definitions = catalog::attribute::joined(definitions);
    Ok(AdminCollection {
        collection: known.map(|c| head(c, children, locale)),
        texts: Locale::ALL.iter().map(text).collect(),
        parents: parents.collect(),
        image_key: known.and_then(|c| c.image_key.clone()),
        image_url: picture_url(known.and_then(|c| c.image_key.as_deref())),
        sheet: known.map_or_else(Vec::new, |c| c.attributes.iter().map(sheet_row).collect()),
        rules: known
            .and_then(|c| c.rules.as_ref())
            .map(|r| rules_view(r, &definitions, locale)),
        known: KnownValues {
            brands: facet::values(rx, &Facet::Brand).await?,
            tags: facet::values(rx, &Facet::Tag).await?,
            attributes: definitions.iter().map(|d| known_one(d, locale)).collect(),
        },
        members: Vec::new(),
        member_count: 0,
        first_place: 0,
        moved: None,
        next_cursor: None,
        preview: None,
        can: ProductsCan {
            write: ctx.allows(Permission::ProductsWrite),
        },
    })
}

fn head(collection: &Collection, has_children: bool, locale: Locale) -> CollectionHead {
    CollectionHead {
        id: collection.id,
        title: collection.title.get(locale).to_owned(),
        url: collection
            .archived_at
            .is_none()
            .then(|| format!("/collections/{}", collection.handle)),
        handle: collection.handle.clone(),
        parent_id: collection.parent_id,
        has_children,
        archived_at: collection.archived_at,
    }
}

fn sheet_row(definition: &AttributeDefinition) -> SheetRow {
    let unit = match &definition.kind {
        AttributeKind::Number { unit } => unit.0.clone(),
        _ => BTreeMap::new(),
    };
    let line = |choice: &catalog::Choice| {
        let names = Locale::ALL.map(|l| choice.name.0.get(&l).map_or("", String::as_str));
        format!("{}: {}", choice.code, names.join(" / "))
    };
    let choices: Vec<String> = definition.kind.choices().iter().map(line).collect();
    SheetRow {
        code: definition.code.clone(),
        name: definition.name.0.clone(),
        kind: definition.kind.code(),
        unit,
        choices: choices.join("\n"),
        required: definition.required,
        filterable: definition.filterable,
    }
}

fn rules_view(rules: &Rules, definitions: &[AttributeDefinition], locale: Locale) -> RulesView {
    let one = |condition: &Condition| {
        let (on, value, price) = match condition {
            Condition::Tag { value } | Condition::Brand { value } => {
                (condition.code().to_owned(), value.clone(), None)
            }
            Condition::Attribute { code, value } => {
                let definition = definitions.iter().find(|d| d.code == *code);
                let choices = definition.map_or(&[][..], |d| d.kind.choices());
                let named = choices.iter().find(|c| c.code == *value);
                let shown = named.map_or(value.as_str(), |c| c.name.get(locale));
                (format!("attribute:{code}"), shown.to_owned(), None)
            }
            Condition::PriceFrom { price } | Condition::PriceTo { price } => {
                (condition.code().to_owned(), String::new(), Some(*price))
            }
            Condition::InStock => (condition.code().to_owned(), String::new(), None),
            Condition::PublishedWithin { days } => {
                (condition.code().to_owned(), days.to_string(), None)
            }
        };
        ConditionView { on, value, price }
    };
    RulesView {
        join: rules.join,
        conditions: rules.conditions.iter().map(one).collect(),
    }
}

fn known_one(definition: &AttributeDefinition, locale: Locale) -> KnownAttribute {
    let choices = definition.kind.choices().iter();
    KnownAttribute {
        code: definition.code.clone(),
        name: definition.name.get(locale).to_owned(),
        values: choices.map(|c| c.name.get(locale).to_owned()).collect(),
    }
}

async fn members(
    rx: &mut Rx,
    products: &[Product],
    locale: Locale,
) -> Result<Vec<MemberRow>, FlowError> {
    let ids: Vec<ProductId> = products.iter().map(|p| p.id).collect();
    let media: Vec<Media> = product::media_of(rx, &ids).await?;
    let row = |p: &Product| {
        let picture = media.iter().find(|m| m.product_id == p.id);
        MemberRow {
            id: p.id,
            title: p.title.get(locale).to_owned(),
            handle: p.handle.clone(),
            state: p.state,
            image_url: picture_url(picture.map(|m| m.file_key.as_str())),
            brand: p.identity.brand.clone(),
        }
    };
    Ok(products.iter().map(row).collect())
}

/// The attributes by which rules can go, as they are defined now.
///
/// # Errors
/// Whatever the database says.
pub async fn definitions(rx: &mut Rx) -> Result<Vec<AttributeDefinition>, FlowError> {
    let all = collection::all(rx).await?;
    let all = all.into_iter().flat_map(|c| c.attributes).collect();
    Ok(catalog::attribute::joined(all))
}

/// The currency in which prices of conditions are typed.
///
/// # Errors
/// Whatever the database says.
pub async fn currency(rx: &mut Rx) -> Result<kernel::Currency, FlowError> {
    Ok(shop::load(rx).await?.currency)
}
