//! Orders to be paid, and the shortest way to each command.

use std::future::Future;

use kernel::{Currency, Money, OrderId, PaymentId, RefundId, Timestamp};
use payments::{
    Change, Consequences, DeclineCode, Method, OrderMoney, Outcome, Payment, PaymentsError,
    Provider, Providers, Recorded, Refund, RefundRequest, StartPayment,
    demo_card::{self, Scenario},
    journal::{self, Transfer},
    payment,
    quarantine::{self, Quarantined},
    record::Success,
    refund, work,
};
use platform::{
    Ctx, DbError, Tx,
    jobs::{Handlers, Workers},
    params,
};
use testkit::World;

pub(crate) fn twd(amount: i64) -> Money {
    Money::new(amount, Currency::TWD)
}

/// An order of this amount with its money opened, in a shop that is a demonstration.
pub(crate) async fn order(ctx: &Ctx, amount: Money) -> OrderId {
    let id = OrderId::new();
    let write = ctx.write(async move |tx, ctx| {
        demo_card::open_account(tx, ctx).await?;
        let sql = "INSERT INTO orders (id, number, token, token_expires_at, state, payment_state, payment_method, stock_decision, \
                   currency, subtotal, discount, shipping, fees, tax_included, total, email, phone, buyer_name, address, \
                   delivery_code, delivery_name, locale, inquired, placed_at, updated_at) VALUES ($1, $2, $2, $3, 'placed', \
                   'pending', 'card', FALSE, $4, $5, 0, 0, 0, 0, $5, '', '', '', '{}', '', '', 'zh-Hant', FALSE, $3, $3)";
        tx.execute_one(sql, params![id, id.to_string(), ctx.now(), amount.currency, amount.amount]).await?;
        let sql = "INSERT INTO order_history (order_id, to_state, cause, actor, at) VALUES ($1, 'placed', 'test', 'test', $2)";
        tx.execute_one(sql, params![id, ctx.now()]).await?;
        payment::open_money(tx, id, amount).await
    });
    write.await.unwrap();
    id
}

/// What a flow does when money changes: the order's own word about it follows, in the same transaction.
const SYNC: &str = "UPDATE orders SET payment_state = (SELECT CASE WHEN m.captured > 0 AND m.refunded = m.captured THEN 'refunded' \
                    WHEN m.refunded > 0 THEN 'partly_refunded' WHEN m.captured > 0 AND m.captured >= m.due THEN 'paid' \
                    ELSE 'pending' END FROM order_money m WHERE m.order_id = orders.id)";

/// Lets all orders say what their money says, where a test called commands without a flow around them.
pub(crate) async fn sync(world: &World) {
    world
        .ctx
        .write(async |tx, _| tx.execute(SYNC, &[]).await)
        .await
        .unwrap();
}

fn lock<'a>(tx: &'a mut Tx, _: &'a Ctx, order: OrderId) -> work::Step<'a> {
    Box::pin(async move {
        let sql = format!(
            "SELECT id FROM orders WHERE id = $1{}",
            tx.dialect().for_update()
        );
        tx.one(&sql, params![order]).await?;
        Ok(())
    })
}

fn follow<'a>(tx: &'a mut Tx, _: &'a Ctx, change: &'a Change) -> work::Step<'a> {
    Box::pin(async move {
        tx.execute_one(&format!("{SYNC} WHERE id = $1"), params![change.order_id()])
            .await?;
        Ok(())
    })
}

pub(crate) fn workers(world: &World) -> Workers {
    let mut handlers = Handlers::default();
    work::register(
        &mut handlers,
        Consequences { lock, follow },
        &Providers::default(),
    );
    Workers::new(world.ctx.clone(), handlers)
}

/// Runs all jobs, moving the clock until none is left to come.
pub(crate) async fn work_off(world: &World) {
    let workers = workers(world);
    for _ in 0..200 {
        workers.drain().await.unwrap();
        if count(
            &world.ctx,
            "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')",
        )
        .await
            == 0
        {
            return;
        }
        world.pass(std::time::Duration::from_secs(600));
    }
    panic!("jobs never end");
}

pub(crate) async fn count(ctx: &Ctx, sql: &'static str) -> i64 {
    ctx.read(async move |rx, _| rx.scalar::<i64>(sql, &[]).await)
        .await
        .unwrap()
}

pub(crate) async fn start(
    ctx: &Ctx,
    order_id: OrderId,
    method: Method,
) -> Result<Payment, PaymentsError> {
    let provider = match method {
        Method::Card => Provider::DemoCard,
        Method::BankTransfer => Provider::Bank,
        Method::CashOnDelivery => Provider::CashOnDelivery,
    };
    ctx.write(async move |tx, ctx| {
        let amount = payment::money_of(tx, order_id).await?.outstanding();
        payment::start(
            tx,
            ctx,
            StartPayment {
                order_id,
                method,
                provider,
                amount,
            },
        )
        .await
    })
    .await
}

/// A card payment of the whole order, not sent yet.
pub(crate) async fn card(ctx: &Ctx, order_id: OrderId) -> Payment {
    start(ctx, order_id, Method::Card).await.unwrap()
}

pub(crate) fn success(reference: &str, amount: Money) -> Outcome {
    Outcome::Succeeded(Success {
        reference: reference.to_owned(),
        amount,
        live: false,
        at: testkit::START,
    })
}

pub(crate) fn decline(code: DeclineCode, at: Timestamp) -> Outcome {
    Outcome::Declined {
        code,
        reference: None,
        at,
    }
}

pub(crate) async fn record(ctx: &Ctx, id: PaymentId, outcome: &Outcome) -> Recorded {
    let outcome = outcome.clone();
    ctx.write(async move |tx, ctx| payment::record(tx, ctx, id, &outcome).await)
        .await
        .unwrap()
}

/// A fully paid order.
pub(crate) async fn paid_order(ctx: &Ctx, amount: Money) -> (OrderId, Payment) {
    let order = order(ctx, amount).await;
    let payment = card(ctx, order).await;
    let recorded = record(
        ctx,
        payment.id,
        &success(&format!("ch_{}", payment.id), amount),
    )
    .await;
    assert!(recorded.captured());
    (order, recorded.payment)
}

pub(crate) async fn by_id(ctx: &Ctx, id: PaymentId) -> Payment {
    ctx.read(async move |rx, _| payment::by_id(rx, id).await)
        .await
        .unwrap()
}

pub(crate) async fn money(ctx: &Ctx, order: OrderId) -> OrderMoney {
    ctx.read(async move |rx, _| payment::money_of(rx, order).await)
        .await
        .unwrap()
}

pub(crate) async fn journal(ctx: &Ctx, order: OrderId) -> Vec<Transfer> {
    ctx.read(async move |rx, _| journal::of_order(rx, order).await)
        .await
        .unwrap()
}

pub(crate) async fn quarantined(ctx: &Ctx, order: OrderId) -> Vec<Quarantined> {
    ctx.read(async move |rx, _| quarantine::of_order(rx, order).await)
        .await
        .unwrap()
}

pub(crate) async fn charge(ctx: &Ctx, id: PaymentId, scenario: Scenario) {
    let queued = ctx
        .write(async move |tx, ctx| payment::request_charge(tx, ctx, id, scenario).await)
        .await;
    assert!(queued.unwrap());
}

pub(crate) fn refund_of(order_id: OrderId, amount: i64, key: &str) -> RefundRequest {
    RefundRequest {
        order_id,
        amount: twd(amount),
        shipping: twd(0),
        lines: Vec::new(),
        reason: "customer_request".into(),
        idempotency_key: key.to_owned(),
        waits_until: None,
    }
}

pub(crate) async fn request(ctx: &Ctx, wanted: RefundRequest) -> Result<Refund, PaymentsError> {
    let asked = ctx.write(async move |tx, ctx| refund::request(tx, ctx, wanted.clone()).await);
    // These orders are paid by one payment each.
    asked.await.map(|parts| parts.into_iter().next().unwrap())
}

pub(crate) async fn refund_by_id(ctx: &Ctx, id: RefundId) -> Refund {
    ctx.read(async move |rx, _| refund::by_id(rx, id).await)
        .await
        .unwrap()
}

/// What the database answers to a statement that no command would send.
pub(crate) async fn raw(ctx: &Ctx, sql: &'static str) -> Result<u64, DbError> {
    ctx.write(async move |tx, _| tx.execute(sql, &[]).await)
        .await
}

/// Runs futures at once on the runtime's threads.
pub(crate) async fn at_once<T: Send + 'static>(
    futures: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let gate = std::sync::Arc::new(tokio::sync::Barrier::new(futures.len()));
    let tasks: Vec<_> = futures
        .into_iter()
        .map(|future| {
            let gate = std::sync::Arc::clone(&gate);
            tokio::spawn(async move {
                gate.wait().await;
                future.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

/// A small generator whose numbers a seed repeats.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            let other = usize::try_from(self.below(index as u64 + 1)).unwrap();
            items.swap(index, other);
        }
    }
}
