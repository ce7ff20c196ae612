//! Pictures that a file of goods names by their addresses: wanted in the transaction that brings the goods in, fetched
//! by one job each, and hung into the product's set in the order of the file. What could not be fetched stays listed
//! with the line and the column that named it.
//!
//! A product wants an address once: not while it is already on its way, nor while the picture that came from it hangs.

use std::str::FromStr;

use kernel::{MediaId, PictureImportId, ProductId, Texts, Timestamp, VariantId};
use platform::{
    Ctx, DbError, Rx, Tx,
    db::Row,
    jobs::{self, NewJob},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CatalogError, NewMedia, media, product};

/// The kind of the job that fetches one picture; its payload is a [`Place`].
pub const FETCH: &str = "catalog.fetch_picture";
/// How often a picture is tried before it is given up: over about half an hour.
const TRIES: i64 = 6;
/// Imports that are shown.
const RECENT: i64 = 5;

/// A picture's place among those of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The import.
    pub import_id: PictureImportId,
    /// Which picture of it, from 1.
    pub position: i64,
}

/// A picture as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPicture {
    /// The line of the file; the heading is line 1.
    pub line: i64,
    /// The heading of its column.
    pub column: String,
    /// Where it is.
    pub address: String,
    /// What it shows.
    pub alt: Texts,
    /// The one variant that it shows; none when it shows the product.
    pub variant: Option<VariantId>,
}

/// What became of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureState {
    /// It was not fetched yet.
    Waiting,
    /// It hangs.
    Done,
    /// It was given up.
    Failed,
}

impl FromStr for PictureState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "waiting" => Ok(Self::Waiting),
            "done" => Ok(Self::Done),
            "failed" => Ok(Self::Failed),
            _ => Err(()),
        }
    }
}

/// A picture of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRow {
    /// Its place.
    pub place: Place,
    /// Whose picture it is.
    pub product_id: ProductId,
    /// What the file said of it.
    pub wanted: WantedPicture,
    /// What became of it.
    pub state: PictureState,
    /// The key of the sentence that says why it was given up.
    pub reason: Option<String>,
}

/// How far an import of pictures has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PictureImport {
    /// The import.
    pub id: PictureImportId,
    /// When it began.
    pub created_at: Timestamp,
    /// Who began it, as the audit log names people.
    #[serde(skip)]
    pub actor: String,
    /// Pictures that were not fetched yet.
    pub coming: i64,
    /// Pictures that hang.
    pub done: i64,
    /// Pictures that were given up.
    pub failed: i64,
}

impl PictureImport {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            created_at: row.get("created_at")?,
            actor: row.get("actor")?,
            coming: row.get("coming")?,
            done: row.get("done")?,
            failed: row.get("failed")?,
        })
    }
}

/// Begins an import, as yet without a picture.
///
/// # Errors
/// The database's.
pub async fn begin(tx: &mut Tx, ctx: &Ctx) -> Result<PictureImportId, CatalogError> {
    let id = PictureImportId::new();
    let sql = "INSERT INTO picture_imports (id, created_at, actor) VALUES ($1, $2, $3)";
    tx.execute_one(sql, params![id, ctx.now(), ctx.actor().label()])
        .await?;
    Ok(id)
}

/// Wants a picture for a product and queues the job that fetches it; false when it hangs already or is on its way.
///
/// # Errors
/// The database's.
pub async fn want(
    tx: &mut Tx,
    ctx: &Ctx,
    import_id: PictureImportId,
    product: ProductId,
    wanted: &WantedPicture,
) -> Result<bool, CatalogError> {
    let sql = "INSERT INTO picture_import_rows (import_id, position, product_id, line, heading, address, alt, variant_id, state) \
               SELECT $1, (SELECT COALESCE(MAX(position), 0) + 1 FROM picture_import_rows WHERE import_id = $1), $2, \
               CAST($3 AS BIGINT), $4, $5, $6, CAST($7 AS UUID), 'waiting' WHERE NOT EXISTS (SELECT 1 FROM picture_import_rows r \
               JOIN media m ON m.id = r.media_id WHERE r.product_id = $2 AND r.address = $5) \
               ON CONFLICT DO NOTHING RETURNING position";
    let values = params![
        import_id,
        product,
        wanted.line,
        &wanted.column,
        &wanted.address,
        &wanted.alt,
        wanted.variant
    ];
    let Some(row) = tx.row(sql, values).await? else {
        return Ok(false);
    };
    let place = Place {
        import_id,
        position: row.get("position")?,
    };
    let key = format!("{import_id}:{}", place.position);
    let job = NewJob::new(FETCH, &place)
        .unique(key)
        .attempts(TRIES)
        .unhurried();
    jobs::enqueue(tx, ctx, job).await?;
    Ok(true)
}

const COLUMNS: &str =
    "import_id, position, product_id, line, heading, address, alt, variant_id, state, reason";

fn picture(row: &Row) -> Result<PictureRow, DbError> {
    Ok(PictureRow {
        place: Place {
            import_id: row.get("import_id")?,
            position: row.get("position")?,
        },
        product_id: row.get("product_id")?,
        wanted: WantedPicture {
            line: row.get("line")?,
            column: row.get("heading")?,
            address: row.get("address")?,
            alt: row.get("alt")?,
            variant: row.get("variant_id")?,
        },
        state: row.parse("state")?,
        reason: row.get("reason")?,
    })
}

/// One picture of an import.
///
/// # Errors
/// The database's.
pub async fn at(rx: &mut Rx, place: Place) -> Result<Option<PictureRow>, CatalogError> {
    let sql =
        format!("SELECT {COLUMNS} FROM picture_import_rows WHERE import_id = $1 AND position = $2");
    let row = rx
        .row(&sql, params![place.import_id, place.position])
        .await?;
    Ok(row.as_ref().map(picture).transpose()?)
}

/// Hangs a picture that was fetched, behind those of its import that stand before it in the file. Where the product has
/// the very picture already, that one stands for it.
///
/// # Errors
/// [`CatalogError::TooMany`], or the database's; when it does not wait any more, that of a row that is not there.
pub async fn arrived(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &PictureRow,
    new: NewMedia,
) -> Result<(), CatalogError> {
    product::lock(tx, row.product_id).await?;
    let shown = media::of(tx, &[row.product_id]).await?;
    let same = shown.iter().find(|one| one.file_key == new.file_key);
    let id = match same {
        Some(same) => same.id,
        None => add(tx, ctx, row, new, shown.len()).await?,
    };
    let sql = "UPDATE picture_import_rows SET state = 'done', media_id = $3 \
               WHERE import_id = $1 AND position = $2 AND state = 'waiting'";
    let place = row.place;
    tx.execute_one(sql, params![place.import_id, place.position, id])
        .await?;
    Ok(())
}

async fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &PictureRow,
    new: NewMedia,
    before: usize,
) -> Result<MediaId, CatalogError> {
    let alt = new.alt.clone();
    let id = media::add(tx, ctx, row.product_id, new).await?;
    if row.wanted.variant.is_some() {
        media::describe(tx, ctx, row.product_id, id, &alt, row.wanted.variant).await?;
    }
    let sql = "SELECT COUNT(*) AS later FROM picture_import_rows r JOIN media m ON m.id = r.media_id \
               WHERE r.import_id = $1 AND r.product_id = $2 AND m.product_id = $2 AND r.position > $3";
    let values = params![row.place.import_id, row.product_id, row.place.position];
    let later: i64 = tx.one(sql, values).await?.get("later")?;
    if later > 0 {
        let last = i64::try_from(before).unwrap_or(i64::MAX).saturating_add(1);
        media::place(tx, ctx, row.product_id, id, last - later).await?;
    }
    Ok(id)
}

/// Gives a picture up, with the key of the sentence that says why. What does not wait any more stays as it is.
///
/// # Errors
/// The database's.
pub async fn give_up(tx: &mut Tx, place: Place, reason: &str) -> Result<(), CatalogError> {
    let sql = "UPDATE picture_import_rows SET state = 'failed', reason = $3 \
               WHERE import_id = $1 AND position = $2 AND state = 'waiting'";
    tx.execute(sql, params![place.import_id, place.position, reason])
        .await?;
    Ok(())
}

const COUNTED: &str = "SELECT i.id, i.created_at, i.actor, \
                       COUNT(CASE WHEN r.state = 'waiting' THEN 1 END) AS coming, COUNT(CASE WHEN r.state = 'done' THEN 1 END) AS done, \
                       COUNT(CASE WHEN r.state = 'failed' THEN 1 END) AS failed \
                       FROM picture_imports i LEFT JOIN picture_import_rows r ON r.import_id = i.id";

/// How far an import has come.
///
/// # Errors
/// The database's.
pub async fn by_id(
    rx: &mut Rx,
    id: PictureImportId,
) -> Result<Option<PictureImport>, CatalogError> {
    let sql = format!("{COUNTED} WHERE i.id = $1 GROUP BY i.id, i.created_at, i.actor");
    let row = rx.row(&sql, params![id]).await?;
    Ok(row.as_ref().map(PictureImport::from_row).transpose()?)
}

/// The last imports, newest first.
///
/// # Errors
/// The database's.
pub async fn recent(rx: &mut Rx) -> Result<Vec<PictureImport>, CatalogError> {
    let sql = format!(
        "{COUNTED} WHERE i.id IN (SELECT p.id FROM picture_imports p WHERE EXISTS \
         (SELECT 1 FROM picture_import_rows x WHERE x.import_id = p.id) ORDER BY p.created_at DESC, p.id DESC LIMIT $1) \
         GROUP BY i.id, i.created_at, i.actor ORDER BY i.created_at DESC, i.id DESC"
    );
    let rows = rx.rows(&sql, params![RECENT]).await?;
    let found = rows.iter().map(PictureImport::from_row);
    Ok(found.collect::<Result<_, _>>()?)
}

/// Pictures of an import that were given up, in the order of the file.
///
/// # Errors
/// The database's.
pub async fn given_up(
    rx: &mut Rx,
    id: PictureImportId,
    limit: i64,
) -> Result<Vec<PictureRow>, CatalogError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM picture_import_rows WHERE import_id = $1 AND state = 'failed' ORDER BY line, position LIMIT $2"
    );
    let rows = rx.rows(&sql, params![id, limit]).await?;
    Ok(rows.iter().map(picture).collect::<Result<_, _>>()?)
}
