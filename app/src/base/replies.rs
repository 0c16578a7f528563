//! How replies are made: instructions and sampling, for all chats or one, and named sets of them.

use nibble_engine::jobs::GenerateOptions;
use serde::{Deserialize, Serialize};

/// How replies are made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplyOptions {
    /// Instructions that stand before the chat; none if empty.
    pub system_prompt: String,
    /// How freely replies are worded; 0 takes the most likely token always.
    pub temperature: f32,
    /// Keep the fewest most likely tokens whose probabilities reach this sum; 1 keeps all.
    pub top_p: f32,
    /// Keep this many most likely tokens; all if 0.
    pub top_k: usize,
    /// Drop tokens less likely than this share of the most likely one.
    pub min_p: f32,
    /// How much words already used are avoided; 1 is not at all.
    pub repetition_penalty: f32,
    /// How much words of the reply are avoided, however often they came; 0 is not at all.
    pub presence_penalty: f32,
    /// How much words of the reply are avoided for each time they came; 0 is not at all.
    pub frequency_penalty: f32,
    /// Makes replies repeatable; different each time if absent.
    pub seed: Option<u64>,
    /// Texts that end a reply.
    pub stop: Vec<String>,
    /// Most tokens of a reply; until the context is full if absent.
    pub max_tokens: Option<usize>,
}

impl Default for ReplyOptions {
    fn default() -> Self {
        let engine = GenerateOptions::default();
        Self {
            system_prompt: String::new(),
            temperature: engine.temperature,
            top_p: engine.top_p,
            top_k: engine.top_k,
            min_p: engine.min_p,
            repetition_penalty: engine.repetition_penalty,
            presence_penalty: engine.presence_penalty,
            frequency_penalty: engine.frequency_penalty,
            seed: engine.seed,
            stop: engine.stop,
            max_tokens: engine.max_tokens,
        }
    }
}

impl ReplyOptions {
    /// The highest temperature offered.
    pub const HOTTEST: f32 = 2.0;
    /// The strongest penalty offered.
    pub const STRICTEST: f32 = 2.0;
    /// The strongest presence and frequency penalty offered; as negative ones they invite repetition.
    pub const FARTHEST: f32 = 2.0;

    /// The same within the bounds that the engine accepts; NaN becomes the default.
    #[must_use]
    pub fn bounded(self) -> Self {
        let plain = Self::default();
        let within = |value: f32, low: f32, high: f32, default: f32| {
            if value.is_finite() { value.clamp(low, high) } else { default }
        };
        Self {
            temperature: within(self.temperature, 0.0, Self::HOTTEST, plain.temperature),
            top_p: within(self.top_p, 0.0, 1.0, plain.top_p),
            min_p: within(self.min_p, 0.0, 1.0, plain.min_p),
            repetition_penalty: within(
                self.repetition_penalty,
                1.0,
                Self::STRICTEST,
                plain.repetition_penalty,
            ),
            presence_penalty: within(self.presence_penalty, -Self::FARTHEST, Self::FARTHEST, 0.0),
            frequency_penalty: within(self.frequency_penalty, -Self::FARTHEST, Self::FARTHEST, 0.0),
            // TOML has no larger numbers.
            seed: self.seed.map(|seed| seed & i64::MAX as u64),
            stop: self.stop.into_iter().filter(|stop| !stop.is_empty()).collect(),
            max_tokens: self.max_tokens.filter(|most| *most > 0),
            ..self
        }
    }

    /// As the engine wants them.
    pub fn generate_options(&self) -> GenerateOptions {
        GenerateOptions {
            max_tokens: self.max_tokens,
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repetition_penalty: self.repetition_penalty,
            presence_penalty: self.presence_penalty,
            frequency_penalty: self.frequency_penalty,
            seed: self.seed,
            stop: self.stop.clone(),
            ..GenerateOptions::default()
        }
    }

    /// Options with these ways to choose words and everything else kept.
    #[must_use]
    pub fn with_sampling_of(self, other: &Self) -> Self {
        Self {
            temperature: other.temperature,
            top_p: other.top_p,
            top_k: other.top_k,
            min_p: other.min_p,
            repetition_penalty: other.repetition_penalty,
            presence_penalty: other.presence_penalty,
            frequency_penalty: other.frequency_penalty,
            ..self
        }
    }
}

/// A named set of options.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preset {
    /// Name of the preset.
    pub name: String,
    /// What it sets.
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

    /// What it sets; instructions, seed, stops and length are left alone.
    pub fn options(self) -> ReplyOptions {
        let plain = ReplyOptions::default();
        match self {
            Self::Balanced => plain,
            Self::Precise => ReplyOptions { temperature: 0.2, top_p: 0.9, top_k: 20, ..plain },
            Self::Inventive => ReplyOptions { temperature: 1.1, top_p: 0.98, top_k: 100, ..plain },
        }
    }
}
