//! Files of the shop (pictures), kept under the hash of their content.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::secret;

/// A folder of content-addressed files.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// The files below `root`, which is made when it is missing.
    ///
    /// # Errors
    /// What the disk said.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(Self { root })
    }

    /// Keeps a file and returns its key, `HASH.ending`. It is on disk when this returns (write, fsync, rename, fsync of
    /// the folder); the same content is kept once.
    ///
    /// # Errors
    /// What the disk said.
    pub fn put(&self, bytes: &[u8], ending: &str) -> io::Result<String> {
        let hash: String = secret::sha256_hex(bytes).chars().take(32).collect();
        let key = format!("{hash}.{ending}");
        self.put_at(&key, bytes)?;
        Ok(key)
    }

    /// Keeps what was made of a file under a key of [`made_of`]. A file that is there already stays.
    ///
    /// # Errors
    /// What the disk said, or that the key is none.
    pub fn put_at(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        if !is_key(key) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let path = self.root.join(key);
        if path.exists() {
            return Ok(());
        }
        let draft = self.root.join(format!(".{key}.{}", secret::random_token()));
        let mut file = fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        fs::File::open(&self.root)?.sync_all()
    }

    /// The bytes under a key; `None` for a key that is none or has no file.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        if is_key(key) {
            fs::read(self.root.join(key)).ok()
        } else {
            None
        }
    }

    /// Whether there is a file under a key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        is_key(key) && self.root.join(key).is_file()
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// The key of something that was made of a file in one size, `HASH-SIZE.ending`.
#[must_use]
pub fn made_of(key: &str, size: u32, ending: &str) -> String {
    let hash = key.split_once('.').map_or(key, |(hash, _)| hash);
    format!("{hash}-{size}.{ending}")
}

/// Whether a text is a key: `HASH.ending` or `HASH-SIZE.ending`.
fn is_key(key: &str) -> bool {
    let Some((stem, ending)) = key.split_once('.') else {
        return false;
    };
    let (hash, size) = stem.split_once('-').unwrap_or((stem, "0"));
    let filled = |text: &str, allowed: fn(&char) -> bool| {
        !text.is_empty() && text.chars().all(|c| allowed(&c))
    };
    filled(hash, char::is_ascii_hexdigit)
        && filled(size, char::is_ascii_digit)
        && filled(ending, char::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key never leads out of the folder.
    #[test]
    fn keys_are_hashes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path().join("media")).unwrap();
        let key = files.put(b"<svg/>", "svg").unwrap();
        assert_eq!(files.put(b"<svg/>", "svg").unwrap(), key);
        assert_eq!(files.get(&key).unwrap(), b"<svg/>");
        fs::write(folder.path().join("a.svg"), "x").unwrap();
        let small = made_of(&key, 320, "webp");
        assert!(!files.has(&small));
        files.put_at(&small, b"small").unwrap();
        assert_eq!(files.get(&small).unwrap(), b"small");
        for bad in [
            "../a.svg",
            "..%2fa.svg",
            "/etc/passwd",
            "a/../../a.svg",
            "",
            "a-.b",
            "a-../a.b",
        ] {
            assert!(files.get(bad).is_none(), "{bad}");
            assert!(files.put_at(bad, b"x").is_err(), "{bad}");
        }
    }
}
