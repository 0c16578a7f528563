//! Options of generation, and the reasons why a reply ends.

use serde::{Deserialize, Serialize};

use super::{Error, logit_bias, reply_limit};

/// Default draft length: with the token before it, as many tokens as take little longer than one.
const USUAL_LOOKUP: usize = 3;
/// Default limit of a reply in tokens: room for the long reasoning of today's models, and an end to text that leads nowhere.
pub const USUAL_MAX_TOKENS: usize = 8192;

/// Options of sampling and of the end of a reply.
///
/// Biases are added to the logits first, then penalties are applied; then top-k, top-p and min-p narrow the candidates, in this
/// order, by the probabilities at temperature 1; the temperature applies to the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GenerateOptions {
    /// Largest number of tokens of a reply, reasoning included; until the context is full if `None`, which files hold as 0.
    #[serde(with = "reply_limit")]
    pub max_tokens: Option<usize>,
    /// Sampling temperature; 0 is greedy sampling.
    pub temperature: f32,
    /// Number of likeliest tokens to keep (top-k); all if 0.
    pub top_k: usize,
    /// Sum of probabilities at which the likeliest tokens are cut off (top-p), from 0 to 1.
    pub top_p: f32,
    /// Smallest probability of a kept token, relative to the likeliest one (min-p), from 0 to 1.
    pub min_p: f32,
    /// Repetition penalty: positive logits of tokens in the prompt or the reply are divided by it, negative ones multiplied; 1
    /// disables it (CTRL, Keskar et al. 2019).
    pub repetition_penalty: f32,
    /// Presence penalty, subtracted from the logits of tokens in the reply.
    pub presence_penalty: f32,
    /// Frequency penalty, subtracted from the logit of a token for each occurrence in the reply.
    pub frequency_penalty: f32,
    /// Biases added to the logits of these tokens before penalties; negative infinity bans a token.
    #[serde(with = "logit_bias::json")]
    pub logit_bias: Vec<(u32, f32)>,
    /// Seed of the random numbers; a different one each time if `None`.
    pub seed: Option<u64>,
    /// Stop strings, which end the reply and are not part of it.
    pub stop: Vec<String>,
    /// Largest draft length of speculative decoding (prompt lookup), in tokens; 0 disables it. The reply is the same either
    /// way.
    pub lookup_tokens: usize,
    /// Whether to end a reply that repeats the same tokens without end, with [`StopReason::Repetition`].
    pub stop_repetition: bool,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        Self {
            max_tokens: Some(USUAL_MAX_TOKENS),
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
    /// Options of greedy sampling.
    pub fn greedy() -> Self {
        Self { temperature: 0.0, ..Self::default() }
    }

    /// Checks that every option is in range.
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

    /// Whether any penalty is enabled.
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
    /// The model sampled an end token.
    Eos,
    /// A stop string was generated.
    Stop,
    /// The largest number of tokens was reached.
    Length,
    /// The context is full.
    Context,
    /// The reply repeated itself without end.
    Repetition,
    /// The caller cancelled the reply.
    Cancelled,
}
