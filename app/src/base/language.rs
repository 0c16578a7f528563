//! The languages of the interface.

use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English, which every text has.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German, in its own words.
    #[serde(rename = "de")]
    German,
    /// French, in its own words.
    #[serde(rename = "fr")]
    French,
    /// Russian, in its own words.
    #[serde(rename = "ru")]
    Russian,
    /// Chinese in simplified characters.
    #[serde(rename = "zh")]
    Chinese,
}

impl Language {
    /// All, in the order of the list to choose from.
    pub const ALL: [Self; 5] = [Self::English, Self::German, Self::French, Self::Russian, Self::Chinese];

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Russian => "Русский",
            Self::Chinese => "中文",
        }
    }

    /// The language of a locale such as `de_AT.UTF-8` or `zh-Hans-CN`; `None` if it is none of ours.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let code = locale.split(['-', '_', '.', '@']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// Its code in ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Russian => "ru",
            Self::Chinese => "zh",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_their_locales() {
        assert_eq!(Language::of_locale("de_AT.UTF-8"), Some(Language::German));
        assert_eq!(Language::of_locale("zh-Hans-CN"), Some(Language::Chinese));
        assert_eq!(Language::of_locale("FR"), Some(Language::French));
        assert_eq!(Language::of_locale("C"), None);
        assert_eq!(Language::of_locale("eo"), None);
    }
}
