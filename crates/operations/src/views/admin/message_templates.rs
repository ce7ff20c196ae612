//! The words of messages: all kinds, and one of them in one language.

use engagement::{
    MessageKind,
    template::{self, LocaleSummary, Template, Variable},
};
use kernel::{Locale, Permission, Timestamp};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::person;
use crate::FlowError;

/// All kinds of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageTemplatesPage {
    /// The kinds, in the order in which an order meets them.
    pub items: Vec<MessageTemplateRow>,
    /// What the reader may do.
    pub can: TemplatesCan,
}

/// A kind of message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageTemplateRow {
    /// What the message is about; the word is `message-kind-CODE`.
    pub kind: MessageKind,
    /// Its languages, and whether the shop wrote its own words.
    pub locales: Vec<LocaleSummary>,
    /// Messages of it that left in the last 30 days.
    pub sent_30_days: i64,
    /// Messages of it that did not, or of which nobody knows.
    pub failed_30_days: i64,
}

/// The words of one kind in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageTemplatePage {
    /// What the message is about.
    pub kind: MessageKind,
    /// The language of the words.
    pub text_locale: Locale,
    /// The template of the subject.
    pub subject: String,
    /// The template of the body.
    pub body: String,
    /// Whether the shop wrote them.
    pub customised: bool,
    /// When.
    pub updated_at: Option<Timestamp>,
    /// Who; null for the shop itself.
    pub updated_by: Option<String>,
    /// What the words can show.
    pub variables: Vec<Variable>,
    /// The subject of the example.
    pub preview_subject: String,
    /// The example as plain text; empty when the words cannot be rendered.
    pub preview_text: String,
    /// What the reader may do.
    pub can: TemplatesCan,
}

/// What the reader may do with templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TemplatesCan {
    /// Change the words.
    pub write: bool,
}

impl TemplatesCan {
    fn of(ctx: &Ctx) -> Self {
        Self {
            write: ctx.allows(Permission::MessagesWrite),
        }
    }
}

/// All kinds of messages.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx) -> Result<MessageTemplatesPage, FlowError> {
    let found = template::list(rx, ctx.now()).await?;
    let items = found.into_iter().map(|summary| MessageTemplateRow {
        kind: summary.kind,
        locales: summary.locales,
        sent_30_days: summary.sent_30_days,
        failed_30_days: summary.failed_30_days,
    });
    Ok(MessageTemplatesPage {
        items: items.collect(),
        can: TemplatesCan::of(ctx),
    })
}

/// The words of a kind in a language.
///
/// # Errors
/// Whatever the database says.
pub async fn one(
    rx: &mut Rx,
    ctx: &Ctx,
    kind: MessageKind,
    locale: Locale,
) -> Result<MessageTemplatePage, FlowError> {
    let Template {
        subject,
        body,
        customised,
        updated_at,
        updated_by,
        ..
    } = template::load(rx, kind, locale).await?;
    let (preview_subject, preview_text) =
        match template::preview(kind, locale, &subject, &body, ctx.zone()) {
            Ok(letter) => (letter.subject, letter.text),
            Err(error) => {
                tracing::warn!(%error, %kind, %locale, "the words of a message cannot be rendered");
                (String::new(), String::new())
            }
        };
    Ok(MessageTemplatePage {
        kind,
        text_locale: locale,
        subject,
        body,
        customised,
        updated_at,
        updated_by: updated_by.as_deref().and_then(person),
        variables: template::variables(kind, locale),
        preview_subject,
        preview_text,
        can: TemplatesCan::of(ctx),
    })
}
