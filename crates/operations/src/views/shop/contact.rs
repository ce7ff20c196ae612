//! The page to write to the shop.

use catalog::{ProductState, product};
use customers::{account, customer};
use kernel::ProductId;
use platform::{Actor, Ctx, Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::parts::Link;
use crate::FlowError;

/// The contact page.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ContactPage {
    /// Whether a message was just sent.
    pub sent: bool,
    /// A name to begin with.
    pub name: Option<String>,
    /// An address to begin with.
    pub email: Option<String>,
    /// The order it is about.
    pub order_number: Option<String>,
    /// The product it is about.
    pub product: Option<Link>,
}

impl PageView for ContactPage {
    const TEMPLATE: &'static str = "contact.html";
}

/// The product on sale that a question is about, with its id.
///
/// # Errors
/// Whatever the database says.
pub async fn about(
    rx: &mut Rx,
    ctx: &Ctx,
    handle: &str,
) -> Result<Option<(ProductId, Link)>, FlowError> {
    let found = product::by_handle(rx, handle)
        .await?
        .filter(|p| p.state == ProductState::Published);
    Ok(found.map(|p| {
        (
            p.id,
            Link {
                title: p.title.get(ctx.locale()).to_owned(),
                handle: p.handle,
            },
        )
    }))
}

/// Who asks, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asking {
    /// Their name.
    pub name: Option<String>,
    /// Where they read letters.
    pub email: Option<String>,
}

/// What a signed-in customer need not type again.
///
/// # Errors
/// Whatever the database says.
pub async fn asking(rx: &mut Rx, ctx: &Ctx) -> Result<Asking, FlowError> {
    let Actor::Customer(id) = *ctx.actor() else {
        return Ok(Asking::default());
    };
    let known = customer::by_id(rx, id).await?;
    Ok(Asking {
        name: known.map(|person| person.name),
        email: account::of(rx, id).await?.map(|account| account.email),
    })
}
