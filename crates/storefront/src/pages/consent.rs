//! Deciding whether visits are measured (M13).

use std::sync::Arc;

use customers::consent::{self as record, Purpose, Source, Who};
use kernel::VisitorId;
use operations::{FlowError, views::shop::consent::ConsentPage};
use platform::{
    Actor, Ctx,
    web::{Body, Done, Page, Problem, Whole, form},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::account::{Moved, local};
use crate::{Storefront, consent, face::problem};

/// A decision.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Decision {
    /// Whether visits may be measured.
    #[serde(deserialize_with = "form::flag")]
    measurement: bool,
    /// A page of this shop to go on with.
    next: Option<String>,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Whole(incoming): Whole,
) -> Result<Page<ConsentPage>, Problem> {
    let rule = shop.facts(&ctx).await?.shop.ask_consent;
    Ok(Page::new(ConsentPage {
        measurement: consent::choice(&incoming),
        measured: consent::measured(rule, &incoming),
    }))
}

pub(crate) async fn decide(
    shop: Arc<Storefront>,
    ctx: Ctx,
    Body(decision): Body<Decision>,
) -> Result<Done<Moved>, Problem> {
    let text = shop.parts.words.say(ctx.locale(), "consent-text", &[]);
    let who = match ctx.actor() {
        Actor::Customer(id) => Who::Customer(*id),
        // Whoever says no is not known again: the row stands for a browser that nobody can find.
        _ => Who::Visitor(
            ctx.visit()
                .filter(|_| decision.measurement)
                .map_or_else(VisitorId::new, |visit| visit.visitor),
        ),
    };
    let granted = decision.measurement;
    let write = ctx.write(async move |tx, ctx| {
        let decided = (Purpose::Measurement, granted, Source::Banner);
        record::record(tx, ctx, who, decided, &text).await?;
        Ok::<_, FlowError>(())
    });
    write.await.map_err(problem)?;
    let next = local(decision.next).unwrap_or_else(|| "/consent".to_owned());
    Ok(Moved::to(next).header("set-cookie", consent::cookie(granted)))
}
