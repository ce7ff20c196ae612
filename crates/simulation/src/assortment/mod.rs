//! An assortment of any size: products put together from the trade's words, always the same from the same seed.
//!
//! A benchmark needs ten thousand products that search, lists and checkout treat like a merchant's own. Titles begin
//! with a place or with what it is, so that two-character words such as 烏龍 or 鹿谷 are in many of them; no two
//! titles, handles, SKUs or barcodes are alike. Everything enters through the commands of catalogue and stock, many
//! products in each transaction.

mod draft;
mod words;

use std::{collections::HashMap, sync::Arc};

use catalog::{
    collection::{self, NewCollection},
    media::NewMedia,
    product::{self, NewProduct, ProductFilter},
};
use fulfilment::delivery;
use inventory::{
    EntryKind,
    stock::{self, ImportedEntry},
};
use kernel::{Clock, CollectionId, LocationId, Timestamp};
use operations::FlowError;
use platform::{Ctx, Tx, files::Files};

use self::draft::{Drafted, draft, texts};
use crate::{
    SimulationError,
    content::{DemoShop, demo_shop},
    decide::decide,
    open_shop::collections,
    pictures::{TILE, View, banner_part_svg, product_svg},
};

/// Handle of the collection that everything is in.
pub const EVERYTHING: &str = "everything";

const DAY: i64 = 86_400;
/// Products written in one transaction.
const BATCH: usize = 250;

/// How large an assortment, and which.
#[derive(Debug, Clone, Copy)]
pub struct Assortment {
    /// How many products.
    pub products: u32,
    /// What every word and figure depends on.
    pub seed: u64,
}

/// What an assortment came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stocked {
    /// Products on sale.
    pub products: usize,
    /// Their variants.
    pub variants: usize,
    /// Units in the warehouse.
    pub units: i64,
}

/// Opens the demo shop with this assortment instead of its own goods, as if it had opened `history_days` ago.
///
/// # Errors
/// [`SimulationError::NotEmpty`] where there are goods, collections or ways to deliver already; a refused command, or
/// a picture that cannot be kept. What was written before the error stays.
pub async fn open_assortment(
    ctx: &Ctx,
    files: &Files,
    public_url: &str,
    history_days: i64,
    wanted: Assortment,
) -> Result<Stocked, SimulationError> {
    if !ctx.read(async |rx, _| is_empty(rx).await).await? {
        return Err(SimulationError::NotEmpty);
    }
    let content = demo_shop()?;
    let ctx = ctx.at(Clock::standing(
        ctx.now().plus_seconds(-(history_days + 1) * DAY),
    ));
    decide(&ctx, &content, files, public_url).await?;
    let shelves = Arc::new(Shelves {
        collections: all_collections(&ctx, &content, files).await?,
        pictures: pictures(&content, files)?,
        location: ctx
            .read(async |rx, _| inventory::location::first(rx).await)
            .await
            .map_err(FlowError::from)?,
    });
    let count = usize::try_from(wanted.products).unwrap_or(usize::MAX);
    let mut stocked = Stocked::default();
    for first in (0..count).step_by(BATCH) {
        let part = Arc::new(
            (first..count.min(first + BATCH))
                .map(|index| draft(wanted.seed, index))
                .collect::<Vec<_>>(),
        );
        stocked.products += part.len();
        stocked.variants += part.iter().map(|d| d.units.len()).sum::<usize>();
        stocked.units += part.iter().flat_map(|d| &d.units).sum::<i64>();
        let shelves = Arc::clone(&shelves);
        ctx.write(async move |tx, ctx| write(tx, ctx, &shelves, &part).await)
            .await?;
    }
    Ok(stocked)
}

async fn is_empty(rx: &mut platform::Rx) -> Result<bool, FlowError> {
    let goods = product::count(rx, &ProductFilter::default()).await?;
    Ok(goods == 0
        && collection::tree(rx).await?.is_empty()
        && delivery::list_active(rx).await?.is_empty())
}

/// Where an assortment is put.
struct Shelves {
    collections: HashMap<String, CollectionId>,
    /// Keys of the pictures of each collection, in pairs: the thing, and a close look.
    pictures: HashMap<String, Vec<(String, String)>>,
    location: LocationId,
}

/// The demo shop's collections, and one that holds everything.
async fn all_collections(
    ctx: &Ctx,
    content: &DemoShop,
    files: &Files,
) -> Result<HashMap<String, CollectionId>, SimulationError> {
    let mut known = collections(ctx, content, files).await?;
    let new = NewCollection {
        handle: EVERYTHING.to_owned(),
        title: texts(&("全部商品", "全部商品", "Everything")),
        description: texts(&(
            "所有的茶、茶器與禮盒。",
            "所有的茶、茶器与礼盒。",
            "All teas, teaware and gifts.",
        )),
        image_key: Some(files.put(banner_part_svg(&content.hero, TILE).as_bytes(), "svg")?),
        ..NewCollection::default()
    };
    let id = ctx
        .write(async move |tx, ctx| {
            Ok::<_, FlowError>(collection::create(tx, ctx, new.clone()).await?)
        })
        .await?;
    known.insert(EVERYTHING.to_owned(), id);
    Ok(known)
}

/// The pictures of the demo shop's own goods, drawn once and shared.
fn pictures(
    content: &DemoShop,
    files: &Files,
) -> Result<HashMap<String, Vec<(String, String)>>, SimulationError> {
    let mut drawn: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for product in &content.products {
        let keep = |view| files.put(product_svg(&product.picture, view).as_bytes(), "svg");
        let pair = (keep(View::Main)?, keep(View::Detail)?);
        for handle in &product.collections {
            drawn.entry(handle.clone()).or_default().push(pair.clone());
        }
    }
    Ok(drawn)
}

async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    shelves: &Shelves,
    part: &[Drafted],
) -> Result<(), FlowError> {
    let placed: Vec<NewProduct> = (0_i64..)
        .zip(part)
        .map(|(place, drafted)| shelves.place(drafted, ctx.now().plus_seconds(place)))
        .collect();
    let made = product::import_many(tx, ctx, placed).await?;
    let entries: Vec<ImportedEntry> = made
        .iter()
        .zip(part)
        .flat_map(|(made, drafted)| made.variants.iter().zip(&drafted.units))
        .map(|(variant, units)| ImportedEntry {
            variant_id: *variant,
            location_id: shelves.location,
            quantity: *units,
            kind: EntryKind::Opening,
            reason: "opening".to_owned(),
            order_id: None,
            effect_key: None,
            effective_at: ctx.now(),
        })
        .collect();
    stock::import_entries(tx, ctx, &entries).await?;
    Ok(())
}

impl Shelves {
    /// A drafted product with its collections and pictures, on sale since `at`.
    fn place(&self, drafted: &Drafted, at: Timestamp) -> NewProduct {
        let mut product = drafted.product.clone();
        product.collections = drafted
            .collections
            .iter()
            .filter_map(|handle| self.collections.get(*handle))
            .copied()
            .collect();
        let own = self.pictures.get(drafted.kind.collection);
        let number = product.handle.bytes().map(usize::from).sum::<usize>();
        let pair = own.and_then(|pairs| pairs.get(number % pairs.len().max(1)));
        product.media = pair
            .into_iter()
            .flat_map(|(main, detail)| [main, detail])
            .map(|key| NewMedia {
                file_key: key.clone(),
                alt: product.title.clone(),
                width: 800,
                height: 800,
            })
            .collect();
        product.published_at = Some(at);
        product
    }
}
