//! The system's file dialogs; they block, so they run on a task's thread.

use std::path::PathBuf;

use rfd::FileDialog;

use crate::text::{labels, workshop};

/// Opens the dialog for a checkpoint folder.
pub fn pick_folder() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::choose_folder()).pick_folder()
}

/// Opens the dialog for a GGUF file.
pub fn pick_gguf() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::choose_file()).add_filter("GGUF", &["gguf"]).pick_file()
}

/// Opens the dialog for a text file.
pub fn pick_text() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::attach()).pick_file()
}

/// Opens the dialog for a file with a calibration text.
pub fn pick_calibration() -> Option<PathBuf> {
    FileDialog::new().set_title(workshop::choose_text_file()).pick_file()
}

/// Opens the dialog for an export of chats.
pub fn pick_export() -> Option<PathBuf> {
    FileDialog::new().set_title(labels::choose_export()).add_filter("JSON", &["json"]).pick_file()
}

/// Opens the dialog to save a file, with `name` as the default name.
pub fn save_as(name: &str) -> Option<PathBuf> {
    FileDialog::new().set_title(labels::export_chat()).set_file_name(name).save_file()
}
