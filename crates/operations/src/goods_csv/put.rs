//! One product of a file: created, or brought to what its rows say.

use std::collections::BTreeSet;

use catalog::{
    CatalogError, NewProduct, NewVariant, Product, ProductOption, ProductTexts, Variant,
    VariantState,
    attribute::Attribute,
    collection, price,
    product::{self, ProductIdentity},
    rules::MAX_OPTIONS,
    variant,
};
use kernel::{CollectionId, ProductId};
use platform::{Ctx, Tx};

use super::{
    Goods, GoodsVariant, Remark, hang,
    import::{Became, Known, Refusal, at},
    said,
};
use crate::flows::bulk_edit;

/// Why a price was changed, as its history keeps it.
const REASON: &str = "import";

/// Writes a product with its variants, as far as it is not there already.
pub(super) async fn put(
    tx: &mut Tx,
    ctx: &Ctx,
    goods: &Goods,
    known: &Known,
    notes: &mut Vec<Remark>,
) -> Result<(Became, usize), Refusal> {
    let line = goods.line;
    let collections = collections_of(goods, known, notes);
    let found =
        product::by_handle(tx, &goods.handle)
            .await
            .map_err(at(line, "handle", &goods.handle))?;
    let (id, mut became) = match found {
        Some(product) => {
            let mut changed = change(tx, ctx, &product, goods, collections.as_deref()).await?;
            changed |= speak(tx, ctx, &product, goods, known, notes).await?;
            (
                product.id,
                if changed {
                    Became::Changed
                } else {
                    Became::Same
                },
            )
        }
        None => {
            let attributes = said::heard(goods, &known.sheet, &[], notes);
            (
                create(tx, ctx, goods, collections, attributes).await?,
                Became::New,
            )
        }
    };
    for row in &goods.variants {
        if was_price(tx, ctx, id, row, notes).await? {
            became = became.max(Became::Changed);
        }
    }
    let sold = variant::of(tx, &[id]).await.map_err(at(line, "sku", ""))?;
    if hang::hang(tx, ctx, id, (goods, &sold), notes).await? {
        became = became.max(Became::Changed);
    }
    let fetched = hang::fetch(tx, ctx, id, (goods, &sold), known, notes).await?;
    if fetched > 0 {
        became = became.max(Became::Changed);
    }
    let now = product::by_id(tx, id)
        .await
        .map_err(at(line, "state", ""))?;
    if let (Some(now), Some(to)) = (now, goods.state)
        && now.state != to
    {
        let moved = bulk_edit::live(tx, ctx, id, now.state, to).await;
        moved.map_err(at(line, "state", to.code()))?;
        became = became.max(Became::Changed);
    }
    Ok((became, fetched))
}

/// The collections that a product shall be in; unknown ones are remarked and left out.
fn collections_of(
    goods: &Goods,
    known: &Known,
    notes: &mut Vec<Remark>,
) -> Option<Vec<CollectionId>> {
    let named = goods.collections.as_ref()?;
    let mut ids = Vec::with_capacity(named.len());
    for handle in named {
        match known.collections.get(handle) {
            Some(id) => ids.push(*id),
            None => notes.push(Remark::note(
                goods.line,
                "collections",
                handle,
                "csv-collection-unknown",
            )),
        }
    }
    Some(ids)
}

async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    goods: &Goods,
    collections: Option<Vec<CollectionId>>,
    attributes: Vec<Attribute>,
) -> Result<ProductId, Refusal> {
    let mut variants = Vec::with_capacity(goods.variants.len());
    for row in &goods.variants {
        let Some(price) = row.price else {
            let error = CatalogError::NothingToSell;
            return Err(at(row.line, "price", &row.sku)(error));
        };
        variants.push(NewVariant {
            id: None,
            sku: row.sku.clone(),
            barcode: row.barcode.clone().flatten(),
            option_values: row.option_values.clone(),
            price,
            cost: row.cost.flatten(),
            weight_g: row.weight_g.unwrap_or_default(),
            size_mm: row.size_mm.flatten(),
        });
    }
    let options = goods.options.iter().take(MAX_OPTIONS);
    let new = NewProduct {
        handle: goods.handle.clone(),
        title: goods.title.clone().unwrap_or_default(),
        subtitle: goods.subtitle.clone().unwrap_or_default(),
        description: goods.description.clone().unwrap_or_default(),
        options: options
            .map(|name| ProductOption { name: name.clone() })
            .collect(),
        media: hang::kept(goods).map(|(_, new)| new).collect(),
        collections: collections.unwrap_or_default(),
        attributes,
        identity: identity_of(goods, &ProductIdentity::default()),
        variants,
        ..NewProduct::default()
    };
    let id =
        product::create(tx, ctx, new)
            .await
            .map_err(at(goods.line, "handle", &goods.handle))?;
    let made = variant::of(tx, &[id])
        .await
        .map_err(at(goods.line, "sku", ""))?;
    for row in goods
        .variants
        .iter()
        .filter(|row| row.active == Some(false))
    {
        if let Some(variant) = made.iter().find(|variant| variant.sku == row.sku) {
            details(tx, ctx, variant, row).await?;
        }
    }
    Ok(id)
}

/// Brings a product that is there to what the file says; true when anything differed.
async fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    product: &Product,
    goods: &Goods,
    collections: Option<&[CollectionId]>,
) -> Result<bool, Refusal> {
    let (id, line) = (product.id, goods.line);
    let mut changed = false;
    let texts = ProductTexts {
        title: goods.title.clone().unwrap_or_else(|| product.title.clone()),
        subtitle: goods
            .subtitle
            .clone()
            .unwrap_or_else(|| product.subtitle.clone()),
        description: goods
            .description
            .clone()
            .unwrap_or_else(|| product.description.clone()),
    };
    let same = texts.title == product.title
        && texts.subtitle == product.subtitle
        && texts.description == product.description;
    if !same {
        product::update_texts(tx, ctx, id, texts)
            .await
            .map_err(at(line, "title", ""))?;
        changed = true;
    }
    for (index, name) in goods.options.iter().enumerate() {
        if product
            .options
            .get(index)
            .is_some_and(|option| option.name != *name)
        {
            let renamed = product::rename_option(tx, ctx, id, index, name.clone()).await;
            renamed.map_err(at(line, "option1", ""))?;
            changed = true;
        }
    }
    if let Some(wanted) = collections {
        let present =
            collection::of_products(tx, &[id])
                .await
                .map_err(at(line, "collections", ""))?;
        let present: BTreeSet<CollectionId> = present.into_iter().map(|(_, one)| one.id).collect();
        if present != wanted.iter().copied().collect() {
            let placed = collection::place_product(tx, ctx, id, wanted).await;
            placed.map_err(at(line, "collections", ""))?;
            changed = true;
        }
    }
    let mine = variant::of(tx, &[id]).await.map_err(at(line, "sku", ""))?;
    for row in &goods.variants {
        changed |= match mine.iter().find(|variant| variant.sku == row.sku) {
            Some(variant) => details(tx, ctx, variant, row).await?,
            None => add(tx, ctx, id, row).await?,
        };
    }
    Ok(changed)
}

/// Brand, model and tags as the file has them; what it does not speak of stays.
fn identity_of(goods: &Goods, before: &ProductIdentity) -> ProductIdentity {
    let or = |heard: &Option<String>, before: &Option<String>| {
        let text = heard.as_ref().or(before.as_ref());
        text.cloned().unwrap_or_default()
    };
    let (brand, model) = (
        or(&goods.brand, &before.brand),
        or(&goods.model, &before.model),
    );
    let tags = goods.tags.as_ref().unwrap_or(&before.tags);
    ProductIdentity::typed(&brand, &model, tags.iter().map(String::as_str))
}

/// Brings what a product that is there says of itself to what the file says; true when anything differed.
async fn speak(
    tx: &mut Tx,
    ctx: &Ctx,
    product: &Product,
    goods: &Goods,
    known: &Known,
    notes: &mut Vec<Remark>,
) -> Result<bool, Refusal> {
    let (id, line) = (product.id, goods.line);
    let mut changed = false;
    let identity = identity_of(goods, &product.identity);
    if identity != product.identity {
        let updated = product::update_identity(tx, ctx, id, identity).await;
        updated.map_err(at(line, "tags", ""))?;
        changed = true;
    }
    let attributes = said::heard(goods, &known.sheet, &product.attributes, notes);
    if attributes != product.attributes {
        let updated = product::update_attributes(tx, ctx, id, attributes).await;
        updated.map_err(at(line, "attributes", ""))?;
        changed = true;
    }
    Ok(changed)
}

async fn add(tx: &mut Tx, ctx: &Ctx, id: ProductId, row: &GoodsVariant) -> Result<bool, Refusal> {
    let price = row
        .price
        .ok_or(CatalogError::NothingToSell)
        .map_err(at(row.line, "price", ""))?;
    let new = NewVariant {
        barcode: row.barcode.clone().flatten(),
        option_values: row.option_values.clone(),
        cost: row.cost.flatten(),
        weight_g: row.weight_g.unwrap_or_default(),
        size_mm: row.size_mm.flatten(),
        ..NewVariant::new(row.sku.clone(), price)
    };
    let added = variant::add(tx, ctx, id, new).await;
    added.map_err(at(row.line, "sku", &row.sku))?;
    Ok(true)
}

/// Brings a variant that is there to what its row says, its was-price apart.
async fn details(
    tx: &mut Tx,
    ctx: &Ctx,
    variant: &Variant,
    row: &GoodsVariant,
) -> Result<bool, Refusal> {
    let before = variant.details();
    let mut wanted = before.clone();
    if let Some(barcode) = &row.barcode {
        wanted.barcode.clone_from(barcode);
    }
    if !row.option_values.is_empty() {
        wanted.option_values.clone_from(&row.option_values);
    }
    wanted.cost = row.cost.unwrap_or(before.cost);
    wanted.weight_g = row.weight_g.unwrap_or(before.weight_g);
    wanted.size_mm = row.size_mm.unwrap_or(before.size_mm);
    wanted.state = match row.active {
        Some(true) => VariantState::Active,
        Some(false) => VariantState::Archived,
        None => before.state,
    };
    let mut changed = false;
    if let Some(to) = row.price.filter(|to| *to != variant.price) {
        let was = variant.compare_at.filter(|was| was.amount > to.amount);
        let set = price::set(tx, ctx, variant.id, to, was, REASON).await;
        set.map_err(at(row.line, "price", &to.to_string()))?;
        changed = true;
    }
    if wanted != before {
        let updated = variant::update(tx, ctx, variant.id, wanted).await;
        updated.map_err(at(row.line, "sku", &row.sku))?;
        changed = true;
    }
    Ok(changed)
}

/// Sets the was-price of a row where the shop's own record bears it out (GOV-08); otherwise it is remarked.
async fn was_price(
    tx: &mut Tx,
    ctx: &Ctx,
    id: ProductId,
    row: &GoodsVariant,
    notes: &mut Vec<Remark>,
) -> Result<bool, Refusal> {
    let Some(wanted) = row.compare_at else {
        return Ok(false);
    };
    let mine = variant::of(tx, &[id])
        .await
        .map_err(at(row.line, "sku", ""))?;
    let Some(now) = mine.into_iter().find(|variant| variant.sku == row.sku) else {
        return Ok(false);
    };
    if now.compare_at == wanted {
        return Ok(false);
    }
    let set = tx
        .attempt(async |tx| price::set(tx, ctx, now.id, now.price, wanted, REASON).await)
        .await;
    match set {
        Ok(()) => Ok(true),
        Err(CatalogError::CompareAt(why)) => {
            let value = wanted.map(kernel::Money::decimal_text).unwrap_or_default();
            notes.push(Remark::note(row.line, "compare_at", value, why.key()));
            Ok(false)
        }
        Err(error) => Err(at(row.line, "compare_at", "")(error)),
    }
}
