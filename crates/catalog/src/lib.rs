//! Products, variants, price history, collections, pictures, search.
//!
//! A product is what a page shows, a variant is what is sold. Every price a variant was ever offered at stays on
//! record ([`price`]), and a "was" price that this record does not bear out cannot be stored. What cart and order
//! price from is [`sellable`]. A variant may be a bundle of others ([`bundle`]). What lists are narrowed by is [`facet`].
//! The search index ([`search`]) is derived data that follows the stream of events.

pub mod attribute;
pub mod bulk;
pub mod bundle;
pub mod collection;
pub mod compare_at;
mod error;
pub mod events;
pub mod facet;
pub mod media;
pub mod picture_import;
pub mod price;
pub mod product;
pub mod reduction;
pub mod removed_media;
pub mod rules;
pub mod search;
pub mod sellable;
pub mod selling_point;
pub mod service;
mod store;
pub mod variant;
pub mod video;

pub use attribute::{Attribute, AttributeDefinition, AttributeKind, AttributeValue, Choice};
pub use bundle::Part;
pub use collection::{Collection, CollectionNode, Condition, Join, NewCollection, Rules};
pub use error::CatalogError;
pub use facet::{Facet, FacetChoice, FacetCount, Tally};
pub use media::{Media, NewMedia};
pub use platform::rich;
pub use product::{
    NewProduct, Plan, Product, ProductFilter, ProductIdentity, ProductOption, ProductSort,
    ProductState, ProductTexts,
};
pub use reduction::ReductionRefused;
pub use removed_media::RemovedMedia;
pub use sellable::Sellable;
pub use service::{AfterSales, Payer, Question, Service};
pub use variant::{NewVariant, Variant, VariantDetails, VariantState};
pub use video::Video;
