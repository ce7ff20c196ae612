//! Messages to people: what is said, in which words, and that each of them leaves at most once (M1).
//!
//! A flow hands over typed [`Content`]; [`message::queue`] keeps it and queues a job in the flow's transaction.
//! [`send`] claims, renders ([`template`]) and hands the letter to the [`Mailer`]. Words live in `templates/email` and
//! can be rewritten by the shop while it runs.

pub mod content;
pub mod erasure;
pub mod error;
pub mod events;
mod html;
pub mod kind;
pub mod mailer;
pub mod message;
mod order_content;
mod render;
pub mod retention;
mod sample_words;
mod samples;
pub mod send;
mod smtp;
pub mod template;
mod words;

pub use content::Content;
pub use error::EngagementError;
pub use kind::MessageKind;
pub use mailer::{Letter, Mailer, NotSent};
pub use message::{Message, MessageState, NewMessage};
pub use render::Rendered;
