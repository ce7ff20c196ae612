//! How much of an order's price each person of the shop may give away (CHK-25): a limit for each role, and for people
//! who need another one of their own. A setting, so that the shop decides.

use std::collections::BTreeMap;

use kernel::{Money, Role, StaffId};
use orders::concession::{WHOLE, share_of};
use platform::{
    Actor, DbError, Rx,
    auth::staff::{self, Staff},
    settings,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::FlowError;

/// Settings key of [`Bargaining`].
pub const BARGAINING: &str = "bargaining";

/// What may be given away by whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Bargaining {
    /// By role code; a role that is missing has its [`Limit::of_role`].
    pub roles: BTreeMap<String, Limit>,
    /// By person; it counts in place of their role's.
    pub people: BTreeMap<String, Limit>,
}

/// How much may be given away on one order: a share of its goods and, where there is one, an amount. Both hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limit {
    /// Hundredths of a percent of the goods before any discount.
    pub share: i64,
    /// In minor units of the shop's currency.
    pub amount: Option<i64>,
}

impl Limit {
    /// Nothing at all.
    pub const NOTHING: Self = Self {
        share: 0,
        amount: None,
    };
    /// Everything, as the shop itself may.
    pub const EVERYTHING: Self = Self {
        share: WHOLE,
        amount: None,
    };

    /// What a role may give away until the shop decides otherwise.
    #[must_use]
    pub const fn of_role(role: Role) -> Self {
        let share = match role {
            Role::Owner => WHOLE,
            Role::Operations => 2_000,
            Role::Service => 1_000,
            Role::Promotion | Role::Warehouse | Role::Members => 0,
        };
        Self {
            share,
            amount: None,
        }
    }

    /// The most that may be given away on goods of this sum.
    ///
    /// # Errors
    /// An overflow.
    pub fn most(&self, goods: Money) -> Result<Money, FlowError> {
        let share = share_of(goods, self.share.clamp(0, WHOLE))?;
        let most = self
            .amount
            .map_or(share.amount, |amount| amount.max(0).min(share.amount));
        Ok(Money::new(most, goods.currency))
    }
}

impl Bargaining {
    /// The limit of whoever acts.
    #[must_use]
    pub fn of(&self, actor: &Actor) -> Limit {
        match actor {
            Actor::Staff { id, role, .. } => self.of_person(*id, *role),
            Actor::Key { role, .. } => self.of_role(*role),
            Actor::System(_) => Limit::EVERYTHING,
            Actor::Visitor | Actor::Customer(_) => Limit::NOTHING,
        }
    }

    /// The limit of a role.
    #[must_use]
    pub fn of_role(&self, role: Role) -> Limit {
        let decided = self.roles.get(role.code()).copied();
        decided.unwrap_or_else(|| Limit::of_role(role))
    }

    /// The limit of a person: their own, or their role's.
    #[must_use]
    pub fn of_person(&self, id: StaffId, role: Role) -> Limit {
        let own = self.people.get(&id.to_string()).copied();
        own.unwrap_or_else(|| self.of_role(role))
    }

    /// The people who work here and may give that much away on these goods, by name.
    ///
    /// # Errors
    /// An overflow.
    pub fn who_may(
        &self,
        people: &[Staff],
        given: Money,
        goods: Money,
    ) -> Result<Vec<String>, FlowError> {
        let mut names = Vec::new();
        for person in people.iter().filter(|p| p.state == "active") {
            let limit = self.of_person(person.id, person.role);
            let orders = person
                .role
                .permissions()
                .allows(kernel::Permission::OrdersWrite);
            if orders && limit.most(goods)?.amount >= given.amount {
                names.push(person.name.clone());
            }
        }
        Ok(names)
    }
}

/// What the shop has decided.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<Bargaining, DbError> {
    settings::load(rx, BARGAINING).await
}

/// Refuses what is more than `actor` may give away, and tells who may.
///
/// # Errors
/// [`FlowError::BeyondLimit`].
pub async fn check(
    rx: &mut Rx,
    actor: &Actor,
    given: Money,
    goods: Money,
) -> Result<(), FlowError> {
    let decided = load(rx).await?;
    let limit = decided.of(actor).most(goods)?;
    if given.amount <= limit.amount {
        return Ok(());
    }
    let people = staff::list(rx).await?;
    let who = decided.who_may(&people, given, goods)?.join("、");
    Err(FlowError::BeyondLimit { given, limit, who })
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    /// CHK-25: share and amount both hold, a person's own limit counts in place of their role's.
    #[test]
    fn a_limit_is_a_share_and_an_amount() {
        let goods = Money::new(200_000, Currency::TWD);
        let most = |limit: Limit| limit.most(goods).unwrap().amount;
        assert_eq!(most(Limit::of_role(Role::Service)), 20_000);
        assert_eq!(most(Limit::of_role(Role::Warehouse)), 0);
        assert_eq!(most(Limit::EVERYTHING), 200_000);
        let amount = Some(5_000);
        assert_eq!(
            most(Limit {
                share: 1_000,
                amount
            }),
            5_000
        );
        assert_eq!(most(Limit { share: 100, amount }), 2_000);

        let id = StaffId::new();
        let own = Limit {
            share: 3_000,
            amount: None,
        };
        let decided = Bargaining {
            roles: [("service".to_owned(), Limit::NOTHING)].into(),
            people: [(id.to_string(), own)].into(),
        };
        assert_eq!(decided.of_person(id, Role::Service), own);
        assert_eq!(
            decided.of_person(StaffId::new(), Role::Service),
            Limit::NOTHING
        );
        assert_eq!(decided.of_role(Role::Operations).share, 2_000);
    }
}
