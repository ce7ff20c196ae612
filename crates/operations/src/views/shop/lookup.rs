//! Finding an order by its number and the contact it was placed with (STF-21).

use kernel::{Email, Phone};
use orders::{Order, order};
use platform::{Rx, secret, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::FlowError;

/// The page that finds orders.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct LookupPage {
    /// A number to begin with.
    pub number: Option<String>,
}

impl PageView for LookupPage {
    const TEMPLATE: &'static str = "orders_lookup.html";
}

/// The order with this number, if `contact` is its e-mail address or telephone number. An unknown number and a wrong
/// contact are the same answer (A1), and contacts are compared in constant time.
///
/// # Errors
/// Whatever the database says.
pub async fn find(rx: &mut Rx, number: &str, contact: &str) -> Result<Option<Order>, FlowError> {
    let order = order::by_number(rx, number.trim()).await?;
    let known = order.as_ref().map_or_else(Vec::new, |o| {
        vec![o.email.as_str(), o.phone.as_str(), o.address.phone.as_str()]
    });
    let typed = identity(contact);
    let same = known
        .iter()
        .filter(|k| !k.is_empty())
        .map(|k| secret::same(&identity(k), &typed))
        .fold(false, std::ops::BitOr::bitor);
    Ok(order.filter(|_| same && !typed.is_empty()))
}

/// One spelling of an e-mail address or a telephone number.
fn identity(text: &str) -> String {
    match (Email::parse(text), Phone::parse(text)) {
        (Ok(email), _) => email.identity(),
        (_, Ok(phone)) => phone.as_str().replace("+886", "0"),
        _ => String::new(),
    }
}
