//! Weights into the bytes of each format.
//!
//! The methods are those of llama.cpp (`ggml-quants.c`), so that files cost the same quality: the plain formats take their
//! scale from the extremes of a block, the K formats search for the scale and minimum with the least weighted squared error.
//! The speed is our own: 8 or 16 groups are searched at once, one in each lane of a vector. All levels give the same bytes.
//!
//! Numbers that are not finite are the caller's to refuse. Here they do no harm beyond their own block: nothing panics, and
//! scales are clamped to half precision, so that no block decodes to infinity.

#[cfg(test)]
mod tests;

use crate::{DType, Level};

/// Encodes whole rows, one after another, into the raw little-endian bytes that a file holds.
///
/// `weights` is `[rows, cols]` with whole blocks in each row. `importance`, `[cols]` numbers of at least zero, says how much the
/// squared error of a weight of each column counts, such as the mean square of the column's inputs; formats that have no use
/// for it say so in their files. Sums are f32, in the order of the weights; every level gives the same bytes. Source of the
/// methods: ggml `ggml-quants.c`.
///
/// # Panics
/// When the lengths do not belong together.
pub fn quantize(level: Level, dtype: DType, weights: &[f32], importance: Option<&[f32]>, out: &mut [u8]) {
    assert_eq!(dtype.row_bytes(weights.len()), Some(out.len()), "{} weights to {dtype}", weights.len());
    if let Some(importance) = importance {
        let whole = !importance.is_empty() && weights.len().is_multiple_of(importance.len());
        assert!(whole, "importance of {} columns for {} weights", importance.len(), weights.len());
    }
    (dtype.format().encode)(level, weights, importance, out);
}
