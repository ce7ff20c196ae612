//! What blocks promise.

use proptest::prelude::*;

use super::*;

fn block(kind: BlockKind, fields: Fields) -> Block {
    Block {
        id: "b1".into(),
        kind,
        hidden: false,
        fields,
    }
}

/// A17: text with structure is cleaned when it is written, other text stays text; what a kind has not is emptied.
#[test]
fn a_block_is_cleaned() {
    let fields = Fields {
        title: Texts::one(Locale::Hant, " 標題\u{0} "),
        text: Texts::one(
            Locale::Hant,
            "<p onclick=\"x\">茶</p><script>alert(1)</script>",
        ),
        url: Some("/collections/tea".into()),
        asks: true,
        ..Fields::default()
    };
    let rich = block(BlockKind::RichText, fields.clone())
        .checked()
        .unwrap();
    assert_eq!(rich.fields.title.get(Locale::Hant), "標題");
    assert_eq!(rich.fields.text.get(Locale::Hant), "<p>茶</p>");
    assert_eq!((rich.fields.url, rich.fields.asks), (None, false));
    let plain = block(BlockKind::Story, fields).checked().unwrap();
    assert!(plain.fields.text.get(Locale::Hant).contains("<script>"));
    assert_eq!(plain.fields.url.as_deref(), Some("/collections/tea"));
}

/// A17: a link leads to a page of the shop or a secure page elsewhere, never to a script.
#[test]
fn links_are_checked() {
    let of = |url: &str| link(Some(url.into())).is_ok();
    for good in ["/", "/pages/x?a=1#b", "https://a.example/x", " /cart "] {
        assert!(of(good), "{good}");
    }
    for bad in [
        "javascript:alert(1)",
        "//a.example",
        "http://a.example",
        "data:text/html,x",
        "/\\a.example",
        "cart",
        "https://",
        "/a\nb",
        "/\"><script>",
    ] {
        assert!(!of(bad), "{bad}");
    }
}

/// STF-06: nothing moves faster than people read.
#[test]
fn a_carousel_moves_slowly() {
    let moving = |seconds| {
        let fields = Fields {
            seconds: Some(seconds),
            ..Fields::default()
        };
        block(BlockKind::Carousel, fields).checked()
    };
    assert!(moving(4).is_err() && moving(31).is_err());
    assert_eq!(moving(7).unwrap().fields.seconds, Some(7));
    let still = block(BlockKind::Carousel, Fields::default()).checked();
    assert_eq!(still.unwrap().fields.seconds, None);
}

/// Every kind names itself, and every field of the table is one that its kind keeps.
#[test]
fn kinds_are_told_apart() {
    for kind in BlockKind::ALL {
        assert_eq!(kind.code().parse::<BlockKind>(), Ok(*kind));
        assert!(kind.has(Field::Title) || *kind == BlockKind::Topic);
    }
    assert!("x".parse::<BlockKind>().is_err());
}

proptest! {
    /// Cleaning what is clean changes nothing, whatever was typed.
    #[test]
    fn cleaning_twice_is_cleaning_once(text in "[<>/\"'=a-z &;\n\r\u{0}\u{4e00}]{0,60}", at in 0..BlockKind::ALL.len()) {
        let typed = Texts::one(Locale::Hant, text);
        let fields = Fields {
            eyebrow: typed.clone(),
            title: typed.clone(),
            text: typed.clone(),
            items: vec![Item { title: typed.clone(), text: typed, ..Item::default() }],
            ..Fields::default()
        };
        let once = block(BlockKind::ALL[at], fields).checked().unwrap();
        prop_assert_eq!(once.clone().checked().unwrap(), once);
    }
}
