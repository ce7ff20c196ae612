//! A small shop, opened with the commands that a merchant uses, and the shortest way to each step of an order.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use catalog::{
    product::{self, NewProduct},
    variant::NewVariant,
};
use engagement::{Mailer, message};
use fulfilment::delivery::{self, NewDeliveryMethod};
use inventory::{EntryKind, hold, stock, stock::Adjustment};
use kernel::{
    Address, Currency, Email, Locale, Money, OrderId, OrderLineId, PaymentId, Quantity, Texts,
    VariantId,
};
use operations::{
    FlowError, background,
    flows::{
        cart, checkout, collect_payment, erase_customer, match_receipt, pick_order,
        place_order::{self, PlaceOrder, Placed, Seen},
        refund_order::{RefundOrder, RefundUnits, What, Which},
        ship_parcel::{self, ShipParcel},
    },
    shop::{self as decisions, Shop as Decisions},
};
use orders::{CheckoutDraft, HistoryRow, Order, OrderLine, PaymentMethod, order};
use payments::{
    Account, Payment, PaymentState, demo_card, demo_card::Scenario, journal, payment,
    receipt::NewReceipt, reconcile,
};
use platform::{
    Ctx, DbError,
    audit::Anchors,
    events::{self, Recorded},
    jobs::{self, Handlers, Workers},
    params, settings,
};
use testkit::World;

/// What home delivery costs below its threshold.
pub(crate) const DELIVERY: i64 = 12_000;
/// One day, in seconds.
pub(crate) const DAY: u64 = 86_400;

pub(crate) fn twd(amount: i64) -> Money {
    Money::new(amount, Currency::TWD)
}

/// The shop of one test.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) ctx: Ctx,
    workers: Workers,
    letters: PathBuf,
    /// NT$580, a hundred of them.
    pub(crate) tea: VariantId,
    /// NT$2,400, ten of them.
    pub(crate) pot: VariantId,
    /// NT$320, one of them.
    pub(crate) cup: VariantId,
}

impl Shop {
    pub(crate) async fn open(world: &World) -> Self {
        let letters = world.folder.path().join("letters");
        let from = Email::parse("shop@example.com").unwrap();
        let mailer = Mailer::from_url(&format!("folder:{}", letters.display()), from).unwrap();
        let mut handlers = Handlers::default();
        background::handlers(&mut handlers, mailer, &payments::Providers::default());
        let anchors = Anchors::open(world.folder.path()).unwrap();
        Arc::new(anchors).register(&mut handlers);
        erase_customer::register(&mut handlers, world.folder.path());
        let ctx = world.ctx.clone();
        decide(&ctx).await;
        let [tea, pot, cup] = [
            ("tea", 58_000, 100),
            ("pot", 240_000, 10),
            ("cup", 32_000, 1),
        ]
        .map(|(name, price, units)| goods(&ctx, name, price, units));
        Self {
            workers: Workers::new(ctx.clone(), handlers),
            letters,
            tea: tea.await,
            pot: pot.await,
            cup: cup.await,
            ctx,
        }
    }

    /// A fresh product of one variant.
    pub(crate) async fn goods(&self, name: &str, price: i64, units: i64) -> VariantId {
        goods(&self.ctx, name, price, units).await
    }

    /// A fresh product of one variant that lies nowhere.
    pub(crate) async fn product(&self, name: &str, price: i64) -> VariantId {
        product_of(&self.ctx, name, price).await
    }

    /// A cart with these goods in it.
    pub(crate) async fn cart(&self, lines: &[(VariantId, i64)]) -> String {
        let mut token = None;
        for (variant, units) in lines {
            let quantity = Quantity::new(*units).unwrap();
            let added = cart::add(&self.ctx, token.clone(), *variant, quantity)
                .await
                .unwrap();
            token = added.fresh_token.or(token);
        }
        token.unwrap()
    }

    /// Fills in the checkout and tells the total that is shown.
    pub(crate) async fn fill_in(&self, token: &str, method: PaymentMethod) -> Money {
        let quote = checkout::save(&self.ctx, Some(token.to_owned()), draft(method))
            .await
            .unwrap();
        quote.priced.totals.total
    }

    /// A filled-in cart, ready to be ordered.
    pub(crate) async fn ready(&self, lines: &[(VariantId, i64)], method: PaymentMethod) -> String {
        let token = self.cart(lines).await;
        self.fill_in(&token, method).await;
        token
    }

    pub(crate) async fn place(&self, token: &str) -> Result<Placed, FlowError> {
        self.place_with(token, None, None).await
    }

    pub(crate) async fn place_with(
        &self,
        token: &str,
        key: Option<&str>,
        confirmed_total: Option<Money>,
    ) -> Result<Placed, FlowError> {
        let input = PlaceOrder {
            token: Some(token.to_owned()),
            idempotency_key: key.map(str::to_owned),
            request: String::new(),
            seen: Seen::total(confirmed_total),
        };
        place_order::place_order(&self.ctx, input).await
    }

    /// An order of these goods.
    pub(crate) async fn buy(&self, lines: &[(VariantId, i64)], method: PaymentMethod) -> Placed {
        let token = self.ready(lines, method).await;
        self.place(&token).await.unwrap()
    }

    /// Pays by card as the page does: the shopper waits while the background works.
    pub(crate) async fn pay(
        &self,
        order: OrderId,
        payment: PaymentId,
        scenario: Scenario,
    ) -> Payment {
        let ctx = self.ctx.clone();
        let page = tokio::spawn(async move {
            collect_payment::pay_by_card(&ctx, order, payment, scenario).await
        });
        while !page.is_finished() {
            self.drain().await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        page.await.unwrap().unwrap()
    }

    /// A card order whose money has come.
    pub(crate) async fn paid(&self, lines: &[(VariantId, i64)]) -> Placed {
        let placed = self.buy(lines, PaymentMethod::Card).await;
        let payment = self
            .pay(placed.order.id, placed.payment.id, Scenario::Succeed)
            .await;
        assert_eq!(payment.state, PaymentState::Succeeded);
        placed
    }

    /// Money at the bank, matched to an order.
    pub(crate) async fn transfer(&self, order: OrderId, amount: Money) -> Result<(), FlowError> {
        match_receipt::record_for_order(&self.ctx, self.receipt(amount), order).await
    }

    /// A receipt under a fresh name.
    pub(crate) fn receipt(&self, amount: Money) -> NewReceipt {
        NewReceipt {
            amount,
            received_at: self.ctx.now(),
            payer: "王小明".into(),
            last_five: "12345".into(),
            bank_reference: fresh("bank"),
        }
    }

    /// Picks an order and sends everything in one parcel.
    pub(crate) async fn pick_and_ship(&self, order: OrderId) -> fulfilment::parcel::Parcel {
        pick_order::pick(&self.ctx, order).await.unwrap();
        self.ship(order, None).await.unwrap()
    }

    pub(crate) async fn ship(
        &self,
        order_id: OrderId,
        lines: Option<Vec<(OrderLineId, i64)>>,
    ) -> Result<fulfilment::parcel::Parcel, FlowError> {
        ship_parcel::ship(&self.ctx, parcel_of(order_id, lines)).await
    }

    /// Runs everything that is due, until nothing is.
    pub(crate) async fn drain(&self) -> u64 {
        self.workers.drain().await.unwrap()
    }

    /// What the clock does on its own: fires the schedules that are due and does the work.
    pub(crate) async fn tick(&self) {
        jobs::tick(&self.ctx, background::SCHEDULES).await.unwrap();
        self.drain().await;
    }

    /// Lets time go by in steps, with background work in each.
    pub(crate) async fn pass(&self, world: &World, steps: u32, step: Duration) {
        for _ in 0..steps {
            world.pass(step);
            self.tick().await;
        }
    }

    pub(crate) async fn order(&self, id: OrderId) -> Order {
        self.ctx
            .read(async move |rx, _| order::by_id(rx, id).await)
            .await
            .unwrap()
    }

    pub(crate) async fn lines(&self, id: OrderId) -> Vec<OrderLine> {
        self.ctx
            .read(async move |rx, _| order::lines(rx, id).await)
            .await
            .unwrap()
    }

    pub(crate) async fn history(&self, id: OrderId) -> Vec<HistoryRow> {
        self.ctx
            .read(async move |rx, _| order::history(rx, id).await)
            .await
            .unwrap()
    }

    /// The states that an order went through, by their codes.
    pub(crate) async fn road(&self, id: OrderId) -> Vec<&'static str> {
        self.history(id)
            .await
            .iter()
            .map(|row| row.to.code())
            .collect()
    }

    pub(crate) async fn timeline(&self, id: OrderId) -> Vec<Recorded> {
        self.ctx
            .read(async move |rx, _| events::timeline(rx, id).await)
            .await
            .unwrap()
    }

    /// How often each event happened to an order.
    pub(crate) async fn events(&self, id: OrderId) -> BTreeMap<String, usize> {
        let mut count = BTreeMap::new();
        for event in self.timeline(id).await {
            *count.entry(event.name).or_default() += 1;
        }
        count
    }

    /// The kinds of the messages of an order, sorted; each of them was handed over exactly once.
    pub(crate) async fn messages(&self, id: OrderId) -> Vec<&'static str> {
        let sent = self
            .ctx
            .read(async move |rx, _| message::of_order(rx, id).await)
            .await
            .unwrap();
        for message in &sent {
            assert_eq!(message.state, engagement::MessageState::Sent, "{message:?}");
            let letter = self.letters.join(format!("{}.eml", message.id));
            assert!(letter.exists(), "no letter of {message:?}");
        }
        let mut kinds: Vec<_> = sent.iter().map(|m| m.kind.code()).collect();
        kinds.sort_unstable();
        kinds
    }

    /// How many letters left the house.
    pub(crate) fn letters(&self) -> usize {
        std::fs::read_dir(&self.letters).map_or(0, Iterator::count)
    }

    pub(crate) async fn payments(&self, id: OrderId) -> Vec<Payment> {
        self.ctx
            .read(async move |rx, _| payment::of_order(rx, id).await)
            .await
            .unwrap()
    }

    pub(crate) async fn money(&self, id: OrderId) -> payments::OrderMoney {
        self.ctx
            .read(async move |rx, _| payments::order_money::money_of(rx, id).await)
            .await
            .unwrap()
    }

    pub(crate) async fn refunds(&self, id: OrderId) -> Vec<payments::Refund> {
        self.ctx
            .read(async move |rx, _| payments::refund::of_order(rx, id).await)
            .await
            .unwrap()
    }

    pub(crate) async fn holds(&self, id: OrderId) -> Vec<hold::Hold> {
        self.ctx
            .read(async move |rx, _| hold::of_order(rx, id).await)
            .await
            .unwrap()
    }

    pub(crate) async fn level(&self, variant: VariantId) -> stock::Level {
        let found = self
            .ctx
            .read(async move |rx, _| stock::levels(rx, variant).await)
            .await
            .unwrap();
        found.into_iter().next().unwrap()
    }

    /// (on hand, reserved) of a variant.
    pub(crate) async fn units(&self, variant: VariantId) -> (i64, i64) {
        let level = self.level(variant).await;
        (level.on_hand, level.reserved)
    }

    /// What stands on each account that is not empty; assets and expenses positive.
    pub(crate) async fn books(&self) -> Vec<(Account, i64)> {
        let balances = self
            .ctx
            .read(async |rx, _| journal::balances(rx).await)
            .await
            .unwrap();
        let mut found: Vec<_> = balances
            .into_iter()
            .map(|b| (b.account, b.balance.amount))
            .filter(|(_, amount)| *amount != 0)
            .collect();
        assert_eq!(
            found.iter().map(|(_, amount)| amount).sum::<i64>(),
            0,
            "P7: {found:?}"
        );
        found.sort_unstable();
        found
    }

    /// The card company's books and ours say the same (the strongest oracle there is).
    pub(crate) async fn reconcile(&self) {
        let breaks = self
            .ctx
            .read(async |rx, ctx| reconcile::demo_card(rx, ctx.now()).await)
            .await
            .unwrap();
        assert!(breaks.is_empty(), "{breaks:?}");
    }

    /// Nothing failed in the background, and nothing waits that is due.
    pub(crate) async fn nothing_failed(&self) {
        let sql = "SELECT kind, state, last_error FROM jobs WHERE state = 'dead' OR last_error IS NOT NULL OR (state = 'queued' AND run_at <= $1)";
        let found = self
            .ctx
            .read(async move |rx, ctx| rx.rows(sql, params![ctx.now()]).await)
            .await
            .unwrap();
        assert!(found.is_empty(), "{found:?}");
    }

    /// Every row of the tables in which effects show, as text.
    pub(crate) async fn picture(&self) -> BTreeMap<&'static str, Vec<String>> {
        let read = self.ctx.read(async |rx, _| {
            let mut picture = BTreeMap::new();
            for table in EFFECTS {
                let rows = rx.rows(&format!("SELECT * FROM {table}"), &[]).await?;
                let mut rows: Vec<_> = rows.iter().map(|row| format!("{row:?}")).collect();
                rows.sort_unstable();
                picture.insert(*table, rows);
            }
            Ok::<_, DbError>(picture)
        });
        read.await.unwrap()
    }
}

/// Where effects of flows and jobs show.
const EFFECTS: &[&str] = &[
    "bank_receipts",
    "carts",
    "cart_lines",
    "customers",
    "demo_card_charges",
    "demo_card_refunds",
    "events",
    "holds",
    "idempotency_keys",
    "journal",
    "messages",
    "orders",
    "order_history",
    "order_lines",
    "order_line_parts",
    "order_money",
    "parcels",
    "parcel_lines",
    "payments",
    "payment_quarantine",
    "provider_events",
    "refunds",
    "refund_lines",
    "stock",
    "stock_ledger",
];

/// A parcel under a fresh number.
pub(crate) fn parcel_of(order_id: OrderId, lines: Option<Vec<(OrderLineId, i64)>>) -> ShipParcel {
    let digits = kernel::id::fresh_uuid().as_u128() % 1_000_000_000_000;
    ShipParcel {
        order_id,
        carrier: "tcat".into(),
        tracking_number: format!("{digits:012}"),
        lines,
        from: None,
        idempotency_key: None,
    }
}

/// A refund of an amount, under a fresh key.
pub(crate) fn back(order_id: OrderId, what: What) -> RefundOrder {
    RefundOrder {
        order_id,
        what,
        reason: "customer_request".into(),
        idempotency_key: fresh("refund"),
    }
}

/// Units of lines, without shipping.
pub(crate) fn units(lines: &[(OrderLineId, i64, Which)]) -> What {
    let of = |(order_line_id, quantity, which): &(OrderLineId, i64, Which)| RefundUnits {
        order_line_id: *order_line_id,
        quantity: *quantity,
        which: *which,
    };
    What::Units {
        lines: lines.iter().map(of).collect(),
        shipping: false,
    }
}

/// A text that was never used before.
pub(crate) fn fresh(word: &str) -> String {
    format!("{word}-{}", kernel::id::encode(kernel::id::fresh_uuid()))
}

/// A filled-in checkout of a buyer who never came before.
pub(crate) fn draft(method: PaymentMethod) -> CheckoutDraft {
    CheckoutDraft {
        email: format!("{}@example.com", fresh("buyer")),
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
        payment_method: Some(method),
        gift_message: None,
        gift_wrap: false,
        note: None,
    }
}

async fn decide(ctx: &Ctx) {
    let write = ctx.write(async |tx, ctx| {
        let shop = Decisions {
            name: Texts::one(Locale::Hant, "茶行"),
            ..Decisions::default()
        };
        settings::save(tx, ctx, decisions::SHOP, &shop).await?;
        demo_card::open_account(tx, ctx).await?;
        let home = NewDeliveryMethod {
            code: "home".into(),
            name: Texts::one(Locale::Hant, "宅配"),
            description: Texts::default(),
            carrier: "tcat".into(),
            rate: twd(DELIVERY),
            free_over: Some(twd(300_000)),
            days_min: 1,
            days_max: 2,
            cash_on_delivery: true,
            max_weight_g: None,
            position: 1,
            pickup: None,
        };
        let post = NewDeliveryMethod {
            code: "post".into(),
            name: Texts::one(Locale::Hant, "郵寄"),
            carrier: "post".into(),
            cash_on_delivery: false,
            position: 2,
            pickup: None,
            ..home.clone()
        };
        delivery::create(tx, ctx, home).await?;
        delivery::create(tx, ctx, post).await?;
        decisions::prepare(tx, ctx, "https://shop.example.com").await?;
        Ok::<_, FlowError>(())
    });
    write.await.unwrap();
}

async fn goods(ctx: &Ctx, name: &str, price: i64, units: i64) -> VariantId {
    let id = product_of(ctx, name, price).await;
    let opening = Adjustment::new(id, units, EntryKind::Opening, "opening");
    let write = ctx.write(async move |tx, ctx| stock::adjust(tx, ctx, opening.clone()).await);
    write.await.unwrap();
    id
}

/// A fresh product of one variant that lies nowhere.
async fn product_of(ctx: &Ctx, name: &str, price: i64) -> VariantId {
    let id = VariantId::new();
    let variant = NewVariant {
        id: Some(id),
        cost: Some(twd(price / 2)),
        ..NewVariant::new(name.to_uppercase(), twd(price))
    };
    let new = NewProduct {
        handle: name.to_lowercase(),
        title: Texts::one(Locale::Hant, name),
        variants: vec![variant],
        ..NewProduct::default()
    };
    let write = ctx.write(async move |tx, ctx| {
        let product = product::create(tx, ctx, new.clone()).await?;
        product::publish(tx, ctx, product).await?;
        Ok::<_, FlowError>(())
    });
    write.await.unwrap();
    id
}
