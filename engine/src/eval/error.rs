//! Errors of measuring quality.

use crate::backend;

/// Why quality could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is shorter than one window.
    #[error(
        "the text has {tokens} tokens, but one window takes {context}; give a longer text or a smaller context"
    )]
    TextTooShort {
        /// Number of tokens of the text.
        tokens: usize,
        /// Number of tokens of a window.
        context: usize,
    },
    /// The window is too small to score a token.
    #[error("a window of {context} tokens has nothing to score; use at least 2")]
    WindowTooSmall {
        /// Number of tokens of a window.
        context: usize,
    },
    /// The two models have different vocabularies.
    #[error(
        "the reference has a vocabulary of {reference} tokens, the model one of {model}; they cannot be compared"
    )]
    OtherVocabulary {
        /// Vocabulary size of the model.
        model: usize,
        /// Vocabulary size of the reference.
        reference: usize,
    },
    /// One of the models computes NaN or infinite logits.
    #[error(
        "a model computed values that are not numbers; its file is damaged or does not suit this program"
    )]
    NotANumber,
    /// A decoder reported an error.
    #[error(transparent)]
    Backend(#[from] backend::Error),
}
