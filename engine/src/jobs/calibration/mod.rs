//! What methods that look at activations are calibrated with: tokens to run the model on, or statistics from a file.
//!
//! By default the model writes the text itself ([`own_text`]), so no data set is needed; a text file or chosen chats may take its
//! place. Texts are cut into sequences, each of which begins as the tokenizer begins a text.

mod error;
mod imatrix_file;
mod own_text;
mod source;

pub use error::CalibrationError;
pub use source::Calibration;

use std::path::Path;

use ring::digest::{Context, SHA256};

use super::Error;
use crate::base::hex::hex;
use crate::models::Model;
use crate::progress::{Cancel, Observer};
use crate::quant::layers::collect;
use crate::quant::{ActivationStatistics, Method, Needs};

/// Tokens of a sequence.
pub(super) const WINDOW: usize = 512;
/// Shortest rest of a text that is a sequence of its own.
const SHORTEST: usize = 64;
/// Default number of tokens of a given text.
pub(super) const GIVEN_TOKENS: usize = 32 * 1024;
/// Default number of tokens that a model writes itself.
pub(super) const OWN_TOKENS: usize = 8 * 1024;

/// What a run is calibrated with.
#[derive(Debug)]
pub(super) enum Calibrated {
    /// Nothing: the method uses only the weights.
    Nothing,
    /// Statistics of each tensor's inputs.
    Statistics(ActivationStatistics),
    /// Tokens to run the layers on.
    Sequences(Vec<Vec<u32>>),
}

impl Calibrated {
    /// A digest of all numbers, by which an unfinished run is known to have had the same.
    pub(super) fn digest(&self) -> String {
        let mut digest = Context::new(&SHA256);
        match self {
            Self::Nothing => {}
            Self::Statistics(statistics) => {
                for (name, known) in statistics.iter() {
                    digest.update(name.as_bytes());
                    known.numbers().for_each(|number| digest.update(&number.to_le_bytes()));
                }
            }
            Self::Sequences(sequences) => {
                for sequence in sequences {
                    digest.update(&(sequence.len() as u64).to_le_bytes());
                    for token in sequence {
                        digest.update(&token.to_le_bytes());
                    }
                }
            }
        }
        hex(digest.finish().as_ref())
    }
}

/// A calibration, the model it is for, and its limits.
pub(super) struct Calibrating<'a> {
    pub(super) model: &'a Model,
    pub(super) calibration: &'a Calibration,
    /// Largest number of tokens; a default if `None`.
    pub(super) tokens: Option<usize>,
    /// Number of worker threads.
    pub(super) threads: usize,
}

impl Calibrating<'_> {
    /// What `method` needs: nothing, statistics, or tokens.
    ///
    /// # Errors
    /// [`CalibrationError`] where the calibration and the method's need of one do not go together, or a file cannot be used; what
    /// running the model comes to.
    pub(super) fn calibrate(
        &self,
        method: &'static dyn Method,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Calibrated, Error> {
        if method.needs() == Needs::Nothing {
            return match self.calibration.file() {
                Some(path) => Err(CalibrationError::NotNeeded { method, path: path.to_owned() }.into()),
                None => Ok(Calibrated::Nothing),
            };
        }
        let file = self.calibration.file().map(imatrix_file::read).transpose()?;
        match (method.needs(), file.flatten()) {
            (Needs::Layers, Some(_)) => {
                let path = self.calibration.file().unwrap_or(Path::new("")).to_owned();
                Err(CalibrationError::NeedsText { method, path }.into())
            }
            (_, Some(statistics)) => Ok(Calibrated::Statistics(statistics)),
            (Needs::Layers, None) => Ok(Calibrated::Sequences(self.sequences(observer, cancel)?)),
            (_, None) => Ok(Calibrated::Statistics(self.statistics(observer, cancel)?)),
        }
    }

    /// What `method` needs, from these sequences of tokens.
    ///
    /// # Errors
    /// What running the model comes to.
    pub(super) fn with_sequences(
        &self,
        method: &'static dyn Method,
        sequences: Vec<Vec<u32>>,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Calibrated, Error> {
        Ok(match method.needs() {
            Needs::Nothing => Calibrated::Nothing,
            Needs::Diagonal => Calibrated::Statistics(self.collect(&sequences, observer, cancel)?),
            Needs::Layers => Calibrated::Sequences(sequences),
        })
    }

    fn collect(
        &self,
        sequences: &[Vec<u32>],
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<ActivationStatistics, Error> {
        let (spec, source) = (self.model.spec()?, self.model.source());
        let collected = collect(source, &spec, sequences, self.threads, observer, cancel);
        Ok(collected.map_err(super::quantize::Error::from)?)
    }

    /// Statistics of the inputs of all matrices, collected layer by layer.
    ///
    /// # Errors
    /// [`CalibrationError`], or what running the model comes to.
    pub(super) fn statistics(
        &self,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<ActivationStatistics, Error> {
        self.collect(&self.sequences(observer, cancel)?, observer, cancel)
    }

    /// The tokens of the text, in sequences.
    ///
    /// # Errors
    /// [`CalibrationError::TextTooShort`], [`Error::ReadText`], or what running the model comes to.
    pub(super) fn sequences(&self, observer: &dyn Observer, cancel: &Cancel) -> Result<Vec<Vec<u32>>, Error> {
        let texts = match self.calibration {
            Calibration::OwnText => {
                let tokens = self.tokens.unwrap_or(OWN_TOKENS);
                return own_text::write(self.model, tokens, WINDOW, self.threads, observer, cancel);
            }
            Calibration::File(path) => vec![super::read_text(path)?],
            Calibration::Texts(texts) => texts.clone(),
        };
        let tokenizer = self.model.tokenizer()?;
        let beginning = tokenizer.beginning()?;
        let window = WINDOW.min(self.model.spec()?.context_length).max(beginning.len() + 1);
        let mut left = self.tokens.unwrap_or(GIVEN_TOKENS);
        let mut sequences = Vec::new();
        for text in &texts {
            cancel.check()?;
            let tokens = tokenizer.encode_text(text)?;
            for piece in tokens.chunks(window - beginning.len()) {
                let piece = &piece[..piece.len().min(left)];
                if piece.len() >= SHORTEST.min(window - beginning.len()) {
                    sequences.push([&beginning[..], piece].concat());
                    left -= piece.len();
                }
            }
        }
        if sequences.is_empty() {
            return Err(CalibrationError::TextTooShort { least: SHORTEST }.into());
        }
        Ok(sequences)
    }
}
