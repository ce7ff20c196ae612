//! Writing a plan in batches. Each batch also records how far it is, so an interrupted import goes on where it stopped.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use catalog::{
    AttributeDefinition, NewCollection, ProductOption,
    attribute::{Attribute, AttributeKind, AttributeValue},
    collection,
    product::{self, NewProduct, ProductIdentity},
    variant::{self, NewVariant},
};
use customers::customer;
use fulfilment::delivery::{self, NewDeliveryMethod};
use inventory::{EntryKind, location, stock};
use kernel::{
    CollectionId, Currency, CustomerId, ImportId, Locale, LocationId, Money, ProductId, Texts,
    Timestamp, VariantId,
};
use operations::{
    payment_terms::{self, PaymentTerms},
    shop,
};
use platform::{Ctx, Rx, Tx, settings};
use serde::{Deserialize, Serialize};

use super::{
    FORMAT,
    goods::{Category, Product, Sale, Variant},
    plan::Plan,
    sales::{Course, PlannedOrder},
};
use crate::import::{self, ImportError, refused};

mod orders;

/// Products, members or orders written in one transaction.
const BATCH: usize = 200;
const DAY: i64 = 86_400;
/// The country that shops of this family sell in.
pub(super) const HOME: &str = "CN";
/// The code of the way to deliver that the shop offers.
pub(super) const DELIVERY: &str = "express";

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    categories: usize,
    products: usize,
    members: usize,
    orders: usize,
    remarks: usize,
}

impl Progress {
    const fn all(self) -> usize {
        self.categories + self.products + self.members + self.orders + self.remarks
    }
}

/// What every batch needs, shared with the database's thread.
struct Shared {
    run: ImportId,
    plan: Plan,
    location: LocationId,
    /// Units of each SKU that left or are held, beside those that can be sold.
    moved: BTreeMap<String, i64>,
    /// The day before the first order.
    opened: Timestamp,
}

/// Ids of what is written, found again after an interruption.
#[derive(Default)]
struct Known {
    variants: HashMap<String, (VariantId, ProductId)>,
    customers: HashMap<String, CustomerId>,
}

/// Writes everything of a plan that is not written yet; `None` when the file had been imported before.
pub(super) async fn write(
    ctx: &Ctx,
    hash: &str,
    plan: Plan,
    progress: &mut impl FnMut(usize, usize),
) -> Result<Option<ImportId>, ImportError> {
    let hash = hash.to_owned();
    let (run, location) = ctx
        .write(async move |tx, ctx| {
            let run = import::begin::<Progress>(tx, ctx, FORMAT, &hash).await?;
            let place = location::ensure_default(tx, ctx).await.map_err(refused)?;
            Ok::<_, ImportError>((run, place))
        })
        .await?;
    if run.done {
        return Ok(None);
    }
    let mut done = run.progress;
    let shared = Arc::new(Shared {
        run: run.id,
        moved: moved(&plan.orders),
        opened: opened(ctx, &plan.orders),
        plan,
        location,
    });
    let total = shared.total();
    while done.all() < total {
        let (at, work) = (done, Arc::clone(&shared));
        done = ctx
            .write(async move |tx, ctx| {
                import::go_on(tx, work.run, at.all()).await?;
                if at.all() == 0 {
                    import::must_be_fresh(tx, work.run).await?;
                    in_yuan(tx, ctx, work.plan.delivery_rate()).await?;
                }
                let next = batch(tx, ctx, &work, at).await?;
                import::advance(tx, work.run, next.all(), &next).await?;
                Ok::<_, ImportError>(next)
            })
            .await?;
        progress(done.all(), total);
    }
    Ok(Some(run.id))
}

impl Shared {
    fn total(&self) -> usize {
        let plan = &self.plan;
        plan.goods.categories.len()
            + plan.goods.products.len()
            + plan.members.len()
            + plan.orders.len()
            + plan.remarks.len()
    }
}

/// The next part that is not written: goods before those who buy them, both before orders.
async fn batch(
    tx: &mut Tx,
    ctx: &Ctx,
    shared: &Shared,
    done: Progress,
) -> Result<Progress, ImportError> {
    let plan = &shared.plan;
    if done.categories < plan.goods.categories.len() {
        // Few enough for one transaction, and children need the ids of their parents.
        categories(tx, ctx, &plan.goods.categories).await?;
        return Ok(Progress {
            categories: plan.goods.categories.len(),
            ..done
        });
    }
    if done.products < plan.goods.products.len() {
        let part = part(&plan.goods.products, done.products);
        products(tx, ctx, shared, part).await?;
        return Ok(Progress {
            products: done.products + part.len(),
            ..done
        });
    }
    if done.members < plan.members.len() {
        let part = part(&plan.members, done.members);
        customer::import(tx, part).await?;
        return Ok(Progress {
            members: done.members + part.len(),
            ..done
        });
    }
    if done.orders < plan.orders.len() {
        let part = part(&plan.orders, done.orders);
        orders::write(tx, ctx, shared, part).await?;
        return Ok(Progress {
            orders: done.orders + part.len(),
            ..done
        });
    }
    import::remark(tx, shared.run, &plan.remarks).await?;
    Ok(Progress {
        remarks: plan.remarks.len(),
        ..done
    })
}

fn part<T>(all: &[T], done: usize) -> &[T] {
    let rest = all.get(done..).unwrap_or_default();
    rest.get(..BATCH).unwrap_or(rest)
}

/// Units of each SKU that left with an order of the past or are held for one that is paid.
fn moved(orders: &[PlannedOrder]) -> BTreeMap<String, i64> {
    let mut moved: BTreeMap<String, i64> = BTreeMap::new();
    for order in orders {
        if order.course.is_paid() {
            for line in &order.lines {
                *moved.entry(line.sku.clone()).or_default() += line.quantity;
            }
        }
    }
    moved
}

fn opened(ctx: &Ctx, orders: &[PlannedOrder]) -> Timestamp {
    let first = orders
        .first()
        .map_or_else(|| ctx.now(), |order| order.placed_at);
    first.plus_seconds(-DAY)
}

async fn categories(tx: &mut Tx, ctx: &Ctx, all: &[Category]) -> Result<(), ImportError> {
    let mut ids: HashMap<&str, CollectionId> = HashMap::new();
    for category in all {
        let parent = category
            .parent
            .as_deref()
            .and_then(|id| ids.get(id))
            .copied();
        let sheet = category
            .sheet
            .iter()
            .map(|(code, name)| AttributeDefinition {
                code: code.clone(),
                name: hans(name),
                kind: AttributeKind::Text,
                required: false,
                filterable: false,
            });
        let new = NewCollection {
            parent,
            handle: category.handle.clone(),
            title: hans(&category.name),
            description: hans(&category.description),
            image_key: None,
            attributes: sheet.collect(),
            rules: None,
        };
        let id = collection::create(tx, ctx, new).await.map_err(refused)?;
        ids.insert(&category.id, id);
    }
    Ok(())
}

/// The shop charges in the money of its goods, sends its parcels where its orders went, and offers one way to deliver in
/// that money: what the shop offered before was priced in another and is switched off.
async fn in_yuan(tx: &mut Tx, ctx: &Ctx, rate: i64) -> Result<(), ImportError> {
    let decided = shop::load(tx).await?;
    let shop = shop::Shop {
        currency: Currency::CNY,
        countries: vec![HOME.to_owned()],
        ..decided
    };
    settings::save(tx, ctx, shop::SHOP, &shop).await?;
    settings::save(tx, ctx, payment_terms::SETTING, &PaymentTerms::default()).await?;
    delivery::switch_off_other_money(tx, ctx, Currency::CNY)
        .await
        .map_err(refused)?;
    let names = [
        (Locale::Hant, "快遞"),
        (Locale::Hans, "快递"),
        (Locale::En, "Courier"),
    ];
    let courier = NewDeliveryMethod {
        code: DELIVERY.to_owned(),
        name: Texts(names.map(|(l, name)| (l, name.to_owned())).into()),
        description: Texts::default(),
        carrier: "sf".to_owned(),
        rate: Money::new(rate, Currency::CNY),
        free_over: None,
        days_min: 2,
        days_max: 5,
        cash_on_delivery: false,
        max_weight_g: None,
        position: 1,
        pickup: None,
    };
    let known = delivery::by_code(tx, DELIVERY).await.map_err(refused)?;
    if known.is_some() {
        delivery::update(tx, ctx, &courier, true).await
    } else {
        delivery::create(tx, ctx, courier).await.map(|_| ())
    }
    .map_err(refused)
}

fn hans(text: &str) -> Texts {
    if text.is_empty() {
        Texts::default()
    } else {
        Texts::one(Locale::Hans, text)
    }
}

async fn products(
    tx: &mut Tx,
    ctx: &Ctx,
    shared: &Shared,
    part: &[Product],
) -> Result<(), ImportError> {
    let categories = &shared.plan.goods.categories;
    let mut collections: HashMap<&str, CollectionId> = HashMap::new();
    for category in categories {
        if let Some(found) = collection::by_handle(tx, &category.handle)
            .await
            .map_err(refused)?
        {
            collections.insert(&category.id, found.id);
        }
    }
    let new: Vec<NewProduct> = part
        .iter()
        .map(|product| new_product(product, &collections, shared.opened))
        .collect();
    let made = product::import_many(tx, ctx, new).await.map_err(refused)?;
    let (mut openings, mut alerts) = (Vec::new(), Vec::new());
    for (made, planned) in made.iter().zip(part) {
        for (variant_id, variant) in made.variants.iter().zip(&planned.variants) {
            let quantity =
                variant.stock + shared.moved.get(&variant.sku).copied().unwrap_or_default();
            if quantity > 0 {
                let place = (*variant_id, shared.location);
                openings.push(import::movement(
                    place,
                    quantity,
                    EntryKind::Opening,
                    shared.opened,
                ));
                alerts.extend(variant.low_at.map(|at| (*variant_id, at)));
            }
        }
        if planned.sale == Sale::Archived {
            product::archive(tx, ctx, made.product)
                .await
                .map_err(refused)?;
        }
    }
    stock::import_entries(tx, ctx, &openings)
        .await
        .map_err(refused)?;
    for (variant_id, at) in alerts {
        stock::set_low_at(tx, ctx, variant_id, shared.location, Some(at))
            .await
            .map_err(refused)?;
    }
    Ok(())
}

fn new_product(
    product: &Product,
    collections: &HashMap<&str, CollectionId>,
    opened: Timestamp,
) -> NewProduct {
    let attributes = product.attributes.iter().map(|(code, value)| Attribute {
        code: code.clone(),
        value: AttributeValue::Text(hans(value)),
    });
    let options = product
        .options
        .iter()
        .map(|name| ProductOption { name: hans(name) });
    let category = product
        .category
        .as_deref()
        .and_then(|id| collections.get(id));
    NewProduct {
        handle: product.handle.clone(),
        title: hans(&product.name),
        subtitle: hans(&product.subtitle),
        description: hans(&product.description),
        options: options.collect(),
        attributes: attributes.collect(),
        identity: ProductIdentity::typed(
            &product.brand,
            &product.model,
            product.tags.iter().map(String::as_str),
        ),
        variants: product.variants.iter().map(new_variant).collect(),
        collections: category.copied().into_iter().collect(),
        published_at: (product.sale == Sale::On).then_some(opened),
        ..NewProduct::default()
    }
}

fn new_variant(variant: &Variant) -> NewVariant {
    NewVariant {
        option_values: variant.values.iter().map(|value| hans(value)).collect(),
        weight_g: variant.weight_g,
        ..NewVariant::new(&variant.sku, variant.price)
    }
}

/// The ids of what some orders are about.
async fn known(rx: &mut Rx, shared: &Shared, part: &[PlannedOrder]) -> Result<Known, ImportError> {
    let mut known = Known::default();
    let lines = part.iter().flat_map(|order| &order.lines);
    let mut skus: Vec<&str> = lines.map(|line| line.sku.as_str()).collect();
    skus.sort_unstable();
    skus.dedup();
    for part in skus.chunks(500) {
        for found in variant::by_skus(rx, part).await.map_err(refused)? {
            let ids = (found.id, found.product_id);
            known.variants.insert(found.sku, ids);
        }
    }
    known.customers = customer::by_refs(rx, &shared.plan.members).await?;
    Ok(known)
}
