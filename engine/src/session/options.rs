//! How a reply is generated, and why it ended.

use serde::{Deserialize, Serialize};

use super::{Error, logit_bias};

/// Tokens guessed at most unless asked otherwise: with the token before them, as many as take little longer than one.
const USUAL_LOOKUP: usize = 3;

/// How tokens are chosen and when to stop.
///
/// Biases change the logits first, then penalties; then the candidates are narrowed by top-k, top-p and min-p, in this order, on the
/// probabilities at temperature 1; the temperature shapes what remains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GenerateOptions {
    /// Most tokens of a reply; until the context is full if `None`.
    pub max_tokens: Option<usize>,
    /// 0 takes the most likely token always.
    pub temperature: f32,
    /// Keep the `top_k` most likely tokens; all if 0.
    pub top_k: usize,
    /// Keep the fewest most likely tokens whose probabilities reach this sum.
    pub top_p: f32,
    /// Drop tokens less likely than this share of the most likely one.
    pub min_p: f32,
    /// Positive logits of tokens in the prompt or the reply are divided by this, negative ones multiplied; 1 is none
    /// (CTRL, Keskar et al. 2019).
    pub repetition_penalty: f32,
    /// Subtracted from the logits of tokens in the reply.
    pub presence_penalty: f32,
    /// Subtracted from the logit of a token for each time it is in the reply.
    pub frequency_penalty: f32,
    /// Added to the logits of these tokens before penalties; negative infinity bans a token.
    #[serde(with = "logit_bias::json")]
    pub logit_bias: Vec<(u32, f32)>,
    /// Makes a run repeatable; another one each time if `None`.
    pub seed: Option<u64>,
    /// Texts that end the reply; not part of it.
    pub stop: Vec<String>,
    /// Most tokens guessed from earlier text and checked in one pass; 0 guesses none. The reply is the same either way.
    pub lookup_tokens: usize,
    /// End a reply that repeats the same tokens without end, with [`StopReason::Repetition`].
    pub stop_repetition: bool,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        Self {
            max_tokens: None,
            temperature: 0.7,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.05,
            repetition_penalty: 1.0,
            presence_penalty: 0.0,
            frequency_penalty: 0.0,
            logit_bias: Vec::new(),
            seed: None,
            stop: Vec::new(),
            lookup_tokens: USUAL_LOOKUP,
            stop_repetition: true,
        }
    }
}

impl GenerateOptions {
    /// Always the most likely token.
    pub fn greedy() -> Self {
        Self { temperature: 0.0, ..Self::default() }
    }

    /// Whether every option makes sense.
    ///
    /// # Errors
    /// [`Error::BadOption`] for the first that does not.
    pub fn check(&self) -> Result<(), Error> {
        let from_zero = |value: f32| value.is_finite() && value >= 0.0;
        let share = |value: f32| (0.0..=1.0).contains(&value);
        let rules: [(&'static str, f32, bool, &'static str); 6] = [
            ("temperature", self.temperature, from_zero(self.temperature), "0 or more"),
            ("top-p", self.top_p, share(self.top_p), "between 0 and 1"),
            ("min-p", self.min_p, share(self.min_p), "between 0 and 1"),
            (
                "repetition penalty",
                self.repetition_penalty,
                self.repetition_penalty.is_finite() && self.repetition_penalty > 0.0,
                "more than 0",
            ),
            ("presence penalty", self.presence_penalty, self.presence_penalty.is_finite(), "a number"),
            ("frequency penalty", self.frequency_penalty, self.frequency_penalty.is_finite(), "a number"),
        ];
        match rules.into_iter().find(|(_, _, holds, _)| !holds) {
            Some((option, value, _, rule)) => Err(Error::BadOption { option, value: value.into(), rule }),
            None => Ok(()),
        }
    }

    /// Whether any penalty changes logits.
    pub(super) fn penalizes(&self) -> bool {
        (self.repetition_penalty - 1.0).abs() > f32::EPSILON
            || self.presence_penalty != 0.0
            || self.frequency_penalty != 0.0
    }
}

/// Why a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopReason {
    /// The model ended it.
    Eos,
    /// A stop string came.
    Stop,
    /// It has as many tokens as were asked for.
    Length,
    /// The context is full.
    Context,
    /// The reply repeated itself without end.
    Repetition,
    /// The caller asked to stop.
    Cancelled,
}
