//! A card number that somebody types or pastes where none belongs is nowhere afterwards (P12): in every field of every
//! form of which the router knows that words may stand there, in every search and behind every question mark, in files
//! and their names, and in what a browser or a company says by itself.

use std::{borrow::Cow, collections::BTreeSet, path::Path};

use axum::{
    body::Body,
    http::{Method, Request},
};
use kernel::{Permission, Role};
use payments::{Provider, provider_event};
use platform::{
    cards,
    jobs::Workers,
    web::{Route, StatusCode},
};
use serde_json::json;

use crate::{
    bodies,
    house::{Answer, Ask, HOST, House},
    people::{People, Who},
    samples::Samples,
};

/// What people paste: as it stands on the card, with a date behind it.
const TYPED: &str = "卡號 4242-4242-4242-4242 12/27";
/// The same in an address.
const ASKED: &str = "4242+4242-4242+4242";
/// What must not stay of it.
const CANARIES: [&str; 4] = ["4242-4242", "42424242", "4242 4242", "4242+4242"];

/// Everything that was typed, and where it came out again.
struct Typist<'a> {
    house: &'a House,
    people: People,
    samples: Samples,
    typed: usize,
    taken: BTreeSet<&'static str>,
    leaks: Vec<String>,
}

/// P12: after a card number was typed into every field and every search, it stands in no answer, in no table and in no
/// file; its last four digits do, so that the words still make sense.
#[test]
fn a_card_number_is_nowhere_whoever_types_it_wherever() {
    testkit::run(async |world| {
        let house = House::open(world).await;
        let people = People::invite(&house).await;
        let samples = Samples::gather(&house, &people).await;
        let mut typist = Typist {
            house: &house,
            people,
            samples,
            typed: 0,
            taken: BTreeSet::new(),
            leaks: Vec::new(),
        };
        typist.fill_in_every_form().await;
        typist.ask_with_every_query().await;
        typist.send_files().await;
        typist.say_by_the_way().await;
        typist.tell_as_a_company().await;
        let handlers = house.app.handlers().unwrap();
        Workers::new(house.ctx.clone(), handlers)
            .drain()
            .await
            .unwrap();
        house.app.refresh_search().await.unwrap();
        typist.search(world.folder.path()).await;
        typist.verdict();
    });
}

/// Who may use a route.
fn asker(route: &Route) -> Who {
    match route.permission {
        Permission::Public | Permission::Account => Who::Customer,
        _ => Who::Staff(Role::Owner),
    }
}

/// Whether what stands at a place of a body is a number of another kind, which stays.
fn is_other(place: &str) -> bool {
    place
        .split('.')
        .any(|name| matches!(cards::masked_in(name, TYPED), Cow::Borrowed(_)))
}

fn holds(text: &str) -> bool {
    CANARIES.iter().any(|canary| text.contains(canary))
}

impl Typist<'_> {
    fn heard(&mut self, what: &str, answer: &Answer) {
        self.typed += 1;
        if holds(&answer.body) || answer.status.is_server_error() {
            let told = answer.told();
            self.leaks.push(format!("{what}: {} {told}", answer.status));
        }
    }

    /// Removals come last, because they take away what the others are about.
    async fn fill_in_every_form(&mut self) {
        let mut routes = self.house.app.routes();
        routes.retain(|route| route.method != Method::GET);
        routes.sort_by_key(|route| (route.method == Method::DELETE, route.path.contains("eras")));
        for route in routes {
            let (house, things) = (self.house, self.samples.of(self.house, &route));
            let (path, document) = (&things[0].1, &house.document);
            for (place, body) in bodies::with_words(document, &route, &self.samples, TYPED) {
                if is_other(&place) {
                    continue;
                }
                let ask = Ask::change(&route.method, path, Some(body));
                let answer = self.people.ask(self.house, asker(&route), &ask).await;
                if answer.status.is_success() {
                    self.taken.insert(route.path);
                }
                self.heard(&format!("{} {path} {place}", route.method), &answer);
            }
        }
    }

    /// Every parameter that an address has, and one that none has, for programs and as a page.
    async fn ask_with_every_query(&mut self) {
        for route in self.house.app.routes() {
            if route.method != Method::GET {
                continue;
            }
            let (house, things) = (self.house, self.samples.of(self.house, &route));
            let at = format!("/paths/{}/get/parameters", route.path.replace('/', "~1"));
            let known = house.document.pointer(&at);
            let known = known
                .and_then(|known| known.as_array())
                .into_iter()
                .flatten();
            let named = known
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| parameter["name"].as_str())
                .filter(|name| !is_other(name));
            for name in named.chain(["no_such_name", "4242424242424242"]) {
                let path = format!("{}?{name}={ASKED}", things[0].1);
                for ask in [Ask::read(&path), Ask::page(&path)] {
                    let answer = self.people.ask(self.house, asker(&route), &ask).await;
                    self.heard(&path, &answer);
                }
            }
        }
    }

    async fn owner(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookie = format!("__Host-staff={}", self.people.owner());
        let request = request
            .header("host", HOST)
            .header("accept", "application/json")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", cookie);
        self.house.send(request.body(body).unwrap()).await
    }

    /// A table of goods with the number in its words, and a picture that is none under its name.
    async fn send_files(&mut self) {
        let goods = format!(
            "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Price\n\
             pasted,{TYPED},<p>{TYPED}</p>,Title,Default Title,PASTED,100\n"
        );
        let product = self.samples.id("ProductId").unwrap().to_owned();
        let pictures = format!("/admin/products/{product}/pictures");
        for (path, name, text) in [
            ("/admin/products/import", "file", goods.as_str()),
            (pictures.as_str(), "pictures", "no picture"),
        ] {
            let body = format!(
                "--x\r\ncontent-disposition: form-data; name=\"write\"\r\n\r\ntrue\r\n\
                 --x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{TYPED}.csv\"\r\n\r\n\
                 {text}\r\n--x--\r\n"
            );
            let request =
                Request::post(path).header("content-type", "multipart/form-data; boundary=x");
            let answer = self.owner(request, Body::from(body)).await;
            // No picture is refused by its name; the goods are taken.
            let expected = if name == "file" {
                StatusCode::OK
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            assert_eq!(answer.status, expected, "{path}: {}", answer.body);
            self.heard(path, &answer);
        }
    }

    /// What browsers and programs say beside their question: where they come from, what they are, a key, a report.
    async fn say_by_the_way(&mut self) {
        let from = "https://pay.test/4242-4242-4242-4242?card=4242424242424242";
        for (name, value) in [
            ("referer", from),
            ("user-agent", "Mozilla/5.0 4242-4242-4242-4242"),
        ] {
            let request = Request::get("/").header("host", HOST).header(name, value);
            let answer = self.house.send(request.body(Body::empty()).unwrap()).await;
            self.heard(name, &answer);
        }
        let cart = Request::post("/admin/keys")
            .header("content-type", "application/json")
            .header("idempotency-key", "4242-4242-4242-4242");
        let body = json!({ "name": "by key", "role": "warehouse" }).to_string();
        let answer = self.owner(cart, Body::from(body)).await;
        self.heard("an idempotency key", &answer);
        let product = self.samples.id("ProductId").unwrap();
        let seen = json!({ "list": TYPED, "product_ids": [product] }).to_string();
        let report = Request::post("/v1/impressions")
            .header("host", HOST)
            .header("sec-fetch-site", "same-origin");
        let answer = self
            .house
            .send(report.body(Body::from(seen)).unwrap())
            .await;
        self.heard("a report", &answer);
    }

    /// A message of a card company that says more than it should, as its signature let it in.
    async fn tell_as_a_company(&mut self) {
        let raw = json!({ "id": "evt_canary", "type": "charge.noted", "data": { "object": { "note": TYPED } } });
        let raw = raw.to_string();
        let stored = self.house.ctx.write(async move |tx, ctx| {
            let named = ("evt_canary", "charge.noted");
            provider_event::receive(tx, ctx, Provider::Stripe, named, &raw).await
        });
        stored.await.unwrap();
    }

    /// Looks into every table, and into every file below the shop's folder.
    async fn search(&mut self, folder: &Path) {
        let rows = testkit::rows(&self.house.ctx).await.unwrap();
        let masked = rows.iter().filter(|(_, line)| line.contains("•••• 4242"));
        let masked: BTreeSet<&String> = masked.map(|(table, _)| table).collect();
        assert!(masked.len() > 10, "the words stay: {masked:?}");
        assert!(masked.iter().any(|table| *table == "provider_events"));
        for (table, line) in &rows {
            if holds(line) {
                self.leaks.push(format!("table {table}: {line}"));
            }
        }
        let mut folders = vec![folder.to_owned()];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files += 1;
                    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                    if holds(&text) {
                        self.leaks.push(format!("file {}", path.display()));
                    }
                }
            }
        }
        assert!(files > 10, "{files} files are no shop");
    }

    fn verdict(self) {
        eprintln!(
            "typed {} times, taken by {} forms",
            self.typed,
            self.taken.len()
        );
        let leaks = self.leaks.join("\n");
        assert!(
            self.leaks.is_empty(),
            "{} leaks:\n{leaks}",
            self.leaks.len()
        );
        assert!(self.typed > 1_000, "typed only {} times", self.typed);
        assert!(self.taken.len() > 25, "taken only by {:?}", self.taken);
    }
}
