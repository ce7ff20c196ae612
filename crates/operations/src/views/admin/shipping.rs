//! The shipping queue: what has to leave, by promise time, with where its goods lie (ORD-08, ORD-17).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fulfilment::{
    carrier::{self, CarrierName},
    delivery,
};
use kernel::{Address, LocationId, Money, OrderId, OrderLineId, Timestamp, VariantId};
use orders::{
    LinePart, OrderLine, OrderState, PaymentMethod, figures, figures::READY, order, priority,
};
use platform::{
    Ctx, Cursor, DbError, Page, Rx,
    db::Row,
    list::{Asked, ListView},
    params,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    common::{NamedCode, Place, TabCount, end_of_day, in_list},
    orders::urgency,
    shipping_list::{self, LIST},
};
use crate::FlowError;

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
    /// How the list is sorted and narrowed.
    pub list: ListView,
    /// The tab.
    pub tab: QueueTab,
    /// All tabs.
    pub tabs: Vec<TabCount>,
    /// How fast orders have left lately.
    pub speed: SpeedFigures,
    /// The orders, the first promise first when nobody says.
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
    /// Orders that went before others: in time ÷ all; null without any.
    pub urgent_on_time_rate: Option<f64>,
    /// How many such orders left.
    pub urgent_shipped: i64,
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
    /// Until when it must leave, where it goes before others.
    pub urgent_until: Option<Timestamp>,
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
    /// Where it goes: the first level of the address, or the chain of the store.
    pub region: String,
    /// The second level of the address, or the store by number and name.
    pub city: String,
    /// How it goes.
    pub delivery_method: NamedCode,
    /// What is still to be sent.
    pub lines: Vec<QueuedLine>,
    /// The shopper's wish.
    pub customer_note: Option<String>,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// Whether it is wrapped as a gift.
    pub gift_wrap: bool,
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
    /// What to take from the shelves for it, when it is a bundle; such a line lies nowhere itself.
    pub parts: Vec<QueuedPart>,
    /// Whether it is given to an order of enough goods.
    pub gift: bool,
}

/// What a bundle's line needs of one variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QueuedPart {
    /// Its SKU.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one variant.
    pub variant_title: Option<String>,
    /// Units for all that is still to be sent of the line.
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

/// How many orders wait, by promise.
///
/// # Errors
/// Whatever the database says.
pub async fn counts(rx: &mut Rx, ctx: &Ctx) -> Result<QueueCounts, FlowError> {
    let sql = &format!(
        "SELECT COUNT(*) AS n, COUNT(CASE WHEN ship_by < $1 THEN 1 END) AS overdue, \
               COUNT(CASE WHEN ship_by >= $1 AND ship_by < $2 THEN 1 END) AS today, \
               COUNT(CASE WHEN state IN ('picked', 'partly_shipped') THEN 1 END) AS picked \
               FROM orders WHERE tab = 'to_ship' AND {READY}"
    );
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
pub async fn queue(rx: &mut Rx, ctx: &Ctx, asked: &Asked) -> Result<ShippingQueue, FlowError> {
    let counts = counts(rx, ctx).await?;
    let offered = shipping_list::ways(rx, ctx).await?;
    let list = ListView::of(rx, ctx, &LIST, asked, vec![("delivery", offered)]).await?;
    let Page { items, next_cursor } = queued(rx, ctx, asked, asked.limit_of(&LIST)).await?;
    let speed =
        figures::shipping_speed(rx, ctx.now().plus_seconds(-SPEED_DAYS * 86_400), ctx.now())
            .await?;
    let first = priority::kept(rx, ctx.now().plus_seconds(-SPEED_DAYS * 86_400), ctx.now()).await?;
    let tabs = [
        ("all", counts.all),
        ("overdue", counts.overdue),
        ("today", counts.today),
        ("later", counts.later),
        ("picked", counts.picked),
    ];
    Ok(ShippingQueue {
        list,
        tab: shipping_list::tab(asked),
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
            urgent_on_time_rate: first.on_time_rate(),
            urgent_shipped: first.shipped,
            median_hours: speed.median_seconds.map(|seconds| seconds / 3_600),
        },
        pick_list: pick_list(&items),
        items,
        next_cursor,
        carriers: carrier::list(ctx.locale()),
    })
}

/// Orders of the queue with what is still to be sent of them.
pub(super) async fn queued(
    rx: &mut Rx,
    ctx: &Ctx,
    asked: &Asked,
    limit: usize,
) -> Result<Page<QueuedOrder>, FlowError> {
    let day_ends = end_of_day(ctx);
    let found = shipping_list::waiting(rx, ctx, asked, limit, Waiting::from_row).await?;
    let ids: Vec<OrderId> = found.items.iter().map(|o| o.id).collect();
    let lines = order::lines_of(rx, &ids).await?;
    let shelves = shelves(rx, &ids).await?;
    let methods: HashMap<String, String> = delivery::list_active(rx)
        .await?
        .into_iter()
        .map(|method| (method.code, method.carrier))
        .collect();
    Ok(found.map(|order| order.shown(ctx.now(), day_ends, &lines, &shelves, &methods)))
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
    urgent_until: Option<Timestamp>,
    address: Address,
    delivery: NamedCode,
    note: Option<String>,
    gift_message: Option<String>,
    gift_wrap: bool,
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
            urgent_until: row.get("urgent_until")?,
            address: row.json("address")?,
            delivery: NamedCode {
                code: row.get("delivery_code")?,
                name: row.get("delivery_name")?,
            },
            note: row.get("note")?,
            gift_message: row.get("gift_message")?,
            gift_wrap: row.get::<Option<i64>>("gift_wrap")?.is_some(),
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
        let promised = self.urgent_until.or(self.ship_by);
        let (overdue, urgent) = urgency(promised, now, day_ends);
        let picked = matches!(self.state, OrderState::Picked | OrderState::PartlyShipped);
        let (region, city) = match self.address.store {
            Some(store) => (
                store.chain_name().to_owned(),
                format!(" {} {}", store.number, store.name),
            ),
            None => (self.address.region, self.address.city),
        };
        let unpaid = self.payment_method == PaymentMethod::CashOnDelivery && self.paid_at.is_none();
        let mine = lines
            .iter()
            .filter(|line| line.order_id == self.id && line.to_ship() > 0);
        QueuedOrder {
            lines: mine.map(|line| queued_line(line, shelves)).collect(),
            order_id: self.id,
            number: self.number,
            state: self.state,
            ship_by: self.ship_by,
            overdue,
            urgent,
            urgent_until: self.urgent_until,
            placed_at: self.placed_at,
            paid_at: self.paid_at,
            payment_method: self.payment_method,
            collect: unpaid.then_some(self.total),
            customer_name: self.address.name,
            region,
            city,
            carrier_default: methods.get(&self.delivery.code).cloned(),
            delivery_method: self.delivery,
            customer_note: self.note,
            gift_message: self.gift_message,
            gift_wrap: self.gift_wrap,
            can_pick: !picked,
            can_ship: picked,
        }
    }
}

fn queued_line(
    line: &OrderLine,
    shelves: &HashMap<(OrderId, VariantId), (Place, i64)>,
) -> QueuedLine {
    let shelf_of = |variant| shelves.get(&(line.order_id, variant));
    let shelf = shelf_of(line.variant_id).filter(|_| line.parts.is_empty());
    let part = |part: &LinePart| {
        let shelf = shelf_of(part.variant_id);
        QueuedPart {
            sku: part.sku.clone(),
            product_title: part.title.clone(),
            variant_title: Some(part.variant_title.clone()).filter(|t| !t.is_empty()),
            quantity: part.quantity.saturating_mul(line.to_ship()),
            location: shelf.map(|(place, _)| place.clone()),
            on_hand: shelf.map_or(0, |(_, on_hand)| *on_hand),
        }
    };
    QueuedLine {
        parts: line.parts.iter().map(part).collect(),
        line_id: line.id,
        gift: line.gift,
        sku: line.sku.clone(),
        product_title: line.title.clone(),
        variant_title: Some(line.variant_title.clone()).filter(|t| !t.is_empty()),
        quantity: line.to_ship(),
        location: shelf.map(|(place, _)| place.clone()),
        on_hand: shelf.map_or(0, |(_, on_hand)| *on_hand),
    }
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

impl QueuedLine {
    /// What to take from the shelves for the line: itself, or its parts.
    fn goods(&self) -> Vec<QueuedPart> {
        if !self.parts.is_empty() {
            return self.parts.clone();
        }
        vec![QueuedPart {
            sku: self.sku.clone(),
            product_title: self.product_title.clone(),
            variant_title: self.variant_title.clone(),
            quantity: self.quantity,
            location: self.location.clone(),
            on_hand: self.on_hand,
        }]
    }
}

/// What to take from which shelf, shelf by shelf, for the orders that are not picked yet.
fn pick_list(items: &[QueuedOrder]) -> Vec<PickRow> {
    let mut rows: BTreeMap<(String, LocationId, String), PickRow> = BTreeMap::new();
    for order in items.iter().filter(|order| order.can_pick) {
        let mut seen = BTreeSet::new();
        for goods in order.lines.iter().flat_map(QueuedLine::goods) {
            let Some(place) = goods.location else {
                continue;
            };
            let key = (place.code.clone(), place.id, goods.sku.clone());
            let first = seen.insert(key.clone());
            let row = rows.entry(key).or_insert_with(|| PickRow {
                location: place,
                sku: goods.sku,
                product_title: goods.product_title,
                variant_title: goods.variant_title,
                quantity: 0,
                on_hand: goods.on_hand,
                orders: 0,
            });
            row.quantity += goods.quantity;
            row.orders += i64::from(first);
        }
    }
    rows.into_values().collect()
}
