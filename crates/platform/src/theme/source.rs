//! A theme as files: from a folder of the merchant, from the program itself, or out of an archive.
//!
//! Whatever the files say, they stay files of a theme: known folders and endings, plain names, no links to elsewhere,
//! limits of size and number. A template can include no file but those that were read here.

use std::{borrow::Cow, collections::BTreeMap, fs, io, path::Path, time::SystemTime};

use kernel::Locale;

use super::fault::{Fault, FaultKind};

/// The largest file, in bytes.
pub(super) const FILE_BYTES: u64 = 4 << 20;
/// All files of a theme together, in bytes.
pub(super) const THEME_BYTES: u64 = 24 << 20;
/// Files of a theme.
pub(super) const FILES: usize = 600;
/// Folders inside each other.
const DEPTH: usize = 5;
/// The file that describes the theme.
pub(super) const MANIFEST: &str = "theme.toml";
/// What a theme may bring for pages to load. Scripts are not among it: pages run the program's own and nothing else.
const ASSETS: [(&str, &str); 8] = [
    ("css", "text/css; charset=utf-8"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("svg", "image/svg+xml"),
    ("woff2", "font/woff2"),
];

/// When the files of a folder were changed, and how long they are.
pub(super) type Stamp = BTreeMap<String, (Option<SystemTime>, u64)>;

/// The files of one theme.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Its name: that of its folder.
    pub name: String,
    /// Whether it comes with the program.
    pub built_in: bool,
    /// Paths below the theme's folder, with slashes, and contents.
    pub files: BTreeMap<String, Cow<'static, [u8]>>,
    /// Files that were left out.
    pub faults: Vec<Fault>,
}

/// What a file of a theme is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `theme.toml`.
    Manifest,
    /// `templates/….html`.
    Template,
    /// `words/zh-Hant.ftl`.
    Words(Locale),
    /// `assets/…`, with the media type.
    Asset(&'static str),
    /// What nobody asks for: a note, a sample.
    Ignored,
}

/// Whether a text can be the name of a theme.
#[must_use]
pub fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// What the file at a path below a theme's folder is for; `None` when a theme has no such file.
#[must_use]
pub(super) fn kind(path: &str) -> Option<Kind> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    let parts: Vec<&str> = path.split('/').collect();
    if path.len() > 160 || parts.len() > DEPTH || !parts.iter().all(|part| plain(part)) {
        return None;
    }
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match parts.as_slice() {
        [MANIFEST] => Some(Kind::Manifest),
        ["templates", .., _] => (ending == "html").then_some(Kind::Template),
        ["words", file] => {
            let locale = file.strip_suffix(".ftl")?.parse().ok()?;
            Some(Kind::Words(locale))
        }
        ["assets", .., _] => {
            let known = ASSETS.iter().find(|(known, _)| *known == ending);
            known.map(|(_, media)| Kind::Asset(media))
        }
        ["samples", .., _] | [_] if matches!(ending, "json" | "md" | "txt") => Some(Kind::Ignored),
        _ => None,
    }
}

impl Source {
    /// A theme of the program.
    #[must_use]
    pub fn built_in(
        name: &str,
        files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            built_in: true,
            files: files.into_iter().collect(),
            faults: Vec::new(),
        }
    }

    /// Reads a theme's folder. What does not belong into one is left out and told.
    ///
    /// # Errors
    /// A folder that is none, or whatever the disk says.
    pub fn read(name: &str, folder: &Path) -> io::Result<Self> {
        let mut source = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        let mut bytes = 0;
        for (path, (_, length)) in stamp_of(folder, &mut source)? {
            match kind(&path) {
                None => source.refuse(&path, FaultKind::File, "not a file of a theme"),
                Some(Kind::Ignored) => {}
                Some(_) if length > FILE_BYTES => {
                    source.refuse(&path, FaultKind::TooLarge, "more than 4 MiB");
                }
                Some(_) if bytes + length > THEME_BYTES || source.files.len() >= FILES => {
                    source.refuse(&path, FaultKind::TooLarge, "more than 24 MiB or 600 files");
                }
                Some(_) => match fs::read(folder.join(&path)) {
                    Ok(content) => {
                        bytes += length;
                        source.files.insert(path, Cow::Owned(content));
                    }
                    Err(error) => source.refuse(&path, FaultKind::File, &error.to_string()),
                },
            }
        }
        Ok(source)
    }

    /// Notes that a file was left out.
    pub(super) fn refuse(&mut self, path: &str, kind: FaultKind, detail: &str) {
        let fault = Fault::new(&self.name, path, None, kind, detail);
        self.faults.push(fault);
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<String> {
        let bytes = self.files.get(path)?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The templates: name as pages ask for it, text.
    pub fn templates(&self) -> impl Iterator<Item = (&str, String)> {
        let html = self.files.iter().filter_map(|(path, bytes)| {
            let name = path.strip_prefix("templates/")?;
            (kind(path) == Some(Kind::Template)).then_some((name, bytes))
        });
        html.map(|(name, bytes)| (name, String::from_utf8_lossy(bytes).into_owned()))
    }
}

/// When the files of a folder were changed last.
///
/// # Errors
/// Whatever the disk says.
pub(super) fn stamp(folder: &Path) -> io::Result<Stamp> {
    stamp_of(folder, &mut Source::default())
}

/// The files below a folder. A link is none of them: it could lead anywhere.
fn stamp_of(root: &Path, source: &mut Source) -> io::Result<Stamp> {
    let mut found = Stamp::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, before)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{before}{name}");
            let meta = fs::symlink_metadata(entry.path())?;
            if meta.is_symlink() {
                source.refuse(&path, FaultKind::File, "a link to elsewhere");
            } else if meta.is_dir() {
                if path.matches('/').count() < DEPTH {
                    folders.push((entry.path(), format!("{path}/")));
                }
            } else if found.len() < FILES * 2 {
                found.insert(path, (meta.modified().ok(), meta.len()));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_has_known_files_and_nothing_else() {
        for (path, known) in [
            ("theme.toml", Some(Kind::Manifest)),
            ("templates/home.html", Some(Kind::Template)),
            ("templates/parts/price.html", Some(Kind::Template)),
            ("words/zh-Hant.ftl", Some(Kind::Words(Locale::Hant))),
            (
                "assets/theme.css",
                Some(Kind::Asset("text/css; charset=utf-8")),
            ),
            ("assets/fonts/a.woff2", Some(Kind::Asset("font/woff2"))),
            ("README.md", Some(Kind::Ignored)),
            ("samples/home.json", Some(Kind::Ignored)),
            ("assets/run.js", None),
            ("templates/home.php", None),
            ("words/fr.ftl", None),
            ("templates/../../secret.html", None),
            ("/etc/passwd", None),
            ("templates/a b.html", None),
            ("templates//a.html", None),
            ("assets/.hidden.css", None),
            ("a/b/c/d/e/f.html", None),
            ("", None),
        ] {
            assert_eq!(kind(path), known, "{path}");
        }
    }

    /// A theme's name is part of addresses and of folders.
    #[test]
    fn names_are_plain() {
        assert!(is_name("journal") && is_name("tea-2027"));
        for bad in [
            "",
            "..",
            "a/b",
            "Tea",
            "-a",
            "2a",
            "茶",
            "a.b",
            &"a".repeat(41),
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    /// STF-05: a theme's folder reads nothing outside of it: a link is left out and told.
    #[cfg(unix)]
    #[test]
    fn a_link_leads_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret.html");
        fs::write(&secret, "the key of the safe").unwrap();
        let theme = folder.path().join("theme");
        fs::create_dir_all(theme.join("templates")).unwrap();
        fs::write(theme.join("templates/home.html"), "home").unwrap();
        std::os::unix::fs::symlink(&secret, theme.join("templates/error.html")).unwrap();
        std::os::unix::fs::symlink(folder.path(), theme.join("assets")).unwrap();
        let source = Source::read("theme", &theme).unwrap();
        assert_eq!(
            source.files.keys().collect::<Vec<_>>(),
            ["templates/home.html"]
        );
        let mut told: Vec<_> = source.faults.iter().map(|f| f.file.as_str()).collect();
        told.sort_unstable();
        assert_eq!(told, ["assets", "templates/error.html"]);
    }
}
