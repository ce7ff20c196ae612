//! The page to write to the shop.

use catalog::{ProductState, product};
use kernel::ProductId;
use platform::{Ctx, Rx, web::PageView};
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
