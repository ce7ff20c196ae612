//! What the shop decides: each page is a form of its own, so that a mistake on one keeps nothing of another.

pub(crate) mod care;
pub(crate) mod delivery;
pub(crate) mod identity;
pub(crate) mod payment;
pub(crate) mod routes;
pub(crate) mod rules;
pub(crate) mod times;

use std::sync::Arc;

use kernel::{Currency, Money};
use operations::{
    FlowError, shop,
    views::admin::settings::{self as views, SettingsPage},
};
use platform::{
    Ctx,
    web::{Page, Problem},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Backoffice, forms::Amount};

/// Settings that were saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Saved {
    /// True: they count from now on.
    saved: bool,
}

impl Saved {
    const NOW: Self = Self { saved: true };
}

/// All settings at a glance.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<SettingsPage>, Problem> {
    let read = ctx.read(async |rx, ctx| views::page(rx, ctx).await);
    Ok(Page::new(read.await?))
}

/// What the shop charges in.
async fn currency(ctx: &Ctx) -> Result<Currency, Problem> {
    let read = ctx.read(async |rx, _| Ok::<_, FlowError>(shop::load(rx).await?));
    Ok(read.await?.currency)
}

/// An amount that may be left out.
fn optional(
    amount: Option<&Amount>,
    currency: Currency,
    field: &str,
) -> Result<Option<Money>, Problem> {
    amount.map(|a| a.money(currency, field)).transpose()
}

/// A time of the clock as minutes after midnight; `24:00` is the end of the day.
fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once([':', '：'])?;
    let number = |part: &str| {
        let short = !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<i64>().ok().filter(|_| short)
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let found = hour * 60 + minute;
    (minute < 60 && found <= 24 * 60).then_some(found)
}

/// What is wrong with one field.
fn wrong(field: &str, key: &'static str) -> Problem {
    Problem::invalid("error-invalid-input").field(field, key)
}

#[cfg(test)]
mod tests {
    use super::minute;

    #[test]
    fn a_clock_is_read_as_people_write_it() {
        for (text, found) in [
            ("14:00", Some(840)),
            ("9:05", Some(545)),
            ("24:00", Some(1_440)),
            ("09：30", Some(570)),
        ] {
            assert_eq!(minute(text), found, "{text}");
        }
        for text in ["", "14", "24:01", "7:60", "-1:00", "1:+5", "007:00", "a:b"] {
            assert_eq!(minute(text), None, "{text}");
        }
    }
}
