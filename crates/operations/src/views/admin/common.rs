//! Pieces that several pages of the back office share.

use std::collections::HashMap;

use fulfilment::zone;
use insight::SourceCode;
use kernel::{LocationId, OrderId, Timestamp, divisions, id::TypedId};
use platform::{
    Ctx, DbError, Rx,
    db::{IntoValue, Value},
    pictures,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{FlowError, shop};

/// A tab above a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TabCount {
    /// The tab, as the address names it.
    pub code: &'static str,
    /// How many rows it has; null where counting would cost too much to be worth it.
    pub count: Option<i64>,
}

/// Something that is chosen by code and shown by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamedCode {
    /// What programs and forms send.
    pub code: String,
    /// What people read, in their language.
    pub name: String,
}

/// A place where stock lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// The place.
    pub id: LocationId,
    /// Its short name for programs.
    pub code: String,
    /// Its name for people.
    pub name: String,
}

/// An order that something belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderLink {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
}

/// Where the visit that led to an order came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OrderSource {
    /// The whole code, as in `ad:google`.
    pub source: String,
    /// The part with a name in every language: `direct`, `ad`, `referral`, … or `unknown`.
    pub channel: String,
    /// The site or place after it.
    pub detail: Option<String>,
}

impl OrderSource {
    /// From the code as stored.
    #[must_use]
    pub fn of(stored: Option<&str>) -> Self {
        let code = SourceCode::stored(stored.unwrap_or("unknown"));
        Self {
            source: code.to_string(),
            channel: code.channel().to_owned(),
            detail: code.detail().map(str::to_owned),
        }
    }
}

/// The address of a stored picture.
#[must_use]
pub fn picture_url(key: Option<&str>) -> Option<String> {
    key.filter(|k| !k.is_empty())
        .map(|key| format!("/media/{key}"))
}

/// The address of a stored picture in the smallest size, for lists.
pub(crate) fn thumb_url(key: Option<&str>) -> Option<String> {
    picture_url(
        key.map(|key| pictures::sized(key, pictures::WIDTHS[0]))
            .as_deref(),
    )
}

/// The name of the person or program behind an actor as stored (`staff:NAME`); `None` for the shop itself and for
/// shoppers.
pub(crate) fn person(actor: &str) -> Option<String> {
    let (kind, name) = actor.split_once(':')?;
    matches!(kind, "staff" | "key").then(|| name.to_owned())
}

/// The last instant before the next day of the shop begins.
pub(crate) fn end_of_day(ctx: &Ctx) -> Timestamp {
    let today = ctx.now().in_zone(ctx.zone()).date();
    let midnight = today
        .tomorrow()
        .and_then(|day| day.to_zoned(ctx.zone().clone()));
    midnight.map_or_else(
        |_| ctx.now().plus_seconds(86_400),
        |zoned| zoned.timestamp().into(),
    )
}

/// The instant at which the shop's day began.
pub(crate) fn start_of_day(ctx: &Ctx) -> Timestamp {
    let today = ctx.now().in_zone(ctx.zone()).date();
    today
        .to_zoned(ctx.zone().clone())
        .map_or_else(|_| ctx.now(), |zoned| zoned.timestamp().into())
}

/// `$first, …` and the values for a list of ids, filled up to a power of two, so that few statements serve every
/// length. The list must not be empty.
pub(crate) fn in_list<I: TypedId>(first: usize, ids: &[I]) -> (String, Vec<Value>) {
    let size = ids.len().next_power_of_two();
    let filler = ids.last().copied();
    let padded = ids
        .iter()
        .copied()
        .chain(filler.into_iter().cycle())
        .take(size);
    let values: Vec<Value> = padded.map(|id| id.uuid().into_value()).collect();
    let places: Vec<String> = (first..first + values.len())
        .map(|n| format!("${n}"))
        .collect();
    (places.join(", "), values)
}

/// The numbers of orders.
pub(crate) async fn order_links(
    rx: &mut Rx,
    ids: &[OrderId],
) -> Result<HashMap<OrderId, OrderLink>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (places, values) = in_list(1, ids);
    let rows = rx
        .rows(
            &format!("SELECT id, number FROM orders WHERE id IN ({places})"),
            &values,
        )
        .await?;
    rows.iter()
        .map(|row| {
            let id = row.get("id")?;
            Ok((
                id,
                OrderLink {
                    id,
                    number: row.get("number")?,
                },
            ))
        })
        .collect()
}

/// A country that parcels go to, for the fields of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DestinationCountry {
    /// ISO 3166-1 alpha-2 code.
    pub code: String,
    /// Its regions; empty where they are typed.
    pub regions: Vec<&'static str>,
}

/// The countries that parcels go to, and the one of an address that there is already.
pub(super) async fn destinations(
    rx: &mut Rx,
    own: &str,
) -> Result<Vec<DestinationCountry>, FlowError> {
    let mut codes = shop::load(rx).await?.sends_to(&zone::tariff(rx).await?);
    if !own.is_empty() && codes.iter().all(|code| code != own) {
        codes.push(own.to_owned());
    }
    let country = |code: String| DestinationCountry {
        regions: divisions::regions(&code),
        code,
    };
    Ok(codes.into_iter().map(country).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TRF-01: a stored source is shown as channel and place; an order without a visit has an unknown one.
    #[test]
    fn a_source_has_a_channel_and_a_place() {
        let ad = OrderSource::of(Some("ad:google"));
        assert_eq!(
            (ad.channel.as_str(), ad.detail.as_deref()),
            ("ad", Some("google"))
        );
        assert_eq!(OrderSource::of(None).channel, "unknown");
    }

    #[test]
    fn only_people_and_programs_have_names() {
        assert_eq!(person("staff:林小姐"), Some("林小姐".to_owned()));
        assert_eq!(person("key:scanner: two"), Some("scanner: two".to_owned()));
        assert_eq!(person("system:jobs"), None);
        assert_eq!(person("visitor"), None);
    }
}
