//! Showing a file where it lies, in the system's file manager.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Opens the file manager at `path`: with the file chosen where the system can, at its folder otherwise.
pub fn show(path: &Path) {
    let (program, args) = call(path);
    start(program, args);
}

/// Opens a file in the program that the system has for it.
pub fn open(path: &Path) {
    let (program, mut args) = opener();
    args.push(path.into());
    start(program, args);
}

fn start(program: &str, args: Vec<OsString>) {
    match Command::new(program).args(args).spawn() {
        // It is waited for so that it does not stay behind as a dead process.
        Ok(mut started) => {
            if let Err(error) = started.wait() {
                tracing::warn!(%error, "the file manager ended badly");
            }
        }
        Err(error) => tracing::warn!(program, %error, "no file manager could be started"),
    }
}

#[cfg(target_os = "macos")]
fn call(path: &Path) -> (&'static str, Vec<OsString>) {
    ("open", vec!["-R".into(), path.into()])
}

#[cfg(windows)]
fn call(path: &Path) -> (&'static str, Vec<OsString>) {
    let mut chosen = OsString::from("/select,");
    chosen.push(path);
    ("explorer", vec![chosen])
}

#[cfg(not(any(target_os = "macos", windows)))]
fn call(path: &Path) -> (&'static str, Vec<OsString>) {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    ("xdg-open", vec![folder.into()])
}

#[cfg(target_os = "macos")]
fn opener() -> (&'static str, Vec<OsString>) {
    ("open", Vec::new())
}

#[cfg(windows)]
fn opener() -> (&'static str, Vec<OsString>) {
    ("explorer", Vec::new())
}

#[cfg(not(any(target_os = "macos", windows)))]
fn opener() -> (&'static str, Vec<OsString>) {
    ("xdg-open", Vec::new())
}
