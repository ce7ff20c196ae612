//! How the shop's pages look: the themes there are, and what can be set of each.

use std::sync::Arc;

use kernel::Locale;
use platform::{
    Ctx, Rx,
    theme::{BASE, Color, Fault, Font, Logo, Look, Offered, Settings, Themes},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::settings::{Changed, changed};
use crate::{
    FlowError,
    flows::dress_shop::{self, Dress},
};

/// The themes there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ThemesPage {
    /// Who changed how the shop looks last.
    pub changed: Option<Changed>,
    /// The theme that shoppers see.
    pub active: String,
    /// Whether the theme that was chosen is gone, so that the default one serves.
    pub gone: bool,
    /// Every theme.
    pub themes: Vec<ThemeCard>,
    /// Whether the last change can be taken back.
    pub can_undo: bool,
    /// The theme that this browser tries out; null for none.
    pub preview: Option<String>,
    /// The folder of the merchant's themes.
    pub folder: String,
}

/// A theme in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ThemeCard {
    /// Its name in addresses and folders.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it looks like.
    pub about: String,
    /// Whether it comes with the program.
    pub built_in: bool,
    /// Whether shoppers see it.
    pub active: bool,
    /// The theme that has what it leaves out; null for the default theme.
    pub parent: Option<String>,
    /// Page, ink, accent and warning.
    pub colors: [Color; 4],
    /// Files of its own.
    pub files: usize,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// One theme and what can be set of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ThemePage {
    /// The theme.
    pub theme: ThemeCard,
    /// What holds.
    pub settings: Settings,
    /// What the theme itself says.
    pub own: Settings,
    /// The logo that the operator chose; null for the theme's own.
    pub logo: Option<LogoView>,
    /// Fonts to choose from.
    pub fonts: Vec<Font>,
    /// Whether the last change can be taken back.
    pub can_undo: bool,
    /// The theme that this browser tries out; null for none.
    pub preview: Option<String>,
}

/// A logo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LogoView {
    /// Where it is.
    pub url: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

impl LogoView {
    fn of(logo: &Logo) -> Self {
        Self {
            url: format!("/media/{}", logo.file),
            width: logo.width,
            height: logo.height,
        }
    }
}

/// The themes there are.
///
/// # Errors
/// Whatever the database says.
pub async fn page(
    rx: &mut Rx,
    ctx: &Ctx,
    themes: &Themes,
    preview: Option<String>,
) -> Result<ThemesPage, FlowError> {
    let dress = dress_shop::load(rx).await?;
    let cards = themes.offered().into_iter();
    let cards = cards.map(|theme| card(themes, &dress, theme, ctx.locale()).0);
    Ok(ThemesPage {
        changed: changed(rx, dress_shop::SETTING).await?,
        gone: !themes.has(&dress.now.theme),
        themes: cards.collect(),
        can_undo: !dress.before.is_empty(),
        preview,
        folder: themes.folder().display().to_string(),
        active: dress.now.theme,
    })
}

/// One theme and what can be set of it.
///
/// # Errors
/// [`FlowError::NotFound`] for a theme that there is not.
pub async fn one(
    rx: &mut Rx,
    ctx: &Ctx,
    themes: &Themes,
    name: &str,
    preview: Option<String>,
) -> Result<ThemePage, FlowError> {
    let offered = themes.offered().into_iter().find(|t| t.name == name);
    let offered = offered.ok_or(FlowError::NotFound)?;
    let dress = dress_shop::load(rx).await?;
    let (theme, look) = card(themes, &dress, offered, ctx.locale());
    let logo = dress.now.values.get(name).and_then(|v| v.logo.as_ref());
    Ok(ThemePage {
        settings: look.settings().filled(),
        own: own_settings(themes, name),
        logo: logo.map(LogoView::of),
        fonts: Font::ALL.to_vec(),
        can_undo: !dress.before.is_empty(),
        theme,
        preview,
    })
}

/// What a theme says itself, with everything filled in, before the operator set anything.
#[must_use]
pub fn own_settings(themes: &Themes, name: &str) -> Settings {
    themes.own_settings(name).filled()
}

fn card(themes: &Themes, dress: &Dress, theme: Offered, locale: Locale) -> (ThemeCard, Arc<Look>) {
    let look = themes.look(&theme.name, &dress.now.values);
    let parent = theme.manifest.parent_of(&theme.name);
    let card = ThemeCard {
        title: theme.title().get(locale).to_owned(),
        about: theme.manifest.about.get(locale).to_owned(),
        built_in: theme.built_in,
        active: dress.now.theme == theme.name,
        parent: parent.filter(|parent| *parent != BASE).map(str::to_owned),
        colors: look.settings().colors(),
        files: look.own_files().len(),
        faults: look.faults(),
        name: theme.name,
    };
    (card, look)
}
