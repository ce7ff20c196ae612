//! The shipping queue: what has to leave, by promise time, with where its goods lie (ORD-08, ORD-17).

use std::collections::{BTreeMap, HashMap};

use fulfilment::{
    carrier::{self, CarrierName},
    delivery,
};
use kernel::{Address, LocationId, Money, OrderId, OrderLineId, Timestamp, VariantId};
use orders::{OrderLine, OrderState, PaymentMethod, figures, order};
use platform::{Ctx, Cursor, DbError, Page, Rx, db::Row, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    common::{NamedCode, Place, TabCount, end_of_day, in_list},
    orders::urgency,
};
use crate::FlowError;

/// Orders on one page.
const PAGE: usize = 30;
/// Days over which the speed of shipping is measured.
const SPEED_DAYS: i64 = 30;

/// Which orders of the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueTab {
    /// All of them.
    #[default]
    All,
    /// Those whose promise is broken.
    Overdue,
    /// Those promised for the rest of today.
    Today,
    /// Those promised for later, or for no time.
    Later,
    /// Those already taken from the shelf.
    Picked,
}

/// The shipping queue.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShippingQueue {
    /// The tab.
    pub tab: QueueTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// How fast orders have left lately.
    pub speed: SpeedFigures,
    /// The orders, the first promise first.
    pub items: Vec<QueuedOrder>,
    /// Leads to the next page; null on the last one.
    pub next_cursor: Option<Cursor>,
    /// What to take from which shelf for the orders of this page that are not picked yet.
    pub pick_list: Vec<PickRow>,
    /// Carriers that a parcel can go with.
    pub carriers: Vec<CarrierName>,
}

/// How fast orders have left lately.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SpeedFigures {
    /// Over how many days this was measured.
    pub days: i64,
    /// Promises kept ÷ promises; null without any.
    pub on_time_rate: Option<f64>,
    /// Whole hours from payment to shipment of the order in the middle; null without any.
    pub median_hours: Option<i64>,
}

/// An order that has to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueuedOrder {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub state: OrderState,
    /// Until when it was promised to leave.
    pub ship_by: Option<Timestamp>,
    /// Whether that time has passed.
    pub overdue: bool,
    /// Whether that time is today.
    pub urgent: bool,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// What the courier has to collect.
    pub collect: Option<Money>,
    /// Who receives it.
    pub customer_name: String,
    /// Where it goes, first level.
    pub region: String,
    /// Where it goes, second level.
    pub city: String,
    /// How it goes.
    pub delivery_method: NamedCode,
    /// What is still to be sent.
    pub lines: Vec<QueuedLine>,
    /// The shopper's wish.
    pub customer_note: Option<String>,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// The carrier of its way to deliver.
    pub carrier_default: Option<String>,
    /// Whether it can be picked now.
    pub can_pick: bool,
    /// Whether a parcel can be sent now.
    pub can_ship: bool,
}

/// A line that has to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueuedLine {
    /// The line.
    pub line_id: OrderLineId,
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one variant.
    pub variant_title: Option<String>,
    /// Units still to be sent.
    pub quantity: i64,
    /// Where they lie; null when nothing is kept for the line.
    pub location: Option<Place>,
    /// Units on that shelf, those of other orders included.
    pub on_hand: i64,
}

/// What to take from a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PickRow {
    /// The shelf.
    pub location: Place,
    /// What.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one variant.
    pub variant_title: Option<String>,
    /// How many.
    pub quantity: i64,
    /// Units on that shelf.
    pub on_hand: i64,
    /// For how many orders.
    pub orders: i64,
}

/// How many orders each tab has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCounts {
    /// All of them.
    pub all: i64,
    /// Broken promises.
    pub overdue: i64,
    /// Promised for the rest of today.
    pub today: i64,
    /// Promised for later.
    pub later: i64,
    /// Taken from the shelf.
    pub picked: i64,
}

/// An order's place in the queue: its promise in microseconds, those without one last, and its key.
type QueuePlace = (i64, Uuid);

/// How many orders wait, by promise.
///
/// # Errors
/// Whatever the database says.
pub async fn counts(rx: &mut Rx, ctx: &Ctx) -> Result<QueueCounts, FlowError> {
    let sql = "SELECT COUNT(*) AS n, COUNT(CASE WHEN ship_by < $1 THEN 1 END) AS overdue, \
               COUNT(CASE WHEN ship_by >= $1 AND ship_by < $2 THEN 1 END) AS today, \
               COUNT(CASE WHEN state IN ('picked', 'partly_shipped') THEN 1 END) AS picked \
               FROM orders WHERE tab = 'to_ship' AND NOT stock_decision";
    let row = rx.one(sql, params![ctx.now(), end_of_day(ctx)]).await?;
    let (all, overdue, today): (i64, i64, i64) =
        (row.get("n")?, row.get("overdue")?, row.get("today")?);
    Ok(QueueCounts {
        all,
        overdue,
        today,
        later: all - overdue - today,
        picked: row.get("picked")?,
    })
}

/// A page of the queue.
///
/// # Errors
/// A cursor that is none, or whatever the database says.
pub async fn queue(
    rx: &mut Rx,
    ctx: &Ctx,
    tab: QueueTab,
    after: Option<Cursor>,
) -> Result<ShippingQueue, FlowError> {
    let counts = counts(rx, ctx).await?;
    let day_ends = end_of_day(ctx);
    let found = waiting(rx, ctx, tab, after).await?;
    let ids: Vec<OrderId> = found.items.iter().map(|o| o.id).collect();
    let lines = order::lines_of(rx, &ids).await?;
    let shelves = shelves(rx, &ids).await?;
    let methods: HashMap<String, String> = delivery::list_active(rx)
        .await?
        .into_iter()
        .map(|method| (method.code, method.carrier))
        .collect();
    let speed =
        figures::shipping_speed(rx, ctx.now().plus_seconds(-SPEED_DAYS * 86_400), ctx.now())
            .await?;
    let items: Vec<QueuedOrder> = found
        .items
        .into_iter()
        .map(|order| order.shown(ctx.now(), day_ends, &lines, &shelves, &methods))
        .collect();
    let tabs = [
        ("all", counts.all),
        ("overdue", counts.overdue),
        ("today", counts.today),
        ("later", counts.later),
        ("picked", counts.picked),
    ];
    Ok(ShippingQueue {
        tab,
        tabs: tabs
            .into_iter()
            .map(|(code, count)| TabCount {
                code,
                count: Some(count),
            })
            .collect(),
        speed: SpeedFigures {
            days: SPEED_DAYS,
            on_time_rate: speed.on_time_rate(),
            median_hours: speed.median_seconds.map(|seconds| seconds / 3_600),
        },
        pick_list: pick_list(&items),
        items,
        next_cursor: found.next_cursor,
        carriers: carrier::list(ctx.locale()),
    })
}

/// An order of the queue as stored.
struct Waiting {
    id: OrderId,
    number: String,
    state: OrderState,
    payment_method: PaymentMethod,
    total: Money,
    placed_at: Timestamp,
    paid_at: Option<Timestamp>,
    ship_by: Option<Timestamp>,
    address: Address,
    delivery: NamedCode,
    note: Option<String>,
    gift_message: Option<String>,
}

impl Waiting {
    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            number: row.get("number")?,
            state: row.parse("state")?,
            payment_method: row.parse("payment_method")?,
            total: row.money("total")?,
            placed_at: row.get("placed_at")?,
            paid_at: row.get("paid_at")?,
            ship_by: row.get("ship_by")?,
            address: row.json("address")?,
            delivery: NamedCode {
                code: row.get("delivery_code")?,
                name: row.get("delivery_name")?,
            },
            note: row.get("note")?,
            gift_message: row.get("gift_message")?,
        })
    }

    fn shown(
        self,
        now: Timestamp,
        day_ends: Timestamp,
        lines: &[OrderLine],
        shelves: &HashMap<(OrderId, VariantId), (Place, i64)>,
        methods: &HashMap<String, String>,
    ) -> QueuedOrder {
        let (overdue, urgent) = urgency(self.ship_by, now, day_ends);
        let picked = matches!(self.state, OrderState::Picked | OrderState::PartlyShipped);
        let unpaid = self.payment_method == PaymentMethod::CashOnDelivery && self.paid_at.is_none();
        let mine = lines
            .iter()
            .filter(|line| line.order_id == self.id && line.to_ship() > 0);
        QueuedOrder {
            lines: mine
                .map(|line| queued_line(line, shelves.get(&(self.id, line.variant_id))))
                .collect(),
            order_id: self.id,
            number: self.number,
            state: self.state,
            ship_by: self.ship_by,
            overdue,
            urgent,
            placed_at: self.placed_at,
            paid_at: self.paid_at,
            payment_method: self.payment_method,
            collect: unpaid.then_some(self.total),
            customer_name: self.address.name,
            region: self.address.region,
            city: self.address.city,
            carrier_default: methods.get(&self.delivery.code).cloned(),
            delivery_method: self.delivery,
            customer_note: self.note,
            gift_message: self.gift_message,
            can_pick: !picked,
            can_ship: picked,
        }
    }
}

fn queued_line(line: &OrderLine, shelf: Option<&(Place, i64)>) -> QueuedLine {
    QueuedLine {
        line_id: line.id,
        sku: line.sku.clone(),
        product_title: line.title.clone(),
        variant_title: Some(line.variant_title.clone()).filter(|t| !t.is_empty()),
        quantity: line.to_ship(),
        location: shelf.map(|(place, _)| place.clone()),
        on_hand: shelf.map_or(0, |(_, on_hand)| *on_hand),
    }
}

/// The orders of a tab by promise time.
async fn waiting(
    rx: &mut Rx,
    ctx: &Ctx,
    tab: QueueTab,
    after: Option<Cursor>,
) -> Result<Page<Waiting>, FlowError> {
    let place: Option<QueuePlace> = after
        .map(|cursor| cursor.key().ok_or(orders::OrdersError::BadCursor))
        .transpose()?;
    let (promise, id) = place.unwrap_or((i64::MIN, Uuid::nil()));
    let condition = match tab {
        QueueTab::All => "TRUE",
        QueueTab::Overdue => "ship_by < $4",
        QueueTab::Today => "ship_by >= $4 AND ship_by < $5",
        QueueTab::Later => "(ship_by IS NULL OR ship_by >= $5)",
        QueueTab::Picked => "state IN ('picked', 'partly_shipped')",
    };
    // The two instants are always given, so that every tab takes the same values.
    let sql = format!(
        "SELECT id, number, state, payment_method, currency, total, placed_at, paid_at, ship_by, address, delivery_code, delivery_name, \
         note, gift_message, COALESCE(ship_by, {none}) AS promise FROM orders WHERE tab = 'to_ship' AND NOT stock_decision \
         AND (COALESCE(ship_by, {none}), id) > ($1, $2) AND {condition} AND CAST($4 AS BIGINT) <= CAST($5 AS BIGINT) ORDER BY promise, id LIMIT $3",
        none = i64::MAX
    );
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let rows = rx
        .rows(
            &sql,
            params![promise, id, limit, ctx.now(), end_of_day(ctx)],
        )
        .await?;
    let keyed = rows.iter().map(|row| {
        let order = Waiting::from_row(row)?;
        let place: QueuePlace = (row.get("promise")?, order.id.0);
        Ok((order, place))
    });
    Ok(Page::of(keyed.collect::<Result<Vec<_>, DbError>>()?, PAGE))
}

/// Where the goods kept for orders lie, and how many units are on those shelves.
async fn shelves(
    rx: &mut Rx,
    ids: &[OrderId],
) -> Result<HashMap<(OrderId, VariantId), (Place, i64)>, FlowError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (places, values) = in_list(1, ids);
    let sql = format!(
        "SELECT h.order_id, h.variant_id, h.location_id, p.code, p.name, s.on_hand FROM holds h \
         JOIN stock s ON s.variant_id = h.variant_id AND s.location_id = h.location_id \
         JOIN locations p ON p.id = h.location_id WHERE h.state = 'held' AND h.order_id IN ({places}) ORDER BY p.priority DESC"
    );
    let mut found = HashMap::new();
    for row in rx.rows(&sql, &values).await? {
        let place = Place {
            id: row.get("location_id")?,
            code: row.get("code")?,
            name: row.get("name")?,
        };
        found.insert(
            (row.get("order_id")?, row.get("variant_id")?),
            (place, row.get("on_hand")?),
        );
    }
    Ok(found)
}

/// What to take from which shelf, shelf by shelf, for the orders that are not picked yet.
fn pick_list(items: &[QueuedOrder]) -> Vec<PickRow> {
    let mut rows: BTreeMap<(String, LocationId, String), PickRow> = BTreeMap::new();
    for order in items.iter().filter(|order| order.can_pick) {
        for line in &order.lines {
            let Some(place) = &line.location else {
                continue;
            };
            let row = rows
                .entry((place.code.clone(), place.id, line.sku.clone()))
                .or_insert_with(|| PickRow {
                    location: place.clone(),
                    sku: line.sku.clone(),
                    product_title: line.product_title.clone(),
                    variant_title: line.variant_title.clone(),
                    quantity: 0,
                    on_hand: line.on_hand,
                    orders: 0,
                });
            row.quantity += line.quantity;
            row.orders += 1;
        }
    }
    rows.into_values().collect()
}
