//! Products: a new one, its words, options, collections and pictures.

use std::{collections::BTreeMap, sync::Arc};

use catalog::{
    CatalogError, NewProduct, NewVariant, ProductOption, ProductTexts, collection, product,
    rules::{MAX_HANDLE, slug},
};
use kernel::{CollectionId, Locale, Money, ProductId, Texts};
use operations::{
    FlowError, shop,
    views::admin::{AdminProduct, NewProductPage, product as product_view},
};
use platform::{
    Ctx, Rx,
    web::{Done, Page, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Amount, Form, explain, filled},
    paths::{OptionPath, ProductPath},
};

/// Addresses tried for a product whose name is taken.
const TRIES: usize = 50;

/// A new product; it begins as a draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProduct {
    /// Its name, in the shop's first language.
    title: String,
    /// Its name in addresses; made of the name or the SKU when absent.
    #[serde(default)]
    handle: Option<String>,
    /// The long text.
    #[serde(default)]
    description: Option<String>,
    /// What its variants differ in.
    #[serde(default)]
    option_name: Option<String>,
    /// The values, separated by commas; one variant is made for each.
    #[serde(default)]
    option_values: Option<String>,
    /// The SKU; with several variants a number is added to each.
    sku: String,
    /// What a variant costs.
    price: Amount,
    /// The collections it is put into.
    #[serde(default)]
    collections: Vec<CollectionId>,
}

/// Another name in addresses.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceProduct {
    /// The name.
    handle: String,
}

/// The words of a product in each language.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteTexts {
    /// The name.
    #[serde(default)]
    title: BTreeMap<Locale, String>,
    /// One line below it.
    #[serde(default)]
    summary: BTreeMap<Locale, String>,
    /// The long text.
    #[serde(default)]
    description: BTreeMap<Locale, String>,
}

/// The collections of a product.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChooseCollections {
    /// All of them.
    #[serde(default)]
    collections: Vec<CollectionId>,
}

/// A new option.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddOption {
    /// What variants will differ in.
    name: String,
    /// The value that the present variants have in it.
    value: String,
}

/// Another name of an option, in the reader's language.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameOption {
    /// The name.
    name: String,
}

/// A product that was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProductChanged {
    /// The product.
    pub(crate) id: ProductId,
}

pub(crate) fn page_of(id: ProductId) -> String {
    format!("/admin/products/{id}")
}

/// The answer after a product was changed.
pub(crate) fn changed(id: ProductId, next: String) -> Done<ProductChanged> {
    Done::new(ProductChanged { id }, next).flash("admin-flash-saved")
}

/// A product as its page shows it.
pub(crate) async fn product_page(ctx: &Ctx, id: ProductId) -> Result<AdminProduct, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| product_view::product(rx, ctx, id).await)
        .await?)
}

async fn blank(ctx: &Ctx) -> Result<NewProductPage, Problem> {
    Ok(ctx
        .read(async |rx, ctx| product_view::new_product(rx, ctx).await)
        .await?)
}

/// The form of a new product.
pub(crate) async fn new_form(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<NewProductPage>, Problem> {
    Ok(Page::new(blank(&ctx).await?))
}

/// One product.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<ProductPath>,
) -> Result<Page<AdminProduct>, Problem> {
    Ok(Page::new(product_page(&ctx, at.id).await?))
}

/// Creates a draft.
pub(crate) async fn create(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<CreateProduct>,
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let currency = ctx.read(async |rx, _| shop::load(rx).await).await?.currency;
        let price = wanted.price.money(currency, "price")?;
        let new = draft(&wanted, price)?;
        let chosen = wanted.handle.is_some();
        let creating = ctx.write(async move |tx, ctx| {
            let mut new = new.clone();
            if !chosen {
                new.handle = free_handle(tx, &new.handle).await?;
            }
            Ok::<_, FlowError>(product::create(tx, ctx, new).await?)
        });
        let id = creating.await.map_err(explain)?;
        Ok(Done::created(ProductChanged { id }, sent.next(page_of(id)))
            .flash("admin-flash-created"))
    };
    sent.or_show(work, blank(&ctx)).await
}

/// The product that a form describes.
fn draft(wanted: &CreateProduct, price: Money) -> Result<NewProduct, Problem> {
    let said = |text: &str| Texts::one(Locale::default(), text.trim());
    let optional = |text: &Option<String>| {
        text.as_deref()
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let values: Vec<String> = optional(&wanted.option_values).map_or_else(Vec::new, |text| {
        let parts = text
            .split([',', '，', '、'])
            .map(str::trim)
            .filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    });
    let name = optional(&wanted.option_name);
    if name.is_some() == values.is_empty() {
        let field = if values.is_empty() {
            "option_values"
        } else {
            "option_name"
        };
        return Err(Problem::invalid("error-invalid-input").field(field, "error-required"));
    }
    let sku = wanted.sku.trim();
    let variants = if values.is_empty() {
        vec![NewVariant::new(sku, price)]
    } else {
        let numbered = values.iter().zip(1..);
        let sku_of = |number: i32| {
            if values.len() == 1 {
                sku.to_owned()
            } else {
                format!("{sku}-{number}")
            }
        };
        numbered
            .map(|(value, n)| NewVariant {
                option_values: vec![said(value)],
                ..NewVariant::new(sku_of(n), price)
            })
            .collect()
    };
    let handle = optional(&wanted.handle)
        .or_else(|| slug(&wanted.title))
        .or_else(|| slug(sku));
    Ok(NewProduct {
        handle: handle.unwrap_or_else(|| "product".to_owned()),
        title: said(&wanted.title),
        description: optional(&wanted.description).map_or_else(Texts::default, |text| said(&text)),
        options: name
            .iter()
            .map(|name| ProductOption { name: said(name) })
            .collect(),
        variants,
        collections: wanted.collections.clone(),
        ..NewProduct::default()
    })
}

/// The address itself, or the first one with a number that is free.
async fn free_handle(rx: &mut Rx, wanted: &str) -> Result<String, FlowError> {
    let stem: String = wanted.chars().take(MAX_HANDLE - 4).collect();
    let stem = stem.trim_end_matches('-');
    for number in 1..=TRIES {
        let handle = if number == 1 {
            wanted.to_owned()
        } else {
            format!("{stem}-{number}")
        };
        if product::by_handle(rx, &handle).await?.is_none() {
            return Ok(handle);
        }
    }
    Err(CatalogError::HandleTaken {
        handle: wanted.to_owned(),
    }
    .into())
}

/// Moves a product to another address.
pub(crate) async fn place(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<PlaceProduct>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let handle = value?.handle;
        let moving = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(product::change_handle(tx, ctx, at.id, handle.trim()).await?)
        });
        moving.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id))))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Replaces a product's words.
pub(crate) async fn write_texts(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<WriteTexts>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let words = value?;
        let texts = ProductTexts {
            title: filled(words.title),
            subtitle: filled(words.summary),
            description: filled(words.description),
        };
        let writing = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(product::update_texts(tx, ctx, at.id, texts.clone()).await?)
        });
        writing.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id))))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Puts a product into exactly these collections.
pub(crate) async fn choose_collections(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<ChooseCollections>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?.collections;
        let placing = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(collection::place_product(tx, ctx, at.id, &wanted).await?)
        });
        placing.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id))))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Adds an option; the present variants get its first value.
pub(crate) async fn add_option(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ProductPath>, Form<AddOption>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let adding = ctx.write(async move |tx, ctx| {
            let text = |text: &str| Texts::one(ctx.locale(), text.trim());
            let option = ProductOption {
                name: text(&wanted.name),
            };
            Ok::<_, FlowError>(
                product::add_option(tx, ctx, at.id, option, text(&wanted.value)).await?,
            )
        });
        adding.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id))))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

/// Renames an option in the reader's language.
pub(crate) async fn rename_option(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OptionPath>, Form<RenameOption>),
) -> Result<Done<ProductChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let index: usize = at.option.parse().map_err(|_| Problem::not_found())?;
        let name = value?.name;
        let renaming = ctx.write(async move |tx, ctx| {
            let known = product::by_id(tx, at.id)
                .await?
                .ok_or(FlowError::NotFound)?;
            let mut names = known
                .options
                .get(index)
                .ok_or(FlowError::NotFound)?
                .name
                .clone();
            names.0.insert(ctx.locale(), name.trim().to_owned());
            Ok::<_, FlowError>(product::rename_option(tx, ctx, at.id, index, names).await?)
        });
        renaming.await.map_err(explain)?;
        Ok(changed(at.id, sent.next(page_of(at.id))))
    };
    sent.or_show(work, product_page(&ctx, at.id)).await
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    fn wanted(option_name: Option<&str>, option_values: Option<&str>) -> CreateProduct {
        CreateProduct {
            title: "阿里山高山烏龍".into(),
            handle: None,
            description: None,
            option_name: option_name.map(str::to_owned),
            option_values: option_values.map(str::to_owned),
            sku: "TEA-ALI".into(),
            price: Amount::Typed("580".into()),
            collections: Vec::new(),
        }
    }

    /// CAT-01: each value of the option becomes a variant with a SKU of its own.
    #[test]
    fn values_become_variants() {
        let price = Money::new(58_000, Currency::TWD);
        let made = draft(&wanted(Some("重量"), Some("50 g、150 g, 300 g")), price).unwrap();
        let skus: Vec<&str> = made.variants.iter().map(|v| v.sku.as_str()).collect();
        assert_eq!(skus, ["TEA-ALI-1", "TEA-ALI-2", "TEA-ALI-3"]);
        assert_eq!(made.handle, "a-li-shan-gao-shan-wu-long");
        assert_eq!(
            draft(&wanted(None, None), price).unwrap().variants[0].sku,
            "TEA-ALI"
        );
        assert!(draft(&wanted(Some("重量"), None), price).is_err());
        assert!(draft(&wanted(None, Some("50 g")), price).is_err());
    }
}
