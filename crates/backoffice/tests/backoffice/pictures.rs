//! Pictures of a product and the film about it, as people and programs handle them.

use kernel::Role;
use platform::pictures as sizes;
use serde_json::{Value, json};

use crate::desk::Desk;

/// A picture of one colour.
pub(crate) fn picture(shade: u8, width: u32, height: u32) -> Vec<u8> {
    let rgba = [shade, 90, 60, 255].repeat(usize::try_from(width * height).unwrap());
    let image = webp_rust::ImageBuffer {
        width: usize::try_from(width).unwrap(),
        height: usize::try_from(height).unwrap(),
        rgba,
    };
    let config = webp_rust::LossyEncodingConfig::default();
    webp_rust::encode_lossy_with_config(&image, &config, None).unwrap()
}

async fn pictures(desk: &Desk) -> Vec<Value> {
    let path = format!("/admin/products/{}.json", desk.tea);
    let page = desk
        .program(Role::Owner)
        .await
        .get(&path)
        .await
        .expect(200)
        .json();
    page["pictures"].as_array().unwrap().clone()
}

/// A14, STF-12: several pictures at once by a form without a script; their sizes are made by a job, once for each.
#[test]
fn pictures_are_added_by_a_plain_form() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let at = format!("/admin/products/{}/pictures", desk.tea);
        let (front, leaves) = (picture(200, 1_000, 1_000), picture(20, 900, 900));
        let small = desk.small.to_string();
        let form = [
            ("form", None, &b"pictures"[..]),
            ("variant_id", None, small.as_bytes()),
            ("pictures", Some("正面.webp"), &front[..]),
            ("pictures", Some("茶葉.webp"), &leaves[..]),
        ];
        let next = staff.upload(&at, &form).await;
        assert_eq!(
            next.location(),
            format!("/admin/products/{}#pictures", desk.tea)
        );
        let set = pictures(&desk).await;
        assert_eq!(set.len(), 3, "behind the one that was there");
        assert_eq!(set[1]["variant_id"], json!(desk.small));
        assert_eq!(set[1]["hints"], json!(["no_alt"]));
        let key = set[1]["url"]
            .as_str()
            .unwrap()
            .trim_start_matches("/media/")
            .to_owned();
        assert!(!desk.files.has(&sizes::sized(&key, 320)));
        desk.work().await;
        for (size, _) in sizes::sizes(&key, 1_000) {
            assert!(desk.files.has(&size), "{size}");
        }
        // The same picture again is another picture of the set, and no more work.
        staff.upload(&at, &form[2..3]).await.location();
        let jobs = desk.ctx.read(async |rx, _| {
            let sql = "SELECT COUNT(*) AS n FROM jobs WHERE kind = 'pictures.sizes'";
            rx.one(sql, &[]).await?.get::<i64>("n")
        });
        assert_eq!(jobs.await.unwrap(), 2);
        staff
            .get(&format!("/admin/products/{}", desk.tea))
            .await
            .expect(200)
            .says(&[&sizes::sized(&key, 320), "1,000 × 1,000", "還沒有說明文字"]);
    });
}

/// A14: what is no picture is said by name and reason, and the others of the form are taken all the same.
#[test]
fn one_bad_picture_holds_up_no_other() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let at = format!("/admin/products/{}/pictures", desk.tea);
        let good = picture(200, 900, 900);
        let torn = &good[..good.len() / 2];
        let form = [
            ("form", None, &b"pictures"[..]),
            ("pictures", Some("好.webp"), &good[..]),
            ("pictures", Some("壞.webp"), torn),
            (
                "pictures",
                Some("logo.svg"),
                &b"<svg xmlns='x'><script>1</script></svg>"[..],
            ),
        ];
        let page = staff.upload(&at, &form).await.expect(422);
        page.says(&[
            "已加入 1 張，有 2 張不能使用",
            "「壞.webp」不完整",
            "「logo.svg」是 SVG",
        ]);
        assert_eq!(pictures(&desk).await.len(), 2);
        let program = desk.program(Role::Owner).await;
        let told = program.upload(&at, &form[1..]).await.expect(201).json();
        assert_eq!(told["added"].as_array().unwrap().len(), 1);
        assert_eq!(
            told["refused"],
            json!([{ "name": "壞.webp", "code": "picture-torn" }, { "name": "logo.svg", "code": "picture-svg" }])
        );
        let none = program.upload(&at, &form[3..]).await.expect(422).json();
        assert_eq!(none["errors"][0]["code"], "picture-svg");
        program.upload(&at, &[]).await.expect(422);
        let nowhere = "/admin/products/product_00000000000000000000000000/pictures";
        program.upload(nowhere, &form[1..2]).await.expect(404);
        let packer = desk.program(Role::Warehouse).await;
        packer.upload(&at, &form[1..2]).await.expect(403);
    });
}

/// STF-12: words in three languages, another place, taken out and put back to where it was.
#[test]
fn pictures_are_described_ordered_and_put_back() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let program = desk.program(Role::Owner).await;
        let at = format!("/admin/products/{}/pictures", desk.tea);
        let two = [picture(1, 900, 900), picture(90, 900, 900)];
        let form: Vec<_> = two
            .iter()
            .map(|p| ("pictures", Some("a.webp"), &p[..]))
            .collect();
        program.upload(&at, &form).await.expect(201);
        let id = |set: &[Value], place: usize| set[place]["id"].as_str().unwrap().to_owned();
        let set = pictures(&desk).await;
        let last = id(&set, 2);
        let words = [
            ("form", &last[..]),
            ("alt[zh-Hant]", "茶罐正面"),
            ("alt[en]", "Front of the tin"),
            ("variant_id", &desk.small.to_string()),
        ];
        staff
            .post(&format!("{at}/{last}?_method=PUT"), &words)
            .await
            .location();
        staff
            .post(&format!("{at}/{last}?_method=PATCH"), &[("place", "1")])
            .await
            .location();
        let set = pictures(&desk).await;
        assert_eq!((id(&set, 0), &set[0]["hints"]), (last.clone(), &json!([])));
        assert_eq!(
            set[0]["alts"][2],
            json!({ "locale": "en", "text": "Front of the tin" })
        );
        staff
            .post(&format!("{at}/{last}?_method=DELETE"), &[])
            .await
            .location();
        assert_eq!(pictures(&desk).await.len(), 2);
        let back = format!("/admin/products/{}/removed-pictures/{last}", desk.tea);
        staff
            .get(&format!("/admin/products/{}", desk.tea))
            .await
            .says(&["最近移除的圖片", &back]);
        staff.post(&back, &[]).await.location();
        let set = pictures(&desk).await;
        assert_eq!((set.len(), id(&set, 0)), (3, last.clone()));
    });
}

/// A1: somebody else's variant, a picture of another product, and a place that is none; what was typed is kept.
#[test]
fn pictures_belong_to_their_product() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let program = desk.program(Role::Owner).await;
        let at = format!("/admin/products/{}/pictures", desk.tea);
        let mine = pictures(&desk).await[0]["id"].as_str().unwrap().to_owned();
        let other = json!({ "alt": {}, "variant_id": desk.cup });
        program
            .send("PUT", &format!("{at}/{mine}"), Some(other))
            .await
            .expect(404);
        let elsewhere = format!("/admin/products/{}/pictures/{mine}", desk.draft);
        for (method, body) in [("PATCH", json!({ "place": 1 })), ("DELETE", json!({}))] {
            program
                .send(method, &elsewhere, Some(body))
                .await
                .expect(404);
        }
        let nowhere = json!({ "place": "first" });
        let told = program
            .send("PATCH", &format!("{at}/{mine}"), Some(nowhere))
            .await
            .expect(422);
        assert_eq!(told.json()["errors"][0]["pointer"], "/place");
        let staff = desk.staff(Role::Owner).await;
        let long = "字".repeat(301);
        let too_long = [("form", &mine[..]), ("alt[zh-Hant]", &long[..])];
        let page = staff
            .post(&format!("{at}/{mine}?_method=PUT"), &too_long)
            .await;
        page.expect(409).says(&[&long]);
    });
}

/// TRF-18: the film about a product is a link that is understood; another one is refused with what was typed.
#[test]
fn a_film_is_linked() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Owner).await;
        let at = format!("/admin/products/{}/video?_method=PUT", desk.tea);
        let page = format!("/admin/products/{}.json", desk.tea);
        let program = desk.program(Role::Owner).await;
        let film = async || program.get(&page).await.json()["video"].clone();
        staff
            .post(
                &at,
                &[
                    ("form", "video"),
                    ("url", "https://youtu.be/dQw4w9WgXcQ?si=x"),
                ],
            )
            .await
            .location();
        assert_eq!(
            film().await,
            json!({ "player": "youtube", "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ" })
        );
        let wrong = [("form", "video"), ("url", "https://tea.example/watch")];
        staff
            .post(&at, &wrong)
            .await
            .expect(409)
            .says(&["https://tea.example/watch", "這不是認得的影片網址"]);
        staff
            .post(&at, &[("form", "video"), ("url", "")])
            .await
            .location();
        assert_eq!(film().await, Value::Null);
    });
}
