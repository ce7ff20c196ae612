//! The limit of durable writes: how often the disk can be told to keep something for good.

use std::{
    fs::{File, OpenOptions},
    io::{self, Seek, SeekFrom, Write},
    path::Path,
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::Histogram;

/// What databases write at a time.
const BLOCK: [u8; 4 << 10] = [0x5a; 4 << 10];
/// The file is overwritten from its beginning after this many blocks, as a write-ahead log is after a checkpoint.
const BLOCKS: u64 = 4_096;
/// How long the disk is looked at before and after a measurement.
const LOOK: Duration = Duration::from_millis(600);

/// How the disk under a folder did: writes of 4 KiB made durable one after the other.
#[derive(Debug, Clone)]
pub struct Syncs {
    /// Per second, over blocks that the file has already: what a write-ahead log does once it has its size.
    pub in_place: f64,
    /// Per second, at the end of a growing file, whose new length must become durable too.
    pub growing: f64,
    /// How long each write in place took.
    pub latency: Histogram,
}

/// Writes 4 KiB and waits until it is durable, over and over, in a file of `folder`; half the time at its growing end,
/// half the time over what is there.
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
    let mut latency = Histogram::default();
    let growing = sync_for(&mut file, lasting / 2, u64::MAX, &mut latency)?;
    file.seek(SeekFrom::Start(0))?;
    for _ in 0..BLOCKS {
        file.write_all(&BLOCK)?;
    }
    file.sync_all()?;
    let mut latency = Histogram::default();
    let in_place = sync_for(&mut file, lasting / 2, BLOCKS, &mut latency)?;
    std::fs::remove_file(&path)?;
    Ok(Syncs {
        in_place,
        growing,
        latency,
    })
}

/// What the disk did right before and right after a measurement. Disks of rented machines change their pace within
/// seconds, so that a durable figure without these two says little.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pace {
    /// Durable writes in place, per second, right before.
    pub before: f64,
    /// The same right after.
    pub after: f64,
}

/// Measures something between two looks at the disk under `folder`.
///
/// # Errors
/// Whatever the disk or the work says.
pub fn around<T>(
    folder: &Path,
    work: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(T, Pace)> {
    let before = probe(folder, LOOK)?.in_place;
    let done = work()?;
    let after = probe(folder, LOOK)?.in_place;
    Ok((done, Pace { before, after }))
}

/// Durable writes per second, beginning again at the start of the file after some blocks.
fn sync_for(
    file: &mut File,
    lasting: Duration,
    blocks: u64,
    latency: &mut Histogram,
) -> io::Result<f64> {
    let started = Instant::now();
    while started.elapsed() < lasting {
        let before = Instant::now();
        if latency.count().is_multiple_of(blocks) {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        latency.record(before.elapsed());
    }
    Ok(latency.count() as f64 / started.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something was made durable in both ways, and nothing is left behind.
    #[test]
    fn the_disk_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let syncs = probe(folder.path(), Duration::from_millis(40)).unwrap();
        assert!(syncs.in_place > 0.0 && syncs.growing > 0.0 && syncs.latency.count() > 0);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let (done, pace) = around(folder.path(), || Ok(7)).unwrap();
        assert!(done == 7 && pace.before > 0.0 && pace.after > 0.0);
    }
}
