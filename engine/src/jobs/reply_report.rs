//! How a reply went: counts and speeds.

use serde::{Deserialize, Serialize};

use crate::session::StopReason;
use crate::text::PromptParts;

/// How a reply went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplyReport {
    /// Why it ended.
    pub stop_reason: StopReason,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Of those, tokens that were in the cache already.
    pub cached_tokens: usize,
    /// Number of generated tokens.
    pub tokens: usize,
    /// Prompt tokens computed per second.
    pub prompt_tps: f64,
    /// Generated tokens per second.
    pub gen_tps: f64,
    /// Seconds until the first token.
    pub first_token_seconds: f64,
    /// Seconds of thinking before what was said; `None` if there was none.
    #[serde(default)]
    pub thinking_seconds: Option<f64>,
    /// What the prompt's tokens were spent on.
    #[serde(default)]
    pub parts: PromptParts,
}
