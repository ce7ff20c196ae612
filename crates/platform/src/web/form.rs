//! Reading what was sent: urlencoded forms and JSON become the same value.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    problem::{FieldProblem, Problem},
    shape,
};

/// Turns an urlencoded form into a JSON value: `address[city]=…` and `address.city=…` nest, repeated names or names
/// ending in `[]` become lists, empty fields count as absent.
#[must_use]
pub fn to_value(body: &[u8]) -> Value {
    nested(serde_urlencoded::from_bytes(body).unwrap_or_default())
}

/// The same of names and texts.
#[must_use]
pub fn nested(pairs: Vec<(String, String)>) -> Value {
    let mut root = Map::new();
    for (name, text) in pairs {
        if text.is_empty() {
            continue;
        }
        let path: Vec<String> = name
            .replace("[]", "[+]")
            .split(['[', '.'])
            .map(|part| part.trim_end_matches(']').to_owned())
            .collect();
        insert(&mut root, &path, text);
    }
    Value::Object(root)
}

fn insert(object: &mut Map<String, Value>, path: &[String], text: String) {
    match path {
        [] => {}
        [name] => {
            object.insert(name.clone(), Value::String(text));
        }
        [name, plus] if plus == "+" => {
            let list = object
                .entry(name.clone())
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(items) = list {
                items.push(Value::String(text));
            }
        }
        [name, rest @ ..] => {
            let inner = object
                .entry(name.clone())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, text);
            }
        }
    }
}

/// The typed fields as they were typed, flat, for showing a form again.
#[must_use]
pub fn typed_fields(body: &[u8]) -> Map<String, Value> {
    flat(serde_urlencoded::from_bytes(body).unwrap_or_default())
}

/// The same of names and texts.
#[must_use]
pub fn flat(pairs: Vec<(String, String)>) -> Map<String, Value> {
    pairs
        .into_iter()
        .map(|(name, text)| (flat_name(&name), Value::String(text)))
        .collect()
}

fn flat_name(name: &str) -> String {
    name.replace('[', ".").replace(']', "")
}

/// Reads a value into its type; the first field that does not fit is named. Forms have names for their fields: a list of
/// values in their order is none, at any depth.
///
/// # Errors
/// 422 with the field.
pub fn read<T: DeserializeOwned + JsonSchema + 'static>(value: Value) -> Result<T, Problem> {
    if !value.is_object() {
        return Err(Problem::invalid("error-invalid-input"));
    }
    let listed = shape::has_list(&value).then(|| value.clone());
    let read = serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let text = error.inner().to_string();
        let (field, key) = explain(&path, &text);
        Problem::invalid("error-invalid-input").with_fields(vec![FieldProblem {
            field,
            key,
            args: Vec::new(),
        }])
    })?;
    match listed.and_then(|sent| shape::misplaced_list::<T>(&sent)) {
        Some(place) => {
            Err(Problem::invalid("error-invalid-input").field(place, "error-invalid-value"))
        }
        None => Ok(read),
    }
}

/// Finds the field and the sentence for a message of serde.
fn explain(path: &str, text: &str) -> (String, &'static str) {
    let quoted = text.split('`').nth(1).unwrap_or_default();
    let below = |name: &str| {
        if path == "." {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    if text.starts_with("missing field") {
        (below(quoted), "error-required")
    } else if text.starts_with("unknown field") {
        let at = if path == "." || path.ends_with(quoted) {
            path.trim_start_matches('.').to_owned()
        } else {
            below(quoted)
        };
        (
            if at.is_empty() { quoted.to_owned() } else { at },
            "error-unknown-field",
        )
    } else if text.contains("e-mail address") {
        (path.to_owned(), "error-email")
    } else if text.contains("telephone number") {
        (path.to_owned(), "error-phone")
    } else if text.contains("a quantity is") {
        (path.to_owned(), "error-quantity")
    } else {
        (path.to_owned(), "error-invalid-value")
    }
}

/// For whole numbers that a form sends as text: `#[serde(deserialize_with = "platform::web::form::whole")]`.
///
/// # Errors
/// A text that is no whole number.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(i64),
        Text(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Number(n) => Ok(n),
        Written::Text(t) => t
            .trim()
            .parse()
            .map_err(|_| serde::de::Error::custom("not a whole number")),
    }
}

/// As [`whole`], for a field that may be absent; needs `default` as well.
///
/// # Errors
/// A text that is no whole number.
pub fn whole_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "whole")] i64);
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|w| w.0))
}

/// For a list of which a form or an address may give one alone; needs `default` as well.
///
/// # Errors
/// Neither a text nor a list of texts.
pub fn many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Many(Vec<String>),
        One(String),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Many(all) => all,
        Written::One(one) => vec![one],
    })
}

/// For check boxes: `on`, `true`, `1` or a JSON truth value; needs `default` as well.
///
/// # Errors
/// Anything else.
pub fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Truth(bool),
        Text(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Truth(b) => Ok(b),
        Written::Text(t) => match t.as_str() {
            "on" | "true" | "1" | "yes" => Ok(true),
            "off" | "false" | "0" | "no" => Ok(false),
            _ => Err(serde::de::Error::custom("not yes or no")),
        },
    }
}

/// As [`flag`], for a field that may be absent; needs `default` as well.
///
/// # Errors
/// Neither yes nor no.
pub fn flag_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    struct Wrapped(#[serde(deserialize_with = "flag")] bool);
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|w| w.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A4: forms and JSON are the same value; unknown fields are refused and named.
    #[test]
    fn a_form_reads_like_json() {
        let value = to_value(
            "email=a%40b.tw&address[city]=%E4%BF%A1%E7%BE%A9&empty=&tags[]=x&tags[]=y".as_bytes(),
        );
        assert_eq!(
            value,
            serde_json::json!({"email": "a@b.tw", "address": {"city": "信義"}, "tags": ["x", "y"]})
        );
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct Wanted {
            #[serde(rename = "quantity")]
            _quantity: kernel::Quantity,
        }
        let field = |v| read::<Wanted>(v).unwrap_err().fields()[0].field.clone();
        assert_eq!(
            field(serde_json::json!({"quantity": 1, "price": 1})),
            "price"
        );
        assert_eq!(field(serde_json::json!({})), "quantity");
        assert_eq!(field(serde_json::json!({"quantity": "0"})), "quantity");
        let unnamed = read::<Wanted>(serde_json::json!([1])).unwrap_err();
        assert_eq!(unnamed.status().as_u16(), 422);
    }
}
