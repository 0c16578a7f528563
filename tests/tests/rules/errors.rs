//! Errors hide nothing that their callers look for.

use crate::repository::{none, rust_files};

#[test]
fn a_cancel_is_the_source_of_its_error() {
    let mut offenses = Vec::new();
    for text in rust_files("engine/src") {
        let code: Vec<_> = text.code().map(|(number, line)| (number, line.trim())).collect();
        for pair in code.windows(2) {
            let [(_, above), (number, line)] = pair else { continue };
            // A transparent error passes its source's source on, and `Cancelled` has none: it could not be found by its type.
            let is_seen = line.contains("#[from]") || line.contains("#[source]");
            let is_variant = line.starts_with("Cancelled(") && line.ends_with("),");
            if is_variant && (above.contains("transparent") || !is_seen) {
                offenses.push(format!("{}:{number}", text.path));
            }
        }
    }
    none("cancels that `Error::is_cancelled` cannot see", &offenses);
}
