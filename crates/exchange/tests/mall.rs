//! A shop of the mall family, into a fresh shop and out of its books again.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test")]

use std::path::{Path, PathBuf};

use exchange::{
    ImportError, import,
    mall::{self, MallReport},
};
use kernel::{Currency, Money};
use operations::flows::{pick_order, ship_parcel};
use platform::params;
use testkit::World;

/// A small shop of this form: a tea in two sizes, a cup without variants, a member, six orders.
const SMALL: &str = include_str!("data/mall_small.sql");

fn file(world: &World, text: &str) -> PathBuf {
    let path = world.folder.path().join("mall.sql");
    std::fs::write(&path, text).unwrap();
    path
}

async fn run(world: &World, path: &Path) -> Result<MallReport, ImportError> {
    mall::import(&world.ctx, path, false, |_, _| {}).await
}

async fn number(world: &World, sql: &'static str) -> i64 {
    let asked = world.ctx.read(async move |rx, _| rx.scalar(sql, &[]).await);
    asked.await.unwrap()
}

/// O1, S2, S3, P7, P8: goods, people and orders move over to the fen; stock is what the old shop could sell and what is
/// held for orders that are paid and not sent; a second import of the same file changes nothing.
#[test]
fn a_small_shop_moves_over() {
    testkit::run(async |world| {
        let path = file(world, SMALL);
        let dry = mall::import(&world.ctx, &path, true, |_, _| {})
            .await
            .unwrap();
        assert_eq!(number(world, "SELECT count(*) FROM orders").await, 0);
        let report = run(world, &path).await.unwrap();
        assert_eq!(report, dry);
        assert_eq!(
            (
                report.categories,
                report.products,
                report.variants,
                report.customers
            ),
            (2, 3, 4, 1)
        );
        assert_eq!((report.orders, report.order_lines), (5, 6));
        // 60 + 24 - 4 + 10 for the way; 30; 120, of which 30 went back.
        assert_eq!(
            (report.paid, report.refunded),
            (9_000 + 3_000 + 12_000, 3_000)
        );
        assert_eq!(
            number(world, "SELECT SUM(captured) FROM order_money").await,
            report.paid
        );
        assert_eq!(
            number(world, "SELECT SUM(on_hand) FROM stock").await,
            report.stock
        );
        assert_eq!(number(world, "SELECT SUM(reserved) FROM stock").await, 3);
        assert_eq!(number(world, "SELECT count(*) FROM parcels").await, 2);
        world.check().await;
        let again = run(world, &path).await.unwrap();
        assert_eq!(
            again,
            MallReport {
                already: true,
                ..report
            }
        );
    });
}

/// The shop charges and delivers in the money of its goods: what was offered before cost another currency's money and is
/// no longer offered, and the report says what stands in its place.
#[test]
fn the_way_costs_the_money_of_the_goods() {
    testkit::run(async |world| {
        let prepared = world.ctx.write(async |tx, ctx| {
            operations::shop::prepare(tx, ctx, "http://127.0.0.1:8080").await
        });
        prepared.await.unwrap();
        let report = run(world, &file(world, SMALL)).await.unwrap();
        let offered = world
            .ctx
            .read(async |rx, _| fulfilment::delivery::list_active(rx).await)
            .await
            .unwrap();
        let shown: Vec<_> = offered
            .iter()
            .map(|method| (method.code.as_str(), method.rate))
            .collect();
        let decided = &report.decided;
        let rate = Money::new(decided.delivery_rate, Currency::CNY);
        assert_eq!(shown, [(decided.delivery.as_str(), rate)]);
        assert_eq!(
            (decided.currency.as_str(), decided.countries.as_slice()),
            ("CNY", ["CN".to_owned()].as_slice())
        );
        let left = "SELECT count(*) FROM delivery_methods WHERE code = 'home' AND NOT active";
        assert_eq!(number(world, left).await, 1);
    });
}

/// Of two files that are imported into one fresh shop at once, one fills it and the other is refused whole; of two
/// imports of one file, one writes and nothing is written twice.
#[test]
fn one_file_fills_the_shop() {
    testkit::run(async |world| {
        let other = world.folder.path().join("other.sql");
        std::fs::write(&other, SMALL.replace("M-1001", "M-9001")).unwrap();
        let first = file(world, SMALL);
        let (one, two) = tokio::join!(run(world, &first), run(world, &other));
        let refused = match (one, two) {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
            both => panic!("one of two fills the shop: {both:?}"),
        };
        assert!(matches!(refused, ImportError::NotFresh), "{refused:?}");
        let named = "SELECT count(*) FROM orders WHERE number IN ('M-1001', 'M-9001')";
        assert_eq!(number(world, named).await, 1);
        assert_eq!(number(world, "SELECT count(*) FROM products").await, 3);
        world.check().await;
    });
    testkit::run(async |world| {
        let path = file(world, SMALL);
        let (one, two) = tokio::join!(run(world, &path), run(world, &path));
        let done = [&one, &two].into_iter().filter(|told| told.is_ok()).count();
        assert!(done >= 1, "{one:?} {two:?}");
        for told in [one, two] {
            assert!(matches!(told, Ok(_) | Err(ImportError::Busy)), "{told:?}");
        }
        assert_eq!(number(world, "SELECT count(*) FROM products").await, 3);
        assert_eq!(number(world, "SELECT count(*) FROM orders").await, 5);
        world.check().await;
    });
}

/// Each row that was not taken as it stands is in the report with its reason, and tables without a place are counted.
#[test]
fn what_is_left_behind_is_said() {
    testkit::run(async |world| {
        let path = file(world, SMALL);
        let report = run(world, &path).await.unwrap();
        let hash = platform::secret::sha256_hex(SMALL.as_bytes());
        let kept = world
            .ctx
            .read(async move |rx, _| import::remarks(rx, mall::FORMAT, &hash).await)
            .await
            .unwrap();
        let expected = [
            ("hidden_and_empty", 1),
            ("sku_made_unique", 1),
            ("no_lines", 1),
            ("unpaid_order_ended", 1),
            ("paid_by_alipay", 2),
            ("paid_by_wechat", 1),
            ("figures_do_not_add_up", 1),
            ("tracking_number_left_out", 1),
            ("return_not_completed", 1),
            ("return_without_sale", 1),
            ("pictures_not_fetched", 1),
        ];
        for (reason, times) in expected {
            let found = kept.iter().filter(|r| r.reason == reason).count();
            assert_eq!(found, times, "{reason} in {kept:#?}");
            assert_eq!(report.reasons[reason], i64::try_from(times).unwrap());
        }
        assert_eq!(kept.len(), 12);
        let lines: Vec<&str> = SMALL.lines().collect();
        let no_lines = kept.iter().find(|r| r.reason == "no_lines").unwrap();
        let line = usize::try_from(no_lines.line).unwrap() - 1;
        assert!(lines[line].contains("INTO `oms_order`"), "{}", lines[line]);
        assert_eq!(report.without_a_home.get("sms_coupon"), Some(&1));
        assert!(!report.without_a_home.contains_key("ums_member"));
    });
}

/// An order that was paid in the old shop is picked and sent from the new one, out of the stock that it holds.
#[test]
fn a_paid_order_is_sent_from_here() {
    testkit::run(async |world| {
        run(world, &file(world, SMALL)).await.unwrap();
        let found = world.ctx.read(async |rx, _| {
            let sql = "SELECT id FROM orders WHERE number = $1";
            rx.one(sql, params!["M-1001"]).await?.get("id")
        });
        let order_id = found.await.unwrap();
        pick_order::pick(&world.ctx, order_id).await.unwrap();
        let parcel = ship_parcel::ShipParcel {
            order_id,
            carrier: "sf".into(),
            tracking_number: "SF100".into(),
            lines: None,
            from: None,
            idempotency_key: None,
        };
        ship_parcel::ship(&world.ctx, parcel).await.unwrap();
        assert_eq!(number(world, "SELECT SUM(reserved) FROM stock").await, 0);
        let earned = "SELECT SUM(amount) FROM journal WHERE credit IN ('income:sales', 'income:shipping', 'income:fees')";
        assert_eq!(number(world, earned).await, 9_000 + 3_000 + 12_000);
        world.check().await;
    });
}

/// A file of another form is refused by name, and a shop that has goods already is not mixed with.
#[test]
fn what_cannot_be_imported_is_refused() {
    testkit::run(async |world| {
        for other in [
            "a,b\n1,2\n",
            "CREATE TABLE t (id int); INSERT INTO t VALUES (1);",
        ] {
            let refused = run(world, &file(world, other)).await;
            assert!(
                matches!(refused, Err(ImportError::File { .. })),
                "{refused:?}"
            );
        }
        run(world, &file(world, SMALL)).await.unwrap();
        let other = SMALL.replace("M-1001", "M-9001");
        let refused = run(world, &file(world, &other)).await;
        assert!(matches!(refused, Err(ImportError::NotFresh)), "{refused:?}");
    });
}

/// The complete dump of a Chinese shop comes over: counts and money are those of the file.
#[test]
fn the_complete_dump_moves_over() {
    let Some(data) = testkit::real_data() else {
        return;
    };
    testkit::run(async |world| {
        let report = run(world, &data.join("mall_cn/mall.sql")).await.unwrap();
        eprintln!("{report:#?}");
        assert_eq!(
            (report.products, report.variants, report.customers),
            (38, 114, 10)
        );
        assert_eq!((report.orders, report.order_lines), (55, 94));
        assert_eq!((report.paid, report.refunded), (20_627_395, 700_000));
        assert_eq!(
            (report.stock, report.brands, report.categories),
            (21_091, 9, 36)
        );
        assert_eq!(
            number(world, "SELECT SUM(captured) FROM order_money").await,
            report.paid
        );
        assert_eq!(
            number(world, "SELECT SUM(on_hand) FROM stock").await,
            report.stock
        );
        assert_eq!(report.reasons["no_lines"], 10);
        assert_eq!(report.without_a_home["oms_cart_item"], 101);
        world.check().await;
    });
}
