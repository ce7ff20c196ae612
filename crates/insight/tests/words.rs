//! Every source and every metric has its words in the three languages.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

use insight::{listing::Reason, metric, source};

fn words(locale: &str, face: &str) -> String {
    let path = format!(
        "{}/../../locales/{locale}/{face}.ftl",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).unwrap()
}

fn has(text: &str, key: &str) -> bool {
    text.lines()
        .any(|line| line.starts_with(&format!("{key} =")))
}

/// TRF-01, TRF-06, ANA-36: one key has one label and one formula in each language, and no source is shown as a bare code.
#[test]
fn sources_and_metrics_have_words() {
    for locale in ["zh-Hant", "zh-Hans", "en"] {
        let (common, backoffice, errors) = (
            words(locale, "common"),
            words(locale, "backoffice") + &words(locale, "backoffice-cards"),
            words(locale, "errors-insight"),
        );
        for channel in source::CHANNELS.iter().chain(source::DETAILED) {
            assert!(
                has(&common, &format!("source-{channel}")),
                "{locale} {channel}"
            );
        }
        for metric in metric::ALL {
            assert!(
                has(&backoffice, &format!("metric-{}", metric.key)),
                "{locale} {}",
                metric.key
            );
            assert!(
                has(&backoffice, &format!("metric-formula-{}", metric.key)),
                "{locale} {}",
                metric.key
            );
        }
        for reason in Reason::ALL {
            for kind in ["reason", "action"] {
                let key = format!("card-{kind}-{}", reason.code());
                assert!(has(&backoffice, &key), "{locale} {key}");
            }
        }
        for error in [
            insight::InsightError::RangeReversed,
            insight::InsightError::RangeTooLong,
        ] {
            assert!(has(&errors, error.key()), "{locale} {}", error.key());
        }
    }
}
