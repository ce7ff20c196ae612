//! Telling buyers in advance that orders leave later: whom it would reach, and what was announced before (ORD-12).

use fulfilment::delivery;
use jiff::civil::Date;
use kernel::{Locale, OrderId, Timestamp};
use platform::{Ctx, Rx};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    common::{NamedCode, destinations},
    delay_list::{self, AnnouncedDelay},
};
use crate::{
    FlowError,
    flows::announce_delay::{self, Affected},
};

/// Orders that the preview names.
const NAMED: usize = 20;
/// Announcements that the page lists.
const LISTED: usize = 5;

/// Which orders would be moved, and until when.
#[derive(Debug, Clone, Default)]
pub struct DelayChoice {
    /// Code of the way to deliver.
    pub delivery_method: Option<String>,
    /// First level of the address.
    pub region: Option<String>,
    /// Promised for before the end of this date.
    pub promised_until: Option<Date>,
    /// The date on which they leave at the latest.
    pub ship_on: Option<Date>,
}

/// The page on which delays are announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DelaysPage {
    /// The way to deliver that was chosen.
    pub delivery_method: Option<String>,
    /// The region that was chosen.
    pub region: Option<String>,
    /// Until which date the orders were promised.
    #[schemars(with = "Option<String>")]
    pub promised_until: Option<Date>,
    /// On which date they leave at the latest.
    #[schemars(with = "Option<String>")]
    pub ship_on: Option<Date>,
    /// Ways to deliver.
    pub delivery_methods: Vec<NamedCode>,
    /// Regions.
    pub regions: Vec<&'static str>,
    /// All languages.
    pub locales: Vec<Locale>,
    /// Whom it would reach; null until a date was chosen.
    pub preview: Option<DelayPreview>,
    /// What was announced before, newest first.
    pub announcements: Vec<AnnouncedDelay>,
}

/// Whom an announcement would reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DelayPreview {
    /// Orders.
    pub orders: usize,
    /// People; somebody with two orders gets a letter for each.
    pub people: usize,
    /// Whether there are more orders than one announcement moves.
    pub more: bool,
    /// The first of the orders.
    pub first: Vec<DelayedOrder>,
}

/// An order that would be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DelayedOrder {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// Who ordered.
    pub buyer_name: String,
    /// When it was to leave.
    pub ship_by: Option<Timestamp>,
}

/// Which orders a choice means, and the new promise.
///
/// # Errors
/// Whatever the database says.
pub async fn chosen(
    rx: &mut Rx,
    choice: &DelayChoice,
) -> Result<Option<(Affected, Timestamp)>, FlowError> {
    let calendar = fulfilment::calendar::load(rx).await?;
    let Some(ship_on) = choice.ship_on else {
        return Ok(None);
    };
    let end_of = |date: Date| calendar.instant(date.tomorrow().unwrap_or(date), 0);
    let affected = Affected {
        delivery_method: choice.delivery_method.clone(),
        region: choice.region.clone(),
        promised_before: choice.promised_until.map(end_of),
    };
    let ship_by = calendar.instant(ship_on, calendar.collection_minute);
    Ok(Some((affected, ship_by)))
}

/// The page with whom a choice would reach.
///
/// # Errors
/// Whatever the database says.
pub async fn page(rx: &mut Rx, ctx: &Ctx, choice: DelayChoice) -> Result<DelaysPage, FlowError> {
    let preview = match chosen(rx, &choice).await? {
        None => None,
        Some((which, ship_by)) => {
            let found = announce_delay::affected(rx, &which, ship_by).await?;
            Some(DelayPreview {
                orders: found.len(),
                people: announce_delay::people(&found),
                more: found.len() >= announce_delay::MOST,
                first: found
                    .into_iter()
                    .take(NAMED)
                    .map(|order| DelayedOrder {
                        id: order.id,
                        number: order.number,
                        buyer_name: order.buyer_name,
                        ship_by: order.ship_by,
                    })
                    .collect(),
            })
        }
    };
    let countries = destinations(rx, "").await?;
    let methods = delivery::list_active(rx).await?;
    Ok(DelaysPage {
        delivery_method: choice.delivery_method,
        region: choice.region,
        promised_until: choice.promised_until,
        ship_on: choice.ship_on,
        delivery_methods: methods
            .into_iter()
            .map(|method| NamedCode {
                name: method.name.get(ctx.locale()).to_owned(),
                code: method.code,
            })
            .collect(),
        regions: countries
            .into_iter()
            .flat_map(|country| country.regions)
            .collect(),
        locales: Locale::ALL.to_vec(),
        preview,
        announcements: delay_list::newest(rx, ctx, LISTED).await?,
    })
}
