//! The way to a card company's page and back, without the card company: what the shop's own pages say of it.

use kernel::PaymentId;
use payments::{
    OpenPage, Outcome, PageWish, Wish, payment,
    settings::{self, PaymentSettings, StripeAccount},
};
use serde_json::json;

use crate::world::Shop;

const PAGE: &str = "https://checkout.stripe.com/c/pay/cs_test_1";

/// The page of a payment is open at the card company.
async fn opened(shop: &Shop, id: PaymentId) {
    let wish = Wish::Page(PageWish {
        title: "A-1".into(),
        done_url: String::new(),
        back_url: String::new(),
        locale: kernel::Locale::Hant,
        email: String::new(),
        keep_for: None,
    });
    let write = shop.ctx.write(async move |tx, ctx| {
        payment::send(tx, ctx, id, wish.clone()).await?;
        let page = OpenPage {
            reference: "cs_test_1".into(),
            url: PAGE.into(),
            until: ctx.now().plus_seconds(3_600),
        };
        let outcome = Outcome::PageOpen(page);
        let then = operations::flows::collect_payment::CONSEQUENCES;
        payments::work::take_in(tx, ctx, id, &outcome, then).await
    });
    write.await.unwrap();
}

/// CHK-03, CHK-26, P12: with Stripe a guest is asked for no card here and is offered no kept one; while Stripe's page is
/// open the order says that nothing is charged yet and leads back there, at once only when it was just opened.
#[test]
fn the_card_is_typed_elsewhere() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let known = PaymentSettings {
            test_mode: true,
            stripe: Some(StripeAccount { live: false }),
        };
        shop.ctx
            .write(async move |tx, ctx| settings::save(tx, ctx, &known).await)
            .await
            .unwrap();
        let program = shop.program();
        let placed = program.buys(shop.small, "card").await;
        let token = placed["order"]["token"].as_str().unwrap().to_owned();
        let id: PaymentId = placed["payment"]["id"].as_str().unwrap().parse().unwrap();
        let at = format!("/orders/{token}/payments/{id}");
        let browser = shop.browser();
        let page = browser.get(&at).await.expect(200);
        assert!(page.body.contains("卡號只會交給 Stripe"), "{}", page.body);
        for field in [
            "cardnumber",
            "cc-number",
            "keep_card",
            "http-equiv=\"refresh\"",
        ] {
            assert!(!page.body.contains(field), "{field}");
        }
        let view = program.get(&at).await.expect(200).json();
        assert_eq!(
            (&view["saved_cards"], &view["can_keep"], &view["open_url"]),
            (&json!([]), &json!(false), &json!(null))
        );
        let stranger = program
            .send("POST", &at, Some(json!({ "card": "pm_of_somebody" })), &[])
            .await;
        assert_eq!(stranger.status, 422, "a guest has no kept card");

        opened(&shop, id).await;
        let open = browser.get(&at).await.expect(200);
        assert!(
            open.body.contains(&format!("href=\"{PAGE}\"")),
            "{}",
            open.body
        );
        assert!(!open.body.contains("http-equiv=\"refresh\""));
        let going = browser.get(&format!("{at}?go=1")).await.expect(200);
        assert!(
            going.body.contains(&format!("0; url={PAGE}")),
            "{}",
            going.body
        );
        let result = browser
            .get(&format!("/orders/{token}/result"))
            .await
            .expect(200);
        assert!(
            result.body.contains("卡片還沒有扣款") && result.body.contains(&at),
            "{}",
            result.body
        );
        let foreign = format!("/orders/{token}/payments/{}/leaving", PaymentId::new());
        assert_eq!(browser.post(&foreign, &[]).await.status, 404);
        shop.close().await;
    });
}

/// P2: without an account at Stripe its entrance does not exist.
#[test]
fn no_account_has_no_entrance() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let refused = shop
            .program()
            .send(
                "POST",
                "/webhooks/stripe",
                Some(json!({ "id": "evt_1" })),
                &[],
            )
            .await;
        assert_eq!(refused.status, 404);
        shop.close().await;
    });
}
