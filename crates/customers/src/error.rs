//! Why something about customers could not be done.

use platform::DbError;

/// Why something about customers could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CustomersError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The inquiry has no name to answer to.
    #[error("the inquiry has no name")]
    NameMissing,
    /// The name is longer than [`crate::inquiry::NAME`] characters.
    #[error("the name is longer than {} characters", crate::inquiry::NAME)]
    NameTooLong,
    /// The inquiry asks nothing.
    #[error("the inquiry is empty")]
    MessageMissing,
    /// The question is longer than [`crate::inquiry::MESSAGE`] characters.
    #[error("the inquiry is longer than {} characters", crate::inquiry::MESSAGE)]
    MessageTooLong,
    /// The answer says nothing.
    #[error("the answer is empty")]
    AnswerMissing,
    /// The answer is longer than [`crate::inquiry::ANSWER`] characters.
    #[error("the answer is longer than {} characters", crate::inquiry::ANSWER)]
    AnswerTooLong,
    /// There is no such customer.
    #[error("no such customer")]
    NoCustomer,
    /// Somebody else is known by this address.
    #[error("somebody else is known by this address")]
    EmailTaken,
    /// The customer signs in with this address, so only they change it.
    #[error("the customer signs in with this address")]
    AccountAddress,
    /// The note says nothing.
    #[error("the note is empty")]
    NoteMissing,
    /// The note is longer than [`crate::care::NOTE`] characters.
    #[error("the note is longer than {} characters", crate::care::NOTE)]
    NoteTooLong,
    /// The tag is empty, or longer than [`crate::care::TAG`] characters.
    #[error("a tag has 1 to {} characters", crate::care::TAG)]
    BadTag,
    /// The customer has [`crate::care::TAGS`] tags already.
    #[error("a customer has at most {} tags", crate::care::TAGS)]
    TooManyTags,
    /// There is no such inquiry.
    #[error("no such inquiry")]
    NoInquiry,
    /// No such account, or a wrong password.
    #[error("address and password do not fit")]
    WrongPassword,
    /// The password is too short.
    #[error("the password is too short")]
    PasswordShort,
    /// The link is unknown, used or too old.
    #[error("the link does not work any more")]
    LinkOver,
    /// Another account has the address.
    #[error("another account has the address")]
    AddressTaken,
    /// The customer keeps no such address.
    #[error("no such address")]
    NoAddress,
    /// The customer keeps as many addresses as they can.
    #[error("no more than {} addresses", crate::address_book::MOST)]
    TooManyAddresses,
    /// There is no such account.
    #[error("no such account")]
    NoAccount,
    /// Somebody has answered already.
    #[error("the inquiry is answered already")]
    AlreadyAnswered,
}

impl CustomersError {
    /// The key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Db(_) => "error-internal",
            Self::NameMissing => "error-inquiry-name-missing",
            Self::NameTooLong => "error-inquiry-name-too-long",
            Self::MessageMissing => "error-inquiry-message-missing",
            Self::MessageTooLong => "error-inquiry-message-too-long",
            Self::AnswerMissing => "error-inquiry-answer-missing",
            Self::AnswerTooLong => "error-inquiry-answer-too-long",
            Self::NoCustomer => "error-not-found",
            Self::EmailTaken => "error-customer-email-taken",
            Self::AccountAddress => "error-customer-email-account",
            Self::NoteMissing => "error-customer-note-missing",
            Self::NoteTooLong => "error-customer-note-too-long",
            Self::BadTag => "error-customer-tag",
            Self::TooManyTags => "error-customer-tags-too-many",
            Self::NoInquiry => "error-inquiry-not-found",
            Self::WrongPassword => "error-sign-in-wrong",
            Self::PasswordShort => "error-password-short",
            Self::LinkOver => "error-account-link-over",
            Self::AddressTaken => "error-account-address-taken",
            Self::NoAccount | Self::NoAddress => "error-not-found",
            Self::TooManyAddresses => "error-too-many-addresses",
            Self::AlreadyAnswered => "error-inquiry-answered",
        }
    }

    /// The field of the form that is to blame.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::NameMissing | Self::NameTooLong => Some("name"),
            Self::MessageMissing | Self::MessageTooLong => Some("message"),
            Self::AnswerMissing | Self::AnswerTooLong => Some("answer"),
            Self::PasswordShort => Some("password"),
            Self::EmailTaken | Self::AccountAddress => Some("email"),
            Self::NoteMissing | Self::NoteTooLong => Some("text"),
            Self::BadTag | Self::TooManyTags => Some("tag"),
            Self::Db(_)
            | Self::NoCustomer
            | Self::NoInquiry
            | Self::AlreadyAnswered
            | Self::WrongPassword
            | Self::LinkOver
            | Self::AddressTaken
            | Self::NoAccount
            | Self::NoAddress
            | Self::TooManyAddresses => None,
        }
    }
}
