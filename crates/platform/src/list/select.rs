//! Pages of a list out of the database: by any sort key, from where the page before ended, never by an offset.
//!
//! A sort key is an expression that is never null, with the row's own keys behind it, so that every row has one place.
//! An index over exactly these expressions makes a page cost the same at any depth.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Asked, List, ListError};
use crate::{
    Ctx, Cursor, DbError, Page, Rx,
    db::{IntoValue, Row, Value},
};

/// What a column sorts by.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The column's code.
    pub code: &'static str,
    /// The expression; it must never be null.
    pub sql: &'static str,
    text: bool,
}

impl Key {
    /// A column that sorts by a whole number or an instant.
    #[must_use]
    pub const fn number(code: &'static str, sql: &'static str) -> Self {
        Self {
            code,
            sql,
            text: false,
        }
    }

    /// A column that sorts by a text.
    #[must_use]
    pub const fn text(code: &'static str, sql: &'static str) -> Self {
        Self {
            code,
            sql,
            text: true,
        }
    }
}

/// The place of a row: the order in which it was listed, its sort key, its own keys.
#[derive(Debug, Serialize, Deserialize)]
struct Place(String, KeyValue, Vec<Uuid>);

/// A sort key as a cursor carries it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum KeyValue {
    Number(i64),
    Text(String),
}

impl KeyValue {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self::Number(*number)),
            Value::Bool(yes) => Some(Self::Number(i64::from(*yes))),
            Value::Text(text) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Number(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }
}

/// What is read of a list's rows.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The columns, as SQL.
    pub columns: &'a str,
    /// What the list's columns sort by.
    pub keys: &'a [Key],
    /// The columns that make a row unique, at most three; the order of equal rows.
    pub ids: &'a [&'static str],
    /// How many rows at most.
    pub limit: usize,
}

/// A question for rows of some tables, to which conditions are added.
#[derive(Debug)]
pub struct Select {
    tables: String,
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Select {
    /// Rows of these tables.
    pub fn from(tables: impl Into<String>) -> Self {
        Self {
            tables: tables.into(),
            conditions: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Adds a value and gives its placeholder.
    pub fn value(&mut self, value: impl IntoValue) -> String {
        self.values.push(value.into_value());
        format!("${}", self.values.len())
    }

    /// Only rows for which this holds.
    pub fn only(&mut self, condition: impl Into<String>) {
        self.conditions.push(condition.into());
    }

    /// Only rows in which a column is this.
    pub fn equal(&mut self, column: &str, value: impl IntoValue) {
        let value = self.value(value);
        self.only(format!("{column} = {value}"));
    }

    /// Only rows of the days that were asked for, by a column of instants.
    ///
    /// # Errors
    /// A filter that names no day.
    pub fn days(&mut self, ctx: &Ctx, asked: &Asked, column: &str) -> Result<(), ListError> {
        if let Some(from) = asked.day_begins(ctx, "from")? {
            let from = self.value(from);
            self.only(format!("{column} >= {from}"));
        }
        if let Some(to) = asked.day_ends(ctx, "to")? {
            let to = self.value(to);
            self.only(format!("{column} < {to}"));
        }
        Ok(())
    }

    /// One page, sorted as was asked; each row is read by `read`.
    ///
    /// # Errors
    /// A sort that the list does not have, a cursor of another order, or whatever the database says.
    pub async fn page<R, T>(
        mut self,
        rx: &mut Rx,
        ctx: &Ctx,
        (list, asked): (&List<R>, &Asked),
        reading: Reading<'_>,
        mut read: impl FnMut(&Row) -> Result<T, DbError>,
    ) -> Result<Page<T>, ListError> {
        let Reading {
            columns,
            keys,
            ids,
            limit,
        } = reading;
        let (code, descending) = asked.sort_of(ctx, list)?;
        let key = keys
            .iter()
            .find(|key| key.code == code)
            .ok_or(ListError::NoSuchSort)?;
        let order = format!("{}{code}", if descending { "-" } else { "" });
        let (beyond, direction) = if descending {
            ("<", " DESC")
        } else {
            (">", "")
        };
        let all: Vec<&str> = std::iter::once(key.sql)
            .chain(ids.iter().copied())
            .collect();
        if let Some(cursor) = &asked.after {
            let places = self.after(cursor, &order, key, ids.len())?;
            self.only(format!("({}) {beyond} ({places})", all.join(", ")));
        }
        let fetch = self.value(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let own: String = (0..ids.len())
            .map(|n| {
                format!(
                    ", {} AS sort_id{n}",
                    ids.get(n).copied().unwrap_or_default()
                )
            })
            .collect();
        let sorted: Vec<String> = all.iter().map(|sql| format!("{sql}{direction}")).collect();
        let sql = format!(
            "SELECT {columns}, {} AS sort_key{own} FROM {} WHERE {} ORDER BY {} LIMIT {fetch}",
            key.sql,
            self.tables,
            self.condition(),
            sorted.join(", ")
        );
        let rows = rx.rows(&sql, &self.values).await?;
        let keyed = rows.iter().map(|row| {
            let place = place(row, &order, ids.len())?;
            Ok((read(row)?, place))
        });
        Ok(Page::of(keyed.collect::<Result<Vec<_>, DbError>>()?, limit))
    }

    fn after(
        &mut self,
        cursor: &Cursor,
        order: &str,
        key: &Key,
        ids: usize,
    ) -> Result<String, ListError> {
        let Place(listed, at, own) = cursor.key().ok_or(ListError::BadCursor)?;
        let fits = key.text == matches!(at, KeyValue::Text(_));
        if listed != order || own.len() != ids || !fits {
            return Err(ListError::BadCursor);
        }
        let mut places = vec![self.value(at.value())];
        for id in own {
            places.push(self.value(id));
        }
        Ok(places.join(", "))
    }

    fn condition(&self) -> String {
        if self.conditions.is_empty() {
            "TRUE".to_owned()
        } else {
            self.conditions.join(" AND ")
        }
    }
}

const SORT_IDS: [&str; 3] = ["sort_id0", "sort_id1", "sort_id2"];

fn place(row: &Row, order: &str, ids: usize) -> Result<Place, DbError> {
    let key: Value = row.get("sort_key")?;
    let key = KeyValue::of(&key).ok_or_else(|| row.inconsistent("sort_key"))?;
    let own = SORT_IDS.iter().take(ids).map(|name| row.get(name));
    Ok(Place(order.to_owned(), key, own.collect::<Result<_, _>>()?))
}

/// A LIKE pattern for `text` anywhere, its wildcards taken literally with `!`.
#[must_use]
pub fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars().take(100) {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_a_search_are_letters() {
        assert_eq!(anywhere("5%_!"), "%5!%!_!!%");
    }

    /// A cursor keeps its order, so that one of another order is refused rather than read as a place of this one.
    #[test]
    fn a_cursor_belongs_to_one_order() {
        let cursor = Cursor::at(&Place(
            "-total".into(),
            KeyValue::Number(7),
            vec![Uuid::nil()],
        ));
        let key = Key::number("total", "total");
        let mut question = Select::from("orders");
        assert_eq!(
            question.after(&cursor, "-total", &key, 1).unwrap(),
            "$1, $2"
        );
        let name = Key::text("total", "total");
        for (cursor, order, key) in [
            (&cursor, "total", &key),
            (&cursor, "-total", &name),
            (&Cursor::from_text("?"), "-total", &key),
        ] {
            let refused = question.after(cursor, order, key, 1);
            assert!(matches!(refused, Err(ListError::BadCursor)), "{order}");
        }
    }
}
