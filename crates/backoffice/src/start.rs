//! From an empty shop to a first sale.

use std::{collections::BTreeMap, sync::Arc};

use kernel::Permission as P;
use operations::{
    FlowError,
    flows::walk::{self, Walked},
    views::admin::{
        StartPage,
        start::{self as views, Guide, LOOKS, SETTING},
    },
};
use platform::{
    Ctx, settings,
    web::{Done, Page, Problem, form as fields},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    routes::Desk,
};

const PAGE: &str = "/admin/start";

/// The addresses of the way to the first sale.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/start",
            P::SettingsWrite,
            "From an empty shop to a first sale",
            show,
        )
        .post(
            "/admin/start/walk",
            P::SettingsWrite,
            "Walks through the shop as its first customer; nothing of it stays",
            walk,
        )
        .put(
            "/admin/start/looks",
            P::SettingsWrite,
            "Ticks what somebody has looked at",
            looks,
        )
        .put(
            "/admin/start/dismissal",
            P::SettingsWrite,
            "Puts the guide away, or takes it out again",
            dismiss,
        )
}

/// What somebody has looked at, each with any text; what is left out is not ticked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LooksForm {
    /// The pages.
    #[serde(default)]
    looked: BTreeMap<String, String>,
}

/// Whether the guide is shown on the first page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DismissForm {
    /// Whether it is put away.
    #[serde(default, deserialize_with = "fields::flag")]
    dismissed: bool,
}

/// What is kept now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Kept {
    /// True.
    kept: bool,
}

/// The way to the first sale.
pub(crate) async fn show(_: Arc<Backoffice>, ctx: Ctx, (): ()) -> Result<Page<StartPage>, Problem> {
    let read = ctx.read(async |rx, _| views::page(rx).await);
    Ok(Page::new(read.await?))
}

async fn change(
    ctx: &Ctx,
    change: impl Fn(&mut Guide) + Send + Sync + 'static,
) -> Result<(), Problem> {
    let kept = ctx.write(async move |tx, ctx| {
        settings::change(tx, ctx, SETTING, |guide: &mut Guide| {
            change(guide);
            Ok::<_, FlowError>(())
        })
        .await
    });
    kept.await?;
    Ok(())
}

/// Walks through the shop as its first customer; nothing of the walk stays but what it found.
pub(crate) async fn walk(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<Nothing>,
) -> Result<Done<Walked>, Problem> {
    form.value?;
    let found = walk::walk(&ctx).await?;
    let kept = found.clone();
    change(&ctx, move |guide| guide.walked = Some(kept.clone())).await?;
    Ok(Done::new(found, form.sent.next("/admin/start#walk")))
}

/// Ticks what somebody has looked at.
pub(crate) async fn looks(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<LooksForm>,
) -> Result<Done<Kept>, Problem> {
    let looked = form.value?.looked;
    if looked.keys().any(|code| !LOOKS.contains(&code.as_str())) {
        return Err(Problem::invalid("error-invalid-input").field("looked", "error-invalid-value"));
    }
    change(&ctx, move |guide| {
        guide.looked = looked.keys().cloned().collect();
    })
    .await?;
    let next = form.sent.next("/admin/start#looks");
    Ok(Done::new(Kept { kept: true }, next).flash("admin-flash-saved"))
}

/// Puts the guide away, or takes it out again.
pub(crate) async fn dismiss(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<DismissForm>,
) -> Result<Done<Kept>, Problem> {
    let dismissed = form.value?.dismissed;
    change(&ctx, move |guide| guide.dismissed = dismissed).await?;
    let next = if dismissed { "/admin" } else { PAGE };
    Ok(Done::new(Kept { kept: true }, form.sent.next(next)))
}
