//! Unsafe code lives in one crate and one file, and says why it is sound.

use crate::repository::{Text, none, rust_files};

/// Where `unsafe` may stand: vector code, the memory map, and an allocator that counts.
const ALLOWED: [&str; 3] = ["engine/kernels/", "engine/src/formats/mmap.rs", "engine/tests/allocations.rs"];
/// Lines a note may be above what it explains: a statement's first line, or notes of several lines.
const REACH: usize = 12;

/// Whether a line of code has the word, alone.
fn has_unsafe(line: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe")
}

/// Lines with `unsafe` that are code; in strings the word does not count.
fn unsafe_lines(text: &Text) -> Vec<(usize, &str)> {
    text.code().filter(|(_, line)| has_unsafe(line.split('"').next().unwrap_or_default())).collect()
}

#[test]
fn unsafe_code_stays_where_it_belongs() {
    let mut offenses = Vec::new();
    for folder in ["app", "engine", "tests"] {
        for text in rust_files(folder) {
            if ALLOWED.iter().any(|place| text.path.starts_with(place))
                || text.path.starts_with("tests/tests/rules/")
            {
                continue;
            }
            offenses
                .extend(unsafe_lines(&text).into_iter().map(|(number, _)| format!("{}:{number}", text.path)));
        }
    }
    none("unsafe where it does not belong", &offenses);
}

#[test]
fn every_unsafe_block_says_why_it_is_sound() {
    let mut offenses = Vec::new();
    for text in rust_files("engine") {
        let lines: Vec<&str> = text.content.lines().collect();
        for (number, line) in unsafe_lines(&text) {
            // An unsafe function states its callers' duties instead; a type of one states nothing.
            if line.contains("unsafe fn") && !line.contains("pub") {
                continue;
            }
            let note = if line.contains("unsafe fn") { "# Safety" } else { "SAFETY:" };
            let above = &lines[number.saturating_sub(REACH)..number - 1];
            let statement = above.iter().rev().take_while(|line| !line.trim().is_empty());
            if !line.contains(note) && !statement.into_iter().any(|line| line.contains(note)) {
                offenses.push(format!("{}:{number}: {}", text.path, line.trim()));
            }
        }
    }
    none("unsafe code without its note", &offenses);
}
