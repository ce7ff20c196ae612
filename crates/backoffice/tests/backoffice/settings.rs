//! What the shop decides, as its owner changes it.

use kernel::Role;
use serde_json::json;

use crate::desk::{Desk, wrong_fields};

/// PLT-08: only who may change the settings sees them.
#[test]
fn settings_are_for_those_who_may() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        owner.get("/admin/settings").await.expect(200).says(&[
            "半日茶",
            "Asia/Taipei",
            "14:00",
            "TWD",
        ]);
        let clerk = desk.staff(Role::Operations).await;
        for path in [
            "/admin/settings",
            "/admin/settings/payment",
            "/admin/settings/delivery",
        ] {
            clerk.get(path).await.expect(403);
        }
    });
}

/// CHK-15: name, contact, tax and time limits are what the next order is made of; everything that is wrong is named at
/// its field with what was typed; who changed it stands on the page.
#[test]
fn decisions_are_kept_and_mistakes_are_named() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let at = "/admin/settings/shop";
        let wrong = [
            ("name[zh-Hant]", "半日茶行"),
            ("contact_email", "nobody"),
            ("zone", "Mars/Olympus"),
        ];
        owner
            .post(&format!("{at}?_method=PUT"), &wrong)
            .await
            .expect(422)
            .says(&["半日茶行", "nobody", "至少要選一種語言", "沒有這個時區"]);
        let good = [
            ("name[zh-Hant]", "半日茶行"),
            ("name[en]", "Half-Day Tea"),
            ("contact_email", "tea@shop.test"),
            ("languages[zh-Hant]", "on"),
            ("languages[en]", "on"),
            ("zone", "Asia/Hong_Kong"),
        ];
        assert_eq!(
            owner
                .post(&format!("{at}?_method=PUT"), &good)
                .await
                .location(),
            at
        );
        owner.get(at).await.expect(200).says(&[
            "半日茶行",
            "tea@shop.test",
            "Asia/Hong_Kong",
            "owner 一號",
        ]);
        let program = desk.program(Role::Owner).await;
        let page = program.get(&format!("{at}.json")).await.json();
        assert_eq!(page["languages"], json!(["zh-Hant", "en"]));

        let rules = json!({ "tax_percent": "51", "payment_days": 0, "return_days": 366, "undo_minutes": 1_441, "unpaid_orders_per_hour": 5 });
        let refused = program
            .send("PUT", "/admin/settings/rules", Some(rules))
            .await
            .expect(422)
            .json();
        let wrong = [
            "/tax_percent",
            "/payment_days",
            "/return_days",
            "/undo_minutes",
        ];
        assert_eq!(wrong_fields(&refused), wrong);
        let rules = json!({ "tax_percent": "8.875", "payment_days": 5, "return_days": 0, "undo_minutes": 30, "unpaid_orders_per_hour": 5 });
        program
            .send("PUT", "/admin/settings/rules", Some(rules))
            .await
            .expect(200);
        let order = desk
            .buys(desk.small, 1, orders::PaymentMethod::BankTransfer)
            .await;
        let order = program
            .get(&format!("/admin/orders/{order}.json"))
            .await
            .json();
        let (placed, until) = (&order["order"]["placed_at"], &order["order"]["pay_by"]);
        assert!(
            placed.is_string() && until.as_str().unwrap_or_default().starts_with("2026-03-07"),
            "{until}"
        );
    });
}

/// The currency is chosen before anything is priced or sold, and then stays.
#[test]
fn the_currency_stays_once_goods_have_prices() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let form = json!({ "name": { "en": "Tea" }, "languages": { "en": "on" }, "zone": "Asia/Taipei", "currency": "HKD" });
        let refused = program
            .send("PUT", "/admin/settings/shop", Some(form.clone()))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["code"], "settings-currency-prices");
        desk.buys(desk.small, 1, orders::PaymentMethod::BankTransfer)
            .await;
        let refused = program
            .send("PUT", "/admin/settings/shop", Some(form))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["code"], "settings-currency-orders");
        let owner = desk.staff(Role::Owner).await;
        owner
            .get("/admin/settings/shop")
            .await
            .expect(200)
            .says(&["已經有訂單用這個幣別"]);
    });
}

/// CHK-03: a way to pay that is off, or not for this sum, is neither offered nor taken.
#[test]
fn ways_to_pay_have_limits() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let at = "/admin/settings/payment?_method=PUT";
        let none = [("bank[account_number]", "12a")];
        owner.post(at, &none).await.expect(422).says(&[
            "至少要有一種付款方式",
            "帳號只能有數字",
            "12a",
        ]);
        let good = [
            ("methods[bank_transfer][on]", "on"),
            ("methods[cash_on_delivery][on]", "on"),
            ("methods[cash_on_delivery][most]", "500"),
            ("bank[bank_name]", "示範銀行"),
            ("bank[account_number]", "123-456"),
        ];
        owner.post(at, &good).await.expect(303);
        let terms = desk
            .ctx
            .read(async |rx, _| operations::payment_terms::load(rx).await)
            .await
            .unwrap();
        assert!(!terms.of(orders::PaymentMethod::Card).on);
        assert_eq!(
            terms.of(orders::PaymentMethod::CashOnDelivery).most,
            Some(50_000)
        );
        let draft = crate::desk::buyer(orders::PaymentMethod::CashOnDelivery);
        let visitor = desk
            .ctx
            .acting(platform::Actor::Visitor, kernel::Permissions::NONE);
        let units = kernel::Quantity::new(1).unwrap();
        let token = operations::flows::cart::add(&visitor, None, desk.small, units)
            .await
            .unwrap()
            .fresh_token
            .unwrap();
        let tried = operations::flows::checkout::save(&visitor, Some(token), draft).await;
        let Err(operations::FlowError::Fields(fields)) = tried else {
            panic!("{tried:?}")
        };
        assert_eq!(fields[0].key, "error-payment-method-amount");
    });
}

/// CHK-14, STF-18: the cut-off and the hours are read as people write them.
#[test]
fn days_and_hours_are_set() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let at = "/admin/settings/hours";
        owner
            .get(at)
            .await
            .expect(200)
            .says(&["14:00", "還沒填客服時間"]);
        let mut form = vec![
            ("cutoff", "15:30"),
            ("collection", "15:00"),
            ("week[mon]", "nine"),
        ];
        owner
            .post(&format!("{at}?_method=PUT"), &form)
            .await
            .expect(422)
            .says(&["nine", "09:00-12:00 13:00-18:00"]);
        form = vec![
            ("cutoff", "09:30"),
            ("collection", "17:00"),
            ("working[mon]", "on"),
            ("working[tue]", "on"),
            ("week[mon]", "09:00-12:00 13:00-18:00"),
        ];
        owner
            .post(&format!("{at}?_method=PUT"), &form)
            .await
            .expect(303);
        // It is Monday, ten o'clock: past the cut-off, and somebody answers.
        owner
            .get(at)
            .await
            .expect(200)
            .says(&["09:30", "有人在", "現在付款"]);
    });
}

/// CHK-14: a date is turned and turned back; a published calendar is taken in, and a line that cannot be read is told.
#[test]
fn the_calendar_is_turned_and_taken_in() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let at = "/admin/settings/hours";
        let program = desk.program(Role::Owner).await;
        let turn = async || {
            let day = json!({ "date": "2026-03-09" });
            program
                .send("POST", &format!("{at}/days"), Some(day))
                .await
                .expect(200)
                .json()["working"]
                == true
        };
        assert!(!turn().await && turn().await);
        owner
            .post(&format!("{at}/calendar"), &[("csv", "sku,price")])
            .await
            .expect(422)
            .says(&["sku,price", "沒有看得懂的日期"]);
        let csv = "西元日期,星期,是否放假,備註\n20260309,一,2,補假\n20260314,六,0,補行上班\n202603xx,三,0,\n";
        let taken = program
            .send(
                "POST",
                &format!("{at}/calendar"),
                Some(json!({ "csv": csv })),
            )
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                &taken["imported"]["holidays"],
                &taken["imported"]["extra_days"]
            ),
            (&json!(1), &json!(1))
        );
        assert_eq!(taken["rejected"][0]["line"], 4);
        owner
            .get(&format!("{at}?year=2026"))
            .await
            .expect(200)
            .says(&["補假", "2026-03-14"]);
    });
}

/// A zone that covers `places`, with two steps by weight, the first from `first`.
fn zone_form(places: &'static str, first: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", "離島"),
        ("position", "1"),
        ("places", places),
        ("rates[home][offered]", "on"),
        ("rates[home][basis]", "weight"),
        ("rates[home][steps][0][from]", first),
        ("rates[home][steps][0][rate]", "150"),
        ("rates[home][steps][1][from]", "5000"),
        ("rates[home][steps][1][rate]", "260"),
        ("rates[home][steps][2][from]", ""),
        ("rates[home][steps][2][rate]", ""),
        ("rates[home][days_min]", "3"),
        ("rates[home][days_max]", "5"),
    ]
}

/// STF-15: a zone with steps by weight is made, tried, changed and taken away; mistakes are named at their way.
#[test]
fn zones_are_made_and_tried() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let at = "/admin/settings/delivery";
        owner
            .post(&format!("{at}/zones"), &zone_form("TW 澎湖縣", "5"))
            .await
            .expect(422)
            .says(&["級距要從 0 開始", "260"]);
        owner
            .post(&format!("{at}/zones"), &zone_form("臺灣", "0"))
            .await
            .expect(422)
            .says(&["兩個英文字母"]);
        owner
            .post(&format!("{at}/zones"), &zone_form("TW 澎湖縣", "0"))
            .await
            .expect(303);
        let offers = async |query: &str| {
            let page = desk
                .program(Role::Owner)
                .await
                .get(&format!("{at}.json?{query}"))
                .await
                .expect(200)
                .json();
            page["trial"]["offers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| o["rate"]["amount"].as_i64().unwrap())
                .collect::<Vec<_>>()
        };
        let islands = "country=TW&region=%E6%BE%8E%E6%B9%96%E7%B8%A3&goods=500";
        assert_eq!(offers(&format!("{islands}&weight_g=4999")).await, [15_000]);
        assert_eq!(offers(&format!("{islands}&weight_g=5000")).await, [26_000]);
        assert!(
            offers("country=TW&region=x&goods=500").await.is_empty(),
            "the way goes only where it has a rate"
        );
        let program = desk.program(Role::Owner).await;
        let page = program.get(&format!("{at}.json")).await.json();
        let (zone, method) = (
            page["zones"][0]["id"].as_str().unwrap(),
            page["methods"][0]["id"].as_str().unwrap(),
        );
        owner
            .get(&format!("{at}/zones/{zone}"))
            .await
            .expect(200)
            .says(&["TW 澎湖縣", "5000", "260"]);
        owner
            .get(&format!("{at}/methods/{method}"))
            .await
            .expect(200)
            .says(&["宅配"]);
        program
            .send("DELETE", &format!("{at}/zones/{zone}"), Some(json!({})))
            .await
            .expect(200);
        program
            .send("DELETE", &format!("{at}/zones/{zone}"), Some(json!({})))
            .await
            .expect(404);
        assert_eq!(
            offers("country=TW&region=x&goods=500").await,
            [10_000],
            "without zones it goes everywhere again"
        );
    });
}

/// STF-15: a way to deliver that is none is refused at its field.
#[test]
fn a_way_to_deliver_is_checked() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let at = "/admin/settings/delivery";
        let new = json!({ "code": "Post Office", "name": { "en": "Post" }, "carrier": "post", "rate": "80", "days_min": 2, "days_max": 1, "position": 2 });
        let refused = program
            .send("POST", &format!("{at}/methods"), Some(new))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/code");
    });
}
