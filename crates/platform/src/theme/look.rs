//! A theme made ready to show pages: its templates over those of the themes below it, its files, its words.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use minijinja::{Error, Value, context};

use super::{
    Values,
    fault::{Fault, FaultKind},
    manifest::{Logo, Manifest},
    settings::Settings,
    source::{self, Kind, Source},
    style::{Asset, Assets},
};
use crate::{web::Templates, words::Words, zone::ShopZone};

/// Faults that are remembered of a look.
const REMEMBERED: usize = 100;

/// A theme ready to show pages.
pub struct Look {
    name: String,
    /// Its files and those of the themes below it, the lowest first.
    layers: Vec<Arc<Source>>,
    templates: Templates,
    /// From which theme the template of a name is.
    origins: HashMap<String, String>,
    assets: Assets,
    words: Arc<Words>,
    parent: Option<Arc<Self>>,
    settings: Settings,
    logo: Option<Logo>,
    faults: Mutex<BTreeSet<Fault>>,
}

/// What a look is made of.
pub(super) struct Plan<'a> {
    pub(super) source: Arc<Source>,
    pub(super) manifest: &'a Manifest,
    pub(super) parent: Option<Arc<Look>>,
    /// What the operator set.
    pub(super) values: &'a Values,
    pub(super) words: Arc<Words>,
    pub(super) zone: ShopZone,
}

impl Look {
    /// Makes a theme ready. What is wrong with it is told and left out.
    pub(super) fn of(plan: Plan<'_>) -> Self {
        let Plan {
            source,
            manifest,
            parent,
            values,
            words,
            zone,
        } = plan;
        let mut faults: BTreeSet<Fault> = source.faults.iter().cloned().collect();
        let mut layers = parent.as_ref().map_or_else(Vec::new, |p| p.layers.clone());
        layers.push(Arc::clone(&source));
        let below = parent.as_ref().map_or(words, |p| Arc::clone(&p.words));
        let words = own_words(&source, below, &mut faults);
        let inherited = parent.as_ref().map(|p| p.settings).unwrap_or_default();
        let settings = values.settings.over(manifest.settings.over(inherited));
        let mut assets = Assets::of(&layers);
        assets.add_sheet("settings.css", &settings.css());
        for (theme, file, line, what) in &assets.missing {
            let detail = format!("no file {what}");
            faults.insert(Fault::new(
                theme,
                file,
                Some(*line),
                FaultKind::Style,
                detail,
            ));
        }
        for bad in settings.unreadable() {
            let detail = format!(
                "{} has a contrast of {}.{:02} where 4.50 is needed; {} would do",
                bad.setting,
                bad.contrast / 100,
                bad.contrast % 100,
                bad.instead
            );
            let file = source::MANIFEST;
            faults.insert(Fault::new(
                &source.name,
                file,
                None,
                FaultKind::Contrast,
                detail,
            ));
        }
        let logo = logo_of(manifest, values, &assets, parent.as_deref());
        let shown = context! {
            name => &source.name, styles => &assets.sheets,
            logo => logo.as_ref().map(|logo| context! { url => &logo.file, width => logo.width, height => logo.height }),
        };
        let urls = assets.urls.clone();
        let find = Arc::new(move |name: &str| Assets::url(&urls, name));
        let templates = Templates::themed(Arc::clone(&words), zone, find, ("look", shown));
        let mut look = Self {
            name: source.name.clone(),
            layers,
            templates,
            origins: HashMap::new(),
            assets,
            words,
            parent,
            settings,
            logo,
            faults: Mutex::new(faults),
        };
        look.fill();
        look
    }

    /// Adds the templates, those of lower themes first, so that the highest wins. Each is also there under the name of
    /// its theme, `default/layout.html`, for those that add to it.
    fn fill(&mut self) {
        for layer in self.layers.clone() {
            for (name, text) in layer.templates() {
                let own = format!("{}/{name}", layer.name);
                let added = self
                    .templates
                    .add(own.clone(), text.clone())
                    .and_then(|()| self.templates.add(name.to_owned(), text));
                match added {
                    Ok(()) => {
                        self.origins.insert(own, layer.name.clone());
                        self.origins.insert(name.to_owned(), layer.name.clone());
                    }
                    Err(error) if layer.name == self.name => {
                        let mut fault =
                            Fault::of_template(&layer.name, name, FaultKind::Template, &error);
                        fault.file = format!("templates/{name}");
                        self.remember(fault);
                    }
                    // Told by the look of the theme that it belongs to.
                    Err(_) => {}
                }
            }
        }
    }

    /// Shows a page. Where this theme cannot, the theme below it does, and what is wrong is remembered.
    ///
    /// # Errors
    /// That no theme can, not even the lowest.
    pub fn render(&self, name: &str, context: Value) -> Result<String, Error> {
        let Some(parent) = &self.parent else {
            return self.templates.render(name, context);
        };
        match self.templates.render(name, context.clone()) {
            Ok(html) => Ok(html),
            Err(error) => {
                if self.remember(self.fault_of(name, &error)) {
                    tracing::warn!(theme = self.name, page = name, error = ?error, "a page is shown as the theme below has it");
                }
                parent.render(name, context)
            }
        }
    }

    /// Shows a page with this theme or not at all.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn try_render(&self, name: &str, context: Value) -> Result<String, Fault> {
        self.templates
            .render(name, context)
            .map_err(|error| self.fault_of(name, &error))
    }

    fn fault_of(&self, page: &str, error: &Error) -> Fault {
        let mut fault = Fault::of_template(&self.name, page, FaultKind::Page, error);
        let at = fault.file.trim_start_matches("templates/").to_owned();
        if let Some(theme) = self.origins.get(&at) {
            fault.theme.clone_from(theme);
            let plain = at.strip_prefix(theme.as_str());
            let plain = plain.and_then(|rest| rest.strip_prefix('/')).unwrap_or(&at);
            fault.file = format!("templates/{plain}");
        }
        if at != page {
            fault.detail = format!("{} ({page})", fault.detail);
        }
        fault
    }

    /// Remembers what is wrong; true when it is new.
    fn remember(&self, fault: Fault) -> bool {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.len() < REMEMBERED && faults.insert(fault)
    }

    /// The theme's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong with it so far.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.iter().cloned().collect()
    }

    /// A file that its pages load.
    #[must_use]
    pub fn asset(&self, file: &str) -> Option<Arc<Asset>> {
        self.assets.served.get(file).cloned()
    }

    /// The settings that hold: the operator's over the theme's over those below.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The picture in place of the shop's name, its file as an address.
    #[must_use]
    pub const fn logo(&self) -> Option<&Logo> {
        self.logo.as_ref()
    }

    /// The names of the pages, pieces and styles that it has itself, as paths of its folder.
    #[must_use]
    pub fn own_files(&self) -> Vec<String> {
        let own = self.layers.last();
        own.map_or_else(Vec::new, |own| own.files.keys().cloned().collect())
    }

    /// The look that pages fall back to.
    #[must_use]
    pub(super) const fn parent(&self) -> Option<&Arc<Self>> {
        self.parent.as_ref()
    }
}

/// A theme's own words over those below.
fn own_words(source: &Source, below: Arc<Words>, faults: &mut BTreeSet<Fault>) -> Arc<Words> {
    let mut paths = Vec::new();
    let mut files = Vec::new();
    for path in source.files.keys() {
        if let (Some(Kind::Words(locale)), Some(text)) = (source::kind(path), source.text(path)) {
            paths.push(path);
            files.push((locale, text));
        }
    }
    if files.is_empty() {
        return below;
    }
    let (words, broken) = Words::over(below, &files);
    for (place, reason) in broken {
        let path = paths.get(place).map_or("", |path| path.as_str());
        faults.insert(Fault::new(
            &source.name,
            path,
            None,
            FaultKind::Words,
            reason,
        ));
    }
    Arc::new(words)
}

/// The logo: the operator's, the theme's own, or the one of the theme below.
fn logo_of(
    manifest: &Manifest,
    values: &Values,
    assets: &Assets,
    parent: Option<&Look>,
) -> Option<Logo> {
    let at = |logo: &Logo, file: String| Logo {
        file,
        width: logo.width,
        height: logo.height,
    };
    if let Some(logo) = &values.logo {
        return Some(at(logo, format!("/media/{}", logo.file)));
    }
    let own = manifest.logo.as_ref();
    let own = own.and_then(|logo| Some(at(logo, assets.urls.get(&logo.file)?.clone())));
    own.or_else(|| parent?.logo.clone())
}
