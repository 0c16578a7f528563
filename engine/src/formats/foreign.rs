//! The list of formats in which checkpoints store quantized weights, chosen by `quantization_config.quant_method`.
//!
//! Each is one file in the folder of this name, and one entry in the list here; nothing else knows them. GGUF and
//! safetensors beside this folder are containers: these formats are what lies in a safetensors file.

mod awq;
mod bitsandbytes;
mod compressed_tensors;
mod fp8;
mod gptq;

use serde_json::{Map, Value};

use super::dequantize::{Dequantized, Error, ForeignFormat, Parts, Settings};
use super::raw::RawTensors;

/// Every format that is read.
const ALL: [&dyn ForeignFormat; 5] =
    [&awq::Awq, &bitsandbytes::BitsAndBytes, &compressed_tensors::CompressedTensors, &fp8::Fp8, &gptq::Gptq];

/// A format that is read.
#[derive(Clone, Copy)]
pub struct CheckpointFormat(&'static dyn ForeignFormat);

/// The format that `quant_method` names, and that name; `None` if no format of the list has it.
pub fn find(quant_method: &str) -> Option<(CheckpointFormat, &'static str)> {
    let named = |format: &'static dyn ForeignFormat| {
        let method = format.methods().iter().find(|method| **method == quant_method)?;
        Some((CheckpointFormat(format), *method))
    };
    ALL.into_iter().find_map(named)
}

/// The name of every format, which is the first of its values of `quant_method`.
pub fn names() -> Vec<&'static str> {
    ALL.iter().filter_map(|format| format.methods().first()).copied().collect()
}

/// All values of `quant_method` that are read.
pub fn quant_methods() -> Vec<&'static str> {
    ALL.iter().flat_map(|format| format.methods()).copied().collect()
}

/// The tensors of `raw` as floats under their plain names, given the object `quantization_config`.
///
/// Settings, types, shapes and indices of all parts are checked; of the weights, nothing else is read before it is asked
/// for.
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
