//! The files of the repository, as the rules read them.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders at the top that hold the repository's files; beside them there may be build outputs.
const FOLDERS: [&str; 8] = ["app", "assets", "docs", "engine", "installers", "tests", ".ci", ".github"];
/// Files without lines of text.
const BINARY: [&str; 9] = ["bin", "gguf", "ico", "icns", "otf", "png", "safetensors", "ttf", "woff2"];

/// A text file.
#[derive(Clone)]
pub(crate) struct Text {
    /// Path below the top, with `/` on every system.
    pub(crate) path: String,
    pub(crate) content: String,
}

/// The repository's top folder.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// All text files, in the order of their paths.
pub(crate) fn texts() -> Vec<Text> {
    let top = top();
    let mut paths = files_of(&top);
    for folder in FOLDERS {
        collect(&top.join(folder), &mut paths);
    }
    paths.sort();
    paths.retain(|path| path.extension().is_none_or(|kind| !BINARY.iter().any(|binary| kind == *binary)));
    let text = |path: PathBuf| {
        let below = path.strip_prefix(&top).unwrap().to_str().unwrap().replace('\\', "/");
        Text { path: below, content: fs::read_to_string(&path).unwrap() }
    };
    paths.into_iter().map(text).collect()
}

/// All files of Rust below `folder`, which is given with `/`.
pub(crate) fn rust_files(folder: &str) -> Vec<Text> {
    let prefix = format!("{folder}/");
    let mut found = texts();
    found.retain(|text| text.path.starts_with(&prefix) && text.path.ends_with(".rs"));
    assert!(!found.is_empty(), "no Rust below {folder}");
    found
}

impl Text {
    /// Lines by number, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.content.lines().enumerate().map(|(at, line)| (at + 1, line))
    }

    /// Lines without their comments.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().map(|(number, line)| (number, line.split("//").next().unwrap_or_default()))
    }
}

/// Fails with all offenses at once.
#[track_caller]
pub(crate) fn none(rule: &str, offenses: &[String]) {
    assert!(offenses.is_empty(), "{rule}:\n{}", offenses.join("\n"));
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // In a worktree, `.git` is a file that says where the repository is.
    entries.filter(|path| path.is_file() && !path.ends_with(".git")).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    if !folder.is_dir()
        || folder.ends_with("target")
        || folder.ends_with("artifacts")
        || folder.ends_with("corpus")
    {
        return;
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}
