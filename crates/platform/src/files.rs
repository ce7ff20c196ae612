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
        let path = self.root.join(&key);
        if path.exists() {
            return Ok(key);
        }
        let draft = self.root.join(format!(".{key}.{}", secret::random_token()));
        let mut file = fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        fs::File::open(&self.root)?.sync_all()?;
        Ok(key)
    }

    /// The bytes under a key; `None` for a key that is none or has no file.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        let (hash, ending) = key.split_once('.')?;
        let plain = hash.chars().all(|c| c.is_ascii_hexdigit())
            && ending.chars().all(|c| c.is_ascii_alphanumeric());
        if plain {
            fs::read(self.root.join(key)).ok()
        } else {
            None
        }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
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
        for bad in ["../a.svg", "..%2fa.svg", "/etc/passwd", "a/../../a.svg", ""] {
            assert!(files.get(bad).is_none(), "{bad}");
        }
    }
}
