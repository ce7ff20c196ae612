//! What a customer asked is answered: the answer is kept and its letter queued in one transaction, both or neither.

use customers::inquiry::{self, Inquiry};
use kernel::InquiryId;
use platform::Ctx;

use super::tell;
use crate::FlowError;

/// Answers an inquiry by e-mail. The same answer once more changes nothing and sends nothing.
///
/// # Errors
/// An empty or over-long answer, no such inquiry, or one that was answered otherwise.
pub async fn answer_inquiry(
    ctx: &Ctx,
    id: InquiryId,
    answer: String,
) -> Result<Inquiry, FlowError> {
    ctx.write(async move |tx, ctx| {
        let answered = inquiry::answer(tx, ctx, id, &answer).await?;
        if answered.first {
            tell::inquiry_answered(tx, ctx, &answered.inquiry).await?;
        }
        Ok(answered.inquiry)
    })
    .await
}
