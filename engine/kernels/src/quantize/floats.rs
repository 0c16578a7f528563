//! The plain floating-point types.

use half::f16;
use half::slice::HalfFloatSliceExt;

use super::lanes::Lanes;

/// Copies.
#[inline(always)]
pub(super) fn to_f32(weights: &[f32], out: &mut [u8]) {
    for (out, weight) in out.as_chunks_mut().0.iter_mut().zip(weights) {
        *out = weight.to_le_bytes();
    }
}

/// Rounds to nearest, ties to even; what lies beyond the largest finite number becomes it.
#[inline(always)]
pub(super) fn to_f16(weights: &[f32], out: &mut [u8]) {
    const CHUNK: usize = 256;
    let (largest, mut held, mut halves) = (f16::MAX.to_f32(), [0.0; CHUNK], [f16::ZERO; CHUNK]);
    for (weights, out) in weights.chunks(CHUNK).zip(out.chunks_mut(2 * CHUNK)) {
        let n = weights.len();
        for (held, weight) in held.iter_mut().zip(weights) {
            *held = weight.within(-largest, largest);
        }
        halves[..n].convert_from_f32_slice(&held[..n]);
        for (out, half) in out.as_chunks_mut().0.iter_mut().zip(&halves) {
            *out = half.to_le_bytes();
        }
    }
}

/// Rounds to nearest, ties to even; what lies beyond the largest finite number becomes it.
#[inline(always)]
pub(super) fn to_bf16(weights: &[f32], out: &mut [u8]) {
    let largest = half::bf16::MAX.to_f32();
    for (out, weight) in out.as_chunks_mut().0.iter_mut().zip(weights) {
        let bits = weight.within(-largest, largest).to_bits();
        *out = (((bits + 0x7FFF + (bits >> 16 & 1)) >> 16) as u16).to_le_bytes();
    }
}
