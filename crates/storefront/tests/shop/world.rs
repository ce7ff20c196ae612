//! A small shop made by the real commands, its router in-process, and browsers and programs that ask it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderMap, StatusCode},
};
use catalog::{
    NewCollection, NewMedia, NewProduct, NewVariant, ProductOption, collection, product,
};
use fulfilment::delivery::{self, NewDeliveryMethod};
use insight::intake::PageEvents;
use inventory::{EntryKind, location, stock};
use kernel::{Currency, Locale, Money, ProductId, Texts, VariantId};
use operations::{
    FlowError,
    search::ShopSearch,
    shop::{self, BankAccount},
};
use payments::settings::PaymentSettings;
use platform::{
    Ctx,
    files::Files,
    jobs::{Handlers, Workers},
    settings,
    theme::Themes,
    web::{Templates, Web, WebConfig, app},
    words::Words,
};
use serde_json::{Value, json};
use storefront::{Storefront, StorefrontParts};
use testkit::World;
use tokio::sync::watch;
use tower::{Layer, ServiceExt, util::MapRequestLayer};

/// The address the tests' shop believes to have.
pub(crate) const HOST: &str = "shop.test";
/// A browser on a telephone.
pub(crate) const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 Safari/604.1";

/// The shop under test.
pub(crate) struct Shop {
    router: Router,
    pub(crate) ctx: Ctx,
    pub(crate) tea: ProductId,
    /// Two variants of the first product, and the only one of the second.
    pub(crate) small: VariantId,
    pub(crate) large: VariantId,
    pub(crate) cup: VariantId,
    pub(crate) picture: String,
    pub(crate) files: Files,
    stop: watch::Sender<bool>,
    writer: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

/// The price of the small tea.
pub(crate) const SMALL: i64 = 58_000;

impl Shop {
    /// Opens the shop: two collections, three products, two ways to deliver, ten of everything.
    pub(crate) async fn open(world: &World) -> Self {
        let warnings = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .with_test_writer();
        let _ = warnings.try_init();
        let ctx = world.ctx.clone();
        let files = Files::open(world.folder.path().join("media")).unwrap();
        let picture = files
            .put(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "svg")
            .unwrap();
        let key = picture.clone();
        let made = ctx
            .write(async move |tx, ctx| fill(tx, ctx, &key).await)
            .await
            .unwrap();
        let (tea, [small, large, cup]) = made;
        let search = Arc::new(ShopSearch::in_memory().unwrap());
        search.refresh(&ctx).await.unwrap();
        let (page_events, writer) = PageEvents::new(ctx.clone());
        let (stop, stopped) = watch::channel(false);
        let writer = Mutex::new(Some(tokio::spawn(writer.run(stopped))));
        let words = Arc::new(Words::load().unwrap());
        let face = Arc::new(Storefront::new(StorefrontParts {
            search,
            page_events,
            files: files.clone(),
            public_url: format!("https://{HOST}"),
            words: Arc::clone(&words),
            providers: payments::Providers::default(),
            themes: Arc::new(Themes::new(
                storefront::themes(),
                world.folder.path().join("themes"),
                Arc::clone(&words),
                ctx.zone().clone(),
            )),
        }));
        let templates = Templates::compile(
            storefront::templates(),
            Arc::clone(&words),
            ctx.zone().clone(),
        )
        .unwrap();
        let web = Arc::new(Web::new(
            ctx.clone(),
            templates,
            words,
            WebConfig::default(),
        ));
        let router = app::router(
            &web,
            storefront::routes(Arc::clone(&face)),
            Arc::clone(&face) as _,
        );
        Self {
            router,
            ctx,
            tea,
            small,
            large,
            cup,
            picture,
            files,
            stop,
            writer,
        }
    }

    /// Asks and reads the answer whole.
    pub(crate) async fn ask(&self, mut request: Request, source: [u8; 4]) -> Answer {
        request
            .extensions_mut()
            .insert(ConnectInfo(SocketAddr::from((source, 40_000))));
        let service = MapRequestLayer::new(app::rewrite).layer(self.router.clone());
        let response = service.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        // Templates write every slash of a value as an entity; a browser reads it as a slash.
        let body = String::from_utf8_lossy(&bytes).replace("&#x2f;", "/");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            shop: self,
            jar: Mutex::default(),
            agent: PHONE,
            source: [203, 0, 113, 7],
            site: "same-origin",
        }
    }

    /// A program without a cart.
    pub(crate) fn program(&self) -> Program<'_> {
        Program {
            shop: self,
            token: Mutex::default(),
            source: [203, 0, 113, 9],
        }
    }

    /// Runs all jobs that are due.
    pub(crate) async fn work(&self) {
        let mut handlers = Handlers::default();
        payments::work::register(
            &mut handlers,
            operations::flows::collect_payment::CONSEQUENCES,
            &payments::Providers::default(),
        );
        Workers::new(self.ctx.clone(), handlers)
            .drain()
            .await
            .unwrap();
    }

    /// Closes unpaid orders whose time is over.
    pub(crate) async fn expire(&self) {
        operations::flows::end_order::expire_due(&self.ctx)
            .await
            .unwrap();
    }

    /// Names and payloads of the events so far, page events included: the buffer is written out first.
    pub(crate) async fn events(&self) -> Vec<(String, Value)> {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let read = self.ctx.read(async |rx, _| {
            let rows = rx
                .rows("SELECT name, payload FROM events ORDER BY seq", &[])
                .await?;
            rows.iter()
                .map(|r| Ok((r.get("name")?, r.get("payload")?)))
                .collect::<Result<Vec<_>, FlowError>>()
        });
        read.await.unwrap()
    }

    /// Stops the writer of page events, so that a database can be dropped.
    pub(crate) async fn close(self) {
        let _ = self.stop.send(true);
        let writer = self.writer.lock().unwrap().take();
        if let Some(writer) = writer {
            writer.await.unwrap();
        }
    }
}

/// A text in all three languages.
pub(crate) fn texts(hant: &str, hans: &str, en: &str) -> Texts {
    Texts(
        [
            (Locale::Hant, hant.to_owned()),
            (Locale::Hans, hans.to_owned()),
            (Locale::En, en.to_owned()),
        ]
        .into(),
    )
}

const fn twd(amount: i64) -> Money {
    Money::new(amount, Currency::TWD)
}

async fn fill(
    tx: &mut platform::Tx,
    ctx: &Ctx,
    picture: &str,
) -> Result<(ProductId, [VariantId; 3]), FlowError> {
    let decided = shop::Shop {
        name: texts("半日茶", "半日茶", "Half-Day Tea"),
        tagline: texts("好茶慢慢挑", "好茶慢慢挑", "Good tea, unhurried"),
        ships_from: texts("臺北", "台北", "Taipei"),
        contact_email: "hello@shop.test".into(),
        bank: BankAccount {
            bank_name: "示範銀行".into(),
            account_number: "0123-456".into(),
            ..BankAccount::default()
        },
        ..shop::Shop::default()
    };
    settings::save(tx, ctx, shop::SHOP, &decided).await?;
    payments::settings::save(tx, ctx, &PaymentSettings::DEMONSTRATION).await?;
    let way = |code: &str, name, rate, cash, position| NewDeliveryMethod {
        code: code.into(),
        name,
        description: Texts::default(),
        carrier: "tcat".into(),
        rate: twd(rate),
        free_over: Some(twd(120_000)),
        days_min: 1,
        days_max: 2,
        cash_on_delivery: cash,
        max_weight_g: None,
        position,
        pickup: None,
    };
    let home = way("home", texts("宅配", "快递", "Courier"), 10_000, true, 1);
    delivery::create(tx, ctx, home).await?;
    delivery::create(
        tx,
        ctx,
        way("post", texts("郵局", "邮局", "Post"), 8_000, false, 2),
    )
    .await?;
    location::ensure_default(tx, ctx).await?;
    let above = NewCollection {
        handle: "tea".into(),
        title: texts("茶葉", "茶叶", "Tea"),
        ..NewCollection::default()
    };
    let above = collection::create(tx, ctx, above).await?;
    let below = NewCollection {
        parent: Some(above),
        handle: "oolong".into(),
        title: texts("烏龍茶", "乌龙茶", "Oolong"),
        ..NewCollection::default()
    };
    let below = collection::create(tx, ctx, below).await?;
    let media = || {
        vec![NewMedia {
            file_key: picture.to_owned(),
            alt: texts("茶", "茶", "Tea"),
            width: 800,
            height: 800,
        }]
    };
    let weight = |text: &str| vec![texts(text, text, text)];
    let variant = |sku: &str, price, values| NewVariant {
        option_values: values,
        weight_g: 200,
        ..NewVariant::new(sku, twd(price))
    };
    let tea = NewProduct {
        handle: "dongding-oolong".into(),
        title: texts("凍頂烏龍茶", "冻顶乌龙茶", "Dongding oolong"),
        subtitle: texts("焙火溫潤", "焙火温润", "Gently roasted"),
        description: texts(
            "第一段。\n\n第二段。",
            "第一段。\n\n第二段。",
            "One.\n\nTwo.",
        ),
        options: vec![ProductOption {
            name: texts("重量", "重量", "Weight"),
        }],
        variants: vec![
            variant("TEA-075", SMALL, weight("75 g")),
            variant("TEA-150", 108_000, weight("150 g")),
        ],
        collections: vec![below],
        media: media(),
        ..NewProduct::default()
    };
    let cup = NewProduct {
        handle: "glass-cup".into(),
        title: texts("玻璃杯", "玻璃杯", "Glass cup"),
        variants: vec![variant("CUP-1", 36_000, Vec::new())],
        collections: vec![above],
        media: media(),
        ..NewProduct::default()
    };
    let draft = NewProduct {
        handle: "not-yet".into(),
        title: texts("未上架", "未上架", "Draft"),
        ..NewProduct::default()
    };
    let tea = product::create(tx, ctx, tea).await?;
    let cup = product::create(tx, ctx, cup).await?;
    product::create(tx, ctx, draft).await?;
    for id in [tea, cup] {
        product::publish(tx, ctx, id).await?;
    }
    let variants = product::variants_of(tx, &[tea, cup]).await?;
    let of = |sku: &str| variants.iter().find(|v| v.sku == sku).unwrap().id;
    for variant in &variants {
        let ten = stock::Adjustment::new(variant.id, 10, EntryKind::Receipt, "received");
        stock::adjust(tx, ctx, ten).await?;
    }
    Ok((tea, [of("TEA-075"), of("TEA-150"), of("CUP-1")]))
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.body))
    }

    /// A header's text; empty without it.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header("location")
    }

    /// The same answer, after checking its status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }
}

/// A browser with its cookies.
pub(crate) struct Browser<'a> {
    shop: &'a Shop,
    pub(crate) jar: Mutex<BTreeMap<String, String>>,
    pub(crate) agent: &'static str,
    pub(crate) source: [u8; 4],
    /// What it says about where a form comes from.
    pub(crate) site: &'static str,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.led(path, "").await
    }

    /// Opens a page that another page led to.
    pub(crate) async fn led(&self, path: &str, referrer: &str) -> Answer {
        let mut request = self
            .request("GET", path)
            .header("sec-fetch-dest", "document");
        if !referrer.is_empty() {
            request = request.header("referer", referrer);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = self
            .request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a plain text, as a browser does in the background.
    pub(crate) async fn beacon(&self, path: &str, text: String) -> Answer {
        let request = self
            .request("POST", path)
            .header("content-type", "text/plain");
        self.send(request.body(Body::from(text)).unwrap()).await
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> = self
            .jar
            .lock()
            .unwrap()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST)
            .header("user-agent", self.agent)
            .header("accept", "text/html,*/*;q=0.8")
            .header("accept-language", "zh-TW")
            .header("sec-fetch-site", self.site);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        request
    }

    async fn send(&self, request: Request) -> Answer {
        let answer = self.shop.ask(request, self.source).await;
        let mut jar = self.jar.lock().unwrap();
        for cookie in answer.headers.get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            assert!(
                name.starts_with("__Host-") && text.contains("Secure") && text.contains("HttpOnly"),
                "{text}"
            );
            if text.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        drop(jar);
        answer
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }
}

/// A program that speaks JSON and carries its cart in a header.
pub(crate) struct Program<'a> {
    shop: &'a Shop,
    pub(crate) token: Mutex<Option<String>>,
    pub(crate) source: [u8; 4],
}

impl Program<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST)
            .header("accept", "application/json")
            .header("accept-language", "zh-TW");
        if let Some(token) = &*self.token.lock().unwrap() {
            request = request.header("cart-token", token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(value) => {
                request = request.header("content-type", "application/json");
                Body::from(value.to_string())
            }
            None => Body::empty(),
        };
        let answer = self
            .shop
            .ask(request.body(body).unwrap(), self.source)
            .await;
        if let Some(token) = answer.headers.get("cart-token") {
            *self.token.lock().unwrap() = Some(token.to_str().unwrap().to_owned());
        }
        answer
    }

    /// Puts units into the cart.
    pub(crate) async fn add(&self, variant: VariantId, quantity: i64) -> Value {
        let line = json!({ "variant_id": variant, "quantity": quantity });
        self.send("POST", "/cart/lines", Some(line), &[])
            .await
            .expect(201)
            .json()
    }

    /// Fills in the checkout.
    pub(crate) async fn fill_in(&self, method: &str) -> Value {
        self.send("PUT", "/checkout", Some(details(method)), &[])
            .await
            .expect(200)
            .json()
    }

    /// Places the order under a key.
    pub(crate) async fn order(&self, key: &str) -> Answer {
        self.send(
            "POST",
            "/checkout/complete",
            Some(json!({})),
            &[("idempotency-key", key)],
        )
        .await
    }

    /// Buys one unit and gives the order.
    pub(crate) async fn buys(&self, variant: VariantId, method: &str) -> Value {
        self.add(variant, 1).await;
        self.fill_in(method).await;
        let placed = self.order("first").await.expect(201).json();
        *self.token.lock().unwrap() = None;
        placed
    }
}

/// What a buyer fills in.
///
/// Only one way to deliver takes cash; for other ways to pay none is named.
pub(crate) fn details(method: &str) -> Value {
    json!({
        "email": "reader@shop.test", "phone": "0912345678", "payment_method": method,
        "delivery_method": (method == "cash_on_delivery").then_some("home"),
        "shipping_address": {
            "name": "王小明", "phone": "0912345678", "country": "TW", "postal_code": "106",
            "region": "臺北市", "city": "大安區", "line1": "茶香路 12 號",
        },
    })
}

/// The same as a form.
pub(crate) fn form(method: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("email", "reader@shop.test"),
        ("phone", "0912 345 678"),
        ("shipping_address.name", "王小明"),
        ("shipping_address.phone", ""),
        ("shipping_address.country", "TW"),
        ("shipping_address.postal_code", "106"),
        ("shipping_address.region", "臺北市"),
        ("shipping_address.city", "大安區"),
        ("shipping_address.line1", "茶香路 12 號"),
        ("delivery_method", "home"),
        ("payment_method", method),
        ("gift_message", ""),
        ("note", ""),
    ]
}
