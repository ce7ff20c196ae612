//! What staff and programs changed, verified on demand; looking through it is a list like any other.

use std::sync::Arc;

use kernel::Permission;
use platform::{
    Ctx,
    audit::Finding,
    web::{Done, Problem},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    routes::Desk,
};

const LIST: &str = "/admin/audit";

/// The addresses of the log.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes.post(
        "/admin/audit/verification",
        Permission::AuditRead,
        "Verifies the whole log now",
        verify,
    )
}

/// A walk over the log that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Walked {
    /// How many rows there are.
    rows: i64,
    /// What is wrong; nothing when the log is whole.
    findings: Vec<Finding>,
}

/// Walks over the whole log now and compares it with the notes outside the database.
pub(crate) async fn verify(
    desk: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<Nothing>,
) -> Result<Done<Walked>, Problem> {
    form.value?;
    let found = desk.anchors.verify(&ctx).await?;
    let flash = if found.findings.is_empty() {
        "admin-flash-audit-whole"
    } else {
        "admin-flash-audit-broken"
    };
    let walked = Walked {
        rows: found.rows,
        findings: found.findings,
    };
    Ok(Done::new(walked, form.sent.next(LIST)).flash(flash))
}
