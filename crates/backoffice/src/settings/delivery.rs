//! Ways to deliver, zones and their rates.

use std::{collections::BTreeMap, sync::Arc};

use fulfilment::{
    FulfilmentError, PickupTerms,
    delivery::{self, NewDeliveryMethod},
    pickup::USUAL_DAYS,
    zone::{self, Basis, NewRate, NewZone, Step, ZonePlace},
};
use kernel::{Currency, DeliveryMethodId, DeliveryZoneId, Texts, pickup};
use operations::{
    FlowError,
    views::admin::settings::{
        delivery::{self as views, Asked, DeliveryPage, MethodPage},
        delivery_zone::{self, ZonePage},
    },
};
use platform::{
    Ctx,
    web::{Done, FieldProblem, Page, Path, Problem, Query, form as fields},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{currency, identity::trimmed, optional, wrong};
use crate::{
    Backoffice,
    forms::{Amount, Count, Form, Nothing},
    paths::{DeliveryMethodPath, DeliveryZonePath},
};

const PAGE: &str = "/admin/settings/delivery";

/// What to try.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TrialQuery {
    /// The country of the address.
    country: String,
    /// Its region.
    region: String,
    /// The sum of the goods, as typed.
    goods: Option<Amount>,
    /// What they weigh, in grams.
    #[serde(deserialize_with = "fields::whole_opt")]
    weight_g: Option<i64>,
}

/// A way to deliver.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MethodForm {
    /// Its code; it stays for good. Left out where the way exists already.
    #[serde(default)]
    code: String,
    /// Its name.
    #[serde(default)]
    name: Texts,
    /// One line about it.
    #[serde(default)]
    description: Texts,
    /// Code of who carries it; a chain of stores has its own.
    carrier: String,
    /// Code of the chain of stores at which parcels are collected; left out or empty where they go to an address.
    #[serde(default)]
    pickup_chain: String,
    /// Days for which a store keeps a parcel; seven when it is left out.
    #[serde(default)]
    pickup_days: Option<Count>,
    /// The most that one parcel to a store may be worth; without a limit when it is left out.
    #[serde(default)]
    pickup_most: Option<Amount>,
    /// What it costs where no zone says otherwise.
    rate: Amount,
    /// From this sum of goods on it costs nothing.
    #[serde(default)]
    free_over: Option<Amount>,
    /// The fewest working days it takes.
    days_min: Count,
    /// The most working days it takes.
    days_max: Count,
    /// Whether the courier takes the money.
    #[serde(default, deserialize_with = "fields::flag")]
    cash_on_delivery: bool,
    /// The heaviest cart it takes, in grams.
    #[serde(default)]
    max_weight_g: Option<Count>,
    /// Its place in lists.
    position: Count,
    /// Whether it is offered.
    #[serde(default, deserialize_with = "fields::flag")]
    active: bool,
}

/// A zone.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ZoneForm {
    /// What the staff call it.
    #[serde(default)]
    name: String,
    /// What it covers, one place a line: a country's code, then regions where only those belong to it.
    #[serde(default)]
    places: String,
    /// Its place in lists.
    position: Count,
    /// What each way costs there, by its code.
    #[serde(default)]
    rates: BTreeMap<String, RateForm>,
}

/// What a way to deliver costs in a zone.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RateForm {
    /// Whether it is offered there.
    #[serde(deserialize_with = "fields::flag")]
    offered: bool,
    /// What the steps are counted in.
    basis: Basis,
    /// The steps by their number; those without a rate do not count.
    steps: BTreeMap<String, StepForm>,
    /// From this sum of goods on it costs nothing.
    free_over: Option<Amount>,
    /// The fewest working days it takes.
    days_min: Option<Count>,
    /// The most working days it takes.
    days_max: Option<Count>,
    /// Whether the courier takes the money.
    #[serde(deserialize_with = "fields::flag")]
    cash_on_delivery: bool,
}

/// A step of a rate.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StepForm {
    /// From this weight in grams, or this sum, on; 0 when it is left out.
    from: Option<String>,
    /// What it costs.
    rate: Option<Amount>,
}

/// A way to deliver that was kept.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MethodKept {
    /// Its code.
    code: String,
}

/// A zone that was kept or taken away.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ZoneKept {
    /// The zone.
    id: DeliveryZoneId,
}

/// Ways to deliver and zones.
pub(crate) async fn show(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Query(query): Query<TrialQuery>,
) -> Result<Page<DeliveryPage>, Problem> {
    let asked = Asked {
        goods: optional(query.goods.as_ref(), currency(&ctx).await?, "goods")?,
        country: query.country,
        region: query.region,
        weight_g: query.weight_g.unwrap_or(0).max(0),
    };
    let read = ctx.read(async move |rx, ctx| views::page(rx, ctx, asked).await);
    Ok(Page::new(read.await?))
}

async fn method_page(ctx: &Ctx, id: Option<DeliveryMethodId>) -> Result<MethodPage, Problem> {
    let read = ctx.read(async move |rx, ctx| views::method(rx, ctx, id).await);
    Ok(read.await?)
}

/// An empty form for a way to deliver.
pub(crate) async fn new_method(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<MethodPage>, Problem> {
    Ok(Page::new(method_page(&ctx, None).await?))
}

/// One way to deliver.
pub(crate) async fn method(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<DeliveryMethodPath>,
) -> Result<Page<MethodPage>, Problem> {
    Ok(Page::new(method_page(&ctx, Some(at.id)).await?))
}

/// Offers a way to deliver.
pub(crate) async fn create_method(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<MethodForm>,
) -> Result<Done<MethodKept>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = value?.into_method(&ctx, None).await?.0;
        let code = new.code.clone();
        let made = ctx.write(async move |tx, ctx| delivery::create(tx, ctx, new.clone()).await);
        made.await.map_err(explain)?;
        Ok(Done::created(MethodKept { code }, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, method_page(&ctx, None)).await
}

/// Changes a way to deliver.
pub(crate) async fn save_method(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<DeliveryMethodPath>, Form<MethodForm>),
) -> Result<Done<MethodKept>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let known = method_page(&ctx, Some(at.id)).await?;
        let (new, active) = value?.into_method(&ctx, Some(known.code)).await?;
        let code = new.code.clone();
        let changed = ctx.write(async move |tx, ctx| delivery::update(tx, ctx, &new, active).await);
        changed.await.map_err(explain)?;
        Ok(Done::new(MethodKept { code }, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, method_page(&ctx, Some(at.id))).await
}

impl MethodForm {
    async fn into_method(
        self,
        ctx: &Ctx,
        code: Option<String>,
    ) -> Result<(NewDeliveryMethod, bool), Problem> {
        let currency = currency(ctx).await?;
        let stores = pickup::chain(self.pickup_chain.trim());
        if stores.is_none() && !self.pickup_chain.trim().is_empty() {
            return Err(wrong("pickup_chain", "error-invalid-value"));
        }
        let most = optional(self.pickup_most.as_ref(), currency, "pickup_most")?;
        let new = NewDeliveryMethod {
            code: code.unwrap_or_else(|| self.code.trim().to_lowercase()),
            name: trimmed(self.name),
            description: trimmed(self.description),
            carrier: stores.map_or(self.carrier, |chain| chain.code.to_owned()),
            rate: self.rate.money(currency, "rate")?,
            free_over: optional(self.free_over.as_ref(), currency, "free_over")?,
            days_min: self.days_min.0,
            days_max: self.days_max.0,
            cash_on_delivery: self.cash_on_delivery,
            max_weight_g: self.max_weight_g.map(|count| count.0),
            position: self.position.0,
            pickup: stores.map(|chain| PickupTerms {
                chain: chain.code.to_owned(),
                keep_days: self.pickup_days.map_or(USUAL_DAYS, |count| count.0),
                most,
            }),
        };
        Ok((new, self.active))
    }
}

async fn zone_page(ctx: &Ctx, id: Option<DeliveryZoneId>) -> Result<ZonePage, Problem> {
    let read = ctx.read(async move |rx, ctx| delivery_zone::zone(rx, ctx, id).await);
    Ok(read.await?)
}

/// An empty form for a zone.
pub(crate) async fn new_zone(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (): (),
) -> Result<Page<ZonePage>, Problem> {
    Ok(Page::new(zone_page(&ctx, None).await?))
}

/// One zone.
pub(crate) async fn zone(
    _: Arc<Backoffice>,
    ctx: Ctx,
    Path(at): Path<DeliveryZonePath>,
) -> Result<Page<ZonePage>, Problem> {
    Ok(Page::new(zone_page(&ctx, Some(at.id)).await?))
}

/// Makes a zone.
pub(crate) async fn create_zone(
    _: Arc<Backoffice>,
    ctx: Ctx,
    form: Form<ZoneForm>,
) -> Result<Done<ZoneKept>, Problem> {
    keep_zone(&ctx, None, form).await
}

/// Changes a zone.
pub(crate) async fn save_zone(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<DeliveryZonePath>, Form<ZoneForm>),
) -> Result<Done<ZoneKept>, Problem> {
    keep_zone(&ctx, Some(at.id), form).await
}

async fn keep_zone(
    ctx: &Ctx,
    id: Option<DeliveryZoneId>,
    form: Form<ZoneForm>,
) -> Result<Done<ZoneKept>, Problem> {
    let Form { value, sent } = form;
    let work = async {
        let new = value?.into_zone(currency(ctx).await?)?;
        let kept = ctx.write(async move |tx, ctx| zone::save(tx, ctx, id, &new).await);
        let id = kept.await.map_err(explain)?;
        Ok(Done::new(ZoneKept { id }, sent.next(PAGE)).flash("admin-flash-saved"))
    };
    sent.or_show(work, zone_page(ctx, id)).await
}

/// Takes a zone away with its rates.
pub(crate) async fn remove_zone(
    _: Arc<Backoffice>,
    ctx: Ctx,
    (Path(at), form): (Path<DeliveryZonePath>, Form<Nothing>),
) -> Result<Done<ZoneKept>, Problem> {
    form.value?;
    let gone = ctx.write(async move |tx, ctx| zone::remove(tx, ctx, at.id).await);
    gone.await.map_err(explain)?;
    Ok(Done::new(ZoneKept { id: at.id }, form.sent.next(PAGE)).flash("admin-flash-removed"))
}

impl ZoneForm {
    fn into_zone(self, currency: Currency) -> Result<NewZone, Problem> {
        let mut rates = Vec::new();
        for (code, rate) in self.rates.into_iter().filter(|(_, rate)| rate.offered) {
            let rate = rate.into_rate(&code, currency)?;
            if let Err(FulfilmentError::InvalidDelivery(field)) = rate.check(currency) {
                return Err(wrong(&format!("rates.{code}.{field}"), key_of(field)));
            }
            rates.push((code, rate));
        }
        Ok(NewZone {
            name: self.name,
            places: places(&self.places),
            position: self.position.0,
            rates,
        })
    }
}

impl RateForm {
    fn into_rate(self, code: &str, currency: Currency) -> Result<NewRate, Problem> {
        let at = |field: &str| format!("rates.{code}.{field}");
        let mut rows: Vec<(u32, StepForm)> = self
            .steps
            .into_iter()
            .map(|(number, step)| (number.parse().unwrap_or(u32::MAX), step))
            .collect();
        rows.sort_by_key(|(number, _)| *number);
        let mut steps = Vec::new();
        for (_, row) in rows {
            let Some(rate) = row.rate else { continue };
            let text = row.from.unwrap_or_default();
            let from = match (text.trim(), self.basis) {
                ("", _) => Some(0),
                (grams, Basis::Weight) => grams.replace(',', "").parse().ok().filter(|g| *g >= 0),
                (sum, Basis::Amount) => Amount::Typed(sum.to_owned())
                    .money(currency, "from")
                    .ok()
                    .map(|money| money.amount),
            };
            steps.push(Step {
                from: from.ok_or_else(|| wrong(&at("steps"), "error-settings-steps"))?,
                rate: rate.money(currency, &at("steps"))?.amount,
            });
        }
        Ok(NewRate {
            basis: self.basis,
            steps,
            free_over: optional(self.free_over.as_ref(), currency, &at("free_over"))?
                .map(|money| money.amount),
            days_min: self.days_min.map_or(1, |count| count.0),
            days_max: self.days_max.map_or(3, |count| count.0),
            cash_on_delivery: self.cash_on_delivery,
        })
    }
}

/// Places as people write them, one a line.
fn places(text: &str) -> Vec<ZonePlace> {
    let lines = text.lines().map(|line| {
        line.split([' ', ',', '，', '、', ':', '：', '\t', '\u{3000}'])
            .filter(|word| !word.is_empty())
    });
    lines
        .filter_map(|mut words| {
            Some(ZonePlace {
                country: words.next()?.to_uppercase(),
                regions: words.map(str::to_owned).collect(),
            })
        })
        .collect()
}

/// What is wrong, said at its field.
fn explain(error: FulfilmentError) -> Problem {
    match error {
        FulfilmentError::InvalidDelivery(field) => wrong(field, key_of(field)),
        FulfilmentError::DeliveryCodeTaken(_) => wrong("code", "error-delivery-code-taken"),
        FulfilmentError::UnknownCarrier(_) => wrong("carrier", "error-parcel-carrier"),
        FulfilmentError::UnknownZone => Problem::not_found(),
        FulfilmentError::PlaceTaken { place, zone } => {
            let field = FieldProblem {
                field: "places".to_owned(),
                key: "error-delivery-place-taken",
                args: vec![("place", place), ("zone", zone)],
            };
            Problem::invalid("error-invalid-input").with_fields(vec![field])
        }
        other => FlowError::from(other).into(),
    }
}

fn key_of(field: &str) -> &'static str {
    match field {
        "code" => "error-settings-code",
        "name" => "error-required",
        "places" => "error-settings-places",
        "steps" => "error-settings-steps",
        "days_min" | "days_max" | "pickup_days" => "error-settings-days",
        _ => "error-invalid-value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_line_by_line() {
        let read = places("tw\n\nHK：九龍、香港島\n*");
        let countries: Vec<(&str, usize)> = read
            .iter()
            .map(|p| (p.country.as_str(), p.regions.len()))
            .collect();
        assert_eq!(countries, [("TW", 0), ("HK", 2), ("*", 0)]);
    }
}
