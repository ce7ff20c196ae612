//! Ways to deliver: what each costs for a cart, from what sum it is free, how long it takes (STF-15, STF-16).

use jiff::civil::Date;
use kernel::{Currency, DeliveryMethodId, Money, Texts, Timestamp};
use platform::{Ctx, DbError, Rx, Tx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    FulfilmentError, PickupTerms, ShopCalendar, carrier, promise,
    zone::{self, Basis, Step},
};

/// A way to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeliveryMethod {
    /// Its key.
    pub id: DeliveryMethodId,
    /// Its short name for programs.
    pub code: String,
    /// Its name for people.
    pub name: Texts,
    /// One line about it.
    pub description: Texts,
    /// Code of who carries it.
    pub carrier: String,
    /// What it costs.
    pub rate: Money,
    /// From this sum of goods on it costs nothing.
    pub free_over: Option<Money>,
    /// The fewest working days it takes; 0 is the day on which it leaves.
    pub days_min: i64,
    /// The most working days it takes.
    pub days_max: i64,
    /// Whether the courier takes the money.
    pub cash_on_delivery: bool,
    /// The heaviest cart it takes, in grams.
    pub max_weight_g: Option<i64>,
    /// Its place in lists, smallest first.
    pub position: i64,
    /// Whether it is offered.
    pub active: bool,
    /// At which stores parcels are collected; `None` where they are brought to an address.
    pub pickup: Option<PickupTerms>,
    /// What the steps of its rate are counted in.
    pub basis: Basis,
    /// The steps of its rate in the zone that was asked for; none where it costs the same for every cart.
    pub steps: Vec<Step>,
}

/// A way to deliver about to be offered; the fields mean the same as in [`DeliveryMethod`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at DeliveryMethod")]
pub struct NewDeliveryMethod {
    pub code: String,
    pub name: Texts,
    pub description: Texts,
    pub carrier: String,
    pub rate: Money,
    pub free_over: Option<Money>,
    pub days_min: i64,
    pub days_max: i64,
    pub cash_on_delivery: bool,
    pub max_weight_g: Option<i64>,
    pub position: i64,
    pub pickup: Option<PickupTerms>,
}

/// What a way to deliver costs for one cart, and when it would arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryQuote {
    /// The way's code.
    pub code: String,
    /// Its name.
    pub name: Texts,
    /// One line about it.
    pub description: Texts,
    /// What it costs for this cart: nothing from `free_over` on.
    pub rate: Money,
    /// From what sum of goods on it costs nothing.
    pub free_over: Option<Money>,
    /// The first and the last date on which it may arrive when the order is paid now.
    pub estimate: (Date, Date),
    /// Whether the courier or the store takes the money.
    pub cash_on_delivery: bool,
    /// At which stores the parcel is collected; `None` where it is brought to an address.
    pub pickup: Option<PickupTerms>,
}

/// What each way to deliver costs for goods of this sum and weight, in the order of `methods`. Ways that do not take
/// the weight or the worth, or charge in another currency, are left out.
#[must_use]
pub fn quote(
    methods: &[DeliveryMethod],
    goods: Money,
    weight_g: i64,
    now: Timestamp,
    calendar: &ShopCalendar,
) -> Vec<DeliveryQuote> {
    let ship_on = promise::ship_by(now, calendar).ship_on;
    let takes = |method: &&DeliveryMethod| {
        method.rate.currency == goods.currency
            && method.max_weight_g.is_none_or(|most| weight_g <= most)
            && method
                .pickup
                .as_ref()
                .is_none_or(|store| store.takes(goods))
    };
    methods
        .iter()
        .filter(takes)
        .map(|method| DeliveryQuote {
            code: method.code.clone(),
            name: method.name.clone(),
            description: method.description.clone(),
            rate: method.rate_for(goods, weight_g),
            free_over: method.free_over,
            estimate: promise::estimate(ship_on, method.days_min, method.days_max, calendar),
            cash_on_delivery: method.cash_on_delivery,
            pickup: method.pickup.clone(),
        })
        .collect()
}

/// The quote with the lowest rate; of several, the one that arrives first, then the first in the list. Ways that end at
/// a store are for those who choose one: they count only where there is no other.
#[must_use]
pub fn cheapest(quotes: &[DeliveryQuote]) -> Option<&DeliveryQuote> {
    quotes.iter().min_by_key(|quote| {
        (
            quote.pickup.is_some(),
            quote.rate.amount,
            quote.estimate.1,
            quote.estimate.0,
        )
    })
}

impl DeliveryQuote {
    /// Whether whoever hands the parcel over takes this much money for it.
    #[must_use]
    pub fn takes_cash(&self, total: Money) -> bool {
        takes_cash(self.cash_on_delivery, self.pickup.as_ref(), total)
    }
}

fn takes_cash(cash_on_delivery: bool, pickup: Option<&PickupTerms>, total: Money) -> bool {
    cash_on_delivery && pickup.is_none_or(|store| store.takes(total))
}

impl DeliveryMethod {
    /// Whether whoever hands the parcel over takes this much money for it.
    #[must_use]
    pub fn takes_cash(&self, total: Money) -> bool {
        takes_cash(self.cash_on_delivery, self.pickup.as_ref(), total)
    }

    fn rate_for(&self, goods: Money, weight_g: i64) -> Money {
        let free = self.free_over.is_some_and(|sum| goods.amount >= sum.amount);
        if free {
            return Money::zero(self.rate.currency);
        }
        let reached = match self.basis {
            Basis::Weight => weight_g,
            Basis::Amount => goods.amount,
        };
        let step = zone::rate_at(&self.steps, reached);
        step.map_or(self.rate, |amount| Money::new(amount, self.rate.currency))
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            code: row.get("code")?,
            name: row.get("name")?,
            description: row.get("description")?,
            carrier: row.get("carrier")?,
            rate: row.money("rate")?,
            free_over: row.money_opt("free_over")?,
            days_min: row.get("days_min")?,
            days_max: row.get("days_max")?,
            cash_on_delivery: row.get("cash_on_delivery")?,
            max_weight_g: row.get("max_weight_g")?,
            position: row.get("position")?,
            active: row.get("active")?,
            pickup: PickupTerms::from_row(row)?,
            basis: Basis::default(),
            steps: Vec::new(),
        })
    }
}

impl NewDeliveryMethod {
    fn check(&self) -> Result<(), FulfilmentError> {
        if !carrier::is_known(&self.carrier) {
            return Err(FulfilmentError::UnknownCarrier(self.carrier.clone()));
        }
        let plain =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        let step = self.rate.currency.step();
        let payable = |money: &Money| {
            money.amount >= 0 && money.currency == self.rate.currency && money.amount % step == 0
        };
        let fields = [
            (
                "code",
                (1..=40).contains(&self.code.len()) && self.code.chars().all(plain),
            ),
            ("name", !self.name.is_empty()),
            ("rate", payable(&self.rate)),
            ("free_over", self.free_over.as_ref().is_none_or(payable)),
            ("days_min", self.days_min >= 0),
            ("days_max", (self.days_min..=366).contains(&self.days_max)),
            (
                "max_weight_g",
                self.max_weight_g.is_none_or(|most| most > 0),
            ),
        ];
        if let Some(store) = &self.pickup {
            store.check(self.rate.currency)?;
        }
        match fields.iter().find(|(_, good)| !good) {
            Some((field, _)) => Err(FulfilmentError::InvalidDelivery(field)),
            None => Ok(()),
        }
    }
}

const SELECT: &str = "SELECT id, code, name, description, carrier, currency, rate, free_over, days_min, days_max, \
     cash_on_delivery, max_weight_g, position, active, pickup_chain, pickup_days, pickup_most FROM delivery_methods";

/// Offers a way to deliver.
///
/// # Errors
/// [`FulfilmentError::InvalidDelivery`], [`FulfilmentError::UnknownCarrier`], [`FulfilmentError::DeliveryCodeTaken`].
pub async fn create(
    tx: &mut Tx,
    _ctx: &Ctx,
    method: NewDeliveryMethod,
) -> Result<DeliveryMethodId, FulfilmentError> {
    method.check()?;
    let id = DeliveryMethodId::new();
    let (chain, days, most) = PickupTerms::columns(method.pickup.as_ref());
    let sql = "INSERT INTO delivery_methods (id, code, name, description, carrier, currency, rate, free_over, days_min, days_max, \
               cash_on_delivery, max_weight_g, position, active, pickup_chain, pickup_days, pickup_most) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, TRUE, $14, $15, $16) \
               ON CONFLICT (code) DO NOTHING";
    let values = params![
        id,
        &method.code,
        &method.name,
        &method.description,
        &method.carrier,
        method.rate.currency,
        method.rate.amount,
        method.free_over.map(|sum| sum.amount),
        method.days_min,
        method.days_max,
        method.cash_on_delivery,
        method.max_weight_g,
        method.position,
        chain,
        days,
        most
    ];
    match tx.execute(sql, values).await? {
        0 => Err(FulfilmentError::DeliveryCodeTaken(method.code)),
        _ => {
            tx.about(|| id.to_string());
            tx.forget_recent();
            Ok(id)
        }
    }
}

/// Changes a way to deliver, all but its code. Orders keep the rate and the name with which they were placed.
///
/// # Errors
/// As [`create`]; [`FulfilmentError::UnknownDelivery`].
pub async fn update(
    tx: &mut Tx,
    _ctx: &Ctx,
    method: &NewDeliveryMethod,
    active: bool,
) -> Result<(), FulfilmentError> {
    method.check()?;
    let sql = "UPDATE delivery_methods SET name = $2, description = $3, carrier = $4, currency = $5, rate = $6, free_over = $7, \
               days_min = $8, days_max = $9, cash_on_delivery = $10, max_weight_g = $11, position = $12, active = $13, pickup_chain = $14, \
               pickup_days = $15, pickup_most = $16 WHERE code = $1";
    let (chain, days, most) = PickupTerms::columns(method.pickup.as_ref());
    let values = params![
        &method.code,
        &method.name,
        &method.description,
        &method.carrier,
        method.rate.currency,
        method.rate.amount,
        method.free_over.map(|sum| sum.amount),
        method.days_min,
        method.days_max,
        method.cash_on_delivery,
        method.max_weight_g,
        method.position,
        active,
        chain,
        days,
        most
    ];
    match tx.execute(sql, values).await? {
        0 => Err(FulfilmentError::UnknownDelivery),
        _ => {
            tx.about(|| format!("delivery:{}", method.code));
            tx.forget_recent();
            Ok(())
        }
    }
}

/// The ways that are offered, in their order.
///
/// # Errors
/// Whatever the database says.
pub async fn list_active(rx: &mut Rx) -> Result<Vec<DeliveryMethod>, FulfilmentError> {
    let sql = format!("{SELECT} WHERE active ORDER BY position, code");
    Ok(rx
        .rows(&sql, &[])
        .await?
        .iter()
        .map(DeliveryMethod::from_row)
        .collect::<Result<_, _>>()?)
}

/// All ways, offered or not, in their order.
///
/// # Errors
/// Whatever the database says.
pub async fn list_all(rx: &mut Rx) -> Result<Vec<DeliveryMethod>, FulfilmentError> {
    let sql = format!("{SELECT} ORDER BY active DESC, position, code");
    Ok(rx
        .rows(&sql, &[])
        .await?
        .iter()
        .map(DeliveryMethod::from_row)
        .collect::<Result<_, _>>()?)
}

/// Prices all ways in another currency, at the same figures in its major unit. For a shop that has not sold anything yet.
///
/// # Errors
/// Whatever the database says.
pub async fn reprice(
    tx: &mut Tx,
    _ctx: &Ctx,
    from: Currency,
    to: Currency,
) -> Result<(), FulfilmentError> {
    let sql = "UPDATE delivery_methods SET currency = $1, rate = rate * $2 / $3, free_over = free_over * $2 / $3, \
               pickup_most = pickup_most * $2 / $3";
    tx.execute(sql, params![to, to.scale(), from.scale()])
        .await?;
    tx.execute("DELETE FROM delivery_rates", &[]).await?;
    tx.forget_recent();
    Ok(())
}

/// Stops offering what costs another currency's money, and forgets its rates by zone. For a shop that moves over from
/// another system with prices in a currency of its own.
///
/// # Errors
/// Whatever the database says.
pub async fn switch_off_other_money(
    tx: &mut Tx,
    _ctx: &Ctx,
    currency: Currency,
) -> Result<(), FulfilmentError> {
    let sql = "DELETE FROM delivery_rates WHERE method_id IN (SELECT id FROM delivery_methods WHERE currency <> $1)";
    tx.execute(sql, params![currency]).await?;
    let sql = "UPDATE delivery_methods SET active = FALSE WHERE currency <> $1";
    tx.execute(sql, params![currency]).await?;
    tx.forget_recent();
    Ok(())
}

/// The way with this code, offered or not.
///
/// # Errors
/// Whatever the database says.
pub async fn by_code(rx: &mut Rx, code: &str) -> Result<Option<DeliveryMethod>, FulfilmentError> {
    let row = rx
        .row(&format!("{SELECT} WHERE code = $1"), params![code])
        .await?;
    Ok(row.as_ref().map(DeliveryMethod::from_row).transpose()?)
}
