//! `theme.toml`: what a theme says of itself.

use kernel::Texts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    BASE,
    fault::{Fault, FaultKind},
    settings::Settings,
    source::{MANIFEST, Source},
};

/// What a theme says of itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manifest {
    /// Its name for people, in each language.
    pub title: Texts,
    /// What it looks like, in a sentence or two.
    pub about: Texts,
    /// The theme that has what this one leaves out; left out it is the default theme.
    pub parent: Option<String>,
    /// A picture of `assets/` in place of the shop's name.
    pub logo: Option<Logo>,
    /// Its own settings.
    pub settings: Settings,
}

/// The shop's name as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logo {
    /// The file: of `assets/` in `theme.toml`, of the shop's pictures when the operator chose it.
    pub file: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

impl Manifest {
    /// Reads it from a theme's files. A theme without one leaves everything to the theme below it.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn of(source: &Source) -> Result<Self, Fault> {
        let Some(text) = source.text(MANIFEST) else {
            return Ok(Self::default());
        };
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| {
                let before = text.get(..span.start).unwrap_or_default();
                before.matches('\n').count() + 1
            });
            Fault::new(
                &source.name,
                MANIFEST,
                line,
                FaultKind::Manifest,
                error.message(),
            )
        })
    }

    /// The theme below; the default theme has none.
    #[must_use]
    pub fn parent_of(&self, name: &str) -> Option<&str> {
        (name != BASE).then_some(self.parent.as_deref().unwrap_or(BASE))
    }
}
