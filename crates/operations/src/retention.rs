//! How long the shop keeps what it does not need for ever (GOV-10), and the daily work that lets it go.

use kernel::Timestamp;
use platform::{Ctx, DbError, Rx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings key of [`Retention`].
pub const RETENTION: &str = "retention";
/// Rows that one command lets go, so that nobody waits long for it.
const AT_ONCE: i64 = 500;

/// How long things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Retention {
    /// Days that counts of tries to sign in are kept.
    pub sign_in_days: i64,
    /// Days that the cart of a browser is kept after it was last touched, and what was filled in at the checkout of a
    /// cart that became an order.
    pub cart_days: i64,
    /// Days that the contents of letters are kept; that one was sent stays.
    pub letter_days: i64,
    /// Days that background work is kept after it ended.
    pub work_days: i64,
    /// Days that messages of card companies are kept as they came.
    pub provider_days: i64,
    /// Years that the law has the shop keep its books.
    pub books_years: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            sign_in_days: 30,
            cart_days: 90,
            letter_days: 365,
            work_days: 30,
            provider_days: 180,
            books_years: 10,
        }
    }
}

impl Retention {
    /// Until when the books about something of this instant are kept: so many years after the end of its year.
    #[must_use]
    pub fn books_until(&self, at: Timestamp, zone: &jiff::tz::TimeZone) -> jiff::civil::Date {
        let year = i64::from(at.in_zone(zone).year()) + self.books_years;
        let year = i16::try_from(year).unwrap_or(9_999).min(9_999);
        jiff::civil::date(year, 12, 31)
    }
}

/// How long things are kept.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<Retention, DbError> {
    settings::load(rx, RETENTION).await
}

/// Lets go what is older than the shop keeps it, a few rows at a time.
///
/// # Errors
/// Whatever the database says.
pub async fn let_go(ctx: &Ctx) -> Result<(), DbError> {
    let kept = ctx.read(async |rx, _| load(rx).await).await?;
    let now = ctx.now();
    let before = |days: i64| now.plus_seconds(-days * 86_400);
    let (carts, letters) = (before(kept.cart_days), before(kept.letter_days));
    let (work, raw, tries) = (
        before(kept.work_days),
        before(kept.provider_days),
        before(kept.sign_in_days),
    );
    while ctx
        .write(async move |tx, _| orders::retention::carts(tx, carts, AT_ONCE).await)
        .await?
        > 0
    {}
    while ctx
        .write(async move |tx, _| engagement::retention::contents(tx, letters, AT_ONCE).await)
        .await?
        > 0
    {}
    while ctx
        .write(async move |tx, _| platform::jobs::forget_old(tx, work, AT_ONCE).await)
        .await?
        > 0
    {}
    while ctx
        .write(async move |tx, _| payments::retention::provider_messages(tx, raw, AT_ONCE).await)
        .await?
        > 0
    {}
    ctx.write(async move |tx, ctx| {
        platform::auth::tries::forget(tx, tries).await?;
        platform::auth::session::forget_old(tx, ctx).await?;
        customers::account::forget_old(tx, ctx).await
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GOV-10: books are kept for whole years on the shop's calendar, which the new year reaches before it does in UTC.
    #[test]
    fn books_are_kept_to_the_end_of_a_year() {
        let zone = jiff::tz::TimeZone::get("Asia/Taipei").unwrap();
        let kept = Retention::default();
        let until = |text: &str| kept.books_until(text.parse().unwrap(), &zone).to_string();
        assert_eq!(until("2026-03-02T02:00:00Z"), "2036-12-31");
        assert_eq!(until("2026-12-31T15:59:59Z"), "2036-12-31");
        assert_eq!(until("2026-12-31T16:00:00Z"), "2037-12-31");
    }
}
