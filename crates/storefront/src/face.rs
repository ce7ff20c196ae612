//! The storefront itself: what it needs, what it keeps for a moment, and what it adds to every page.

use std::sync::Arc;

use insight::intake::PageEvents;
use kernel::{Locale, Permission, Permissions, ProductId};
use minijinja::{Value, context, value::Serde};
use operations::{
    FlowError,
    flows::dress_shop::Choice,
    search::ShopSearch,
    shop::AskConsent,
    views::shop::{
        blocks::wanted::{self, Wanted},
        collection::CollectionPage,
        facts::Facts,
        filters::Counted,
        home::HomePage,
        page::ShopPage,
        product::ProductPage,
        related::{self, Bought},
        schema_org,
        search::SearchPage,
    },
};
use payments::Providers;
use platform::{
    Actor, Ctx,
    ctx::Visit,
    events::Event,
    files::Files,
    theme::{Look, PREVIEW_COOKIE, Themes},
    web::{Face, FaceFuture, Incoming, Problem, guard},
    words::Words,
};

use crate::{
    cache::Cache,
    cart_token, consent,
    limits::Limits,
    pages::{account, narrow},
    visit,
};

/// Seconds for which anything that shows stock is kept; two are allowed (S17).
const STOCK: i64 = 1;
/// Seconds for which the shop's decisions, its navigation and its ways to deliver are kept.
const FACTS: i64 = 2;
/// Seconds for which counts of long lists are kept.
const COUNTS: i64 = 10;
/// Seconds for which it is kept what others buy, and the map of the site.
const SELDOM: i64 = 60;
/// Pages of one kind that are kept.
const PAGES: usize = 1_000;

/// What the storefront needs.
pub struct StorefrontParts {
    /// The index of the products on sale.
    pub search: Arc<ShopSearch>,
    /// Where pages put what they saw.
    pub page_events: PageEvents,
    /// The shop's files.
    pub files: Files,
    /// The shop's address on the web, without a slash at the end.
    pub public_url: String,
    /// All words.
    pub words: Arc<Words>,
    /// The card companies that can be called.
    pub providers: Providers,
    /// How its pages can look.
    pub themes: Arc<Themes>,
}

/// The shop's pages.
pub struct Storefront {
    pub(crate) parts: StorefrontParts,
    pub(crate) limits: Limits,
    pub(crate) homes: Cache<Locale, HomePage>,
    pub(crate) pages: Cache<(Locale, String), ShopPage>,
    pub(crate) products: Cache<(Locale, String), ProductPage>,
    pub(crate) collections: Cache<(Locale, String), CollectionPage>,
    pub(crate) counts: Cache<String, Counted>,
    pub(crate) searches: Cache<(Locale, String), SearchPage>,
    pub(crate) maps: Cache<i64, String>,
    related: Cache<String, Vec<ProductId>>,
    bought: Cache<(), Bought>,
    facts: Cache<(), Facts>,
    around: Cache<Locale, Around>,
    wanted: Cache<(), Wanted>,
}

/// What stands around every page, ready for the templates.
struct Around {
    site: Value,
    shop: Value,
}

impl Storefront {
    /// The storefront of these parts.
    #[must_use]
    pub fn new(parts: StorefrontParts) -> Self {
        Self {
            parts,
            limits: Limits::new(),
            homes: Cache::new(STOCK, 3),
            pages: Cache::new(STOCK, PAGES),
            products: Cache::new(STOCK, PAGES),
            collections: Cache::new(STOCK, PAGES),
            counts: Cache::new(COUNTS, PAGES),
            searches: Cache::new(STOCK, PAGES),
            maps: Cache::new(SELDOM, 8),
            related: Cache::new(SELDOM, PAGES),
            bought: Cache::new(SELDOM, 1),
            facts: Cache::new(FACTS, 1),
            around: Cache::new(FACTS, 3),
            wanted: Cache::new(SELDOM, 1),
        }
    }

    /// Forgets what nobody asks for any more; to be called every few minutes.
    pub fn shrink(&self) {
        self.limits.shrink();
    }

    /// What all pages rest on.
    pub(crate) async fn facts(&self, ctx: &Ctx) -> Result<Arc<Facts>, Problem> {
        let now = ctx.now();
        if let Some(facts) = self.facts.get(&(), now) {
            return Ok(facts);
        }
        let facts = ctx.read(async |rx, _| Facts::load(rx).await).await?;
        Ok(self.facts.put((), now, facts))
    }

    /// What others buy and look at, and what is reduced.
    pub(crate) async fn wanted(&self, ctx: &Ctx) -> Result<Arc<Wanted>, Problem> {
        let now = ctx.now();
        if let Some(known) = self.wanted.get(&(), now) {
            return Ok(known);
        }
        let found = ctx.read(async |rx, _| wanted::wanted(rx).await).await?;
        Ok(self.wanted.put((), now, found))
    }

    /// What others buy and look at most.
    pub(crate) async fn popular(&self, ctx: &Ctx) -> Result<Arc<Vec<ProductId>>, Problem> {
        Ok(Arc::clone(&self.wanted(ctx).await?.hot))
    }

    /// What was bought together lately.
    pub(crate) async fn bought(&self, ctx: &Ctx) -> Result<Arc<Bought>, Problem> {
        let now = ctx.now();
        if let Some(bought) = self.bought.get(&(), now) {
            return Ok(bought);
        }
        let bought = ctx.read(async |rx, _| related::bought(rx).await).await?;
        Ok(self.bought.put((), now, bought))
    }

    /// What goes with a product, best first.
    pub(crate) async fn related(
        &self,
        ctx: &Ctx,
        handle: &str,
    ) -> Result<Arc<Vec<ProductId>>, Problem> {
        let (now, key) = (ctx.now(), handle.to_owned());
        if let Some(known) = self.related.get(&key, now) {
            return Ok(known);
        }
        let (bought, popular) = (self.bought(ctx).await?, self.popular(ctx).await?);
        let wanted = key.clone();
        let ids = ctx
            .read(async move |rx, _| related::to_product(rx, &wanted, (&bought, &popular)).await)
            .await?;
        Ok(self.related.put(key, now, ids))
    }

    /// The theme in which a page is shown: the one that the shop wears, or the one that somebody of the shop tries out.
    pub(crate) async fn dress(&self, ctx: &Ctx, incoming: &Incoming) -> Arc<Look> {
        let facts = match self.facts(ctx).await {
            Ok(facts) => Some(facts),
            Err(_) => self.facts.last(&()),
        };
        let nothing = Choice::default();
        let choice = facts.as_ref().map_or(&nothing, |facts| &facts.dress);
        let tried = self.tried_out(ctx, incoming).await;
        let name = tried.as_deref().unwrap_or(&choice.theme);
        self.parts.themes.look(name, &choice.values)
    }

    /// The theme that the cookie names, as long as the browser is signed in as somebody who may change the settings. A
    /// browser without the cookie costs nothing.
    async fn tried_out(&self, ctx: &Ctx, incoming: &Incoming) -> Option<String> {
        let name = incoming.cookie(PREVIEW_COOKIE)?;
        let staff = guard::identify(ctx, incoming, Permission::SettingsWrite).await;
        let may = staff.is_ok_and(|who| who.allows(Permission::SettingsWrite));
        (may && self.parts.themes.has(&name)).then_some(name)
    }

    /// Counts an opened page. True when a person opened it in a browser, so that more can be told about it.
    pub(crate) fn opened(&self, ctx: &Ctx, incoming: &Incoming) -> bool {
        visit::is_opening(incoming)
            && self
                .parts
                .page_events
                .record(ctx, visit::page_viewed(incoming))
    }

    /// Tells more about an opened page.
    pub(crate) fn note(&self, ctx: &Ctx, event: Event) {
        self.parts.page_events.record(ctx, event);
    }

    /// Where a page is and for whom, for what machines read of it.
    pub(crate) fn place<'a>(&'a self, ctx: &Ctx, facts: &'a Facts) -> schema_org::Place<'a> {
        schema_org::Place {
            facts,
            base: &self.parts.public_url,
            locale: ctx.locale(),
            words: &self.parts.words,
            now: ctx.now(),
        }
    }

    /// Whether browsers are asked before their visits are measured, as last known.
    pub(crate) fn consent_rule(&self) -> AskConsent {
        let known = self.facts.last(&());
        known.map_or_else(AskConsent::default, |facts| facts.shop.ask_consent)
    }

    async fn around(&self, ctx: &Ctx) -> Option<Arc<Around>> {
        let (now, locale) = (ctx.now(), ctx.locale());
        if let Some(around) = self.around.get(&locale, now) {
            return Some(around);
        }
        match self.facts(ctx).await {
            Ok(facts) => {
                let site = Value::from(Serde(&facts.site(now, locale, &self.parts.words)));
                let shop = shop_value(&facts, locale);
                Some(self.around.put(locale, now, Around { site, shop }))
            }
            Err(problem) => {
                tracing::warn!(
                    reason = problem.internal_reason(),
                    "pages show what they last knew of the shop"
                );
                self.around.last(&locale)
            }
        }
    }
}

fn shop_value(facts: &Facts, locale: Locale) -> Value {
    let shop = &facts.shop;
    context! {
        name => shop.name.get(locale), tagline => shop.tagline.get(locale), currency => shop.currency.code(),
        contact_email => &shop.contact_email, contact_phone => &shop.contact_phone, contact_line => shop.line_url(), hours => shop.hours.get(locale),
    }
}

/// Pages of one person, and lists that anybody can make endlessly many of: nothing for search engines.
const PRIVATE: [&str; 8] = [
    "/preview",
    "/cart",
    "/checkout",
    "/orders",
    "/search",
    "/account",
    "/consent",
    "/recently-seen",
];

/// Where the page is for search engines and for those who share it: one address in each language, whatever was asked
/// for beside the page itself. A list narrowed by one thing is the list for them; by more it is nothing to keep.
fn here(base: &str, languages: &[Locale], ctx: &Ctx, incoming: &Incoming) -> Value {
    let narrowed = narrow::asked_for(incoming);
    let path = match incoming.query_param("after") {
        Some(after) if narrowed == 0 => format!("{}?after={}", incoming.path, plain(&after)),
        _ => incoming.path.clone(),
    };
    let first = languages.first().copied().unwrap_or_default();
    let of = |locale: Locale| schema_org::address(base, &path, locale, first);
    let languages: Vec<Value> = languages
        .iter()
        .map(|locale| context! { code => locale.code(), url => of(*locale) })
        .collect();
    let private = PRIVATE.iter().any(|start| incoming.path.starts_with(start)) || narrowed > 1;
    context! {
        base => base, url => of(ctx.locale()), languages => languages, first => of(first), private => private,
    }
}

/// A cursor as it stands in addresses: letters, digits and what needs no escape. Another text is none.
fn plain(cursor: &str) -> &str {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    if cursor.chars().all(fits) { cursor } else { "" }
}

/// What a page shows of a shop that could not be read.
fn nothing_known() -> Value {
    context! {
        navigation => Vec::<Value>::new(), free_shipping_threshold => (), gift => (), cutoff => (), cash_on_delivery => false,
        payments => Vec::<Value>::new(), return_days => (), exchange_days => (), warranty_months => (),
        answering => (), pages => Vec::<Value>::new(), header_pages => Vec::<Value>::new(),
        checkout_pages => Vec::<Value>::new(),
    }
}

impl Face for Storefront {
    fn surroundings<'a>(
        &'a self,
        ctx: &'a Ctx,
        incoming: &'a Incoming,
    ) -> FaceFuture<'a, Vec<(&'static str, Value)>> {
        Box::pin(async move {
            let around = self.around(ctx).await;
            let site = around.map_or_else(nothing_known, |a| a.site.clone());
            let undecided = consent::choice(incoming).is_none() && incoming.path != "/consent";
            let ask = undecided && consent::must_ask(self.consent_rule(), incoming);
            vec![
                ("site", site),
                (
                    "here",
                    here(&self.parts.public_url, &self.languages(), ctx, incoming),
                ),
                ("consent", context! { ask => ask }),
                (
                    "tried_theme",
                    Value::from(self.tried_out(ctx, incoming).await),
                ),
            ]
        })
    }

    fn look<'a>(
        &'a self,
        ctx: &'a Ctx,
        incoming: &'a Incoming,
    ) -> FaceFuture<'a, Option<Arc<Look>>> {
        Box::pin(async move { Some(self.dress(ctx, incoming).await) })
    }

    /// The customer whose session the browser carries; whoever is served as a guest costs no look at the database.
    fn recognise<'a>(
        &'a self,
        ctx: Ctx,
        incoming: &'a Incoming,
    ) -> FaceFuture<'a, Result<Ctx, Problem>> {
        Box::pin(async move {
            // Before the first page it must be known whether its visit may be measured.
            if self.facts.last(&()).is_none()
                && let Err(problem) = self.facts(&ctx).await
            {
                tracing::warn!(
                    reason = problem.internal_reason(),
                    "the shop is not known yet"
                );
            }
            let session = incoming.cookie(account::SESSION);
            let Some(token) = session.filter(|_| !visit::is_quiet(incoming)) else {
                return Ok(ctx);
            };
            let read =
                ctx.read(async move |rx, ctx| customers::account::signed_in(rx, ctx, &token).await);
            let who = read.await?;
            let may = Permissions::of(&[Permission::Account]);
            Ok(who.map_or_else(|| ctx.clone(), |id| ctx.acting(Actor::Customer(id), may)))
        })
    }

    fn sign_in_path(&self) -> &'static str {
        "/account/sign-in"
    }

    fn shop(&self, ctx: &Ctx) -> Value {
        let known = self.around.last(&ctx.locale());
        known.map_or_else(
            || context! { name => "", tagline => "", currency => "TWD", contact_email => "", contact_phone => "", contact_line => (), hours => "" },
            |a| a.shop.clone(),
        )
    }

    fn visit(&self, ctx: &Ctx, incoming: &Incoming) -> (Option<Visit>, Vec<String>) {
        if consent::measured(self.consent_rule(), incoming) {
            visit::of(ctx, incoming)
        } else {
            (None, visit::forgotten(incoming))
        }
    }

    fn languages(&self) -> Vec<Locale> {
        let known = self.facts.last(&());
        let chosen = known.map_or_else(Vec::new, |facts| facts.shop.languages.clone());
        if chosen.is_empty() {
            return Locale::ALL.to_vec();
        }
        chosen
    }

    fn error_template(&self) -> &'static str {
        "error.html"
    }

    fn cart_count(&self, incoming: &Incoming) -> i64 {
        cart_token::count(incoming)
    }
}

/// A refusal of a flow or a view as an answer.
pub(crate) fn problem(error: FlowError) -> Problem {
    Problem::from(error)
}
