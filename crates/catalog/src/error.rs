//! What a command of the catalogue can be refused for.

use kernel::{Money, MoneyError};
use platform::DbError;

use crate::{
    attribute::Misfit, compare_at::Why, product::ProductState, reduction::ReductionRefused,
    search::SearchError,
};

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
    /// A value is not what its attribute takes.
    #[error("the attribute {code} takes another kind of value")]
    AttributeUnfit {
        /// Code of the attribute.
        code: String,
        /// What it takes.
        misfit: Misfit,
    },
    /// An attribute that takes one of a list has no list.
    #[error("the attribute {code} has nothing to choose from")]
    ChoicesMissing {
        /// Code of the attribute.
        code: String,
    },
    /// A brand, model or tag is empty, too long or holds what nobody can see.
    #[error("{name:?} cannot be a {field}")]
    NameInvalid {
        /// `brand`, `model` or `tags`.
        field: &'static str,
        /// What was given.
        name: String,
        /// Characters it may have.
        max: usize,
    },
    /// A question without an answer, or an answer without a question.
    #[error("question {index} or its answer is missing")]
    AnswerMissing {
        /// Its place among the questions, from 0.
        index: usize,
    },
    /// Days or months of a promise are out of range.
    #[error("{field} is not between 0 and {max}")]
    TermInvalid {
        /// `return_days`, `exchange_days` or `warranty_months`.
        field: &'static str,
        /// The most it may be.
        max: i64,
    },
    /// A time has passed, or an end comes before its beginning.
    #[error("{field} cannot be carried out")]
    PlanInvalid {
        /// `publish_at` or `unpublish_at`.
        field: &'static str,
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
    /// A reduction cannot end then.
    #[error("this end of a reduction is not allowed: {0}")]
    Reduction(#[from] ReductionRefused),
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
    /// A collection by rules has nothing to go by.
    #[error("the rules are missing")]
    RulesMissing,
    /// A condition of a collection's rules has no value, or one out of range.
    #[error("condition {index} has no value")]
    ConditionInvalid {
        /// Its place among the conditions, from 0.
        index: usize,
    },
    /// A collection by rules finds its members itself.
    #[error("the collection finds its members itself")]
    ByRules,
    /// A collection by rules asks its members for no attributes.
    #[error("a collection by rules asks for no attributes")]
    RulesAskNothing,
    /// A collection by rules has no sub-collections.
    #[error("a collection by rules has no sub-collections")]
    RulesStandAlone,
    /// The collection above is put away.
    #[error("the collection above is put away")]
    ParentArchived,
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
            Self::AttributeUnfit { misfit, .. } => match misfit {
                Misfit::Number => "error-attribute-number",
                Misfit::Choice => "error-attribute-choice",
                Misfit::Text => "error-attribute-text",
                Misfit::YesNo => "error-attribute-yes-no",
            },
            Self::ChoicesMissing { .. } => "error-choices-missing",
            Self::NameInvalid { .. } => "error-name-invalid",
            Self::AnswerMissing { .. } => "error-answer-missing",
            Self::TermInvalid { .. } => "error-term-invalid",
            Self::PlanInvalid { .. } => "error-plan-invalid",
            Self::PriceInvalid { .. } => "error-price-invalid",
            Self::CurrencyMixed => "error-currency-mixed",
            Self::CompareAt(why) => why.key(),
            Self::Reduction(why) => why.key(),
            Self::BundleInBundle { .. } => "error-bundle-in-bundle",
            Self::BundleHasStock { .. } => "error-bundle-has-stock",
            Self::PartQuantity { .. } => "error-part-quantity",
            Self::RulesMissing => "error-rules-missing",
            Self::ConditionInvalid { .. } => "error-condition-invalid",
            Self::ByRules => "error-collection-by-rules",
            Self::RulesAskNothing => "error-rules-ask-nothing",
            Self::RulesStandAlone => "error-rules-stand-alone",
            Self::ParentArchived => "error-parent-archived",
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
        "error-compare-at-just-ended",
        "error-reduction-none",
        "error-reduction-passed",
        "error-reduction-announced",
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
        "error-attribute-number",
        "error-attribute-choice",
        "error-attribute-text",
        "error-attribute-yes-no",
        "error-choices-missing",
        "error-name-invalid",
        "error-answer-missing",
        "error-term-invalid",
        "error-plan-invalid",
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
        "error-rules-missing",
        "error-condition-invalid",
        "error-collection-by-rules",
        "error-rules-ask-nothing",
        "error-rules-stand-alone",
        "error-parent-archived",
        "error-collection-too-deep",
        "error-product-state",
        "error-bad-cursor",
        "error-amount-too-large",
        "error-search-unavailable",
    ];
}
