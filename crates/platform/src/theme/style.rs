//! Files that the pages of a theme load: under names made of their content, so that browsers keep them for a year, and
//! compressed once instead of at every answer.

use std::{collections::BTreeMap, io::Write, sync::Arc};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

use super::source::{self, Kind, Source};
use crate::{secret, web::assets};

/// Where they are.
pub(super) const PATH: &str = "/themes/";
/// The style sheet of a theme that every page loads, after those of the themes below it.
pub(super) const SHEET: &str = "theme.css";

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: Bytes,
    /// Its content compressed with gzip, where that makes it smaller.
    pub gzip: Option<Bytes>,
}

/// All files that the pages of a theme load, its own and those of the themes below it.
#[derive(Debug, Default)]
pub(super) struct Assets {
    /// By the name under which they are served.
    pub(super) served: BTreeMap<String, Arc<Asset>>,
    /// Addresses by the name that templates and style sheets use.
    pub(super) urls: BTreeMap<String, String>,
    /// The style sheets of every page, in order.
    pub(super) sheets: Vec<String>,
    /// What style sheets ask for in vain: theme, file, line, what.
    pub(super) missing: Vec<(String, String, usize, String)>,
}

impl Assets {
    /// The files of themes, the lowest first.
    pub(super) fn of(layers: &[Arc<Source>]) -> Self {
        let mut all = Self::default();
        for layer in layers {
            for (path, bytes) in &layer.files {
                if let Some(Kind::Asset(content_type)) = source::kind(path)
                    && !is_sheet(path)
                {
                    let name = path.trim_start_matches("assets/");
                    let url = all.keep(name, content_type, bytes);
                    all.urls.insert(name.to_owned(), url);
                }
            }
        }
        for layer in layers {
            for path in layer.files.keys().filter(|path| is_sheet(path)) {
                let name = path.trim_start_matches("assets/");
                let css = all.linked(layer, path);
                let url = all.keep(name, "text/css; charset=utf-8", css.as_bytes());
                if name == SHEET {
                    all.sheets.push(url.clone());
                }
                all.urls.insert(name.to_owned(), url);
            }
        }
        all
    }

    /// Adds a style sheet that every page loads last.
    pub(super) fn add_sheet(&mut self, name: &str, css: &str) {
        if !css.is_empty() {
            let url = self.keep(name, "text/css; charset=utf-8", css.as_bytes());
            self.sheets.push(url);
        }
    }

    fn keep(&mut self, name: &str, content_type: &'static str, bytes: &[u8]) -> String {
        let hash: String = secret::sha256_hex(bytes).chars().take(16).collect();
        let last = name.rsplit('/').next().unwrap_or(name);
        let (stem, ending) = last.rsplit_once('.').unwrap_or((last, ""));
        let file = format!("{stem}.{hash}.{ending}");
        let compressible = matches!(ending, "css" | "svg");
        let asset = || Asset {
            content_type,
            bytes: Bytes::copy_from_slice(bytes),
            gzip: compressible.then(|| compressed(bytes)).flatten(),
        };
        self.served
            .entry(file.clone())
            .or_insert_with(|| Arc::new(asset()));
        format!("{PATH}{file}")
    }

    /// A style sheet whose `url(…)` lead to where the files are served.
    fn linked(&mut self, layer: &Source, path: &str) -> String {
        let css = layer.text(path).unwrap_or_default();
        let folder = path.trim_start_matches("assets/");
        let folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut out = String::with_capacity(css.len());
        let mut rest = css.as_str();
        while let Some(at) = rest.find("url(") {
            let (before, after) = rest.split_at(at + "url(".len());
            out.push_str(before);
            let (inside, tail) = after.split_once(')').unwrap_or((after, ""));
            let asked = inside.trim().trim_matches(['"', '\'']);
            let beside = format!("{folder}/{asked}");
            let known = self
                .urls
                .get(beside.trim_start_matches('/'))
                .or_else(|| self.urls.get(asked));
            match known {
                Some(url) => out.push_str(url),
                None => {
                    let (shown, _) = css.split_at(css.len() - rest.len() + at);
                    let line = shown.matches('\n').count() + 1;
                    if !asked.starts_with("data:") && !asked.starts_with('#') {
                        let place = (layer.name.clone(), path.to_owned(), line, asked.to_owned());
                        self.missing.push(place);
                    }
                    out.push_str(inside);
                }
            }
            out.push(')');
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    /// The address of a file by its name: the theme's own, or the program's.
    pub(super) fn url(urls: &BTreeMap<String, String>, name: &str) -> Option<String> {
        urls.get(name).cloned().or_else(|| assets::url(name))
    }
}

fn is_sheet(path: &str) -> bool {
    path.starts_with("assets/") && path.ends_with(".css")
}

fn compressed(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| packed.into())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn theme(name: &str, files: &[(&str, &'static str)]) -> Arc<Source> {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Cow::Borrowed(text.as_bytes())));
        Arc::new(Source::built_in(name, files))
    }

    /// STF-10: a changed file has another name, the same file the same; a style sheet leads to the names; what is not
    /// there is told with its line.
    #[test]
    fn files_have_names_of_their_content() {
        let below = theme(
            "below",
            &[
                ("assets/theme.css", "a{background:url(leaf.svg)}"),
                ("assets/leaf.svg", "<svg/>"),
            ],
        );
        let above = theme(
            "above",
            &[
                ("assets/leaf.svg", "<svg><path/></svg>"),
                (
                    "assets/theme.css",
                    "b{}\nc{background:url( 'gone.png' ) url(\"data:x\") url(fonts/a.woff2)}",
                ),
                ("assets/fonts/a.woff2", "font"),
            ],
        );
        let one = Assets::of(std::slice::from_ref(&below));
        let both = Assets::of(&[below, above]);
        assert_ne!(one.urls.get("leaf.svg"), both.urls.get("leaf.svg"));
        assert_eq!(both.sheets.len(), 2);
        let text = |url: &str| {
            let file = url.trim_start_matches(PATH);
            let asset = both.served.get(file).unwrap();
            String::from_utf8(asset.bytes.to_vec()).unwrap()
        };
        let leaf = both.urls.get("leaf.svg").unwrap();
        let [first, last] = both.sheets.as_slice() else {
            panic!("{:?}", both.sheets)
        };
        assert_eq!(text(first), format!("a{{background:url({leaf})}}"));
        assert!(text(last).contains(both.urls.get("fonts/a.woff2").unwrap()));
        let missing: Vec<_> = both
            .missing
            .iter()
            .map(|(t, f, l, w)| (&**t, &**f, *l, &**w))
            .collect();
        assert_eq!(missing, [("above", "assets/theme.css", 2, "gone.png")]);
        assert_eq!(both.urls.get("theme.css"), Some(last));
    }
}
