//! Plain English in the field's words: names can be found, documentation stands alone, phrases that puzzle a reader stay out.

use std::collections::BTreeMap;

use crate::repository::{Text, none, rust_files, texts};

/// Folders of our own code.
const CODE: [&str; 3] = ["app", "engine", "tests"];
/// Fewest words of a documentation comment.
const FEWEST_WORDS: usize = 3;
/// Type names that several modules may have: one error enum per stage, named in full where two meet.
const SHARED_NAMES: [&str; 1] = ["Error"];

/// Phrases that are not the field's words, each with the words to use instead. A phrase is matched as whole words, in any case.
const BANNED: [(&str, &str); 37] = [
    ("be had", "could not allocate; is not available"),
    ("let go", "release, unmap"),
    ("lets go", "releases, unmaps"),
    ("letting go", "releasing, unmapping"),
    ("at work", "running"),
    ("kept as", "stored as; element type of"),
    ("is no", "is not a"),
    ("on its way", "downloading"),
    ("give back", "release, return"),
    ("gives back", "releases, returns"),
    ("giving back", "releasing, returning"),
    ("given back", "released, returned"),
    ("come true", "be accepted"),
    ("came true", "were accepted"),
    ("way down", "down projection"),
    ("in stretches", "in windows of 16 MiB"),
    ("by heart", "memorized"),
    ("the caller's promise", "the fact that the caller ensures"),
    ("licence", "license"),
    ("licences", "licenses"),
    ("colour", "color"),
    ("colours", "colors"),
    ("coloured", "colored"),
    ("behaviour", "behavior"),
    ("neighbour", "neighbor"),
    ("neighbours", "neighbors"),
    ("neighbouring", "neighboring"),
    ("honour", "honor"),
    ("favour", "favor"),
    ("centre", "center"),
    ("centred", "centered"),
    ("grey", "gray"),
    ("catalogue", "catalog"),
    ("analyse", "analyze"),
    ("recognise", "recognize"),
    ("optimise", "optimize"),
    ("spelt", "spelled"),
];

/// Paths where banned phrases may stand: texts of others, this list, and data of the starter model's training.
const MAY_HOLD_PHRASES: [&str; 5] = [
    "assets/licenses/",
    "assets/starter/",
    "engine/kernels/benches/records/",
    "tests/examples/licenses.rs",
    "tests/tests/rules/english.rs",
];

/// A documentation comment: the line of its paragraph's first word, and its words.
struct Paragraph {
    line: usize,
    text: String,
}

/// The paragraphs of documentation comments, without headings, code, tables and lists.
fn paragraphs(text: &Text) -> Vec<Paragraph> {
    let mut found: Vec<Paragraph> = Vec::new();
    let (mut open, mut in_code) = (false, false);
    for (number, line) in text.lines() {
        let line = line.trim_start();
        let doc = line.strip_prefix("///").or(line.strip_prefix("//!")).map(str::trim);
        let Some(doc) = doc.filter(|_| !line.starts_with("////")) else {
            (open, in_code) = (false, false);
            continue;
        };
        if doc.starts_with("```") {
            (open, in_code) = (false, !in_code);
        } else if in_code || doc.is_empty() || doc.starts_with(['#', '|']) {
            open = false;
        } else if open {
            if let Some(paragraph) = found.last_mut() {
                paragraph.text.push(' ');
                paragraph.text.push_str(doc);
            }
        } else {
            open = true;
            found.push(Paragraph { line: number, text: doc.to_owned() });
        }
    }
    found
}

/// Public types of a file outside its tests, by name: `pub` or `pub(crate)`.
fn public_types(text: &Text) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in text.lines() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let line = line.trim_start();
        let rest = ["pub ", "pub(crate) "].iter().find_map(|start| line.strip_prefix(start));
        let Some(rest) = rest.map(|rest| rest.strip_prefix("unsafe ").unwrap_or(rest)) else { continue };
        let kinds = ["struct ", "enum ", "trait ", "type ", "union "];
        let Some(name) = kinds.iter().find_map(|kind| rest.strip_prefix(kind)) else { continue };
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        found.push((number, &name[..end]));
    }
    found
}

/// Whether `phrase` stands in `line` as whole words, in any case. Underscores part words, so that names are looked into.
fn has_phrase(line: &str, phrase: &str) -> bool {
    let is_bound = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    line.match_indices(phrase).any(|(at, found)| {
        is_bound(line[..at].chars().next_back()) && is_bound(line[at + found.len()..].chars().next())
    })
}

/// Whether a file is a test, which nobody imports.
fn is_test(path: &str) -> bool {
    path.contains("/tests/")
        || path.starts_with("tests/")
        || path.contains("/benches/")
        || path.ends_with("/tests.rs")
        || path.ends_with("/testing.rs")
}

#[test]
fn documentation_has_at_least_three_words() {
    let mut offenses = Vec::new();
    for text in CODE.iter().flat_map(|folder| rust_files(folder)) {
        for Paragraph { line, text: words } in paragraphs(&text) {
            if words.split_whitespace().count() < FEWEST_WORDS {
                offenses.push(format!("{}:{line}: {words}", text.path));
            }
        }
    }
    none("say what the item is: documentation of fewer than three words", &offenses);
}

#[test]
fn public_types_have_names_of_their_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for text in ["app/src", "engine/src", "engine/kernels/src"].iter().flat_map(|folder| rust_files(folder)) {
        if is_test(&text.path) {
            continue;
        }
        for (line, name) in public_types(&text) {
            places.entry(name.to_owned()).or_default().push(format!("{}:{line}", text.path));
        }
    }
    let shared =
        places.into_iter().filter(|(name, at)| at.len() > 1 && !SHARED_NAMES.contains(&name.as_str()));
    let offenses: Vec<String> = shared.map(|(name, at)| format!("{name}: {}", at.join(", "))).collect();
    none("two public types of one name", &offenses);
}

#[test]
fn phrases_are_those_of_the_field() {
    let mut offenses = Vec::new();
    for text in texts() {
        let is_read = text.path.ends_with(".rs")
            || text.path.ends_with(".md")
            || text.path == "assets/languages/en.ftl"
            || text.path.ends_with("Cargo.toml");
        if !is_read || MAY_HOLD_PHRASES.iter().any(|path| text.path.starts_with(path)) {
            continue;
        }
        for (number, line) in text.lines() {
            // "There is no room" and "is no longer" are plain English.
            let lower = line.to_lowercase().replace("there is no ", "").replace("is no longer", "");
            for (phrase, better) in BANNED.iter().filter(|(phrase, _)| has_phrase(&lower, phrase)) {
                offenses.push(format!("{}:{number}: \"{phrase}\", better: {better}", text.path));
            }
        }
    }
    none("a phrase to replace", &offenses);
}

#[test]
fn the_scans_see_what_they_look_for() {
    let text = |content: &str| Text { path: "x.rs".to_owned(), content: content.to_owned() };
    let doc = "/// One.\n/// and two.\n///\n/// # Errors\n/// Some.\n/// ```\n/// code\n/// ```\nfn f() {}\n/// Alone.\n";
    let found = paragraphs(&text(doc));
    let found: Vec<(usize, &str)> = found.iter().map(|found| (found.line, found.text.as_str())).collect();
    assert_eq!(found, [(1, "One. and two."), (5, "Some."), (10, "Alone.")]);
    let code = "pub struct A;\npub(crate) enum B<'a> {}\npub(super) struct C;\npub unsafe trait D {}\n#[cfg(test)]\npub struct E;\n";
    let names: Vec<String> = public_types(&text(code)).iter().map(|(_, name)| (*name).to_owned()).collect();
    assert_eq!(names, ["A", "B", "D"]);
    assert!(has_phrase("this is no list", "is no") && !has_phrase("this is not a list", "is no"));
    assert!(has_phrase("any_licence", "licence") && !has_phrase("licenced", "licence"));
}
