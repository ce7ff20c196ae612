//! The crates of the workspace and what they depend on, as cargo tells it.

use std::{path::Path, process::Command};

use serde_json::Value;

/// The crates of the workspace.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Workspace {
    pub(crate) crates: Vec<Crate>,
}

/// One crate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Crate {
    pub(crate) name: String,
    /// Its folder from the root: `crates/catalog`.
    pub(crate) folder: String,
    /// The files its targets begin with, from the root.
    pub(crate) roots: Vec<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A crate of ours that another one depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) only_for_tests: bool,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load(root: &Path) -> Result<Self, String> {
        let output = Command::new("cargo")
            .current_dir(root)
            .args([
                "metadata",
                "--no-deps",
                "--offline",
                "--format-version",
                "1",
            ])
            .output()
            .map_err(|e| format!("cargo metadata: {e}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
            return Err(format!("cargo metadata: {said}"));
        }
        let said: Value =
            serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))?;
        Ok(Self::read(&said))
    }

    /// Reads what `cargo metadata --no-deps` printed.
    pub(crate) fn read(said: &Value) -> Self {
        let root = text(said, "workspace_root");
        let local = |path: &str| {
            path.strip_prefix(&root)
                .unwrap_or(path)
                .trim_start_matches('/')
                .to_owned()
        };
        let crates = list(said, "packages").map(|package| Crate {
            name: text(package, "name"),
            folder: local(text(package, "manifest_path").trim_end_matches("/Cargo.toml")),
            roots: list(package, "targets")
                .map(|t| local(&text(t, "src_path")))
                .collect(),
            dependencies: list(package, "dependencies")
                .filter(|d| d.get("path").is_some_and(Value::is_string))
                .map(|d| Dependency {
                    name: text(d, "name"),
                    only_for_tests: text(d, "kind") == "dev",
                })
                .collect(),
        });
        Self {
            crates: crates.collect(),
        }
    }

    /// The crate of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Crate> {
        self.crates.iter().find(|c| c.name == name)
    }
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only crates of ours count as dependencies, and those for tests are told apart.
    #[test]
    fn what_cargo_says_is_read() {
        let said = serde_json::json!({
            "workspace_root": "/any/where",
            "packages": [{
                "name": "catalog",
                "manifest_path": "/any/where/crates/catalog/Cargo.toml",
                "targets": [{"src_path": "/any/where/crates/catalog/src/lib.rs"}],
                "dependencies": [
                    {"name": "kernel", "kind": null, "path": "/any/where/crates/kernel"},
                    {"name": "testkit", "kind": "dev", "path": "/any/where/crates/testkit"},
                    {"name": "serde", "kind": null},
                ],
            }],
        });
        let workspace = Workspace::read(&said);
        let catalog = workspace.named("catalog").unwrap();
        assert_eq!(catalog.folder, "crates/catalog");
        assert_eq!(catalog.roots, ["crates/catalog/src/lib.rs"]);
        let depends: Vec<_> = catalog
            .dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.only_for_tests))
            .collect();
        assert_eq!(depends, [("kernel", false), ("testkit", true)]);
    }
}
