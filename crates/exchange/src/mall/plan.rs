//! What an import will do, decided before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use customers::customer::ImportedCustomer;
use kernel::{Currency, Locale, Money, Timestamp};

use super::{
    Decided, MallReport,
    dump::{Dump, Row},
    goods::{self, Goods},
    sales::{self, PlannedOrder},
    write::{DELIVERY, HOME},
};
use crate::import::{Remark, RowOutcome};

/// Tables that are taken, whole or in part.
const TAKEN: [&str; 12] = [
    "pms_product",
    "pms_sku_stock",
    "pms_brand",
    "pms_product_category",
    "pms_product_attribute",
    "pms_product_attribute_value",
    "pms_product_attribute_category",
    "oms_order",
    "oms_order_item",
    "oms_order_return_apply",
    "ums_member",
    // Which products belong to a brand or a category is said by the products themselves.
    "pms_product_category_attribute_relation",
];

/// Everything that an import will write.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What is sold.
    pub(super) goods: Goods,
    /// Who buys.
    pub(super) members: Vec<ImportedCustomer>,
    /// What was bought.
    pub(super) orders: Vec<PlannedOrder>,
    /// What was not taken as it stands.
    pub(super) remarks: Vec<Remark>,
    /// Tables without a place here, and their rows.
    pub(super) without_a_home: BTreeMap<String, i64>,
}

impl Plan {
    /// The plan for a dump.
    pub(super) fn of(dump: &Dump) -> Self {
        let mut plan = Self::default();
        plan.goods = goods::plan(dump, &mut plan.remarks);
        plan.members = members(dump, &mut plan.remarks);
        plan.orders = sales::plan(dump, &plan.goods, &mut plan.remarks);
        let taken: BTreeSet<&str> = TAKEN.into();
        plan.without_a_home = dump
            .sizes()
            .filter(|(table, rows)| *rows > 0 && !taken.contains(table))
            .map(|(table, rows)| (table.to_owned(), i64::try_from(rows).unwrap_or(i64::MAX)))
            .collect();
        plan
    }

    /// What the import brings.
    pub(super) fn report(&self) -> MallReport {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let sum = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(|m| m.amount).sum();
        let mut reasons: BTreeMap<String, i64> = BTreeMap::new();
        for remark in &self.remarks {
            *reasons.entry(remark.reason.to_owned()).or_default() += 1;
        }
        let of = |outcome| {
            let lines = self.remarks.iter().filter(|r| r.outcome == outcome);
            count(lines.map(|r| r.line).collect::<BTreeSet<_>>().len())
        };
        let variants = || self.goods.products.iter().flat_map(|p| &p.variants);
        let held: i64 = self.orders.iter().map(PlannedOrder::held_units).sum();
        MallReport {
            categories: count(self.goods.categories.len()),
            brands: count(self.goods.brands().len()),
            products: count(self.goods.products.len()),
            variants: count(variants().count()),
            customers: count(self.members.len()),
            orders: count(self.orders.len()),
            order_lines: count(self.orders.iter().map(|o| o.lines.len()).sum()),
            paid: sum(&mut self.orders.iter().map(PlannedOrder::paid)),
            refunded: sum(&mut self.orders.iter().map(PlannedOrder::refunded)),
            stock: variants().map(|v| v.stock).sum::<i64>() + held,
            rejected: of(RowOutcome::Rejected),
            repaired: of(RowOutcome::Repaired),
            reasons,
            decided: Decided {
                currency: Currency::CNY.code().to_owned(),
                countries: vec![HOME.to_owned()],
                delivery: DELIVERY.to_owned(),
                delivery_rate: self.delivery_rate(),
            },
            without_a_home: self.without_a_home.clone(),
            already: false,
        }
    }

    /// What most orders paid for the way, in fen; the lower of two that are as usual, nothing in a shop without orders.
    pub(super) fn delivery_rate(&self) -> i64 {
        let mut usual: BTreeMap<i64, usize> = BTreeMap::new();
        for order in &self.orders {
            *usual.entry(order.shipping.amount).or_default() += 1;
        }
        let most = usual.values().copied().max().unwrap_or_default();
        let found = usual.into_iter().find(|(_, times)| *times == most);
        found.map_or(0, |(rate, _)| rate)
    }
}

/// A remark about a row.
pub(super) fn remark(row: &Row, outcome: RowOutcome, reason: &'static str) -> Remark {
    Remark {
        line: row.line,
        outcome,
        reason,
        content: row.content(),
    }
}

/// The key under which a member is known here.
pub(super) fn member_ref(id: &str) -> String {
    format!("mall:{id}")
}

fn members(dump: &Dump, remarks: &mut Vec<Remark>) -> Vec<ImportedCustomer> {
    let mut members = Vec::new();
    for row in dump.rows("ums_member") {
        if row.text("id").is_empty() {
            remarks.push(remark(row, RowOutcome::Rejected, "no_id"));
            continue;
        }
        let created = row.time("create_time");
        if created.is_none() {
            remarks.push(remark(row, RowOutcome::Repaired, "no_time"));
        }
        let name = row.filled("nickname").or(row.filled("username"));
        members.push(ImportedCustomer {
            external_ref: member_ref(row.text("id")),
            name: name.unwrap_or_default().to_owned(),
            phone: row.filled("phone").map(str::to_owned),
            country: Some("CN".to_owned()),
            locale: Locale::Hans,
            created_at: created.unwrap_or(Timestamp::from_micros(0)),
        });
    }
    members
}
