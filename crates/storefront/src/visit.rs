//! Visits: which browser it is, where it came from this time, and what its people looked at (TRF-01, TRF-05).
//!
//! A visit ends after half an hour without a page, or when the browser comes in by another link. Programs and crawlers
//! have no visits. Nothing here waits for the database: what a page saw goes to a buffer in memory.

use std::sync::Arc;

use insight::{Device, SourceCode, Utm, device, events::PageViewed, source};
use kernel::{SessionId, Timestamp, VisitorId, event};
use platform::{Ctx, ctx::Visit, events::Event, secret, web::Incoming};

/// The cookie with the browser's id.
const VISITOR: &str = "__Host-visitor";
/// The cookie with the present visit.
const VISIT: &str = "__Host-visit";
/// A visit without a page for this long is over, in seconds.
const IDLE: i64 = 30 * 60;
/// The visit's cookie is written anew at most this often, in seconds.
const REFRESH: i64 = 60;
const YEAR: i64 = 365 * 86_400;
/// Characters of a referrer that are kept.
const REFERRER: usize = 300;

/// Paths whose requests belong to no visit.
const QUIET: [&str; 8] = [
    "/preview/",
    "/assets/",
    "/media/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemaps/",
    "/llms.txt",
    "/webhooks/",
];
/// Where browsers report what they saw; such a report never begins a visit.
pub(crate) const REPORTS: &str = "/v1/impressions";

/// A visit as its cookie keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    session: SessionId,
    source: String,
    device: Device,
    /// Of the link's tags; empty without tags.
    campaign: String,
    /// Seconds since 1970.
    seen: i64,
}

impl Kept {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let mut next = || parts.next();
        let session = next()?.parse().ok()?;
        let source = next().filter(|s| is_code(s))?.to_owned();
        let device = next().and_then(|d| {
            [Device::Phone, Device::Tablet, Device::Desktop]
                .into_iter()
                .find(|k| k.code() == d)
        })?;
        let campaign = next()
            .filter(|c| c.len() <= 8 && c.bytes().all(|b| b.is_ascii_hexdigit()))?
            .to_owned();
        let seen = next()?.parse().ok()?;
        Some(Self {
            session,
            source,
            device,
            campaign,
            seen,
        })
    }

    fn write(&self) -> String {
        let Self {
            session,
            source,
            device,
            campaign,
            seen,
        } = self;
        format!("{session}|{source}|{}|{campaign}|{seen}", device.code())
    }
}

/// What a code of a source can look like; cookies come from outside.
fn is_code(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-:".contains(&b);
    !text.is_empty() && text.len() <= SourceCode::MAX && text.bytes().all(plain)
}

/// Whether a request is for a file rather than by a person.
pub(crate) fn is_quiet(incoming: &Incoming) -> bool {
    QUIET.iter().any(|path| incoming.path.starts_with(path))
}

/// The visit of a request, and the cookies that keep it.
pub(crate) fn of(ctx: &Ctx, incoming: &Incoming) -> (Option<Visit>, Vec<String>) {
    if is_quiet(incoming) {
        return (None, Vec::new());
    }
    let visitor: Option<VisitorId> = incoming.cookie(VISITOR).and_then(|id| id.parse().ok());
    let kept = incoming.cookie(VISIT).and_then(|text| Kept::read(&text));
    let now = seconds(ctx.now());
    let alive = kept.filter(|k| (0..IDLE).contains(&(now - k.seen)));
    if incoming.program || incoming.path == REPORTS {
        let visit = visitor
            .zip(alive)
            .map(|(visitor, kept)| visit(visitor, &kept));
        return (visit, Vec::new());
    }
    let device = device::of(incoming.header("user-agent").unwrap_or_default());
    if matches!(device, Device::Bot | Device::Program) {
        return (None, Vec::new());
    }
    let mut cookies = Vec::new();
    let known = visitor.is_some();
    let visitor = visitor.unwrap_or_else(VisitorId::new);
    if !known {
        cookies.push(cookie(VISITOR, &visitor.to_string(), YEAR));
    }
    let arrival = Arrival::of(incoming);
    let goes_on = alive.filter(|k| known && !arrival.is_another(k, incoming));
    let rewrite = goes_on.as_ref().is_none_or(|k| now - k.seen >= REFRESH);
    let mut kept = goes_on.unwrap_or_else(|| Kept {
        session: SessionId::new(),
        source: arrival.source.to_string(),
        device,
        campaign: arrival.campaign,
        seen: now,
    });
    if rewrite {
        kept.seen = now;
        cookies.push(cookie(VISIT, &kept.write(), IDLE));
    }
    (Some(visit(visitor, &kept)), cookies)
}

/// The cookies that take away what a browser was known by.
pub(crate) fn forgotten(incoming: &Incoming) -> Vec<String> {
    [VISITOR, VISIT]
        .into_iter()
        .filter(|name| incoming.cookie(name).is_some())
        .map(|name| cookie(name, "", 0))
        .collect()
}

fn visit(visitor: VisitorId, kept: &Kept) -> Visit {
    Visit {
        visitor,
        session: kept.session,
        source: Arc::from(kept.source.as_str()),
        device: Arc::from(kept.device.code()),
    }
}

fn cookie(name: &str, value: &str, age: i64) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={age}")
}

const fn seconds(at: Timestamp) -> i64 {
    at.micros() / 1_000_000
}

/// How a browser came in by this request.
struct Arrival {
    source: SourceCode,
    campaign: String,
}

impl Arrival {
    fn of(incoming: &Incoming) -> Self {
        let utm = Utm::from_query(&incoming.query);
        let host = incoming.header("host").unwrap_or_default();
        let campaign = if utm.is_empty() {
            String::new()
        } else {
            let text = serde_json::to_string(&utm).unwrap_or_default();
            secret::sha256_hex(text.as_bytes())
                .chars()
                .take(8)
                .collect()
        };
        Self {
            source: source::classify(&utm, incoming.header("referer"), host),
            campaign,
        }
    }

    /// A tagged link that is not the visit's own, or another site than the one the visit came from. Only opening a page
    /// counts: forms and reports have referrers too.
    fn is_another(&self, kept: &Kept, incoming: &Incoming) -> bool {
        if !is_opening(incoming) {
            return false;
        }
        let tagged = !self.campaign.is_empty() && self.campaign != kept.campaign;
        let led = self.campaign.is_empty()
            && self.source != SourceCode::direct()
            && self.source.as_str() != kept.source;
        tagged || led
    }
}

/// Whether a person opens a page with this request, rather than a script or a browser that looks ahead.
pub(crate) fn is_opening(incoming: &Incoming) -> bool {
    let header = |name| incoming.header(name).unwrap_or_default();
    let ahead =
        header("sec-purpose").contains("prefetch") || header("purpose").contains("prefetch");
    let document = matches!(header("sec-fetch-dest"), "" | "document");
    incoming.method == "GET" && !incoming.program && document && !ahead
}

/// The event of a page that was opened.
pub(crate) fn page_viewed(incoming: &Incoming) -> Event {
    let host = incoming.header("host").unwrap_or_default();
    let referrer = incoming
        .header("referer")
        .map(|url| without_secrets(url, host));
    let viewed = PageViewed {
        path: shown_path(&incoming.path),
        referrer,
        utm: Utm::from_query(&incoming.query),
    };
    Event::new(event::PAGE_VIEWED, &viewed)
}

/// The path of a page as it may be kept: the secret of a link to an order or an account is left out (A7).
fn shown_path(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    match parts.as_mut_slice() {
        [_, "orders", "lookup", ..] => {}
        [_, "orders", token, ..] | [_, "account", "links", token, ..] => *token = "…",
        _ => {}
    }
    parts.join("/")
}

/// A referrer as it may be kept: without its query, and without the secret of an order's link.
fn without_secrets(url: &str, own_host: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let own = plain
        .split_once("://")
        .and_then(|(_, rest)| rest.strip_prefix(own_host))
        .filter(|_| !own_host.is_empty());
    let text = own.map_or_else(|| plain.to_owned(), shown_path);
    text.chars().take(REFERRER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TRF-01: a visit reads back from its cookie, and nothing else passes for one.
    #[test]
    fn a_visit_reads_back() {
        let kept = Kept {
            session: SessionId::new(),
            source: "referral:blog.example.tw".into(),
            device: Device::Phone,
            campaign: "0a1b2c3d".into(),
            seen: 1_772_416_800,
        };
        assert_eq!(Kept::read(&kept.write()), Some(kept.clone()));
        for bad in [
            "",
            "x|y",
            &format!("{}|a;b|phone||1", kept.session),
            &format!("{}|direct|bot||1", kept.session),
        ] {
            assert_eq!(Kept::read(bad), None, "{bad}");
        }
    }

    /// A7: the secret of an order's link is in no event.
    #[test]
    fn links_of_orders_are_not_kept() {
        assert_eq!(
            shown_path("/orders/tK8vQ2mZr4Lx/result"),
            "/orders/…/result"
        );
        assert_eq!(shown_path("/orders/lookup"), "/orders/lookup");
        assert_eq!(
            without_secrets("https://shop.tw/orders/tK8v?x=1", "shop.tw"),
            "/orders/…"
        );
        assert_eq!(
            without_secrets("https://a.tw/b?email=c", "shop.tw"),
            "https://a.tw/b"
        );
    }
}
