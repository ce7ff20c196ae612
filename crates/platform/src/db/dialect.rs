//! Everything that SQLite and PostgreSQL write differently.

/// Which database a handle speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The built-in database.
    Sqlite,
    /// The server for several nodes.
    Postgres,
}

impl Dialect {
    /// Ends a SELECT that claims rows nobody else is working on. SQLite has one writer, so there it is nothing.
    #[must_use]
    pub const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Ends a SELECT whose row stays locked until commit. SQLite has one writer, so there it is nothing.
    #[must_use]
    pub const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// A table expression named `part` whose column `value` has one row for each text of the list `field` in the JSON
    /// column `column`; joined after a comma.
    #[must_use]
    pub fn json_texts(self, column: &str, field: &str) -> String {
        match self {
            Self::Sqlite => format!("json_each({column}, '$.{field}') part"),
            Self::Postgres => {
                format!("jsonb_array_elements_text({column}::jsonb -> '{field}') AS part (value)")
            }
        }
    }

    /// The text at a path of names (`address.name`) in the JSON column `column`; null where there is none.
    #[must_use]
    pub fn json_text(self, column: &str, path: &str) -> String {
        match self {
            Self::Sqlite => format!("json_extract({column}, '$.{path}')"),
            Self::Postgres => format!("({column}::jsonb #>> '{{{}}}')", path.replace('.', ",")),
        }
    }

    /// The statement that draws the next number of the sequence named by `$1`.
    #[must_use]
    pub const fn next_number(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "UPDATE number_sequences SET value = value + 1 WHERE name = $1 RETURNING value"
            }
            Self::Postgres => "SELECT nextval($1::text::regclass)",
        }
    }

    /// What stands before the values of a row to stamp it with the writing transaction, for gapless cursors.
    pub(crate) const fn transaction_stamp(self) -> &'static str {
        match self {
            Self::Sqlite => "0, ",
            Self::Postgres => "pg_current_xact_id()::text::bigint, ",
        }
    }

    /// A condition that holds for rows whose transaction can no longer be overtaken by an older one.
    pub(crate) const fn settled(self) -> &'static str {
        match self {
            Self::Sqlite => "TRUE",
            Self::Postgres => "xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
        }
    }

    /// Turns a migration, written with PostgreSQL's type names, into this dialect.
    ///
    /// Lines between `-- @sqlite` or `-- @postgres` and `-- @both` belong to one dialect. `-- @append_only TABLE`
    /// makes triggers that refuse UPDATE and DELETE; `-- @erasable TABLE COLUMN…` does the same, except that these columns
    /// may change while a row stands in `erasing`. Tables of SQLite become STRICT.
    #[must_use]
    pub fn translate(self, sql: &str) -> String {
        let mut out = String::with_capacity(sql.len() + 256);
        let mut section = None;
        for line in sql.lines() {
            match line.trim() {
                "-- @sqlite" => section = Some(Self::Sqlite),
                "-- @postgres" => section = Some(Self::Postgres),
                "-- @both" => section = None,
                directive if directive.starts_with("-- @append_only ") => {
                    for table in directive
                        .trim_start_matches("-- @append_only ")
                        .split_whitespace()
                    {
                        out.push_str(&self.append_only(table));
                    }
                }
                directive if directive.starts_with("-- @erasable ") => {
                    let mut words = directive.split_whitespace().skip(2);
                    let table = words.next().unwrap_or_default();
                    let words: Vec<&str> = words.collect();
                    out.push_str(&self.erasable(table, &words, &columns_of(sql, table)));
                }
                _ if section.is_some_and(|s| s != self) => {}
                _ => {
                    out.push_str(&self.line(line));
                    out.push('\n');
                }
            }
        }
        out
    }

    fn line(self, line: &str) -> String {
        if self == Self::Postgres {
            return line.to_owned();
        }
        if line == ");" {
            return ") STRICT;".to_owned();
        }
        let line = line.replace("BIGSERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT");
        let types = [
            ("UUID", "BLOB"),
            ("BYTEA", "BLOB"),
            ("BIGINT", "INTEGER"),
            ("BOOLEAN", "INTEGER"),
        ];
        types
            .iter()
            .fold(line, |text, (from, to)| replace_word(&text, from, to))
    }

    fn append_only(self, table: &str) -> String {
        match self {
            Self::Sqlite => ["UPDATE", "DELETE"]
                .iter()
                .map(|act| {
                    let name = act.to_lowercase();
                    format!(
                        "CREATE TRIGGER {table}_no_{name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n"
                    )
                })
                .collect(),
            Self::Postgres => format!(
                "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();\n"
            ),
        }
    }

    /// Append-only but for columns that hold people's words. The rest of a row never changes, also not meanwhile.
    fn erasable(self, table: &str, words: &[&str], columns: &[&str]) -> String {
        match self {
            Self::Sqlite => {
                let kept = columns.iter().filter(|c| !words.contains(c));
                let touched: String = kept
                    .map(|c| format!(" OR NEW.{c} IS NOT OLD.{c}"))
                    .collect();
                format!(
                    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT EXISTS (SELECT 1 FROM erasing){touched} \
                     BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n\
                     CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n"
                )
            }
            Self::Postgres => {
                let words: Vec<String> = words.iter().map(|c| format!("'{c}'")).collect();
                format!(
                    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW \
                     EXECUTE FUNCTION refuse_all_but_erasure({});\n",
                    words.join(", ")
                )
            }
        }
    }
}

/// The columns of a table as its statement in a migration names them, one on each line.
fn columns_of<'a>(sql: &'a str, table: &str) -> Vec<&'a str> {
    let head = format!("CREATE TABLE {table} (");
    let body = sql.lines().skip_while(|line| *line != head).skip(1);
    body.take_while(|line| *line != ");")
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect()
}

fn replace_word(text: &str, from: &str, to: &str) -> String {
    let boundary = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, after) = (
            rest.get(..at).unwrap_or_default(),
            rest.get(at + from.len()..).unwrap_or_default(),
        );
        out.push_str(before);
        let whole = boundary(before.chars().next_back()) && boundary(after.chars().next());
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out.push_str(rest);
    out
}
