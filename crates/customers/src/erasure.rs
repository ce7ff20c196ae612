//! Forgetting somebody (GOV-10, A9): who they are goes, with everything they and the staff wrote. What stays is a row
//! without a name that figures point at, and which consents were given and taken back.

use std::collections::BTreeSet;

use kernel::{CustomerId, InquiryId, Timestamp, VisitorId};
use platform::{Ctx, DbError, Rx, Tx, params};

/// Everything this domain knows somebody by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their rows: one, and those that stepped aside when an account took an address over.
    pub ids: Vec<CustomerId>,
    /// Their addresses for letters, as they were typed.
    pub emails: BTreeSet<String>,
    /// Their names.
    pub names: BTreeSet<String>,
    /// Their telephone numbers.
    pub phones: BTreeSet<String>,
    /// Their keys in other systems.
    pub refs: BTreeSet<String>,
    /// Lines of their addresses.
    pub streets: BTreeSet<String>,
    /// What they asked.
    pub inquiries: Vec<InquiryId>,
    /// Browsers they asked from.
    pub visitors: BTreeSet<VisitorId>,
    /// When they were forgotten before.
    pub erased_at: Option<Timestamp>,
}

/// How much is kept about somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Whether they have an account.
    pub account: bool,
    /// Addresses of their book.
    pub addresses: i64,
    /// Notes of the staff about them.
    pub notes: i64,
    /// Questions that they asked.
    pub inquiries: i64,
    /// Decisions about what may be measured and written.
    pub consents: i64,
}

/// Who somebody is. `None` when there is no such customer.
///
/// # Errors
/// Whatever the database says.
pub async fn person(rx: &mut Rx, id: CustomerId) -> Result<Option<Person>, DbError> {
    let sql = "SELECT id FROM customers WHERE id = $1 UNION SELECT aside.id FROM customers aside JOIN customers c ON LOWER(aside.email) = LOWER(c.email) \
               WHERE c.id = $1 AND aside.identity >= 'moved:' AND aside.identity < 'moved;'";
    let mut found = Person::default();
    for row in rx.rows(sql, params![id]).await? {
        found.ids.push(row.get("id")?);
    }
    if found.ids.is_empty() {
        return Ok(None);
    }
    for row in found.ids.clone() {
        known(rx, row, &mut found).await?;
    }
    asked(rx, &mut found).await?;
    Ok(Some(found))
}

async fn known(rx: &mut Rx, id: CustomerId, found: &mut Person) -> Result<(), DbError> {
    let sql = "SELECT email, name, phone, external_ref, erased_at FROM customers WHERE id = $1";
    let row = rx.one(sql, params![id]).await?;
    let (email, phone, key): (Option<String>, Option<String>, Option<String>) = (
        row.get("email")?,
        row.get("phone")?,
        row.get("external_ref")?,
    );
    found.emails.extend(email);
    found.phones.extend(phone);
    found.refs.extend(key);
    found.names.insert(row.get("name")?);
    found.erased_at = found.erased_at.or(row.get("erased_at")?);
    let sql = "SELECT email FROM accounts WHERE customer_id = $1 UNION SELECT email FROM account_links WHERE customer_id = $1";
    for row in rx.rows(sql, params![id]).await? {
        found.emails.insert(row.get("email")?);
    }
    let sql = "SELECT address FROM customer_addresses WHERE customer_id = $1";
    for row in rx.rows(sql, params![id]).await? {
        let kept: kernel::Address = row.json("address")?;
        found.add(kept);
    }
    Ok(())
}

async fn asked(rx: &mut Rx, found: &mut Person) -> Result<(), DbError> {
    let mut questions = BTreeSet::new();
    for id in found.ids.clone() {
        let sql = "SELECT id, name, email, visitor_id FROM inquiries WHERE customer_id = $1";
        for row in rx.rows(sql, params![id]).await? {
            found.names.insert(row.get("name")?);
            found.emails.insert(row.get("email")?);
            found
                .visitors
                .extend(row.get::<Option<VisitorId>>("visitor_id")?);
            questions.insert(row.get::<InquiryId>("id")?);
        }
    }
    for email in found.emails.clone() {
        let sql = "SELECT id, name FROM inquiries WHERE customer_id IS NULL AND LOWER(email) = $1";
        for row in rx.rows(sql, params![email.to_lowercase()]).await? {
            found.names.insert(row.get("name")?);
            questions.insert(row.get("id")?);
        }
    }
    found.inquiries = questions.into_iter().collect();
    Ok(())
}

impl Person {
    /// Adds what an address says about them.
    pub fn add(&mut self, address: kernel::Address) {
        self.names.insert(address.name);
        self.phones.insert(address.phone);
        self.streets.insert(address.line1);
        self.streets.extend(address.line2);
    }

    /// What leads to them and to nobody else.
    pub fn marks(&self) -> impl Iterator<Item = String> {
        let all = [&self.emails, &self.phones, &self.refs, &self.streets];
        all.into_iter().flatten().cloned()
    }
}

/// How much is kept about somebody.
///
/// # Errors
/// Whatever the database says.
pub async fn kept(rx: &mut Rx, person: &Person) -> Result<Kept, DbError> {
    let mut sum = Kept {
        inquiries: i64::try_from(person.inquiries.len()).unwrap_or(i64::MAX),
        ..Kept::default()
    };
    for id in &person.ids {
        let sql = "SELECT (SELECT COUNT(*) FROM accounts WHERE customer_id = $1) AS accounts, \
                   (SELECT COUNT(*) FROM customer_addresses WHERE customer_id = $1) AS addresses, \
                   (SELECT COUNT(*) FROM customer_notes WHERE customer_id = $1) AS notes, \
                   (SELECT COUNT(*) FROM consents WHERE customer_id = $1) AS consents";
        let row = rx.one(sql, params![*id]).await?;
        sum.account |= row.get::<i64>("accounts")? > 0;
        sum.addresses += row.get::<i64>("addresses")?;
        sum.notes += row.get::<i64>("notes")?;
        sum.consents += row.get::<i64>("consents")?;
    }
    Ok(sum)
}

/// Takes a person's name off their rows, before anything else is done: whoever orders under it at this moment waits, or
/// is seen by what follows.
///
/// # Errors
/// Whatever the database says.
pub async fn unname(tx: &mut Tx, ctx: &Ctx, person: &Person) -> Result<(), DbError> {
    for id in &person.ids {
        let sql = "UPDATE customers SET identity = $2, email = NULL, phone = NULL, name = '', external_ref = NULL, \
                   erased_at = COALESCE(erased_at, $3) WHERE id = $1";
        let identity = format!("erased:{id}");
        tx.execute_one(sql, params![*id, identity, ctx.now()])
            .await?;
    }
    Ok(())
}

/// Erases what this domain keeps about somebody beside their rows. Questions stay as a mark that something was asked
/// and is done with.
///
/// # Errors
/// Whatever the database says.
pub async fn erase(tx: &mut Tx, ctx: &Ctx, person: &Person) -> Result<(), DbError> {
    for id in &person.ids {
        for table in [
            "account_sessions",
            "account_links",
            "accounts",
            "customer_notes",
            "customer_tags",
            "customer_addresses",
        ] {
            let sql = format!("DELETE FROM {table} WHERE customer_id = $1");
            tx.execute(&sql, params![*id]).await?;
        }
        let sql = "UPDATE customer_facts SET name = '', search = '' WHERE customer_id = $1";
        tx.execute(sql, params![*id]).await?;
    }
    for email in &person.emails {
        let sql = "DELETE FROM account_links WHERE LOWER(email) = $1";
        tx.execute(sql, params![email.to_lowercase()]).await?;
    }
    for id in &person.inquiries {
        let sql = "UPDATE inquiries SET name = '', email = '', message = '', order_number = NULL, state = 'answered', answer = '', \
                   answered_at = COALESCE(answered_at, $2), answered_by = COALESCE(answered_by, $3) WHERE id = $1";
        tx.execute(sql, params![*id, ctx.now(), ctx.actor().label()])
            .await?;
    }
    Ok(())
}

/// Who asked to be forgotten and waits.
///
/// # Errors
/// Whatever the database says.
pub async fn wished(rx: &mut Rx, id: CustomerId) -> Result<Option<Timestamp>, DbError> {
    let sql = "SELECT MIN(created_at) FROM inquiries WHERE customer_id = $1 AND wants_erasure AND state = 'open'";
    rx.scalar(sql, params![id]).await
}
