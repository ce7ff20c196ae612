//! The repository's own chores: `cargo xtask tidy` asserts its rules.

mod tidy;

use std::{path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(&root()),
        _ => {
            eprintln!("usage: cargo xtask tidy\n\n{}", tidy::summary());
            ExitCode::from(2)
        }
    }
}

/// The folder of the checkout.
fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map_or_else(|| own.clone(), PathBuf::from)
}
