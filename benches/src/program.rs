//! The program under test: set up, started, asked, stopped; all of it by its command line.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::{baseline::Scratch, cpu, shop::Client};

const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(15);

/// A shop of its own on an empty database.
#[derive(Debug)]
pub struct Program {
    bin: PathBuf,
    data: TempDir,
    database: Option<Scratch>,
}

/// The program, answering.
#[derive(Debug)]
pub struct Running {
    child: Child,
    address: SocketAddr,
    first_answer: Duration,
}

impl Program {
    /// Prepares an empty data folder below `data`, with SQLite in it, or beside a fresh database of the PostgreSQL
    /// server at `postgres`.
    ///
    /// # Errors
    /// Whatever the disk or the server says.
    pub fn new(bin: PathBuf, data: &Path, postgres: Option<&str>) -> Result<Self> {
        Ok(Self {
            bin,
            data: tempfile::tempdir_in(data)?,
            database: postgres.map(Scratch::create).transpose()?,
        })
    }

    /// Sets up a shop with `products` published products in collections, the only place that knows how.
    ///
    /// # Errors
    /// What the program said.
    pub fn seed(&self, products: u32) -> Result<Value> {
        self.live(products, 0, 0)
    }

    /// As [`Self::seed`], and lets so many visitors come on each of so many days.
    ///
    /// # Errors
    /// What the program said.
    pub fn live(&self, products: u32, days: u32, visitors_a_day: u32) -> Result<Value> {
        let [products, days, visitors] = [products, days, visitors_a_day].map(|n| n.to_string());
        self.run(&[
            "simulate",
            "--products",
            &products,
            "--days",
            &days,
            "--visitors-per-day",
            &visitors,
            "--seed",
            "7",
            "--json",
        ])
    }

    /// A key that may do everything.
    ///
    /// # Errors
    /// What the program said.
    pub fn key(&self) -> Result<String> {
        let said = self.run(&[
            "key", "create", "--role", "owner", "--name", "bench", "--json",
        ])?;
        let key = said.get("key").and_then(Value::as_str);
        Ok(key.context("`key create` said no key")?.to_owned())
    }

    /// The path of the link by which the shop's first owner comes in.
    ///
    /// # Errors
    /// What the program said.
    pub fn invitation(&self) -> Result<String> {
        let said = self.run(&[
            "init",
            "--email",
            "owner@example.tw",
            "--name",
            "bench",
            "--json",
        ])?;
        let link = said.get("invitation").and_then(Value::as_str);
        let path = link.and_then(|link| Some(link.get(link.find("/admin/")?..)?.to_owned()));
        path.context("`init` said no invitation")
    }

    /// Runs a command to its end; the last line it printed is one JSON object.
    ///
    /// # Errors
    /// What the program said when it failed.
    pub fn run(&self, words: &[&str]) -> Result<Value> {
        let output = self.command(words).output()?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "zhanggui {} failed: {said} {}",
            words.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        let last = said.lines().last().unwrap_or_default();
        serde_json::from_str(last)
            .with_context(|| format!("zhanggui {} ended with: {last}", words.join(" ")))
    }

    /// Starts it and waits for its first answer.
    ///
    /// # Errors
    /// When it does not answer in time, with the end of what it logged.
    pub fn start(&self) -> Result<Running> {
        let log = self.data.path().join("program.log");
        let started = Instant::now();
        let child = self
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut running = Running {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            first_answer: Duration::ZERO,
        };
        running.wait(started).with_context(|| {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            format!("the program did not start: {said}")
        })?;
        Ok(running)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.bin);
        command
            .current_dir(self.data.path())
            .stdin(Stdio::null())
            .args(words)
            .arg("--data-dir")
            .arg(self.data.path());
        if let Some(database) = &self.database {
            command.arg("--database").arg(database.url());
        }
        command
    }
}

impl Running {
    /// Where it answers.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From its start to its first answer.
    #[must_use]
    pub const fn first_answer(&self) -> Duration {
        self.first_answer
    }

    /// The memory that it has for itself, in MiB; `None` where the system does not say.
    #[must_use]
    pub fn memory(&self) -> Option<f64> {
        Some(cpu::private_memory(self.child.id())? as f64 / f64::from(1 << 20))
    }

    fn wait(&mut self, started: Instant) -> Result<()> {
        let output = self.child.stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines();
        self.address = loop {
            let line = lines.next().context("it ended at once")??;
            if let Some(address) = ready(&line) {
                break address;
            }
        };
        // Whatever else it prints is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let mut client = Client::to(self.address, None)?;
        while started.elapsed() < START {
            if client.get_status("/").is_ok_and(|status| status == 200) {
                self.first_answer = started.elapsed();
                return Ok(());
            }
        }
        bail!("no answer at http://{} in {START:?}", self.address)
    }

    fn stop(&mut self) -> Result<()> {
        let process = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &process]).status()?;
        let asked = Instant::now();
        while asked.elapsed() < STOP {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            pause();
        }
        bail!("it did not stop in {STOP:?}")
    }
}

#[expect(clippy::disallowed_methods, reason = "no runtime waits here")]
fn pause() {
    std::thread::sleep(Duration::from_millis(5));
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("stopping the program: {error}");
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The address of the line `ready http://ADDRESS`.
fn ready(line: &str) -> Option<SocketAddr> {
    let address = line.trim().strip_prefix("ready http://")?;
    address.trim_end_matches('/').parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn script(folder: &Path, text: &str) -> PathBuf {
        let path = folder.join("program");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The line that tools wait for is known among others.
    #[test]
    fn readiness_is_read() {
        assert_eq!(
            ready("ready http://127.0.0.1:80"),
            Some(([127, 0, 0, 1], 80).into())
        );
        assert_eq!(ready("listening at http://127.0.0.1:80"), None);
    }

    /// A command answers with its last line and gets the folder; a failing one says why.
    #[test]
    fn commands_answer_in_json() {
        let folder = tempfile::tempdir().unwrap();
        let bin = script(
            folder.path(),
            "if [ $1 = key ]; then echo working; echo '{\"key\": \"abc\"}'; else echo \"no $1\" >&2; exit 3; fi",
        );
        let program = Program::new(bin, folder.path(), None).unwrap();
        assert_eq!(program.key().unwrap(), "abc");
        let error = program.seed(5).unwrap_err().to_string();
        assert!(
            error.contains("--products 5") && error.contains("no simulate"),
            "{error}"
        );
    }

    /// A program is known by its first answer and is gone afterwards; one that dies says why.
    #[test]
    fn a_program_is_started_and_stopped() {
        let hello = crate::hello::Hello::start(10).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "echo starting; echo $$ > pid; echo ready http://{}; exec sleep 100",
            hello.address()
        );
        let program = Program::new(script(folder.path(), &text), folder.path(), None).unwrap();
        let running = program.start().unwrap();
        assert!(running.first_answer() > Duration::ZERO);
        assert!(running.memory().is_none_or(|mib| mib > 0.0));
        let process = running.child.id();
        drop(running);
        assert!(cpu::private_memory(process).is_none());

        let bin = script(folder.path(), "echo 'no database' >&2; exit 1");
        let error = Program::new(bin, folder.path(), None)
            .unwrap()
            .start()
            .unwrap_err();
        assert!(error.to_string().contains("no database"), "{error}");
    }
}
