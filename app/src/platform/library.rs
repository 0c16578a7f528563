//! Which models lie on disk.

use std::path::{Path, PathBuf};

use crate::state::ModelFile;

/// What the starter model's folder or file is called.
const STARTER: &str = "starter";

/// Models in Nibble's folder, and the starter, by name.
pub fn list(folder: &Path) -> Vec<ModelFile> {
    let mut models: Vec<ModelFile> = entries(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf")))
        .map(|path| describe(path, false))
        .collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models.extend(find_starter().map(|path| describe(path, true)));
    models
}

/// The small model that came with the program: a GGUF file, or a folder with one or with a checkpoint.
pub fn find_starter() -> Option<PathBuf> {
    starter_folders().iter().find_map(|folder| starter_in(folder))
}

/// The first question the starter likes to be asked; `None` for any other model.
pub fn example_question(model: &Path) -> Option<String> {
    example_questions(model).into_iter().next()
}

/// Questions the starter likes to be asked, from the file beside it; none for any other model.
pub fn example_questions(model: &Path) -> Vec<String> {
    let folder = if model.is_dir() { Some(model) } else { model.parent() };
    let is_starter = folder.is_some_and(|folder| folder.file_name().is_some_and(|name| name == STARTER));
    let Some(folder) = folder.filter(|_| is_starter) else { return Vec::new() };
    let text = std::fs::read_to_string(folder.join("examples.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn starter_folders() -> Vec<PathBuf> {
    let beside = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
    let mut folders = Vec::new();
    if let Some(beside) = beside {
        folders.push(beside.join("assets"));
        folders.push(beside.join("../Resources/assets"));
        folders.push(beside.join("../share/nibble/assets"));
    }
    // A program run from its source tree.
    folders.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets"));
    folders
}

fn starter_in(assets: &Path) -> Option<PathBuf> {
    let folder = assets.join(STARTER);
    let mut files = entries(&folder);
    files.sort();
    let gguf = files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "gguf"));
    gguf.or_else(|| folder.join("config.json").is_file().then_some(folder))
}

fn describe(path: PathBuf, is_starter: bool) -> ModelFile {
    let name = if is_starter {
        "Starter".to_owned()
    } else {
        path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let bytes = if path.is_dir() {
        entries(&path).iter().filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum()
    } else {
        path.metadata().map_or(0, |meta| meta.len())
    };
    let questions = if is_starter { example_questions(&path) } else { Vec::new() };
    ModelFile { path, name, bytes, is_starter, questions }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}
