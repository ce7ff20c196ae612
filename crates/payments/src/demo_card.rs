//! The demo card provider: a stand-in for a card company, openly a demonstration, with books of its own.
//!
//! It behaves like a real one, only on command: it declines for each usual reason, does not answer, answers late,
//! twice or in the wrong order, or charges another amount. Its books (`demo_card_*`) are written in transactions of
//! their own, never in ours, so that comparing the two at the end proves something. A charge counts once per
//! idempotency key, whatever happens to the call.

use kernel::{Money, Timestamp, id};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Row,
    jobs::{self, NewJob},
    params, secret,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    DeclineCode, Outcome, UnknownCode, Wish,
    payment::ChargeRequest,
    provider::{Answer, RefundAnswer, RefundCall},
    provider_event::{ProviderEvent, ProviderEventKind},
    record::Success,
    settings::PaymentSettings,
    work,
};

/// The key under which [`Account`] is kept.
const ACCOUNT: &str = "demo_card";
/// How late a late answer is, in seconds, when nobody says.
const LATE: i64 = 60;

/// The shop's account at the demo provider.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// The account's name.
    pub merchant: String,
    /// The secret that signs messages to this shop.
    pub secret: String,
}

/// The secret is not for logs (P12).
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("merchant", &self.merchant)
            .finish_non_exhaustive()
    }
}

/// What the demo provider is to do with a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// Take the money and say so.
    Succeed,
    /// Refuse for this reason.
    Decline(DeclineCode),
    /// Do nothing and say nothing.
    TimeOutBefore,
    /// Take the money and say nothing.
    TimeOutAfter,
    /// Say that it takes a while; take the money and say so after these seconds.
    LateCallback(i64),
    /// Take the money and say so twice.
    CallbackTwice,
    /// Refuse, then take the money after all, and tell the two in the wrong order.
    CallbackOutOfOrder,
    /// Take one paying step too much.
    WrongAmount,
}

impl Scenario {
    /// What the demo payment page offers, in its order.
    pub const OFFERED: [Self; 10] = [
        Self::Succeed,
        Self::Decline(DeclineCode::InsufficientFunds),
        Self::Decline(DeclineCode::LimitReached),
        Self::Decline(DeclineCode::ExpiredCard),
        Self::Decline(DeclineCode::DeclinedByBank),
        Self::Decline(DeclineCode::SuspectedFraud),
        Self::Decline(DeclineCode::AuthenticationFailed),
        Self::TimeOutBefore,
        Self::LateCallback(LATE),
        Self::CallbackTwice,
    ];

    /// The code as forms carry it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Succeed => "succeed",
            Self::Decline(DeclineCode::TimedOut) | Self::TimeOutBefore => "timed_out",
            Self::Decline(code) => code.code(),
            Self::TimeOutAfter => "timed_out_charged",
            Self::LateCallback(_) => "succeed_late",
            Self::CallbackTwice => "succeed_twice",
            Self::CallbackOutOfOrder => "succeed_out_of_order",
            Self::WrongAmount => "wrong_amount",
        }
    }
}

impl std::str::FromStr for Scenario {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let rare = [
            Self::TimeOutAfter,
            Self::CallbackOutOfOrder,
            Self::WrongAmount,
        ];
        let found = Self::OFFERED
            .into_iter()
            .chain(rare)
            .find(|s| s.code() == text);
        found.ok_or_else(|| UnknownCode(text.to_owned()))
    }
}

/// One charge in the provider's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The provider's name for it.
    pub reference: String,
    /// The shop's key.
    pub idempotency_key: String,
    /// What was really charged; of a closed or declined one, what was asked for.
    pub amount: Money,
    /// How much of it was given back.
    pub refunded: Money,
    /// `succeeded`, `declined` or `closed`.
    pub outcome: String,
    /// Why it was declined.
    pub decline_code: Option<DeclineCode>,
    /// From when on the outcome holds.
    pub decided_at: Timestamp,
}

const COLUMNS: &str =
    "reference, idempotency_key, currency, amount, refunded, outcome, decline_code, decided_at";

impl Charge {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        let code: Option<String> = row.get("decline_code")?;
        Ok(Self {
            reference: row.get("reference")?,
            idempotency_key: row.get("idempotency_key")?,
            amount: row.money("amount")?,
            refunded: row.money("refunded")?,
            outcome: row.get("outcome")?,
            decline_code: code
                .map(|c| c.parse().map_err(|_| row.inconsistent("decline_code")))
                .transpose()?,
            decided_at: row.get("decided_at")?,
        })
    }

    /// True when the provider holds money for it.
    #[must_use]
    pub fn is_taken(&self, now: Timestamp) -> bool {
        self.outcome == "succeeded" && self.decided_at <= now
    }

    fn as_told(&self, now: Timestamp) -> Outcome {
        let reference = Some(self.reference.clone());
        if self.decided_at > now {
            return Outcome::Pending { reference };
        }
        match self.outcome.as_str() {
            "succeeded" => Outcome::Succeeded(self.success()),
            "closed" => Outcome::Declined {
                code: DeclineCode::TimedOut,
                reference: None,
                at: self.decided_at,
            },
            _ => {
                let code = self.decline_code.unwrap_or(DeclineCode::DeclinedByBank);
                Outcome::Declined {
                    code,
                    reference,
                    at: self.decided_at,
                }
            }
        }
    }

    fn success(&self) -> Success {
        Success {
            reference: self.reference.clone(),
            amount: self.amount,
            live: false,
            at: self.decided_at,
        }
    }
}

/// Opens the shop's account at the demo provider, if it has none, and says that the shop is a demonstration.
///
/// # Errors
/// Whatever the database says.
pub async fn open_account(tx: &mut Tx, ctx: &Ctx) -> Result<(), DbError> {
    let known = crate::settings::load(tx).await?;
    crate::settings::save(
        tx,
        ctx,
        &PaymentSettings {
            test_mode: true,
            ..known
        },
    )
    .await?;
    if account(tx).await?.secret.is_empty() {
        let merchant = format!("demo_{}", id::encode(id::fresh_uuid()));
        let account = Account {
            merchant,
            secret: secret::random_token(),
        };
        platform::settings::save(tx, ctx, ACCOUNT, &account).await?;
    }
    Ok(())
}

/// The shop's account at the demo provider; empty when it has none.
///
/// # Errors
/// Whatever the database says.
pub async fn account(rx: &mut Rx) -> Result<Account, DbError> {
    platform::settings::load(rx, ACCOUNT).await
}

/// Charges, at most once per key.
///
/// # Errors
/// Whatever the provider's own database says.
pub async fn charge(ctx: &Ctx, request: &ChargeRequest) -> Result<Answer, DbError> {
    let request = request.clone();
    ctx.write(async move |tx, ctx| {
        if let Some(known) = by_key(tx, &request.idempotency_key).await? {
            return Ok(Answer::Said(known.as_told(ctx.now())));
        }
        let &Wish::Demo(scenario) = &request.wish else {
            return Ok(Answer::Said(Outcome::refused(ctx.now())));
        };
        if scenario == Scenario::TimeOutBefore {
            return Ok(Answer::Silence);
        }
        let charge = plan(&request, scenario, ctx.now());
        if !book(tx, ctx, &charge).await? {
            let known = by_key(tx, &request.idempotency_key).await?;
            return Ok(known.map_or(Answer::Silence, |known| {
                Answer::Said(known.as_told(ctx.now()))
            }));
        }
        Ok(match scenario {
            Scenario::TimeOutAfter => Answer::Silence,
            Scenario::Succeed | Scenario::Decline(_) | Scenario::TimeOutBefore => {
                Answer::Said(charge.as_told(ctx.now()))
            }
            Scenario::LateCallback(_)
            | Scenario::CallbackTwice
            | Scenario::CallbackOutOfOrder
            | Scenario::WrongAmount => {
                call_back(tx, ctx, (&request, scenario), &charge).await?;
                Answer::Said(Outcome::Pending {
                    reference: Some(charge.reference),
                })
            }
        })
    })
    .await
}

/// What the books will say about a charge.
fn plan(request: &ChargeRequest, scenario: Scenario, now: Timestamp) -> Charge {
    let declined = if let Scenario::Decline(code) = scenario {
        Some(code)
    } else {
        None
    };
    let extra = if scenario == Scenario::WrongAmount {
        request.amount.currency.step()
    } else {
        0
    };
    let late = if let Scenario::LateCallback(seconds) = scenario {
        seconds.max(0)
    } else {
        0
    };
    Charge {
        reference: format!("dc_{}", id::encode(id::fresh_uuid())),
        idempotency_key: request.idempotency_key.clone(),
        amount: Money {
            amount: request.amount.amount.saturating_add(extra),
            ..request.amount
        },
        refunded: Money::zero(request.amount.currency),
        outcome: if declined.is_some() {
            "declined"
        } else {
            "succeeded"
        }
        .to_owned(),
        decline_code: declined,
        decided_at: now.plus_seconds(late),
    }
}

/// Writes a charge. False when its key is taken.
async fn book(tx: &mut Tx, ctx: &Ctx, charge: &Charge) -> Result<bool, DbError> {
    let sql = "INSERT INTO demo_card_charges (reference, idempotency_key, currency, amount, outcome, decline_code, decided_at, \
               created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (idempotency_key) DO NOTHING";
    let values = params![
        &charge.reference,
        &charge.idempotency_key,
        charge.amount.currency,
        charge.amount.amount,
        &charge.outcome,
        charge.decline_code,
        charge.decided_at,
        ctx.now()
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Queues the messages that a scenario brings.
async fn call_back(
    tx: &mut Tx,
    ctx: &Ctx,
    (request, scenario): (&ChargeRequest, Scenario),
    charge: &Charge,
) -> Result<(), DbError> {
    let event = |kind, occurred_at, merchant: &str| ProviderEvent {
        id: format!("evt_{}", id::encode(id::fresh_uuid())),
        kind,
        occurred_at,
        merchant: merchant.to_owned(),
        live: false,
        payment: request.payment_id.to_string(),
        reference: charge.reference.clone(),
        amount: charge.amount,
        decline_code: (kind == ProviderEventKind::Declined).then_some(DeclineCode::DeclinedByBank),
        this_try: None,
    };
    let merchant = account(tx).await?.merchant;
    let taken = event(ProviderEventKind::Succeeded, charge.decided_at, &merchant);
    send_at(tx, ctx, &taken, charge.decided_at).await?;
    if scenario == Scenario::CallbackTwice {
        send_at(tx, ctx, &taken, charge.decided_at.plus_seconds(1)).await?;
    }
    if scenario == Scenario::CallbackOutOfOrder {
        let refused = event(
            ProviderEventKind::Declined,
            charge.decided_at.plus_seconds(-1),
            &merchant,
        );
        send_at(tx, ctx, &refused, charge.decided_at.plus_seconds(1)).await?;
    }
    Ok(())
}

async fn send_at(
    tx: &mut Tx,
    ctx: &Ctx,
    event: &ProviderEvent,
    at: Timestamp,
) -> Result<(), DbError> {
    let raw = serde_json::to_string(event).unwrap_or_default();
    jobs::enqueue(
        tx,
        ctx,
        NewJob::new(work::CALLBACK, &work::CallbackJob { raw }).at(at),
    )
    .await?;
    Ok(())
}

/// What became of the charge under a key. A key that was never seen is closed: a call that is still on its way with it
/// will be refused.
///
/// # Errors
/// Whatever the provider's own database says.
pub async fn query(ctx: &Ctx, key: &str, amount: Money) -> Result<Answer, DbError> {
    let key = key.to_owned();
    ctx.write(async move |tx, ctx| {
        let closed = Charge {
            reference: format!("dc_{}", id::encode(id::fresh_uuid())),
            idempotency_key: key.clone(),
            amount,
            refunded: Money::zero(amount.currency),
            outcome: "closed".to_owned(),
            decline_code: None,
            decided_at: ctx.now(),
        };
        book(tx, ctx, &closed).await?;
        let known = by_key(tx, &key).await?.unwrap_or(closed);
        Ok(Answer::Said(known.as_told(ctx.now())))
    })
    .await
}

/// Gives money of a charge back, at most once per key and never more than was taken.
///
/// # Errors
/// Whatever the provider's own database says.
pub async fn refund(ctx: &Ctx, call: &RefundCall) -> Result<RefundAnswer, DbError> {
    let call = call.clone();
    ctx.write(async move |tx, ctx| {
        let done = RefundAnswer::Done(format!("dr_{}", call.idempotency_key));
        let lock = format!("SELECT {COLUMNS} FROM demo_card_charges WHERE reference = $1{}", tx.dialect().for_update());
        let Some(row) = tx.row(&lock, params![&call.reference]).await? else {
            return Ok(RefundAnswer::Refused("no such charge".into()));
        };
        let charge = Charge::from_row(&row)?;
        let known = "SELECT amount FROM demo_card_refunds WHERE idempotency_key = $1";
        if tx.row(known, params![&call.idempotency_key]).await?.is_some() {
            return Ok(done);
        }
        if !charge.is_taken(ctx.now()) || charge.amount.currency != call.amount.currency {
            return Ok(RefundAnswer::Refused("nothing was taken".into()));
        }
        let sql = "UPDATE demo_card_charges SET refunded = refunded + $2 WHERE reference = $1 AND refunded + $2 <= amount";
        if tx.execute(sql, params![&call.reference, call.amount.amount]).await? == 0 {
            return Ok(RefundAnswer::Refused("more than was taken".into()));
        }
        let sql = "INSERT INTO demo_card_refunds (idempotency_key, reference, amount, created_at) VALUES ($1, $2, $3, $4)";
        tx.execute_one(sql, params![&call.idempotency_key, &call.reference, call.amount.amount, ctx.now()]).await?;
        Ok(done)
    })
    .await
}

async fn by_key(rx: &mut Rx, key: &str) -> Result<Option<Charge>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM demo_card_charges WHERE idempotency_key = $1");
    rx.row(&sql, params![key])
        .await?
        .as_ref()
        .map(Charge::from_row)
        .transpose()
}

/// The provider's whole books, for comparing them with ours.
///
/// # Errors
/// Whatever the database says.
pub async fn books(rx: &mut Rx) -> Result<Vec<Charge>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM demo_card_charges ORDER BY created_at, reference");
    rx.rows(&sql, &[])
        .await?
        .iter()
        .map(Charge::from_row)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CHK-05: every outcome the demo page offers has its own code and reads back.
    #[test]
    fn scenario_codes_read_back() {
        let codes: std::collections::HashSet<_> =
            Scenario::OFFERED.iter().map(|s| s.code()).collect();
        assert_eq!(codes.len(), Scenario::OFFERED.len());
        for scenario in Scenario::OFFERED {
            assert_eq!(scenario.code().parse(), Ok(scenario));
            let json = serde_json::to_string(&scenario).unwrap();
            assert_eq!(serde_json::from_str::<Scenario>(&json).unwrap(), scenario);
        }
        assert_eq!("timed_out_charged".parse(), Ok(Scenario::TimeOutAfter));
        assert!("free".parse::<Scenario>().is_err());
    }

    /// P12: the secret shows in no debugging output.
    #[test]
    fn the_secret_is_not_printed() {
        let account = Account {
            merchant: "demo_1".into(),
            secret: "canary".into(),
        };
        assert!(!format!("{account:?}").contains("canary"));
    }
}
