//! Who may do what: every route of the program, everybody who can ask, their own things, foreign ones and missing ones.
//!
//! The table is the router's own: a route that is added is asked like every other, by what it declares. What a path
//! names must be in the shop of [`samples`]; a kind of thing that is not there yet fails with its name.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test speaks by failing"
)]

mod bodies;
mod cards;
mod doors;
mod furniture;
mod house;
mod nodes;
mod people;
mod samples;

use axum::http::{Method, StatusCode};
use kernel::{Permission, Role};
use platform::web::Route;
use serde_json::{Value, json};

use crate::{
    doors::{Door, guarded, may_see_customers},
    furniture::CANARY,
    house::{Answer, Ask, House, Site},
    people::{People, Who},
    samples::{Samples, Thing},
};

/// Everything that is asked, and what was wrong about the answers.
struct Matrix<'a> {
    house: &'a House,
    people: People,
    samples: Samples,
    routes: Vec<Route>,
    asked: usize,
    wrong: Vec<String>,
    /// Changes of missing things by the owner, and how many of them were told that there is no such thing.
    missing: Vec<(StatusCode, String)>,
}

/// A1, A2, A3, A4, A6, A12, A20: every route answers guests, customers, every role at a browser and every role by a key
/// as its permission says; a foreign thing is answered like a missing one; nothing is changed from another site; no
/// answer lacks its headers, tells of the inside, or holds what belongs to another customer.
#[test]
fn every_route_answers_everybody_as_it_declares() {
    testkit::run(async |world| {
        let house = House::open(world).await;
        let mut matrix = Matrix::over(&house).await;
        matrix.reads().await;
        matrix.changes_of_strangers().await;
        matrix.changes_from_other_sites().await;
        matrix.own_changes().await;
        matrix.verdict();
    });
}

/// A3: the page of permissions says what the router says.
#[test]
fn the_page_of_permissions_is_current() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let world = testkit::World::sqlite().await;
        let app = house::app_of(&world).await;
        let page = zhanggui::commands::list::page(&app);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == page,
            "docs/permissions.md is not what the routes declare: make permissions"
        );
    });
}

/// Pages that say themselves that there is nothing, for nobody is let in by them: an invitation that is over looks like one
/// that never was.
const TOLD_BY_A_PAGE: [&str; 1] = ["/admin/invitations/{token}"];
/// Removals of which the second changes nothing: what is not in a collection is out of it.
const DONE_ALREADY: [&str; 1] = ["/admin/collections/{id}/members/{product_id}"];

/// Whether somebody lacks what a page of their own is about: a key has no account of the staff, and whoever has put
/// nothing into a cart is told so at the checkout.
fn has_none(who: Who, route: &Route, answer: &Answer) -> bool {
    let (key, customer) = (matches!(who, Who::Key(_)), who == Who::Customer);
    (key && route.path.starts_with("/admin/account") && answer.status == StatusCode::NOT_FOUND)
        || (!customer && route.path == "/checkout" && answer.shape()["code"] == json!("cart-empty"))
}

impl<'a> Matrix<'a> {
    async fn over(house: &'a House) -> Self {
        let people = People::invite(house).await;
        let samples = Samples::gather(house, &people).await;
        Self {
            house,
            people,
            samples,
            routes: house.app.routes(),
            asked: 0,
            wrong: Vec::new(),
            missing: Vec::new(),
        }
    }

    fn routes(&self, reading: bool) -> Vec<Route> {
        let wanted = |route: &&Route| (route.method == Method::GET) == reading;
        self.routes.iter().filter(wanted).cloned().collect()
    }

    async fn ask(&mut self, who: Who, ask: Ask<'_>) -> Answer {
        self.asked += 1;
        let told = format!("{who}: {} {}", ask.method, ask.path);
        let answer = self.people.ask(self.house, who, &ask).await;
        if answer.status.is_server_error() {
            self.wrong
                .push(format!("{told}: {} {}", answer.status, answer.told()));
        }
        for lack in guarded(&answer) {
            self.wrong.push(format!("{told}: {lack}"));
        }
        answer
    }

    fn note(&mut self, right: bool, who: Who, route: &Route, thing: Thing, answer: &Answer) {
        if !right {
            self.wrong.push(format!(
                "{who}: {} {} ({}), {thing:?}: {} {}",
                route.method,
                route.path,
                route.permission,
                answer.status,
                answer.told()
            ));
        }
    }

    /// Every page and every list.
    async fn reads(&mut self) {
        for route in self.routes(true) {
            let things = self.samples.of(self.house, &route);
            for who in Who::everybody() {
                let door = Door::of(who, route.permission);
                let mut nothing: Option<Value> = None;
                for (thing, path) in &things {
                    let answer = self.ask(who, Ask::read(path)).await;
                    let right = match door {
                        Door::Shut(status) => answer.status == status,
                        Door::Open if *thing == Thing::Own => {
                            answer.status.is_success()
                                || answer.status.is_redirection()
                                || has_none(who, &route, &answer)
                        }
                        Door::Open => {
                            answer.status == StatusCode::NOT_FOUND
                                || TOLD_BY_A_PAGE.contains(&route.path)
                        }
                    };
                    self.note(right, who, &route, *thing, &answer);
                    let alike = *thing == Thing::Own && door == Door::Open
                        || nothing.get_or_insert_with(|| answer.shape()) == &answer.shape();
                    self.note(alike, who, &route, *thing, &answer);
                    let secret = answer.body.to_lowercase().contains(CANARY);
                    self.note(
                        !secret || may_see_customers(who),
                        who,
                        &route,
                        *thing,
                        &answer,
                    );
                }
            }
            self.page_of_the_owner(&route).await;
        }
    }

    /// The page that a browser shows, with its policy; what is not for everybody is kept by no cache.
    async fn page_of_the_owner(&mut self, route: &Route) {
        let who = match route.permission {
            Permission::Account => Who::Customer,
            _ => Who::Staff(Role::Owner),
        };
        let things = self.samples.of(self.house, route);
        let (thing, path) = &things[0];
        let answer = self.ask(who, Ask::page(path)).await;
        let shown = answer.status.is_success() || answer.status.is_redirection();
        self.note(shown, who, route, *thing, &answer);
        let page = answer.header("content-type").starts_with("text/html");
        let policy = answer.header("content-security-policy");
        let strict = policy.contains("script-src 'self' 'nonce-")
            && policy.contains("frame-ancestors 'none'")
            && !policy.contains("unsafe");
        // A letter is shown as it is sent, with its styles, where nothing can act.
        let strict = strict || policy.ends_with("sandbox");
        self.note(!page || strict, who, route, *thing, &answer);
        let unkept = answer.header("cache-control").contains("no-store");
        let open = route.permission == Permission::Public;
        self.note(open || unkept, who, route, *thing, &answer);
    }

    /// Changes of things that are not there, or not one's own, with a body that would do.
    async fn changes_of_strangers(&mut self) {
        for route in self.routes(false) {
            let things = self.samples.of(self.house, &route);
            let body = bodies::plausible(&self.house.document, &route, &self.samples);
            for who in Who::everybody() {
                let door = Door::of(who, route.permission);
                let shut = matches!(door, Door::Shut(_));
                let mut nothing: Option<Value> = None;
                for (thing, path) in &things {
                    if *thing == Thing::Own && !shut {
                        continue;
                    }
                    let ask = Ask::change(&route.method, path, Some(body.clone()));
                    let answer = self.ask(who, ask).await;
                    let right = match door {
                        Door::Shut(status) => answer.status == status,
                        Door::Open => {
                            answer.status.is_client_error()
                                || *thing == Thing::Foreign && DONE_ALREADY.contains(&route.path)
                        }
                    };
                    self.note(right, who, &route, *thing, &answer);
                    // What has not the form of an address is no thing, which tells nothing about those there are.
                    let compared = shut
                        || matches!(thing, Thing::Foreign | Thing::Missing)
                            && !DONE_ALREADY.contains(&route.path);
                    let alike = !compared
                        || nothing.get_or_insert_with(|| answer.shape()) == &answer.shape();
                    self.note(alike, who, &route, *thing, &answer);
                    if who == Who::Key(Role::Owner) && *thing == Thing::Missing && !shut {
                        let named = format!("{} {}", route.method, route.path);
                        self.missing.push((answer.status, named));
                    }
                }
            }
        }
    }

    /// Changes by somebody with a session whose browser was sent here by another site, or does not say by whom.
    async fn changes_from_other_sites(&mut self) {
        for route in self.routes(false) {
            let who = if route.path.starts_with("/admin") {
                Who::Staff(Role::Owner)
            } else {
                Who::Customer
            };
            let things = self.samples.of(self.house, &route);
            let (thing, path) = &things[0];
            for site in [Site::Other, Site::ForeignOrigin, Site::Unproved] {
                let ask = Ask::change(&route.method, path, Some(json!({}))).from(site);
                let answer = self.ask(who, ask).await;
                let right = answer.status == StatusCode::FORBIDDEN
                    && answer.shape()["code"] == json!("other-site");
                self.note(right, who, &route, *thing, &answer);
            }
        }
    }

    /// Changes of one's own things by those who may, with a field that no form has: nobody is turned away, and what
    /// is unknown is refused wherever a form is read. What takes no form is done; removals come last.
    async fn own_changes(&mut self) {
        let mut routes = self.routes(false);
        routes.sort_by_key(|route| route.method == Method::DELETE);
        for route in routes {
            let things = self.samples.of(self.house, &route);
            let (thing, path) = &things[0];
            for who in Who::everybody() {
                if Door::of(who, route.permission) != Door::Open {
                    continue;
                }
                let body = Some(json!({ "no_such_field": 1 }));
                let answer = self.ask(who, Ask::change(&route.method, path, body)).await;
                let turned_away = matches!(
                    answer.status,
                    StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
                );
                self.note(!turned_away, who, &route, *thing, &answer);
                let read = bodies::has_form(&self.house.document, &route);
                let refused = answer.status.is_client_error();
                self.note(!read || refused, who, &route, *thing, &answer);
            }
        }
    }

    fn verdict(self) {
        let told: Vec<String> = self
            .missing
            .iter()
            .filter(|(status, _)| *status != StatusCode::NOT_FOUND)
            .map(|(status, named)| format!("{status} {named}"))
            .collect();
        eprintln!(
            "{} routes, {} questions; {} of {} changes of a missing thing are told that it is missing; the others:\n{}",
            self.routes.len(),
            self.asked,
            self.missing.len() - told.len(),
            self.missing.len(),
            told.join("\n")
        );
        assert!(
            self.wrong.is_empty(),
            "{} answers are wrong:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert!(
            told.len() * 4 <= self.missing.len(),
            "most changes are refused before anything is looked up, which proves little"
        );
    }
}
