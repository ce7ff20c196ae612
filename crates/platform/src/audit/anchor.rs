//! Notes of the newest row outside the table: one signed line in a file of the data folder, and one in the program's own
//! log. Whoever can change the database cannot change those unseen.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    Verified,
    chain::{self, head, verify_and_keep},
};
use crate::{
    Ctx, DbError,
    jobs::{Failure, Handlers},
    secret,
};

/// The kind of the job that walks over the log.
pub const VERIFY: &str = "audit.verify";
/// Between two notes.
const INTERVAL: Duration = Duration::from_secs(30);
const KEY_FILE: &str = "audit.key";
const NOTES_FILE: &str = "audit-anchors.jsonl";

/// A note of the newest row at some instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The row.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// Whether the note's signature is this shop's.
    pub genuine: bool,
}

#[derive(Serialize, Deserialize)]
struct Line {
    seq: i64,
    hash: String,
    at: Timestamp,
    signature: String,
}

/// The notes of one data folder.
#[derive(Debug)]
pub struct Anchors {
    path: PathBuf,
    key: String,
    noted: AtomicI64,
}

impl Anchors {
    /// The notes in a folder; the key that signs them is made when there is none (invariant A19).
    ///
    /// # Errors
    /// What the disk said.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let anchors = Self {
            path: folder.join(NOTES_FILE),
            key: key(&folder.join(KEY_FILE))?,
            noted: AtomicI64::new(0),
        };
        let newest = anchors.list()?.iter().map(|a| a.seq).max().unwrap_or(0);
        anchors.noted.store(newest, Ordering::Relaxed);
        Ok(anchors)
    }

    /// All notes, oldest first. A line that is none counts as one whose signature is wrong.
    ///
    /// # Errors
    /// What the disk said.
    pub fn list(&self) -> io::Result<Vec<Anchor>> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let read = |line: &str| match serde_json::from_str::<Line>(line) {
            Ok(line) => Anchor {
                genuine: secret::same(&line.signature, &self.sign(line.seq, &line.hash, line.at)),
                seq: line.seq,
                hash: line.hash,
            },
            Err(_) => Anchor {
                seq: 0,
                hash: String::new(),
                genuine: false,
            },
        };
        Ok(text
            .lines()
            .filter(|l| !l.trim().is_empty())
            .map(read)
            .collect())
    }

    fn sign(&self, seq: i64, hash: &str, at: Timestamp) -> String {
        secret::hmac_hex(self.key.as_bytes(), format!("{seq} {hash} {at}").as_bytes())
    }

    /// Notes the newest row unless it is noted already.
    ///
    /// # Errors
    /// What the database or the disk said.
    pub async fn note(&self, ctx: &Ctx) -> Result<(), DbError> {
        let newest = ctx.read(async |rx, _| head(rx).await).await?;
        if newest.seq <= self.noted.load(Ordering::Relaxed) {
            return Ok(());
        }
        let at = ctx.now();
        let line = Line {
            signature: self.sign(newest.seq, &newest.hash, at),
            seq: newest.seq,
            hash: newest.hash,
            at,
        };
        let said = |error: io::Error| DbError::Halted(format!("the audit note: {error}"));
        self.add(&line).map_err(said)?;
        self.noted.store(line.seq, Ordering::Relaxed);
        tracing::info!(
            seq = line.seq,
            hash = line.hash,
            "the audit log's newest row"
        );
        Ok(())
    }

    fn add(&self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Notes the newest row again and again until `stop` turns true, and then once more.
    pub async fn run(&self, ctx: Ctx, mut stop: watch::Receiver<bool>) {
        loop {
            let stopping = tokio::select! {
                () = tokio::time::sleep(INTERVAL) => false,
                ended = stop.wait_for(|stop| *stop) => { drop(ended); true }
            };
            if let Err(error) = self.note(&ctx).await {
                tracing::warn!(%error, "the audit log's newest row could not be noted");
            }
            if stopping {
                return;
            }
        }
    }

    /// Walks over the log, compares it with the notes, and keeps what was found.
    ///
    /// # Errors
    /// What the database or the disk said.
    pub async fn verify(&self, ctx: &Ctx) -> Result<Verified, DbError> {
        verify_and_keep(ctx, self.read_notes()?).await
    }

    /// The same walk for the command line: nothing is written.
    ///
    /// # Errors
    /// What the database or the disk said.
    pub async fn look(&self, ctx: &Ctx) -> Result<Verified, DbError> {
        chain::verify(ctx, self.read_notes()?).await
    }

    fn read_notes(&self) -> Result<Vec<Anchor>, DbError> {
        self.list()
            .map_err(|error| DbError::Halted(format!("the audit notes: {error}")))
    }

    /// Registers the job that walks over the log; what it finds is a dead letter for everybody to see.
    pub fn register(self: &Arc<Self>, handlers: &mut Handlers) {
        let anchors = Arc::clone(self);
        handlers.on(VERIFY, move |ctx: Ctx, _| {
            let anchors = Arc::clone(&anchors);
            async move {
                let found = anchors.verify(&ctx).await?;
                if found.findings.is_empty() {
                    return Ok(());
                }
                Err(Failure::Permanent(
                    serde_json::to_string(&found.findings).unwrap_or_default(),
                ))
            }
        });
    }
}

/// The key in a file that only its owner reads.
fn key(path: &Path) -> io::Result<String> {
    use std::os::unix::fs::OpenOptionsExt;
    match fs::read_to_string(path) {
        Ok(key) if !key.trim().is_empty() => return Ok(key.trim().to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let key = secret::random_token();
    let mut file = fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    Ok(key)
}
