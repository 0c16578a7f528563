//! The floating-point types: F32, F16 and BF16.
//!
//! Unit of the packed layout, 16 rows × 32 columns; columns beyond the row's end are zero:
//!
//! ```text
//! F32, F16   32 × 16 numbers: the 16 rows of column 0, of column 1, ...
//! BF16       16 × 16 pairs: columns 0 and 1 of 16 rows, columns 2 and 3, ... as the dot-product instruction wants them
//! ```

#![allow(clippy::cast_ptr_alignment, reason = "read by instructions and functions that need no alignment")]

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::lanes::{Lanes, within};
use crate::layout::ROWS;

/// Columns of a unit.
pub(crate) const UNIT_COLS: usize = 32;
/// Numbers that are converted together: converting one by one would query the processor's features each time.
const CHUNK: usize = 256;

/// A floating-point type.
pub(crate) trait FloatFormat: 'static {
    /// Bytes of a number.
    const SIZE: usize;
    /// Largest magnitude that encodes to a finite number.
    const MAX_MAGNITUDE: f32;

    /// Decodes raw little-endian numbers.
    fn decode(raw: &[u8], out: &mut [f32]);
    /// Encodes to raw little-endian numbers: nearest, ties to even; magnitudes beyond the largest finite number are clamped to
    /// it.
    fn encode(weights: &[f32], out: &mut [u8]);
    /// Index of the number at `row` and `column` of a unit, counted in numbers.
    fn place(row: usize, column: usize) -> usize {
        column * ROWS + row
    }
    /// Rows from `first_row` on of two neighboring columns.
    ///
    /// # Safety
    /// `pair` points at two columns of 16 rows, and `first_row + N` is at most 16.
    unsafe fn pair<L: Lanes>(l: L, pair: *const u8, first_row: usize) -> [L::V; 2];
}

/// Packs up to 32 raw numbers of `row`.
pub(crate) fn put<F: FloatFormat>(raw: &[u8], row: usize, unit: &mut [u8]) {
    for (column, number) in raw.chunks(F::SIZE).enumerate() {
        unit[F::place(row, column) * F::SIZE..][..F::SIZE].copy_from_slice(number);
    }
}

/// Reads `row` of a unit back.
pub(crate) fn take<F: FloatFormat>(unit: &[u8], row: usize, out: &mut [f32]) {
    let mut raw = [0; UNIT_COLS * 4];
    let raw = &mut raw[..UNIT_COLS * F::SIZE];
    for (column, number) in raw.chunks_mut(F::SIZE).enumerate() {
        number.copy_from_slice(&unit[F::place(row, column) * F::SIZE..][..F::SIZE]);
    }
    F::decode(raw, out);
}

/// Single precision: IEEE 754 binary32.
pub(crate) struct F32;

impl FloatFormat for F32 {
    const SIZE: usize = 4;
    const MAX_MAGNITUDE: f32 = f32::MAX;

    fn decode(raw: &[u8], out: &mut [f32]) {
        for (out, bytes) in out.iter_mut().zip(raw.as_chunks().0) {
            *out = f32::from_le_bytes(*bytes);
        }
    }

    fn encode(weights: &[f32], out: &mut [u8]) {
        for (out, weight) in out.as_chunks_mut().0.iter_mut().zip(weights) {
            *out = weight.to_le_bytes();
        }
    }

    #[inline(always)]
    unsafe fn pair<L: Lanes>(l: L, pair: *const u8, first_row: usize) -> [L::V; 2] {
        // SAFETY: `pair` points at 32 numbers, as `FloatFormat::pair` requires; these are two times N of them.
        unsafe { [0, ROWS].map(|column| l.load(pair.cast::<f32>().add(column + first_row))) }
    }
}

/// Half precision: IEEE 754 binary16.
pub(crate) struct F16;

impl FloatFormat for F16 {
    const SIZE: usize = 2;
    /// Numbers slightly above the largest finite number are rounded to it.
    const MAX_MAGNITUDE: f32 = 65519.996;

    fn decode(raw: &[u8], out: &mut [f32]) {
        let mut halves = [f16::ZERO; CHUNK];
        for (out, raw) in out.chunks_mut(CHUNK).zip(raw.chunks(2 * CHUNK)) {
            let halves = &mut halves[..out.len()];
            for (half, bytes) in halves.iter_mut().zip(raw.as_chunks().0) {
                *half = f16::from_le_bytes(*bytes);
            }
            halves.convert_to_f32_slice(out);
        }
    }

    fn encode(weights: &[f32], out: &mut [u8]) {
        let (largest, mut clamped, mut halves) = (f16::MAX.to_f32(), [0.0; CHUNK], [f16::ZERO; CHUNK]);
        for (weights, out) in weights.chunks(CHUNK).zip(out.chunks_mut(2 * CHUNK)) {
            let n = weights.len();
            for (clamped, weight) in clamped.iter_mut().zip(weights) {
                *clamped = within(*weight, -largest, largest);
            }
            halves[..n].convert_from_f32_slice(&clamped[..n]);
            for (out, half) in out.as_chunks_mut().0.iter_mut().zip(&halves) {
                *out = half.to_le_bytes();
            }
        }
    }

    #[inline(always)]
    unsafe fn pair<L: Lanes>(l: L, pair: *const u8, first_row: usize) -> [L::V; 2] {
        // SAFETY: `pair` points at 32 numbers, as `FloatFormat::pair` requires; these are two times N of them.
        unsafe { [0, ROWS].map(|column| l.load_f16(pair.cast::<u16>().add(column + first_row))) }
    }
}

/// Brain float: the upper half of single precision.
pub(crate) struct BF16;

impl FloatFormat for BF16 {
    const SIZE: usize = 2;
    const MAX_MAGNITUDE: f32 = f32::MAX;

    fn decode(raw: &[u8], out: &mut [f32]) {
        for (out, bytes) in out.iter_mut().zip(raw.as_chunks().0) {
            *out = f32::from_bits(u32::from(u16::from_le_bytes(*bytes)) << 16);
        }
    }

    fn encode(weights: &[f32], out: &mut [u8]) {
        let largest = half::bf16::MAX.to_f32();
        for (out, weight) in out.as_chunks_mut().0.iter_mut().zip(weights) {
            let bits = within(*weight, -largest, largest).to_bits();
            *out = (((bits + 0x7FFF + (bits >> 16 & 1)) >> 16) as u16).to_le_bytes();
        }
    }

    fn place(row: usize, column: usize) -> usize {
        column / 2 * 2 * ROWS + row * 2 + column % 2
    }

    #[inline(always)]
    unsafe fn pair<L: Lanes>(l: L, pair: *const u8, first_row: usize) -> [L::V; 2] {
        // SAFETY: `pair` points at 32 numbers, as `FloatFormat::pair` requires; these are N pairs of them.
        unsafe { l.load_bf16_pairs(pair.cast::<u16>().add(2 * first_row)) }
    }
}
