//! `bitsandbytes`: codes of 4 bits into a table (NF4, FP4) with a magnitude per block, and integers of 8 bits.
//!
//! ```text
//! 4 bits  X.weight                U8 [out · in / 2, 1]     two codes in a byte, the first in the high half; row by row
//!         X.weight.quant_map      F32 [16]                 the table
//!         X.weight.absmax         F32 [blocks]             or U8, codes into nested_quant_map
//!         X.weight.nested_absmax  F32 [blocks of absmax]   and nested_quant_map F32 [256]
//!         X.weight.quant_state.bitsandbytes__nf4 U8        JSON: shape, blocksize, nested_blocksize, nested_offset
//!         weight[e] = quant_map[code[e]] · absmax[e / blocksize]
//!         absmax[b] = nested_quant_map[code[b]] · nested_absmax[b / nested_blocksize] + nested_offset
//! 8 bits  X.weight                I8 [out, in]
//!         X.SCB                   F32 [out]
//!         X.weight_format         U8 []                    0: rows as they are; others are specific to one program
//!         weight[o][i] = code[o][i] · SCB[o] / 127
//! ```
//!
//! The bytes of 4-bit codes may be declared as elements of another type (`bnb_4bit_quant_storage`). Products are rounded to
//! f32.
//! Source: bitsandbytes-foundation/bitsandbytes `functional.py`, `nn/modules.py`.

mod eight_bit;
mod four_bit;

use crate::formats::dequantize::{Error, ForeignFormat, Parts, Settings, Weight};
use crate::formats::raw::RawDType;

/// Name suffixes of the tensors that describe 4-bit weights.
const STATES: [&str; 2] = [".weight.quant_state.bitsandbytes__nf4", ".weight.quant_state.bitsandbytes__fp4"];

/// The format of bitsandbytes, registered as `bitsandbytes`.
pub(super) struct BitsAndBytes;

impl ForeignFormat for BitsAndBytes {
    fn methods(&self) -> &'static [&'static str] {
        &["bitsandbytes"]
    }

    fn find(&self, _: Settings, parts: &Parts) -> Result<Vec<Weight>, Error> {
        let mut weights = Vec::new();
        for suffix in STATES {
            for (stem, state) in parts.with_suffix(suffix) {
                weights.push(four_bit::weight(stem, &state, parts)?);
            }
        }
        for (stem, part) in parts.with_suffix(".weight") {
            if part.element() == Some(RawDType::I8) {
                weights.push(eight_bit::weight(stem, &part, parts)?);
            }
        }
        Ok(weights)
    }
}

#[cfg(test)]
mod tests;
