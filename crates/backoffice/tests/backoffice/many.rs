//! Bundles, many products at once, and goods as files, as the people of the shop and programs use them.

use catalog::product::{self, ProductIdentity};
use kernel::Role;
use serde_json::json;

use crate::desk::{Desk, Program};

/// A gift box that nothing is in yet: the variant.
async fn gift_box(program: &Program<'_>) -> String {
    let new = json!({ "title": "茶禮盒", "sku": "GIFT", "price": "1000" });
    let made = program
        .send("POST", "/admin/products", Some(new))
        .await
        .expect(201)
        .json();
    let path = format!("/admin/products/{}.json", made["id"].as_str().unwrap());
    let product = program.get(&path).await.expect(200).json();
    product["variants"][0]["id"].as_str().unwrap().to_owned()
}

/// CAT-16: a gift box gets a variant of its own, its parts are found and put in, and what it saves is said; a bundle in
/// a bundle is refused with its reason; the stock page of a part names the box.
#[test]
fn a_bundle_is_put_together() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let gift = gift_box(&program).await;
        let at = format!("/admin/variants/{gift}/bundle");
        let found = program
            .get(&format!("{at}.json?q=TEA"))
            .await
            .expect(200)
            .json();
        assert_eq!(found["cannot"], json!(null));
        let small = desk.small.to_string();
        let candidates = found["found"].as_array().unwrap();
        assert!(
            candidates.iter().any(|c| c["variant_id"] == json!(small)),
            "{candidates:?}"
        );
        let part = json!({ "variant_id": small, "quantity": 2 });
        program
            .send("POST", &format!("{at}/parts"), Some(part))
            .await
            .expect(200);
        let part = json!({ "variant_id": desk.cup });
        program
            .send("POST", &format!("{at}/parts"), Some(part))
            .await
            .expect(200);
        let page = program.get(&format!("{at}.json")).await.expect(200).json();
        assert_eq!(
            (&page["available"], page["parts"].as_array().unwrap().len()),
            (&json!(5), 2)
        );
        let apart = page["parts_price"]["amount"].as_i64().unwrap();
        assert_eq!(page["saving"]["amount"], json!(apart - 100_000));
        let mut quantities = serde_json::Map::new();
        quantities.insert(small.clone(), json!(1));
        quantities.insert(desk.cup.to_string(), json!(0));
        let written = json!({ "quantities": quantities, "price": "500" });
        program.send("PUT", &at, Some(written)).await.expect(200);
        let page = program.get(&format!("{at}.json")).await.expect(200).json();
        assert_eq!(
            (&page["available"], &page["price"]["amount"]),
            (&json!(10), &json!(50_000))
        );
        let item = program
            .get(&format!("/admin/inventory/variants/{small}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(item["bundles"][0]["sku"], "GIFT");
        let itself = json!({ "variant_id": gift });
        let refused = program
            .send("POST", &format!("{at}/parts"), Some(itself))
            .await
            .expect(409)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/quantities", "{refused}");
        let stocked = format!("/admin/variants/{small}/bundle.json");
        assert_eq!(
            program.get(&stocked).await.expect(200).json()["cannot"],
            "is_part"
        );
        let page = desk
            .staff(Role::Operations)
            .await
            .get(&at)
            .await
            .expect(200);
        assert!(page.body.contains("GIFT") && page.body.contains("quantities["));
    });
}

/// CAT-18: what the preview says is what the edit does, and undoing brings it back; a share that is none is named at its
/// field; who may only look may not change.
#[test]
fn many_prices_change_and_come_back() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let ask =
            "/admin/products/bulk.json?all=1&what=percent_down&percent=10&round=ten&preview=1";
        let preview = program.get(ask).await.expect(200).json();
        let changes = preview["preview"]["changes"].as_i64().unwrap();
        assert!(changes > 0, "{preview}");
        let wrong = program
            .get("/admin/products/bulk.json?all=1&what=percent_down&percent=ten")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&wrong["wrong"], &wrong["preview"]),
            (&json!("percent"), &json!(null))
        );
        let body = json!({ "all": true, "what": "percent_down", "percent": "10", "round": "ten" });
        let warehouse = desk.program(Role::Warehouse).await;
        warehouse
            .send("POST", "/admin/products/bulk", Some(body.clone()))
            .await
            .expect(403);
        let begun = program
            .send("POST", "/admin/products/bulk", Some(body))
            .await
            .expect(201)
            .json();
        let id = begun["id"].as_str().unwrap().to_owned();
        desk.work().await;
        let edit = program
            .get(&format!("/admin/products/bulk/{id}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&edit["edit"]["state"], &edit["done"], &edit["can_undo"]),
            (&json!("applied"), &json!(changes), &json!(true))
        );
        let page = desk
            .staff(Role::Operations)
            .await
            .get(&format!("/admin/products/bulk/{id}"))
            .await
            .expect(200);
        assert!(page.body.contains("/undo"));
        program
            .send(
                "POST",
                &format!("/admin/products/bulk/{id}/undo"),
                Some(json!({})),
            )
            .await
            .expect(200);
        desk.work().await;
        let edit = program
            .get(&format!("/admin/products/bulk/{id}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&edit["edit"]["state"], &edit["undone"]),
            (&json!("undone"), &json!(changes))
        );
    });
}

/// CAT-01, A17: all goods leave as a file; a file is looked at first, its odd rows are named, and then it comes in.
#[test]
fn goods_come_from_a_file() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let out = program.get("/admin/products/file").await.expect(200);
        assert!(
            out.body.starts_with('\u{feff}') && out.body.contains("title:zh-Hant"),
            "{}",
            out.body
        );
        let csv = "handle,title:zh-Hant,sku,price\nnew-tea,新茶,NEW-1,580\nnew-tea,,NEW-2,x\n";
        let looked = program
            .send(
                "POST",
                "/admin/products/import",
                Some(json!({ "csv": csv })),
            )
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&looked["report"]["dry_run"], &looked["report"]["created"]),
            (&json!(true), &json!(1))
        );
        assert_eq!(
            (
                &looked["report"]["remarks"][0]["line"],
                &looked["report"]["remarks"][0]["column"]
            ),
            (&json!(3), &json!("price"))
        );
        let write = json!({ "csv": csv, "write": true });
        let brought = program
            .send("POST", "/admin/products/import", Some(write.clone()))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                &brought["report"]["created"],
                &brought["report"]["left_out"]
            ),
            (&json!(1), &json!(1))
        );
        let again = program
            .send("POST", "/admin/products/import", Some(write))
            .await
            .expect(200)
            .json();
        assert_eq!(
            (&again["report"]["created"], &again["report"]["same"]),
            (&json!(0), &json!(1))
        );
    });
}

/// What is no table of goods is refused with what it lacks, and the form takes a file.
#[test]
fn what_is_no_table_of_goods_is_refused() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let none = program
            .send(
                "POST",
                "/admin/products/import",
                Some(json!({ "csv": "a,b\n1,2\n" })),
            )
            .await
            .expect(422)
            .json();
        assert!(
            none["detail"].as_str().unwrap().contains("handle"),
            "{none}"
        );
        let shown = desk
            .staff(Role::Operations)
            .await
            .get("/admin/products/import")
            .await
            .expect(200);
        assert!(shown.body.contains("multipart/form-data"));
    });
}

/// CAT-01: many products get a tag at once and lose it again as a whole; an empty tag is named at its field, and a product
/// that was given another tag meanwhile is left alone.
#[test]
fn many_products_get_a_tag_and_lose_it() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Operations).await;
        let ask = "/admin/products/bulk.json?all=1&what=tag_add&preview=1";
        let wrong = program.get(&format!("{ask}&tag=%20")).await.expect(200);
        assert_eq!(wrong.json()["preview"], json!(null));
        let preview = program.get(&format!("{ask}&tag=Gift")).await.expect(200);
        let preview = preview.json();
        let changes = preview["preview"]["changes"].as_i64().unwrap();
        assert!(changes > 1, "{preview}");
        let row = &preview["preview"]["rows"][0];
        assert_eq!(
            (&row["before"]["tags"], &row["after"]["tags"]),
            (&json!([]), &json!(["Gift"]))
        );
        let body = json!({ "all": true, "what": "tag_add", "tag": "Gift" });
        let begun = program
            .send("POST", "/admin/products/bulk", Some(body))
            .await
            .expect(201)
            .json();
        let id = begun["id"].as_str().unwrap().to_owned();
        desk.work().await;
        let tagged = "/admin/products/bulk.json?all=1&what=tag_remove&tag=GIFT&preview=1";
        let tagged = program.get(tagged).await.expect(200).json();
        assert_eq!(tagged["preview"]["changes"], changes);
        assert_eq!(tagged["tags"], json!(["Gift"]), "tags in use are offered");

        let tea = desk.tea;
        let other = desk.ctx.write(async move |tx, ctx| {
            let identity = ProductIdentity::typed("", "", ["Gift", "New"]);
            product::update_identity(tx, ctx, tea, identity).await
        });
        other.await.unwrap();
        program
            .send(
                "POST",
                &format!("/admin/products/bulk/{id}/undo"),
                Some(json!({})),
            )
            .await
            .expect(200);
        desk.work().await;
        let edit = program
            .get(&format!("/admin/products/bulk/{id}.json"))
            .await
            .json();
        assert_eq!(
            (&edit["edit"]["kind"], &edit["undone"], &edit["kept"]),
            (&json!("tag"), &json!(changes - 1), &json!(1))
        );
        let page = desk.staff(Role::Operations).await;
        page.get("/admin/products/bulk?all=1&what=tag_add")
            .await
            .expect(200)
            .says(&["加上標籤", "name=\"tag\""]);
    });
}
