//! The words of messages: looked at, tried, changed, put back.

use std::sync::Arc;

use engagement::{EngagementError, MessageKind, Rendered, error::TemplateProblem, template};
use kernel::Locale;
use operations::{
    FlowError,
    views::admin::{
        MessageTemplatePage,
        message_templates::{self as views},
    },
};
use platform::{
    Ctx,
    web::{Done, FieldProblem, Page, Path, Problem, Query, Raw, StatusCode},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    paths::MessagePath,
};

/// A letter may style itself and show the shop's pictures; nothing in it runs, and it belongs to no page.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; sandbox";

/// Which language of the words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocaleQuery {
    /// The language of the words; the reader's own when absent.
    #[serde(default)]
    text_locale: Option<Locale>,
}

/// The words of a message in one language.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// The language.
    text_locale: Locale,
    /// The template of the subject.
    subject: String,
    /// The template of the body.
    body: String,
}

/// Whose words are in use.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WordsStand {
    /// What the message is about.
    kind: MessageKind,
    /// The language.
    text_locale: Locale,
    /// Whether they are the shop's own.
    customised: bool,
}

fn kind_of(at: &MessagePath) -> Result<MessageKind, Problem> {
    at.kind.parse().map_err(|_| Problem::not_found())
}

async fn one(ctx: &Ctx, kind: MessageKind, locale: Locale) -> Result<MessageTemplatePage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::one(rx, ctx, kind, locale).await)
        .await?)
}

/// The words of one kind.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<MessagePath>, Query<LocaleQuery>),
) -> Result<Page<MessageTemplatePage>, Problem> {
    let locale = query.text_locale.unwrap_or_else(|| ctx.locale());
    Ok(Page::new(one(&ctx, kind_of(&at)?, locale).await?))
}

/// Replaces the words, once they have been tried on every example.
pub(crate) async fn save(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<MessagePath>, Form<Words>),
) -> Result<Done<WordsStand>, Problem> {
    let Form { value, sent } = form;
    let kind = kind_of(&at)?;
    let locale = value
        .as_ref()
        .map_or_else(|_| ctx.locale(), |words| words.text_locale);
    let work = async {
        let words = value?;
        let saved = ctx.write(async move |tx, ctx| {
            template::save(tx, ctx, (kind, locale), &words.subject, &words.body).await
        });
        saved.await.map_err(mistake)?;
        let stand = WordsStand {
            kind,
            text_locale: locale,
            customised: true,
        };
        Ok(Done::new(stand, sent.next(page_of(kind, locale))).flash("admin-flash-saved"))
    };
    sent.or_show(work, one(&ctx, kind, locale)).await
}

/// Goes back to the words that come with the program.
pub(crate) async fn reset(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query), form): (Path<MessagePath>, Query<LocaleQuery>, Form<Nothing>),
) -> Result<Done<WordsStand>, Problem> {
    form.value?;
    let kind = kind_of(&at)?;
    let locale = query.text_locale.unwrap_or_else(|| ctx.locale());
    ctx.write(async move |tx, _| template::reset(tx, kind, locale).await)
        .await?;
    let stand = WordsStand {
        kind,
        text_locale: locale,
        customised: false,
    };
    Ok(Done::new(stand, form.sent.next(page_of(kind, locale))).flash("admin-flash-reset"))
}

/// The letter that an example makes with the words in use.
pub(crate) async fn preview(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<MessagePath>, Query<LocaleQuery>),
) -> Result<Raw, Problem> {
    let kind = kind_of(&at)?;
    let locale = query.text_locale.unwrap_or_else(|| ctx.locale());
    let used = ctx
        .read(async move |rx, _| Ok::<_, FlowError>(template::load(rx, kind, locale).await?))
        .await?;
    let letter =
        template::preview(kind, locale, &used.subject, &used.body, ctx.zone()).map_err(mistake)?;
    Ok(letter_page(letter))
}

/// The letter that an example makes with words that are not saved yet.
pub(crate) async fn try_out(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<MessagePath>, Form<Words>),
) -> Result<Raw, Problem> {
    let Form { value, sent } = form;
    let kind = kind_of(&at)?;
    let locale = value
        .as_ref()
        .map_or_else(|_| ctx.locale(), |words| words.text_locale);
    let work = async {
        let words = value?;
        let letter = template::preview(kind, locale, &words.subject, &words.body, ctx.zone())
            .map_err(mistake)?;
        Ok(letter_page(letter))
    };
    sent.or_show(work, one(&ctx, kind, locale)).await
}

fn letter_page(letter: Rendered) -> Raw {
    let headers = vec![
        ("content-security-policy", LETTER_POLICY.to_owned()),
        ("cache-control", "no-store".to_owned()),
    ];
    Raw {
        status: StatusCode::OK,
        content_type: "text/html; charset=utf-8",
        bytes: letter.html.into(),
        headers,
    }
}

fn page_of(kind: MessageKind, locale: Locale) -> String {
    format!("/admin/message-templates/{kind}?text_locale={locale}")
}

/// What is wrong with words, said at the subject or the body.
fn mistake(error: EngagementError) -> Problem {
    let Some((field, problem)) = error.field() else {
        return FlowError::from(error).into();
    };
    let args = match problem {
        TemplateProblem::Mistake { line, detail } => {
            vec![("line", line.to_string()), ("detail", detail.clone())]
        }
        TemplateProblem::Empty | TemplateProblem::TooLong | TemplateProblem::Unsafe => Vec::new(),
    };
    let wrong = FieldProblem {
        field: field.to_owned(),
        key: problem.key(),
        args,
    };
    Problem::invalid("error-invalid-input").with_fields(vec![wrong])
}
