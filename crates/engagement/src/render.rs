//! Turns a content into a letter: subject, HTML and plain text.
//!
//! Templates are strict (a variable that does not exist is a mistake), escaped, and run on a budget. They can show
//! what they are given and include the shop's own parts; there is no way out of the escaping and no file to reach.

use std::{fmt::Write, sync::LazyLock};

use jiff::tz::TimeZone;
use kernel::{Locale, Money, Timestamp};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, Template, UndefinedBehavior, Value,
    escape_formatter, value::Serde,
};
use serde::Deserialize;

use crate::{EngagementError, MessageKind, error::TemplateProblem, html, words};

/// Steps a template may take.
const FUEL: u64 = 400_000;
/// The longest subject in characters.
const SUBJECT: usize = 200;
/// The largest body in bytes.
const BODY: usize = 1 << 20;

/// A letter, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// A whole HTML document with its styles at the elements.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

/// The words of one kind in one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) subject: &'a str,
    pub(crate) body: &'a str,
}

macro_rules! file {
    ($($name:literal),+) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates/email/", $($name),+))
    };
}

macro_rules! defaults {
    ($($kind:ident $code:literal)*) => {
        /// The words that come with the program.
        pub(crate) const fn default_source(kind: MessageKind, locale: Locale) -> Source<'static> {
            match (kind, locale) {$(
                (MessageKind::$kind, Locale::Hant) => Source {
                    subject: file!($code, ".zh-Hant.subject.txt"),
                    body: file!($code, ".zh-Hant.html"),
                },
                (MessageKind::$kind, Locale::Hans) => Source {
                    subject: file!($code, ".zh-Hans.subject.txt"),
                    body: file!($code, ".zh-Hans.html"),
                },
                (MessageKind::$kind, Locale::En) => Source {
                    subject: file!($code, ".en.subject.txt"),
                    body: file!($code, ".en.html"),
                },
            )*}
        }

        /// Compiles them once for all letters.
        fn add_defaults(env: &mut Environment<'static>, locale: Locale) -> Result<(), Error> {
            $(
                let source = default_source(MessageKind::$kind, locale);
                env.add_template(concat!($code, ".subject"), source.subject.trim_ascii())?;
                env.add_template(concat!($code, ".body"), source.body)?;
            )*
            Ok(())
        }
    };
}

defaults! {
    OrderConfirmation "order_confirmation"
    OrderPayLink "order_pay_link"
    OrderChanged "order_changed"
    OrderDelayed "order_delayed"
    OrderPaid "order_paid"
    PaymentFailed "payment_failed"
    OrderShipped "order_shipped"
    OrderCancelled "order_cancelled"
    OrderExpired "order_expired"
    OrderRefunded "order_refunded"
    OrderRestored "order_restored"
    InquiryAnswered "inquiry_answered"
    AccountLink "account_link"
    AccountChanged "account_changed"
}

macro_rules! parts {
    ($environment:ident, $locale:literal, [$($part:literal),*]) => {
        [$(($part, file!("parts/", $part, ".", $locale, ".html"))),*]
            .into_iter()
            .try_for_each(|(name, source)| $environment.add_template(name, source))
    };
}

static ENVIRONMENTS: LazyLock<[Environment<'static>; 3]> =
    LazyLock::new(|| Locale::ALL.map(environment));

fn environment(locale: Locale) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_auto_escape_callback(|name| {
        if name.ends_with("subject") {
            AutoEscape::None
        } else {
            AutoEscape::Html
        }
    });
    env.set_formatter(format);
    env.remove_filter("safe");
    env.add_filter("money", money);
    env.add_filter("date", move |state: &State, text: String| {
        date(state, locale, &text)
    });
    env.add_filter("datetime", move |state: &State, text: String| {
        datetime(state, locale, &text)
    });
    let added = match locale {
        Locale::Hant => parts!(
            env,
            "zh-Hant",
            ["lines", "address", "due", "reason", "footer"]
        ),
        Locale::Hans => parts!(
            env,
            "zh-Hans",
            ["lines", "address", "due", "reason", "footer"]
        ),
        Locale::En => parts!(env, "en", ["lines", "address", "due", "reason", "footer"]),
    };
    let added = added
        .and_then(|()| env.add_template("layout", file!("layout.html")))
        .and_then(|()| add_defaults(&mut env, locale));
    if let Err(error) = added {
        tracing::error!(%error, "the parts of letters cannot be read");
    }
    env
}

/// Escapes what could end a text or an attribute, and leaves slashes alone: mail scanners read links as they stand.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let plain = value
        .as_str()
        .filter(|_| !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html));
    let Some(text) = plain else {
        return escape_formatter(out, state, value);
    };
    for c in text.chars() {
        let written = match c {
            '<' => out.write_str("&lt;"),
            '>' => out.write_str("&gt;"),
            '&' => out.write_str("&amp;"),
            '"' => out.write_str("&quot;"),
            '\'' => out.write_str("&#39;"),
            _ => out.write_char(c),
        };
        written.map_err(|_| Error::new(ErrorKind::WriteFailure, "the letter cannot be written"))?;
    }
    Ok(())
}

fn money(value: Value) -> Result<String, Error> {
    let amount = Money::deserialize(value).map_err(|_| {
        Error::new(
            ErrorKind::InvalidOperation,
            "money: this is no amount with a currency",
        )
    })?;
    Ok(amount.to_string())
}

fn zone(state: &State) -> TimeZone {
    let name = state
        .lookup("zone")
        .and_then(|zone| zone.as_str().map(str::to_owned));
    name.and_then(|name| TimeZone::get(&name).ok())
        .unwrap_or(TimeZone::UTC)
}

fn date(state: &State, locale: Locale, text: &str) -> Result<String, Error> {
    let day = words::read_date(text, &zone(state))
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "date: this is no date"))?;
    Ok(words::date(locale, day))
}

fn datetime(state: &State, locale: Locale, text: &str) -> Result<String, Error> {
    let at: Timestamp = text
        .parse()
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, "datetime: this is no instant"))?;
    Ok(words::datetime(locale, &at.in_zone(&zone(state))))
}

/// Renders a letter with words that somebody wrote.
///
/// # Errors
/// What is wrong with the subject or the body.
pub(crate) fn render(
    source: Source<'_>,
    locale: Locale,
    zone: &TimeZone,
    variables: &serde_json::Value,
) -> Result<Rendered, EngagementError> {
    let env = of(locale);
    let subject = env.template_from_named_str("subject", source.subject);
    let body = env.template_from_named_str("body", source.body);
    letter(env, subject, body, locale, zone, variables)
}

/// Renders a letter with the words that come with the program.
///
/// # Errors
/// What is wrong with the subject or the body.
pub(crate) fn render_default(
    kind: MessageKind,
    locale: Locale,
    zone: &TimeZone,
    variables: &serde_json::Value,
) -> Result<Rendered, EngagementError> {
    let env = of(locale);
    let subject = env.get_template(&format!("{kind}.subject"));
    let body = env.get_template(&format!("{kind}.body"));
    letter(env, subject, body, locale, zone, variables)
}

fn of(locale: Locale) -> &'static Environment<'static> {
    let [hant, hans, en] = &*ENVIRONMENTS;
    match locale {
        Locale::Hant => hant,
        Locale::Hans => hans,
        Locale::En => en,
    }
}

fn letter(
    env: &Environment<'_>,
    subject: Result<Template<'_, '_>, Error>,
    body: Result<Template<'_, '_>, Error>,
    locale: Locale,
    zone: &TimeZone,
    variables: &serde_json::Value,
) -> Result<Rendered, EngagementError> {
    let zone = zone.iana_name().unwrap_or("UTC");
    let given = Value::from(Serde(variables));
    let context = minijinja::context! { locale => locale.code(), zone => zone, ..given };
    let subject = one_line(&run(subject, &context).map_err(EngagementError::Subject)?);
    if subject.is_empty() {
        return Err(EngagementError::Subject(TemplateProblem::Empty));
    }
    let body = run(body, &context).map_err(EngagementError::Body)?;
    if body.trim().is_empty() {
        return Err(EngagementError::Body(TemplateProblem::Empty));
    }
    let page = minijinja::context! { subject => &subject, body => Value::from_safe_string(body), ..context };
    let page = env
        .get_template("layout")
        .and_then(|layout| layout.render(page));
    let page = page.map_err(|error| EngagementError::Body(problem(&error)))?;
    if page.len() > BODY {
        return Err(EngagementError::Body(TemplateProblem::TooLong));
    }
    Ok(Rendered {
        subject,
        text: html::to_text(&page),
        html: html::inline(&page),
    })
}

fn run(
    template: Result<Template<'_, '_>, Error>,
    context: &Value,
) -> Result<String, TemplateProblem> {
    let out = template
        .and_then(|template| template.render(context.clone()))
        .map_err(|error| problem(&error))?;
    if out.len() > BODY {
        Err(TemplateProblem::TooLong)
    } else {
        Ok(out)
    }
}

fn problem(error: &Error) -> TemplateProblem {
    let detail = error.detail().map_or_else(
        || error.kind().to_string(),
        |detail| format!("{}: {detail}", error.kind()),
    );
    TemplateProblem::Mistake {
        line: error.line().unwrap_or(1),
        detail,
    }
}

/// A header is one line: nothing in it can begin another (A17).
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(SUBJECT).collect()
}
