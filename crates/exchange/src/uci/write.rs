//! Writing a plan in batches. Each batch also records how far it is, so an interrupted import goes on where it stopped.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use catalog::{
    product::{self, NewProduct},
    variant::{self, NewVariant},
};
use customers::customer::{self, ImportedCustomer};
use inventory::{
    EntryKind, location,
    stock::{self, ImportedEntry},
};
use kernel::{
    Address, Currency, CustomerId, ImportId, Locale, LocationId, Money, OrderId, ProductId, Texts,
    VariantId,
};
use orders::{
    Order, OrderState, PaymentMethod, PaymentState,
    import::{ImportedLine, ImportedOrder, LineProgress},
    totals::{PricedLine, Totals},
};
use payments::{
    Account, Entry, EntryKind as Booking, Method,
    import::{ImportedMoney, Paid},
    journal,
};
use platform::{Ctx, Rx, Tx};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    FORMAT, country,
    parse::Line,
    plan::{Plan, PlannedEntry, PlannedMovement, PlannedOrder},
};
use crate::import::{self, ImportError, ImportReport, Remark, refused};

const POUND: Currency = Currency::GBP;
/// Products, customers, orders, remarks written in one transaction.
const BATCH: usize = 400;

/// How far an import is: how many of each kind are written, and the facts of the file that no table holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    products: usize,
    customers: usize,
    orders: usize,
    movements: usize,
    entries: usize,
    remarks: usize,
    pub(super) facts: ImportReport,
}

impl Progress {
    const fn all(&self) -> usize {
        self.products + self.customers + self.orders + self.movements + self.entries + self.remarks
    }
}

/// What every batch needs, shared with the database's thread.
struct Shared {
    run: ImportId,
    lines: Vec<Line>,
    plan: Plan,
    skus: Vec<(String, String, i64)>,
    customers: Vec<ImportedCustomer>,
    location: LocationId,
}

/// Ids of what is written, found again after an interruption.
#[derive(Default)]
struct Known {
    variants: HashMap<String, (VariantId, ProductId)>,
    customers: HashMap<i64, CustomerId>,
}

/// Writes everything of a plan that is not written yet.
pub(super) async fn write(
    ctx: &Ctx,
    hash: &str,
    lines: &[Line],
    plan: Plan,
    progress: &mut impl FnMut(usize, usize),
) -> Result<ImportId, ImportError> {
    let facts = super::report::planned(lines, &plan);
    let hash = hash.to_owned();
    let (run, location) = ctx
        .write(async move |tx, ctx| {
            let run = import::begin::<Progress>(tx, ctx, FORMAT, &hash).await?;
            Ok::<_, ImportError>((
                run,
                location::ensure_default(tx, ctx).await.map_err(refused)?,
            ))
        })
        .await?;
    let mut done = Progress {
        facts,
        ..run.progress
    };
    let skus = plan
        .products
        .iter()
        .map(|(sku, (name, price))| (sku.clone(), name.clone(), *price))
        .collect();
    let shared = Arc::new(Shared {
        run: run.id,
        lines: lines.to_vec(),
        skus,
        customers: customers_of(lines),
        plan,
        location,
    });
    let total = shared.skus.len()
        + shared.customers.len()
        + shared.plan.orders.len()
        + shared.plan.remarks.len();
    let told = |done: &Progress| done.products + done.customers + done.orders + done.remarks;
    while done.products < shared.skus.len() {
        done = batch(ctx, &shared, &done, products).await?;
        progress(told(&done), total);
    }
    while done.customers < shared.customers.len() {
        done = batch(ctx, &shared, &done, people).await?;
        progress(told(&done), total);
    }
    let known = Arc::new(
        ctx.read({
            let shared = Arc::clone(&shared);
            async move |rx, _| known(rx, &shared).await
        })
        .await?,
    );
    while done.orders < shared.plan.orders.len() {
        let (s, k) = (Arc::clone(&shared), Arc::clone(&known));
        let from = done.clone();
        done = ctx
            .write(async move |tx, ctx| {
                import::go_on(tx, s.run, from.all()).await?;
                let next = orders(tx, ctx, &s, &k, from.clone()).await?;
                step(tx, &s, next).await
            })
            .await?;
        progress(told(&done), total);
    }
    while done.movements < shared.plan.movements.len()
        || done.entries < shared.plan.entries.len()
        || done.remarks < shared.plan.remarks.len()
    {
        let (s, k) = (Arc::clone(&shared), Arc::clone(&known));
        let from = done.clone();
        done = ctx
            .write(async move |tx, ctx| {
                import::go_on(tx, s.run, from.all()).await?;
                let next = rest(tx, ctx, &s, &k, from.clone()).await?;
                step(tx, &s, next).await
            })
            .await?;
        progress(told(&done), total);
    }
    Ok(run.id)
}

type Step =
    for<'a> fn(
        &'a mut Tx,
        &'a Ctx,
        &'a Shared,
        Progress,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Progress, ImportError>> + 'a>>;

async fn batch(
    ctx: &Ctx,
    shared: &Arc<Shared>,
    done: &Progress,
    work: Step,
) -> Result<Progress, ImportError> {
    let (shared, done) = (Arc::clone(shared), done.clone());
    ctx.write(async move |tx, ctx| {
        import::go_on(tx, shared.run, done.all()).await?;
        if done.all() == 0 {
            import::must_be_fresh(tx, shared.run).await?;
        }
        let next = work(tx, ctx, &shared, done.clone()).await?;
        step(tx, &shared, next).await
    })
    .await
}

async fn step(tx: &mut Tx, shared: &Shared, next: Progress) -> Result<Progress, ImportError> {
    import::advance(tx, shared.run, next.all(), &next).await?;
    Ok(next)
}

fn customers_of(lines: &[Line]) -> Vec<ImportedCustomer> {
    let mut first: BTreeMap<i64, &Line> = BTreeMap::new();
    for line in lines {
        if let Some(id) = line.customer {
            first
                .entry(id)
                .and_modify(|known| {
                    if line.at < known.at {
                        *known = line;
                    }
                })
                .or_insert(line);
        }
    }
    first
        .into_iter()
        .map(|(id, line)| ImportedCustomer {
            external_ref: format!("uci:{id}"),
            name: format!("Customer {id}"),
            phone: None,
            country: country::code(&line.country).map(str::to_owned),
            locale: Locale::En,
            created_at: line.at,
        })
        .collect()
}

fn products<'a>(
    tx: &'a mut Tx,
    ctx: &'a Ctx,
    shared: &'a Shared,
    done: Progress,
) -> std::pin::Pin<Box<dyn Future<Output = Result<Progress, ImportError>> + 'a>> {
    Box::pin(async move {
        let part: Vec<_> = shared
            .skus
            .iter()
            .enumerate()
            .skip(done.products)
            .take(BATCH)
            .collect();
        let opened = shared
            .lines
            .first()
            .map_or_else(|| ctx.now(), |l| l.at)
            .plus_seconds(-86_400);
        let list: Vec<NewProduct> = part
            .iter()
            .map(|(index, (sku, name, price))| new_product(*index, sku, name, *price, opened))
            .collect();
        let made = product::import_many(tx, ctx, list).await.map_err(refused)?;
        let entries: Vec<ImportedEntry> = made
            .iter()
            .zip(&part)
            .filter_map(|(made, (_, (sku, _, _)))| {
                let quantity = shared.plan.openings.get(sku).copied().unwrap_or_default();
                let variant_id = *made.variants.first()?;
                (quantity > 0).then(|| {
                    let place = (variant_id, shared.location);
                    import::movement(place, quantity, EntryKind::Opening, opened)
                })
            })
            .collect();
        stock::import_entries(tx, ctx, &entries)
            .await
            .map_err(refused)?;
        Ok(Progress {
            products: done.products + part.len(),
            ..done
        })
    })
}

fn new_product(
    index: usize,
    sku: &str,
    name: &str,
    price: i64,
    opened: kernel::Timestamp,
) -> NewProduct {
    let word: String = sku
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    NewProduct {
        handle: format!("{}-{index}", word.trim_matches('-'))
            .trim_start_matches('-')
            .to_owned(),
        title: Texts::one(Locale::En, name),
        variants: vec![NewVariant {
            id: None,
            sku: sku.to_owned(),
            barcode: None,
            option_values: Vec::new(),
            price: Money::new(price, POUND),
            cost: None,
            weight_g: 0,
            size_mm: None,
        }],
        published_at: Some(opened),
        ..NewProduct::default()
    }
}

fn people<'a>(
    tx: &'a mut Tx,
    _: &'a Ctx,
    shared: &'a Shared,
    done: Progress,
) -> std::pin::Pin<Box<dyn Future<Output = Result<Progress, ImportError>> + 'a>> {
    Box::pin(async move {
        let part: Vec<ImportedCustomer> = shared
            .customers
            .iter()
            .skip(done.customers)
            .take(BATCH * 4)
            .cloned()
            .collect();
        customer::import(tx, &part).await?;
        Ok(Progress {
            customers: done.customers + part.len(),
            ..done
        })
    })
}

/// Finds the ids of all variants and customers again.
async fn known(rx: &mut Rx, shared: &Shared) -> Result<Known, ImportError> {
    let mut known = Known::default();
    for part in shared.skus.chunks(500) {
        let skus: Vec<&str> = part.iter().map(|(sku, _, _)| sku.as_str()).collect();
        for found in variant::by_skus(rx, &skus).await.map_err(refused)? {
            known
                .variants
                .insert(found.sku.clone(), (found.id, found.product_id));
        }
    }
    for found in customer::by_refs(rx, &shared.customers).await? {
        if let Some(id) = found.0.strip_prefix("uci:").and_then(|id| id.parse().ok()) {
            known.customers.insert(id, found.1);
        }
    }
    Ok(known)
}

async fn orders(
    tx: &mut Tx,
    ctx: &Ctx,
    shared: &Shared,
    known: &Known,
    done: Progress,
) -> Result<Progress, ImportError> {
    let part: Vec<&PlannedOrder> = shared
        .plan
        .orders
        .iter()
        .skip(done.orders)
        .take(BATCH)
        .collect();
    let (mut imported, mut money, mut goods) = (Vec::new(), Vec::new(), Vec::new());
    for planned in &part {
        let order = order(shared, known, planned)?;
        goods.extend(
            order
                .lines
                .iter()
                .flat_map(|line| leaving(shared, &order.order, line)),
        );
        money.push(money_of(&order));
        imported.push(order);
    }
    orders::order::import(tx, ctx, imported, FORMAT)
        .await
        .map_err(refused)?;
    stock::import_entries(tx, ctx, &goods)
        .await
        .map_err(refused)?;
    payments::import::money(tx, ctx, &money)
        .await
        .map_err(refused)?;
    Ok(Progress {
        orders: done.orders + part.len(),
        ..done
    })
}

/// An invoice as an order that was paid, shipped and closed.
fn order(
    shared: &Shared,
    known: &Known,
    planned: &PlannedOrder,
) -> Result<ImportedOrder, ImportError> {
    let rows: Vec<&Line> = planned
        .lines
        .iter()
        .filter_map(|p| shared.lines.get(p.row))
        .collect();
    let first = rows
        .first()
        .ok_or_else(|| refused("an order without rows"))?;
    let priced = planned
        .lines
        .iter()
        .zip(&rows)
        .map(|(p, row)| priced(shared, known, p.quantity, row))
        .collect::<Result<Vec<_>, _>>()?;
    let none = Money::zero(POUND);
    let totals = Totals::compute(POUND, &priced, none, none, Decimal::ZERO).map_err(refused)?;
    let refunded: i64 = planned.lines.iter().map(|l| l.refunded).sum();
    let lines = totals
        .lines
        .iter()
        .cloned()
        .zip(&planned.lines)
        .map(|(line, p)| {
            let progress = LineProgress {
                shipped: p.quantity,
                returned: p.returned,
                restocked: p.returned,
                refunded: p.refunded,
                cancelled: 0,
            };
            ImportedLine {
                progress,
                ..ImportedLine::shipped(line)
            }
        });
    let lines: Vec<ImportedLine> = lines.collect();
    let at = rows.iter().map(|r| r.at).min().unwrap_or(first.at);
    let customer = first.customer.and_then(|c| known.customers.get(&c));
    let order = Order {
        id: OrderId::new(),
        number: planned.invoice.clone(),
        token: String::new(),
        token_expires_at: at,
        cart_id: None,
        customer_id: customer.copied(),
        state: OrderState::Closed,
        payment_state: match refunded {
            0 => PaymentState::Paid,
            all if all >= totals.total.amount => PaymentState::Refunded,
            _ => PaymentState::PartlyRefunded,
        },
        payment_method: PaymentMethod::BankTransfer,
        by_account: false,
        stock_decision: false,
        subtotal: totals.subtotal,
        discount: totals.discount,
        shipping: totals.shipping,
        fees: totals.fees,
        gift_wrap: None,
        tax_included: totals.tax_included,
        total: totals.total,
        email: String::new(),
        phone: String::new(),
        buyer_name: first
            .customer
            .map_or_else(|| "Guest".to_owned(), |c| format!("Customer {c}")),
        address: Address {
            country: country::code(&first.country).unwrap_or_default().to_owned(),
            line1: first.country.clone(),
            ..Address::default()
        },
        delivery_code: "import".to_owned(),
        delivery_name: String::new(),
        gift_message: None,
        note: None,
        locale: Locale::En,
        visitor_id: None,
        source: None,
        inquired: false,
        placed_at: at,
        pay_until: None,
        paid_at: Some(at),
        completed_at: Some(at),
        ship_by: None,
        shipped_at: Some(at),
        closed_at: Some(at),
        updated_at: at,
        balance_waived: false,
        urgent_until: None,
    };
    let road = {
        use OrderState::{Closed, Paid, Placed, Shipped};
        [Placed, Paid, Shipped, Closed]
    };
    Ok(ImportedOrder {
        order,
        lines,
        history: road.map(|s| (s, at)).to_vec(),
    })
}

fn priced(
    shared: &Shared,
    known: &Known,
    quantity: i64,
    row: &Line,
) -> Result<PricedLine, ImportError> {
    let (variant_id, product_id) = known
        .variants
        .get(&row.sku)
        .copied()
        .ok_or_else(|| refused(format!("no variant {}", row.sku)))?;
    let name = if row.description.is_empty() {
        let planned = shared.plan.products.get(&row.sku);
        planned.map_or_else(|| row.sku.clone(), |(name, _)| name.clone())
    } else {
        row.description.clone()
    };
    Ok(PricedLine {
        variant_id,
        product_id,
        sku: row.sku.clone(),
        title: name,
        variant_title: String::new(),
        image_key: None,
        unit_price: Money::new(row.price, POUND),
        unit_cost: None,
        tax_rate: Decimal::ZERO,
        quantity: kernel::Quantity::new(quantity).map_err(refused)?,
        parts: Vec::new(),
        gift: false,
    })
}

fn money_of(order: &ImportedOrder) -> ImportedMoney {
    ImportedMoney {
        order_id: order.order.id,
        total: order.order.total,
        shipping: Money::zero(POUND),
        fees: Money::zero(POUND),
        refunded: Money::new(order.lines.iter().map(|l| l.progress.refunded).sum(), POUND),
        refund_lines: order.given_back(),
        method: Method::BankTransfer,
        paid: Paid::Earned,
        paid_at: order.order.placed_at,
        refunded_at: order.order.placed_at,
    }
}

/// What a line took from stock, and what came back.
fn leaving(shared: &Shared, order: &Order, line: &ImportedLine) -> Vec<ImportedEntry> {
    let (variant, at) = (line.line.line.variant_id, order.placed_at);
    let place = (variant, shared.location);
    let moved = |units, kind| import::movement(place, units, kind, at);
    let mut entries = vec![moved(-line.progress.shipped, EntryKind::Sale)];
    if line.progress.restocked > 0 {
        entries.push(moved(line.progress.restocked, EntryKind::Return));
    }
    entries.iter_mut().for_each(|e| e.order_id = Some(order.id));
    entries
}

/// Movements and entries without an order, and the remarks.
async fn rest(
    tx: &mut Tx,
    ctx: &Ctx,
    shared: &Shared,
    known: &Known,
    done: Progress,
) -> Result<Progress, ImportError> {
    const PART: usize = 5_000;
    let movements: Vec<&PlannedMovement> = shared
        .plan
        .movements
        .iter()
        .skip(done.movements)
        .take(PART)
        .collect();
    let goods: Vec<ImportedEntry> = movements
        .iter()
        .filter_map(|m| correction(shared, known, m))
        .collect();
    stock::import_entries(tx, ctx, &goods)
        .await
        .map_err(refused)?;
    let entries: Vec<&PlannedEntry> = shared
        .plan
        .entries
        .iter()
        .skip(done.entries)
        .take(PART)
        .collect();
    let booked: Vec<Entry> = entries.iter().filter_map(|e| booking(shared, e)).collect();
    journal::post_many(tx, ctx, &booked).await?;
    let remarks: Vec<Remark> = shared
        .plan
        .remarks
        .iter()
        .skip(done.remarks)
        .take(PART)
        .cloned()
        .collect();
    import::remark(tx, shared.run, &remarks).await?;
    Ok(Progress {
        movements: done.movements + movements.len(),
        entries: done.entries + entries.len(),
        remarks: done.remarks + remarks.len(),
        ..done
    })
}

fn correction(shared: &Shared, known: &Known, planned: &PlannedMovement) -> Option<ImportedEntry> {
    let row = shared.lines.get(planned.row)?;
    let (variant, _) = known.variants.get(&row.sku)?;
    let kind = if row.price > 0 {
        EntryKind::Return
    } else {
        EntryKind::Adjustment
    };
    let place = (*variant, shared.location);
    Some(import::movement(place, planned.quantity, kind, row.at))
}

/// Money in or out that belongs to no order of the file.
fn booking(shared: &Shared, planned: &PlannedEntry) -> Option<Entry> {
    let row = shared.lines.get(planned.row)?;
    let (debit, credit) = if planned.amount < 0 {
        (Account::Refunds, Account::Bank)
    } else {
        (Account::Bank, Account::Sales)
    };
    Some(Entry {
        entry: Booking::Correction,
        debit,
        credit,
        amount: Money::new(planned.amount.abs(), POUND),
        order_id: None,
        effect_key: format!("import:{}:{}", shared.run, row.number),
        at: Some(row.at),
    })
}
