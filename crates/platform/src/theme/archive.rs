//! A theme as one file, `NAME.tar.gz`, to take along and to bring in.

use std::{
    borrow::Cow,
    fs,
    io::{self, Read, Write},
    path::{Component, Path},
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use super::{
    Themes,
    manifest::Manifest,
    source::{self, FILE_BYTES, FILES, Kind, Source, THEME_BYTES},
};
use crate::secret;

/// The largest archive that is taken, in bytes.
pub const ARCHIVE_BYTES: usize = 16 << 20;

/// Why an archive is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is none, or damaged.
    #[error("no archive: {0}")]
    Unreadable(io::Error),
    /// It is not one folder with the name of a theme.
    #[error("not one folder with a plain name")]
    NotOneFolder,
    /// A file in it does not belong into a theme.
    #[error("{0} is not a file of a theme")]
    Stranger(String),
    /// More or larger files than a theme may have.
    #[error("too large")]
    TooLarge,
    /// `theme.toml` is missing or cannot be read.
    #[error("theme.toml: {0}")]
    Manifest(String),
    /// There is a theme of this name already.
    #[error("{0} is there already")]
    Taken(String),
    /// The disk refused.
    #[error("cannot be kept: {0}")]
    Disk(#[from] io::Error),
}

impl ArchiveError {
    /// The Fluent key of the sentence that says what to do, with its argument.
    #[must_use]
    pub fn told(&self) -> (&'static str, String) {
        match self {
            Self::Unreadable(_) => ("error-theme-archive", String::new()),
            Self::NotOneFolder => ("error-theme-folder", String::new()),
            Self::Stranger(path) => ("error-theme-file", path.clone()),
            Self::TooLarge => ("error-theme-size", String::new()),
            Self::Manifest(reason) => ("error-theme-manifest", reason.clone()),
            Self::Taken(name) => ("error-theme-taken", name.clone()),
            Self::Disk(_) => ("error-internal", String::new()),
        }
    }
}

impl Themes {
    /// A theme as an archive; `None` where there is none of this name.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn archive(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(source) = self.source(name) else {
            return Ok(None);
        };
        let packer = GzEncoder::new(Vec::new(), Compression::default());
        let mut archive = tar::Builder::new(packer);
        for (path, bytes) in &source.files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            archive.append_data(&mut header, format!("{name}/{path}"), bytes.as_ref())?;
        }
        Ok(Some(archive.into_inner()?.finish()?))
    }

    /// Brings a theme in and returns its name. All of it is there, or nothing: it is put together beside the themes and
    /// moved to its place at the end. Nothing that exists is replaced.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn bring_in(&self, bytes: &[u8]) -> Result<String, ArchiveError> {
        let source = unpacked(bytes)?;
        let name = source.name.clone();
        if self.has(&name) {
            return Err(ArchiveError::Taken(name));
        }
        let draft = self.folder.join(format!(".{}", secret::random_token()));
        let written =
            write_out(&source, &draft).and_then(|()| fs::rename(&draft, self.folder.join(&name)));
        if let Err(error) = written {
            let _ = fs::remove_dir_all(&draft);
            return Err(if self.has(&name) {
                ArchiveError::Taken(name)
            } else {
                error.into()
            });
        }
        Ok(name)
    }
}

fn write_out(source: &Source, folder: &Path) -> io::Result<()> {
    for (path, bytes) in &source.files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = fs::File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    Ok(())
}

/// The files of an archive, checked.
fn unpacked(bytes: &[u8]) -> Result<Source, ArchiveError> {
    // A small archive can be blown up to any size, so reading ends where a theme has to.
    let limited = GzDecoder::new(bytes).take(THEME_BYTES * 2);
    let mut archive = tar::Archive::new(limited);
    let mut source = Source::default();
    let mut all = 0;
    for entry in archive.entries().map_err(ArchiveError::Unreadable)? {
        let mut entry = entry.map_err(ArchiveError::Unreadable)?;
        let shown = entry.path().map_err(ArchiveError::Unreadable)?;
        let shown = shown.to_string_lossy().into_owned();
        if entry.header().entry_type().is_dir() {
            continue;
        }
        let Some((name, path)) = place(&shown) else {
            return Err(ArchiveError::NotOneFolder);
        };
        if source.name.is_empty() {
            source.name = name;
        } else if source.name != name {
            return Err(ArchiveError::NotOneFolder);
        }
        let known = source::kind(&path).filter(|_| entry.header().entry_type().is_file());
        let Some(known) = known else {
            return Err(ArchiveError::Stranger(shown));
        };
        if known == Kind::Ignored {
            continue;
        }
        all += entry.size();
        if entry.size() > FILE_BYTES || all > THEME_BYTES || source.files.len() >= FILES {
            return Err(ArchiveError::TooLarge);
        }
        let mut content = Vec::new();
        entry
            .read_to_end(&mut content)
            .map_err(ArchiveError::Unreadable)?;
        source.files.insert(path, Cow::Owned(content));
    }
    if source.text(source::MANIFEST).is_none() {
        return Err(ArchiveError::Manifest("missing".to_owned()));
    }
    Manifest::of(&source).map_err(|fault| ArchiveError::Manifest(fault.detail))?;
    Ok(source)
}

/// The theme and the path below its folder of a file in an archive.
fn place(shown: &str) -> Option<(String, String)> {
    let mut parts = Vec::new();
    for part in Path::new(shown).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::ParentDir => return None,
        }
    }
    let (name, path) = parts.split_first()?;
    let found = source::is_name(name) && !path.is_empty();
    found.then(|| ((*name).to_owned(), path.join("/")))
}
