//! Evaluation of a model on a text file.

use std::path::Path;

use super::Error;
use super::load::LoadedModel;
use crate::eval::{self, Evaluated, Evaluation};
use crate::progress::{Cancel, Observer};

/// Evaluates `model` on the text file `text` in windows of `context` tokens, against `reference` if given.
///
/// The text is tokenized without special tokens. Where the tokenizer puts a beginning before a text, such as BOS, it takes the
/// place of each window's first tokens, which are not scored; models trained with BOS predict badly without.
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
    let beginning = model.tokenizer.beginning()?;
    let evaluation =
        Evaluation { model: &*model.decoder, reference, tokens: &tokens, beginning: &beginning, context };
    Ok(eval::evaluate(&evaluation, observer, cancel)?)
}

/// Reads the text of a file.
///
/// # Errors
/// [`Error::ReadText`] if the file cannot be read.
pub fn read_text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::ReadText { path: path.to_path_buf(), source })
}
