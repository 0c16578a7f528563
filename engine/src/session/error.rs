//! Why a reply could not be generated.

use crate::{backend, text};

/// Why a reply could not be generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing to continue.
    #[error("the prompt is empty; write something to continue")]
    EmptyPrompt,
    /// The prompt alone fills the context.
    #[error(
        "the prompt has {tokens} tokens, but the context has room for {capacity}; shorten it or raise the context"
    )]
    PromptTooLong {
        /// Tokens of the prompt.
        tokens: usize,
        /// Tokens that fit, one of them for the reply.
        capacity: usize,
    },
    /// The model's output is not a number.
    #[error(
        "the model computed {count} values that are not numbers; its file is damaged or does not suit this program"
    )]
    NotANumber {
        /// How many logits are NaN.
        count: usize,
    },
    /// Logit filters banned every token.
    #[error("every token is banned, so the reply cannot go on; ban fewer tokens")]
    EveryTokenBanned,
    /// An option makes no sense.
    #[error("{option} is {value}, but it must be {rule}")]
    BadOption {
        /// Name of the option.
        option: &'static str,
        /// Value of the option.
        value: f64,
        /// What it must be.
        rule: &'static str,
    },
    /// The decoder failed.
    #[error(transparent)]
    Backend(#[from] backend::Error),
    /// The tokenizer or the chat template failed.
    #[error(transparent)]
    Text(#[from] text::Error),
}
