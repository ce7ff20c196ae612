//! The words of messages: every kind in every language renders, says what it must, and keeps text as text.
#![expect(clippy::unwrap_used, reason = "a test speaks by failing")]

use engagement::{
    Content, EngagementError, MessageKind, Rendered,
    error::TemplateProblem,
    template::{self, Template},
};
use jiff::tz::TimeZone;
use kernel::Locale;
use serde_json::json;
use testkit::START;

fn taipei() -> TimeZone {
    TimeZone::get("Asia/Taipei").unwrap()
}

fn render(content: &Content, locale: Locale) -> Rendered {
    template::render(
        &template::default(content.kind(), locale),
        content,
        &taipei(),
    )
    .unwrap()
}

fn everything() -> impl Iterator<Item = (MessageKind, Locale, Content)> {
    MessageKind::ALL.into_iter().flat_map(|kind| {
        Locale::ALL.into_iter().flat_map(move |locale| {
            template::samples(kind, locale)
                .into_iter()
                .map(move |content| (kind, locale, content))
        })
    })
}

/// ORD-01 to ORD-03: every kind in every language renders every sample: one subject line, table-free HTML whose
/// classes all became styles, a text with the same facts, and nothing left over from the template language.
#[test]
fn every_sample_renders() {
    for (kind, locale, content) in everything() {
        let letter = render(&content, locale);
        let name = format!("{kind} {locale}");
        assert!(
            !letter.subject.contains(['\n', '{', '}']),
            "{name}: {}",
            letter.subject
        );
        assert!(
            letter.html.starts_with("<!doctype html>") && !letter.html.contains("<table"),
            "{name}"
        );
        assert!(
            !letter.html.contains("{{") && !letter.html.contains("{%"),
            "{name}"
        );
        assert!(
            letter.html.contains(&format!("lang=\"{locale}\"")),
            "{name}"
        );
        for tag in letter
            .html
            .split('<')
            .filter(|tag| tag.contains("class=\""))
        {
            assert!(
                tag.contains("style=\""),
                "{name}: a class without a look in <{tag}"
            );
        }
        for word in ["none", "undefined", "Some(", "&lt;", "null"] {
            assert!(
                !letter.text.contains(word),
                "{name}: {word} in {}",
                letter.text
            );
        }
        // Neither a question nor an account need be about an order.
        let numbered = !is_of_an_order(kind) || letter.text.contains("20260302-000123");
        assert!(
            numbered && !letter.text.contains("\n\n\n"),
            "{name}: {}",
            letter.text
        );
        assert!(
            letter.html.len() < 30_000,
            "{name}: some mail clients cut letters of {} bytes",
            letter.html.len()
        );
    }
}

/// A letter in one language has no words of another.
#[test]
fn languages_do_not_mix() {
    let traditional = ['訂', '單', '貨', '轉', '帳', '營', '關'];
    let simplified = ['订', '单', '货', '转', '账', '营', '关'];
    for (kind, locale, content) in everything() {
        let text = render(&content, locale).text;
        let foreign = match locale {
            Locale::Hant => text.contains(simplified),
            Locale::Hans => text.contains(traditional),
            Locale::En => text.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)),
        };
        assert!(!foreign, "{kind} {locale}: {text}");
    }
}

/// CHK-26: an unpaid order says so in the subject and before anything else in the letter, with how much, until when
/// and how to pay; a paid one does not.
#[test]
fn not_yet_paid_is_unmistakable() {
    let words = [
        (Locale::Hant, "尚未付款"),
        (Locale::Hans, "付款"),
        (Locale::En, "ot yet paid"),
    ];
    for (locale, word) in words {
        let samples = template::samples(MessageKind::OrderConfirmation, locale);
        for content in &samples {
            let Content::OrderConfirmation(data) = content else {
                panic!("another kind")
            };
            let letter = render(content, locale);
            let first: String = letter.text.lines().skip(4).take(1).collect();
            match &data.due {
                None => assert!(
                    !letter.subject.contains(word) && !letter.text.contains(word),
                    "{}",
                    letter.text
                ),
                Some(due) => {
                    assert!(first.contains(word), "{locale}: {first}\n{}", letter.text);
                    assert!(letter.text.contains(&due.amount.to_string()));
                    assert!(
                        due.method == "cash_on_delivery"
                            || letter.subject.contains(word)
                            || letter.subject.contains("待付款")
                    );
                    assert!(
                        due.pay_url
                            .as_ref()
                            .is_none_or(|url| letter.text.contains(url))
                    );
                    let bank = due.bank.as_ref();
                    assert!(bank.is_none_or(|bank| letter.text.contains(&bank.account)
                        && letter.text.contains(&bank.code)));
                }
            }
            assert!(
                letter.text.contains(&data.order.url),
                "the tracking link is missing"
            );
        }
        let until = render(&samples[0], locale).text;
        assert!(
            until.contains("10:00"),
            "the deadline's time is missing: {until}"
        );
    }
}

/// ORD-03: the shipped message names product, variant, courier, tracking number and link, address, and greets.
#[test]
fn shipped_says_all_it_must() {
    for locale in Locale::ALL {
        let content = template::samples(MessageKind::OrderShipped, locale).remove(0);
        let Content::OrderShipped(data) = &content else {
            panic!("another kind")
        };
        let letter = render(&content, locale);
        let (parcel, line) = (&data.parcel, &data.parcel.lines[0]);
        for fact in [
            &line.title,
            &line.variant_title,
            &parcel.courier,
            parcel.tracking_number.as_ref().unwrap(),
            parcel.tracking_url.as_ref().unwrap(),
            &data.order.address.text,
            &data.order.address.name,
            &data.order.buyer_name,
        ] {
            assert!(
                letter.text.contains(fact.as_str()) && letter.html.contains(fact.as_str()),
                "{locale}: {fact}"
            );
        }
    }
}

/// CHK-26: each usual reason of a decline has its own plain words in every language, and an unknown one has some.
#[test]
fn declines_are_explained() {
    for locale in Locale::ALL {
        let letters: Vec<String> = template::samples(MessageKind::PaymentFailed, locale)
            .iter()
            .map(|c| render(c, locale).text)
            .collect();
        let mut unique = letters.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((letters.len(), unique.len()), (10, 10), "{locale}");
        assert!(letters.iter().all(|text| text.contains("/payment")));
    }
}

const fn is_of_an_order(kind: MessageKind) -> bool {
    !matches!(
        kind,
        MessageKind::InquiryAnswered | MessageKind::AccountLink | MessageKind::AccountChanged
    )
}

/// A17: what a customer typed is text in the HTML and the plain part, and never begins a header.
#[test]
fn text_of_customers_stays_text() {
    let evil =
        "\"><script>alert(1)</script>\r\nBcc: everybody@example.tw' onload='x {{ shop.name }} & co";
    for (kind, locale, content) in everything() {
        let mut json = content.variables().unwrap();
        if kind == MessageKind::InquiryAnswered {
            json["inquiry"] =
                json!({ "name": evil, "message": evil, "order_number": evil, "asked_at": START });
            json["answer"] = evil.into();
        } else if is_of_an_order(kind) {
            json["order"]["buyer_name"] = evil.into();
            json["order"]["number"] = evil.into();
            json["order"]["gift_message"] = evil.into();
            json["order"]["lines"][0]["title"] = evil.into();
            json["order"]["address"]["text"] = evil.into();
        }
        json["shop"]["name"] = evil.into();
        let letter = render(&Content::read(kind, json).unwrap(), locale);
        assert!(!letter.html.contains("<script"), "{kind} {locale}");
        assert!(!letter.html.contains("' onload='"), "{kind} {locale}");
        assert!(
            letter.text.contains("<script>alert(1)</script>"),
            "{kind} {locale}: {}",
            letter.text
        );
        assert!(
            letter.text.contains("{{ shop.name }} & co"),
            "{kind} {locale}"
        );
        assert!(
            !letter.subject.contains(['\r', '\n']) && letter.subject.chars().count() <= 200,
            "{}",
            letter.subject
        );
    }
}

/// A17: behind a button stands a web link or nothing.
#[test]
fn only_web_links_are_taken() {
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.tw",
        "https://a b",
        "",
    ] {
        let mut json = template::samples(MessageKind::PaymentFailed, Locale::En)
            .remove(0)
            .variables()
            .unwrap();
        json["pay_url"] = bad.into();
        let content = Content::read(MessageKind::PaymentFailed, json).unwrap();
        assert!(
            matches!(content.variables(), Err(EngagementError::Content(_))),
            "{bad}"
        );
    }
}

/// The words that come with the program pass the check that changed words must pass.
#[test]
fn the_default_words_pass_their_own_check() {
    for kind in MessageKind::ALL {
        for locale in Locale::ALL {
            let Template { subject, body, .. } = template::default(kind, locale);
            template::check(kind, locale, &subject, &body, &taipei()).unwrap();
        }
    }
}

/// A17: changed words are refused with the reason and the line when they are wrong on any sample, endless, or let
/// markup through.
#[test]
fn wrong_words_are_refused() {
    let check = |subject: &str, body: &str| {
        template::check(
            MessageKind::OrderConfirmation,
            Locale::Hant,
            subject,
            body,
            &taipei(),
        )
        .unwrap_err()
    };
    let mistakes = [
        ("x", "<p>\n{{ order.nothing }}", 2),
        ("x", "<p>{% if due %}", 1),
        ("x", "<p>{{ due.amount | money }}", 1),
        ("x", "{{ order.buyer_name | safe }}", 1),
        ("x", "{% include \"/etc/passwd\" %}", 1),
        (
            "x",
            "{% for a in range(9999) %}{% for b in range(9999) %}.{% endfor %}{% endfor %}",
            1,
        ),
    ];
    for (subject, body, at) in mistakes {
        match check(subject, body) {
            EngagementError::Body(TemplateProblem::Mistake { line, .. }) => {
                assert_eq!(line, at, "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
    assert!(matches!(
        check("{{ nobody }}", "x"),
        EngagementError::Subject(TemplateProblem::Mistake { .. })
    ));
    assert!(matches!(
        check(" ", "x"),
        EngagementError::Subject(TemplateProblem::Empty)
    ));
    assert!(matches!(
        check("x", " \n"),
        EngagementError::Body(TemplateProblem::Empty)
    ));
    assert!(matches!(
        check("x", &"x".repeat(60_001)),
        EngagementError::Body(TemplateProblem::TooLong)
    ));
    let open = "{% autoescape false %}{{ order.buyer_name }}{% endautoescape %}";
    assert!(matches!(
        check("x", open),
        EngagementError::Body(TemplateProblem::Unsafe)
    ));
}

/// STF-21, PLT-08: the shop's own words are used once saved, listed as its own, and gone after a reset.
#[test]
fn words_can_be_changed_while_running() {
    testkit::run(async |world| {
        let which = (MessageKind::OrderPaid, Locale::En);
        let save = async |subject: &'static str, body: &'static str| {
            world
                .ctx
                .write(async move |tx, ctx| template::save(tx, ctx, which, subject, body).await)
                .await
        };
        save(
            "Thanks {{ order.buyer_name }}",
            "<p class=\"text\">{{ amount | money }}</p>\r\n{% include \"lines\" %}",
        )
        .await
        .unwrap();
        assert!(save("Thanks", "{{ gone }}").await.is_err());
        let own = world
            .ctx
            .read(async move |rx, _| template::load(rx, which.0, which.1).await)
            .await
            .unwrap();
        assert!(own.customised && own.updated_at == Some(START) && !own.body.contains('\r'));
        let content = template::samples(which.0, which.1).remove(0);
        let letter = template::render(&own, &content, &taipei()).unwrap();
        assert_eq!(letter.subject, "Thanks Ms Lin");
        assert!(letter.text.contains("NT$2,480") && letter.text.contains("gaiwan"));
        let listed = world
            .ctx
            .read(async |rx, ctx| template::list(rx, ctx.now()).await)
            .await
            .unwrap();
        let own: Vec<bool> = listed
            .iter()
            .flat_map(|kind| kind.locales.iter().map(|l| l.customised))
            .collect();
        assert_eq!(
            (listed.len(), own.iter().filter(|c| **c).count()),
            (MessageKind::ALL.len(), 1)
        );
        for expected in [true, false] {
            let reset = world
                .ctx
                .write(async move |tx, _| template::reset(tx, which.0, which.1).await)
                .await
                .unwrap();
            assert_eq!(reset, expected);
        }
        let back = world
            .ctx
            .read(async move |rx, _| template::load(rx, which.0, which.1).await)
            .await
            .unwrap();
        assert_eq!(back, template::default(which.0, which.1));
    });
}

/// Every variable that the editor offers can be written as it is offered.
#[test]
fn offered_variables_work() {
    for kind in MessageKind::ALL {
        for variable in template::variables(kind, Locale::En) {
            let body = format!("{{{{ {} }}}}", variable.name);
            let letter = template::preview(kind, Locale::En, "x", &body, &taipei());
            assert!(letter.is_ok(), "{kind} {}: {letter:?}", variable.name);
        }
    }
}

/// Every kind and every problem has its words in the three languages.
#[test]
fn kinds_and_problems_have_words() {
    for locale in ["zh-Hant", "zh-Hans", "en"] {
        let read = |face: &str| {
            std::fs::read_to_string(format!(
                "{}/../../locales/{locale}/{face}.ftl",
                env!("CARGO_MANIFEST_DIR")
            ))
            .unwrap()
        };
        let has = |text: &str, key: &str| {
            text.lines()
                .any(|line| line.starts_with(&format!("{key} =")))
        };
        for kind in MessageKind::ALL {
            assert!(
                has(&read("common"), &format!("message-kind-{kind}")),
                "{locale} {kind}"
            );
            assert!(
                has(&read("backoffice"), &format!("message-kind-note-{kind}")),
                "{locale} {kind}"
            );
        }
        let mistake = TemplateProblem::Mistake {
            line: 1,
            detail: String::new(),
        };
        for problem in [
            TemplateProblem::Empty,
            TemplateProblem::TooLong,
            mistake,
            TemplateProblem::Unsafe,
        ] {
            assert!(
                has(&read("errors-engagement"), problem.key()),
                "{locale} {}",
                problem.key()
            );
        }
        assert!(has(
            &read("errors-engagement"),
            EngagementError::Content(String::new()).key()
        ));
    }
}

/// An answer keeps its lines, quotes the question, names the order, and says why it came.
#[test]
fn an_answer_quotes_its_question() {
    let said = [
        (
            Locale::Hant,
            "您在 3 月 2 日（一）10:00 問的是（訂單 20260302-000123）",
            "提問",
        ),
        (
            Locale::Hans,
            "您在 3月2日（周一）10:00 的咨询（订单 20260302-000123）",
            "提了问题",
        ),
        (
            Locale::En,
            "You asked on Monday 2 March, 10:00 (order 20260302-000123)",
            "wrote to",
        ),
    ];
    for (locale, quoted, why) in said {
        let samples = template::samples(MessageKind::InquiryAnswered, locale);
        let Content::InquiryAnswered(content) = samples[0].clone() else {
            panic!("another kind")
        };
        let text = render(&samples[0], locale).text;
        for line in content
            .answer
            .lines()
            .chain(content.inquiry.message.lines())
        {
            assert!(text.contains(line), "{locale}: {line} in {text}");
        }
        let broken = content.answer.lines().last().unwrap();
        assert!(
            text.contains(&format!("\n{broken}")),
            "{locale}: lines stay lines in {text}"
        );
        assert!(
            text.contains(quoted) && text.contains(why),
            "{locale}: {text}"
        );
        assert!(
            !render(&samples[1], locale).text.contains("20260302"),
            "{locale}"
        );
    }
}
