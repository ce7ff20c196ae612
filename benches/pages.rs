//! Pages, as JSON and as HTML, beside a hello-world server: a product, a list of 20 from many, a search in many.

use std::time::Duration;

use anyhow::{Result, ensure};
use load::{
    Closed, Open, Requests, closed,
    hello::Hello,
    open,
    options::{self, Options},
    program::{Program, Running},
    report::{Report, Row, say},
    request,
    shop::{Client, Collection, encode},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many different addresses of a kind are asked for in turn.
const DIFFERENT: usize = 200;

/// A kind of page with its goals, per second.
struct Kind {
    name: String,
    paths: Vec<String>,
    json_goal: Option<f64>,
    html_goal: Option<f64>,
}

fn main() -> Result<()> {
    let options = Options::read();
    let mut report = Report::new("pages");
    let program = Program::new(options.program()?, &options.data()?, None)?;
    say(&format!("  a shop of {} products", options.products));
    program.seed(options.products)?;
    let running = program.start()?;
    let mut client = Client::to(running.address(), None)?;
    let collection = client.largest_collection()?;
    for kind in kinds(&collection, options.products) {
        measure(&running, &mut client, &kind, &options, &mut report)?;
    }
    if let Some(memory) = running.memory() {
        report.row(Row::plain("memory after all of it", "MiB", memory));
    }
    report.finish(&options::reports()?)
}

fn kinds(collection: &Collection, products: u32) -> Vec<Kind> {
    let handle = &collection.handle;
    let spread = |all: &[String]| -> Vec<String> {
        let step = (all.len() / DIFFERENT).max(1);
        all.iter().step_by(step).take(DIFFERENT).cloned().collect()
    };
    let product = spread(&collection.products);
    let list = spread(&collection.cursors);
    let first = std::iter::once(format!("/collections/{handle}?limit=20"));
    let words = spread(&collection.titles);
    // Two characters of a Chinese title are a word, and one that many titles have.
    let words = words.iter().map(|t| t.chars().take(2).collect::<String>());
    vec![
        Kind {
            name: "product".into(),
            paths: product.iter().map(|p| format!("/products/{p}")).collect(),
            json_goal: Some(8_000.0),
            html_goal: Some(4_000.0),
        },
        Kind {
            name: format!("list page of 20 from {}", collection.products.len()),
            paths: first
                .chain(
                    list.iter()
                        .map(|c| format!("/collections/{handle}?limit=20&after={c}")),
                )
                .collect(),
            json_goal: Some(3_000.0),
            html_goal: None,
        },
        Kind {
            name: format!("search page in {products}"),
            paths: words.map(|w| format!("/search?q={}", encode(&w))).collect(),
            json_goal: Some(2_000.0),
            html_goal: None,
        },
    ]
}

fn measure(
    running: &Running,
    client: &mut Client,
    kind: &Kind,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    ensure!(!kind.paths.is_empty(), "nothing to ask for: {}", kind.name);
    for (form, headers, goal) in [
        ("JSON", "Accept: application/json\r\n", kind.json_goal),
        ("HTML", "Accept: text/html\r\n", kind.html_goal),
    ] {
        let prepared = prepare(&kind.paths, headers);
        let limit = limit(client, kind, form, options)?;
        let plan = Closed::lasting(options.connections, options.lasting());
        let outcome = closed(running.address(), &plan, |i| {
            Requests::new(&prepared, i * 7)
        })?;
        if outcome.errors() > 0 {
            report.broken(format!("{} as {form}: {}", kind.name, outcome.reasons()));
        }
        let name = format!("{}, {form}, {} connections", kind.name, options.connections);
        let row = Row::rate(name, &outcome).beside(format!("hello server, {form}"), limit);
        let reached = row.value();
        report.row(match goal {
            Some(goal) => row.at_least(goal),
            None => row,
        });
        let plan = Open {
            rate: (reached / 2.0).max(1.0),
            connections: 4 * options.connections,
            lasting: options.lasting(),
        };
        let outcome = open(running.address(), &plan, |i| {
            Requests::new(&prepared, i * 7)
        })?;
        let name = format!("{}, {form}, {:.0} arrivals a second", kind.name, plan.rate);
        report.row(Row::rate(name, &outcome));
    }
    Ok(())
}

fn prepare(paths: &[String], headers: &str) -> Vec<Vec<u8>> {
    let requests = paths.iter().map(|path| {
        let mut bytes = Vec::new();
        request(&mut bytes, "GET", path, headers, "");
        bytes
    });
    requests.collect()
}

/// What the framework does at best with an answer of this size, in this minute.
fn limit(client: &mut Client, kind: &Kind, form: &str, options: &Options) -> Result<f64> {
    let path = kind.paths.first().map(String::as_str).unwrap_or_default();
    let size = client.page(path)?.len();
    let hello = Hello::start(size)?;
    let path = if form == "JSON" { "/json" } else { "/html" };
    let prepared = prepare(&[path.to_owned()], "");
    let lasting = options.lasting().min(Duration::from_secs(3));
    let plan = Closed::lasting(options.connections, lasting);
    Ok(closed(hello.address(), &plan, |i| Requests::new(&prepared, i))?.per_second())
}
