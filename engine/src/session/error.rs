//! Errors of generating a reply.

use crate::{backend, text};

/// Why a reply could not be generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The prompt is empty.
    #[error("the prompt is empty; write something to continue")]
    EmptyPrompt,
    /// The prompt alone fills the context.
    #[error(
        "the prompt has {tokens} tokens, but the context has room for {capacity}; shorten it or raise the context"
    )]
    PromptTooLong {
        /// Number of tokens of the prompt.
        tokens: usize,
        /// Capacity in tokens, including one for the reply.
        capacity: usize,
    },
    /// The model computed NaN logits.
    #[error(
        "the model computed {count} values that are not numbers; its file is damaged or does not suit this program"
    )]
    NotANumber {
        /// Number of NaN logits.
        count: usize,
    },
    /// Logit filters banned every token.
    #[error("every token is banned, so the reply cannot go on; ban fewer tokens")]
    EveryTokenBanned,
    /// The value of an option is invalid.
    #[error("{option} is {value}, but it must be {rule}")]
    BadOption {
        /// Name of the option.
        option: &'static str,
        /// Value of the option.
        value: f64,
        /// The rule that the value violates.
        rule: &'static str,
    },
    /// The decoder reported an error.
    #[error(transparent)]
    Backend(#[from] backend::Error),
    /// The tokenizer or the chat template reported an error.
    #[error(transparent)]
    Text(#[from] text::Error),
}
