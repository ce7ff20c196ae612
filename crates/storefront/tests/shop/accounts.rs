//! Accounts: letters that prove an address, passwords, sessions, and what comes along when somebody signs in.

use std::time::Duration;

use platform::params;
use serde_json::{Value, json};

use crate::world::{Answer, Browser, Shop, form};

/// The buyer of [`form`], as they spell themselves when they open an account.
const READER: &str = "Reader@shop.test";
const PASSWORD: &str = "a long enough secret";

/// The link in the last letter about an account that waits to be sent, and where the letter goes.
pub(crate) async fn letter(shop: &Shop) -> (String, String) {
    let read = shop.ctx.read(async |rx, _| {
        let sql = "SELECT recipient, context FROM messages WHERE kind = 'account_link' ORDER BY created_at DESC, id DESC";
        rx.one(sql, &[]).await
    });
    let row = read.await.unwrap();
    let context: Value = row.get("context").unwrap();
    let url = context.pointer("/account/url").unwrap();
    let url = url.as_str().unwrap().to_owned();
    let at = url.find("/account/links/").unwrap();
    (url[at..].to_owned(), row.get("recipient").unwrap())
}

/// How many letters of a kind there are.
async fn letters(shop: &Shop, kind: &str) -> i64 {
    let kind = kind.to_owned();
    let read = shop.ctx.read(async move |rx, _| {
        rx.scalar(
            "SELECT COUNT(*) FROM messages WHERE kind = $1",
            params![kind],
        )
        .await
    });
    read.await.unwrap()
}

async fn asks(browser: &Browser<'_>, purpose: &str, email: &str) -> Answer {
    browser
        .post("/account/links", &[("purpose", purpose), ("email", email)])
        .await
}

/// Opens the reader's account with a password.
pub(crate) async fn opens_account(shop: &Shop, browser: &Browser<'_>) {
    opens_account_of(shop, browser, READER).await;
}

/// Opens the account of an address with a password.
pub(crate) async fn opens_account_of(shop: &Shop, browser: &Browser<'_>, email: &str) {
    assert_eq!(
        asks(browser, "sign_up", email).await.location(),
        "/account/sent"
    );
    let (link, _) = letter(shop).await;
    let fields = [("name", "王小明"), ("password", PASSWORD)];
    assert_eq!(browser.post(&link, &fields).await.location(), "/account");
}

async fn signs_in(browser: &Browser<'_>, email: &str, password: &str) -> Answer {
    browser
        .post(
            "/account/session",
            &[("email", email), ("password", password)],
        )
        .await
}

/// CRM-01: a letter opens an account. Looking at its link, as a mail scanner does, changes nothing; using it works once
/// and for a day; what was ordered with the same address before is there.
#[test]
fn a_letter_opens_an_account() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let guest = shop.browser();
        let id = shop.small.to_string();
        guest
            .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
            .await;
        guest
            .post("/checkout/complete", &form("bank_transfer"))
            .await;

        let browser = shop.browser();
        assert_eq!(
            browser.get("/account/orders").await.location(),
            "/account/sign-in?next=%2Faccount%2Forders"
        );
        asks(&browser, "sign_up", READER).await;
        let (link, recipient) = letter(&shop).await;
        assert_eq!(recipient, READER);
        let scanner = shop.browser();
        for _ in 0..3 {
            let page = scanner.get(&link).await.expect(200);
            assert!(page.body.contains("開通帳號") && page.body.contains(READER));
            assert_eq!(scanner.cookie("__Host-account"), None);
        }
        let short = browser.post(&link, &[("password", "short")]).await;
        assert!(
            short.expect(422).body.contains("密碼至少要 10 個字元"),
            "a refusal uses nothing up"
        );
        let fields = [("name", "王小明"), ("password", PASSWORD)];
        assert_eq!(browser.post(&link, &fields).await.location(), "/account");
        browser.post(&link, &fields).await.expect(404);
        let home = browser.get("/account").await.expect(200);
        assert!(home.body.contains("王小明，您好"), "{}", home.body);
        assert!(
            home.body.contains("等待付款") || home.body.contains("NT$"),
            "the guest's order joined"
        );
        let listed = browser.get("/account/orders.json").await.expect(200).json();
        assert_eq!(listed["orders"]["items"].as_array().unwrap().len(), 1);

        asks(&browser, "password", READER).await;
        let (late, _) = letter(&shop).await;
        world.pass(Duration::from_secs(3_601));
        browser.get(&late).await.expect(404);
        shop.close().await;
    });
}

/// A13: nobody learns from an answer, its status or its words whether an address has an account; letters tell its owner
/// alone, at the address that was confirmed.
#[test]
fn an_address_is_answered_alike_known_or_not() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        opens_account(&shop, &shop.browser()).await;
        let stranger = shop.browser();
        for purpose in ["sign_in", "sign_up", "password"] {
            let known = asks(&stranger, purpose, READER).await;
            let unknown = asks(&stranger, purpose, "nobody@shop.test").await;
            assert_eq!(
                (known.status, known.location(), &known.body),
                (unknown.status, unknown.location(), &unknown.body)
            );
        }
        let wrong = signs_in(&stranger, READER, "not the password").await;
        let unknown = signs_in(&stranger, "nobody@shop.test", "not the password").await;
        assert_eq!(
            (wrong.status, unknown.status.as_u16()),
            (unknown.status, 422)
        );
        assert!(
            wrong.body.contains("電子郵件或密碼不對")
                && unknown.body.contains("電子郵件或密碼不對")
        );
        assert!(!wrong.body.contains("not the password"));
        asks(&stranger, "sign_in", "reader+other@shop.test").await;
        assert_eq!(letter(&shop).await.1, READER, "C7: one person, one account");
        asks(&stranger, "sign_in", "not an address")
            .await
            .expect(422);
        shop.close().await;
    });
}

/// A12: the session is a fresh one at each sign-in, the old one of the browser ends; a change of password ends all
/// others and tells the owner; signing out everywhere ends them all.
#[test]
fn sessions_end_when_they_should() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (phone, desk) = (shop.browser(), shop.browser());
        opens_account(&shop, &phone).await;
        let first = phone.cookie("__Host-account").unwrap();
        signs_in(&phone, "READER@shop.test", PASSWORD)
            .await
            .location();
        let second = phone.cookie("__Host-account").unwrap();
        assert_ne!(first, second);
        let old = shop.browser();
        old.jar
            .lock()
            .unwrap()
            .insert("__Host-account".into(), first);
        old.get("/account").await.location();
        signs_in(&desk, READER, PASSWORD).await.location();
        desk.get("/account").await.expect(200);

        let wrong = [("present", "nonsense"), ("new", "another long secret")];
        let refused = phone.post("/account/password?_method=PUT", &wrong).await;
        assert!(refused.expect(422).body.contains("密碼不對"));
        let right = [("present", PASSWORD), ("new", "another long secret")];
        phone
            .post("/account/password?_method=PUT", &right)
            .await
            .location();
        phone.get("/account").await.expect(200);
        desk.get("/account").await.location();
        assert_eq!(letters(&shop, "account_changed").await, 1);
        signs_in(&desk, READER, PASSWORD).await.expect(422);
        signs_in(&desk, READER, "another long secret")
            .await
            .location();
        phone
            .post("/account/sessions?_method=DELETE", &[])
            .await
            .location();
        desk.get("/account").await.location();
        shop.close().await;
    });
}

/// CHK-01: the cart is found again on another device; what each browser brought is in it, summed. Signing out leaves an
/// empty cart behind, and the token a browser had opens nothing any more.
#[test]
fn the_cart_is_found_again_on_another_device() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (small, cup) = (shop.small.to_string(), shop.cup.to_string());
        let put = async |browser: &Browser<'_>, variant: &str, units: &str| {
            let fields = [("variant_id", variant), ("quantity", units)];
            browser.post("/cart/lines", &fields).await.location();
        };
        let phone = shop.browser();
        put(&phone, &small, "2").await;
        let stale = phone.cookie("__Host-cart").unwrap();
        opens_account(&shop, &phone).await;
        assert_eq!(phone.cookie("__Host-cart"), None);
        assert_eq!(phone.cookie("__Host-cartn").as_deref(), Some("2"));
        put(&phone, &cup, "1").await;

        let desk = shop.browser();
        put(&desk, &small, "3").await;
        signs_in(&desk, READER, PASSWORD).await.location();
        for browser in [&phone, &desk] {
            let cart = browser.get("/cart.json").await.expect(200).json();
            let units: Vec<_> = cart["lines"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| (line["variant_id"].clone(), line["quantity"].clone()))
                .collect();
            assert_eq!(units, [(json!(small), json!(5)), (json!(cup), json!(1))]);
        }
        let thief = shop.browser();
        thief
            .jar
            .lock()
            .unwrap()
            .insert("__Host-cart".into(), stale);
        assert_eq!(thief.get("/cart.json").await.json()["item_count"], 0);

        desk.post("/account/session?_method=DELETE", &[])
            .await
            .location();
        assert_eq!(desk.get("/cart.json").await.json()["item_count"], 0);
        phone
            .post("/checkout/complete", &form("cash_on_delivery"))
            .await
            .location();
        assert_eq!(phone.get("/cart.json").await.json()["item_count"], 0);
        let listed = phone.get("/account/orders.json").await.json();
        assert_eq!(listed["orders"]["items"][0]["item_count"], 6);
        shop.close().await;
    });
}

/// A1: what somebody ordered with their own address is in no other account, and a guest who types another's address
/// puts nothing into theirs but what they own all the same; another spelling of an address proves nothing.
#[test]
fn nobody_sees_what_is_not_theirs() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let id = shop.small.to_string();
        let order = async |email: &'static str| {
            let guest = shop.browser();
            guest
                .post("/cart/lines", &[("variant_id", &id), ("quantity", "1")])
                .await;
            let mut fields = form("bank_transfer");
            fields[0].1 = email;
            guest.post("/checkout/complete", &fields).await.location();
        };
        order("somebody@shop.test").await;
        order("reader+tag@shop.test").await;
        let browser = shop.browser();
        opens_account(&shop, &browser).await;
        let listed = browser.get("/account/orders.json").await.json();
        assert_eq!(listed["orders"]["items"], json!([]));
        shop.close().await;
    });
}

/// An account moves to another address only by a letter to it; the old address is told, other sessions end, and a
/// second account cannot take an address.
#[test]
fn an_account_moves_to_another_address() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        opens_account(&shop, &browser).await;
        let moves = async |email: &str, password: &str| {
            let fields = [("email", email), ("password", password)];
            browser.post("/account/email?_method=PUT", &fields).await
        };
        moves("new@shop.test", "wrong").await.expect(422);
        moves("new@shop.test", PASSWORD).await.location();
        let (link, recipient) = letter(&shop).await;
        assert_eq!(recipient, "new@shop.test");
        let settings = browser.get("/account/settings.json").await.json();
        assert_eq!(settings["email"], READER, "nothing changed yet");
        browser.post(&link, &[]).await.location();
        assert_eq!(letters(&shop, "account_changed").await, 1);
        let settings = browser.get("/account/settings.json").await.json();
        assert_eq!(settings["email"], "new@shop.test");
        signs_in(&shop.browser(), READER, PASSWORD)
            .await
            .expect(422);
        signs_in(&shop.browser(), "new@shop.test", PASSWORD)
            .await
            .location();

        let other = shop.browser();
        asks(&other, "sign_up", "third@shop.test").await;
        let (open, _) = letter(&shop).await;
        other.post(&open, &[]).await.location();
        let fields = [("email", "new@shop.test")];
        other
            .post("/account/email?_method=PUT", &fields)
            .await
            .location();
        let (taken, _) = letter(&shop).await;
        let refused = other.post(&taken, &[]).await;
        assert!(refused.expect(409).body.contains("已經有另一個帳號"));
        shop.close().await;
    });
}

/// A13: who guesses from one place is stopped there, and neither the password nor the letters of the owner's own browser
/// are used up by it.
#[test]
fn a_guesser_locks_nobody_out() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let owner = shop.browser();
        opens_account(&shop, &owner).await;
        let mut refused = 0;
        for n in 0..90 {
            let mut thief = shop.browser();
            thief.source = [198, 51, 100, n];
            let asked = asks(&thief, "sign_in", READER).await;
            refused += usize::from(asked.status == 429);
        }
        assert!(refused > 80, "{refused}");
        asks(&owner, "sign_in", READER).await.location();
        let thief = shop.browser();
        for _ in 0..19 {
            signs_in(&thief, READER, "guess guess guess")
                .await
                .expect(422);
        }
        shop.close().await;
    });
}

/// The profile is kept, and what cannot be a telephone number is told at its field with the rest still there.
#[test]
fn a_profile_is_kept() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        opens_account(&shop, &browser).await;
        let keep = async |phone: &str| {
            let fields = [("name", "王大明"), ("phone", phone), ("locale", "en")];
            browser.post("/account/profile?_method=PUT", &fields).await
        };
        let refused = keep("12").await.expect(422);
        assert!(refused.body.contains("王大明") && refused.body.contains("error-phone"));
        keep("0912 345 678").await.location();
        let kept = browser.get("/account/settings.json").await.json();
        assert_eq!(
            (&kept["name"], &kept["phone"], &kept["locale"]),
            (&json!("王大明"), &json!("0912345678"), &json!("en"))
        );
        let program = shop.program();
        program.get("/account").await.expect(401);
        shop.close().await;
    });
}
