//! Moving goods between warehouses: a draft, sending it, taking in what arrived, giving it up.

use std::{collections::BTreeMap, sync::Arc};

use catalog::variant;
use inventory::transfer::{self, Arrival, TransferDraft, TransferState};
use kernel::{LocationId, Permission as P, StockTransferId, VariantId, id::fresh_uuid};
use operations::{
    FlowError,
    views::admin::{TransferPage, found_goods, transfers as views},
};
use platform::{
    Ctx, Rx,
    web::{Done, Either, FieldProblem, Page, Path, Problem, Query, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Count, Form, Listed, Nothing, explain},
    order_drafts::{GoodsQuery, encoded},
    paths::TransferPath,
    routes::Desk,
};

/// The addresses of transfers; their list stands among the lists.
pub(crate) fn routes(routes: Desk) -> Desk {
    routes
        .get(
            "/admin/transfers/new",
            P::StockWrite,
            "The form of a new transfer",
            new_form,
        )
        .post(
            "/admin/transfers",
            P::StockWrite,
            "Puts a transfer together; nothing moves yet",
            create,
        )
        .get("/admin/transfers/{id}", P::StockRead, "One transfer", show)
        .put(
            "/admin/transfers/{id}",
            P::StockWrite,
            "Replaces what a draft is to move",
            write,
        )
        .delete(
            "/admin/transfers/{id}",
            P::StockWrite,
            "Gives up a transfer before anything has left",
            cancel,
        )
        .post(
            "/admin/transfers/{id}/departure",
            P::StockWrite,
            "Lets the goods of a transfer leave",
            send,
        )
        .post(
            "/admin/transfers/{id}/arrivals",
            P::StockWrite,
            "Takes in what arrived of a transfer",
            receive,
        )
}

/// What a transfer is to move.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WriteTransfer {
    /// The warehouse that the goods leave.
    from: LocationId,
    /// The warehouse that they go to.
    to: LocationId,
    /// Anything about it, at most 300 characters.
    #[serde(default)]
    note: String,
    /// The goods; rows without a SKU are left out.
    #[serde(default)]
    lines: Listed<TypedGoods>,
    /// Units of goods to add, by variant.
    #[serde(default)]
    add: BTreeMap<VariantId, Count>,
    /// One unit of this variant is added.
    #[serde(default)]
    plus: Option<VariantId>,
    /// This variant is taken out.
    #[serde(default)]
    remove: Option<VariantId>,
    /// A SKU or barcode of which one is added, or else what to look for next.
    #[serde(default)]
    q: String,
}

/// What goods to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShelfQuery {
    /// A part of a title or SKU, or a barcode.
    #[serde(default)]
    q: String,
    /// The warehouse that the goods leave; as the transfer has it when absent.
    #[serde(default)]
    from: Option<LocationId>,
}

/// Goods of a transfer as they are typed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypedGoods {
    /// Their SKU.
    #[serde(default)]
    sku: String,
    /// Units.
    #[serde(default, deserialize_with = "form::whole_opt")]
    quantity: Option<i64>,
}

/// What arrived.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeIn {
    /// Units of each variant by its id, as they were counted.
    #[serde(default)]
    arrived: BTreeMap<VariantId, Count>,
    /// Whether nothing more will come; what is still on its way is then missing.
    #[serde(default, deserialize_with = "form::flag")]
    last: bool,
    /// Why something is missing or too many.
    #[serde(default)]
    reason: String,
}

/// How a transfer stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TransferStands {
    /// The transfer.
    id: StockTransferId,
    /// Its number for people.
    number: i64,
    /// Where it stands.
    state: TransferState,
}

async fn stands(rx: &mut Rx, id: StockTransferId) -> Result<TransferStands, FlowError> {
    let found = transfer::by_id(rx, id).await?;
    Ok(TransferStands {
        id,
        number: found.number,
        state: found.state,
    })
}

/// The draft that was typed, its SKUs looked up.
async fn draft(rx: &mut Rx, typed: &WriteTransfer) -> Result<TransferDraft, FlowError> {
    let rows = typed.lines.clone().list();
    let rows: Vec<(u32, TypedGoods)> = rows
        .into_iter()
        .filter(|(_, row)| !row.sku.trim().is_empty())
        .collect();
    let skus: Vec<&str> = rows.iter().map(|(_, row)| row.sku.trim()).collect();
    let known = variant::by_skus(rx, &skus).await?;
    let mut wrong = Vec::new();
    let mut lines = Vec::new();
    for (number, row) in &rows {
        let found = known.iter().find(|variant| variant.sku == row.sku.trim());
        match (found, row.quantity.filter(|units| *units > 0)) {
            (Some(variant), Some(units)) => lines.push((variant.id, units)),
            (None, _) => wrong.push((format!("lines.{number}.sku"), "error-stock-unknown-variant")),
            (_, None) => wrong.push((format!("lines.{number}.quantity"), "error-stock-quantity")),
        }
    }
    if wrong.is_empty() {
        lines.extend(added(typed));
        lines.retain(|(variant, _)| Some(*variant) != typed.remove);
        return Ok(TransferDraft {
            from: typed.from,
            to: typed.to,
            note: typed.note.clone(),
            lines,
        });
    }
    let field = |(field, key)| FieldProblem {
        field,
        key,
        args: Vec::new(),
    };
    Err(FlowError::Fields(wrong.into_iter().map(field).collect()))
}

/// Units of goods that are added to what was there.
fn added(typed: &WriteTransfer) -> BTreeMap<VariantId, i64> {
    let units = typed.add.iter().map(|(id, units)| (*id, units.0));
    let mut added: BTreeMap<_, _> = units.filter(|(_, units)| *units != 0).collect();
    if let Some(variant) = typed.plus {
        added.entry(variant).or_insert(1);
    }
    added
}

/// Takes what was typed into the search as one unit of the goods with that SKU or barcode; it stays where it is
/// something to look for.
async fn scanned(rx: &mut Rx, mut typed: WriteTransfer) -> Result<WriteTransfer, FlowError> {
    let q = typed.q.trim().to_owned();
    if !q.is_empty()
        && typed.plus.is_none()
        && let Some(variant) = found_goods::exactly(rx, &q).await?
    {
        typed.plus = Some(variant);
        typed.q.clear();
    }
    Ok(typed)
}

impl WriteTransfer {
    /// Whether nothing but something to look for was typed.
    fn only_looks(&self) -> bool {
        let lines = self.lines.clone().list();
        let typed = lines.iter().any(|(_, row)| !row.sku.trim().is_empty());
        !typed && added(self).is_empty() && !self.q.trim().is_empty()
    }

    /// The page to go on with, looking for more goods where more were asked for.
    fn next(&self, id: StockTransferId) -> String {
        match self.q.trim() {
            "" => at_page(id),
            q => format!("{}?q={}", at_page(id), encoded(q)),
        }
    }
}

async fn page(ctx: &Ctx, id: StockTransferId, q: String) -> Result<TransferPage, Problem> {
    let reading = ctx.read(async move |rx, ctx| {
        let page = views::one(rx, ctx, id).await?;
        views::looking_for(rx, ctx, page, &q).await
    });
    Ok(reading.await?)
}

async fn form_page(ctx: &Ctx, asked: ShelfQuery) -> Result<TransferPage, Problem> {
    let reading = ctx.read(async move |rx, ctx| {
        let blank = views::new(rx, ctx).await?;
        let page = TransferPage {
            from: asked.from.or(blank.from),
            ..blank
        };
        views::looking_for(rx, ctx, page, &asked.q).await
    });
    Ok(reading.await?)
}

/// What was being looked for when a form was sent.
fn looked(value: &Result<WriteTransfer, Problem>) -> ShelfQuery {
    let typed = value.as_ref().ok();
    ShelfQuery {
        q: typed.map(|typed| typed.q.clone()).unwrap_or_default(),
        from: typed.map(|typed| typed.from),
    }
}

fn at_page(id: StockTransferId) -> String {
    format!("/admin/transfers/{id}")
}

/// The form of a new transfer.
pub(crate) async fn new_form(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<ShelfQuery>,
) -> Result<Page<TransferPage>, Problem> {
    Ok(Page::new(form_page(&ctx, query).await?))
}

/// One transfer.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), Query(query)): (Path<TransferPath>, Query<GoodsQuery>),
) -> Result<Page<TransferPage>, Problem> {
    Ok(Page::new(page(&ctx, at.id, query.q).await?))
}

/// Puts a transfer together. With nothing yet but something to look for, the form comes back with what was found.
pub(crate) async fn create(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteTransfer>,
) -> Result<Either<Done<TransferStands>, Page<TransferPage>>, Problem> {
    let Form { value, sent } = form;
    let asked = looked(&value);
    let again = looked(&value);
    let work = async {
        let typed = value?;
        let typed = ctx
            .read(async move |rx, _| scanned(rx, typed.clone()).await)
            .await?;
        if typed.only_looks() {
            let found = Page::new(form_page(&ctx, asked).await?);
            return Ok(Either::Right(found.typed(sent.typed())));
        }
        let wanted = typed.clone();
        let making = ctx.write(async move |tx, ctx| {
            let draft = draft(tx, &wanted).await?;
            let id = transfer::create(tx, ctx, &draft).await?;
            stands(tx, id).await
        });
        let made = making.await.map_err(explain)?;
        let next = sent.next(typed.next(made.id));
        Ok(Either::Left(
            Done::created(made, next).flash("transfer-flash-kept"),
        ))
    };
    sent.or_show(work, form_page(&ctx, again)).await
}

/// Replaces what a draft is to move.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<TransferPath>, Form<WriteTransfer>),
) -> Result<Done<TransferStands>, Problem> {
    let Form { value, sent } = form;
    let q = looked(&value).q;
    let work = async {
        let (typed, id) = (value?, at.id);
        let typed = ctx
            .read(async move |rx, _| scanned(rx, typed.clone()).await)
            .await?;
        let wanted = typed.clone();
        let writing = ctx.write(async move |tx, _| {
            // What is not there is said before anything that is wrong with it.
            stands(tx, id).await?;
            let draft = draft(tx, &wanted).await?;
            transfer::edit(tx, id, &draft).await?;
            stands(tx, id).await
        });
        let written = writing.await.map_err(explain)?;
        Ok(Done::new(written, sent.next(typed.next(id))).flash("transfer-flash-kept"))
    };
    sent.or_show(work, page(&ctx, at.id, q)).await
}

/// Gives up a transfer before anything has left.
pub(crate) async fn cancel(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<TransferPath>, Form<Nothing>),
) -> Result<Done<TransferStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let id = at.id;
        let ending = ctx.write(async move |tx, ctx| {
            transfer::cancel(tx, ctx, id).await?;
            stands(tx, id).await
        });
        let ended = ending.await.map_err(explain)?;
        Ok(Done::new(ended, sent.next(at_page(id))).flash("transfer-flash-cancelled"))
    };
    sent.or_show(work, page(&ctx, at.id, String::new())).await
}

/// Lets the goods of a transfer leave.
pub(crate) async fn send(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<TransferPath>, Form<Nothing>),
) -> Result<Done<TransferStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let id = at.id;
        let sending = ctx.write(async move |tx, ctx| {
            transfer::send(tx, ctx, id).await?;
            stands(tx, id).await
        });
        let left = sending.await.map_err(explain)?;
        Ok(Done::new(left, sent.next(at_page(id))).flash("transfer-flash-sent"))
    };
    sent.or_show(work, page(&ctx, at.id, String::new())).await
}

/// Takes in what arrived of a transfer.
pub(crate) async fn receive(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<TransferPath>, Form<TakeIn>),
) -> Result<Done<TransferStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let counted = value?;
        // The key belongs to whoever sends it; without one, each call is an arrival of its own.
        let key = sent.key.clone().unwrap_or_else(|| fresh_uuid().to_string());
        let arrival = Arrival {
            arrived: counted
                .arrived
                .into_iter()
                .map(|(variant, units)| (variant, units.0))
                .collect(),
            last: counted.last,
            reason: counted.reason,
            effect_key: format!("{}:{key}", ctx.actor().label()),
        };
        let id = at.id;
        let taking = ctx.write(async move |tx, ctx| {
            transfer::receive(tx, ctx, id, &arrival).await?;
            stands(tx, id).await
        });
        let taken = taking.await.map_err(explain)?;
        Ok(Done::new(taken, sent.next(at_page(id))).flash("transfer-flash-received"))
    };
    sent.or_show(work, page(&ctx, at.id, String::new())).await
}
