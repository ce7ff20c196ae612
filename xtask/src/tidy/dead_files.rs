//! Every Rust file is compiled by something, and no crate is an empty shell.
//!
//! A file that no `mod` leads to compiles for nobody: it is read, kept up to date and trusted, and does nothing. A
//! crate without code is a promise in the shape of a fact.

use std::collections::BTreeSet;

use super::{
    Report,
    source::Source,
    tree::{RustFile, Tree},
    workspace::Crate,
};

/// Follows `mod` from the root of every target.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    let Some(Ok(workspace)) = &tree.workspace else {
        return;
    };
    let mut alive = BTreeSet::new();
    for krate in &workspace.crates {
        let mut own = BTreeSet::new();
        for root in &krate.roots {
            follow(tree, root, true, &mut own);
        }
        shell(tree, krate, &own, report);
        alive.append(&mut own);
    }
    for file in tree.rust().filter(|f| !alive.contains(f.path)) {
        report.at(file.path, 1, "no `mod` leads to this file");
    }
}

fn shell(tree: &Tree, krate: &Crate, files: &BTreeSet<String>, report: &mut Report) {
    let mut files = files.iter().filter_map(|path| tree.rust_file(path));
    if !files.any(|file| file.source.has_code()) {
        let manifest = format!("{}/Cargo.toml", krate.folder);
        report.at(
            &manifest,
            1,
            "a crate without code: it exists from its first use on",
        );
    }
}

fn follow(tree: &Tree, path: &str, is_root: bool, alive: &mut BTreeSet<String>) {
    let Some(file) = tree.rust_file(path) else {
        return;
    };
    if !alive.insert(path.to_owned()) {
        return;
    }
    for candidates in declared(file, is_root) {
        if let Some(found) = candidates.iter().find(|c| tree.has(c)) {
            let inside = found.ends_with("/mod.rs");
            follow(tree, found, inside, alive);
        }
    }
}

/// For each `mod name;` of a file, where its file may be.
fn declared(file: RustFile<'_>, is_root: bool) -> Vec<Vec<String>> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let stem = file.path.trim_end_matches(".rs");
    let base = if is_root { folder } else { stem };
    let source = file.source;
    let declarations = source.words("mod").filter_map(|at| {
        let name = source.name_at(at + 3)?;
        let after = source.code.get(at..)?.find([';', '{'])?;
        if source.code.as_bytes().get(at + after) != Some(&b';') {
            return None;
        }
        if let Some(path) = path_attribute(source, at) {
            return Some(vec![join(folder, &path)]);
        }
        let inner = inline_modules(source, at);
        let place = inner.iter().fold(base.to_owned(), |p, m| join(&p, m));
        Some(vec![
            join(&place, &format!("{name}.rs")),
            join(&place, &format!("{name}/mod.rs")),
        ])
    });
    declarations.collect()
}

/// The modules with braces around an offset, outermost first.
fn inline_modules(source: &Source, at: usize) -> Vec<String> {
    let around = source.words("mod").filter_map(|start| {
        let name = source.name_at(start + 3)?;
        let open = start + source.code.get(start..)?.find([';', '{'])?;
        let is_block = source.code.as_bytes().get(open) == Some(&b'{');
        let holds = is_block && open < at && source.closing_brace(open)? > at;
        holds.then(|| name.to_owned())
    });
    around.collect()
}

/// The text of `#[path = "…"]` right before a declaration.
fn path_attribute(source: &Source, at: usize) -> Option<String> {
    let before = source.code.get(..at)?;
    let start = before.rfind("#[path")?;
    let between = before.get(start..)?;
    if between.contains([';', '{', '}']) {
        return None;
    }
    let literal = source.literals.iter().find(|l| l.start > start)?;
    (literal.start < at).then(|| literal.value.clone())
}

fn join(folder: &str, name: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in name.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{found, workspace::Workspace};

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::of(files);
        tree.workspace = Some(Ok(Workspace {
            crates: vec![Crate {
                name: "a".into(),
                folder: "crates/a".into(),
                roots: vec!["crates/a/src/lib.rs".into()],
                dependencies: Vec::new(),
            }],
        }));
        tree
    }

    /// Files are reached through every way a module can be declared.
    #[test]
    fn declared_files_are_alive() {
        let tree = tree(&[
            (
                "crates/a/src/lib.rs",
                "//! x\nmod b;\npub(crate) mod c;\nmod inner { mod d; }\n#[path = \"odd/e.rs\"]\nmod e;\n",
            ),
            ("crates/a/src/b.rs", "//! x\nmod deep;\n"),
            ("crates/a/src/b/deep.rs", "//! x\n"),
            ("crates/a/src/c/mod.rs", "//! x\nmod near;\n"),
            ("crates/a/src/c/near.rs", "//! x\n"),
            ("crates/a/src/inner/d.rs", "//! x\n"),
            ("crates/a/src/odd/e.rs", "//! x\n"),
        ]);
        assert_eq!(found(check, &tree), [""; 0]);
    }

    /// A file that is only mentioned in a comment is dead.
    #[test]
    fn a_forgotten_file_is_found() {
        let tree = tree(&[
            ("crates/a/src/lib.rs", "//! x\n// mod b;\nfn f() {}\n"),
            ("crates/a/src/b.rs", "//! x\n"),
        ]);
        assert_eq!(
            found(check, &tree),
            ["crates/a/src/b.rs:1: no `mod` leads to this file"]
        );
    }

    /// A crate of comments is found.
    #[test]
    fn a_shell_is_found() {
        let tree = tree(&[("crates/a/src/lib.rs", "//! Soon.\n")]);
        assert_eq!(
            found(check, &tree),
            ["crates/a/Cargo.toml:1: a crate without code: it exists from its first use on"]
        );
    }
}
