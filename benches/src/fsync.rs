//! The limit of durable writes: how often the disk can be told to keep something for good.

use std::{
    fs::OpenOptions,
    io::{self, Seek, SeekFrom, Write},
    path::Path,
    time::{Duration, Instant},
};

use crate::Histogram;

/// What databases write at a time.
const BLOCK: usize = 4 << 10;
/// The file is overwritten from its beginning after this many blocks, as a write-ahead log is after a checkpoint.
const BLOCKS: u64 = 4_096;

/// How the disk under a folder did.
#[derive(Debug, Clone)]
pub struct Syncs {
    /// Writes of 4 KiB made durable one after the other, per second.
    pub per_second: f64,
    /// How long each took.
    pub latency: Histogram,
}

/// Writes 4 KiB and waits until it is durable, over and over, in a file of `folder`.
///
/// # Errors
/// Whatever the disk says.
pub fn probe(folder: &Path, lasting: Duration) -> io::Result<Syncs> {
    let path = folder.join("fsync-probe");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&path)?;
    let block = [0x5a_u8; BLOCK];
    let mut latency = Histogram::default();
    let started = Instant::now();
    while started.elapsed() < lasting {
        let before = Instant::now();
        if latency.count().is_multiple_of(BLOCKS) {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&block)?;
        file.sync_data()?;
        latency.record(before.elapsed());
    }
    let seconds = started.elapsed().as_secs_f64();
    std::fs::remove_file(&path)?;
    Ok(Syncs {
        per_second: latency.count() as f64 / seconds,
        latency,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something was made durable, and nothing is left behind.
    #[test]
    fn the_disk_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let syncs = probe(folder.path(), Duration::from_millis(20)).unwrap();
        assert!(syncs.per_second > 0.0 && syncs.latency.count() > 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
