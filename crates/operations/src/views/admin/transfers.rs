//! Goods that move between warehouses: the list, and one transfer (INV-14, S12).

use std::collections::HashMap;

use inventory::{
    PlaceState, location, stock,
    transfer::{self, Transfer, TransferState},
};
use kernel::{LocationId, Permission, StockTransferId, Timestamp, VariantId};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::Row,
    list::{
        Asked, Cell, Choice, Column, Filter, FilterKind, Key, List, ListView, Listed, Reading,
        Select,
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{Place, TabCount, person},
    found_goods::{self, FoundGoods},
    lists::Listing,
    stock::StockCan,
};
use crate::FlowError;

/// The list of transfers.
pub struct Transfers;

static LIST: List<TransferRow> = List {
    code: "transfers",
    path: "/admin/transfers",
    permission: Permission::StockRead,
    columns: &[
        Column::sorting("number", "transfer-number", |t| Cell::Number(t.number)),
        Column::new("from", "transfer-from", |t| Cell::text(&t.from.name)),
        Column::new("to", "transfer-to", |t| Cell::text(&t.to.name)),
        Column::new("state", "admin-state", |t| {
            Cell::word("transfer-state-", t.state.code())
        }),
        Column::new("units", "list-units", |t| Cell::Number(t.units)),
        Column::new("coming", "transfer-coming", |t| Cell::Number(t.coming)),
        Column::new("missing", "transfer-missing", |t| Cell::Number(t.missing)),
        Column::sorting("created_at", "transfer-created-at", |t| {
            Cell::At(t.created_at)
        }),
        Column::new("sent_at", "transfer-sent-at", |t| {
            Cell::maybe(t.sent_at, Cell::At)
        }),
        Column::new("note", "list-note", |t| Cell::text(&t.note)),
    ],
    filters: &[
        Filter::new(
            "tab",
            "transfer-tabs",
            FilterKind::Tab(&["all", "draft", "sent", "received", "cancelled"]),
        ),
        Filter::new("place", "admin-location", FilterKind::Offered),
        Filter::new("from", "transfer-made-from", FilterKind::Day),
        Filter::new("to", "transfer-made-to", FilterKind::Day),
    ],
    sort: "-number",
    page: 50,
};

const KEYS: [Key; 2] = [
    Key::number("number", "t.number"),
    Key::number("created_at", "t.created_at"),
];

const TABLES: &str =
    "stock_transfers t JOIN locations a ON a.id = t.from_id JOIN locations b ON b.id = t.to_id";

const COLUMNS: &str = "t.id, t.number, t.state, t.note, t.created_at, t.sent_at, t.from_id, a.code AS from_code, a.name AS from_name, \
     t.to_id, b.code AS to_code, b.name AS to_name, (SELECT SUM(l.quantity) FROM stock_transfer_lines l WHERE l.transfer_id = t.id) AS units, \
     (SELECT SUM(l.missing) FROM stock_transfer_lines l WHERE l.transfer_id = t.id) AS missing, \
     (SELECT SUM(l.quantity - l.received - l.missing) FROM stock_transfer_lines l WHERE l.transfer_id = t.id) AS left_over";

/// A page of the list of transfers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransfersPage {
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// The tab.
    pub tab: String,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// The transfers, the newest first when nobody says.
    pub items: Vec<TransferRow>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// Whether there are two places to move goods between.
    pub several_places: bool,
    /// What the reader may do.
    pub can: StockCan,
}

/// A transfer in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferRow {
    /// The transfer.
    pub id: StockTransferId,
    /// Its number for people.
    pub number: i64,
    /// Where the goods leave.
    pub from: Place,
    /// Where they go.
    pub to: Place,
    /// Where it stands.
    pub state: TransferState,
    /// Units of all goods.
    pub units: i64,
    /// Units on their way.
    pub coming: i64,
    /// Units that never came.
    pub missing: i64,
    /// What somebody wrote about it.
    pub note: String,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// When the goods left.
    pub sent_at: Option<Timestamp>,
}

impl Listed for Transfers {
    type Row = TransferRow;

    fn list() -> &'static List<TransferRow> {
        &LIST
    }
}

impl Listing for Transfers {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<TransferRow>, FlowError> {
        let mut select = Select::from(TABLES);
        if let Some(state) = asked.get("tab").filter(|tab| *tab != "all") {
            select.equal("t.state", state);
        }
        if let Some(place) = asked.parsed::<LocationId>("place")? {
            let place = select.value(place);
            select.only(format!("(t.from_id = {place} OR t.to_id = {place})"));
        }
        select.days(ctx, asked, "t.created_at")?;
        let reading = Reading {
            columns: COLUMNS,
            keys: &KEYS,
            ids: &["t.id"],
            limit,
        };
        Ok(select.page(rx, ctx, (&LIST, asked), reading, row).await?)
    }
}

fn row(row: &Row) -> Result<TransferRow, DbError> {
    let state: TransferState = row.parse("state")?;
    let left_over: Option<i64> = row.get("left_over")?;
    Ok(TransferRow {
        id: row.get("id")?,
        number: row.get("number")?,
        from: Place {
            id: row.get("from_id")?,
            code: row.get("from_code")?,
            name: row.get("from_name")?,
        },
        to: Place {
            id: row.get("to_id")?,
            code: row.get("to_code")?,
            name: row.get("to_name")?,
        },
        state,
        units: row.get::<Option<i64>>("units")?.unwrap_or_default(),
        coming: left_over
            .filter(|_| state == TransferState::Sent)
            .unwrap_or_default(),
        missing: row.get::<Option<i64>>("missing")?.unwrap_or_default(),
        note: row.get("note")?,
        created_at: row.get("created_at")?,
        sent_at: row.get("sent_at")?,
    })
}

/// A page of the list of transfers.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<TransfersPage, FlowError> {
    let sql = "SELECT state, COUNT(*) AS n FROM stock_transfers WHERE state IN ('draft', 'sent') GROUP BY state";
    let mut counts: HashMap<String, i64> = HashMap::new();
    for row in rx.rows(sql, &[]).await? {
        counts.insert(row.get("state")?, row.get("n")?);
    }
    let places = location::list(rx).await?;
    let offered = places.iter().map(|l| Choice::named(&l.id, &l.name));
    let list = ListView::of(rx, ctx, &LIST, asked, vec![("place", offered.collect())]).await?;
    let page = Transfers::rows(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let tab = |code: &'static str| TabCount {
        code,
        count: matches!(code, "draft" | "sent")
            .then(|| counts.get(code).copied().unwrap_or_default()),
    };
    let open = places.iter().filter(|l| l.state != PlaceState::Closed);
    Ok(TransfersPage {
        list,
        tab: asked.get("tab").unwrap_or("all").to_owned(),
        tabs: ["all", "draft", "sent", "received", "cancelled"]
            .map(tab)
            .to_vec(),
        items: page.items,
        next_cursor: page.next_cursor,
        several_places: open.count() > 1,
        can: can(ctx),
    })
}

fn can(ctx: &Ctx) -> StockCan {
    StockCan {
        write: ctx.allows(Permission::StockWrite),
    }
}

/// One transfer, or the form of a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferPage {
    /// What stands at its top; null for a new one.
    pub transfer: Option<TransferHead>,
    /// Where the goods leave.
    pub from: Option<LocationId>,
    /// Where they go.
    pub to: Option<LocationId>,
    /// What somebody wrote about it.
    pub note: String,
    /// The goods, in the order in which they lie at the place that they leave.
    pub lines: Vec<TransferLineView>,
    /// What was looked for.
    pub q: String,
    /// Goods that were found, with what the place that they leave has to spare.
    pub found: Vec<FoundGoods>,
    /// What happened to it, oldest first.
    pub steps: Vec<StepView>,
    /// Places to choose from.
    pub places: Vec<Place>,
    /// What the reader can do to it now.
    pub can: TransferCan,
}

/// What stands at the top of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferHead {
    /// The transfer.
    pub id: StockTransferId,
    /// Its number for people.
    pub number: i64,
    /// Where it stands.
    pub state: TransferState,
    /// Where the goods leave.
    pub from: Place,
    /// Where they go.
    pub to: Place,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// When the goods left.
    pub sent_at: Option<Timestamp>,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
    /// Who began it; null for the shop itself.
    pub by: Option<String>,
    /// Units on their way.
    pub coming: i64,
}

/// Goods of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferLineView {
    /// The variant.
    pub variant_id: VariantId,
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant's option values; null when the product has no options.
    pub variant_title: Option<String>,
    /// Where on the shelves of the place that it leaves.
    pub shelf: String,
    /// Where on the shelves of the place that it goes to.
    pub shelf_there: String,
    /// Units that leave.
    pub quantity: i64,
    /// Of those, arrived.
    pub received: i64,
    /// Of those, never came.
    pub missing: i64,
    /// Of those, on their way.
    pub coming: i64,
    /// Units that the place which they leave has to spare now.
    pub available: i64,
}

/// Something that happened to a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StepView {
    /// When.
    pub at: Timestamp,
    /// What, as the word `transfer-step-CODE`.
    pub step: String,
    /// The SKU of the goods it is about.
    pub sku: Option<String>,
    /// How many units.
    pub quantity: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// Who; null for the shop itself.
    pub by: Option<String>,
}

/// What the reader can do to a transfer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferCan {
    /// Change what it is to move, or give it up.
    pub edit: bool,
    /// Let the goods leave.
    pub send: bool,
    /// Take in what arrived.
    pub receive: bool,
}

/// One transfer.
///
/// # Errors
/// An unknown transfer, or whatever the database says.
pub async fn one(rx: &mut Rx, ctx: &Ctx, id: StockTransferId) -> Result<TransferPage, FlowError> {
    let found = transfer::by_id(rx, id).await?;
    let steps = transfer::steps(rx, id).await?;
    let lines = lines(rx, ctx, &found).await?;
    let known = location::list(rx).await?;
    let named = |id: LocationId| {
        let place = known.iter().find(|l| l.id == id);
        place.map(place_of).ok_or(FlowError::NotFound)
    };
    let write = ctx.allows(Permission::StockWrite);
    let sku = |variant: VariantId| {
        let line = lines.iter().find(|line| line.variant_id == variant);
        line.map(|line| line.sku.clone())
    };
    let steps = steps.into_iter().map(|step| StepView {
        at: step.at,
        sku: step.variant_id.and_then(sku),
        quantity: step.quantity,
        reason: step.reason,
        by: person(&step.actor),
        step: step.step,
    });
    let open = known.iter().filter(|l| l.state != PlaceState::Closed);
    Ok(TransferPage {
        steps: steps.collect(),
        places: open.map(place_of).collect(),
        transfer: Some(TransferHead {
            id,
            number: found.number,
            state: found.state,
            from: named(found.from)?,
            to: named(found.to)?,
            created_at: found.created_at,
            sent_at: found.sent_at,
            closed_at: found.closed_at,
            by: person(&found.actor),
            coming: lines.iter().map(|line| line.coming).sum(),
        }),
        from: Some(found.from),
        to: Some(found.to),
        note: found.note,
        lines,
        q: String::new(),
        found: Vec::new(),
        can: TransferCan {
            edit: write && found.state == TransferState::Draft,
            send: write && found.state == TransferState::Draft,
            receive: write && found.state == TransferState::Sent,
        },
    })
}

/// The form of a new transfer: from the place that goods leave first to the next one.
///
/// # Errors
/// Whatever the database says.
pub async fn new(rx: &mut Rx, ctx: &Ctx) -> Result<TransferPage, FlowError> {
    let places = location::open_places(rx).await?;
    Ok(TransferPage {
        transfer: None,
        from: places.first().map(|place| place.id),
        to: places.get(1).map(|place| place.id),
        note: String::new(),
        lines: Vec::new(),
        q: String::new(),
        found: Vec::new(),
        steps: Vec::new(),
        places: places.iter().map(place_of).collect(),
        can: TransferCan {
            edit: ctx.allows(Permission::StockWrite),
            send: false,
            receive: false,
        },
    })
}

/// The page with goods that fit what was typed, as long as goods can be put on the transfer.
///
/// # Errors
/// Whatever the database says.
pub async fn looking_for(
    rx: &mut Rx,
    ctx: &Ctx,
    page: TransferPage,
    q: &str,
) -> Result<TransferPage, FlowError> {
    let q = q.trim();
    if q.is_empty() || !page.can.edit {
        return Ok(page);
    }
    Ok(TransferPage {
        found: found_goods::at_place(rx, ctx, q, page.from).await?,
        q: q.to_owned(),
        ..page
    })
}

fn place_of(place: &location::Location) -> Place {
    Place {
        id: place.id,
        code: place.code.clone(),
        name: place.name.clone(),
    }
}

async fn lines(
    rx: &mut Rx,
    ctx: &Ctx,
    found: &Transfer,
) -> Result<Vec<TransferLineView>, FlowError> {
    let ids: Vec<VariantId> = found.lines.iter().map(|line| line.variant_id).collect();
    let goods = catalog::sellable::of(rx, &ids).await?;
    let levels = stock::levels_of(rx, &ids).await?;
    let at = |variant: VariantId, place: LocationId| {
        let mut own = levels.iter();
        own.find(|level| level.variant_id == variant && level.location_id == place)
    };
    let mut lines: Vec<TransferLineView> = found
        .lines
        .iter()
        .filter_map(|line| {
            let sold = goods.iter().find(|g| g.variant_id == line.variant_id)?;
            let (here, there) = (
                at(line.variant_id, found.from),
                at(line.variant_id, found.to),
            );
            Some(TransferLineView {
                variant_id: line.variant_id,
                sku: sold.sku.clone(),
                product_title: sold.product_title.get(ctx.locale()).to_owned(),
                variant_title: Some(sold.variant_title(ctx.locale())).filter(|t| !t.is_empty()),
                shelf: here.map(|level| level.shelf.clone()).unwrap_or_default(),
                shelf_there: there.map(|level| level.shelf.clone()).unwrap_or_default(),
                quantity: line.quantity,
                received: line.received,
                missing: line.missing,
                coming: if found.state == TransferState::Sent {
                    line.open()
                } else {
                    0
                },
                available: here.map_or(0, |level| level.available.max(0)),
            })
        })
        .collect();
    lines.sort_by(|a, b| (&a.shelf, &a.sku).cmp(&(&b.shelf, &b.sku)));
    Ok(lines)
}
