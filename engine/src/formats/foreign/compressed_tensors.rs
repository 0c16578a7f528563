//! `compressed-tensors`: the format of llm-compressor for vLLM; integers packed into words, integers of 8 bits, floats of 8
//! bits.
//!
//! ```text
//! pack-quantized   X.weight_packed     I32 [out, words]     codes along the inputs; code = value + 2^(bits - 1)
//!                  X.weight_shape      I64 [2]              out, in
//!                  X.weight_zero_point I32 [words, groups]  packed along the outputs, the same offset; may be absent
//!                  X.weight_g_idx      I32 [in]             group of each input; may be absent, or -1 for none
//! int-quantized    X.weight            I8 [out, in]
//! float-quantized  X.weight            F8_E4M3 [out, in]
//! all              X.weight_scale      [1], [out, 1], [out, groups] or one per block
//! weight[o][i] = scale · (value[o][i] - zero)
//! ```
//!
//! Codes of 3, 5, 6 and 7 bits are a stream of bits since version 0.19; before, a word held as many whole codes as fit. The
//! width of `weight_packed` distinguishes the two.
//! Source: vllm-project/compressed-tensors `compressors/pack_quantized`, `compressors/naive_quantized`,
//! `quantization/lifecycle/forward.py`.

mod packed;
mod plain;
mod schemes;

use schemes::Schemes;

use crate::formats::dequantize::{Error, ForeignFormat, Parts, Settings, Weight};
use crate::formats::raw::RawDType;

/// Supported values of `format`.
const FORMATS: [&str; 6] =
    ["pack-quantized", "int-quantized", "float-quantized", "naive-quantized", "mixed-precision", "dense"];

/// The format of llm-compressor, registered as `compressed-tensors`.
pub(super) struct CompressedTensors;

impl ForeignFormat for CompressedTensors {
    fn methods(&self) -> &'static [&'static str] {
        &["compressed-tensors"]
    }

    fn unused(&self) -> &'static [&'static str] {
        &[
            ".input_scale",
            ".input_zero_point",
            ".output_scale",
            ".output_zero_point",
            ".k_scale",
            ".v_scale",
            ".weight_shape",
        ]
    }

    fn find(&self, settings: Settings, parts: &Parts) -> Result<Vec<Weight>, Error> {
        let rule = "pack-quantized, int-quantized, float-quantized, naive-quantized or mixed-precision";
        settings.only("format", &FORMATS, rule)?;
        let schemes = Schemes::read(settings)?;
        let mut weights = Vec::new();
        for (stem, part) in parts.with_suffix(".weight_packed") {
            weights.push(packed::weight(stem, &part, &schemes, parts)?);
        }
        for (stem, part) in parts.with_suffix(".weight") {
            if let Some(RawDType::I8 | RawDType::F8E4M3) = part.element() {
                weights.push(plain::weight(stem, &part, &schemes, parts)?);
            }
        }
        Ok(weights)
    }
}

#[cfg(test)]
mod tests;
