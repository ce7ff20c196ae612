//! Places where stock lies: the shop's warehouses.
//!
//! Orders are served from the places that ship: first those that serve the order's region before others, then by the
//! smallest priority number ([`order_for`]). Goods at a place that only keeps them are not for sale. A place is closed
//! when nothing lies there, is on its way there or leaves from there; then nothing can be put there.

use kernel::{Address, Locale, LocationId, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params, recent};
use schemars::JsonSchema;
use serde::Serialize;

pub use crate::place::{Area, PlaceDraft, PlaceState};

use crate::InventoryError;

/// The code of the place that every shop begins with.
pub const DEFAULT_CODE: &str = "main";

/// A place where stock lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Location {
    /// Its key.
    pub id: LocationId,
    /// Its short name for programs.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// Where parcels from here come from; its fields are empty until somebody writes them.
    pub address: Address,
    /// Goods leave from the smallest number first.
    pub priority: i64,
    /// Where it is the first to send to.
    pub serves: Vec<Area>,
    /// What it is for.
    pub state: PlaceState,
    /// Since when it exists.
    pub created_at: Timestamp,
}

impl Location {
    const SELECT: &str =
        "SELECT id, code, name, address, priority, serves, state, created_at FROM locations";

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            code: row.get("code")?,
            name: row.get("name")?,
            address: row.json("address")?,
            priority: row.get("priority")?,
            serves: row.json("serves")?,
            state: row.parse("state")?,
            created_at: row.get("created_at")?,
        })
    }

    /// How near it is to an address: 0 when it serves the region first, 1 the country, 2 neither.
    #[must_use]
    pub fn distance(&self, to: &Address) -> u8 {
        let mut own = self
            .serves
            .iter()
            .filter(|area| area.country == to.country)
            .peekable();
        if own.peek().is_none() {
            return 2;
        }
        let (mut whole, mut named) = (false, false);
        for area in own {
            whole |= area.regions.is_empty();
            named |= area.regions.contains(&to.region);
        }
        match (named, whole) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        }
    }
}

const INSERT: &str = "INSERT INTO locations (id, code, name, priority, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code) DO NOTHING";

/// Makes the shop's first place unless it exists, named in the language of the context.
///
/// # Errors
/// Whatever the database says.
pub async fn ensure_default(tx: &mut Tx, ctx: &Ctx) -> Result<LocationId, InventoryError> {
    let name = match ctx.locale() {
        Locale::Hant => "主倉",
        Locale::Hans => "主仓",
        Locale::En => "Main warehouse",
    };
    tx.execute(
        INSERT,
        params![LocationId::new(), DEFAULT_CODE, name, 0_i64, ctx.now()],
    )
    .await?;
    Ok(tx
        .scalar(
            "SELECT id FROM locations WHERE code = $1",
            params![DEFAULT_CODE],
        )
        .await?)
}

/// Adds a place that ships, with nothing but a name.
///
/// # Errors
/// [`InventoryError::LocationCodeTaken`].
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    code: &str,
    name: &str,
    priority: i64,
) -> Result<LocationId, InventoryError> {
    let id = LocationId::new();
    tx.forget_recent();
    match tx
        .execute(INSERT, params![id, code, name, priority, ctx.now()])
        .await?
    {
        0 => Err(InventoryError::LocationCodeTaken(code.to_owned())),
        _ => Ok(id),
    }
}

/// Adds a place as somebody decided it.
///
/// # Errors
/// [`InventoryError::PlaceInvalid`] naming the field, [`InventoryError::LocationCodeTaken`].
pub async fn add(tx: &mut Tx, ctx: &Ctx, draft: &PlaceDraft) -> Result<LocationId, InventoryError> {
    checked(draft)?;
    let id = create(tx, ctx, &draft.code, draft.name.trim(), draft.priority).await?;
    write(tx, id, draft).await?;
    Ok(id)
}

/// Replaces what was decided about a place. Its code stays, because files and programs know the place by it.
///
/// # Errors
/// [`InventoryError::PlaceInvalid`] naming the field, [`InventoryError::UnknownLocation`], [`InventoryError::PlaceClosed`],
/// [`InventoryError::LastPlace`] when no other place ships.
pub async fn edit(tx: &mut Tx, id: LocationId, draft: &PlaceDraft) -> Result<(), InventoryError> {
    checked(draft)?;
    let places = lock_all(tx).await?;
    match state_in(&places, id)? {
        PlaceState::Closed => return Err(InventoryError::PlaceClosed(id)),
        PlaceState::Ships if !draft.ships && !others_ship(&places, id) => {
            return Err(InventoryError::LastPlace);
        }
        PlaceState::Ships | PlaceState::Keeps => {}
    }
    tx.forget_recent();
    write(tx, id, draft).await
}

/// Closes a place where nothing lies and to or from which nothing is on its way.
///
/// # Errors
/// [`InventoryError::PlaceNotEmpty`], [`InventoryError::LastPlace`], [`InventoryError::UnknownLocation`],
/// [`InventoryError::PlaceClosed`] when it was closed before.
pub async fn close(tx: &mut Tx, id: LocationId) -> Result<(), InventoryError> {
    let places = lock_all(tx).await?;
    let state = state_in(&places, id)?;
    if state == PlaceState::Closed {
        return Err(InventoryError::PlaceClosed(id));
    }
    if state == PlaceState::Ships && !others_ship(&places, id) {
        return Err(InventoryError::LastPlace);
    }
    tx.forget_recent();
    // The stock rows learn the new state with it, and their CHECK refuses one that is not empty.
    let sql = "UPDATE locations SET state = 'closed' WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM stock_transfers \
               WHERE state IN ('draft', 'sent') AND (from_id = $1 OR to_id = $1)) \
               AND NOT EXISTS (SELECT 1 FROM stock WHERE location_id = $1 AND (on_hand <> 0 OR reserved <> 0))";
    match tx.execute(sql, params![id]).await {
        Ok(0) | Err(DbError::Constraint(_)) => Err(InventoryError::PlaceNotEmpty(id)),
        Ok(_) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Opens a place again; goods there are not for sale until somebody says so.
///
/// # Errors
/// [`InventoryError::UnknownLocation`], also for a place that is open.
pub async fn reopen(tx: &mut Tx, id: LocationId) -> Result<(), InventoryError> {
    tx.forget_recent();
    let sql = "UPDATE locations SET state = 'keeps' WHERE id = $1 AND state = 'closed'";
    match tx.execute(sql, params![id]).await? {
        0 => Err(InventoryError::UnknownLocation(id)),
        _ => Ok(()),
    }
}

fn checked(draft: &PlaceDraft) -> Result<(), InventoryError> {
    match draft.problem() {
        Some((field, key)) => Err(InventoryError::PlaceInvalid { field, key }),
        None => Ok(()),
    }
}

async fn write(tx: &mut Tx, id: LocationId, draft: &PlaceDraft) -> Result<(), InventoryError> {
    let state = if draft.ships {
        PlaceState::Ships
    } else {
        PlaceState::Keeps
    };
    let sql = "UPDATE locations SET name = $2, address = $3, priority = $4, serves = $5, state = $6 WHERE id = $1";
    let values = params![
        id,
        draft.name.trim(),
        serde_json::to_value(&draft.address).unwrap_or_default(),
        draft.priority,
        serde_json::to_value(&draft.serves).unwrap_or_default(),
        state.code()
    ];
    Ok(tx.execute_one(sql, values).await?)
}

/// All places with their states, locked, so that they change and send one after another.
pub(crate) async fn lock_all(tx: &mut Tx) -> Result<Vec<(LocationId, PlaceState)>, InventoryError> {
    let sql = format!(
        "SELECT id, state FROM locations ORDER BY id{}",
        tx.dialect().for_update()
    );
    let rows = tx.rows(&sql, &[]).await?;
    let found = rows
        .iter()
        .map(|row| Ok::<_, DbError>((row.get("id")?, row.parse("state")?)));
    Ok(found.collect::<Result<_, _>>()?)
}

pub(crate) fn state_in(
    places: &[(LocationId, PlaceState)],
    id: LocationId,
) -> Result<PlaceState, InventoryError> {
    let found = places.iter().find(|(place, _)| *place == id);
    found
        .map(|(_, state)| *state)
        .ok_or(InventoryError::UnknownLocation(id))
}

fn others_ship(places: &[(LocationId, PlaceState)], id: LocationId) -> bool {
    let mut others = places.iter().filter(|(place, _)| *place != id);
    others.any(|(_, state)| *state == PlaceState::Ships)
}

/// All places in the order in which goods leave them, those that are closed last.
///
/// # Errors
/// Whatever the database says.
pub async fn list(rx: &mut Rx) -> Result<Vec<Location>, InventoryError> {
    let sql = format!(
        "{} ORDER BY CASE state WHEN 'closed' THEN 1 ELSE 0 END, priority, code",
        Location::SELECT
    );
    Ok(rx
        .rows(&sql, &[])
        .await?
        .iter()
        .map(Location::from_row)
        .collect::<Result<_, _>>()?)
}

/// All places that are not closed, in the order in which goods leave them.
///
/// # Errors
/// Whatever the database says.
pub async fn open_places(rx: &mut Rx) -> Result<Vec<Location>, InventoryError> {
    let mut places = list(rx).await?;
    places.retain(|place| place.state != PlaceState::Closed);
    Ok(places)
}

/// The place with this code.
///
/// # Errors
/// Whatever the database says.
pub async fn by_code(rx: &mut Rx, code: &str) -> Result<Option<Location>, InventoryError> {
    let sql = format!("{} WHERE code = $1", Location::SELECT);
    Ok(rx
        .row(&sql, params![code])
        .await?
        .as_ref()
        .map(Location::from_row)
        .transpose()?)
}

/// The place that goods leave first; commands that name no place mean this one.
///
/// # Errors
/// [`InventoryError::NoLocation`] in a shop without any.
pub async fn first(rx: &mut Rx) -> Result<LocationId, InventoryError> {
    let sql = "SELECT id FROM locations ORDER BY CASE state WHEN 'ships' THEN 0 WHEN 'keeps' THEN 1 ELSE 2 END, priority, code LIMIT 1";
    let row = rx.row(sql, &[]).await?;
    Ok(row.ok_or(InventoryError::NoLocation)?.get("id")?)
}

/// The places that ship, as they were at most a moment ago, in the order in which an order to this address is served
/// from them: those that serve its region first, then those that serve its country first, then the rest; among equals
/// by priority.
///
/// # Errors
/// Whatever the database says.
pub async fn order_for(
    rx: &mut Rx,
    ctx: &Ctx,
    to: &Address,
) -> Result<Vec<LocationId>, InventoryError> {
    let places = recent::recent(rx, ctx, "inventory.locations", list).await?;
    Ok(nearest_first(&places, to))
}

fn nearest_first(places: &[Location], to: &Address) -> Vec<LocationId> {
    let mut ships: Vec<&Location> = places
        .iter()
        .filter(|place| place.state == PlaceState::Ships)
        .collect();
    ships.sort_by_key(|place| (place.distance(to), place.priority, &place.code));
    ships.into_iter().map(|place| place.id).collect()
}

/// Refuses a place that does not exist, or is closed.
pub(crate) async fn check(rx: &mut Rx, id: LocationId) -> Result<(), InventoryError> {
    let row = rx
        .row("SELECT state FROM locations WHERE id = $1", params![id])
        .await?;
    let state: PlaceState = row
        .ok_or(InventoryError::UnknownLocation(id))?
        .parse("state")?;
    match state {
        PlaceState::Closed => Err(InventoryError::PlaceClosed(id)),
        PlaceState::Ships | PlaceState::Keeps => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(priority: i64, serves: &[(&str, &[&str])]) -> Location {
        let area = |(country, regions): &(&str, &[&str])| Area {
            country: (*country).to_owned(),
            regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        };
        Location {
            id: LocationId::new(),
            code: format!("p{priority}"),
            name: String::new(),
            address: Address::default(),
            priority,
            serves: serves.iter().map(area).collect(),
            state: PlaceState::Ships,
            created_at: Timestamp::from_micros(0),
        }
    }

    /// INV-14: the place that serves a region comes before one that serves the country, that before all others, and
    /// among equals the smallest number; a place that only keeps goods serves nobody.
    #[test]
    fn the_nearest_place_serves_first() {
        let north = place(1, &[("TW", &["臺北市", "新北市"])]);
        let island = place(2, &[("TW", &[])]);
        let abroad = place(0, &[("HK", &[])]);
        let mut store = place(3, &[("TW", &[])]);
        store.state = PlaceState::Keeps;
        let all = [north, island, abroad, store];
        let to = |country: &str, region: &str| Address {
            country: country.to_owned(),
            region: region.to_owned(),
            ..Address::default()
        };
        let [north, island, abroad, _] = &all;
        for (address, wanted) in [
            (to("TW", "臺北市"), [north.id, island.id, abroad.id]),
            (to("TW", "花蓮縣"), [island.id, abroad.id, north.id]),
            (to("HK", "九龍"), [abroad.id, north.id, island.id]),
            (Address::default(), [abroad.id, north.id, island.id]),
        ] {
            assert_eq!(nearest_first(&all, &address), wanted, "{address:?}");
        }
    }
}
