//! What the paths of the program name: one's own thing of each kind, a foreign one, one that is not there, and a text
//! that names nothing.
//!
//! A kind is what the document says of a parameter: the type of an id, or for a text the path before it. A kind that
//! nobody knows fails here with the routes that name it; add where such a thing is found.

use std::collections::{BTreeMap, BTreeSet};

use platform::web::Route;
use serde_json::Value;

use crate::{
    furniture::{Belongings, Desk, all, texts},
    house::{Ask, House},
    people::People,
};

/// A secret, a handle or a name that nobody gave out.
const NOBODYS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// What no parameter can be.
const MALFORMED: &str = "%27%22%3Cx%3E";

/// Whose thing a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    /// It is there, and the asker's or the shop's.
    Own,
    /// It is there, and somebody else's or part of something else.
    Foreign,
    /// There is no such thing.
    Missing,
    /// What it should be part of is not there.
    Nowhere,
    /// No thing can be called that.
    Malformed,
}

/// Where things are found, by the kinds that a path names.
const KEPT: &[(&str, &str)] = &[
    (
        "BankReceiptId",
        "SELECT id AS a FROM bank_receipts ORDER BY id",
    ),
    (
        "BreakId",
        "SELECT id AS a FROM reconciliation_breaks ORDER BY id",
    ),
    (
        "CartId",
        "SELECT cart_id AS a FROM order_drafts WHERE state = 'open' ORDER BY cart_id",
    ),
    (
        "CollectionId",
        "SELECT id AS a FROM collections WHERE archived_at IS NULL ORDER BY id",
    ),
    ("CustomerId", "SELECT id AS a FROM customers ORDER BY id"),
    (
        "DeliveryMethodId",
        "SELECT id AS a FROM delivery_methods ORDER BY id",
    ),
    (
        "DeliveryZoneId",
        "SELECT id AS a FROM delivery_zones ORDER BY id",
    ),
    ("InquiryId", "SELECT id AS a FROM inquiries ORDER BY id"),
    ("JobId", "SELECT id AS a FROM jobs ORDER BY id"),
    (
        "LocationId",
        "SELECT id AS a FROM locations ORDER BY priority DESC",
    ),
    ("OrderId", "SELECT id AS a FROM orders ORDER BY id"),
    ("PageId", "SELECT id AS a FROM pages ORDER BY id"),
    (
        "PictureImportId",
        "SELECT id AS a FROM picture_imports ORDER BY id",
    ),
    (
        "PaymentCaseId",
        "SELECT id AS a FROM payment_cases ORDER BY id",
    ),
    (
        "ProductId",
        "SELECT id AS a FROM products WHERE state = 'published' ORDER BY id",
    ),
    (
        "StockTransferId",
        "SELECT id AS a FROM stock_transfers WHERE state = 'sent' ORDER BY id",
    ),
    (
        "VariantId",
        "SELECT id AS a FROM variants WHERE NOT is_bundle ORDER BY id",
    ),
];

/// Where parts of things are found: the whole, then the part.
const PARTS: &[(&str, &str)] = &[
    (
        "CollectionId ProductId",
        "SELECT collection_id AS a, product_id AS b FROM collection_products ORDER BY collection_id, product_id",
    ),
    (
        "OrderId ParcelId",
        "SELECT order_id AS a, id AS b FROM parcels ORDER BY id",
    ),
    (
        "OrderId RefundId",
        "SELECT order_id AS a, id AS b FROM refunds ORDER BY id",
    ),
    (
        "ProductId MediaId",
        "SELECT product_id AS a, id AS b FROM media ORDER BY id",
    ),
    (
        "VariantId VariantId",
        // What is part of no bundle is foreign to each.
        "SELECT bundle_id AS a, part_id AS b, 0 AS n FROM bundle_parts UNION ALL SELECT id, id, 1 FROM variants \
         WHERE id NOT IN (SELECT part_id FROM bundle_parts) ORDER BY n, a, b",
    ),
];

/// Values for the parameters of a path.
type Values = Vec<String>;

/// Everything that a path can name.
pub(crate) struct Samples {
    known: BTreeMap<String, Vec<(Thing, Values)>>,
}

impl Samples {
    pub(crate) async fn gather(house: &House, people: &People) -> Self {
        let desk = Desk::furnish(house, people).await;
        let mut samples = Self {
            known: BTreeMap::new(),
        };
        for (kind, sql) in KEPT {
            let rows = all(house, sql, 1).await;
            if let Some(row) = rows.first() {
                samples.thing(house, kind, &row[0], None);
            }
        }
        for (kind, sql) in PARTS {
            samples.part(house, kind, &all(house, sql, 2).await);
        }
        samples.of_the_desk(house, &desk);
        samples.of_customers(house, people.belongings());
        samples.of_the_shop(house).await;
        samples.of_pages(house).await;
        samples.know_every_route(house);
        samples
    }

    /// A thing by its key without a prefix, and one of somebody else.
    fn thing(&mut self, house: &House, kind: &str, own: &str, foreign: Option<&str>) {
        let prefix = prefix_of(&house.document, kind);
        let named = |key: &str| vec![format!("{prefix}_{key}")];
        let mut values = vec![(Thing::Own, named(own))];
        values.extend(foreign.map(|key| (Thing::Foreign, named(key))));
        let nobodys = kernel::id::encode(kernel::id::fresh_uuid());
        values.push((Thing::Missing, named(&nobodys)));
        self.known.insert(kind.to_owned(), values);
    }

    /// A part and what it is part of, from all rows of such parts.
    fn part(&mut self, house: &House, kind: &str, rows: &[Vec<String>]) {
        let (whole, part) = kind.split_once(' ').unwrap();
        let (whole, part) = (
            prefix_of(&house.document, whole),
            prefix_of(&house.document, part),
        );
        let Some(own) = rows.first() else { return };
        let foreign = rows
            .iter()
            .find(|row| !rows.contains(&vec![own[0].clone(), row[1].clone()]));
        let foreign = foreign.unwrap_or_else(|| panic!("no foreign part for {kind}"));
        let nobodys = kernel::id::encode(kernel::id::fresh_uuid());
        let named = |a: &str, b: &str| vec![format!("{whole}_{a}"), format!("{part}_{b}")];
        let values = vec![
            (Thing::Own, named(&own[0], &own[1])),
            (Thing::Foreign, named(&own[0], &foreign[1])),
            (Thing::Missing, named(&own[0], &nobodys)),
            (Thing::Nowhere, named(&nobodys, &own[1])),
        ];
        self.known.insert(kind.to_owned(), values);
    }

    /// A text.
    fn text(&mut self, kind: &str, own: &str) {
        self.text_or(kind, own, NOBODYS);
    }

    fn text_or(&mut self, kind: &str, own: &str, nobodys: &str) {
        let values = vec![
            (Thing::Own, vec![own.to_owned()]),
            (Thing::Missing, vec![nobodys.to_owned()]),
        ];
        self.known.insert(kind.to_owned(), values);
    }

    fn of_the_desk(&mut self, house: &House, desk: &Desk) {
        self.thing(house, "ApiKeyId", bare(&desk.key.to_string()), None);
        self.thing(house, "StaffId", bare(&desk.staff.to_string()), None);
        self.thing(house, "BulkEditId", bare(&desk.bulk_edit), None);
        let theirs = Some(bare(&desk.other_view));
        self.thing(house, "SavedViewId", bare(&desk.view), theirs);
        self.text("/admin/invitations/{}", &desk.invitation);
        self.text("/account/links/{}", &desk.letter);
        self.text("/admin/message-templates/{}", "order_shipped");
        self.text("/admin/help/{}", "orders");
        let picture = |file: &str| vec!["en".to_owned(), file.to_owned()];
        let values = vec![
            (Thing::Own, picture("home.webp")),
            (Thing::Missing, picture(NOBODYS)),
        ];
        let kind = "/admin/help/pictures/{} /admin/help/pictures/{}/{}";
        self.known.insert(kind.to_owned(), values);
        self.text("/admin/themes/{}", "default");
        self.text("/preview/{}", &desk.preview);
    }

    fn of_customers(&mut self, house: &House, (ada, bea): (&Belongings, &Belongings)) {
        let theirs = Some(bare(&bea.address));
        self.thing(house, "AddressId", bare(&ada.address), theirs);
        let theirs = Some(bare(&bea.cart_line));
        self.thing(house, "CartLineId", bare(&ada.cart_line), theirs);
        self.text("/orders/{}", &ada.token);
        let of = |token: &str, payment: &str| vec![token.to_owned(), payment.to_owned()];
        let nobodys = kernel::PaymentId::new().to_string();
        let values = vec![
            (Thing::Own, of(&ada.token, &ada.payment)),
            (Thing::Foreign, of(&ada.token, &bea.payment)),
            (Thing::Missing, of(&ada.token, &nobodys)),
            (Thing::Nowhere, of(NOBODYS, &ada.payment)),
        ];
        self.known.insert("/orders/{} PaymentId".to_owned(), values);
    }

    async fn of_the_shop(&mut self, house: &House) {
        const HANDLES: [(&str, &str); 3] = [
            (
                "/products/{}",
                "SELECT handle AS a FROM products WHERE state = 'published' ORDER BY id",
            ),
            (
                "/collections/{}",
                "SELECT handle AS a FROM collections WHERE archived_at IS NULL ORDER BY id",
            ),
            ("/media/{}", "SELECT file_key AS a FROM media ORDER BY id"),
        ];
        for (kind, sql) in HANDLES {
            self.text(kind, &texts(house, sql).await[0]);
        }
        self.text_or("/sitemaps/{}", "0", "9999");
        for (page, start, kind) in [
            ("/", "/assets/", "/assets/{}"),
            ("/", "/themes/", "/themes/{}"),
            ("/sitemap.xml", "/pages/", "/pages/{}"),
        ] {
            let ask = Ask::page(page);
            let request = ask.request().body(ask.content()).unwrap();
            let body = house.send(request).await.body.replace("&#x2f;", "/");
            let after = body.split(start).nth(1);
            let after = after.unwrap_or_else(|| panic!("{page} leads to no {start}"));
            let name = after.split(['"', '<', '?', ' ', '#']).next().unwrap();
            self.text(kind, name);
        }
        let optional = "SELECT id AS a FROM products WHERE options <> '[]' ORDER BY id";
        let product = format!("product_{}", all(house, optional, 1).await[0][0]);
        let of = |option: &str| vec![product.clone(), option.to_owned()];
        let values = vec![(Thing::Own, of("0")), (Thing::Missing, of("9"))];
        self.known
            .insert("ProductId /admin/products/{}/options/{}".to_owned(), values);
    }

    /// A block and an earlier draft of the home page.
    async fn of_pages(&mut self, house: &House) {
        let home = "SELECT id AS a FROM pages WHERE kind = 'home'";
        let home = format!("page_{}", all(house, home, 1).await[0][0]);
        let of = |part: &str| vec![home.clone(), part.to_owned()];
        for (kind, own, nobodys) in [("blocks", "b1", NOBODYS), ("versions", "1", "99")] {
            let values = vec![(Thing::Own, of(own)), (Thing::Missing, of(nobodys))];
            self.known
                .insert(format!("PageId /admin/pages/{{}}/{kind}/{{}}"), values);
        }
    }

    fn know_every_route(&self, house: &House) {
        let mut unknown = BTreeSet::new();
        for route in house.app.routes() {
            let kind = kind_of(&house.document, &route);
            if !kind.is_empty() && !self.known.contains_key(&kind) {
                unknown.insert(format!("{kind}: {} {}", route.method, route.path));
            }
        }
        let unknown: Vec<String> = unknown.into_iter().collect();
        assert!(
            unknown.is_empty(),
            "the shop of this test has nothing of these kinds:\n{}",
            unknown.join("\n")
        );
    }

    /// An id of a kind that is there.
    pub(crate) fn id(&self, kind: &str) -> Option<&str> {
        let (_, values) = self.known.get(kind)?.first()?;
        values.first().map(String::as_str)
    }

    /// The paths of a route, one's own thing first.
    pub(crate) fn of(&self, house: &House, route: &Route) -> Vec<(Thing, String)> {
        let kind = kind_of(&house.document, route);
        if kind.is_empty() {
            return vec![(Thing::Own, route.path.to_owned())];
        }
        let known = &self.known[&kind];
        let mut paths: Vec<(Thing, String)> = known
            .iter()
            .map(|(thing, values)| (*thing, filled(route.path, values)))
            .collect();
        let mut malformed = known[0].1.clone();
        if let Some(last) = malformed.last_mut() {
            MALFORMED.clone_into(last);
        }
        paths.push((Thing::Malformed, filled(route.path, &malformed)));
        paths
    }
}

/// An id without its prefix.
fn bare(id: &str) -> &str {
    id.split_once('_').unwrap().1
}

fn filled(path: &str, values: &[String]) -> String {
    let mut values = values.iter();
    let part = |part: &str| {
        if part.starts_with('{') {
            values.next().unwrap().clone()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The kinds of everything that a route's path names, with blanks between them.
fn kind_of(document: &Value, route: &Route) -> String {
    let place = route.path.replace('/', "~1");
    let method = route.method.as_str().to_lowercase();
    let at = format!("/paths/{place}/{method}/parameters");
    let described = document.pointer(&at).and_then(Value::as_array).unwrap();
    let mut before = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    for part in route.path.split('/') {
        let Some(name) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) else {
            before.push(part);
            continue;
        };
        before.push("{}");
        let schema = described
            .iter()
            .find(|p| p["in"] == "path" && p["name"] == name)
            .map(|p| &p["schema"]);
        let typed = schema.and_then(|s| s["$ref"].as_str()?.rsplit('/').next());
        let id = typed.filter(|kind| prefix(document, kind).is_some());
        kinds.push(id.map_or_else(|| before.join("/"), str::to_owned));
    }
    kinds.join(" ")
}

/// The word before the underscore of an id of a kind.
fn prefix(document: &Value, kind: &str) -> Option<String> {
    let pattern = &document["components"]["schemas"][kind]["pattern"];
    let (prefix, _) = pattern.as_str()?.strip_prefix('^')?.split_once("_[")?;
    Some(prefix.to_owned())
}

fn prefix_of(document: &Value, kind: &str) -> String {
    prefix(document, kind).unwrap_or_else(|| panic!("no path names a {kind}"))
}
