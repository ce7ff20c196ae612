//! UCI Online Retail, into a fresh shop and out of its books again.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test")]

use std::{io::Write, path::PathBuf};

use exchange::{ImportError, ImportReport, import, uci};
use testkit::World;

const SMALL: &str = "\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
536366,85123A,WHITE LANTERN,2,2010-12-02 09:00:00,2.55,,France
C536379,85123A,WHITE LANTERN,-2,2010-12-03 09:41:00,2.55,17850.0,United Kingdom
C536380,D,Discount,-1,2010-12-03 09:50:00,27.50,17850.0,United Kingdom
536381,PADS,PADS TO MATCH,1,2010-12-03 10:00:00,0.001,17850.0,United Kingdom
536382,71053,,-3,2010-12-03 11:00:00,0.0,,United Kingdom
536383,85123A,WHITE LANTERN,x,2010-12-03 12:00:00,2.55,17850.0,United Kingdom
A536384,B,Adjust bad debt,1,2010-12-04 12:00:00,-11.06,,United Kingdom
";

fn file(world: &World, name: &str, text: &str) -> PathBuf {
    let path = world.folder.path().join(name);
    std::fs::File::create(&path)
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    path
}

async fn run(world: &World, path: &std::path::Path) -> Result<ImportReport, ImportError> {
    uci::import(&world.ctx, path, false, |_, _| {}).await
}

/// Every penny of the file is in the books; each row that was not taken as it stands is listed with its reason; a
/// second import of the same file changes nothing.
#[test]
fn a_small_file_comes_out_to_the_penny() {
    testkit::run(async |world| {
        let path = file(world, "small.csv", SMALL);
        let dry = uci::import(&world.ctx, &path, true, |_, _| {})
            .await
            .unwrap();
        let report = run(world, &path).await.unwrap();
        assert_eq!(
            (report.gross, report.returns, report.net),
            (1_530 + 2_034 + 510, -(510 + 2_750 + 1_106), 4_074 - 4_366)
        );
        assert_eq!(
            (
                report.lines,
                report.rejected,
                report.customers,
                report.products
            ),
            (9, 1, 1, 5)
        );
        assert_eq!(report.net, dry.net);
        assert_eq!(
            (report.invoices, report.repaired),
            (dry.invoices, dry.repaired)
        );
        let hash = platform::secret::sha256_hex(SMALL.as_bytes());
        let kept = world
            .ctx
            .read(async move |rx, _| import::remarks(rx, uci::FORMAT, &hash).await)
            .await
            .unwrap();
        let reasons: Vec<&str> = kept.iter().map(|r| r.reason.as_str()).collect();
        for reason in [
            "bad_quantity",
            "price_rounded_to_pence",
            "stock_correction",
            "return_without_purchase",
            "booked_as_correction",
            "no_description",
        ] {
            assert!(reasons.contains(&reason), "{reason} in {reasons:?}");
        }
        world.check().await;
        let again = run(world, &path).await.unwrap();
        assert_eq!(
            again,
            ImportReport {
                already: true,
                ..report
            }
        );
    });
}

/// A file of another format is refused with its name, and a shop that has goods already is not mixed with.
#[test]
fn what_cannot_be_imported_is_refused() {
    testkit::run(async |world| {
        let other = file(world, "other.csv", "a,b\n1,2\n");
        assert!(matches!(
            run(world, &other).await,
            Err(ImportError::File { .. })
        ));
        run(world, &file(world, "small.csv", SMALL)).await.unwrap();
        let more = file(world, "more.csv", &SMALL.replace("536365", "636365"));
        assert!(matches!(
            run(world, &more).await,
            Err(ImportError::NotFresh)
        ));
    });
}

/// The complete file of 541,909 rows reproduces its oracle to the cent, on both databases.
#[test]
fn the_complete_file_reproduces_its_oracle() {
    let Some(data) = testkit::real_data() else {
        return;
    };
    testkit::run(async |world| {
        let started = std::time::Instant::now();
        let report = run(
            world,
            &data.join("uci_online_retail/online_retail_541909.csv.gz"),
        )
        .await
        .unwrap();
        eprintln!(
            "{:?} in {:.1} s: {report:?}",
            world.ctx.db().dialect(),
            started.elapsed().as_secs_f64()
        );
        assert_eq!(
            (report.gross, report.returns, report.net),
            (1_066_668_454, -91_893_661, 974_774_793)
        );
        assert_eq!(
            (
                report.lines,
                report.invoices,
                report.products,
                report.customers
            ),
            (541_909, 25_900, 4_070, 4_372)
        );
        assert_eq!(
            (report.guest_lines, report.duplicate_lines, report.countries),
            (135_080, 5_268, 38)
        );
        assert_eq!(report.rejected, 0);
    });
}
