//! A shop that takes cards through a Stripe on this machine, and the shopper at both.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use catalog::{
    product::{self, NewProduct},
    variant::NewVariant,
};
use inventory::{EntryKind, stock, stock::Adjustment};
use kernel::{Address, Currency, Locale, Money, OrderId, Quantity, Texts, VariantId};
use operations::{
    FlowError,
    flows::{
        cart, checkout, collect_payment,
        place_order::{self, PlaceOrder, Placed},
    },
    shop as decisions,
};
use orders::{CheckoutDraft, Order, PaymentMethod, order};
use payments::{
    PageWish, Payment, Wish, payment,
    settings::{PaymentSettings, StripeAccount},
};
use platform::{Ctx, outgoing::Outgoing};
use serde_json::Value;
use tokio::sync::watch;
use zhanggui::{App, Config, config::Secret};

const SECRET: &str = "whsec_of_this_test";
const KEY: &str = "sk_test_of_this_test";
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// A shop, its Stripe, and what stops them.
pub(crate) struct Stage {
    pub(crate) ctx: Ctx,
    pub(crate) stripe: Arc<payments::stripe::Stripe>,
    /// Stripe's own entrance, for what its side does.
    pub(crate) there: Outgoing,
    variant: VariantId,
    address: String,
    stop: watch::Sender<bool>,
    served: tokio::task::JoinHandle<()>,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python that has localstripe; none where it is missing, which `CI` does not accept.
fn python() -> Option<PathBuf> {
    let found = Command::new(root().join("scripts/localstripe"))
        .arg("--find")
        .stderr(Stdio::null())
        .output()
        .unwrap();
    if found.status.success() {
        return Some(String::from_utf8(found.stdout).unwrap().trim().into());
    }
    assert!(
        !testkit::in_ci(),
        "localstripe is missing: scripts/localstripe --install"
    );
    eprintln!("skipped: localstripe is missing; scripts/localstripe --install brings it");
    None
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Runs a test with a shop and its Stripe; `told` says whether Stripe sends its messages.
pub(crate) fn run(told: bool, test: impl AsyncFnOnce(&Stage)) {
    let Some(python) = python() else { return };
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
        let port = free_port();
        let child = Command::new(python)
            .arg(root().join("scripts/stripe_stand_in.py"))
            .args(["--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let there = Outgoing::to(&base, &[("authorization", &format!("Bearer {KEY}"))]).unwrap();
        let begun = Instant::now();
        while there.get("/v1/charges").await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "localstripe does not answer");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }

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
            stripe_api: Some(base),
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
            post(
                &there,
                "/_config/webhooks/shop",
                &[("url", &url), ("secret", SECRET)],
            )
            .await;
        }
        Self {
            ctx,
            stripe,
            there,
            variant,
            address: format!("http://{listen}"),
            stop,
            served,
            child,
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
        let quantity = Quantity::new(1).unwrap();
        let added = cart::add(&self.ctx, None, self.variant, quantity).await;
        let token = added.unwrap().fresh_token.unwrap();
        checkout::save(&self.ctx, Some(token.clone()), draft())
            .await
            .unwrap();
        let input = PlaceOrder {
            token: Some(token),
            idempotency_key: None,
            request: String::new(),
            confirmed_total: None,
        };
        place_order::place_order(&self.ctx, input).await.unwrap()
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

    /// The shopper types a card on Stripe's page. True when it was accepted.
    pub(crate) async fn type_card(&self, page: &str, card: &str) -> bool {
        let told = post(
            &self.there,
            "/_config/charge",
            &[("session", page), ("card", card)],
        )
        .await;
        told["refused"].is_null()
    }

    /// The next calls to this path get no answer, although they do what they are for.
    pub(crate) async fn lose_answers(&self, path: &str, times: u32) {
        let times = times.to_string();
        let fields = [("path", path), ("when", "after"), ("times", times.as_str())];
        let fields: Vec<_> = owned(&fields);
        self.there
            .post("/_config/lose", None, &fields)
            .await
            .unwrap();
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

    /// A list of Stripe's.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
        let reply = self.there.get(path).await.unwrap();
        let list: Value = serde_json::from_slice(&reply.body).unwrap();
        list["data"].as_array().unwrap().clone()
    }

    /// Charges that took money.
    pub(crate) async fn charges(&self) -> Vec<Value> {
        let all = self.list("/v1/charges?limit=100").await;
        all.into_iter()
            .filter(|charge| charge["status"] == "succeeded")
            .collect()
    }
}

pub(crate) fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) async fn post(there: &Outgoing, path: &str, fields: &[(&str, &str)]) -> Value {
    let reply = there.post(path, None, &owned(fields)).await.unwrap();
    assert_eq!(
        reply.status,
        200,
        "{path}: {}",
        String::from_utf8_lossy(&reply.body)
    );
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

async fn furnish(ctx: &Ctx) -> VariantId {
    let id = VariantId::new();
    let write = ctx.write(async move |tx, ctx| {
        decisions::prepare(tx, ctx, "http://127.0.0.1").await?;
        let settings = PaymentSettings {
            test_mode: true,
            stripe: Some(StripeAccount { live: false }),
        };
        payments::settings::save(tx, ctx, &settings).await?;
        let variant = NewVariant {
            id: Some(id),
            ..NewVariant::new("TEA".to_owned(), Money::new(58_000, Currency::TWD))
        };
        let new = NewProduct {
            handle: "tea".to_owned(),
            title: Texts::one(Locale::Hant, "茶"),
            variants: vec![variant],
            ..NewProduct::default()
        };
        let product = product::create(tx, ctx, new).await?;
        product::publish(tx, ctx, product).await?;
        let opening = Adjustment::new(id, 1_000, EntryKind::Opening, "opening");
        stock::adjust(tx, ctx, opening).await?;
        Ok::<_, FlowError>(())
    });
    write.await.unwrap();
    id
}

fn draft() -> CheckoutDraft {
    let name = kernel::id::encode(kernel::id::fresh_uuid());
    CheckoutDraft {
        email: format!("{name}@example.com"),
        phone: "0912345678".into(),
        address: Address {
            name: "王小明".into(),
            phone: "0912345678".into(),
            country: "TW".into(),
            postal_code: "100".into(),
            region: "臺北市".into(),
            city: "中正區".into(),
            line1: "重慶南路一段 122 號".into(),
            line2: None,
            district: String::new(),
        },
        delivery_method: Some("home".into()),
        payment_method: Some(PaymentMethod::Card),
        gift_message: None,
        gift_wrap: false,
        note: None,
    }
}
