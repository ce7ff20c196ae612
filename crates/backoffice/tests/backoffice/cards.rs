//! Why people do not open a card: what is found, where it is said, and who may read it.

use customers::inquiry::{self, NewInquiry};
use insight::events::{ProductListViewed, ProductViewed};
use kernel::{Email, ProductId, Role, SessionId, VisitorId, event};
use platform::{
    Visit,
    events::{self, Event},
};
use serde_json::{Value, json};

use crate::desk::Desk;

/// Somebody is shown cards, and opens those of a product when there is one.
async fn looks(desk: &Desk, shown: Vec<ProductId>, opened: Option<ProductId>) {
    let visit = Visit {
        visitor: VisitorId::new(),
        session: SessionId::new(),
        source: "direct".into(),
        device: "phone".into(),
    };
    let ctx = desk.ctx.during(Some(visit));
    let looking = ctx.write(async move |tx, ctx| {
        let cards = ProductListViewed {
            list: "home".into(),
            products: shown.clone(),
            places: Vec::new(),
        };
        events::emit(tx, ctx, Event::new(event::PRODUCT_LIST_VIEWED, &cards)).await?;
        if let Some(product) = opened {
            let page = ProductViewed {
                handle: "any".into(),
            };
            let view = Event::new(event::PRODUCT_VIEWED, &page).about(product);
            events::emit(tx, ctx, view).await?;
        }
        Ok::<_, platform::DbError>(())
    });
    looking.await.unwrap();
}

fn codes(reasons: &Value) -> Vec<&str> {
    let list = reasons.as_array().unwrap();
    list.iter().map(|code| code.as_str().unwrap()).collect()
}

fn row<'a>(page: &'a Value, title: &str) -> &'a Value {
    let items = page["items"].as_array().unwrap();
    items.iter().find(|item| item["title"] == title).unwrap()
}

/// TRF-05, TRF-06: each card has its people and its rate; each weakness is found by its facts and said with what to do
/// about it, in the list of cards, in the list of products and on the product; what all cards share is said once.
#[test]
fn a_card_is_told_why_nobody_opens_it() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Promotion).await;
        let products = program.get("/admin/products.json").await.json();
        let cup_id = row(&products, "Glass cup")["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let cup: ProductId = cup_id.parse().unwrap();
        for opened in [Some(desk.tea), None, None] {
            looks(&desk, vec![desk.tea, cup], opened).await;
        }

        let page = program
            .get("/admin/funnel/cards.json")
            .await
            .expect(200)
            .json();
        assert_eq!(
            page["items"].as_array().unwrap().len(),
            2,
            "drafts have no card"
        );
        let (tea, cup) = (row(&page, "Dongding oolong"), row(&page, "Glass cup"));
        assert_eq!(
            (&tea["shown_to"], &tea["opened_by"], &tea["open_rate"]),
            (&json!(3), &json!(1), &json!(1.0 / 3.0))
        );
        assert_eq!(
            (&cup["shown_to"], &cup["open_rate"]),
            (&json!(3), &json!(0.0))
        );
        assert_eq!(codes(&tea["check"]["reasons"]), [""; 0]);
        assert_eq!(
            (&tea["check"]["rank"], &tea["check"]["list"]),
            (&json!(1), &json!("Tea"))
        );
        assert_eq!(
            codes(&cup["check"]["reasons"]),
            ["ranked_low", "picture_weak"]
        );
        assert_eq!(
            codes(&page["shop"]["reasons"]),
            ["no_points", "customers_not_told"],
            "delivery is free from a sum on, quick, and returns are promised"
        );

        let staff = desk.staff(Role::Promotion).await;
        let said = ["不在任何分類裡", "沒有圖片", "在「在店裡的位置」放進"];
        let html = staff.get("/admin/funnel/cards").await.expect(200);
        html.says(&said).says(&["買了沒有點數可以累積", "33.3%"]);
        let product = staff
            .get(&format!("/admin/products/{cup_id}"))
            .await
            .expect(200);
        product.says(&said).says(&["卡片健檢", "標題 3 個字"]);
        let list = staff.get("/admin/products").await.expect(200);
        list.says(&["卡片有 3 個弱點"]);

        let warehouse = desk.program(Role::Warehouse).await;
        warehouse.get("/admin/funnel/cards.json").await.expect(403);
        let seen = warehouse
            .get(&format!("/admin/products/{cup_id}.json"))
            .await
            .json();
        assert_eq!(seen["card"], json!(null));
        program
            .get("/admin/funnel/cards.json?from=2026-03-09&to=2026-03-01")
            .await
            .expect(422);
    });
}

/// TRF-06: the evening counts as empty when most of its questions wait for more than an hour.
#[test]
fn an_unanswered_evening_is_noticed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Promotion).await;
        let shop = async || program.get("/admin/funnel/cards.json").await.json()["shop"].clone();
        let ask = async || {
            let new = NewInquiry {
                name: "王小明".into(),
                email: Email::parse("reader@shop.test").unwrap(),
                message: "請問？".into(),
                order_number: None,
            };
            desk.ctx
                .write(async move |tx, ctx| inquiry::record(tx, ctx, new.clone()).await)
                .await
                .unwrap()
        };
        let hours = |n: u64| std::time::Duration::from_secs(n * 3_600);
        // The standing clock begins at ten in the morning: a question of the morning says nothing about the evening.
        ask().await;
        world.pass(hours(13));
        let late = ask().await;
        assert_eq!(
            shop().await["evening_questions"],
            0,
            "an hour has not passed yet"
        );
        world.pass(hours(2));
        let found = shop().await;
        assert_eq!(
            (&found["evening_questions"], &found["evening_answered"]),
            (&json!(1), &json!(0))
        );
        assert!(codes(&found["reasons"]).contains(&"nobody_there"));
        desk.ctx
            .write(async move |tx, ctx| inquiry::answer(tx, ctx, late, "可以。").await)
            .await
            .unwrap();
        assert!(
            codes(&shop().await["reasons"]).contains(&"nobody_there"),
            "two hours were too late"
        );
        world.pass(hours(20));
        for _ in 0..2 {
            let id = ask().await;
            desk.ctx
                .write(async move |tx, ctx| inquiry::answer(tx, ctx, id, "可以。").await)
                .await
                .unwrap();
        }
        assert!(!codes(&shop().await["reasons"]).contains(&"nobody_there"));
    });
}
