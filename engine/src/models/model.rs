//! A model on disk, opened: a GGUF file, or a checkpoint folder seen as the GGUF file it would become.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::architecture;
use super::checkpoint::CheckpointSource;
use super::error::{Error, Origin};
use super::fields::Fields;
use super::general::Provenance;
use super::names::Place;
use super::vocabulary::read_vocabulary;
use crate::backend::{self, DecoderSpec, bind};
use crate::base::TensorSource;
use crate::formats::gguf::{GgufFile, Metadata, MetadataError};
use crate::formats::safetensors::Checkpoint;
use crate::progress::{Observer, Warning};
use crate::text::GgufVocabulary;

/// Key under which our files keep all tokens that end a text; GGUF's own keys have room for a few.
const END_TOKENS_KEY: &str = "nibble.eos_token_ids";

/// A model on disk: its metadata in GGUF's terms, and its tensors under GGUF's names.
pub struct Model {
    path: PathBuf,
    folder: Option<PathBuf>,
    metadata: Metadata,
    source: Box<dyn TensorSource>,
    end_tokens: Vec<u32>,
    vocabulary: OnceLock<Result<Option<GgufVocabulary>, MetadataError>>,
}

/// Opens the GGUF file or checkpoint folder at `path`.
///
/// Only headers and configurations are read. Tensors of a checkpoint that are no part of the decoder are told to
/// `observer` and left out. A GGUF file of an unknown architecture opens too; [`Model::spec`] refuses it.
///
/// # Errors
/// [`Error`], naming the file and what is wrong with it.
pub fn open(path: &Path, observer: &dyn Observer) -> Result<Model, Error> {
    let found = fs::metadata(path).map_err(|source| Error::Path { path: path.to_owned(), source })?;
    if found.is_dir() { open_checkpoint(path, observer) } else { open_gguf(path) }
}

impl Model {
    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The checkpoint's folder, where its tokenizer and templates are; `None` for a GGUF file, which holds them itself.
    pub fn checkpoint_folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// `general.*` and the architecture's keys; all keys of the file if it is GGUF.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The tensors.
    pub fn source(&self) -> &dyn TensorSource {
        &*self.source
    }

    /// GGUF's name of the architecture, such as `llama`.
    pub fn architecture(&self) -> &str {
        self.metadata.optional("general.architecture").ok().flatten().unwrap_or("unknown")
    }

    /// Name for people.
    pub fn name(&self) -> &str {
        let from_file = || self.path.file_stem().and_then(|name| name.to_str()).unwrap_or("model");
        self.metadata.optional("general.name").ok().flatten().unwrap_or_else(from_file)
    }

    /// Number of weights, those worked out from the configuration not counted.
    pub fn n_parameters(&self) -> u64 {
        n_parameters(&*self.source)
    }

    /// Longest context the model was made for, if it says so.
    pub fn context_length(&self) -> Option<usize> {
        self.metadata.optional(&format!("{}.context_length", self.architecture())).ok().flatten()
    }

    /// Tokens in the vocabulary: rows of the embedding, or 0 for a file without tensors.
    pub fn vocab_size(&self) -> usize {
        let embedding = self.source.find("token_embd.weight");
        embedding.map_or(0, |index| self.source.tensors()[index].n_rows())
    }

    /// All tokens that end a text, as `generation_config.json` or the GGUF file lists them.
    pub fn end_tokens(&self) -> &[u32] {
        &self.end_tokens
    }

    /// The vocabulary in the metadata, read at the first call; `None` if there is none, as for a checkpoint.
    ///
    /// # Errors
    /// Those of [`read_vocabulary`].
    pub(super) fn vocabulary(&self) -> Result<Option<&GgufVocabulary>, MetadataError> {
        let read = self.vocabulary.get_or_init(|| read_vocabulary(&self.metadata));
        read.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// What the decoder computes; every tensor it needs was found to be there, in the right shape.
    ///
    /// # Errors
    /// [`Error::UnknownArchitecture`], [`Error::Missing`] or [`Error::Invalid`] for faulty metadata, [`Error::Tensor`].
    pub fn spec(&self) -> Result<DecoderSpec, Error> {
        let spec = architecture::spec_of(&self.metadata, &*self.source)?;
        bind(&spec, self.source.tensors())?;
        Ok(spec)
    }
}

fn open_gguf(path: &Path) -> Result<Model, Error> {
    let file = GgufFile::open(path)?;
    let metadata = file.metadata().clone();
    let listed = metadata.optional(END_TOKENS_KEY).ok().flatten();
    let mut model = Model {
        path: path.to_owned(),
        folder: None,
        metadata,
        source: Box::new(file),
        end_tokens: Vec::new(),
        vocabulary: OnceLock::new(),
    };
    // A faulty vocabulary is an error where it is needed; the tensors can be looked at without.
    let known = || model.vocabulary().ok().flatten().map(GgufVocabulary::end_tokens);
    model.end_tokens = listed.or_else(known).unwrap_or_default();
    Ok(model)
}

fn open_checkpoint(folder: &Path, observer: &dyn Observer) -> Result<Model, Error> {
    // First, since it also knows what to say of a folder that is no checkpoint at all.
    let checkpoint = Checkpoint::open(folder)?;
    let object = read_object(&folder.join("config.json"), Origin::Config)?;
    let config = Fields::new(&object, Origin::Config);
    if let Some(quantization) = config.object("quantization_config")? {
        let method = quantization.text("quant_method")?.unwrap_or("an unknown method");
        return Err(Error::Quantized { method: method.to_owned() });
    }
    let model_type = config.text("model_type")?.ok_or_else(|| config.missing("model_type"))?;
    let architecture = architecture::of_model_type(model_type)?;
    let conversion = (architecture.convert)(&config)?;
    for tensor in checkpoint.unreadable() {
        if conversion.names().place(&tensor.name) != Place::Outside {
            let (tensor, dtype) = (tensor.name.clone(), tensor.dtype_name.clone());
            return Err(Error::UnreadableTensor { tensor, dtype });
        }
        observer.warn(Warning::TensorIgnored { tensor: tensor.name.clone() });
    }
    let source = CheckpointSource::new(checkpoint, &conversion, architecture.gguf, observer)?;
    if !conversion.names().tied && source.find("output.weight").is_none() {
        // GGUF would take the embedding instead, which here would be wrong.
        return Err(backend::Error::MissingTensor { name: "output.weight".to_owned() }.into());
    }

    let mut metadata = Metadata::new();
    Provenance::of(folder, &config).write(&mut metadata, architecture.gguf, n_parameters(&source));
    for (key, value) in conversion.keys.finish().iter() {
        metadata.set(key, value.clone());
    }
    let end_tokens = end_tokens(folder, &config)?;
    if !end_tokens.is_empty() {
        metadata.set(END_TOKENS_KEY, end_tokens.clone());
    }
    Ok(Model {
        path: folder.to_owned(),
        folder: Some(folder.to_owned()),
        metadata,
        source: Box::new(source),
        end_tokens,
        vocabulary: OnceLock::new(),
    })
}

/// What `generation_config.json` says, or `config.json` where there is none.
fn end_tokens(folder: &Path, config: &Fields) -> Result<Vec<u32>, Error> {
    let path = folder.join("generation_config.json");
    if path.is_file() {
        let object = read_object(&path, Origin::GenerationConfig)?;
        let listed = Fields::new(&object, Origin::GenerationConfig).token_ids("eos_token_id")?;
        if !listed.is_empty() {
            return Ok(listed);
        }
    }
    config.token_ids("eos_token_id")
}

fn read_object(path: &Path, origin: Origin) -> Result<Map<String, Value>, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Path { path: path.to_owned(), source })?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::NotJson { origin, path: path.to_owned(), source: None }),
        Err(source) => Err(Error::NotJson { origin, path: path.to_owned(), source: Some(source) }),
    }
}

fn n_parameters(source: &dyn TensorSource) -> u64 {
    let weights = source.tensors().iter().filter(|tensor| !tensor.name.starts_with("rope_"));
    weights.map(|tensor| tensor.n_elements() as u64).sum()
}
