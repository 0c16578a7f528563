//! Weights that a checkpoint stores quantized, seen as ordinary floats under their ordinary names.
//!
//! What a format stores as several tensors (codes, scales, zero points) becomes one matrix of F32 whose rows are computed
//! when they are read, so that no whole tensor is in memory at once. A format says where its weights are and how rows of
//! one are decoded ([`ForeignFormat`]); [`Dequantized`] does the rest. The formats themselves are listed in
//! [`super::foreign`].
//!
//! Parts are hostile until checked: a format checks types, shapes and indices when the checkpoint is opened, and names
//! what is wrong with its numbers ([`Error`]).

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
    /// Values of `quant_method` in `quantization_config` that stand for this format.
    fn methods(&self) -> &'static [&'static str];

    /// Ends of the names of tensors that decoding needs nowhere, such as scales of activations.
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
    /// Name in the checkpoint as if it were stored plainly, such as `model.layers.0.mlp.up_proj.weight`.
    pub(super) name: String,
    /// Outputs and inputs.
    pub(super) shape: [usize; 2],
    /// Indices of the stored tensors that it is made of.
    pub(super) parts: Vec<usize>,
    /// Decodes its rows.
    pub(super) rows: Box<dyn DecodeRows>,
}

/// Decodes rows of one matrix from its stored parts, which were checked before.
pub(super) trait DecodeRows: Send + Sync {
    /// Writes rows `rows` to `out`, which has room for exactly these, one row after another.
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]);

    /// The bytes that only rows `rows` need, and the index of the stored tensor they lie in; `None` where codes are packed
    /// across rows.
    fn own_bytes(&self, _rows: Range<usize>) -> Option<(usize, Range<usize>)> {
        None
    }
}
