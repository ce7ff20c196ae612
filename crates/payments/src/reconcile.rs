//! Comparing our books with a provider's, row by row (P11).
//!
//! The two are written by different transactions, so a difference is only meaningful once the work in between is done:
//! nothing pending, no job waiting.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{Currency, Money, OrderId, PaymentId, RefundId, Timestamp};
use platform::{Ctx, DbError, Rx, auth::staff, jobs::Failure, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Account, Provider,
    breaks::{self, BreakKind, Comparison, Found},
    demo_card::{self, Charge},
    journal, payment,
    stripe::{BookedCharge, BookedRefund, Books, Stripe},
    work,
};

/// The time that a comparison covers, in seconds: three days, so that one that failed is made up for.
const COVERED: i64 = 3 * 86_400;
/// How much earlier a charge may have been made than it was posted, in seconds.
const EARLIER: i64 = 7 * 86_400;
/// What is younger may still be on its way into our books, in seconds.
pub(crate) const YOUNG: i64 = 900;

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

/// Compares Stripe's books of the last days with ours, row by row, and keeps the differences. What is still being asked
/// about is no difference yet, but is asked about at once. Rows from `until` on may still be on their way to us.
///
/// # Errors
/// [`Failure::Retry`] when the books could not be read.
pub async fn stripe(ctx: &Ctx, stripe: &Stripe, until: Timestamp) -> Result<Vec<Found>, Failure> {
    let since = until.plus_seconds(-COVERED);
    let books = stripe
        .books(since.plus_seconds(-EARLIER), until)
        .await
        .map_err(Failure::Retry)?;
    ctx.write(async move |tx, ctx| {
        let (mut found, mut under_way) = (Vec::new(), Vec::new());
        for charge in &books.charges {
            match charge_here(tx, charge).await? {
                Here::Yes => {}
                Here::UnderWay(payment) => under_way.push(payment),
                Here::No(differs) => found.push(differs),
            }
        }
        for refund in &books.refunds {
            if let Here::No(differs) = refund_here(tx, refund).await? {
                found.push(differs);
            }
        }
        not_there(tx, &books, (since, until), &mut found).await?;
        for payment in under_way {
            work::ask_now(tx, ctx, payment).await?;
        }
        let made = Comparison {
            provider: Provider::Stripe,
            since,
            until,
            charges: i64::try_from(books.charges.len()).unwrap_or(i64::MAX),
            refunds: i64::try_from(books.refunds.len()).unwrap_or(i64::MAX),
            breaks: i64::try_from(found.len()).unwrap_or(i64::MAX),
            finished_at: ctx.now(),
        };
        let owner = owner(tx).await?;
        breaks::keep(tx, ctx, &made, &owner, &found).await?;
        Ok::<_, Failure>(found)
    })
    .await
}

/// Whether we have a row of the provider's.
enum Here {
    Yes,
    UnderWay(PaymentId),
    No(Found),
}

/// Who looks after differences unless somebody takes them: the first owner of the shop.
async fn owner(rx: &mut Rx) -> Result<String, DbError> {
    let all = staff::list(rx).await?;
    let owner = all
        .into_iter()
        .find(|person| person.role == kernel::Role::Owner);
    Ok(owner.map_or_else(|| "owner".to_owned(), |person| person.name))
}

async fn charge_here(rx: &mut Rx, charge: &BookedCharge) -> Result<Here, Failure> {
    let effect = format!("charge:{}:{}", Provider::Stripe, charge.reference);
    let ours = journal::by_effect(rx, &effect).await?;
    let theirs = told(charge.amount);
    let differs = |kind, ours: String, order_id| {
        Here::No(Found {
            kind,
            subject: charge.reference.clone(),
            theirs: theirs.clone(),
            ours,
            order_id,
        })
    };
    if let Some(posted) = ours {
        return Ok(if charge.amount == Some(posted.amount) {
            Here::Yes
        } else {
            differs(
                BreakKind::OtherAmount,
                posted.amount.to_string(),
                posted.order_id,
            )
        });
    }
    let sql = "SELECT id, order_id FROM payments WHERE provider = $1 AND provider_ref = $2";
    let row = rx
        .row(sql, params![Provider::Stripe, &charge.reference])
        .await?;
    let Some(row) = row else {
        return Ok(differs(BreakKind::NotHere, String::new(), None));
    };
    let id: PaymentId = row.get("id")?;
    let known = payment::by_id(rx, id).await?;
    Ok(if known.is_under_way() {
        Here::UnderWay(id)
    } else {
        differs(
            BreakKind::NotHere,
            known.state.to_string(),
            Some(known.order_id),
        )
    })
}

async fn refund_here(rx: &mut Rx, refund: &BookedRefund) -> Result<Here, Failure> {
    if let Some(quarantined) = refund
        .key
        .as_ref()
        .and_then(|key| key.strip_prefix("return_"))
    {
        let posted = journal::by_effect(rx, &format!("return:{quarantined}")).await?;
        return Ok(match posted {
            Some(posted) if Some(posted.amount) == refund.amount => Here::Yes,
            other => no_refund(refund, told(other.map(|posted| posted.amount)), None),
        });
    }
    let ours: Option<RefundId> = refund.key.as_ref().and_then(|key| key.parse().ok());
    let sql = "SELECT r.order_id, r.state, r.currency, r.amount FROM refunds r JOIN payments p ON p.id = r.payment_id \
               WHERE p.provider = $1 AND (r.provider_ref = $2 OR r.id = $3) ORDER BY r.created_at LIMIT 1";
    let row = rx
        .row(sql, params![Provider::Stripe, &refund.reference, ours])
        .await?;
    let Some(row) = row else {
        return Ok(no_refund(refund, String::new(), None));
    };
    let (amount, state): (Money, String) = (row.money("amount")?, row.get("state")?);
    let order: OrderId = row.get("order_id")?;
    Ok(match state.as_str() {
        // Its job is still at work.
        "pending" => Here::Yes,
        "succeeded" if Some(amount) == refund.amount => Here::Yes,
        _ => no_refund(refund, format!("{amount} ({state})"), Some(order)),
    })
}

fn no_refund(refund: &BookedRefund, ours: String, order_id: Option<OrderId>) -> Here {
    let kind = if ours.is_empty() {
        BreakKind::NotHere
    } else {
        BreakKind::OtherAmount
    };
    Here::No(Found {
        kind,
        subject: refund.reference.clone(),
        theirs: told(refund.amount),
        ours,
        order_id,
    })
}

fn told(amount: Option<Money>) -> String {
    amount.map_or_else(String::new, |amount| amount.to_string())
}

/// What we posted in this time and the provider does not list.
async fn not_there(
    rx: &mut Rx,
    books: &Books,
    (since, until): (Timestamp, Timestamp),
    found: &mut Vec<Found>,
) -> Result<(), DbError> {
    let charges: HashSet<&str> = books.charges.iter().map(|c| c.reference.as_str()).collect();
    let prefix = format!("charge:{}:", Provider::Stripe);
    let sql = "SELECT effect_key, order_id, currency, amount FROM journal WHERE entry IN ('capture', 'overpayment') \
               AND at >= $1 AND at < $2 AND effect_key LIKE $3";
    let like = format!("{prefix}%");
    for row in rx.rows(sql, params![since, until, like]).await? {
        let effect: String = row.get("effect_key")?;
        let subject = effect.strip_prefix(&prefix).unwrap_or(&effect);
        if !charges.contains(subject) {
            found.push(Found {
                kind: BreakKind::NotThere,
                subject: subject.to_owned(),
                theirs: String::new(),
                ours: row.money("amount")?.to_string(),
                order_id: row.get("order_id")?,
            });
        }
    }
    let refunds: HashSet<&str> = books.refunds.iter().map(|r| r.reference.as_str()).collect();
    let sql = "SELECT r.provider_ref, r.order_id, r.currency, r.amount FROM refunds r JOIN payments p ON p.id = r.payment_id \
               WHERE p.provider = $1 AND r.state = 'succeeded' AND r.finished_at >= $2 AND r.finished_at < $3";
    for row in rx
        .rows(sql, params![Provider::Stripe, since, until])
        .await?
    {
        let subject: String = row
            .get::<Option<String>>("provider_ref")?
            .unwrap_or_default();
        if !refunds.contains(subject.as_str()) {
            found.push(Found {
                kind: BreakKind::NotThere,
                subject,
                theirs: String::new(),
                ours: row.money("amount")?.to_string(),
                order_id: row.get("order_id")?,
            });
        }
    }
    Ok(())
}
