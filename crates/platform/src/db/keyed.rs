//! Statements about many keys at once.

use super::Value;

/// The statement in which `{keys}` stands for a list of keys, e.g. `WHERE id IN ({keys})`, and its parameters: first the
/// fixed ones, which are `$1` and so on, then the keys.
///
/// The list is padded to a power of two with its last key, so that few different statements are prepared. An empty list
/// is `NULL`, in which nothing is.
#[must_use]
pub fn keyed(sql: &str, fixed: &[Value], keys: &[Value]) -> (String, Vec<Value>) {
    let mut values = fixed.to_vec();
    let Some(last) = keys.last() else {
        return (sql.replace("{keys}", "NULL"), values);
    };
    let first = fixed.len() + 1;
    let end = first + keys.len().next_power_of_two();
    values.extend_from_slice(keys);
    values.resize(end - 1, last.clone());
    let list: Vec<String> = (first..end).map(|n| format!("${n}")).collect();
    (sql.replace("{keys}", &list.join(", ")), values)
}

#[cfg(test)]
mod tests {
    use super::{Value, keyed};

    #[test]
    fn keys_follow_the_fixed_parameters_and_are_padded() {
        let key = |n| Value::Int(n);
        let (sql, values) = keyed(
            "a = $1 AND b IN ({keys})",
            &[key(9)],
            &[key(1), key(2), key(3)],
        );
        assert_eq!(sql, "a = $1 AND b IN ($2, $3, $4, $5)");
        assert_eq!(values, [key(9), key(1), key(2), key(3), key(3)]);
        let (sql, values) = keyed("b IN ({keys})", &[], &[]);
        assert_eq!((sql.as_str(), values.len()), ("b IN (NULL)", 0));
    }
}
