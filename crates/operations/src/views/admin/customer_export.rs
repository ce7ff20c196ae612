//! Everything that is kept about one person, and about nobody else, as one JSON document (GOV-10).

use customers::{
    Customer, Inquiry,
    address_book::{self, KeptAddress},
    care::{self, CustomerNote},
    consent::{self, Consent},
    customer,
};
use kernel::{Address, CustomerId, OrderId, Timestamp};
use orders::{
    Order, OrderLine,
    note::{self, Note},
    order::{self, Revised},
};
use platform::{Ctx, DbError, Rx, db::Row, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::customer_timeline::stream;
use crate::FlowError;

/// Everything about one customer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CustomerExport {
    /// When it was put together.
    pub exported_at: Timestamp,
    /// Who they are.
    pub customer: Customer,
    /// Their tags.
    pub tags: Vec<String>,
    /// What the staff wrote about them.
    pub notes: Vec<CustomerNote>,
    /// The addresses of their book.
    pub addresses: Vec<KeptAddress>,
    /// What they allowed and took back.
    pub consents: Vec<Consent>,
    /// Their orders with what they typed.
    pub orders: Vec<ExportedOrder>,
    /// What they asked, and the answers.
    pub inquiries: Vec<Inquiry>,
    /// What they said they missed on pages.
    pub objections: Vec<ExportedObjection>,
    /// Letters to them.
    pub messages: Vec<ExportedMessage>,
    /// Everything on the stream about them, oldest first.
    pub events: Vec<ExportedEvent>,
}

/// What somebody said they missed on a page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportedObjection {
    /// The page's name in addresses.
    pub page: String,
    /// The reason they gave.
    pub reason: String,
    /// What they wrote.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// An order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportedOrder {
    /// The order.
    pub id: OrderId,
    /// Its number.
    pub number: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What it cost.
    pub total: kernel::Money,
    /// Their address for letters.
    pub email: String,
    /// Their telephone number.
    pub phone: String,
    /// Their name.
    pub buyer_name: String,
    /// Where it went.
    pub address: Address,
    /// Words for the card.
    pub gift_message: Option<String>,
    /// What wrapping it as a gift cost; null when it was not wrapped.
    pub gift_wrap: Option<kernel::Money>,
    /// Their wish.
    pub note: Option<String>,
    /// The goods: SKU, name, units.
    pub lines: Vec<ExportedLine>,
    /// What the staff wrote about it.
    pub staff_notes: Vec<Note>,
    /// What it was before each time that somebody changed it, and what it became.
    pub changes: Vec<Revised>,
}

/// Goods of an order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportedLine {
    /// The SKU.
    pub sku: String,
    /// What it is.
    pub title: String,
    /// How many.
    pub quantity: i64,
    /// Whether it was given with the goods.
    pub gift: bool,
}

/// A letter.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportedMessage {
    /// What it is about.
    pub kind: String,
    /// Where it went.
    pub recipient: String,
    /// What became of it.
    pub state: String,
    /// Its subject.
    pub subject: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it left.
    pub sent_at: Option<Timestamp>,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportedEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub name: String,
    /// The details.
    pub details: serde_json::Value,
}

/// Everything about a customer.
///
/// # Errors
/// [`FlowError::NotFound`], or whatever the database says.
pub async fn everything(
    rx: &mut Rx,
    ctx: &Ctx,
    id: CustomerId,
) -> Result<CustomerExport, FlowError> {
    let found = customer::by_id(rx, id).await?.ok_or(FlowError::NotFound)?;
    let sql = "SELECT id FROM orders WHERE customer_id = $1 ORDER BY placed_at, id";
    let rows = rx.rows(sql, params![id]).await?;
    let ids = rows.iter().map(|row| row.get("id"));
    let ids: Vec<OrderId> = ids.collect::<Result<_, DbError>>()?;
    let mut orders = Vec::with_capacity(ids.len());
    for part in ids.chunks(100) {
        let lines = order::lines_of(rx, part).await?;
        for id in part {
            let kept = (note::of(rx, *id).await?, order::revisions(rx, *id).await?);
            orders.push(exported(order::by_id(rx, *id).await?, &lines, kept));
        }
    }
    let sql = "SELECT * FROM inquiries WHERE customer_id = $1 UNION SELECT i.* FROM inquiries i JOIN customers c ON c.email = i.email \
               WHERE c.id = $1 AND i.customer_id IS NULL ORDER BY created_at, id";
    let rows = rx.rows(sql, params![id]).await?;
    let inquiries = rows
        .iter()
        .map(Inquiry::from_row)
        .collect::<Result<_, DbError>>()?;
    let sql = "SELECT kind, recipient, state, subject, created_at, sent_at FROM messages \
               WHERE order_id IN (SELECT id FROM orders WHERE customer_id = $1) UNION ALL \
               SELECT m.kind, m.recipient, m.state, m.subject, m.created_at, m.sent_at FROM inquiries i JOIN messages m \
               ON m.kind = 'inquiry_answered' AND m.channel = 'email' AND m.recipient = i.email WHERE i.customer_id = $1 \
               AND m.order_id IS NULL ORDER BY created_at";
    let rows = rx.rows(sql, params![id]).await?;
    let messages = rows.iter().map(message).collect::<Result<_, DbError>>()?;
    let sql = format!(
        "SELECT e.name, e.occurred_at, e.payload FROM {} ORDER BY e.occurred_at, e.seq",
        stream()
    );
    let rows = rx.rows(&sql, params![id]).await?;
    let events = rows.iter().map(|row| {
        Ok(ExportedEvent {
            at: row.get("occurred_at")?,
            name: row.get("name")?,
            details: row.get("payload")?,
        })
    });
    Ok(CustomerExport {
        exported_at: ctx.now(),
        customer: found,
        tags: care::tags(rx, id).await?,
        notes: care::notes(rx, id).await?,
        addresses: address_book::list(rx, id).await?,
        consents: consent::of(rx, id).await?,
        orders,
        inquiries,
        objections: objections(rx, id).await?,
        messages,
        events: events.collect::<Result<_, DbError>>()?,
    })
}

async fn objections(rx: &mut Rx, id: CustomerId) -> Result<Vec<ExportedObjection>, DbError> {
    let sql = "SELECT p.handle, o.reason, o.text, o.at FROM page_objections o JOIN pages p ON p.id = o.page_id \
               WHERE o.customer_id = $1 ORDER BY o.at, o.seq";
    let rows = rx.rows(sql, params![id]).await?;
    let said = |row: &Row| {
        Ok(ExportedObjection {
            page: row.get("handle")?,
            reason: row.get("reason")?,
            text: row.get("text")?,
            at: row.get("at")?,
        })
    };
    rows.iter().map(said).collect()
}

fn exported(
    order: Order,
    lines: &[OrderLine],
    (staff_notes, changes): (Vec<Note>, Vec<Revised>),
) -> ExportedOrder {
    let mine = lines.iter().filter(|line| line.order_id == order.id);
    let lines = mine.map(|line| ExportedLine {
        sku: line.sku.clone(),
        title: format!("{} {}", line.title, line.variant_title)
            .trim_end()
            .to_owned(),
        quantity: line.quantity,
        gift: line.gift,
    });
    ExportedOrder {
        lines: lines.collect(),
        staff_notes,
        changes,
        id: order.id,
        number: order.number,
        placed_at: order.placed_at,
        total: order.total,
        email: order.email,
        phone: order.phone,
        buyer_name: order.buyer_name,
        address: order.address,
        gift_message: order.gift_message,
        gift_wrap: order.gift_wrap,
        note: order.note,
    }
}

fn message(row: &Row) -> Result<ExportedMessage, DbError> {
    Ok(ExportedMessage {
        kind: row.get("kind")?,
        recipient: row.get("recipient")?,
        state: row.get("state")?,
        subject: row.get("subject")?,
        created_at: row.get("created_at")?,
        sent_at: row.get("sent_at")?,
    })
}
