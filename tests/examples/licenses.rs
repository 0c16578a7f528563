//! Writes `assets/licenses/parts.txt`: every crate by others that the programs are made of, with its license and the license's
//! text, from what Cargo knows and what the crates bring.
//!
//! ```text
//! cargo run --release -p nibble-tests --example licenses
//! ```
//! Where a crate may be used under the MIT license, that one is taken, and of its texts only that. Texts that many crates
//! share stand once.

#![allow(clippy::unwrap_used, reason = "a tool of the repository; what is wrong should stop it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Beginnings of the names of files with licenses.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT"];

/// One crate by others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    license: String,
    authors: String,
    folder: PathBuf,
}

fn main() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let parts = parts(&top);
    let mut text = String::new();
    for part in &parts {
        writeln!(text, "{} {}: {}", part.name, part.version, part.license).unwrap();
    }
    let mut by_text = BTreeMap::<String, Vec<&Part>>::new();
    for part in &parts {
        for license in texts(part) {
            by_text.entry(license).or_default().push(part);
        }
    }
    for (license, parts) in &by_text {
        let names: BTreeSet<&str> = parts.iter().map(|part| part.name.as_str()).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        write!(text, "\n{}\n{names}\n\n{license}\n", "=".repeat(80)).unwrap();
    }
    let folder = top.join("assets/licenses");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("parts.txt"), text).unwrap();
}

/// The crates by others below the programs, on all systems, by name.
fn parts(top: &Path) -> BTreeSet<Part> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(top)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let by_id = |list: &Value| -> BTreeMap<String, Value> {
        let entries = list.as_array().unwrap().iter();
        entries.map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry.clone())).collect()
    };
    let (packages, nodes) = (by_id(&metadata["packages"]), by_id(&metadata["resolve"]["nodes"]));
    let is_ours = |package: &Value| ["nibble", "nibble-engine"].iter().any(|name| package["name"] == *name);
    let mut to_visit: Vec<&str> =
        packages.iter().filter(|(_, package)| is_ours(package)).map(|(id, _)| id.as_str()).collect();
    let mut below = BTreeSet::new();
    while let Some(id) = to_visit.pop() {
        if below.insert(id) {
            let links = nodes[id]["deps"].as_array().unwrap().iter().filter(|link| is_normal(link));
            to_visit.extend(links.map(|link| link["pkg"].as_str().unwrap()));
        }
    }
    let foreign = below.into_iter().map(|id| &packages[id]).filter(|package| !package["source"].is_null());
    foreign.map(part).collect()
}

/// Whether a link is one of the program itself, not of its tests or build.
fn is_normal(link: &Value) -> bool {
    link["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"].is_null())
}

fn part(package: &Value) -> Part {
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let authors = package["authors"].as_array().unwrap().iter().filter_map(Value::as_str);
    // Addresses of mail are nobody's business here.
    let names = authors.map(|author| author.split('<').next().unwrap_or_default().trim().to_owned());
    Part {
        name: text("name"),
        version: text("version"),
        license: text("license").replace('/', " OR ").replace("  ", " "),
        authors: names.collect::<Vec<_>>().join(", "),
        folder: Path::new(&text("manifest_path")).parent().unwrap().to_owned(),
    }
}

/// The texts of a crate's license; where it brings none, who made it and under what.
fn texts(part: &Part) -> Vec<String> {
    let entries = fs::read_dir(&part.folder).unwrap().map(|entry| entry.unwrap().path());
    let is_license = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().to_uppercase();
        path.is_file() && NAMES.iter().any(|beginning| name.starts_with(beginning))
    };
    let mut files: Vec<PathBuf> = entries.filter(is_license).collect();
    files.sort();
    let of_mit = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().to_uppercase().contains("MIT");
    if part.license.contains("MIT") && !part.license.contains("AND") && files.iter().any(of_mit) {
        files.retain(of_mit);
    }
    if files.is_empty() {
        let by = if part.authors.is_empty() { "its authors" } else { &part.authors };
        return vec![format!("Copyright (c) {by}. License: {}", part.license)];
    }
    files.iter().map(|path| tidy(&String::from_utf8_lossy(&fs::read(path).unwrap()))).collect()
}

/// A text without marks of its page: no carriage returns, no space at ends of lines, no empty lines around it.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| *line != "\u{c}").collect();
    lines.join("\n").trim_matches(['\n', '\u{feff}']).to_owned()
}
