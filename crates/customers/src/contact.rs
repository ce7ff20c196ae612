//! What the shop's people change about a customer: name, address, telephone number, language.

use kernel::{CustomerId, Email, Locale, Phone, event};
use platform::{
    Ctx, Tx,
    events::{self, Event},
    params,
};

use crate::{CustomersError, customer, events::CustomerUpdated};

/// The longest name, in characters.
pub const NAME: usize = 100;

/// How a customer is reached from now on.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Their address; none keeps the one they have.
    pub email: Option<Email>,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// The language they are written to in.
    pub locale: Locale,
}

/// Changes how a customer is reached. Orders keep what was typed when they were placed.
///
/// # Errors
/// No such customer, a missing or over-long name, an address by which somebody else is known (C7), or
/// another address of somebody who signs in with theirs.
pub async fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    id: CustomerId,
    new: &Contact,
) -> Result<(), CustomersError> {
    let name = new.name.trim();
    if name.is_empty() {
        return Err(CustomersError::NameMissing);
    }
    if name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(CustomersError::NameTooLong);
    }
    let before = customer::known(tx, id).await?;
    let phone = new.phone.as_ref().map(Phone::as_str);
    let sql = "UPDATE customers SET name = $2, phone = $3, locale = $4 WHERE id = $1";
    tx.execute_one(sql, params![id, name, phone, new.locale])
        .await?;
    let moved = new
        .email
        .as_ref()
        .filter(|email| before.email.as_deref() != Some(email.as_str()));
    if let Some(email) = moved {
        let sql = "SELECT customer_id FROM accounts WHERE customer_id = $1";
        if tx.row(sql, params![id]).await?.is_some() {
            return Err(CustomersError::AccountAddress);
        }
        let identity = email.identity();
        let sql = "UPDATE customers SET identity = $2, email = $3 WHERE id = $1 \
                   AND NOT EXISTS (SELECT 1 FROM customers WHERE identity = $2 AND id <> $1)";
        if tx
            .execute(sql, params![id, &identity, email.as_str()])
            .await?
            == 0
        {
            return Err(CustomersError::EmailTaken);
        }
    }
    let payload = CustomerUpdated {
        name: before.name != name,
        email: moved.is_some(),
        phone: before.phone.as_deref() != phone,
        locale: before.locale != new.locale,
    };
    let event = Event::new(event::CUSTOMER_UPDATED, &payload)
        .about(id)
        .customer(Some(id));
    Ok(events::emit(tx, ctx, event).await?)
}
