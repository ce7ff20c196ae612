//! Everything that a database keeps, as text.

use platform::{Ctx, DbError, Rx, db::Dialect};

/// Every row of every table with the table's name, its columns as text with blanks between them. Bytes are left out.
///
/// # Errors
/// Whatever the database says.
pub async fn rows(ctx: &Ctx) -> Result<Vec<(String, String)>, DbError> {
    ctx.read(async |rx, _| {
        let sql = if rx.dialect() == Dialect::Sqlite {
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        } else {
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        };
        let mut found = Vec::new();
        for row in rx.rows(sql, &[]).await? {
            let table: String = row.get("name")?;
            let line = line(rx, &table).await?;
            let sql = format!("SELECT {line} AS line FROM \"{table}\" t");
            for row in rx.rows(&sql, &[]).await? {
                found.push((table.clone(), row.get("line")?));
            }
        }
        Ok(found)
    })
    .await
}

/// The expression of a whole row.
async fn line(rx: &mut Rx, table: &str) -> Result<String, DbError> {
    if rx.dialect() == Dialect::Postgres {
        return Ok("CAST(t AS TEXT)".to_owned());
    }
    let sql = format!("SELECT name FROM pragma_table_info('{table}')");
    let mut columns = vec!["''".to_owned()];
    for row in rx.rows(&sql, &[]).await? {
        let name: String = row.get("name")?;
        columns.push(format!(
            "CASE typeof(\"{name}\") WHEN 'blob' THEN '' WHEN 'null' THEN '' ELSE CAST(\"{name}\" AS TEXT) END"
        ));
    }
    Ok(columns.join(" || ' ' || "))
}
