//! Customers: their page with its one timeline, what the staff write down and change, and everything about one of
//! them as a file. And what the keyboard palette finds.

use std::sync::Arc;

use ::customers::{
    CustomersError, care,
    contact::{self, Contact},
};
use kernel::{CustomerId, Email, Locale, Phone};
use operations::{
    FlowError,
    views::admin::{
        CustomerPage, FindPage, customer as views, customer_export,
        customer_timeline::TimelineKind, find as finding,
    },
};
use platform::{
    Ctx, Cursor,
    web::{Done, Page, Path, Problem, Query, Raw, StatusCode},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, explain},
    paths::CustomerPath,
};

/// Which part of the timeline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TimelineQuery {
    /// Only entries of this kind.
    #[serde(default)]
    kind: Option<TimelineKind>,
    /// The `next_cursor` of the page before.
    #[serde(default)]
    after: Option<Cursor>,
}

/// What to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindQuery {
    /// The first letters of a number, a name, a telephone number, an address or a SKU.
    #[serde(default)]
    q: String,
}

/// A note.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// The words.
    #[serde(default)]
    text: String,
}

/// A tag.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneTag {
    /// The word.
    #[serde(default)]
    tag: String,
}

/// How a customer is reached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewContact {
    /// Their name.
    #[serde(default)]
    name: String,
    /// Their address; the one they have when absent.
    #[serde(default)]
    email: Option<Email>,
    /// Their telephone number; none when absent.
    #[serde(default)]
    phone: Option<Phone>,
    /// The language they are written to in.
    locale: Locale,
}

/// A customer about whom something was changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CustomerChanged {
    /// The customer.
    id: CustomerId,
}

async fn page(ctx: &Ctx, id: CustomerId) -> Result<CustomerPage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::page(rx, ctx, id, None, None).await)
        .await?)
}

/// One customer.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<CustomerPath>, Query<TimelineQuery>),
) -> Result<Page<CustomerPage>, Problem> {
    let found =
        ctx.read(async move |rx, ctx| views::page(rx, ctx, at.id, query.kind, query.after).await);
    Ok(Page::new(found.await?))
}

/// Writes a note that only the staff see.
pub(crate) async fn add_note(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CustomerPath>, Form<NewNote>),
) -> Result<Done<CustomerChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let text = value?.text;
        let adding = ctx.write(async move |tx, ctx| care::note(tx, ctx, at.id, &text).await);
        done(
            adding.await,
            at.id,
            sent.next(at_page(at.id)),
            "customers-flash-noted",
        )
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

/// Gives a tag.
pub(crate) async fn add_tag(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CustomerPath>, Form<OneTag>),
) -> Result<Done<CustomerChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let tag = value?.tag;
        let adding = ctx.write(async move |tx, _| care::tag(tx, at.id, &tag).await);
        done(
            adding.await,
            at.id,
            sent.next(at_page(at.id)),
            "admin-flash-saved",
        )
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

/// Takes a tag away.
pub(crate) async fn remove_tag(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CustomerPath>, Form<OneTag>),
) -> Result<Done<CustomerChanged>, Problem> {
    let tag = form.value?.tag;
    let removing = ctx.write(async move |tx, _| care::untag(tx, at.id, &tag).await);
    done(
        removing.await,
        at.id,
        form.sent.next(at_page(at.id)),
        "admin-flash-saved",
    )
}

/// Changes how a customer is reached.
pub(crate) async fn write_contact(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<CustomerPath>, Form<NewContact>),
) -> Result<Done<CustomerChanged>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = value?;
        let new = Contact {
            name: new.name,
            email: new.email,
            phone: new.phone,
            locale: new.locale,
        };
        let changing = ctx.write(async move |tx, ctx| contact::change(tx, ctx, at.id, &new).await);
        done(
            changing.await,
            at.id,
            sent.next(at_page(at.id)),
            "admin-flash-saved",
        )
    };
    sent.or_show(work, page(&ctx, at.id)).await
}

fn at_page(id: CustomerId) -> String {
    format!("/admin/customers/{id}")
}

fn done(
    result: Result<(), CustomersError>,
    id: CustomerId,
    next: String,
    flash: &'static str,
) -> Result<Done<CustomerChanged>, Problem> {
    result.map_err(|error| explain(FlowError::from(error)))?;
    Ok(Done::new(CustomerChanged { id }, next).flash(flash))
}

/// Everything that is kept about one person, as a file.
pub(crate) async fn everything(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<CustomerPath>,
) -> Result<Raw, Problem> {
    let found =
        ctx.read_snapshot(async move |rx, ctx| customer_export::everything(rx, ctx, at.id).await);
    let json = serde_json::to_vec_pretty(&found.await?).map_err(Problem::internal)?;
    let name = format!("attachment; filename=\"{}.json\"", at.id);
    Ok(Raw {
        status: StatusCode::OK,
        content_type: "application/json",
        bytes: json.into(),
        headers: vec![
            ("content-disposition", name),
            ("cache-control", "no-store".into()),
        ],
    })
}

/// Orders, customers and products by their first letters.
pub(crate) async fn find(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<FindQuery>,
) -> Result<Page<FindPage>, Problem> {
    let found = ctx.read(async move |rx, ctx| finding::find(rx, ctx, &query.q).await);
    Ok(Page::new(found.await?))
}
