//! The pick list of a wave, to print: one way along the shelves for many orders, and a box for each (ORD-08).

use std::collections::BTreeMap;

use kernel::{LocationId, OrderId, Texts, Timestamp, VariantId};
use orders::Order;
use platform::{Ctx, DbError, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{Place, in_list},
    print::chosen,
};
use crate::{FlowError, packing};

/// The pick list of a wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PickListPage {
    /// When it was printed.
    pub at: Timestamp,
    /// What to take from the shelves, place by place, in the order of the shelves.
    pub places: Vec<PickPlace>,
    /// The orders, each with its box: those that go first first, then by promise.
    pub orders: Vec<PickOrder>,
    /// How every parcel is packed; empty when the shop has not said.
    pub instructions: String,
}

/// What to take from one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PickPlace {
    /// The place.
    pub place: Place,
    /// What, in the order of the shelves.
    pub rows: Vec<PickLine>,
    /// Units of all of it.
    pub units: i64,
}

/// Units of one variant to take from a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PickLine {
    /// The shelf; empty where nobody said.
    pub shelf: String,
    /// What.
    pub sku: String,
    /// The product.
    pub product_title: String,
    /// The variant; null when the product has one variant.
    pub variant_title: Option<String>,
    /// How many.
    pub units: i64,
    /// Into which boxes.
    pub boxes: Vec<BoxUnits>,
}

/// Units that go into one box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BoxUnits {
    /// The box, from 1.
    pub number: usize,
    /// How many.
    pub units: i64,
}

/// An order of a wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PickOrder {
    /// Its box, from 1.
    pub number: usize,
    /// The order.
    pub order_id: OrderId,
    /// Its number.
    pub order_number: String,
    /// Whether it goes before others.
    pub first: bool,
    /// Until when it was promised to leave.
    pub ship_by: Option<Timestamp>,
    /// Who receives it.
    pub customer_name: String,
    /// How it goes.
    pub delivery: String,
    /// Units that go into its box.
    pub units: i64,
    /// The shopper's wish.
    pub note: Option<String>,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// Whether it is wrapped as a gift.
    pub gift_wrap: bool,
}

/// The pick list of the chosen orders, or of the whole queue. Of a bundle it lists the parts, because they are what lies
/// on the shelves and what the order holds.
///
/// # Errors
/// An unknown order, or whatever the database says.
pub async fn pick_list(rx: &mut Rx, ctx: &Ctx, ids: &[OrderId]) -> Result<PickListPage, FlowError> {
    let orders = chosen(rx, ids, true).await?;
    let rules = packing::load(rx).await?;
    let held = held(rx, ctx, &orders).await?;
    let printed = orders.iter().zip(1..).map(|(order, number)| PickOrder {
        number,
        order_id: order.id,
        order_number: order.number.clone(),
        first: order.urgent_until.is_some(),
        ship_by: order.urgent_until.or(order.ship_by),
        customer_name: order.address.name.clone(),
        delivery: order.delivery_name.clone(),
        units: held
            .iter()
            .filter(|h| h.order_id == order.id)
            .map(|h| h.units)
            .sum(),
        note: order.note.clone(),
        gift_message: order.gift_message.clone(),
        gift_wrap: order.gift_wrap.is_some(),
    });
    let printed: Vec<PickOrder> = printed.collect();
    Ok(PickListPage {
        at: ctx.now(),
        places: by_place(held, &printed),
        orders: printed,
        instructions: rules.instructions.get(ctx.locale()).to_owned(),
    })
}

/// Units that an order holds on a shelf.
struct HeldOnShelf {
    order_id: OrderId,
    place: Place,
    priority: i64,
    shelf: String,
    variant_id: VariantId,
    sku: String,
    product_title: String,
    variant_title: Option<String>,
    units: i64,
}

async fn held(rx: &mut Rx, ctx: &Ctx, orders: &[Order]) -> Result<Vec<HeldOnShelf>, FlowError> {
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (places, values) = in_list(1, &ids);
    let sql = format!(
        "SELECT h.order_id, h.variant_id, h.location_id, h.quantity, s.shelf, p.code, p.name, p.priority, v.sku, v.option_values, g.title \
         FROM holds h JOIN stock s ON s.variant_id = h.variant_id AND s.location_id = h.location_id \
         JOIN locations p ON p.id = h.location_id JOIN variants v ON v.id = h.variant_id JOIN products g ON g.id = v.product_id \
         WHERE h.state = 'held' AND h.order_id IN ({places})"
    );
    let rows = rx.rows(&sql, &values).await?;
    let read = |row: &platform::db::Row| {
        let (title, options): (Texts, Vec<Texts>) = (row.get("title")?, row.json("option_values")?);
        let variant_title = catalog::variant::joined(&options, ctx.locale());
        Ok::<_, DbError>(HeldOnShelf {
            order_id: row.get("order_id")?,
            place: Place {
                id: row.get("location_id")?,
                code: row.get("code")?,
                name: row.get("name")?,
            },
            priority: row.get("priority")?,
            shelf: row.get("shelf")?,
            variant_id: row.get("variant_id")?,
            sku: row.get("sku")?,
            product_title: title.get(ctx.locale()).to_owned(),
            variant_title: Some(variant_title).filter(|text| !text.is_empty()),
            units: row.get("quantity")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Place by place, in the order in which goods leave them; there by shelf, what has none last; one row for a variant.
fn by_place(held: Vec<HeldOnShelf>, orders: &[PickOrder]) -> Vec<PickPlace> {
    type Key = (i64, LocationId, bool, String, String, VariantId);
    let mut rows: BTreeMap<Key, (Place, PickLine)> = BTreeMap::new();
    for unit in held {
        let Some(order) = orders.iter().find(|order| order.order_id == unit.order_id) else {
            continue;
        };
        let key = (
            unit.priority,
            unit.place.id,
            unit.shelf.is_empty(),
            unit.shelf.clone(),
            unit.sku.clone(),
            unit.variant_id,
        );
        let (_, row) = rows.entry(key).or_insert_with(|| {
            let line = PickLine {
                shelf: unit.shelf,
                sku: unit.sku,
                product_title: unit.product_title,
                variant_title: unit.variant_title,
                units: 0,
                boxes: Vec::new(),
            };
            (unit.place, line)
        });
        row.units += unit.units;
        row.boxes.push(BoxUnits {
            number: order.number,
            units: unit.units,
        });
    }
    let mut places: Vec<PickPlace> = Vec::new();
    for (place, mut row) in rows.into_values() {
        row.boxes.sort_by_key(|b| b.number);
        match places.last_mut().filter(|last| last.place.id == place.id) {
            Some(last) => {
                last.units += row.units;
                last.rows.push(row);
            }
            None => places.push(PickPlace {
                units: row.units,
                rows: vec![row],
                place,
            }),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(
        order_id: OrderId,
        shelf: &str,
        sku: &str,
        variant_id: VariantId,
        place: &Place,
    ) -> HeldOnShelf {
        HeldOnShelf {
            order_id,
            place: place.clone(),
            priority: 0,
            shelf: shelf.to_owned(),
            variant_id,
            sku: sku.to_owned(),
            product_title: String::new(),
            variant_title: None,
            units: 2,
        }
    }

    /// ORD-08: one way along the shelves for a whole wave: by shelf, what has none last, units summed by variant and
    /// shared out into the boxes of their orders.
    #[test]
    fn a_wave_is_picked_on_one_way() {
        let place = Place {
            id: LocationId::new(),
            code: "main".to_owned(),
            name: "主倉".to_owned(),
        };
        let orders: Vec<PickOrder> = (1..=2)
            .map(|number| PickOrder {
                number,
                order_id: OrderId::new(),
                order_number: String::new(),
                first: false,
                ship_by: None,
                customer_name: String::new(),
                delivery: String::new(),
                units: 0,
                note: None,
                gift_message: None,
                gift_wrap: false,
            })
            .collect();
        let (tea, cup, lid) = (VariantId::new(), VariantId::new(), VariantId::new());
        let (one, two) = (orders[0].order_id, orders[1].order_id);
        let held = vec![
            unit(two, "", "LID", lid, &place),
            unit(two, "B-01", "TEA", tea, &place),
            unit(one, "A-09", "CUP", cup, &place),
            unit(one, "B-01", "TEA", tea, &place),
        ];
        let places = by_place(held, &orders);
        let way: Vec<_> = places[0]
            .rows
            .iter()
            .map(|row| {
                let boxes = row.boxes.iter().map(|b| (b.number, b.units));
                (row.sku.as_str(), row.units, boxes.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            way,
            [
                ("CUP", 2, vec![(1, 2)]),
                ("TEA", 4, vec![(1, 2), (2, 2)]),
                ("LID", 2, vec![(2, 2)]),
            ]
        );
        assert_eq!((places.len(), places[0].units), (1, 8));
    }
}
