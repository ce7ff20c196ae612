//! UCI Online Retail: a British gift wholesaler's invoices of a year, 541,909 rows.
//!
//! The whole file becomes products, customers, orders and returns of a fresh shop, to the penny:
//!
//! - an invoice becomes an order that was paid, shipped and closed; rows above the largest line are split;
//! - a credit note (`C…`) gives back lines of what the same customer bought before; what fits no purchase is booked,
//!   and its goods put into stock, on its own;
//! - rows without a price correct stock; rows of bad debts (`A…`) are entries in the books;
//! - each SKU opens with the stock that its year needed, so that nothing was ever oversold.

mod country;
mod parse;
mod plan;
mod report;
mod write;

use std::path::Path;

use platform::Ctx;

use crate::import::{self, ImportError, ImportReport};

/// The name of the format on the command line.
pub const FORMAT: &str = "uci-online-retail";

/// Imports a file; `progress` is told how many of how many steps are done. With `dry_run` nothing is written and the
/// report tells what would be.
///
/// # Errors
/// A file that is not of this format, or a shop that has other goods.
pub async fn import(
    ctx: &Ctx,
    path: &Path,
    dry_run: bool,
    mut progress: impl FnMut(usize, usize),
) -> Result<ImportReport, ImportError> {
    let (bytes, hash) = import::read_file(path)?;
    if !dry_run {
        let known = hash.clone();
        let run = ctx
            .write(async move |tx, ctx| {
                import::begin::<write::Progress>(tx, ctx, FORMAT, &known).await
            })
            .await?;
        if run.done {
            return Ok(ImportReport {
                already: true,
                ..report::stored(ctx, run.id).await?
            });
        }
    }
    let (lines, remarks) = parse::lines(&bytes, &path.display().to_string())?;
    drop(bytes);
    let mut plan = plan::plan(&lines);
    plan.remarks.extend(remarks);
    if dry_run {
        return Ok(report::planned(&lines, &plan));
    }
    let run = write::write(ctx, &hash, &lines, plan, &mut progress).await?;
    let report = report::stored(ctx, run).await?;
    import::end(ctx, run, &report).await?;
    Ok(report)
}
