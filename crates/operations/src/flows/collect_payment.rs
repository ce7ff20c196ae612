//! Collecting the money of an order, in whatever order the news arrives.
//!
//! A payment's own state is the business of `payments`; here is what follows from it for the order, its stock and its
//! buyer, in the same transaction. A payment that succeeds after its hold expired takes the stock again, or leaves the
//! order paid with a decision to be made about its stock (S9); a late decline never undoes a success (P14).

use std::time::Duration;

use fulfilment::zone::{self, Place};
use inventory::{InventoryError, hold};
use kernel::{OrderId, PaymentId, VariantId, event};
use orders::{Act, Order, OrderState, PaymentMethod, order, payment_state};
use payments::{
    Change, Consequences, Effect, Method, Payment, PaymentState, Provider, Recorded, StartPayment,
    demo_card::Scenario, payment, transfer_report,
};
use platform::{
    Ctx, Tx,
    events::{Event, emit},
    jobs::Failure,
};
use serde_json::json;

use super::{refund_order, tell};
use crate::{FlowError, payment_terms};

/// How long a shopper waits for the answer of a card payment before the page says that it is being confirmed.
const PATIENCE: Duration = Duration::from_secs(4);

/// What follows from changes of money, for the jobs of `payments`.
pub const CONSEQUENCES: Consequences = Consequences {
    lock: |tx, _, id| {
        Box::pin(async move {
            order::lock(tx, id).await.map_err(|e| failure(e.into()))?;
            Ok(())
        })
    },
    follow: |tx, ctx, change| {
        Box::pin(async move { follow(tx, ctx, change).await.map_err(failure) })
    },
};

#[expect(
    clippy::needless_pass_by_value,
    reason = "used as a function over owned errors"
)]
fn failure(error: FlowError) -> Failure {
    Failure::Retry(error.to_string())
}

async fn follow(tx: &mut Tx, ctx: &Ctx, change: &Change) -> Result<(), FlowError> {
    match change {
        Change::Payment(recorded) => apply(tx, ctx, recorded).await,
        Change::Refund(refund) => refund_order::settled(tx, ctx, refund).await,
    }
}

/// Has the card of an order charged and waits a moment for the answer. The charge itself is a job, so nothing is lost
/// when the shopper, or the program, goes away.
///
/// # Errors
/// [`FlowError::NotFound`] for a payment of another order, [`FlowError::WrongState`] for one that is over.
pub async fn pay_by_card(
    ctx: &Ctx,
    order_id: OrderId,
    payment_id: PaymentId,
    scenario: Scenario,
) -> Result<Payment, FlowError> {
    ctx.write(async move |tx, ctx| {
        let known = payment::by_id(tx, payment_id).await?;
        if known.order_id != order_id || known.method != Method::Card {
            return Err(FlowError::NotFound);
        }
        if known.state != PaymentState::Created {
            return Ok(());
        }
        payment::request_charge(tx, ctx, payment_id, scenario).await?;
        Ok(())
    })
    .await?;
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let known = ctx
            .read(async move |rx, _| Ok::<_, FlowError>(payment::by_id(rx, payment_id).await?))
            .await?;
        let over = !matches!(known.state, PaymentState::Created);
        if over || std::time::Instant::now() >= deadline {
            return Ok(known);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Lets the buyer pay in another way, for instance after a decline (CHK-05). The order and its hold stay.
///
/// # Errors
/// [`FlowError::WrongState`] when the order is paid, over, or its payment is being confirmed.
pub async fn choose_method(
    ctx: &Ctx,
    order_id: OrderId,
    method: PaymentMethod,
) -> Result<Payment, FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, order_id).await?;
        if payment_terms::load(tx)
            .await?
            .allows(method, order.total)
            .is_err()
        {
            return Err(FlowError::WrongState);
        }
        let tariff = zone::tariff(tx).await?;
        let there = tariff.at(Place::from(&order.address));
        let courier_takes = there
            .iter()
            .any(|m| m.code == order.delivery_code && m.cash_on_delivery);
        if method == PaymentMethod::CashOnDelivery && !courier_takes {
            return Err(FlowError::WrongState);
        }
        let pay_until = order
            .pay_until
            .unwrap_or_else(|| ctx.now().plus_seconds(86_400));
        let order =
            payment_state::change_method(tx, ctx, order_id, method, Some(pay_until)).await?;
        hold::extend(tx, order_id, order.pay_until, "order_placed").await?;
        let open = payment::of_order(tx, order_id)
            .await?
            .into_iter()
            .next_back();
        if let Some(same) =
            open.filter(|p| p.method == method_of(method) && p.state == PaymentState::Created)
        {
            return Ok(same);
        }
        let start = start_of(&order);
        Ok(payment::start(tx, ctx, start).await?)
    })
    .await
}

/// Keeps the last five digits of the account a buyer paid from. Money for an order that expired may still come; one that
/// is paid or was called off waits for none.
///
/// # Errors
/// Digits that are none, [`FlowError::WrongState`] for an order that waits for no money.
pub async fn report_transfer(
    ctx: &Ctx,
    order_id: OrderId,
    last_five: String,
) -> Result<(), FlowError> {
    ctx.write(async move |tx, ctx| {
        let order = order::lock(tx, order_id).await?;
        if order.payment_state.was_paid() || order.state == OrderState::Cancelled {
            return Err(FlowError::WrongState);
        }
        Ok(transfer_report::save(tx, ctx, order_id, last_five.trim()).await?)
    })
    .await
}

/// The first payment of an order by its method.
#[must_use]
pub fn start_of(order: &Order) -> StartPayment {
    let (method, provider) = match order.payment_method {
        PaymentMethod::CashOnDelivery => (Method::CashOnDelivery, Provider::CashOnDelivery),
        PaymentMethod::BankTransfer => (Method::BankTransfer, Provider::Bank),
        PaymentMethod::Card => (Method::Card, Provider::DemoCard),
    };
    StartPayment {
        order_id: order.id,
        method,
        provider,
        amount: order.total,
    }
}

/// The same word in the language of payments.
#[must_use]
pub const fn method_of(method: PaymentMethod) -> Method {
    match method {
        PaymentMethod::CashOnDelivery => Method::CashOnDelivery,
        PaymentMethod::BankTransfer => Method::BankTransfer,
        PaymentMethod::Card => Method::Card,
    }
}

/// What a report about a payment means for its order. The order's row is locked already.
///
/// # Errors
/// Whatever the domains or the database say.
pub async fn apply(tx: &mut Tx, ctx: &Ctx, recorded: &Recorded) -> Result<(), FlowError> {
    let order = order::lock(tx, recorded.payment.order_id).await?;
    if recorded.captured() {
        return paid(tx, ctx, &order).await;
    }
    if recorded.effect != Effect::Applied || order.payment_state.was_paid() {
        return Ok(());
    }
    match recorded.payment.state {
        PaymentState::Declined if order.state == OrderState::Placed => {
            order::set_payment_state(tx, ctx, order.id, orders::PaymentState::Declined).await?;
            tell::payment_failed(tx, ctx, &order, &recorded.payment).await?;
        }
        // Called off while nobody knew: now it is certain that nothing was taken.
        PaymentState::Declined if order.payment_state == orders::PaymentState::Unknown => {
            order::set_payment_state(tx, ctx, order.id, orders::PaymentState::Cancelled).await?;
        }
        PaymentState::Unknown | PaymentState::Pending => {
            if order.state == OrderState::Placed && recorded.payment.is_under_way() {
                order::set_payment_state(tx, ctx, order.id, orders::PaymentState::Unknown).await?;
            }
        }
        PaymentState::Declined
        | PaymentState::Created
        | PaymentState::Succeeded
        | PaymentState::Cancelled => {}
    }
    Ok(())
}

async fn paid(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    payment_state::mark_paid(tx, ctx, order.id, ctx.now()).await?;
    let order = order::lock(tx, order.id).await?;
    match order.state {
        OrderState::Placed => {
            let order = order::apply(tx, ctx, &order, Act::Pay, "payment").await?;
            hold::extend(tx, order.id, None, "order_paid").await?;
            tell::order_paid(tx, ctx, &order).await
        }
        OrderState::Expired => reopen(tx, ctx, &order).await,
        OrderState::Cancelled => {
            refund_order::refund_everything(tx, ctx, &order, "paid_after_cancellation").await?;
            Ok(())
        }
        _ => tell::order_paid(tx, ctx, &order).await,
    }
}

/// Money came after the order had expired: it gets its stock back if there is still enough of everything (S9).
async fn reopen(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    let order = order::apply(tx, ctx, order, Act::Reopen, "late payment").await?;
    let wanted: Vec<(VariantId, i64)> = order::lines(tx, order.id)
        .await?
        .iter()
        .flat_map(|l| l.goods(l.quantity - l.cancelled).collect::<Vec<_>>())
        .filter(|(_, n)| *n > 0)
        .collect();
    let id = order.id;
    let held = tx
        .attempt(async |tx| hold::reserve(tx, ctx, id, &wanted, None, "order_paid").await)
        .await;
    match held {
        Ok(()) => {}
        Err(InventoryError::OutOfStock { short }) => {
            order::set_stock_decision(tx, ctx, id, true).await?;
            let payload = json!({ "order_id": id, "short": short });
            emit(
                tx,
                ctx,
                Event::new(event::STOCK_SHORT, &payload)
                    .about(id)
                    .customer(order.customer_id),
            )
            .await?;
        }
        Err(other) => return Err(other.into()),
    }
    tell::order_paid(tx, ctx, &order).await
}
