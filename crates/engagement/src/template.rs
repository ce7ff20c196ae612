//! The words of messages: those that come with the program, and those that the shop wrote instead.

use jiff::tz::TimeZone;
use kernel::{Locale, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Content, EngagementError, MessageKind, Rendered,
    error::TemplateProblem,
    render::{self, Source, default_source},
    samples,
};

/// The longest subject template in characters.
pub const LONGEST_SUBJECT: usize = 1_000;
/// The longest body template in characters.
pub const LONGEST_BODY: usize = 60_000;

/// The words of one kind in one language, as they are in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Template {
    /// What the message is about.
    pub kind: MessageKind,
    /// The language.
    pub locale: Locale,
    /// The subject's template.
    pub subject: String,
    /// The body's template.
    pub body: String,
    /// True when the shop wrote it.
    pub customised: bool,
    /// When the shop wrote it.
    pub updated_at: Option<Timestamp>,
    /// Who wrote it.
    pub updated_by: Option<String>,
}

/// A kind of message as the list of templates shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TemplateSummary {
    /// What the message is about.
    pub kind: MessageKind,
    /// Its languages.
    pub locales: Vec<LocaleSummary>,
    /// Messages of it that left in the last 30 days.
    pub sent_30_days: i64,
    /// Messages of it that did not, or of which nobody knows.
    pub failed_30_days: i64,
}

/// One language of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LocaleSummary {
    /// The language.
    pub locale: Locale,
    /// True when the shop wrote its own words.
    pub customised: bool,
    /// When.
    pub updated_at: Option<Timestamp>,
}

/// A variable that a template can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Variable {
    /// How to write it: `order.number`, `order.lines[0].title`.
    pub name: String,
    /// What it may hold.
    pub example: String,
}

/// Renders a content with the words in use. Words of the shop that cannot be rendered any more give way to the
/// default ones, so that the customer gets their letter.
///
/// # Errors
/// What is wrong with the default words, or a content that does not fit.
pub fn render(
    template: &Template,
    content: &Content,
    zone: &TimeZone,
) -> Result<Rendered, EngagementError> {
    let variables = content.variables()?;
    let (kind, locale) = (template.kind, template.locale);
    let default = || render::render_default(kind, locale, zone, &variables);
    if !template.customised {
        return default();
    }
    let own = Source {
        subject: &template.subject,
        body: &template.body,
    };
    render::render(own, locale, zone, &variables).or_else(|error| {
        tracing::error!(%error, %kind, %locale, "a template of the shop is broken");
        default()
    })
}

/// The words that come with the program.
#[must_use]
pub fn default(kind: MessageKind, locale: Locale) -> Template {
    let source = default_source(kind, locale);
    Template {
        kind,
        locale,
        subject: source.subject.trim().to_owned(),
        body: source.body.to_owned(),
        customised: false,
        updated_at: None,
        updated_by: None,
    }
}

/// The words in use.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx, kind: MessageKind, locale: Locale) -> Result<Template, DbError> {
    let sql = "SELECT subject, body, updated_at, updated_by FROM message_templates WHERE kind = $1 AND locale = $2";
    let Some(row) = rx.row(sql, params![kind.code(), locale]).await? else {
        return Ok(default(kind, locale));
    };
    Ok(Template {
        kind,
        locale,
        subject: row.get("subject")?,
        body: row.get("body")?,
        customised: true,
        updated_at: row.get("updated_at")?,
        updated_by: row.get("updated_by")?,
    })
}

/// All kinds, with what the shop changed and how many left in 30 days.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, now: Timestamp) -> Result<Vec<TemplateSummary>, DbError> {
    let own = rx
        .rows(
            "SELECT kind, locale, updated_at FROM message_templates",
            &[],
        )
        .await?;
    let since = now.plus_seconds(-30 * 86_400);
    let sql = "SELECT kind, state, COUNT(*) AS n FROM messages WHERE created_at >= $1 GROUP BY kind, state";
    let counts = rx.rows(sql, params![since]).await?;
    let mut all = Vec::with_capacity(MessageKind::ALL.len());
    for kind in MessageKind::ALL {
        let mut summary = TemplateSummary {
            kind,
            locales: Vec::new(),
            sent_30_days: 0,
            failed_30_days: 0,
        };
        for row in &counts {
            let (code, state, n): (String, String, i64) =
                (row.get("kind")?, row.get("state")?, row.get("n")?);
            match state.as_str() {
                "sent" if code == kind.code() => summary.sent_30_days += n,
                "failed" | "unknown" if code == kind.code() => summary.failed_30_days += n,
                _ => {}
            }
        }
        for locale in Locale::ALL {
            let mut updated_at = None;
            for row in &own {
                if row.get::<String>("kind")? == kind.code()
                    && row.get::<Locale>("locale")? == locale
                {
                    updated_at = Some(row.get("updated_at")?);
                }
            }
            summary.locales.push(LocaleSummary {
                locale,
                customised: updated_at.is_some(),
                updated_at,
            });
        }
        all.push(summary);
    }
    Ok(all)
}

/// Replaces the words of a kind in one language, once they have been tried on every example (see [`check`]).
///
/// # Errors
/// What is wrong with the subject or the body.
pub async fn save(
    tx: &mut Tx,
    ctx: &Ctx,
    (kind, locale): (MessageKind, Locale),
    subject: &str,
    body: &str,
) -> Result<(), EngagementError> {
    check(kind, locale, subject, body, ctx.zone())?;
    let sql = "INSERT INTO message_templates (kind, locale, subject, body, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (kind, locale) DO UPDATE SET subject = excluded.subject, body = excluded.body, \
               updated_at = excluded.updated_at, updated_by = excluded.updated_by";
    let body = body.replace("\r\n", "\n");
    tx.execute(
        sql,
        params![
            kind.code(),
            locale,
            subject.trim(),
            body,
            ctx.now(),
            ctx.actor().label()
        ],
    )
    .await?;
    Ok(())
}

/// Goes back to the words that come with the program. False when they were in use.
///
/// # Errors
/// Whatever the database says.
pub async fn reset(tx: &mut Tx, kind: MessageKind, locale: Locale) -> Result<bool, DbError> {
    let sql = "DELETE FROM message_templates WHERE kind = $1 AND locale = $2";
    Ok(tx.execute(sql, params![kind.code(), locale]).await? > 0)
}

/// Tries words on every example of their kind, and on examples full of markup to see that it stays text (A17).
///
/// # Errors
/// What is wrong with the subject or the body.
pub fn check(
    kind: MessageKind,
    locale: Locale,
    subject: &str,
    body: &str,
    zone: &TimeZone,
) -> Result<(), EngagementError> {
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(EngagementError::Subject(TemplateProblem::TooLong));
    }
    if body.chars().count() > LONGEST_BODY {
        return Err(EngagementError::Body(TemplateProblem::TooLong));
    }
    if body.contains("autoescape") {
        return Err(EngagementError::Body(TemplateProblem::Unsafe));
    }
    let source = Source { subject, body };
    for sample in samples::of(kind, locale) {
        let mut variables = sample.variables()?;
        render::render(source, locale, zone, &variables)?;
        poison(&mut variables);
        if render::render(source, locale, zone, &variables)?
            .html
            .contains(MARKUP)
        {
            return Err(EngagementError::Body(TemplateProblem::Unsafe));
        }
    }
    Ok(())
}

/// Markup that no template contains, so that its appearance unescaped proves a hole.
const MARKUP: &str = "<zg x='\">";

/// Puts markup into every text that a person could have typed: all but codes, links, times and currencies.
fn poison(json: &mut serde_json::Value) {
    const CODES: [&str; 4] = ["currency", "method", "payment_method", "decline_code"];
    match json {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let link = name == "url" || name.ends_with("_url");
                let date = value
                    .as_str()
                    .is_some_and(|text| text.parse::<Timestamp>().is_ok())
                    || name.starts_with("arrives_");
                if !link && !date && !CODES.contains(&name.as_str()) {
                    poison(value);
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(poison),
        serde_json::Value::String(text) => text.push_str(MARKUP),
        _ => {}
    }
}

/// The letter that an example makes with these words, for the preview.
///
/// # Errors
/// What is wrong with the subject or the body.
pub fn preview(
    kind: MessageKind,
    locale: Locale,
    subject: &str,
    body: &str,
    zone: &TimeZone,
) -> Result<Rendered, EngagementError> {
    let sample = samples::of(kind, locale).into_iter().next();
    let variables = sample
        .map(|sample| sample.variables())
        .transpose()?
        .unwrap_or_default();
    render::render(Source { subject, body }, locale, zone, &variables)
}

/// Examples of a kind that together take every turn of its template.
#[must_use]
pub fn samples(kind: MessageKind, locale: Locale) -> Vec<Content> {
    samples::of(kind, locale)
}

/// The variables of a kind, each with what the example holds.
#[must_use]
pub fn variables(kind: MessageKind, locale: Locale) -> Vec<Variable> {
    let mut found = Vec::new();
    let sample = samples::of(kind, locale).into_iter().next();
    if let Some(json) = sample.and_then(|sample| sample.variables().ok()) {
        walk("", &json, &mut found);
    }
    found
}

fn walk(name: &str, json: &serde_json::Value, found: &mut Vec<Variable>) {
    let below = |field: &str| {
        if name.is_empty() {
            field.to_owned()
        } else {
            format!("{name}.{field}")
        }
    };
    match json {
        serde_json::Value::Object(fields) => match (fields.get("amount"), fields.get("currency")) {
            (Some(_), Some(_)) => {
                let amount =
                    serde_json::from_value::<kernel::Money>(json.clone()).map(|m| m.to_string());
                found.push(Variable {
                    name: format!("{name} | money"),
                    example: amount.unwrap_or_default(),
                });
            }
            _ => fields
                .iter()
                .for_each(|(field, value)| walk(&below(field), value, found)),
        },
        serde_json::Value::Array(items) => items
            .iter()
            .take(1)
            .for_each(|item| walk(&format!("{name}[0]"), item, found)),
        serde_json::Value::String(text) => found.push(Variable {
            name: name.to_owned(),
            example: text.clone(),
        }),
        other => found.push(Variable {
            name: name.to_owned(),
            example: other.to_string(),
        }),
    }
}
