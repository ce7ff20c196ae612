//! Whether visits of a browser may be measured. What the shop needs to work (cart, session, language) needs no asking;
//! knowing a browser again, where it came from and what it looked at does, where the law says so.

use operations::shop::AskConsent;
use platform::web::Incoming;

/// The cookie with the decision.
const CHOICE: &str = "__Host-consent";
/// How long a decision is remembered, in seconds: half a year.
const KEPT: i64 = 180 * 86_400;

/// Places whose law asks for consent: the European Economic Area, Switzerland, the United Kingdom.
const ASKING: &[&str] = &[
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];
/// Languages that are hardly set anywhere else, where a browser names no place.
const SPOKEN: &[&str] = &[
    "bg", "cs", "da", "de", "el", "et", "fi", "fr", "hr", "hu", "is", "it", "lt", "lv", "mt", "nb",
    "nl", "pl", "ro", "sk", "sl", "sv",
];

/// What the browser decided; `None` when nothing yet.
pub(crate) fn choice(incoming: &Incoming) -> Option<bool> {
    match incoming.cookie(CHOICE)?.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// The cookie that keeps a decision.
pub(crate) fn cookie(granted: bool) -> String {
    let word = if granted { "yes" } else { "no" };
    format!("{CHOICE}={word}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={KEPT}")
}

/// Whether this browser must be asked before its visits are measured.
pub(crate) fn must_ask(rule: AskConsent, incoming: &Incoming) -> bool {
    match rule {
        AskConsent::Never => false,
        AskConsent::Always => true,
        AskConsent::ByRegion => {
            let set = incoming.header("accept-language").unwrap_or_default();
            asks(set.split(',').next().unwrap_or_default())
        }
    }
}

/// Whether the language that a browser prefers names a place whose law asks. No look-up of addresses is made.
fn asks(preferred: &str) -> bool {
    let tag = preferred.split(';').next().unwrap_or_default().trim();
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default().to_lowercase();
    let place = parts.find(|part| part.len() == 2).map(str::to_uppercase);
    place.map_or_else(
        || SPOKEN.contains(&language.as_str()),
        |place| ASKING.contains(&place.as_str()),
    )
}

/// Whether visits of this browser are measured: asked where it must be, and never against its will.
pub(crate) fn measured(rule: AskConsent, incoming: &Incoming) -> bool {
    choice(incoming).unwrap_or_else(|| !must_ask(rule, incoming))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place that a browser is set to decides, and the language where it names none.
    #[test]
    fn the_place_of_the_browser_decides() {
        for asked in ["de-DE", "de", "en-GB;q=0.9", "fr", "pt-PT", "sv-SE"] {
            assert!(asks(asked), "{asked}");
        }
        for free in [
            "zh-TW",
            "zh-Hant-TW",
            "en-US",
            "en",
            "zh",
            "fr-CA",
            "pt-BR",
            "",
        ] {
            assert!(!asks(free), "{free}");
        }
    }
}
