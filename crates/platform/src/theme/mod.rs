//! Themes: how the shop's pages look, replaced file by file without a compiler (STF-05, STF-10, STF-20).
//!
//! A theme is a folder with `theme.toml`, `templates/`, `assets/` and `words/`; each part may be left out. What a theme
//! does not have comes from its parent, in the end from the default theme of the program. The merchant's themes are
//! folders of `themes/` in the data folder; a file that changes is seen by the next request a quarter of a second later.
//!
//! - A theme never takes the shop down. A template that cannot be read is left out, a page that cannot be filled in is
//!   shown as the theme below has it, and what is wrong is told with file and line ([`Fault`]).
//! - A theme is not trusted: it reads no file but its own, runs no script, spends no more fuel than other pages, and the
//!   shop's content policy holds for its pages as for all.

mod archive;
mod color;
mod fault;
mod look;
mod manifest;
mod settings;
mod source;
mod style;

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use kernel::Texts;
use minijinja::{Value, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use archive::{ARCHIVE_BYTES, ArchiveError};
pub use color::{Color, NotAColor, READABLE};
pub use fault::{Fault, FaultKind};
pub use look::Look;
pub use manifest::{Logo, Manifest};
pub use settings::{Corners, Density, Font, Pictures, Settings, Unreadable};
pub use source::{Source, is_name};
pub use style::Asset;

use self::{look::Plan, source::Stamp};
use crate::{words::Words, zone::ShopZone};

/// The theme that has everything.
pub const BASE: &str = "default";
/// The cookie that names the theme which somebody of the shop tries out.
pub const PREVIEW_COOKIE: &str = "__Host-look";
/// How long a folder is not looked at again.
const PAUSE: Duration = Duration::from_millis(250);
/// Themes on top of each other.
const HEIGHT: usize = 4;

/// What the operator set of one theme.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Values {
    /// Colours, fonts and the like.
    pub settings: Settings,
    /// A picture in place of the shop's name.
    pub logo: Option<Logo>,
}

/// What the operator set of each theme, by its name.
pub type AllValues = BTreeMap<String, Values>;

/// A theme as it is offered.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Its name.
    pub name: String,
    /// Whether it comes with the program.
    pub built_in: bool,
    /// What it says of itself.
    pub manifest: Manifest,
}

/// All themes of a shop.
pub struct Themes {
    built_in: Vec<Arc<Source>>,
    folder: PathBuf,
    words: Arc<Words>,
    zone: ShopZone,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    looks: HashMap<String, Kept>,
    /// The looks before those, whose files pages in browsers may still ask for.
    former: HashMap<String, Arc<Look>>,
}

/// A look with what it was made of.
struct Kept {
    look: Arc<Look>,
    values: Values,
    stamp: Stamp,
    looked_at: Instant,
}

impl Themes {
    /// The themes of the program and those below `folder`, which need not exist.
    #[must_use]
    pub fn new(
        built_in: Vec<Source>,
        folder: PathBuf,
        words: Arc<Words>,
        zone: impl Into<ShopZone>,
    ) -> Self {
        Self {
            built_in: built_in.into_iter().map(Arc::new).collect(),
            folder,
            words,
            zone: zone.into(),
            state: Mutex::default(),
        }
    }

    /// Where the merchant's themes are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A theme of the program.
    #[must_use]
    pub fn built_in(&self, name: &str) -> Option<&Arc<Source>> {
        self.built_in.iter().find(|source| source.name == name)
    }

    /// Whether there is a theme of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.built_in(name).is_some() || (is_name(name) && self.folder.join(name).is_dir())
    }

    /// Every theme: those of the program, then the merchant's by name.
    #[must_use]
    pub fn offered(&self) -> Vec<Offered> {
        let mut folders: Vec<String> = fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| self.built_in(name).is_none() && self.has(name))
            .collect();
        folders.sort();
        let built_in = self.built_in.iter().map(|source| source.name.clone());
        let all = built_in.chain(folders);
        all.filter_map(|name| {
            let source = self.source(&name)?;
            Some(Offered {
                built_in: source.built_in,
                manifest: Manifest::of(&source).unwrap_or_default(),
                name,
            })
        })
        .collect()
    }

    /// A theme's files as they are now.
    fn source(&self, name: &str) -> Option<Arc<Source>> {
        if let Some(known) = self.built_in(name) {
            return Some(Arc::clone(known));
        }
        if !is_name(name) {
            return None;
        }
        let folder = self.folder.join(name);
        Source::read(name, &folder).ok().map(Arc::new)
    }

    /// What a theme and those below it say in their descriptions, without what the operator set.
    #[must_use]
    pub fn own_settings(&self, name: &str) -> Settings {
        let mut settings = Settings::default();
        let mut at = Some(name.to_owned());
        for _ in 0..HEIGHT {
            let Some(source) = at.as_deref().and_then(|name| self.source(name)) else {
                break;
            };
            let manifest = Manifest::of(&source).unwrap_or_default();
            settings = settings.over(manifest.settings);
            at = manifest.parent_of(&source.name).map(str::to_owned);
        }
        settings
    }

    /// A theme ready to show pages; the default theme where there is none of this name any more.
    #[must_use]
    pub fn look(&self, name: &str, values: &AllValues) -> Arc<Look> {
        let mut state = self.state();
        self.look_in(&mut state, name, values, &mut Vec::new())
    }

    fn look_in(
        &self,
        state: &mut State,
        name: &str,
        values: &AllValues,
        above: &mut Vec<String>,
    ) -> Arc<Look> {
        let none = Values::default();
        let set = values.get(name).unwrap_or(&none);
        let kept = state.looks.get(name).filter(|kept| kept.values == *set);
        if let Some(kept) = kept
            && kept.looked_at.elapsed() < PAUSE
        {
            return Arc::clone(&kept.look);
        }
        let stamp = if self.built_in(name).is_some() {
            Stamp::new()
        } else {
            source::stamp(&self.folder.join(name)).unwrap_or_default()
        };
        let unchanged = kept.filter(|kept| kept.stamp == stamp);
        let unchanged = unchanged.map(|kept| Arc::clone(&kept.look));
        if let Some(look) = unchanged
            && self.stands_on_the_same(state, &look, values, above)
        {
            if let Some(kept) = state.looks.get_mut(name) {
                kept.looked_at = Instant::now();
            }
            return look;
        }
        let Some(source) = self.source(name) else {
            return if name == BASE {
                Arc::new(self.make(Arc::default(), &Manifest::default(), None, &none))
            } else {
                self.look_in(state, BASE, values, above)
            };
        };
        let look = Arc::new(self.build(state, source, set, values, above));
        let kept = Kept {
            look: Arc::clone(&look),
            values: set.clone(),
            stamp,
            looked_at: Instant::now(),
        };
        if let Some(before) = state.looks.insert(name.to_owned(), kept) {
            state.former.insert(name.to_owned(), before.look);
        }
        look
    }

    /// Whether the theme below a look is still the one that it was made over.
    fn stands_on_the_same(
        &self,
        state: &mut State,
        look: &Arc<Look>,
        values: &AllValues,
        above: &mut Vec<String>,
    ) -> bool {
        let Some(parent) = look.parent() else {
            return true;
        };
        above.push(look.name().to_owned());
        let now = self.look_in(state, parent.name(), values, above);
        above.pop();
        Arc::ptr_eq(parent, &now)
    }

    /// Makes a look over that of its parent.
    fn build(
        &self,
        state: &mut State,
        source: Arc<Source>,
        set: &Values,
        values: &AllValues,
        above: &mut Vec<String>,
    ) -> Look {
        let mut source = source;
        let manifest = Manifest::of(&source).unwrap_or_else(|fault| {
            Arc::make_mut(&mut source).faults.push(fault);
            Manifest::default()
        });
        let name = source.name.clone();
        let mut parent = manifest.parent_of(&name).map(str::to_owned);
        if let Some(asked) = &parent
            && let Some(reason) = self.cannot_stand_on(&name, asked, above)
        {
            let fault = Fault::new(&name, source::MANIFEST, None, FaultKind::Parent, reason);
            Arc::make_mut(&mut source).faults.push(fault);
            parent = Some(BASE.to_owned());
        }
        above.push(name);
        let parent = parent.map(|parent| self.look_in(state, &parent, values, above));
        above.pop();
        self.make(source, &manifest, parent, set)
    }

    fn cannot_stand_on(&self, name: &str, parent: &str, above: &[String]) -> Option<String> {
        if parent == name || above.iter().any(|theme| theme == parent) {
            Some(format!("{parent} stands on this theme itself"))
        } else if !self.has(parent) {
            Some(format!("no theme {parent}"))
        } else if parent != BASE && above.len() + 2 >= HEIGHT {
            Some(format!("more than {HEIGHT} themes on top of each other"))
        } else {
            None
        }
    }

    fn make(
        &self,
        source: Arc<Source>,
        manifest: &Manifest,
        parent: Option<Arc<Look>>,
        values: &Values,
    ) -> Look {
        Look::of(Plan {
            source,
            manifest,
            parent,
            values,
            words: Arc::clone(&self.words),
            zone: self.zone.clone(),
        })
    }

    /// A file that pages of any theme load, or loaded before it was changed.
    #[must_use]
    pub fn asset(&self, file: &str) -> Option<Arc<Asset>> {
        let state = self.state();
        let now = state.looks.values().map(|kept| &kept.look);
        now.chain(state.former.values())
            .find_map(|look| look.asset(file))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Offered {
    /// Its name for people: its own, or that of its folder.
    #[must_use]
    pub fn title(&self) -> Texts {
        if self.manifest.title.is_empty() {
            Texts::one(kernel::Locale::Hant, self.name.clone())
        } else {
            self.manifest.title.clone()
        }
    }
}

/// What templates see of the look where no theme is chosen.
#[must_use]
pub(crate) fn plain_look() -> Value {
    context! { name => BASE, styles => Vec::<String>::new(), logo => () }
}

#[cfg(test)]
mod tests;
