//! Collecting the money of an order, in whatever order the news arrives.
//!
//! A payment's own state is the business of `payments`; here is what follows from it for the order, its stock and its
//! buyer, in the same transaction. A payment that succeeds after its hold expired takes the stock again, or leaves the
//! order paid with a decision to be made about its stock (S9); a late decline never undoes a success (P14).

use std::time::Duration;

use fulfilment::zone::{self, Place};
use inventory::{InventoryError, hold};
use kernel::{Money, OrderId, PaymentId, event};
use orders::{Act, Order, OrderState, PaymentMethod, order, payment_state};
use payments::{
    Change, Consequences, Effect, Method, Payment, PaymentState, Provider, Recorded, StartPayment,
    Wish,
    case::{self, CaseReason},
    order_money, payment, settings, transfer_report, work,
};
use platform::{
    Ctx, Tx,
    events::{Event, emit},
    jobs::Failure,
};
use serde_json::json;

use super::{hold_again, refund_order, tell, undo_cancellation};
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

/// Has the card of an order charged, or the provider's page for it opened, and waits a moment for the answer. The call
/// itself is a job, so nothing is lost when the shopper, or the program, goes away.
///
/// # Errors
/// [`FlowError::NotFound`] for a payment of another order, [`FlowError::WrongState`] for one that is over.
pub async fn pay_by_card(
    ctx: &Ctx,
    order_id: OrderId,
    payment_id: PaymentId,
    wish: impl Into<Wish>,
) -> Result<Payment, FlowError> {
    let wish = wish.into();
    ctx.write(async move |tx, ctx| {
        let known = of_order(tx, order_id, payment_id).await?;
        if known.state == PaymentState::Created {
            payment::request_charge(tx, ctx, payment_id, wish.clone()).await?;
        }
        Ok::<_, FlowError>(())
    })
    .await?;
    wait(ctx, payment_id, |known| {
        known.state != PaymentState::Created
    })
    .await
}

/// The shopper is back from the provider's page: asks how it went, and waits a moment for the answer (P10).
///
/// # Errors
/// As [`pay_by_card`].
pub async fn come_back(
    ctx: &Ctx,
    order_id: OrderId,
    payment_id: PaymentId,
) -> Result<Payment, FlowError> {
    ctx.write(async move |tx, ctx| {
        let known = of_order(tx, order_id, payment_id).await?;
        if known.is_under_way() {
            work::ask_now(tx, ctx, payment_id).await?;
        }
        Ok::<_, FlowError>(())
    })
    .await?;
    wait(ctx, payment_id, |known| !known.is_under_way()).await
}

/// The shopper does not want the provider's page any more: has it closed and waits a moment until it is, so that the
/// order can be paid in another way without being paid twice (P6).
///
/// # Errors
/// As [`pay_by_card`].
pub async fn leave_page(
    ctx: &Ctx,
    order_id: OrderId,
    payment_id: PaymentId,
) -> Result<Payment, FlowError> {
    ctx.write(async move |tx, ctx| {
        let known = of_order(tx, order_id, payment_id).await?;
        if known.is_under_way() {
            payment::request_close(tx, ctx, payment_id).await?;
        }
        Ok::<_, FlowError>(())
    })
    .await?;
    wait(ctx, payment_id, |known| !known.is_under_way()).await
}

async fn of_order(
    tx: &mut Tx,
    order_id: OrderId,
    payment_id: PaymentId,
) -> Result<Payment, FlowError> {
    let known = payment::by_id(tx, payment_id).await?;
    if known.order_id == order_id && known.method == Method::Card {
        Ok(known)
    } else {
        Err(FlowError::NotFound)
    }
}

/// Looks at a payment until it is as hoped, or patience ends.
async fn wait(
    ctx: &Ctx,
    payment_id: PaymentId,
    enough: fn(&Payment) -> bool,
) -> Result<Payment, FlowError> {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        let known = ctx
            .read(async move |rx, _| Ok::<_, FlowError>(payment::by_id(rx, payment_id).await?))
            .await?;
        if enough(&known) || std::time::Instant::now() >= deadline {
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
        if order.waits_for_rest() {
            return pay_rest(tx, ctx, &order, method).await;
        }
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
            .any(|m| m.code == order.delivery_code && m.takes_cash(order.total));
        if method == PaymentMethod::CashOnDelivery && !courier_takes {
            return Err(FlowError::WrongState);
        }
        let pay_until = order
            .pay_until
            .unwrap_or_else(|| ctx.now().plus_seconds(86_400));
        let order =
            payment_state::change_method(tx, ctx, order_id, method, Some(pay_until)).await?;
        hold::extend(tx, order_id, order.pay_until, "order_placed").await?;
        if method == PaymentMethod::CashOnDelivery {
            // Nothing is left to help with: the money comes with the parcel.
            case::over(tx, ctx, order_id, CaseReason::Paying).await?;
        }
        let open = payment::of_order(tx, order_id)
            .await?
            .into_iter()
            .next_back();
        if let Some(same) =
            open.filter(|p| p.method == method_of(method) && p.state == PaymentState::Created)
        {
            return Ok(same);
        }
        let start = start_of(tx, ctx, &order).await?;
        Ok(payment::start(tx, ctx, start).await?)
    })
    .await
}

/// Lets the buyer choose how to pay the rest of an order that costs more than was paid. Nobody comes to the door for it.
async fn pay_rest(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    method: PaymentMethod,
) -> Result<Payment, FlowError> {
    if method == PaymentMethod::CashOnDelivery {
        return Err(FlowError::WrongState);
    }
    let allowed = payment_terms::load(tx).await?.allows(method, order.total);
    if allowed.is_err() {
        return Err(FlowError::WrongState);
    }
    let money = order_money::money_of(tx, order.id).await?;
    let tries = payment::of_order(tx, order.id).await?;
    let wanted = start_by(tx, ctx, order.id, (method, money.outstanding())).await?;
    let same = tries.into_iter().rfind(|p| {
        p.method == wanted.method && p.amount == wanted.amount && p.state == PaymentState::Created
    });
    match same {
        Some(same) => Ok(same),
        None => Ok(payment::start(tx, ctx, wanted).await?),
    }
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
///
/// # Errors
/// A shop that takes no cards, or whatever the database says.
pub async fn start_of(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<StartPayment, FlowError> {
    start_by(tx, ctx, order.id, (order.payment_method, order.total)).await
}

/// A payment of an order by a method.
///
/// # Errors
/// As [`start_of`].
pub async fn start_by(
    tx: &mut Tx,
    ctx: &Ctx,
    order_id: OrderId,
    (method, amount): (PaymentMethod, Money),
) -> Result<StartPayment, FlowError> {
    let (method, provider) = match method {
        PaymentMethod::CashOnDelivery => (Method::CashOnDelivery, Provider::CashOnDelivery),
        PaymentMethod::BankTransfer => (Method::BankTransfer, Provider::Bank),
        PaymentMethod::Card => {
            let cards = settings::recent(tx, ctx).await?.cards();
            let none = payments::PaymentsError::DemoInRealShop;
            (Method::Card, cards.ok_or(none)?)
        }
    };
    Ok(StartPayment {
        order_id,
        method,
        provider,
        amount,
    })
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
        return paid(tx, ctx, &order, &recorded.payment).await;
    }
    if recorded.effect != Effect::Applied || order.payment_state.was_paid() {
        return Ok(());
    }
    let all = payment::of_order(tx, order.id).await?;
    if all
        .last()
        .is_some_and(|last| last.id != recorded.payment.id)
    {
        // The order is being paid otherwise by now; a late word about an earlier try says nothing about it (P14).
        return Ok(());
    }
    if order.payment_state == orders::PaymentState::PartlyPaid {
        return rest_not_paid(tx, ctx, &order, recorded).await;
    }
    if let Some(code) = recorded.failed
        && order.state == OrderState::Placed
    {
        case::failed(tx, ctx, order.id, order.total, code).await?;
    }
    let confirming = order.payment_state == orders::PaymentState::Unknown;
    match recorded.payment.state {
        PaymentState::Declined if order.state == OrderState::Placed => {
            order::set_payment_state(tx, ctx, order.id, orders::PaymentState::Declined).await?;
            tell::payment_failed(tx, ctx, &order, &recorded.payment).await?;
        }
        // The provider's page is closed and nothing was tried on it: the order waits to be paid as before.
        PaymentState::Cancelled if confirming && order.state == OrderState::Placed => {
            order::set_payment_state(tx, ctx, order.id, orders::PaymentState::Pending).await?;
        }
        // Called off while nobody knew: now it is certain that nothing was taken.
        PaymentState::Declined | PaymentState::Cancelled if confirming => {
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

/// The rest of an order did not come. The order stays as it is: it still waits for it.
async fn rest_not_paid(
    tx: &mut Tx,
    ctx: &Ctx,
    order: &Order,
    recorded: &Recorded,
) -> Result<(), FlowError> {
    if order.state == OrderState::Cancelled {
        return Ok(());
    }
    // Nobody has to help with a rest that need not come.
    if let Some(code) = recorded.failed.filter(|_| !order.balance_waived) {
        case::failed(tx, ctx, order.id, recorded.payment.amount, code).await?;
    }
    if recorded.payment.state == PaymentState::Declined {
        tell::payment_failed(tx, ctx, order, &recorded.payment).await?;
    }
    Ok(())
}

/// Why money goes back that came after its order was called off.
const LATE: &str = "paid_after_cancellation";

async fn paid(tx: &mut Tx, ctx: &Ctx, order: &Order, payment: &Payment) -> Result<(), FlowError> {
    // Whoever called it off can still take that back: then this money does not leave before, either (CHK-21).
    let waits_until = match order.state {
        OrderState::Cancelled => undo_cancellation::still_until(tx, ctx, order).await?,
        _ => None,
    };
    if order.state == OrderState::Cancelled && order.payment_state.was_paid() {
        // The rest came after the order was called off and what had come before went back.
        let some = orders::PaymentState::PartlyRefunded;
        order::set_payment_state(tx, ctx, order.id, some).await?;
        refund_order::refund_everything(tx, ctx, order, LATE, waits_until).await?;
        return Ok(());
    }
    let rest = order.payment_state == orders::PaymentState::PartlyPaid;
    payment_state::mark_paid(tx, ctx, order.id, ctx.now()).await?;
    case::over(tx, ctx, order.id, CaseReason::Paid).await?;
    let order = order::lock(tx, order.id).await?;
    if rest && order.state != OrderState::Cancelled {
        return tell::rest_paid(tx, ctx, &order, payment).await;
    }
    match order.state {
        OrderState::Placed => {
            let order = order::apply(tx, ctx, &order, Act::Pay, "payment").await?;
            hold::extend(tx, order.id, None, "order_paid").await?;
            tell::order_paid(tx, ctx, &order).await
        }
        OrderState::Expired => reopen(tx, ctx, &order).await,
        OrderState::Cancelled => {
            refund_order::refund_everything(tx, ctx, &order, LATE, waits_until).await?;
            Ok(())
        }
        _ => tell::order_paid(tx, ctx, &order).await,
    }
}

/// Money came after the order had expired: it gets its stock back if there is still enough of everything (S9).
async fn reopen(tx: &mut Tx, ctx: &Ctx, order: &Order) -> Result<(), FlowError> {
    let order = order::apply(tx, ctx, order, Act::Reopen, "late payment").await?;
    let id = order.id;
    match hold_again::hold_goods(tx, ctx, &order, (None, "order_paid")).await {
        Ok(()) => {}
        Err(FlowError::Inventory(InventoryError::OutOfStock { short })) => {
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
        Err(other) => return Err(other),
    }
    tell::order_paid(tx, ctx, &order).await
}
