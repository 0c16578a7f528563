//! What grows by one file has its file and its entry in one list, and nothing else names it.

use nibble_engine::formats::foreign;

use crate::repository::rust_files;

/// Names of the files directly in `folder`, without `mod.rs`.
fn names_in(folder: &str) -> Vec<String> {
    let files = rust_files(folder);
    let below =
        |path: &str| Some(path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".rs")?.to_owned());
    let mut names: Vec<String> = files.iter().filter_map(|text| below(&text.path)).collect();
    names.retain(|name| !name.contains('/') && name != "mod");
    names.sort_unstable();
    names
}

#[test]
fn every_checkpoint_format_has_its_file_and_every_file_its_format() {
    let mut listed: Vec<String> = foreign::names().iter().map(|name| name.replace('-', "_")).collect();
    listed.sort_unstable();
    assert_eq!(names_in("engine/src/formats/foreign"), listed);
    // The list knows them, and no other file does.
    let outside = |path: &str| !path.contains("formats/foreign") && path.starts_with("engine/src/");
    for text in rust_files("engine/src").iter().filter(|text| outside(&text.path)) {
        for name in &listed {
            let named = text.code().any(|(_, line)| line.contains(&format!("foreign::{name}")));
            assert!(!named, "{} names the format {name}", text.path);
        }
    }
}

#[test]
fn every_architecture_is_listed_once() {
    let files = rust_files("engine/src/models");
    let registry = files.iter().find(|text| text.path.ends_with("models/registry.rs")).unwrap();
    let mut n_listed = 0;
    for text in &files {
        let name = text.path.rsplit('/').next().unwrap().strip_suffix(".rs").unwrap();
        let constants = text.content.lines().filter_map(|line| line.strip_prefix("pub(super) const "));
        for constant in constants.filter_map(|line| line.split_once(": Architecture").map(|parts| parts.0)) {
            let entry = format!("{name}::{constant},");
            assert_eq!(registry.content.matches(&entry).count(), 1, "{entry} in models/registry.rs");
            assert!(constant.starts_with(&name.to_uppercase()), "{constant} in {}", text.path);
            n_listed += 1;
        }
    }
    assert!(n_listed > 6, "constants are found by how they are written");
}
