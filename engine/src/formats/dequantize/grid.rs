//! Scales of a matrix: one for the matrix, one per output, or one per block.

use super::{Error, Floats, Part};
use crate::formats::raw::RawTensors;

/// A grid of scales over a matrix.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct Grid {
    scales: Floats,
    /// Rows and columns that share a scale; blocks at the edges may be smaller.
    block: [usize; 2],
    /// Number of scales in one row of blocks.
    n_cols: usize,
}

impl Grid {
    /// The grid that the shape of `scale` defines over a matrix of `shape`: for the whole matrix, for each output, or for the
    /// first of `blocks` that fits.
    pub(in crate::formats) fn new(
        scale: &Part,
        shape: [usize; 2],
        blocks: &[[usize; 2]],
    ) -> Result<Self, Error> {
        let [n_out, n_in] = shape;
        let over = |block: [usize; 2]| [n_out.div_ceil(block[0]), n_in.div_ceil(block[1])];
        let block = match *scale.tensor.shape {
            [] | [1] | [1, 1] => shape,
            [found] | [found, 1] if found == n_out => [1, n_in],
            _ => {
                // Blocks larger than the matrix are clamped to the matrix.
                let mut fitted = blocks.iter().map(|block| [block[0].min(n_out), block[1].min(n_in)]);
                let first = fitted.clone().next().unwrap_or(shape);
                let found = fitted.find(|&block| scale.tensor.shape == over(block));
                found.ok_or_else(|| scale.wrong_shape(&over(first)))?
            }
        };
        let lengths = over(block);
        Ok(Self { scales: Floats::new(scale, lengths)?, block, n_cols: lengths[1] })
    }

    /// Number of scales of one row of the matrix.
    pub(in crate::formats) fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Number of columns that share a scale.
    pub(in crate::formats) fn block_cols(&self) -> usize {
        self.block[1]
    }

    /// Index of the first scale of row `row` of the matrix.
    pub(in crate::formats) fn first_of(&self, row: usize) -> usize {
        row / self.block[0] * self.n_cols
    }

    /// Reads the scales of row `row` of the matrix.
    pub(in crate::formats) fn read(&self, raw: &dyn RawTensors, row: usize, out: &mut [f32]) {
        self.scales.read(raw, row / self.block[0], 0..self.n_cols, out);
    }
}
