//! Goods that people look for while they put an order or a transfer together: by a part of the title or the SKU, or by
//! the barcode.

use catalog::sellable::{self, Sellable};
use inventory::stock;
use kernel::{LocationId, Money, VariantId};
use platform::{Ctx, DbError, Rx, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::thumb_url;
use crate::{FlowError, bundles};

/// Goods that a search shows at most.
const FOUND: i64 = 8;

/// Goods that were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundGoods {
    /// The variant.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one.
    pub variant_title: Option<String>,
    /// Its picture.
    pub image_url: Option<String>,
    /// What one costs.
    pub price: Money,
    /// How many there are now.
    pub available: i64,
}

/// Which goods are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Among {
    /// What shoppers can buy now.
    OnSale,
    /// What lies on shelves, whether it is on sale or not; bundles lie there as their parts.
    OnShelves,
}

/// Goods on sale that fit what was typed, those whose SKU begins with it first; how many there are to sell.
pub(super) async fn for_sale(
    rx: &mut Rx,
    ctx: &Ctx,
    q: &str,
) -> Result<Vec<FoundGoods>, FlowError> {
    let found = find(rx, q, Among::OnSale).await?;
    let needed = found.iter().flat_map(Sellable::needs);
    let mut asked: Vec<VariantId> = needed.map(|(variant, _)| variant).collect();
    asked.sort_unstable();
    asked.dedup();
    let free = stock::available(rx, &asked).await?;
    let units = |sold: &Sellable| bundles::units(&free, sold.needs()).max(0);
    Ok(found.iter().map(|s| view(ctx, s, units(s))).collect())
}

/// Goods that can be moved and fit what was typed, those whose SKU begins with it first; how many a place has to spare.
pub(super) async fn at_place(
    rx: &mut Rx,
    ctx: &Ctx,
    q: &str,
    place: Option<LocationId>,
) -> Result<Vec<FoundGoods>, FlowError> {
    let found = find(rx, q, Among::OnShelves).await?;
    let ids: Vec<VariantId> = found.iter().map(|sold| sold.variant_id).collect();
    let levels = stock::levels_of(rx, &ids).await?;
    let units = |sold: &Sellable| {
        let mut own = levels.iter().filter(|l| l.variant_id == sold.variant_id);
        let here = own.find(|level| Some(level.location_id) == place);
        here.map_or(0, |level| level.available.max(0))
    };
    Ok(found.iter().map(|s| view(ctx, s, units(s))).collect())
}

/// The one variant that has exactly this SKU or barcode, as a scanner types it; bundles have no shelf and are none.
///
/// # Errors
/// Whatever the database says.
pub async fn exactly(rx: &mut Rx, typed: &str) -> Result<Option<VariantId>, FlowError> {
    let sql = "SELECT id FROM variants WHERE NOT is_bundle AND (sku = $1 OR barcode = $1) ORDER BY id LIMIT 2";
    let rows = rx.rows(sql, params![typed]).await?;
    Ok(match rows.as_slice() {
        [one] => Some(one.get("id")?),
        _ => None,
    })
}

async fn find(rx: &mut Rx, q: &str, among: Among) -> Result<Vec<Sellable>, FlowError> {
    let which = match among {
        Among::OnSale => "p.state = 'published' AND v.state = 'active'",
        Among::OnShelves => "p.state <> 'archived' AND NOT v.is_bundle",
    };
    let sql = format!(
        "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE {which} \
         AND (LOWER(v.sku) LIKE $1 ESCAPE '!' OR v.barcode = $2 OR LOWER(p.title) LIKE $1 ESCAPE '!') \
         ORDER BY CASE WHEN LOWER(v.sku) LIKE $3 ESCAPE '!' THEN 0 ELSE 1 END, p.id, v.sku LIMIT $4"
    );
    let begins = beginning(&q.to_lowercase());
    let within = format!("%{begins}");
    let rows = rx.rows(&sql, params![within, q, begins, FOUND]).await?;
    let ids: Vec<VariantId> = rows
        .iter()
        .map(|row| row.get("id"))
        .collect::<Result<_, DbError>>()?;
    Ok(sellable::of(rx, &ids).await?)
}

fn view(ctx: &Ctx, sold: &Sellable, available: i64) -> FoundGoods {
    FoundGoods {
        available,
        variant_id: sold.variant_id,
        product_title: sold.product_title.get(ctx.locale()).to_owned(),
        variant_title: Some(sold.variant_title(ctx.locale())).filter(|t| !t.is_empty()),
        image_url: thumb_url(sold.image_key.as_deref()),
        price: sold.price,
        sku: sold.sku.clone(),
    }
}

/// A LIKE pattern for what begins with a text, its wildcards taken literally with `!`.
fn beginning(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars().take(100) {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
