//! Orders of a dump: their lines to the fen, their money, their parcels, and what came back.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Address, Currency, Money, Timestamp};
use platform::cards;

use super::{
    dump::{Dump, Row},
    goods::{Goods, pairs},
    plan::remark,
};
use crate::import::{Remark, RowOutcome};

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// It is paid and waits in the warehouse.
    ToShip,
    /// It is on its way.
    Shipped,
    /// It arrived.
    Received,
    /// It was called off.
    Cancelled,
    /// Nobody paid it in time.
    Expired,
}

impl Course {
    /// Whether its money came.
    pub(super) const fn is_paid(self) -> bool {
        matches!(self, Self::ToShip | Self::Shipped | Self::Received)
    }

    /// Whether its goods left.
    pub(super) const fn has_left(self) -> bool {
        matches!(self, Self::Shipped | Self::Received)
    }
}

/// An order.
#[derive(Debug, Clone)]
pub(super) struct PlannedOrder {
    /// Its number.
    pub(super) number: String,
    /// The member who placed it.
    pub(super) member: String,
    /// What became of it.
    pub(super) course: Course,
    /// Its lines.
    pub(super) lines: Vec<PlannedLine>,
    /// Delivery.
    pub(super) shipping: Money,
    /// What was paid beyond goods and delivery.
    pub(super) fees: Money,
    /// When it was placed.
    pub(super) placed_at: Timestamp,
    /// When it was paid.
    pub(super) paid_at: Option<Timestamp>,
    /// When it left.
    pub(super) shipped_at: Option<Timestamp>,
    /// When it arrived.
    pub(super) received_at: Option<Timestamp>,
    /// When it last changed.
    pub(super) updated_at: Timestamp,
    /// Where it goes.
    pub(super) address: Address,
    /// The member's wish.
    pub(super) note: Option<String>,
    /// Carrier and number of its parcel.
    pub(super) parcel: Option<(&'static str, String)>,
    /// When money was given back last.
    pub(super) refunded_at: Option<Timestamp>,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub(super) struct PlannedLine {
    /// The product in the dump, for what came back.
    product: String,
    /// The SKU here.
    pub(super) sku: String,
    /// What it was called.
    pub(super) title: String,
    /// Which of its variants.
    pub(super) variant_title: String,
    /// What one cost.
    pub(super) unit_price: Money,
    /// How many.
    pub(super) quantity: i64,
    /// What was taken off, in fen.
    pub(super) discount: i64,
    /// Units that came back.
    pub(super) returned: i64,
    /// What was given back for them, in fen.
    pub(super) refunded: i64,
}

impl PlannedLine {
    /// Price times quantity, in fen.
    const fn gross(&self) -> i64 {
        self.unit_price.amount.saturating_mul(self.quantity)
    }

    /// What the line costs, in fen.
    pub(super) const fn net(&self) -> i64 {
        self.gross().saturating_sub(self.discount)
    }
}

impl PlannedOrder {
    /// What the order costs.
    pub(super) fn total(&self) -> Money {
        let goods: i64 = self.lines.iter().map(PlannedLine::net).sum();
        yuan(goods + self.shipping.amount + self.fees.amount)
    }

    /// What was paid for it.
    pub(super) fn paid(&self) -> Money {
        if self.course.is_paid() {
            self.total()
        } else {
            yuan(0)
        }
    }

    /// What was given back.
    pub(super) fn refunded(&self) -> Money {
        yuan(self.lines.iter().map(|line| line.refunded).sum())
    }

    /// Units that are held for it.
    pub(super) fn held_units(&self) -> i64 {
        if self.course == Course::ToShip {
            self.lines.iter().map(|line| line.quantity).sum()
        } else {
            0
        }
    }
}

pub(super) const fn yuan(fen: i64) -> Money {
    Money::new(fen, Currency::CNY)
}

/// The orders of a dump, oldest first.
pub(super) fn plan(dump: &Dump, goods: &Goods, remarks: &mut Vec<Remark>) -> Vec<PlannedOrder> {
    let mut lines: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in dump.rows("oms_order_item") {
        lines.entry(row.text("order_id")).or_default().push(row);
    }
    let mut back: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in dump.rows("oms_order_return_apply") {
        back.entry(row.text("order_id")).or_default().push(row);
    }
    let (mut numbers, mut parcels) = (BTreeSet::new(), BTreeSet::new());
    let mut orders = Vec::new();
    for row in dump.rows("oms_order") {
        let id = row.text("id");
        let rows = lines.remove(id).unwrap_or_default();
        let mut remarks_of_order = Vec::new();
        match order(row, &rows, goods, &mut remarks_of_order) {
            Ok(_) if !numbers.insert(row.text("order_sn")) => {
                remarks.push(remark(row, RowOutcome::Rejected, "number_twice"));
            }
            Ok(mut order) => {
                one_parcel_once(row, &mut order, &mut parcels, &mut remarks_of_order);
                for row in back.remove(id).unwrap_or_default() {
                    give_back(row, &mut order, &mut remarks_of_order);
                }
                orders.push(order);
            }
            Err(reason) => remarks.push(remark(row, RowOutcome::Rejected, reason)),
        }
        remarks.append(&mut remarks_of_order);
    }
    let orphans = lines
        .into_values()
        .flatten()
        .map(|row| (row, "line_without_order"));
    let returns = back
        .into_values()
        .flatten()
        .map(|row| (row, "return_without_order"));
    let left = orphans.chain(returns);
    remarks.extend(left.map(|(row, reason)| remark(row, RowOutcome::Rejected, reason)));
    orders.sort_by_key(|order| order.placed_at);
    orders
}

fn order(
    row: &Row,
    rows: &[&Row],
    goods: &Goods,
    remarks: &mut Vec<Remark>,
) -> Result<PlannedOrder, &'static str> {
    let placed_at = row.time("create_time").ok_or("no_time")?;
    let number = row.filled("order_sn").ok_or("no_number")?;
    let pay = row
        .yuan("pay_amount")
        .filter(|m| m.amount >= 0)
        .ok_or("no_amount")?;
    let mut lines = Vec::new();
    for row in rows {
        match line(row, goods) {
            Ok(line) => lines.push(line),
            Err(reason) => {
                remarks.push(remark(row, RowOutcome::Rejected, reason));
                // An order without one of its lines is another order.
                return Err("line_unreadable");
            }
        }
    }
    if lines.is_empty() {
        return Err("no_lines");
    }
    // Nobody paid more for the way than in all.
    let freight = row.yuan("freight_amount").map_or(0, |m| m.amount);
    let shipping = yuan(freight.clamp(0, pay.amount));
    let fees = settle(row, &mut lines, shipping.amount, pay.amount, remarks);
    let course = course(row, remarks);
    let paid_at = course.is_paid().then(|| {
        row.time("payment_time").unwrap_or_else(|| {
            remarks.push(remark(row, RowOutcome::Repaired, "payment_time_missing"));
            placed_at
        })
    });
    let shipped_at = course
        .has_left()
        .then(|| row.time("delivery_time"))
        .flatten();
    let received_at = (course == Course::Received)
        .then(|| row.time("receive_time"))
        .flatten();
    if course.has_left() && shipped_at.is_none()
        || course == Course::Received && received_at.is_none()
    {
        remarks.push(remark(row, RowOutcome::Repaired, "shipping_time_missing"));
    }
    let shipped_at = shipped_at.or(paid_at.filter(|_| course.has_left()));
    let received_at = received_at.or(shipped_at.filter(|_| course == Course::Received));
    let known = [
        Some(placed_at),
        paid_at,
        shipped_at,
        received_at,
        row.time("modify_time"),
    ];
    Ok(PlannedOrder {
        number: number.to_owned(),
        member: row.text("member_id").to_owned(),
        course,
        lines,
        shipping,
        fees: yuan(fees),
        placed_at,
        paid_at,
        shipped_at,
        received_at,
        updated_at: known.into_iter().flatten().max().unwrap_or(placed_at),
        address: address(row),
        note: row
            .filled("note")
            .map(|note| cards::masked(note).into_owned()),
        parcel: shipped_at.map(|_| (carrier(row), row.text("delivery_sn").to_uppercase())),
        refunded_at: None,
    })
}

fn line(row: &Row, goods: &Goods) -> Result<PlannedLine, &'static str> {
    let quantity = row
        .number("product_quantity")
        .filter(|n| *n > 0)
        .ok_or("no_quantity")?;
    let unit_price = row
        .yuan("product_price")
        .filter(|m| m.amount >= 0)
        .ok_or("no_price")?;
    let product = row.text("product_id");
    let sku = goods
        .sku(
            product,
            row.text("product_sku_code"),
            row.text("product_sku_id"),
        )
        .ok_or("unknown_goods")?;
    let says: Vec<String> = pairs(row.text("product_attr"))
        .into_iter()
        .map(|p| p.value)
        .collect();
    let line = PlannedLine {
        product: product.to_owned(),
        sku: sku.to_owned(),
        title: row.text("product_name").to_owned(),
        variant_title: says.join(" / "),
        unit_price,
        quantity,
        discount: 0,
        returned: 0,
        refunded: 0,
    };
    // What one unit cost after its share of every reduction.
    let real = row
        .yuan("real_amount")
        .map_or(unit_price.amount, |m| m.amount);
    let discount = line.gross() - real.saturating_mul(quantity);
    let discount = discount.clamp(0, line.gross());
    Ok(PlannedLine { discount, ..line })
}

/// Makes the discounts of the lines sum up to what the order really cost; what the shop rounded or took off by hand is
/// put where there is room. Answers what was paid beyond goods and delivery.
fn settle(
    row: &Row,
    lines: &mut [PlannedLine],
    shipping: i64,
    pay: i64,
    remarks: &mut Vec<Remark>,
) -> i64 {
    let gross: i64 = lines.iter().map(PlannedLine::gross).sum();
    let wanted = gross + shipping - pay;
    let fees = (-wanted).max(0);
    let shared: i64 = lines.iter().map(|line| line.discount).sum();
    let mut missing = wanted.clamp(0, gross) - shared;
    let by_hand = row.yuan("discount_amount").map_or(0, |m| m.amount);
    if fees > 0 || missing != by_hand {
        let reason = "figures_do_not_add_up";
        if missing.abs() > i64::try_from(lines.len()).unwrap_or(i64::MAX) || fees > 0 {
            remarks.push(remark(row, RowOutcome::Repaired, reason));
        }
    }
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|index| lines.get(*index).map_or(0, |line| -line.net()));
    for index in order {
        if let Some(line) = lines.get_mut(index) {
            let share = missing.clamp(-line.discount, line.net());
            line.discount += share;
            missing -= share;
        }
    }
    fees
}

fn course(row: &Row, remarks: &mut Vec<Remark>) -> Course {
    let course = match row.number("status") {
        Some(1) => Course::ToShip,
        Some(2) => Course::Shipped,
        Some(3) => Course::Received,
        Some(0) => {
            remarks.push(remark(row, RowOutcome::Repaired, "unpaid_order_ended"));
            Course::Expired
        }
        _ => Course::Cancelled,
    };
    if course.is_paid() {
        let reason = match row.number("pay_type") {
            Some(1) => "paid_by_alipay",
            Some(2) => "paid_by_wechat",
            _ => "payment_method_unknown",
        };
        remarks.push(remark(row, RowOutcome::Repaired, reason));
    }
    course
}

fn carrier(row: &Row) -> &'static str {
    let name = row.text("delivery_company");
    let known = [
        ("顺丰", "sf"),
        ("圆通", "yto"),
        ("中通", "zto"),
        ("申通", "sto"),
        ("韵达", "yunda"),
        ("京东", "jd"),
        ("EMS", "ems"),
        ("邮政", "ems"),
    ];
    let found = known.iter().find(|(word, _)| name.contains(word));
    found.map_or(fulfilment::carrier::OWN, |(_, code)| code)
}

/// Two parcels of one carrier cannot have one number; the later one goes without.
fn one_parcel_once(
    row: &Row,
    order: &mut PlannedOrder,
    seen: &mut BTreeSet<(&'static str, String)>,
    remarks: &mut Vec<Remark>,
) {
    let Some(parcel) = order
        .parcel
        .as_mut()
        .filter(|(_, number)| !number.is_empty())
    else {
        return;
    };
    let good = parcel.1.len() <= 40
        && parcel
            .1
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !good || !seen.insert(parcel.clone()) {
        remarks.push(remark(
            row,
            RowOutcome::Repaired,
            "tracking_number_left_out",
        ));
        parcel.1.clear();
    }
}

fn address(row: &Row) -> Address {
    Address {
        name: row.text("receiver_name").to_owned(),
        phone: row.text("receiver_phone").to_owned(),
        country: "CN".to_owned(),
        postal_code: row.text("receiver_post_code").to_owned(),
        region: row.text("receiver_province").to_owned(),
        city: row.text("receiver_city").to_owned(),
        district: row.text("receiver_region").to_owned(),
        line1: row.text("receiver_detail_address").to_owned(),
        line2: None,
        store: None,
    }
}

/// Puts what came back onto the line it came from.
fn give_back(row: &Row, order: &mut PlannedOrder, remarks: &mut Vec<Remark>) {
    if row.number("status") != Some(2) {
        remarks.push(remark(row, RowOutcome::Rejected, "return_not_completed"));
        return;
    }
    let units = row.number("product_count").filter(|n| *n > 0).unwrap_or(1);
    let product = row.text("product_id");
    let has_left = order.course.has_left();
    let line = order
        .lines
        .iter_mut()
        .find(|line| has_left && line.product == product && line.quantity - line.returned >= units);
    let Some(line) = line else {
        remarks.push(remark(row, RowOutcome::Rejected, "return_without_sale"));
        return;
    };
    let wanted = row.yuan("return_amount").map_or(0, |m| m.amount).max(0);
    let given = wanted.min(line.net() - line.refunded);
    if given != wanted {
        remarks.push(remark(row, RowOutcome::Repaired, "refund_beyond_price"));
    }
    line.returned += units;
    line.refunded += given;
    let at = row.time("receive_time").or(row.time("handle_time"));
    order.refunded_at = at.or(order.refunded_at).max(order.refunded_at);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn some_line(price: i64, quantity: i64, discount: i64) -> PlannedLine {
        PlannedLine {
            product: "1".into(),
            sku: "A".into(),
            title: String::new(),
            variant_title: String::new(),
            unit_price: yuan(price),
            quantity,
            discount: discount.min(price * quantity),
            returned: 0,
            refunded: 0,
        }
    }

    proptest! {
        /// O1, O2: whatever the dump says of its discounts, an order costs what was paid, and no line less than nothing.
        #[test]
        fn an_order_costs_what_was_paid(
            lines in prop::collection::vec((0i64..100_000, 1i64..5, 0i64..50_000), 1..6),
            shipping in 0i64..5_000,
            pay in 0i64..900_000,
        ) {
            let mut lines: Vec<PlannedLine> =
                lines.into_iter().map(|(p, q, d)| some_line(p, q, d)).collect();
            let shipping = shipping.min(pay);
            let fees = settle(&Row::default(), &mut lines, shipping, pay, &mut Vec::new());
            let goods: i64 = lines.iter().map(PlannedLine::net).sum();
            prop_assert_eq!(goods + shipping + fees, pay);
            prop_assert!(lines.iter().all(|l| l.discount >= 0 && l.net() >= 0));
        }
    }
}
