//! Files do not import each other in circles, so that each can be read with those below it alone.
//!
//! An import is a `use` or a path in code, within one crate and outside of tests, and it leads to the file that defines what it
//! names (`circles/tree.rs` says how). No circle has more than two files, and one of two is a module's own file with a file of its
//! folder.

mod graph;
mod source;
mod tokens;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use crate::repository::{none, rust_files};
use tree::{Tree, Uses};

/// Our crates: where their code is, and the file it begins with.
const CRATES: [(&str, &str); 5] = [
    ("app/src", "app/src/lib.rs"),
    ("app/src", "app/src/main.rs"),
    ("engine/src", "engine/src/lib.rs"),
    ("engine/src", "engine/src/bin/nibble-cli/main.rs"),
    ("engine/kernels/src", "engine/kernels/src/lib.rs"),
];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let code = code();
    let offenses: Vec<String> = CRATES.iter().flat_map(|(_, root)| circles_of(&uses(root, &code))).collect();
    none("files that import each other", &offenses);
}

#[test]
fn every_file_is_looked_at() {
    let code = code();
    let mut unseen: BTreeSet<&str> = code.keys().map(String::as_str).collect();
    for (_, root) in CRATES {
        let tree = Tree::new(root, &|path| code.get(path).map(String::as_str));
        let seen = tree.files();
        let of_tests = tree.of_tests();
        let is_of_tests = |file: &str| {
            let starts = |module: &String| {
                file.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with(['.', '/']))
            };
            of_tests.iter().any(starts)
        };
        unseen.retain(|file| !seen.contains(file) && !is_of_tests(file));
    }
    let lost: Vec<String> = unseen.into_iter().map(str::to_owned).collect();
    none("no crate has a module for the file", &lost);
}

#[test]
fn a_circle_is_an_offense_unless_a_module_and_its_own_file_make_it() {
    let circles = |files: &[(&str, &str)]| {
        let code: BTreeMap<String, String> =
            files.iter().map(|(path, code)| ((*path).to_owned(), (*code).to_owned())).collect();
        circles_of(&uses("x/lib.rs", &code))
    };
    let root = ("x/lib.rs", "mod a; mod b;");
    let found = circles(&[
        root,
        ("x/a.rs", "use crate::b::B; pub struct A;"),
        ("x/b.rs", "use crate::a::A; pub struct B;"),
    ]);
    assert_eq!(
        found,
        ["x/a.rs, x/b.rs:\n  x/a.rs uses x/b.rs (crate::b::B)\n  x/b.rs uses x/a.rs (crate::a::A)"]
    );
    let (b, c) = (("x/b.rs", ""), ("x/a/c.rs", "use super::A; pub struct C;"));
    assert_eq!(circles(&[root, ("x/a.rs", "mod c; pub struct A(c::C);"), b, c]), [""; 0]);
    let a = ("x/a.rs", "mod c; mod d; pub struct A(c::C, d::D);");
    let found = circles(&[root, a, b, c, ("x/a/d.rs", "use super::A; pub struct D;")]);
    assert!(matches!(&found[..], [one] if one.starts_with("x/a.rs, x/a/c.rs, x/a/d.rs:")), "{found:?}");
}

fn code() -> BTreeMap<String, String> {
    let folders: BTreeSet<&str> = CRATES.iter().map(|(folder, _)| *folder).collect();
    folders.into_iter().flat_map(rust_files).map(|text| (text.path, text.content)).collect()
}

/// What the files of the crate that begins with `root` use of each other, as far as it counts.
fn uses(root: &str, code: &BTreeMap<String, String>) -> Uses {
    Tree::new(root, &|path| code.get(path).map(String::as_str)).uses()
}

/// The circles that may not be, in words.
fn circles_of(uses: &Uses) -> Vec<String> {
    let circles = graph::circles(uses).into_iter();
    let told = |circle: BTreeSet<&str>| {
        let files: Vec<&str> = circle.iter().copied().collect();
        format!("{}:\n{}", files.join(", "), graph::way_round(uses, &circle))
    };
    circles.filter(|circle| !is_module_and_part(circle)).map(told).collect()
}

/// Whether a circle is a module's own file and one of its folder.
fn is_module_and_part(circle: &BTreeSet<&str>) -> bool {
    let files: Vec<&str> = circle.iter().copied().collect();
    matches!(files[..], [one, other] if is_below(one, other) || is_below(other, one))
}

/// Whether `file` lies in the folder of the module whose own file is `module`.
fn is_below(module: &str, file: &str) -> bool {
    let folder = module.strip_suffix("/mod.rs").or(module.strip_suffix(".rs")).unwrap_or(module);
    file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')) && file != module
}
