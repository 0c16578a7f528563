//! Registry of the formats in which checkpoints store quantized weights, by `quantization_config.quant_method`.
//!
//! Each format is one file in the folder of this name and one entry in this registry; no other code names them. GGUF and
//! safetensors beside this folder are containers: the formats here are stored inside safetensors files.

mod awq;
mod bitsandbytes;
mod compressed_tensors;
mod fp8;
mod gptq;

use serde_json::{Map, Value};

use super::dequantize::{Dequantized, Error, ForeignFormat, Parts, Settings};
use super::raw::RawTensors;

/// All supported formats.
const ALL: [&dyn ForeignFormat; 5] =
    [&awq::Awq, &bitsandbytes::BitsAndBytes, &compressed_tensors::CompressedTensors, &fp8::Fp8, &gptq::Gptq];

/// A supported format of quantized checkpoints.
#[derive(Clone, Copy)]
pub struct CheckpointFormat(&'static dyn ForeignFormat);

/// The format registered for `quant_method`, and its name; `None` if there is no such format.
pub fn find(quant_method: &str) -> Option<(CheckpointFormat, &'static str)> {
    let named = |format: &'static dyn ForeignFormat| {
        let method = format.methods().iter().find(|method| **method == quant_method)?;
        Some((CheckpointFormat(format), *method))
    };
    ALL.into_iter().find_map(named)
}

/// The names of all formats: the first value of `quant_method` of each.
pub fn names() -> Vec<&'static str> {
    ALL.iter().filter_map(|format| format.methods().first()).copied().collect()
}

/// All supported values of `quant_method`.
pub fn quant_methods() -> Vec<&'static str> {
    ALL.iter().flat_map(|format| format.methods()).copied().collect()
}

/// Decodes the tensors of `raw` to floats under their plain names, given the object `quantization_config`.
///
/// Settings, types, shapes and indices of all parts are checked; the bytes of weights are read only when requested.
///
/// # Errors
/// [`Error`] for the first setting or part that is wrong.
pub fn open<R: RawTensors>(
    format: CheckpointFormat,
    quantization_config: &Map<String, Value>,
    raw: R,
) -> Result<Dequantized<R>, Error> {
    let weights = format.0.find(Settings::new(quantization_config), &Parts::new(&raw))?;
    let method = format.0.methods().first().copied().unwrap_or_default();
    Dequantized::new(raw, weights, format.0.unused(), method)
}
