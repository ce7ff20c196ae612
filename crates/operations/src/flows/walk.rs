//! Walking through the shop as its first customer (STF-24): home, product, cart, checkout, order, and the order called
//! off again.
//!
//! Everything happens by the commands that shoppers use, in one transaction that is taken back at its end: no unit stays
//! held, no letter leaves, no figure counts it. Each step tells how long it took and what a customer would stumble over.

use std::time::Instant;

use catalog::{media, sellable};
use kernel::{Address, Permissions, Quantity, Timestamp, VariantId, divisions};
use orders::{Cause, CheckoutDraft, PaymentMethod, cart, checkout, order};
use platform::{Actor, Ctx, DbError, Tx, secret};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    checkout::problems,
    end_order,
    place_order::{self, Seen},
};
use crate::{
    FlowError, bundles,
    pricing::{self, Priced},
    views::{admin::start, shop::facts::Facts},
};

/// A step that takes longer than this, in milliseconds, is told.
const SLOW: i64 = 500;

/// What a walk found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Walked {
    /// When.
    pub at: Timestamp,
    /// The steps as far as the walk came.
    pub steps: Vec<WalkedStep>,
    /// Whether it came to the end without anything in the way.
    pub passed: bool,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WalkedStep {
    /// `home`, `product`, `cart`, `checkout`, `order` or `cancellation`.
    pub code: String,
    /// How long it took, in milliseconds.
    pub millis: i64,
    /// What a customer would stumble over: codes with words in every language.
    pub problems: Vec<String>,
    /// Whether the walk could not go on.
    pub stopped: bool,
}

/// Why the transaction of a walk ends: always without keeping anything.
enum End {
    Walked(Box<Walked>),
    Broken(FlowError),
}

impl From<DbError> for End {
    fn from(error: DbError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<FlowError> for End {
    fn from(error: FlowError) -> Self {
        Self::Broken(error)
    }
}

/// Walks through the shop; nothing of it stays.
///
/// # Errors
/// Whatever the database says.
pub async fn walk(ctx: &Ctx) -> Result<Walked, FlowError> {
    let shopper = ctx.acting(Actor::Visitor, Permissions::NONE).during(None);
    let ended = shopper
        .write(async |tx, ctx| {
            let mut walk = Walk::new(ctx.now());
            let stop = go(tx, ctx, &mut walk).await;
            walk.end(&stop);
            Err::<(), End>(End::Walked(Box::new(walk.found)))
        })
        .await;
    match ended {
        Err(End::Walked(found)) => Ok(*found),
        Err(End::Broken(error)) => Err(error),
        Ok(()) => Err(FlowError::NotFound),
    }
}

/// The walk under way.
struct Walk {
    found: Walked,
    since: Instant,
}

impl Walk {
    fn new(at: Timestamp) -> Self {
        Self {
            found: Walked {
                at,
                steps: Vec::new(),
                passed: false,
            },
            since: Instant::now(),
        }
    }

    /// Ends a step with what was found in it.
    fn step(&mut self, code: &str, problems: &[&str]) {
        self.add(code, problems, false);
    }

    fn add(&mut self, code: &str, problems: &[&str], stopped: bool) {
        let millis = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        let mut problems: Vec<String> = problems.iter().map(|p| (*p).to_owned()).collect();
        if millis > SLOW {
            problems.push("slow".to_owned());
        }
        self.found.steps.push(WalkedStep {
            code: code.to_owned(),
            millis,
            problems,
            stopped,
        });
        self.since = Instant::now();
    }

    fn end(&mut self, ended: &Result<(), Stopped>) {
        if let Err(Stopped { step, problem }) = ended {
            self.add(step, &[problem], true);
        }
        self.found.passed = self
            .found
            .steps
            .iter()
            .all(|s| s.problems.is_empty() && !s.stopped);
    }
}

/// Where the walk could not go on.
struct Stopped {
    step: &'static str,
    problem: &'static str,
}

const fn stop(step: &'static str, problem: &'static str) -> Stopped {
    Stopped { step, problem }
}

async fn go(tx: &mut Tx, ctx: &Ctx, walk: &mut Walk) -> Result<(), Stopped> {
    let facts = Facts::load(tx).await.map_err(|_| stop("home", "broken"))?;
    walk.step("home", &home_problems(&facts));
    let variant = product(tx, ctx, walk).await?;
    let before = available(tx, variant).await;
    let token = fill_cart(tx, ctx, walk, variant).await?;
    let hash = secret::token_hash(&token);
    fill_in(tx, ctx, walk, &facts, &hash).await?;
    let placed = place_order::place(tx, ctx, Some(&token), Seen::default())
        .await
        .map_err(|error| stop("order", word(&error)))?;
    let held = available(tx, variant).await;
    walk.step("order", if held < before { &[] } else { &["not_held"] });
    let order = order::lock(tx, placed.order.id)
        .await
        .map_err(|_| stop("cancellation", "broken"))?;
    end_order::cancel_locked(tx, ctx, &order, &Cause::new("buyer"), None)
        .await
        .map_err(|error| stop("cancellation", word(&error)))?;
    let after = available(tx, variant).await;
    walk.step(
        "cancellation",
        if after == before {
            &[]
        } else {
            &["not_released"]
        },
    );
    Ok(())
}

fn home_problems(facts: &Facts) -> Vec<&'static str> {
    let shop = &facts.shop;
    let standard = crate::shop::Shop::default();
    let mut found = Vec::new();
    if shop.name.is_empty() || shop.name == standard.name {
        found.push("no_name");
    }
    if shop.contact_email.is_empty() && shop.contact_phone.is_empty() {
        found.push("no_contact");
    }
    if !facts.pages.iter().any(|page| page.touched) {
        found.push("no_policies");
    }
    found
}

async fn available(tx: &mut Tx, variant: VariantId) -> i64 {
    let found = bundles::available(tx, &[variant], &[variant]).await;
    found.map_or(0, |(free, _)| free.get(&variant).copied().unwrap_or(0))
}

/// The page of the first product that can be bought, or that nothing can.
async fn product(tx: &mut Tx, ctx: &Ctx, walk: &mut Walk) -> Result<VariantId, Stopped> {
    let id = start::first_to_buy(tx)
        .await
        .map_err(|_| stop("product", "broken"))?
        .ok_or(stop("product", "no_product"))?;
    let sold = sellable::of(tx, &[id])
        .await
        .ok()
        .and_then(|all| all.into_iter().next())
        .ok_or(stop("product", "no_product"))?;
    let pictures = media::of(tx, &[sold.product_id])
        .await
        .map_err(|_| stop("product", "broken"))?;
    let mut problems = Vec::new();
    if pictures.is_empty() {
        problems.push("no_picture");
    }
    if sold.price.amount == 0 {
        problems.push("no_price");
    }
    if sold.product_title.get(ctx.locale()).is_empty() {
        problems.push("no_title");
    }
    if available(tx, id).await <= 0 {
        return Err(stop("product", "sold_out"));
    }
    walk.step("product", &problems);
    Ok(id)
}

async fn fill_cart(
    tx: &mut Tx,
    ctx: &Ctx,
    walk: &mut Walk,
    variant: VariantId,
) -> Result<String, Stopped> {
    let broken = |_| stop("cart", "broken");
    let token = secret::random_token();
    let opened = cart::open(tx, ctx, &secret::token_hash(&token), None)
        .await
        .map_err(broken)?;
    let one = Quantity::new(1).map_err(|_| stop("cart", "broken"))?;
    cart::put_first(tx, ctx, opened.id, variant, one)
        .await
        .map_err(broken)?;
    walk.step("cart", &[]);
    Ok(token)
}

/// Fills in the checkout as a customer in the shop's first zone would, with the first way to pay that is possible.
async fn fill_in(
    tx: &mut Tx,
    ctx: &Ctx,
    walk: &mut Walk,
    facts: &Facts,
    hash: &str,
) -> Result<(), Stopped> {
    let broken = || stop("checkout", "broken");
    let (cart, lines) = cart::with_lines(tx, hash)
        .await
        .map_err(|_| broken())?
        .ok_or_else(broken)?;
    let mut draft = first_customer(facts);
    let priced = pricing::price(tx, ctx, lines.clone(), &draft)
        .await
        .map_err(|error| stop("checkout", word(&error)))?;
    if priced.chosen.is_none() {
        return Err(stop("checkout", "no_delivery"));
    }
    draft.payment_method = Some(way_to_pay(tx, ctx, facts, &priced).await?);
    let priced = pricing::price(tx, ctx, lines, &draft)
        .await
        .map_err(|error| stop("checkout", word(&error)))?;
    if !problems(&draft, &priced).is_empty() {
        return Err(stop("checkout", "refused"));
    }
    checkout::save(tx, ctx, cart.id, &draft)
        .await
        .map_err(|_| broken())?;
    walk.step("checkout", &[]);
    Ok(())
}

async fn way_to_pay(
    tx: &mut Tx,
    ctx: &Ctx,
    facts: &Facts,
    priced: &Priced,
) -> Result<PaymentMethod, Stopped> {
    let offered = crate::views::shop::checkout::possible(tx, ctx, facts, priced).await;
    let offered = offered.map_err(|_| stop("checkout", "broken"))?;
    offered
        .first()
        .copied()
        .ok_or(stop("checkout", "no_payment"))
}

/// Who walks: somebody who lives where most parcels go.
fn first_customer(facts: &Facts) -> CheckoutDraft {
    let place = facts
        .tariff
        .zones
        .first()
        .and_then(|zone| zone.places.first());
    let country = place
        .map(|place| place.country.clone())
        .filter(|country| country.len() == 2)
        .unwrap_or_else(|| "TW".to_owned());
    let named = place.and_then(|place| place.regions.first().cloned());
    let first = |places: Vec<&str>| places.first().copied().unwrap_or_default().to_owned();
    // Who names the places of a zone may write 台 for 臺.
    let region = named.map_or_else(
        || first(divisions::regions(&country)),
        |region| region.trim().replace('台', "臺"),
    );
    let city = first(divisions::cities(&country, &region));
    let district = first(divisions::districts(&country, &region, &city));
    let address = Address {
        name: "First customer".to_owned(),
        phone: "0900000000".to_owned(),
        city: if city.is_empty() {
            "1".to_owned()
        } else {
            city
        },
        line1: "1".to_owned(),
        country,
        region,
        district,
        ..Address::default()
    };
    CheckoutDraft {
        email: "first-customer@shop.invalid".to_owned(),
        phone: "0900000000".to_owned(),
        address: address.tidied(),
        delivery_method: None,
        payment_method: None,
        gift_message: None,
        gift_wrap: false,
        note: None,
    }
}

/// What a refusal means for a customer.
fn word(error: &FlowError) -> &'static str {
    match error {
        FlowError::Lines(_) | FlowError::Inventory(_) => "sold_out",
        FlowError::Fields(_) => "refused",
        _ => "broken",
    }
}
