//! Looking things up in the log.

use super::{COLUMNS, Entry};
use crate::{
    Ctx, Page, Rx,
    list::{Asked, Key, List, ListError, Reading, Select, select::anywhere},
};

/// What the log sorts by: the number of a row, which is its place in time too.
const KEYS: [Key; 1] = [Key::number("seq", "seq")];

/// Rows of the log. `who` is a part of a name, account, key or role, `what` a part of a route, permission or field,
/// `object` the beginning of a thing's id, `from` and `to` are days.
///
/// # Errors
/// A filter or cursor that is none, or whatever the database says.
pub async fn list(
    rx: &mut Rx,
    ctx: &Ctx,
    (list, asked): (&List<Entry>, &Asked),
    limit: usize,
) -> Result<Page<Entry>, ListError> {
    let mut select = Select::from("audit_log");
    let searched = [
        (
            "who",
            "LOWER(actor_name || ' ' || actor_id || ' ' || actor_kind || ' ' || role)",
        ),
        (
            "what",
            "LOWER(method || ' ' || route || ' ' || permission || ' ' || fields)",
        ),
    ];
    let typed = |name: &str| {
        let words = asked.get(name).unwrap_or_default().trim().to_lowercase();
        Some(words).filter(|words| !words.is_empty())
    };
    for (name, columns) in searched {
        if let Some(words) = typed(name) {
            let pattern = select.value(anywhere(&words));
            select.only(format!("{columns} LIKE {pattern} ESCAPE '!'"));
        }
    }
    if let Some(object) = typed("object") {
        // Each id has a blank before it, so that the beginning of one is found and the middle is not.
        let pattern = select.value(anywhere(&format!(" {object}")));
        select.only(format!("(' ' || LOWER(objects)) LIKE {pattern} ESCAPE '!'"));
    }
    select.days(ctx, asked, "at")?;
    let reading = Reading {
        columns: COLUMNS,
        keys: &KEYS,
        ids: &[],
        limit,
    };
    select
        .page(rx, ctx, (list, asked), reading, Entry::from_row)
        .await
}
