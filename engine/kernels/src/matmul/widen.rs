//! Widening a panel's codes to tiles of bf16 weights.

#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]
#![allow(clippy::cast_ptr_alignment, reason = "written by instructions that need no alignment")]

use std::arch::x86_64::*;

use crate::activations::GROUP;
use crate::amx::Tile;
use crate::block::BlockFormat;
use crate::lanes::{Avx512, CodeLanes, Lanes};
use crate::layout::Unit;

/// Widens 32-column group `group` of a panel of codes into a tile.
///
/// # Safety
/// The processor has AVX-512, and the tile is writable.
pub(crate) type Widen = unsafe fn(panel: &[u8], group: usize, out: *mut Tile);

/// Widens a group of a format with AVX-512.
///
/// # Safety
/// The processor has AVX-512, and the tile is writable.
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
pub(crate) unsafe fn with_avx512<F: BlockFormat>(panel: &[u8], group: usize, out: *mut Tile) {
    let l = Avx512::new();
    let (unit_groups, parts) = const { (F::UNIT_COLS / GROUP, GROUP / F::GROUP) };
    let g = group % unit_groups;
    let unit = Unit::new(l, &panel[group / unit_groups * F::UNIT_BYTES..][..F::UNIT_BYTES], 0);
    // Offset of the codes above their values, as a number.
    let raised = if F::SIGNED { Avx512::SIGNED_OFFSET } else { F::OFFSET };
    let offset = l.splat(raised as f32);
    let lines = out.cast::<[u16; GROUP]>();
    let head = F::head(&unit);
    for part in 0..parts {
        let scale = F::scale(&unit, head, g * parts + part);
        let number = |codes: __m512i| {
            let code = _mm512_cvtepi32_ps(codes);
            if F::HAS_MINS {
                let min = F::min(&unit, head, g * parts + part);
                _mm512_fmsub_ps(if raised == 0 { code } else { _mm512_sub_ps(code, offset) }, scale, min)
            } else {
                // Computed as the difference times the scale: offsets are powers of two.
                _mm512_fmsub_ps(code, scale, _mm512_mul_ps(offset, scale))
            }
        };
        for j in 4 * part / parts..4 * (part + 1) / parts {
            for (half, codes) in F::codes(&unit, g, j).into_iter().enumerate() {
                let byte = _mm512_set1_epi32(255);
                let first = number(_mm512_and_si512(codes, byte));
                let second = number(_mm512_and_si512(_mm512_srli_epi32::<8>(codes), byte));
                let third = number(_mm512_and_si512(_mm512_srli_epi32::<16>(codes), byte));
                let fourth = number(_mm512_srli_epi32::<24>(codes));
                // SAFETY: a tile has sixteen lines, and `out` is writable, as this function requires.
                unsafe {
                    let to = lines.add(4 * j + 2 * half);
                    _mm512_storeu_si512(to.cast(), interleave(first, second));
                    _mm512_storeu_si512(to.add(1).cast(), interleave(third, fourth));
                }
            }
        }
    }
}

/// Rounds two columns to nearest, ties away from zero, and interleaves them row by row.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn interleave(first: __m512, second: __m512) -> __m512i {
    let half = _mm512_set1_epi32(0x8000);
    let first = _mm512_srli_epi32::<16>(_mm512_add_epi32(_mm512_castps_si512(first), half));
    let second = _mm512_add_epi32(_mm512_castps_si512(second), half);
    _mm512_mask_blend_epi16(0xAAAA_AAAA, first, second)
}

#[cfg(test)]
pub(super) mod definition {
    //! Widening in plain Rust, the definition.

    use super::*;
    use crate::bf16::round_all;
    use crate::block::Unpacked;
    use crate::layout::ROWS;
    use crate::matrix::Matrix;

    /// # Safety
    /// The tile is writable.
    pub(in crate::matmul) unsafe fn widen(matrix: &Matrix, panel: &[u8], group: usize, out: *mut Tile) {
        let format = matrix.format();
        let Some(blocks) = &format.blocks else { unreachable!("quantized weights") };
        let unit_groups = format.unit_cols / GROUP;
        let unit = &panel[group / unit_groups * format.unit_bytes..][..format.unit_bytes];
        let mut unpacked = Unpacked::default();
        for row in 0..ROWS {
            (blocks.take)(unit, row, &mut unpacked);
            let weights: [f32; GROUP] = std::array::from_fn(|i| {
                let column = group % unit_groups * GROUP + i;
                let part = column / unpacked.group;
                let min = if blocks.has_mins { unpacked.mins[part] } else { 0.0 };
                f32::from(unpacked.codes[column]).mul_add(unpacked.scales[part], -min)
            });
            let mut rounded = [0; GROUP];
            round_all(&weights, &mut rounded);
            for (pair, rounded) in rounded.as_chunks::<2>().0.iter().enumerate() {
                // SAFETY: `out` is writable, as this function requires.
                unsafe { (&mut (*out).0)[pair][2 * row..2 * row + 2].copy_from_slice(rounded) };
            }
        }
    }
}
