//! The goods of all blocks of a page, read together: the same few questions however many blocks there are.

use std::collections::{HashMap, HashSet};

use catalog::{Product, ProductFilter, ProductSort, ProductState, Sellable, product, sellable};
use kernel::{CollectionId, Locale, ProductId, VariantId};
use marketing::{Block, BlockKind, Content};
use platform::Rx;

use super::{BuyView, Frame, OfferView, Wanted};
use crate::{
    FlowError,
    views::shop::{
        card::Goods,
        parts::{FEW, Image, filled, shown},
    },
};

/// Products of a block that says nothing else.
const CARDS: usize = 8;
/// Slides of a carousel that says nothing else.
const SLIDES: usize = 6;
/// Other products for those whom the page's own is not for.
const OTHERS: usize = 4;

/// What the blocks of a page show of the goods.
pub(super) struct Shelf {
    products: HashMap<ProductId, Product>,
    goods: Goods,
    /// Which products each block shows, by its name.
    lists: HashMap<String, Vec<ProductId>>,
    sellables: HashMap<VariantId, Sellable>,
}

impl Shelf {
    /// Everything that the blocks of a page show of the goods.
    pub(super) async fn load(
        rx: &mut Rx,
        frame: Frame<'_>,
        content: &Content,
    ) -> Result<Self, FlowError> {
        let variants: Vec<VariantId> = content.shown().filter_map(|b| b.fields.variant).collect();
        let mut sellables = HashMap::new();
        if !variants.is_empty() {
            for sold in sellable::of(rx, &variants).await? {
                sellables.insert(sold.variant_id, sold);
            }
        }
        let own: HashSet<ProductId> = sellables.values().map(|s| s.product_id).collect();
        let mut lists = HashMap::new();
        for block in content.shown() {
            let wanted = list_of(rx, frame.wanted, block, &own).await?;
            lists.insert(block.id.clone(), wanted);
        }
        let mut ids: Vec<ProductId> = lists.values().flatten().chain(&own).copied().collect();
        // The top of a page without a picture of its own shows what is wanted most.
        ids.extend(frame.wanted.hot.first());
        ids.sort();
        ids.dedup();
        let found = if ids.is_empty() {
            Vec::new()
        } else {
            product::by_ids(rx, &ids).await?
        };
        let on_sale = found
            .into_iter()
            .filter(|p| p.state == ProductState::Published);
        let products: HashMap<ProductId, Product> = on_sale.map(|p| (p.id, p)).collect();
        let keys: Vec<ProductId> = products.keys().copied().collect();
        let goods = Goods::of(rx, &keys).await?;
        Ok(Self {
            products,
            goods,
            lists,
            sellables,
        })
    }

    /// The products of a block that are on sale, in order.
    pub(super) fn offers(&self, block: &Block, locale: Locale) -> Vec<OfferView> {
        let most = most(block);
        let ids = self.lists.get(&block.id).map_or(&[][..], Vec::as_slice);
        let offers = ids.iter().filter_map(|id| {
            let product = self.products.get(id)?;
            let card = self.goods.card(product, locale)?;
            let mut items = block.fields.items.iter();
            let item = items.find(|item| item.product == Some(*id));
            let is_new = block.kind == BlockKind::New;
            Some(OfferView {
                card,
                line: item.and_then(|item| filled(item.text.get(locale))),
                since: product.published_at.filter(|_| is_new),
                until: product.plan.unpublish_at,
            })
        });
        offers.take(most).collect()
    }

    /// What goes into the cart; nothing when it is not on sale.
    pub(super) fn buy(&self, id: VariantId, locale: Locale) -> Option<BuyView> {
        let sold = self.sellables.get(&id).filter(|s| s.for_sale)?;
        let product = self.products.get(&sold.product_id)?;
        let available = self.goods.available(id);
        let pictures = self.goods.images(product.id, locale);
        Some(BuyView {
            variant_id: id,
            handle: product.handle.clone(),
            title: product.title.get(locale).to_owned(),
            variant_title: filled(&sold.variant_title(locale)),
            image: pictures.into_iter().next(),
            price: sold.price,
            compare_at: sold.compare_at,
            reduced_until: sold.reduced_until,
            available: shown(available),
            in_stock: available > 0,
            low_stock: (1..=FEW).contains(&available),
            until: product.plan.unpublish_at,
        })
    }

    /// Units of a variant's product that were sold in the latest orders; nothing when none was.
    pub(super) fn sold(&self, id: VariantId, wanted: &Wanted) -> Option<i64> {
        let product = self.sellables.get(&id)?.product_id;
        wanted.sold.get(&product).copied()
    }

    /// The picture of the first product on the page that has one.
    pub(super) fn first_picture(&self, locale: Locale) -> Option<Image> {
        let mut products: Vec<&Product> = self.products.values().collect();
        products.sort_by_key(|p| (std::cmp::Reverse(p.published_at), p.id));
        let mut pictures = products
            .into_iter()
            .filter_map(|p| self.goods.images(p.id, locale).into_iter().next());
        pictures.next()
    }
}

fn most(block: &Block) -> usize {
    let usual = match block.kind {
        BlockKind::Carousel => SLIDES,
        BlockKind::Elsewhere => OTHERS,
        _ => CARDS,
    };
    let chosen = block.fields.count.and_then(|n| usize::try_from(n).ok());
    let named = block.fields.items.iter().filter(|i| i.product.is_some());
    chosen.unwrap_or_else(|| usual.max(named.count()))
}

/// Which products a block shows; some more than it has room for, since not all of them need be on sale.
async fn list_of(
    rx: &mut Rx,
    wanted: &Wanted,
    block: &Block,
    own: &HashSet<ProductId>,
) -> Result<Vec<ProductId>, FlowError> {
    let chosen = || block.fields.items.iter().filter_map(|item| item.product);
    let room = most(block).saturating_add(4);
    let mut ids: Vec<ProductId> = match block.kind {
        BlockKind::Hot => wanted.hot.iter().copied().take(room).collect(),
        BlockKind::Carousel => {
            let mut ids: Vec<ProductId> = chosen().collect();
            for collection in &block.fields.collections {
                ids.extend(newest(rx, Some(*collection), room).await?);
            }
            if ids.is_empty() {
                ids = wanted.reduced.iter().copied().take(room).collect();
            }
            ids
        }
        BlockKind::New => {
            let mut ids: Vec<ProductId> = chosen().collect();
            ids.extend(newest(rx, None, room).await?);
            ids
        }
        BlockKind::Elsewhere => {
            let mut ids: Vec<ProductId> = chosen().collect();
            if ids.is_empty() {
                let others = wanted.hot.iter().filter(|id| !own.contains(id));
                ids = others.copied().take(room).collect();
            }
            ids
        }
        _ => Vec::new(),
    };
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids)
}

async fn newest(
    rx: &mut Rx,
    collection: Option<CollectionId>,
    most: usize,
) -> Result<Vec<ProductId>, FlowError> {
    let sort = if collection.is_some() {
        ProductSort::Featured
    } else {
        ProductSort::Newest
    };
    let filter = ProductFilter {
        state: Some(ProductState::Published),
        collection,
        sort,
        ..ProductFilter::default()
    };
    let page = product::list(rx, &filter, None, most).await?;
    Ok(page.items.into_iter().map(|p| p.id).collect())
}
