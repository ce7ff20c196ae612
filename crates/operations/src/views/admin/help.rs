//! The operator's manual as a page: one chapter, and the way to the others.

use kernel::Locale;
use schemars::JsonSchema;
use serde::Serialize;

/// A chapter of the manual, or what a search in it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HelpPage {
    /// The chapter: `orders`, …; null for the contents of the whole manual.
    pub page: Option<String>,
    /// Its heading.
    pub title: String,
    /// The language it is written in; the manual is written in fewer languages than the back office.
    pub language: Locale,
    /// What was looked for; empty for nothing.
    pub q: String,
    /// Where that stands.
    pub found: Vec<HelpFound>,
    /// The chapter as HTML, clean; empty while something is looked for.
    pub html: String,
    /// Its parts.
    pub sections: Vec<HelpSection>,
    /// All chapters, in the order of the contents.
    pub pages: Vec<HelpLink>,
    /// The chapter before this one.
    pub earlier: Option<HelpLink>,
    /// The chapter after this one.
    pub later: Option<HelpLink>,
}

/// A part of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HelpSection {
    /// The anchor.
    pub id: String,
    /// Its heading.
    pub title: String,
}

/// A chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HelpLink {
    /// The chapter.
    pub page: String,
    /// Its heading.
    pub title: String,
}

/// A part of a chapter in which the words stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HelpFound {
    /// The chapter.
    pub page: String,
    /// Its heading.
    pub title: String,
    /// The part; null for what stands before the first one.
    pub section: Option<HelpSection>,
    /// The words with what stands around them.
    pub excerpt: String,
}
