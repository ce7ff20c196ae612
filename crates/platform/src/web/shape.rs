//! Named fields are sent by their names. serde also reads a struct from the list of its values in their order, which no
//! document describes and which changes its meaning with the next field; so a list is taken only where the documented
//! schema has one.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The schemas of what was sent with a list in it.
static KNOWN: LazyLock<RwLock<HashMap<TypeId, Arc<Value>>>> = LazyLock::new(RwLock::default);

/// The place of a list that the schema of `T` has no list for; an empty text is the whole.
pub(super) fn misplaced_list<T: JsonSchema + 'static>(value: &Value) -> Option<String> {
    let root = schema::<T>();
    let path = misplaced(&root, &root, value)?;
    Some(
        path.into_iter()
            .fold(String::new(), |place, part| match part {
                Part::Item(at) => format!("{place}[{at}]"),
                Part::Field(name) if place.is_empty() => name,
                Part::Field(name) => format!("{place}.{name}"),
            }),
    )
}

/// A step on the way to a place.
enum Part {
    Field(String),
    Item(usize),
}

/// Whether there is a list anywhere in a value.
pub(super) fn has_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Object(fields) => fields.values().any(has_list),
        _ => false,
    }
}

fn schema<T: JsonSchema + 'static>() -> Arc<Value> {
    let key = TypeId::of::<T>();
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(&key) {
        return Arc::clone(known);
    }
    drop(known);
    let generator = SchemaSettings::draft2020_12().into_generator();
    let made = Arc::new(generator.into_root_schema_for::<T>().to_value());
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(known.entry(key).or_insert(made))
}

/// The path to the first list that has no place in a schema.
fn misplaced(root: &Value, schema: &Value, value: &Value) -> Option<Vec<Part>> {
    let Value::Object(words) = schema else {
        // `true` takes everything, `false` is the place of a field of another way to write the whole.
        return (schema == &Value::Bool(false) && has_list(value)).then(Vec::new);
    };
    if let Some(named) = words.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(named.trim_start_matches('#'))?;
        return misplaced(root, target, value);
    }
    for word in ["anyOf", "oneOf"] {
        let Some(ways) = words.get(word).and_then(Value::as_array) else {
            continue;
        };
        let mut wrong = ways.iter().map(|way| misplaced(root, way, value));
        if let Some(first) = wrong.next().flatten()
            && wrong.all(|wrong| wrong.is_some())
        {
            return Some(first);
        }
    }
    let all = words.get("allOf").and_then(Value::as_array);
    if let Some(wrong) = all
        .into_iter()
        .flatten()
        .find_map(|part| misplaced(root, part, value))
    {
        return Some(wrong);
    }
    match value {
        Value::Array(items) => {
            if words.get("type").is_some_and(|kind| !names(kind, "array")) {
                return Some(Vec::new());
            }
            items.iter().enumerate().find_map(|(at, item)| {
                below(
                    Part::Item(at),
                    misplaced(root, item_schema(schema, at)?, item),
                )
            })
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            below(
                Part::Field(name.clone()),
                misplaced(root, field_schema(schema, name)?, field),
            )
        }),
        _ => None,
    }
}

/// Whether a schema's `type`, one or several, has a kind.
fn names(kind: &Value, wanted: &str) -> bool {
    match kind {
        Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
        kind => kind == wanted,
    }
}

fn item_schema(schema: &Value, at: usize) -> Option<&Value> {
    let first = schema.get("prefixItems").and_then(|items| items.get(at));
    first.or_else(|| schema.get("items"))
}

fn field_schema<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let named = schema.get("properties").and_then(|all| all.get(name));
    // Keys of a map that are ids or codes: one pattern for all of them.
    let patterned = || {
        let all = schema.get("patternProperties")?.as_object()?;
        all.values().next()
    };
    named
        .or_else(patterned)
        .or_else(|| schema.get("additionalProperties"))
}

fn below(part: Part, found: Option<Vec<Part>>) -> Option<Vec<Part>> {
    found.map(|mut path| {
        path.insert(0, part);
        path
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::web::form;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Limit {
        #[serde(default)]
        percent: Option<String>,
        #[serde(default)]
        amount: Option<Amount>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only read")]
    enum Amount {
        Exact { amount: i64, currency: String },
        Typed(String),
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    enum Rule {
        Tag { is: Vec<String> },
        Price { below: Amount },
    }

    #[derive(Debug, Default, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields, default)]
    struct Sent {
        people: BTreeMap<String, Limit>,
        numbered: BTreeMap<u32, Limit>,
        rules: Vec<Rule>,
        pair: Option<(i64, Limit)>,
        anything: Value,
        #[serde(deserialize_with = "form::many")]
        methods: Vec<String>,
    }

    fn wrong(sent: Value) -> Option<String> {
        let problem = form::read::<Sent>(sent).err()?;
        assert_eq!(problem.status().as_u16(), 422);
        Some(problem.fields()[0].field.clone())
    }

    /// A4: a list is no object, wherever the object belongs, and its place is named.
    #[test]
    fn a_list_is_no_object() {
        let limit = json!([null, null]);
        for (sent, place) in [
            (json!({ "people": { "ada": limit } }), "people.ada"),
            (json!({ "people": [] }), "people"),
            (json!({ "numbered": { "7": limit } }), "numbered.7"),
            (
                json!({ "people": { "ada": { "amount": [100, "TWD"] } } }),
                "people.ada.amount",
            ),
            (json!({ "rules": [["tag", ["new"]]] }), "rules[0]"),
            (
                json!({ "rules": [{ "on": "price", "below": [1, "TWD"] }] }),
                "rules[0]",
            ),
            (json!({ "pair": [1, limit] }), "pair[1]"),
        ] {
            assert_eq!(wrong(sent.clone()).as_deref(), Some(place), "{sent}");
        }
        let whole = form::read::<Sent>(json!([{}])).unwrap_err();
        assert_eq!(whole.status().as_u16(), 422);
    }

    /// Lists where lists belong are read, also of what is open and where one alone may stand for a list.
    #[test]
    fn lists_have_their_places() {
        for sent in [
            json!({ "rules": [{ "on": "tag", "is": ["new"] }, { "on": "price", "below": "580" }] }),
            json!({ "people": { "ada": { "amount": { "amount": 1, "currency": "TWD" } } } }),
            json!({ "pair": [1, {}], "anything": [[1], { "deep": [2] }] }),
            json!({ "methods": ["home", "store"] }),
            json!({ "methods": "home" }),
        ] {
            assert_eq!(wrong(sent.clone()), None, "{sent}");
        }
    }
}
