//! The doors: who asks, from where, and whether they may (invariants A1 to A3, A12).

use std::{net::IpAddr, sync::Arc};

use axum::http::{HeaderMap, Method, StatusCode};
use kernel::{Permission, Permissions, Role};

use super::{input::Incoming, problem::Problem};
use crate::{Actor, Ctx, DbError, auth};

/// The cookie of a signed-in member of staff.
pub const STAFF_COOKIE: &str = "__Host-staff";

/// The cookie of somebody who looks at the back office as another role would.
pub const VIEW_COOKIE: &str = "__Host-view-as";
/// Where such a look ends.
pub const VIEW_PATH: &str = "/admin/staff/roles/view";

/// A state-changing request with a cookie must prove that it comes from our own pages.
///
/// # Errors
/// 403 for a request from another site.
pub fn same_origin(incoming: &Incoming) -> Result<(), Problem> {
    let reading = matches!(
        incoming.method,
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if reading
        || incoming.headers.contains_key("authorization")
        || !incoming.headers.contains_key("cookie")
    {
        return Ok(());
    }
    let refused = || Problem::new(StatusCode::FORBIDDEN, "error-other-site");
    match incoming.header("sec-fetch-site") {
        Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(refused()),
        None => {
            let host = incoming.header("host").unwrap_or_default();
            let origin = incoming
                .header("origin")
                .and_then(|o| o.split_once("//"))
                .map(|(_, h)| h);
            if origin == Some(host) {
                Ok(())
            } else {
                Err(refused())
            }
        }
    }
}

/// The address of the asker: the connection's, or what a trusted proxy on this machine reports.
#[must_use]
pub fn source_of(peer: IpAddr, headers: &HeaderMap, behind_proxy: bool) -> IpAddr {
    if !behind_proxy || !peer.is_loopback() {
        return peer;
    }
    let forwarded = headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
    forwarded
        .and_then(|list| list.rsplit(',').next()?.trim().parse().ok())
        .unwrap_or(peer)
}

/// Lets whoever asks through if the permission is theirs.
///
/// # Errors
/// 401 for a stranger, 403 without the permission.
pub fn permit(ctx: &Ctx, permission: Permission) -> Result<(), Problem> {
    match (ctx.allows(permission), ctx.actor()) {
        (true, _) => Ok(()),
        (false, Actor::Visitor) => Err(Problem::new(StatusCode::UNAUTHORIZED, "error-sign-in")),
        (false, _) => Err(Problem::new(StatusCode::FORBIDDEN, "error-not-allowed")),
    }
}

/// Finds out who asks. The shop's open pages do not look: there everybody is a visitor.
///
/// # Errors
/// 401 for a key that is none.
pub async fn identify(
    ctx: &Ctx,
    incoming: &Incoming,
    permission: Permission,
) -> Result<Ctx, Problem> {
    if let Some(header) = incoming.header("authorization") {
        let key = header
            .strip_prefix("Bearer ")
            .map(str::trim)
            .unwrap_or_default()
            .to_owned();
        let found = ctx
            .read(async move |rx, _| auth::keys::find(rx, &key).await)
            .await?;
        let Some(key) = found else {
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "error-bad-key"));
        };
        let permissions = key.role.permissions();
        return Ok(ctx.acting(
            Actor::Key {
                id: key.id,
                name: Arc::from(key.name),
                role: key.role,
            },
            permissions,
        ));
    }
    if permission == Permission::Public && !incoming.path.starts_with("/admin") {
        return Ok(ctx.clone());
    }
    let Some(token) = incoming.cookie(STAFF_COOKIE) else {
        return Ok(ctx.clone());
    };
    let found = ctx.read(async move |rx, ctx| {
        let Some(holder) = auth::session::find(rx, ctx, &token).await? else {
            return Ok::<_, DbError>(None);
        };
        let bare = auth::second_factor::is_missing(rx, ctx, &holder).await?;
        Ok(Some((holder, bare)))
    });
    Ok(found.await?.map_or_else(
        || ctx.clone(),
        |(staff, bare)| {
            let role = view_of(incoming, staff.role).unwrap_or(staff.role);
            // Whose role needs a second step may do nothing before it is there but set it up.
            let permissions = if bare {
                Permissions::of(&[Permission::SignedIn])
            } else {
                role.permissions()
            };
            ctx.acting(
                Actor::Staff {
                    id: staff.id,
                    name: Arc::from(staff.name),
                    role,
                },
                permissions,
            )
        },
    ))
}

/// The role as which somebody looks at the back office; nobody looks as one that may do more than they (A6).
fn view_of(incoming: &Incoming, own: Role) -> Option<Role> {
    let role: Role = incoming.cookie(VIEW_COOKIE)?.parse().ok()?;
    own.permissions().covers(role.permissions()).then_some(role)
}

/// The role as which whoever asks only looks.
#[must_use]
pub fn viewing(ctx: &Ctx, incoming: &Incoming) -> Option<Role> {
    match ctx.actor() {
        Actor::Staff { role, .. } => view_of(incoming, *role).filter(|seen| seen == role),
        _ => None,
    }
}

/// Who only looks changes nothing, except that they stop looking or leave.
///
/// # Errors
/// 403 for anything else.
pub fn only_looking(ctx: &Ctx, incoming: &Incoming) -> Result<(), Problem> {
    let reading = matches!(incoming.method, Method::GET | Method::HEAD);
    let leaving = matches!(incoming.path.as_str(), VIEW_PATH | "/admin/sign-out");
    if reading || leaving || viewing(ctx, incoming).is_none() {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "error-only-looking"))
}
