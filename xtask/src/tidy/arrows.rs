//! Crates depend downwards only.
//!
//!     kernel <- platform <- each domain <- operations <- each face <- zhanggui
//!
//! Cargo refuses circles but not shortcuts, and the first shortcut between two domains makes every later change touch
//! both. What must happen in several domains at once is a flow in `operations`; a domain is handed values and typed
//! ids. Faces may name the domains' types, because the views of `operations` return them.

use super::{
    Report,
    tree::Tree,
    workspace::{Crate, Workspace},
};

/// The trade: none of these knows another.
const DOMAINS: [&str; 11] = [
    "catalog",
    "inventory",
    "promotions",
    "customers",
    "orders",
    "payments",
    "fulfilment",
    "engagement",
    "service",
    "marketing",
    "insight",
];
/// Who speaks to the outside, and the shoppers that are simulated.
const FACES: [&str; 4] = ["storefront", "backoffice", "exchange", "simulation"];
/// Crates that stand beside `crates/`, in a folder of their own.
const BESIDE: [&str; 3] = ["xtask", "benches", "tests"];

/// Where a crate stands in the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Floor {
    Kernel,
    Platform,
    Migrations,
    Testkit,
    Domain,
    Operations,
    Face,
    Program,
    Benches,
    Tests,
    Xtask,
}

fn floor(name: &str) -> Option<Floor> {
    Some(match name {
        "kernel" => Floor::Kernel,
        "platform" => Floor::Platform,
        "migrations" => Floor::Migrations,
        "testkit" => Floor::Testkit,
        "operations" => Floor::Operations,
        "zhanggui" => Floor::Program,
        "benches" => Floor::Benches,
        "tests" => Floor::Tests,
        "xtask" => Floor::Xtask,
        name if DOMAINS.contains(&name) => Floor::Domain,
        name if FACES.contains(&name) => Floor::Face,
        _ => return None,
    })
}

/// What a crate may depend on.
fn below(floor: Floor) -> &'static [Floor] {
    use Floor::{Domain, Face, Kernel, Migrations, Operations, Platform, Program, Testkit};
    match floor {
        Kernel | Floor::Xtask => &[],
        Platform => &[Kernel],
        Migrations => &[Platform],
        Testkit => &[Kernel, Platform, Migrations],
        Domain => &[Kernel, Platform],
        // It asks the invariants, which stand beside the schema because they span domains.
        Operations => &[Kernel, Platform, Migrations, Domain],
        Face => &[Kernel, Platform, Domain, Operations],
        Program => &[Kernel, Platform, Migrations, Domain, Operations, Face],
        // The program is measured from outside; the raw baselines need its schema and nothing else.
        Floor::Benches => &[Kernel, Platform, Migrations],
        Floor::Tests => &[
            Kernel, Platform, Migrations, Testkit, Domain, Operations, Face, Program,
        ],
    }
}

/// What a crate may depend on for its tests, besides.
fn for_tests(floor: Floor) -> &'static [Floor] {
    match floor {
        Floor::Kernel | Floor::Xtask | Floor::Migrations | Floor::Testkit => &[],
        // Its own tests are the only ones that cannot leave the schema to the testkit's templates.
        Floor::Platform => &[Floor::Testkit, Floor::Migrations],
        _ => &[Floor::Testkit],
    }
}

/// Asserts the arrows, and that a folder has its crate's name.
pub(super) fn check(tree: &Tree, report: &mut Report) {
    match &tree.workspace {
        Some(Ok(workspace)) => crates(workspace, report),
        Some(Err(reason)) => report.at("Cargo.toml", 1, reason),
        None => {}
    }
}

fn crates(workspace: &Workspace, report: &mut Report) {
    for krate in &workspace.crates {
        let manifest = format!("{}/Cargo.toml", krate.folder);
        let wanted = folder(&krate.name);
        if krate.folder != wanted {
            let message = format!("the crate {} belongs into {wanted}", krate.name);
            report.at(&manifest, 1, message);
        }
        match floor(&krate.name) {
            Some(floor) => dependencies(krate, floor, &manifest, report),
            None => report.at(
                &manifest,
                1,
                format!(
                    "no floor is known for {}: give it one in xtask/src/tidy/arrows.rs",
                    krate.name
                ),
            ),
        }
    }
}

fn folder(name: &str) -> String {
    if BESIDE.contains(&name) {
        name.to_owned()
    } else {
        format!("crates/{name}")
    }
}

fn dependencies(krate: &Crate, from: Floor, manifest: &str, report: &mut Report) {
    for dependency in &krate.dependencies {
        let allowed = floor(&dependency.name).is_some_and(|to| {
            below(from).contains(&to)
                || (dependency.only_for_tests && for_tests(from).contains(&to))
        });
        if !allowed {
            let purpose = if dependency.only_for_tests {
                "for its tests on"
            } else {
                "on"
            };
            let message = format!(
                "{} may not depend {purpose} {}",
                krate.name, dependency.name
            );
            report.at(manifest, 1, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{found, workspace::Dependency};

    fn tree(name: &str, folder: &str, dependencies: &[(&str, bool)]) -> Tree {
        let krate = Crate {
            name: name.to_owned(),
            folder: folder.to_owned(),
            roots: Vec::new(),
            dependencies: dependencies
                .iter()
                .map(|(name, only_for_tests)| Dependency {
                    name: (*name).to_owned(),
                    only_for_tests: *only_for_tests,
                })
                .collect(),
        };
        let mut tree = Tree::default();
        tree.workspace = Some(Ok(Workspace {
            crates: vec![krate],
        }));
        tree
    }

    fn finds(name: &str, dependencies: &[(&str, bool)]) -> Vec<String> {
        found(check, &tree(name, &folder(name), dependencies))
    }

    /// The arrows of the map are let through.
    #[test]
    fn downwards_is_allowed() {
        for (name, dependencies) in [
            ("kernel", &[][..]),
            ("platform", &[("kernel", false), ("migrations", true)]),
            ("orders", &[("platform", false), ("testkit", true)]),
            ("operations", &[("orders", false), ("catalog", false)]),
            ("storefront", &[("operations", false), ("orders", false)]),
            ("zhanggui", &[("storefront", false), ("migrations", false)]),
        ] {
            assert_eq!(finds(name, dependencies), [""; 0]);
        }
    }

    /// Shortcuts are found: between domains, upwards, between faces, and test crates in the program.
    #[test]
    fn shortcuts_are_found() {
        for (from, to) in [
            ("orders", "inventory"),
            ("orders", "operations"),
            ("platform", "catalog"),
            ("kernel", "platform"),
            ("storefront", "backoffice"),
            ("operations", "storefront"),
            ("migrations", "kernel"),
            ("zhanggui", "testkit"),
        ] {
            let message = format!(
                "{}/Cargo.toml:1: {from} may not depend on {to}",
                folder(from)
            );
            assert_eq!(finds(from, &[(to, false)]), [message]);
        }
        assert_eq!(
            finds("catalog", &[("inventory", true)]),
            ["crates/catalog/Cargo.toml:1: catalog may not depend for its tests on inventory"]
        );
    }

    /// A crate has a floor and stands in the folder of its name.
    #[test]
    fn a_crate_has_its_place() {
        assert_eq!(
            found(check, &tree("orders", "crates/order", &[])),
            ["crates/order/Cargo.toml:1: the crate orders belongs into crates/orders"]
        );
        assert_eq!(
            finds("misc", &[]),
            [
                "crates/misc/Cargo.toml:1: no floor is known for misc: give it one in xtask/src/tidy/arrows.rs"
            ]
        );
        assert_eq!(finds("xtask", &[]), [""; 0]);
    }
}
