//! How much of a price each role and person may give away (CHK-25), and how many orders a day may go before others
//! (ORD-07), as the page that decides it shows it.

use fulfilment::delivery;
use kernel::{Currency, Money, Permission, Role, StaffId};
use platform::{Ctx, Rx, auth::staff};
use schemars::JsonSchema;
use serde::Serialize;

use super::order_drafts::percent;
use crate::{
    FlowError,
    bargaining::{self, Limit},
    shop, urgent,
};

/// The limits of everybody who can make orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeskRulesPage {
    /// The currency of the amounts.
    pub currency: Currency,
    /// By role.
    pub roles: Vec<RoleLimit>,
    /// By person.
    pub people: Vec<PersonLimit>,
    /// Orders a day that may go before others.
    pub urgent_per_day: i64,
    /// Ways to deliver, and whether their orders go first.
    pub urgent_methods: Vec<UrgentMethod>,
}

/// A way to deliver whose orders may go first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UrgentMethod {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether its orders go before others.
    pub first: bool,
}

/// What a role may give away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RoleLimit {
    /// The role.
    pub role: Role,
    /// Percent of the goods, as people type it.
    pub percent: String,
    /// The most in money; null without such a limit.
    pub amount: Option<Money>,
}

/// What a person may give away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PersonLimit {
    /// Their account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their job.
    pub role: Role,
    /// Percent of the goods; null when their role's counts.
    pub percent: Option<String>,
    /// The most in money; null without such a limit.
    pub amount: Option<Money>,
}

/// The limits that the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx) -> Result<DeskRulesPage, FlowError> {
    let currency = shop::load(rx).await?.currency;
    let decided = bargaining::load(rx).await?;
    let amount = |limit: &Limit| limit.amount.map(|amount| Money::new(amount, currency));
    let makes_orders = |role: Role| role.permissions().allows(Permission::OrdersWrite);
    let roles = Role::ALL.into_iter().filter(|role| makes_orders(*role));
    let people = staff::list(rx).await?;
    let people = people
        .into_iter()
        .filter(|person| person.state != "inactive" && makes_orders(person.role));
    let lane = urgent::load(rx).await?;
    let methods = delivery::list_active(rx).await?;
    Ok(DeskRulesPage {
        urgent_per_day: lane.per_day,
        urgent_methods: methods
            .into_iter()
            .map(|method| UrgentMethod {
                first: lane.methods.contains(&method.code),
                name: method.name.get(ctx.locale()).to_owned(),
                code: method.code,
            })
            .collect(),
        currency,
        roles: roles
            .map(|role| {
                let limit = decided.of_role(role);
                RoleLimit {
                    role,
                    percent: percent(limit.share),
                    amount: amount(&limit),
                }
            })
            .collect(),
        people: people
            .map(|person| {
                let own = decided.people.get(&person.id.to_string());
                PersonLimit {
                    id: person.id,
                    name: person.name,
                    role: person.role,
                    percent: own.map(|limit| percent(limit.share)),
                    amount: own.and_then(amount),
                }
            })
            .collect(),
    })
}
