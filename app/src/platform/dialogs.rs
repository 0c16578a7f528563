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

/// Lets the person choose an export of chats.
pub fn pick_export() -> Option<PathBuf> {
    rfd::FileDialog::new().set_title("Choose an export of chats").add_filter("JSON", &["json"]).pick_file()
}

/// Lets the person say where to write a file that is called `name` unless they call it otherwise.
pub fn save_as(name: &str) -> Option<PathBuf> {
    rfd::FileDialog::new().set_title("Export chat").set_file_name(name).save_file()
}
