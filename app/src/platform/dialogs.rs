//! The system's dialogs; they wait for the person, so they run on a task's thread.

use std::path::PathBuf;

/// Lets the person choose a checkpoint folder.
pub fn pick_folder() -> Option<PathBuf> {
    rfd::FileDialog::new().set_title("Choose a model folder").pick_folder()
}

/// Lets the person choose a GGUF file.
pub fn pick_gguf() -> Option<PathBuf> {
    rfd::FileDialog::new().set_title("Choose a GGUF file").add_filter("GGUF models", &["gguf"]).pick_file()
}
