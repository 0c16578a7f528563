//! The files of a checkpoint that its tokenizer is read from.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::error::Error;
use crate::formats;
use crate::text::{self, TokenizerFiles};

/// Files of tokenizers in formats that are not read.
const OTHER_TOKENIZERS: [&str; 4] = ["tokenizer.model", "vocab.json", "tiktoken.model", "tekken.json"];

/// The files of a checkpoint's tokenizer, as far as they exist.
pub(super) struct ReadFiles {
    pub(super) tokenizer: Option<Vec<u8>>,
    config: Option<String>,
    special_tokens_map: Option<String>,
    added_tokens: Option<String>,
    chat_template: Option<String>,
}

impl ReadFiles {
    /// Reads all of the files in `folder`.
    pub(super) fn of(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("tokenizer.json");
        let tokenizer = optional(&path, |path| fs::read(path))?;
        if let Some(error) = tokenizer.as_deref().and_then(|bytes| formats::Error::of_start(&path, bytes)) {
            return Err(error.into());
        }
        let beside = Self::beside(folder)?;
        let tokenizer = tokenizer.map(|bytes| text::with_prefix_space(bytes, beside.config.as_deref()));
        Ok(Self { tokenizer, ..beside })
    }

    /// Reads the files beside `tokenizer.json`.
    pub(super) fn beside(folder: &Path) -> Result<Self, Error> {
        let text = |name: &str| optional(&folder.join(name), |path| fs::read_to_string(path));
        Ok(Self {
            tokenizer: None,
            config: text("tokenizer_config.json")?,
            special_tokens_map: text("special_tokens_map.json")?,
            added_tokens: text("added_tokens.json")?,
            chat_template: text("chat_template.jinja")?,
        })
    }

    /// The files as the text module takes them, with `tokenizer` as `tokenizer.json`.
    pub(super) fn files<'a>(&'a self, tokenizer: &'a [u8], vocab_size: usize) -> TokenizerFiles<'a> {
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

/// Tokens that end a reply by the tokenizer's files in `folder`; none where they cannot be read, which is an error where they
/// are needed.
pub(super) fn end_tokens_of(folder: &Path, vocab_size: usize) -> Vec<u32> {
    let Ok(read) = ReadFiles::of(folder) else { return Vec::new() };
    let Some(tokenizer) = read.tokenizer.as_deref() else { return Vec::new() };
    read.files(tokenizer, vocab_size).end_tokens().unwrap_or_default()
}

/// The error for a model without a tokenizer that is read: one in another format is named.
pub(super) fn no_tokenizer(path: &Path) -> Error {
    let other = OTHER_TOKENIZERS.iter().find(|name| path.join(name).is_file());
    match other {
        Some(file) => Error::OtherTokenizer { file, path: path.to_owned() },
        None => Error::NoTokenizer { path: path.to_owned() },
    }
}

/// The result of `read`, or `None` if the file does not exist.
fn optional<T>(path: &Path, read: impl Fn(&Path) -> io::Result<T>) -> Result<Option<T>, Error> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Path { path: path.to_owned(), source }),
    }
}
