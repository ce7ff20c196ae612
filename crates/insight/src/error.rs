//! Why a question about figures cannot be answered.

use platform::DbError;

/// Why a question about figures cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum InsightError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The range ends before it begins.
    #[error("the range ends before it begins")]
    RangeReversed,
    /// The range is longer than [`crate::Range::MAX_DAYS`].
    #[error("the range is longer than {} days", crate::Range::MAX_DAYS)]
    RangeTooLong,
}

impl InsightError {
    /// The key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Db(_) => "error-internal",
            Self::RangeReversed => "error-insight-range-reversed",
            Self::RangeTooLong => "error-insight-range-too-long",
        }
    }
}
