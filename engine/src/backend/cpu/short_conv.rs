//! Short convolution: weights here, forward pass in `short_conv/forward.rs`.

mod forward;

use nibble_kernels::Matrix;

use super::loader::Loader;
use crate::backend::slots::ShortConvSlots;
use crate::backend::{Error, ShortConvSpec};

/// Weights of a short convolution.
#[derive(Debug)]
pub(super) struct ShortConv {
    slots: ShortConvSlots,
    input: Matrix,
    /// Weights of the convolution, `[kernel, channels]`, those of the oldest token first.
    convolution: Vec<f32>,
    output: Matrix,
}

impl ShortConv {
    pub(super) fn load(
        spec: &ShortConvSpec,
        slots: ShortConvSlots,
        loader: &mut Loader<'_>,
    ) -> Result<Self, Error> {
        Ok(Self {
            input: loader.matrix(slots.input.weight)?,
            convolution: loader.transposed(slots.convolution, spec.kernel)?,
            output: loader.matrix(slots.output.weight)?,
            slots,
        })
    }

    pub(super) fn matrices(&self) -> [&Matrix; 2] {
        [&self.input, &self.output]
    }

    pub(super) fn vectors(&self) -> impl Iterator<Item = &Vec<f32>> {
        std::iter::once(&self.convolution)
    }
}
