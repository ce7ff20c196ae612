//! The first page of an account.

use customers::customer;
use kernel::CustomerId;
use platform::{Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::orders::{self, OrderRow};
use crate::FlowError;

/// Orders that the first page shows.
const RECENT: i64 = 3;

/// The first page of an account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OverviewPage {
    /// The customer's name; null when they gave none.
    pub name: Option<String>,
    /// The account's address.
    pub email: String,
    /// The last orders.
    pub orders: Vec<OrderRow>,
}

impl PageView for OverviewPage {
    const TEMPLATE: &'static str = "account.html";
}

/// The first page of a customer's account.
///
/// # Errors
/// [`FlowError::NotFound`] without an account.
pub async fn overview_page(rx: &mut Rx, id: CustomerId) -> Result<OverviewPage, FlowError> {
    let known = customers::account::of(rx, id)
        .await?
        .ok_or(FlowError::NotFound)?;
    let person = customer::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    Ok(OverviewPage {
        name: Some(person.name).filter(|name| !name.is_empty()),
        email: known.email,
        orders: orders::rows(rx, id, None, RECENT).await?.items,
    })
}
