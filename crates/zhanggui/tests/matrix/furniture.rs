//! What the demonstration's weeks leave out: two customers with something of everything, and what staff keep.

use axum::http::Method;
use catalog::picture_import;
use kernel::{ApiKeyId, BreakId, Email, Role, StaffId, TypedId};
use marketing::{MarketingError, page};
use platform::{
    auth::{keys, staff},
    db::Value as Cell,
    params,
};
use serde_json::{Value, json};

use crate::{
    house::{Answer, Ask, HOST, House},
    people::{Buyer, People, desk_session, member},
};

/// What stands in everything that the other customer typed, in small letters.
pub(crate) const CANARY: &str = "beacanary";

/// What one customer has.
pub(crate) struct Belongings {
    /// The secret of the order's page.
    pub(crate) token: String,
    pub(crate) payment: String,
    pub(crate) cart_line: String,
    pub(crate) address: String,
}

/// What belongs to the desk and is found by no other way.
pub(crate) struct Desk {
    /// A key and a person that nobody asks with.
    pub(crate) key: ApiKeyId,
    pub(crate) staff: StaffId,
    pub(crate) invitation: String,
    /// The secret of a link in a letter to a customer.
    pub(crate) letter: String,
    /// A view of the owner, and one of somebody who asks nothing.
    pub(crate) view: String,
    pub(crate) other_view: String,
    pub(crate) bulk_edit: String,
    /// The secret of a link to a draft of a page.
    pub(crate) preview: String,
}

impl Belongings {
    /// An order, a cart, an address and a question of somebody called `name`.
    pub(crate) async fn of(house: &House, buyer: &mut Buyer, name: &str) -> Self {
        let variant = one(
            house,
            "SELECT s.variant_id AS a FROM stock s JOIN variants v ON v.id = s.variant_id JOIN products p ON p.id = v.product_id \
             WHERE p.state = 'published' AND v.state = 'active' ORDER BY s.on_hand - s.reserved DESC, s.variant_id",
        )
        .await;
        let variant = format!("variant_{variant}");
        let email = format!("{}@people.test", name.to_lowercase());
        let address = json!({
            "name": format!("{name} Lin"), "phone": "0912345678", "country": "TW", "postal_code": "106",
            "region": "臺北市", "city": "大安區", "line1": format!("{name} 路 12 號"),
        });
        let add = json!({ "variant_id": variant, "quantity": 1 });
        let added = buyer
            .change(house, &Method::POST, "/cart/lines", add.clone())
            .await;
        buyer.cart = added.header("cart-token").to_owned();
        let details = json!({
            "email": email, "phone": "0912345678", "payment_method": "card", "shipping_address": address,
            "gift_message": format!("{name} greets"),
        });
        buyer
            .change(house, &Method::PUT, "/checkout", details)
            .await;
        let placed = buyer
            .change(house, &Method::POST, "/checkout/complete", json!({}))
            .await
            .json();
        buyer.cart = String::new();
        let added = buyer.change(house, &Method::POST, "/cart/lines", add).await;
        buyer.cart = added.header("cart-token").to_owned();
        let book = json!({ "address": address });
        buyer
            .change(house, &Method::POST, "/account/addresses", book)
            .await;
        let question = json!({ "name": format!("{name} Lin"), "email": email, "message": format!("{name} asks") });
        buyer
            .change(house, &Method::POST, "/contact", question)
            .await;
        let kept = "SELECT id AS a FROM customer_addresses WHERE customer_id = $1";
        let kept = found(house, kept, params![buyer.id]).await;
        Self {
            token: text(&placed, "/order/token"),
            payment: text(&placed, "/payment/id"),
            cart_line: text(&added.json(), "/lines/0/id"),
            address: format!("address_{kept}"),
        }
    }
}

impl Buyer {
    async fn change(&self, house: &House, method: &Method, path: &str, body: Value) -> Answer {
        self.ask(house, &Ask::change(method, path, Some(body)))
            .await
            .done()
    }
}

impl Desk {
    pub(crate) async fn furnish(house: &House, people: &People) -> Self {
        let made = house
            .ctx
            .write(async |tx, ctx| keys::create(tx, ctx, "spare", Role::Warehouse).await);
        let (key, _) = made.await.unwrap();
        let email = Email::parse("spare@desk.test").unwrap();
        let invited = house.ctx.write(async move |tx, ctx| {
            staff::invite(tx, ctx, &email, "Spare", Role::Warehouse).await
        });
        let (staff, invitation) = invited.await.unwrap();
        let other = member(house, Role::Operations, "other@desk.test").await;
        let other = desk_session(house, other).await;
        let owner = people.owner();
        let ask = json!({ "purpose": "sign_up", "email": "new@people.test" });
        let asked = Ask::change(&Method::POST, "/account/links", Some(ask));
        people
            .ask(house, crate::people::Who::Guest, &asked)
            .await
            .done();
        let letter = letter(house).await;
        let view = json!({ "list": "orders", "name": "mine", "query": "" });
        let bulk = json!({ "all": true, "what": "percent_down", "percent": "10", "round": "ten" });
        let desk = Self {
            key,
            staff,
            invitation,
            letter,
            view: text(
                &at_desk(house, &owner, "/admin/views", view.clone()).await,
                "/id",
            ),
            other_view: text(&at_desk(house, &other, "/admin/views", view).await, "/id"),
            bulk_edit: text(
                &at_desk(house, &owner, "/admin/products/bulk", bulk).await,
                "/id",
            ),
            preview: preview(house).await,
        };
        desk.money(house, &owner).await;
        let begun = house
            .ctx
            .write(async |tx, ctx| picture_import::begin(tx, ctx).await);
        begun.await.unwrap();
        desk
    }

    /// Refunds of two orders, and a difference with a provider's books.
    async fn money(&self, house: &House, owner: &str) {
        let paid = "SELECT o.id AS a FROM orders o JOIN payments p ON p.order_id = o.id \
                    WHERE p.state = 'succeeded' AND o.payment_state = 'paid' ORDER BY o.id";
        let paid = all(house, paid, 1).await;
        assert!(paid.len() >= 2, "two paid orders are needed");
        for id in paid.iter().take(2) {
            let path = format!("/admin/orders/order_{}/refunds", id[0]);
            let body = json!({ "scope": "amount", "amount": "1", "reason": "other" });
            at_desk(house, owner, &path, body).await;
        }
        let insert = "INSERT INTO reconciliation_breaks (id, provider, kind, subject, theirs, ours, owner, state, found_at) \
                      VALUES ($1, 'stripe', 'not_here', 'ch_1', '{}', '{}', '', 'open', $2)";
        let written = house.ctx.write(async move |tx, ctx| {
            tx.execute_one(insert, params![BreakId::new().uuid(), ctx.now()])
                .await
        });
        written.await.unwrap();
    }
}

async fn at_desk(house: &House, session: &str, path: &str, body: Value) -> Value {
    let ask = Ask::change(&Method::POST, path, Some(body));
    let request = ask
        .request()
        .header("cookie", format!("__Host-staff={session}"))
        .header("content-type", "application/json");
    let request = request.body(ask.content()).unwrap();
    house.send(request).await.done().json()
}

/// The secret of a link to the draft of the home page.
async fn preview(house: &House) -> String {
    let opening = house.ctx.write(async |tx, ctx| {
        let home = page::by_handle(tx, "home").await?;
        let home = home.ok_or(MarketingError::NoPage)?;
        page::publish::open_preview(tx, ctx, home.id).await
    });
    opening.await.unwrap()
}

/// The secret of the link in the letter that waits to be sent.
async fn letter(house: &House) -> String {
    let read = house.ctx.read(async |rx, _| {
        let sql = "SELECT context FROM messages WHERE kind = 'account_link' ORDER BY created_at DESC, id DESC";
        rx.one(sql, &[]).await
    });
    let context: Value = read.await.unwrap().json("context").unwrap();
    let url = text(&context, "/account/url");
    let start = format!("https://{HOST}/account/links/");
    let secret = url.strip_prefix(&start).unwrap();
    secret.split('?').next().unwrap().to_owned()
}

fn text(value: &Value, at: &str) -> String {
    let found = value.pointer(at).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("no {at} in {value}"))
        .to_owned()
}

/// The first key that a statement finds, without its prefix.
async fn one(house: &House, sql: &'static str) -> String {
    found(house, sql, Vec::new()).await
}

async fn found(house: &House, sql: &'static str, values: impl Into<Vec<Cell>>) -> String {
    let values = values.into();
    let read = house
        .ctx
        .read(async move |rx, _| rx.one(sql, &values).await);
    kernel::id::encode(read.await.unwrap().get("a").unwrap())
}

/// Rows of keys that a statement finds, without their prefixes: `a`, then `b`.
pub(crate) async fn all(house: &House, sql: &'static str, columns: usize) -> Vec<Vec<String>> {
    let read = house.ctx.read(async move |rx, _| rx.rows(sql, &[]).await);
    let rows = read.await.unwrap();
    let names = ["a", "b"];
    rows.iter()
        .map(|row| {
            let keys = names.iter().take(columns);
            keys.map(|name| kernel::id::encode(row.get(name).unwrap()))
                .collect()
        })
        .collect()
}

/// The texts that a statement finds, in its column `a`.
pub(crate) async fn texts(house: &House, sql: &'static str) -> Vec<String> {
    let read = house.ctx.read(async move |rx, _| rx.rows(sql, &[]).await);
    let rows = read.await.unwrap();
    rows.iter().map(|row| row.get("a").unwrap()).collect()
}
