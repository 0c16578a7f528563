//! What quantizing cost: perplexity on a text and, against a reference, KL divergence and agreement.
//!
//! The text's tokens are cut into windows that do not overlap. Of each window the second half is scored, so that every
//! scored token has at least half a window before it; figures are averages over all scored tokens. llama.cpp's perplexity
//! tool scores the same positions.
//!
//! [`evaluate`] compares two models that are in memory together; [`Position`]s are kept of one, so that the other can be
//! compared with it when the first is gone.

mod distribution;
mod figures;
mod passage;
mod position;

use crate::backend::{self, Decoder, Logits};
use crate::progress::{Cancel, Observer, Progress};
use distribution::{Accumulated, log_softmax};
pub use figures::{Figures, Histogram};
pub use passage::{Passage, cut, for_each_position};
pub use position::{Difference, KEPT_TOKENS, Position};

/// Fewest tokens of a window: one to see and one to score.
const SMALLEST_WINDOW: usize = 2;

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

/// What is measured, on what.
pub struct Evaluation<'a> {
    /// The model.
    pub model: &'a dyn Decoder,
    /// What it is compared with, usually the unquantized model.
    pub reference: Option<&'a dyn Decoder>,
    /// The text, tokenized without special tokens.
    pub tokens: &'a [u32],
    /// Tokens per window.
    pub context: usize,
}

/// Figures of a model on a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// exp of [`Self::nll`].
    pub perplexity: f64,
    /// Mean negative log-likelihood of the scored tokens, in nats.
    pub nll: f64,
    /// Scored tokens.
    pub tokens: usize,
    /// Against a reference.
    pub divergence: Option<Divergence>,
}

/// How far a model is from its reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Divergence {
    /// Mean over the scored positions of KL(reference ‖ model), in nats.
    pub kl_mean: f64,
    /// 99th percentile of the same.
    pub kl_p99: f64,
    /// Share of positions where both find the same token most likely.
    pub top1_agreement: f64,
    /// Perplexity of the reference on the same tokens.
    pub reference_perplexity: f64,
}

/// Measures; progress counts tokens.
///
/// # Errors
/// [`Error`]; [`backend::Error::Cancelled`] within a window.
pub fn evaluate(
    evaluation: &Evaluation<'_>,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Quality, Error> {
    let Evaluation { model, reference, tokens, context } = *evaluation;
    check_windows(tokens, context)?;
    let vocab = model.spec().vocab_size;
    if let Some(other) =
        reference.map(|reference| reference.spec().vocab_size).filter(|&other| other != vocab)
    {
        return Err(Error::OtherVocabulary { model: vocab, reference: other });
    }
    let mut sequence = model.sequence(context)?;
    let mut reference = reference.map(|reference| reference.sequence(context)).transpose()?;
    let mut accumulated = Accumulated::default();
    let (mut log_p, mut log_q) = (vec![0.0; vocab], vec![0.0; vocab]);
    let windows = tokens.chunks_exact(context);
    let total = windows.len();
    for (done, window) in windows.enumerate() {
        observer.progress(Progress {
            item: format!("window {} of {total}", done + 1),
            done: (done * context) as u64,
            total: (total * context) as u64,
        });
        let first = context / 2;
        let seen = &window[..context - 1];
        let logits = last_rows(&mut *sequence, seen, first, cancel)?;
        let compared = match &mut reference {
            Some(reference) => Some(last_rows(&mut **reference, seen, first, cancel)?),
            None => None,
        };
        for (row, &next) in window[first..].iter().enumerate() {
            let row = row * vocab..(row + 1) * vocab;
            log_softmax(&logits[row.clone()], &mut log_q);
            match &compared {
                Some(compared) => {
                    log_softmax(&compared[row], &mut log_p);
                    accumulated.add_compared(&log_p, &log_q, next as usize);
                }
                None => accumulated.add(&log_q, next as usize),
            }
        }
    }
    Ok(accumulated.quality())
}

/// Whether a text can be cut into windows of `context` tokens that have something to score.
fn check_windows(tokens: &[u32], context: usize) -> Result<(), Error> {
    if context < SMALLEST_WINDOW {
        return Err(Error::WindowTooSmall { context });
    }
    if tokens.len() < context {
        return Err(Error::TextTooShort { tokens: tokens.len(), context });
    }
    Ok(())
}

/// Feeds `tokens` to an emptied `sequence` and returns the logits that predict the token at `first` and all after it.
fn last_rows<'a>(
    sequence: &'a mut dyn backend::Sequence,
    tokens: &[u32],
    first: usize,
    cancel: &Cancel,
) -> Result<&'a [f32], backend::Error> {
    sequence.truncate(0);
    let (before, scored) = tokens.split_at(first - 1);
    if !before.is_empty() {
        sequence.feed(before, Logits::None, cancel)?;
    }
    sequence.feed(scored, Logits::All, cancel)
}

#[cfg(test)]
mod tests;
