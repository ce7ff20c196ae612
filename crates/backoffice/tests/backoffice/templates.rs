//! Every template with every sample in every language, and every sample in the shape of its page.

use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

use jiff::tz::TimeZone;
use kernel::{Locale, Permission, Role, event};
use minijinja::{Value, value::Serde};
use operations::views::admin as views;
use platform::{web::Templates, words::Words};
use schemars::{Schema, schema_for};
use serde_json::{Value as Json, json};

use crate::desk::plain;

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../templates/backoffice"
    ))
}

/// Every sample: its name, its page, what it holds.
fn samples() -> Vec<(String, String, Json)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder().join("samples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let page = name.split('.').next().unwrap().to_owned();
        found.push((
            name,
            page,
            serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap(),
        ));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// The schema of each page.
fn schema(page: &str) -> Option<Json> {
    let schema = match page {
        "account" => schema_for!(views::AccountPage),
        "after_sales" => schema_for!(views::AfterSalesPage),
        "audit" => schema_for!(views::AuditPage),
        "bank_receipts" => schema_for!(views::BankReceiptsPage),
        "bulk" => schema_for!(views::BulkPage),
        "bulk_edit" => schema_for!(views::BulkEditPage),
        "bulk_edits" => schema_for!(views::BulkEditsPage),
        "bundle" => schema_for!(views::BundlePage),
        "product_import" => schema_for!(views::ProductImportPage),
        "cards" => schema_for!(views::CardsPage),
        "collection" => schema_for!(views::AdminCollection),
        "collections" => schema_for!(views::AdminCollections),
        "customer" => schema_for!(views::CustomerPage),
        "customers" => schema_for!(views::CustomersPage),
        "erase_customer" => schema_for!(views::ErasurePage),
        "find" => schema_for!(views::FindPage),
        "funnel" => schema_for!(views::FunnelPage),
        "help" => schema_for!(views::HelpPage),
        "home" => schema_for!(views::AdminHome),
        "inquiries" => schema_for!(views::InquiriesPage),
        "inquiry" => schema_for!(views::InquiryPage),
        "invitation" => schema_for!(views::InvitationPage),
        "jobs" => schema_for!(views::JobsPage),
        "message_template" => schema_for!(views::MessageTemplatePage),
        "message_templates" => schema_for!(views::MessageTemplatesPage),
        "messages" => schema_for!(views::MessagesPage),
        "order" => schema_for!(views::AdminOrder),
        "orders" => schema_for!(views::AdminOrders),
        "payment_case" => schema_for!(views::PaymentCasePage),
        "payment_cases" => schema_for!(views::PaymentCasesPage),
        "payment_help" => schema_for!(views::PaymentHelpPage),
        "payments" => schema_for!(views::PaymentsPage),
        "product" => schema_for!(views::AdminProduct),
        "product_new" => schema_for!(views::NewProductPage),
        "products" => schema_for!(views::AdminProducts),
        "roles" => schema_for!(views::RolesPage),
        "second_factor" => schema_for!(views::SecondFactorPage),
        "sign_in_code" => schema_for!(views::CodePage),
        "settings" => schema_for!(views::SettingsPage),
        "settings_delivery" => schema_for!(views::DeliveryPage),
        "settings_hours" => schema_for!(views::TimesPage),
        "settings_letters" => schema_for!(views::LettersPage),
        "settings_privacy" => schema_for!(views::PrivacyPage),
        "settings_method" => schema_for!(views::MethodPage),
        "settings_payment" => schema_for!(views::PaymentSettingsPage),
        "settings_rules" => schema_for!(views::RulesPage),
        "settings_shop" => schema_for!(views::IdentityPage),
        "settings_zone" => schema_for!(views::ZonePage),
        "shipping" => schema_for!(views::ShippingQueue),
        "sign_in" => schema_for!(views::SignInPage),
        "staff" => schema_for!(views::StaffPage),
        "theme" => schema_for!(views::ThemePage),
        "themes" => schema_for!(views::ThemesPage),
        "start" => schema_for!(views::StartPage),
        "stock" => schema_for!(views::StockList),
        "tax_classes" => schema_for!(views::TaxClassesPage),
        "stock_item" => schema_for!(views::StockItem),
        "desk_rules" => schema_for!(views::DeskRulesPage),
        "delay_announcements" => schema_for!(views::AnnouncedDelaysPage),
        "delays" => schema_for!(views::DelaysPage),
        "order_edit" => schema_for!(views::OrderEditPage),
        "order_draft" => schema_for!(views::OrderDraftPage),
        "order_drafts" => schema_for!(views::OrderDraftsPage),
        "order_new" => schema_for!(views::NewOrderPage),
        "error" => return None,
        other => of_the_warehouse(other),
    };
    Some(schema.to_value())
}

/// The schema of each page about warehouses, and of what is printed there.
fn of_the_warehouse(page: &str) -> schemars::Schema {
    match page {
        "warehouse" => schema_for!(views::WarehousePage),
        "warehouses" => schema_for!(views::WarehousesPage),
        "transfer" => schema_for!(views::TransferPage),
        "transfers" => schema_for!(views::TransfersPage),
        "print_labels" => schema_for!(views::LabelsPage),
        "print_pick_list" => schema_for!(views::PickListPage),
        "print_slips" => schema_for!(views::SlipsPage),
        "print_transfer" => schema_for!(views::TransferSlipPage),
        "settings_gift" => schema_for!(views::GiftPage),
        "settings_packing" => schema_for!(views::PackingPage),
        other => of_pages(other),
    }
}

/// The schema of what shows the shop's own pages.
fn of_pages(page: &str) -> Schema {
    match page {
        "pages" => schema_for!(views::ShopPages),
        "picture_import" => schema_for!(views::PictureImportPage),
        "shop_page" => schema_for!(views::ShopPageEditor),
        other => panic!("no page for the sample {other}"),
    }
}

fn request(locale: Locale, role: Role) -> Json {
    let permissions: Vec<&str> = role.permissions().list().iter().map(|p| p.code()).collect();
    json!({
        "locale": locale.code(), "theme": "auto", "themes": [{ "code": "auto", "url": "?theme=auto", "current": true }, { "code": "dark", "url": "?theme=dark", "current": false }], "path": "/admin/orders", "url": "/admin/orders?tab=all", "query": {}, "nonce": "n",
        "locales": Locale::ALL.map(|l| json!({ "code": l.code(), "name": l.own_name(), "url": format!("?lang={l}"), "current": l == locale })),
        "shop": { "name": "示範茶行", "tagline": "", "currency": "TWD", "contact_email": "", "contact_phone": "", "hours": "" },
        "cart_count": 0, "user": { "name": "店主", "role": role.code(), "permissions": permissions },
        "viewing": null, "flash": { "kind": "ok", "text": "好了" }, "request_id": "r1", "now": "2026-11-22T02:40:00Z", "json": false,
    })
}

fn templates(words: &Arc<Words>) -> Templates {
    Templates::compile(
        backoffice::templates(),
        Arc::clone(words),
        TimeZone::get("Asia/Taipei").unwrap(),
    )
    .unwrap()
}

/// A4: strict templates render every sample in three languages for the owner and for the warehouse, with every word
/// known, one heading, and nothing that the content policy forbids.
#[test]
fn every_sample_renders_in_every_language() {
    let words = Arc::new(Words::load().unwrap());
    let templates = templates(&words);
    let mut rendered = 0;
    for (name, page, sample) in samples() {
        for (locale, role) in Locale::ALL
            .into_iter()
            .flat_map(|l| [(l, Role::Owner), (l, Role::Warehouse)])
        {
            let mut root = sample.clone();
            root["req"] = request(locale, role);
            root["waiting"] = json!({ "inquiries": 3 });
            root["form"] = json!({ "values": {}, "errors": {}, "message": null });
            let html = templates
                .render(
                    &format!("backoffice/{page}.html"),
                    Value::from(Serde(&root)),
                )
                .unwrap_or_else(|error| panic!("{name} {locale}: {error:#}"));
            assert!(html.contains(&format!("<html lang=\"{locale}\"")), "{name}");
            assert_eq!(html.matches("<h1").count(), 1, "{name} {locale}: one h1");
            assert!(
                !html.contains(" style=") && !html.contains(" onclick="),
                "{name} {locale}"
            );
            let keys = unknown_words(&html);
            assert!(keys.is_empty(), "{name} {locale}: no words for {keys:?}");
            rendered += 1;
        }
    }
    assert!(rendered > 180, "{rendered}");
}

/// A key that has no words shows itself.
fn unknown_words(html: &str) -> Vec<String> {
    // An address is one piece, however its strokes are written.
    let html = html.replace("&#x2f;", "/");
    let begins = [
        "admin-",
        "order-state-",
        "payment-",
        "attempt-",
        "decline-",
        "refund-",
        "parcel-",
        "hold-",
        "ledger-",
        "role-",
        "source-",
        "event-",
        "actor-",
        "message-kind-",
        "product-",
        "locale-",
        "receipt-",
        "job-",
        "staff-",
        "permission-",
        "metric-",
        "point-",
        "account-",
        "list-",
        "customers-",
        "erase-",
        "find-action-",
        "device-",
        "theme-",
        "journal-",
        "cancel-",
        "adjustment-",
        "compare-at-",
        "price-kind-",
        "variant-state-",
        "funnel-",
        "provider-",
        "inquiry-state-",
        "letter-state-",
        "card-reason-",
        "card-action-",
        "desk-",
        "case-state-",
        "case-reason-",
        "case-note-",
        "case-say-",
        "dispute-state-",
        "quarantine-reason-",
        "break-kind-",
        "pages-",
        "objection-",
    ];
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let pieces =
        html.split(|c: char| !plain(c) && c != '/' && c != '#' && c != '=' && c != '.' && c != '"');
    let bare = pieces.filter(|piece| piece.chars().all(plain));
    bare.filter(|piece| {
        begins
            .iter()
            .any(|b| piece.starts_with(b) && piece.len() > b.len())
    })
    .map(str::to_owned)
    .collect()
}

/// A form that was refused is shown with what was typed and what is wrong, at the form that it was.
#[test]
fn refused_forms_show_what_was_typed() {
    let words = Arc::new(Words::load().unwrap());
    let templates = templates(&words);
    let all = samples();
    let sample = |name: &str| all.iter().find(|(n, ..)| n == name).unwrap().2.clone();
    let cases = [
        (
            "order",
            "order",
            json!({ "form": "refund", "scope": "amount", "amount": "9999" }),
            "amount",
            "9999",
        ),
        (
            "order",
            "order",
            json!({ "form": "parcel", "carrier": "tcat", "tracking_number": "12/3" }),
            "tracking_number",
            "12/3",
        ),
        (
            "staff",
            "staff",
            json!({ "form": "staff", "name": "新人", "email": "taken@shop.test" }),
            "email",
            "taken@shop.test",
        ),
        (
            "bank_receipts",
            "bank_receipts",
            json!({ "amount": "一千" }),
            "amount",
            "一千",
        ),
        (
            "product_new",
            "product_new",
            json!({ "title": "新茶", "sku": "TEA-075" }),
            "sku",
            "TEA-075",
        ),
        (
            "message_template",
            "message_template",
            json!({ "subject": "{{ x", "body": "y" }),
            "subject",
            "{{ x",
        ),
    ];
    for (name, page, values, field, typed) in cases {
        let mut root = sample(name);
        root["req"] = request(Locale::Hant, Role::Owner);
        root["waiting"] = json!({ "inquiries": 0 });
        root["form"] = json!({ "values": values, "errors": { field: "這裡不對" }, "message": "有幾個地方要改" });
        let html = templates
            .render(
                &format!("backoffice/{page}.html"),
                Value::from(Serde(&root)),
            )
            .unwrap();
        let html = plain(&html);
        for text in ["這裡不對", "有幾個地方要改", typed] {
            assert!(html.contains(text), "{name}: {text}");
        }
    }
}

/// Samples are what pages really get: the same fields, none missing, none invented.
#[test]
fn samples_have_the_shape_of_their_pages() {
    for (name, page, sample) in samples() {
        if let Some(root) = schema(&page) {
            compare(&name, &sample, &root, &root);
        }
    }
}

fn resolved<'a>(schema: &'a Json, root: &'a Json) -> &'a Json {
    match schema.get("$ref").and_then(Json::as_str) {
        Some(reference) => resolved(
            root.pointer(reference.trim_start_matches('#')).unwrap(),
            root,
        ),
        None => schema,
    }
}

fn compare(place: &str, value: &Json, schema: &Json, root: &Json) {
    let schema = resolved(schema, root);
    if let Some(choices) = schema.get("anyOf").and_then(Json::as_array) {
        let null = |choice: &&Json| resolved(choice, root).get("type") == Some(&json!("null"));
        let chosen = choices
            .iter()
            .find(|choice| null(choice) == value.is_null());
        return compare(
            place,
            value,
            chosen.unwrap_or_else(|| panic!("{place}: {value} fits nothing")),
            root,
        );
    }
    match value {
        // A map by codes: every value is of one kind.
        Json::Object(fields) if schema.get("properties").is_none() => {
            for (code, inner) in fields {
                compare(
                    &format!("{place}[{code}]"),
                    inner,
                    &schema["additionalProperties"],
                    root,
                );
            }
        }
        Json::Object(fields) => {
            let known = schema
                .get("properties")
                .and_then(Json::as_object)
                .unwrap_or_else(|| panic!("{place} is no object"));
            let (here, wanted): (BTreeSet<_>, BTreeSet<_>) =
                (fields.keys().collect(), known.keys().collect());
            assert_eq!(here, wanted, "{place}");
            for (field, inner) in fields {
                compare(&format!("{place}.{field}"), inner, &known[field], root);
            }
        }
        Json::Array(items) => {
            for item in items {
                compare(&format!("{place}[]"), item, &schema["items"], root);
            }
        }
        Json::Null => assert!(
            schema
                .get("type")
                .is_some_and(|t| t.to_string().contains("null")),
            "{place} is null"
        ),
        other => {
            let codes = schema.get("enum").and_then(Json::as_array);
            let consts: Vec<&Json> = schema
                .get("oneOf")
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter_map(|c| c.get("const"))
                .collect();
            assert!(
                codes.is_none_or(|codes| codes.contains(other)),
                "{place}: {other} is none of {codes:?}"
            );
            assert!(
                consts.is_empty() || consts.contains(&other),
                "{place}: {other} is none of {consts:?}"
            );
        }
    }
}

/// Every code that a page turns into a word has one, in every language.
#[test]
fn every_code_has_a_word() {
    let words = Words::load().unwrap();
    let keys = [told(), of_people(), of_money(), of_goods(), of_warehouses()].concat();
    for key in &keys {
        for locale in Locale::ALL {
            assert!(words.has(locale, key), "{locale} has no {key}");
        }
    }
    assert!(keys.len() > 180, "{}", keys.len());
}

fn keyed(prefix: &str, codes: Vec<String>) -> Vec<String> {
    codes
        .into_iter()
        .map(|code| format!("{prefix}-{code}"))
        .collect()
}

fn codes(list: &[&str]) -> Vec<String> {
    list.iter().map(|code| (*code).to_owned()).collect()
}

/// What a timeline tells.
fn told() -> Vec<String> {
    let stages = ["Order ", "Payment ", "Parcel ", "Message "];
    let about = |name: &&&str| {
        stages.iter().any(|stage| name.starts_with(stage)) && **name != event::PAYMENT_INFO_ENTERED
    };
    let held = [
        event::STOCK_HELD,
        event::STOCK_RELEASED,
        event::STOCK_SHORT,
        "Order Noted",
    ];
    let names = event::ALL.iter().filter(about).chain(&held);
    names
        .map(|name| format!("event-{}", name.to_lowercase().replace(' ', "-")))
        .collect()
}

/// Orders, messages, people and what they may do.
fn of_people() -> Vec<String> {
    [
        keyed(
            "order-state",
            orders::OrderState::ALL
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        keyed(
            "message-kind",
            engagement::MessageKind::ALL
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        keyed(
            "message-kind-note",
            engagement::MessageKind::ALL
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        keyed(
            "admin-orders-tab",
            orders::Tab::ALL.iter().map(ToString::to_string).collect(),
        ),
        keyed(
            "permission",
            Permission::ALL
                .iter()
                .map(|p| p.code().replace('.', "-"))
                .collect(),
        ),
        keyed("role", Role::ALL.iter().map(ToString::to_string).collect()),
        keyed("cancel-reason", codes(&views::order::CANCEL_REASONS)),
        keyed("cancel-reason", codes(&["payment_expired"])),
        keyed("staff-state", codes(&["invited", "active", "inactive"])),
        keyed(
            "actor",
            codes(&["customer", "staff", "key", "provider", "system"]),
        ),
    ]
    .concat()
}

/// Money.
fn of_money() -> Vec<String> {
    [
        keyed(
            "payment-state",
            orders::PaymentState::ALL
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        keyed(
            "payment-method",
            orders::PaymentMethod::ALL
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        keyed(
            "attempt-state",
            payments::PaymentState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "decline-reason",
            payments::DeclineCode::ALL
                .iter()
                .map(|c| c.code().to_owned())
                .collect(),
        ),
        keyed(
            "refund-state",
            payments::RefundState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "receipt-state",
            payments::receipt::ReceiptState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "receipt-match",
            payments::receipt::Fit::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "journal-entry",
            payments::EntryKind::ALL
                .iter()
                .map(|e| e.code().to_owned())
                .collect(),
        ),
        keyed(
            "account",
            payments::Account::ALL
                .iter()
                .map(|a| a.code().replace(':', "-"))
                .collect(),
        ),
        keyed("refund-reason", codes(&views::order::REFUND_REASONS)),
        keyed("refund-reason", codes(&["cancelled"])),
        keyed("refund-units", codes(&["unshipped", "shipped", "ended"])),
    ]
    .concat()
}

/// What warehouses and transfers between them can be.
fn of_warehouses() -> Vec<String> {
    [
        keyed(
            "warehouse-state",
            inventory::PlaceState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "transfer-state",
            inventory::transfer::TransferState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
    ]
    .concat()
}

/// Goods.
fn of_goods() -> Vec<String> {
    [
        keyed(
            "parcel-state",
            fulfilment::parcel::ParcelState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "hold-state",
            inventory::HoldState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "ledger-kind",
            inventory::EntryKind::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed(
            "product-state",
            catalog::ProductState::ALL
                .iter()
                .map(|s| s.code().to_owned())
                .collect(),
        ),
        keyed("adjustment-reason", codes(&views::stock::REASONS)),
        keyed(
            "hold-reason",
            codes(&[
                "order_placed",
                "order_paid",
                "cash_on_delivery",
                "shipped",
                "cancelled",
                "refunded",
                "replaced",
                "moved",
                "payment_expired",
            ]),
        ),
        keyed("variant-state", codes(&["active", "archived"])),
        keyed(
            "product-problem",
            codes(&[
                "no_title",
                "no_variant",
                "no_attribute",
                "no_picture",
                "no_description",
            ]),
        ),
        keyed(
            "compare-at",
            codes(&[
                "allowed",
                "no_history",
                "too_short",
                "too_old",
                "not_higher",
            ]),
        ),
    ]
    .concat()
}
