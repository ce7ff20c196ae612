//! A Stripe on this machine, localstripe from PyPI as a process of its own, and a shop that takes cards through it.
//!
//! Where localstripe is missing the tests say so and do nothing; `CI` makes that a failure.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use catalog::{
    product::{self, NewProduct},
    variant::NewVariant,
};
use inventory::{EntryKind, stock, stock::Adjustment};
use kernel::{Address, Currency, Locale, Money, Quantity, Texts, VariantId};
use operations::{
    FlowError,
    flows::{
        cart, checkout,
        place_order::{self, PlaceOrder, Placed, Seen},
    },
    shop as decisions,
};
use orders::{CheckoutDraft, PaymentMethod};
use payments::settings::{PaymentSettings, StripeAccount};
use platform::{Ctx, outgoing::Outgoing};
use serde_json::Value;

/// What signs Stripe's messages.
pub(crate) const SECRET: &str = "whsec_of_this_test";
/// The key of the shop's account.
pub(crate) const KEY: &str = "sk_test_of_this_test";
/// A card that is accepted.
pub(crate) const VISA: &str = "pm_card_visa";
/// How long anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// The process, which ends with this value, and a way to it.
pub(crate) struct LocalStripe {
    child: Child,
    /// Where it answers.
    pub(crate) base: String,
    /// Stripe's own entrance, for what its side does.
    pub(crate) there: Outgoing,
}

impl Drop for LocalStripe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python that has localstripe; none where it is missing, which `CI` does not accept.
pub(crate) fn python() -> Option<PathBuf> {
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

impl LocalStripe {
    /// Starts it and waits until it answers.
    pub(crate) async fn start(python: &std::path::Path) -> Self {
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
        Self { child, base, there }
    }

    /// The shopper types a card on Stripe's page. True when it was accepted.
    pub(crate) async fn type_card(&self, page: &str, card: &str) -> bool {
        let fields = [("session", page), ("card", card)];
        let told = post(&self.there, "/_config/charge", &fields).await;
        told["refused"].is_null()
    }

    /// A list of Stripe's.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
        let list = self.get(path).await;
        list["data"].as_array().unwrap().clone()
    }

    /// What an address of Stripe's says.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let reply = self.there.get(path).await.unwrap();
        serde_json::from_slice(&reply.body).unwrap()
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

/// One thing to buy, and cards by Stripe.
pub(crate) async fn furnish(ctx: &Ctx) -> VariantId {
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

/// An order that waits for a card.
pub(crate) async fn order(ctx: &Ctx, variant: VariantId) -> Placed {
    let quantity = Quantity::new(1).unwrap();
    let added = cart::add(ctx, None, variant, quantity).await;
    let token = added.unwrap().fresh_token.unwrap();
    checkout::save(ctx, Some(token.clone()), draft())
        .await
        .unwrap();
    let input = PlaceOrder {
        token: Some(token),
        idempotency_key: None,
        request: String::new(),
        seen: Seen::default(),
    };
    place_order::place_order(ctx, input).await.unwrap()
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
            store: None,
        },
        delivery_method: Some("home".into()),
        payment_method: Some(PaymentMethod::Card),
        gift_message: None,
        gift_wrap: false,
        note: None,
    }
}
