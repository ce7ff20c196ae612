//! Forgetting a customer, as its owner and a program do it.

use kernel::{CustomerId, OrderId, Role};
use operations::flows::end_order;
use orders::PaymentMethod;
use serde_json::json;

use crate::desk::Desk;

/// An order, and who placed it.
async fn bought(desk: &Desk) -> (OrderId, CustomerId) {
    let order = desk.buys(desk.cup, 1, PaymentMethod::BankTransfer).await;
    let read = desk.ctx.read(async move |rx, _| {
        Ok::<_, operations::FlowError>(orders::order::by_id(rx, order).await?)
    });
    (order, read.await.unwrap().customer_id.unwrap())
}

/// GOV-10, A8: the page says what goes and what stays, an open order keeps the customer, only the word on the page lets
/// them go; afterwards their page names nobody, and one row of the audit log says who did it, without the data.
#[test]
fn a_customer_is_forgotten_by_a_word() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let owner = desk.staff(Role::Owner).await;
        let (order, id) = bought(&desk).await;
        desk.work().await;
        let page = format!("/admin/customers/{id}/erase");
        owner.get(&page).await.expect(200).says(&[
            "目前還不能清除",
            "這些訂單還沒結束",
            "王小明",
            "依法保存至",
        ]);
        let refused = owner.post(&page, &[("confirm", "清除")]).await;
        refused.expect(409).says(&["這些訂單還沒結束"]);
        end_order::cancel(&desk.ctx, order, "customer_request")
            .await
            .unwrap();
        desk.work().await;
        owner
            .post(&page, &[("confirm", "好")])
            .await
            .expect(422)
            .says(&["請輸入畫面上的字"]);
        let done = owner.post(&page, &[("confirm", " 清除 ")]).await;
        assert_eq!(done.location(), format!("/admin/customers/{id}"));
        let shown = owner.get(&format!("/admin/customers/{id}")).await;
        let shown = shown.expect(200).says(&["已清除的顧客", "已清除個人資料"]);
        for gone in ["王小明", "reader@shop.test", "0912345678", "茶香路"] {
            assert!(!shown.body.contains(gone), "{gone}");
        }
        owner
            .get(&format!("/admin/orders/{order}"))
            .await
            .expect(200);
        owner.get("/admin/customers").await.expect(200);
        let program = desk.program(Role::Owner).await;
        let log = program.get(&format!("/admin/audit.json?object={id}")).await;
        let log = log.expect(200).json();
        let rows = log["items"].as_array().unwrap();
        let acts: Vec<_> = rows
            .iter()
            .filter(|row| row["permission"] == "customers.erase")
            .collect();
        assert_eq!(acts.len(), 1, "{rows:?}");
        assert_eq!(acts[0]["fields"], json!(["confirm"]));
        assert!(!log.to_string().contains("王小明"));
    });
}

/// A1, A4, GOV-10: forgetting needs a permission of its own; a program does it with the word in any language; who is not
/// there cannot be forgotten.
#[test]
fn forgetting_has_a_permission_of_its_own() {
    testkit::run(async |world| {
        let desk = Desk::open(world).await;
        let (order, id) = bought(&desk).await;
        end_order::cancel(&desk.ctx, order, "customer_request")
            .await
            .unwrap();
        desk.work().await;
        let page = format!("/admin/customers/{id}/erase");
        let word = json!({ "confirm": "erase" });
        for role in [Role::Operations, Role::Service, Role::Members] {
            let program = desk.program(role).await;
            program.get(&format!("{page}.json")).await.expect(403);
            let tried = program.send("POST", &page, Some(word.clone())).await;
            tried.expect(403);
        }
        let owner = desk.program(Role::Owner).await;
        let preview = owner.get(&format!("{page}.json")).await.expect(200).json();
        let preview = &preview["preview"];
        assert_eq!(
            (
                &preview["orders"],
                &preview["needed"],
                &preview["books_until"]
            ),
            (&json!(1), &json!(null), &json!("2036-12-31"))
        );
        assert!(preview["letters"].as_i64().unwrap() > 0);
        let done = owner.send("POST", &page, Some(word.clone())).await;
        assert_eq!(done.expect(200).json()["id"], json!(id));
        let preview = owner.get(&format!("{page}.json")).await.json();
        assert!(preview["preview"]["erased_at"].is_string());
        let nobody = format!("/admin/customers/{}/erase", CustomerId::new());
        owner.send("POST", &nobody, Some(word)).await.expect(404);
        desk.work().await;
        assert!(desk.letters().is_empty(), "copies of letters are gone");
    });
}
