//! Forms with files, through the router: what is typed beside them is kept, limits hold, strangers send nothing.
#![expect(clippy::unwrap_used, reason = "helpers of a test speak by failing")]

use std::{fmt::Write as _, sync::Arc, time::Duration};

use axum::body::Body;
use http::{Request, StatusCode, header};
use kernel::{Locale, Permission};
use minijinja::Value;
use platform::{
    Ctx,
    auth::keys,
    web::{
        self, Done, Face, FaceFuture, FileField, Files, Incoming, Page, PageView, Problem, Routes,
        Templates, Web, WebConfig,
    },
    words::Words,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use testkit::World;
use tower::ServiceExt;

struct Desk;

impl Face for Desk {
    fn surroundings<'a>(
        &'a self,
        _: &'a Ctx,
        _: &'a Incoming,
    ) -> FaceFuture<'a, Vec<(&'static str, Value)>> {
        Box::pin(async { Vec::new() })
    }

    fn shop(&self, _: &Ctx) -> Value {
        Value::from(())
    }

    fn error_template(&self) -> &'static str {
        "error.html"
    }
}

/// Two pictures of up to 1 MiB, in a request of up to 3 MiB.
struct Pictures;

impl FileField for Pictures {
    const NAME: &'static str = "pictures";
    const MOST: usize = 2;
    const FILE_BYTES: usize = 1 << 20;
    const BODY_BYTES: usize = 3 << 20;
    const TYPES: &'static [&'static str] = &["image/png", "image/jpeg"];
}

#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Typed {
    title: String,
    alt: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Received {
    typed: Typed,
    files: Vec<(String, usize)>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct FormPage {}

impl PageView for FormPage {
    const TEMPLATE: &'static str = "form.html";
}

async fn take(
    _: Arc<Desk>,
    _: Ctx,
    (whole, files): (web::Whole, Files<Pictures>),
) -> Result<Done<Received>, Problem> {
    let work = || {
        let typed: Typed = web::form::read(whole.0.body_value()?)?;
        let files = files.some()?;
        let files = files.iter().map(|f| (f.name.clone(), f.bytes.len()));
        Ok(Received {
            typed,
            files: files.collect(),
        })
    };
    work()
        .map(|received| Done::new(received, "/"))
        .map_err(|problem: Problem| {
            if whole.0.program {
                problem
            } else {
                problem.on(Page::new(FormPage {}).with_typed(whole.0.typed()))
            }
        })
}

async fn plain(
    _: Arc<Desk>,
    _: Ctx,
    (typed, files): (web::Body<Typed>, Files<Pictures>),
) -> Result<Done<Received>, Problem> {
    let files = files.all()?;
    let files = files.iter().map(|f| (f.name.clone(), f.bytes.len()));
    let files = files.collect();
    Ok(Done::new(
        Received {
            typed: typed.0,
            files,
        },
        "/",
    ))
}

async fn text_only(
    _: Arc<Desk>,
    _: Ctx,
    whole: web::Whole,
) -> Result<Done<serde_json::Value>, Problem> {
    Ok(Done::new(whole.0.body_value()?, "/"))
}

fn routes() -> Vec<web::Route> {
    Routes::new(Arc::new(Desk))
        .post(
            "/pictures",
            Permission::ProductsWrite,
            "Takes pictures.",
            take,
        )
        .post(
            "/open",
            Permission::Public,
            "Takes pictures of anybody.",
            take,
        )
        .post("/plain", Permission::Public, "Takes both.", plain)
        .post("/text", Permission::Public, "Takes text.", text_only)
        .finish()
}

async fn router(world: &World) -> axum::Router {
    let words = Arc::new(Words::load().unwrap());
    let pages = [
        ("error.html", "{{ status }}"),
        (
            "form.html",
            "{{ form.values.title }}|{{ form.values['alt.en'] }}|{{ form.errors.pictures }}",
        ),
    ];
    let pages = pages.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let templates = Templates::compile(pages, Arc::clone(&words), jiff::tz::TimeZone::UTC).unwrap();
    let ctx = world.ctx.speaking(Locale::En);
    let web = Arc::new(Web::new(ctx, templates, words, WebConfig::default()));
    web::app::router(&web, routes(), Arc::new(Desk))
}

/// A multipart body: `(name, file name, bytes)`.
fn body_of(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let mut head = format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"");
        if let Some(file) = file {
            write!(head, "; filename=\"{file}\"\r\nContent-Type: image/png").unwrap();
        }
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--line--\r\n");
    body
}

fn post(path: &str, accept: &str, body: Vec<u8>) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line")
        .header(header::ACCEPT, accept)
        .header(header::ACCEPT_LANGUAGE, "en")
        .body(Body::from(body))
        .unwrap()
}

async fn answer(router: &axum::Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    (status, String::from_utf8(bytes.unwrap().to_vec()).unwrap())
}

/// A14: text fields and files arrive together, Chinese file names too, an empty file field is nothing.
#[test]
fn text_and_files_arrive_together() {
    testkit::run(async |world| {
        let router = router(world).await;
        let typed: [(&str, Option<&str>, &[u8]); 3] = [
            ("title", None, "高山茶".as_bytes()),
            ("alt.en", None, b"High mountain tea"),
            ("pictures", Some("C:\\照片\\正面.png"), &[7; 300_000]),
        ];
        let (status, body) =
            answer(&router, post("/open", "application/json", body_of(&typed))).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let got: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            got,
            json!({ "typed": { "title": "高山茶", "alt": { "en": "High mountain tea" } }, "files": [["正面.png", 300_000]] })
        );
        let mut none = typed.to_vec();
        none[2] = ("pictures", Some(""), b"");
        let (status, body) =
            answer(&router, post("/open", "application/json", body_of(&none))).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            body.contains("/pictures") && body.contains("file-missing"),
            "{body}"
        );
    });
}

/// A14: a file beyond the limit, or one too many, is named at its field, and the rest of the form is still there.
#[test]
fn what_was_typed_is_kept_when_a_file_is_refused() {
    testkit::run(async |world| {
        let router = router(world).await;
        let large = vec![1; (1 << 20) + 1];
        for (files, said) in [
            (
                vec![&large[..]],
                "“0.png” is too large. A file may have up to 1 MB.",
            ),
            (vec![&b"a"[..], b"b", b"c"], "Up to 2 files at once"),
        ] {
            let names: Vec<String> = (0..files.len()).map(|n| format!("{n}.png")).collect();
            let mut parts: Vec<(&str, Option<&str>, &[u8])> = vec![("title", None, b"Tea")];
            parts.extend(
                files
                    .iter()
                    .zip(&names)
                    .map(|(f, n)| ("pictures", Some(&n[..]), *f)),
            );
            parts.push(("alt.en", None, b"typed after the file"));
            let (status, page) = answer(&router, post("/open", "text/html", body_of(&parts))).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.starts_with("Tea|typed after the file|"), "{page}");
            assert!(page.contains(said), "{page}");
        }
        let other = body_of(&[
            ("title", None, b"Tea"),
            ("alt.en", None, b"x"),
            ("other", Some("a.png"), b"a"),
        ]);
        let (status, body) = answer(&router, post("/open", "application/json", other)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body.contains("/other"), "{body}");
    });
}

/// A14: the whole body has a limit, a torn one is refused, and a route without files takes none.
#[test]
fn bodies_have_limits() {
    testkit::run(async |world| {
        let router = router(world).await;
        let large = vec![1; 1 << 20];
        let many = body_of(&[("pictures", Some("a"), &large[..]); 4]);
        let (status, page) = answer(&router, post("/open", "text/html", many)).await;
        assert_eq!((status, &page[..]), (StatusCode::PAYLOAD_TOO_LARGE, "413"));
        let text = vec![b'x'; (2 << 20) + 1];
        let (status, _) = answer(
            &router,
            post("/open", "text/html", body_of(&[("title", None, &text)])),
        )
        .await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let fields: Vec<(&str, Option<&str>, &[u8])> = vec![("title", None, b""); 1_001];
        let (status, _) = answer(&router, post("/open", "text/html", body_of(&fields))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let mut torn = body_of(&[("title", None, b"Tea"), ("pictures", Some("a"), b"abc")]);
        torn.truncate(torn.len() - 20);
        let (status, body) = answer(&router, post("/open", "application/json", torn)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(body.contains("upload-broken"), "{body}");
        let (status, _) = answer(
            &router,
            post("/text", "application/json", body_of(&[("a", None, b"b")])),
        )
        .await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    });
}

/// A3, A14: nobody without the permission makes the shop keep a body, and another site cannot send one.
#[test]
fn the_doors_come_before_the_body() {
    testkit::run(async |world| {
        let router = router(world).await;
        // A body that never ends would be waited for, were it read as an upload.
        let endless =
            futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1 << 20]));
        let request = Request::post("/pictures")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line")
            .header(header::ACCEPT, "application/json")
            .body(Body::from_stream(endless))
            .unwrap();
        let refused = tokio::time::timeout(Duration::from_secs(5), answer(&router, request)).await;
        assert_eq!(refused.unwrap().0, StatusCode::UNAUTHORIZED);
        let mut foreign = post("/open", "text/html", body_of(&[("title", None, b"Tea")]));
        let headers = foreign.headers_mut();
        headers.insert(header::COOKIE, "a=b".parse().unwrap());
        headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(answer(&router, foreign).await.0, StatusCode::FORBIDDEN);
        let key = world
            .ctx
            .write(async |tx, ctx| keys::create(tx, ctx, "till", kernel::Role::Owner).await)
            .await
            .unwrap()
            .1;
        let mut allowed = post(
            "/pictures",
            "*/*",
            body_of(&[
                ("title", None, b"Tea"),
                ("alt.en", None, b"x"),
                ("pictures", Some("a.png"), b"a"),
            ]),
        );
        let bearer = format!("Bearer {key}");
        allowed
            .headers_mut()
            .insert(header::AUTHORIZATION, bearer.parse().unwrap());
        assert_eq!(answer(&router, allowed).await.0, StatusCode::OK);
    });
}

/// A4: the OpenAPI document says what a form with files takes.
#[test]
fn files_are_described() {
    let document = web::app::openapi(&routes());
    let content = &document["paths"]["/plain"]["post"]["requestBody"]["content"];
    let schema = &content["multipart/form-data"]["schema"];
    assert_eq!(
        schema["properties"]["pictures"]["items"]["format"],
        "binary"
    );
    assert_eq!(schema["properties"]["pictures"]["maxItems"], 2);
    assert_eq!(
        schema["properties"]["pictures"]["items"]["contentMediaType"],
        "image/png, image/jpeg"
    );
    assert_eq!(schema["properties"]["title"]["type"], "string");
    assert_eq!(schema["required"], json!(["title", "alt"]));
    let other = &document["paths"]["/text"]["post"]["requestBody"];
    assert!(other.is_null(), "{other}");
}
