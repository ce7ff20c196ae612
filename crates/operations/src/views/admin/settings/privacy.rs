//! How the shop treats what it knows about people: what it asks for, how long they stay signed in, how long things are
//! kept.

use customers::account;
use jiff::civil::Date;
use platform::{Ctx, Rx, auth::session, settings};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Changed, changed, newer};
use crate::{
    FlowError,
    retention::{self, RETENTION, Retention},
    shop::{self, AskConsent},
};

/// How the shop treats what it knows about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PrivacyPage {
    /// Who changed it last.
    pub changed: Option<Changed>,
    /// Whether browsers are asked before their visits are measured.
    pub ask_consent: AskConsent,
    /// Days that staff stay signed in.
    pub staff_days: i64,
    /// Days that customers stay signed in.
    pub customer_days: i64,
    /// How long things are kept.
    pub kept: Retention,
    /// Until when an order of today stays in the books.
    #[schemars(with = "String")]
    pub books_until: Date,
}

/// How the shop treats what it knows about people.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx) -> Result<PrivacyPage, FlowError> {
    let kept = retention::load(rx).await?;
    let staff: session::Stay = settings::load(rx, session::STAY).await?;
    let customers: account::Stay = settings::load(rx, account::STAY).await?;
    let last = newer(
        changed(rx, RETENTION).await?,
        changed(rx, shop::SHOP).await?,
    );
    Ok(PrivacyPage {
        changed: last,
        ask_consent: shop::load(rx).await?.ask_consent,
        staff_days: staff.days,
        customer_days: customers.days,
        books_until: kept.books_until(ctx.now(), ctx.zone()),
        kept,
    })
}
