//! What the people of the shop see: signing in, orders and their timeline, the shipping queue, money at the bank,
//! products, stock, figures, messages, background work, staff and keys. And what machines ask: health, metrics, the
//! document of all routes.
//!
//! A handler reads its input, calls one flow or view of `operations`, and answers. Every route declares its permission
//! in [`routes`]; a form that is refused comes back with everything that was typed.

mod account;
mod audit;
mod bank_receipts;
mod bulk;
mod bundles;
mod collection_form;
mod collections;
mod customers;
mod delays;
mod desk_routes;
mod desk_rules;
mod detail_routes;
mod erase_customer;
mod forms;
mod gift;
mod goods_routes;
mod help;
mod inquiries;
mod jobs;
mod list_routes;
mod lists;
mod manual;
mod message_templates;
mod order_actions;
mod order_drafts;
mod order_edit;
mod order_priority;
mod order_refunds;
mod pages;
mod paths;
mod payment_cases;
mod payment_routes;
mod payments;
mod pictures;
mod printing;
mod product_files;
mod product_service;
mod product_sheet;
mod product_state;
mod product_terms;
mod products;
mod roles;
mod routes;
mod second_factor;
mod settings;
mod shop_blocks;
mod shop_pages;
mod sign_in;
mod staff;
mod start;
mod stock;
mod system;
mod themes;
mod transfers;
mod variants;
mod warehouses;

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use ::customers::inquiry;
use kernel::{Permission, Timestamp};
use minijinja::{Value, context};
use operations::{
    shop::{self, Shop},
    views::admin::roles::Action,
};
use platform::{
    Ctx,
    audit::Anchors,
    files::Files,
    outgoing::Fetcher,
    theme::Themes,
    web::{Face, FaceFuture, Incoming, Route},
    words::Words,
};
use rust_embed::RustEmbed;
use tokio::sync::Semaphore;

pub use routes::routes;

/// How long the shop's name and contact are remembered between pages, in seconds.
const SHOP_KEPT: i64 = 1;
/// Files of lists that are made at the same time.
const EXPORTS: usize = 2;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../templates/backoffice"]
struct TemplateFiles;

/// What the back office needs from the house.
pub struct BackofficeParts {
    /// Pictures.
    pub files: Files,
    /// What fetches pictures from addresses that people name.
    pub fetcher: Fetcher,
    /// The shop's address as browsers see it, for links that are handed to people; without a slash at the end.
    pub public_url: String,
    /// Words for the headings of files.
    pub words: Arc<Words>,
    /// Notes of the audit log's newest row outside the database.
    pub anchors: Arc<Anchors>,
    /// How the shop's pages can look.
    pub themes: Arc<Themes>,
}

/// The back office.
pub struct Backoffice {
    files: Files,
    fetcher: Fetcher,
    public_url: String,
    anchors: Arc<Anchors>,
    themes: Arc<Themes>,
    doors: sign_in::Doors,
    openapi: OnceLock<bytes::Bytes>,
    words: Arc<Words>,
    exports: Semaphore,
    actions: OnceLock<Vec<Action>>,
    shop: RwLock<Option<(Timestamp, Shop)>>,
}

impl Backoffice {
    /// The back office of a shop.
    #[must_use]
    pub fn new(parts: BackofficeParts) -> Self {
        Self {
            files: parts.files,
            fetcher: parts.fetcher,
            public_url: parts.public_url,
            anchors: parts.anchors,
            themes: parts.themes,
            doors: sign_in::Doors::new(),
            openapi: OnceLock::new(),
            words: parts.words,
            exports: Semaphore::new(EXPORTS),
            actions: OnceLock::new(),
            shop: RwLock::new(None),
        }
    }

    /// Hands in the document of all routes, which can only be made once all of them are known. The first one stays.
    pub fn publish_openapi(&self, document: &serde_json::Value) {
        let _ = self.openapi.set(document.to_string().into());
    }

    /// Hands in all routes, for the page that shows what a role may do. The first list stays.
    pub fn publish_routes(&self, routes: &[Route]) {
        let own = routes.iter().filter(|route| self.owns(route.path));
        let actions = own.map(|route| Action {
            method: route.method.to_string(),
            path: route.path.to_owned(),
            permission: route.permission.code(),
            summary: route.summary,
        });
        let _ = self.actions.set(actions.collect());
    }

    /// The shop's name, as far as it is known.
    fn shop_name(&self, ctx: &Ctx) -> String {
        let known = self.shop.read().unwrap_or_else(PoisonError::into_inner);
        let standard = Shop::default();
        let shop = known.as_ref().map_or(&standard, |(_, shop)| shop);
        shop.name.get(ctx.locale()).to_owned()
    }

    /// Looks up the shop's name and contact unless that was done a moment ago.
    async fn refresh_shop(&self, ctx: &Ctx) {
        let known = self
            .shop
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|(at, _)| *at);
        if known.is_some_and(|at| ctx.now().seconds_since(at).abs() < SHOP_KEPT) {
            return;
        }
        match ctx.read(async |rx, _| shop::load(rx).await).await {
            Ok(shop) => {
                *self.shop.write().unwrap_or_else(PoisonError::into_inner) =
                    Some((ctx.now(), shop));
            }
            Err(error) => tracing::warn!(%error, "the shop's name could not be read"),
        }
    }
}

/// How many inquiries wait, for the mark beside the menu; nothing for those who may not see them.
async fn waiting_inquiries(ctx: &Ctx) -> i64 {
    if !ctx.allows(Permission::CustomersRead) {
        return 0;
    }
    match ctx.read(async |rx, _| inquiry::waiting(rx).await).await {
        Ok(waiting) => waiting.open,
        Err(error) => {
            tracing::warn!(%error, "the waiting inquiries could not be counted");
            0
        }
    }
}

impl Face for Backoffice {
    fn surroundings<'a>(
        &'a self,
        ctx: &'a Ctx,
        _: &'a Incoming,
    ) -> FaceFuture<'a, Vec<(&'static str, Value)>> {
        Box::pin(async move {
            self.refresh_shop(ctx).await;
            let inquiries = waiting_inquiries(ctx).await;
            vec![("waiting", context! { inquiries => inquiries })]
        })
    }

    fn shop(&self, ctx: &Ctx) -> Value {
        let known = self.shop.read().unwrap_or_else(PoisonError::into_inner);
        let standard = Shop::default();
        let shop = known.as_ref().map_or(&standard, |(_, shop)| shop);
        let locale = ctx.locale();
        context! {
            name => shop.name.get(locale), tagline => shop.tagline.get(locale), currency => shop.currency.code(),
            contact_email => shop.contact_email.as_str(), contact_phone => shop.contact_phone.as_str(), hours => shop.hours.get(locale),
        }
    }

    fn error_template(&self) -> &'static str {
        "backoffice/error.html"
    }

    fn owns(&self, path: &str) -> bool {
        path == "/admin" || path.starts_with("/admin/")
    }
}

/// The templates of the back office, by the names under which they extend and include each other.
#[must_use]
pub fn templates() -> Vec<(String, String)> {
    let read = |name: std::borrow::Cow<'static, str>| {
        let file = TemplateFiles::get(&name)?;
        Some((
            format!("backoffice/{name}"),
            String::from_utf8_lossy(&file.data).into_owned(),
        ))
    };
    TemplateFiles::iter()
        .filter(|name| name.ends_with(".html"))
        .filter_map(read)
        .collect()
}
