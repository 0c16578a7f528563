//! The input and result of a method that quantizes layer by layer: one layer.

use nibble_kernels::{DType, Level};

use super::{HiddenStates, LayerMoments, LayerTensors};
use crate::progress::Cancel;
use crate::quant::error::Error;
use crate::quant::number_formats::Format;

/// A layer to be encoded.
pub struct LayerJob<'a> {
    /// The layer's original tensors. A method may change them together, as by folding scales of one into another; what it
    /// changes and does not encode is written as it stands.
    pub tensors: &'a mut LayerTensors,
    /// The type of each tensor in the output, by its index in `tensors`.
    pub dtypes: &'a [DType],
    /// The number format that each tensor is rounded to before it is stored; `None` for the values of its type.
    pub formats: &'a [Option<Format>],
    /// Moments of the matrices' inputs, as they come from the quantized layers before.
    pub moments: &'a LayerMoments,
    /// The hidden states that leave the layer in the original model, for methods that compare with them.
    pub targets: Option<&'a HiddenStates>,
    /// The hidden states that enter the layer behind the quantized layers before.
    pub quantized: &'a HiddenStates,
    /// Instruction-set level; all levels give the same bytes.
    pub level: Level,
    /// Number of worker threads; all numbers give the same bytes.
    pub threads: usize,
    /// Cancel of the run.
    pub cancel: &'a Cancel,
}

impl LayerJob<'_> {
    /// Indices of the tensors that are to be encoded in blocks or rounded to a number format.
    pub fn matrices(&self) -> Vec<usize> {
        let indices = 0..self.tensors.len();
        indices
            .filter(|&index| {
                let encodes =
                    !self.dtypes[index].is_float() && self.tensors.meta(index).dtype != self.dtypes[index];
                encodes || self.formats[index].is_some()
            })
            .collect()
    }

    /// Moments of the inputs of the matrix at `index`.
    ///
    /// # Errors
    /// [`Error::NoMoments`] for a tensor that no product of the layer uses.
    pub fn moments_of(&self, index: usize) -> Result<&super::InputMoments, Error> {
        let name = &self.tensors.meta(index).name;
        let found = self.moments.of(self.tensors.spec(), name);
        found.ok_or_else(|| Error::NoMoments { tensor: name.clone() })
    }
}
