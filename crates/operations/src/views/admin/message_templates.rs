//! The words of messages: all kinds, and one of them in one language.

use engagement::{
    MessageKind,
    template::{self, LocaleSummary, Template, Variable},
};
use kernel::{Locale, Permission, Timestamp};
use platform::{
    Ctx, Page, Rx,
    list::{Asked, Cell, Column, Filter, FilterKind, List, ListView, Listed, sort_in_memory},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{common::person, lists::Listing};
use crate::FlowError;

/// The list of kinds of messages.
pub struct MessageTemplates;

static LIST: List<MessageTemplateRow> = List {
    code: "message-templates",
    path: "/admin/message-templates",
    permission: Permission::MessagesWrite,
    columns: &[
        Column::new("kind", "admin-templates-message", |m| {
            Cell::word("message-kind-", m.kind)
        }),
        Column::sorting("own", "list-own-words", |m| {
            let own = m.locales.iter().filter(|l| l.customised);
            Cell::Number(own.count().try_into().unwrap_or(i64::MAX))
        }),
        Column::sorting("sent", "admin-templates-sent", |m| {
            Cell::Number(m.sent_30_days)
        }),
        Column::sorting("failed", "admin-templates-failed", |m| {
            Cell::Number(m.failed_30_days)
        }),
    ],
    filters: &[Filter::new(
        "words",
        "list-words",
        FilterKind::Choice(&["own", "default"], "admin-templates-"),
    )],
    sort: "",
    page: 500,
};

impl Listed for MessageTemplates {
    type Row = MessageTemplateRow;

    fn list() -> &'static List<MessageTemplateRow> {
        &LIST
    }
}

impl Listing for MessageTemplates {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        _: usize,
    ) -> Result<Page<MessageTemplateRow>, FlowError> {
        let row = |summary: template::TemplateSummary| MessageTemplateRow {
            kind: summary.kind,
            locales: summary.locales,
            sent_30_days: summary.sent_30_days,
            failed_30_days: summary.failed_30_days,
        };
        let found = template::list(rx, ctx.now()).await?;
        let mut items: Vec<MessageTemplateRow> = found.into_iter().map(row).collect();
        if let Some(words) = asked.get("words") {
            items.retain(|m| m.locales.iter().any(|l| l.customised) == (words == "own"));
        }
        sort_in_memory(&mut items, ctx, &LIST, asked)?;
        Ok(Page {
            items,
            next_cursor: None,
        })
    }
}

/// All kinds of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MessageTemplatesPage {
    /// How the list is sorted.
    pub list: ListView,
    /// The kinds, in the order in which an order meets them when nobody says.
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
pub async fn list(
    rx: &mut Rx,
    ctx: &Ctx,
    asked: &Asked,
) -> Result<MessageTemplatesPage, FlowError> {
    Ok(MessageTemplatesPage {
        list: ListView::of(rx, ctx, &LIST, asked, Vec::new()).await?,
        items: MessageTemplates::rows(rx, ctx, asked, LIST.page)
            .await?
            .items,
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
