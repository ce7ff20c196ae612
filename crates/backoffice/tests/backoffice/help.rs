//! The manual inside the back office.

use kernel::Role;
use serde_json::json;

use crate::desk::Desk;

/// STF-24: whoever is signed in reads the chapter that fits a page, in their language, as a page and as data.
#[test]
fn the_manual_is_read_where_it_is_needed() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let person = desk.staff(Role::Warehouse).await;
        person
            .get("/admin")
            .await
            .expect(200)
            .says(&["href=\"/admin/help?at=", "這一頁的說明"]);
        person
            .get("/admin/help?at=%2Fadmin%2Fshipping%3Ftab%3Dtoday")
            .await
            .expect(200)
            .says(&["揀貨與出貨", "href=\"/admin/delays\"", "上一章"]);
        person
            .get("/admin/help/shipping?lang=en")
            .await
            .expect(200)
            .says(&["Picking and shipping", "On this page"]);
        let program = desk.program(Role::Warehouse).await;
        let chapter = program
            .get("/admin/help/shipping.json")
            .await
            .expect(200)
            .json();
        assert_eq!(chapter["page"], "shipping");
        assert_eq!(chapter["language"], "en");
        assert!(chapter["sections"].as_array().unwrap().len() > 2);
        let contents = program.get("/admin/help.json").await.expect(200).json();
        assert_eq!(contents["page"], json!(null));
        assert_eq!(contents["later"]["page"], "first-day");
        let anywhere = program
            .get("/admin/help.json?at=/admin/no-such-page")
            .await
            .expect(200)
            .json();
        assert_eq!(anywhere["page"], json!(null));
    });
}

/// STF-24: words are found with the part in which they stand; what stands nowhere says so.
#[test]
fn words_are_found_in_the_manual() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let person = desk.staff(Role::Service).await;
        person
            .get("/admin/help?q=%E6%9A%AB%E6%94%B6%E6%AC%BE")
            .await
            .expect(200)
            .says(&["暫收款", "href=\"/admin/help/money#"]);
        person
            .get("/admin/help?q=zzzz")
            .await
            .expect(200)
            .says(&["手冊裡沒有「zzzz」"]);
    });
}

/// A chapter that is not there, and a picture that is none of the manual's.
#[test]
fn what_is_not_in_the_manual_is_not_found() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let person = desk.staff(Role::Owner).await;
        person.get("/admin/help/no-such-chapter").await.expect(404);
        person
            .get("/admin/help/pictures/en/no-such.webp")
            .await
            .expect(404);
        person
            .get("/admin/help/pictures/fr/home.webp")
            .await
            .expect(404);
        let picture = person
            .get("/admin/help/pictures/en/home.webp")
            .await
            .expect(200);
        assert_eq!(picture.header("content-type"), "image/webp");
    });
}
