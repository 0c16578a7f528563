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
    for text in files.iter().filter(|text| text.content.contains(": Architecture = Architecture {")) {
        let name = text.path.rsplit('/').next().unwrap().strip_suffix(".rs").unwrap();
        let entry = format!("{name}::{}", name.to_uppercase());
        assert_eq!(registry.content.matches(&entry).count(), 1, "{} in models/registry.rs", text.path);
    }
}
