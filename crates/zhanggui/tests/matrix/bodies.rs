//! Bodies that would do: the smallest value that the document's schema allows.

use platform::web::Route;
use serde_json::{Map, Value, json};

use crate::samples::Samples;

/// How deep a body may nest before it is cut off.
const DEPTH: usize = 6;

/// A body for a route; an empty one where it takes none.
pub(crate) fn plausible(document: &Value, route: &Route, samples: &Samples) -> Value {
    let schema = schema_of(document, route);
    schema.map_or_else(
        || json!({}),
        |schema| value(document, schema, samples, DEPTH),
    )
}

/// Whether a route reads a form: one that refuses fields it does not have.
pub(crate) fn has_form(document: &Value, route: &Route) -> bool {
    let schema = schema_of(document, route).map(|schema| resolved(document, schema));
    schema.is_some_and(|schema| schema["additionalProperties"] == json!(false))
}

/// Bodies for a route in which one text after the other is `words`, each with the place of that text. Only where words
/// may stand at all: a code, an id, a day or an e-mail address is none.
pub(crate) fn with_words(
    document: &Value,
    route: &Route,
    samples: &Samples,
    words: &str,
) -> Vec<(String, Value)> {
    let Some(schema) = schema_of(document, route) else {
        return Vec::new();
    };
    let all = Words {
        document,
        samples,
        words,
    };
    all.within(schema, DEPTH)
}

struct Words<'a> {
    document: &'a Value,
    samples: &'a Samples,
    words: &'a str,
}

impl Words<'_> {
    fn within(&self, schema: &Value, depth: usize) -> Vec<(String, Value)> {
        let schema = resolved(self.document, schema);
        if depth == 0 {
            return Vec::new();
        }
        let ways = schema["oneOf"].as_array().into_iter();
        let ways = ways.chain(schema["anyOf"].as_array()).flatten();
        let mut found: Vec<_> = ways.flat_map(|way| self.within(way, depth - 1)).collect();
        let is = |kind: &str| match &schema["type"] {
            Value::Array(kinds) => kinds.iter().any(|known| known == kind),
            one => one == kind,
        };
        let told = ["const", "enum", "format", "pattern"];
        if is("string") && !told.iter().any(|word| schema.get(*word).is_some()) {
            found.push((String::new(), json!(self.words)));
        }
        if is("array") {
            let items = self.within(&schema["items"], depth - 1).into_iter();
            found.extend(items.map(|(place, item)| (place, json!([item]))));
        }
        if is("object") {
            let named = schema["properties"].as_object().into_iter().flatten();
            for (name, field) in named {
                found.extend(self.put(schema, name, field, depth));
            }
            if schema["additionalProperties"].is_object() {
                found.extend(self.put(schema, "en", &schema["additionalProperties"], depth));
            }
        }
        found
    }

    /// The smallest object with words somewhere in one field.
    fn put(&self, schema: &Value, name: &str, field: &Value, depth: usize) -> Vec<(String, Value)> {
        let said = self.within(field, depth - 1).into_iter();
        said.map(|(place, said)| {
            let mut whole = object(self.document, schema, self.samples, depth);
            whole[name] = said;
            (format!("{name}.{place}"), whole)
        })
        .collect()
    }
}

fn schema_of<'a>(document: &'a Value, route: &Route) -> Option<&'a Value> {
    let place = route.path.replace('/', "~1");
    let method = route.method.as_str().to_lowercase();
    let at = format!("/paths/{place}/{method}/requestBody/content");
    let contents = document.pointer(&at)?.as_object()?;
    contents.values().next()?.get("schema")
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next());
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

fn value(document: &Value, schema: &Value, samples: &Samples, depth: usize) -> Value {
    let name = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next());
    if let Some(id) = name.and_then(|name| samples.id(name)) {
        return json!(id);
    }
    let schema = resolved(document, schema);
    if depth == 0 {
        return Value::Null;
    }
    if let Some(fixed) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return fixed.clone();
    }
    let variants = schema["oneOf"]
        .as_array()
        .or_else(|| schema["anyOf"].as_array());
    if let Some(variants) = variants {
        let solid = variants.iter().find(|v| v["type"] != "null");
        return solid.map_or(Value::Null, |v| value(document, v, samples, depth - 1));
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").unwrap_or(&Value::Null),
        one => one,
    };
    match kind.as_str() {
        Some("object") => object(document, schema, samples, depth),
        Some("array") => {
            let least = schema["minItems"].as_u64().unwrap_or_default();
            let item = || value(document, &schema["items"], samples, depth - 1);
            Value::Array((0..least).map(|_| item()).collect())
        }
        Some("integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        _ => text(schema),
    }
}

fn object(document: &Value, schema: &Value, samples: &Samples, depth: usize) -> Value {
    let names = schema["required"].as_array().into_iter().flatten();
    let fields: Map<String, Value> = names
        .filter_map(Value::as_str)
        .map(|name| {
            let field = value(document, &schema["properties"][name], samples, depth - 1);
            (name.to_owned(), field)
        })
        .collect();
    Value::Object(fields)
}

fn text(schema: &Value) -> Value {
    match schema["format"].as_str() {
        Some("date") => json!("2026-03-02"),
        Some("date-time") => json!("2026-03-02T10:00:00Z"),
        Some("email") => json!("somebody@people.test"),
        _ => json!("12"),
    }
}
