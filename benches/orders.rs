//! Whole orders on both databases, beside the same statements as raw SQL and the disk of the same minute; a sale of
//! a hundred units to four hundred shoppers; idle memory and the time from start to first answer.

use std::{net::SocketAddr, path::Path, time::Duration};

use anyhow::Result;
use load::{
    Closed, Outcome, baseline, closed, flash_sale,
    fsync::{self, Pace},
    options::{self, Options},
    program::Program,
    report::{Report, Row, say},
    shop::{Client, Variant},
    shopper::Shopper,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Variants that are bought: enough that shoppers seldom meet at one row.
const VARIANTS: usize = 200;
/// Units of each, more than any run sells.
const UNITS: i64 = 100_000;
/// How often the start is measured; the median counts.
const STARTS: usize = 5;

/// A database with its goals.
struct Database<'a> {
    name: &'static str,
    server: Option<&'a str>,
    one: Option<f64>,
    many: f64,
}

fn main() -> Result<()> {
    let options = Options::read();
    let mut report = Report::new("orders");
    let sqlite = Database {
        name: "SQLite FULL",
        server: None,
        one: Some(150.0),
        many: 600.0,
    };
    measure(&sqlite, &options, &mut report)?;
    match options.postgres() {
        Some(server) => {
            let promises = baseline::Scratch::create(server)?.promises()?;
            report.note(format!("PostgreSQL: {promises}"));
            let postgres = Database {
                name: "PostgreSQL",
                server: Some(server),
                one: Some(150.0),
                many: 400.0,
            };
            measure(&postgres, &options, &mut report)?;
        }
        None => say("  PostgreSQL is skipped: ZHANGGUI_TEST_POSTGRES names no server"),
    }
    report.finish(&options::reports()?)
}

fn measure(database: &Database<'_>, options: &Options, report: &mut Report) -> Result<()> {
    let data = options.data()?;
    let program = Program::new(options.program()?, &data, database.server)?;
    say(&format!(
        "  {}: a shop of {} products",
        database.name, options.products
    ));
    program.seed(options.products)?;
    let key = program.key()?;
    starts(database, &program, report)?;

    let running = program.start()?;
    let mut office = Client::to(running.address(), Some(key))?;
    let collection = office.largest_collection()?;
    let variants = office.variants(&collection.products, VARIANTS)?;
    for variant in &variants {
        office.put_on_shelf(variant, UNITS)?;
    }
    for (shoppers, goal) in [
        (1, database.one),
        (options.connections, Some(database.many)),
    ] {
        let raw = || limit(database, &data, shoppers, options);
        let (raw, pace) = fsync::around(&data, raw)?;
        let named = |what| format!("raw SQL, {}, {shoppers} at once: {what}", database.name);
        report.row(Row::plain(named("order flow"), "/s", raw.flow).durable(pace));
        report.row(Row::plain(named("order alone"), "/s", raw.alone).durable(pace));
        let shop = || flow(running.address(), &variants, shoppers, options);
        let (outcome, pace) = fsync::around(&data, shop)?;
        let name = format!("{}, whole order, {shoppers} shoppers", database.name);
        if outcome.errors() > 0 {
            report.broken(format!("{name}: {}", outcome.reasons()));
        }
        let row = Row::rate(name, &outcome).durable(pace);
        let row = row.beside("the same statements as raw SQL", raw.flow);
        report.row(match goal {
            Some(goal) => row.at_least(goal),
            None => row,
        });
    }
    if let Some(variant) = variants.first() {
        let address = running.address();
        let sale = || flash_sale::hold(address, &mut office, variant, options.payment_method);
        let (sale, pace) = fsync::around(&data, sale)?;
        flash(database, &sale, pace, report);
    }
    Ok(())
}

fn flash(database: &Database<'_>, sale: &flash_sale::Sale, pace: Pace, report: &mut Report) {
    for wrong in sale.wrongs() {
        report.broken(format!("{}, flash sale: {wrong}", database.name));
    }
    let name = format!(
        "{}, {} units to {} shoppers, {} at a time",
        database.name,
        flash_sale::UNITS,
        flash_sale::SHOPPERS,
        flash_sale::IN_FLIGHT
    );
    let row = Row::duration(name, sale.outcome.elapsed).at_most(2_000.0);
    report.row(row.durable(pace));
}

/// Raw SQL with as many orders at once as there are shoppers.
fn limit(
    database: &Database<'_>,
    data: &Path,
    shoppers: usize,
    options: &Options,
) -> Result<baseline::Raw> {
    match database.server {
        None => baseline::sqlite(data, shoppers, options.lasting()),
        Some(server) => baseline::postgres(server, shoppers, options.lasting()),
    }
}

fn flow(
    address: SocketAddr,
    variants: &[Variant],
    shoppers: usize,
    options: &Options,
) -> Result<Outcome> {
    let plan = Closed::lasting(shoppers, options.lasting());
    // Each run has shoppers of its own, so that no key is used twice.
    Ok(closed(address, &plan, |index| {
        Shopper::new(
            variants,
            2,
            options.payment_method,
            1_000 * shoppers + index,
        )
    })?)
}

/// Start to first answer, and the memory of a shop that nobody visits.
fn starts(database: &Database<'_>, program: &Program, report: &mut Report) -> Result<()> {
    let mut times = Vec::new();
    let mut memory: Vec<f64> = Vec::new();
    for _ in 0..STARTS {
        let running = program.start()?;
        times.push(running.first_answer());
        settle();
        memory.extend(running.memory());
    }
    times.sort_unstable();
    if let Some(median) = times.get(STARTS / 2) {
        let name = format!("{}, start to first answer", database.name);
        report.row(Row::duration(name, *median).at_most(500.0));
    }
    if let Some(memory) = memory.into_iter().reduce(f64::max) {
        let name = format!("{}, idle memory", database.name);
        report.row(Row::plain(name, "MiB", memory).at_most(80.0));
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "nothing else is under way")]
fn settle() {
    std::thread::sleep(Duration::from_secs(1));
}
