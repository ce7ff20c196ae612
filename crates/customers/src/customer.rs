//! One row for one person: found by the identity behind the e-mail address, made when there is none.

use kernel::{CustomerId, Email, Locale, Phone, Timestamp};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::{Row, Value},
    params,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::CustomersError;

/// Somebody who buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Customer {
    /// Their key.
    pub id: CustomerId,
    /// Their address as they first typed it; none for people known only from another system.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their name; may be empty.
    pub name: String,
    /// ISO 3166-1 code of their country.
    pub country: Option<String>,
    /// The language they are written to in.
    pub locale: Locale,
    /// Their key in another system, `SYSTEM:KEY`.
    pub external_ref: Option<String>,
    /// When they first came.
    pub created_at: Timestamp,
    /// When their personal data was erased.
    pub erased_at: Option<Timestamp>,
}

/// Somebody as they present themselves when they order.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// Their address.
    pub email: Email,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// Their name.
    pub name: String,
    /// ISO 3166-1 code of their country.
    pub country: Option<String>,
    /// The language they shop in.
    pub locale: Locale,
}

/// Somebody known only from another system.
#[derive(Debug, Clone)]
pub struct ImportedCustomer {
    /// Their key there, `SYSTEM:KEY`.
    pub external_ref: String,
    /// Their name; may be empty.
    pub name: String,
    /// Their telephone number as it stands there.
    pub phone: Option<String>,
    /// ISO 3166-1 code of their country.
    pub country: Option<String>,
    /// The language they are written to in.
    pub locale: Locale,
    /// When they first came.
    pub created_at: Timestamp,
}

const COLUMNS: &str =
    "id, email, phone, name, country, locale, external_ref, created_at, erased_at";

impl Customer {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            email: row.get("email")?,
            phone: row.get("phone")?,
            name: row.get("name")?,
            country: row.get("country")?,
            locale: row.get("locale")?,
            external_ref: row.get("external_ref")?,
            created_at: row.get("created_at")?,
            erased_at: row.get("erased_at")?,
        })
    }
}

/// The customer behind an address, made when there is none (C7). What is known of them stays; what was missing is
/// filled in, so a stranger who types somebody's address cannot change them.
///
/// # Errors
/// Whatever the database says.
pub async fn find_or_create(
    tx: &mut Tx,
    ctx: &Ctx,
    new: NewCustomer,
) -> Result<CustomerId, DbError> {
    let identity = new.email.identity();
    let name = tidy(&new.name);
    let phone = new.phone.as_ref().map(Phone::as_str);
    let sql = "INSERT INTO customers (id, identity, email, phone, name, country, locale, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (identity) DO NOTHING RETURNING id";
    let country = new.country.filter(|code| !code.is_empty());
    let values = params![
        CustomerId::new(),
        &identity,
        new.email.as_str(),
        phone,
        &name,
        country.as_deref(),
        new.locale,
        ctx.now()
    ];
    if let Some(row) = tx.row(sql, values).await? {
        return row.get("id");
    }
    let known = "SELECT id, phone IS NULL AS no_phone, name = '' AS no_name, country IS NULL AS no_country FROM customers WHERE identity = $1";
    let row = tx.one(known, params![&identity]).await?;
    let fills = row.get::<bool>("no_phone")? && phone.is_some()
        || row.get::<bool>("no_name")? && !name.is_empty()
        || row.get::<bool>("no_country")? && country.is_some();
    if fills {
        let sql = "UPDATE customers SET phone = COALESCE(phone, $2), country = COALESCE(country, $3), \
                   name = CASE WHEN name = '' THEN $4 ELSE name END WHERE identity = $1";
        tx.later(sql, params![&identity, phone, country.as_deref(), &name])
            .await?;
    }
    row.get("id")
}

/// Gives a customer the name they chose themselves.
///
/// # Errors
/// Whatever the database says.
pub async fn rename(tx: &mut Tx, id: CustomerId, name: &str) -> Result<(), DbError> {
    let sql = "UPDATE customers SET name = $2 WHERE id = $1";
    tx.execute_one(sql, params![id, tidy(name)]).await
}

/// What a customer changes about themselves: their name, telephone number and language.
///
/// # Errors
/// Whatever the database says.
pub async fn update(
    tx: &mut Tx,
    id: CustomerId,
    name: &str,
    phone: Option<&Phone>,
    locale: Locale,
) -> Result<(), DbError> {
    let sql = "UPDATE customers SET name = $2, phone = $3, locale = $4 WHERE id = $1";
    let phone = phone.map(Phone::as_str);
    tx.execute_one(sql, params![id, tidy(name), phone, locale])
        .await
}

/// Gives a customer the identity behind an address that they proved to own. Somebody known by it who has no account
/// was they all along: that row steps aside, and the answer tells which it was.
pub(crate) async fn take_identity(
    tx: &mut Tx,
    id: CustomerId,
    email: &Email,
) -> Result<Option<CustomerId>, DbError> {
    let sql = "UPDATE customers SET identity = $3 WHERE identity = $1 AND id <> $2 RETURNING id";
    let aside = format!("moved:{}", CustomerId::new());
    let known = tx.row(sql, params![email.identity(), id, aside]).await?;
    let sql = "UPDATE customers SET identity = $2, email = $3 WHERE id = $1";
    tx.execute_one(sql, params![id, email.identity(), email.as_str()])
        .await?;
    known.map(|row| row.get("id")).transpose()
}

/// One line without control characters, at most 200 characters.
fn tidy(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect();
    clean.trim().to_owned()
}

/// One customer.
///
/// # Errors
/// Whatever the database says.
pub async fn by_id(rx: &mut Rx, id: CustomerId) -> Result<Option<Customer>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM customers WHERE id = $1");
    rx.row(&sql, params![id])
        .await?
        .as_ref()
        .map(Customer::from_row)
        .transpose()
}

/// One customer who was not forgotten; nothing is written about those who were.
pub(crate) async fn known(rx: &mut Rx, id: CustomerId) -> Result<Customer, CustomersError> {
    let found = by_id(rx, id).await?.filter(|c| c.erased_at.is_none());
    found.ok_or(CustomersError::NoCustomer)
}

/// The customer behind an address.
///
/// # Errors
/// Whatever the database says.
pub async fn by_email(rx: &mut Rx, email: &Email) -> Result<Option<Customer>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM customers WHERE identity = $1");
    rx.row(&sql, params![email.identity()])
        .await?
        .as_ref()
        .map(Customer::from_row)
        .transpose()
}

/// Those of the given customers that exist, in no particular order.
///
/// # Errors
/// Whatever the database says.
pub async fn of_ids(rx: &mut Rx, ids: &[CustomerId]) -> Result<Vec<Customer>, DbError> {
    let mut found = Vec::with_capacity(ids.len());
    for part in ids.chunks(500) {
        let places: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM customers WHERE id IN ({})",
            places.join(", ")
        );
        let values: Vec<Value> = part.iter().map(|id| Value::Id(id.0)).collect();
        for row in rx.rows(&sql, &values).await? {
            found.push(Customer::from_row(&row)?);
        }
    }
    Ok(found)
}

/// Brings customers of another system in; those that are here already stay as they are. The answer has one id for
/// each row, in its order, so a repeated import finds the same people.
///
/// # Errors
/// Whatever the database says.
pub async fn import(tx: &mut Tx, rows: &[ImportedCustomer]) -> Result<Vec<CustomerId>, DbError> {
    let mut known = refs(tx, rows).await?;
    let mut fresh: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        if let std::collections::hash_map::Entry::Vacant(place) =
            known.entry(row.external_ref.clone())
        {
            let id = *place.insert(CustomerId::new());
            let identity = format!("ref:{}", row.external_ref);
            let name = tidy(&row.name);
            let values = params![
                id,
                identity,
                name,
                row.phone.clone(),
                row.country.clone(),
                row.locale,
                &row.external_ref,
                row.created_at
            ];
            fresh.push(values.to_vec());
        }
    }
    let columns = [
        "id",
        "identity",
        "name",
        "phone",
        "country",
        "locale",
        "external_ref",
        "created_at",
    ];
    tx.insert_many("customers", &columns, &fresh).await?;
    let id = |row: &ImportedCustomer| {
        known
            .get(&row.external_ref)
            .copied()
            .ok_or_else(|| DbError::Missing(row.external_ref.clone()))
    };
    rows.iter().map(id).collect()
}

/// The customers that carry these rows' keys, as key and id.
///
/// # Errors
/// Whatever the database says.
pub async fn by_refs(
    rx: &mut Rx,
    rows: &[ImportedCustomer],
) -> Result<std::collections::HashMap<String, CustomerId>, DbError> {
    refs(rx, rows).await
}

async fn refs(
    tx: &mut Rx,
    rows: &[ImportedCustomer],
) -> Result<std::collections::HashMap<String, CustomerId>, DbError> {
    let mut known = std::collections::HashMap::with_capacity(rows.len());
    for part in rows.chunks(500) {
        let places: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT id, external_ref FROM customers WHERE external_ref IN ({})",
            places.join(", ")
        );
        let values: Vec<Value> = part
            .iter()
            .map(|row| Value::Text(row.external_ref.clone()))
            .collect();
        for row in tx.rows(&sql, &values).await? {
            known.insert(row.get("external_ref")?, row.get("id")?);
        }
    }
    Ok(known)
}
