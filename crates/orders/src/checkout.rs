//! What a shopper has filled in so far on the checkout page, kept with the cart so that nothing is typed twice
//! (CHK-23).

use kernel::Address;
use platform::{Ctx, Tx, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{OrdersError, PaymentMethod, cart};

/// An unfinished checkout; every field may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CheckoutDraft {
    /// Where messages of the order go.
    pub email: String,
    /// Where the shop can call.
    pub phone: String,
    /// Where the parcel goes.
    pub address: Address,
    /// Code of the chosen way to deliver.
    pub delivery_method: Option<String>,
    /// The chosen way to pay.
    pub payment_method: Option<PaymentMethod>,
    /// Words for the card in the parcel (ORD-15).
    pub gift_message: Option<String>,
    /// Whether it is to be wrapped as a gift (ORD-15).
    pub gift_wrap: bool,
    /// A wish for this order (ORD-05).
    pub note: Option<String>,
}

impl CheckoutDraft {
    /// The longest note or gift message, in characters.
    pub const MAX_TEXT: usize = 500;

    /// Refuses what is longer than the shop keeps.
    ///
    /// # Errors
    /// [`OrdersError::TooLong`] naming the field.
    pub fn check(&self) -> Result<(), OrdersError> {
        check_text("gift_message", self.gift_message.as_deref())?;
        check_text("note", self.note.as_deref())
    }
}

/// Refuses a text that is longer than the shop keeps.
pub(crate) fn check_text(field: &'static str, text: Option<&str>) -> Result<(), OrdersError> {
    let max = CheckoutDraft::MAX_TEXT;
    if text.is_some_and(|t| t.chars().count() > max) {
        Err(OrdersError::TooLong { field, max })
    } else {
        Ok(())
    }
}

/// Keeps the draft with its cart.
///
/// # Errors
/// The cart is gone or ordered, or a text is too long.
pub async fn save(
    tx: &mut Tx,
    ctx: &Ctx,
    cart_id: kernel::CartId,
    draft: &CheckoutDraft,
) -> Result<(), OrdersError> {
    draft.check()?;
    let json = serde_json::to_value(draft).unwrap_or_default();
    let sql = "UPDATE carts SET checkout = $2, version = version + 1, updated_at = $3 WHERE id = $1 AND state = 'open'";
    if tx.execute(sql, params![cart_id, json, ctx.now()]).await? == 1 {
        return Ok(());
    }
    Err(cart::closed(tx, cart_id).await)
}
