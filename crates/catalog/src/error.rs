//! What a command of the catalogue can be refused for.

use kernel::{Money, MoneyError};
use platform::DbError;

use crate::{price::Why, product::ProductState, search::SearchError};

/// Why the catalogue refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is no such thing; the word says of which kind.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// Another product or collection has this handle.
    #[error("the handle {handle} is taken")]
    HandleTaken {
        /// The handle.
        handle: String,
    },
    /// A handle must be lower-case letters, digits and single hyphens.
    #[error("{handle:?} cannot be a handle")]
    HandleInvalid {
        /// The handle.
        handle: String,
    },
    /// Another variant has this SKU.
    #[error("the SKU {sku} is taken")]
    SkuTaken {
        /// The SKU.
        sku: String,
    },
    /// A SKU or barcode is empty, too long or holds what nobody can type.
    #[error("{code:?} cannot be a SKU or barcode")]
    CodeInvalid {
        /// The SKU or barcode.
        code: String,
    },
    /// A product on sale needs a title.
    #[error("the title is missing")]
    TitleMissing,
    /// A text is longer than it may be.
    #[error("the {field} is longer than {max} characters")]
    TooLong {
        /// Which text.
        field: &'static str,
        /// Characters it may have.
        max: usize,
    },
    /// There are more of something than a product may have.
    #[error("more than {max} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        max: usize,
    },
    /// A variant has not exactly one value for each option of its product.
    #[error("the variant {sku} has not one value for each option")]
    OptionsMismatch {
        /// The variant.
        sku: String,
    },
    /// Two variants of a product have the same option values.
    #[error("the variant {sku} has the option values of another one")]
    OptionsTaken {
        /// The later variant.
        sku: String,
    },
    /// A weight or length is negative, or a picture has no size.
    #[error("a weight, length or size is out of range")]
    MeasureInvalid,
    /// A product on sale needs a variant that can be bought.
    #[error("no active variant")]
    NothingToSell,
    /// The product's collections ask for an attribute that it lacks.
    #[error("the attribute {code} is missing")]
    AttributeMissing {
        /// Code of the attribute.
        code: String,
    },
    /// An attribute code is empty, doubled or not lower-case.
    #[error("{code:?} cannot be an attribute code")]
    AttributeInvalid {
        /// The code.
        code: String,
    },
    /// A price is negative or cannot be paid in the currency's smallest step.
    #[error("{price} cannot be a price")]
    PriceInvalid {
        /// The price.
        price: Money,
    },
    /// All variants of a product are sold in one currency.
    #[error("the product is sold in another currency")]
    CurrencyMixed,
    /// The "was" price is not a price that was really charged.
    #[error("this compare-at price is not allowed: {0}")]
    CompareAt(#[from] Why),
    /// What is made of parts is no part itself, and what is a part is not made of any.
    #[error("{sku} cannot be both a bundle and a part of one")]
    BundleInBundle {
        /// The variant in the middle.
        sku: String,
    },
    /// Stock was kept of the variant; a bundle has none of its own.
    #[error("{sku} has stock of its own and cannot become a bundle")]
    BundleHasStock {
        /// The variant.
        sku: String,
    },
    /// A number of units of a part that cannot be.
    #[error("{quantity} of {sku} cannot be in a bundle")]
    PartQuantity {
        /// The part.
        sku: String,
        /// How many there were to be.
        quantity: i64,
    },
    /// Collections have two levels.
    #[error("a sub-collection cannot have sub-collections")]
    TooDeep,
    /// The product is in a state from which this is not possible.
    #[error("a product that is {from:?} cannot become {to:?}")]
    State {
        /// The present state.
        from: ProductState,
        /// The wanted state.
        to: ProductState,
    },
    /// An address that is not of a film.
    #[error("not the address of a film")]
    VideoUnknown,
    /// The cursor is not one of this list.
    #[error("not a cursor of this list")]
    BadCursor,
    /// An amount that cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The search index.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl CatalogError {
    /// The Fluent key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "error-catalog-not-found",
            Self::HandleTaken { .. } => "error-handle-taken",
            Self::HandleInvalid { .. } => "error-handle-invalid",
            Self::SkuTaken { .. } => "error-sku-taken",
            Self::CodeInvalid { .. } => "error-code-invalid",
            Self::TitleMissing => "error-title-missing",
            Self::TooLong { .. } => "error-text-too-long",
            Self::TooMany { .. } => "error-too-many",
            Self::OptionsMismatch { .. } => "error-options-mismatch",
            Self::OptionsTaken { .. } => "error-options-taken",
            Self::MeasureInvalid => "error-measure-invalid",
            Self::NothingToSell => "error-nothing-to-sell",
            Self::AttributeMissing { .. } => "error-attribute-missing",
            Self::AttributeInvalid { .. } => "error-attribute-invalid",
            Self::PriceInvalid { .. } => "error-price-invalid",
            Self::CurrencyMixed => "error-currency-mixed",
            Self::CompareAt(why) => why.key(),
            Self::BundleInBundle { .. } => "error-bundle-in-bundle",
            Self::BundleHasStock { .. } => "error-bundle-has-stock",
            Self::PartQuantity { .. } => "error-part-quantity",
            Self::TooDeep => "error-collection-too-deep",
            Self::State { .. } => "error-product-state",
            Self::VideoUnknown => "error-video-unknown",
            Self::BadCursor => "error-bad-cursor",
            Self::Money(_) => "error-amount-too-large",
            Self::Search(_) => "error-search-unavailable",
            Self::Db(_) => "error-internal",
        }
    }

    /// Every key that [`CatalogError::key`] can answer except those of the database, for the test of the words.
    pub const KEYS: &'static [&'static str] = &[
        "error-catalog-not-found",
        "error-handle-taken",
        "error-handle-invalid",
        "error-sku-taken",
        "error-code-invalid",
        "error-title-missing",
        "error-text-too-long",
        "error-too-many",
        "error-options-mismatch",
        "error-options-taken",
        "error-measure-invalid",
        "error-nothing-to-sell",
        "error-attribute-missing",
        "error-attribute-invalid",
        "error-price-invalid",
        "error-currency-mixed",
        "error-compare-at-not-higher",
        "error-compare-at-no-history",
        "error-compare-at-never-charged",
        "error-compare-at-too-short",
        "error-compare-at-too-old",
        "error-bundle-in-bundle",
        "error-bundle-has-stock",
        "error-part-quantity",
        "error-collection-too-deep",
        "error-product-state",
        "error-bad-cursor",
        "error-amount-too-large",
        "error-search-unavailable",
    ];
}
