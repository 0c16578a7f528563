//! How the window looks: theme, text size, motion.

use serde::{Deserialize, Serialize};

/// Light, dark or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// As the system is.
    #[default]
    System,
    /// Always the light theme.
    Light,
    /// Always the dark theme.
    Dark,
}

/// How large text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSize {
    /// Text at 90 %.
    Small,
    /// Text at 100 %.
    #[default]
    Medium,
    /// Text at 120 %.
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

/// Whether anything moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Motion {
    /// As the system's setting for animations, where it can be read.
    #[default]
    System,
    /// No animation at all.
    None,
}
