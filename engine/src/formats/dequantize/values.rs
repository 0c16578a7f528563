//! Reading of checked parts: floats of any width, and words of packed codes.

use std::ops::Range;

use nibble_kernels::decode::decode_row;

use super::{Error, Part, float8};
use crate::base::DType;
use crate::formats::raw::{RawDType, RawTensors};

/// A matrix of floats, such as scales.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct Floats {
    index: usize,
    /// Float type; `None` for eight-bit powers of two (E8M0).
    dtype: Option<DType>,
    n_cols: usize,
}

impl Floats {
    /// Checks that `part` holds floats of the shape `[n_rows, n_cols]`, with any extra dimensions of 1.
    pub(in crate::formats) fn new(part: &Part, [n_rows, n_cols]: [usize; 2]) -> Result<Self, Error> {
        let element = part.of_type(&[RawDType::F16, RawDType::BF16, RawDType::F32, RawDType::F8E8M0])?;
        let n_elements: usize = part.tensor.shape.iter().product();
        if n_rows.checked_mul(n_cols) != Some(n_elements) || n_elements == 0 {
            return Err(part.wrong_shape(&[n_rows, n_cols]));
        }
        Ok(Self { index: part.index, dtype: element.weight_type(), n_cols })
    }

    /// Reads columns `cols` of row `row`.
    pub(in crate::formats) fn read(
        &self,
        raw: &dyn RawTensors,
        row: usize,
        cols: Range<usize>,
        out: &mut [f32],
    ) {
        let (start, bytes) = (row * self.n_cols + cols.start, raw.tensor(self.index).bytes);
        let Some(dtype) = self.dtype else {
            for (value, &byte) in out.iter_mut().zip(&bytes[start..start + cols.len()]) {
                *value = float8::e8m0(byte);
            }
            return;
        };
        let width = dtype.block_bytes();
        decode_row(dtype, &bytes[start * width..(start + cols.len()) * width], out);
    }
}

/// A matrix of 32-bit words with packed codes.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct Words {
    index: usize,
    n_cols: usize,
}

impl Words {
    /// Checks that `part` holds words of the shape `[n_rows, n_cols]`.
    pub(in crate::formats) fn new(part: &Part, [n_rows, n_cols]: [usize; 2]) -> Result<Self, Error> {
        part.of_type(&[RawDType::I32, RawDType::U32])?;
        part.of_shape(&[n_rows, n_cols])?;
        Ok(Self { index: part.index, n_cols })
    }

    /// The bytes of rows `rows`, and the index of their tensor.
    pub(in crate::formats) fn row_bytes(&self, rows: Range<usize>) -> (usize, Range<usize>) {
        (self.index, rows.start * self.n_cols * 4..rows.end * self.n_cols * 4)
    }

    /// The words in columns `cols` of row `row`.
    pub(in crate::formats) fn row<'r>(
        &self,
        raw: &'r dyn RawTensors,
        row: usize,
        cols: Range<usize>,
    ) -> impl ExactSizeIterator<Item = u32> + 'r {
        let start = row * self.n_cols;
        let bytes = raw.tensor(self.index).bytes;
        let words = &bytes.as_chunks::<4>().0[start + cols.start..start + cols.end];
        words.iter().map(|&word| u32::from_le_bytes(word))
    }
}

/// A mask of the lowest `bits` bits, 1 to 31.
pub(in crate::formats) const fn low_mask(bits: u32) -> u32 {
    (1 << bits) - 1
}
