//! The whole program in this process, over the demonstration's goods and some weeks of shoppers.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderMap, Method, StatusCode},
};
use operations::flows::dress_shop;
use platform::{
    Ctx,
    theme::{BASE, Corners, Settings},
    web::app as web_app,
};
use serde_json::Value;
use testkit::World;
use tower::{Layer, ServiceExt, util::MapRequestLayer};
use zhanggui::{
    App, AppBuilder, Config,
    commands::simulate::{self, Simulate},
};

/// The address that the shop believes to have.
pub(crate) const HOST: &str = "shop.test";
/// Days of history: enough for orders in every state.
const DAYS: i64 = 20;

/// The program and its shop.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) ctx: Ctx,
    pub(crate) document: Value,
    router: Router,
}

/// The program over the database of a test.
pub(crate) async fn app_of(world: &World) -> App {
    let config = Config {
        database: Some(world.database()),
        data_dir: world.folder.path().to_owned(),
        public_url: Some(format!("https://{HOST}")),
        ..Config::default()
    };
    let builder = AppBuilder::new(config).clock(world.clock.clone());
    builder.build().await.unwrap()
}

impl House {
    pub(crate) async fn open(world: &World) -> Self {
        let app = app_of(world).await;
        let url = app.config.public_url();
        let opened = simulation::open_shop(&app.ctx, &app.files, &url, DAYS)
            .await
            .unwrap();
        let from = simulate::start_of_day(&app, app.ctx.now().plus_seconds(-DAYS * 86_400));
        let lives = Simulate {
            products: None,
            days: DAYS,
            visitors_per_day: 48,
            seed: 7,
            from: Some(from),
        };
        simulate::run(&app, lives).await.unwrap();
        simulation::restock(&app.ctx, &opened).await.unwrap();
        simulation::leave_work(&app.ctx).await.unwrap();
        app.refresh_search().await.unwrap();
        dressed(&app.ctx).await;
        Self {
            document: web_app::openapi(&app.routes()),
            router: app.router().unwrap(),
            ctx: app.ctx.clone(),
            app,
        }
    }

    /// Asks and reads the answer whole.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        send(&self.router, request).await
    }
}

/// Sets something of the theme, so that pages load a file of it.
async fn dressed(ctx: &Ctx) {
    let round = Settings {
        corners: Some(Corners::Round),
        ..Settings::default()
    };
    let set = ctx.write(async move |tx, ctx| {
        dress_shop::set(tx, ctx, BASE, round, Settings::default()).await
    });
    set.await.unwrap();
}

/// Asks a router, as a connection of this machine does, and reads the answer whole.
pub(crate) async fn send(router: &Router, mut request: Request) -> Answer {
    // From this machine, so that limits of tries by source do not end the questions.
    let source = SocketAddr::from(([127, 0, 0, 1], 40_000));
    request.extensions_mut().insert(ConnectInfo(source));
    let service = MapRequestLayer::new(web_app::rewrite).layer(router.clone());
    let response = service.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// Where a request says that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// The shop's own pages.
    Own,
    /// Another site, as today's browsers say it.
    Other,
    /// Another site, as older browsers say it.
    ForeignOrigin,
    /// Nothing is said.
    Unproved,
}

/// A question.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) body: Option<Value>,
    pub(crate) site: Site,
    /// Whether a page is wanted rather than JSON.
    pub(crate) page: bool,
}

impl<'a> Ask<'a> {
    pub(crate) const fn read(path: &'a str) -> Self {
        Self::change(&Method::GET, path, None)
    }

    pub(crate) fn page(path: &'a str) -> Self {
        Self {
            page: true,
            ..Self::read(path)
        }
    }

    pub(crate) const fn change(method: &'a Method, path: &'a str, body: Option<Value>) -> Self {
        Self {
            method,
            path,
            body,
            site: Site::Own,
            page: false,
        }
    }

    pub(crate) fn from(self, site: Site) -> Self {
        Self { site, ..self }
    }

    /// The request, before anybody has signed it.
    pub(crate) fn request(&self) -> axum::http::request::Builder {
        let accept = if self.page {
            "text/html"
        } else {
            "application/json"
        };
        let request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .header("host", HOST)
            .header("accept", accept)
            .header("accept-language", "en");
        match self.site {
            Site::Own => request.header("sec-fetch-site", "same-origin"),
            Site::Other => request.header("sec-fetch-site", "cross-site"),
            Site::ForeignOrigin => request.header("origin", "https://elsewhere.test"),
            Site::Unproved => request,
        }
    }

    /// The body that belongs to it.
    pub(crate) fn content(&self) -> Body {
        let text = self.body.as_ref().map(Value::to_string);
        text.map_or_else(Body::empty, Body::from)
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// A header's text; empty without it.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.body))
    }

    /// The same answer, after checking that it was done.
    pub(crate) fn done(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        self
    }

    /// Everything that can be told from it but which request it was.
    pub(crate) fn shape(&self) -> Value {
        let mut body =
            serde_json::from_str(&self.body).unwrap_or_else(|_| Value::String(self.body.clone()));
        if let Some(fields) = body.as_object_mut() {
            fields.remove("instance");
            fields.insert("status".to_owned(), self.status.as_u16().into());
        }
        body
    }

    /// The beginning of the body.
    pub(crate) fn told(&self) -> String {
        self.body.chars().take(200).collect()
    }
}
