//! Tokenizer and chat templates of an opened model, and the complete metadata of its GGUF file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::error::Error;
use super::model::Model;
use super::vocabulary::write_vocabulary;
use crate::formats::gguf::Metadata;
use crate::progress::Observer;
use crate::text::{ChatTemplates, GgufVocabulary, Tokenizer, TokenizerFiles};

impl Model {
    /// The tokenizer, from a checkpoint's `tokenizer.json` or the vocabulary of a GGUF file.
    ///
    /// # Errors
    /// [`Error::NoTokenizer`], or the errors of parsing one.
    pub fn tokenizer(&self) -> Result<Tokenizer, Error> {
        let Some(folder) = self.checkpoint_folder() else {
            let missing = || Error::NoTokenizer { path: self.path().to_owned() };
            return Ok(Tokenizer::from_gguf(self.vocabulary()?.ok_or_else(missing)?)?);
        };
        Ok(Tokenizer::from_json(&self.needed(&folder.join("tokenizer.json"))?)?)
    }

    /// The chat templates; having none is not an error.
    ///
    /// # Errors
    /// The errors of reading the template files.
    pub fn chat_templates(&self) -> Result<ChatTemplates, Error> {
        let Some(folder) = self.checkpoint_folder() else {
            return Ok(self.vocabulary()?.map(ChatTemplates::from_gguf).unwrap_or_default());
        };
        let config = optional_text(&folder.join("tokenizer_config.json"))?;
        let jinja = optional_text(&folder.join("chat_template.jinja"))?;
        Ok(ChatTemplates::from_checkpoint(config.as_deref(), jinja.as_deref())?)
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
        let config = optional_text(&folder.join("tokenizer_config.json"))?;
        let jinja = optional_text(&folder.join("chat_template.jinja"))?;
        let converted = GgufVocabulary::from_checkpoint(&TokenizerFiles {
            tokenizer: &self.needed(&folder.join("tokenizer.json"))?,
            config: config.as_deref(),
            chat_template: jinja.as_deref(),
            vocab_size: self.vocab_size(),
        })?;
        if let Some(warning) = converted.warning {
            observer.warn(warning);
        }
        let mut vocabulary = converted.vocabulary;
        // Programs that support a single end token should use the one that ends a turn.
        vocabulary.eos = vocabulary.eos.or(self.end_tokens().first().copied());
        write_vocabulary(vocabulary, &mut metadata);
        Ok(metadata)
    }

    fn needed(&self, path: &Path) -> Result<Vec<u8>, Error> {
        fs::read(path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => Error::NoTokenizer { path: self.path().to_owned() },
            _ => Error::Path { path: path.to_owned(), source },
        })
    }
}

fn optional_text(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Path { path: path.to_owned(), source }),
    }
}
