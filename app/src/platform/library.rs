//! Which models lie on disk.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::QualityReport;
use nibble_engine::jobs::quality::stored_report;
use nibble_engine::library::starter;

use crate::state::ModelFile;

/// The starter, and the models in Nibble's folder by name.
pub fn list(folder: &Path) -> Vec<ModelFile> {
    let mut models: Vec<ModelFile> = find_made(folder).into_iter().map(describe).collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    models.splice(0..0, find_starter());
    models
}

/// What is kept of the quality of the models in Nibble's folder.
pub fn quality(folder: &Path) -> Vec<QualityReport> {
    find_made(folder).iter().filter_map(|path| stored_report(path)).collect()
}

/// The GGUF files in a folder.
fn find_made(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf")))
        .collect()
}

/// The small model that comes with the program; without it, if it cannot be written to disk, the rest works as well.
fn find_starter() -> Option<ModelFile> {
    let path = starter::folder().inspect_err(|error| tracing::warn!(%error, "no starter")).ok()?;
    let name = starter::LISTED.to_owned();
    Some(ModelFile { path, name, bytes: starter::n_bytes(), is_starter: true })
}

fn describe(path: PathBuf) -> ModelFile {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = path.metadata().map_or(0, |meta| meta.len());
    ModelFile { path, name, bytes, is_starter: false }
}
