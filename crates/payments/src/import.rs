//! Money of orders that were placed elsewhere, in bulk: the same rows that living orders leave behind.

use kernel::{Money, OrderId, OrderLineId, PaymentId, RefundId, Timestamp};
use platform::{Ctx, Tx, db::Value, params};

use crate::{
    Account, Entry, EntryKind, Method, PaymentState, PaymentsError, Provider, RefundLine,
    RefundState, Settled, journal,
};

/// What came in for an imported order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// Nothing.
    Nothing,
    /// All of it; its goods are still here, so it is earned when they leave.
    Held,
    /// All of it, and it is earned.
    Earned,
}

/// The money of one imported order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedMoney {
    /// The order; its row must exist.
    pub order_id: OrderId,
    /// What it cost; may be zero.
    pub total: Money,
    /// How much of that was for delivery.
    pub shipping: Money,
    /// How much of it was fees.
    pub fees: Money,
    /// How much went back, in one refund; zero for none.
    pub refunded: Money,
    /// For which lines and how many of their units that was, and how much of it for each.
    pub refund_lines: Vec<(OrderLineId, i64, Money)>,
    /// How it was paid.
    pub method: Method,
    /// Whether it was paid.
    pub paid: Paid,
    /// When it was paid and earned.
    pub paid_at: Timestamp,
    /// When the refund went out.
    pub refunded_at: Timestamp,
}

/// Writes the money of imported orders: captured, earned, and given back where that is so. Each order once; a second
/// import of the same order is an error of the database and rolls everything back.
///
/// # Errors
/// [`PaymentsError::RefundParts`] when an amount is negative, of several currencies, or more than its whole.
pub async fn money(tx: &mut Tx, ctx: &Ctx, orders: &[ImportedMoney]) -> Result<(), PaymentsError> {
    let (mut moneys, mut payments, mut refunds, mut lines, mut entries) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for order in orders {
        order.check()?;
        moneys.push(order.money_row());
        if order.total.is_zero() || order.paid == Paid::Nothing {
            continue;
        }
        let payment = PaymentId::new();
        payments.push(order.payment_row(payment));
        entries.push(order.capture());
        if order.paid == Paid::Earned {
            entries.extend(order.sale()?);
        }
        if !order.refunded.is_zero() {
            let refund = RefundId::new();
            refunds.push(order.refund_row(refund, payment, &ctx.actor().label()));
            lines.extend(order.lines().map(|line| line.row(refund)));
            entries.push(order.entry(
                EntryKind::Refund,
                (Account::Refunds, order.account()),
                order.refunded,
                format!("refund:{refund}:earned"),
            ));
        }
    }
    tx.insert_many(
        "order_money",
        &["order_id", "currency", "due", "captured", "refunded"],
        &moneys,
    )
    .await?;
    let columns = [
        "id",
        "order_id",
        "method",
        "provider",
        "state",
        "live",
        "currency",
        "amount",
        "idempotency_key",
        "provider_ref",
        "settled",
        "decided_at",
        "created_at",
        "updated_at",
    ];
    tx.insert_many("payments", &columns, &payments).await?;
    let columns = [
        "id",
        "order_id",
        "payment_id",
        "state",
        "currency",
        "amount",
        "reason",
        "idempotency_key",
        "actor",
        "created_at",
        "finished_at",
    ];
    tx.insert_many("refunds", &columns, &refunds).await?;
    tx.insert_many("refund_lines", RefundLine::INSERTED, &lines)
        .await?;
    Ok(journal::post_many(tx, ctx, &entries).await?)
}

impl ImportedMoney {
    fn check(&self) -> Result<(), PaymentsError> {
        let currency = self.total.currency;
        let parts = [self.shipping, self.fees, self.refunded];
        let fits =
            |m: &Money| m.currency == currency && (0..=self.total.amount).contains(&m.amount);
        let by_line = Money::sum(currency, self.lines().map(|l| l.amount))?;
        let lines_fit =
            self.lines().all(|l| fits(&l.amount)) && by_line.amount <= self.refunded.amount;
        if self.total.amount >= 0 && parts.iter().all(fits) && lines_fit {
            Ok(())
        } else {
            Err(PaymentsError::RefundParts)
        }
    }

    fn lines(&self) -> impl Iterator<Item = RefundLine> + '_ {
        let of = |(order_line_id, quantity, amount): &(OrderLineId, i64, Money)| RefundLine {
            order_line_id: *order_line_id,
            quantity: *quantity,
            amount: *amount,
        };
        self.refund_lines.iter().map(of)
    }

    const fn provider(&self) -> Provider {
        match self.method {
            Method::CashOnDelivery => Provider::CashOnDelivery,
            Method::BankTransfer | Method::Card => Provider::Bank,
        }
    }

    const fn account(&self) -> Account {
        self.provider().account()
    }

    fn money_row(&self) -> Vec<Value> {
        let due = self.total.amount;
        let captured = if self.paid == Paid::Nothing { 0 } else { due };
        params![
            self.order_id,
            self.total.currency,
            due,
            captured,
            self.refunded.amount
        ]
        .to_vec()
    }

    fn payment_row(&self, id: PaymentId) -> Vec<Value> {
        params![
            id,
            self.order_id,
            self.method,
            self.provider(),
            PaymentState::Succeeded,
            true,
            self.total.currency,
            self.total.amount,
            id.to_string(),
            format!("import:{}", self.order_id),
            Settled::Order,
            self.paid_at,
            self.paid_at,
            self.paid_at
        ]
        .to_vec()
    }

    fn refund_row(&self, id: RefundId, payment: PaymentId, actor: &str) -> Vec<Value> {
        params![
            id,
            self.order_id,
            payment,
            RefundState::Succeeded,
            self.total.currency,
            self.refunded.amount,
            "returned",
            id.to_string(),
            actor,
            self.refunded_at,
            self.refunded_at
        ]
        .to_vec()
    }

    fn capture(&self) -> Entry {
        self.entry(
            EntryKind::Capture,
            (self.account(), Account::CustomerOrders),
            self.total,
            format!("import:{}:capture", self.order_id),
        )
    }

    fn sale(&self) -> Result<[Entry; 3], PaymentsError> {
        let order = self.order_id;
        let goods = self.total.minus(self.shipping)?.minus(self.fees)?;
        Ok([
            self.entry(
                EntryKind::Sale,
                (Account::CustomerOrders, Account::Sales),
                goods,
                format!("import:{order}:sale"),
            ),
            self.entry(
                EntryKind::Shipping,
                (Account::CustomerOrders, Account::Shipping),
                self.shipping,
                format!("import:{order}:shipping"),
            ),
            self.entry(
                EntryKind::Fees,
                (Account::CustomerOrders, Account::Fees),
                self.fees,
                format!("import:{order}:fees"),
            ),
        ])
    }

    fn entry(
        &self,
        entry: EntryKind,
        (debit, credit): (Account, Account),
        amount: Money,
        effect_key: String,
    ) -> Entry {
        let at = if entry == EntryKind::Refund {
            self.refunded_at
        } else {
            self.paid_at
        };
        Entry {
            entry,
            debit,
            credit,
            amount,
            order_id: Some(self.order_id),
            effect_key,
            at: Some(at),
        }
    }
}
