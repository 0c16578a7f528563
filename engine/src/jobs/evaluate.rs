//! Evaluation of a model on a text file.

use std::path::Path;

use super::Error;
use super::load::LoadedModel;
use crate::eval::{self, Evaluated, Evaluation};
use crate::progress::{Cancel, Observer};

/// Evaluates `model` on the text file `text` in windows of `context` tokens, against `reference` if given.
///
/// # Errors
/// [`Error::ReadText`] for a file that is missing or not UTF-8, [`Error::Text`], [`Error::Eval`].
pub fn evaluate(
    model: &LoadedModel,
    reference: Option<&LoadedModel>,
    text: &Path,
    context: usize,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Evaluated, Error> {
    let tokens = model.tokenizer.encode(&read_text(text)?)?;
    let reference = reference.map(|reference| &*reference.decoder);
    let evaluation = Evaluation { model: &*model.decoder, reference, tokens: &tokens, context };
    Ok(eval::evaluate(&evaluation, observer, cancel)?)
}

/// Reads the text of a file.
///
/// # Errors
/// [`Error::ReadText`] if the file cannot be read.
pub fn read_text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::ReadText { path: path.to_path_buf(), source })
}
