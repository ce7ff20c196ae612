//! Looking things up in the log.

use kernel::Timestamp;

use super::{COLUMNS, Entry};
use crate::{DbError, Rx, db::Value, params};

/// Which rows; what is empty leaves all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// A part of who it was: name, account or key.
    pub who: String,
    /// A part of what was done: route, permission or field.
    pub what: String,
    /// The id of a thing, or its beginning.
    pub object: String,
    /// Not before this instant.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

/// Rows of the log, newest first, older than `before`.
///
/// # Errors
/// Whatever the database says.
pub async fn list(
    rx: &mut Rx,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    let (condition, mut values) = condition(filter, before);
    values.push(Value::Int(limit));
    let sql = format!(
        "SELECT {COLUMNS} FROM audit_log WHERE {condition} ORDER BY seq DESC LIMIT ${}",
        values.len()
    );
    rx.rows(&sql, &values)
        .await?
        .iter()
        .map(Entry::from_row)
        .collect()
}

fn condition(filter: &AuditFilter, before: Option<i64>) -> (String, Vec<Value>) {
    let mut parts = vec!["seq < $1".to_owned()];
    let mut values = params![before.unwrap_or(i64::MAX)].to_vec();
    let mut add = |sql: &str, value: Value| {
        values.push(value);
        parts.push(sql.replace("$?", &format!("${}", values.len())));
    };
    let like = |text: &str| Value::Text(format!("%{}%", escaped(&text.trim().to_lowercase())));
    if !filter.who.trim().is_empty() {
        add(
            "LOWER(actor_name || ' ' || actor_id || ' ' || actor_kind || ' ' || role) LIKE $? ESCAPE '!'",
            like(&filter.who),
        );
    }
    if !filter.what.trim().is_empty() {
        add(
            "LOWER(method || ' ' || route || ' ' || permission || ' ' || fields) LIKE $? ESCAPE '!'",
            like(&filter.what),
        );
    }
    if !filter.object.trim().is_empty() {
        let object = escaped(&filter.object.trim().to_lowercase());
        add(
            "(' ' || LOWER(objects)) LIKE $? ESCAPE '!'",
            Value::Text(format!("% {object}%")),
        );
    }
    if let Some(from) = filter.from {
        add("at >= $?", Value::Int(from.micros()));
    }
    if let Some(until) = filter.until {
        add("at < $?", Value::Int(until.micros()));
    }
    (parts.join(" AND "), values)
}

/// A text whose signs of LIKE stand for themselves.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
        out
    })
}
