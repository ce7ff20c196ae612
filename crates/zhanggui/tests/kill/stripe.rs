//! Killed between a call to Stripe and the record of its answer: the call has arrived there, is done or not, and the
//! program that asked for it is gone. Whoever starts next asks under the same key, so that there is one page, one charge
//! or one refund, and the books of both sides agree.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use engagement::Mailer;
use kernel::{Clock, CustomerId, Email, Locale, Money, VariantId};
use operations::{
    background,
    flows::{
        place_order,
        refund_order::{self, RefundOrder, What},
    },
};
use orders::{Order, order};
use payments::{
    PageWish, PaymentState, Providers, Wish, payment, stripe::Stripe, stripe::StripeConfig,
};
use platform::{
    Ctx,
    jobs::{Handlers, Workers},
    params,
};

use crate::{
    localstripe::{self, KEY, LocalStripe, PATIENCE, SECRET, VISA},
    program::{self, Program},
    shop::Store,
};

/// Where the program is cut off: the call by the end of its path, and whether Stripe did it by then.
const CUTS: [(&str, &str); 8] = [
    ("/v1/checkout/sessions", "before"),
    ("/v1/checkout/sessions", "after"),
    ("/v1/payment_intents", "before"),
    ("/v1/payment_intents", "after"),
    ("/confirm", "before"),
    ("/confirm", "after"),
    ("/v1/refunds", "before"),
    ("/v1/refunds", "after"),
];
/// What goes back of an order, in minor units.
const PART: i64 = 10_000;

/// P4, P5, P6, P9: on SQLite.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_kill_between_call_and_record_charges_once() {
    let _alone = crate::ALONE.lock().await;
    let Some(python) = localstripe::python() else {
        return;
    };
    all_cuts(&python, None).await;
}

/// P4, P5, P6, P9: the same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_kill_between_call_and_record_charges_once_on_postgres() {
    let _alone = crate::ALONE.lock().await;
    let Some(python) = localstripe::python() else {
        return;
    };
    let Some(world) = testkit::World::postgres().await else {
        return;
    };
    all_cuts(&python, world.ctx.db().postgres_url().map(str::to_owned)).await;
}

async fn all_cuts(python: &Path, server: Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let there = LocalStripe::start(python).await;
    let config = StripeConfig {
        secret_key: KEY.to_owned(),
        webhook_secrets: vec![SECRET.to_owned()],
        api: there.base.clone(),
    };
    let store = Store::empty(folder.path(), server);
    let variant = localstripe::furnish(&store.open(Clock::wall()).await).await;
    let shop = Shop {
        store,
        there,
        stripe: Arc::new(Stripe::new(&config).unwrap()),
        variant,
    };
    let kept = shop.kept_card().await;
    for (call, when) in CUTS {
        shop.cut(call, when, &kept).await;
    }
    shop.books_agree().await;
}

/// A shop whose program is killed, and its Stripe, which lives on.
struct Shop {
    store: Store,
    there: LocalStripe,
    stripe: Arc<Stripe>,
    variant: VariantId,
}

impl Shop {
    async fn open(&self) -> Ctx {
        self.store.open(Clock::wall()).await
    }

    fn start(&self) -> Program {
        let mut command = program::command(&self.store);
        command
            .env("ZHANGGUI_STRIPE_SECRET_KEY", KEY)
            .env("ZHANGGUI_STRIPE_WEBHOOK_SECRETS", SECRET)
            .env("ZHANGGUI_STRIPE_API", &self.there.base);
        Program::start(command, &self.store, &[]).unwrap()
    }

    /// Does in this process what waits to be done.
    async fn work(&self, ctx: &Ctx) {
        let mut handlers = Handlers::default();
        let from = Email::parse("shop@example.com").unwrap();
        let mail = format!("folder:{}", self.store.data.join("mail").display());
        let providers = Providers {
            stripe: Some(Arc::clone(&self.stripe)),
        };
        let mailer = Mailer::from_url(&mail, from).unwrap();
        background::handlers(&mut handlers, mailer, &providers);
        let workers = Workers::new(ctx.clone(), handlers);
        workers.drain().await.unwrap();
    }

    /// An order that was paid on Stripe's page; the card is kept if wished.
    async fn paid(&self, ctx: &Ctx, keep: bool) -> place_order::Placed {
        let placed = localstripe::order(ctx, self.variant).await;
        let wish = page(&order_of(ctx, &placed).await, keep);
        ask(ctx, placed.payment.id, wish).await;
        self.work(ctx).await;
        self.type_card(ctx, placed.payment.id).await;
        self.work(ctx).await;
        assert_eq!(
            payment_of(ctx, placed.payment.id).await.state,
            PaymentState::Succeeded
        );
        placed
    }

    /// The shopper types a card on the page that is open, and is back.
    async fn type_card(&self, ctx: &Ctx, id: kernel::PaymentId) {
        let open = payment_of(ctx, id).await;
        let page = open.page.as_ref().unwrap();
        assert!(self.there.type_card(&page.reference, VISA).await);
        ctx.write(async move |tx, ctx| payments::work::ask_now(tx, ctx, id).await)
            .await
            .unwrap();
    }

    /// Somebody whose card is kept, and its name.
    async fn kept_card(&self) -> (CustomerId, String) {
        let ctx = self.open().await;
        let first = self.paid(&ctx, true).await;
        let customer = order_of(&ctx, &first).await.customer_id.unwrap();
        let cards = self.stripe.saved_cards(&ctx, customer).await.unwrap();
        (customer, cards[0].id.clone())
    }

    /// Kills the program while Stripe holds its answer, and lets another one find out.
    async fn cut(&self, call: &str, when: &str, kept: &(CustomerId, String)) {
        let ctx = self.open().await;
        let refunding = call == "/v1/refunds";
        let placed = if refunding {
            let placed = self.paid(&ctx, false).await;
            give_back(&ctx, placed.order.id).await;
            placed
        } else {
            let placed = localstripe::order(&ctx, self.variant).await;
            let saved = Wish::Saved {
                customer_id: kept.0,
                card: kept.1.clone(),
            };
            let wish = if call == "/v1/checkout/sessions" {
                page(&order_of(&ctx, &placed).await, false)
            } else {
                saved
            };
            ask(&ctx, placed.payment.id, wish).await;
            placed
        };
        let charged_before = self.there.charges().await.len();
        drop(ctx);

        let hold = [("path", call), ("when", when)];
        localstripe::post(&self.there.there, "/_config/hold", &hold).await;
        let mut program = self.start();
        self.until(&format!("{call} arrives"), async || {
            self.there.get("/_config/held").await["held"] == 1
        })
        .await;
        program.kill();
        localstripe::post(&self.there.there, "/_config/release", &[]).await;

        let ctx = self.open().await;
        nothing_is_recorded(&ctx, &placed, refunding).await;
        spare_the_lease(&ctx).await;
        drop(ctx);
        let program = self.start();
        let ctx = self.open().await;
        if call == "/v1/checkout/sessions" {
            let open = async || payment_of(&ctx, placed.payment.id).await.page.is_some();
            self.until("a page is open", open).await;
            self.type_card(&ctx, placed.payment.id).await;
        }
        let known = if refunding {
            "SELECT COUNT(*) FROM refunds WHERE order_id = $1 AND state = 'succeeded'"
        } else {
            "SELECT COUNT(*) FROM payments WHERE order_id = $1 AND state = 'succeeded'"
        };
        self.until(&format!("{call} cut {when} ends"), async || {
            count(&ctx, known, placed.order.id).await == 1
        })
        .await;
        assert!(tokio::task::block_in_place(|| program.stop()));
        let charged = self.there.charges().await.len() - charged_before;
        assert_eq!(charged, usize::from(!refunding), "{call} cut {when}");
        program::check(&self.store).unwrap();
    }

    async fn until(&self, hope: &str, is: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !is().await {
            let said = program::last_words(&self.store.data);
            assert!(begun.elapsed() < PATIENCE, "{hope}:\n{said}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Every order was charged once at Stripe under its own name and once in the books, what went back went back once,
    /// and nothing differs.
    async fn books_agree(&self) {
        let ctx = self.open().await;
        let cut = CUTS.iter().filter(|(call, _)| *call == "/v1/refunds");
        let (orders, refunds) = (CUTS.len() + 1, cut.count());
        let intents = self.there.list("/v1/payment_intents?limit=100").await;
        let mut named: Vec<_> = intents
            .iter()
            .map(|intent| intent["metadata"]["payment"].as_str().unwrap())
            .collect();
        named.sort_unstable();
        named.dedup();
        assert_eq!((intents.len(), named.len()), (orders, orders));
        let charges = self.there.charges().await;
        let back = self.there.list("/v1/refunds?limit=100").await;
        for (entry, times, rows) in [("capture", orders, &charges), ("refund", refunds, &back)] {
            let theirs: i64 = rows.iter().filter_map(|row| row["amount"].as_i64()).sum();
            let sql = "SELECT COUNT(*) AS times, CAST(SUM(amount) AS BIGINT) AS amount FROM journal WHERE entry = $1";
            let posted = ctx.read(async move |rx, _| rx.one(sql, params![entry]).await);
            let posted = posted.await.unwrap();
            let ours: (i64, i64) = (posted.get("times").unwrap(), posted.get("amount").unwrap());
            assert_eq!(rows.len(), times, "{entry}");
            assert_eq!(ours, (i64::try_from(times).unwrap(), theirs), "{entry}");
        }
        let until = ctx.now().plus_seconds(2);
        let found = payments::reconcile::stripe(&ctx, &self.stripe, until).await;
        assert_eq!(found.unwrap(), Vec::new());
        let broken = operations::invariants::broken(&ctx).await.unwrap();
        assert!(broken.is_empty(), "{broken:?}");
    }
}

/// The wish for Stripe's page.
fn page(order: &Order, keep: bool) -> Wish {
    Wish::Page(PageWish {
        title: order.number.clone(),
        done_url: "http://127.0.0.1/done".to_owned(),
        back_url: "http://127.0.0.1/back".to_owned(),
        locale: Locale::Hant,
        email: order.email.clone(),
        keep_for: order.customer_id.filter(|_| keep),
    })
}

/// Has a payment charged by the next program that works.
async fn ask(ctx: &Ctx, id: kernel::PaymentId, wish: Wish) {
    let asked = ctx
        .write(async move |tx, ctx| payment::request_charge(tx, ctx, id, wish.clone()).await)
        .await;
    assert!(asked.unwrap());
}

/// Has a part given back by the next program that works.
async fn give_back(ctx: &Ctx, order_id: kernel::OrderId) {
    let part = Money::new(PART, kernel::Currency::TWD);
    let input = RefundOrder {
        order_id,
        what: What::Amount(part),
        reason: "customer_request".to_owned(),
        idempotency_key: order_id.to_string(),
    };
    refund_order::refund(ctx, input).await.unwrap();
}

/// The kill came before anything was known here: what is to be proved begins with that.
async fn nothing_is_recorded(ctx: &Ctx, placed: &place_order::Placed, refunding: bool) {
    let known = payment_of(ctx, placed.payment.id).await;
    if refunding {
        let pending = "SELECT COUNT(*) FROM refunds WHERE order_id = $1 AND state = 'pending'";
        assert_eq!(count(ctx, pending, placed.order.id).await, 1);
    } else {
        assert!(known.sent_at.is_some(), "{known:?}");
        assert_eq!((known.state, known.page), (PaymentState::Created, None));
    }
}

/// A job whose worker died waits for the end of its lease; that minute is over at once.
async fn spare_the_lease(ctx: &Ctx) {
    let over = ctx.now().plus_seconds(-1);
    let sql = "UPDATE jobs SET lease_until = $1 WHERE state = 'running'";
    let spared = ctx.write(async move |tx, _| tx.execute(sql, params![over]).await);
    assert!(spared.await.unwrap() > 0, "the killed program held no job");
}

async fn order_of(ctx: &Ctx, placed: &place_order::Placed) -> Order {
    let id = placed.order.id;
    ctx.read(async move |rx, _| order::by_id(rx, id).await)
        .await
        .unwrap()
}

async fn payment_of(ctx: &Ctx, id: kernel::PaymentId) -> payments::Payment {
    ctx.read(async move |rx, _| payment::by_id(rx, id).await)
        .await
        .unwrap()
}

async fn count(ctx: &Ctx, sql: &'static str, order: kernel::OrderId) -> i64 {
    ctx.read(async move |rx, _| rx.scalar::<i64>(sql, params![order]).await)
        .await
        .unwrap()
}
