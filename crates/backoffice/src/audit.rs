//! What staff and programs changed: looked through, exported, verified.

use std::sync::Arc;

use jiff::civil::Date;
use kernel::{Permission, Timestamp};
use operations::views::admin::{
    AuditPage,
    audit::{self as views, AuditSearch},
};
use platform::{
    Ctx, Cursor,
    audit::{AuditFilter, Entry, Finding},
    web::{Done, Page, Problem, Query, Raw, StatusCode},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Form, Nothing},
    routes::Desk,
};

const LIST: &str = "/admin/audit";

/// The addresses of the log.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/audit",
            Permission::AuditRead,
            "What staff and programs changed, newest first",
            show,
        )
        .get(
            "/admin/audit/export",
            Permission::AuditRead,
            "The rows of a search as CSV",
            export,
        )
        .post(
            "/admin/audit/verification",
            Permission::AuditRead,
            "Verifies the whole log now",
            verify,
        )
}

/// Which rows.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AuditQuery {
    /// A part of a name, an account, a key or a role.
    who: String,
    /// A part of a route, a permission or a field.
    what: String,
    /// The id of a thing.
    object: String,
    /// The first day, `2026-03-02`.
    from: Option<String>,
    /// The last day.
    to: Option<String>,
    /// The `next_cursor` of the page before.
    after: Option<Cursor>,
}

/// A walk over the log that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Walked {
    /// How many rows there are.
    rows: i64,
    /// What is wrong; nothing when the log is whole.
    findings: Vec<Finding>,
}

impl AuditQuery {
    fn filter(&self, ctx: &Ctx) -> Result<AuditFilter, Problem> {
        let day =
            |field: &str, text: &Option<String>, days: i32| -> Result<Option<Timestamp>, Problem> {
                let Some(text) = text else { return Ok(None) };
                let wrong =
                    || Problem::invalid("error-invalid-input").field(field, "error-invalid-value");
                let date: Date = text.parse().map_err(|_| wrong())?;
                let start = date
                    .checked_add(jiff::Span::new().days(days))
                    .and_then(|day| day.to_zoned(ctx.zone().clone()));
                Ok(Some(start.map_err(|_| wrong())?.timestamp().into()))
            };
        Ok(AuditFilter {
            who: self.who.clone(),
            what: self.what.clone(),
            object: self.object.clone(),
            from: day("from", &self.from, 0)?,
            until: day("to", &self.to, 1)?,
        })
    }

    fn search(&self) -> AuditSearch {
        AuditSearch {
            who: self.who.clone(),
            what: self.what.clone(),
            object: self.object.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
        }
    }
}

/// The log.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<AuditQuery>,
) -> Result<Page<AuditPage>, Problem> {
    let (filter, search) = (query.filter(&ctx)?, query.search());
    let found = ctx.read(async move |rx, _| views::page(rx, search, filter, query.after).await);
    Ok(Page::new(found.await?))
}

/// The rows of a search as a table for a spreadsheet.
pub(crate) async fn export(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<AuditQuery>,
) -> Result<Raw, Problem> {
    let filter = query.filter(&ctx)?;
    let rows = ctx
        .read_snapshot(async move |rx, _| views::export(rx, filter).await)
        .await?;
    let name = format!("audit-{}.csv", ctx.now().in_zone(ctx.zone()).date());
    Ok(Raw {
        status: StatusCode::OK,
        content_type: "text/csv; charset=utf-8",
        bytes: table(&rows).into(),
        headers: vec![
            (
                "content-disposition",
                format!("attachment; filename=\"{name}\""),
            ),
            ("cache-control", "no-store".to_owned()),
        ],
    })
}

const HEADINGS: [&str; 16] = [
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "method",
    "route",
    "permission",
    "objects",
    "fields",
    "change_hash",
    "source",
    "request_id",
    "previous_hash",
    "hash",
];

fn table(rows: &[Entry]) -> String {
    let mut out = format!("\u{feff}{}\r\n", HEADINGS.join(","));
    for row in rows {
        let cells = [
            row.seq.to_string(),
            row.at.to_string(),
            row.actor_kind.clone(),
            row.actor_id.clone(),
            row.actor_name.clone(),
            row.role.clone(),
            row.method.clone(),
            row.route.clone(),
            row.permission.clone(),
            row.objects.join(" "),
            row.fields.join(" "),
            row.change_hash.clone(),
            row.source.clone(),
            row.request_id.clone(),
            row.previous_hash.clone(),
            row.hash.clone(),
        ];
        let cells: Vec<String> = cells.iter().map(|text| cell(text)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A8: what somebody called themselves is a text in every spreadsheet.
    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("@x"), "\"'@x\"");
        assert_eq!(cell("王, 小明"), "\"王, 小明\"");
    }
}
