//! Why quality could not be measured.

use crate::backend;

/// Why quality could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not one window's worth of text.
    #[error(
        "the text has {tokens} tokens, but one window takes {context}; give a longer text or a smaller context"
    )]
    TextTooShort {
        /// Tokens of the text.
        tokens: usize,
        /// Tokens of a window.
        context: usize,
    },
    /// A window too small to score anything.
    #[error("a window of {context} tokens has nothing to score; take at least 2")]
    WindowTooSmall {
        /// Tokens of a window.
        context: usize,
    },
    /// Two models that do not speak of the same tokens.
    #[error(
        "the reference has a vocabulary of {reference} tokens, the model one of {model}; they cannot be compared"
    )]
    OtherVocabulary {
        /// Tokens of the model.
        model: usize,
        /// Tokens of the reference.
        reference: usize,
    },
    /// One of the models computes values that are not numbers.
    #[error(
        "a model computed values that are not numbers; its file is damaged or does not suit this program"
    )]
    NotANumber,
    /// A decoder failed.
    #[error(transparent)]
    Backend(#[from] backend::Error),
}
