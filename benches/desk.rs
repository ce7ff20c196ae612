//! How long the program thinks about each page, the back office's and the shop's, in a shop with goods and history: one
//! client, one request at a time, beside a hello-world server. A person must never wait for the server: 20 ms.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use load::{
    Closed, Outcome, Requests, closed,
    hello::Hello,
    options::{self, Options},
    program::{Program, Running},
    report::{Report, Row, say},
    request,
    shop::Client,
};
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What half of the answers of every page must stay below.
const GOAL: Duration = Duration::from_millis(20);
/// Addresses of one kind of page that are asked in turn.
const DIFFERENT: usize = 3;
/// How often each kind of page is asked.
const TURNS: u64 = 40;
/// The slowest pages, which are listed one by one.
const LISTED: usize = 25;

/// Addresses by the route that answers them.
type Pages = BTreeMap<String, Vec<String>>;

fn main() -> Result<()> {
    let options = Options::read();
    let mut report = Report::new("desk");
    let program = Program::new(options.program()?, &options.data()?, None)?;
    say(&format!(
        "  a shop of {} products and two months of visits",
        options.products
    ));
    program.live(options.products, 60, 120)?;
    let routes = pages_of(&program.run(&["routes", "--json"])?)?;
    let invitation = program.invitation()?;
    let running = program.start()?;
    if let Some(memory) = running.memory() {
        report.row(Row::plain("memory before the first page", "MiB", memory));
    }
    let mut client = Client::invited(running.address(), &invitation)?;
    let pages = walk(&mut client, &routes)?;
    report.note(format!(
        "{} of {} kinds of pages are linked and were asked",
        pages.len(),
        routes.len()
    ));
    measure(&running, client.credential(), &pages, &mut report)?;
    if let Some(memory) = running.memory() {
        report.row(Row::plain("memory after all of it", "MiB", memory));
    }
    report.finish(&options::reports()?)
}

/// The paths that are looked at with a browser, as the router knows them.
fn pages_of(routes: &Value) -> Result<BTreeSet<String>> {
    let routes = routes.as_array().context("`routes` said no list")?;
    let text = |route: &Value, field| {
        let value = route.get(field).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let looked_at = routes.iter().filter(|route| text(route, "method") == "GET");
    Ok(looked_at.map(|route| text(route, "path")).collect())
}

/// The route of an address; words of the router win over places for values.
fn route_of<'a>(routes: &'a BTreeSet<String>, path: &str) -> Option<&'a String> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&String| {
        let own: Vec<&str> = route.split('/').collect();
        let mut pairs = own.iter().zip(&parts);
        own.len() == parts.len() && pairs.all(|(own, part)| own.starts_with('{') || own == part)
    };
    let values = |route: &&String| route.matches('{').count();
    routes.iter().filter(fits).min_by_key(values)
}

/// Follows every link from the two front doors, until each kind of page is known by a few addresses.
fn walk(client: &mut Client, routes: &BTreeSet<String>) -> Result<Pages> {
    let mut pages = Pages::new();
    let mut seen = BTreeSet::new();
    let mut open: VecDeque<String> = ["/admin", "/"].map(str::to_owned).into();
    while let Some(address) = open.pop_front() {
        let path = address.split('?').next().unwrap_or_default();
        let Some(route) = route_of(routes, path) else {
            continue;
        };
        let known = pages.entry(route.clone()).or_default();
        if known.len() >= DIFFERENT || !seen.insert(address.clone()) {
            continue;
        }
        let (status, body) = client.html(&address)?;
        if status != 200 || !body.starts_with("<!") {
            continue;
        }
        known.push(address);
        open.extend(links(&body));
    }
    pages.retain(|_, addresses| !addresses.is_empty());
    ensure!(
        pages.len() > 50,
        "only {} pages were found by their links",
        pages.len()
    );
    Ok(pages)
}

/// Where a page leads within the shop.
fn links(body: &str) -> Vec<String> {
    let all = body
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let whole = all.map(|link| {
        let link = link.replace("&#x2f;", "/").replace("&amp;", "&");
        link.split('#').next().unwrap_or_default().to_owned()
    });
    let here = whole.filter(|link| link.starts_with('/') && !link.starts_with("//"));
    here.collect()
}

fn measure(running: &Running, credential: &str, pages: &Pages, report: &mut Report) -> Result<()> {
    let hello = Hello::start(30_000)?;
    let limit = closed(hello.address(), &once(), |i| {
        let mut bytes = Vec::new();
        request(&mut bytes, "GET", "/html", "", "");
        Requests::new(&[bytes], i)
    })?;
    let headers = format!("Accept: text/html\r\n{credential}");
    report.row(Row::rate("hello server, 30 kB", &limit));
    let mut outcomes = Vec::with_capacity(pages.len());
    for (route, addresses) in pages {
        let prepared: Vec<Vec<u8>> = addresses
            .iter()
            .map(|address| {
                let mut bytes = Vec::new();
                request(&mut bytes, "GET", address, &headers, "");
                bytes
            })
            .collect();
        let outcome = closed(running.address(), &once(), |i| Requests::new(&prepared, i))?;
        if outcome.errors() > 0 {
            report.broken(format!("{route}: {}", outcome.reasons()));
        }
        outcomes.push((middle(&outcome), route, outcome));
    }
    outcomes.sort_by_key(|(middle, ..)| std::cmp::Reverse(*middle));
    let beyond = outcomes.iter().filter(|(middle, ..)| *middle > GOAL);
    let beyond = u32::try_from(beyond.count())?;
    for (_, route, outcome) in outcomes.iter().take(LISTED) {
        report.row(Row::rate(route.as_str(), outcome));
    }
    let name = format!("pages of which half of the answers take over {GOAL:?}");
    report.row(Row::plain(name, "pages", f64::from(beyond)).at_most(0.0));
    Ok(())
}

/// One client, a fixed number of requests.
fn once() -> Closed {
    Closed {
        warm_up: Duration::ZERO,
        turns: Some(TURNS),
        ..Closed::lasting(1, Duration::from_secs(20))
    }
}

fn middle(outcome: &Outcome) -> Duration {
    outcome.latency.percentile(50.0)
}
