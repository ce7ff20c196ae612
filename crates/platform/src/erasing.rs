//! Taking words back from what is append-only, while somebody's personal data is erased (A9) and at no other time.
//!
//! Triggers refuse every change of such a row except that of the columns that hold words, and that only while a row
//! stands in `erasing`. The row comes and goes inside one command, so no other command can ever see it.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::{DbError, Rx, Tx, db::Value, params};

/// From here on words can be taken back, until [`close`].
///
/// # Errors
/// Whatever the database says.
pub async fn open(tx: &mut Tx, person: Uuid) -> Result<(), DbError> {
    let sql = "INSERT INTO erasing (person_id) VALUES ($1)";
    tx.execute_one(sql, params![Value::Id(person)]).await
}

/// Everything append-only is so again.
///
/// # Errors
/// Whatever the database says.
pub async fn close(tx: &mut Tx, person: Uuid) -> Result<(), DbError> {
    let sql = "DELETE FROM erasing WHERE person_id = $1";
    tx.execute_one(sql, params![Value::Id(person)]).await
}

/// What a person is known by, wherever it may stand: compared without regard to letter case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// What leads to one person: addresses for letters, telephone numbers, keys, streets.
    marks: Vec<String>,
    /// Names, which many people share.
    names: Vec<String>,
}

/// The shortest mark, in characters; what is shorter stands in too many texts of other people.
const MARK: usize = 5;

impl Values {
    /// These marks and names. What is too short to tell people apart is left out.
    #[must_use]
    pub fn of(
        marks: impl IntoIterator<Item = String>,
        names: impl IntoIterator<Item = String>,
    ) -> Self {
        let kept = |texts: &mut dyn Iterator<Item = String>, least: usize| {
            let folded = texts.map(|text| text.trim().to_lowercase());
            let mut kept: Vec<String> = folded.filter(|t| t.chars().count() >= least).collect();
            kept.sort();
            kept.dedup();
            kept
        };
        Self {
            marks: kept(&mut marks.into_iter(), MARK),
            names: kept(&mut names.into_iter(), 2),
        }
    }

    /// Whether a text holds one of them. A name counts where no letter of its own script stands beside it: Li is not in
    /// delivery.
    #[must_use]
    pub fn stand_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.marks.iter().any(|mark| text.contains(mark))
            || self.names.iter().any(|name| names(&text, name))
    }

    /// Empties every text of a JSON value that holds one of them, and the texts under these names whatever they say.
    /// Tells whether anything changed.
    pub fn empty_in(&self, json: &mut Json, names: &[&str]) -> bool {
        match json {
            Json::Object(fields) => {
                let mut changed = false;
                for (name, value) in fields {
                    let theirs = names.contains(&name.as_str());
                    if theirs && value.as_str().is_some_and(|text| !text.is_empty()) {
                        *value = Json::String(String::new());
                        changed = true;
                    }
                    changed |= self.empty_in(value, names);
                }
                changed
            }
            Json::Array(items) => {
                let mut changed = false;
                for item in items {
                    changed |= self.empty_in(item, names);
                }
                changed
            }
            Json::String(text) if self.stand_in(text) => {
                text.clear();
                true
            }
            _ => false,
        }
    }
}

/// Whether a folded text names somebody.
fn names(text: &str, name: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && c < '\u{2E80}');
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text.get(..at), text.get(at + name.len()..));
        let (first, last) = (name.chars().next(), name.chars().next_back());
        let joins = |edge: Option<char>, beside: Option<char>| letter(edge) && letter(beside);
        !joins(first, before.and_then(|t| t.chars().next_back()))
            && !joins(last, after.and_then(|t| t.chars().next()))
    })
}

/// Takes words out of events: of these things, or of these browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// What the events are about.
    Subject(Uuid),
    /// Where they came from.
    Visitor(Uuid),
}

/// The browsers that events about something came from.
///
/// # Errors
/// Whatever the database says.
pub async fn browsers(rx: &mut Rx, subject: Uuid) -> Result<Vec<Uuid>, DbError> {
    let sql =
        "SELECT DISTINCT visitor_id FROM events WHERE subject_id = $1 AND visitor_id IS NOT NULL";
    let rows = rx.rows(sql, params![Value::Id(subject)]).await?;
    rows.iter().map(|row| row.get("visitor_id")).collect()
}

/// Empties what `values` finds in the events of somebody, and the texts under the names that `words` gives for an event's
/// name: there people write as they like. Must stand between [`open`] and [`close`].
///
/// # Errors
/// Whatever the database says.
pub async fn empty_events(
    tx: &mut Tx,
    of: Of,
    values: &Values,
    words: fn(&str) -> &'static [&'static str],
) -> Result<(), DbError> {
    let (column, id) = match of {
        Of::Subject(id) => ("subject_id", id),
        Of::Visitor(id) => ("visitor_id", id),
    };
    let sql = format!("SELECT seq, name, payload FROM events WHERE {column} = $1 ORDER BY seq");
    for row in tx.rows(&sql, params![Value::Id(id)]).await? {
        let (name, mut payload): (String, Json) = (row.get("name")?, row.get("payload")?);
        if values.empty_in(&mut payload, words(&name)) {
            let sql = "UPDATE events SET payload = $2 WHERE seq = $1";
            tx.execute_one(sql, params![row.get::<i64>("seq")?, payload])
                .await?;
        }
    }
    Ok(())
}

/// The keys of the rows of `table` whose text in `column` holds one of the marks. Such tables have no key that leads to
/// a person, so they are read through, outside any command.
///
/// # Errors
/// Whatever the database says.
pub async fn rows_with(
    rx: &mut Rx,
    (table, key, column): (&str, &str, &str),
    values: &Values,
) -> Result<Vec<Uuid>, DbError> {
    let mut found = Vec::new();
    for mark in &values.marks {
        let sql =
            format!("SELECT {key} AS id FROM {table} WHERE LOWER({column}) LIKE $1 ESCAPE '!'");
        let pattern = crate::list::select::anywhere(mark);
        for row in rx.rows(&sql, params![pattern]).await? {
            let id: Uuid = row.get("id")?;
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    Ok(found)
}

/// Empties texts of `column` that hold one of the marks, in a small table without a key that leads to a person.
///
/// # Errors
/// Whatever the database says.
pub async fn empty_texts_with(
    tx: &mut Tx,
    (table, column): (&str, &str),
    values: &Values,
) -> Result<(), DbError> {
    for mark in &values.marks {
        let sql =
            format!("UPDATE {table} SET {column} = '' WHERE LOWER({column}) LIKE $1 ESCAPE '!'");
        tx.execute(&sql, params![crate::list::select::anywhere(mark)])
            .await?;
    }
    Ok(())
}

/// Where the platform's own tables keep what somebody typed: background work and kept views of lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remains {
    jobs: Vec<Uuid>,
    views: Vec<Uuid>,
}

/// Looks for a person's values in the platform's own tables.
///
/// # Errors
/// Whatever the database says.
pub async fn look_for(rx: &mut Rx, values: &Values) -> Result<Remains, DbError> {
    let mut found = Remains {
        jobs: rows_with(rx, ("jobs", "id", "payload"), values).await?,
        views: Vec::new(),
    };
    found
        .jobs
        .extend(rows_with(rx, ("jobs", "id", "last_error"), values).await?);
    for row in rx
        .rows("SELECT id, name, query FROM saved_views", &[])
        .await?
    {
        let (name, query): (String, String) = (row.get("name")?, row.get("query")?);
        let asked: Vec<(String, String)> = serde_urlencoded::from_str(&query).unwrap_or_default();
        if values.stand_in(&name) || asked.iter().any(|(_, typed)| values.stand_in(typed)) {
            found.views.push(row.get("id")?);
        }
    }
    Ok(found)
}

/// Takes away what [`look_for`] found: work that is over, what went wrong with work that is not, kept views.
///
/// # Errors
/// Whatever the database says.
pub async fn clear(tx: &mut Tx, remains: &Remains) -> Result<(), DbError> {
    for id in &remains.jobs {
        let over = "DELETE FROM jobs WHERE id = $1 AND state IN ('done', 'dead', 'cancelled')";
        tx.execute(over, params![Value::Id(*id)]).await?;
        let waits = "UPDATE jobs SET last_error = '' WHERE id = $1 AND last_error IS NOT NULL";
        tx.execute(waits, params![Value::Id(*id)]).await?;
    }
    for id in &remains.views {
        for sql in [
            "DELETE FROM default_views WHERE view_id = $1",
            "DELETE FROM saved_views WHERE id = $1",
        ] {
            tx.execute(sql, params![Value::Id(*id)]).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A9: a text goes when it holds a value in any letter case, or stands under a name whose words are a person's own;
    /// everything else stays.
    #[test]
    fn only_personal_words_are_emptied() {
        let owned = |text: &str| text.to_owned();
        let values = Values::of(
            ["Reader@Shop.test", "12"].map(owned),
            ["王小明", "Li", "x"].map(owned),
        );
        let mut payload = json!({
            "number": "20260302-000012", "total": 320, "note": "gift for my aunt",
            "seen": [{"query": "READER@shop.test tea"}, {"query": "delivery x"}], "to": "王小明收", "by": "Mei Li",
        });
        assert!(values.empty_in(&mut payload, &["note"]));
        let left = json!({
            "number": "20260302-000012", "total": 320, "note": "",
            "seen": [{"query": ""}, {"query": "delivery x"}], "to": "", "by": "",
        });
        assert_eq!(payload, left);
        assert!(!values.empty_in(&mut payload, &["note"]), "once is enough");
    }
}
