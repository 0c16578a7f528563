//! A module of the engine uses rows below its own, never its own row or above.

use crate::repository::{none, rust_files};

/// Rows of the table in `engine/src/lib.rs`; row 1 is the crate of kernels.
const ROWS: [(&str, u8); 14] = [
    ("base", 0),
    ("progress", 1),
    ("backend", 2),
    ("formats", 2),
    ("hardware", 2),
    ("hub", 2),
    ("text", 2),
    ("models", 3),
    ("quant", 3),
    ("session", 4),
    ("eval", 5),
    ("fit", 5),
    ("library", 5),
    ("jobs", 6),
];

/// The engine's module a file belongs to; `None` for the crate's root and for programs.
fn module_of(path: &str) -> Option<&str> {
    let below = path.strip_prefix("engine/src/")?;
    let first = below.split('/').next()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (module != "lib" && module != "bin").then_some(module)
}

/// The modules named after each `crate::` of a text, alone or in braces.
pub(crate) fn named_modules(code: &str) -> Vec<&str> {
    named_after(code, "crate::")
}

/// The modules named after each `path` of a text, alone or in braces.
fn named_after<'c>(code: &'c str, path: &str) -> Vec<&'c str> {
    let mut modules = Vec::new();
    for (at, found) in code.match_indices(path) {
        let after = &code[at + found.len()..];
        let names = if let Some(group) = after.strip_prefix('{') {
            first_names(group)
        } else {
            vec![first_word(after)]
        };
        modules.extend(names.into_iter().filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())));
    }
    modules
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// First words of the comma-separated parts of a group whose brace was opened; inner groups are skipped.
fn first_names(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut names) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(first_word(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

/// The row of a module in `rows`.
fn row(rows: &[(&str, u8)], module: &str) -> Option<u8> {
    rows.iter().find(|(name, _)| *name == module).map(|(_, row)| *row)
}

/// Files below `folder` whose module has no row in `rows`, or uses its own row or one above; `module_of` gives the module of a path.
pub(crate) fn upward_uses(
    folder: &str,
    rows: &[(&str, u8)],
    module_of: impl Fn(&str) -> Option<&str>,
) -> Vec<String> {
    let mut offenses = Vec::new();
    for text in rust_files(folder) {
        let Some(module) = module_of(&text.path) else { continue };
        let Some(own) = row(rows, module) else {
            offenses.push(format!("{}: module {module} has no row", text.path));
            continue;
        };
        let code: Vec<&str> = text.code().map(|(_, line)| line).collect();
        for used in named_modules(&code.join("\n")) {
            if used != module && row(rows, used).is_none_or(|used_row| used_row >= own) {
                offenses.push(format!("{} uses {used}", text.path));
            }
        }
    }
    offenses
}

#[test]
fn modules_use_rows_below_their_own() {
    none("a module uses its own row or one above", &upward_uses("engine/src", &ROWS, module_of));
}

#[test]
fn the_scan_sees_every_form() {
    let code = "use crate::base::{DType, x};\nuse crate::{models::{a, b}, text, Error};\nlet a = crate::jobs::run();";
    assert_eq!(named_modules(code), ["base", "models", "text", "jobs"]);
}

#[test]
fn candle_stays_below_the_session() {
    let mut offenses = Vec::new();
    for text in rust_files("engine/src") {
        if module_of(&text.path).and_then(|module| row(&ROWS, module)).is_some_and(|row| row >= 4) {
            let found = text.code().filter(|(_, line)| line.contains("candle_core"));
            offenses.extend(found.map(|(number, _)| format!("{}:{number}", text.path)));
        }
    }
    none("candle's types above the backends", &offenses);
}

/// The backends: folders of `engine/src/backend` whose root implements the trait.
fn backends() -> Vec<String> {
    let mut backends = Vec::new();
    for text in rust_files("engine/src/backend") {
        let folder =
            text.path.strip_prefix("engine/src/backend/").and_then(|path| path.strip_suffix("/mod.rs"));
        let implements = || text.code().any(|(_, line)| line.contains("impl Backend for"));
        backends.extend(folder.filter(|_| implements()).map(str::to_owned));
    }
    backends
}

#[test]
fn nothing_above_the_backends_names_one() {
    let backends = backends();
    assert!(backends.iter().any(|name| name == "cpu"), "{backends:?}");
    let mut offenses = Vec::new();
    for text in rust_files("engine/src") {
        if module_of(&text.path).is_none_or(|module| module == "backend") {
            continue;
        }
        let code: Vec<&str> = text.code().map(|(_, line)| line).collect();
        for used in named_after(&code.join("\n"), "backend::") {
            if backends.iter().any(|name| name == used) {
                offenses.push(format!("{} names the backend {used}", text.path));
            }
        }
    }
    none("a backend is chosen by its name in the list", &offenses);
    let code = "use crate::backend::{self, candle::CandleDecoder};\nlet a = backend::cpu::load();";
    assert_eq!(named_after(code, "backend::"), ["self", "candle", "cpu"]);
}
