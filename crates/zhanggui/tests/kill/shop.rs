//! The shop that is killed: prepared once, in this process, with the commands that a merchant uses; and looking into a
//! copy of it while the program is dead.

use std::path::{Path, PathBuf};

use catalog::{
    product::{self, NewProduct},
    variant::NewVariant,
};
use engagement::Mailer;
use inventory::{EntryKind, stock, stock::Adjustment};
use kernel::{Clock, Currency, Email, Locale, Money, Texts, Timestamp, VariantId};
use operations::{FlowError, background, shop as decisions};
use payments::{demo_card, reconcile};
use platform::{
    Ctx, Db, DbError,
    db::DatabaseUrl,
    jobs::{Handlers, Workers},
    params, secret, settings,
};

use crate::journal::Known;

/// More than all shoppers of the suite can buy.
const PLENTY: i64 = 1_000_000;

/// Where a shop lives.
pub(crate) struct Store {
    /// Its folder.
    pub(crate) data: PathBuf,
    /// Its PostgreSQL database; without one, the folder has a SQLite file.
    pub(crate) server: Option<String>,
}

impl Store {
    /// A shop in a folder of its own, with nothing in it.
    pub(crate) fn empty(folder: &Path, server: Option<String>) -> Self {
        let data = folder.join("data");
        std::fs::create_dir(&data).unwrap();
        Self { data, server }
    }

    /// Its database as it is.
    pub(crate) async fn database(&self) -> Db {
        let url = match &self.server {
            Some(server) => DatabaseUrl::Postgres(server.clone()),
            None => DatabaseUrl::Sqlite(database(&self.data)),
        };
        Db::open(&url).await.unwrap()
    }

    pub(crate) async fn open(&self, clock: Clock) -> Ctx {
        let db = self.database().await;
        db.migrate(migrations::ALL).await.unwrap();
        Ctx::system(db, clock, "kill-suite")
    }

    /// The shop as the kill left it. Of a SQLite file that is a copy in `folder`, log and all: the original stays
    /// untouched, so that the next start has to recover it by itself.
    pub(crate) fn as_left(&self, folder: &Path) -> Self {
        for name in ["shop.db", "shop.db-wal"] {
            let from = self.data.join(name);
            if from.exists() {
                std::fs::copy(from, folder.join(name)).unwrap();
            }
        }
        Self {
            data: folder.to_owned(),
            server: self.server.clone(),
        }
    }
}

fn database(data: &Path) -> PathBuf {
    data.join("shop.db")
}

/// Makes a shop in SQLite, once, and puts a copy of its file into the store.
pub(crate) async fn prepare(store: &Store) -> Vec<VariantId> {
    if store.server.is_some() {
        return furnish(&store.open(Clock::wall()).await).await;
    }
    let scratch = tempfile::tempdir().unwrap();
    let ctx = Store {
        data: scratch.path().to_owned(),
        server: None,
    }
    .open(Clock::wall())
    .await;
    let variants = furnish(&ctx).await;
    ctx.db().backup(database(&store.data)).await.unwrap();
    variants
}

/// Two things to buy, with the commands that a merchant uses.
async fn furnish(ctx: &Ctx) -> Vec<VariantId> {
    let variants = vec![VariantId::new(), VariantId::new()];
    let goods: Vec<_> = variants
        .iter()
        .copied()
        .zip([("tea", 58_000), ("cup", 32_000)])
        .collect();
    let write = ctx.write(async move |tx, ctx| {
        let shop = decisions::Shop {
            name: Texts::one(Locale::Hant, "茶行"),
            ..decisions::Shop::default()
        };
        settings::save(tx, ctx, decisions::SHOP, &shop).await?;
        decisions::prepare(tx, ctx, "http://127.0.0.1").await?;
        demo_card::open_account(tx, ctx).await?;
        for (id, (name, price)) in &goods {
            let price = Money::new(*price, Currency::TWD);
            let new = NewProduct {
                handle: (*name).to_owned(),
                title: Texts::one(Locale::Hant, *name),
                variants: vec![NewVariant {
                    id: Some(*id),
                    ..NewVariant::new(name.to_uppercase(), price)
                }],
                ..NewProduct::default()
            };
            let product = product::create(tx, ctx, new).await?;
            product::publish(tx, ctx, product).await?;
            stock::adjust(
                tx,
                ctx,
                Adjustment::new(*id, PLENTY, EntryKind::Opening, "opening"),
            )
            .await?;
        }
        Ok::<_, FlowError>(())
    });
    write.await.unwrap();
    variants
}

/// What of an order must be there together, or not at all: each asks for orders that lack something.
const HALF_DONE: &[(&str, &str)] = &[
    (
        "an order without lines",
        "SELECT o.number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)",
    ),
    (
        "an order without history",
        "SELECT o.number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_history h WHERE h.order_id = o.id)",
    ),
    (
        "an order without money",
        "SELECT o.number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_money m WHERE m.order_id = o.id AND m.due = o.total)",
    ),
    (
        "an order without a payment",
        "SELECT o.number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id)",
    ),
    (
        "an order without a hold",
        "SELECT o.number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM holds h WHERE h.order_id = o.id)",
    ),
    (
        "an order without its event",
        "SELECT o.number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.subject_id = o.id AND e.name = 'Order Placed')",
    ),
    (
        "an order without its letter",
        "SELECT o.number FROM orders o WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.order_id = o.id AND m.kind = 'order_confirmation')",
    ),
    (
        "an order whose cart is open",
        "SELECT o.number FROM orders o JOIN carts c ON c.id = o.cart_id WHERE c.state <> 'ordered' OR c.order_id <> o.id",
    ),
    (
        "a cart that was ordered without an order",
        "SELECT c.token_hash FROM carts c WHERE c.state = 'ordered' AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.cart_id = c.id)",
    ),
    (
        "a claimed key without its answer",
        "SELECT key FROM idempotency_keys WHERE status <> 200",
    ),
    (
        "as many keys as orders",
        "SELECT 1 AS n WHERE (SELECT COUNT(*) FROM idempotency_keys) <> (SELECT COUNT(*) FROM orders)",
    ),
    (
        "a paid order without its events",
        "SELECT o.number FROM orders o WHERE o.payment_state = 'paid' AND 2 <> (SELECT COUNT(*) FROM events e \
         WHERE e.subject_id = o.id AND e.name IN ('Payment Succeeded', 'Order Completed'))",
    ),
    (
        "a paid order without its letter",
        "SELECT o.number FROM orders o WHERE o.payment_state = 'paid' AND NOT EXISTS (SELECT 1 FROM messages m \
         WHERE m.order_id = o.id AND m.kind = 'order_paid')",
    ),
    (
        "more letters to send than jobs that send them",
        "SELECT 1 AS n WHERE (SELECT COUNT(*) FROM messages WHERE state IN ('queued', 'claimed')) > \
         (SELECT COUNT(*) FROM jobs WHERE kind = 'engagement.send' AND state IN ('queued', 'running'))",
    ),
    (
        "a dead letter",
        "SELECT kind FROM jobs WHERE state = 'dead'",
    ),
];

/// Looks into a copied shop: nothing is half-done, and everything that was acknowledged is there. Tells how many orders
/// are there that were asked for and not acknowledged.
pub(crate) async fn inspect(store: &Store, known: &Known) -> Result<usize, String> {
    let ctx = store.open(Clock::wall()).await;
    half_done(&ctx).await?;
    let rows = ctx.read(async |rx, _| {
        rx.rows("SELECT number, total, payment_state FROM orders", &[])
            .await
    });
    let mut found = std::collections::BTreeMap::new();
    for row in rows.await.map_err(|e| e.to_string())? {
        let facts: Result<(String, i64, String), DbError> = (|| {
            Ok((
                row.get("number")?,
                row.get("total")?,
                row.get("payment_state")?,
            ))
        })();
        let (number, total, payment_state) = facts.map_err(|e| e.to_string())?;
        found.insert(number, (total, payment_state));
    }
    for (key, order) in &known.ordered {
        match found.get(&order.number) {
            Some((total, _)) if *total == order.total => {}
            other => {
                return Err(format!(
                    "acknowledged order {order:?} of {key} is {other:?}"
                ));
            }
        }
    }
    for number in &known.paid {
        match found.get(number) {
            Some((_, state)) if state == "paid" => {}
            other => return Err(format!("acknowledged payment of {number} is {other:?}")),
        }
    }
    let unheard: Vec<String> = known
        .asked
        .iter()
        .filter(|(key, _)| !known.ordered.contains_key(*key))
        .map(|(_, (cart, _))| secret::token_hash(cart))
        .collect();
    let ordered = ctx.read(async move |rx, _| {
        let mut ordered = 0;
        for hash in unheard {
            let sql = "SELECT 1 AS one FROM carts WHERE token_hash = $1 AND state = 'ordered'";
            ordered += usize::from(rx.row(sql, params![hash]).await?.is_some());
        }
        Ok::<_, DbError>(ordered)
    });
    ordered.await.map_err(|e| e.to_string())
}

async fn half_done(ctx: &Ctx) -> Result<(), String> {
    for (what, sql) in HALF_DONE {
        let rows = ctx
            .read(async move |rx, _| rx.rows(sql, &[]).await)
            .await
            .map_err(|e| e.to_string())?;
        if let Some(first) = rows.first() {
            return Err(format!("{what}: {} of them, such as {first:?}", rows.len()));
        }
    }
    Ok(())
}

/// Hours later: leases of killed workers are over, every job has run, and all books are equal.
pub(crate) async fn settle(store: &Store, now: Timestamp, known: &Known) -> Result<(), String> {
    let clock = Clock::standing(now);
    let ctx = store.open(clock.clone()).await;
    let mut handlers = Handlers::default();
    let from = Email::parse("shop@example.com").unwrap();
    let mail = format!("folder:{}", store.data.join("mail").display());
    background::handlers(
        &mut handlers,
        Mailer::from_url(&mail, from).unwrap(),
        &payments::Providers::default(),
    );
    let workers = Workers::new(ctx.clone(), handlers);
    for _ in 0..6 {
        clock.set(ctx.now().plus_seconds(1_200));
        workers.drain().await.map_err(|e| e.to_string())?;
    }
    let open = "SELECT kind, state, last_error FROM jobs WHERE state <> 'done'";
    let open = ctx
        .read(async move |rx, _| rx.rows(open, &[]).await)
        .await
        .map_err(|e| e.to_string())?;
    if !open.is_empty() {
        return Err(format!("J2: jobs that did not end: {open:?}"));
    }
    let undecided = "SELECT id, state FROM payments WHERE sent_at IS NOT NULL AND state IN ('created', 'pending', 'unknown')";
    let undecided = ctx
        .read(async move |rx, _| rx.rows(undecided, &[]).await)
        .await
        .map_err(|e| e.to_string())?;
    if !undecided.is_empty() {
        return Err(format!("P10: charges without an outcome: {undecided:?}"));
    }
    let breaks = ctx
        .read(async |rx, ctx| reconcile::demo_card(rx, ctx.now()).await)
        .await
        .map_err(|e| e.to_string())?;
    if !breaks.is_empty() {
        return Err(format!("the card company's books differ: {breaks:?}"));
    }
    let broken = operations::invariants::broken(&ctx)
        .await
        .map_err(|e| e.to_string())?;
    if !broken.is_empty() {
        return Err(format!("{broken:?}"));
    }
    drop(workers);
    half_done(&ctx).await?;
    inspect(store, known).await.map(|_| ())
}
