//! Every template with every sample in every language, and every sample in the shape of its page.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

use jiff::tz::TimeZone;
use kernel::Locale;
use marketing::BlockKind;
use minijinja::{Value, value::Serde};
use operations::views::shop::{
    account::{
        addresses::{AddressPage, AddressesPage},
        door::{DoorPage, LinkPage, SentPage},
        erasure::ErasurePage,
        messages::MessagesPage,
        orders::OrdersPage,
        overview::OverviewPage,
        settings::SettingsPage,
    },
    card_payment::CardPage,
    cart::CartPage,
    checkout::CheckoutPage,
    collection::CollectionPage,
    consent::ConsentPage,
    contact::ContactPage,
    facts::Site,
    home::HomePage,
    lookup::LookupPage,
    order::OrderPage,
    order_address::OrderAddressPage,
    page::ShopPage,
    payment::PaymentPage,
    product::ProductPage,
    recent::RecentPage,
    result::ResultPage,
    search::SearchPage,
};
use platform::{web::Templates, words::Words};
use schemars::{Schema, schema_for};
use serde_json::{Value as Json, json};

fn samples() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../themes/default/samples"
    ))
}

fn sample(name: &str) -> Json {
    serde_json::from_str(&fs::read_to_string(samples().join(format!("{name}.json"))).unwrap())
        .unwrap()
}

/// The samples of pages: name, template, schema of the page.
fn pages() -> Vec<(String, &'static str, Option<Schema>)> {
    let account = account_pages();
    let templates: [(&str, &str, Option<Schema>); 18] = [
        ("card", "card.html", Some(schema_for!(CardPage))),
        ("cart", "cart.html", Some(schema_for!(CartPage))),
        ("checkout", "checkout.html", Some(schema_for!(CheckoutPage))),
        (
            "collection",
            "collection.html",
            Some(schema_for!(CollectionPage)),
        ),
        ("contact", "contact.html", Some(schema_for!(ContactPage))),
        ("error", "error.html", None),
        ("home", "home.html", Some(schema_for!(HomePage))),
        (
            "orders_lookup",
            "orders_lookup.html",
            Some(schema_for!(LookupPage)),
        ),
        (
            "order_address",
            "order_address.html",
            Some(schema_for!(OrderAddressPage)),
        ),
        ("order", "order.html", Some(schema_for!(OrderPage))),
        ("page", "page.html", Some(schema_for!(ShopPage))),
        ("preview", "preview.html", None),
        ("payment", "payment.html", Some(schema_for!(PaymentPage))),
        ("product", "product.html", Some(schema_for!(ProductPage))),
        (
            "recently_seen",
            "recently_seen.html",
            Some(schema_for!(RecentPage)),
        ),
        ("result", "result.html", Some(schema_for!(ResultPage))),
        ("search", "search.html", Some(schema_for!(SearchPage))),
        ("_site", "", Some(schema_for!(Site))),
    ];
    let mut names: Vec<String> = fs::read_dir(samples())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .filter(|name| {
            !name.ends_with(".form") && !["_form", "_here", "_req"].contains(&name.as_str())
        })
        .collect();
    names.sort();
    let found = names.into_iter().map(|name| {
        let known = account
            .iter()
            .chain(&templates)
            .find(|(prefix, ..)| name == *prefix || name.starts_with(&format!("{prefix}_")));
        let (_, template, schema) =
            known.unwrap_or_else(|| panic!("no page for the sample {name}"));
        (name, *template, schema.clone())
    });
    found.collect()
}

/// The pages of the account, the longer names first.
fn account_pages() -> [(&'static str, &'static str, Option<Schema>); 11] {
    [
        (
            "account_erasure",
            "account_erasure.html",
            Some(schema_for!(ErasurePage)),
        ),
        ("consent", "consent.html", Some(schema_for!(ConsentPage))),
        (
            "account_messages",
            "account_messages.html",
            Some(schema_for!(MessagesPage)),
        ),
        (
            "account_addresses",
            "account_addresses.html",
            Some(schema_for!(AddressesPage)),
        ),
        (
            "account_address",
            "account_address.html",
            Some(schema_for!(AddressPage)),
        ),
        (
            "account_door",
            "account_door.html",
            Some(schema_for!(DoorPage)),
        ),
        (
            "account_sent",
            "account_sent.html",
            Some(schema_for!(SentPage)),
        ),
        (
            "account_link",
            "account_link.html",
            Some(schema_for!(LinkPage)),
        ),
        (
            "account_orders",
            "account_orders.html",
            Some(schema_for!(OrdersPage)),
        ),
        (
            "account_settings",
            "account_settings.html",
            Some(schema_for!(SettingsPage)),
        ),
        ("account", "account.html", Some(schema_for!(OverviewPage))),
    ]
}

/// PLT: strict templates render every sample in three languages, with nothing undefined and no inline style.
#[test]
fn every_sample_renders_in_every_language() {
    let words = Arc::new(Words::load().unwrap());
    let templates = Templates::compile(
        storefront::templates(),
        Arc::clone(&words),
        TimeZone::get("Asia/Taipei").unwrap(),
    )
    .unwrap();
    let mut rendered = 0;
    for (name, template, _) in pages()
        .into_iter()
        .filter(|(_, template, _)| !template.is_empty())
    {
        for locale in Locale::ALL {
            let mut root = sample(&name);
            let mut req = sample("_req");
            req["locale"] = json!(locale.code());
            req["now"] = json!("2026-11-22T02:00:00Z");
            let form = samples().join(format!("{name}.form.json"));
            let fields = root.as_object_mut().unwrap();
            fields.insert("req".into(), req);
            fields.insert("site".into(), sample("_site"));
            fields.insert("here".into(), sample("_here"));
            fields.insert(
                "form".into(),
                if form.exists() {
                    sample(&format!("{name}.form"))
                } else {
                    sample("_form")
                },
            );
            let html = templates
                .render(template, Value::from(Serde(&root)))
                .unwrap_or_else(|e| panic!("{name} {locale}: {e:#}"));
            assert!(html.contains(&format!("<html lang=\"{locale}\"")), "{name}");
            assert_eq!(html.matches("<h1").count(), 1, "{name} {locale}: one h1");
            assert!(
                !html.contains(" style=") && !html.contains("undefined"),
                "{name} {locale}"
            );
            missing_words(&words, &name, &html);
            rendered += 1;
        }
    }
    assert!(rendered > 90, "{rendered}");
}

/// STF-20: every kind of block has its template, and its sample on some page.
#[test]
fn every_kind_of_block_has_a_template() {
    let words = Arc::new(Words::load().unwrap());
    let templates = Templates::compile(storefront::templates(), words, TimeZone::UTC).unwrap();
    let known: BTreeSet<&str> = templates.names().collect();
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for (name, template, _) in pages() {
        if matches!(template, "home.html" | "page.html") {
            for block in sample(&name)["blocks"].as_array().unwrap() {
                shown.insert(block["kind"].as_str().unwrap().to_owned());
            }
        }
    }
    for kind in BlockKind::ALL {
        let kind = kind.code();
        assert!(
            known.contains(format!("blocks/{kind}.html").as_str()),
            "{kind}"
        );
        assert!(shown.contains(kind), "no sample of {kind}");
    }
}

/// A key that has no words shows itself; none may be on a page.
fn missing_words(words: &Words, name: &str, html: &str) {
    let keyish = |text: &str| {
        let parts = text.split('-').count();
        let plain = text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c == '-' || c == '_');
        parts > 1
            && plain
            && [
                "payment-",
                "order-",
                "home-",
                "block-",
                "objection-",
                "result-",
                "decline-",
                "step-",
                "card-",
            ]
            .iter()
            .any(|p| text.starts_with(p))
    };
    let mut text = html
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(_, text)| text.trim());
    if let Some(key) = text.find(|t| keyish(t)) {
        panic!(
            "{name}: no words for {key} ({})",
            words.has(Locale::Hant, key)
        );
    }
}

/// Samples are what pages really get: the same fields, none missing, none invented.
#[test]
fn samples_have_the_shape_of_their_pages() {
    for (name, _, schema) in pages() {
        if let Some(schema) = schema {
            let root = schema.to_value();
            compare(&name, &sample(&name), &root, &root);
        }
    }
}

/// Compares a value with its schema as far as fields of objects go.
fn compare(place: &str, value: &Json, schema: &Json, root: &Json) {
    if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
        let found = root.pointer(reference.trim_start_matches('#')).unwrap();
        return compare(place, value, found, root);
    }
    if let Some(choices) = schema
        .get("anyOf")
        .or(schema.get("oneOf"))
        .and_then(Json::as_array)
    {
        let fits = choices
            .iter()
            .find(|choice| fits(value, choice, root))
            .unwrap_or_else(|| panic!("{place}: {value} fits nothing"));
        return compare(place, value, fits, root);
    }
    match value {
        Json::Object(fields) => {
            let Some(known) = schema.get("properties").and_then(Json::as_object) else {
                return;
            };
            let here: BTreeSet<_> = fields.keys().collect();
            let wanted: BTreeSet<_> = known.keys().collect();
            assert_eq!(here, wanted, "{place}");
            for (field, inner) in fields {
                compare(&format!("{place}.{field}"), inner, &known[field], root);
            }
        }
        Json::Array(items) => {
            for item in items {
                compare(
                    &format!("{place}[]"),
                    item,
                    schema.get("items").unwrap_or(&Json::Bool(true)),
                    root,
                );
            }
        }
        Json::Null => {
            let kinds = schema.get("type").map(Json::to_string).unwrap_or_default();
            assert!(kinds.contains("null"), "{place} is null");
        }
        _ => {}
    }
}

/// Whether a value can be meant by a schema among several.
fn fits(value: &Json, schema: &Json, root: &Json) -> bool {
    if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
        return fits(
            value,
            root.pointer(reference.trim_start_matches('#')).unwrap(),
            root,
        );
    }
    if let Some(only) = schema.get("const") {
        return value == only;
    }
    if let Some(choices) = schema
        .get("oneOf")
        .or(schema.get("anyOf"))
        .and_then(Json::as_array)
    {
        return choices.iter().any(|choice| fits(value, choice, root));
    }
    match value {
        Json::Null => schema
            .get("type")
            .is_some_and(|t| t.to_string().contains("null")),
        Json::Object(fields) => {
            let known = schema.get("properties").and_then(Json::as_object);
            let tag = |name: &str| {
                known
                    .and_then(|k| k.get(name))
                    .and_then(|s| s.get("const"))
                    .is_none_or(|c| Some(c) == fields.get(name))
            };
            known.is_some() && tag("type") && tag("kind")
        }
        Json::Array(_) => schema.get("items").is_some(),
        _ => {
            schema.get("properties").is_none()
                && schema.get("items").is_none()
                && schema.get("type") != Some(&json!("null"))
        }
    }
}
