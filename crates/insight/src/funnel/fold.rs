//! Puts what was read together: people at each point, for each source, for each way to an order, and over all.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{Currency, Timestamp};
use uuid::Uuid;

use super::{
    Counts, Funnel, MOST_SOURCES, Path, Points, SourceRow,
    query::{Order, Seen},
};
use crate::{SourceCode, metric};

/// Who did something, and what it came to.
#[derive(Default)]
struct Side {
    people: HashSet<Uuid>,
    orders: HashSet<Uuid>,
    amount: i64,
}

impl Side {
    /// An order counts once, whatever said so twice.
    fn add(&mut self, order: &Order, amount: i64) {
        self.people.insert(order.person);
        if self.orders.insert(order.id) {
            self.amount = self.amount.saturating_add(amount);
        }
    }
}

/// What one source, one way to an order, or everything came to.
#[derive(Default)]
struct Group {
    impressions: i64,
    visitors: i64,
    inquirers: HashSet<Uuid>,
    placed: Side,
    paid: Side,
}

pub(super) struct Fold {
    currency: Currency,
    sources: BTreeMap<String, Group>,
    all: Group,
    /// Orders after an inquiry under `true`, silent ones under `false`.
    ways: HashMap<bool, Group>,
}

impl Fold {
    pub(super) fn new(currency: Currency) -> Self {
        Self {
            currency,
            sources: BTreeMap::new(),
            all: Group::default(),
            ways: HashMap::new(),
        }
    }

    pub(super) fn people(&mut self, seen: &Seen) {
        let group = match &seen.source {
            Some(source) => self.sources.entry(source.clone()).or_default(),
            None => &mut self.all,
        };
        *(if seen.arrived {
            &mut group.visitors
        } else {
            &mut group.impressions
        }) = seen.people;
    }

    pub(super) fn inquiry(&mut self, visitor: Uuid, source: &str) {
        self.sources
            .entry(source.to_owned())
            .or_default()
            .inquirers
            .insert(visitor);
        self.all.inquirers.insert(visitor);
    }

    pub(super) fn placed(&mut self, order: &Order) {
        let amount = self.amount(order);
        self.groups(order)
            .into_iter()
            .for_each(|group| group.placed.add(order, amount));
    }

    pub(super) fn paid(&mut self, order: &Order) {
        let amount = self.amount(order);
        self.groups(order)
            .into_iter()
            .for_each(|group| group.paid.add(order, amount));
    }

    fn amount(&self, order: &Order) -> i64 {
        if order.total.currency == self.currency {
            order.total.amount
        } else {
            0
        }
    }

    fn groups(&mut self, order: &Order) -> [&mut Group; 3] {
        let source = self.sources.entry(order.source.clone()).or_default();
        [
            source,
            &mut self.all,
            self.ways.entry(order.inquired).or_default(),
        ]
    }

    pub(super) fn finish(mut self, data_until: Option<Timestamp>) -> Funnel {
        let asked_first = self.ways.remove(&true).unwrap_or_default();
        let silent = self.ways.remove(&false).unwrap_or_default();
        let ordered_after = &asked_first.placed.people;
        let totals = Points::of(&self.all.counts(ordered_after), self.currency);
        let paths = self.paths(&asked_first, &silent);
        let mut items: Vec<SourceRow> = self
            .sources
            .iter()
            .map(|(source, group)| {
                let code = SourceCode::stored(source);
                SourceRow {
                    channel: code.channel().to_owned(),
                    detail: code.detail().map(str::to_owned),
                    source: source.clone(),
                    points: Points::of(&group.counts(ordered_after), self.currency),
                }
            })
            .collect();
        items.sort_by(|a, b| {
            let size = |row: &SourceRow| {
                (
                    row.points.visitors,
                    row.points.orderers,
                    row.points.impressions,
                )
            };
            size(b).cmp(&size(a)).then_with(|| a.source.cmp(&b.source))
        });
        let left_out = items.len().saturating_sub(MOST_SOURCES);
        items.truncate(MOST_SOURCES);
        Funnel {
            totals,
            paths,
            items,
            left_out,
            data_until,
        }
    }

    fn paths(&self, asked_first: &Group, silent: &Group) -> Vec<Path> {
        let asked: HashSet<Uuid> = self
            .all
            .inquirers
            .union(&asked_first.placed.people)
            .copied()
            .collect();
        let bought_first = asked.intersection(&silent.placed.people).count();
        let visitors = self.all.visitors - count(asked.len()) + count(bought_first);
        vec![
            self.path("inquiry", count(asked.len()), asked_first),
            self.path("silent", visitors.max(0), silent),
        ]
    }

    fn path(&self, code: &str, visitors: i64, group: &Group) -> Path {
        let (orderers, payers) = (
            count(group.placed.people.len()),
            count(group.paid.people.len()),
        );
        Path {
            code: code.to_owned(),
            visitors,
            orderers,
            order_rate: metric::share(orderers, visitors),
            payers,
            payment_rate: metric::share(payers, orderers),
            paid_sales: kernel::Money::new(group.paid.amount, self.currency),
        }
    }
}

impl Group {
    fn counts(&self, ordered_after_asking: &HashSet<Uuid>) -> Counts {
        Counts {
            impressions: self.impressions,
            visitors: self.visitors,
            inquirers: count(self.inquirers.len()),
            inquired_orderers: count(self.inquirers.intersection(ordered_after_asking).count()),
            orderers: count(self.placed.people.len()),
            payers: count(self.paid.people.len()),
            orders: count(self.placed.orders.len()),
            paid_orders: count(self.paid.orders.len()),
            placed: self.placed.amount,
            paid: self.paid.amount,
        }
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
