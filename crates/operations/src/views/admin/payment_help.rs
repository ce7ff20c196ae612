//! The texts that help when a payment does not work, as the merchant edits them (CHK-07).

use kernel::Locale;
use platform::Rx;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    FlowError,
    payment_help::{self, Topic},
};

/// The page of the texts that help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentHelpPage {
    /// Each topic with its texts.
    pub topics: Vec<TopicTexts>,
}

/// A topic with its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TopicTexts {
    /// The topic.
    pub topic: Topic,
    /// One text for each language.
    pub texts: Vec<OwnText>,
}

/// The merchant's own words in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwnText {
    /// The language.
    pub locale: Locale,
    /// The end of its field's name: `hant`, `hans` or `en`.
    pub suffix: &'static str,
    /// The words; empty where the program's own stand.
    pub text: String,
}

/// The page of the texts that help.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx) -> Result<PaymentHelpPage, FlowError> {
    let help = payment_help::load(rx).await?;
    let own = |topic: Topic| {
        [
            (Locale::Hant, "hant"),
            (Locale::Hans, "hans"),
            (Locale::En, "en"),
        ]
        .map(|(locale, suffix)| OwnText {
            text: help.of(topic).0.get(&locale).cloned().unwrap_or_default(),
            locale,
            suffix,
        })
        .to_vec()
    };
    Ok(PaymentHelpPage {
        topics: Topic::ALL
            .into_iter()
            .map(|topic| TopicTexts {
                topic,
                texts: own(topic),
            })
            .collect(),
    })
}
