//! Rounding to bf16: the upper half of an f32, to nearest, ties away from zero.
//!
//! Two additions and a shift, which every instruction set has. Infinities stay; of the NaNs, those with all bits set become -0.

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]

/// Half of the last place that is kept.
const HALF: u32 = 0x8000;

/// Rounds every number of a row.
#[inline(always)]
pub(crate) fn round_all<const N: usize>(x: &[f32; N], out: &mut [u16; N]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = (x.to_bits().wrapping_add(HALF) >> 16) as u16;
    }
}

/// Rounds two columns, and lays the numbers of a row side by side: the first column's in even places.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "used for tiles of AMX"))]
#[inline(always)]
pub(crate) fn round_pairs(first: &[f32; 16], second: &[f32; 16], out: &mut [u16; 32]) {
    let mut pairs = [0u32; 16];
    for ((pair, first), second) in pairs.iter_mut().zip(first).zip(second) {
        *pair = first.to_bits().wrapping_add(HALF) >> 16 | second.to_bits().wrapping_add(HALF) & 0xFFFF_0000;
    }
    for (out, pair) in out.as_chunks_mut().0.iter_mut().zip(pairs) {
        *out = [pair as u16, (pair >> 16) as u16];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_to_the_nearest_and_ties_away_from_zero() {
        let x = [1.0, 1.0 + 1.0 / 256.0, -1.0 - 1.0 / 256.0, 1.0 + 1.0 / 257.0 - 1e-6, f32::INFINITY, 0.0];
        let mut rounded = [0; 6];
        round_all(&x, &mut rounded);
        let step = 1.0 / 128.0;
        let expected = [1.0, 1.0 + step, -1.0 - step, 1.0, f32::INFINITY, 0.0f32];
        assert_eq!(rounded, expected.map(|x| (x.to_bits() >> 16) as u16));
    }

    #[test]
    fn pairs_are_both_columns_in_turn() {
        let (first, second): ([f32; 16], [f32; 16]) =
            (std::array::from_fn(|i| i as f32 + 0.3), std::array::from_fn(|i| -(i as f32)));
        let mut pairs = [0; 32];
        round_pairs(&first, &second, &mut pairs);
        let (mut even, mut odd) = ([0; 16], [0; 16]);
        round_all(&first, &mut even);
        round_all(&second, &mut odd);
        for i in 0..16 {
            assert_eq!([pairs[2 * i], pairs[2 * i + 1]], [even[i], odd[i]]);
        }
    }
}
