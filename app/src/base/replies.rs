//! Options of replies: instructions and sampling, for all chats or one, and presets of them.

use nibble_engine::jobs::GenerateOptions;
use serde::{Deserialize, Serialize};

/// Options of generating replies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplyOptions {
    /// Instructions that stand before the chat; none if empty.
    pub system_prompt: String,
    /// How the engine samples, and when a reply ends. In files, its fields stand beside the instructions.
    #[serde(flatten)]
    pub generate: GenerateOptions,
}

impl ReplyOptions {
    /// The highest temperature offered.
    pub const HOTTEST: f32 = 2.0;
    /// The strongest penalty offered.
    pub const STRICTEST: f32 = 2.0;
    /// The strongest presence and frequency penalty offered; as negative ones they invite repetition.
    pub const FARTHEST: f32 = 2.0;

    /// The options clamped to the bounds of the engine; NaN becomes the default, and so do options that the user cannot set.
    #[must_use]
    pub fn bounded(self) -> Self {
        let (own, plain) = (self.generate, GenerateOptions::default());
        let within = |value: f32, low: f32, high: f32, default: f32| {
            if value.is_finite() { value.clamp(low, high) } else { default }
        };
        let penalty = plain.repetition_penalty;
        let generate = GenerateOptions {
            temperature: within(own.temperature, 0.0, Self::HOTTEST, plain.temperature),
            top_k: own.top_k,
            top_p: within(own.top_p, 0.0, 1.0, plain.top_p),
            min_p: within(own.min_p, 0.0, 1.0, plain.min_p),
            repetition_penalty: within(own.repetition_penalty, 1.0, Self::STRICTEST, penalty),
            presence_penalty: within(own.presence_penalty, -Self::FARTHEST, Self::FARTHEST, 0.0),
            frequency_penalty: within(own.frequency_penalty, -Self::FARTHEST, Self::FARTHEST, 0.0),
            // TOML has no larger numbers.
            seed: own.seed.map(|seed| seed & i64::MAX as u64),
            stop: own.stop.into_iter().filter(|stop| !stop.is_empty()).collect(),
            max_tokens: own.max_tokens.filter(|most| *most > 0),
            ..plain
        };
        Self { generate, ..self }
    }

    /// Options with the sampling of these, and everything else kept.
    #[must_use]
    pub fn with_sampling_of(self, other: &Self) -> Self {
        let own = self.generate;
        let generate = GenerateOptions {
            max_tokens: own.max_tokens,
            seed: own.seed,
            stop: own.stop,
            ..other.generate.clone()
        };
        Self { generate, ..self }
    }
}

/// A named set of options.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preset {
    /// Name of the preset.
    pub name: String,
    /// The options of the preset.
    #[serde(flatten)]
    pub options: ReplyOptions,
}

/// Ways to choose words that come with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The engine's own.
    Balanced,
    /// The likeliest words.
    Precise,
    /// Varied words, for inventive texts.
    Inventive,
}

impl Style {
    /// All built-in styles.
    pub const ALL: [Self; 3] = [Self::Balanced, Self::Precise, Self::Inventive];

    /// The options of the style; instructions, seed, stop strings and length are unchanged.
    pub fn options(self) -> ReplyOptions {
        let plain = GenerateOptions::default();
        let generate = match self {
            Self::Balanced => plain,
            Self::Precise => GenerateOptions { temperature: 0.2, top_p: 0.9, top_k: 20, ..plain },
            Self::Inventive => GenerateOptions { temperature: 1.1, top_p: 0.98, top_k: 100, ..plain },
        };
        ReplyOptions { generate, ..ReplyOptions::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_earlier_versions_are_read_in_files_and_rows() {
        // As version 0.1 wrote them: settings in TOML, options of a chat in JSON.
        let toml = "system_prompt = \"Be brief\"\ntemperature = 0.25\ntop_p = 0.5\ntop_k = 7\nmin_p = 0.125\n\
            repetition_penalty = 1.5\npresence_penalty = 0.5\nfrequency_penalty = 0.25\nseed = 9\n\
            stop = [\"END\"]\nmax_tokens = 64\n";
        let json = r#"{"system_prompt":"Be brief","temperature":0.25,"top_p":0.5,"top_k":7,"min_p":0.125,
            "repetition_penalty":1.5,"presence_penalty":0.5,"frequency_penalty":0.25,"seed":9,"stop":["END"],"max_tokens":64}"#;
        let generate = GenerateOptions {
            temperature: 0.25,
            top_p: 0.5,
            top_k: 7,
            min_p: 0.125,
            repetition_penalty: 1.5,
            presence_penalty: 0.5,
            frequency_penalty: 0.25,
            seed: Some(9),
            stop: vec!["END".into()],
            max_tokens: Some(64),
            ..GenerateOptions::default()
        };
        let options = ReplyOptions { system_prompt: "Be brief".into(), generate };
        assert_eq!(toml::from_str::<ReplyOptions>(toml).unwrap(), options);
        assert_eq!(serde_json::from_str::<ReplyOptions>(json).unwrap(), options);
        let preset = format!("name = \"Mine\"\n{toml}");
        assert_eq!(
            toml::from_str::<Preset>(&preset).unwrap(),
            Preset { name: "Mine".into(), options: options.clone() }
        );
        // What is written is read, and a row without a seed has none.
        let written = toml::to_string(&options).unwrap();
        assert_eq!(toml::from_str::<ReplyOptions>(&written).unwrap(), options);
        let nothing: ReplyOptions = serde_json::from_str("{}").unwrap();
        assert_eq!(nothing, ReplyOptions::default());
        assert_eq!(options.clone().bounded(), options);
    }
}
