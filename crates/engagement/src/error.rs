//! Why something about messages could not be done.

use platform::DbError;

/// Why something about messages could not be done.
#[derive(Debug, thiserror::Error)]
pub enum EngagementError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The subject cannot be rendered.
    #[error("subject: {0}")]
    Subject(TemplateProblem),
    /// The body cannot be rendered.
    #[error("body: {0}")]
    Body(TemplateProblem),
    /// The content holds a link that is none, or does not fit its kind.
    #[error("the content of the message does not fit: {0}")]
    Content(String),
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateProblem {
    /// It renders to nothing.
    #[error("it is empty")]
    Empty,
    /// It, or what it renders to, is too long.
    #[error("it is too long")]
    TooLong,
    /// A mistake in its language, or a variable that does not exist.
    #[error("line {line}: {detail}")]
    Mistake {
        /// The line, from 1.
        line: usize,
        /// What is wrong, in the words of the template language.
        detail: String,
    },
    /// It would show a customer's text as something other than text (A17).
    #[error("it lets a customer's text through unescaped")]
    Unsafe,
}

impl TemplateProblem {
    /// The key of the sentence for people; the page hands over `line` and `detail`.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Empty => "error-template-empty",
            Self::TooLong => "error-template-too-long",
            Self::Mistake { .. } => "error-template-mistake",
            Self::Unsafe => "error-template-unsafe",
        }
    }
}

impl EngagementError {
    /// The key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Db(_) => "error-internal",
            Self::Subject(problem) | Self::Body(problem) => problem.key(),
            Self::Content(_) => "error-message-content",
        }
    }

    /// The field of the editor that is to blame, and what is wrong with it.
    #[must_use]
    pub const fn field(&self) -> Option<(&'static str, &TemplateProblem)> {
        match self {
            Self::Subject(problem) => Some(("subject", problem)),
            Self::Body(problem) => Some(("body", problem)),
            Self::Db(_) | Self::Content(_) => None,
        }
    }
}
