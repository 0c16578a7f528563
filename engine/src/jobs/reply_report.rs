//! Report of a reply: counts and speeds.

use serde::{Deserialize, Serialize};

use crate::session::StopReason;
use crate::text::PromptParts;

/// Counts and speeds of a reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplyReport {
    /// Why the reply ended.
    pub stop_reason: StopReason,
    /// Number of tokens of the prompt.
    pub prompt_tokens: usize,
    /// Number of prompt tokens that were already in the KV cache.
    pub cached_tokens: usize,
    /// Number of generated tokens.
    pub tokens: usize,
    /// Prefill speed in tokens per second.
    pub prompt_tps: f64,
    /// Generation speed in tokens per second.
    pub gen_tps: f64,
    /// Seconds until the first token.
    pub first_token_seconds: f64,
    /// Seconds of reasoning before the answer; `None` without reasoning.
    #[serde(default)]
    pub thinking_seconds: Option<f64>,
    /// Parts of the prompt by tokens.
    #[serde(default)]
    pub parts: PromptParts,
}
