//! Finding an order without its link.

use std::sync::Arc;

use operations::{
    FlowError,
    views::shop::lookup::{self, LookupPage},
};
use orders::order;
use platform::{
    Ctx,
    web::{Body, Done, Incoming, Page, Problem, Query, StatusCode, Whole},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Storefront;

/// What the page begins with.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct LookupQuery {
    /// An order's number.
    number: Option<String>,
}

/// What is known of an order.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LookupForm {
    /// Its number.
    number: String,
    /// The e-mail address or telephone number it was placed with.
    contact: String,
}

/// An order that was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FoundOrder {
    /// The unguessable text of its page.
    token: String,
    /// Its page.
    url: String,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Query(query)): (Whole, Query<LookupQuery>),
) -> Result<Page<LookupPage>, Problem> {
    shop.opened(&ctx, &incoming);
    Ok(Page::new(LookupPage {
        number: query.number,
    }))
}

pub(crate) async fn find(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<LookupForm>),
) -> Result<Done<FoundOrder>, Problem> {
    let empty = [("number", &form.number), ("contact", &form.contact)]
        .into_iter()
        .filter(|(_, v)| v.trim().is_empty());
    let missing = empty.fold(None, |problem: Option<Problem>, (field, _)| {
        Some(
            problem
                .unwrap_or_else(|| Problem::invalid("error-invalid-input"))
                .field(field, "error-required"),
        )
    });
    if let Some(problem) = missing {
        return Err(again(&incoming, problem));
    }
    shop.limits
        .lookup(&incoming, &form.number)
        .map_err(|problem| again(&incoming, problem))?;
    let found = ctx
        .read(async move |rx, _| lookup::find(rx, &form.number, &form.contact).await)
        .await?;
    // An unknown number and a wrong contact are one answer (A1).
    let Some(known) = found else {
        return Err(again(
            &incoming,
            Problem::new(StatusCode::NOT_FOUND, "error-lookup"),
        ));
    };
    let token = if known.token_expires_at > ctx.now() {
        known.token
    } else {
        renewed(&ctx, known.id).await?
    };
    let url = format!("/orders/{token}");
    Ok(Done::new(
        FoundOrder {
            token,
            url: url.clone(),
        },
        url,
    ))
}

async fn renewed(ctx: &Ctx, id: kernel::OrderId) -> Result<String, Problem> {
    let write =
        ctx.write(async move |tx, ctx| Ok::<_, FlowError>(order::renew_link(tx, ctx, id).await?));
    Ok(write.await?)
}

/// The form with what was typed.
fn again(incoming: &Incoming, problem: Problem) -> Problem {
    problem.on(Page::new(LookupPage::default()).with_typed(incoming.typed()))
}
