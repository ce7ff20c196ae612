//! Ways to deliver that end at the counter of a convenience store (CHK-04).

use kernel::{
    Address, Currency, Money,
    pickup::{self, Chain, Store},
};
use platform::{DbError, db::Row};
use schemars::JsonSchema;
use serde::Serialize;

use crate::FulfilmentError;

/// Days for which the chains of Taiwan keep a parcel, for a way that says nothing else.
pub const USUAL_DAYS: i64 = 7;
/// The most that the chains of Taiwan take on for one parcel, in whole New Taiwan dollars.
pub const USUAL_MOST: i64 = 20_000;

/// At which stores parcels are collected, and on which terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PickupTerms {
    /// Code of the chain.
    pub chain: String,
    /// Days for which a store keeps a parcel.
    pub keep_days: i64,
    /// The most that one parcel may be worth, and that is collected for it; `None` without a limit.
    pub most: Option<Money>,
}

impl PickupTerms {
    /// What was agreed with a store that is part of an order's address: its chain and how long it keeps a parcel. The limit
    /// of today's way is not part of it.
    #[must_use]
    pub fn agreed(store: &Store) -> Self {
        Self {
            chain: store.chain.clone(),
            keep_days: store.keep_days,
            most: None,
        }
    }

    /// Whether a parcel of this worth is taken on.
    #[must_use]
    pub fn takes(&self, worth: Money) -> bool {
        self.most.is_none_or(|most| worth.amount <= most.amount)
    }

    /// The chain, unless it is none any more.
    #[must_use]
    pub fn known_chain(&self) -> Option<&'static Chain> {
        pickup::chain(&self.chain)
    }

    /// Whether stores of the chain are in this country; where the country is not known yet, they may be.
    pub(crate) fn is_in(&self, country: &str) -> bool {
        let theirs = self.known_chain().map(|chain| chain.country);
        theirs.is_some_and(|own| country.is_empty() || own.eq_ignore_ascii_case(country))
    }

    pub(crate) fn check(&self, currency: Currency) -> Result<(), FulfilmentError> {
        let whole = |most: &Money| {
            most.amount > 0 && most.currency == currency && most.amount % currency.step() == 0
        };
        let fields = [
            ("pickup_chain", self.known_chain().is_some()),
            ("pickup_days", (1..=60).contains(&self.keep_days)),
            ("pickup_most", self.most.as_ref().is_none_or(whole)),
        ];
        match fields.iter().find(|(_, good)| !good) {
            Some((field, _)) => Err(FulfilmentError::InvalidDelivery(field)),
            None => Ok(()),
        }
    }

    /// The three columns of a way to deliver.
    pub(crate) fn columns(terms: Option<&Self>) -> (Option<&str>, Option<i64>, Option<i64>) {
        (
            terms.map(|terms| terms.chain.as_str()),
            terms.map(|terms| terms.keep_days),
            terms.and_then(|terms| terms.most).map(|most| most.amount),
        )
    }

    pub(crate) fn from_row(row: &Row) -> Result<Option<Self>, DbError> {
        let chain: Option<String> = row.get("pickup_chain")?;
        let Some(chain) = chain else { return Ok(None) };
        Ok(Some(Self {
            chain,
            keep_days: row.get("pickup_days")?,
            most: row.money_opt("pickup_most")?,
        }))
    }
}

/// Where a parcel goes by a way to deliver: to the store of its chain that was named, or to the address. What was filled
/// in for the other stays behind, so that nobody who changed their mind gets a parcel elsewhere.
#[must_use]
pub fn destination(address: &Address, terms: Option<&PickupTerms>) -> Address {
    match terms {
        None => address.at_door(),
        Some(terms) => address.at_store(Store {
            chain: terms.chain.clone(),
            keep_days: terms.keep_days,
            ..address.store.clone().unwrap_or_default()
        }),
    }
}
