//! What a benchmark can be told, by flag or by environment.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use clap::Parser;

use crate::shopper::PaymentMethod;

/// Words of `cargo bench -- …`.
#[derive(Debug, Clone, Parser)]
#[command(about = "Measures the program from outside, each figure beside its limit")]
pub struct Options {
    /// How long each figure is measured, in seconds
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Clients of the pages, and shoppers at a time
    #[arg(long, default_value_t = 16)]
    pub connections: usize,
    /// Products in the shop
    #[arg(long, default_value_t = 10_000)]
    pub products: u32,
    /// How the shoppers pay
    #[arg(long, value_enum, default_value_t = PaymentMethod::BankTransfer)]
    pub payment_method: PaymentMethod,
    /// The program; by default the one built beside this benchmark
    #[arg(long, env = "ZHANGGUI_BIN")]
    bin: Option<PathBuf>,
    /// A PostgreSQL server: the URL of a role that may create databases
    #[arg(long, env = "ZHANGGUI_TEST_POSTGRES")]
    postgres: Option<String>,
    /// A folder on the disk to measure; by default one in the target folder
    #[arg(long)]
    data: Option<PathBuf>,
    /// Passed by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// Reads the command line.
    #[must_use]
    pub fn read() -> Self {
        Self::parse()
    }

    /// How long each figure is measured.
    #[must_use]
    pub fn lasting(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.max(0.1))
    }

    /// The PostgreSQL server, if there is one.
    #[must_use]
    pub fn postgres(&self) -> Option<&str> {
        self.postgres.as_deref().filter(|url| !url.is_empty())
    }

    /// The program under test.
    ///
    /// # Errors
    /// When it was not built.
    pub fn program(&self) -> Result<PathBuf> {
        let path = match &self.bin {
            Some(path) => path.clone(),
            None => profile_folder()?.join("zhanggui"),
        };
        path.canonicalize().with_context(|| {
            format!(
                "no program at {}: cargo build --release --package zhanggui",
                path.display()
            )
        })
    }

    /// The folder on the disk that is measured.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn data(&self) -> Result<PathBuf> {
        let folder = match &self.data {
            Some(folder) => folder.clone(),
            None => target_folder()?.join("bench-data"),
        };
        std::fs::create_dir_all(&folder)?;
        Ok(folder.canonicalize()?)
    }
}

/// Where reports are kept.
///
/// # Errors
/// When this program does not know where it is.
pub fn reports() -> Result<PathBuf> {
    Ok(target_folder()?.join("bench-reports"))
}

/// `target/release` of `target/release/deps/pages-0123`.
fn profile_folder() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.ancestors().nth(2);
    Ok(folder.context("no folder above this program")?.to_owned())
}

fn target_folder() -> Result<PathBuf> {
    let folder = profile_folder()?;
    Ok(folder.parent().context("no target folder")?.to_owned())
}

/// The PostgreSQL server of tests; without one they are skipped aloud, and fail in CI.
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment which server to use"
)]
pub(crate) fn postgres_of_tests() -> Option<String> {
    let server = std::env::var("ZHANGGUI_TEST_POSTGRES").ok();
    let server = server.filter(|url| !url.is_empty());
    if server.is_none() {
        assert!(!testkit::in_ci(), "CI must test on PostgreSQL");
        eprintln!("skipped on PostgreSQL: ZHANGGUI_TEST_POSTGRES names no server");
    }
    server
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cargo and people pass is understood.
    #[test]
    fn words_are_read() {
        let words = [
            "pages",
            "--bench",
            "--seconds",
            "0.5",
            "--payment-method",
            "card",
        ];
        let options = Options::try_parse_from(words).unwrap();
        assert_eq!(options.lasting(), Duration::from_millis(500));
        assert_eq!(options.payment_method, PaymentMethod::Card);
    }

    /// A program that was not built is named, with how to build it.
    #[test]
    fn a_missing_program_is_named() {
        let words = ["pages", "--bin", "/nowhere/zhanggui"];
        let error = Options::try_parse_from(words)
            .unwrap()
            .program()
            .unwrap_err();
        assert!(error.to_string().contains("/nowhere/zhanggui"), "{error}");
    }
}
