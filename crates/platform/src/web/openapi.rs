//! The OpenAPI 3.1 document, built from the same list of routes as the router, so it cannot lack one.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::problem::ProblemBody;

/// The description of one route, filled in by its input and its output.
#[derive(Debug, Default)]
pub struct Operation {
    parameters: Vec<Value>,
    body: Option<Value>,
    files: Option<Value>,
    responses: Map<String, Value>,
}

impl Operation {
    /// Adds one parameter for each field of a struct.
    pub fn parameters(&mut self, place: &str, schema: Schema) {
        let schema = schema.to_value();
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map_or_else(Vec::new, |r| r.iter().filter_map(Value::as_str).collect());
        let defs = schema.get("$defs").cloned().unwrap_or_default();
        for (name, field) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let mut field = inline(field, &defs);
            let description = field
                .as_object_mut()
                .and_then(|f| f.shift_remove("description"))
                .unwrap_or_default();
            self.parameters.push(json!({
                "name": name, "in": place, "required": place == "path" || required.contains(&name.as_str()),
                "description": description, "schema": field,
            }));
        }
    }

    /// Adds a header that may be sent.
    pub fn header(&mut self, name: &str, description: &str) {
        self.parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": description,
            "schema": { "type": "string", "maxLength": 200 },
        }));
    }

    /// Sets the body, as JSON and as a form.
    pub fn body(&mut self, schema: &Schema) {
        self.body = Some(json!({
            "content": { "application/json": { "schema": schema }, "application/x-www-form-urlencoded": { "schema": schema } },
        }));
    }

    /// Adds a field of files beside the body's other fields.
    pub fn files(&mut self, name: &str, most: usize, types: &[&str]) {
        let file =
            json!({ "type": "string", "format": "binary", "contentMediaType": types.join(", ") });
        let field = if most == 1 {
            file
        } else {
            json!({ "type": "array", "maxItems": most, "items": file })
        };
        self.files = Some(json!({ name: field }));
    }

    /// The body with everything that is known of it: a form with files has the fields of the form and the files.
    fn finished_body(&mut self, schemas: &SchemaGenerator) -> Option<Value> {
        let Some(files) = self.files.take() else {
            let mut body = self.body.take()?;
            let schema = body.pointer("/content/application~1json/schema").cloned();
            if let (Some(body), Some(schema)) = (body.as_object_mut(), schema) {
                body.insert("required".into(), needed(&schema, schemas).into());
            }
            return Some(body);
        };
        let text = self
            .body
            .take()
            .and_then(|body| body.pointer("/content/application~1json/schema").cloned());
        let named = text
            .as_ref()
            .and_then(|schema| schema.get("$ref")?.as_str()?.rsplit('/').next())
            .and_then(|name| schemas.definitions().get(name).cloned());
        let mut schema = named
            .or(text)
            .unwrap_or_else(|| json!({ "type": "object" }));
        let fields = schema
            .as_object_mut()
            .map(|s| s.entry("properties").or_insert_with(|| json!({})));
        if let (Some(Value::Object(fields)), Value::Object(files)) = (fields, files) {
            fields.extend(files);
        }
        Some(
            json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } }),
        )
    }

    /// Adds an answer with a JSON body, and a page beside it.
    pub fn answer(&mut self, status: u16, schema: &Schema, page: bool) {
        let mut content = json!({ "application/json": { "schema": schema } });
        if page && let Some(content) = content.as_object_mut() {
            content.insert(
                "text/html".into(),
                json!({ "schema": { "type": "string" } }),
            );
        }
        self.responses.insert(
            status.to_string(),
            json!({ "description": "Done", "content": content }),
        );
    }

    /// Says of a page that is the answer to a form that something new may be on it.
    fn may_create(&mut self) {
        if let Some(page) = self.responses.get("200").cloned() {
            self.responses.entry("201").or_insert(page);
        }
    }

    /// Adds the redirect that browsers get.
    pub fn redirect(&mut self) {
        self.responses.insert(
            "201".into(),
            json!({ "description": "Created; the same body as 200" }),
        );
        self.responses.insert(
            "303".into(),
            json!({ "description": "Browsers go on to the next page" }),
        );
    }

    /// Adds the redirect that a browser gets in place of the page.
    pub fn elsewhere(&mut self) {
        self.responses.insert(
            "303".into(),
            json!({ "description": "Browsers go on to the page that they asked to begin with" }),
        );
    }

    /// Adds the redirect to an address that took the place of the one that was asked for.
    pub fn moved(&mut self) {
        self.responses.insert(
            "301".into(),
            json!({ "description": "Browsers go on to the address that this has now; programs get it at once" }),
        );
    }

    /// Adds an answer of another media type.
    pub fn raw(&mut self) {
        self.responses
            .insert("200".into(), json!({ "description": "The bytes" }));
    }
}

/// Whether a body must be there: no body is read as a body without fields.
fn needed(schema: &Value, schemas: &SchemaGenerator) -> bool {
    let named = schema
        .get("$ref")
        .and_then(|r| r.as_str()?.rsplit('/').next())
        .and_then(|name| schemas.definitions().get(name));
    let fields = named.unwrap_or(schema).as_object();
    let asks = |word: &str| fields.is_some_and(|fields| fields.contains_key(word));
    asks("required") || asks("oneOf") || asks("anyOf")
}

/// Parameters have no place for shared definitions, so references are replaced by what they point to.
fn inline(schema: &Value, defs: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            if let Some(name) = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|r| r.rsplit('/').next())
            {
                return defs
                    .get(name)
                    .map_or_else(|| schema.clone(), |found| inline(found, defs));
            }
            Value::Object(
                object
                    .iter()
                    .map(|(k, v)| (k.clone(), inline(v, defs)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(|v| inline(v, defs)).collect()),
        other => other.clone(),
    }
}

/// One route as the document sees it.
pub(super) struct Described<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) summary: &'a str,
    pub(super) permission: kernel::Permission,
    pub(super) operation_id: String,
    pub(super) describe: fn(&mut Operation, &mut SchemaGenerator),
}

/// Builds the whole document.
pub(super) fn document<'a>(routes: impl Iterator<Item = Described<'a>>) -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut schemas = settings.into_generator();
    let problem = schemas.subschema_for::<ProblemBody>();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let mut operation = Operation::default();
        (route.describe)(&mut operation, &mut schemas);
        if route.method == "POST" {
            operation.may_create();
        }
        for status in ["4XX", "5XX"] {
            operation.responses.insert(
                status.into(),
                json!({ "description": "A problem; for a browser the page that says so", "content": {
                    "application/problem+json": { "schema": &problem }, "text/html": { "schema": { "type": "string" } },
                } }),
            );
        }
        let body = operation.finished_body(&schemas);
        let mut entry = json!({
            "operationId": route.operation_id, "summary": route.summary, "tags": [tag(route.path)],
            "parameters": operation.parameters, "responses": operation.responses,
            "x-permission": route.permission.code(),
        });
        if let Some(object) = entry.as_object_mut() {
            if let Some(body) = body {
                object.insert("requestBody".into(), body);
            }
            if route.permission != kernel::Permission::Public {
                object.insert("security".into(), json!([{ "key": [] }, { "session": [] }]));
            }
        }
        let path = paths
            .entry(route.path.to_owned())
            .or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.to_lowercase(), entry);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Zhanggui", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "Every page of the shop and of the back office is also a resource: ask for `application/json` or add `.json` to the path.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.take_definitions(true),
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-staff" },
            },
        },
    })
}

fn tag(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("admin") => "back office",
        Some("webhooks" | "v1") => "programs",
        _ => "shop",
    }
}
