//! Quantized checkpoint weights, decoded to F32 matrices under their plain names.
//!
//! Several stored tensors (codes, scales, zero points) become one F32 matrix whose rows are decoded when they are read, so that
//! no whole tensor is in memory at once. A format finds its weights and decodes their rows ([`ForeignFormat`]); [`Dequantized`]
//! does the rest. The formats are listed in [`super::foreign`].
//!
//! Parts are untrusted until checked: a format checks types, shapes and indices when the checkpoint is opened, and reports
//! faults with their numbers ([`Error`]).

mod error;
pub(super) mod float8;
mod grid;
mod groups;
mod parts;
mod settings;
mod source;
#[cfg(test)]
pub(super) mod testing;
mod values;

use std::ops::Range;

pub use error::Error;
pub(super) use grid::Grid;
pub(super) use groups::Groups;
pub(super) use parts::{Part, Parts};
pub(super) use settings::Settings;
pub use source::Dequantized;
pub(super) use values::{Floats, Words, low_mask};

use super::raw::RawTensors;

/// A format in which checkpoints store quantized weights.
pub(super) trait ForeignFormat: Sync {
    /// Values of `quant_method` in `quantization_config` for this format.
    fn methods(&self) -> &'static [&'static str];

    /// Name suffixes of tensors that decoding does not need, such as scales of activations.
    fn unused(&self) -> &'static [&'static str] {
        &[]
    }

    /// Finds every weight that is stored in this format and checks its parts.
    ///
    /// # Errors
    /// [`Error`] for the first setting or part that is wrong.
    fn find(&self, settings: Settings, parts: &Parts) -> Result<Vec<Weight>, Error>;
}

/// A matrix that is stored quantized.
pub(super) struct Weight {
    /// Plain name in the checkpoint, such as `model.layers.0.mlp.up_proj.weight`.
    pub(super) name: String,
    /// Numbers of outputs and inputs.
    pub(super) shape: [usize; 2],
    /// Indices of the stored tensors that make up the matrix.
    pub(super) parts: Vec<usize>,
    /// Decoder of the rows.
    pub(super) rows: Box<dyn DecodeRows>,
}

/// Decoder of one matrix's rows from its stored parts, which were checked before.
pub(super) trait DecodeRows: Send + Sync {
    /// Decodes rows `rows` into `out`, which has room for exactly these, one row after another.
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]);

    /// The bytes that only rows `rows` need, and the index of their stored tensor; `None` where codes are packed across rows.
    fn own_bytes(&self, _rows: Range<usize>) -> Option<(usize, Range<usize>)> {
        None
    }
}
