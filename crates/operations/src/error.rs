//! Why a flow refused: the domains' own facts and those that only several domains together know.

use catalog::CatalogError;
use customers::CustomersError;
use engagement::EngagementError;
use fulfilment::FulfilmentError;
use insight::InsightError;
use inventory::InventoryError;
use kernel::{Money, MoneyError, VariantId};
use marketing::MarketingError;
use orders::OrdersError;
use payments::PaymentsError;
use platform::{
    DbError,
    list::ListError,
    web::{FieldProblem, Problem, StatusCode},
};
use serde::Serialize;

/// A line that cannot be ordered as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineProblem {
    /// What was wanted.
    pub variant_id: VariantId,
    /// `sold_out`, `shared` (the rest is in other lines of the cart), `not_enough` or `unavailable`.
    pub problem: &'static str,
    /// How many there are.
    pub available: i64,
}

/// Why a flow refused.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// Nothing is there, or nothing the actor may see.
    #[error("not found")]
    NotFound,
    /// The cart is empty.
    #[error("the cart is empty")]
    EmptyCart,
    /// The cart was ordered already.
    #[error("the cart was ordered already")]
    AlreadyOrdered,
    /// Some lines cannot be ordered.
    #[error("some lines cannot be ordered")]
    Lines(Vec<LineProblem>),
    /// Fields are missing or wrong.
    #[error("fields are missing or wrong")]
    Fields(Vec<FieldProblem>),
    /// What the buyer confirmed is not what it costs now (O5).
    #[error("the total is {now}, not {confirmed}")]
    TotalChanged {
        /// What was confirmed.
        confirmed: Money,
        /// What it costs.
        now: Money,
    },
    /// The gift that the buyer saw is gone (STF-16).
    #[error("the gift is gone")]
    GiftGone,
    /// More was to be taken off than whoever asks may give away (CHK-25).
    #[error("{given} is more than the {limit} that may be given away")]
    BeyondLimit {
        /// What was to be taken off.
        given: Money,
        /// What they may give away on these goods.
        limit: Money,
        /// Who may give that much away.
        who: String,
    },
    /// The order cannot be changed; the key of the sentence that says why.
    #[error("the order cannot be changed: {0}")]
    NotEditable(&'static str),
    /// Somebody's data is still needed; the key of the sentence that says what for.
    #[error("personal data is still needed: {0}")]
    NotErasable(&'static str),
    /// An idempotency key came back with another body (O8).
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// The order is not in a state in which this can be done.
    #[error("not possible in the present state")]
    WrongState,
    /// An amount cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The catalogue refused.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A page refused.
    #[error(transparent)]
    Marketing(#[from] MarketingError),
    /// Stock refused.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// Orders refused.
    #[error(transparent)]
    Orders(#[from] OrdersError),
    /// Payments refused.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// Fulfilment refused.
    #[error(transparent)]
    Fulfilment(#[from] FulfilmentError),
    /// Customers refused.
    #[error(transparent)]
    Customers(#[from] CustomersError),
    /// Messages refused.
    #[error(transparent)]
    Engagement(#[from] EngagementError),
    /// Figures refused.
    #[error(transparent)]
    Insight(#[from] InsightError),
    /// A list refused what was asked of it.
    #[error(transparent)]
    List(#[from] ListError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<FlowError> for Problem {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::NotFound => Self::not_found(),
            FlowError::EmptyCart => Self::invalid("error-cart-empty"),
            FlowError::AlreadyOrdered => Self::conflict("error-already-ordered"),
            FlowError::Lines(lines) => out_of_stock(&lines),
            FlowError::Fields(fields) => Self::invalid("error-invalid-input").with_fields(fields),
            FlowError::TotalChanged { confirmed, now } => Self::conflict("error-total-changed")
                .with("confirmed", confirmed)
                .with("now", now)
                .facts(serde_json::json!({ "total": now })),
            FlowError::GiftGone => Self::conflict("error-gift-gone"),
            FlowError::BeyondLimit { given, limit, who } => beyond_limit(given, limit, &who),
            FlowError::NotEditable(key) | FlowError::NotErasable(key) => Self::conflict(key),
            FlowError::KeyReused => platform::web::idempotency::mismatch(),
            FlowError::WrongState => Self::conflict("error-wrong-state"),
            FlowError::Money(_) => Self::invalid("error-amount"),
            FlowError::Catalog(CatalogError::Db(e))
            | FlowError::Inventory(InventoryError::Db(e))
            | FlowError::Orders(OrdersError::Db(e))
            | FlowError::Payments(PaymentsError::Db(e))
            | FlowError::Fulfilment(FulfilmentError::Db(e))
            | FlowError::Customers(CustomersError::Db(e))
            | FlowError::Engagement(EngagementError::Db(e))
            | FlowError::Insight(InsightError::Db(e)) => e.into(),
            FlowError::Inventory(InventoryError::OutOfStock { short }) => out_of_stock(&short),
            FlowError::Orders(
                OrdersError::CartNotFound
                | OrdersError::CartLineNotFound
                | OrdersError::DraftNotFound
                | OrdersError::UnknownVariant
                | OrdersError::OrderNotFound
                | OrdersError::LineNotFound,
            )
            | FlowError::Payments(PaymentsError::NotFound(_))
            | FlowError::Catalog(CatalogError::NotFound(_))
            | FlowError::Inventory(InventoryError::UnknownVariant(_))
            | FlowError::Fulfilment(FulfilmentError::UnknownParcel(_)) => Self::not_found(),
            FlowError::Customers(
                CustomersError::NoInquiry
                | CustomersError::NoCustomer
                | CustomersError::NoAccount
                | CustomersError::NoAddress,
            ) => Self::not_found(),
            FlowError::Customers(e @ CustomersError::WrongPassword) => Self::invalid(e.key()),
            FlowError::Customers(e @ CustomersError::LinkOver) => {
                Self::new(StatusCode::NOT_FOUND, e.key())
            }
            FlowError::Catalog(CatalogError::BadCursor)
            | FlowError::Inventory(InventoryError::InvalidCursor)
            | FlowError::Orders(OrdersError::BadCursor) => {
                Self::invalid("error-invalid-input").field("after", "error-invalid-value")
            }
            FlowError::Orders(OrdersError::CartClosed { .. }) => {
                Self::conflict("error-already-ordered")
            }
            FlowError::Catalog(e) => Self::conflict(e.key()),
            FlowError::Inventory(e) => of_stock(&e),
            FlowError::Orders(e) => Self::conflict(e.key()),
            FlowError::Payments(e @ PaymentsError::CaseNote) => Self::invalid(e.key()),
            FlowError::Payments(e) => Self::conflict(e.key()),
            FlowError::Fulfilment(e) => Self::conflict(e.key()),
            FlowError::Customers(e) if e.field().is_some() => Self::invalid(e.key()),
            FlowError::Customers(e) => Self::conflict(e.key()),
            FlowError::Marketing(e) => of_pages(e),
            FlowError::Engagement(e) => Self::conflict(e.key()),
            FlowError::Insight(e) => Self::invalid(e.key()),
            FlowError::List(e) => e.into(),
            FlowError::Db(e) => e.into(),
        }
    }
}

fn of_stock(error: &InventoryError) -> Problem {
    match error {
        InventoryError::PlaceInvalid { .. } | InventoryError::TransferInvalid { .. } => {
            Problem::invalid(error.key())
        }
        InventoryError::UnknownTransfer(_) => Problem::not_found(),
        _ => Problem::conflict(error.key()),
    }
}

/// What a page refused.
fn of_pages(error: MarketingError) -> Problem {
    match error {
        MarketingError::Db(e) => e.into(),
        MarketingError::NoPage | MarketingError::NoBlock | MarketingError::NoVersion => {
            Problem::not_found()
        }
        e if e.field().is_some() => Problem::invalid(e.key()),
        e => Problem::conflict(e.key()),
    }
}

/// Goods that are not there in the quantity that is wanted, line by line.
fn out_of_stock(lines: &impl serde::Serialize) -> Problem {
    Problem::conflict("error-out-of-stock").facts(serde_json::json!({ "lines": lines }))
}

/// What may not be given away, at its field, with who may.
fn beyond_limit(given: Money, limit: Money, who: &str) -> Problem {
    let key = if who.is_empty() {
        "error-discount-beyond-everybody"
    } else {
        "error-discount-beyond-limit"
    };
    let args = vec![
        ("given", given.to_string()),
        ("limit", limit.to_string()),
        ("who", who.to_owned()),
    ];
    let field = FieldProblem {
        field: "discount".to_owned(),
        key,
        args,
    };
    Problem::invalid(key)
        .with("given", given)
        .with("limit", limit)
        .with("who", who)
        .with_fields(vec![field])
        .facts(serde_json::json!({ "given": given, "limit": limit, "who": who }))
}
