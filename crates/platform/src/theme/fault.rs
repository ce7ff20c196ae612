//! What is wrong with a theme, where, and why.

use schemars::JsonSchema;
use serde::Serialize;

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// `theme.toml` cannot be read.
    Manifest,
    /// The theme below it is not there, or the themes go round in a circle.
    Parent,
    /// A file that does not belong into a theme.
    File,
    /// A file or a theme that is too large.
    TooLarge,
    /// A template that cannot be read.
    Template,
    /// A template that could not be filled in for a page.
    Page,
    /// Words that cannot be read.
    Words,
    /// A style sheet that asks for something that is not there.
    Style,
    /// Colours that cannot be read on each other.
    Contrast,
    /// Something that the shop's content policy keeps from working.
    Policy,
}

impl FaultKind {
    /// The code, as in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Parent => "parent",
            Self::File => "file",
            Self::TooLarge => "too_large",
            Self::Template => "template",
            Self::Page => "page",
            Self::Words => "words",
            Self::Style => "style",
            Self::Contrast => "contrast",
            Self::Policy => "policy",
        }
    }
}

/// Something that is wrong with a theme. The shop goes on without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Fault {
    /// The theme.
    pub theme: String,
    /// The file below its folder; empty for the theme as a whole.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// What kind of thing is wrong.
    pub kind: FaultKind,
    /// The reason in the words of the machine, in English.
    pub detail: String,
}

impl Fault {
    /// Something wrong at a place.
    #[must_use]
    pub fn new(
        theme: &str,
        file: &str,
        line: Option<usize>,
        kind: FaultKind,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            theme: theme.to_owned(),
            file: file.to_owned(),
            line: line.and_then(|line| u32::try_from(line).ok()),
            kind,
            detail: detail.into().chars().take(400).collect(),
        }
    }

    /// What a template engine says, at the place where it says it happened. Templates have the names under which a
    /// [`Look`](super::Look) keeps them.
    #[must_use]
    pub fn of_template(theme: &str, name: &str, kind: FaultKind, error: &minijinja::Error) -> Self {
        let mut innermost = error;
        while let Some(inner) = std::error::Error::source(innermost)
            .and_then(|source| source.downcast_ref::<minijinja::Error>())
        {
            innermost = inner;
        }
        let at = innermost.name().or(error.name()).unwrap_or(name);
        let detail = innermost.detail().map_or_else(
            || innermost.kind().to_string(),
            |detail| format!("{}: {detail}", innermost.kind()),
        );
        Self::new(
            theme,
            &format!("templates/{at}"),
            innermost.line().or(error.line()),
            kind,
            detail,
        )
    }
}
