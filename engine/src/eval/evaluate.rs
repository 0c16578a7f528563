//! Perplexity of a model on a text, and its difference from a reference model if one is in memory as well.

use rayon::prelude::*;

use super::difference::Difference;
use super::distribution::Distribution;
use super::error::Error;
use super::figures::Figures;
use super::passage::{Passage, cut};
use super::position::{Keep, Position};
use super::reader::Reader;
use crate::backend::Decoder;
use crate::progress::{Cancel, Observer, Progress};

/// Inputs of an evaluation: models, text and window.
pub struct Evaluation<'a> {
    /// The model to evaluate.
    pub model: &'a dyn Decoder,
    /// The reference model, usually the unquantized one.
    pub reference: Option<&'a dyn Decoder>,
    /// The text, tokenized without special tokens.
    pub tokens: &'a [u32],
    /// Tokens that the tokenizer puts before a text; every window begins with them.
    pub beginning: &'a [u32],
    /// Number of tokens per window.
    pub context: usize,
}

/// Result of an evaluation on a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// Mean negative log-likelihood of the scored tokens, in nats (natural logarithm), accumulated in f64.
    pub nll: f64,
    /// Number of scored tokens.
    pub tokens: usize,
    /// Difference from the reference, if one was given.
    pub figures: Option<Figures>,
}

impl Evaluated {
    /// Perplexity of the model: e to the power of [`Self::nll`], f64.
    pub fn perplexity(&self) -> f64 {
        self.nll.exp()
    }
}

/// Result of one scored position.
struct Scored {
    /// Negative log-likelihood of the next token under the model, in nats.
    nll: f64,
    difference: Option<Difference>,
}

/// Evaluates the model; progress counts tokens.
///
/// # Errors
/// [`Error`]; [`backend::Error::Cancelled`](crate::backend::Error::Cancelled) within a window.
pub fn evaluate(
    evaluation: &Evaluation<'_>,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Evaluated, Error> {
    let Evaluation { model, reference, tokens, beginning, context } = *evaluation;
    let passages = cut(tokens, context, tokens.len())?.into_iter();
    let passages: Vec<Passage> = passages.map(|passage| passage.begun_with(beginning)).collect();
    let vocab = model.spec().vocab_size;
    if let Some(other) =
        reference.map(|reference| reference.spec().vocab_size).filter(|&other| other != vocab)
    {
        return Err(Error::OtherVocabulary { model: vocab, reference: other });
    }
    let mut model = Reader::new(model, context, context)?;
    let mut reference = reference.map(|reference| Reader::new(reference, context, context)).transpose()?;
    let mut scored = Vec::with_capacity(passages.iter().map(Passage::n_scored).sum());
    for (done, passage) in passages.iter().enumerate() {
        let item = format!("window {} of {}", done + 1, passages.len());
        observer.progress(Progress::new(item, (done * context) as u64, (passages.len() * context) as u64));
        score(&mut model, reference.as_mut(), passage, vocab, &mut scored, cancel)?;
    }
    if scored.iter().any(|one| one.nll.is_nan()) {
        return Err(Error::NotANumber);
    }
    let differences: Vec<Difference> = scored.iter().filter_map(|one| one.difference).collect();
    let figures = reference.is_some().then(|| Figures::of(&differences)).transpose()?;
    let nll = scored.iter().map(|one| one.nll).sum::<f64>() / scored.len().max(1) as f64;
    Ok(Evaluated { nll, tokens: scored.len(), figures })
}

/// Feeds `passage` to both models, half of it at a time, and appends the results of its scored positions.
fn score(
    model: &mut Reader,
    mut reference: Option<&mut Reader>,
    passage: &Passage,
    vocab: usize,
    scored: &mut Vec<Scored>,
    cancel: &Cancel,
) -> Result<(), Error> {
    model.begin(passage, cancel)?;
    if let Some(reference) = &mut reference {
        reference.begin(passage, cancel)?;
    }
    let run = passage.first..passage.tokens.len();
    let logits = model.predict(passage, &run, cancel)?;
    let compared = reference.map(|reference| reference.predict(passage, &run, cancel)).transpose()?;
    let rows = logits.par_chunks(vocab).zip(&passage.tokens[run]).enumerate();
    scored.par_extend(rows.map(|(row, (logits, &next))| {
        let distribution = Distribution::of(logits);
        let first = compared.map(|all| Position::of(&all[row * vocab..][..vocab], next, Keep::All));
        let difference = first.map(|first| Difference::between(&first, &distribution));
        Scored { nll: -distribution.log_probability(next), difference }
    }));
    Ok(())
}

#[cfg(test)]
mod tests;
