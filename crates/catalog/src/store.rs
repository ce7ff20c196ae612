//! Questions about many keys at once.

use kernel::id::TypedId;
use platform::{
    DbError, Rx,
    db::{Row, Value, id_value, keyed},
};

/// Keys in one statement.
const CHUNK: usize = 512;

/// All rows of `sql`, in which `{keys}` stands for the list of keys, e.g. `WHERE id IN ({keys})`.
///
/// Rows come in the statement's order within each chunk of 512 keys.
pub(crate) async fn rows_in(rx: &mut Rx, sql: &str, keys: Vec<Value>) -> Result<Vec<Row>, DbError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let (sql, values) = keyed(sql, &[], chunk);
        found.append(&mut rx.rows(&sql, &values).await?);
    }
    Ok(found)
}

/// Typed ids as keys of [`rows_in`].
pub(crate) fn keys<I: TypedId>(ids: &[I]) -> Vec<Value> {
    ids.iter().map(|id| id_value(*id)).collect()
}

/// Texts as keys of [`rows_in`].
pub(crate) fn text_keys<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Value> {
    texts
        .into_iter()
        .map(|text| Value::Text(text.to_owned()))
        .collect()
}
