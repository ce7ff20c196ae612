//! Rows on their way into a table: as few statements as the database allows, and few different ones.

use super::{DbError, Dialect, Value, tx::Rx};

/// Parameters of one statement at most.
const PARAMETERS: usize = 8_000;
/// Up to so many rows have a statement of their own number; more come in powers of two.
const SMALL: usize = 8;

/// Where rows go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [&'a str],
    /// What stands before the values of each row, for columns that the database computes itself.
    pub(crate) lead: &'a str,
}

impl Target<'_> {
    /// Sends rows; nobody waits for the answers.
    pub(super) async fn insert(self, rx: &mut Rx, mut rows: &[Vec<Value>]) -> Result<(), DbError> {
        let most = (PARAMETERS / self.columns.len().max(1)).max(1);
        while !rows.is_empty() {
            let size = match rows.len().min(most) {
                few @ ..=SMALL => few,
                many => 1 << many.ilog2(),
            };
            let (part, rest) = rows.split_at(size);
            rows = rest;
            let (sql, values) = self.statement(rx.dialect(), part);
            rx.send(&sql, &values).await?;
        }
        Ok(())
    }

    fn statement(self, dialect: Dialect, rows: &[Vec<Value>]) -> (String, Vec<Value>) {
        let Self {
            table,
            columns,
            lead,
        } = self;
        let mut sql = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
        let mut values = Vec::with_capacity(rows.len() * columns.len());
        for row in rows {
            sql.push_str(if values.is_empty() { "(" } else { ", (" });
            sql.push_str(lead);
            for (index, value) in row.iter().enumerate() {
                if index > 0 {
                    sql.push_str(", ");
                }
                values.push(value.clone());
                // SQLite keeps the names of numbered parameters in a list that it walks for each of them: with
                // thousands, that takes far longer than the insert.
                if dialect == Dialect::Sqlite {
                    sql.push('?');
                } else {
                    sql.push('$');
                    sql.push_str(&values.len().to_string());
                }
            }
            sql.push(')');
        }
        (sql, values)
    }
}

/// Rows of one table that go in with the end of the transaction, or before a statement that names their table.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) target: Target<'static>,
    pub(super) rows: Vec<Vec<Value>>,
}
