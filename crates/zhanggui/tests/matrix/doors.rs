//! What a permission promises, and what every answer must carry.

use axum::http::StatusCode;
use kernel::Permission;

use crate::{house::Answer, people::Who};

/// How a route meets somebody, by its permission alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// They are let through.
    Open,
    /// They are told that they must sign in, or that they may not.
    Shut(StatusCode),
}

impl Door {
    pub(crate) fn of(who: Who, permission: Permission) -> Self {
        let (stranger, refused) = (
            Self::Shut(StatusCode::UNAUTHORIZED),
            Self::Shut(StatusCode::FORBIDDEN),
        );
        match (permission, who) {
            (Permission::Public, _) | (Permission::Account, Who::Customer) => Self::Open,
            // A customer is nobody in the back office.
            (_, Who::Guest | Who::Customer) => stranger,
            (_, Who::Staff(role) | Who::Key(role)) if role.permissions().allows(permission) => {
                Self::Open
            }
            (_, Who::Staff(_) | Who::Key(_)) => refused,
        }
    }
}

/// Whether somebody may read what customers tell the shop.
pub(crate) fn may_see_customers(who: Who) -> bool {
    match who {
        Who::Guest | Who::Customer => false,
        Who::Staff(role) | Who::Key(role) => {
            let may = role.permissions();
            may.allows(Permission::OrdersRead) || may.allows(Permission::CustomersRead)
        }
    }
}

/// What an answer lacks, or tells of the inside.
pub(crate) fn guarded(answer: &Answer) -> Vec<String> {
    const HEADERS: [(&str, &str); 5] = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "origin"),
        ("content-security-policy", "default-src 'none'"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    const INSIDE: [&str; 8] = [
        "SELECT ",
        "INSERT INTO",
        "sqlite",
        "postgres",
        "panicked",
        "backtrace",
        ".rs:",
        "/tmp/",
    ];
    let mut wrong = Vec::new();
    for (name, part) in HEADERS {
        if !answer.header(name).contains(part) {
            wrong.push(format!("{name} is {:?}", answer.header(name)));
        }
    }
    if answer.header("cache-control").is_empty() {
        wrong.push("no cache-control".to_owned());
    }
    if answer.status.is_client_error() || answer.status.is_server_error() {
        for word in INSIDE.into_iter().filter(|word| answer.body.contains(word)) {
            wrong.push(format!("tells of {word}: {}", answer.told()));
        }
    }
    for cookie in answer.headers.get_all("set-cookie") {
        let text = cookie.to_str().unwrap();
        let safe = ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]
            .iter()
            .all(|promise| text.contains(promise));
        if !text.starts_with("__Host-") || !safe {
            wrong.push(format!("sets {text}"));
        }
    }
    wrong
}
