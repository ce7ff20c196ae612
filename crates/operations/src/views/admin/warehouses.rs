//! The shop's warehouses: the list with what lies where, and the sheet on which one is decided (INV-14).

use inventory::{
    PlaceState,
    location::{self, Area, Location},
};
use kernel::{Address, LocationId, Permission, divisions};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::stock::StockCan;
use crate::FlowError;

/// Countries whose regions the sheet offers.
const COUNTRIES: [&str; 3] = ["TW", "HK", "CN"];

/// All warehouses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WarehousesPage {
    /// In the order in which goods leave them, those that are closed last.
    pub warehouses: Vec<WarehouseRow>,
    /// What the reader may do.
    pub can: StockCan,
}

/// A warehouse in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WarehouseRow {
    /// The place.
    pub id: LocationId,
    /// Its short name for programs.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub state: PlaceState,
    /// Goods leave from the smallest number first.
    pub priority: i64,
    /// Where parcels from here come from, on one line; empty where nobody wrote it.
    pub address: String,
    /// Where it is the first to send to.
    pub serves: Vec<Area>,
    /// Kinds of goods that lie there.
    pub kinds: i64,
    /// Units there.
    pub on_hand: i64,
    /// Of those, reserved for orders.
    pub reserved: i64,
    /// Kinds of goods that have fallen to their alert level there.
    pub low: i64,
    /// Units on their way there.
    pub coming: i64,
}

/// One warehouse, or the form of a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WarehousePage {
    /// The place; null for a new one.
    pub id: Option<LocationId>,
    /// Its short name for programs.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub state: PlaceState,
    /// Goods leave from the smallest number first.
    pub priority: i64,
    /// Where parcels from here come from.
    pub address: Address,
    /// Countries that an address can lie in.
    pub countries: Vec<&'static str>,
    /// Regions of the address's country.
    pub regions: Vec<&'static str>,
    /// Where it can be the first to send to, and whether it is.
    pub serves: Vec<ServedCountry>,
    /// Whether goods lie there, are on their way there, or wait to be sent from there.
    pub in_use: bool,
    /// What the reader may do.
    pub can: StockCan,
}

/// A country that a warehouse can be the first to send to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServedCountry {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// Whether it serves the whole country first.
    pub whole: bool,
    /// Whether it serves some of its regions first.
    pub some: bool,
    /// Its regions.
    pub regions: Vec<ServedRegion>,
}

/// A region that a warehouse can be the first to send to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServedRegion {
    /// Its name.
    pub name: &'static str,
    /// Whether it is served from here first.
    pub chosen: bool,
}

fn can(ctx: &Ctx) -> StockCan {
    StockCan {
        write: ctx.allows(Permission::StockWrite),
    }
}

/// All warehouses.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx, ctx: &Ctx) -> Result<WarehousesPage, FlowError> {
    let sql = "SELECT p.id, COALESCE(s.kinds, 0) AS kinds, COALESCE(s.on_hand, 0) AS on_hand, COALESCE(s.reserved, 0) AS reserved, \
               COALESCE(s.low, 0) AS low, COALESCE(t.coming, 0) AS coming FROM locations p LEFT JOIN (SELECT location_id, \
               SUM(CASE WHEN on_hand <> 0 THEN 1 ELSE 0 END) AS kinds, SUM(on_hand) AS on_hand, SUM(reserved) AS reserved, \
               SUM(CASE WHEN on_hand - reserved <= low_at THEN 1 ELSE 0 END) AS low FROM stock GROUP BY location_id) s ON s.location_id = p.id \
               LEFT JOIN (SELECT m.to_id, SUM(l.quantity - l.received - l.missing) AS coming FROM stock_transfers m \
               JOIN stock_transfer_lines l ON l.transfer_id = m.id WHERE m.state = 'sent' GROUP BY m.to_id) t ON t.to_id = p.id";
    let figures = rx.rows(sql, &[]).await?;
    let mut warehouses = Vec::new();
    for place in location::list(rx).await? {
        let mut row = row(place);
        for found in &figures {
            if found.get::<LocationId>("id")? == row.id {
                row.kinds = found.get("kinds")?;
                row.on_hand = found.get("on_hand")?;
                row.reserved = found.get("reserved")?;
                row.low = found.get("low")?;
                row.coming = found.get("coming")?;
            }
        }
        warehouses.push(row);
    }
    Ok(WarehousesPage {
        warehouses,
        can: can(ctx),
    })
}

fn row(place: Location) -> WarehouseRow {
    let written = !place.address.line1.is_empty();
    WarehouseRow {
        id: place.id,
        address: if written {
            place.address.one_line()
        } else {
            String::new()
        },
        code: place.code,
        name: place.name,
        state: place.state,
        priority: place.priority,
        serves: place.serves,
        kinds: 0,
        on_hand: 0,
        reserved: 0,
        low: 0,
        coming: 0,
    }
}

/// One warehouse.
///
/// # Errors
/// [`FlowError::NotFound`].
pub async fn one(rx: &mut Rx, ctx: &Ctx, id: LocationId) -> Result<WarehousePage, FlowError> {
    let rows = list(rx, ctx).await?.warehouses;
    let figures = rows.iter().find(|row| row.id == id);
    let in_use = figures.is_some_and(|f| f.on_hand != 0 || f.reserved != 0 || f.coming != 0);
    let mut places = location::list(rx).await?.into_iter();
    let place = places
        .find(|place| place.id == id)
        .ok_or(FlowError::NotFound)?;
    Ok(WarehousePage {
        id: Some(id),
        in_use,
        serves: served(&place.serves),
        regions: divisions::regions(&place.address.country),
        code: place.code,
        name: place.name,
        state: place.state,
        priority: place.priority,
        address: place.address,
        countries: COUNTRIES.to_vec(),
        can: can(ctx),
    })
}

/// The form of a new warehouse: after all others.
///
/// # Errors
/// Whatever the database says.
pub async fn new(rx: &mut Rx, ctx: &Ctx) -> Result<WarehousePage, FlowError> {
    let places = location::open_places(rx).await?;
    let last = places.iter().map(|place| place.priority).max();
    Ok(WarehousePage {
        id: None,
        code: String::new(),
        name: String::new(),
        state: PlaceState::Ships,
        priority: (last.unwrap_or_default() + 10).min(1_000),
        address: Address {
            country: COUNTRIES[0].to_owned(),
            ..Address::default()
        },
        countries: COUNTRIES.to_vec(),
        regions: divisions::regions(COUNTRIES[0]),
        serves: served(&[]),
        in_use: false,
        can: can(ctx),
    })
}

fn served(areas: &[Area]) -> Vec<ServedCountry> {
    let country = |code: &'static str| {
        let own: Vec<&Area> = areas.iter().filter(|area| area.country == code).collect();
        let named = |region: &str| own.iter().any(|a| a.regions.iter().any(|r| r == region));
        let regions: Vec<ServedRegion> = divisions::regions(code)
            .into_iter()
            .map(|name| ServedRegion {
                name,
                chosen: named(name),
            })
            .collect();
        ServedCountry {
            code,
            whole: own.iter().any(|area| area.regions.is_empty()),
            some: regions.iter().any(|region| region.chosen),
            regions,
        }
    };
    COUNTRIES.into_iter().map(country).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// INV-14: what a warehouse serves first is what its sheet has ticked.
    #[test]
    fn the_sheet_shows_what_is_served() {
        let area = |country: &str, regions: &[&str]| Area {
            country: country.to_owned(),
            regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        };
        let shown = served(&[area("TW", &["高雄市"]), area("HK", &[])]);
        let ticked: Vec<_> = shown
            .iter()
            .map(|c| {
                let regions = c.regions.iter().filter(|r| r.chosen).map(|r| r.name);
                (c.code, c.whole, c.some, regions.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            ticked,
            [
                ("TW", false, true, vec!["高雄市"]),
                ("HK", true, false, vec![]),
                ("CN", false, false, vec![]),
            ]
        );
    }
}
