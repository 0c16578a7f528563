//! Encoding rows of weights with a format's encoder and the vectors of a level.
#![allow(
    clippy::inline_always,
    reason = "vectors must be inlined into the function that enables their instruction set"
)]

pub(crate) mod search;
pub(crate) mod tile;

use crate::block::BlockFormat;
#[cfg(target_arch = "aarch64")]
use crate::lanes::Neon;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2, Avx512};
use crate::lanes::{Lanes, Scalar};
use crate::level::{Kind, Level};
use tile::{TILE_WEIGHTS, WeightTile};

/// Largest size of a tile in any format: 16 blocks of Q8_0.
const TILE_BYTES: usize = 16 * 34;

/// Encodes rows of weights in a format, at a level.
pub(crate) fn encode<F: BlockFormat>(
    level: Level,
    weights: &[f32],
    importance: Option<&[f32]>,
    out: &mut [u8],
) {
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,f16c")]
    fn avx2<F: BlockFormat>(weights: &[f32], importance: Option<&[f32]>, out: &mut [u8]) {
        tiles::<F, _>(Avx2::new(), weights, importance, out);
    }
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    fn avx512<F: BlockFormat>(weights: &[f32], importance: Option<&[f32]>, out: &mut [u8]) {
        tiles::<F, _>(Avx512::new(), weights, importance, out);
    }
    match level.kind() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a `Level` of this kind exists only where AVX2, FMA and F16C were detected.
        Kind::Avx2 | Kind::AvxVnni => unsafe { avx2::<F>(weights, importance, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a `Level` of this kind exists only where AVX-512 F, BW, VL, DQ and VNNI were detected.
        Kind::Avx512 | Kind::Amx => unsafe { avx512::<F>(weights, importance, out) },
        #[cfg(target_arch = "aarch64")]
        Kind::Neon | Kind::DotProd | Kind::I8mm => tiles::<F, _>(Neon::new(), weights, importance, out),
        _ => tiles::<F, _>(Scalar, weights, importance, out),
    }
}

/// Encodes tile by tile; the last tile is padded with zeros, whose bytes are discarded.
#[inline(always)]
fn tiles<F: BlockFormat, L: Lanes>(l: L, weights: &[f32], importance: Option<&[f32]>, out: &mut [u8]) {
    let tile_bytes = const { TILE_WEIGHTS / F::LEN * F::BYTES };
    for (i, (weights, out)) in weights.chunks(TILE_WEIGHTS).zip(out.chunks_mut(tile_bytes)).enumerate() {
        let important = importance.map(|all| {
            // Rows follow one another, so the column index starts again.
            let mut columns = all.iter().cycle().skip(i * TILE_WEIGHTS % all.len());
            std::array::from_fn(|_| columns.next().copied().unwrap_or(0.0))
        });
        let importance = important.as_ref();
        if let (Ok(weights), true) = (weights.try_into(), out.len() == tile_bytes) {
            F::fit(l, &WeightTile { weights, importance }, out);
        } else {
            let (mut filled, mut bytes) = ([0.0; TILE_WEIGHTS], [0; TILE_BYTES]);
            filled[..weights.len()].copy_from_slice(weights);
            F::fit(l, &WeightTile { weights: &filled, importance }, &mut bytes[..tile_bytes]);
            out.copy_from_slice(&bytes[..out.len()]);
        }
    }
}
