//! A shop of the `mall` family (the widespread Spring shop of the mainland), from the MySQL dump of its database.
//!
//! What it sells, who bought it and what became of the orders move over, to the fen:
//!
//! - categories become collections of two levels, the parameters of their goods the sheet of attributes;
//! - products keep their variants, prices, stock and alert levels; what was deleted goes into the archive, because
//!   orders still name it;
//! - members become customers;
//! - orders keep their number, lines, discounts, parcels and times. What is paid and not sent holds its stock and waits
//!   in the warehouse; what nobody paid is over.
//!
//! Everything that has no place here yet is counted table by table in the report, so that nobody finds out later.

mod dump;
mod goods;
mod plan;
mod sales;
mod write;

use std::{collections::BTreeMap, path::Path};

use platform::Ctx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::{dump::Dump, plan::Plan};
use crate::import::{self, ImportError};

/// The name of the format on the command line.
pub const FORMAT: &str = "mall";

/// What an import brought, in counts and fen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MallReport {
    /// Categories that became collections.
    pub categories: i64,
    /// Brands that goods carry.
    pub brands: i64,
    /// Products, those in the archive included.
    pub products: i64,
    /// Variants.
    pub variants: i64,
    /// Members that became customers.
    pub customers: i64,
    /// Orders.
    pub orders: i64,
    /// Lines of those orders.
    pub order_lines: i64,
    /// Sum of what was paid for orders, in fen.
    pub paid: i64,
    /// Sum of what was given back, in fen.
    pub refunded: i64,
    /// Units in stock, those that are held for paid orders included.
    pub stock: i64,
    /// Rows that were left out.
    pub rejected: i64,
    /// Rows that were taken in another form.
    pub repaired: i64,
    /// How many remarks there are of each reason.
    pub reasons: BTreeMap<String, i64>,
    /// What the import decides for the shop beside its goods.
    pub decided: Decided,
    /// Tables with rows that have no place here yet, and how many rows each has.
    pub without_a_home: BTreeMap<String, i64>,
    /// True when the file had been imported before and nothing was changed.
    pub already: bool,
}

/// What an import decides for the shop beside its goods. Whoever opens the shop looks through it first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decided {
    /// What the shop charges in.
    pub currency: String,
    /// Where it sends to.
    pub countries: Vec<String>,
    /// The code of the one way to deliver that is offered. All others cost money of another currency: they are switched
    /// off, and their rates by zone are gone.
    pub delivery: String,
    /// What that way costs, in fen: what most orders of the old shop paid.
    pub delivery_rate: i64,
}

/// Imports a dump; `progress` is told how many of how many steps are done. With `dry_run` nothing is written and the
/// report tells what would be.
///
/// # Errors
/// A file that is no dump of this family, or a shop that has other goods.
pub async fn import(
    ctx: &Ctx,
    path: &Path,
    dry_run: bool,
    mut progress: impl FnMut(usize, usize),
) -> Result<MallReport, ImportError> {
    let (bytes, hash) = import::read_file(path)?;
    let plan = read(&bytes).map_err(|reason| ImportError::File {
        path: path.display().to_string(),
        reason,
    })?;
    let report = plan.report();
    if dry_run {
        return Ok(report);
    }
    let Some(run) = write::write(ctx, &hash, plan, &mut progress).await? else {
        return Ok(MallReport {
            already: true,
            ..report
        });
    };
    import::end(ctx, run, &report).await?;
    Ok(report)
}

/// What an import of these bytes would do.
fn read(bytes: &[u8]) -> Result<Plan, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    let dump = Dump::read(text)?;
    for table in [
        "pms_product",
        "pms_sku_stock",
        "oms_order",
        "oms_order_item",
    ] {
        if !dump.has(table) {
            return Err(format!("no table {table}; not a dump of a mall shop"));
        }
    }
    Ok(Plan::of(&dump))
}
