//! What this machine gives at best, without the program: the load tool, a hello-world server, the disk, raw SQL.

use std::{path::Path, time::Duration};

use load::{
    Closed, Open, Requests, baseline, closed, fsync,
    hello::Hello,
    open,
    options::{self, Options},
    report::{Report, Row, say},
    request,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// About the size of a product's page.
const PAGE: usize = 24 << 10;

fn main() -> anyhow::Result<()> {
    let options = Options::read();
    let mut report = Report::new("limits");
    web(&options, &mut report)?;
    let data = options.data()?;
    report.syncs(&fsync::probe(&data, Duration::from_secs(2))?);
    for batch in [1, options.connections] {
        let raw = || baseline::sqlite(&data, batch, options.lasting());
        let (raw, pace) = fsync::around(&data, raw)?;
        let name = |what| format!("raw SQL, SQLite FULL, {batch} in each commit: {what}");
        report.row(Row::plain(name("order flow"), "/s", raw.flow).durable(pace));
        report.row(Row::plain(name("order alone"), "/s", raw.alone).durable(pace));
    }
    match options.postgres() {
        Some(server) => postgres(server, &data, &options, &mut report)?,
        None => say("  PostgreSQL is skipped: ZHANGGUI_TEST_POSTGRES names no server"),
    }
    report.finish(&options::reports()?)
}

fn web(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    let hello = Hello::start(PAGE)?;
    let mut best = 0.0;
    for path in ["/json", "/html"] {
        let mut bytes = Vec::new();
        request(&mut bytes, "GET", path, "", "");
        let prepared = [bytes];
        for connections in [1, options.connections] {
            let plan = Closed::lasting(connections, options.lasting());
            let outcome = closed(hello.address(), &plan, |i| Requests::new(&prepared, i))?;
            let row = Row::rate(format!("hello{path}, {connections} connections"), &outcome);
            best = row.value();
            report.row(row);
            if let Some(ceiling) = outcome.ceiling() {
                report.row(Row::plain(
                    format!("load tool's own ceiling at that, one processor ({path})"),
                    "/s",
                    ceiling,
                ));
            }
        }
        let plan = Open {
            rate: (best / 4.0).round(),
            connections: options.connections,
            lasting: options.lasting(),
        };
        let outcome = open(hello.address(), &plan, |i| Requests::new(&prepared, i))?;
        let name = format!("hello{path}, {:.0} arrivals a second", plan.rate);
        report.row(Row::rate(name, &outcome));
    }
    Ok(())
}

fn postgres(
    server: &str,
    data: &Path,
    options: &Options,
    report: &mut Report,
) -> anyhow::Result<()> {
    report.note(format!(
        "PostgreSQL: {}",
        baseline::Scratch::create(server)?.promises()?
    ));
    for connections in [1, options.connections] {
        let raw = || baseline::postgres(server, connections, options.lasting());
        let (raw, pace) = fsync::around(data, raw)?;
        let name = |what| format!("raw SQL, PostgreSQL, {connections} connections: {what}");
        report.row(Row::plain(name("order flow"), "/s", raw.flow).durable(pace));
        report.row(Row::plain(name("order alone"), "/s", raw.alone).durable(pace));
    }
    Ok(())
}
