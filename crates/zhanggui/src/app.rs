//! The house put together: database, words, templates, faces, background work.

use std::{
    fs,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use backoffice::{Backoffice, BackofficeParts};
use engagement::mailer::Mailer;
use insight::intake::{PageEvents, Writer};
use kernel::{Clock, Email};
use operations::flows::erase_customer;
use payments::{Providers, settings::StripeAccount};
use platform::{
    Ctx, Db, ShopZone,
    audit::Anchors,
    db::Migration,
    events::{Consumers, Subscription},
    files::Files,
    jobs::{Handlers, Schedule, Workers},
    outgoing::Fetcher,
    telemetry,
    theme::Themes,
    web::{Route, Templates, Web, WebConfig, app as web_app, server},
    words::Words,
};
use storefront::{Storefront, StorefrontParts};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::Config;

/// How long background work may take to finish when the program stops.
const PATIENCE: Duration = Duration::from_secs(20);

/// The house put together.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// A context of the shop itself.
    pub ctx: Ctx,
    /// Where the shop's clock hangs.
    zone: ShopZone,
    /// Pictures.
    pub files: Files,
    /// What fetches pictures from addresses that people name.
    pub fetcher: Fetcher,
    /// Notes of the audit log's newest row outside the database.
    pub anchors: Arc<Anchors>,
    /// How the shop's pages can look.
    pub themes: Arc<Themes>,
    words: Arc<Words>,
    search: Arc<operations::search::ShopSearch>,
    page_writer: Mutex<Option<Writer>>,
    providers: Providers,
    storefront: Arc<Storefront>,
    backoffice: Arc<Backoffice>,
    extra: Extra,
}

/// What an extension adds.
#[derive(Default)]
struct Extra {
    migrations: Vec<&'static [Migration]>,
    routes: Vec<Route>,
    followers: Vec<Subscription>,
    handlers: Option<Handlers>,
}

/// Puts the house together with additions.
pub struct AppBuilder {
    config: Config,
    clock: Clock,
    extra: Extra,
}

impl AppBuilder {
    /// A house by this configuration.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            clock: Clock::wall(),
            extra: Extra::default(),
        }
    }

    /// Reads the time from here.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Further migrations, run after the program's own.
    #[must_use]
    pub fn migrations(mut self, list: &'static [Migration]) -> Self {
        self.extra.migrations.push(list);
        self
    }

    /// Further routes.
    #[must_use]
    pub fn routes(mut self, routes: Vec<Route>) -> Self {
        self.extra.routes.extend(routes);
        self
    }

    /// A further follower of the stream.
    #[must_use]
    pub fn follow(mut self, follower: Subscription) -> Self {
        self.extra.followers.push(follower);
        self
    }

    /// Handlers of further kinds of jobs.
    #[must_use]
    pub fn jobs(mut self, handlers: Handlers) -> Self {
        self.extra.handlers = Some(handlers);
        self
    }

    /// Opens the database, brings its schema up to date and builds everything.
    ///
    /// # Errors
    /// A database that cannot be trusted, a broken template or word.
    pub async fn build(self) -> Result<App> {
        let Self {
            config,
            clock,
            extra,
        } = self;
        telemetry::collect_metrics();
        fs::create_dir_all(&config.data_dir)
            .with_context(|| format!("making {}", config.data_dir.display()))?;
        let db = Db::open(&config.database_url()?).await?;
        db.migrate(migrations::ALL).await?;
        for list in &extra.migrations {
            db.migrate(list).await?;
        }
        let files = Files::open(config.data_dir.join("media"))?;
        let anchors = Arc::new(Anchors::open(&config.data_dir)?);
        let ctx = Ctx::system(db, clock, "zhanggui");
        let zone = ShopZone::from(operations::shop::zone(&ctx).await?);
        let ctx = ctx.following(&zone);
        let providers = Providers {
            stripe: config.stripe()?,
        };
        let words = Arc::new(Words::load()?);
        let search = Arc::new(operations::search::ShopSearch::open(
            &config.data_dir.join("search"),
        )?);
        let themes = Arc::new(themes(&config, &words, &zone));
        let (page_events, page_writer) = PageEvents::new(ctx.clone());
        let storefront = Arc::new(Storefront::new(StorefrontParts {
            search: Arc::clone(&search),
            page_events,
            files: files.clone(),
            public_url: config.public_url(),
            words: Arc::clone(&words),
            providers: providers.clone(),
            themes: Arc::clone(&themes),
        }));
        let fetcher = Fetcher::of_the_internet().context("the client that fetches pictures")?;
        let backoffice = Arc::new(Backoffice::new(BackofficeParts {
            files: files.clone(),
            fetcher: fetcher.clone(),
            public_url: config.public_url(),
            words: Arc::clone(&words),
            anchors: Arc::clone(&anchors),
            themes: Arc::clone(&themes),
        }));
        let app = App {
            config,
            ctx,
            zone,
            files,
            fetcher,
            anchors,
            themes,
            words,
            search,
            page_writer: Mutex::new(Some(page_writer)),
            providers,
            storefront,
            backoffice,
            extra,
        };
        app.backoffice
            .publish_openapi(&web_app::openapi(&app.routes()));
        app.backoffice.publish_routes(&app.routes());
        Ok(app)
    }
}

impl App {
    /// The house by a configuration, without additions.
    ///
    /// # Errors
    /// As [`AppBuilder::build`].
    pub async fn open(config: Config) -> Result<Self> {
        AppBuilder::new(config).build().await
    }

    /// Every route of the program.
    #[must_use]
    pub fn routes(&self) -> Vec<Route> {
        let mut routes = storefront::routes(Arc::clone(&self.storefront));
        routes.extend(backoffice::routes(Arc::clone(&self.backoffice)));
        routes.extend(self.extra.routes.iter().cloned());
        routes
    }

    /// The router over every route.
    ///
    /// # Errors
    /// A broken template.
    pub fn router(&self) -> Result<platform::web::app::AxumRouter> {
        let mut sources = storefront::templates();
        sources.extend(backoffice::templates());
        let templates = Templates::compile(sources, Arc::clone(&self.words), self.zone.clone())
            .map_err(|e| anyhow::anyhow!("{e:#}"))?;
        let config = WebConfig {
            behind_proxy: self.config.behind_proxy,
            https: self.config.public_url().starts_with("https://"),
        };
        let web = Arc::new(Web::new(
            self.ctx.clone(),
            templates,
            Arc::clone(&self.words),
            config,
        ));
        Ok(web_app::router(
            &web,
            self.routes(),
            Arc::clone(&self.storefront) as Arc<dyn platform::web::Face>,
        ))
    }

    /// How mail leaves. Letters to simulated shoppers count as sent and go nowhere, whoever gets to send them.
    ///
    /// # Errors
    /// A mail server's address that cannot be read.
    pub fn mailer(&self) -> Result<Mailer> {
        let folder = || format!("folder:{}", self.config.data_dir.join("mail").display());
        let url = self.config.smtp.clone().unwrap_or_else(folder);
        let mailer = Mailer::from_url(&url, self.sender()?)?;
        Ok(mailer.sparing(simulation::MAIL_DOMAIN))
    }

    fn sender(&self) -> Result<Email> {
        let address = self
            .config
            .mail_from
            .as_deref()
            .unwrap_or("shop@example.com");
        Email::parse(address).with_context(|| format!("mail_from: {address}"))
    }

    /// Handlers of every kind of job.
    ///
    /// # Errors
    /// As [`App::mailer`].
    pub fn handlers(&self) -> Result<Handlers> {
        let mut handlers = self.extra.handlers.clone().unwrap_or_default();
        operations::background::handlers(&mut handlers, self.mailer()?, &self.providers);
        self.anchors.register(&mut handlers);
        operations::background::file_handlers(&mut handlers, &self.files, &self.fetcher);
        erase_customer::register(&mut handlers, &self.config.data_dir);
        Ok(handlers)
    }

    /// Followers of the stream.
    #[must_use]
    pub fn consumers(&self) -> Consumers {
        let own = operations::followers::followers().into_iter();
        Consumers(own.chain(self.extra.followers.clone()).collect())
    }

    /// All schedules.
    #[must_use]
    pub const fn schedules(&self) -> &'static [Schedule] {
        operations::background::SCHEDULES
    }

    /// Tells the shop where it is reached, for the links in its messages, and who charges cards.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn announce(&self) -> Result<()> {
        let url = self.config.public_url();
        let chosen = self.config.public_url.is_some();
        let account = self.providers.stripe.as_ref().map(|stripe| StripeAccount {
            live: stripe.is_live(),
        });
        self.ctx
            .write(async move |tx, ctx| {
                payments::settings::started_with(tx, ctx, account.clone()).await?;
                operations::shop::reached_at(tx, ctx, &url, chosen).await
            })
            .await?;
        Ok(())
    }

    /// Forgets again whom the shop had forgotten before its database was restored from an older backup (A9).
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn forget_again(&self) -> Result<()> {
        let again = erase_customer::forget_again(&self.ctx, &self.config.data_dir).await?;
        if again > 0 {
            tracing::warn!(again, "customers of an older backup were forgotten again");
        }
        Ok(())
    }

    /// Brings search up to date with the catalogue.
    ///
    /// # Errors
    /// Whatever the database or the index says.
    pub async fn refresh_search(&self) -> Result<()> {
        self.search.refresh(&self.ctx).await?;
        Ok(())
    }

    /// Does background work until `stop` turns true.
    ///
    /// # Errors
    /// As [`App::handlers`].
    pub async fn work(&self, stop: watch::Receiver<bool>) -> Result<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(
            Workers::new(self.ctx.clone(), self.handlers()?)
                .run_with(self.schedules(), stop.clone()),
        );
        tasks.spawn(self.consumers().run(self.ctx.clone(), stop.clone()));
        let (ctx, zone) = (self.ctx.clone(), self.zone.clone());
        tasks.spawn(operations::shop::follow_zone(ctx, zone, stop.clone()));
        let anchors = Arc::clone(&self.anchors);
        let ctx = self.ctx.clone();
        tasks.spawn(async move { anchors.run(ctx, stop).await });
        while tasks.join_next().await.is_some() {}
        Ok(())
    }

    /// Answers requests at `listener` and does background work until `stop` turns true, then drains.
    ///
    /// # Errors
    /// What the network said.
    pub async fn serve(&self, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<()> {
        let router = self.router()?;
        let followers = {
            let (search, ctx, stop) = (Arc::clone(&self.search), self.ctx.clone(), stop.clone());
            tokio::spawn(async move { search.follow(ctx, stop).await })
        };
        let flusher = {
            let writer = self
                .page_writer
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            let stop = stop.clone();
            tokio::spawn(async move {
                if let Some(writer) = writer {
                    writer.run(stop).await;
                }
            })
        };
        let serving = server::serve(listener, router, stop.clone());
        let (served, worked) = tokio::join!(serving, self.work(stop));
        let _ = tokio::time::timeout(PATIENCE, async { tokio::join!(followers, flusher) }).await;
        served?;
        worked
    }
}

/// The themes of the program and those in the data folder.
fn themes(config: &Config, words: &Arc<Words>, zone: &ShopZone) -> Themes {
    Themes::new(
        storefront::themes(),
        config.data_dir.join("themes"),
        Arc::clone(words),
        zone.clone(),
    )
}
