//! `fp8`: floats of 8 bits with a scale per block, per output or per matrix.
//!
//! ```text
//! X.weight           F8_E4M3 [out, in] (F8_E5M2 occurs)
//! X.weight_scale_inv F32     [out / block, in / block], blocks of 128 by 128 unless weight_block_size says otherwise
//! X.weight_scale     F32     [] or [1] or [out] or [out, 1]; either name is used for either shape
//! weight[o][i] = scale · value[o][i]
//! ```
//!
//! Despite the name, `weight_scale_inv` is a factor. Scales of inputs (`input_scale`, `activation_scale`) are for programs that
//! compute in 8 bits. Scales may be powers of two in F8_E8M0. The product is rounded to f32.
//! Source: huggingface/transformers `integrations/finegrained_fp8.py`; DeepSeek-V3 `inference/fp8_cast_bf16.py`.

use std::ops::Range;

use crate::formats::dequantize::{
    DecodeRows, Error, ForeignFormat, Grid, Part, Parts, Settings, Weight, float8,
};
use crate::formats::raw::{RawDType, RawTensors};

/// Default size of a block.
const BLOCK: usize = 128;

/// The format of eight-bit floats, registered as `fp8`.
pub(super) struct Fp8;

impl ForeignFormat for Fp8 {
    fn methods(&self) -> &'static [&'static str] {
        &["fp8"]
    }

    fn unused(&self) -> &'static [&'static str] {
        &[".input_scale", ".input_scale_inv", ".activation_scale", ".output_scale", ".k_scale", ".v_scale"]
    }

    fn find(&self, settings: Settings, parts: &Parts) -> Result<Vec<Weight>, Error> {
        settings.only("fmt", &["e4m3", "e5m2", "float8_e4m3fn"], "e4m3 or e5m2")?;
        let block = block(settings)?;
        let is_fp8 = |part: &Part| matches!(part.element(), Some(RawDType::F8E4M3 | RawDType::F8E5M2));
        let stored = parts.with_suffix(".weight").filter(|(_, part)| is_fp8(part));
        stored.map(|(stem, part)| weight(stem, &part, block, parts)).collect()
    }
}

fn block(settings: Settings) -> Result<[usize; 2], Error> {
    let name = ["weight_block_size"];
    let Some(value) = settings.value(&name) else { return Ok([BLOCK; 2]) };
    let length = |value: &serde_json::Value| {
        value.as_u64().and_then(|length| usize::try_from(length).ok()).filter(|&length| length > 0)
    };
    let lengths: Option<Vec<usize>> = value.as_array().and_then(|list| list.iter().map(length).collect());
    let lengths = lengths.and_then(|lengths| <[usize; 2]>::try_from(lengths).ok());
    lengths.ok_or_else(|| settings.wrong(&name, "a list of two whole numbers, at least 1"))
}

fn weight(stem: &str, part: &Part, block: [usize; 2], parts: &Parts) -> Result<Weight, Error> {
    let [n_out, n_in] = part.matrix()?;
    let inverse = parts.get(stem, ".weight_scale_inv");
    let scale = inverse.map_or_else(|| parts.need(stem, ".weight_scale"), Ok)?;
    let decoder = Fp8Rows {
        index: part.index,
        is_e5m2: part.element() == Some(RawDType::F8E5M2),
        n_in,
        scales: Grid::new(&scale, [n_out, n_in], &[block])?,
    };
    Ok(Weight {
        name: format!("{stem}.weight"),
        shape: [n_out, n_in],
        parts: vec![part.index, scale.index],
        rows: Box::new(decoder),
    })
}

struct Fp8Rows {
    index: usize,
    is_e5m2: bool,
    n_in: usize,
    scales: Grid,
}

impl DecodeRows for Fp8Rows {
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]) {
        let value = if self.is_e5m2 { float8::e5m2 } else { float8::e4m3 };
        let values: [f32; 256] = std::array::from_fn(|byte| value(byte as u8));
        let bytes = &raw.tensor(self.index).bytes[rows.start * self.n_in..rows.end * self.n_in];
        let mut scales = vec![0.0; self.scales.n_cols()];
        let pairs = out.chunks_exact_mut(self.n_in).zip(bytes.chunks_exact(self.n_in));
        for ((out, bytes), row) in pairs.zip(rows) {
            self.scales.read(raw, row, &mut scales);
            let n_shared = self.scales.block_cols();
            let blocks = out.chunks_mut(n_shared).zip(bytes.chunks(n_shared));
            for ((out, bytes), scale) in blocks.zip(&scales) {
                for (out, &byte) in out.iter_mut().zip(bytes) {
                    *out = values[usize::from(byte)] * scale;
                }
            }
        }
    }

    fn own_bytes(&self, rows: Range<usize>) -> Option<(usize, Range<usize>)> {
        Some((self.index, rows.start * self.n_in..rows.end * self.n_in))
    }
}

#[cfg(test)]
mod tests;
