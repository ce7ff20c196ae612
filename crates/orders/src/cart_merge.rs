//! A browser's cart becomes the cart of the account that its shopper signs in to (CHK-01).

use kernel::{CartId, CartLineId, CustomerId, Quantity, VariantId};
use platform::{Ctx, Tx, params};

use crate::{
    CheckoutDraft, OrdersError,
    cart::{self, MAX_LINES},
};

/// Gives what is in a browser's open cart to a customer's own, each variant up to [`Quantity::MAX`] and the cart up to
/// [`MAX_LINES`]. Afterwards its token opens nothing. A cart that was given away before, or ordered, gives nothing.
///
/// # Errors
/// Whatever the database says.
pub async fn give(
    tx: &mut Tx,
    ctx: &Ctx,
    token_hash: &str,
    customer: CustomerId,
) -> Result<(), OrdersError> {
    let Some(brought) = cart::take(tx, ctx, token_hash).await? else {
        return Ok(());
    };
    let own = cart::own(tx, ctx, customer).await?;
    let mut there: Vec<VariantId> = variants(tx, own).await?;
    for line in cart::lines(tx, brought).await? {
        let known = there.contains(&line.variant_id);
        let full = i64::try_from(there.len()).is_ok_and(|count| count >= MAX_LINES);
        if !known && full {
            continue;
        }
        let sql = "INSERT INTO cart_lines (id, cart_id, variant_id, quantity, added_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = CASE \
                   WHEN cart_lines.quantity + excluded.quantity > $6 THEN $6 ELSE cart_lines.quantity + excluded.quantity END";
        let values = params![
            CartLineId::new(),
            own,
            line.variant_id,
            line.quantity,
            line.added_at,
            Quantity::MAX
        ];
        tx.execute_one(sql, values).await?;
        if !known {
            there.push(line.variant_id);
        }
    }
    keep_draft(tx, brought, own).await?;
    let sql = "UPDATE carts SET state = 'merged' WHERE id = $1";
    Ok(tx.execute_one(sql, params![brought]).await?)
}

async fn variants(tx: &mut Tx, id: CartId) -> Result<Vec<VariantId>, OrdersError> {
    let lines = cart::lines(tx, id).await?;
    Ok(lines.iter().map(|line| line.variant_id).collect())
}

/// What was filled in goes along where the account's cart has nothing yet.
async fn keep_draft(tx: &mut Tx, brought: CartId, own: CartId) -> Result<(), OrdersError> {
    let empty = CheckoutDraft::default();
    if cart::by_id(tx, own).await?.checkout != empty {
        return Ok(());
    }
    let sql = "UPDATE carts SET checkout = (SELECT b.checkout FROM carts b WHERE b.id = $2) WHERE id = $1";
    Ok(tx.execute_one(sql, params![own, brought]).await?)
}
