//! Every refusal has its sentence in three languages.

use catalog::CatalogError;

/// GOV-08, CAT-01: whatever is refused is explained, in each language, by exactly the keys the errors name.
#[test]
fn every_refusal_has_its_sentence() {
    for locale in ["zh-Hant", "zh-Hans", "en"] {
        let file = format!(
            "{}/../../locales/{locale}/errors-catalog.ftl",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once(" = "));
        let mut keys: Vec<&str> = lines
            .filter(|(_, sentence)| !sentence.is_empty())
            .map(|(key, _)| key)
            .collect();
        let mut wanted = CatalogError::KEYS.to_vec();
        keys.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(keys, wanted, "{locale}");
    }
}
