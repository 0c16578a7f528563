//! Opening a checkpoint folder: its configuration in GGUF's terms, its weights under GGUF's names.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::converted::ConvertedSource;
use super::error::{ConfigFile, Error};
use super::fields::Fields;
use super::general::{END_TOKENS_KEY, Provenance, n_parameters};
use super::names::{Destination, Names};
use super::registry;
use super::tied::has_own_output;
use crate::backend;
use crate::base::{TensorSource, json};
use crate::formats::gguf::Metadata;
use crate::formats::safetensors::{Checkpoint, Unreadable};
use crate::formats::{self, foreign};
use crate::progress::{Observer, Warning};

/// An opened checkpoint folder.
pub(super) struct OpenedCheckpoint {
    /// Metadata: `general.*` and the architecture's keys.
    pub(super) metadata: Metadata,
    /// The tensors under GGUF's names, as floats.
    pub(super) source: Box<dyn TensorSource>,
    /// All tokens that end a text.
    pub(super) end_tokens: Vec<u32>,
    /// The format of the weights, if they are stored quantized.
    pub(super) stored: Option<StoredFormat>,
    /// The checkpoint's names of the tensors.
    pub(super) names: Names,
}

/// The quantized format in which a checkpoint stores its weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredFormat {
    /// Name of the format: `quant_method` of the `quantization_config`, such as `gptq`.
    pub method: &'static str,
    /// Number of tensors in this format.
    pub n_tensors: usize,
}

/// The weights of a checkpoint under the checkpoint's names.
struct Weights {
    source: Box<dyn TensorSource>,
    unreadable: Vec<Unreadable>,
    stored: Option<StoredFormat>,
}

/// Opens the checkpoint in `folder`; reads headers, configurations and the parts that the checks of a quantized format need.
///
/// Tensors that are not part of the decoder are ignored, with a warning to `observer`.
///
/// # Errors
/// [`Error`] with the file or tensor and the fault.
pub(super) fn open_checkpoint(folder: &Path, observer: &dyn Observer) -> Result<OpenedCheckpoint, Error> {
    // Opened first, since it has specific errors for folders that are not checkpoints.
    let checkpoint = Checkpoint::open(folder)?;
    let object = read_object(&folder.join("config.json"), ConfigFile::Config)?;
    let config = Fields::new(&object, ConfigFile::Config);
    let weights = weights(checkpoint, &config)?;
    let model_type = config.text("model_type")?.ok_or_else(|| config.missing("model_type"))?;
    let architecture = registry::of_model_type(model_type)?;
    let mut conversion = (architecture.convert)(&config)?;
    let has = |wanted: &str, names: Names| has_tensor(&*weights.source, wanted, names);
    let untied = Names { tied: false, ..conversion.names() };
    if conversion.names().tied && !has("token_embd.weight", untied) && has("output.weight", untied) {
        // Some programs store a shared matrix under its other name.
        conversion = conversion.with_only_output();
    } else if conversion.names().tied && has_own_output(&*weights.source, conversion.names())? {
        // Weights that are there count more than a flag.
        conversion = conversion.untied();
    }
    let names = conversion.names();
    for Unreadable { name: tensor, dtype_name: dtype, shape } in weights.unreadable {
        if names.place(&tensor) != Destination::Outside {
            let is_empty = shape.contains(&0);
            let unreadable = Error::UnreadableTensor { tensor: tensor.clone(), dtype };
            return Err(if is_empty { Error::EmptyTensor { tensor } } else { unreadable });
        }
        observer.warn(Warning::TensorIgnored { tensor });
    }
    let source = ConvertedSource::new(weights.source, &conversion, architecture.gguf, observer)?;
    let missing = |name: &str| {
        let name = names.original(name).unwrap_or_else(|| name.to_owned());
        Error::from(backend::Error::MissingTensor { name })
    };
    if !names.tied && source.find("output.weight").is_none() {
        // GGUF would use the embedding instead, which would be wrong here.
        return Err(missing("output.weight"));
    }
    let biases = names.layers.iter().filter(|mapping| mapping.gguf.rsplit('.').next() == Some("bias"));
    for (mapping, layer) in biases.flat_map(|mapping| (0..names.n_layers).map(move |layer| (mapping, layer)))
    {
        // A layer without the biases that the configuration states would run without a word.
        let name = format!("blk.{layer}.{}", mapping.gguf);
        let has_matrix = source.find(&name.replace(".bias", ".weight")).is_some();
        if has_matrix && source.find(&name).is_none() {
            return Err(missing(&name));
        }
    }

    let mut metadata = Metadata::new();
    Provenance::of(folder, &config).write(&mut metadata, architecture.gguf, n_parameters(&source));
    for (key, value) in conversion.keys.finish().iter() {
        metadata.set(key, value.clone());
    }
    let end_tokens = end_tokens(folder, &config, observer)?;
    if !end_tokens.is_empty() {
        metadata.set(END_TOKENS_KEY, end_tokens.clone());
    }
    Ok(OpenedCheckpoint { metadata, source: Box::new(source), end_tokens, stored: weights.stored, names })
}

/// Whether one of the checkpoint's tensors becomes the GGUF tensor `wanted`.
fn has_tensor(source: &dyn TensorSource, wanted: &str, names: Names) -> bool {
    source.tensors().iter().any(|tensor| match names.place(&tensor.name) {
        Destination::Tensor(part) => part.tensor == wanted,
        Destination::Halves(names) => names.iter().any(|name| name == wanted),
        Destination::Outside | Destination::Unknown => false,
    })
}

/// The weights as floats, decoded by the format of `quantization_config` if there is one.
fn weights(checkpoint: Checkpoint, config: &Fields) -> Result<Weights, Error> {
    let Some(quantization) = config.object("quantization_config")? else {
        let unreadable = checkpoint.unreadable().to_vec();
        return Ok(Weights { source: Box::new(checkpoint), unreadable, stored: None });
    };
    let method = quantization.text("quant_method")?.unwrap_or("an unknown method");
    let unknown = || Error::Quantized { method: method.to_owned() };
    let (format, method) = foreign::find(method).ok_or_else(unknown)?;
    let source = foreign::open(format, quantization.map(), checkpoint)?;
    let stored = StoredFormat { method, n_tensors: source.n_dequantized() };
    let unreadable = source.unreadable().to_vec();
    Ok(Weights { source: Box::new(source), unreadable, stored: Some(stored) })
}

/// What `generation_config.json` and `config.json` say. Ids that are none are told to `observer`.
fn end_tokens(folder: &Path, config: &Fields, observer: &dyn Observer) -> Result<Vec<u32>, Error> {
    const FIELD: &str = "eos_token_id";
    let path = folder.join("generation_config.json");
    let generation =
        if path.is_file() { read_object(&path, ConfigFile::GenerationConfig)? } else { Map::new() };
    let mut found = Vec::new();
    for fields in [Fields::new(&generation, ConfigFile::GenerationConfig), *config] {
        for id in fields.token_ids(FIELD) {
            match id {
                Ok(id) if !found.contains(&id) => found.push(id),
                Ok(_) => {}
                Err(value) => observer.warn(Warning::TokenIdIgnored { field: FIELD.to_owned(), value }),
            }
        }
    }
    Ok(found)
}

fn read_object(path: &Path, origin: ConfigFile) -> Result<Map<String, Value>, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Path { path: path.to_owned(), source })?;
    if let Some(error) = formats::Error::of_start(path, &bytes) {
        return Err(error.into());
    }
    match json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::NotJson { origin, path: path.to_owned(), source: None }),
        Err(source) => Err(Error::NotJson { origin, path: path.to_owned(), source: Some(source) }),
    }
}
