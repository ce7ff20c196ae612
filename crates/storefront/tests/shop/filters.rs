//! Lists as shoppers narrow them (STF-02, STF-03).

use catalog::{
    Attribute, AttributeDefinition, AttributeKind, AttributeValue, NewCollection, ProductIdentity,
    collection, product,
};
use operations::{FlowError, flows::shelve};
use serde_json::{Value, json};

use crate::world::{SMALL, Shop, texts};

/// Gives the goods of the shop brands, and the two collections of its tea a sheet with capacity and roast.
async fn describe(shop: &Shop) {
    let tea = shop.tea;
    let write = shop.ctx.write(async move |tx, ctx| {
        let cup = product::by_handle(tx, "glass-cup").await?;
        let cup = cup.ok_or(FlowError::NotFound)?.id;
        let tree = collection::tree(tx).await?;
        let above = tree.first().ok_or(FlowError::NotFound)?.collection.id;
        let capacity = AttributeDefinition {
            kind: AttributeKind::Number {
                unit: texts("毫升", "毫升", "ml"),
            },
            filterable: true,
            ..AttributeDefinition::text("capacity", texts("容量", "容量", "Capacity"))
        };
        let sheet = NewCollection {
            handle: "tea".into(),
            title: texts("茶葉", "茶叶", "Tea"),
            attributes: vec![capacity],
            ..NewCollection::default()
        };
        collection::update(tx, ctx, above, sheet).await?;
        for (id, brand, size) in [(tea, "山陽", "90"), (cup, "河岸", "400")] {
            product::update_identity(tx, ctx, id, ProductIdentity::typed(brand, "", [])).await?;
            let size = Attribute {
                code: "capacity".into(),
                value: AttributeValue::Number(size.parse().unwrap_or_default()),
            };
            product::update_attributes(tx, ctx, id, vec![size]).await?;
        }
        Ok::<_, FlowError>(())
    });
    write.await.unwrap();
    shelve::note_stock(&shop.ctx).await.unwrap();
}

fn list<'a>(page: &'a Value, pointer: &str) -> &'a [Value] {
    page.pointer(pointer).and_then(Value::as_array).unwrap()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap()
}

fn handles(page: &Value) -> Vec<&str> {
    let items = list(page, "/items");
    items.iter().map(|item| text(item, "handle")).collect()
}

fn group<'a>(page: &'a Value, code: &str) -> &'a Value {
    let mut groups = list(page, "/filters/groups").iter();
    groups.find(|group| text(group, "code") == code).unwrap()
}

/// STF-02: a collection offers brands and filterable attributes with true counts, a choice narrows the list and the
/// counts of everything else, and what is chosen can be taken away; all by addresses, for people and programs.
#[test]
fn a_collection_is_narrowed() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        describe(&shop).await;
        let program = shop.program();
        let all = program.get("/collections/tea").await.expect(200).json();
        assert_eq!(all["total"], 2);
        let sizes = &group(&all, "capacity")["values"];
        assert_eq!(
            (&sizes[0]["value"], &sizes[0]["unit"], &sizes[0]["count"]),
            (&json!("capacity:90"), &json!("毫升"), &json!(1))
        );
        assert_eq!(
            (
                &all["filters"]["price"]["lowest"]["amount"],
                &all["filters"]["in_stock"]["count"]
            ),
            (&json!(36_000), &json!(2))
        );
        let both = program
            .get("/collections/tea?is=capacity%3A90&is=capacity%3A400&brand=%E5%B1%B1%E9%99%BD&in_stock=1")
            .await
            .expect(200)
            .json();
        assert_eq!(handles(&both), ["dongding-oolong"]);
        assert_eq!(both["filters"]["chosen"].as_array().unwrap().len(), 4);
        // Within the brand one size is left; the other brand would still add the cup.
        assert_eq!(group(&both, "capacity")["values"][1]["count"], 0);
        assert_eq!(group(&both, "brand")["values"][1]["count"], 1);
        let rest = both["filters"]["chosen"][0]["rest"].as_str().unwrap();
        let without = program.get(&format!("/collections/tea?{rest}")).await;
        assert_eq!(without.expect(200).json()["total"], 2);
        let dear = program
            .get("/collections/tea?price_to=9%2C000&price_from=400")
            .await
            .expect(200)
            .json();
        assert_eq!(dear["items"][0]["price_from"]["amount"], SMALL);
        assert_eq!(dear["total"], 1);

        let page = shop
            .browser()
            .get("/collections/tea?is=capacity:90")
            .await
            .expect(200);
        for text in [
            "name=\"is\" value=\"capacity:90\" checked",
            "容量: 90 毫升",
            "rel=\"canonical\" href=\"https://shop.test/collections/tea\"",
        ] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
        let deep = shop
            .browser()
            .get("/collections/tea?is=capacity:90&in_stock=1")
            .await
            .expect(200);
        assert!(deep.body.contains("content=\"noindex\""), "{}", deep.body);
        shop.close().await;
    });
}

/// STF-02: a choice that fits nothing says what to take away and what that would show; rubbish in an address chooses
/// nothing and breaks nothing.
#[test]
fn an_empty_list_helps() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        describe(&shop).await;
        let program = shop.program();
        let path = "/collections/tea?brand=%E6%B2%B3%E5%B2%B8&is=capacity:90";
        let nothing = program.get(path).await.expect(200).json();
        assert_eq!((&nothing["total"], handles(&nothing).len()), (&json!(0), 0));
        let helps: Vec<i64> = nothing["filters"]["chosen"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["total_without"].as_i64().unwrap())
            .collect();
        assert_eq!(helps, [1, 1]);
        let page = shop.browser().get(path).await.expect(200);
        assert!(
            page.body.contains("沒有商品同時符合") && page.body.contains("共 1 件商品"),
            "{}",
            page.body
        );
        for rubbish in [
            "?price_from=cheap&price_to=-1",
            "?is=x&is=:&brand=",
            "?in_stock=maybe&on_sale=2",
            "?is=%00%01",
        ] {
            let page = program.get(&format!("/collections/tea{rubbish}")).await;
            assert_eq!(page.expect(200).json()["total"], 2, "{rubbish}");
        }
        let odd = format!("/collections/tea?is=capacity:{}", "%22%3E%3Cscript%3E");
        let page = shop.browser().get(&odd).await.expect(200);
        assert!(!page.body.contains("\"><script>"), "{}", page.body);
        shop.close().await;
    });
}

/// STF-03: a search is narrowed and put into another order like a collection; the best match comes first unless somebody
/// asks otherwise, and its pages go on where they were.
#[test]
fn a_search_is_narrowed() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        describe(&shop).await;
        let program = shop.program();
        // Half of the words are enough where nothing has them all.
        let q = "/search?q=oolong%20glass";
        let all = program.get(q).await.expect(200).json();
        assert_eq!(
            (&all["total"], &all["sort"]),
            (&json!(2), &json!("featured"))
        );
        assert_eq!(group(&all, "brand")["values"].as_array().unwrap().len(), 2);
        let cheap = program.get(&format!("{q}&sort=price_asc")).await.json();
        assert_eq!(handles(&cheap), ["glass-cup", "dongding-oolong"]);
        let first = program
            .get(&format!("{q}&sort=price_asc&limit=1"))
            .await
            .json();
        let after = first["next_cursor"].as_str().unwrap();
        let second = program
            .get(&format!("{q}&sort=price_asc&limit=1&after={after}"))
            .await
            .json();
        assert_eq!(
            (handles(&second), &second["offset"], &second["next_cursor"]),
            (vec!["dongding-oolong"], &json!(1), &Value::Null)
        );
        let narrowed = program
            .get(&format!("{q}&is=capacity:400"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (handles(&narrowed), &narrowed["total"]),
            (vec!["glass-cup"], &json!(1))
        );
        let page = shop
            .browser()
            .get(&format!("{q}&on_sale=1"))
            .await
            .expect(200);
        assert!(
            page.body.contains("name=\"q\" value=\"oolong glass\"")
                && page.body.contains("沒有商品同時符合"),
            "{}",
            page.body
        );
        shop.close().await;
    });
}
