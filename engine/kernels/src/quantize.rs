//! Quantization of weights to the bytes of each format.
//!
//! The methods are those of llama.cpp (`ggml-quants.c`), so that files have the same quality: the plain formats take their
//! scale from the extremes of a block, the K formats search for the scale and minimum with the least weighted squared error. 8
//! or 16 groups are searched at once, one in each lane of a vector. All levels give the same bytes.
//!
//! The caller must reject numbers that are not finite. Here they affect only their own block: nothing panics, and scales are
//! clamped to half precision, so that no block decodes to infinity.

#[cfg(test)]
mod tests;

use crate::{DType, Level};

/// Quantizes whole rows, one after another, to the raw little-endian bytes of a file.
///
/// `weights` is `[rows, cols]` with whole blocks in each row. `importance`, `[cols]` numbers of at least zero, are the factors
/// of the squared error of each column's weights, such as the mean square of the column's inputs; formats that ignore it say so
/// in their files. Sums are f32, in the order of the weights; every level gives the same bytes. Source of the methods: ggml
/// `ggml-quants.c`.
///
/// # Panics
/// When the lengths do not match.
pub fn quantize(level: Level, dtype: DType, weights: &[f32], importance: Option<&[f32]>, out: &mut [u8]) {
    assert_eq!(dtype.row_bytes(weights.len()), Some(out.len()), "{} weights to {dtype}", weights.len());
    if let Some(importance) = importance {
        let whole = !importance.is_empty() && weights.len().is_multiple_of(importance.len());
        assert!(whole, "importance of {} columns for {} weights", importance.len(), weights.len());
    }
    (dtype.format().encode)(level, weights, importance, out);
}
