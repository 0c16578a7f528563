//! The processor's tile instructions, and detection of whether this process may use them.
//!
//! Written in inline assembly, since the compiler's tile intrinsics are not stable. No tile is live outside a kernel, so the
//! compiler need not know of them.

#![allow(clippy::cast_ptr_alignment, reason = "tiles are aligned to cache lines")]
#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]

use std::arch::asm;
use std::arch::x86_64::*;

use super::tiles::{Ahead, Sums, Tile, TileInstructions, WHOLE_TILES};
use crate::layout::LINE;

/// The processor's AMX instructions; constructed only where [`is_permitted`] returned true.
pub(crate) struct AmxInstructions;

/// The steps of a product: loads of one or two tiles of inputs and two of weights, their two or four products, and a share of
/// the prefetches. Inputs, which are read once, are loaded with the non-temporal hint (TILELOADDT1).
macro_rules! steps {
    ($ahead:expr, $inputs:literal, $products:literal, $($operands:tt)*) => {
        asm!(
            "2:",
            "tileloaddt1 tmm4, [{a0} + {line}]",
            "tileloadd tmm6, [{b0} + {line}]",
            "tileloadd tmm7, [{b1} + {line}]",
            $inputs,
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tdpbf16ps tmm1, tmm4, tmm7",
            $products,
            "add {a0}, 1024",
            "add {b0}, 1024",
            "add {b1}, 1024",
            "prefetchw [{sums}]",
            "prefetchw [{sums} + 64]",
            "prefetchw [{sums} + 128]",
            "prefetchw [{sums} + 192]",
            "add {sums}, 256",
            "prefetcht1 [{later0}]",
            "prefetcht1 [{later0} + 64]",
            "prefetcht1 [{later1}]",
            "prefetcht1 [{later1} + 64]",
            "add {later0}, 128",
            "add {later1}, 128",
            "dec {n}",
            "jnz 2b",
            $($operands)*
            line = in(reg) LINE,
            sums = inout(reg) $ahead.sums => _,
            later0 = inout(reg) $ahead.inputs[0] => _,
            later1 = inout(reg) $ahead.inputs[1] => _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack, readonly),
        )
    };
}

impl TileInstructions for AmxInstructions {
    #[inline]
    unsafe fn configure(&mut self) {
        // SAFETY: the configuration is one of 64 bytes that the instruction accepts; tiles are permitted.
        unsafe {
            asm!("ldtilecfg [{}]", in(reg) &raw const WHOLE_TILES, options(nostack, preserves_flags, readonly));
        }
    }

    #[inline]
    unsafe fn clear(&mut self) {
        // SAFETY: tiles are configured.
        unsafe {
            asm!("tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3",
                out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                options(nostack, preserves_flags, nomem));
        }
    }

    #[inline]
    unsafe fn load(&mut self, sums: *const Sums) {
        // SAFETY: `sums` is valid for reading, as `TileInstructions::load` requires; its four parts have the size of a tile
        // each.
        unsafe {
            asm!("tileloadd tmm0, [{s} + {line}]", "tileloadd tmm1, [{s} + {line} + 1024]",
                "tileloadd tmm2, [{s} + {line} + 2048]", "tileloadd tmm3, [{s} + {line} + 3072]",
                s = in(reg) sums, line = in(reg) LINE,
                out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                options(nostack, preserves_flags, readonly));
        }
    }

    #[inline]
    unsafe fn multiply(
        &mut self,
        inputs: [*const Tile; 2],
        weights: [*const Tile; 2],
        n_steps: usize,
        ahead: &Ahead,
    ) {
        if n_steps == 0 {
            return;
        }
        let ([a0, a1], [b0, b1]) = (inputs, weights);
        // SAFETY: tiles are configured, and inputs and weights are readable for `n_steps` tiles, as
        // `TileInstructions::multiply` requires.
        unsafe {
            if a0 == a1 {
                steps!(ahead, "", "", a0 = inout(reg) a0 => _, b0 = inout(reg) b0 => _, b1 = inout(reg) b1 => _,
                    n = inout(reg) n_steps => _,  out("tmm0") _, out("tmm1") _,);
            } else {
                steps!(ahead, "tileloaddt1 tmm5, [{a1} + {line}]\nadd {a1}, 1024",
                    "tdpbf16ps tmm2, tmm5, tmm6\ntdpbf16ps tmm3, tmm5, tmm7",
                    a0 = inout(reg) a0 => _, a1 = inout(reg) a1 => _, b0 = inout(reg) b0 => _,
                    b1 = inout(reg) b1 => _, n = inout(reg) n_steps => _,
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,);
            }
        }
    }

    #[inline]
    unsafe fn store(&mut self, sums: *mut Sums) {
        // SAFETY: `sums` is valid for writing, as `TileInstructions::store` requires; its four parts have the size of a tile
        // each.
        unsafe {
            asm!("tilestored [{s} + {line}], tmm0", "tilestored [{s} + {line} + 1024], tmm1",
                "tilestored [{s} + {line} + 2048], tmm2", "tilestored [{s} + {line} + 3072], tmm3",
                s = in(reg) sums, line = in(reg) LINE, options(nostack, preserves_flags));
        }
    }

    #[inline]
    unsafe fn transpose(&mut self, tile: &mut Tile) {
        // SAFETY: processors with tiles have AVX-512.
        unsafe { transpose(tile) };
    }

    #[inline]
    unsafe fn release(&mut self) {
        // SAFETY: tiles are permitted.
        unsafe { asm!("tilerelease", options(nostack, preserves_flags, nomem)) };
    }
}

/// Transposes in four rounds in which registers exchange parts: single pairs, two, four, and eight.
#[target_feature(enable = "avx512f")]
#[inline]
fn transpose(tile: &mut Tile) {
    let rows = tile.0.as_mut_ptr().cast::<__m512i>();
    // SAFETY: the tile is 16 aligned registers.
    let r: [__m512i; 16] = std::array::from_fn(|i| unsafe { rows.add(i).read() });
    // Of four rows, pair 4k + j of each: in register 4·(rows / 4) + j, 128-bit part k.
    let mut fours = r;
    for i in (0..16).step_by(4) {
        let low = [_mm512_unpacklo_epi32(r[i], r[i + 1]), _mm512_unpacklo_epi32(r[i + 2], r[i + 3])];
        let high = [_mm512_unpackhi_epi32(r[i], r[i + 1]), _mm512_unpackhi_epi32(r[i + 2], r[i + 3])];
        fours[i] = _mm512_unpacklo_epi64(low[0], low[1]);
        fours[i + 1] = _mm512_unpackhi_epi64(low[0], low[1]);
        fours[i + 2] = _mm512_unpacklo_epi64(high[0], high[1]);
        fours[i + 3] = _mm512_unpackhi_epi64(high[0], high[1]);
    }
    for j in 0..4 {
        let [a, b, c, d] = [fours[j], fours[4 + j], fours[8 + j], fours[12 + j]];
        let even = [_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0x88>(c, d)];
        let odd = [_mm512_shuffle_i32x4::<0xDD>(a, b), _mm512_shuffle_i32x4::<0xDD>(c, d)];
        let columns = [
            (j, _mm512_shuffle_i32x4::<0x88>(even[0], even[1])),
            (j + 8, _mm512_shuffle_i32x4::<0xDD>(even[0], even[1])),
            (j + 4, _mm512_shuffle_i32x4::<0x88>(odd[0], odd[1])),
            (j + 12, _mm512_shuffle_i32x4::<0xDD>(odd[0], odd[1])),
        ];
        for (column, register) in columns {
            // SAFETY: as above.
            unsafe { rows.add(column).write(register) };
        }
    }
}

/// Runs `rounds` times four products of whole tiles of zeros.
///
/// # Safety
/// Tiles are permitted.
pub(super) unsafe fn multiply_idle(rounds: usize) {
    let mut tiles = AmxInstructions;
    // SAFETY: tiles are permitted, as this function requires.
    unsafe {
        tiles.configure();
        for _ in 0..rounds {
            asm!("tdpbf16ps tmm0, tmm4, tmm6", "tdpbf16ps tmm1, tmm5, tmm6", "tdpbf16ps tmm2, tmm4, tmm7",
                "tdpbf16ps tmm3, tmm5, tmm7", out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                options(nostack, preserves_flags, nomem));
        }
        tiles.release();
    }
}

/// Whether the processor has bf16 tiles, the system saves them, and this process may use them.
pub(super) fn is_permitted() -> bool {
    has_tiles() && ask_system()
}

fn has_tiles() -> bool {
    /// AMX-BF16 and AMX-TILE in EDX of leaf 7.
    const BF16_AND_TILE: u32 = 1 << 22 | 1 << 24;
    /// TILECFG and TILEDATA in XCR0.
    const SAVED: u64 = 1 << 17 | 1 << 18;
    if __cpuid(0).eax < 7 || __cpuid_count(7, 0).edx & BF16_AND_TILE != BF16_AND_TILE {
        return false;
    }
    // SAFETY: tiles exist only together with the extended state that this reads.
    std::arch::is_x86_feature_detected!("xsave") && unsafe { saved_state() } & SAVED == SAVED
}

/// The extended state that the system saves: register XCR0.
#[target_feature(enable = "xsave")]
fn saved_state() -> u64 {
    // SAFETY: the feature is enabled, and register 0 exists with it.
    unsafe { _xgetbv(0) }
}

/// Linux reserves memory for tiles only for processes that request it (`Documentation/arch/x86/xstate.rst`); the permission
/// covers their threads.
#[cfg(target_os = "linux")]
fn ask_system() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_long = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_long = 18;
    // SAFETY: the call only sets a permission of this process.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

/// Other systems: how they grant tiles is not known to this crate, so tiles are not used there.
#[cfg(not(target_os = "linux"))]
fn ask_system() -> bool {
    false
}
