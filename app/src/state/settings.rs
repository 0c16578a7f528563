//! What is kept between runs, in a file a person can read and edit.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Language, Preset, ReplyOptions};

/// How many recent models are remembered.
const MOST_RECENT: usize = 8;

/// A number format models are quantized to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// About 4.8 bits per weight.
    #[default]
    Int4,
    /// 8.5 bits per weight.
    Int8,
    /// 16 bits per weight.
    F16,
}

impl Precision {
    /// All, smallest first.
    pub const ALL: [Self; 3] = [Self::Int4, Self::Int8, Self::F16];

    /// The ecosystem's name of it, which the engine's predictions carry.
    pub fn exact_name(self) -> &'static str {
        match self {
            Self::Int4 => "q4_k_m",
            Self::Int8 => "q8_0",
            Self::F16 => "f16",
        }
    }

    /// The engine's name of it, and part of file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int4 => "int4",
            Self::Int8 => "int8",
            Self::F16 => "f16",
        }
    }
}

/// Light, dark or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// As the system is.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How large text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSize {
    /// 90 %.
    Small,
    /// 100 %.
    #[default]
    Medium,
    /// 120 %.
    Large,
}

impl TextSize {
    /// Factor on all sizes of text.
    pub fn scale(self) -> f32 {
        match self {
            Self::Small => 0.9,
            Self::Medium => 1.0,
            Self::Large => 1.2,
        }
    }
}

/// Where the titles of chats come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Titles {
    /// The model makes one after its first reply.
    #[default]
    ByModel,
    /// A chat is called by its first words.
    FirstWords,
}

/// Everything a person has chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Light, dark or as the system is.
    pub theme: ThemeChoice,
    /// Size of text.
    pub text_size: TextSize,
    /// Language of the interface; the system's if absent.
    pub language: Option<Language>,
    /// Where the titles of chats come from.
    pub titles: Titles,
    /// What models are quantized to.
    pub precision: Precision,
    /// Tokens of context; a default that suits the model if absent.
    pub context: Option<usize>,
    /// Threads; the engine's choice if absent.
    pub threads: Option<usize>,
    /// How replies are made in chats that have no options of their own.
    #[serde(flatten)]
    pub replies: ReplyOptions,
    /// The model that replied last.
    pub last_model: Option<PathBuf>,
    /// Models opened lately, newest first.
    pub recent: Vec<PathBuf>,
    /// Named options for replies.
    pub presets: Vec<Preset>,
}

impl Settings {
    /// Puts a model at the head of the recent ones.
    pub fn remember(&mut self, path: PathBuf) {
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(MOST_RECENT);
    }
}
