//! No path of one machine, no address of a package registry.
//!
//! A path of somebody's home works for nobody else, and tells strangers about their machine. Which registry a build
//! asks is the machine's setting: an address in the repository breaks every checkout behind a mirror. The one
//! exception is the name that cargo itself writes into every lock file.

use super::{Report, tree::Tree};

/// Beginnings of paths that belong to one machine.
const HOMES: [&str; 4] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
];
/// Hosts of package registries, and the words of which the hosts of mirrors are made.
const REGISTRIES: [&str; 10] = [
    concat!("registry.npm", "js.org"),
    concat!("registry.yarn", "pkg.com"),
    concat!("index.crates", ".io"),
    concat!("static.crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("proxy.golang", ".org"),
    concat!("arti", "factory"),
    concat!("verd", "accio"),
    concat!("npm", "mirror"),
];
/// What cargo writes for its default registry.
const CARGO: &str = concat!(
    "\"registry+https://github.com/rust-lang/crates",
    ".io-index\""
);

/// Reads every text file, line by line.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    for (path, text) in tree.texts() {
        for (index, line) in text.lines().enumerate() {
            if let Some(home) = HOMES.into_iter().find(|h| is_absolute(line, h)) {
                report.at(path, index + 1, format!("a path of one machine ({home}…)"));
            }
            if let Some(host) = REGISTRIES.into_iter().find(|r| line.contains(r)) {
                report.at(
                    path,
                    index + 1,
                    format!("names a package registry ({host})"),
                );
            }
            if path.ends_with("Cargo.lock")
                && line.starts_with("source = ")
                && !line.contains(CARGO)
            {
                report.at(
                    path,
                    index + 1,
                    "a source other than cargo's default registry",
                );
            }
        }
        if path.ends_with("package-lock.json") {
            for (index, _) in text
                .lines()
                .enumerate()
                .filter(|(_, l)| l.contains("\"resolved\""))
            {
                report.at(path, index + 1, "the lock file keeps an address: npm's omit-lockfile-registry-resolved leaves it out");
            }
        }
    }
}

/// Whether a path begins with `home` here, and is not the end of a longer one or of an address.
fn is_absolute(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line.get(..at).and_then(|b| b.chars().next_back());
        let after = line.get(at + home.len()..).and_then(|a| a.chars().next());
        let begins = before.is_none_or(|c| !c.is_alphanumeric() && !"._-*}/>~".contains(c));
        begins && after.is_some_and(|c| c.is_alphanumeric() || c == '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::found;

    /// Paths of a machine are found; paths below one and addresses are not.
    #[test]
    fn machine_paths_are_found() {
        let [a, b, ..] = HOMES;
        let text = format!("cd {a}x\nopen \"{b}tea\"\nhttps://x.example{b}tea\n../shop{a}x\n{a}\n");
        let tree = Tree::of(&[("a.sh", &text)]);
        assert_eq!(
            found(check, &tree),
            [
                format!("a.sh:1: a path of one machine ({a}…)"),
                format!("a.sh:2: a path of one machine ({b}…)"),
            ]
        );
    }

    /// Registries are found, in lock files as well; cargo's own name for its default is let through.
    #[test]
    fn registries_are_found() {
        let lock = format!("source = {CARGO}\nsource = \"sparse+https://mirror.example/\"\n");
        let tree = Tree::of(&[
            (".npmrc", &format!("registry=https://{}/\n", REGISTRIES[0])),
            ("Cargo.lock", &lock),
            (
                "web/package-lock.json",
                "{\n\"resolved\": \"https://mirror.example/a.tgz\"\n}",
            ),
        ]);
        let found = found(check, &tree);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with(".npmrc:1: names a package registry"));
        assert!(found[1].starts_with("Cargo.lock:2: a source other than"));
        assert!(found[2].starts_with("web/package-lock.json:2: the lock file keeps"));
    }
}
