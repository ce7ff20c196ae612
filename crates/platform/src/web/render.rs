//! From a handler's answer to bytes: the page by its template or the value as JSON, the problem as a page or as a
//! document, the headers every answer carries.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, Response, StatusCode, header},
    response::IntoResponse,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::Locale;
use minijinja::{Value, context, value::Serde};

use super::{
    app::{FLASH_COOKIE, THEME_COOKIE, THEMES, Web, theme},
    face::Face,
    guard,
    input::Incoming,
    output::{Answer, Download, PageAnswer},
    problem::Problem,
};
use crate::{Actor, Ctx, secret};

pub(super) async fn respond(
    web: &Web,
    face: &Arc<dyn Face>,
    ctx: &Ctx,
    incoming: &Incoming,
    answer: Answer,
) -> Response<Body> {
    match answer {
        Answer::Page(page) => page_response(web, face, ctx, incoming, page, None).await,
        Answer::Done {
            location,
            status,
            value,
            headers,
        } => {
            let mut response = if incoming.program {
                (status, axum::Json(value)).into_response()
            } else {
                (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
            };
            for (name, value) in headers {
                if name == "x-flash" {
                    let cookie = format!(
                        "{FLASH_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
                    );
                    append(&mut response, header::SET_COOKIE, &cookie);
                } else {
                    append(&mut response, HeaderName::from_static(name), &value);
                }
            }
            guarded(web, response, None)
        }
        Answer::Raw {
            status,
            content_type,
            bytes,
            headers,
        } => {
            let mut response =
                (status, [(header::CONTENT_TYPE, content_type)], bytes).into_response();
            for (name, value) in headers {
                append(&mut response, HeaderName::from_static(name), &value);
            }
            guarded(web, response, None)
        }
        Answer::Download(download) => guarded(web, attachment(download), None),
    }
}

/// A file as a body that is read while it is sent.
fn attachment(download: Download) -> Response<Body> {
    let file = tokio::fs::File::from_std(download.file);
    let body = Body::from_stream(tokio_util::io::ReaderStream::new(file));
    let mut response = (
        [
            (header::CONTENT_TYPE, download.content_type.to_owned()),
            (header::CONTENT_LENGTH, download.bytes.to_string()),
        ],
        body,
    )
        .into_response();
    let disposition = format!("attachment; filename=\"{}\"", download.name);
    append(&mut response, header::CONTENT_DISPOSITION, &disposition);
    response
}

/// A problem becomes a problem document, the form it came from, a way to sign in, or an error page.
pub(super) async fn refuse(
    web: &Web,
    face: &Arc<dyn Face>,
    ctx: &Ctx,
    incoming: &Incoming,
    mut problem: Problem,
) -> Response<Body> {
    if let Some(reason) = problem.internal_reason() {
        tracing::error!(
            request = ctx.request_id(),
            path = incoming.path,
            reason,
            "a request failed"
        );
    }
    let mut response = if incoming.program {
        let body = problem.body(&web.words, ctx.locale(), ctx.request_id());
        let mut response = (problem.status(), axum::Json(body)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        guarded(web, response, None)
    } else if problem.status() == StatusCode::UNAUTHORIZED && incoming.method == Method::GET {
        let next: String = form_urlencode(&format!("{}?{}", incoming.path, incoming.query));
        guarded(
            web,
            (
                StatusCode::SEE_OTHER,
                [(
                    header::LOCATION,
                    format!("{}?next={next}", face.sign_in_path()),
                )],
            )
                .into_response(),
            None,
        )
    } else {
        let status = problem.status();
        let mut page = problem
            .take_page()
            .unwrap_or_else(|| error_page(web, face.error_template(), ctx, &problem));
        page.status = status;
        page_response(web, face, ctx, incoming, page, Some(&problem)).await
    };
    if let Some(seconds) = problem.retry_seconds() {
        append(&mut response, header::RETRY_AFTER, &seconds.to_string());
    }
    response
}

/// A problem that comes before anything of the request was read: a document in the shop's first language.
pub(super) fn refuse_unread(web: &Web, problem: &Problem) -> Response<Body> {
    let body = problem.body(&web.words, Locale::default(), "");
    let mut response = (problem.status(), axum::Json(body)).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(seconds) = problem.retry_seconds() {
        append(&mut response, header::RETRY_AFTER, &seconds.to_string());
    }
    guarded(web, response, None)
}

fn form_urlencode(text: &str) -> String {
    serde_urlencoded::to_string([("", text.trim_end_matches('?'))])
        .unwrap_or_default()
        .trim_start_matches('=')
        .to_owned()
}

fn error_page(web: &Web, template: &'static str, ctx: &Ctx, problem: &Problem) -> PageAnswer {
    let body = problem.body(&web.words, ctx.locale(), ctx.request_id());
    PageAnswer::of_value(template, problem.status(), Value::from(Serde(&body)))
}

async fn page_response(
    web: &Web,
    face: &Arc<dyn Face>,
    ctx: &Ctx,
    incoming: &Incoming,
    page: PageAnswer,
    problem: Option<&Problem>,
) -> Response<Body> {
    if page.is_json() {
        let mut response = (page.status, axum::Json(&page.json)).into_response();
        for (name, value) in &page.headers {
            append(&mut response, HeaderName::from_static(name), value);
        }
        append(&mut response, header::VARY, "accept");
        return guarded(web, response, None);
    }
    let nonce = STANDARD_NO_PAD.encode(secret::random_bytes::<16>());
    let flash = incoming.cookie(FLASH_COOKIE);
    let mut globals: Vec<(&'static str, Value)> = face.surroundings(ctx, incoming).await;
    globals.push((
        "req",
        request_value(web, face, ctx, incoming, &nonce, flash.as_deref()),
    ));
    globals.push(("form", form_value(web, ctx, &page, problem)));
    let globals = map_of(globals);
    let context = context! { ..globals, ..page.view };
    let look = face.look(ctx, incoming).await;
    let rendered = look.map_or_else(
        || web.templates.render(page.template, context.clone()),
        |look| look.render(page.template, context.clone()),
    );
    match rendered {
        Ok(html) => {
            let mut response = (
                page.status,
                [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
                html,
            )
                .into_response();
            for (name, value) in &page.headers {
                append(&mut response, HeaderName::from_static(name), value);
            }
            if flash.is_some() {
                append(
                    &mut response,
                    header::SET_COOKIE,
                    &format!("{FLASH_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"),
                );
            }
            guarded(web, response, Some(&nonce))
        }
        Err(error) => {
            tracing::error!(request = ctx.request_id(), template = page.template, error = ?error, "a page could not be rendered");
            let text = web.words.say(ctx.locale(), "error-internal", &[]);
            guarded(
                web,
                (StatusCode::INTERNAL_SERVER_ERROR, text).into_response(),
                None,
            )
        }
    }
}

/// Names and values as one map; a name that comes twice has its first value.
fn map_of<K: Into<String>, V: Into<Value>>(
    pairs: impl IntoIterator<Item = (K, V), IntoIter: DoubleEndedIterator>,
) -> Value {
    let pairs = pairs.into_iter().rev();
    Value::from(
        pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect::<std::collections::BTreeMap<String, Value>>(),
    )
}

fn request_value(
    web: &Web,
    face: &Arc<dyn Face>,
    ctx: &Ctx,
    incoming: &Incoming,
    nonce: &str,
    flash: Option<&str>,
) -> Value {
    let url = if incoming.query.is_empty() {
        incoming.path.clone()
    } else {
        format!("{}?{}", incoming.path, incoming.query)
    };
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(&incoming.query).unwrap_or_default();
    let kept = |name: &str| !matches!(name, "lang" | "theme");
    let rest: Vec<&(String, String)> = pairs.iter().filter(|(n, _)| kept(n)).collect();
    let rest = serde_urlencoded::to_string(rest).unwrap_or_default();
    let join = if rest.is_empty() { "" } else { "&" };
    let here = |name: &str, value: &str| format!("{}?{rest}{join}{name}={value}", incoming.path);
    let locales: Vec<Value> = face
        .languages()
        .iter()
        .map(|l| {
            let url = here("lang", l.code());
            context! { code => l.code(), name => l.own_name(), url => url, current => *l == ctx.locale() }
        })
        .collect();
    let asked = incoming.query_param("theme");
    let chosen = asked.or_else(|| incoming.cookie(THEME_COOKIE));
    let chosen = chosen.and_then(|code| theme(&code)).unwrap_or("auto");
    let themes: Vec<Value> = THEMES
        .iter()
        .map(|code| context! { code => *code, url => here("theme", code), current => *code == chosen })
        .collect();
    let user = match ctx.actor() {
        Actor::Staff { name, role, .. } | Actor::Key { name, role, .. } => {
            let permissions: Vec<&str> =
                ctx.permissions().list().iter().map(|p| p.code()).collect();
            context! { name => &**name, role => role.code(), permissions => permissions }
        }
        _ => Value::from(()),
    };
    let flash = flash.filter(|key| web.words.has(ctx.locale(), key)).map_or_else(
        || Value::from(()),
        |key| context! { kind => if key.contains("-error") { "error" } else { "ok" }, text => web.words.say(ctx.locale(), key, &[]) },
    );
    context! {
        locale => ctx.locale().code(), locales => locales, theme => chosen, themes => themes, path => &incoming.path, url => url,
        query => map_of(pairs), nonce => nonce, shop => face.shop(ctx), cart_count => face.cart_count(incoming),
        user => user, viewing => guard::viewing(ctx, incoming).map(kernel::Role::code), flash => flash, request_id => ctx.request_id(), now => ctx.now().to_string(), json => false,
    }
}

fn form_value(web: &Web, ctx: &Ctx, page: &PageAnswer, problem: Option<&Problem>) -> Value {
    let errors = problem.map_or_else(Vec::new, |p| {
        p.fields()
            .iter()
            .map(|f| (f.field.clone(), web.words.say(ctx.locale(), f.key, &f.args)))
            .collect()
    });
    let message = problem.map(|p| p.sentence(&web.words, ctx.locale()));
    context! { values => Value::from(Serde(&page.typed)), errors => map_of(errors), message => message }
}

pub(super) fn append(response: &mut Response<Body>, name: HeaderName, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) if name == header::SET_COOKIE || name == header::VARY => {
            response.headers_mut().append(name, value);
        }
        Ok(value) => {
            response.headers_mut().insert(name, value);
        }
        Err(error) => tracing::warn!(%error, %name, "a header was left out"),
    }
}

/// The headers every answer carries (invariant A20).
fn guarded(web: &Web, mut response: Response<Body>, nonce: Option<&str>) -> Response<Body> {
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    };
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "strict-origin-when-cross-origin");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set(
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    );
    set("cache-control", "private, no-cache");
    if web.config.https {
        set("strict-transport-security", "max-age=31536000");
    }
    let policy = nonce.map_or_else(
        || "default-src 'none'; frame-ancestors 'none'".to_owned(),
        |nonce| {
            format!(
                "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
                 font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            )
        },
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        // A file may bring a policy of its own, such as a picture's sandbox.
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(value);
    }
    response
}
