//! Pages made of blocks: the home page, landing pages, drafts, and what people say they missed.

use catalog::{Plan, product};
use kernel::{Locale, PageId, Texts};
use marketing::{
    Block, BlockKind, Content, Item, NewPage, PageKind, Places,
    block::Fields,
    page::{self, publish, write},
};
use operations::FlowError;
use platform::DbError;
use serde_json::{Value, json};

use crate::world::{Shop, texts};

fn block(kind: BlockKind, fields: Fields) -> Block {
    Block {
        id: String::new(),
        kind,
        hidden: false,
        fields,
    }
}

fn hant(text: &str) -> Texts {
    Texts::one(Locale::Hant, text)
}

/// A page with these blocks, public at once.
async fn published(shop: &Shop, handle: &str, blocks: Vec<Block>) -> PageId {
    let new = NewPage {
        handle: handle.into(),
        kind: PageKind::Landing,
        content: Content {
            title: texts("下午的凍頂", "下午的冻顶", "An afternoon Dongding"),
            blocks,
            ..Content::default()
        },
        places: Places::default(),
    };
    let making = shop.ctx.write(async move |tx, ctx| {
        let id = write::create(tx, ctx, new.clone()).await?;
        publish::publish(tx, ctx, id, None).await?;
        Ok::<_, FlowError>(id)
    });
    making.await.unwrap()
}

async fn home(shop: &Shop) -> PageId {
    let all: Result<_, DbError> = shop.ctx.read(async |rx, _| page::all(rx).await).await;
    let all: Vec<page::Page> = all.unwrap();
    all.first().unwrap().id
}

fn kinds(page: &Value) -> Vec<&str> {
    let blocks = page["blocks"].as_array().unwrap();
    blocks.iter().map(|b| b["kind"].as_str().unwrap()).collect()
}

/// STF-20, STF-07: a new shop's home page shows its line, its collections and what is new; blocks without anything to
/// show are not there.
#[test]
fn a_new_shop_has_a_home() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let data = shop.program().get("/").await.expect(200).json();
        assert_eq!(kinds(&data), ["picture", "collections", "new"]);
        assert_eq!(data["blocks"][0]["title"], "好茶慢慢挑");
        assert_eq!(data["blocks"][0]["main"], true);
        assert!(data["blocks"][2]["offers"][0]["since"].is_string());
        let page = shop.browser().get("/").await.expect(200);
        for text in ["好茶慢慢挑", "/collections/tea", "凍頂烏龍茶", "上架"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        shop.close().await;
    });
}

/// STF-06, STF-07: what is sold comes first among the hot items, and a carousel shows the chosen offers with their line
/// and the end that their product really has (GOV-08).
#[test]
fn offers_are_real() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let (tea, end) = (shop.tea, world.ctx.now().plus_seconds(86_400));
        let item = Item {
            product: Some(tea),
            text: texts("兩罐免運", "两罐包邮", "Two ship free"),
            ..Item::default()
        };
        let id = home(&shop).await;
        let arranging = shop.ctx.write(async move |tx, ctx| {
            let plan = Plan {
                unpublish_at: Some(end),
                ..Plan::default()
            };
            product::plan(tx, ctx, tea, plan).await?;
            let blocks = vec![
                block(
                    BlockKind::Carousel,
                    Fields {
                        items: vec![item.clone()],
                        seconds: Some(6),
                        ..Fields::default()
                    },
                ),
                block(BlockKind::Hot, Fields::default()),
            ];
            write::edit(tx, ctx, id, None, |content| {
                content.blocks = blocks;
                Ok(())
            })
            .await?;
            publish::publish(tx, ctx, id, None).await?;
            Ok::<_, FlowError>(())
        });
        arranging.await.unwrap();
        let data = shop.program().get("/").await.expect(200).json();
        assert_eq!(kinds(&data), ["carousel"], "nothing was sold yet");
        let offer = &data["blocks"][0]["offers"][0];
        assert_eq!(offer["line"], "兩罐免運");
        assert_eq!(offer["until"], json!(end));
        assert_eq!(offer["card"]["compare_at_from"], Value::Null);
        let buyer = shop.browser();
        buyer.get("/products/glass-cup").await.expect(200);
        shop.events().await;
        world.pass(std::time::Duration::from_secs(61));
        let data = shop.program().get("/").await.expect(200).json();
        assert_eq!(kinds(&data), ["carousel", "hot"]);
        assert_eq!(
            data["blocks"][1]["offers"][0]["card"]["handle"],
            "glass-cup"
        );
        let page = shop.browser().get("/").await.expect(200);
        assert!(page.body.contains("data-seconds=\"6\""), "{}", page.body);
        shop.close().await;
    });
}

/// A landing page: a top, an offer, a way on.
fn landing(shop: &Shop) -> Vec<Block> {
    vec![
        block(
            BlockKind::Picture,
            Fields {
                title: hant("下午三點"),
                ..Fields::default()
            },
        ),
        block(
            BlockKind::Buy,
            Fields {
                variant: Some(shop.small),
                action: hant("帶一罐回家"),
                ..Fields::default()
            },
        ),
        block(
            BlockKind::Elsewhere,
            Fields {
                asks: true,
                ..Fields::default()
            },
        ),
    ]
}

/// STF-01, TRF-14: a landing page leads to the cart without a script, keeps the uninterested, and asks what was missing;
/// the answer is kept and said on the stream.
#[test]
fn a_landing_page_has_two_exits() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        published(&shop, "afternoon", landing(&shop)).await;
        let browser = shop.browser();
        let page = browser.get("/pages/afternoon").await.expect(200);
        for text in [
            "<h1>下午三點</h1>",
            "帶一罐回家",
            "NT$580",
            "action=\"/pages/afternoon/objections\"",
            "/collections/tea",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        let variant = shop.small.to_string();
        browser
            .post(
                "/cart/lines",
                &[("variant_id", &variant), ("quantity", "1")],
            )
            .await
            .expect(303);
        let said = browser
            .post(
                "/pages/afternoon/objections",
                &[("reason", "price"), ("text", "<script>alert(1)</script>")],
            )
            .await;
        let thanks = browser
            .get(said.location().split('#').next().unwrap())
            .await;
        assert!(thanks.body.contains("謝謝"), "{}", thanks.body);
        let events = shop.events().await;
        let told = events.iter().find(|(name, _)| name == "Objection Given");
        assert_eq!(told.unwrap().1["reason"], "price");
        assert!(!told.unwrap().1.to_string().contains("script"));
        let program = shop.program();
        let wrong = json!({ "reason": "weather" });
        program
            .send("POST", "/pages/afternoon/objections", Some(wrong), &[])
            .await
            .expect(422);
        let nowhere = json!({ "reason": "price" });
        program
            .send("POST", "/pages/nowhere/objections", Some(nowhere), &[])
            .await
            .expect(404);
        shop.close().await;
    });
}

/// A17, A20: what is written into any field of a block is shown as text, and text with structure runs nothing.
#[test]
fn nothing_in_a_block_runs() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let attack = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
        let every = BlockKind::ALL.iter().map(|kind| {
            let item = Item {
                product: Some(shop.tea),
                title: hant(attack),
                text: hant(attack),
                icon: attack.into(),
            };
            let fields = Fields {
                eyebrow: hant(attack),
                title: hant(attack),
                text: hant(attack),
                action: hant(attack),
                items: vec![item],
                variant: Some(shop.small),
                topic: Some(marketing::Topic::Returns),
                asks: true,
                ..Fields::default()
            };
            block(*kind, fields)
        });
        published(&shop, "attacked", every.collect()).await;
        let data = shop
            .program()
            .get("/pages/attacked")
            .await
            .expect(200)
            .json();
        assert!(kinds(&data).len() >= 12, "{:?}", kinds(&data));
        let page = shop.browser().get("/pages/attacked").await.expect(200);
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
        assert!(!page.body.contains("<img src=x"), "{}", page.body);
        assert!(page.body.contains("&lt;script&gt;alert"));
        shop.close().await;
    });
}

/// STF-17, STF-22, STF-25: policies tell what the shop has decided, the guide has steps, questions open to answers that
/// machines read too; what the operator writes takes their place.
#[test]
fn policies_are_true() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let browser = shop.browser();
        let page = browser.get("/pages/delivery").await.expect(200);
        for text in ["配送說明", "14:00", "NT$1,200", "NT$80", "<li>"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        let page = browser.get("/pages/payment").await.expect(200);
        assert!(page.body.contains("<h2>銀行轉帳</h2>"), "{}", page.body);
        let data = shop
            .program()
            .get("/pages/ordering")
            .await
            .expect(200)
            .json();
        assert_eq!(kinds(&data), ["steps", "contact"]);
        assert_eq!(data["blocks"][0]["entries"].as_array().unwrap().len(), 5);
        let page = browser.get("/pages/questions").await.expect(200);
        assert!(page.body.contains("\"FAQPage\"") && page.body.contains("<summary>"));
        let read: Result<_, DbError> = shop
            .ctx
            .read(async |rx, _| page::by_handle(rx, "returns").await)
            .await;
        let id = read.unwrap().unwrap().id;
        let writing = shop.ctx.write(async move |tx, ctx| {
            write::edit(tx, ctx, id, None, |content| {
                let text = hant("<p>三十天都可以退。</p>");
                content.title = hant("退貨");
                content.blocks = vec![block(
                    BlockKind::RichText,
                    Fields {
                        text,
                        ..Fields::default()
                    },
                )];
                Ok(())
            })
            .await?;
            publish::publish(tx, ctx, id, None).await?;
            Ok::<_, FlowError>(())
        });
        writing.await.unwrap();
        world.pass(std::time::Duration::from_secs(3));
        let page = browser.get("/pages/returns").await.expect(200);
        assert!(page.body.contains("三十天都可以退"), "{}", page.body);
        assert!(page.body.contains("<h1>退貨</h1>"), "{}", page.body);
        shop.close().await;
    });
}

/// A draft is seen through its link and nowhere else: not on its page, not in the map of the site, not by crawlers.
#[test]
fn a_draft_is_private() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let id = home(&shop).await;
        let opening = shop.ctx.write(async move |tx, ctx| {
            write::edit(tx, ctx, id, None, |content| {
                content.blocks[0].fields.title = hant("還沒公開的首頁");
                Ok(())
            })
            .await?;
            let landing = NewPage {
                handle: "not-yet".into(),
                kind: PageKind::Landing,
                content: Content {
                    title: hant("還沒公開的頁面"),
                    ..Content::default()
                },
                places: Places::default(),
            };
            let landing = write::create(tx, ctx, landing).await?;
            let home = publish::open_preview(tx, ctx, id).await?;
            Ok::<_, FlowError>([home, publish::open_preview(tx, ctx, landing).await?])
        });
        let [first, second] = opening.await.unwrap();
        let browser = shop.browser();
        browser.get("/pages/not-yet").await.expect(404);
        assert!(!browser.get("/").await.body.contains("還沒公開"));
        assert!(!browser.get("/sitemap.xml").await.body.contains("not-yet"));
        for (token, title) in [(&first, "還沒公開的首頁"), (&second, "還沒公開的頁面")]
        {
            let path = format!("/preview/{token}");
            let page = browser.get(&path).await.expect(200);
            assert!(page.body.contains(title), "{}", page.body);
            assert!(page.body.contains("noindex") && page.body.contains("這是草稿的預覽"));
            let data = shop.program().get(&path).await.expect(200).json();
            assert!(data["blocks"].is_array());
        }
        browser.get("/preview/nothing").await.expect(404);
        shop.close().await;
    });
}

/// STF-20: the address that a page had leads on to the present one with everything behind the question mark; a program
/// gets the page at once. A page of the program keeps its title.
#[test]
fn an_old_address_leads_on() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let moving = shop.ctx.write(async move |tx, ctx| {
            let found = page::by_handle(tx, "returns").await?;
            write::change_handle(tx, ctx, found.unwrap().id, "refunds").await?;
            Ok::<_, FlowError>(())
        });
        moving.await.unwrap();
        world.pass(std::time::Duration::from_secs(3));
        let browser = shop.browser();
        let old = browser
            .get("/pages/returns?utm_source=letter")
            .await
            .expect(301);
        assert_eq!(old.header("location"), "/pages/refunds?utm_source=letter");
        let page = browser.get("/pages/refunds").await.expect(200);
        assert!(page.body.contains("<h1>退換貨"), "{}", page.body);
        let data = shop
            .program()
            .get("/pages/returns")
            .await
            .expect(200)
            .json();
        assert_eq!(data["handle"], "refunds");
        browser.get("/pages/nothing").await.expect(404);
        shop.close().await;
    });
}
