//! Outline of a model before its weights are downloaded: specification and tensors, from its `config.json` or from the header
//! of its GGUF file.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use serde_json::Value;

use super::error::{ConfigFile, Error};
use super::fields::Fields;
use super::keys::Keys;
use super::kind::refuse_by_kind;
use super::registry;
use crate::backend::{DecoderSpec, bind};
use crate::base::{DType, TensorMeta, TensorSource, json};
use crate::formats::gguf::{GgufHeader, Metadata};

/// A model without its weights.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Specification of the decoder.
    pub spec: DecoderSpec,
    /// Tensors of the model; those derived from a configuration are BF16 matrices and F32 vectors.
    pub tensors: Vec<TensorMeta>,
    /// Keys of the architecture.
    pub metadata: Metadata,
}

/// The model described by the text of a `config.json`.
///
/// # Errors
/// The [`Error`] of opening a checkpoint with this configuration.
pub fn outline(config: &[u8]) -> Result<Outline, Error> {
    let not_json = |source| Error::NotJson { origin: ConfigFile::Config, path: "config.json".into(), source };
    let value = json::from_slice::<Value>(config).map_err(|source| not_json(Some(source)))?;
    let object = value.as_object().ok_or_else(|| not_json(None))?;
    let fields = Fields::new(object, ConfigFile::Config);
    let model_type = fields.text("model_type")?.ok_or_else(|| fields.missing("model_type"))?;
    let architecture = registry::of_model_type(model_type)?;
    let conversion = (architecture.convert)(&fields)?;
    let (is_tied, shape) = (conversion.names().tied, &conversion.shape);

    // The tensors of which the decoder's description reads the shape or presence: rows of the embedding, divisors of RoPE, and
    // optional ones of a layer.
    let table = vec![shape.vocab_size, shape.d_model];
    let mut known =
        vec![TensorMeta { name: "token_embd.weight".to_owned(), shape: table, dtype: DType::BF16 }];
    let made = conversion.made.iter().map(|(name, values)| TensorMeta {
        name: (*name).to_owned(),
        shape: vec![values.len()],
        dtype: DType::F32,
    });
    known.extend(made);
    let of_layers = (0..shape.n_layers).flat_map(|layer_idx| {
        // What tells one kind of layer from another is asked of the first, biases and gates of shared experts of each.
        let of_each =
            |name: &str| name.rsplit('.').next() == Some("bias") || name.starts_with("ffn_gate_inp_shexp.");
        let asked = conversion.names().layers.iter();
        let asked = asked.filter(move |tensor| layer_idx == 0 || of_each(tensor.gguf));
        asked.map(move |tensor| format!("blk.{layer_idx}.{}", tensor.gguf))
    });
    known.extend(of_layers.map(|name| TensorMeta { name, shape: Vec::new(), dtype: DType::F32 }));
    let mut metadata = Metadata::new();
    metadata.set("general.architecture", architecture.gguf);
    for (key, value) in conversion.keys.finish().iter() {
        metadata.set(key, value.clone());
    }
    let spec = (architecture.spec)(&Keys::new(&metadata, architecture.gguf, &Absent(known)))?;

    let tensors = spec.tensors().into_iter().filter(|slot| !(slot.optional && is_tied));
    let tensors = tensors.map(|slot| {
        let dtype = if slot.shape.len() == 1 { DType::F32 } else { DType::BF16 };
        TensorMeta { name: slot.name, shape: slot.shape, dtype }
    });
    Ok(Outline { tensors: tensors.collect(), spec, metadata })
}

/// The model of the GGUF file that begins with `header`.
///
/// # Errors
/// The [`Error`] of [`Model::spec`](super::Model::spec) for the whole file.
pub fn outline_gguf(header: GgufHeader) -> Result<Outline, Error> {
    let GgufHeader { metadata, tensors, .. } = header;
    let source = Absent(tensors);
    refuse_by_kind(&metadata)?;
    let spec = registry::spec_of(&metadata, &source)?;
    bind(&spec, source.tensors())?;
    Ok(Outline { spec, tensors: source.0, metadata })
}

/// Tensors without values.
struct Absent(Vec<TensorMeta>);

impl TensorSource for Absent {
    fn tensors(&self) -> &[TensorMeta] {
        &self.0
    }

    fn read_rows(&self, _: usize, _: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
