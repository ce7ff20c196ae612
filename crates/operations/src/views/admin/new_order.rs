//! Where an order for a customer begins: who it is for, and the drafts that lie open (CHK-22).

use std::collections::{HashMap, hash_map::Entry};

use customers::Customer;
use kernel::{CartId, CustomerId, Email, Phone, Timestamp};
use orders::{OrderDraft, OrderQuery, cart, draft, order, search};
use platform::{Rx, params};
use schemars::JsonSchema;
use serde::Serialize;

use super::common::{OrderLink, person};
use crate::FlowError;

/// Customers that a search shows at most.
const FOUND: usize = 8;
/// Drafts that the list shows at most.
const DRAFTS: i64 = 50;

/// Where an order for a customer begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NewOrderPage {
    /// Whom somebody looked for.
    pub q: String,
    /// Who was found.
    pub found: Vec<FoundCustomer>,
    /// Drafts that somebody works on, the last changed first.
    pub drafts: Vec<DraftRow>,
}

/// A customer that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundCustomer {
    /// The customer.
    pub id: CustomerId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their last order.
    pub last_order: Option<OrderLink>,
    /// When they placed it.
    pub last_ordered_at: Option<Timestamp>,
}

/// A draft in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftRow {
    /// The draft.
    pub id: CartId,
    /// Who it is for; empty while nobody has said.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// Units in it.
    pub units: i64,
    /// Who works on it; null for the shop itself.
    pub by: Option<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The page where an order for a customer begins.
///
/// # Errors
/// Whatever the database says.
pub async fn new_order(rx: &mut Rx, q: String) -> Result<NewOrderPage, FlowError> {
    let q = q.trim().to_owned();
    Ok(NewOrderPage {
        found: if q.is_empty() {
            Vec::new()
        } else {
            find_customers(rx, &q).await?
        },
        drafts: drafts(rx).await?,
        q,
    })
}

/// Customers by what their orders are found by, and those whose whole address or number was typed.
async fn find_customers(rx: &mut Rx, q: &str) -> Result<Vec<FoundCustomer>, FlowError> {
    let query = OrderQuery {
        q: q.to_owned(),
        limit: 100,
        ..OrderQuery::default()
    };
    let ids: Vec<_> = search::search(rx, query)
        .await?
        .items
        .iter()
        .map(|o| o.id)
        .collect();
    let mut last: HashMap<CustomerId, (OrderLink, Timestamp)> = HashMap::new();
    let mut order_of_finding = Vec::new();
    for id in ids {
        let order = order::by_id(rx, id).await?;
        let Some(customer) = order.customer_id else {
            continue;
        };
        if let Entry::Vacant(place) = last.entry(customer) {
            order_of_finding.push(customer);
            let link = OrderLink {
                id,
                number: order.number,
            };
            place.insert((link, order.placed_at));
        }
        if order_of_finding.len() >= FOUND {
            break;
        }
    }
    for id in exactly(rx, q).await? {
        if !order_of_finding.contains(&id) {
            order_of_finding.push(id);
        }
    }
    let mut known = customers::customer::of_ids(rx, &order_of_finding).await?;
    known.sort_by_key(|c| order_of_finding.iter().position(|id| *id == c.id));
    let view = |customer: Customer| {
        let (last_order, at) = last.remove(&customer.id).unzip();
        FoundCustomer {
            id: customer.id,
            name: customer.name,
            email: customer.email,
            phone: customer.phone,
            last_order,
            last_ordered_at: at,
        }
    };
    Ok(known.into_iter().map(view).collect())
}

/// The customers whose whole address or telephone number this is.
async fn exactly(rx: &mut Rx, q: &str) -> Result<Vec<CustomerId>, FlowError> {
    let mut found = Vec::new();
    if let Ok(email) = Email::parse(q) {
        let customer = customers::customer::by_email(rx, &email).await?;
        found.extend(customer.map(|c| c.id));
    }
    if let Ok(phone) = Phone::parse(q) {
        let sql = "SELECT id FROM customers WHERE phone = $1 ORDER BY created_at DESC LIMIT 8";
        for row in rx.rows(sql, params![phone.as_str()]).await? {
            found.push(row.get("id")?);
        }
    }
    Ok(found)
}

async fn drafts(rx: &mut Rx) -> Result<Vec<DraftRow>, FlowError> {
    let open = draft::open_drafts(rx, DRAFTS).await?;
    let mut rows = Vec::with_capacity(open.len());
    for OrderDraft {
        cart_id,
        made_by,
        updated_at,
        ..
    } in open
    {
        let kept = cart::by_id(rx, cart_id).await?.checkout;
        let lines = cart::lines(rx, cart_id).await?;
        rows.push(DraftRow {
            id: cart_id,
            name: kept.address.name,
            phone: kept.phone,
            units: lines.iter().map(|l| l.quantity.get()).sum(),
            by: person(&made_by),
            updated_at,
        });
    }
    Ok(rows)
}
