//! Moving goods between warehouses: a draft, sending it, taking in what arrived, giving it up.

use std::{collections::BTreeMap, sync::Arc};

use catalog::variant;
use inventory::transfer::{self, Arrival, TransferDraft, TransferState};
use kernel::{LocationId, Permission as P, StockTransferId, VariantId, id::fresh_uuid};
use operations::{
    FlowError,
    views::admin::{TransferPage, transfers as views},
};
use platform::{
    Ctx, Rx,
    web::{Done, FieldProblem, Page, Path, Problem, form},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    forms::{Count, Form, Listed, Nothing, explain},
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
#[derive(Debug, Deserialize, JsonSchema)]
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

async fn page(ctx: &Ctx, id: StockTransferId) -> Result<TransferPage, Problem> {
    Ok(ctx
        .read(async move |rx, ctx| views::one(rx, ctx, id).await)
        .await?)
}

async fn form_page(ctx: &Ctx) -> Result<TransferPage, Problem> {
    Ok(ctx.read(async |rx, ctx| views::new(rx, ctx).await).await?)
}

fn at_page(id: StockTransferId) -> String {
    format!("/admin/transfers/{id}")
}

/// The form of a new transfer.
pub(crate) async fn new_form(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<TransferPage>, Problem> {
    Ok(Page::new(form_page(&ctx).await?))
}

/// One transfer.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<TransferPath>,
) -> Result<Page<TransferPage>, Problem> {
    Ok(Page::new(page(&ctx, at.id).await?))
}

/// Puts a transfer together.
pub(crate) async fn create(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<WriteTransfer>,
) -> Result<Done<TransferStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let typed = value?;
        let making = ctx.write(async move |tx, ctx| {
            let draft = draft(tx, &typed).await?;
            let id = transfer::create(tx, ctx, &draft).await?;
            stands(tx, id).await
        });
        let made = making.await.map_err(explain)?;
        let next = sent.next(at_page(made.id));
        Ok(Done::created(made, next).flash("transfer-flash-kept"))
    };
    sent.or_show(work, form_page(&ctx)).await
}

/// Replaces what a draft is to move.
pub(crate) async fn write(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<TransferPath>, Form<WriteTransfer>),
) -> Result<Done<TransferStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let (typed, id) = (value?, at.id);
        let writing = ctx.write(async move |tx, _| {
            // What is not there is said before anything that is wrong with it.
            stands(tx, id).await?;
            let draft = draft(tx, &typed).await?;
            transfer::edit(tx, id, &draft).await?;
            stands(tx, id).await
        });
        let written = writing.await.map_err(explain)?;
        Ok(Done::new(written, sent.next(at_page(id))).flash("transfer-flash-kept"))
    };
    sent.or_show(work, page(&ctx, at.id)).await
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
    sent.or_show(work, page(&ctx, at.id)).await
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
    sent.or_show(work, page(&ctx, at.id)).await
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
    sent.or_show(work, page(&ctx, at.id)).await
}
