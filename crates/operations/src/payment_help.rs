//! What helps when a payment does not work (CHK-07): limits, checks of the bank, other ways, the shop's own telephone.
//!
//! The same texts stand on the shopper's page and beside the case that staff work on. A merchant may say each in other
//! words; where they say nothing, the program's own words stand.

use kernel::{Locale, Texts};
use payments::DeclineCode;
use platform::{Ctx, DbError, Rx, Tx, settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The key under which [`PaymentHelp`] is kept.
const KEY: &str = "payment_help";
/// The longest text, in characters.
pub const LONGEST: usize = 1_000;

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// The limits of a card: for one payment, for a day.
    CardLimit,
    /// The limits of a bank for transfers of a day.
    BankLimit,
    /// The bank's check of who pays: codes that do not come, forgotten passwords.
    Verification,
    /// The other ways to pay, and what each needs.
    OtherWays,
    /// Whom to call.
    Hotline,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 5] = [
        Self::CardLimit,
        Self::BankLimit,
        Self::Verification,
        Self::OtherWays,
        Self::Hotline,
    ];

    /// What helps with a refusal, the most likely first.
    #[must_use]
    pub fn after(code: Option<DeclineCode>) -> Vec<Self> {
        let first: &[Self] = match code {
            Some(DeclineCode::LimitReached | DeclineCode::InsufficientFunds) => {
                &[Self::CardLimit, Self::OtherWays]
            }
            Some(DeclineCode::AuthenticationFailed) => &[Self::Verification, Self::OtherWays],
            Some(DeclineCode::SuspectedFraud | DeclineCode::DeclinedByBank) => {
                &[Self::Verification, Self::CardLimit]
            }
            _ => &[Self::OtherWays],
        };
        let rest = Self::ALL.into_iter().filter(|topic| !first.contains(topic));
        first.iter().copied().chain(rest).collect()
    }
}

/// The merchant's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PaymentHelp {
    /// About the limits of a card.
    pub card_limit: Texts,
    /// About the limits of a bank.
    pub bank_limit: Texts,
    /// About the bank's check.
    pub verification: Texts,
    /// About the other ways to pay.
    pub other_ways: Texts,
    /// About whom to call.
    pub hotline: Texts,
}

/// A text that helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HelpText {
    /// What it is about.
    pub topic: Topic,
    /// The merchant's own words; null where the program's own stand.
    pub text: Option<String>,
}

impl PaymentHelp {
    /// The merchant's words about a topic.
    #[must_use]
    pub const fn of(&self, topic: Topic) -> &Texts {
        match topic {
            Topic::CardLimit => &self.card_limit,
            Topic::BankLimit => &self.bank_limit,
            Topic::Verification => &self.verification,
            Topic::OtherWays => &self.other_ways,
            Topic::Hotline => &self.hotline,
        }
    }

    /// What helps with a refusal, in one language. Words in another language help nobody, so they are left out.
    #[must_use]
    pub fn texts(&self, code: Option<DeclineCode>, locale: Locale) -> Vec<HelpText> {
        let text = |topic| {
            let own = self.of(topic).0.get(&locale)?;
            Some(own.clone()).filter(|text| !text.trim().is_empty())
        };
        Topic::after(code)
            .into_iter()
            .map(|topic| HelpText {
                topic,
                text: text(topic),
            })
            .collect()
    }
}

/// The merchant's words.
///
/// # Errors
/// Whatever the database says.
pub async fn load(rx: &mut Rx) -> Result<PaymentHelp, DbError> {
    settings::load(rx, KEY).await
}

/// Keeps the merchant's words.
///
/// # Errors
/// Whatever the database says.
pub async fn save(tx: &mut Tx, ctx: &Ctx, help: &PaymentHelp) -> Result<(), DbError> {
    settings::save(tx, ctx, KEY, help).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CHK-07: every refusal brings every topic, once, the most likely help first.
    #[test]
    fn the_likeliest_help_comes_first() {
        for code in DeclineCode::ALL {
            let topics = Topic::after(Some(*code));
            assert!(
                Topic::ALL.iter().all(|topic| topics.contains(topic)),
                "{code}"
            );
            assert_eq!(topics.len(), Topic::ALL.len(), "{code}");
        }
        let first = |code| Topic::after(Some(code)).first().copied();
        assert_eq!(first(DeclineCode::LimitReached), Some(Topic::CardLimit));
        assert_eq!(
            first(DeclineCode::AuthenticationFailed),
            Some(Topic::Verification)
        );
        assert_eq!(first(DeclineCode::ExpiredCard), Some(Topic::OtherWays));
    }

    /// CHK-07: the merchant's words stand in their language only; elsewhere the program's own do.
    #[test]
    fn own_words_stand_in_their_language() {
        let help = PaymentHelp {
            hotline: Texts::one(Locale::Hant, "請打 02-1234-5678"),
            ..PaymentHelp::default()
        };
        let hotline = |locale| {
            let all = help.texts(None, locale);
            all.into_iter()
                .find(|t| t.topic == Topic::Hotline)
                .unwrap()
                .text
        };
        assert_eq!(hotline(Locale::Hant).as_deref(), Some("請打 02-1234-5678"));
        assert_eq!(hotline(Locale::En), None);
    }
}
