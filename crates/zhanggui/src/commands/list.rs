//! `zhanggui routes`, `permissions`, `openapi`: what the program answers, read from the program itself.

use std::fmt::Write;

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

/// The page `docs/permissions.md`: under each permission who has it and every address that asks for it.
#[must_use]
pub fn page(app: &App) -> String {
    let mut list = app::list(&app.routes());
    list.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    let mut page = String::from(
        "# Who may do what\n\n\
         Made of the routes by `make permissions`; a test holds it against them. Each address asks for one permission, and \
         whoever lacks it is told so before anything is looked up: strangers 401 (a browser is led to the door), people and \
         keys without the permission 403. A thing that is somebody else's is answered like one that is not there, 404. \
         Changes with a session are refused with 403 unless they come from the shop's own pages. \
         `crates/zhanggui/tests/matrix` asks every address as everybody.\n\n\
         | Permission |",
    );
    for role in Role::ALL {
        let _ = write!(page, " {role} |");
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(Role::ALL.len()));
    for permission in staffs() {
        let _ = write!(page, "\n| `{permission}` |");
        for role in Role::ALL {
            let has = role.permissions().allows(permission);
            page.push_str(if has { " yes |" } else { " |" });
        }
    }
    page.push('\n');
    for permission in Permission::ALL {
        let asks: Vec<_> = list.iter().filter(|route| route.2 == *permission).collect();
        if asks.is_empty() {
            continue;
        }
        let _ = write!(page, "\n## {permission}\n\n{}\n", holders(*permission));
        for (method, path, _, summary) in asks {
            let _ = write!(page, "\n- `{method} {path}` {summary}");
        }
        page.push('\n');
    }
    page
}

/// The permissions that people and programs of the shop have or lack.
fn staffs() -> impl Iterator<Item = Permission> {
    let all = Permission::ALL.iter().copied();
    all.filter(|p| !matches!(p, Permission::Public | Permission::Account))
}

/// Who has a permission, in words.
fn holders(permission: Permission) -> String {
    match permission {
        Permission::Public => {
            "Everybody; what belongs to somebody opens with a secret that only they have.".into()
        }
        Permission::Account => {
            "A signed-in customer, for what is their own; no role and no key.".into()
        }
        _ => {
            let has = |role: &Role| role.permissions().allows(permission);
            let names: Vec<&str> = Role::ALL.into_iter().filter(has).map(Role::code).collect();
            format!("At a browser and by a key: {}.", names.join(", "))
        }
    }
}

/// The OpenAPI document.
#[must_use]
pub fn openapi(app: &App) -> Value {
    app::openapi(&app.routes())
}
