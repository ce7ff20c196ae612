//! What is for sale, as shoppers meet it: some goods far more often than others.

use catalog::product::{self, ProductFilter, ProductState};
use kernel::{ProductId, VariantId};
use operations::FlowError;
use platform::{Rx, page::Cursor};
use rand::{Rng, rngs::StdRng};

/// A product as shoppers see it.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    pub(crate) product: ProductId,
    pub(crate) handle: String,
    /// Each with how often it is chosen.
    pub(crate) variants: Vec<(VariantId, u32)>,
}

/// All shelves.
#[derive(Debug, Default)]
pub(crate) struct Shelves {
    list: Vec<Shelf>,
    /// The popularity of each shelf and all before it together.
    reached: Vec<u64>,
}

impl Shelves {
    /// Reads what is for sale.
    pub(crate) async fn load(rx: &mut Rx) -> Result<Self, FlowError> {
        let known = crate::content::demo_shop()
            .map(|shop| shop.products)
            .unwrap_or_default();
        let filter = ProductFilter {
            state: Some(ProductState::Published),
            ..ProductFilter::default()
        };
        let mut shelves = Self::default();
        let mut after: Option<Cursor> = None;
        loop {
            let page = product::list(rx, &filter, after, product::MAX_PAGE).await?;
            let ids: Vec<ProductId> = page.items.iter().map(|p| p.id).collect();
            let variants = catalog::variant::of(rx, &ids).await?;
            for product in page.items {
                let demo = known.iter().find(|p| p.handle == product.handle);
                let own = variants.iter().filter(|v| v.product_id == product.id);
                let popularity = |sku: &str| {
                    let variant = demo.and_then(|p| p.variants.iter().find(|v| v.sku == sku));
                    variant.map_or(10, |v| v.popularity.max(1))
                };
                let shelf = Shelf {
                    variants: own.map(|v| (v.id, popularity(&v.sku))).collect(),
                    product: product.id,
                    handle: product.handle,
                };
                let usual = u32::try_from(3_000 / (shelves.list.len() + 3)).unwrap_or(1);
                shelves.add(shelf, demo.map_or(usual, |p| p.popularity));
            }
            after = page.next_cursor;
            if after.is_none() {
                return Ok(shelves);
            }
        }
    }

    fn add(&mut self, shelf: Shelf, popularity: u32) {
        let before = self.reached.last().copied().unwrap_or_default();
        self.reached.push(before + u64::from(popularity.max(1)));
        self.list.push(shelf);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Shelf> {
        self.list.get(index)
    }

    /// One of the shelves, each as likely as it is popular.
    pub(crate) fn any(&self, luck: &mut StdRng) -> Option<usize> {
        let total = self.reached.last().copied()?;
        let drawn = luck.random_range(0..total);
        Some(self.reached.partition_point(|reached| *reached <= drawn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crowd::generator;

    /// What is wanted three times as often is met three times as often.
    #[test]
    fn popular_goods_are_met_more_often() {
        let mut shelves = Shelves::default();
        let shelf = || Shelf {
            product: ProductId::new(),
            handle: String::new(),
            variants: Vec::new(),
        };
        assert_eq!(shelves.any(&mut generator(1, 1, 1)), None);
        shelves.add(shelf(), 300);
        shelves.add(shelf(), 100);
        let mut luck = generator(1, 1, 1);
        let met = (0..4_000)
            .filter(|_| shelves.any(&mut luck) == Some(0))
            .count();
        assert!((2_850..3_150).contains(&met), "{met}");
    }
}
