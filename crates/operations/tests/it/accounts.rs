//! Signing in from several browsers at once, on both databases.

use customers::link::Purpose;
use kernel::{CustomerId, Email, Permissions};
use operations::{
    FlowError,
    flows::{
        account::{self, Brought, Details},
        cart,
    },
};
use orders::cart as carts;
use platform::{Actor, params};

use crate::shop::Shop;

/// The link of the newest letter.
async fn link(shop: &Shop) -> String {
    let read = shop.ctx.read(async |rx, _| {
        let sql = "SELECT context FROM messages WHERE kind = 'account_link' ORDER BY id DESC";
        rx.one(sql, &[]).await?.get::<serde_json::Value>("context")
    });
    let context = read.await.unwrap();
    let url = context["account"]["url"].as_str().unwrap();
    url.rsplit('/').next().unwrap().to_owned()
}

async fn send(shop: &Shop, purpose: Purpose) -> String {
    let email = Email::parse("reader@example.com").unwrap();
    account::send_link(&shop.ctx, purpose, email, None)
        .await
        .unwrap();
    link(shop).await
}

/// An account, and the units in its cart by variant.
async fn opened(shop: &Shop) -> CustomerId {
    let token = send(shop, Purpose::SignUp).await;
    let entered = account::use_link(&shop.ctx, token, Details::default(), Brought::default());
    entered.await.unwrap().customer
}

async fn units(shop: &Shop, customer: CustomerId) -> Vec<i64> {
    let read = shop
        .ctx
        .read(async move |rx, _| carts::of_customer(rx, customer).await);
    let lines = read.await.unwrap().map(|(_, lines)| lines);
    let lines = lines.unwrap_or_default();
    lines.iter().map(|l| l.quantity.get()).collect()
}

/// CHK-01: whatever browsers sign in at once, each brings its cart once, also when its form was sent twice, and no unit
/// is lost or doubled; a link of a letter lets one of them in.
#[test]
fn carts_of_many_browsers_become_one() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let customer = opened(&shop).await;
        let mut tasks = Vec::new();
        let (mut links, mut carts) = (Vec::new(), Vec::new());
        for _ in 0..12 {
            links.push(send(&shop, Purpose::SignIn).await);
            carts.push(shop.cart(&[(shop.tea, 2), (shop.pot, 1)]).await);
        }
        for (link, cart) in links.iter().zip(&carts) {
            for _ in 0..2 {
                let brought = Brought {
                    cart: Some(cart.clone()),
                    session: None,
                };
                let (ctx, link) = (shop.ctx.clone(), link.clone());
                tasks.push(tokio::spawn(async move {
                    account::use_link(&ctx, link, Details::default(), brought).await
                }));
            }
        }
        let mut entered = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => entered += 1,
                Err(FlowError::Customers(customers::CustomersError::LinkOver)) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(entered, 12, "a link lets somebody in once");
        assert_eq!(units(&shop, customer).await, [24, 12]);
        let open: i64 = shop
            .ctx
            .read(async move |rx, _| {
                let sql = "SELECT COUNT(*) FROM carts WHERE customer_id = $1 AND state = 'open'";
                rx.scalar(sql, params![customer]).await
            })
            .await
            .unwrap();
        assert_eq!(open, 1);
    });
}

/// CHK-01: signed-in browsers that put something into a cart that does not exist yet open one, not several; what is
/// summed stays within what a line can hold.
#[test]
fn a_customer_has_one_cart() {
    testkit::run(async |world| {
        let shop = Shop::open(world).await;
        let customer = opened(&shop).await;
        let ctx = shop
            .ctx
            .acting(Actor::Customer(customer), Permissions::NONE);
        let mut tasks = Vec::new();
        for _ in 0..24 {
            let (ctx, tea) = (ctx.clone(), shop.tea);
            tasks.push(tokio::spawn(async move {
                cart::add(&ctx, None, tea, kernel::Quantity::ONE).await
            }));
        }
        for task in tasks {
            let added = task.await.unwrap().unwrap();
            assert!(
                added.fresh_token.is_none(),
                "no browser needs a token for it"
            );
        }
        assert_eq!(units(&shop, customer).await, [24]);
        let token = shop.cart(&[(shop.tea, 9_999)]).await;
        let link = send(&shop, Purpose::SignIn).await;
        let brought = Brought {
            cart: Some(token.clone()),
            session: None,
        };
        account::use_link(&shop.ctx, link, Details::default(), brought)
            .await
            .unwrap();
        assert_eq!(units(&shop, customer).await, [9_999]);
        let refused = shop.place(&token).await;
        assert!(
            matches!(refused, Err(FlowError::AlreadyOrdered)),
            "a cart that was given away is ordered by nobody: {refused:?}"
        );
    });
}
