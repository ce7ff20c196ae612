//! What the shop says to win people: pages made of blocks, which are the home page, landing pages, policies, guides and
//! questions.
//!
//! [`block`] is what a page is made of, cleaned when it is written; [`page`] keeps a page twice, as the draft that the
//! operator works on and as what shoppers read, with the drafts before; [`objection`] keeps what people say they missed
//! on a page. Products, collections and variants are named by their ids alone: what they cost and whether they are there
//! is read when a page is shown, so a block cannot promise a price, a reduction or an end that is not real (GOV-08).

pub mod block;
pub mod error;
pub mod events;
pub mod objection;
pub mod page;

pub use block::{Block, BlockKind, Field, Item, Picture, Topic};
pub use error::MarketingError;
pub use objection::{NewObjection, Reason};
pub use page::{Content, NewPage, Page, PageKind, Places, Version};
