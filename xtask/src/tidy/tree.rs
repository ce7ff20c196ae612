//! The files of the checkout, read once: what git tracks and what it would take in.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use super::{source::Source, workspace::Workspace};

/// Every file by its path from the root, with `/` between folders.
#[derive(Default)]
pub(crate) struct Tree {
    files: BTreeMap<String, File>,
    /// The crates and their dependencies, or why they could not be read.
    pub(crate) workspace: Option<Result<Workspace, String>>,
}

struct File {
    /// `None` where the content is not text.
    text: Option<String>,
    /// In bytes.
    size: usize,
    /// Only of Rust files.
    source: Option<Source>,
}

/// A Rust file.
#[derive(Clone, Copy)]
pub(crate) struct RustFile<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    pub(crate) source: &'a Source,
}

impl RustFile<'_> {
    /// The crate whose folder the file lies in: `catalog` of `crates/catalog/src/lib.rs`, `xtask` of `xtask/src/…`.
    pub(crate) fn krate(&self) -> &str {
        let mut folders = self.path.split('/');
        match folders.next() {
            Some("crates") => folders.next().unwrap_or_default(),
            first => first.unwrap_or_default(),
        }
    }

    /// Whether the whole file is test code.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.starts_with("tests/")
            || self.path.ends_with("/tests.rs")
    }

    /// Whether the code at `offset` is compiled for tests alone.
    pub(crate) fn in_test(&self, offset: usize) -> bool {
        self.is_test() || self.source.in_test(offset)
    }
}

impl Tree {
    /// Reads the checkout at `root`.
    pub(crate) fn load(root: &Path) -> Result<Self, String> {
        let listed = Command::new("git")
            .current_dir(root)
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .output()
            .map_err(|e| format!("git: {e}"))?;
        if !listed.status.success() {
            return Err(String::from_utf8_lossy(&listed.stderr).into_owned());
        }
        let mut tree = Self {
            workspace: Some(Workspace::load(root)),
            ..Self::default()
        };
        for path in String::from_utf8_lossy(&listed.stdout).split_terminator('\0') {
            // A file that somebody has just removed is still in git's list.
            if let Ok(bytes) = std::fs::read(root.join(PathBuf::from(path))) {
                tree.add(path, bytes);
            }
        }
        Ok(tree)
    }

    /// A tree of a test.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.add(path, text.as_bytes().to_vec());
        }
        tree
    }

    fn add(&mut self, path: &str, bytes: Vec<u8>) {
        let size = bytes.len();
        let text = String::from_utf8(bytes).ok().filter(|t| !t.contains('\0'));
        let source = text
            .as_deref()
            .filter(|_| path.ends_with(".rs"))
            .map(Source::scan);
        self.files
            .insert(path.to_owned(), File { text, size, source });
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether a file or a folder has this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let folder = format!("{path}/");
        self.files.contains_key(path)
            || self
                .files
                .range(folder.clone()..)
                .next()
                .is_some_and(|(first, _)| first.starts_with(&folder))
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.text.as_deref()
    }

    /// How many bytes a file has; none where there is no file.
    pub(crate) fn size(&self, path: &str) -> usize {
        self.files.get(path).map_or(0, |file| file.size)
    }

    /// Every text file.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, file)| Some((path.as_str(), file.text.as_deref()?)))
    }

    /// Every path.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Every Rust file.
    pub(crate) fn rust(&self) -> impl Iterator<Item = RustFile<'_>> {
        self.files.iter().filter_map(|(path, file)| {
            Some(RustFile {
                path,
                text: file.text.as_deref()?,
                source: file.source.as_ref()?,
            })
        })
    }

    /// One Rust file.
    pub(crate) fn rust_file(&self, path: &str) -> Option<RustFile<'_>> {
        let (path, file) = self.files.get_key_value(path)?;
        Some(RustFile {
            path,
            text: file.text.as_deref()?,
            source: file.source.as_ref()?,
        })
    }
}
