//! Collections and data sheets in the back office.

use kernel::Role;
use serde_json::{Value, json};

use crate::{
    desk::{Desk, Person, Program},
    pictures::picture,
};

/// Makes a collection by form and gives its path.
async fn made(staff: &Person<'_>, fields: &[(&str, &str)]) -> String {
    let done = staff.post("/admin/collections", fields).await.expect(303);
    let location = done.location().to_owned();
    location.split('?').next().unwrap().to_owned()
}

const TEAWARE: &[(&str, &str)] = &[
    ("form", "collection"),
    ("title[zh-Hant]", "茶器"),
    ("title[en]", "Teaware"),
    ("sheet[0][name][zh-Hant]", "容量"),
    ("sheet[0][name][en]", "Capacity"),
    ("sheet[0][kind]", "number"),
    ("sheet[0][unit][zh-Hant]", "毫升"),
    ("sheet[0][filterable]", "true"),
    ("sheet[2][name][zh-Hant]", "釉色"),
    ("sheet[2][code]", "glaze"),
    ("sheet[2][kind]", "choice"),
    (
        "sheet[2][choices]",
        "white: 白 / 白 / White\nceladon: 青 / 青 / Celadon",
    ),
    ("sheet[2][required]", "true"),
];

/// CAT-01, STF-02: a collection is made with its sheet, the sheet of a product in it is filled, a wrong value is said at
/// its field with everything that was typed, and the shopper's values come back as programs read them.
#[test]
fn a_sheet_is_defined_and_filled() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = made(&staff, TEAWARE).await;
        let shown = program
            .get(&format!("{path}.json"))
            .await
            .expect(200)
            .json();
        assert_eq!(shown["collection"]["handle"], "teaware");
        assert_eq!(shown["sheet"][0]["code"], "capacity");
        assert_eq!(shown["sheet"][1]["kind"], "choice");
        let id = shown["collection"]["id"].as_str().unwrap();
        let product = format!("/admin/products/{}", desk.draft);
        let place = json!({ "collections": [id] });
        program
            .send("PUT", &format!("{product}/collections"), Some(place))
            .await
            .expect(200);
        staff.get(&product).await.expect(200).says(&[
            "容量（毫升）",
            "釉色",
            "商品資料裡的必填欄位",
        ]);
        let wrong = [
            ("form", "sheet"),
            ("brand", "河岸陶坊"),
            ("tags", "手作，送禮"),
            ("attributes[capacity]", "很大"),
            ("attributes[glaze]", "celadon"),
        ];
        staff
            .post(&format!("{product}/sheet?_method=PUT"), &wrong)
            .await
            .expect(422)
            .says(&[
                "請填數字",
                "id=\"error-attributes.capacity\"",
                "value=\"很大\"",
                "value=\"河岸陶坊\"",
                "value=\"celadon\" selected",
            ]);
        let right: Vec<(&str, &str)> = wrong
            .into_iter()
            .map(|(name, value)| (name, if value == "很大" { "120" } else { value }))
            .collect();
        staff
            .post(&format!("{product}/sheet?_method=PUT"), &right)
            .await
            .expect(303);
        let sheet = program.get(&format!("{product}.json")).await.json()["sheet"].clone();
        assert_eq!(sheet["brand"], "河岸陶坊");
        assert_eq!(sheet["tags"], json!(["手作", "送禮"]));
        assert_eq!(sheet["lines"][0]["value"], "120");
        let exact = json!({ "tags": ["手作"], "attributes": { "capacity": 90, "glaze": "white" } });
        program
            .send("PUT", &format!("{product}/sheet"), Some(exact))
            .await
            .expect(200);
        let unknown = json!({ "attributes": { "colour": "blue" } });
        let refused = program
            .send("PUT", &format!("{product}/sheet"), Some(unknown))
            .await
            .expect(422)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/attributes/colour");
    });
}

/// STF-02: rules are looked at before they are saved, with everything typed still there; then products come in by
/// themselves, and nobody puts one in by hand.
#[test]
fn rules_are_tried_and_saved() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let fields = [
            ("form", "collection"),
            ("title[zh-Hant]", "六百元以下"),
            ("handle", "under-600"),
            ("rules[join]", "all"),
            ("rules[conditions][0][on]", "price_to"),
            ("rules[conditions][0][value]", "600"),
            ("rules[conditions][1][on]", "published_within"),
            ("rules[conditions][1][value]", "30"),
        ];
        staff
            .post("/admin/collections/preview", &fields)
            .await
            .expect(200)
            .says(&["會收錄", "value=\"under-600\"", "value=\"六百元以下\""]);
        assert_eq!(count(&program).await, 1, "a preview saves nothing");
        let mut wrong = fields;
        wrong[7] = ("rules[conditions][1][value]", "soon");
        staff
            .post("/admin/collections", &wrong)
            .await
            .expect(422)
            .says(&["這個條件還缺內容", "value=\"soon\""]);
        let path = made(&staff, &fields).await;
        let shown = program.get(&format!("{path}.json")).await.json();
        let members = shown["members"].as_array().unwrap();
        assert!(!members.is_empty());
        assert_eq!(shown["rules"]["conditions"][0]["on"], "price_to");
        let by_hand = json!({ "product": shown["members"][0]["handle"] });
        program
            .send("POST", &format!("{path}/members"), Some(by_hand))
            .await
            .expect(409);
    });
}

async fn count(program: &Program<'_>) -> usize {
    let list = program
        .get("/admin/collections.json")
        .await
        .expect(200)
        .json();
    list["items"].as_array().unwrap().len()
}

/// STF-02: whoever moves a member is told where it was, and the page that follows offers to take it back.
async fn moves_and_offers_the_way_back(staff: &Person<'_>, program: &Program<'_>, at: &str) {
    let next = staff.post(at, &[("place", "1")]).await;
    let shown = staff.get(next.location()).await.expect(200);
    shown.says(&["已移動「凍頂烏龍茶」", "移回第 1 個", "data-members"]);
    let body = json!({ "place": 1 });
    let moved = program.send("POST", at, Some(body)).await.expect(200);
    assert_eq!(moved.json()["was"], 1);
    let nowhere = json!({ "place": 0 });
    program.send("POST", at, Some(nowhere)).await.expect(422);
}

fn titles(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|c| c["handle"].as_str().unwrap())
        .collect()
}

/// STF-02: collections change places, are put away and taken back; members are put in by SKU, moved and taken out; who
/// may only read changes nothing.
#[test]
fn collections_are_kept_in_order() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = made(
            &staff,
            &[
                ("form", "collection"),
                ("title[zh-Hant]", "新品"),
                ("handle", "fresh"),
            ],
        )
        .await;
        staff
            .post(&format!("{path}/place"), &[("place", "1")])
            .await
            .expect(303);
        let list = program.get("/admin/collections.json").await.json();
        assert_eq!(titles(&list)[0], "fresh");
        let skus = program
            .get(&format!("/admin/products/{}.json", desk.tea))
            .await
            .json();
        let sku = skus["variants"][0]["sku"].as_str().unwrap();
        for word in [sku, "no-such-thing"] {
            let expected = if word == sku { 303 } else { 422 };
            staff
                .post(
                    &format!("{path}/members"),
                    &[("form", "member"), ("product", word)],
                )
                .await
                .expect(expected);
        }
        let members = program.get(&format!("{path}.json")).await.json();
        assert_eq!(members["members"][0]["id"], desk.tea.to_string());
        moves_and_offers_the_way_back(
            &staff,
            &program,
            &format!("{path}/members/{}/place", desk.tea),
        )
        .await;
        staff
            .post(&format!("{path}/members/{}?_method=DELETE", desk.tea), &[])
            .await
            .expect(303);
        assert_eq!(
            program.get(&format!("{path}.json")).await.json()["member_count"],
            0
        );
        staff
            .post(&format!("{path}/archive"), &[])
            .await
            .expect(303);
        let list = program.get("/admin/collections.json").await.json();
        assert!(!titles(&list).contains(&"fresh"));
        let away = program.get("/admin/collections.json?tab=archived").await;
        assert_eq!(away.expect(200).json()["items"][0]["handle"], "fresh");
        staff.get(&path).await.expect(200).says(&["已封存", "還原"]);
        staff
            .post(&format!("{path}/archive?_method=DELETE"), &[])
            .await
            .expect(303);
        let reader = desk.staff(Role::Warehouse).await;
        reader.get(&path).await.expect(200);
        reader
            .post(&format!("{path}/archive"), &[])
            .await
            .expect(403);
    });
}

/// STF-01, A14: a collection's picture is sent as a file, checked, made anew and shown, and outlives a change of its words;
/// what is none is said at its field, and it is taken out again. The collection of somebody's imagination has none.
#[test]
fn a_collection_has_a_picture() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = made(&staff, TEAWARE).await;
        let at = format!("{path}/picture?_method=PUT");
        let read = async || {
            let shown = program.get(&format!("{path}.json")).await.expect(200);
            shown.json()
        };
        let bad = [("picture", Some("x.webp"), &b"<svg onload=alert(1)>"[..])];
        staff
            .upload(&at, &bad)
            .await
            .expect(422)
            .says(&["id=\"picture\"", "x.webp"]);
        assert_eq!(read().await["image_url"], Value::Null);
        let bytes = picture(90, 600, 400);
        let good = [("picture", Some("茶器.webp"), &bytes[..])];
        staff.upload(&at, &good).await.expect(303);
        let shown = read().await;
        let key = shown["image_key"].as_str().unwrap().to_owned();
        assert!(shown["image_url"].as_str().unwrap().contains("/media/"));
        let mut renamed = TEAWARE.to_vec();
        renamed.push(("image_key", &key));
        renamed[2].1 = "Tea ware";
        renamed.push(("handle", "teaware"));
        staff
            .post(&format!("{path}?_method=PUT"), &renamed)
            .await
            .expect(303);
        assert_eq!(read().await["image_key"], key);
        let nowhere = format!("/admin/collections/{}/picture", kernel::CollectionId::new());
        program
            .send("DELETE", &nowhere, Some(json!({})))
            .await
            .expect(404);
        staff
            .post(&format!("{path}/picture?_method=DELETE"), &[])
            .await
            .expect(303);
        assert_eq!(read().await["image_key"], Value::Null);
    });
}
