//! What can go wrong in a database, in words of this program.

/// A failure of the database or of what was found in it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique key was already taken.
    #[error("already exists ({0})")]
    Unique(String),
    /// A CHECK constraint, a trigger or a foreign key refused the write.
    #[error("refused by the database ({0})")]
    Constraint(String),
    /// A stored row holds something that cannot be.
    #[error("inconsistent row {row} in column {column}")]
    Inconsistent {
        /// The column that cannot be read.
        column: &'static str,
        /// The key of the row as far as it is known.
        row: String,
    },
    /// A statement changed another number of rows than it must.
    #[error("expected one changed row, got {changed}: {statement}")]
    RowCount {
        /// Rows that were changed.
        changed: u64,
        /// The statement.
        statement: String,
    },
    /// A row that must exist does not.
    #[error("no row: {0}")]
    Missing(String),
    /// Too many writes are waiting; the caller should come back later (invariant D7).
    #[error("the database is busy")]
    Busy,
    /// There is no room on the disk: nothing of the command was kept, and writing goes on once there is room again
    /// (invariant D3).
    #[error("the disk is full: {0}")]
    Full(String),
    /// The disk refused in a way that leaves in doubt what it has kept; writing has stopped until restart (invariant
    /// D3).
    #[error("the database cannot write: {0}")]
    Halted(String),
    /// A command awaited something other than its database inside a transaction.
    #[error("a command waited for the outside world inside a transaction")]
    Suspended,
    /// The start-up check refused this database (invariant D12).
    #[error("this database cannot be used: {0}")]
    Refused(String),
    /// Anything else the SQLite library said.
    #[error("sqlite: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// Anything else PostgreSQL or its connection said.
    #[error("postgres: {0}")]
    Postgres(#[source] tokio_postgres::Error),
}

impl DbError {
    /// True when a unique key was taken.
    #[must_use]
    pub const fn is_unique(&self) -> bool {
        matches!(self, Self::Unique(_))
    }

    /// True when trying again later may help.
    #[must_use]
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Busy | Self::Full(_) | Self::Halted(_))
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        if let rusqlite::Error::SqliteFailure(code, message) = &error {
            let text = message.clone().unwrap_or_default();
            return match code.extended_code {
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Self::Unique(text),
                // The memory that connections share could not grow: on a full disk that comes before the log itself.
                rusqlite::ffi::SQLITE_IOERR_SHMSIZE => Self::Full(error.to_string()),
                other => match other & 0xff {
                    rusqlite::ffi::SQLITE_CONSTRAINT => Self::Constraint(text),
                    rusqlite::ffi::SQLITE_FULL => Self::Full(text),
                    rusqlite::ffi::SQLITE_BUSY | rusqlite::ffi::SQLITE_LOCKED => Self::Busy,
                    _ => Self::Sqlite(error),
                },
            };
        }
        Self::Sqlite(error)
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            return Self::Postgres(error);
        };
        let name = db.constraint().unwrap_or_else(|| db.message()).to_owned();
        match db.code().code() {
            "23505" => Self::Unique(name),
            "23503" | "23514" | "23502" | "P0001" => Self::Constraint(name),
            "53100" => Self::Full(name),
            "53300" => Self::Busy,
            _ => Self::Postgres(error),
        }
    }
}
