//! Templates: minijinja with auto-escape, strict undefined and fuel; filters for money, time and words.

use std::sync::Arc;

use jiff::tz::TimeZone;
use kernel::{Currency, Locale, Money, Timestamp};
use minijinja::{
    Environment, Error, ErrorKind, State, UndefinedBehavior, Value,
    syntax::SyntaxConfig,
    value::{Kwargs, ValueKind},
};

use super::assets;
use crate::{theme, words::Words, zone::ShopZone};

/// Instructions one page may take; a page of 200 rows takes about a twentieth.
const FUEL: u64 = 4_000_000;

/// The address of a file that pages ask for by its name.
pub type AssetUrl = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// All templates of the program, compiled.
pub struct Templates {
    env: Environment<'static>,
}

impl Templates {
    /// Compiles `(name, source)` pairs; a later pair of the same name replaces an earlier one.
    ///
    /// # Errors
    /// The first template with a syntax error.
    pub fn compile(
        sources: impl IntoIterator<Item = (String, String)>,
        words: Arc<Words>,
        zone: impl Into<ShopZone>,
    ) -> Result<Self, Error> {
        let mut env = environment(words, zone.into());
        for (name, source) in sources {
            env.add_template_owned(name, source)?;
        }
        Ok(Self { env })
    }

    /// No templates yet, with files of a theme's own, and a variable that every page sees beside its own.
    #[must_use]
    pub fn themed(
        words: Arc<Words>,
        zone: ShopZone,
        assets: AssetUrl,
        (name, value): (&'static str, Value),
    ) -> Self {
        let mut env = environment(words, zone);
        add_assets(&mut env, assets);
        env.add_global(name, value);
        Self { env }
    }

    /// Adds a template. One that cannot be read changes nothing: the one of the same name before it stays.
    ///
    /// # Errors
    /// A syntax error.
    pub fn add(&mut self, name: String, source: String) -> Result<(), Error> {
        self.env.add_template_owned(name, source)
    }

    /// Renders a template.
    ///
    /// # Errors
    /// An undefined variable, a failing filter, or no fuel left.
    pub fn render(&self, name: &str, context: Value) -> Result<String, Error> {
        self.env.get_template(name)?.render(context)
    }

    /// The names of all templates.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.env.templates().map(|(name, _)| name)
    }
}

/// An environment with the program's filters and functions, without any template.
#[must_use]
pub fn environment(words: Arc<Words>, zone: ShopZone) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .unwrap_or_default(),
    );
    env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    env.add_function(
        "t",
        move |state: &State<'_, '_>, key: String, kwargs: Kwargs| say(&words, state, &key, &kwargs),
    );
    add_assets(&mut env, Arc::new(assets::url));
    env.add_global("look", theme::plain_look());
    env.add_filter("money", |value: Value| money(&value));
    env.add_filter("number", |value: Value| number(&value));
    env.add_filter("percent", |value: Value| percent(&value));
    for (name, style) in [
        ("date", Style::Date),
        ("day", Style::Day),
        ("datetime", Style::DateTime),
        ("time", Style::Time),
    ] {
        let zone = zone.clone();
        env.add_filter(name, move |state: &State<'_, '_>, value: Value| {
            when(state, &zone.get(), style, &value)
        });
    }
    env.add_filter("ago", move |state: &State<'_, '_>, value: Value| {
        ago(state, &zone.get(), &value)
    });
    env
}

fn add_assets(env: &mut Environment<'static>, assets: AssetUrl) {
    env.add_function("asset", move |name: &str| {
        assets(name).ok_or_else(|| failed(format!("no asset {name}")))
    });
}

fn failed(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// The language of the page, from `req.locale`.
fn locale(state: &State<'_, '_>) -> Locale {
    state
        .lookup("req")
        .and_then(|req| req.get_attr("locale").ok())
        .and_then(|l| l.as_str().and_then(|code| code.parse().ok()))
        .unwrap_or_default()
}

/// Says a message in the language of the page, or in the one that the argument `in_locale` names.
fn say(words: &Words, state: &State<'_, '_>, key: &str, kwargs: &Kwargs) -> Result<String, Error> {
    let mut args = fluent_bundle::FluentArgs::new();
    let mut locale = locale(state);
    for name in kwargs.args() {
        let value: Value = kwargs.get(name)?;
        if name == "in_locale" {
            let code = value.as_str().and_then(|code| code.parse().ok());
            locale = code.ok_or_else(|| failed("not a language"))?;
            continue;
        }
        match (value.kind(), i64::try_from(value.clone())) {
            (ValueKind::Number, Ok(n)) => args.set(name.to_owned(), n),
            _ => args.set(name.to_owned(), value.to_string()),
        }
    }
    Ok(words.format(locale, key, Some(&args)))
}

fn money(value: &Value) -> Result<String, Error> {
    let amount =
        i64::try_from(value.get_attr("amount")?).map_err(|_| failed("not an amount of money"))?;
    let currency = value.get_attr("currency")?;
    let currency: Currency = currency
        .as_str()
        .and_then(|c| c.parse().ok())
        .ok_or_else(|| failed("not a currency"))?;
    Ok(Money::new(amount, currency).to_string())
}

fn number(value: &Value) -> Result<String, Error> {
    if let Ok(whole) = i64::try_from(value.clone()) {
        return Ok(grouped(&whole.to_string()));
    }
    let real = f64::try_from(value.clone()).map_err(|_| failed("not a number"))?;
    let text = format!("{real:.2}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    Ok(if rest.is_empty() {
        grouped(whole)
    } else {
        format!("{}.{rest}", grouped(whole))
    })
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A ratio as a percentage with one digit: `0.123` is `12.3%`.
fn percent(value: &Value) -> Result<String, Error> {
    let ratio = f64::try_from(value.clone()).map_err(|_| failed("not a ratio"))?;
    Ok(format!("{:.1}%", ratio * 100.0))
}

#[derive(Debug, Clone, Copy)]
enum Style {
    Date,
    /// A day that is near, so its weekday says more than its year.
    Day,
    DateTime,
    Time,
}

fn instant(value: &Value, zone: &TimeZone) -> Result<(jiff::Zoned, bool), Error> {
    let text = value.as_str().ok_or_else(|| failed("not a time"))?;
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok((at.in_zone(zone), true));
    }
    let day: jiff::civil::Date = text
        .parse()
        .map_err(|_| failed(format!("not a time: {text}")))?;
    let start = day
        .to_zoned(zone.clone())
        .map_err(|e| failed(e.to_string()))?;
    Ok((start, false))
}

fn when(
    state: &State<'_, '_>,
    zone: &TimeZone,
    style: Style,
    value: &Value,
) -> Result<String, Error> {
    let (at, exact) = instant(value, zone)?;
    let date = if locale(state) == Locale::En {
        format!("{} {} {}", at.day(), month(at.month()), at.year())
    } else {
        format!("{}/{:02}/{:02}", at.year(), at.month(), at.day())
    };
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    Ok(match style {
        Style::Date => date,
        Style::Day => day(locale(state), &at),
        Style::Time => time,
        Style::DateTime if exact => format!("{date} {time}"),
        Style::DateTime => date,
    })
}

/// `12/3（四）`, `12/3（周四）`, `Thu 3 Dec`.
fn day(locale: Locale, at: &jiff::Zoned) -> String {
    let names = [
        ("一", "Mon"),
        ("二", "Tue"),
        ("三", "Wed"),
        ("四", "Thu"),
        ("五", "Fri"),
        ("六", "Sat"),
        ("日", "Sun"),
    ];
    let place = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
    let (chinese, english) = names.get(place).copied().unwrap_or_default();
    match locale {
        Locale::Hant => format!("{}/{}（{chinese}）", at.month(), at.day()),
        Locale::Hans => format!("{}/{}（周{chinese}）", at.month(), at.day()),
        Locale::En => format!("{english} {} {}", at.day(), month(at.month())),
    }
}

fn month(number: i8) -> &'static str {
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    usize::try_from(number - 1)
        .ok()
        .and_then(|i| names.get(i))
        .copied()
        .unwrap_or_default()
}

/// How long ago something was, against `req.now`.
fn ago(state: &State<'_, '_>, zone: &TimeZone, value: &Value) -> Result<String, Error> {
    let (at, _) = instant(value, zone)?;
    let now = state.lookup("req").and_then(|req| req.get_attr("now").ok());
    let now = now.and_then(|n| n.as_str().and_then(|t| t.parse::<Timestamp>().ok()));
    let Some(now) = now else {
        return when(state, zone, Style::DateTime, value);
    };
    let seconds = now.seconds_since(Timestamp::from(at.timestamp()));
    let (count, unit) = match seconds.abs() {
        s if s < 60 => return Ok(pick(locale(state), ["剛剛", "刚刚", "just now"]).to_owned()),
        s if s < 3_600 => (s / 60, ["分鐘", "分钟", "min"]),
        s if s < 86_400 => (s / 3_600, ["小時", "小时", "h"]),
        s if s < 86_400 * 30 => (s / 86_400, ["天", "天", "d"]),
        _ => return when(state, zone, Style::Date, value),
    };
    let unit = pick(locale(state), unit);
    Ok(match (locale(state), seconds >= 0) {
        (Locale::En, true) => format!("{count} {unit} ago"),
        (Locale::En, false) => format!("in {count} {unit}"),
        (Locale::Hant, true) => format!("{count} {unit}前"),
        (Locale::Hans, true) => format!("{count} {unit}前"),
        (Locale::Hant, false) => format!("{count} {unit}後"),
        (Locale::Hans, false) => format!("{count} {unit}后"),
    })
}

fn pick(locale: Locale, words: [&'static str; 3]) -> &'static str {
    let [hant, hans, en] = words;
    match locale {
        Locale::Hant => hant,
        Locale::Hans => hans,
        Locale::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A day that is near is told by its weekday, in each language its own way.
    #[test]
    fn near_days_have_weekdays() {
        let at = jiff::civil::date(2026, 12, 3)
            .to_zoned(TimeZone::UTC)
            .unwrap();
        assert_eq!(
            Locale::ALL.map(|locale| day(locale, &at)),
            ["12/3（四）", "12/3（周四）", "Thu 3 Dec"]
        );
    }
}
