//! What leaves with a parcel on paper: packing slips and shipping labels (ORD-13, ORD-14).
//!
//! They speak the buyer's language ([`PrintedOrder::locale`]), whoever prints them.

use std::collections::HashMap;

use fulfilment::{
    DeliveryMethod, carrier, delivery,
    parcel::{self, Parcel},
};
use inventory::location::{self, Location};
use kernel::{Address, Locale, LocationId, Money, OrderId, Timestamp};
use orders::{Order, OrderLine, PaymentMethod, figures, order};
use platform::{Ctx, Rx, auth::one_time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{common::in_list, orders::awaits_shipping};
use crate::{FlowError, packing, shop};

/// Orders on one print.
pub const MOST: usize = 100;
/// The paper of a packing slip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// 210 × 297 mm.
    #[default]
    A4,
    /// 148 × 210 mm.
    A5,
}

/// Packing slips.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SlipsPage {
    /// Their paper.
    pub paper: Paper,
    /// The orders.
    pub orders: Vec<PrintedOrder>,
}

/// Shipping labels of 100 × 150 mm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LabelsPage {
    /// The orders.
    pub orders: Vec<PrintedOrder>,
}

/// An order as a paper in its parcel or on it shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PrintedOrder {
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub number: String,
    /// The day it was placed, `2026-11-21`.
    pub placed_on: String,
    /// The language of the paper.
    pub locale: Locale,
    /// Who sends it.
    pub sender: Party,
    /// Who receives it.
    pub recipient: Party,
    /// How it goes.
    pub delivery: String,
    /// Who carries it; empty where the way to deliver is gone and nothing has left.
    pub carrier: String,
    /// The number of its latest parcel with the carrier; null until one left.
    pub tracking: Option<Tracking>,
    /// The store at which it is collected; null where it is brought to the address.
    pub store: Option<StoreOnPaper>,
    /// What is in it, or was when all of it has left.
    pub lines: Vec<SlipLine>,
    /// Whether it is a present: then no price is printed.
    pub gift: bool,
    /// Whether it is wrapped as a gift.
    pub gift_wrap: bool,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// What the goods cost before any discount; null on a present.
    pub subtotal: Option<Money>,
    /// What was paid or is to be paid; null on a present.
    pub total: Option<Money>,
    /// What the courier has to collect.
    pub collect: Option<Money>,
    /// A word of thanks from the shop; empty when it has none.
    pub thanks: String,
    /// The order number as a QR code.
    pub code: Option<PrintedCode>,
}

/// A sender or a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Party {
    /// Their name.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// The lines of their address in the order of the country.
    pub lines: Vec<String>,
}

/// A parcel's number with its carrier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tracking {
    /// The number.
    pub number: String,
    /// The same as a QR code.
    pub code: Option<PrintedCode>,
}

/// A store as clerks and couriers look for it on a parcel (CHK-04).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoreOnPaper {
    /// The chain's name.
    pub chain: String,
    /// The store's number within it.
    pub number: String,
    /// What the chain calls it.
    pub name: String,
    /// The last three digits of the recipient's telephone number; more of it is nobody's business at a counter.
    pub phone_end: String,
    /// Days for which the store keeps it.
    pub keep_days: i64,
}

/// A QR code to draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PrintedCode {
    /// Its dark squares as the path of an SVG.
    pub path: String,
    /// Squares on a side, with the quiet zone.
    pub side: i32,
}

/// A line of a packing slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SlipLine {
    /// Its SKU.
    pub sku: String,
    /// What it is, in the buyer's language.
    pub title: String,
    /// Units in this parcel.
    pub units: i64,
    /// Price of one unit; null on a present.
    pub unit_price: Option<Money>,
    /// What it is made of, when it is a bundle: units and title.
    pub parts: Vec<SlipPart>,
    /// Whether it is given to an order of enough goods.
    pub gift: bool,
}

/// A part of a bundle on a packing slip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SlipPart {
    /// Units of it in the parcel.
    pub units: i64,
    /// What it is.
    pub title: String,
}

/// The orders that were chosen, or the whole queue, those that go first first.
pub(super) async fn chosen(
    rx: &mut Rx,
    ids: &[OrderId],
    to_pick: bool,
) -> Result<Vec<Order>, FlowError> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    if ids.is_empty() {
        found = figures::to_ship(rx, most).await?;
    } else {
        for id in ids.iter().take(MOST) {
            found.push(order::by_id(rx, *id).await?);
        }
        found.sort_by_key(|order| {
            let promise = order.ship_by.map_or(i64::MAX, Timestamp::micros);
            let first = order.urgent_until.map_or(i64::MAX, Timestamp::micros);
            (first, promise, order.id)
        });
    }
    if to_pick {
        found.retain(|order| awaits_shipping(order.state, order.payment_method));
    }
    Ok(found)
}

/// Packing slips of the chosen orders, or of the whole queue.
///
/// # Errors
/// An unknown order, or whatever the database says.
pub async fn slips(
    rx: &mut Rx,
    ctx: &Ctx,
    ids: &[OrderId],
    paper: Paper,
) -> Result<SlipsPage, FlowError> {
    Ok(SlipsPage {
        paper,
        orders: printed(rx, ctx, ids).await?,
    })
}

/// Shipping labels of the chosen orders, or of the whole queue.
///
/// # Errors
/// An unknown order, or whatever the database says.
pub async fn labels(rx: &mut Rx, ctx: &Ctx, ids: &[OrderId]) -> Result<LabelsPage, FlowError> {
    Ok(LabelsPage {
        orders: printed(rx, ctx, ids).await?,
    })
}

async fn printed(rx: &mut Rx, ctx: &Ctx, ids: &[OrderId]) -> Result<Vec<PrintedOrder>, FlowError> {
    let orders = chosen(rx, ids, false).await?;
    let all: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let lines = order::lines_of(rx, &all).await?;
    let from = leaving_from(rx, &all).await?;
    let places = location::list(rx).await?;
    let (rules, house) = (packing::load(rx).await?, shop::load(rx).await?);
    let couriers = Couriers::of(rx, &all).await?;
    Ok(orders
        .into_iter()
        .map(|order| {
            let place = from
                .get(&order.id)
                .and_then(|id| places.iter().find(|place| place.id == *id))
                .or(places.first());
            let own: Vec<&OrderLine> = lines.iter().filter(|l| l.order_id == order.id).collect();
            let locale = order.locale;
            let (carrier, tracking) = couriers.for_order(&order);
            PrintedOrder {
                carrier,
                tracking,
                sender: sender(place, &house, locale),
                thanks: rules.thanks.get(locale).to_owned(),
                placed_on: order
                    .placed_at
                    .in_zone(ctx.zone())
                    .strftime("%Y-%m-%d")
                    .to_string(),
                ..of_order(order, &own)
            }
        })
        .collect())
}

/// Who carries what: the carriers of the ways to deliver, and the latest parcel of each order.
struct Couriers {
    ways: Vec<DeliveryMethod>,
    parcels: HashMap<OrderId, Parcel>,
}

impl Couriers {
    async fn of(rx: &mut Rx, ids: &[OrderId]) -> Result<Self, FlowError> {
        let mut parcels = HashMap::new();
        for id in ids {
            let latest = parcel::of_order(rx, *id).await?.into_iter().next_back();
            parcels.extend(latest.map(|parcel| (*id, parcel)));
        }
        let ways = delivery::list_all(rx).await?;
        Ok(Self { ways, parcels })
    }

    /// The carrier by its name, and the number of the parcel.
    fn for_order(&self, order: &Order) -> (String, Option<Tracking>) {
        let parcel = self.parcels.get(&order.id);
        let way = self.ways.iter().find(|way| way.code == order.delivery_code);
        let code = parcel.map_or_else(|| way.map(|way| &way.carrier), |own| Some(&own.carrier));
        let number = parcel.map(|own| own.tracking_number.clone());
        let tracking = number.filter(|number| !number.is_empty());
        (
            code.map_or_else(String::new, |code| carrier::name(code, order.locale)),
            tracking.map(|number| Tracking {
                code: printed_code(&number),
                number,
            }),
        )
    }
}

fn printed_code(text: &str) -> Option<PrintedCode> {
    one_time::qr_path(text).map(|(path, side)| PrintedCode { path, side })
}

fn store_on_paper(address: &Address) -> Option<StoreOnPaper> {
    let store = address.store.as_ref()?;
    let digits: Vec<char> = address.phone.chars().filter(char::is_ascii_digit).collect();
    Some(StoreOnPaper {
        chain: store.chain_name().to_owned(),
        number: store.number.clone(),
        name: store.name.clone(),
        phone_end: digits.iter().skip(digits.len().saturating_sub(3)).collect(),
        keep_days: store.keep_days,
    })
}

/// What a paper says of an order itself.
fn of_order(order: Order, lines: &[&OrderLine]) -> PrintedOrder {
    let gift = order.is_present();
    let unpaid = order.payment_method == PaymentMethod::CashOnDelivery && order.paid_at.is_none();
    PrintedOrder {
        order_id: order.id,
        placed_on: String::new(),
        locale: order.locale,
        sender: Party {
            name: String::new(),
            phone: String::new(),
            lines: Vec::new(),
        },
        store: store_on_paper(&order.address),
        recipient: party(&order.address),
        delivery: order.delivery_name,
        carrier: String::new(),
        tracking: None,
        lines: slip_lines(lines, gift),
        gift,
        gift_wrap: order.gift_wrap.is_some(),
        gift_message: order.gift_message,
        subtotal: (!gift).then_some(order.subtotal),
        total: (!gift).then_some(order.total),
        collect: unpaid.then_some(order.total),
        thanks: String::new(),
        code: printed_code(&order.number),
        number: order.number,
    }
}

/// What is still to be sent; of an order of which all has left, everything that was.
fn slip_lines(lines: &[&OrderLine], gift: bool) -> Vec<SlipLine> {
    let over = lines.iter().all(|line| line.to_ship() == 0);
    let units = |line: &OrderLine| if over { line.shipped } else { line.to_ship() };
    let joined = |title: &str, variant: &str| format!("{title} {variant}").trim_end().to_owned();
    lines
        .iter()
        .filter(|line| units(line) > 0)
        .map(|line| SlipLine {
            sku: line.sku.clone(),
            title: joined(&line.title, &line.variant_title),
            units: units(line),
            gift: line.gift,
            unit_price: (!gift).then_some(line.unit_price),
            parts: line
                .parts
                .iter()
                .map(|part| SlipPart {
                    units: part.quantity.saturating_mul(units(line)),
                    title: joined(&part.title, &part.variant_title),
                })
                .collect(),
        })
        .collect()
}

fn party(address: &Address) -> Party {
    Party {
        name: address.name.clone(),
        phone: address.phone.clone(),
        lines: address.lines(),
    }
}

/// The place that the parcel leaves, by its own name where it has one, else by the shop's.
fn sender(place: Option<&Location>, house: &shop::Shop, locale: Locale) -> Party {
    let written = place.map(|place| &place.address);
    let filled = |own: Option<&String>, other: &str| {
        own.filter(|text| !text.is_empty())
            .map_or_else(|| other.to_owned(), Clone::clone)
    };
    Party {
        name: filled(written.map(|a| &a.name), house.name.get(locale)),
        phone: filled(written.map(|a| &a.phone), &house.contact_phone),
        lines: written
            .filter(|address| !address.line1.is_empty())
            .map(Address::lines)
            .unwrap_or_default(),
    }
}

/// The place at which most of an order's goods are held.
async fn leaving_from(
    rx: &mut Rx,
    ids: &[OrderId],
) -> Result<HashMap<OrderId, LocationId>, FlowError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (places, values) = in_list(1, ids);
    let sql = format!(
        "SELECT order_id, location_id, SUM(quantity) AS units FROM holds WHERE state IN ('held', 'committed') AND order_id IN ({places}) \
         GROUP BY order_id, location_id ORDER BY units, location_id"
    );
    let mut found = HashMap::new();
    for row in rx.rows(&sql, &values).await? {
        found.insert(row.get("order_id")?, row.get("location_id")?);
    }
    Ok(found)
}
