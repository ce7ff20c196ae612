//! Links name the address at which the shop is reached.

use std::time::{Duration, Instant};

use kernel::Clock;
use operations::shop::{self as decisions};
use platform::DbError;
use serde_json::json;

use crate::{
    http::Connection,
    program::{Program, command},
    shop::{self, Store},
    shoppers::checkout,
};

/// The links in the letter of a fresh order.
async fn letter(program: &Program, store: &Store, variant: kernel::VariantId) -> String {
    let mail = store.data.join("mail");
    let _ = std::fs::remove_dir_all(&mail);
    let mut line = Connection::open(program.address).await.unwrap();
    let body = json!({ "variant_id": variant, "quantity": 1 });
    let added = line
        .ask("POST", "/cart/lines", &[], Some(&body))
        .await
        .unwrap();
    let cart = added.header("cart-token").unwrap().to_owned();
    let token = [("cart-token", &*cart), ("idempotency-key", &*cart)];
    let form = checkout("reader@example.com", "bank_transfer");
    line.ask("PUT", "/checkout", &token, Some(&form))
        .await
        .unwrap();
    let order = line
        .ask("POST", "/checkout/complete", &token, Some(&json!({})))
        .await
        .unwrap();
    assert_eq!(order.status, 201, "{order:?}");
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        let letters = std::fs::read_dir(&mail).into_iter().flatten();
        let letter = letters
            .filter_map(Result::ok)
            .find(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
        if let Some(letter) = letter {
            return std::fs::read_to_string(letter.path()).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no letter came");
}

async fn kept(store: &Store) -> String {
    let ctx = store.open(Clock::wall()).await;
    ctx.read(async |rx, _| Ok::<_, DbError>(decisions::load(rx).await?.public_url.clone()))
        .await
        .unwrap()
}

/// Where the system chooses the port, letters name that port and not the wish for any; what the merchant
/// configured counts for good, and is not undone by a program that merely listens somewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_name_where_the_shop_is_reached() {
    let _alone = crate::ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::empty(folder.path(), None);
    let variant = shop::prepare(&store).await[0];
    for _ in 0..2 {
        let program = Program::serve(&store, false).unwrap();
        let here = format!("http://{}", program.address);
        let letter = letter(&program, &store, variant).await;
        assert!(
            unfolded(&letter).contains(&format!("{here}/orders/")),
            "{here}: {letter}"
        );
        assert!(tokio::task::block_in_place(|| program.stop()));
        assert_eq!(kept(&store).await, here);
    }
    for configured in [true, false] {
        let mut command = command(&store);
        if configured {
            command.env("ZHANGGUI_PUBLIC_URL", "https://shop.example/");
        }
        let program = Program::start(command, &store, &[]).unwrap();
        let letter = letter(&program, &store, variant).await;
        assert!(
            unfolded(&letter).contains("https://shop.example/orders/"),
            "{letter}"
        );
        assert!(tokio::task::block_in_place(|| program.stop()));
        assert_eq!(kept(&store).await, "https://shop.example");
    }
}

/// A letter's text without the line breaks of its encoding.
fn unfolded(letter: &str) -> String {
    letter.replace("=\r\n", "").replace("=\n", "")
}
