//! Why something about pages could not be done.

use platform::DbError;

use crate::{block, page};

/// Why something about pages could not be done.
#[derive(Debug, thiserror::Error)]
pub enum MarketingError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// There is no such page.
    #[error("no such page")]
    NoPage,
    /// There is no such block on the page.
    #[error("no such block")]
    NoBlock,
    /// There is no such earlier version.
    #[error("no such version")]
    NoVersion,
    /// The handle is not made of small letters, digits and hyphens, or is too long.
    #[error("a handle is made of small letters, digits and hyphens")]
    HandleInvalid,
    /// Another page has the handle.
    #[error("another page has this handle")]
    HandleTaken,
    /// Another page had the handle, and its old address still leads there.
    #[error("the handle still leads to another page")]
    HandleLeadsElsewhere,
    /// The home page has no name in addresses.
    #[error("the home page is at the address of the shop")]
    HomeHasNoHandle,
    /// There is one home page.
    #[error("there is one home page")]
    OneHome,
    /// A page needs a title.
    #[error("the page has no title")]
    TitleMissing,
    /// Somebody else changed the page meanwhile.
    #[error("the page was changed meanwhile")]
    Stale,
    /// There is nothing to undo.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// The home page cannot be taken off, and a page that shoppers have read cannot be removed.
    #[error("this page has to stay")]
    MustStay,
    /// The page has as many blocks as it can.
    #[error("a page has at most {} blocks", page::BLOCKS)]
    TooManyBlocks,
    /// A block has more entries than it can.
    #[error("a block has at most {} entries", block::ITEMS)]
    TooManyItems,
    /// A field is longer than it may be.
    #[error("{field} is longer than {max} characters")]
    TooLong {
        /// The field.
        field: &'static str,
        /// How many characters it may have.
        max: usize,
    },
    /// A link leads neither to a page of the shop nor to a secure page elsewhere.
    #[error("a link is a path of the shop or begins with https://")]
    LinkInvalid,
    /// A number is not among those that are possible.
    #[error("{field} is out of range")]
    OutOfRange {
        /// The field.
        field: &'static str,
    },
}

impl MarketingError {
    /// The key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Db(_) => "error-internal",
            Self::NoPage | Self::NoBlock | Self::NoVersion => "error-not-found",
            Self::HandleInvalid => "error-page-handle",
            Self::HandleTaken => "error-page-handle-taken",
            Self::HandleLeadsElsewhere => "error-page-handle-leads-elsewhere",
            Self::HomeHasNoHandle => "error-page-home-address",
            Self::OneHome => "error-page-one-home",
            Self::TitleMissing => "error-page-title",
            Self::Stale => "error-page-stale",
            Self::NothingToUndo => "error-page-nothing-to-undo",
            Self::MustStay => "error-page-must-stay",
            Self::TooManyBlocks => "error-page-too-many-blocks",
            Self::TooManyItems => "error-page-too-many-items",
            Self::TooLong { .. } => "error-too-long",
            Self::LinkInvalid => "error-page-link",
            Self::OutOfRange { .. } => "error-invalid-value",
        }
    }

    /// The field of the form that is to blame.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::HandleInvalid
            | Self::HandleTaken
            | Self::HandleLeadsElsewhere
            | Self::HomeHasNoHandle => Some("handle"),
            Self::OneHome => Some("kind"),
            Self::TitleMissing => Some("title"),
            Self::TooManyItems => Some("items"),
            Self::TooLong { field, .. } | Self::OutOfRange { field } => Some(field),
            Self::LinkInvalid => Some("url"),
            Self::Db(_)
            | Self::NoPage
            | Self::NoBlock
            | Self::NoVersion
            | Self::Stale
            | Self::NothingToUndo
            | Self::MustStay
            | Self::TooManyBlocks => None,
        }
    }
}
