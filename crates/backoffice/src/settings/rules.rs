//! The rules of selling: tax, the payment window, returns.

use std::sync::Arc;

use operations::{
    flows::decide::{self, Rules},
    views::admin::settings::rules::{self as views, RulesPage},
};
use platform::{
    Ctx,
    web::{Done, Page, Problem},
};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Saved, wrong};
use crate::{
    Backoffice,
    forms::{Count, Form},
};

const PAGE: &str = "/admin/settings/rules";

/// The rules of selling.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulesForm {
    /// The standard tax contained in prices, in percent.
    tax_percent: String,
    /// Days within which an order must be paid.
    payment_days: Count,
    /// Days within which goods can be returned; 0 for none.
    return_days: Count,
    /// Minutes within which a buyer takes back that they called an unpaid order off; 0 for not at all.
    undo_minutes: Count,
    /// Unpaid orders that one source may place in an hour.
    unpaid_orders_per_hour: Count,
}

/// The rules of selling.
pub(crate) async fn show(_: Arc<Backoffice>, ctx: Ctx, (): ()) -> Result<Page<RulesPage>, Problem> {
    Ok(Page::new(page(&ctx).await?))
}

async fn page(ctx: &Ctx) -> Result<RulesPage, Problem> {
    Ok(ctx.read(async |rx, ctx| views::page(rx, ctx).await).await?)
}

/// Sets the rules of selling.
pub(crate) async fn save(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<RulesForm>,
) -> Result<Done<Saved>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let percent = typed
            .tax_percent
            .trim()
            .trim_end_matches(['%', '％'])
            .trim();
        let percent: Decimal = percent
            .parse()
            .map_err(|_| wrong("tax_percent", "error-settings-tax"))?;
        let rules = Rules {
            tax_rate: percent
                .checked_div(Decimal::ONE_HUNDRED)
                .ok_or_else(|| wrong("tax_percent", "error-settings-tax"))?,
            payment_days: typed.payment_days.0,
            return_days: typed.return_days.0,
            undo_minutes: typed.undo_minutes.0,
            unpaid_orders_per_hour: typed.unpaid_orders_per_hour.0,
        };
        ctx.write(async move |tx, ctx| decide::rules(tx, ctx, rules).await)
            .await?;
        Ok(Done::new(Saved::NOW, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx)).await
}
