//! Weights into the bytes of each format: the encoders, one file each.
//!
//! The methods are those of llama.cpp (`ggml-quants.c`), so that files cost the same quality: the plain formats take their
//! scale from the extremes of a block, the K formats search for the scale and minimum with the least weighted squared error.
//! The speed is our own: 8 or 16 groups are searched at once, one in each lane of a vector (`lanes`). All levels give the
//! same bytes.
//!
//! Numbers that are not finite are the caller's to refuse. Here they do no harm beyond their own block: nothing panics, and
//! scales are held within half precision, so that no block decodes to infinity.
#![allow(
    clippy::inline_always,
    reason = "vectors must be inlined into the function that enables their instruction set"
)]

mod floats;
mod iq4_nl;
mod iq4_xs;
mod lanes;
mod mxfp4;
mod q2_k;
mod q3_k;
mod q4_0;
mod q4_1;
mod q4_k;
mod q5_0;
mod q5_1;
mod q5_k;
mod q6_k;
mod q8_0;
mod search;
#[cfg(test)]
mod tests;

use half::f16;

use crate::level::Kind;
use crate::{DType, Level};
use lanes::{Lanes, MOST};

/// Weights that are encoded together: 16 groups of 32, or 32 groups of 16, which fill the widest vectors.
const TILE: usize = 512;

/// Most bytes a tile takes in any format: 16 blocks of Q8_0.
const TILE_BYTES: usize = 16 * crate::blocks::q8_0::BYTES;

/// A block format that can be written.
trait Encode {
    /// Weights in a block.
    const LEN: usize;

    /// Bytes of a block.
    const BYTES: usize;

    /// Encodes `TILE / LEN` blocks into as many times `BYTES` bytes.
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]);
}

/// Encodes whole rows, one after another, into the raw little-endian bytes that a file holds.
///
/// `weights` is `[rows, cols]` with whole blocks in each row. Sums are f32, in the order of the weights; every level gives
/// the same bytes. Source of the methods: ggml `ggml-quants.c`, without an importance matrix.
///
/// # Panics
/// When the lengths do not belong together.
pub fn quantize(level: Level, dtype: DType, weights: &[f32], out: &mut [u8]) {
    assert_eq!(dtype.row_bytes(weights.len()), Some(out.len()), "{} weights to {dtype}", weights.len());
    match level.kind() {
        Kind::Scalar => encode::<f32>(dtype, weights, out),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a `Level` of this kind exists only where AVX2, FMA and F16C were detected.
        Kind::Avx2 | Kind::AvxVnni => unsafe { encode_avx2(dtype, weights, out) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a `Level` of this kind exists only where AVX-512 F, BW, VL and DQ were detected.
        Kind::Avx512 | Kind::Amx => unsafe { encode_avx512(dtype, weights, out) },
        #[cfg(not(target_arch = "x86_64"))]
        _ => encode::<f32>(dtype, weights, out),
    }
}

/// The largest magnitude that a type can hold in every place of a block; what lies beyond it is held there.
pub fn reach(dtype: DType) -> f32 {
    /// The largest finite half-precision number, which bounds all scales.
    const HALF: f32 = 65504.0;
    match dtype {
        DType::F32 | DType::BF16 => f32::MAX,
        // As numbers just beyond the largest are rounded to it.
        DType::F16 => 65519.996,
        DType::Q4_0 => 7.0 * HALF,
        DType::Q4_1 | DType::Q5_1 => HALF,
        DType::Q5_0 | DType::Q2_K => 15.0 * HALF,
        DType::Q8_0 => 127.0 * HALF,
        DType::Q3_K => 3.0 * 31.0 * HALF,
        DType::Q4_K | DType::Q5_K => 63.0 * HALF,
        DType::Q6_K => 31.0 * 127.0 * HALF,
        DType::IQ4_NL => 113.0 * HALF,
        DType::IQ4_XS => 113.0 * 31.0 * HALF,
        DType::MXFP4 => 6.0 * 2.0_f32.powi(125),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c")]
fn encode_avx2(dtype: DType, weights: &[f32], out: &mut [u8]) {
    encode::<lanes::Avx2>(dtype, weights, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq")]
fn encode_avx512(dtype: DType, weights: &[f32], out: &mut [u8]) {
    encode::<lanes::Avx512>(dtype, weights, out);
}

#[inline(always)]
fn encode<V: Lanes>(dtype: DType, weights: &[f32], out: &mut [u8]) {
    match dtype {
        DType::F32 => floats::to_f32(weights, out),
        DType::F16 => floats::to_f16(weights, out),
        DType::BF16 => floats::to_bf16(weights, out),
        DType::Q4_0 => tiles::<q4_0::Q4_0, V>(weights, out),
        DType::Q4_1 => tiles::<q4_1::Q4_1, V>(weights, out),
        DType::Q5_0 => tiles::<q5_0::Q5_0, V>(weights, out),
        DType::Q5_1 => tiles::<q5_1::Q5_1, V>(weights, out),
        DType::Q8_0 => tiles::<q8_0::Q8_0, V>(weights, out),
        DType::Q2_K => tiles::<q2_k::Q2K, V>(weights, out),
        DType::Q3_K => tiles::<q3_k::Q3K, V>(weights, out),
        DType::Q4_K => tiles::<q4_k::Q4K, V>(weights, out),
        DType::Q5_K => tiles::<q5_k::Q5K, V>(weights, out),
        DType::Q6_K => tiles::<q6_k::Q6K, V>(weights, out),
        DType::IQ4_NL => tiles::<iq4_nl::Iq4Nl, V>(weights, out),
        DType::IQ4_XS => tiles::<iq4_xs::Iq4Xs, V>(weights, out),
        DType::MXFP4 => tiles::<mxfp4::Mxfp4, V>(weights, out),
    }
}

/// Encodes tile by tile; a last one that is not full is filled up with zeros, whose bytes are thrown away.
#[inline(always)]
fn tiles<F: Encode, V: Lanes>(weights: &[f32], out: &mut [u8]) {
    let tile_bytes = TILE / F::LEN * F::BYTES;
    let (full, rest) = weights.as_chunks::<TILE>();
    let (out_full, out_rest) = out.split_at_mut(full.len() * tile_bytes);
    for (weights, out) in full.iter().zip(out_full.chunks_exact_mut(tile_bytes)) {
        F::tile::<V>(weights, out);
    }
    if !rest.is_empty() {
        let (mut weights, mut bytes) = ([0.0; TILE], [0; TILE_BYTES]);
        weights[..rest.len()].copy_from_slice(rest);
        F::tile::<V>(&weights, &mut bytes[..tile_bytes]);
        out_rest.copy_from_slice(&bytes[..out_rest.len()]);
    }
}

/// Weight `i` of the `V::COUNT` groups from `group` on, for each `i`.
#[inline(always)]
fn lanes_of<V: Lanes, const GROUP: usize>(weights: &[f32; TILE], group: usize) -> [V; GROUP] {
    let mut turned = [[0.0; MOST]; GROUP];
    let groups = weights.as_chunks::<GROUP>().0;
    for (lane, group) in groups[group..group + V::COUNT].iter().enumerate() {
        for (turned, &weight) in turned.iter_mut().zip(group) {
            turned[lane] = weight;
        }
    }
    let mut lanes = [V::zero(); GROUP];
    for (lane, turned) in lanes.iter_mut().zip(&turned) {
        *lane = V::load(turned);
    }
    lanes
}

/// Puts what was found for the groups from `group` on into its place.
#[inline(always)]
fn keep<V: Lanes>(found: V, group: usize, all: &mut [f32]) {
    all[group..group + V::COUNT].copy_from_slice(&found.to_array()[..V::COUNT]);
}

/// Nearest half-precision number, held within its finite range.
#[inline(always)]
fn to_half(value: f32) -> f16 {
    f16::from_f32(value.within(f16::MIN.to_f32(), f16::MAX.to_f32()))
}

/// Codes below 16 of 32 weights into 16 bytes: the first 16 low, the second 16 high.
#[inline(always)]
fn pack_nibbles(codes: &[u8; 32], out: &mut [u8]) {
    let (low, high) = codes.split_at(16);
    for ((out, low), high) in out.iter_mut().zip(low).zip(high) {
        *out = (low & 15) | (high & 15) << 4;
    }
}
