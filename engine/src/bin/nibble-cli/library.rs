//! `library`, `remove` and `verify`: the models on this machine.

use std::fmt::Write;

use nibble_engine::jobs::Error;
use nibble_engine::library;
use nibble_engine::progress::Cancel;
use serde_json::json;

use super::args;
use super::output::{Output, size};

pub(crate) fn list(output: &Output) -> Result<(), Error> {
    let models = library::list()?;
    output.result(&json!({ "models": models }), || {
        let mut text = String::new();
        for model in &models {
            let architecture = model.architecture.as_deref().unwrap_or("?");
            let precision = model.precision.as_deref().unwrap_or("?");
            let problem = model.problem.as_ref().map_or(String::new(), |problem| format!("  {problem}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{:<52} {architecture:<8} {precision:<7} {:>9}{problem}",
                model.name,
                size(model.bytes)
            );
        }
        text
    });
    Ok(())
}

pub(crate) fn remove(args: &args::Named, output: &Output) -> Result<(), Error> {
    let removed = library::remove(&args.model)?;
    output
        .result(&removed, || format!("{} is deleted; {} are free", removed.name, size(removed.freed_bytes)));
    Ok(())
}

pub(crate) fn verify(args: &args::Named, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let verified = library::verify(&args.model, output, cancel)?;
    output.result(&verified, || {
        let files = &verified.files;
        let mut text = format!("{} files are as they were\n", files.intact.len());
        if !files.unknown.is_empty() {
            let _ = writeln!(text, "without a checksum: {}", files.unknown.join(", "));
        }
        text
    });
    Ok(())
}
