//! Pages made of blocks in the back office.

use kernel::Role;
use serde_json::{Value, json};

use crate::{
    desk::{Desk, Person, Program},
    pictures::picture,
};

/// Makes a landing page by form and gives its path.
async fn made(staff: &Person<'_>) -> String {
    let fields = [
        ("form", "page"),
        ("kind", "landing"),
        ("title[zh-Hant]", "下午的凍頂"),
        ("title[en]", "Afternoon Dongding"),
    ];
    let done = staff.post("/admin/pages", &fields).await.expect(303);
    done.location().split('?').next().unwrap().to_owned()
}

async fn page(program: &Program<'_>, path: &str) -> Value {
    program
        .get(&format!("{path}.json"))
        .await
        .expect(200)
        .json()
}

fn kinds(page: &Value) -> Vec<&str> {
    let blocks = page["blocks"].as_array().unwrap();
    blocks.iter().map(|b| b["kind"].as_str().unwrap()).collect()
}

/// STF-01, STF-20: a page begins with what its kind needs; blocks are added, moved, hidden, removed and brought back by
/// plain forms, and a program sees the same.
#[test]
fn a_page_is_arranged() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = made(&staff).await;
        let begun = page(&program, &path).await;
        assert_eq!(begun["handle"], "afternoon-dongding");
        assert_eq!(
            kinds(&begun),
            ["picture", "promises", "proof", "buy", "elsewhere"]
        );
        assert_eq!(begun["url"], Value::Null);
        let next = staff
            .post(
                &format!("{path}/blocks"),
                &[("kind", "faq"), ("place", "1")],
            )
            .await;
        assert!(
            next.location().contains("?open=b6#b6"),
            "{}",
            next.location()
        );
        staff
            .post(&format!("{path}/blocks/b6/place"), &[("place", "3")])
            .await
            .expect(303);
        staff
            .post(&format!("{path}/blocks/b2/hiding"), &[])
            .await
            .expect(303);
        staff
            .post(&format!("{path}/blocks/b3?_method=DELETE"), &[])
            .await
            .expect(303);
        let shown = page(&program, &path).await;
        assert_eq!(
            kinds(&shown),
            ["picture", "promises", "faq", "buy", "elsewhere"]
        );
        assert_eq!(shown["blocks"][1]["hidden"], true);
        staff
            .get(&path)
            .await
            .expect(200)
            .says(&["隱藏中", "先前的草稿"]);
        staff.post(&format!("{path}/undo"), &[]).await.expect(303);
        assert_eq!(kinds(&page(&program, &path).await).len(), 6);
        let first = page(&program, &path).await["versions"][0]["revision"].clone();
        staff
            .post(&format!("{path}/versions/{first}"), &[])
            .await
            .expect(303);
        program
            .send(
                "POST",
                &format!("{path}/blocks/b99/place"),
                Some(json!({ "place": 1 })),
            )
            .await
            .expect(404);
        program
            .send(
                "POST",
                &format!("{path}/blocks"),
                Some(json!({ "kind": "banner" })),
            )
            .await
            .expect(422);
    });
}

/// A17: a block is written by form with its goods by SKU; what is wrong is said at its field with everything typed; text
/// with structure is cleaned.
#[test]
fn a_block_is_written() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let program = desk.program(Role::Owner).await;
        let path = made(&staff).await;
        let at = format!("{path}/blocks/b5?_method=PUT");
        let wrong = [
            ("form", "b5"),
            ("title[zh-Hant]", "不合口味？"),
            ("items[0][product]", "no-such-thing"),
            ("asks", "on"),
        ];
        staff.post(&at, &wrong).await.expect(422).says(&[
            "value=\"不合口味？\"",
            "value=\"no-such-thing\"",
            "id=\"error-items.0.product\"",
        ]);
        let product = page(&program, &format!("/admin/products/{}", desk.tea)).await;
        let sku = product["variants"][0]["sku"].as_str().unwrap();
        let mut right = wrong;
        right[2] = ("items[0][product]", sku);
        staff.post(&at, &right).await.expect(303);
        let shown = page(&program, &path).await;
        assert_eq!(shown["blocks"][4]["label"], "不合口味？");
        assert!(shown["blocks"][4]["items"][0]["product"].is_string());
        let offer = json!({ "variant": sku, "action": { "zh-Hant": "帶一罐" } });
        program
            .send("PUT", &format!("{path}/blocks/b4"), Some(offer))
            .await
            .expect(200);
        assert_eq!(page(&program, &path).await["blocks"][3]["variant"], sku);
        let link = json!({ "url": "javascript:alert(1)" });
        let refused = program
            .send("PUT", &format!("{path}/blocks/b1"), Some(link))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/url");
        let text = json!({ "kind": "rich_text" });
        program
            .send("POST", &format!("{path}/blocks"), Some(text))
            .await
            .expect(201);
        let written =
            json!({ "text": { "zh-Hant": "<p onclick=\"x\">茶</p><script>alert(1)</script>" } });
        program
            .send("PUT", &format!("{path}/blocks/b6"), Some(written))
            .await
            .expect(200);
        let shown = page(&program, &path).await;
        assert_eq!(shown["blocks"][5]["text"]["zh-Hant"], "<p>茶</p>");
        let unknown = json!({ "countdown": "2026-12-01" });
        program
            .send("PUT", &format!("{path}/blocks/b6"), Some(unknown))
            .await
            .expect(422);
    });
}

/// Only the draft that was seen is published; a page is taken off, a draft that nobody read is removed, the home page
/// stays.
#[test]
fn a_page_is_published() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let program = desk.program(Role::Owner).await;
        let path = made(&staff).await;
        let publish = format!("{path}/publication");
        program
            .send("POST", &publish, Some(json!({ "revision": 99 })))
            .await
            .expect(409);
        let revision = page(&program, &path).await["revision"].to_string();
        staff
            .post(&publish, &[("revision", &revision)])
            .await
            .expect(303);
        let shown = page(&program, &path).await;
        assert_eq!(shown["url"], "/pages/afternoon-dongding");
        assert_eq!(
            (&shown["changed"], &shown["removable"]),
            (&json!(false), &json!(false))
        );
        let opened = program
            .send("POST", &format!("{path}/preview"), Some(json!({})))
            .await
            .expect(201)
            .json();
        assert!(opened["url"].as_str().unwrap().starts_with("/preview/"));
        program
            .send("DELETE", &publish, Some(json!({})))
            .await
            .expect(200);
        program
            .send("DELETE", &path, Some(json!({})))
            .await
            .expect(409);
        let home = program.get("/admin/pages.json").await.expect(200).json();
        let home = format!("/admin/pages/{}", home["items"][0]["id"].as_str().unwrap());
        program
            .send("DELETE", &format!("{home}/publication"), Some(json!({})))
            .await
            .expect(409);
        let links = json!({ "header": true, "footer": false });
        program
            .send("PUT", &format!("{path}/links"), Some(links))
            .await
            .expect(200);
        program
            .send(
                "POST",
                &format!("{path}/place"),
                Some(json!({ "place": 1 })),
            )
            .await
            .expect(200);
        let list = program.get("/admin/pages.json").await.json();
        assert_eq!(list["items"][1]["handle"], "afternoon-dongding");
        assert_eq!(list["items"][1]["in_header"], true);
        staff
            .get("/admin/pages")
            .await
            .expect(200)
            .says(&["首頁", "下午的凍頂", "購物指南"]);
        let reader = desk.staff(Role::Service).await;
        reader.get(&path).await.expect(200);
        reader.post(&publish, &[]).await.expect(403);
    });
}

/// A14: a block's picture is checked, made anew and shown; one that is none is said at the page.
#[test]
fn a_block_has_a_picture() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let program = desk.program(Role::Owner).await;
        let path = made(&staff).await;
        let at = format!("{path}/blocks/b1/picture");
        let bytes = picture(90, 600, 400);
        let bad = [("picture", Some("x.webp"), &b"<svg onload=alert(1)>"[..])];
        staff.upload(&at, &bad).await.expect(422);
        let good = [("picture", Some("茶.webp"), &bytes[..])];
        staff.upload(&at, &good).await.expect(303);
        let shown = page(&program, &path).await;
        assert!(
            shown["blocks"][0]["image_url"].is_string(),
            "{}",
            shown["blocks"][0]
        );
        let without = json!({ "without_picture": true, "title": { "zh-Hant": "茶" } });
        program
            .send("PUT", &format!("{path}/blocks/b1"), Some(without))
            .await
            .expect(200);
        let shown = page(&program, &path).await;
        assert_eq!(shown["blocks"][0]["image_url"], Value::Null);
    });
}

/// STF-20: a page gets another address by form or by program; what is taken is said at the field with what was typed.
#[test]
fn a_page_gets_another_address() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = made(&staff).await;
        program
            .send("POST", &format!("{path}/publication"), Some(json!({})))
            .await
            .expect(200);
        let at = format!("{path}/address?_method=PUT");
        let taken = [("form", "address"), ("handle", "returns")];
        staff.post(&at, &taken).await.expect(422).says(&[
            "value=\"returns\"",
            "id=\"error-handle\"",
            "已經有頁面用這個網址了",
        ]);
        let fits = [("form", "address"), ("handle", " dongding ")];
        staff.post(&at, &fits).await.expect(303);
        let shown = page(&program, &path).await;
        assert_eq!(shown["handle"], "dongding");
        assert_eq!(shown["url"], "/pages/dongding");
        assert_eq!(shown["former_handles"], json!(["afternoon-dongding"]));
        staff
            .get(&path)
            .await
            .expect(200)
            .says(&["/pages/afternoon-dongding"]);
        let refused = program
            .send(
                "PUT",
                &format!("{path}/address"),
                Some(json!({ "handle": "Not this" })),
            )
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/handle");
        program
            .send(
                "PUT",
                &format!("{path}/address"),
                Some(json!({ "handle": "afternoon-dongding" })),
            )
            .await
            .expect(200);
    });
}
