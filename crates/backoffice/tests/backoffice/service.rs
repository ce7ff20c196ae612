//! Descriptions, questions, after-sales terms, plans and tax classes in the back office.

use kernel::Role;
use serde_json::json;

use crate::desk::Desk;

/// A17, CAT-06: a description is cleaned when it is written, by form and by program; what is allowed stays, and the page
/// that shows it to the staff shows it as text.
#[test]
fn a_description_is_cleaned() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = format!("/admin/products/{}", desk.tea);
        let typed = "<h2>用途</h2><p onclick=\"x\">泡茶<script>alert(1)</script></p><img src=\"https://x.example/a.png\">";
        let fields = [
            ("form", "texts"),
            ("title[zh-Hant]", "凍頂烏龍茶"),
            ("description[zh-Hant]", typed),
            ("description[en]", "Plain & simple.\n\nTwo parts."),
        ];
        staff
            .post(&format!("{path}/texts?_method=PUT"), &fields)
            .await
            .expect(303);
        let shown = program.get(&format!("{path}.json")).await.json();
        assert_eq!(shown["texts"][0]["description"], "<h2>用途</h2><p>泡茶</p>");
        assert_eq!(
            shown["texts"][2]["description"],
            "<p>Plain &amp; simple.</p>\n<p>Two parts.</p>"
        );
        staff
            .get(&path)
            .await
            .expect(200)
            .says(&["&lt;h2&gt;用途&lt;/h2&gt;&lt;p&gt;泡茶&lt;/p&gt;"]);
        staff
            .get(&format!("/admin/products/{}?outline=1", desk.draft))
            .await
            .expect(200)
            .says(&["它能為你做什麼", "What it does for you"]);
    });
}

/// STF-19: selling points are a few lines in each language at the top of the product's page; too many are refused with
/// everything typed. Whoever talks to customers says that the words are plain, and again after they changed.
#[test]
fn a_page_speaks_as_its_customers() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let members = desk.staff(Role::Members).await;
        let path = format!("/admin/products/{}", desk.tea);
        let write = format!("{path}/selling-points?_method=PUT");
        let many = "一\n二\n三\n四\n五\n六";
        let fields = [
            ("form", "selling_points"),
            ("selling_points[zh-Hant]", many),
        ];
        let refused = staff.post(&write, &fields).await;
        refused.expect(409).says(&["四\n五\n六</textarea>"]);
        let long = "長".repeat(81);
        let fields = [("form", "selling_points"), ("selling_points[en]", &*long)];
        staff.post(&write, &fields).await.expect(409).says(&[&long]);
        let fields = [
            ("form", "selling_points"),
            ("selling_points[zh-Hant]", " 冷泡也好喝 \n\n一包剛好一杯"),
            ("selling_points[en]", "Good cold too"),
        ];
        staff.post(&write, &fields).await.expect(303);
        let read = async || {
            let program = desk.program(Role::Members).await;
            program.get(&format!("{path}.json")).await.json()["service"].clone()
        };
        let kept = read().await;
        assert_eq!(
            kept["selling_points"],
            json!({ "zh-Hant": "冷泡也好喝\n一包剛好一杯", "en": "Good cold too" })
        );
        assert!(
            kept["read_at"].is_null() && kept["can_judge"] == true,
            "{kept}"
        );

        let plain = format!("{path}/plain-words");
        staff.post(&plain, &[]).await.expect(403);
        members.post(&plain, &[]).await.expect(303);
        assert!(!read().await["read_at"].is_null());
        members
            .get(&path)
            .await
            .expect(200)
            .says(&["以顧客的眼光讀過"]);
        let words = [("form", "texts"), ("title[zh-Hant]", "凍頂")];
        staff
            .post(&format!("{path}/texts?_method=PUT"), &words)
            .await
            .expect(303);
        assert!(read().await["read_at"].is_null());
    });
}

/// STF-25: questions are kept in order, half a question is said at its place with everything typed, an empty row goes.
#[test]
fn questions_are_kept_in_order() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = format!("/admin/products/{}", desk.tea);
        let fields = [
            ("form", "faq"),
            ("faq[0][question][zh-Hant]", "可以冷泡嗎？"),
            ("faq[0][answer][zh-Hant]", "可以。"),
            ("faq[1][question][zh-Hant]", "放多久？"),
            ("faq[1][answer][zh-Hant]", "兩年。"),
            ("faq[1][place]", "1"),
        ];
        let half = [&fields[..4], &[("faq[1][place]", "2")]].concat();
        staff
            .post(&format!("{path}/faq?_method=PUT"), &half)
            .await
            .expect(422)
            .says(&["問題和答案要一起寫", "id=\"error-faq.1\"", "可以冷泡嗎？"]);
        staff
            .post(&format!("{path}/faq?_method=PUT"), &fields)
            .await
            .expect(303);
        let faq = program.get(&format!("{path}.json")).await.json()["service"]["faq"].clone();
        assert_eq!(faq[0]["question"]["zh-Hant"], "放多久？");
        assert_eq!(faq.as_array().unwrap().len(), 2);
        let none = json!({ "faq": [] });
        program
            .send("PUT", &format!("{path}/faq"), Some(none))
            .await
            .expect(200);
        let many: Vec<_> = (0..31)
            .map(|n| json!({ "question": { "en": format!("q{n}") }, "answer": { "en": "a" } }))
            .collect();
        program
            .send("PUT", &format!("{path}/faq"), Some(json!({ "faq": many })))
            .await
            .expect(409);
    });
}

/// CAT-07: the shop decides its terms once, a product says what differs; only who may change settings changes the
/// shop's.
#[test]
fn terms_hold_after_the_sale() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let program = desk.program(Role::Owner).await;
        let terms = [
            ("form", "after_sales"),
            ("exchange_days", "15"),
            ("warranty_months", "1"),
            ("return_cost", "depends"),
            ("return_conditions[zh-Hant]", "未拆封"),
        ];
        owner
            .post("/admin/after-sales?_method=PUT", &terms)
            .await
            .expect(303);
        let path = format!("/admin/products/{}", desk.tea);
        let too_long = json!({ "warranty_months": 9_999 });
        let refused = program
            .send("PUT", &format!("{path}/after-sales"), Some(too_long))
            .await
            .expect(409)
            .json();
        assert_eq!(refused["errors"][0]["pointer"], "/warranty_months");
        let own = json!({ "return_days": 0 });
        program
            .send("PUT", &format!("{path}/after-sales"), Some(own))
            .await
            .expect(200);
        let service = program.get(&format!("{path}.json")).await.json()["service"].clone();
        assert_eq!(service["terms"]["return_days"], 0);
        assert_eq!(service["defaults"]["exchange_days"], 15);
        owner
            .get(&path)
            .await
            .expect(200)
            .says(&["售後保障", "全店：15"]);
        let staff = desk.staff(Role::Promotion).await;
        staff.get("/admin/after-sales").await.expect(200);
        staff
            .post("/admin/after-sales?_method=PUT", &terms)
            .await
            .expect(403);
    });
}

/// CAT-01: times are typed in the shop's zone and shown in it; one that has passed is said at its field.
#[test]
fn a_product_is_planned() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let staff = desk.staff(Role::Promotion).await;
        let program = desk.program(Role::Promotion).await;
        let path = format!("/admin/products/{}", desk.tea);
        let past = [("form", "plan"), ("unpublish_at", "2020-01-01T10:00")];
        staff
            .post(&format!("{path}/plan?_method=PUT"), &past)
            .await
            .expect(409)
            .says(&["時間要在現在之後", "value=\"2020-01-01T10:00\""]);
        let soon = [("form", "plan"), ("unpublish_at", "2030-06-01T10:00")];
        staff
            .post(&format!("{path}/plan?_method=PUT"), &soon)
            .await
            .expect(303);
        let terms = program.get(&format!("{path}.json")).await.json()["terms"].clone();
        assert_eq!(terms["unpublish_local"], "2030-06-01T10:00");
        staff
            .get("/admin/products")
            .await
            .expect(200)
            .says(&["2030"]);
        let exact = json!({ "unpublish_at": "soon" });
        program
            .send("PUT", &format!("{path}/plan"), Some(exact))
            .await
            .expect(422);
    });
}

/// O1: tax classes are decided by who may change settings; a product is put into one of them and into no other.
#[test]
fn a_product_has_a_tax_class() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let program = desk.program(Role::Owner).await;
        let classes = [
            ("form", "tax_classes"),
            ("classes[0][code]", "reduced"),
            ("classes[0][percent]", "2.5"),
            ("classes[0][name][zh-Hant]", "優惠稅率"),
        ];
        owner
            .post("/admin/tax-classes?_method=PUT", &classes)
            .await
            .expect(303);
        let mut wrong = classes;
        wrong[2] = ("classes[0][percent]", "much");
        owner
            .post("/admin/tax-classes?_method=PUT", &wrong)
            .await
            .expect(422)
            .says(&["請填 0 以上", "value=\"much\""]);
        let path = format!("/admin/products/{}", desk.tea);
        for (class, status) in [("reduced", 200), ("zero", 422), ("standard", 200)] {
            program
                .send(
                    "PUT",
                    &format!("{path}/tax-class"),
                    Some(json!({ "tax_class": class })),
                )
                .await
                .expect(status);
        }
        let staff = desk.staff(Role::Promotion).await;
        staff
            .post("/admin/tax-classes?_method=PUT", &classes)
            .await
            .expect(403);
    });
}
