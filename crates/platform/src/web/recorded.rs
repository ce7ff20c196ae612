//! What of a request the audit log keeps (invariant A8): the route, what its address names, which fields were sent, and
//! a hash of what was sent; no secret, and nothing that somebody typed in clear.

use axum::http::Method;
use kernel::Permission;
use serde_json::Value;

use super::{input::Incoming, route::Route};
use crate::{audit::Deed, cards, secret};

/// Parts of names of fields and parameters whose values are secrets.
const SECRETS: [&str; 6] = [
    "password",
    "secret",
    "token",
    "one_time",
    "card_number",
    "_key",
];
/// Fields that say how a form was sent.
const ENVELOPE: [&str; 2] = ["form", "return_to"];
/// Names of fields that are kept.
const FIELDS: usize = 40;
/// Characters of one of them.
const NAME: usize = 60;

/// The deed of a request: of every one that may change something and needs a permission of the staff, and of those that
/// open the back office. Shoppers have none, signed in or not.
pub(super) fn deed(route: &Route, incoming: &Incoming) -> Option<Deed> {
    let reading = matches!(route.method, Method::GET | Method::HEAD);
    let shoppers = matches!(route.permission, Permission::Public | Permission::Account);
    let open = shoppers && !route.path.starts_with("/admin");
    if reading || open {
        return None;
    }
    let (mut fields, content) = match incoming.body_value() {
        Ok(mut value) => {
            let mut fields = Vec::new();
            strip(&mut value, "", &mut fields);
            let mut content = value.to_string();
            for file in incoming.upload.iter().flat_map(|upload| &upload.files) {
                content.push_str(&secret::sha256_hex(&file.bytes));
            }
            (fields, content)
        }
        // Files and the like: the bytes as they came.
        Err(_) => (Vec::new(), secret::sha256_hex(&incoming.body)),
    };
    fields.truncate(FIELDS);
    let named = incoming.params.iter().filter(|(name, _)| !is_secret(name));
    Some(Deed {
        method: route.method.to_string(),
        route: route.path.to_owned(),
        permission: route.permission.code(),
        objects: named
            .map(|(_, value)| plain(&cards::masked(value)))
            .collect(),
        fields,
        content,
        source: incoming.source.to_string(),
    })
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|part| name.contains(part))
}

/// Takes secrets out of what was sent, and tells the names of everything that was.
fn strip(value: &mut Value, at: &str, fields: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if at.is_empty() {
                object.retain(|name, _| {
                    !ENVELOPE.contains(&name.as_str()) && name != "idempotency_key"
                });
            }
            for (name, inner) in object.iter_mut() {
                let below = if at.is_empty() {
                    plain(name)
                } else {
                    format!("{at}.{}", plain(name))
                };
                if is_secret(name) {
                    *inner = Value::Null;
                    fields.push(below);
                } else if inner.is_object() {
                    strip(inner, &below, fields);
                } else {
                    strip(inner, &below, &mut Vec::new());
                    fields.push(below);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                strip(item, at, fields);
            }
        }
        _ => {}
    }
}

/// A text that can stand beside others with blanks between them.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .take(NAME)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A8: names of fields stay, secrets go, however deep they are.
    #[test]
    fn secrets_are_neither_kept_nor_hashed() {
        let mut value = json!({
            "name": "Ada", "new_password": "x", "form": "staff", "provider": { "secret_key": "y", "mode": "test" },
            "lines": [{ "sku": "A", "pay_token": "z" }],
        });
        let mut fields = Vec::new();
        strip(&mut value, "", &mut fields);
        assert_eq!(
            fields,
            [
                "name",
                "new_password",
                "provider.secret_key",
                "provider.mode",
                "lines"
            ]
        );
        assert_eq!(
            value,
            json!({
                "name": "Ada", "new_password": null, "provider": { "secret_key": null, "mode": "test" },
                "lines": [{ "sku": "A", "pay_token": null }],
            })
        );
    }
}
