//! From a panel's codes to tiles of bf16 weights.

#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]
#![allow(clippy::cast_ptr_alignment, reason = "read by instructions that need no alignment")]

use std::arch::x86_64::*;

use super::avx512::{self, Units};
use crate::activations::GROUP;
use crate::amx::Tile;
use crate::layout::Layout;

/// Widens 32-column group `group` of a panel of codes into a tile.
///
/// # Safety
/// The panel has the group, and the tile may be written.
pub(super) type Widen = unsafe fn(layout: Layout, panel: &[u8], group: usize, out: *mut Tile);

/// Widens with AVX-512.
///
/// # Safety
/// As [`Widen`]; the processor has AVX-512.
pub(super) unsafe fn with_avx512(layout: Layout, panel: &[u8], group: usize, out: *mut Tile) {
    // SAFETY: the caller's promise.
    unsafe {
        match layout {
            Layout::Q4_0 => widen::<avx512::Q4_0>(panel, group, out),
            Layout::Q4_K => widen::<avx512::Q4_K>(panel, group, out),
            Layout::Q5_K => widen::<avx512::Q5_K>(panel, group, out),
            Layout::Q6_K => widen::<avx512::Q6_K>(panel, group, out),
            Layout::Q8_0 => widen::<avx512::Q8_0>(panel, group, out),
            Layout::Wide => widen::<avx512::Wide>(panel, group, out),
            Layout::F32 | Layout::F16 | Layout::BF16 => {
                unreachable!("floating-point weights do not meet tiles")
            }
        }
    }
}

/// # Safety
/// As [`Widen`]; the features are there.
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
unsafe fn widen<U: Units>(panel: &[u8], group: usize, out: *mut Tile) {
    let (unit_groups, parts) = (const { U::LAYOUT.unit_cols() / GROUP }, const { GROUP / U::GROUP });
    let (unit, g) = (group / unit_groups * U::LAYOUT.unit_bytes(), group % unit_groups);
    assert!(unit + U::LAYOUT.unit_bytes() <= panel.len(), "group {group} of a panel");
    // What the codes of a unit have too much, as floats.
    let offset = _mm512_set1_ps((U::OFFSET * if U::GROUP == 32 { 8 } else { 32 }) as f32);
    // SAFETY: the unit lies in the panel; the caller's promise about the tile.
    unsafe {
        let unit = panel.as_ptr().add(unit);
        let lines = out.cast::<[u16; GROUP]>();
        let head = U::head(unit);
        for part in 0..parts {
            let scale = U::scale(unit, head, g * parts + part);
            let number = |codes: __m512i| {
                let code = _mm512_cvtepi32_ps(codes);
                if U::LAYOUT.has_mins() {
                    let min = U::min(unit, head, g * parts + part);
                    _mm512_fmsub_ps(
                        if U::OFFSET == 0 { code } else { _mm512_sub_ps(code, offset) },
                        scale,
                        min,
                    )
                } else {
                    // As the difference times the scale: offsets are powers of two.
                    _mm512_fmsub_ps(code, scale, _mm512_mul_ps(offset, scale))
                }
            };
            for j in 4 * part / parts..4 * (part + 1) / parts {
                for (half, codes) in U::codes(unit, g, j).into_iter().enumerate() {
                    let byte = _mm512_set1_epi32(255);
                    let first = number(_mm512_and_si512(codes, byte));
                    let second = number(_mm512_and_si512(_mm512_srli_epi32::<8>(codes), byte));
                    let third = number(_mm512_and_si512(_mm512_srli_epi32::<16>(codes), byte));
                    let fourth = number(_mm512_srli_epi32::<24>(codes));
                    let to = lines.add(4 * j + 2 * half);
                    _mm512_storeu_si512(to.cast(), interleave(first, second));
                    _mm512_storeu_si512(to.add(1).cast(), interleave(third, fourth));
                }
            }
        }
    }
}

/// Two columns rounded to nearest, ties away from zero, those of a row side by side.
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
    //! The same in plain Rust.

    use super::*;
    use crate::bf16::round_all;
    use crate::blocks::Unpacked;
    use crate::layout::ROWS;

    /// # Safety
    /// As [`Widen`].
    pub(in crate::matmul) unsafe fn widen(layout: Layout, panel: &[u8], group: usize, out: *mut Tile) {
        let unit_groups = layout.unit_cols() / GROUP;
        let unit = &panel[group / unit_groups * layout.unit_bytes()..][..layout.unit_bytes()];
        let mut unpacked = Unpacked::default();
        for row in 0..ROWS {
            layout.unpack(unit, row, &mut unpacked);
            let weights: [f32; GROUP] = std::array::from_fn(|i| {
                let column = group % unit_groups * GROUP + i;
                let part = column / unpacked.group;
                let min = if layout.has_mins() { unpacked.mins[part] } else { 0.0 };
                f32::from(unpacked.codes[column]).mul_add(unpacked.scales[part], -min)
            });
            let mut rounded = [0; GROUP];
            round_all(&weights, &mut rounded);
            for (pair, rounded) in rounded.as_chunks::<2>().0.iter().enumerate() {
                // SAFETY: the caller's promise.
                unsafe { (&mut (*out).0)[pair][2 * row..2 * row + 2].copy_from_slice(rounded) };
            }
        }
    }
}
