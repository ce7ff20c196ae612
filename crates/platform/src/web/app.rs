//! From a request to an answer: doors, handler, page or JSON, headers.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, RawPathParams, Request},
    http::{HeaderMap, Method, Response, StatusCode, header, request::Parts},
    routing::{MethodFilter, MethodRouter, on},
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use futures_util::FutureExt;
use kernel::{Locale, Permission};
use tokio::sync::Semaphore;

use super::{
    body,
    face::Face,
    guard,
    input::Incoming,
    output::Answer,
    problem::Problem,
    recorded,
    render::{append, refuse, refuse_unread, respond},
    route::Route,
    templates::Templates,
};
use crate::{Actor, Ctx, cards, secret, words::Words};

/// Requests that may be under way at once; more are told to come back (invariant D7).
const IN_FLIGHT: usize = 1_024;
/// Keeps the key of a short message for the next page.
pub(super) const FLASH_COOKIE: &str = "__Host-flash";
const LOCALE_COOKIE: &str = "__Host-lang";
/// Keeps whether pages are by day or by night.
pub(super) const THEME_COOKIE: &str = "__Host-theme";

/// Settings of the web server.
#[derive(Debug, Clone, Default)]
pub struct WebConfig {
    /// Whether a reverse proxy on this machine reports the source in `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Whether the shop is reached by HTTPS; then browsers are told to use nothing else.
    pub https: bool,
}

/// Everything the web needs beside the routes.
pub struct Web {
    /// The context requests start from.
    pub ctx: Ctx,
    /// All templates.
    pub templates: Templates,
    /// All words.
    pub words: Arc<Words>,
    /// Settings.
    pub config: WebConfig,
    in_flight: AtomicUsize,
    uploads: Semaphore,
}

/// The router that [`router`] builds.
pub type AxumRouter = Router;

/// Marks a request whose path ended in `.json`.
#[derive(Debug, Clone, Copy)]
struct WantsJson;

impl Web {
    /// The web over a context, templates and words.
    #[must_use]
    pub const fn new(ctx: Ctx, templates: Templates, words: Arc<Words>, config: WebConfig) -> Self {
        Self {
            ctx,
            templates,
            words,
            config,
            in_flight: AtomicUsize::new(0),
            uploads: Semaphore::const_new(body::ROOM),
        }
    }
}

/// The OpenAPI document of a list of routes.
#[must_use]
pub fn openapi(routes: &[Route]) -> serde_json::Value {
    super::openapi::document(routes.iter().map(Route::described))
}

/// Builds the router. An address that nobody has is shown by the face that owns it, or by `fallback`.
pub fn router(web: &Arc<Web>, routes: Vec<Route>, fallback: Arc<dyn Face>) -> Router {
    let mut router = Router::new();
    let lost = Arc::new(Lost {
        web: Arc::clone(web),
        faces: faces(&routes),
        fallback,
    });
    let mut paths: Vec<(&'static str, MethodRouter)> = Vec::new();
    for route in routes {
        let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
        let (web, path) = (Arc::clone(web), route.path);
        let service = move |params: RawPathParams, request: Request| {
            let (web, route) = (Arc::clone(&web), route.clone());
            async move {
                let params = params
                    .iter()
                    .map(|(n, v)| (n.to_owned(), v.to_owned()))
                    .collect();
                serve(&web, &route, params, request).await
            }
        };
        match paths.iter_mut().find(|(known, _)| *known == path) {
            Some((_, methods)) => *methods = std::mem::take(methods).on(filter, service),
            None => paths.push((path, on(filter, service))),
        }
    }
    for (path, methods) in paths {
        router = router.route(path, methods);
    }
    let nowhere = Arc::clone(&lost);
    router
        .fallback(move |request: Request| async move {
            nowhere.tell(request, Problem::not_found()).await
        })
        .method_not_allowed_fallback(move |request: Request| async move {
            let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "error-method");
            lost.tell(request, problem).await
        })
}

/// The faces of the routes, each once.
fn faces(routes: &[Route]) -> Vec<Arc<dyn Face>> {
    let mut found: Vec<Arc<dyn Face>> = Vec::new();
    for route in routes {
        if !found.iter().any(|face| Arc::ptr_eq(face, &route.face)) {
            found.push(Arc::clone(&route.face));
        }
    }
    found
}

/// Reads `.json` at the end of a path and `_method` in the query, before routing.
#[must_use]
pub fn rewrite(mut request: Request) -> Request {
    if request.method() == Method::POST
        && let Some(query) = request.uri().query()
        && let Some(name) = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("_method="))
        && let Some(method) = [Method::PUT, Method::PATCH, Method::DELETE]
            .into_iter()
            .find(|m| m.as_str() == name)
    {
        *request.method_mut() = method;
    }
    let path = request.uri().path();
    if let Some(stem) = path
        .strip_suffix(".json")
        .filter(|stem| !stem.is_empty() && *stem != "/openapi")
    {
        let target = request
            .uri()
            .query()
            .map_or_else(|| stem.to_owned(), |q| format!("{stem}?{q}"));
        if let Ok(uri) = target.parse() {
            *request.uri_mut() = uri;
            request.extensions_mut().insert(WantsJson);
        }
    }
    request
}

/// The request without its body.
fn head(web: &Web, params: Vec<(String, String)>, mut parts: Parts) -> Incoming {
    without_cards(&mut parts.headers);
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([127, 0, 0, 1]), |c| c.0.ip());
    let has = |name: &str| parts.headers.contains_key(name);
    let says = |name: &str, what: &str| {
        parts
            .headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.contains(what))
    };
    let program = parts.extensions.get::<WantsJson>().is_some()
        || has("authorization")
        || has("cart-token")
        || says("content-type", "application/json")
        || (says("accept", "application/json") && !says("accept", "text/html"));
    Incoming {
        source: guard::source_of(peer, &parts.headers, web.config.behind_proxy),
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: cards::masked_query(parts.uri.query().unwrap_or_default()).into_owned(),
        params,
        headers: parts.headers,
        body: bytes::Bytes::new(),
        upload: None,
        program,
    }
}

/// What browsers say of themselves and of the page before is kept with visits: one with the number of a card is not
/// heard (P12).
fn without_cards(headers: &mut HeaderMap) {
    for name in [header::REFERER, header::USER_AGENT] {
        let told = headers.get(&name).and_then(|value| value.to_str().ok());
        if told.is_some_and(|told| matches!(cards::masked(told), Cow::Owned(_))) {
            headers.remove(&name);
        }
    }
}

fn base_ctx(web: &Web, incoming: &Incoming) -> Ctx {
    let chosen = incoming
        .query_param("lang")
        .or_else(|| incoming.cookie(LOCALE_COOKIE))
        .and_then(|l| l.parse().ok());
    let locale = chosen
        .or_else(|| {
            incoming
                .header("accept-language")
                .and_then(Locale::negotiate)
        })
        .unwrap_or_default();
    let request_id = STANDARD_NO_PAD
        .encode(secret::random_bytes::<9>())
        .replace(['+', '/'], "x");
    web.ctx
        .acting(Actor::Visitor, kernel::Permissions::NONE)
        .speaking(locale)
        .with_request(Arc::from(request_id))
}

async fn serve(
    web: &Web,
    route: &Route,
    params: Vec<(String, String)>,
    request: Request,
) -> Response<Body> {
    let started = Instant::now();
    let place = Place::take(&web.in_flight);
    let busy = place.before >= IN_FLIGHT;
    let response = if busy {
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "error-busy").retry_after(2);
        refuse_unread(web, &problem)
    } else {
        answer(web, route, params, request).await
    };
    drop(place);
    let labels = [
        ("route", route.path),
        ("method", method_label(&route.method)),
    ];
    metrics::counter!("http_requests_total", "route" => labels[0].1, "method" => labels[1].1, "status" => status_class(response.status()))
        .increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(started.elapsed());
    response
}

/// A place among the requests under way; given back however the request ends, also when whoever asked hung up.
struct Place<'a> {
    under_way: &'a AtomicUsize,
    before: usize,
}

impl<'a> Place<'a> {
    fn take(under_way: &'a AtomicUsize) -> Self {
        let before = under_way.fetch_add(1, Ordering::Relaxed);
        Self { under_way, before }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn method_label(method: &Method) -> &'static str {
    [
        ("GET", Method::GET),
        ("POST", Method::POST),
        ("PUT", Method::PUT),
        ("PATCH", Method::PATCH),
        ("DELETE", Method::DELETE),
    ]
    .into_iter()
    .find(|(_, m)| m == method)
    .map_or("OTHER", |(label, _)| label)
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

async fn answer(
    web: &Web,
    route: &Route,
    params: Vec<(String, String)>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut incoming = head(web, params, parts);
    let mut ctx = base_ctx(web, &incoming);
    let spoken = route.face.languages();
    if let Some(first) = spoken.first().filter(|_| !spoken.contains(&ctx.locale())) {
        ctx = ctx.speaking(*first);
    }
    let mut cookies = Vec::new();
    if let Some(theme) = incoming.query_param("theme").and_then(|t| theme(&t)) {
        cookies.push(format!(
            "{THEME_COOKIE}={theme}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"
        ));
    }
    if incoming.query_param("lang").is_some() {
        cookies.push(format!(
            "{LOCALE_COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000",
            ctx.locale()
        ));
    }
    let entered = enter(&mut ctx, &incoming, route).await;
    // The body comes after the doors: a stranger cannot make the shop keep what only its people may send.
    let entered = match entered {
        Ok(()) => body::receive(&mut incoming, body, route.accepts.as_ref(), &web.uploads).await,
        Err(problem) => {
            body::pass_over(&incoming, body).await;
            Err(problem)
        }
    };
    let incoming = Arc::new(incoming);
    let result = match entered {
        Err(problem) => Err(problem),
        Ok(()) => {
            let (visit, more) = route.face.visit(&ctx, &incoming);
            cookies.extend(more);
            ctx = ctx.during(visit);
            if let Some(deed) = recorded::deed(route, &incoming) {
                ctx = ctx.recording(deed);
            }
            handled(route, ctx.clone(), Arc::clone(&incoming)).await
        }
    };
    let mut response = match result {
        Ok(answer) => respond(web, &route.face, &ctx, &incoming, answer).await,
        Err(problem) => refuse(web, &route.face, &ctx, &incoming, problem).await,
    };
    for cookie in cookies {
        append(&mut response, header::SET_COOKIE, &cookie);
    }
    if route.permission != Permission::Public {
        append(&mut response, header::CACHE_CONTROL, "no-store");
    }
    response
}

/// What the handler says. One that panics has failed like any other: whoever asked is told so, and the connection stays.
async fn handled(route: &Route, ctx: Ctx, incoming: Arc<Incoming>) -> Result<Answer, Problem> {
    let answering = async { (route.handler)(ctx, incoming).await };
    AssertUnwindSafe(answering)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Problem::internal("the handler panicked")))
}

/// The doors. Whoever is refused is still who they are, and keeps their menu on the page that says so.
async fn enter(ctx: &mut Ctx, incoming: &Incoming, route: &Route) -> Result<(), Problem> {
    guard::same_origin(incoming)?;
    *ctx = who(ctx, incoming, route).await?;
    guard::permit(ctx, route.permission)?;
    guard::only_looking(ctx, incoming)
}

/// Finds out who asks: somebody the house knows, or somebody the face does.
async fn who(ctx: &Ctx, incoming: &Incoming, route: &Route) -> Result<Ctx, Problem> {
    let known = guard::identify(ctx, incoming, route.permission).await?;
    match known.actor() {
        Actor::Visitor => route.face.recognise(known, incoming).await,
        _ => Ok(known),
    }
}

/// By day, by night, or as the reader's device is: what pages can be.
pub(super) const THEMES: [&str; 3] = ["auto", "light", "dark"];

/// The theme of a code.
pub(super) fn theme(code: &str) -> Option<&'static str> {
    THEMES.into_iter().find(|theme| *theme == code)
}

/// Answers at addresses that nobody has.
struct Lost {
    web: Arc<Web>,
    faces: Vec<Arc<dyn Face>>,
    fallback: Arc<dyn Face>,
}

impl Lost {
    async fn tell(&self, request: Request, problem: Problem) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let incoming = head(&self.web, Vec::new(), parts);
        body::pass_over(&incoming, body).await;
        let owner = self.faces.iter().find(|face| face.owns(&incoming.path));
        let face = owner.unwrap_or(&self.fallback);
        let nobody = base_ctx(&self.web, &incoming);
        let asking = guard::identify(&nobody, &incoming, Permission::Public).await;
        let ctx = asking.unwrap_or(nobody);
        refuse(&self.web, face, &ctx, &incoming, problem).await
    }
}

/// Which routes exist, and what each needs; for the command line and for tests.
#[must_use]
pub fn list(routes: &[Route]) -> Vec<(String, &'static str, Permission, &'static str)> {
    routes
        .iter()
        .map(|r| (r.method.to_string(), r.path, r.permission, r.summary))
        .collect()
}
