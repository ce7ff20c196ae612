//! What a handler takes from a request: path, query and body as documented types.

use std::{borrow::Cow, net::IpAddr};

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    form,
    openapi::Operation,
    problem::Problem,
    upload::{Accepts, Upload},
};
use crate::{cards, secret};

/// A request after the doors: read whole, its path matched.
#[derive(Debug)]
pub struct Incoming {
    /// The method after `_method` was applied.
    pub method: Method,
    /// The path without `.json`.
    pub path: String,
    /// The query as it was sent.
    pub query: String,
    /// Parameters of the path pattern.
    pub params: Vec<(String, String)>,
    /// All headers.
    pub headers: HeaderMap,
    /// The body; empty when it was a form with files.
    pub body: Bytes,
    /// A form with files, read, where the route takes files.
    pub upload: Option<Upload>,
    /// Where the request came from.
    pub source: IpAddr,
    /// Whether a program asked (JSON) rather than a browser (HTML).
    pub program: bool,
}

impl Incoming {
    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// A cookie's value.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let all = self.headers.get_all("cookie");
        all.iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(cookie::Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|c| c.name() == name)
            .map(|c| c.value().to_owned())
    }

    /// The first value of a query parameter.
    #[must_use]
    pub fn query_param(&self, name: &str) -> Option<String> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(&self.query).unwrap_or_default();
        pairs.into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// All values of a parameter, in their order.
    #[must_use]
    pub fn query_all(&self, name: &str) -> Vec<String> {
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(&self.query).unwrap_or_default();
        let own = pairs.into_iter().filter(|(n, _)| n == name);
        own.map(|(_, value)| value).collect()
    }

    /// The body as a value, from a form or from JSON, without card numbers that somebody typed into it (P12).
    ///
    /// # Errors
    /// 400 for broken JSON, 415 for another type of body.
    pub fn body_value(&self) -> Result<Value, Problem> {
        let mut value = self.sent()?;
        cards::mask(&mut value);
        Ok(value)
    }

    fn sent(&self) -> Result<Value, Problem> {
        if let Some(upload) = &self.upload {
            return Ok(form::nested(upload.texts.clone()));
        }
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        match self
            .header("content-type")
            .and_then(|t| t.split(';').next())
            .map(str::trim)
        {
            Some("application/json") => serde_json::from_slice(&self.body)
                .map_err(|_| Problem::new(axum::http::StatusCode::BAD_REQUEST, "error-bad-json")),
            Some("application/x-www-form-urlencoded") => Ok(form::to_value(&self.body)),
            _ => Err(Problem::new(
                axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "error-media-type",
            )),
        }
    }

    /// The idempotency key of the header, or else the one that the form sent. A key that may be the number of a card is kept
    /// as its hash, which tells two of them apart just as well (P12).
    ///
    /// # Errors
    /// 422 for a key that is empty or longer than 200 bytes.
    pub fn idempotency_key(&self, typed: Option<String>) -> Result<Option<String>, Problem> {
        let header = self.header("idempotency-key").map(str::to_owned);
        let Some(key) = header.or(typed) else {
            return Ok(None);
        };
        if key.is_empty() || key.len() > 200 {
            return Err(Problem::invalid("error-idempotency-key")
                .field("Idempotency-Key", "error-invalid-value"));
        }
        Ok(Some(match cards::masked(&key) {
            Cow::Borrowed(_) => key,
            Cow::Owned(_) => secret::sha256_hex(key.as_bytes()),
        }))
    }

    /// What was typed into the form, to show it again.
    #[must_use]
    pub fn typed(&self) -> serde_json::Map<String, Value> {
        let mut fields = self.upload.as_ref().map_or_else(
            || form::typed_fields(&self.body),
            |upload| form::flat(upload.texts.clone()),
        );
        cards::mask_fields(&mut fields);
        fields
    }
}

/// Something a handler can take.
pub trait Input: Sized + Send {
    /// Adds itself to the operation's description.
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator);

    /// The files it takes; without any, a body with files is refused.
    #[must_use]
    fn accepts() -> Option<Accepts> {
        None
    }

    /// Reads itself from the request.
    ///
    /// # Errors
    /// A problem that names what is wrong.
    fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem>;
}

impl Input for () {
    fn describe(_: &mut Operation, _: &mut SchemaGenerator) {}

    fn read(_: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
        Ok(())
    }
}

/// Parameters of the path, as a struct with one field each.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send> Input for Path<T> {
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
        operation.parameters("path", schemas.root_schema_for::<T>());
    }

    /// A malformed id is a missing thing: 404, like a foreign one (A1).
    fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
        let object = incoming
            .params
            .iter()
            .map(|(n, v)| (n.clone(), Value::String(v.clone())))
            .collect();
        serde_json::from_value(Value::Object(object))
            .map(Self)
            .map_err(|_| Problem::not_found())
    }
}

/// Parameters of the query, as a struct whose fields are optional or have defaults.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Query<T> {
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
        operation.parameters("query", schemas.root_schema_for::<T>());
    }

    fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
        let mut value = form::to_value(incoming.query.as_bytes());
        if let Value::Object(fields) = &mut value {
            fields.remove("_method");
            fields.remove("lang");
            fields.remove("theme");
        }
        form::read(value).map(Self)
    }
}

/// The body, as a form or as JSON.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Input for Body<T> {
    fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
        operation.body(&schemas.subschema_for::<T>());
    }

    fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
        form::read(incoming.body_value()?).map(Self)
    }
}

/// The value of the `Idempotency-Key` header, or of the form field `idempotency_key`.
pub struct IdempotencyKey(pub Option<String>);

impl Input for IdempotencyKey {
    fn describe(operation: &mut Operation, _: &mut SchemaGenerator) {
        operation.header(
            "Idempotency-Key",
            "The same key and body give the same answer, once; another body is refused with 422.",
        );
    }

    fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
        let typed = incoming.typed();
        let typed = typed.get("idempotency_key").and_then(Value::as_str);
        incoming.idempotency_key(typed.map(str::to_owned)).map(Self)
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: Input),+> Input for ($($name,)+) {
            fn describe(operation: &mut Operation, schemas: &mut SchemaGenerator) {
                $($name::describe(operation, schemas);)+
            }
            fn accepts() -> Option<Accepts> {
                [$($name::accepts()),+].into_iter().flatten().next()
            }
            fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
                Ok(($($name::read(incoming)?,)+))
            }
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);

/// The whole request, for signed callbacks, cookies, and forms that are shown again.
pub struct Whole(pub std::sync::Arc<Incoming>);

impl Input for Whole {
    fn describe(_: &mut Operation, _: &mut SchemaGenerator) {}

    fn read(incoming: &std::sync::Arc<Incoming>) -> Result<Self, Problem> {
        Ok(Self(std::sync::Arc::clone(incoming)))
    }
}
