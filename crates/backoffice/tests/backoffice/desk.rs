//! A small shop made by the real commands, its back office in-process, and people and programs who ask it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderMap, StatusCode, request::Builder},
};
use backoffice::{Backoffice, BackofficeParts};
use catalog::{
    NewCollection, NewMedia, NewProduct, NewVariant, ProductOption, collection, product,
};
use engagement::mailer::Mailer;
use fulfilment::delivery::{self, NewDeliveryMethod};
use inventory::{EntryKind, location, stock};
use kernel::{
    Address, Currency, Email, Locale, Money, OrderId, Permissions, ProductId, Quantity, Role,
    Texts, VariantId,
};
use operations::{
    FlowError, background,
    flows::{
        cart, checkout, erase_customer,
        place_order::{self, Seen},
    },
    shop,
};
use orders::{CheckoutDraft, PaymentMethod};
use payments::settings::PaymentSettings;
use platform::{
    Actor, Ctx,
    audit::Anchors,
    auth::{keys, session, staff},
    files::Files,
    jobs::{Handlers, Workers},
    outgoing::Fetcher,
    settings,
    theme::{BASE, Source, Themes},
    web::{Route, Templates, Web, WebConfig, app},
    words::Words,
};
use serde_json::Value;
use testkit::World;
use tower::{Layer, ServiceExt, util::MapRequestLayer};

/// The address that the tests' shop believes to have.
pub(crate) const HOST: &str = "shop.test";
/// The password of everybody.
pub(crate) const PASSWORD: &str = "eleven blue teapots";
/// The price of the small tea.
pub(crate) const SMALL: i64 = 58_000;

/// The back office under test.
pub(crate) struct Desk {
    router: Router,
    pub(crate) ctx: Ctx,
    pub(crate) face: Arc<Backoffice>,
    pub(crate) tea: ProductId,
    pub(crate) draft: ProductId,
    pub(crate) small: VariantId,
    pub(crate) cup: VariantId,
    pub(crate) files: Files,
    mail: PathBuf,
}

impl Desk {
    /// Opens the shop: a collection, two products and a draft, a way to deliver, ten of everything.
    pub(crate) async fn open(world: &World) -> Self {
        let ctx = world.ctx.clone();
        let (tea, draft, [small, cup]) = ctx
            .write(async move |tx, ctx| fill(tx, ctx).await)
            .await
            .unwrap();
        let files = Files::open(world.folder.path().join("media")).unwrap();
        let words = Arc::new(Words::load().unwrap());
        let face = Arc::new(Backoffice::new(BackofficeParts {
            files: files.clone(),
            fetcher: Fetcher::of_this_machine().unwrap(),
            public_url: format!("https://{HOST}"),
            words: Arc::clone(&words),
            anchors: Arc::new(Anchors::open(world.folder.path()).unwrap()),
            themes: Arc::new(Themes::new(
                vec![Source::built_in(BASE, [])],
                world.folder.path().join("themes"),
                Arc::clone(&words),
                ctx.zone().clone(),
            )),
        }));
        let templates = Templates::compile(
            backoffice::templates(),
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
            backoffice::routes(Arc::clone(&face)),
            Arc::clone(&face) as _,
        );
        Self {
            router,
            ctx,
            face,
            tea,
            draft,
            small,
            cup,
            files,
            mail: world.folder.path().join("mail"),
        }
    }

    /// Every route of the back office.
    pub(crate) fn routes(&self) -> Vec<Route> {
        backoffice::routes(Arc::clone(&self.face))
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
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: plain(&String::from_utf8_lossy(&bytes)),
        }
    }

    /// An account that can sign in.
    pub(crate) async fn account(&self, role: Role, email: &str) -> kernel::StaffId {
        let (address, name) = (Email::parse(email).unwrap(), format!("{role} 一號"));
        let invited = self
            .ctx
            .write(async move |tx, ctx| staff::invite(tx, ctx, &address, &name, role).await);
        let (id, token) = invited.await.unwrap();
        staff::accept(&self.ctx, token, PASSWORD.to_owned())
            .await
            .unwrap();
        id
    }

    /// Somebody of a role who is signed in.
    pub(crate) async fn staff(&self, role: Role) -> Person<'_> {
        let id = self.account(role, &format!("{role}@shop.test")).await;
        let token = self
            .ctx
            .write(async move |tx, ctx| session::open(tx, ctx, id).await)
            .await
            .unwrap();
        let person = self.stranger();
        person
            .jar
            .lock()
            .unwrap()
            .insert("__Host-staff".to_owned(), token);
        person
    }

    /// A browser that has never been here.
    pub(crate) fn stranger(&self) -> Person<'_> {
        Person {
            desk: self,
            jar: Mutex::default(),
            source: [203, 0, 113, 7],
            site: "same-origin",
        }
    }

    /// A program with a key of a role.
    pub(crate) async fn program(&self, role: Role) -> Program<'_> {
        let (_, key) = self
            .ctx
            .write(async move |tx, ctx| keys::create(tx, ctx, "scanner", role).await)
            .await
            .unwrap();
        Program {
            desk: self,
            key: Some(key),
            source: [203, 0, 113, 9],
        }
    }

    /// A program without a key.
    pub(crate) const fn nobody(&self) -> Program<'_> {
        Program {
            desk: self,
            key: None,
            source: [203, 0, 113, 10],
        }
    }

    /// The letters that left, as they went over the wire.
    pub(crate) fn letters(&self) -> Vec<String> {
        let files = std::fs::read_dir(&self.mail).map_or_else(|_| Vec::new(), Iterator::collect);
        let read = files
            .into_iter()
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        read.collect()
    }

    /// Runs all jobs that are due.
    pub(crate) async fn work(&self) {
        let mut handlers = Handlers::default();
        let mailer = Mailer::Folder {
            path: self.mail.clone(),
            from: Email::parse("shop@shop.test").unwrap(),
        };
        background::handlers(&mut handlers, mailer, &payments::Providers::default());
        let fetcher = Fetcher::of_this_machine().unwrap();
        background::file_handlers(&mut handlers, &self.files, &fetcher);
        if let Some(folder) = self.mail.parent() {
            erase_customer::register(&mut handlers, folder);
        }
        Workers::new(self.ctx.clone(), handlers)
            .drain()
            .await
            .unwrap();
    }

    /// Somebody buys units of a variant.
    pub(crate) async fn buys(
        &self,
        variant: VariantId,
        units: i64,
        method: PaymentMethod,
    ) -> OrderId {
        self.buys_as(variant, units, method, &buyer(method)).await
    }

    /// Somebody buys with what they filled in.
    pub(crate) async fn buys_as(
        &self,
        variant: VariantId,
        units: i64,
        _: PaymentMethod,
        draft: &CheckoutDraft,
    ) -> OrderId {
        let visitor = self.ctx.acting(Actor::Visitor, Permissions::NONE);
        let units = Quantity::new(units).unwrap();
        let token = cart::add(&visitor, None, variant, units)
            .await
            .unwrap()
            .fresh_token
            .unwrap();
        checkout::save(&visitor, Some(token.clone()), draft.clone())
            .await
            .unwrap();
        let order = place_order::PlaceOrder {
            token: Some(token),
            idempotency_key: None,
            request: String::new(),
            seen: Seen::default(),
        };
        place_order::place_order(&visitor, order)
            .await
            .unwrap()
            .order
            .id
    }

    /// An order whose transfer has arrived.
    pub(crate) async fn paid(&self, variant: VariantId, units: i64) -> OrderId {
        let id = self.buys(variant, units, PaymentMethod::BankTransfer).await;
        let amount = self
            .ctx
            .read(async move |rx, _| Ok::<_, FlowError>(orders::order::by_id(rx, id).await?))
            .await
            .unwrap()
            .total;
        let receipt = payments::receipt::NewReceipt {
            amount,
            received_at: self.ctx.now(),
            payer: String::new(),
            last_five: "12345".into(),
            bank_reference: format!("B-{id}"),
        };
        operations::flows::match_receipt::record_for_order(&self.ctx, receipt, id)
            .await
            .unwrap();
        id
    }
}

/// What a buyer fills in.
pub(crate) fn buyer(method: PaymentMethod) -> CheckoutDraft {
    CheckoutDraft {
        email: "reader@shop.test".into(),
        phone: "0912345678".into(),
        address: Address {
            name: "王小明".into(),
            phone: "0912345678".into(),
            country: "TW".into(),
            postal_code: "106".into(),
            region: "臺北市".into(),
            city: "大安區".into(),
            line1: "茶香路 12 號".into(),
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

/// A text in all three languages.
fn texts(hant: &str, hans: &str, en: &str) -> Texts {
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
) -> Result<(ProductId, ProductId, [VariantId; 2]), FlowError> {
    let decided = shop::Shop {
        name: texts("半日茶", "半日茶", "Half-Day Tea"),
        ..shop::Shop::default()
    };
    settings::save(tx, ctx, shop::SHOP, &decided).await?;
    payments::settings::save(tx, ctx, &PaymentSettings::DEMONSTRATION).await?;
    let home = NewDeliveryMethod {
        code: "home".into(),
        name: texts("宅配", "快递", "Courier"),
        description: Texts::default(),
        carrier: "tcat".into(),
        rate: twd(10_000),
        free_over: Some(twd(120_000)),
        days_min: 1,
        days_max: 2,
        cash_on_delivery: true,
        max_weight_g: None,
        position: 1,
        pickup: None,
    };
    delivery::create(tx, ctx, home).await?;
    location::ensure_default(tx, ctx).await?;
    let teas = NewCollection {
        handle: "tea".into(),
        title: texts("茶葉", "茶叶", "Tea"),
        ..NewCollection::default()
    };
    let teas = collection::create(tx, ctx, teas).await?;
    let weight = |text: &str| vec![texts(text, text, text)];
    let variant = |sku: &str, price, values| NewVariant {
        option_values: values,
        weight_g: 200,
        ..NewVariant::new(sku, twd(price))
    };
    let tea = NewProduct {
        handle: "dongding-oolong".into(),
        title: texts("凍頂烏龍茶", "冻顶乌龙茶", "Dongding oolong"),
        description: texts("焙火溫潤。", "焙火温润。", "Gently roasted."),
        options: vec![ProductOption {
            name: texts("重量", "重量", "Weight"),
        }],
        variants: vec![
            variant("TEA-075", SMALL, weight("75 g")),
            variant("TEA-150", 108_000, weight("150 g")),
        ],
        collections: vec![teas],
        media: vec![NewMedia {
            file_key: "0a.svg".into(),
            alt: texts("茶", "茶", "Tea"),
            width: 800,
            height: 800,
        }],
        ..NewProduct::default()
    };
    let cup = NewProduct {
        handle: "glass-cup".into(),
        title: texts("玻璃杯", "玻璃杯", "Glass cup"),
        variants: vec![variant("CUP-1", 36_000, Vec::new())],
        ..NewProduct::default()
    };
    let draft = NewProduct {
        handle: "not-yet".into(),
        title: texts("未上架", "未上架", "Draft"),
        ..NewProduct::default()
    };
    let tea = product::create(tx, ctx, tea).await?;
    let cup = product::create(tx, ctx, cup).await?;
    let draft = product::create(tx, ctx, draft).await?;
    product::publish(tx, ctx, tea).await?;
    product::publish(tx, ctx, cup).await?;
    let variants = product::variants_of(tx, &[tea, cup]).await?;
    let of = |sku: &str| variants.iter().find(|v| v.sku == sku).unwrap().id;
    for variant in &variants {
        let ten = stock::Adjustment::new(variant.id, 10, EntryKind::Receipt, "received");
        stock::adjust(tx, ctx, ten).await?;
    }
    Ok((tea, draft, [of("TEA-075"), of("CUP-1")]))
}

/// The text of a page: the escape of a slash, which is no markup, read back.
pub(crate) fn plain(html: &str) -> String {
    html.replace("&#x2f;", "/")
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

    /// The same answer, after checking that its page says all this.
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.body.contains(text), "{text} is missing: {}", self.body);
        }
        self
    }
}

/// The fields that a refusal names, as JSON pointers.
pub(crate) fn wrong_fields(refused: &Value) -> Vec<&str> {
    let errors = refused["errors"].as_array().unwrap().iter();
    errors.map(|e| e["pointer"].as_str().unwrap()).collect()
}

/// A field of a form with files: its name, the file's name where it is one, its content.
pub(crate) type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

const MULTIPART: &str = "multipart/form-data; boundary=line";

fn multipart(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\""));
        let head =
            format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--line--\r\n");
    body
}

/// Somebody at a browser, with cookies.
pub(crate) struct Person<'a> {
    desk: &'a Desk,
    pub(crate) jar: Mutex<BTreeMap<String, String>>,
    pub(crate) source: [u8; 4],
    /// What the browser says about where a form comes from.
    pub(crate) site: &'static str,
}

impl Person<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = self
            .request("POST", path)
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form with files: `(name, file name, content)`.
    pub(crate) async fn upload(&self, path: &str, parts: &[Part<'_>]) -> Answer {
        let request = self.request("POST", path);
        let request = request.header("content-type", MULTIPART);
        self.send(request.body(Body::from(multipart(parts))).unwrap())
            .await
    }

    fn request(&self, method: &str, path: &str) -> Builder {
        let cookies: Vec<String> = self
            .jar
            .lock()
            .unwrap()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST)
            .header("accept", "text/html,*/*;q=0.8")
            .header("accept-language", "zh-TW")
            .header("sec-fetch-site", self.site);
        if cookies.is_empty() {
            request
        } else {
            request.header("cookie", cookies.join("; "))
        }
    }

    async fn send(&self, request: Request) -> Answer {
        let answer = self.desk.ask(request, self.source).await;
        let mut jar = self.jar.lock().unwrap();
        for cookie in answer.headers.get_all("set-cookie") {
            let text = cookie.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            for promise in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
                assert!(
                    name.starts_with("__Host-") && text.contains(promise),
                    "{text}"
                );
            }
            if text.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
            }
        }
        drop(jar);
        answer
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    /// Signs in.
    pub(crate) async fn signs_in(&self, email: &str, password: &str) -> Answer {
        self.post(
            "/admin/sign-in",
            &[("email", email), ("password", password)],
        )
        .await
    }
}

/// A program that speaks JSON.
pub(crate) struct Program<'a> {
    desk: &'a Desk,
    key: Option<String>,
    source: [u8; 4],
}

impl Program<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.send_keyed(method, path, body, None).await
    }

    /// Sends a form with files.
    pub(crate) async fn upload(&self, path: &str, parts: &[Part<'_>]) -> Answer {
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header("host", HOST)
            .header("accept-language", "en")
            .header("content-type", MULTIPART)
            .header(
                "authorization",
                format!("Bearer {}", self.key.as_deref().unwrap_or_default()),
            );
        let request = request.body(Body::from(multipart(parts))).unwrap();
        self.desk.ask(request, self.source).await
    }

    /// Sends a request under an idempotency key.
    pub(crate) async fn send_keyed(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST)
            .header("accept", "application/json")
            .header("accept-language", "en");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(value) => {
                request = request.header("content-type", "application/json");
                Body::from(value.to_string())
            }
            None => Body::empty(),
        };
        self.desk
            .ask(request.body(body).unwrap(), self.source)
            .await
    }
}
