//! `zhanggui import` is killed on its way, and run again.

use std::{
    collections::BTreeMap,
    fmt::Write,
    path::Path,
    time::{Duration, Instant},
};

use platform::{DbError, db::Dialect};
use serde_json::Value;
use testkit::World;

use crate::{program, shop::Store, suite::Luck};

/// Invoices of the made-up file: several batches of orders.
const INVOICES: u64 = 1_500;

/// A file of invoices, credit notes, corrections and mistakes, the same from the same seed.
fn made_up(path: &Path) {
    let mut luck = Luck::of(20_101_201);
    let mut text =
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
            .to_owned();
    for invoice in 0..INVOICES {
        let customer = match luck.below(4) {
            0 => String::new(),
            _ => format!("{}.0", 12_000 + luck.below(500)),
        };
        let country = ["United Kingdom", "France", "Germany", "EIRE"]
            [usize::try_from(luck.below(4)).unwrap()];
        let minute = invoice % 60;
        let (day, hour) = (1 + invoice / 60 % 28, 8 + invoice % 10);
        let at = format!(
            "2011-{:02}-{day:02} {hour:02}:{minute:02}:00",
            1 + invoice / 600
        );
        for _ in 0..=luck.below(4) {
            let sku = 20_000 + luck.below(900);
            let (credit, quantity, price) = match luck.below(40) {
                0 => ("C", "-1".to_owned(), "1.25".to_owned()),
                1 => ("", format!("-{}", 1 + luck.below(5)), "0.0".to_owned()),
                2 => ("", "many".to_owned(), "2.10".to_owned()),
                3 => ("", "1".to_owned(), "0.001".to_owned()),
                _ => (
                    "",
                    (1 + luck.below(12)).to_string(),
                    format!("{}.{:02}", luck.below(9), luck.below(100)),
                ),
            };
            writeln!(
                text,
                "{credit}{},{sku},GOODS {sku},{quantity},{at},{price},{customer},{country}",
                530_000 + invoice
            )
            .unwrap();
        }
    }
    std::fs::write(path, text).unwrap();
}

/// Runs the import to its end and gives the report.
fn import(store: &Store, file: &Path) -> Value {
    let words = [
        "import",
        "uci-online-retail",
        file.to_str().unwrap(),
        "--json",
    ];
    let said = program::output(store, &words).unwrap();
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// How many rows each table has.
async fn counts(store: &Store) -> BTreeMap<String, i64> {
    let db = store.database().await;
    let tables = match db.dialect() {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Dialect::Postgres => {
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        }
    };
    let counted = db.read(async move |rx| {
        let mut counts = BTreeMap::new();
        for row in rx.rows(tables, &[]).await? {
            let table: String = row.get("name")?;
            let rows: i64 = rx
                .scalar(&format!("SELECT count(*) FROM {table}"), &[])
                .await?;
            counts.insert(table, rows);
        }
        Ok::<_, DbError>(counts)
    });
    counted.await.unwrap()
}

/// Imports a file, killed up to `kills` times. Tells how often it was.
fn import_with_kills(
    store: &Store,
    file: &Path,
    whole: Duration,
    kills: u32,
    luck: &mut Luck,
) -> u32 {
    let words = [
        "import",
        "uci-online-retail",
        file.to_str().unwrap(),
        "--json",
    ];
    let step = u64::try_from(whole.as_micros()).unwrap() / 8;
    let mut killed = 0;
    for _ in 0..kills {
        let time = Duration::from_micros(50_000 + luck.below(step));
        if !program::killed_after(store, &words, time) {
            break;
        }
        killed += 1;
    }
    killed
}

async fn broken_off(servers: Option<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invoices.csv");
    made_up(&file);
    let (one, other) = servers.unzip();
    let inside = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        path
    };
    let whole = Store::empty(&inside("whole"), one);
    let begun = Instant::now();
    let expected = tokio::task::block_in_place(|| import(&whole, &file));
    let took = begun.elapsed();
    assert!(expected["rejected"].as_i64() > Some(10) && expected["returns"].as_i64() < Some(0));

    let broken = Store::empty(&inside("broken"), other);
    let mut luck = Luck::fresh();
    let killed =
        tokio::task::block_in_place(|| import_with_kills(&broken, &file, took, 6, &mut luck));
    let report = tokio::task::block_in_place(|| import(&broken, &file));
    println!("{took:?} without kills; killed {killed} times ({luck:?})");
    assert!(killed >= 3, "it was through too soon");
    let mut figures = report.clone();
    figures["already"] = expected["already"].clone();
    assert_eq!(figures, expected);
    assert_eq!(counts(&broken).await, counts(&whole).await);
    tokio::task::block_in_place(|| program::check(&broken)).unwrap();
    let again = tokio::task::block_in_place(|| import(&broken, &file));
    assert_eq!(again["already"], true);
    assert_eq!(counts(&broken).await, counts(&whole).await);
}

/// D1, O1, S2: an import that is killed at several instants and run again ends with the figures of one that was not,
/// and no row of any table is doubled or missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_goes_on_where_it_stopped() {
    let _alone = crate::ALONE.lock().await;
    broken_off(None).await;
    let worlds = (World::postgres().await, World::postgres().await);
    if let (Some(one), Some(other)) = worlds {
        let url = |world: &World| world.ctx.db().postgres_url().map(str::to_owned).unwrap();
        broken_off(Some((url(&one), url(&other)))).await;
    }
}

/// D1, O1: the complete file of 541,909 rows, killed three times, still comes out to the cent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_complete_file_survives_kills() {
    let _alone = crate::ALONE.lock().await;
    let Some(data) = testkit::real_data() else {
        return;
    };
    let file = data.join("uci_online_retail/online_retail_541909.csv.gz");
    let folder = tempfile::tempdir().unwrap();
    let store = Store::empty(folder.path(), None);
    let mut luck = Luck::fresh();
    let words = ["import", "uci-online-retail", file.to_str().unwrap()];
    let report = tokio::task::block_in_place(|| {
        for _ in 0..3 {
            let time = Duration::from_millis(3_000 + luck.below(3_000));
            assert!(
                program::killed_after(&store, &words, time),
                "through too soon"
            );
        }
        import(&store, &file)
    });
    let figures = [
        "gross",
        "returns",
        "net",
        "lines",
        "invoices",
        "products",
        "customers",
        "rejected",
    ]
    .map(|name| report[name].as_i64().unwrap());
    let oracle = [
        1_066_668_454,
        -91_893_661,
        974_774_793,
        541_909,
        25_900,
        4_070,
        4_372,
        0,
    ];
    assert_eq!(figures, oracle, "{luck:?}");
    tokio::task::block_in_place(|| program::check(&store)).unwrap();
}
