//! The page of one customer (CRM-01): who they are, what they bought, how they shop, and their one timeline.

use customers::{Customer, care, customer};
use kernel::{Address, CustomerId, Permission, ProductId, Timestamp};
use platform::{Ctx, Cursor, DbError, Rx, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::OrderSource,
    customer_timeline::{self, CustomerEntry, TimelineKind},
    customers::{CustomerFigures, figures_of},
    inquiries::{AskersOrder, orders_of},
};
use crate::FlowError;

/// Addresses and favourite products shown.
const FEW: i64 = 5;

/// A customer for the people who care for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerPage {
    /// Who they are.
    pub customer: Customer,
    /// Their tags.
    pub tags: Vec<String>,
    /// Tags that somebody has, to choose from.
    pub known_tags: Vec<String>,
    /// What they bought; null for readers who may not see orders.
    pub figures: Option<CustomerFigures>,
    /// How they shop; null for readers who may not see orders.
    pub habits: Option<Habits>,
    /// Where orders went, the newest first; empty for readers who may not see orders.
    pub addresses: Vec<Address>,
    /// Their newest orders; empty for readers who may not see orders.
    pub orders: Vec<AskersOrder>,
    /// The kind of entries that is shown; null for all.
    pub kind: Option<TimelineKind>,
    /// All kinds.
    pub kinds: Vec<TimelineKind>,
    /// What happened, newest first.
    pub timeline: Vec<CustomerEntry>,
    /// Leads to older entries; null when there are none.
    pub next_cursor: Option<Cursor>,
    /// What the reader may do.
    pub can: CustomerCan,
}

/// How somebody shops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Habits {
    /// What they bought most, in units.
    pub favourites: Vec<Favourite>,
    /// The hour of the day, on the shop's clock, in which they order most often; null without orders.
    pub usual_hour: Option<i8>,
    /// Days between two orders, on average; null before the second one.
    pub days_between: Option<i64>,
    /// Where the visit came from that led to their first order.
    pub source: OrderSource,
    /// County, city or province that their last order went to; null when it named none.
    pub region: Option<String>,
    /// On what they looked at the shop last: `phone`, `tablet` or `desktop`; null when nobody knows.
    pub device: Option<String>,
}

/// A product that somebody bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Favourite {
    /// The product.
    pub product_id: ProductId,
    /// Its name when it was bought last.
    pub title: String,
    /// Units that were not called off.
    pub units: i64,
}

/// What the reader may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerCan {
    /// Change contact data, write notes, tag, take everything out.
    pub write: bool,
    /// Forget the customer.
    pub erase: bool,
}

/// The page of a customer.
///
/// # Errors
/// [`FlowError::NotFound`], a cursor that is none, or whatever the database says.
pub async fn page(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CustomerId,
    kind: Option<TimelineKind>,
    after: Option<Cursor>,
) -> Result<CustomerPage, FlowError> {
    let found = customer::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    let sees_orders = ctx.allows(Permission::OrdersRead);
    let (mut figures, mut habits, mut addresses, mut orders) = (None, None, Vec::new(), Vec::new());
    if sees_orders {
        figures = figures_of(rx, &[id]).await?.remove(&id);
        habits = Some(self::habits(rx, ctx, id).await?);
        addresses = self::addresses(rx, id).await?;
        orders = orders_of(rx, Some(id)).await?;
    }
    let found_erased = found.erased_at;
    let timeline = customer_timeline::page(rx, ctx, id, kind, after.as_ref()).await?;
    Ok(CustomerPage {
        customer: found,
        tags: care::tags(rx, id).await?,
        known_tags: care::all_tags(rx).await?,
        figures,
        habits,
        addresses,
        orders,
        kind,
        kinds: TimelineKind::ALL.to_vec(),
        timeline: timeline.items,
        next_cursor: timeline.next_cursor,
        can: CustomerCan {
            write: ctx.allows(Permission::CustomersWrite) && found_erased.is_none(),
            erase: ctx.allows(Permission::CustomersErase),
        },
    })
}

async fn addresses(rx: &mut Rx, id: CustomerId) -> Result<Vec<Address>, FlowError> {
    let sql = "SELECT address, MAX(placed_at) AS last FROM orders WHERE customer_id = $1 GROUP BY address ORDER BY last DESC LIMIT $2";
    let rows = rx.rows(sql, params![id, FEW]).await?;
    Ok(rows
        .iter()
        .map(|row| row.json("address"))
        .collect::<Result<_, DbError>>()?)
}

async fn habits(rx: &mut Rx, ctx: &Ctx, id: CustomerId) -> Result<Habits, FlowError> {
    let sql = "SELECT l.product_id, MAX(l.title) AS title, CAST(SUM(l.quantity - l.cancelled) AS BIGINT) AS units FROM orders o \
               JOIN order_lines l ON l.order_id = o.id WHERE o.customer_id = $1 AND NOT l.gift GROUP BY l.product_id \
               HAVING SUM(l.quantity - l.cancelled) > 0 ORDER BY units DESC, title LIMIT $2";
    let rows = rx.rows(sql, params![id, FEW]).await?;
    let favourites = rows.iter().map(|row| {
        Ok(Favourite {
            product_id: row.get("product_id")?,
            title: row.get("title")?,
            units: row.get("units")?,
        })
    });
    let favourites = favourites.collect::<Result<Vec<_>, DbError>>()?;
    let sql =
        "SELECT placed_at, source FROM orders WHERE customer_id = $1 ORDER BY placed_at LIMIT 1000";
    let rows = rx.rows(sql, params![id]).await?;
    let times: Vec<Timestamp> = rows
        .iter()
        .map(|row| row.get("placed_at"))
        .collect::<Result<_, DbError>>()?;
    let source: Option<String> = match rows.first() {
        Some(row) => row.get("source")?,
        None => None,
    };
    let sql = "SELECT device FROM events WHERE visitor_id = (SELECT visitor_id FROM orders WHERE customer_id = $1 AND visitor_id IS NOT NULL \
               ORDER BY placed_at DESC LIMIT 1) ORDER BY seq DESC LIMIT 1";
    let device: Option<String> = match rx.row(sql, params![id]).await? {
        Some(row) => row.get("device")?,
        None => None,
    };
    Ok(Habits {
        favourites,
        usual_hour: usual_hour(ctx, &times),
        days_between: days_between(&times),
        source: OrderSource::of(source.as_deref()),
        region: region(rx, id).await?,
        device,
    })
}

async fn region(rx: &mut Rx, id: CustomerId) -> Result<Option<String>, DbError> {
    let sql = "SELECT address FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT 1";
    let row = rx.row(sql, params![id]).await?;
    let address: Option<Address> = row.map(|row| row.json("address")).transpose()?;
    Ok(address
        .map(|a| a.region)
        .filter(|region| !region.is_empty()))
}

/// The hour with the most instants; of equal ones the earliest.
fn usual_hour(ctx: &Ctx, times: &[Timestamp]) -> Option<i8> {
    let mut hours = [0_usize; 24];
    for at in times {
        let hour = usize::try_from(at.in_zone(ctx.zone()).hour()).unwrap_or_default();
        if let Some(count) = hours.get_mut(hour) {
            *count += 1;
        }
    }
    let most = hours.iter().max().copied().filter(|most| *most > 0)?;
    let hour = hours.iter().position(|count| *count == most)?;
    i8::try_from(hour).ok()
}

fn days_between(times: &[Timestamp]) -> Option<i64> {
    let (first, last) = (times.first()?, times.last()?);
    let gaps = i64::try_from(times.len())
        .ok()?
        .checked_sub(1)
        .filter(|gaps| *gaps > 0)?;
    Some(last.seconds_since(*first) / gaps / 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_between_orders_are_an_average() {
        let day = |n: i64| Timestamp::from_micros(0).plus_seconds(n * 86_400);
        assert_eq!(days_between(&[day(0), day(10), day(30)]), Some(15));
        assert_eq!(days_between(&[day(1)]), None);
    }
}
