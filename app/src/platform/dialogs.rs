//! The system's dialogs; they wait for the person, so they run on a task's thread.

use std::path::PathBuf;

use rfd::FileDialog;

use crate::text::labels;

/// Lets the person choose a checkpoint folder.
pub fn pick_folder() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::choose_folder()).pick_folder()
}

/// Lets the person choose a GGUF file.
pub fn pick_gguf() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::choose_file()).add_filter("GGUF", &["gguf"]).pick_file()
}

/// Lets the person choose a text file.
pub fn pick_text() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::attach()).pick_file()
}

/// Lets the person choose an export of chats.
pub fn pick_export() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::choose_export()).add_filter("JSON", &["json"]).pick_file()
}

/// Lets the person say where to write a file that is called `name` unless they call it otherwise.
pub fn save_as(name: &str) -> Option<PathBuf> {
    FileDialog::new().set_title(labels::export_chat()).set_file_name(name).save_file()
}
