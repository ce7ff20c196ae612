//! What a browser looked at lately (STF-09), read from its own part of the stream. Whoever is not measured has none.

use kernel::{ProductId, VisitorId, event};
use platform::{Ctx, Rx, Tx, events, events::Event, params};

use crate::InsightError;

/// Events of a browser that are looked through.
const LATEST: i64 = 400;

/// The products whose pages a browser opened, the latest first, each once, since it last wished them forgotten.
///
/// # Errors
/// Whatever the database says.
pub async fn products(
    rx: &mut Rx,
    visitor: VisitorId,
    most: usize,
) -> Result<Vec<ProductId>, InsightError> {
    let sql = "SELECT e.name, e.subject_id FROM (SELECT name, subject_id, seq FROM events WHERE visitor_id = $1 \
               ORDER BY seq DESC LIMIT $2) e WHERE e.name IN ($3, $4) ORDER BY e.seq DESC";
    let names = (event::PRODUCT_VIEWED, event::RECENTLY_VIEWED_CLEARED);
    let rows = rx
        .rows(sql, params![visitor, LATEST, names.0, names.1])
        .await?;
    let mut found: Vec<ProductId> = Vec::new();
    for row in &rows {
        let (name, product): (String, Option<ProductId>) =
            (row.get("name")?, row.get("subject_id")?);
        if name == event::RECENTLY_VIEWED_CLEARED || found.len() == most {
            break;
        }
        found.extend(product.filter(|id| !found.contains(id)));
    }
    Ok(found)
}

/// Notes that the browser of the context wishes them forgotten. What happened stays on the stream, and counts; it is
/// shown to nobody.
///
/// # Errors
/// Whatever the database says.
pub async fn clear(tx: &mut Tx, ctx: &Ctx) -> Result<(), InsightError> {
    let cleared = Event::new(event::RECENTLY_VIEWED_CLEARED, &serde_json::json!({}));
    Ok(events::emit(tx, ctx, cleared).await?)
}
