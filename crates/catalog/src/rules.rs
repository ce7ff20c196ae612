//! What a handle, a SKU, a text and a price must look like, and how many of each there may be.

use kernel::{Money, Texts};
use pinyin::ToPinyin;

use crate::CatalogError;

/// Characters of a handle.
pub const MAX_HANDLE: usize = 120;
/// Characters of a SKU or barcode.
pub const MAX_CODE: usize = 64;
/// Characters of a title or subtitle in one language.
pub const MAX_TITLE: usize = 300;
/// Characters of a description in one language.
pub const MAX_DESCRIPTION: usize = 20_000;
/// Options of a product.
pub const MAX_OPTIONS: usize = 3;
/// Variants of a product.
pub const MAX_VARIANTS: usize = 200;
/// Different parts of a bundle.
pub const MAX_PARTS: usize = 30;
/// Units of one part in a bundle.
pub const MAX_PART_QUANTITY: i64 = 999;
/// Pictures of a product.
pub const MAX_MEDIA: usize = 50;
/// Attributes of a product or a collection.
pub const MAX_ATTRIBUTES: usize = 50;
/// Choices of an attribute.
pub const MAX_CHOICES: usize = 100;
/// Tags of a product.
pub const MAX_TAGS: usize = 50;
/// Characters of a brand, a model or a tag.
pub const MAX_NAME: usize = 80;

/// Refuses what cannot stand in a URL as a name: anything but `a-z`, `0-9` and single hyphens inside.
///
/// # Errors
/// [`CatalogError::HandleInvalid`].
pub fn check_handle(handle: &str) -> Result<(), CatalogError> {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if handle.len() <= MAX_HANDLE && handle.split('-').all(plain) {
        return Ok(());
    }
    Err(CatalogError::HandleInvalid {
        handle: handle.to_owned(),
    })
}

/// A handle made of a text: its Latin letters and digits, and its Chinese characters as they are read, so that
/// 金萱烏龍 becomes `jin-xuan-wu-long`. `None` when nothing of it can be spelled.
#[must_use]
pub fn slug(text: &str) -> Option<String> {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let before = slug.len();
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if let Some(read) = c.to_pinyin() {
            apart(&mut slug);
            slug.push_str(&read.plain().replace('ü', "v"));
            slug.push('-');
        } else if !matches!(c, '\'' | '’') {
            apart(&mut slug);
        }
        if slug.len() > MAX_HANDLE {
            slug.truncate(before);
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// Ends the word that stands at the end, if one does.
fn apart(slug: &mut String) {
    if !slug.is_empty() && !slug.ends_with('-') {
        slug.push('-');
    }
}

/// Refuses a SKU or barcode that is empty, too long, or begins, ends or is broken by something invisible.
///
/// # Errors
/// [`CatalogError::CodeInvalid`].
pub fn check_code(code: &str) -> Result<(), CatalogError> {
    let fits = !code.is_empty() && code.chars().count() <= MAX_CODE;
    if fits && code.trim() == code && !code.chars().any(char::is_control) {
        return Ok(());
    }
    Err(CatalogError::CodeInvalid {
        code: code.to_owned(),
    })
}

/// Refuses a brand, model or tag that is empty, too long, or holds what cannot be seen.
///
/// # Errors
/// [`CatalogError::NameInvalid`] naming the field.
pub fn check_name(field: &'static str, name: &str) -> Result<(), CatalogError> {
    let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && name.trim() == name;
    if fits && !name.chars().any(char::is_control) {
        return Ok(());
    }
    Err(CatalogError::NameInvalid {
        field,
        name: name.to_owned(),
        max: MAX_NAME,
    })
}

/// Refuses a text that is too long in any language.
///
/// # Errors
/// [`CatalogError::TooLong`].
pub fn check_texts(field: &'static str, texts: &Texts, max: usize) -> Result<(), CatalogError> {
    if texts.0.values().any(|text| text.chars().count() > max) {
        return Err(CatalogError::TooLong { field, max });
    }
    Ok(())
}

/// Refuses a list that is too long.
///
/// # Errors
/// [`CatalogError::TooMany`].
pub const fn check_count(what: &'static str, count: usize, max: usize) -> Result<(), CatalogError> {
    if count > max {
        Err(CatalogError::TooMany { what, max })
    } else {
        Ok(())
    }
}

/// Refuses a price that is negative or that nobody can pay exactly: NT$580.50 has no coin.
///
/// # Errors
/// [`CatalogError::PriceInvalid`].
pub const fn check_price(price: Money) -> Result<(), CatalogError> {
    if price.amount < 0 || price.amount % price.currency.step() != 0 {
        return Err(CatalogError::PriceInvalid { price });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    /// CAT-01: a handle is a readable part of an address.
    #[test]
    fn handles_are_plain() {
        for good in ["tea", "oolong-75g", "2"] {
            assert!(check_handle(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-tea",
            "tea-",
            "a--b",
            "Tea",
            "茶",
            "a b",
            "a/b",
            &"x".repeat(MAX_HANDLE + 1),
        ] {
            assert!(check_handle(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        /// CAT-01: what `slug` makes is always a handle.
        #[test]
        fn a_slug_is_a_handle(text in ".{0,200}") {
            if let Some(slug) = slug(&text) {
                prop_assert!(check_handle(&slug).is_ok(), "{}", slug);
            }
        }
    }

    /// CAT-01: titles of other shops become readable handles.
    #[test]
    fn titles_become_handles() {
        assert_eq!(
            slug("WHITE HANGING HEART T-LIGHT HOLDER").as_deref(),
            Some("white-hanging-heart-t-light-holder")
        );
        assert_eq!(slug("Children's  cup!").as_deref(), Some("childrens-cup"));
        assert_eq!(
            slug("凍頂烏龍 75g").as_deref(),
            Some("dong-ding-wu-long-75g")
        );
        assert_eq!(slug("绿茶（2026）").as_deref(), Some("lv-cha-2026"));
        assert_eq!(slug("…"), None);
    }

    /// O3: a price in Taiwan dollars has no cents.
    #[test]
    fn prices_can_be_paid() {
        assert!(check_price(Money::new(58_000, Currency::TWD)).is_ok());
        assert!(check_price(Money::new(58_050, Currency::TWD)).is_err());
        assert!(check_price(Money::new(58_050, Currency::GBP)).is_ok());
        assert!(check_price(Money::new(-100, Currency::TWD)).is_err());
    }

    /// CAT-01: a SKU is what a person can type and a scanner can read.
    #[test]
    fn codes_are_typable() {
        assert!(check_code("85123A").is_ok());
        for bad in ["", " A", "A\n", "A\tB"] {
            assert!(check_code(bad).is_err(), "{bad:?}");
        }
    }
}
