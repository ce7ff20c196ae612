//! Questions about many keys at once.

use kernel::id::TypedId;
use platform::{
    DbError, Rx,
    db::{Row, Value, id_value},
};

/// Keys in one statement.
const CHUNK: usize = 512;

/// All rows of `sql`, in which `{keys}` stands for the list of keys, e.g. `WHERE id IN ({keys})`.
///
/// Lists are padded to a power of two with their last key, so that few different statements are prepared. Rows come
/// in the statement's order within each chunk of 512 keys.
pub(crate) async fn rows_in(rx: &mut Rx, sql: &str, keys: Vec<Value>) -> Result<Vec<Row>, DbError> {
    let mut found = Vec::new();
    for chunk in keys.chunks(CHUNK) {
        let size = chunk.len().next_power_of_two();
        let mut values = chunk.to_vec();
        if let Some(last) = chunk.last() {
            values.resize(size, last.clone());
        }
        let list: Vec<String> = (1..=size).map(|n| format!("${n}")).collect();
        found.append(
            &mut rx
                .rows(&sql.replace("{keys}", &list.join(", ")), &values)
                .await?,
        );
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
