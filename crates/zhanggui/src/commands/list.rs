//! `zhanggui routes`, `permissions`, `openapi`: what the program answers, read from the program itself.

use kernel::{Permission, Role};
use platform::web::app;
use serde_json::{Value, json};

use crate::App;

/// All routes.
#[must_use]
pub fn routes(app: &App) -> Value {
    let list = app::list(&app.routes());
    Value::Array(
        list.into_iter()
            .map(|(method, path, permission, summary)| {
                json!({ "method": method, "path": path, "permission": permission.code(), "summary": summary })
            })
            .collect(),
    )
}

/// All permissions and the roles that have them.
#[must_use]
pub fn permissions() -> Value {
    let roles = |p: Permission| {
        Role::ALL
            .into_iter()
            .filter(|r| r.permissions().allows(p))
            .map(Role::code)
            .collect::<Vec<_>>()
    };
    Value::Array(
        Permission::ALL
            .iter()
            .map(|p| json!({ "permission": p.code(), "roles": roles(*p) }))
            .collect(),
    )
}

/// The OpenAPI document.
#[must_use]
pub fn openapi(app: &App) -> Value {
    app::openapi(&app.routes())
}
