//! The addresses that a customer keeps, one of them filled in first.

use kernel::{Address, AddressId, CustomerId};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::CustomersError;

/// Addresses that one customer can keep.
pub const MOST: i64 = 20;

/// An address in a customer's book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeptAddress {
    /// Its key.
    pub id: AddressId,
    /// The address.
    pub address: Address,
    /// Whether it is filled in first.
    pub is_default: bool,
}

impl KeptAddress {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            address: row.json("address")?,
            is_default: row.get("is_default")?,
        })
    }
}

/// A customer's addresses, the default first, then the newest.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, customer: CustomerId) -> Result<Vec<KeptAddress>, DbError> {
    let sql = "SELECT id, address, is_default FROM customer_addresses WHERE customer_id = $1 \
               ORDER BY is_default DESC, created_at DESC, id DESC";
    let rows = rx.rows(sql, params![customer]).await?;
    rows.iter().map(KeptAddress::from_row).collect()
}

/// One of a customer's addresses; another's is not there (A1).
///
/// # Errors
/// [`CustomersError::NoAddress`].
pub async fn one(
    rx: &mut Rx,
    customer: CustomerId,
    id: AddressId,
) -> Result<KeptAddress, CustomersError> {
    let sql =
        "SELECT id, address, is_default FROM customer_addresses WHERE customer_id = $1 AND id = $2";
    let row = rx.row(sql, params![customer, id]).await?;
    Ok(KeptAddress::from_row(
        &row.ok_or(CustomersError::NoAddress)?,
    )?)
}

/// Keeps an address; the first one is the default. One that is there already is not kept twice.
///
/// # Errors
/// [`CustomersError::TooManyAddresses`].
pub async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: CustomerId,
    address: &Address,
    as_default: bool,
) -> Result<AddressId, CustomersError> {
    hold(tx, customer).await?;
    let known = list(tx, customer).await?;
    if let Some(same) = known.iter().find(|kept| kept.address == *address) {
        if as_default {
            make_default(tx, customer, same.id).await?;
        }
        return Ok(same.id);
    }
    if i64::try_from(known.len()).is_ok_and(|count| count >= MOST) {
        return Err(CustomersError::TooManyAddresses);
    }
    let id = AddressId::new();
    let sql = "INSERT INTO customer_addresses (id, customer_id, address, is_default, created_at) VALUES ($1, $2, $3, FALSE, $4)";
    let json = serde_json::to_value(address).unwrap_or_default();
    tx.execute_one(sql, params![id, customer, json, ctx.now()])
        .await?;
    if as_default || known.is_empty() {
        make_default(tx, customer, id).await?;
    }
    Ok(id)
}

/// Changes an address.
///
/// # Errors
/// [`CustomersError::NoAddress`].
pub async fn change(
    tx: &mut Tx,
    customer: CustomerId,
    id: AddressId,
    address: &Address,
    as_default: bool,
) -> Result<(), CustomersError> {
    hold(tx, customer).await?;
    let json = serde_json::to_value(address).unwrap_or_default();
    let sql = "UPDATE customer_addresses SET address = $3 WHERE customer_id = $1 AND id = $2";
    if tx.execute(sql, params![customer, id, json]).await? == 0 {
        return Err(CustomersError::NoAddress);
    }
    if as_default {
        make_default(tx, customer, id).await?;
    }
    Ok(())
}

/// Takes an address out of the book; the newest of the others becomes the default where it was that.
///
/// # Errors
/// [`CustomersError::NoAddress`].
pub async fn remove(
    tx: &mut Tx,
    customer: CustomerId,
    id: AddressId,
) -> Result<(), CustomersError> {
    hold(tx, customer).await?;
    let sql = "DELETE FROM customer_addresses WHERE customer_id = $1 AND id = $2";
    if tx.execute(sql, params![customer, id]).await? == 0 {
        return Err(CustomersError::NoAddress);
    }
    let left = list(tx, customer).await?;
    match left.first() {
        Some(first) if !first.is_default => make_default(tx, customer, first.id).await,
        _ => Ok(()),
    }
}

/// The customer's row is locked, so that the number of addresses and their one default hold.
async fn hold(tx: &mut Tx, customer: CustomerId) -> Result<(), CustomersError> {
    let lock = tx.dialect().for_update();
    let sql = format!("SELECT id FROM customers WHERE id = $1{lock}");
    match tx.row(&sql, params![customer]).await? {
        Some(_) => Ok(()),
        None => Err(CustomersError::NoAccount),
    }
}

async fn make_default(
    tx: &mut Tx,
    customer: CustomerId,
    id: AddressId,
) -> Result<(), CustomersError> {
    let sql =
        "UPDATE customer_addresses SET is_default = FALSE WHERE customer_id = $1 AND is_default";
    tx.execute(sql, params![customer]).await?;
    let sql = "UPDATE customer_addresses SET is_default = TRUE WHERE customer_id = $1 AND id = $2";
    Ok(tx.execute_one(sql, params![customer, id]).await?)
}
