//! What people do to an order: pick, ship, deliver, take money in, cancel, note. Each form makes something; the order's
//! page comes back.

use std::{collections::BTreeMap, sync::Arc};

use fulfilment::parcel::Parcel;
use kernel::{BankReceiptId, LocationId, OrderId, OrderLineId, ParcelId};
use operations::{
    FlowError,
    flows::{
        deliver_parcel, end_order, hold_again, match_receipt, pick_order,
        ship_parcel::{self, ShipParcel},
    },
    views::admin::order::CANCEL_REASONS,
};
use orders::{Cause, Order, OrderState, PaymentState, note, order};
use platform::{
    Ctx,
    web::{Done, Path, Problem},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Backoffice,
    bank_receipts::{NewMoney, received},
    forms::{Amount, Count, Form, Nothing, explain},
    pages::order_page,
    paths::{OrderPath, ParcelPath},
};

/// How an order stands after something was done to it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OrderStands {
    /// The order.
    id: OrderId,
    /// Its number.
    number: String,
    /// Where it stands.
    state: OrderState,
    /// What is known about its money.
    payment_state: PaymentState,
}

impl From<&Order> for OrderStands {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id,
            number: order.number.clone(),
            state: order.state,
            payment_state: order.payment_state,
        }
    }
}

/// Why an order is called off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelOrder {
    /// One of the page's `cancel_reasons`.
    reason: String,
    /// More, for the shop's own people.
    #[serde(default)]
    note: Option<String>,
}

/// A parcel that leaves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendParcel {
    /// Code of the carrier.
    carrier: String,
    /// The carrier's number; only the shop's own delivery goes without.
    #[serde(default)]
    tracking_number: String,
    /// Units of each line by its id; everything that remains when it is absent.
    #[serde(default)]
    lines: Option<BTreeMap<OrderLineId, Count>>,
    /// The warehouse that it leaves from; wherever the goods are kept when it is absent.
    #[serde(default)]
    from: Option<LocationId>,
}

/// A parcel that left, or arrived.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ParcelStands {
    /// The parcel.
    id: ParcelId,
    /// Its order.
    order_id: OrderId,
    /// Code of the carrier.
    carrier: String,
    /// The carrier's number.
    tracking_number: String,
    /// `shipped` or `delivered`.
    state: fulfilment::parcel::ParcelState,
}

impl From<Parcel> for ParcelStands {
    fn from(parcel: Parcel) -> Self {
        let Parcel {
            id,
            order_id,
            carrier,
            tracking_number,
            state,
            ..
        } = parcel;
        Self {
            id,
            order_id,
            carrier,
            tracking_number,
            state,
        }
    }
}

/// Money for an order: a receipt that is known already, or one that is recorded now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakePayment {
    /// The receipt that pays it.
    #[serde(default)]
    bank_receipt_id: Option<BankReceiptId>,
    /// What arrived.
    #[serde(default)]
    amount: Option<Amount>,
    /// The last five digits of the sender's account.
    #[serde(default)]
    payer_last_five: Option<String>,
    /// When the bank got it; now when absent. Without a zone it is the shop's time.
    #[serde(default)]
    received_at: Option<String>,
}

/// A note of the staff.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNote {
    /// What it says, at most 1,000 characters.
    text: String,
}

fn page_of(id: OrderId) -> String {
    format!("/admin/orders/{id}")
}

async fn stands(ctx: &Ctx, id: OrderId) -> Result<OrderStands, Problem> {
    let order = ctx
        .read(async move |rx, _| Ok::<_, FlowError>(order::by_id(rx, id).await?))
        .await?;
    Ok(OrderStands::from(&order))
}

/// Marks an order as picked.
pub(crate) async fn pick(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<Nothing>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let order = pick_order::pick(&ctx, at.id).await.map_err(explain)?;
        Ok(
            Done::new(OrderStands::from(&order), sent.next(page_of(at.id)))
                .flash("admin-flash-picked"),
        )
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Sends a parcel.
pub(crate) async fn ship(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<SendParcel>),
) -> Result<Done<ParcelStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let parcel = value?;
        let lines = parcel.lines.map(|lines| {
            lines
                .into_iter()
                .map(|(id, n)| (id, n.0))
                .filter(|(_, n)| *n != 0)
                .collect::<Vec<_>>()
        });
        if lines.as_ref().is_some_and(Vec::is_empty) {
            return Err(Problem::invalid("error-parcel-empty").field("lines", "error-parcel-empty"));
        }
        let input = ShipParcel {
            order_id: at.id,
            carrier: parcel.carrier,
            tracking_number: parcel.tracking_number,
            lines,
            from: parcel.from,
            idempotency_key: sent.key.clone(),
        };
        let sent_off = ship_parcel::ship(&ctx, input).await.map_err(explain)?;
        Ok(
            Done::created(ParcelStands::from(sent_off), sent.next(page_of(at.id)))
                .flash("admin-flash-shipped"),
        )
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Marks a parcel as delivered.
pub(crate) async fn deliver(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<ParcelPath>, Form<Nothing>),
) -> Result<Done<ParcelStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let (order_id, parcel_id) = (at.id, at.parcel_id);
        let known = ctx
            .read(async move |rx, _| {
                Ok::<_, FlowError>(fulfilment::parcel::by_id(rx, parcel_id).await?)
            })
            .await?;
        known
            .filter(|parcel| parcel.order_id == order_id)
            .ok_or_else(Problem::not_found)?;
        let parcel = deliver_parcel::deliver(&ctx, parcel_id)
            .await
            .map_err(explain)?;
        Ok(
            Done::new(ParcelStands::from(parcel), sent.next(page_of(order_id)))
                .flash("admin-flash-delivered"),
        )
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Takes in the money of an order: from a receipt that is known, or one that is recorded with it.
pub(crate) async fn take_payment(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<TakePayment>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let paid = value?;
        match paid.bank_receipt_id {
            Some(receipt) => match_receipt::match_to_order(&ctx, receipt, at.id)
                .await
                .map_err(explain)?,
            None => {
                let money = NewMoney {
                    amount: paid.amount.ok_or_else(|| {
                        Problem::invalid("error-invalid-input").field("amount", "error-required")
                    })?,
                    payer_last_five: paid.payer_last_five,
                    received_at: paid.received_at,
                    reference: None,
                    payer: None,
                };
                let new = received(&ctx, money, sent.key.as_deref()).await?;
                match_receipt::record_for_order(&ctx, new, at.id)
                    .await
                    .map_err(explain)?;
            }
        }
        Ok(
            Done::created(stands(&ctx, at.id).await?, sent.next(page_of(at.id)))
                .flash("admin-flash-paid"),
        )
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Calls an order off.
pub(crate) async fn cancel(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<CancelOrder>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let wanted = value?;
        if !CANCEL_REASONS.contains(&wanted.reason.as_str()) {
            return Err(
                Problem::invalid("error-invalid-input").field("reason", "error-invalid-value")
            );
        }
        let cause = Cause::new(wanted.reason).noting(wanted.note.unwrap_or_default());
        let order = end_order::cancel(&ctx, at.id, cause)
            .await
            .map_err(explain)?;
        Ok(
            Done::created(OrderStands::from(&order), sent.next(page_of(at.id)))
                .flash("admin-flash-cancelled"),
        )
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Writes a note that only the staff see.
pub(crate) async fn add_note(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<NewNote>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let text = value?.text;
        let id = at.id;
        ctx.write(async move |tx, ctx| Ok::<_, FlowError>(note::add(tx, ctx, id, &text).await?))
            .await
            .map_err(explain)?;
        Ok(Done::created(
            stands(&ctx, id).await?,
            sent.next(format!("{}#timeline-title", page_of(id))),
        ))
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}

/// Holds the goods of a paid order that had none, now that there are some (S9).
pub(crate) async fn hold(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<OrderPath>, Form<Nothing>),
) -> Result<Done<OrderStands>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        value?;
        let order = hold_again::hold_again(&ctx, at.id).await.map_err(explain)?;
        Ok(
            Done::created(OrderStands::from(&order), sent.next(page_of(at.id)))
                .flash("admin-flash-held"),
        )
    };
    sent.or_show(work, order_page(&ctx, at.id)).await
}
