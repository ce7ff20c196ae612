//! One visit: what a person does, step by step, and what staff do with the order that comes of it.
//!
//! A step runs one flow at its instant and says which step comes next and when. Chances are in thousandths.

use kernel::{
    Address, Clock, InquiryId, OrderId, ParcelId, PaymentId, Quantity, Timestamp, event,
    pickup::Store,
};
use operations::{
    FlowError,
    flows::{
        self,
        place_order::{PlaceOrder, Seen},
        ship_parcel::ShipParcel,
    },
};
use orders::{PaymentMethod, checkout::CheckoutDraft};
use payments::{DeclineCode, demo_card::Scenario, receipt::NewReceipt};
use platform::{
    Ctx, Visit,
    db::Value,
    events::{Event, bulk_row},
};
use rand::{Rng, rngs::StdRng};

use crate::{
    crowd::{Person, weighted},
    decide::STORE_WAY,
    shelves::Shelves,
};

/// What happens next in a visit or to its order.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Look around; everything seen becomes page events.
    Browse,
    /// Write to the shop.
    Ask,
    /// Staff answer what was written.
    Answer(InquiryId, &'static str),
    /// Put something into the cart.
    Add(usize),
    /// Fill in the checkout page.
    FillIn,
    /// Place the order.
    Place,
    /// Have the card charged.
    PayByCard(OrderId, PaymentId, u32),
    /// Choose another method after a decline.
    PayOtherwise(OrderId),
    /// The money of a transfer arrives, and staff match it.
    Transfer(OrderId, kernel::Money, String),
    /// Staff take the goods from the shelf.
    Pick(OrderId),
    /// Staff send the parcel.
    Ship(OrderId),
    /// The parcel arrives.
    Deliver(ParcelId),
}

/// A visit under way.
pub(crate) struct Visiting {
    pub(crate) person: Person,
    pub(crate) visit: Visit,
    pub(crate) luck: StdRng,
    /// The product whose card led here.
    pub(crate) landing: Option<usize>,
    pub(crate) token: Option<String>,
    pub(crate) ordered: bool,
    /// Whether their order is collected at a store.
    pub(crate) at_store: bool,
}

/// What a step led to.
pub(crate) struct Outcome {
    pub(crate) next: Vec<(Timestamp, Step)>,
    pub(crate) events: Vec<Vec<Value>>,
}

impl Outcome {
    pub(crate) fn end() -> Self {
        Self {
            next: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(crate) fn then(at: Timestamp, step: Step) -> Self {
        Self {
            next: vec![(at, step)],
            events: Vec::new(),
        }
    }
}

impl Visiting {
    /// Runs a step at its instant.
    pub(crate) async fn step(
        &mut self,
        base: &Ctx,
        shelves: &Shelves,
        at: Timestamp,
        step: Step,
    ) -> Result<Outcome, FlowError> {
        let staff = base.at(Clock::standing(at));
        let ctx = staff.during(Some(self.visit.clone()));
        let ctx = ctx.acting(platform::Actor::Visitor, kernel::Permissions::NONE);
        match step {
            Step::Browse => Ok(self.browse(&ctx, shelves, at)),
            Step::Ask => self.ask(&ctx, at).await,
            Step::Answer(inquiry, text) => {
                flows::answer_inquiry::answer_inquiry(&staff, inquiry, text.to_owned()).await?;
                Ok(Outcome::end())
            }
            Step::Add(index) => self.add(&ctx, shelves, at, index).await,
            Step::FillIn => self.fill_in(&ctx, at).await,
            Step::Place => self.place(&ctx, at).await,
            Step::PayByCard(order, payment, tries) => {
                self.pay_by_card(&ctx, at, order, payment, tries).await
            }
            Step::PayOtherwise(order) => self.pay_otherwise(&ctx, at, order).await,
            Step::Transfer(order, amount, number) => {
                transfer(&staff, at, order, amount, number).await
            }
            Step::Pick(order) => pick(&staff, at, order).await,
            Step::Ship(order) => self.ship(&staff, at, order).await,
            Step::Deliver(parcel) => {
                flows::deliver_parcel::deliver(&staff, parcel).await?;
                Ok(Outcome::end())
            }
        }
    }

    pub(crate) fn chance(&mut self, thousandths: u32) -> bool {
        self.luck.random_range(0..1_000) < thousandths
    }

    /// A later instant, between two numbers of seconds away.
    pub(crate) fn later(&mut self, at: Timestamp, from: i64, to: i64) -> Timestamp {
        at.plus_seconds(self.luck.random_range(from..=to))
    }

    async fn add(
        &mut self,
        ctx: &Ctx,
        shelves: &Shelves,
        at: Timestamp,
        index: usize,
    ) -> Result<Outcome, FlowError> {
        let Some(variant) = shelves
            .get(index)
            .and_then(|s| weighted(&s.variants, &mut self.luck, |v| v.1))
        else {
            return Ok(Outcome::end());
        };
        let count = if self.chance(820) { 1 } else { 2 };
        let quantity = Quantity::new(count).unwrap_or(Quantity::ONE);
        let added = flows::cart::add(ctx, self.token.clone(), variant.0, quantity).await?;
        self.token = added.fresh_token.or(self.token.take());
        if self.chance(420) {
            let other = shelves.any(&mut self.luck).unwrap_or(index);
            return Ok(Outcome::then(self.later(at, 15, 180), Step::Add(other)));
        }
        if self.chance(440) {
            let started = bulk_row(
                ctx,
                at,
                Event::new(event::CHECKOUT_STARTED, &serde_json::json!({})),
            );
            let next = vec![(self.later(at, 20, 240), Step::FillIn)];
            return Ok(Outcome {
                next,
                events: vec![started],
            });
        }
        Ok(Outcome::end())
    }

    /// Every second of those who pay in cash does so at a store.
    fn collects(&self, method: PaymentMethod) -> bool {
        method == PaymentMethod::CashOnDelivery && self.person.number.is_multiple_of(2)
    }

    async fn fill_in(&mut self, ctx: &Ctx, at: Timestamp) -> Result<Outcome, FlowError> {
        let method = match self.luck.random_range(0..100) {
            0..58 => PaymentMethod::Card,
            58..78 => PaymentMethod::BankTransfer,
            _ => PaymentMethod::CashOnDelivery,
        };
        let mut address: Address = self.person.address();
        let at_store = self.collects(method);
        self.at_store = at_store;
        if at_store {
            address.store = Store::typed("131386", "建盛門市");
        }
        let gift_message = self
            .chance(60)
            .then(|| "生日快樂，願你日日好茶。".to_owned());
        let draft = CheckoutDraft {
            email: self
                .person
                .email()
                .map_or_else(String::new, |e| e.as_str().to_owned()),
            phone: address.phone.clone(),
            address,
            delivery_method: Some(if at_store { STORE_WAY } else { "home" }.into()),
            payment_method: Some(method),
            gift_wrap: gift_message.is_some(),
            gift_message,
            note: self.chance(50).then(|| "請平日白天送達，謝謝。".to_owned()),
        };
        match flows::checkout::save(ctx, self.token.clone(), draft).await {
            Ok(_) if self.chance(860) => Ok(Outcome::then(self.later(at, 15, 120), Step::Place)),
            Ok(_) | Err(FlowError::EmptyCart | FlowError::Fields(_)) => Ok(Outcome::end()),
            Err(other) => Err(other),
        }
    }

    async fn place(&mut self, ctx: &Ctx, at: Timestamp) -> Result<Outcome, FlowError> {
        let Some(token) = self.token.clone() else {
            return Ok(Outcome::end());
        };
        let input = PlaceOrder {
            token: Some(token),
            idempotency_key: Some(format!("visit-{}", self.visit.session)),
            request: String::new(),
            seen: Seen::default(),
        };
        let placed = match flows::place_order::place_order(ctx, input).await {
            Ok(placed) => placed,
            Err(
                FlowError::Lines(_)
                | FlowError::Inventory(_)
                | FlowError::EmptyCart
                | FlowError::GiftGone,
            ) => {
                return Ok(Outcome::end());
            }
            Err(other) => return Err(other),
        };
        self.ordered = true;
        let order = placed.order.id;
        Ok(match placed.payment.method.as_str() {
            "card" => Outcome::then(
                self.later(at, 20, 180),
                Step::PayByCard(order, placed.payment.id, 0),
            ),
            "bank_transfer" if self.chance(790) => {
                let step = Step::Transfer(order, placed.order.total, placed.order.number);
                Outcome::then(self.later(at, 1_800, 60 * 3_600), step)
            }
            "bank_transfer" => Outcome::end(),
            _ => Outcome::then(self.at_work(at), Step::Pick(order)),
        })
    }

    async fn pay_by_card(
        &mut self,
        ctx: &Ctx,
        at: Timestamp,
        order: OrderId,
        payment: PaymentId,
        tries: u32,
    ) -> Result<Outcome, FlowError> {
        let scenario = self.scenario(tries);
        let asked = ctx.write(async move |tx, ctx| {
            Ok::<_, FlowError>(payments::payment::request_charge(tx, ctx, payment, scenario).await?)
        });
        asked.await?;
        Ok(match scenario {
            Scenario::Decline(_) if self.chance(640) => {
                Outcome::then(self.later(at, 60, 900), Step::PayOtherwise(order))
            }
            Scenario::Decline(_) | Scenario::TimeOutBefore => Outcome::end(),
            _ => Outcome::then(self.at_work(at.plus_seconds(7_200)), Step::Pick(order)),
        })
    }

    fn scenario(&mut self, tries: u32) -> Scenario {
        let declines = [
            DeclineCode::InsufficientFunds,
            DeclineCode::LimitReached,
            DeclineCode::AuthenticationFailed,
            DeclineCode::DeclinedByBank,
            DeclineCode::ExpiredCard,
        ];
        match self.luck.random_range(0..100) {
            0..14 if tries == 0 => {
                let index = self.luck.random_range(0..declines.len());
                Scenario::Decline(
                    declines
                        .get(index)
                        .copied()
                        .unwrap_or(DeclineCode::DeclinedByBank),
                )
            }
            14..16 => Scenario::TimeOutAfter,
            16..20 => Scenario::LateCallback(600),
            20..23 => Scenario::CallbackTwice,
            _ => Scenario::Succeed,
        }
    }

    async fn pay_otherwise(
        &mut self,
        ctx: &Ctx,
        at: Timestamp,
        order: OrderId,
    ) -> Result<Outcome, FlowError> {
        let method = match self.luck.random_range(0..100) {
            0..55 => PaymentMethod::Card,
            55..80 => PaymentMethod::CashOnDelivery,
            _ => PaymentMethod::BankTransfer,
        };
        let payment = match flows::collect_payment::choose_method(ctx, order, method).await {
            Ok(payment) => payment,
            Err(FlowError::WrongState | FlowError::Orders(_) | FlowError::Payments(_)) => {
                return Ok(Outcome::end());
            }
            Err(other) => return Err(other),
        };
        Ok(match method {
            PaymentMethod::Card => Outcome::then(
                self.later(at, 30, 120),
                Step::PayByCard(order, payment.id, 1),
            ),
            PaymentMethod::CashOnDelivery => Outcome::then(self.at_work(at), Step::Pick(order)),
            PaymentMethod::BankTransfer => Outcome::then(
                self.later(at, 3_600, 86_400),
                Step::Transfer(order, payment.amount, order.to_string()),
            ),
        })
    }

    async fn ship(
        &mut self,
        staff: &Ctx,
        at: Timestamp,
        order: OrderId,
    ) -> Result<Outcome, FlowError> {
        let tracking_number = format!(
            "{:012}",
            900_000_000_000_u64 + self.luck.random_range(0..99_999_999_999_u64)
        );
        let input = ShipParcel {
            order_id: order,
            carrier: if self.at_store { "711" } else { "tcat" }.into(),
            tracking_number,
            lines: None,
            from: None,
            idempotency_key: None,
        };
        match flows::ship_parcel::ship(staff, input).await {
            Ok(parcel) => Ok(Outcome::then(
                self.later(at, 18 * 3_600, 60 * 3_600),
                Step::Deliver(parcel.id),
            )),
            Err(FlowError::WrongState | FlowError::Orders(_) | FlowError::Inventory(_)) => {
                Ok(Outcome::end())
            }
            Err(other) => Err(other),
        }
    }

    /// The next hour in which the warehouse works: the same afternoon, or the morning after.
    pub(crate) fn at_work(&mut self, at: Timestamp) -> Timestamp {
        let zone = jiff::tz::TimeZone::get("Asia/Taipei").unwrap_or(jiff::tz::TimeZone::UTC);
        let hour = i64::from(at.in_zone(&zone).hour());
        let wait = match hour {
            0..9 => (9 - hour) * 3_600,
            9..15 => 3_600,
            _ => (33 - hour) * 3_600,
        };
        self.later(at, wait, wait + 5_400)
    }
}

async fn transfer(
    staff: &Ctx,
    at: Timestamp,
    order: OrderId,
    amount: kernel::Money,
    number: String,
) -> Result<Outcome, FlowError> {
    let new = NewReceipt {
        amount,
        received_at: at,
        payer: String::new(),
        last_five: String::new(),
        bank_reference: format!("DEMO-{number}"),
    };
    let receipt = flows::match_receipt::record(staff, new).await?;
    match flows::match_receipt::match_to_order(staff, receipt.id, order).await {
        Ok(()) => Ok(Outcome::then(at.plus_seconds(5_400), Step::Pick(order))),
        Err(FlowError::Payments(_) | FlowError::Orders(_) | FlowError::WrongState) => {
            Ok(Outcome::end())
        }
        Err(other) => Err(other),
    }
}

async fn pick(staff: &Ctx, at: Timestamp, order: OrderId) -> Result<Outcome, FlowError> {
    match flows::pick_order::pick(staff, order).await {
        Ok(_) => Ok(Outcome::then(at.plus_seconds(2_700), Step::Ship(order))),
        Err(FlowError::Orders(_)) => Ok(Outcome::end()),
        Err(other) => Err(other),
    }
}
