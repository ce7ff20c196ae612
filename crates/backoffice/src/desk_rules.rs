//! Deciding how much of a price each role and person may give away (CHK-25), and how many orders a day may go before
//! others (ORD-07).

use std::{collections::BTreeMap, sync::Arc};

use kernel::{Currency, Role, StaffId};
use operations::{
    bargaining::{self, BARGAINING, Limit},
    urgent::{self, URGENT_LANE, UrgentLane},
    views::admin::{DeskRulesPage, desk_rules as views},
};
use platform::{
    Ctx, DbError, settings,
    web::{Done, Page, Problem, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    Backoffice,
    forms::{Amount, Form, share},
    order_drafts::currency,
};

/// The limits, replaced together. What is not named keeps the limit that comes with its role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteRules {
    /// By role code.
    #[serde(default)]
    roles: BTreeMap<Role, TypedLimit>,
    /// By person; without a percentage their role counts.
    #[serde(default)]
    people: BTreeMap<StaffId, TypedLimit>,
    /// Orders a day that may go before others; as it was when absent.
    #[serde(default, deserialize_with = "form::whole_opt")]
    urgent_per_day: Option<i64>,
    /// Codes of the ways to deliver whose orders go first.
    #[serde(default)]
    urgent_methods: Vec<String>,
}

/// A limit as it is typed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypedLimit {
    /// Percent of the goods, `12.5`.
    #[serde(default)]
    percent: Option<String>,
    /// The most in money; no such limit when absent.
    #[serde(default)]
    amount: Option<Amount>,
}

async fn page(ctx: &Ctx) -> Result<DeskRulesPage, Problem> {
    Ok(ctx.read(async |rx, ctx| views::page(rx, ctx).await).await?)
}

/// Who may give how much away.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<DeskRulesPage>, Problem> {
    Ok(Page::new(page(&ctx).await?))
}

/// Replaces the limits.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteRules>,
) -> Result<Done<DeskRulesPage>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        let currency = currency(&ctx).await?;
        let mut roles = BTreeMap::new();
        for (role, typed) in wanted.roles {
            let place = format!("roles.{role}");
            roles.extend(limit(&typed, currency, &place)?.map(|l| (role.code().to_owned(), l)));
        }
        let mut people = BTreeMap::new();
        for (id, typed) in wanted.people {
            let place = format!("people.{id}");
            people.extend(limit(&typed, currency, &place)?.map(|l| (id.to_string(), l)));
        }
        let (per_day, methods) = (wanted.urgent_per_day, wanted.urgent_methods);
        if per_day.is_some_and(|n| !(0..=1_000).contains(&n)) {
            return Err(Problem::invalid("error-invalid-input")
                .field("urgent_per_day", "error-invalid-value"));
        }
        let decided = bargaining::Bargaining { roles, people };
        ctx.write(async move |tx, ctx| {
            settings::save(tx, ctx, BARGAINING, &decided).await?;
            let lane = UrgentLane {
                per_day: per_day.unwrap_or(urgent::load(tx).await?.per_day),
                methods: methods.clone(),
            };
            settings::save(tx, ctx, URGENT_LANE, &lane).await?;
            Ok::<_, DbError>(())
        })
        .await?;
        let next = sent.next("/admin/settings/desk");
        Ok(Done::new(page(&ctx).await?, next).flash("admin-flash-saved"))
    };
    sent.or_show(work, page(&ctx)).await
}

fn limit(typed: &TypedLimit, currency: Currency, place: &str) -> Result<Option<Limit>, Problem> {
    let field = format!("{place}.amount");
    let amount = typed.amount.as_ref().map(|a| a.money(currency, &field));
    let amount = amount.transpose()?.map(|a| a.amount);
    let Some(percent) = typed.percent.as_deref().filter(|p| !p.trim().is_empty()) else {
        return match amount {
            None => Ok(None),
            Some(_) => Err(Problem::invalid("error-invalid-input")
                .field(format!("{place}.percent"), "error-required")),
        };
    };
    Ok(Some(Limit {
        share: share(percent, &format!("{place}.percent"))?,
        amount,
    }))
}
