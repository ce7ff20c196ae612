//! Announcing that orders leave later than promised (ORD-12): choosing them, seeing how many people it reaches, and
//! sending it.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use kernel::{Locale, Texts};
use operations::{
    flows::announce_delay,
    views::admin::{
        DelaysPage,
        delays::{self as views, DelayChoice},
    },
};
use platform::{
    Ctx,
    web::{Done, Page, Problem, Query},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, explain},
};

/// Which orders.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChooseOrders {
    /// Code of a way to deliver; any when absent.
    #[serde(default)]
    delivery_method: Option<String>,
    /// First level of the address; any when absent.
    #[serde(default)]
    region: Option<String>,
    /// Promised for this date or an earlier one, `2026-03-02`; any when absent.
    #[serde(default)]
    promised_until: Option<String>,
    /// The date on which they leave at the latest; nothing is counted without it.
    #[serde(default)]
    ship_on: Option<String>,
}

/// An announcement.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnnounceDelay {
    /// Code of a way to deliver; any when absent.
    #[serde(default)]
    delivery_method: Option<String>,
    /// First level of the address; any when absent.
    #[serde(default)]
    region: Option<String>,
    /// Promised for this date or an earlier one; any when absent.
    #[serde(default)]
    promised_until: Option<String>,
    /// The date on which they leave at the latest.
    ship_on: String,
    /// Why, by language; each buyer reads it in theirs, or in the first that is there.
    #[serde(default)]
    reason: BTreeMap<Locale, String>,
}

/// An announcement that was sent.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Announced {
    /// How many orders it moved.
    orders: u64,
}

fn choice(chosen: ChooseOrders) -> Result<DelayChoice, Problem> {
    Ok(DelayChoice {
        delivery_method: chosen.delivery_method,
        region: chosen.region,
        promised_until: date(chosen.promised_until, "promised_until")?,
        ship_on: date(chosen.ship_on, "ship_on")?,
    })
}

fn date(text: Option<String>, field: &str) -> Result<Option<Date>, Problem> {
    let parsed = text.map(|text| text.parse::<Date>()).transpose();
    parsed.map_err(|_| Problem::invalid("error-invalid-input").field(field, "error-invalid-value"))
}

async fn page(ctx: &Ctx, choice: DelayChoice) -> Result<DelaysPage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::page(rx, ctx, choice).await)
        .await?)
}

/// Whom an announcement would reach.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(chosen): Query<ChooseOrders>,
) -> Result<Page<DelaysPage>, Problem> {
    Ok(Page::new(page(&ctx, choice(chosen)?).await?))
}

/// Announces a delay; each order is told once.
pub(crate) async fn announce(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<AnnounceDelay>,
) -> Result<Done<Announced>, Problem> {
    let Form { value, sent } = form;
    let chosen = value.as_ref().ok().map(|wanted| ChooseOrders {
        delivery_method: wanted.delivery_method.clone(),
        region: wanted.region.clone(),
        promised_until: wanted.promised_until.clone(),
        ship_on: Some(wanted.ship_on.clone()),
    });
    let again = chosen.clone().and_then(|c| choice(c).ok());
    let work = async {
        let wanted = value?;
        let reason = Texts(
            wanted
                .reason
                .into_iter()
                .map(|(locale, text)| (locale, text.trim().to_owned()))
                .filter(|(_, text)| !text.is_empty())
                .collect(),
        );
        if reason.0.is_empty() {
            return Err(Problem::invalid("error-invalid-input").field("reason", "error-required"));
        }
        let choice = choice(chosen.unwrap_or_default())?;
        let found = ctx
            .read(async move |rx, _| views::chosen(rx, &choice).await)
            .await?;
        let (which, ship_by) = found.ok_or_else(|| {
            Problem::invalid("error-invalid-input").field("ship_on", "error-required")
        })?;
        if ship_by <= ctx.now() {
            return Err(
                Problem::invalid("error-invalid-input").field("ship_on", "error-invalid-value")
            );
        }
        let orders = announce_delay::announce(&ctx, which, ship_by, reason)
            .await
            .map_err(explain)?;
        let next = sent.next("/admin/delays");
        Ok(Done::created(Announced { orders }, next).flash("admin-flash-delay-announced"))
    };
    sent.or_show(work, page(&ctx, again.unwrap_or_default()))
        .await
}
