//! What is kept between runs, in a file a person can read and edit.

use nibble_engine::quant::Precision;
use std::path::PathBuf;

use nibble_engine::jobs::KvCacheType;
use serde::{Deserialize, Serialize};

use super::{KeptDownload, KeptRun};
use crate::base::{Language, Motion, Preset, ReplyOptions, TextSize, ThemeChoice, Titles};

/// How many recent models are remembered.
const MOST_RECENT: usize = 8;

/// Everything a person has chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light, dark or as the system is.
    pub theme: ThemeChoice,
    /// Size of text.
    pub text_size: TextSize,
    /// Whether anything moves.
    pub motion: Motion,
    /// Language of the interface; the system's if absent.
    pub language: Option<Language>,
    /// Where the titles of chats come from.
    pub titles: Titles,
    /// What models are quantized to.
    pub precision: Precision,
    /// Tokens of context; a default that suits the model if absent.
    pub context: Option<usize>,
    /// KV cache type: the element type of the KV cache.
    pub cache: KvCacheType,
    /// Threads; the engine's choice if absent.
    pub threads: Option<usize>,
    /// Idle minutes after which the model is unloaded; never if absent.
    pub unload_after_minutes: Option<u32>,
    /// Where quantized models go; a folder of Nibble's own if absent.
    pub models_folder: Option<PathBuf>,
    /// Whether nothing may ask the network.
    pub offline: bool,
    /// How replies are made in chats that have no options of their own.
    #[serde(flatten)]
    pub replies: ReplyOptions,
    /// The model that replied last.
    pub last_model: Option<PathBuf>,
    /// Models opened lately, newest first.
    pub recent: Vec<PathBuf>,
    /// Named options for replies.
    pub presets: Vec<Preset>,
    /// Models on their way when the program ended.
    pub downloads: Vec<KeptDownload>,
    /// Quantizing runs that were begun and have not ended.
    pub unfinished: Vec<KeptRun>,
}

impl Settings {
    /// Puts a model at the head of the recent ones.
    pub fn remember(&mut self, path: PathBuf) {
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(MOST_RECENT);
    }
}
