//! Far more requests at once than the program takes.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use kernel::{Clock, VariantId};
use platform::{Ctx, DbError, db::Dialect};
use serde_json::{Value, json};
use testkit::World;

use crate::{
    http::{Answer, Connection},
    journal::{Journal, Known, Line},
    program::Program,
    shop::{self, Store},
    shoppers::checkout,
};

/// Requests that come at once; the program takes 1,024.
const STORM: usize = 2_400;
/// Every so many-th of them orders a full cart; the others open one.
const EACH: usize = 40;
/// The storm may make the program larger by this much, in KiB.
const GROWTH: u64 = 192 * 1_024;

/// A cart that is ready to be ordered.
struct Ready {
    cart: String,
    key: String,
}

async fn filled(line: &mut Connection, variant: VariantId, cart: Option<&str>) -> Answer {
    let headers: Vec<_> = cart.map(|cart| ("cart-token", cart)).into_iter().collect();
    let body = json!({ "variant_id": variant, "quantity": 1 });
    line.ask("POST", "/cart/lines", &headers, Some(&body))
        .await
        .unwrap()
}

async fn ready(line: &mut Connection, variant: VariantId, nth: usize, journal: &Journal) -> Ready {
    let added = filled(line, variant, None).await;
    let cart = added.header("cart-token").unwrap().to_owned();
    let form = checkout(&format!("storm-{nth}@example.com"), "bank_transfer");
    let quote = line
        .ask("PUT", "/checkout", &[("cart-token", &cart)], Some(&form))
        .await
        .unwrap();
    assert!(quote.is_ok(), "{quote:?}");
    let key = format!("storm-{nth}");
    journal.write(&Line::Asked {
        key: key.clone(),
        cart: cart.clone(),
        total: quote.body["total"]["amount"].as_i64().unwrap(),
    });
    Ready { cart, key }
}

/// Keeps every writer of the shop waiting until told to stop, as a disk does that stalls.
async fn stall(ctx: Ctx, over: Arc<AtomicBool>) -> Result<(), DbError> {
    let end = Instant::now() + Duration::from_secs(9);
    ctx.write(async move |tx, _| {
        if tx.dialect() == Dialect::Postgres {
            tx.execute("LOCK TABLE carts, orders IN EXCLUSIVE MODE", &[])
                .await?;
        }
        while !over.load(Ordering::SeqCst) && Instant::now() < end {
            if tx.dialect() == Dialect::Postgres {
                tx.rows("SELECT pg_sleep(0.02)", &[]).await?;
            } else {
                wait_a_little();
            }
        }
        Ok(())
    })
    .await
}

#[expect(
    clippy::disallowed_methods,
    reason = "on the write lane of a process of its own, which holds the file's lock meanwhile"
)]
fn wait_a_little() {
    std::thread::sleep(Duration::from_millis(10));
}

/// Thousands of connections need thousands of files.
fn allow_files() {
    let pid = std::process::id().to_string();
    let raised = Command::new("prlimit")
        .args(["--pid", &pid, "--nofile=8192:"])
        .status();
    assert!(
        raised.is_ok_and(|status| status.success()),
        "this test needs 8,192 open files"
    );
}

/// The most memory the program ever had, in KiB.
fn memory(program: &Program) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// What came of the storm.
#[derive(Debug, Default)]
struct Tally {
    ordered: usize,
    carts: Vec<String>,
    refused: usize,
    slowest_refusal: Duration,
}

async fn send(
    mut line: Connection,
    ready: Option<Ready>,
    variant: VariantId,
) -> (Option<Ready>, Answer) {
    match ready {
        Some(ready) => {
            let headers = [
                ("cart-token", &*ready.cart),
                ("idempotency-key", &*ready.key),
            ];
            let answer = line
                .ask("POST", "/checkout/complete", &headers, Some(&json!({})))
                .await
                .unwrap();
            (Some(ready), answer)
        }
        None => (None, filled(&mut line, variant, None).await),
    }
}

/// All requests at once. The writers are let go once every request either waits inside or was sent away.
async fn storm(
    program: &Program,
    store: &Store,
    variant: VariantId,
    mut carts: Vec<Ready>,
    journal: &Journal,
) -> Tally {
    let mut lines = Vec::new();
    for _ in 0..STORM {
        lines.push(Connection::open(program.address).await.unwrap());
    }
    let over = Arc::new(AtomicBool::new(false));
    let refusals = Arc::new(AtomicUsize::new(0));
    let stalled = tokio::spawn(stall(store.open(Clock::wall()).await, Arc::clone(&over)));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    let mut requests = Vec::new();
    for (nth, line) in lines.into_iter().enumerate() {
        let ready = if nth % EACH == 0 { carts.pop() } else { None };
        let refusals = Arc::clone(&refusals);
        requests.push(tokio::spawn(async move {
            let (ready, answer) = send(line, ready, variant).await;
            if answer.status == 503 {
                refusals.fetch_add(1, Ordering::SeqCst);
            }
            (ready, answer, begun.elapsed())
        }));
    }
    while refusals.load(Ordering::SeqCst) < STORM - 1_024
        && begun.elapsed() < Duration::from_secs(8)
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    over.store(true, Ordering::SeqCst);
    stalled.await.unwrap().unwrap();
    let mut tally = Tally::default();
    for request in requests {
        let (ready, answer, after) = request.await.unwrap();
        judge(&mut tally, ready, &answer, after, journal);
    }
    tally
}

fn judge(
    tally: &mut Tally,
    ready: Option<Ready>,
    answer: &Answer,
    after: Duration,
    journal: &Journal,
) {
    match (ready, answer.status) {
        (_, 503) => {
            assert_eq!(answer.header("retry-after"), Some("2"), "{answer:?}");
            assert_eq!(answer.body["code"], "busy", "{answer:?}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            tally.refused += 1;
            tally.slowest_refusal = tally.slowest_refusal.max(after);
        }
        (Some(ready), 201) => {
            let order = &answer.body["order"];
            journal.write(&Line::Ordered {
                key: ready.key,
                number: text(&order["number"]),
                token: text(&order["token"]),
                total: order["total"]["amount"].as_i64().unwrap(),
            });
            tally.ordered += 1;
        }
        (None, 200 | 201) => tally
            .carts
            .push(answer.header("cart-token").unwrap().to_owned()),
        (_, other) => panic!("{other}: {answer:?}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What was admitted is there; what was sent away can be asked for again and is then one order.
async fn compare(line: &mut Connection, known: &Known, tally: &Tally, journal: &Journal) {
    for order in known.ordered.values() {
        let page = line
            .get(&format!("/orders/{}.json", order.token))
            .await
            .unwrap();
        assert_eq!(
            (page.status, &page.body["number"]),
            (200, &json!(order.number))
        );
    }
    for cart in tally.carts.iter().step_by(20) {
        let page = line
            .ask("GET", "/cart", &[("cart-token", cart)], None)
            .await
            .unwrap();
        assert_eq!(
            page.body["lines"].as_array().map(Vec::len),
            Some(1),
            "{page:?}"
        );
    }
    for (key, (cart, total)) in &known.asked {
        let again = crate::shoppers::order(line, cart, key, journal)
            .await
            .unwrap();
        let (order, _) = again.unwrap();
        assert_eq!(order["total"]["amount"], *total);
        if let Some(first) = known.ordered.get(key) {
            assert_eq!(order["number"], *first.number);
        }
    }
}

async fn overload(server: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::empty(folder.path(), server);
    let variant = shop::prepare(&store).await[0];
    let program = Program::serve(&store, false).unwrap();
    let journal = Journal::create(folder.path());
    let mut line = Connection::open(program.address).await.unwrap();
    let mut carts = Vec::new();
    for nth in 0..STORM / EACH {
        carts.push(ready(&mut line, variant, nth, &journal).await);
    }
    let before = memory(&program);
    let tally = storm(&program, &store, variant, carts, &journal).await;
    let grown = memory(&program) - before;

    let calm = Instant::now();
    ready(&mut line, variant, STORM, &journal).await;
    let known = journal.read();
    compare(&mut line, &known, &tally, &journal).await;
    println!(
        "{} ordered, {} carts, {} sent away within {:?}, {grown} KiB more, {:?} afterwards",
        tally.ordered,
        tally.carts.len(),
        tally.refused,
        tally.slowest_refusal,
        calm.elapsed()
    );
    assert!(
        tally.refused >= STORM - 1_024 - 64,
        "too few were sent away: {}",
        tally.refused
    );
    assert!(
        tally.ordered >= 5 && tally.carts.len() > 200,
        "too few were served"
    );
    assert!(
        tally.slowest_refusal < Duration::from_secs(8),
        "a refusal waited for the disk"
    );
    assert!(
        calm.elapsed() < Duration::from_secs(10),
        "{:?}",
        calm.elapsed()
    );
    assert!(grown < GROWTH, "{grown} KiB more");
    shop::inspect(&store, &journal.read()).await.unwrap();
    drop(line);
    assert!(
        tokio::task::block_in_place(|| program.stop()),
        "no clean end"
    );
}

/// D7: while the disk (or the database server) stalls, more than twice as many requests come as the program takes. What
/// it does not take is sent away at once with 503 and `Retry-After`, without waiting for the disk; what it takes is
/// served and is there; nothing is a server error of another kind; memory stays bounded; and afterwards the shop sells
/// at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn beyond_capacity_the_excess_is_sent_away() {
    let _alone = crate::ALONE.lock().await;
    allow_files();
    overload(None).await;
    if let Some(world) = World::postgres().await {
        overload(world.ctx.db().postgres_url().map(str::to_owned)).await;
    }
}
