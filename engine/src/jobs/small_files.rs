//! What a checkpoint's small files say of it, asked before its weights are fetched: the configuration, the kind of the tokenizer,
//! the index of the weights.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::causes::sentence;
use crate::base::json;
use crate::hub::{self, Hub, Refusal, RepoFile, RepoId, Revision};
use crate::models;
use crate::progress::Cancel;
use crate::text;

const CONFIG: &str = "config.json";
const INDEX: &str = "model.safetensors.index.json";
const TOKENIZER: &str = "tokenizer.json";
/// Tokenizers in formats that are not read.
const OTHER_TOKENIZERS: [&str; 2] = ["tokenizer.model", "vocab.json"];
/// Size of a piece of the tokenizer in bytes; its kind stands after the added tokens.
const PIECE: u64 = 256 << 10;
/// Largest number of bytes in which the tokenizer's kind is looked for.
const MOST_SEARCHED: u64 = 4 << 20;
/// Largest index that is read, in bytes.
const LONGEST_INDEX: u64 = 64 << 20;

/// The files of a checkpoint on the Hub.
pub(super) struct SmallFiles<'a> {
    pub(super) hub: &'a Hub,
    pub(super) repo: &'a RepoId,
    pub(super) commit: &'a Revision,
    /// The files that are to be downloaded.
    pub(super) files: &'a [RepoFile],
}

/// The part of an index that names files.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl SmallFiles<'_> {
    /// Why the checkpoint cannot run, or cannot be `quantized` if it is to be, as far as its small files say.
    ///
    /// # Errors
    /// Any [`hub::Error`] of a request.
    pub(super) fn refusal(&self, quantized: bool, cancel: &Cancel) -> Result<Option<Refusal>, hub::Error> {
        if let Some(config) = self.find(CONFIG) {
            let config = self.hub.read(self.repo, self.commit, config, cancel)?;
            if let Err(error) = models::outline(&config) {
                return Ok(Some(Refusal::Faulty { reason: sentence(&error) }));
            }
        }
        let Some(tokenizer) = self.find(TOKENIZER) else {
            let has_other = OTHER_TOKENIZERS.iter().any(|name| self.find(name).is_some());
            return Ok(Some(Refusal::NoTokenizer { has_other }));
        };
        if quantized
            && let Some(kind) = self.tokenizer_kind(tokenizer, cancel)?
            && !text::is_convertible(&kind)
        {
            return Ok(Some(Refusal::TokenizerKind { kind }));
        }
        let Some(index) = self.find(INDEX).filter(|index| index.size_bytes <= LONGEST_INDEX) else {
            return Ok(None);
        };
        if self.find("model.safetensors").is_some() {
            return Ok(None);
        }
        let index = self.hub.read(self.repo, self.commit, index, cancel)?;
        Ok(match json::from_slice::<Index>(&index) {
            Err(error) => Some(Refusal::Faulty { reason: format!("{INDEX} cannot be read: {error}") }),
            Ok(index) => {
                let missing = index.weight_map.into_values().find(|file| self.find(file).is_none());
                missing.map(|file| Refusal::MissingShard { file })
            }
        })
    }

    fn find(&self, name: &str) -> Option<&RepoFile> {
        self.files.iter().find(|file| file.path.as_str() == name)
    }

    /// Kind of the tokenizer's model, such as `BPE`, from the start of its file; `None` if it is not found there.
    fn tokenizer_kind(&self, file: &RepoFile, cancel: &Cancel) -> Result<Option<String>, hub::Error> {
        let most = file.size_bytes.min(MOST_SEARCHED);
        let mut start = Vec::new();
        while (start.len() as u64) < most {
            let at = start.len() as u64;
            let until = (at * 4).max(PIECE).min(most);
            start.extend(self.hub.read_range(self.repo, self.commit, file, at..until, cancel)?);
            if let Some(kind) = text::kind_in(&start) {
                return Ok(Some(kind));
            }
        }
        Ok(None)
    }
}
