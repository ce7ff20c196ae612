//! Writing to the shop. Opening this page from a product is a first question (詢單).

use std::sync::Arc;

use customers::inquiry::{self, NewInquiry};
use insight::events::ContactClicked;
use kernel::{Email, InquiryId, event};
use operations::{
    FlowError,
    views::shop::contact::{self, ContactPage},
};
use platform::{
    Ctx,
    events::Event,
    web::{Body, Done, FieldProblem, Incoming, Page, Problem, Query, Whole, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Storefront, face::problem};

/// The longest message in characters; the form says so too.
const MESSAGE: usize = 2_000;
/// The longest name in characters.
const NAME: usize = 60;

/// What the page begins with.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct ContactQuery {
    /// The handle of a product the question is about.
    product: Option<String>,
    /// The number of an order it is about.
    order: Option<String>,
    /// Whether a message was just sent.
    #[serde(deserialize_with = "form::flag")]
    sent: bool,
}

/// A message.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ContactForm {
    /// Who asks.
    name: String,
    /// Where to answer.
    email: String,
    /// The order it is about.
    order_number: Option<String>,
    /// The question.
    message: String,
    /// The handle of the product it is about.
    product: Option<String>,
}

/// A message that was kept.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Sent {
    /// Its key.
    id: InquiryId,
}

pub(crate) async fn show(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Query(query)): (Whole, Query<ContactQuery>),
) -> Result<Page<ContactPage>, Problem> {
    let about = match query.product {
        Some(handle) => {
            ctx.read(async move |rx, ctx| contact::about(rx, ctx, &handle).await)
                .await?
        }
        None => None,
    };
    if shop.opened(&ctx, &incoming)
        && let Some((id, link)) = &about
    {
        let clicked = ContactClicked {
            channel: "contact_page".to_owned(),
            path: format!("/products/{}", link.handle),
        };
        shop.note(
            &ctx,
            Event::new(event::INQUIRY_STARTED, &clicked).about(*id),
        );
    }
    let product = about.map(|(_, link)| link);
    let asks = if query.sent {
        contact::Asking::default()
    } else {
        ctx.read(async |rx, ctx| contact::asking(rx, ctx).await)
            .await?
    };
    Ok(Page::new(ContactPage {
        sent: query.sent,
        name: asks.name,
        email: asks.email,
        order_number: query.order,
        product,
    }))
}

pub(crate) async fn send(
    shop: Arc<Storefront>,
    ctx: Ctx,
    (Whole(incoming), Body(form)): (Whole, Body<ContactForm>),
) -> Result<Done<Sent>, Problem> {
    let handle = form.product.clone();
    let about = match handle {
        Some(handle) => {
            ctx.read(async move |rx, ctx| contact::about(rx, ctx, &handle).await)
                .await?
        }
        None => None,
    };
    let product = about.map(|(_, link)| link);
    let again = |problem: Problem| on_page(&incoming, product.clone(), problem);
    let email = checked(&form)
        .map_err(|fields| again(Problem::invalid("error-invalid-input").with_fields(fields)))?;
    shop.limits.message(&incoming).map_err(again)?;
    let about = product
        .as_ref()
        .map(|p| format!("\n\n{} /products/{}", p.title, p.handle))
        .unwrap_or_default();
    let message = NewInquiry {
        name: form.name,
        email,
        message: format!("{}{about}", form.message),
        order_number: form.order_number,
    };
    let write = ctx.write(async move |tx, ctx| {
        Ok::<_, FlowError>(inquiry::record(tx, ctx, message.clone()).await?)
    });
    let id = write
        .await
        .map_err(|e| on_page(&incoming, product.clone(), problem(e)))?;
    Ok(Done::created(Sent { id }, "/contact?sent=1"))
}

/// The form with what was typed.
fn on_page(
    incoming: &Incoming,
    product: Option<operations::views::shop::parts::Link>,
    problem: Problem,
) -> Problem {
    let view = ContactPage {
        product,
        ..ContactPage::default()
    };
    problem.on(Page::new(view).with_typed(incoming.typed()))
}

/// The address to answer to, or everything that is wrong with the message.
fn checked(form: &ContactForm) -> Result<Email, Vec<FieldProblem>> {
    let mut wrong = Vec::new();
    let mut tell = |field: &str, key| {
        wrong.push(FieldProblem {
            field: field.to_owned(),
            key,
            args: Vec::new(),
        });
    };
    for (field, text, longest) in [
        ("name", &form.name, NAME),
        ("message", &form.message, MESSAGE),
    ] {
        if text.trim().is_empty() {
            tell(field, "error-required");
        } else if text.chars().count() > longest {
            tell(field, "error-too-long");
        }
    }
    let email = Email::parse(&form.email);
    if email.is_err() {
        tell(
            "email",
            if form.email.trim().is_empty() {
                "error-required"
            } else {
                "error-email"
            },
        );
    }
    match email {
        Ok(email) if wrong.is_empty() => Ok(email),
        _ => Err(wrong),
    }
}
