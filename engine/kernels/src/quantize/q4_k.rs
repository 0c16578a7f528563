//! Q4_K: for each 32 weights a search of scale and minimum, then six bits for each of these.

use super::search::{Tries, nearest_codes, scale_and_min};
use super::{Encode, Lanes, MOST, TILE, keep, lanes_of, to_half};
use crate::blocks::q4_k::{BYTES, LEN, scales_mins};

/// The format.
pub(super) struct Q4K;

impl Encode for Q4K {
    const LEN: usize = LEN;
    const BYTES: usize = BYTES;

    #[inline(always)]
    fn tile<V: Lanes>(weights: &[f32; TILE], out: &mut [u8]) {
        let (scales, mins) = groups_of_32::<V>(weights, Tries { most: 15.0, first: -1.0, steps: 20 });
        let blocks = out.as_chunks_mut::<BYTES>().0.iter_mut().zip(weights.as_chunks::<LEN>().0);
        let found = scales.as_chunks().0.iter().zip(mins.as_chunks().0);
        for ((block, x), (scales, mins)) in blocks.zip(found) {
            let header = Header::new(scales, mins);
            block[..16].copy_from_slice(&header.bytes);
            let codes = header.codes(x, 15.0);
            for (out, codes) in block[16..].chunks_mut(32).zip(codes.as_chunks::<64>().0) {
                for (l, out) in out.iter_mut().enumerate() {
                    *out = codes[l] as u8 | (codes[l + 32] as u8) << 4;
                }
            }
        }
    }
}

/// Scale and minimum of each group of 32, under importances that grow with a weight's magnitude.
#[inline(always)]
pub(super) fn groups_of_32<V: Lanes>(weights: &[f32; TILE], tries: Tries) -> ([f32; MOST], [f32; MOST]) {
    let (mut scales, mut mins) = ([0.0; MOST], [0.0; MOST]);
    for group in (0..MOST).step_by(V::COUNT) {
        let x = lanes_of::<V, 32>(weights, group);
        let mut squares = V::zero();
        for &x in &x {
            squares = squares + x * x;
        }
        let typical = (squares / V::splat(32.0)).sqrt();
        let mut importances = x;
        for w in &mut importances {
            *w = typical + w.abs();
        }
        let (scale, min) = scale_and_min::<V, 32, false>(&x, &importances, tries);
        keep(scale, group, &mut scales);
        keep(min, group, &mut mins);
    }
    (scales, mins)
}

/// What Q4_K and Q5_K blocks begin with, and what it decodes to.
pub(super) struct Header {
    /// `d`, `dmin` and the packed scales and minima.
    pub(super) bytes: [u8; 16],
    scales: [f32; 8],
    mins: [f32; 8],
}

impl Header {
    /// Gives the largest scale and the largest minimum 63, and the others their share.
    #[inline(always)]
    pub(super) fn new(scales: &[f32; 8], mins: &[f32; 8]) -> Self {
        let (d, scale_codes) = six_bits(scales);
        let (dmin, min_codes) = six_bits(mins);
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&d.to_le_bytes());
        bytes[2..4].copy_from_slice(&dmin.to_le_bytes());
        let packed = pack(&scale_codes, &min_codes);
        bytes[4..].copy_from_slice(&packed);
        Self {
            bytes,
            scales: scale_codes.map(|code| d.to_f32() * f32::from(code)),
            mins: min_codes.map(|code| dmin.to_f32() * f32::from(code)),
        }
    }

    /// The nearest codes from 0 to `most` under the scales and minima that a reader will see.
    #[inline(always)]
    pub(super) fn codes(&self, x: &[f32; LEN], most: f32) -> [i8; LEN] {
        let mut codes = [0; LEN];
        let groups = codes.chunks_mut(32).zip(x.as_chunks::<32>().0);
        for ((codes, x), found) in groups.zip(self.scales.into_iter().zip(self.mins)) {
            nearest_codes(x, found, (0.0, most), codes);
        }
        codes
    }
}

/// Six-bit shares of the largest of eight numbers, and the unit they count.
#[inline(always)]
fn six_bits(values: &[f32; 8]) -> (half::f16, [u8; 8]) {
    let largest = values.iter().fold(0.0_f32, |most, &value| value.larger(most));
    let inverse = if largest > 0.0 { 63.0 / largest } else { 0.0 };
    (to_half(largest / 63.0), values.map(|value| super::lanes::code(inverse * value, 0.0, 63.0) as u8))
}

/// The inverse of [`scales_mins`].
#[inline(always)]
fn pack(scales: &[u8; 8], mins: &[u8; 8]) -> [u8; 12] {
    let mut packed = [0; 12];
    for j in 0..4 {
        packed[j] = scales[j] | scales[j + 4] >> 4 << 6;
        packed[j + 4] = mins[j] | mins[j + 4] >> 4 << 6;
        packed[j + 8] = scales[j + 4] & 15 | mins[j + 4] << 4;
    }
    debug_assert_eq!(scales_mins(&packed), (*scales, *mins), "packing is undone by reading");
    packed
}
