//! Reading the stream without a stored cursor, for followers that keep their place elsewhere, such as a search index.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{COLUMNS, Recorded};
use crate::{Ctx, DbError, Rx, db::Value, params};

/// A place on the stream that no event can slip in before any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Position {
    xid: i64,
    seq: i64,
}

/// The present end of the stream, as far as its transactions have all ended.
///
/// # Errors
/// Whatever the database says.
pub async fn end(rx: &mut Rx) -> Result<Position, DbError> {
    let settled = rx.dialect().settled();
    last(rx, settled).await
}

async fn last(rx: &mut Rx, which: &str) -> Result<Position, DbError> {
    let sql =
        format!("SELECT xid, seq FROM events WHERE {which} ORDER BY xid DESC, seq DESC LIMIT 1");
    let row = rx.row(&sql, &[]).await?;
    row.map_or(Ok(Position::default()), |r| {
        Ok(Position {
            xid: r.get("xid")?,
            seq: r.get("seq")?,
        })
    })
}

/// Waits until everything that is on the stream now may be followed. `PostgreSQL` counts transactions over all its
/// databases, so one that is open in another database holds followers back too; they only come later for it.
///
/// # Errors
/// Whatever the database says.
pub async fn settle(ctx: &Ctx) -> Result<(), DbError> {
    let newest = ctx.read(async |rx, _| last(rx, "TRUE").await).await?;
    while ctx.read(async |rx, _| end(rx).await).await? < newest {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

/// At most `limit` events of the given names after a place, oldest first, and the place to go on from. When fewer
/// than `limit` came, that is the end of the stream.
///
/// # Errors
/// Whatever the database says.
pub async fn after(
    rx: &mut Rx,
    place: Position,
    names: &[&str],
    limit: i64,
) -> Result<(Vec<Recorded>, Position), DbError> {
    let last = end(rx).await?;
    if last <= place {
        return Ok((Vec::new(), place));
    }
    let list: Vec<String> = (6..6 + names.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT xid, {COLUMNS} FROM events WHERE (xid, seq) > ($1, $2) AND (xid, seq) <= ($3, $4) AND name IN ({}) \
         ORDER BY xid, seq LIMIT $5",
        list.join(", ")
    );
    let mut values: Vec<Value> = params![place.xid, place.seq, last.xid, last.seq, limit].to_vec();
    values.extend(names.iter().map(|name| Value::Text((*name).to_owned())));
    let rows = rx.rows(&sql, &values).await?;
    let events = rows
        .iter()
        .map(Recorded::from_row)
        .collect::<Result<Vec<_>, _>>()?;
    let full = i64::try_from(rows.len()).is_ok_and(|n| n >= limit);
    let next = match rows.last() {
        Some(row) if full => Position {
            xid: row.get("xid")?,
            seq: row.get("seq")?,
        },
        _ => last,
    };
    Ok((events, next))
}
