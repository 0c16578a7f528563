//! Inspection of a model by its headers alone.

use std::path::Path;

use super::Error;
use super::protocol::{ModelSummary, TensorSummary};
use crate::backend::DecoderSpec;
use crate::models;
use crate::progress::Observer;
use crate::quant::{ModelFacts, Precision, predicted_bytes};

/// Bytes of an f16 key or value.
const CACHE_ELEMENT_BYTES: u64 = 2;

/// Inspects the GGUF file or checkpoint folder at `path`; a GGUF with a vocabulary but no tensors is allowed.
///
/// # Errors
/// [`Error::Model`] when it cannot be read.
pub fn inspect(path: &Path, observer: &dyn Observer) -> Result<ModelSummary, Error> {
    let model = models::open(path, observer)?;
    let tensors = model.source().tensors();
    let bytes: u64 = tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum();
    let elements: u64 = tensors.iter().map(|tensor| tensor.n_elements() as u64).sum();
    let spec = model.spec().ok();
    let facts = ModelFacts::new(model.metadata(), spec.as_ref());
    let predicted = |precision: Precision| predicted_bytes(precision, tensors, &facts);
    Ok(ModelSummary {
        path: path.to_path_buf(),
        name: model.name().to_owned(),
        architecture: model.architecture().to_owned(),
        parameters: model.n_parameters(),
        context_length: model.context_length().unwrap_or(0),
        bytes,
        bits_per_weight: if elements == 0 { 0.0 } else { bytes as f64 * 8.0 / elements as f64 },
        has_chat_template: model.chat_templates().is_ok_and(|templates| !templates.is_empty()),
        predicted_bytes: Precision::all().map(|precision| (precision, predicted(precision))).collect(),
        cache_bytes_per_token: spec.as_ref().map_or(0, cache_bytes_per_token),
        tensors: tensors
            .iter()
            .map(|tensor| TensorSummary {
                name: tensor.name.clone(),
                shape: tensor.shape.clone(),
                dtype: tensor.dtype,
                bytes: tensor.n_bytes() as u64,
            })
            .collect(),
    })
}

/// Bytes of KV cache per token of context.
fn cache_bytes_per_token(spec: &DecoderSpec) -> u64 {
    CACHE_ELEMENT_BYTES * spec.kv_elements() as u64
}
