//! What a customer allows, takes along and wants forgotten (GOV-10, M13).

use std::sync::Arc;

use customers::{
    account,
    consent::{self, Purpose, Source, Who},
    customer as people,
    inquiry::{self, NewInquiry},
};
use kernel::Email;
use operations::{
    FlowError,
    views::shop::account::{
        erasure::{ErasurePage, erasure_page},
        export::export,
    },
};
use platform::{
    Ctx,
    web::{Body, Done, Page, Problem, Raw, StatusCode, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Moved, customer};
use crate::{Storefront, face::problem};

/// What a customer allows.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wishes {
    /// Letters about offers and news.
    #[serde(deserialize_with = "form::flag")]
    marketing_mail: bool,
}

pub(crate) async fn allow(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Body(wishes): Body<Wishes>,
) -> Result<Done<Moved>, Problem> {
    let id = customer(&ctx)?;
    let words = &shop.parts.words;
    let text = words.say(ctx.locale(), "consent-marketing", &[]);
    let write = ctx.write(async move |tx, ctx| {
        let decided = (
            Purpose::MarketingMail,
            wishes.marketing_mail,
            Source::Account,
        );
        if consent::allows(tx, id, Purpose::MarketingMail).await? != wishes.marketing_mail {
            consent::record(tx, ctx, Who::Customer(id), decided, &text).await?;
        }
        Ok::<_, FlowError>(())
    });
    write.await.map_err(problem)?;
    Ok(Moved::to("/account/settings").flash("flash-account-saved"))
}

pub(crate) async fn take_along(_: Arc<Storefront>, ctx: Ctx, _: ()) -> Result<Raw, Problem> {
    let id = customer(&ctx)?;
    let now = ctx.now();
    let all = ctx
        .read(async move |rx, _| export(rx, id, now).await)
        .await?;
    let json = serde_json::to_vec_pretty(&all).map_err(Problem::internal)?;
    Ok(Raw {
        status: StatusCode::OK,
        content_type: "application/json",
        bytes: json.into(),
        headers: vec![(
            "content-disposition",
            "attachment; filename=\"my-data.json\"".to_owned(),
        )],
    })
}

pub(crate) async fn what_goes(
    _: Arc<Storefront>,
    ctx: Ctx,
    _: (),
) -> Result<Page<ErasurePage>, Problem> {
    let id = customer(&ctx)?;
    let read = ctx.read_snapshot(async move |rx, ctx| erasure_page(rx, ctx, id).await);
    Ok(Page::new(read.await.map_err(problem)?))
}

/// The wish to be forgotten waits where questions wait, so that somebody answers it.
pub(crate) async fn be_forgotten(
    shop: Arc<Storefront>,
    ctx: Ctx,
    _: (),
) -> Result<Done<Moved>, Problem> {
    let id = customer(&ctx)?;
    shop.limits.proof(id)?;
    let message = shop
        .parts
        .words
        .say(ctx.locale(), "account-erasure-wish", &[]);
    let write = ctx.write(async move |tx, ctx| {
        if customers::erasure::wished(tx, id).await?.is_some() {
            return Ok::<_, FlowError>(());
        }
        let known = account::of(tx, id).await?.ok_or(FlowError::NotFound)?;
        let person = people::by_id(tx, id).await?.ok_or(FlowError::NotFound)?;
        let name = Some(person.name).filter(|name| !name.is_empty());
        let wish = NewInquiry {
            name: name.unwrap_or_else(|| known.email.clone()),
            email: Email::parse(&known.email).map_err(|_| FlowError::NotFound)?,
            message: message.clone(),
            order_number: None,
        };
        inquiry::record_wish(tx, ctx, wish).await?;
        Ok(())
    });
    write.await.map_err(problem)?;
    Ok(Moved::to("/account/erasure").flash("flash-account-erasure-asked"))
}
