//! What all importers share: the record of a run, its rejected and repaired rows, its report.

use std::{io::Read, path::Path};

use inventory::{EntryKind, stock::ImportedEntry};
use kernel::{ImportId, LocationId, Timestamp, VariantId, event};
use platform::{
    Ctx, DbError, Rx, Tx,
    events::{Event, emit},
    params, secret,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What the disk or the format said.
        reason: String,
    },
    /// The shop has goods already that the import would mix with.
    #[error("the shop is not empty; import into a fresh shop (--data-dir NEW-FOLDER)")]
    NotFresh,
    /// Somebody else writes the same file at this moment.
    #[error("this file is being imported already; wait until that import has ended")]
    Busy,
    /// A domain refused.
    #[error("{0}")]
    Refused(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A row that was not taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Remark {
    /// Line of the file, the header being line 1.
    pub line: i64,
    /// Whether the row was left out or taken in another form.
    pub outcome: RowOutcome,
    /// Why, as a code.
    pub reason: &'static str,
    /// The row's content.
    pub content: String,
}

/// Whether a row was left out or taken in another form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// Left out.
    Rejected,
    /// Taken in another form.
    Repaired,
}

/// What an import did, in counts and minor units; read back from the shop's own books.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportReport {
    /// Rows of the file.
    pub lines: i64,
    /// Distinct invoices and credit notes.
    pub invoices: i64,
    /// Distinct SKUs.
    pub products: i64,
    /// Distinct customers.
    pub customers: i64,
    /// Distinct countries.
    pub countries: i64,
    /// Orders that were made.
    pub orders: i64,
    /// Rows without a customer.
    pub guest_lines: i64,
    /// Rows that stand in the file more than once, exactly alike; they are kept.
    pub duplicate_lines: i64,
    /// Sum of everything sold, in minor units.
    pub gross: i64,
    /// Sum of everything given back, in minor units, negative.
    pub returns: i64,
    /// Gross and returns together, in minor units.
    pub net: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Rows that were left out.
    pub rejected: i64,
    /// Rows that were taken in another form.
    pub repaired: i64,
    /// How many remarks there are of each reason.
    pub reasons: std::collections::BTreeMap<String, i64>,
    /// True when the file had been imported before and nothing was changed.
    pub already: bool,
}

/// A refusal of a domain.
pub(crate) fn refused(error: impl std::fmt::Display) -> ImportError {
    ImportError::Refused(error.to_string())
}

/// Lets a run fill the shop, in the transaction that writes the first of its goods. Refuses a shop that has goods already,
/// because those of the file would mix with them. One row names the run that fills the shop, so of two that begin
/// together the second waits for the first and is refused.
pub(crate) async fn must_be_fresh(tx: &mut Tx, run: ImportId) -> Result<(), ImportError> {
    let sql = "INSERT INTO import_target (id, import_id) SELECT 1, $1 WHERE NOT EXISTS (SELECT 1 FROM products) \
               ON CONFLICT (id) DO NOTHING";
    if tx.execute(sql, params![run]).await? == 1 {
        return Ok(());
    }
    let filled = tx
        .row("SELECT import_id FROM import_target WHERE id = 1", &[])
        .await?;
    let by: Option<ImportId> = filled.map(|row| row.get("import_id")).transpose()?;
    Err(if by == Some(run) {
        ImportError::Busy
    } else {
        ImportError::NotFresh
    })
}

/// A run of an import.
#[derive(Debug, Clone)]
pub(crate) struct Run<P> {
    pub(crate) id: ImportId,
    pub(crate) done: bool,
    pub(crate) progress: P,
}

/// The content of a file, unpacked when its name ends in `.gz`, and the hash that names it.
pub(crate) fn read_file(path: &Path) -> Result<(Vec<u8>, String), ImportError> {
    let failed = |reason: std::io::Error| ImportError::File {
        path: path.display().to_string(),
        reason: reason.to_string(),
    };
    let raw = std::fs::read(path).map_err(failed)?;
    let hash = secret::sha256_hex(&raw);
    if path.extension().is_some_and(|e| e == "gz") {
        let mut bytes = Vec::with_capacity(raw.len() * 6);
        flate2::read::GzDecoder::new(raw.as_slice())
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        return Ok((bytes, hash));
    }
    Ok((raw, hash))
}

/// The run of a file, begun now or earlier.
pub(crate) async fn begin<P: DeserializeOwned + Serialize + Default>(
    tx: &mut Tx,
    ctx: &Ctx,
    format: &str,
    hash: &str,
) -> Result<Run<P>, DbError> {
    let sql = "INSERT INTO imports (id, format, file_hash, state, next_line, progress, started_at) \
               VALUES ($1, $2, $3, 'running', 0, $4, $5) ON CONFLICT (format, file_hash) DO NOTHING";
    let progress = serde_json::to_value(P::default()).unwrap_or_default();
    tx.execute(
        sql,
        params![ImportId::new(), format, hash, progress, ctx.now()],
    )
    .await?;
    let row = tx
        .one(
            "SELECT id, state, progress FROM imports WHERE format = $1 AND file_hash = $2",
            params![format, hash],
        )
        .await?;
    Ok(Run {
        id: row.get("id")?,
        done: row.get::<String>("state")? == "done",
        progress: row.json("progress")?,
    })
}

/// Begins a batch of a run that is `from` steps along, and keeps the run to this transaction until it commits. Refuses
/// when the run is somewhere else by now, so that nothing of a file is written twice.
pub(crate) async fn go_on(tx: &mut Tx, id: ImportId, from: usize) -> Result<(), ImportError> {
    let sql = "UPDATE imports SET next_line = next_line WHERE id = $1 AND next_line = $2";
    match tx.execute(sql, params![id, place(from)]).await? {
        1 => Ok(()),
        _ => Err(ImportError::Busy),
    }
}

/// Records how many steps a run is along, in the transaction of the batch.
pub(crate) async fn advance<P: Serialize>(
    tx: &mut Tx,
    id: ImportId,
    to: usize,
    progress: &P,
) -> Result<(), DbError> {
    let progress = serde_json::to_value(progress).unwrap_or_default();
    tx.execute_one(
        "UPDATE imports SET next_line = $2, progress = $3 WHERE id = $1",
        params![id, place(to), progress],
    )
    .await
}

fn place(steps: usize) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}

/// Records the end of a run and tells of it.
pub(crate) async fn end(
    ctx: &Ctx,
    run: ImportId,
    report: &impl Serialize,
) -> Result<(), ImportError> {
    let told = serde_json::to_value(report).unwrap_or_default();
    ctx.write(async move |tx, ctx| {
        let sql = "UPDATE imports SET state = 'done', finished_at = $2 WHERE id = $1";
        tx.execute_one(sql, params![run, ctx.now()]).await?;
        let event = Event::new(event::IMPORT_FINISHED, &told).about(run);
        emit(tx, ctx, event).await?;
        Ok(())
    })
    .await
}

/// A movement of stock that a file tells of.
pub(crate) fn movement(
    (variant_id, location_id): (VariantId, LocationId),
    quantity: i64,
    kind: EntryKind,
    at: Timestamp,
) -> ImportedEntry {
    ImportedEntry {
        variant_id,
        location_id,
        quantity,
        kind,
        reason: "import".to_owned(),
        order_id: None,
        effect_key: None,
        effective_at: at,
    }
}

/// Keeps remarks of a batch.
pub(crate) async fn remark(tx: &mut Tx, id: ImportId, remarks: &[Remark]) -> Result<(), DbError> {
    let rows: Vec<_> = remarks
        .iter()
        .map(|r| {
            let outcome = if r.outcome == RowOutcome::Rejected {
                "rejected"
            } else {
                "repaired"
            };
            params![id, r.line, outcome, r.reason, &r.content].to_vec()
        })
        .collect();
    tx.insert_many(
        "import_rows",
        &["import_id", "line", "outcome", "reason", "content"],
        &rows,
    )
    .await
}

/// A kept remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeptRemark {
    /// Line of the file.
    pub line: i64,
    /// `rejected` or `repaired`.
    pub outcome: String,
    /// Why, as a code.
    pub reason: String,
    /// The row's content.
    pub content: String,
}

/// All remarks of a file's import, in the order of its lines.
///
/// # Errors
/// Whatever the database says.
pub async fn remarks(rx: &mut Rx, format: &str, hash: &str) -> Result<Vec<KeptRemark>, DbError> {
    let sql = "SELECT r.line, r.outcome, r.reason, r.content FROM import_rows r JOIN imports i ON i.id = r.import_id \
               WHERE i.format = $1 AND i.file_hash = $2 ORDER BY r.line, r.reason";
    let rows = rx.rows(sql, params![format, hash]).await?;
    rows.iter()
        .map(|r| {
            Ok(KeptRemark {
                line: r.get("line")?,
                outcome: r.get("outcome")?,
                reason: r.get("reason")?,
                content: r.get("content")?,
            })
        })
        .collect()
}
