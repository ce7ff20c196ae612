//! What customers ask: one question, and the answer that leaves as a letter.

use std::sync::Arc;

use customers::inquiry::InquiryState;
use kernel::InquiryId;
use operations::{
    flows::answer_inquiry,
    views::admin::{InquiryPage, inquiries as views},
};
use platform::{
    Ctx,
    web::{Done, Page, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, explain},
    paths::InquiryPath,
};

/// An answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// What is answered, as plain text; it leaves by e-mail.
    #[serde(default)]
    answer: String,
}

/// How an inquiry stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct InquiryStands {
    /// The inquiry.
    id: InquiryId,
    /// `open` or `answered`.
    state: InquiryState,
}

async fn page(ctx: &Ctx, id: InquiryId) -> Result<InquiryPage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::one(rx, ctx, id).await)
        .await?)
}

/// One inquiry.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<InquiryPath>,
) -> Result<Page<InquiryPage>, Problem> {
    Ok(Page::new(page(&ctx, at.id).await?))
}

/// Answers by e-mail. Sent twice, it is answered once.
pub(crate) async fn answer(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<InquiryPath>, Form<Answer>),
) -> Result<Done<InquiryStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let answered = answer_inquiry::answer_inquiry(&ctx, at.id, value?.answer).await;
        let inquiry = answered.map_err(explain)?;
        let stands = InquiryStands {
            id: inquiry.id,
            state: inquiry.state,
        };
        let next = sent.next(format!("/admin/inquiries/{}", inquiry.id));
        Ok(Done::new(stands, next).flash("admin-flash-answered"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
}
