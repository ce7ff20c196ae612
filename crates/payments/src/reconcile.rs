//! Comparing our books with a provider's, charge by charge.
//!
//! The two are written by different transactions, so a difference is only meaningful once the work in between is done:
//! nothing pending, no job waiting.

use std::collections::{BTreeMap, HashMap};

use kernel::{Currency, Money, Timestamp};
use platform::{DbError, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Account, Provider,
    demo_card::{self, Charge},
    journal,
};

/// A difference between the provider's books and ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Break {
    /// The charge, or the account.
    pub subject: String,
    /// What the provider says.
    pub theirs: String,
    /// What we say.
    pub ours: String,
}

/// Compares the demo provider's books with ours: each charge that took money is posted once with its amount, nothing
/// else is posted, and the account holds what was taken less what was given back.
///
/// # Errors
/// Whatever the database says.
pub async fn demo_card(rx: &mut Rx, now: Timestamp) -> Result<Vec<Break>, DbError> {
    let books = demo_card::books(rx).await?;
    let sql = "SELECT effect_key, currency, amount FROM journal WHERE debit = 'asset:card' AND entry IN ('capture', 'overpayment')";
    let mut posted: HashMap<String, Money> = HashMap::new();
    for row in rx.rows(sql, &[]).await? {
        posted.insert(row.get("effect_key")?, row.money("amount")?);
    }
    let mut breaks = Vec::new();
    let mut held: BTreeMap<Currency, i64> = BTreeMap::new();
    for charge in books.iter().filter(|c| c.is_taken(now)) {
        let ours = posted.remove(&format!(
            "charge:{}:{}",
            Provider::DemoCard,
            charge.reference
        ));
        if ours != Some(charge.amount) {
            breaks.push(differing(charge, ours));
        }
        *held.entry(charge.amount.currency).or_default() +=
            charge.amount.amount - charge.refunded.amount;
    }
    for (subject, amount) in posted {
        breaks.push(Break {
            subject,
            theirs: "nothing".into(),
            ours: amount.to_string(),
        });
    }
    let balances = journal::balances(rx).await?;
    for balance in balances.iter().filter(|b| b.account == Account::Card) {
        let theirs = Money::new(
            held.remove(&balance.balance.currency).unwrap_or_default(),
            balance.balance.currency,
        );
        if theirs != balance.balance {
            breaks.push(Break {
                subject: Account::Card.to_string(),
                theirs: theirs.to_string(),
                ours: balance.balance.to_string(),
            });
        }
    }
    for (currency, amount) in held.into_iter().filter(|(_, amount)| *amount != 0) {
        let theirs = Money::new(amount, currency).to_string();
        breaks.push(Break {
            subject: Account::Card.to_string(),
            theirs,
            ours: "nothing".into(),
        });
    }
    Ok(breaks)
}

fn differing(charge: &Charge, ours: Option<Money>) -> Break {
    let ours = ours.map_or_else(|| "nothing".to_owned(), |amount| amount.to_string());
    Break {
        subject: charge.reference.clone(),
        theirs: charge.amount.to_string(),
        ours,
    }
}
