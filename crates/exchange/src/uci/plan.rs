//! Deciding what each row becomes: an order's line, a return of an earlier line, a correction of stock, an entry in the
//! books. Pure: the same rows always give the same plan, so an interrupted import can go on by it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::parse::Line;
use crate::import::Remark;

/// The largest quantity of one order line; larger rows are split.
const LARGEST: i64 = kernel::Quantity::MAX;

/// An order about to be written: rows of one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedOrder {
    pub(super) invoice: String,
    pub(super) lines: Vec<PlannedLine>,
}

/// A line of an order and what came back of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedLine {
    /// Index of the row.
    pub(super) row: usize,
    pub(super) quantity: i64,
    pub(super) returned: i64,
    /// Pence given back.
    pub(super) refunded: i64,
}

/// Money that moved without an order of this file: credit notes without their purchase, corrections of debts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedEntry {
    /// Index of the row.
    pub(super) row: usize,
    /// Pence; negative when it left.
    pub(super) amount: i64,
}

/// A movement of stock without an order: corrections, and returns without their purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedMovement {
    /// Index of the row.
    pub(super) row: usize,
    pub(super) quantity: i64,
}

/// What the file becomes.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) orders: Vec<PlannedOrder>,
    pub(super) entries: Vec<PlannedEntry>,
    pub(super) movements: Vec<PlannedMovement>,
    pub(super) remarks: Vec<Remark>,
    /// The name and the first price of each SKU.
    pub(super) products: BTreeMap<String, (String, i64)>,
    /// Units each SKU needs at the start so that it never runs out.
    pub(super) openings: BTreeMap<String, i64>,
}

/// Plans the import of all rows.
pub(super) fn plan(lines: &[Line]) -> Plan {
    let mut plan = Plan {
        products: products(lines),
        ..Plan::default()
    };
    let mut places: HashMap<&str, usize> = HashMap::new();
    let worthless = worthless_invoices(lines);
    for (row, line) in lines.iter().enumerate() {
        if line.invoice.starts_with('A') || line.price < 0 {
            plan.entries.push(PlannedEntry {
                row,
                amount: line.amount(),
            });
            plan.remarks.push(line.remark("booked_as_correction"));
        } else if line.quantity < 0 && line.price == 0 || worthless.contains(line.invoice.as_str())
        {
            plan.movements.push(PlannedMovement {
                row,
                quantity: line.quantity,
            });
            plan.remarks.push(line.remark("stock_correction"));
        } else if line.quantity > 0 {
            let place = *places.entry(&line.invoice).or_insert_with(|| {
                plan.orders.push(PlannedOrder {
                    invoice: line.invoice.clone(),
                    lines: Vec::new(),
                });
                plan.orders.len() - 1
            });
            if let Some(order) = plan.orders.get_mut(place) {
                add(&mut order.lines, row, line.quantity);
            }
            if line.quantity > LARGEST {
                plan.remarks.push(line.remark("quantity_split_over_lines"));
            }
        }
        if line.description.is_empty() {
            plan.remarks.push(line.remark("no_description"));
        }
    }
    give_back(lines, &mut plan);
    plan.openings = openings(lines);
    plan
}

fn add(lines: &mut Vec<PlannedLine>, row: usize, mut quantity: i64) {
    while quantity > 0 {
        let part = quantity.min(LARGEST);
        lines.push(PlannedLine {
            row,
            quantity: part,
            returned: 0,
            refunded: 0,
        });
        quantity -= part;
    }
}

/// Invoices on which nothing has a price: goods that were found or given out, not sold.
fn worthless_invoices(lines: &[Line]) -> HashSet<&str> {
    let mut worth: HashMap<&str, bool> = HashMap::new();
    for line in lines {
        *worth.entry(&line.invoice).or_default() |= line.price != 0;
    }
    worth
        .into_iter()
        .filter(|(_, has)| !has)
        .map(|(invoice, _)| invoice)
        .collect()
}

/// The most frequent description of each SKU, and the first price at which it was sold.
fn products(lines: &[Line]) -> BTreeMap<String, (String, i64)> {
    let mut names: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut prices: HashMap<&str, i64> = HashMap::new();
    for line in lines {
        let known = names.entry(&line.sku).or_default();
        if !line.description.is_empty() {
            *known.entry(&line.description).or_default() += 1;
        }
        if line.price > 0 && line.quantity > 0 {
            prices.entry(&line.sku).or_insert(line.price);
        }
    }
    names
        .into_iter()
        .map(|(sku, known)| {
            let best = known
                .into_iter()
                .max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
            let name = best.map_or(sku, |(name, _)| name);
            (
                sku.to_owned(),
                (
                    name.to_owned(),
                    prices.get(sku).copied().unwrap_or_default(),
                ),
            )
        })
        .collect()
}

/// Matches credit notes to what the same customer bought before, the latest first, the same price first. What fits no
/// purchase goes into the books, and its goods into stock, on their own.
fn give_back(lines: &[Line], plan: &mut Plan) {
    let mut bought: HashMap<(i64, &str), Vec<(usize, usize)>> = HashMap::new();
    for (o, order) in plan.orders.iter().enumerate() {
        for (l, planned) in order.lines.iter().enumerate() {
            if let Some(line) = lines.get(planned.row)
                && let Some(customer) = line.customer
            {
                bought
                    .entry((customer, &line.sku))
                    .or_default()
                    .push((o, l));
            }
        }
    }
    for (row, line) in lines.iter().enumerate() {
        if line.quantity >= 0 || line.price <= 0 || line.invoice.starts_with('A') {
            continue;
        }
        let mut left = -line.quantity;
        let candidates = line
            .customer
            .and_then(|c| bought.get(&(c, line.sku.as_str())));
        let mut candidates: Vec<(usize, usize)> = candidates.cloned().unwrap_or_default();
        candidates.retain(|(o, l)| {
            purchase(plan, lines, *o, *l)
                .is_some_and(|(p, _)| p.at <= line.at && p.price >= line.price)
        });
        candidates.sort_by_key(|(o, l)| {
            purchase(plan, lines, *o, *l)
                .map(|(p, _)| (p.price != line.price, std::cmp::Reverse((p.at, p.number))))
        });
        for (o, l) in candidates {
            let Some(planned) = plan
                .orders
                .get_mut(o)
                .and_then(|order| order.lines.get_mut(l))
            else {
                continue;
            };
            let units = left.min(planned.quantity - planned.returned);
            planned.returned += units;
            planned.refunded += units * line.price;
            left -= units;
            if left == 0 {
                break;
            }
        }
        if left > 0 {
            plan.entries.push(PlannedEntry {
                row,
                amount: -left * line.price,
            });
            plan.movements.push(PlannedMovement {
                row,
                quantity: left,
            });
            plan.remarks.push(line.remark("return_without_purchase"));
        }
    }
}

fn purchase<'a>(
    plan: &'a Plan,
    lines: &'a [Line],
    order: usize,
    line: usize,
) -> Option<(&'a Line, &'a PlannedLine)> {
    let planned = plan.orders.get(order)?.lines.get(line)?;
    Some((lines.get(planned.row)?, planned))
}

/// Units each SKU must have had before the first row, so that everything that left could leave.
fn openings(lines: &[Line]) -> BTreeMap<String, i64> {
    let mut needed: BTreeMap<String, i64> = BTreeMap::new();
    let mut skus: BTreeSet<&str> = BTreeSet::new();
    for line in lines {
        skus.insert(&line.sku);
        let leaves = if line.quantity > 0 && !line.invoice.starts_with('A') {
            line.quantity
        } else {
            0
        };
        let lost = if line.quantity < 0 && line.price == 0 {
            -line.quantity
        } else {
            0
        };
        *needed.entry(line.sku.clone()).or_default() += leaves + lost;
    }
    needed
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    fn line(number: i64, invoice: &str, quantity: i64, price: i64) -> Line {
        Line {
            number,
            invoice: invoice.into(),
            sku: "85123A".into(),
            description: "LANTERN".into(),
            quantity,
            at: Timestamp::from_micros(number * 1_000_000),
            price,
            customer: Some(17_850),
            country: "United Kingdom".into(),
        }
    }

    /// Every penny of the rows is in the plan, once.
    #[test]
    fn the_plan_is_worth_what_the_rows_are() {
        let rows = [
            line(2, "1", 6, 255),
            line(3, "2", 10, 200),
            line(4, "C3", -8, 255),
            line(5, "C4", -50, 200),
            line(6, "A5", 1, -1_106),
            line(7, "6", 5, 0),
            line(8, "7", 25_000, 10),
            line(9, "8", -3, 0),
        ];
        let plan = plan(&rows);
        let sold: i64 = plan
            .orders
            .iter()
            .flat_map(|o| &o.lines)
            .map(|l| l.quantity * rows[l.row].price - l.refunded)
            .sum();
        let booked: i64 = plan.entries.iter().map(|e| e.amount).sum();
        assert_eq!(sold + booked, rows.iter().map(Line::amount).sum::<i64>());
        let seven = plan.orders.iter().find(|o| o.invoice == "7").unwrap();
        assert_eq!(
            seven.lines.iter().map(|l| l.quantity).collect::<Vec<_>>(),
            [9_999, 9_999, 5_002]
        );
        assert!(
            plan.orders
                .iter()
                .all(|o| o.invoice != "6" && o.invoice != "8")
        );
        let reasons: BTreeSet<_> = plan.remarks.iter().map(|r| r.reason).collect();
        assert!(
            reasons.contains("stock_correction") && reasons.contains("return_without_purchase")
        );
    }

    /// A return never exceeds what its purchase cost.
    #[test]
    fn a_return_fits_its_purchase() {
        let rows = [
            line(2, "1", 6, 255),
            line(3, "C2", -4, 255),
            line(4, "C3", -4, 255),
        ];
        let plan = plan(&rows);
        assert_eq!(
            (
                plan.orders[0].lines[0].returned,
                plan.orders[0].lines[0].refunded
            ),
            (6, 1_530)
        );
        assert_eq!(
            plan.entries,
            [PlannedEntry {
                row: 2,
                amount: -510
            }]
        );
    }
}
