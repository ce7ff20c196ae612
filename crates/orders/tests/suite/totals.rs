//! The arithmetic of orders against a slow oracle: whole numbers of any length, written digit by digit.

use kernel::{Currency, Money, MoneyError};
use orders::{OrdersError, PricedLine, Totals};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::shop::{five_percent, priced, twd};

/// A whole number, not negative, of any length: decimal digits, least first, without leading zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Big(Vec<u8>);

impl Big {
    fn of(n: i64) -> Self {
        assert!(n >= 0);
        Self(n.to_string().bytes().rev().map(|b| b - b'0').collect()).trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }

    fn digit(&self, i: usize) -> u8 {
        self.0.get(i).copied().unwrap_or(0)
    }

    fn plus(&self, other: &Self) -> Self {
        let mut carry = 0;
        let mut digits = Vec::new();
        for i in 0..=self.0.len().max(other.0.len()) {
            let sum = self.digit(i) + other.digit(i) + carry;
            digits.push(sum % 10);
            carry = sum / 10;
        }
        Self(digits).trimmed()
    }

    /// The difference; `None` when `other` is larger.
    fn minus(&self, other: &Self) -> Option<Self> {
        let mut borrow = 0;
        let mut digits = Vec::new();
        for i in 0..self.0.len().max(other.0.len()) {
            let (from, take) = (self.digit(i), other.digit(i) + borrow);
            borrow = u8::from(from < take);
            digits.push(from + 10 * borrow - take);
        }
        (borrow == 0).then(|| Self(digits).trimmed())
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = Self(Vec::new());
        for (zeros, digit) in other.0.iter().enumerate() {
            let shifted = Self(
                std::iter::repeat_n(0, zeros)
                    .chain(self.0.iter().copied())
                    .collect(),
            )
            .trimmed();
            for _ in 0..*digit {
                product = product.plus(&shifted);
            }
        }
        product
    }

    /// Quotient and remainder by repeated subtraction, one digit at a time.
    fn divided(&self, by: &Self) -> (Self, Self) {
        assert!(!by.0.is_empty());
        let mut rest = Self(Vec::new());
        let mut quotient = Vec::new();
        for digit in self.0.iter().rev() {
            rest.0.insert(0, *digit);
            rest = rest.trimmed();
            let mut count = 0;
            while let Some(less) = rest.minus(by) {
                rest = less;
                count += 1;
            }
            quotient.insert(0, count);
        }
        (Self(quotient).trimmed(), rest)
    }

    fn less(&self, other: &Self) -> bool {
        self != other && self.minus(other).is_none()
    }

    /// As 64 bits, when it fits.
    fn small(&self) -> Option<i64> {
        self.0
            .iter()
            .rev()
            .map(|d| char::from(b'0' + d))
            .collect::<String>()
            .parse()
            .or(if self.0.is_empty() { Ok(0) } else { Err(()) })
            .ok()
    }
}

/// What the figures of an order must be: total, subtotal, and each line's share of the discount. `None` when some
/// figure does not fit into 64 bits.
fn oracle(
    lines: &[(i64, i64)],
    shipping: i64,
    discount: i64,
    step: i64,
) -> Option<(i64, i64, Vec<i64>)> {
    let gross: Vec<Big> = lines
        .iter()
        .map(|(price, quantity)| Big::of(*price).times(&Big::of(*quantity)))
        .collect();
    let subtotal = gross.iter().fold(Big(Vec::new()), |sum, g| sum.plus(g));
    if gross.iter().any(|g| g.small().is_none()) || subtotal.small().is_none() {
        return None;
    }
    let total = subtotal.minus(&Big::of(discount))?.plus(&Big::of(shipping));
    let even = gross
        .iter()
        .chain([&Big::of(discount)])
        .all(|a| a.divided(&Big::of(step)).1.0.is_empty());
    let unit = Big::of(if even { step } else { 1 });
    let (units, _) = Big::of(discount).divided(&unit);
    let mut shares: Vec<(Big, Big)> = Vec::new();
    for g in &gross {
        shares.push(if subtotal.0.is_empty() {
            (Big(vec![]), Big(vec![]))
        } else {
            units.times(g).divided(&subtotal)
        });
    }
    // One unit at a time to whoever has the largest remainder and has not had one yet.
    let mut given = shares.iter().fold(Big(Vec::new()), |sum, s| sum.plus(&s.0));
    let mut had = vec![false; shares.len()];
    while given.less(&units) {
        let mut best = None;
        for (i, share) in shares.iter().enumerate() {
            if !had[i] && best.is_none_or(|b: usize| shares[b].1.less(&share.1)) {
                best = Some(i);
            }
        }
        let best = best.unwrap();
        had[best] = true;
        shares[best].0 = shares[best].0.plus(&Big::of(1));
        given = given.plus(&Big::of(1));
    }
    let discounts = shares
        .iter()
        .map(|s| s.0.times(&unit).small().unwrap())
        .collect();
    Some((total.small()?, subtotal.small()?, discounts))
}

fn lines_of(currency: Currency, lines: &[(i64, i64)]) -> Vec<PricedLine> {
    lines
        .iter()
        .map(|(price, quantity)| priced("SKU", Money::new(*price, currency), *quantity))
        .collect()
}

fn agree(
    currency: Currency,
    lines: &[(i64, i64)],
    shipping: i64,
    discount: i64,
) -> Result<(), TestCaseError> {
    let money = |amount| Money::new(amount, currency);
    let computed = Totals::compute(
        currency,
        &lines_of(currency, lines),
        money(shipping),
        money(discount),
        five_percent(),
    );
    let expected = oracle(lines, shipping, discount, currency.step());
    let Some((total, subtotal, discounts)) = expected else {
        prop_assert!(
            matches!(computed, Err(OrdersError::Money(MoneyError::Overflow))),
            "{computed:?}"
        );
        return Ok(());
    };
    let figures = computed.unwrap();
    prop_assert_eq!(
        (figures.total, figures.subtotal),
        (money(total), money(subtotal))
    );
    let shares: Vec<i64> = figures.lines.iter().map(|l| l.discount.amount).collect();
    prop_assert_eq!(&shares, &discounts);
    // O1 and O2, said once more on the result itself.
    prop_assert_eq!(
        Money::sum(currency, figures.lines.iter().map(|l| l.discount)).unwrap(),
        figures.discount
    );
    let nets = Money::sum(currency, figures.lines.iter().map(|l| l.total)).unwrap();
    prop_assert_eq!(
        nets.plus(figures.shipping)
            .unwrap()
            .plus(figures.fees)
            .unwrap(),
        figures.total
    );
    prop_assert!(
        figures
            .lines
            .iter()
            .all(|l| l.total.amount >= 0 && l.discount.amount >= 0 && l.tax_included.amount >= 0)
    );
    // The tax: t ÷ 1.05 × 0.05 = t ÷ 21, to the nearest step, halves up.
    let step = Big::of(currency.step());
    let (steps, rest) = Big::of(total).divided(&step.times(&Big::of(21)));
    let up = !rest.times(&Big::of(2)).less(&step.times(&Big::of(21)));
    let tax = steps.plus(&Big::of(i64::from(up))).times(&step).small();
    prop_assert_eq!(tax, Some(figures.tax_included.amount));
    let tax_of_lines: i64 = figures.lines.iter().map(|l| l.tax_included.amount).sum();
    prop_assert!(tax_of_lines <= figures.tax_included.amount);
    Ok(())
}

fn everyday_lines() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0_i64..2_000_000, 1_i64..=9_999), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// O1, O2, O3: the figures are those of the oracle, in currencies with none, two and three decimals and in one
    /// that is paid in whole units; the discount is any part of the goods.
    #[test]
    fn everyday_orders_agree_with_the_oracle(lines in everyday_lines(), shipping in 0_i64..1_000_000, part in 0_u64..=1_000) {
        for currency in [Currency::TWD, Currency::GBP, Currency::JPY, Currency::KWD] {
            let subtotal: i64 = lines.iter().map(|(price, quantity)| price * quantity).sum();
            let discount = i64::try_from(i128::from(subtotal) * i128::from(part) / 1_000).unwrap();
            agree(currency, &lines, shipping, discount)?;
            agree(currency, &lines, shipping, discount / 100 * 100)?;
        }
    }

    /// O1, O2: goods of several tax rates: the tax is that of each rate's goods taken together, to the paying step; the
    /// lines hold no more than it and exactly it where delivery is taxed at another rate; the order of the lines decides
    /// nothing about the whole.
    #[test]
    fn each_rate_is_taxed_by_itself(
        lines in prop::collection::vec((0_i64..2_000_000, 1_i64..=99, 0_usize..3), 1..10),
        shipping in 0_i64..100_000,
        part in 0_i64..=100,
    ) {
        let rates = [Decimal::new(5, 2), Decimal::ZERO, Decimal::new(125, 3)];
        for currency in [Currency::TWD, Currency::GBP, Currency::JPY] {
            let mut goods = lines_of(currency, &lines.iter().map(|(p, q, _)| (*p, *q)).collect::<Vec<_>>());
            for (line, (_, _, rate)) in goods.iter_mut().zip(&lines) {
                line.tax_rate = rates[*rate];
            }
            let subtotal: i64 = lines.iter().map(|(price, quantity, _)| price * quantity).sum();
            let money = |amount| Money::new(amount, currency);
            let compute = |goods: &[PricedLine]| {
                Totals::compute(currency, goods, money(shipping), money(subtotal / 100 * part), rates[0]).unwrap()
            };
            let figures = compute(&goods);
            let mut tax = Money::zero(currency);
            for rate in rates {
                let own = figures.lines.iter().filter(|l| l.line.tax_rate == rate);
                let (mut gross, mut held) = (Money::zero(currency), Money::zero(currency));
                for line in own {
                    gross = gross.plus(line.total).unwrap();
                    held = held.plus(line.tax_included).unwrap();
                    prop_assert!(line.tax_included.amount >= 0 && line.tax_included.amount <= line.total.amount);
                }
                if rate == rates[0] {
                    let all = gross.plus(money(shipping)).unwrap().tax_included(rate).unwrap();
                    prop_assert!(held.amount <= all.amount);
                    tax = tax.plus(all).unwrap();
                } else {
                    prop_assert_eq!(held, gross.tax_included(rate).unwrap());
                    tax = tax.plus(held).unwrap();
                }
            }
            prop_assert_eq!(figures.tax_included, tax);
            goods.reverse();
            let turned = compute(&goods);
            prop_assert_eq!((turned.total, turned.discount), (figures.total, figures.discount));
        }
    }

    /// O3: prices in whole Taiwan dollars stay whole in every figure.
    #[test]
    fn whole_dollars_stay_whole(lines in prop::collection::vec((0_i64..20_000, 1_i64..=99), 1..8), part in 0_i64..=100) {
        let lines: Vec<(i64, i64)> = lines.into_iter().map(|(dollars, quantity)| (dollars * 100, quantity)).collect();
        let subtotal: i64 = lines.iter().map(|(price, quantity)| price * quantity).sum();
        let discount = Money::new(subtotal / 100 * part / 100 / 100 * 100, Currency::TWD);
        let figures = Totals::compute(Currency::TWD, &lines_of(Currency::TWD, &lines), twd(80), discount, five_percent()).unwrap();
        let all = figures.lines.iter().flat_map(|l| [l.discount, l.tax_included, l.total]);
        for amount in all.chain([figures.total, figures.tax_included, figures.subtotal]) {
            prop_assert_eq!(amount.amount % 100, 0);
        }
        agree(Currency::TWD, &lines, 8_000, discount.amount)?;
    }

    /// O6: at the extremes the figures are still exact, or the call fails cleanly.
    #[test]
    fn extreme_orders_agree_or_fail(
        lines in prop::collection::vec((0_i64..=i64::MAX, 1_i64..=9_999), 1..6),
        shrink in 0_u32..62,
        shipping in 0_i64..=i64::MAX,
    ) {
        let lines: Vec<(i64, i64)> = lines.into_iter().map(|(price, quantity)| (price >> shrink, quantity)).collect();
        agree(Currency::GBP, &lines, shipping >> shrink, 0)?;
        let least = lines.iter().map(|(price, _)| *price).min().unwrap_or(0);
        agree(Currency::GBP, &lines, shipping >> shrink, least)?;
    }

    /// O2: the split of the discount does not depend on the order of the lines, but for equal remainders, which go to
    /// the earlier line: turning the lines round turns the shares round when no two lines are equal in remainder.
    #[test]
    fn the_split_does_not_depend_on_the_order_of_lines(prices in prop::collection::btree_set(1_i64..1_000_000, 2..8), part in 1_i64..100) {
        let lines: Vec<(i64, i64)> = prices.iter().map(|p| (*p, 1)).collect();
        let subtotal: i64 = prices.iter().sum();
        let discount = subtotal * part / 100;
        let mut remainders: Vec<i64> = prices.iter().map(|p| discount * p % subtotal).collect();
        remainders.sort_unstable();
        remainders.dedup();
        prop_assume!(remainders.len() == lines.len());
        let shares = |lines: &[(i64, i64)]| {
            let discount = Money::new(discount, Currency::GBP);
            let none = Money::zero(Currency::GBP);
            let figures = Totals::compute(Currency::GBP, &lines_of(Currency::GBP, lines), none, discount, five_percent()).unwrap();
            figures.lines.iter().map(|l| l.discount.amount).collect::<Vec<_>>()
        };
        let turned: Vec<(i64, i64)> = lines.iter().rev().copied().collect();
        let mut back = shares(&turned);
        back.reverse();
        prop_assert_eq!(shares(&lines), back);
    }
}

/// O2: a discount of everything leaves nothing to pay and no line below zero, also where prices are no whole dollars.
#[test]
fn a_discount_of_everything_leaves_nothing() {
    let lines = lines_of(Currency::TWD, &[(150, 1), (50, 1)]);
    let all = Money::new(200, Currency::TWD);
    let figures = Totals::compute(Currency::TWD, &lines, twd(0), all, five_percent()).unwrap();
    assert_eq!(figures.total, twd(0));
    assert_eq!(
        figures
            .lines
            .iter()
            .map(|l| l.total.amount)
            .collect::<Vec<_>>(),
        [0, 0]
    );
}

/// O3: what is no order is refused: no line, amounts below zero, a discount beyond the goods, two currencies.
#[test]
fn what_is_no_order_is_refused() {
    let compute = |lines: &[PricedLine], shipping, discount| {
        Totals::compute(Currency::TWD, lines, shipping, discount, Decimal::ZERO)
    };
    let tea = [priced("TEA", twd(580), 1)];
    assert!(matches!(
        compute(&[], twd(0), twd(0)),
        Err(OrdersError::Empty)
    ));
    assert!(matches!(
        compute(&tea, twd(-1), twd(0)),
        Err(OrdersError::Negative)
    ));
    assert!(matches!(
        compute(&tea, twd(0), twd(-1)),
        Err(OrdersError::Negative)
    ));
    assert!(matches!(
        compute(&[priced("TEA", twd(-1), 1)], twd(0), twd(0)),
        Err(OrdersError::Negative)
    ));
    assert!(matches!(
        compute(&tea, twd(0), twd(581)),
        Err(OrdersError::DiscountTooLarge)
    ));
    let pounds = Money::new(1, Currency::GBP);
    for mixed in [
        compute(&tea, pounds, twd(0)),
        compute(&tea, twd(0), pounds),
        compute(&[priced("TEA", pounds, 1)], twd(0), twd(0)),
    ] {
        assert!(matches!(
            mixed,
            Err(OrdersError::Money(MoneyError::Currencies(..)))
        ));
    }
    let fees = compute(&tea, twd(0), twd(0))
        .unwrap()
        .with_fees(Some(twd(20)), twd(10), five_percent())
        .unwrap();
    assert_eq!(
        (fees.total, fees.fees, fees.gift_wrap, fees.tax_included),
        (twd(610), twd(30), Some(twd(20)), twd(29))
    );
}
