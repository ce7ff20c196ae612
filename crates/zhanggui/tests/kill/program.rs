//! The program as a process group: started, waited for, killed.

use std::{
    fs::OpenOptions,
    io::{BufRead, BufReader},
    net::SocketAddr,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::shop::Store;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_zhanggui");

/// A running program; it does not outlive this value.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) started_in: Duration,
}

/// The program on a shop; what it is to do comes after.
pub(crate) fn command(store: &Store) -> Command {
    under(Command::new(PROGRAM), store)
}

/// The same by way of a shell's script, which ends in `exec "$0" "$@"`.
pub(crate) fn scripted(store: &Store, shell: &[&str], script: &str) -> Command {
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(["-c", script, PROGRAM]);
    under(command, store)
}

fn under(mut command: Command, store: &Store) -> Command {
    let data = &store.data;
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log_of(data))
        .unwrap();
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .env("ZHANGGUI_LOG", "warn")
        .current_dir(data)
        .arg("--data-dir")
        .arg(data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .process_group(0);
    if let Some(server) = &store.server {
        command.arg("--database").arg(server);
    }
    command
}

/// Where the program's own words go.
fn log_of(data: &Path) -> PathBuf {
    data.join("stderr.log")
}

/// The last of the program's own words.
pub(crate) fn last_words(data: &Path) -> String {
    let text = std::fs::read_to_string(log_of(data)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

impl Program {
    /// Starts serving the shop and waits until it answers.
    pub(crate) fn serve(store: &Store, planted: bool) -> Result<Self, String> {
        let bug: &[&str] = if planted {
            &["--planted-early-ack"]
        } else {
            &[]
        };
        Self::start(command(store), store, bug)
    }

    /// Lets a command serve and waits until it answers.
    pub(crate) fn start(
        mut command: Command,
        store: &Store,
        flags: &[&str],
    ) -> Result<Self, String> {
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(flags);
        let begun = Instant::now();
        let mut child = command.spawn().map_err(|e| format!("{PROGRAM}: {e}"))?;
        let mut first = String::new();
        let read = BufReader::new(child.stdout.take().unwrap()).read_line(&mut first);
        let address = first
            .trim()
            .strip_prefix("ready http://")
            .and_then(|a| a.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!(
                "it did not start ({read:?}, {first:?}):\n{}",
                last_words(&store.data)
            ));
        };
        Ok(Self {
            child,
            address,
            started_in: begun.elapsed(),
        })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9` of the process and of whatever it may have started.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = signal("-KILL", &format!("-{}", self.child.id()));
        let _ = self.child.wait();
    }

    /// Asks it to stop and waits until it has; true when it left cleanly.
    pub(crate) fn stop(mut self) -> bool {
        let _ = signal("-TERM", &self.child.id().to_string());
        self.child.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill();
        }
    }
}

fn signal(which: &str, whom: &str) -> std::io::Result<std::process::ExitStatus> {
    Command::new("kill")
        .args([which, "--", whom])
        .stderr(Stdio::null())
        .status()
}

/// What a command prints on its way to success.
pub(crate) fn output(store: &Store, words: &[&str]) -> Result<String, String> {
    let done = command(store)
        .args(words)
        .output()
        .map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    if done.status.success() {
        Ok(said)
    } else {
        Err(format!("{words:?}: {said}\n{}", last_words(&store.data)))
    }
}

/// Runs a command and kills it (`kill -9`) after a while. False when it had ended by then.
#[expect(
    clippy::disallowed_methods,
    reason = "a process is waited for, and no runtime stands still meanwhile"
)]
pub(crate) fn killed_after(store: &Store, words: &[&str], time: Duration) -> bool {
    let mut child = command(store).args(words).spawn().unwrap();
    std::thread::sleep(time);
    let running = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    let _ = signal("-KILL", &format!("-{}", child.id()));
    let _ = child.wait();
    running
}

/// What `zhanggui check` finds; it must be silent.
pub(crate) fn check(store: &Store) -> Result<(), String> {
    let done = command(store)
        .arg("check")
        .output()
        .map_err(|e| e.to_string())?;
    let said = String::from_utf8_lossy(&done.stdout);
    let broken = said
        .lines()
        .find(|line| line.starts_with("broken: "))
        .is_none_or(|line| line != "broken: []");
    if done.status.success() && !broken {
        Ok(())
    } else {
        Err(format!("check: {said}\n{}", last_words(&store.data)))
    }
}
