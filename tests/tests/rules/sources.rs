//! Rules for every file: what it opens with, what it must not hold.

use crate::repository::{none, rust_files, texts};

#[test]
fn every_file_says_what_it_is() {
    let silent =
        texts().into_iter().filter(|text| text.path.ends_with(".rs") && !text.content.starts_with("//! "));
    none("files without a first line of `//!`", &silent.map(|text| text.path).collect::<Vec<_>>());
}

#[test]
fn no_line_ends_in_space_and_every_file_in_a_line() {
    let mut offenses = Vec::new();
    for text in texts().iter().filter(|text| !text.path.contains("/data/")) {
        for (number, line) in text.lines().filter(|(_, line)| line.ends_with([' ', '\t', '\r'])) {
            offenses.push(format!("{}:{number}: {line:?}", text.path));
        }
        if !text.content.is_empty() && !text.content.ends_with('\n') {
            offenses.push(format!("{}: no line end at the end", text.path));
        }
    }
    none("space at the end of a line", &offenses);
}

#[test]
fn folders_of_sources_hold_only_sources() {
    let texts = texts();
    let sources = texts.iter().filter(|text| text.path.contains("/src/") && !text.path.contains("/data/"));
    let foreign = sources
        .filter(|text| ![".rs", ".cu", ".metal", ".wgsl"].iter().any(|kind| text.path.ends_with(kind)));
    none("no sources", &foreign.map(|text| text.path.clone()).collect::<Vec<_>>());
}

/// A file that knows the machine it was written on works nowhere else. The names are put together here, so that this file
/// does not hold them.
#[test]
fn no_file_knows_a_machine() {
    let places =
        [["/ro", "ot/"], ["/wo", "rk/"], ["/Use", "rs/"], ["arti", "factory"]].map(|parts| parts.concat());
    let mut offenses = Vec::new();
    for text in texts() {
        for (number, line) in text.lines() {
            let known = places.iter().any(|place| {
                line.match_indices(place).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric()))
            });
            if known {
                offenses.push(format!("{}:{number}: {line}", text.path));
            }
        }
    }
    none("a path or host of one machine", &offenses);
}

#[test]
fn every_thread_has_a_name() {
    let mut offenses = Vec::new();
    for folder in ["app", "engine"] {
        for text in rust_files(folder) {
            let found = text.code().filter(|(_, line)| line.contains("thread::spawn("));
            offenses.extend(found.map(|(number, _)| format!("{}:{number}", text.path)));
        }
    }
    none("use `std::thread::Builder`, which gives threads names", &offenses);
}

#[test]
fn colors_come_from_the_theme() {
    let mut offenses = Vec::new();
    for text in rust_files("app/src").iter().filter(|text| !text.path.starts_with("app/src/theme/")) {
        let makes_one = |line: &str| line.contains("Color32::from_") || line.contains("hex_color!");
        let found = text.code().filter(|(_, line)| makes_one(line));
        offenses.extend(found.map(|(number, line)| format!("{}:{number}: {}", text.path, line.trim())));
    }
    none("a color outside app/src/theme", &offenses);
}
