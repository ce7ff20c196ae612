//! Attempts, providers, refunds, the double-entry journal, incoming bank transfers.
//!
//! Promises: nothing a provider says can be lost, counted twice or undone by a later, weaker word (P1, P9, P14); what
//! does not fit is quarantined, never guessed (P3); an unknown outcome stays unknown until the provider is asked (P6);
//! captured never exceeds what is due and refunds never exceed what was captured, by the statement that consumes the
//! limit (P4); each movement of money is one immutable journal row with a key of its own (P7).
//!
//! Locks are taken in one order: the order's row (by the flow), its `order_money` row, its payments.

mod codes;

pub mod breaks;
pub mod case;
pub mod decline;
pub mod demo_card;
pub mod dispute;
pub mod erasure;
pub mod error;
pub mod events;
pub mod import;
pub mod journal;
pub mod method;
pub mod order_money;
pub mod payment;
pub mod provider;
pub mod provider_event;
pub mod quarantine;
pub mod receipt;
pub mod reconcile;
pub mod record;
pub mod refund;
mod refund_parts;
pub mod retention;
pub mod settings;
pub mod signature;
pub mod state;
pub mod stripe;
pub mod transfer_report;
pub mod tries;
pub mod wish;
pub mod work;

pub use codes::UnknownCode;
pub use decline::DeclineCode;
pub use error::PaymentsError;
pub use journal::{Account, Entry, EntryKind};
pub use method::{Method, Provider};
pub use order_money::OrderMoney;
pub use payment::{Payment, Settled, StartPayment};
pub use provider::Providers;
pub use record::{Effect, Outcome, Recorded};
pub use refund::{Refund, RefundLine, RefundOutcome, RefundRequest, RefundState};
pub use state::PaymentState;
pub use wish::{OpenPage, PageWish, Wish};
pub use work::{Change, Consequences};
