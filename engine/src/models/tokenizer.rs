//! Tokenizer and chat templates of an opened model, and the complete metadata of its GGUF file.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::error::Error;
use super::general::END_TOKENS_KEY;
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
        let missing = || Error::NoTokenizer { path: self.path().to_owned() };
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
        let missing = || Error::NoTokenizer { path: self.path().to_owned() };
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

/// Tokens that end a reply by the tokenizer's files in `folder`; none where they cannot be read, which is an error where they
/// are needed.
pub(super) fn end_tokens_of(folder: &Path, vocab_size: usize) -> Vec<u32> {
    let Ok(read) = ReadFiles::of(folder) else { return Vec::new() };
    let Some(tokenizer) = read.tokenizer.as_deref() else { return Vec::new() };
    read.files(tokenizer, vocab_size).end_tokens().unwrap_or_default()
}

/// The files of a checkpoint's tokenizer, those that are there.
struct ReadFiles {
    tokenizer: Option<Vec<u8>>,
    config: Option<String>,
    special_tokens_map: Option<String>,
    added_tokens: Option<String>,
    chat_template: Option<String>,
}

impl ReadFiles {
    /// All of them.
    fn of(folder: &Path) -> Result<Self, Error> {
        let tokenizer = optional(&folder.join("tokenizer.json"), |path| fs::read(path))?;
        Ok(Self { tokenizer, ..Self::beside(folder)? })
    }

    /// Those beside `tokenizer.json`.
    fn beside(folder: &Path) -> Result<Self, Error> {
        let text = |name: &str| optional(&folder.join(name), |path| fs::read_to_string(path));
        Ok(Self {
            tokenizer: None,
            config: text("tokenizer_config.json")?,
            special_tokens_map: text("special_tokens_map.json")?,
            added_tokens: text("added_tokens.json")?,
            chat_template: text("chat_template.jinja")?,
        })
    }

    fn files<'a>(&'a self, tokenizer: &'a [u8], vocab_size: usize) -> TokenizerFiles<'a> {
        TokenizerFiles {
            tokenizer,
            config: self.config.as_deref(),
            special_tokens_map: self.special_tokens_map.as_deref(),
            added_tokens: self.added_tokens.as_deref(),
            chat_template: self.chat_template.as_deref(),
            vocab_size,
        }
    }
}

fn optional<T>(path: &Path, read: impl Fn(&Path) -> io::Result<T>) -> Result<Option<T>, Error> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Path { path: path.to_owned(), source }),
    }
}
