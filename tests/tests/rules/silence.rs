//! Nothing goes untested in silence: what a machine lacks is asked for in one place, and the last line of a run tells it.

use crate::repository::{none, rust_files, top};

/// The only file that may find a level missing and go on: it tells so, and fails where the level is required.
const ASKS: &str = "engine/kernels/src/testing/mod.rs";

#[test]
fn tests_ask_for_levels_in_one_place() {
    let mut offenses = Vec::new();
    for text in rust_files("engine").iter().filter(|text| text.path != ASKS) {
        let is_test_file = text.path.contains("/tests");
        let mut in_tests = is_test_file;
        for (number, line) in text.code() {
            in_tests |= line.trim() == "mod tests {";
            let asks =
                line.contains("Level::from_name(") || line.contains("works()") || line.contains("not tested");
            let is_told = text.path == "engine/kernels/src/amx/tests.rs"; // the instructions below the level, which it then asks for
            if in_tests && asks && !is_told {
                offenses.push(format!("{}:{number}: {}", text.path, line.trim()));
            }
        }
    }
    none("use `nibble_kernels::testing::need`", &offenses);
}

#[test]
fn the_last_line_comes_last() {
    let tests = rust_files("tests/tests");
    let names =
        tests.iter().filter_map(|text| text.path.strip_prefix("tests/tests/")?.split(['/', '.']).next());
    assert_eq!(names.max(), Some("what_was_tested"), "the last target by name");
    let members = std::fs::read_to_string(top().join("Cargo.toml")).unwrap();
    let members: toml::Table = members.parse().unwrap();
    let names = members["workspace"]["members"].as_array().unwrap().iter().map(|member| {
        let manifest =
            std::fs::read_to_string(top().join(member.as_str().unwrap()).join("Cargo.toml")).unwrap();
        manifest.parse::<toml::Table>().unwrap()["package"]["name"].as_str().unwrap().to_owned()
    });
    assert_eq!(names.max().as_deref(), Some("nibble-tests"), "the last package by name");
}

/// Code in docs would be a test that nobody runs: those of the crates are switched off, so that the last line comes last.
#[test]
fn docs_hold_no_code_to_run() {
    let mut offenses = Vec::new();
    for folder in ["app", "engine", "tests"] {
        for text in rust_files(folder) {
            let mut is_open = false;
            for (number, line) in text.lines() {
                let line = line.trim_start();
                let doc = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
                let Some(fence) = doc.and_then(|doc| doc.trim().strip_prefix("```")) else { continue };
                if !is_open && fence != "text" {
                    offenses.push(format!("{}:{number}", text.path));
                }
                is_open = !is_open;
            }
        }
    }
    none("only ```text in docs", &offenses);
}
