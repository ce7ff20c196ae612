//! The slip that goes with goods from one warehouse to another (INV-14).

use inventory::location;
use kernel::{LocationId, StockTransferId};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::transfers::{TransferHead, TransferLineView, one};
use crate::FlowError;

/// The slip that goes with a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferSlipPage {
    /// What stands at its top.
    pub transfer: TransferHead,
    /// What somebody wrote about it.
    pub note: String,
    /// The goods, in the order in which they lie at the place that they leave.
    pub lines: Vec<TransferLineView>,
    /// Units of all of them.
    pub units: i64,
    /// The lines of the address that they leave.
    pub from_lines: Vec<String>,
    /// The lines of the address that they go to.
    pub to_lines: Vec<String>,
}

/// The slip of a transfer.
///
/// # Errors
/// An unknown transfer, or whatever the database says.
pub async fn slip(
    rx: &mut Rx,
    ctx: &Ctx,
    id: StockTransferId,
) -> Result<TransferSlipPage, FlowError> {
    let page = one(rx, ctx, id).await?;
    let transfer = page.transfer.ok_or(FlowError::NotFound)?;
    let places = location::list(rx).await?;
    let lines_of = |id: LocationId| {
        let mut own = places.iter().filter(|place| place.id == id);
        let address = own.find(|place| !place.address.line1.is_empty());
        address
            .map(|place| place.address.lines())
            .unwrap_or_default()
    };
    Ok(TransferSlipPage {
        from_lines: lines_of(transfer.from.id),
        to_lines: lines_of(transfer.to.id),
        units: page.lines.iter().map(|line| line.quantity).sum(),
        transfer,
        note: page.note,
        lines: page.lines,
    })
}
