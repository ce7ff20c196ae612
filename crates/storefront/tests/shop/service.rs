//! What a product promises and answers on the page of the shopper.

use catalog::{AfterSales, ProductTexts, Question, product, selling_point, service};
use kernel::{Locale, Texts};
use platform::settings;

use crate::world::Shop;

/// STF-11, STF-17, STF-25, CAT-07, A17: the terms of the shop hold unless the product says otherwise; questions open without a
/// script; the description comes with its structure, and nothing in it runs.
#[test]
fn a_product_promises_and_answers() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let path = "/products/dongding-oolong";
        let read = async || {
            let answer = shop.program().get(&format!("{path}.json")).await;
            answer.expect(200).json()
        };
        let before = read().await;
        assert_eq!(before["promises"]["return_days"], 7);
        let id: kernel::ProductId = before["id"].as_str().unwrap().parse().unwrap();
        let write = world.ctx.write(async move |tx, ctx| {
            let one = |text: &str| Texts::one(Locale::Hant, text);
            let defaults = AfterSales {
                exchange_days: Some(15),
                contact: one("客服專線"),
                ..AfterSales::default()
            };
            settings::save(tx, ctx, operations::shop::AFTER_SALES, &defaults).await?;
            let own = AfterSales {
                return_days: Some(0),
                return_conditions: one("茶葉拆封後恕不退貨"),
                ..AfterSales::default()
            };
            service::write_after_sales(tx, ctx, id, own).await?;
            let faq = Question {
                question: one("可以冷泡嗎？"),
                answer: one("可以。<script>alert(1)</script>"),
            };
            service::write_faq(tx, ctx, id, vec![faq]).await?;
            selling_point::write(tx, ctx, id, &one("冷泡<b>也</b>好喝\n一包一杯")).await?;
            let texts = ProductTexts {
                title: one("凍頂烏龍茶"),
                description: one(
                    "<h2>怎麼泡</h2><ol><li onclick=\"x\">溫壺</li></ol><script>alert(1)</script>",
                ),
                ..ProductTexts::default()
            };
            product::update_texts(tx, ctx, id, texts).await
        });
        write.await.unwrap();
        world.pass(std::time::Duration::from_secs(3));
        let after = read().await;
        assert_eq!(after["promises"]["return_days"], 0);
        assert_eq!(after["promises"]["exchange_days"], 15);
        assert_eq!(after["faq"][0]["question"], "可以冷泡嗎？");
        assert_eq!(
            after["description"],
            "<h2>怎麼泡</h2><ol><li>溫壺</li></ol>"
        );
        assert_eq!(
            after["selling_points"],
            serde_json::json!(["冷泡<b>也</b>好喝", "一包一杯"])
        );
        assert_eq!(after["summary"], "怎麼泡 溫壺");
        let page = shop.browser().get(path).await.expect(200);
        for text in [
            "<ol><li>溫壺</li></ol>",
            "冷泡&lt;b&gt;也",
            "恕不退貨",
            "茶葉拆封後恕不退貨",
            "客服專線",
            "<summary>可以冷泡嗎？</summary>",
            "&lt;script&gt;",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        assert!(!page.body.contains("<script>alert"));
        shop.close().await;
    });
}
