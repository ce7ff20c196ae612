//! A customer's address book.

use customers::address_book;
use kernel::{Address, AddressId, CustomerId};
use platform::{Rx, web::PageView};
use schemars::JsonSchema;
use serde::Serialize;

use super::super::address::{self, AddressFields};
use crate::FlowError;

/// The address book.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AddressesPage {
    /// The addresses, the default first.
    pub addresses: Vec<AddressCard>,
    /// Whether there is room for one more.
    pub can_add: bool,
}

impl PageView for AddressesPage {
    const TEMPLATE: &'static str = "account_addresses.html";
}

/// An address as it is shown to choose it or change it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AddressCard {
    /// Its key.
    pub id: AddressId,
    /// Who receives.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// The address as its country writes it.
    pub lines: Vec<String>,
    /// Whether it is filled in first.
    pub is_default: bool,
}

impl AddressCard {
    fn of(kept: address_book::KeptAddress) -> Self {
        Self {
            id: kept.id,
            lines: kept.address.lines(),
            name: kept.address.name,
            phone: kept.address.phone,
            is_default: kept.is_default,
        }
    }
}

/// One address, to be changed or kept.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AddressPage {
    /// Its key; null for a fresh one.
    pub id: Option<AddressId>,
    /// Who receives.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// Its fields.
    pub address_fields: AddressFields,
    /// Whether it is filled in first.
    pub is_default: bool,
}

impl PageView for AddressPage {
    const TEMPLATE: &'static str = "account_address.html";
}

/// The cards of a customer's addresses.
///
/// # Errors
/// Whatever the database says.
pub async fn cards(rx: &mut Rx, id: CustomerId) -> Result<Vec<AddressCard>, FlowError> {
    let kept = address_book::list(rx, id).await?;
    Ok(kept.into_iter().map(AddressCard::of).collect())
}

/// The address book of a customer.
///
/// # Errors
/// Whatever the database says.
pub async fn addresses_page(rx: &mut Rx, id: CustomerId) -> Result<AddressesPage, FlowError> {
    let addresses = cards(rx, id).await?;
    Ok(AddressesPage {
        can_add: i64::try_from(addresses.len()).is_ok_and(|count| count < address_book::MOST),
        addresses,
    })
}

/// A form for an address with what is known of it.
#[must_use]
pub fn address_page(
    id: Option<AddressId>,
    address: &Address,
    is_default: bool,
    countries: &[String],
) -> AddressPage {
    AddressPage {
        id,
        name: address.name.clone(),
        phone: address.phone.clone(),
        address_fields: address::fields(address, countries),
        is_default,
    }
}
