//! The window: its modules use rows below their own, and what changes its state names every case.

use crate::imports::upward_uses;
use crate::repository::{none, rust_files};

/// Rows of the window's modules; a module uses rows below its own.
const ROWS: [(&str, u8); 16] = [
    ("base", 0),
    ("command", 1),
    ("state", 2),
    ("store", 3),
    ("text", 3),
    ("theme", 3),
    ("import_export", 4),
    ("platform", 4),
    ("widgets", 4),
    ("event", 5),
    ("inbox", 6),
    ("jobs", 7),
    ("screens", 7),
    ("terminal", 8),
    ("update", 8),
    ("app", 9),
];

/// The window's module a file belongs to; `None` for the crate's roots.
fn module_of(path: &str) -> Option<&str> {
    let first = path.strip_prefix("app/src/")?.split('/').next()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (module != "lib" && module != "main").then_some(module)
}

#[test]
fn modules_of_the_window_use_rows_below_their_own() {
    let offenses = upward_uses("app/src", &ROWS, module_of);
    none("a module of the window uses its own row or one above", &offenses);
}

/// A command or an event that is new, or sent to the wrong file, does not compile until somebody decided what it means. A wildcard
/// arm would take it in silence.
#[test]
fn no_wildcard_arm_stands_where_the_state_is_changed() {
    let mut offenses = Vec::new();
    for text in rust_files("app/src") {
        if !["update", "app"].contains(&module_of(&text.path).unwrap_or_default()) {
            continue;
        }
        let wild =
            |line: &str| line.trim_start().starts_with("_ =>") || line.trim_start().starts_with("_ if ");
        let found = text.code().filter(|(_, line)| wild(line));
        offenses.extend(found.map(|(number, _)| format!("{}:{number}", text.path)));
    }
    none("a wildcard arm in app/src/update or app/src/app.rs", &offenses);
}
