//! The context of a command: who acts, what they may do, what time it is, in which language.
//!
//! Made at every entrance (a request, a job, a command of the command line) and passed first everywhere.

use std::sync::Arc;

use jiff::tz::TimeZone;
use kernel::{
    ApiKeyId, Clock, CustomerId, Locale, Permission, Permissions, Role, SessionId, StaffId,
    Timestamp, VisitorId,
};

use crate::{
    audit::{self, Deed},
    db::{Db, DbError, Rx, Tx},
    zone::ShopZone,
};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody in the shop's pages who is not known by name.
    Visitor,
    /// A customer who proved who they are.
    Customer(CustomerId),
    /// A member of staff.
    Staff {
        /// Their account.
        id: StaffId,
        /// Their name as shown in histories.
        name: Arc<str>,
        /// Their job.
        role: Role,
    },
    /// A program with a key.
    Key {
        /// The key.
        id: ApiKeyId,
        /// The key's name.
        name: Arc<str>,
        /// What the key may do.
        role: Role,
    },
    /// The shop itself: a job, a schedule, an importer. The word says which.
    System(&'static str),
}

impl Actor {
    /// The kind as stored: `visitor`, `customer`, `staff`, `key`, `system`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Customer(_) => "customer",
            Self::Staff { .. } => "staff",
            Self::Key { .. } => "key",
            Self::System(_) => "system",
        }
    }

    /// The name as shown in histories; empty for visitors.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Visitor => String::new(),
            Self::Customer(id) => id.to_string(),
            Self::Staff { name, .. } | Self::Key { name, .. } => name.to_string(),
            Self::System(word) => (*word).to_owned(),
        }
    }

    /// `kind:name`, the form in which histories keep an actor.
    #[must_use]
    pub fn label(&self) -> String {
        let name = self.name();
        if name.is_empty() {
            self.kind().to_owned()
        } else {
            format!("{}:{name}", self.kind())
        }
    }
}

/// The visit during which something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The browser.
    pub visitor: VisitorId,
    /// The visit.
    pub session: SessionId,
    /// Where the visit came from: `direct`, `google`, `line`, …
    pub source: Arc<str>,
    /// `phone`, `tablet`, `desktop` or `program`.
    pub device: Arc<str>,
}

/// The context of a command; cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    db: Db,
    clock: Clock,
    actor: Actor,
    permissions: Permissions,
    locale: Locale,
    zone: TimeZone,
    /// The zone that contexts derived from this one take over.
    follows: Option<ShopZone>,
    request_id: Arc<str>,
    visit: Option<Visit>,
    deed: Option<Arc<Deed>>,
}

impl Ctx {
    /// A context for the shop itself, with every permission.
    #[must_use]
    pub fn system(db: Db, clock: Clock, word: &'static str) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            actor: Actor::System(word),
            permissions: Permissions::all(),
            locale: Locale::default(),
            zone: TimeZone::get("Asia/Taipei").unwrap_or(TimeZone::UTC),
            follows: None,
            request_id: Arc::from(word),
            visit: None,
            deed: None,
        }))
    }

    /// This context with another actor and exactly their permissions.
    #[must_use]
    pub fn acting(&self, actor: Actor, permissions: Permissions) -> Self {
        self.changed(|inner| (inner.actor, inner.permissions) = (actor, permissions))
    }

    /// This context in another language.
    #[must_use]
    pub fn speaking(&self, locale: Locale) -> Self {
        self.changed(|inner| inner.locale = locale)
    }

    /// This context in another time zone.
    #[must_use]
    pub fn in_zone(&self, zone: TimeZone) -> Self {
        self.changed(|inner| (inner.zone, inner.follows) = (zone, None))
    }

    /// This context in the shop's zone: whatever is derived from it takes the zone over as it is then.
    #[must_use]
    pub fn following(&self, zone: &ShopZone) -> Self {
        self.changed(|inner| (inner.zone, inner.follows) = (zone.get(), Some(zone.clone())))
    }

    /// This context in the shop's zone as it is now.
    #[must_use]
    pub fn refreshed(&self) -> Self {
        self.changed(|_| {})
    }

    /// This context with a request id.
    #[must_use]
    pub fn with_request(&self, request_id: Arc<str>) -> Self {
        self.changed(|inner| inner.request_id = request_id)
    }

    /// This context during a visit.
    #[must_use]
    pub fn during(&self, visit: Option<Visit>) -> Self {
        self.changed(|inner| inner.visit = visit)
    }

    /// This context for something that the audit log shall tell of: each write that changes anything leaves one row.
    #[must_use]
    pub fn recording(&self, deed: Deed) -> Self {
        self.changed(|inner| inner.deed = Some(Arc::new(deed)))
    }

    /// This context for what the program itself does beside somebody's deed.
    pub(crate) fn unrecorded(&self) -> Self {
        self.changed(|inner| inner.deed = None)
    }

    /// This context with another clock, for tests and the simulator.
    #[must_use]
    pub fn at(&self, clock: Clock) -> Self {
        self.changed(|inner| inner.clock = clock)
    }

    fn changed(&self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = (*self.0).clone();
        if let Some(shop) = &inner.follows {
            inner.zone = shop.get();
        }
        change(&mut inner);
        Self(Arc::new(inner))
    }

    /// The present instant by the injected clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The injected clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    /// What they may do.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        self.0.permissions
    }

    /// Whether they may do this.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.0.permissions.allows(permission)
    }

    /// The language of the answer.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.0.locale
    }

    /// The shop's time zone.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.0.zone
    }

    /// The id of the request, for logs and error pages.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The visit, when a shopper acts.
    #[must_use]
    pub fn visit(&self) -> Option<&Visit> {
        self.0.visit.as_ref()
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Runs a flow in one write transaction; see [`Db::write`]. If this context records, and the flow changed something,
    /// the row of the audit log goes in last (invariant A8).
    ///
    /// # Errors
    /// The flow's own error, or the database's.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFn(&mut Tx, &Self) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let ctx = self.clone();
        self.0
            .db
            .write(async move |tx: &mut Tx| {
                let Some(deed) = &ctx.0.deed else {
                    return work(tx, &ctx).await;
                };
                tx.begin_record();
                let done = work(tx, &ctx).await?;
                if let Some(record) = tx.end_record().filter(|record| record.changed) {
                    audit::append(tx, &ctx, deed, record.objects).await?;
                }
                Ok(done)
            })
            .await
    }

    /// Runs a read; see [`Db::read`].
    ///
    /// # Errors
    /// The reader's own error, or the database's.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Rx, &Self) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let ctx = self.clone();
        self.0
            .db
            .read(async move |rx: &mut Rx| work(rx, &ctx).await)
            .await
    }

    /// Runs a long read on one snapshot; see [`Db::read_snapshot`].
    ///
    /// # Errors
    /// The reader's own error, or the database's.
    pub async fn read_snapshot<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Rx, &Self) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let ctx = self.clone();
        self.0
            .db
            .read_snapshot(async move |rx: &mut Rx| work(rx, &ctx).await)
            .await
    }
}
