//! What was written: the letters about an account's orders, and its questions with their answers.

use customers::{account, inquiry};
use engagement::{MessageKind, MessageState, message};
use kernel::{CustomerId, InquiryId, MessageId, Timestamp};
use platform::{Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::FlowError;

/// Orders whose letters are shown.
const ORDERS: i64 = 20;
/// Questions that are shown.
const QUESTIONS: i64 = 20;

/// What was written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MessagesPage {
    /// Questions, newest first.
    pub questions: Vec<QuestionView>,
    /// Letters about orders, newest first.
    pub letters: Vec<LetterView>,
}

impl PageView for MessagesPage {
    const TEMPLATE: &'static str = "account_messages.html";
}

/// A question and its answer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QuestionView {
    /// The question.
    pub id: InquiryId,
    /// What was asked.
    pub message: String,
    /// When.
    pub asked_at: Timestamp,
    /// The order it is about, as typed.
    pub order_number: Option<String>,
    /// The answer; null while nobody has answered.
    pub answer: Option<String>,
    /// When somebody answered.
    pub answered_at: Option<Timestamp>,
}

/// A letter that left.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LetterView {
    /// The letter.
    pub id: MessageId,
    /// What it is about.
    pub kind: MessageKind,
    /// Its subject.
    pub subject: String,
    /// When it left.
    pub sent_at: Timestamp,
    /// The number of its order.
    pub order_number: String,
    /// The page of its order.
    pub order_url: String,
}

/// What was written to and by an account.
///
/// # Errors
/// [`FlowError::NotFound`] without an account.
pub async fn messages_page(rx: &mut Rx, id: CustomerId) -> Result<MessagesPage, FlowError> {
    let known = account::of(rx, id).await?.ok_or(FlowError::NotFound)?;
    let own = (id, known.email.as_str());
    let asked = inquiry::of_account(rx, own, QUESTIONS).await?;
    let mut letters = Vec::new();
    for order in orders::account::list(rx, own, None, ORDERS).await? {
        for letter in message::of_order(rx, order.id).await? {
            let sent = letter
                .sent_at
                .filter(|_| letter.state == MessageState::Sent);
            let Some((sent_at, subject)) = sent.zip(letter.subject) else {
                continue;
            };
            letters.push(LetterView {
                id: letter.id,
                kind: letter.kind,
                subject,
                sent_at,
                order_number: order.number.clone(),
                order_url: format!("/orders/{}", order.token),
            });
        }
    }
    letters.sort_by_key(|letter| std::cmp::Reverse(letter.sent_at));
    Ok(MessagesPage {
        questions: asked.into_iter().map(question).collect(),
        letters,
    })
}

fn question(asked: inquiry::Inquiry) -> QuestionView {
    QuestionView {
        id: asked.id,
        message: asked.message,
        asked_at: asked.created_at,
        order_number: asked.order_number,
        answer: asked.answer,
        answered_at: asked.answered_at,
    }
}
