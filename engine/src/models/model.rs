//! An opened model on disk: a GGUF file, or a checkpoint folder seen as the GGUF file it would become.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::checkpoint::{StoredFormat, open_checkpoint};
use super::error::Error;
use super::general::{END_TOKENS_KEY, n_parameters};
use super::kind::refuse_by_kind;
use super::names::Names;
use super::registry;
use super::tokenizer_files::end_tokens_of;
use super::vocabulary::{foreign_ids, read_vocabulary};
use crate::backend::{self, DecoderSpec, bind};
use crate::base::TensorSource;
use crate::formats::gguf::{GgufFile, Metadata, MetadataError};
use crate::progress::{Observer, Warning};
use crate::text::GgufVocabulary;

/// A model on disk: its metadata in GGUF's terms, and its tensors under GGUF's names.
pub struct Model {
    path: PathBuf,
    folder: Option<PathBuf>,
    metadata: Metadata,
    source: Box<dyn TensorSource>,
    /// End tokens that the configurations or the GGUF file list.
    listed_ends: Vec<u32>,
    end_tokens: OnceLock<Vec<u32>>,
    stored: Option<StoredFormat>,
    /// A checkpoint's own names of the tensors.
    names: Option<Names>,
    vocabulary: OnceLock<Result<Option<GgufVocabulary>, MetadataError>>,
}

/// Opens the GGUF file or checkpoint folder at `path`.
///
/// Only headers and configurations are read. Tensors of a checkpoint that are not part of the decoder are ignored, with a
/// warning to `observer`. A GGUF file of an unsupported architecture can be opened too; [`Model::spec`] then fails.
///
/// # Errors
/// [`Error`] with the file and the fault.
pub fn open(path: &Path, observer: &dyn Observer) -> Result<Model, Error> {
    let found = fs::metadata(path).map_err(|source| Error::Path { path: path.to_owned(), source })?;
    if !found.is_dir() {
        return open_gguf(path, observer);
    }
    let opened = open_checkpoint(path, observer)?;
    Ok(Model {
        path: path.to_owned(),
        folder: Some(path.to_owned()),
        metadata: opened.metadata,
        source: opened.source,
        listed_ends: opened.end_tokens,
        end_tokens: OnceLock::new(),
        stored: opened.stored,
        names: Some(opened.names),
        vocabulary: OnceLock::new(),
    })
}

impl Model {
    /// Path of the GGUF file or checkpoint folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The checkpoint's folder, with its tokenizer and templates; `None` for a GGUF file, which includes them.
    pub fn checkpoint_folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Metadata: `general.*` and the architecture's keys; all keys of a GGUF file.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The source of the tensors.
    pub fn source(&self) -> &dyn TensorSource {
        &*self.source
    }

    /// GGUF's name of the architecture, such as `llama`.
    pub fn architecture(&self) -> &str {
        self.metadata.optional("general.architecture").ok().flatten().unwrap_or("unknown")
    }

    /// Display name of the model.
    pub fn name(&self) -> &str {
        let from_file = || self.path.file_stem().and_then(|name| name.to_str()).unwrap_or("model");
        self.metadata.optional("general.name").ok().flatten().unwrap_or_else(from_file)
    }

    /// Number of weights, without tensors computed from the configuration.
    pub fn n_parameters(&self) -> u64 {
        n_parameters(&*self.source)
    }

    /// Longest context of the model in tokens, if the metadata states it.
    pub fn context_length(&self) -> Option<usize> {
        self.metadata.optional(&format!("{}.context_length", self.architecture())).ok().flatten()
    }

    /// Number of tokens in the vocabulary: rows of the embedding, or 0 for a file without tensors.
    pub fn vocab_size(&self) -> usize {
        let embedding = self.source.find("token_embd.weight");
        embedding.map_or(0, |index| self.source.tensors()[index].n_rows())
    }

    /// All tokens that end a text, whoever says so: the configurations, the tokenizer's files or the GGUF file, and the names
    /// that models give to the end of a turn.
    pub fn end_tokens(&self) -> &[u32] {
        self.end_tokens.get_or_init(|| {
            let vocab_size = self.vocab_size();
            let known = match &self.folder {
                Some(folder) => end_tokens_of(folder, vocab_size),
                // A faulty vocabulary is an error where it is needed.
                None => self.vocabulary().ok().flatten().map(GgufVocabulary::end_tokens).unwrap_or_default(),
            };
            let mut all: Vec<u32> = Vec::new();
            for token in self.listed_ends.iter().copied().chain(known) {
                if !all.contains(&token) && (token as usize) < vocab_size {
                    all.push(token);
                }
            }
            all
        })
    }

    /// The quantized format of a checkpoint's weights; `None` for weights stored as floats, and for a GGUF file, whose tensors
    /// have their own types.
    pub fn stored(&self) -> Option<StoredFormat> {
        self.stored
    }

    /// The vocabulary in the metadata, parsed at the first call; `None` if there is none, as for a checkpoint.
    ///
    /// # Errors
    /// The errors of [`read_vocabulary`].
    pub(super) fn vocabulary(&self) -> Result<Option<&GgufVocabulary>, MetadataError> {
        let read = self.vocabulary.get_or_init(|| {
            let mut read = read_vocabulary(&self.metadata);
            if let (Ok(Some(vocabulary)), n_rows @ 1..) = (&mut read, self.vocab_size()) {
                vocabulary.drop_without_row(n_rows);
            }
            read
        });
        read.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// The specification of the decoder; every required tensor is present, in the right shape.
    ///
    /// # Errors
    /// [`Error::UnknownArchitecture`], [`Error::Missing`] or [`Error::Invalid`] for faulty metadata, [`Error::Tensor`], by
    /// the tensor's name in the checkpoint if this is one; [`Error::PartOfModel`] and [`Error::Experts`] for GGUF files that
    /// say so.
    pub fn spec(&self) -> Result<DecoderSpec, Error> {
        refuse_by_kind(&self.metadata)?;
        let spec = registry::spec_of(&self.metadata, &*self.source).map_err(|error| self.named(error))?;
        bind(&spec, self.source.tensors()).map_err(|error| self.named(error.into()))?;
        Ok(spec)
    }

    /// The error with the name that the checkpoint gives its tensor.
    fn named(&self, error: Error) -> Error {
        let renamed = |name: &str| self.names.and_then(|names| names.original(name));
        match error {
            Error::Tensor(backend::Error::MissingTensor { name }) => {
                backend::Error::MissingTensor { name: renamed(&name).unwrap_or(name) }.into()
            }
            Error::Tensor(backend::Error::WrongShape { name, found, expected }) => {
                let name = renamed(&name).unwrap_or(name);
                backend::Error::WrongShape { name, found, expected }.into()
            }
            other => other,
        }
    }
}

fn open_gguf(path: &Path, observer: &dyn Observer) -> Result<Model, Error> {
    let file = GgufFile::open(path)?;
    let metadata = file.metadata().clone();
    for (field, value) in foreign_ids(&metadata) {
        observer.warn(Warning::TokenIdIgnored { field: field.to_owned(), value });
    }
    Ok(Model {
        path: path.to_owned(),
        folder: None,
        listed_ends: metadata.optional(END_TOKENS_KEY).ok().flatten().unwrap_or_default(),
        metadata,
        source: Box::new(file),
        end_tokens: OnceLock::new(),
        stored: None,
        names: None,
        vocabulary: OnceLock::new(),
    })
}
