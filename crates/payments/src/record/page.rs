//! Words about a provider's page: opened, a card refused on it, closed.

use kernel::Timestamp;
use platform::{Ctx, Tx, params};

use super::{Effect, declined, move_to, pending};
use crate::{DeclineCode, OpenPage, Payment, PaymentState, PaymentsError, state::Signal, tries};

/// Keeps the provider's page. A payment that is over is not opened again by it.
pub(super) async fn page_open(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    page: &OpenPage,
) -> Result<Effect, PaymentsError> {
    if !known.state.is_open() {
        return Ok(Effect::Superseded);
    }
    let sql = "UPDATE payments SET page_ref = $2, page_url = $3, page_until = $4 WHERE id = $1 AND page_ref IS NULL";
    let values = params![known.id, &page.reference, &page.url, page.until];
    let fresh = tx.execute(sql, values).await? == 1;
    match pending(tx, ctx, known, None).await? {
        Effect::Already if fresh => Ok(Effect::Applied),
        effect => Ok(effect),
    }
}

/// A card was refused while the page stayed open. Where the page is closed already, the payment is declined.
pub(super) async fn try_failed(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
    word: (DeclineCode, Timestamp),
) -> Result<Effect, PaymentsError> {
    match known.state {
        PaymentState::Created | PaymentState::Unknown | PaymentState::Pending => {
            pending(tx, ctx, known, None).await?;
            Ok(Effect::Applied)
        }
        PaymentState::Cancelled | PaymentState::Declined => {
            declined(tx, ctx, known, word).await?;
            Ok(Effect::Applied)
        }
        PaymentState::Succeeded => Ok(Effect::Superseded),
    }
}

/// The page is closed: declined where a card was refused on it, otherwise given up.
pub(super) async fn closed(
    tx: &mut Tx,
    ctx: &Ctx,
    known: &Payment,
) -> Result<Effect, PaymentsError> {
    if let Some(word) = tries::last(tx, known.id).await? {
        return declined(tx, ctx, known, word).await;
    }
    let Some(next) = known.state.after(Signal::Closed) else {
        return Ok(if known.state == PaymentState::Cancelled {
            Effect::Already
        } else {
            Effect::Superseded
        });
    };
    move_to(tx, ctx, known, next).await?;
    Ok(Effect::Applied)
}
