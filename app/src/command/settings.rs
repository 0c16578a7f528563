//! Commands that change settings.

use nibble_engine::quant::Precision;
use std::path::PathBuf;

use nibble_engine::jobs::KvCacheType;

use crate::base::{Language, Motion, ReplyOptions, TextSize, ThemeChoice, Titles};

/// A command that changes a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingsCommand {
    /// Choose the precision to quantize to.
    SetPrecision(Precision),
    /// Choose light, dark or the system's theme.
    SetTheme(ThemeChoice),
    /// Choose the language of the interface; the system's if `None`.
    SetLanguage(Option<Language>),
    /// Choose the size of text.
    SetTextSize(TextSize),
    /// Choose whether anything moves.
    SetMotion(Motion),
    /// Tokens of context to load models with; a default that suits the model if `None`.
    SetContext(Option<usize>),
    /// Choose the element type of the KV cache.
    SetCache(KvCacheType),
    /// Threads to compute with; the engine's choice if `None`.
    SetThreads(Option<usize>),
    /// Unload the model after this many minutes without use; never if `None`.
    SetUnloadAfter(Option<u32>),
    /// Choose where titles of chats come from.
    SetTitles(Titles),
    /// Set the options of replies in chats without options of their own.
    SetReplies(ReplyOptions),
    /// Save reply options under a name.
    SavePreset(String, ReplyOptions),
    /// Delete the saved reply options of that name.
    DeletePreset(String),
    /// Show the dialog that chooses the folder of quantized models.
    ChooseModelsFolder,
    /// Set the folder of quantized models; Nibble's own if `None`.
    SetModelsFolder(Option<PathBuf>),
    /// Choose whether the network may be used at all.
    SetOffline(bool),
    /// See whether the program was given an access token of the Hub.
    LookForToken,
    /// Keep an access token of the Hub; an empty one removes it.
    SetToken(String),
    /// Ask the Hub whose token is set.
    TryToken,
    /// Reset every setting to its default.
    Reset,
}
