//! Commands that open a model, or load one for chatting.

use std::path::PathBuf;

/// A command about a model file or folder.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelCommand {
    /// Show the dialog that chooses a checkpoint folder.
    ChooseFolder,
    /// Show the dialog that chooses a GGUF file.
    ChooseFile,
    /// Open this model: a chat with a GGUF file, the page of a checkpoint folder.
    Open(PathBuf),
    /// Show the page of this model, where it can be quantized.
    ShowPage(PathBuf),
    /// Remove this path from the list of recent models; the file stays.
    ForgetRecent(PathBuf),
    /// Load a model and show the chat.
    ChatWith(PathBuf),
    /// Unload the model that replies; its memory is free then.
    Unload,
    /// Load the chosen model although it does not fit.
    LoadAnyway,
    /// Load the chosen model with this many tokens of context.
    LoadWithContext(usize),
    /// Leave a model that does not fit unloaded.
    LeaveUnloaded,
}
