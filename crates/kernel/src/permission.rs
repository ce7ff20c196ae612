//! What people and programs may do, and the roles of a shop (PLT-08).

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// One thing that may be allowed. Every route declares exactly one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Permission { $( $(#[$doc])* $name, )* }

        impl Permission {
            /// All permissions in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code used in configuration, templates and documents.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

permissions! {
    /// Open to everybody, as the shop's pages are.
    Public = "public";
    /// A signed-in customer, for what is their own. No role has it.
    Account = "account";
    /// Any signed-in member of staff.
    SignedIn = "signed_in";
    /// See products and prices, also unpublished ones.
    ProductsRead = "products.read";
    /// Change products and prices, publish.
    ProductsWrite = "products.write";
    /// See stock and its ledger.
    StockRead = "stock.read";
    /// Correct, receive and count stock.
    StockWrite = "stock.write";
    /// See orders and the people who placed them.
    OrdersRead = "orders.read";
    /// Cancel orders, change notes.
    OrdersWrite = "orders.write";
    /// Pick, ship and deliver.
    FulfilmentWrite = "fulfilment.write";
    /// See payments, bank receipts and the journal.
    PaymentsRead = "payments.read";
    /// Match incoming money.
    PaymentsWrite = "payments.write";
    /// Give money back.
    RefundsWrite = "refunds.write";
    /// See figures and the funnel.
    InsightRead = "insight.read";
    /// Change message templates.
    MessagesWrite = "messages.write";
    /// See customers and what they ask.
    CustomersRead = "customers.read";
    /// Change what is known about customers, write notes about them, take out everything about one of them.
    CustomersWrite = "customers.write";
    /// Erase a customer's personal data for good.
    CustomersErase = "customers.erase";
    /// Answer what customers ask.
    InquiriesAnswer = "inquiries.answer";
    /// See and repair background work.
    JobsWrite = "jobs.write";
    /// See staff and keys.
    StaffRead = "staff.read";
    /// Add staff, change roles, make keys.
    StaffWrite = "staff.write";
    /// Change the shop's settings.
    SettingsWrite = "settings.write";
    /// See what staff and programs changed.
    AuditRead = "audit.read";
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// Nothing but what is public.
    pub const NONE: Self = Self(0);

    /// Exactly these.
    #[must_use]
    pub fn of(list: &[Permission]) -> Self {
        Self(list.iter().fold(0, |bits, p| bits | Self::bit(*p)))
    }

    /// Everything that staff may do.
    #[must_use]
    pub fn all() -> Self {
        let all = Self::of(Permission::ALL);
        Self(all.0 & !Self::bit(Permission::Account))
    }

    /// Whether `permission` is in the set; what is public always is.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        permission == Permission::Public || self.0 & Self::bit(permission) != 0
    }

    /// Whether everything in `other` is in this set (invariant A6: nobody grants what they lack).
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// The permissions in the set.
    #[must_use]
    pub fn list(self) -> Vec<Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(|p| self.0 & Self::bit(*p) != 0)
            .collect()
    }

    const fn bit(permission: Permission) -> u64 {
        1 << (permission as u8)
    }
}

/// A job in the shop.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owner: everything.
    Owner,
    /// Operations: runs the shop day by day; in a small team also packs.
    Operations,
    /// Promotion: products, prices, messages, figures.
    Promotion,
    /// Service: answers customers, cancels and refunds.
    Service,
    /// Warehouse: picks, ships, counts.
    Warehouse,
    /// Members: customers and what is sent to them.
    Members,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Operations,
        Self::Promotion,
        Self::Service,
        Self::Warehouse,
        Self::Members,
    ];

    /// The stored code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operations => "operations",
            Self::Promotion => "promotion",
            Self::Service => "service",
            Self::Warehouse => "warehouse",
            Self::Members => "members",
        }
    }

    /// What the role may do.
    #[must_use]
    pub fn permissions(self) -> Permissions {
        use Permission as P;
        match self {
            Self::Owner => Permissions::all(),
            Self::Operations => Permissions::of(&[
                P::SignedIn,
                P::ProductsRead,
                P::ProductsWrite,
                P::StockRead,
                P::StockWrite,
                P::OrdersRead,
                P::OrdersWrite,
                P::FulfilmentWrite,
                P::PaymentsRead,
                P::PaymentsWrite,
                P::RefundsWrite,
                P::InsightRead,
                P::MessagesWrite,
                P::CustomersRead,
                P::CustomersWrite,
                P::InquiriesAnswer,
                P::JobsWrite,
            ]),
            Self::Promotion => Permissions::of(&[
                P::SignedIn,
                P::ProductsRead,
                P::ProductsWrite,
                P::StockRead,
                P::InsightRead,
                P::MessagesWrite,
            ]),
            Self::Service => Permissions::of(&[
                P::SignedIn,
                P::ProductsRead,
                P::StockRead,
                P::OrdersRead,
                P::OrdersWrite,
                P::PaymentsRead,
                P::RefundsWrite,
                P::CustomersRead,
                P::CustomersWrite,
                P::InquiriesAnswer,
            ]),
            Self::Warehouse => Permissions::of(&[
                P::SignedIn,
                P::ProductsRead,
                P::StockRead,
                P::StockWrite,
                P::OrdersRead,
                P::FulfilmentWrite,
            ]),
            Self::Members => Permissions::of(&[
                P::SignedIn,
                P::ProductsRead,
                P::OrdersRead,
                P::InsightRead,
                P::MessagesWrite,
                P::CustomersRead,
                P::CustomersWrite,
            ]),
        }
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the role must be one of owner, operations, promotion, service, warehouse, members")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|r| r.code() == text)
            .ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PLT-08: the owner may do everything, the warehouse sees no money, and no role but the owner manages staff.
    #[test]
    fn roles_have_what_their_work_needs() {
        assert!(Role::Owner.permissions().covers(Permissions::all()));
        assert!(
            !Role::Warehouse
                .permissions()
                .allows(Permission::PaymentsRead)
        );
        for role in Role::ALL.into_iter().filter(|r| *r != Role::Owner) {
            assert!(!role.permissions().allows(Permission::StaffWrite), "{role}");
        }
    }
}
