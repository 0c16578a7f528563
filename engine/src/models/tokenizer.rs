//! Tokenizer and chat templates of an opened model, and the complete metadata of its GGUF file.

use super::error::Error;
use super::general::END_TOKENS_KEY;
use super::model::Model;
use super::tokenizer_files::{ReadFiles, no_tokenizer};
use super::vocabulary::write_vocabulary;
use crate::formats::gguf::Metadata;
use crate::progress::Observer;
use crate::text::{ChatTemplates, GgufVocabulary, Tokenizer};

impl Model {
    /// The tokenizer, from a checkpoint's `tokenizer.json` or the vocabulary of a GGUF file.
    ///
    /// # Errors
    /// [`Error::NoTokenizer`], or the errors of parsing one.
    pub fn tokenizer(&self) -> Result<Tokenizer, Error> {
        let missing = || no_tokenizer(self.path());
        let Some(folder) = self.checkpoint_folder() else {
            return Ok(Tokenizer::from_gguf(self.vocabulary()?.ok_or_else(missing)?)?);
        };
        let read = ReadFiles::of(folder)?;
        let tokenizer = read.tokenizer.as_deref().ok_or_else(missing)?;
        Ok(Tokenizer::from_files(&read.files(tokenizer, self.vocab_size()))?)
    }

    /// The chat templates; having none is not an error.
    ///
    /// # Errors
    /// The errors of reading the template files.
    pub fn chat_templates(&self) -> Result<ChatTemplates, Error> {
        let Some(folder) = self.checkpoint_folder() else {
            return Ok(self.vocabulary()?.map(ChatTemplates::from_gguf).unwrap_or_default());
        };
        let read = ReadFiles::beside(folder)?;
        Ok(ChatTemplates::from_checkpoint(&read.files(&[], self.vocab_size()))?)
    }

    /// Complete metadata of the GGUF file that this model becomes: [`Model::metadata`] with tokenizer and chat templates.
    ///
    /// Warns `observer` if GGUF cannot express the tokenizer exactly.
    ///
    /// # Errors
    /// The errors of [`Model::tokenizer`].
    pub fn gguf_metadata(&self, observer: &dyn Observer) -> Result<Metadata, Error> {
        let mut metadata = self.metadata().clone();
        let Some(folder) = self.checkpoint_folder() else { return Ok(metadata) };
        let read = ReadFiles::of(folder)?;
        let missing = || no_tokenizer(self.path());
        let tokenizer = read.tokenizer.as_deref().ok_or_else(missing)?;
        let converted = GgufVocabulary::from_checkpoint(&read.files(tokenizer, self.vocab_size()))?;
        if let Some(warning) = converted.warning {
            observer.warn(warning);
        }
        let mut vocabulary = converted.vocabulary;
        // Programs that support a single end token should use the one that ends a turn.
        vocabulary.eos = vocabulary.eos.or(self.end_tokens().first().copied());
        write_vocabulary(vocabulary, &mut metadata);
        if !self.end_tokens().is_empty() {
            metadata.set(END_TOKENS_KEY, self.end_tokens().to_vec());
        }
        Ok(metadata)
    }
}
