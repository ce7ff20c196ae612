//! The list of what has to leave: by what it sorts and narrows, and its file.

use fulfilment::delivery;
use kernel::Permission;
use orders::figures::READY;
use platform::{
    Ctx, DbError, Page, Rx,
    db::Row,
    list::{Asked, Cell, Choice, Column, Filter, FilterKind, Key, List, Listed, Reading, Select},
};

use super::{
    common::end_of_day,
    lists::Listing,
    shipping::{self, QueueTab, QueuedOrder},
};
use crate::FlowError;

/// The list of orders that have to leave.
pub struct Shipping;

pub(super) static LIST: List<QueuedOrder> = List {
    code: "shipping",
    path: "/admin/shipping",
    permission: Permission::FulfilmentWrite,
    columns: &[
        Column::new("number", "admin-order-number", |o| Cell::text(&o.number)),
        Column::sorting("ship_by", "admin-orders-promise", |o| {
            Cell::maybe(o.ship_by, Cell::At)
        }),
        Column::sorting("placed_at", "list-placed-at", |o| Cell::At(o.placed_at)),
        Column::new("state", "admin-state", |o| {
            Cell::word("order-state-", o.state)
        }),
        Column::sorting("customer", "admin-customer", |o| {
            Cell::text(&o.customer_name)
        }),
        Column::new("region", "list-region", |o| {
            Cell::text(format!("{}{}", o.region, o.city))
        }),
        Column::sorting("delivery", "list-delivery", |o| {
            Cell::text(&o.delivery_method.name)
        }),
        Column::new("goods", "admin-orders-goods", |o| {
            let goods = o
                .lines
                .iter()
                .map(|line| format!("{} × {}", line.sku, line.quantity));
            Cell::text(goods.collect::<Vec<_>>().join(" · "))
        }),
        Column::new("units", "list-units", |o| {
            Cell::Number(o.lines.iter().map(|line| line.quantity).sum())
        }),
        Column::new("collect", "list-collect", |o| {
            Cell::maybe(o.collect, Cell::Money)
        }),
        Column::new("note", "list-note", |o| {
            Cell::maybe(o.customer_note.as_deref(), Cell::text)
        }),
    ],
    filters: &[
        Filter::new(
            "tab",
            "admin-shipping-tabs",
            FilterKind::Tab(&["all", "overdue", "today", "later", "picked"]),
        ),
        Filter::new("delivery", "list-delivery", FilterKind::Offered),
    ],
    sort: "ship_by",
    page: 30,
};

/// The order of the queue: what goes before others comes first, by its own deadline (ORD-07), then the rest by their
/// promise. Times are about 2 × 10^15 microseconds, so the two never mix.
const PROMISE: &str = "CASE WHEN urgent_until IS NULL THEN COALESCE(ship_by, 9223372036854775807) ELSE urgent_until - 4000000000000000000 END";

/// What the columns sort by, among the orders that have not left; those without a promise come last.
const KEYS: [Key; 4] = [
    Key::number("ship_by", PROMISE),
    Key::number("placed_at", "placed_at"),
    Key::text("customer", "buyer_name"),
    Key::text("delivery", "delivery_code"),
];

const COLUMNS: &str = "id, number, state, payment_method, currency, total, placed_at, paid_at, ship_by, address, delivery_code, delivery_name, \
     note, gift_message, gift_wrap, urgent_until";

impl Listed for Shipping {
    type Row = QueuedOrder;

    fn list() -> &'static List<QueuedOrder> {
        &LIST
    }
}

impl Listing for Shipping {
    async fn rows(
        rx: &mut Rx,
        ctx: &Ctx,
        asked: &Asked,
        limit: usize,
    ) -> Result<Page<QueuedOrder>, FlowError> {
        shipping::queued(rx, ctx, asked, limit).await
    }
}

pub(super) fn tab(asked: &Asked) -> QueueTab {
    match asked.get("tab") {
        Some("overdue") => QueueTab::Overdue,
        Some("today") => QueueTab::Today,
        Some("later") => QueueTab::Later,
        Some("picked") => QueueTab::Picked,
        _ => QueueTab::All,
    }
}

/// The ways to deliver.
pub(super) async fn ways(rx: &mut Rx, ctx: &Ctx) -> Result<Vec<Choice>, FlowError> {
    let methods = delivery::list_active(rx).await?;
    let choice = |m: delivery::DeliveryMethod| {
        let name = m.name.get(ctx.locale()).to_owned();
        Choice::named(&m.code, name)
    };
    Ok(methods.into_iter().map(choice).collect())
}

/// The orders that have to leave, as stored.
pub(super) async fn waiting<T>(
    rx: &mut Rx,
    ctx: &Ctx,
    asked: &Asked,
    limit: usize,
    read: impl FnMut(&Row) -> Result<T, DbError>,
) -> Result<Page<T>, FlowError> {
    let mut select = Select::from("orders");
    select.only(format!("tab = 'to_ship' AND {READY}"));
    let mut instant = |at| select.value(at);
    let condition = match tab(asked) {
        QueueTab::All => "TRUE".to_owned(),
        QueueTab::Overdue => format!("ship_by < {}", instant(ctx.now())),
        QueueTab::Today => {
            let now = instant(ctx.now());
            format!(
                "ship_by >= {now} AND ship_by < {}",
                instant(end_of_day(ctx))
            )
        }
        QueueTab::Later => format!(
            "(ship_by IS NULL OR ship_by >= {})",
            instant(end_of_day(ctx))
        ),
        QueueTab::Picked => "state IN ('picked', 'partly_shipped')".to_owned(),
    };
    select.only(condition);
    if let Some(code) = asked.get("delivery") {
        select.equal("delivery_code", code);
    }
    let reading = Reading {
        columns: COLUMNS,
        keys: &KEYS,
        ids: &["id"],
        limit,
    };
    Ok(select.page(rx, ctx, (&LIST, asked), reading, read).await?)
}
