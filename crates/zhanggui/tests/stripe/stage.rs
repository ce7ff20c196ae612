//! A shop that takes cards through a Stripe on this machine, and the shopper at both.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use kernel::{Locale, OrderId, VariantId};
use operations::flows::{collect_payment, place_order::Placed};
use orders::{Order, order};
use payments::{PageWish, Payment, Wish, payment};
use platform::Ctx;
use tokio::sync::watch;
use zhanggui::{App, Config, config::Secret};

use crate::localstripe::{self, KEY, LocalStripe, PATIENCE, SECRET, furnish, owned, post};

/// A shop, its Stripe, and what stops them.
pub(crate) struct Stage {
    pub(crate) ctx: Ctx,
    pub(crate) stripe: Arc<payments::stripe::Stripe>,
    pub(crate) there: LocalStripe,
    variant: VariantId,
    address: String,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

/// Runs a test with a shop and its Stripe; `told` says whether Stripe sends its messages.
pub(crate) fn run(told: bool, test: impl AsyncFnOnce(&Stage)) {
    let Some(python) = localstripe::python() else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stage = Stage::open(&python, told).await;
        test(&stage).await;
        stage.close().await;
    });
}

impl Stage {
    async fn open(python: &Path, told: bool) -> Self {
        let there = LocalStripe::start(python).await;
        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = listener.local_addr().unwrap();
        let config = Config {
            data_dir: folder.path().join("data"),
            listen,
            stripe_secret_key: Some(Secret::from(KEY)),
            // Two secrets, as while one replaces the other.
            stripe_webhook_secrets: Some(Secret::from(
                format!("whsec_the_old_one,{SECRET}").as_str(),
            )),
            stripe_api: Some(there.base.clone()),
            ..Config::default()
        };
        let stripe = config.stripe().unwrap().unwrap();
        let app = Arc::new(App::open(config).await.unwrap());
        let variant = furnish(&app.ctx).await;
        app.announce().await.unwrap();
        let (stop, stopped) = watch::channel(false);
        let ctx = app.ctx.clone();
        let served = tokio::spawn(async move { app.serve(listener, stopped).await.unwrap() });
        if told {
            let url = format!("http://{listen}/webhooks/stripe");
            let fields = [("url", url.as_str()), ("secret", SECRET)];
            post(&there.there, "/_config/webhooks/shop", &fields).await;
        }
        Self {
            ctx,
            stripe,
            there,
            variant,
            address: format!("http://{listen}"),
            stop,
            served,
            _folder: folder,
        }
    }

    async fn close(mut self) {
        let _ = self.stop.send(true);
        (&mut self.served).await.unwrap();
        let broken = operations::invariants::broken(&self.ctx).await.unwrap();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// Where the shop answers.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An order that waits for a card.
    pub(crate) async fn order(&self) -> Placed {
        localstripe::order(&self.ctx, self.variant).await
    }

    /// The shopper wants to type a card: Stripe's page is opened, and its name told.
    pub(crate) async fn open_page(&self, placed: &Placed, keep: bool) -> (Payment, String) {
        let order = self.order_of(placed.order.id).await;
        let here = format!("{}/orders/{}", self.address, order.token);
        let wish = Wish::Page(PageWish {
            title: order.number,
            done_url: format!("{here}/payments/{}/return", placed.payment.id),
            back_url: format!("{here}/payments/{}", placed.payment.id),
            locale: Locale::Hant,
            email: order.email,
            keep_for: order.customer_id.filter(|_| keep),
        });
        let asked =
            collect_payment::pay_by_card(&self.ctx, order.id, placed.payment.id, wish).await;
        asked.unwrap();
        let known = self
            .until(placed, "a page is open", |payment| payment.page.is_some())
            .await;
        let name = known.page.as_ref().unwrap().reference.clone();
        (known, name)
    }

    /// The next calls to this path get no answer, although they do what they are for.
    pub(crate) async fn lose_answers(&self, path: &str, times: u32) {
        let times = times.to_string();
        let fields = [("path", path), ("when", "after"), ("times", times.as_str())];
        let fields: Vec<_> = owned(&fields);
        let there = &self.there.there;
        there.post("/_config/lose", None, &fields).await.unwrap();
    }

    /// The shopper is back from Stripe's page.
    pub(crate) async fn come_back(&self, placed: &Placed) -> Payment {
        collect_payment::come_back(&self.ctx, placed.order.id, placed.payment.id)
            .await
            .unwrap()
    }

    pub(crate) async fn payment(&self, placed: &Placed) -> Payment {
        let id = placed.payment.id;
        self.ctx
            .read(async move |rx, _| payment::by_id(rx, id).await)
            .await
            .unwrap()
    }

    pub(crate) async fn order_of(&self, id: OrderId) -> Order {
        self.ctx
            .read(async move |rx, _| order::by_id(rx, id).await)
            .await
            .unwrap()
    }

    /// Waits until the payment of an order is as hoped.
    pub(crate) async fn until(
        &self,
        placed: &Placed,
        hope: &str,
        is: impl Fn(&Payment) -> bool,
    ) -> Payment {
        let begun = Instant::now();
        loop {
            let known = self.payment(placed).await;
            if is(&known) {
                return known;
            }
            assert!(begun.elapsed() < PATIENCE, "{hope}: {known:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn until_paid(&self, placed: &Placed) -> Payment {
        let paid = |payment: &Payment| payment.state == payments::PaymentState::Succeeded;
        self.until(placed, "the payment succeeds", paid).await
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.ctx
            .read(async move |rx, _| rx.scalar::<i64>(sql, &[]).await)
            .await
            .unwrap()
    }
}
