//! A zip with a file of goods and the pictures that it names.
//!
//! Nothing of it is ever written under a name that it says: entries are found by name and read into memory, one at a
//! time and within limits, and what a picture is made of is made anew like every picture that is sent (A14).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::{Cursor, Read},
};

use bytes::Bytes;
use platform::{
    files::Files,
    pictures::{self, PictureError},
};
use zip::ZipArchive;

use super::{MAX_BYTES, Unreadable};

/// The largest zip, in bytes.
pub const ZIP_BYTES: usize = 48 << 20;
/// The most entries.
const ENTRIES: usize = 2_000;
/// How many times its packed bytes an entry may have; pictures are packed already.
const RATIO: u64 = 200;
/// What is unpacked of one zip at most, in bytes.
const UNPACKED: u64 = 512 << 20;
/// How the head of an entry in the directory of a zip begins.
const DIRECTORY_HEAD: &[u8] = b"PK\x01\x02";

/// Pictures that were taken out of a zip by the names under which the file of goods knows them: `KEY@800x600`, or the
/// key of the sentence that says why a picture was not taken.
pub type Taken = BTreeMap<String, String>;

/// What was sent: a file of goods, with a zip of pictures where it came in one.
pub struct Sent {
    /// The file of goods.
    pub csv: Vec<u8>,
    /// The zip it came in.
    pub archive: Option<Archive>,
}

/// A zip of pictures.
pub struct Archive {
    zip: ZipArchive<Cursor<Bytes>>,
    /// Entries by path, in small letters.
    paths: HashMap<String, usize>,
    /// Entries by bare name; none for one that several have.
    names: HashMap<String, Option<usize>>,
    unpacked: u64,
}

/// Opens what was sent, a file of goods or a zip that holds one.
///
/// # Errors
/// A zip that is damaged, has too many entries or not exactly one file of goods; a file that is too large.
pub fn open(sent: Bytes) -> Result<Sent, Unreadable> {
    if !sent.starts_with(b"PK\x03\x04") && !sent.starts_with(b"PK\x05\x06") {
        if sent.len() > MAX_BYTES {
            return Err(Unreadable::TooLarge);
        }
        return Ok(Sent {
            csv: sent.to_vec(),
            archive: None,
        });
    }
    let mut archive = Archive::open(sent)?;
    let paths = archive.paths.iter();
    let tables = paths.filter(|(path, _)| path.ends_with(".csv"));
    let tables: Vec<usize> = tables.map(|(_, index)| *index).collect();
    let &[table] = tables.as_slice() else {
        return Err(Unreadable::NotOneTable);
    };
    let csv = archive.read(table, MAX_BYTES as u64);
    Ok(Sent {
        csv: csv.ok_or(Unreadable::TooLarge)?,
        archive: Some(archive),
    })
}

impl Archive {
    fn open(sent: Bytes) -> Result<Self, Unreadable> {
        // Before the directory is read into memory, which costs more than its bytes.
        let heads = sent.windows(DIRECTORY_HEAD.len());
        if heads.filter(|head| *head == DIRECTORY_HEAD).count() > ENTRIES {
            return Err(Unreadable::TooManyEntries);
        }
        let mut zip = ZipArchive::new(Cursor::new(sent)).map_err(|_| Unreadable::BrokenZip)?;
        let (mut paths, mut names) = (HashMap::new(), HashMap::new());
        for index in 0..zip.len() {
            let Ok(entry) = zip.by_index(index) else {
                continue;
            };
            let Ok(path) = entry.name() else {
                continue;
            };
            let path = path.replace('\\', "/").to_lowercase();
            // What a Mac adds beside each file is none of its own.
            let mut parts = path.split('/');
            if entry.is_dir() || parts.any(|part| part == "__macosx" || part.starts_with('.')) {
                continue;
            }
            let seen = names.entry(bare(&path).to_owned());
            seen.and_modify(|index| *index = None)
                .or_insert(Some(index));
            paths.insert(path, index);
        }
        Ok(Self {
            zip,
            paths,
            names,
            unpacked: 0,
        })
    }

    /// The bytes of an entry; `None` for what is damaged or larger than it may be.
    fn read(&mut self, index: usize, most: u64) -> Option<Vec<u8>> {
        let entry = self.zip.by_index(index).ok()?;
        let packed = entry.compressed_size().saturating_mul(RATIO);
        let most = most.min(packed).min(UNPACKED.saturating_sub(self.unpacked));
        let mut bytes = Vec::new();
        let read = entry.take(most + 1).read_to_end(&mut bytes);
        self.unpacked += bytes.len() as u64;
        (read.is_ok() && bytes.len() as u64 <= most).then_some(bytes)
    }

    fn find(&self, name: &str) -> Option<usize> {
        let name = name.replace('\\', "/").to_lowercase();
        let by_path = self.paths.get(&name).copied();
        by_path.or_else(|| self.names.get(bare(&name)).copied().flatten())
    }

    /// Takes the pictures of these names, one after the other. Names that are not there are left out.
    pub async fn take(mut self, files: &Files, names: BTreeSet<String>) -> Taken {
        let mut taken = Taken::new();
        for name in names {
            let Some(index) = self.find(&name) else {
                continue;
            };
            let reading = tokio::task::spawn_blocking(move || {
                let bytes = self.read(index, pictures::FILE_BYTES as u64);
                (self, bytes)
            });
            let Ok((archive, bytes)) = reading.await else {
                return taken;
            };
            self = archive;
            let kept = match bytes {
                Some(bytes) => pictures::take(files, bytes.into()).await,
                None => Err(PictureError::TooLarge),
            };
            let said = match kept {
                Ok(kept) => format!("{}@{}x{}", kept.key, kept.width, kept.height),
                Err(error) => error.key().to_owned(),
            };
            taken.insert(name, said);
        }
        taken
    }
}

fn bare(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zipped(entries: &[(&str, &[u8])]) -> Bytes {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner().into()
    }

    fn refused(sent: Bytes) -> Unreadable {
        open(sent).map(|_| ()).unwrap_err()
    }

    /// A14: what unpacks to far more than it weighs is not read, whatever size it claims.
    #[test]
    fn what_swells_is_not_read() {
        let zeros = vec![0; 12 << 20];
        let sent = zipped(&[("goods.csv", b"handle,sku\n"), ("tea.png", &zeros)]);
        assert!(sent.len() < 64 << 10, "{}", sent.len());
        let Sent { csv, archive } = open(sent).unwrap();
        let mut archive = archive.unwrap();
        assert_eq!(csv, b"handle,sku\n");
        let index = archive.find("tea.png").unwrap();
        assert_eq!(archive.read(index, u64::MAX / 2), None);
        assert!(archive.unpacked < 4 << 20, "{}", archive.unpacked);
    }

    /// A14: a zip has one file of goods and a limited number of entries, and is whole.
    #[test]
    fn a_zip_is_looked_at() {
        assert_eq!(refused(zipped(&[("a.jpg", b"x")])), Unreadable::NotOneTable);
        let two = zipped(&[("a.csv", b"x"), ("b/c.csv", b"x")]);
        assert_eq!(refused(two), Unreadable::NotOneTable);
        let whole = zipped(&[("a.csv", b"handle,sku\n")]);
        let torn = whole.slice(..whole.len() - 9);
        assert_eq!(refused(torn), Unreadable::BrokenZip);
        let names: Vec<String> = (0..=ENTRIES).map(|n| format!("{n}.jpg")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
        assert_eq!(refused(zipped(&many)), Unreadable::TooManyEntries);
        let mac = zipped(&[("goods.csv", b"x"), ("__MACOSX/._goods.csv", b"y")]);
        assert_eq!(open(mac).unwrap().csv, b"x");
    }

    /// A picture is found by its path or by its bare name, in large letters or small ones; a bare name of two is nobody's.
    #[test]
    fn pictures_are_found_by_name() {
        let sent = zipped(&[
            ("goods.csv", b"x"),
            ("photos/Tea.JPG", b"tea"),
            ("a/pot.jpg", b"a"),
            ("b/pot.jpg", b"b"),
            ("../../etc/cup.jpg", b"cup"),
        ]);
        let mut archive = open(sent).unwrap().archive.unwrap();
        for (name, bytes) in [
            ("tea.jpg", "tea"),
            ("photos\\tea.jpg", "tea"),
            ("b/pot.jpg", "b"),
        ] {
            let index = archive.find(name).unwrap();
            assert_eq!(archive.read(index, 99).unwrap(), bytes.as_bytes(), "{name}");
        }
        assert_eq!(
            (archive.find("pot.jpg"), archive.find("cup.jpg")),
            (None, None)
        );
    }
}
