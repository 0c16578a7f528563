//! KV cache of one layer: keys and values in the layout that attention reads.
//!
//! ```text
//! keys    [block][kv head][position / 16][element][position % 16]     16 positions of one element lie side by side
//! values  [block][kv head][position][element, padded to 16]
//! scales  [block][kv head][position]                                  of keys and of values, where elements are codes
//! ```
//!
//! with positions counted within their block of 256. Scores of 16 positions come out of one register without a horizontal sum,
//! in decoding and in prefill alike, and one head's part of a block is one stream. The system zeroes the memory when it is
//! first touched, huge page by huge page; since blocks follow each other, a long context takes no memory until it is used.
//!
//! Elements are half-precision numbers, or eight-bit codes with a scale for each head's key and value. Codes are made of
//! rotated vectors ([`crate::hadamard`]), so queries must be rotated too before they are multiplied with them.

#![allow(clippy::inline_always, reason = "see lanes")]

mod snapshot;

use half::f16;
use serde::{Deserialize, Serialize};

use crate::lanes::{Lanes, at_level};
use crate::level::Level;
use crate::shared::SharedMut;
use crate::zeroed::{Zero, Zeroed};

/// Positions that lie side by side in the keys.
pub(crate) const PANEL: usize = 16;
/// Positions of a prefill tile.
pub(crate) const TILE_POSITIONS: usize = 64;
/// Positions of a block; capacities are rounded up to it, so that kernels may read whole tiles.
pub(crate) const BLOCK_LEN: usize = 256;
/// Largest magnitudes below this are treated as zero, since their reciprocal is not finite.
const SMALLEST: f32 = 1e-30;

/// Number and width of the key and value heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KvShape {
    /// Number of key and value heads.
    pub n_kv_heads: usize,
    /// Elements of a head.
    pub head_dim: usize,
}

/// KV cache type: the element type of the KV cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KvCacheType {
    /// Half-precision floating-point numbers.
    #[default]
    F16,
    /// Rotated eight-bit codes with one scale per head and position: about half the memory.
    Int8,
}

impl KvCacheType {
    /// Bytes of one position of one head, keys and values together.
    fn position_bytes(self, head_dim: usize) -> usize {
        let elements = head_dim + padded(head_dim);
        match self {
            Self::F16 => 2 * elements,
            Self::Int8 => elements + 2 * size_of::<f32>(),
        }
    }
}

/// KV cache of one layer.
#[derive(Debug)]
pub struct KvCache {
    shape: KvShape,
    capacity: usize,
    elements: Elements,
}

#[derive(Debug)]
enum Elements {
    F16(Arrays<u16>),
    Int8 { codes: Arrays<i8>, key_scales: Zeroed<f32>, value_scales: Zeroed<f32> },
}

/// Keys and values in the order of the module's diagram.
#[derive(Debug)]
struct Arrays<E> {
    keys: Zeroed<E>,
    values: Zeroed<E>,
}

/// One head's keys and values of a block.
pub(crate) enum CacheBlock<'a> {
    F16(BlockView<'a, u16>),
    Int8(BlockView<'a, i8>),
}

/// A view of one head's elements of a block; positions are counted from its start.
#[derive(Clone, Copy)]
pub(crate) struct BlockView<'a, E> {
    /// Keys, as panels of 16 positions.
    pub(crate) keys: &'a [E],
    /// Values, as rows of positions.
    pub(crate) values: &'a [E],
    /// Scales by position; `None` where elements are floating-point numbers.
    pub(crate) key_scales: Option<&'a [f32]>,
    pub(crate) value_scales: Option<&'a [f32]>,
}

/// Element type of a KV cache, widened to f32 without its scale.
pub(crate) trait CacheElement: Copy {
    /// Loads `L::N` elements into a register as f32.
    ///
    /// # Safety
    /// `from` must be valid for reading `L::N` elements.
    unsafe fn load<L: Lanes>(l: L, from: *const Self) -> L::V;
}

impl CacheElement for u16 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(l: L, from: *const Self) -> L::V {
        // SAFETY: `from` is readable for `L::N` elements, as this method requires.
        unsafe { l.load_f16(from) }
    }
}

impl CacheElement for i8 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(l: L, from: *const Self) -> L::V {
        // SAFETY: `from` is readable for `L::N` elements, as this method requires.
        unsafe { l.load_i8(from) }
    }
}

impl KvCache {
    /// An empty cache with room for `capacity` positions; `None` if allocation fails.
    pub fn new(cache_type: KvCacheType, shape: KvShape, capacity: usize) -> Option<Self> {
        let capacity = capacity.next_multiple_of(BLOCK_LEN);
        let (n_keys, n_values) = (
            shape.n_kv_heads * capacity * shape.head_dim,
            shape.n_kv_heads * capacity * padded(shape.head_dim),
        );
        let n_scales = shape.n_kv_heads * capacity;
        let elements = match cache_type {
            KvCacheType::F16 => {
                Elements::F16(Arrays { keys: Zeroed::new(n_keys)?, values: Zeroed::new(n_values)? })
            }
            KvCacheType::Int8 => Elements::Int8 {
                codes: Arrays { keys: Zeroed::new(n_keys)?, values: Zeroed::new(n_values)? },
                key_scales: Zeroed::new(n_scales)?,
                value_scales: Zeroed::new(n_scales)?,
            },
        };
        Some(Self { shape, capacity, elements })
    }

    /// Bytes of a full cache of this type, shape and capacity.
    pub fn size_bytes(cache_type: KvCacheType, shape: KvShape, capacity: usize) -> u64 {
        let positions = shape.n_kv_heads * capacity.next_multiple_of(BLOCK_LEN);
        (positions * cache_type.position_bytes(shape.head_dim)) as u64
    }

    /// Number and width of the key and value heads.
    pub fn shape(&self) -> KvShape {
        self.shape
    }

    /// Number of positions that fit.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether keys and values are stored rotated.
    pub(crate) fn is_rotated(&self) -> bool {
        matches!(self.elements, Elements::Int8 { .. })
    }

    /// Elements between the values of successive positions.
    pub(crate) fn value_stride(&self) -> usize {
        padded(self.shape.head_dim)
    }

    /// Index of a head's position among all of them, which is the index of its scales.
    fn place(&self, kv_head: usize, position: usize) -> usize {
        place(self.shape, kv_head, position)
    }

    /// One head's keys and values of a block.
    pub(crate) fn block(&self, kv_head: usize, block: usize) -> CacheBlock<'_> {
        let first = self.place(kv_head, block * BLOCK_LEN);
        match &self.elements {
            Elements::F16(arrays) => CacheBlock::F16(self.view(arrays, first, [None, None])),
            Elements::Int8 { codes, key_scales, value_scales } => {
                let scales = [key_scales, value_scales]
                    .map(|scales| Some(&scales.as_slice()[first..first + BLOCK_LEN]));
                CacheBlock::Int8(self.view(codes, first, scales))
            }
        }
    }

    fn view<'a, E: Zero>(
        &self,
        arrays: &'a Arrays<E>,
        first: usize,
        [key_scales, value_scales]: [Option<&'a [f32]>; 2],
    ) -> BlockView<'a, E> {
        let part =
            |array: &'a Zeroed<E>, width: usize| &array.as_slice()[first * width..][..BLOCK_LEN * width];
        BlockView {
            keys: part(&arrays.keys, self.shape.head_dim),
            values: part(&arrays.values, self.value_stride()),
            key_scales,
            value_scales,
        }
    }

    /// The key of one position as f32 numbers.
    pub(crate) fn key(&self, kv_head: usize, position: usize) -> impl Iterator<Item = f32> {
        let (place, head_dim) = (self.place(kv_head, position), self.shape.head_dim);
        (0..head_dim).map(move |element| {
            let at = key_at(place, head_dim) + element * PANEL;
            match &self.elements {
                Elements::F16(arrays) => f16::from_bits(arrays.keys.as_slice()[at]).to_f32(),
                Elements::Int8 { codes, key_scales, .. } => {
                    f32::from(codes.keys.as_slice()[at]) * key_scales.as_slice()[place]
                }
            }
        })
    }

    /// The value of one position as f32 numbers.
    pub(crate) fn value(&self, kv_head: usize, position: usize) -> impl Iterator<Item = f32> {
        let (place, stride) = (self.place(kv_head, position), self.value_stride());
        (0..self.shape.head_dim).map(move |element| {
            let at = place * stride + element;
            match &self.elements {
                Elements::F16(arrays) => f16::from_bits(arrays.values.as_slice()[at]).to_f32(),
                Elements::Int8 { codes, value_scales, .. } => {
                    f32::from(codes.values.as_slice()[at]) * value_scales.as_slice()[place]
                }
            }
        })
    }

    /// A writer that workers share, each storing different positions.
    pub(crate) fn writer(&mut self) -> KvWriter<'_> {
        fn arrays<E: Zero>(arrays: &mut Arrays<E>) -> [SharedMut<'_, E>; 2] {
            [&mut arrays.keys, &mut arrays.values].map(|array| SharedMut::new(array.as_mut_slice()))
        }
        let (shape, capacity) = (self.shape, self.capacity);
        let elements = match &mut self.elements {
            Elements::F16(halves) => Writing::F16(arrays(halves)),
            Elements::Int8 { codes, key_scales, value_scales } => Writing::Int8 {
                codes: arrays(codes),
                scales: [key_scales, value_scales].map(|scales| SharedMut::new(scales.as_mut_slice())),
            },
        };
        KvWriter { shape, capacity, elements }
    }
}

/// Index of a head's position in the order of blocks, heads and positions.
fn place(shape: KvShape, kv_head: usize, position: usize) -> usize {
    (position / BLOCK_LEN * shape.n_kv_heads + kv_head) * BLOCK_LEN + position % BLOCK_LEN
}

/// Index of the first element of the key at `place`.
fn key_at(place: usize, head_dim: usize) -> usize {
    place / PANEL * PANEL * head_dim + place % PANEL
}

/// Writer of a KV cache, used by several workers at once.
pub(crate) struct KvWriter<'a> {
    shape: KvShape,
    capacity: usize,
    elements: Writing<'a>,
}

/// The arrays of keys and values, by element type.
enum Writing<'a> {
    F16([SharedMut<'a, u16>; 2]),
    Int8 { codes: [SharedMut<'a, i8>; 2], scales: [SharedMut<'a, f32>; 2] },
}

impl KvWriter<'_> {
    /// Stores the keys and values of one position, `[kv head][element]`, rotated if the cache is: rounded to half precision, or
    /// as codes.
    ///
    /// # Safety
    /// No two workers store the same position at the same time.
    pub(crate) unsafe fn store(&self, level: Level, position: usize, keys: &[f32], values: &[f32]) {
        let KvShape { n_kv_heads, head_dim } = self.shape;
        assert!(position < self.capacity, "the cache has room for the position");
        assert!(keys.len() == n_kv_heads * head_dim && values.len() == keys.len(), "one row of all heads");
        for head in 0..n_kv_heads {
            let (key, value) = (&keys[head * head_dim..][..head_dim], &values[head * head_dim..][..head_dim]);
            let place = place(self.shape, head, position);
            match &self.elements {
                // SAFETY: this worker alone stores the position, as this method requires.
                Writing::F16(arrays) => unsafe {
                    self.put(arrays, place, [key, value], |from, to| narrow(level, from, to));
                },
                // SAFETY: this worker alone stores the position, which has one key scale and one value scale in each head.
                Writing::Int8 { codes, scales } => unsafe {
                    self.put(codes, place, [key, value], |from, to| encode(from, scale_of(from), to));
                    for (scales, vector) in scales.iter().zip([key, value]) {
                        scales.part(place..place + 1)[0] = scale_of(vector);
                    }
                },
            }
        }
    }

    /// Writes one head's key and value of a position, converted to elements by `convert`.
    ///
    /// # Safety
    /// No other worker stores this position at the same time.
    unsafe fn put<E: Copy>(
        &self,
        [keys, values]: &[SharedMut<'_, E>; 2],
        place: usize,
        [key, value]: [&[f32]; 2],
        convert: impl Fn(&[f32], &mut [E]),
    ) {
        let head_dim = self.shape.head_dim;
        let row = place * padded(head_dim);
        // SAFETY: the row belongs to this position alone, which the caller keeps to one worker. Its padding stays zero.
        let row = unsafe { values.part(row..row + head_dim) };
        // The row holds the key's elements before they are scattered.
        convert(key, row);
        let at = key_at(place, head_dim);
        for (element, &key) in row.iter().enumerate() {
            // SAFETY: the element is below head_dim, so its slot lies in this head's panel of the position, which is below the
            // capacity; it belongs to this position alone.
            unsafe { *keys.as_ptr().add(at + element * PANEL) = key };
        }
        convert(value, row);
    }
}

/// Scale of a vector's codes: the largest magnitude gets code 127.
fn scale_of(vector: &[f32]) -> f32 {
    let largest = vector.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
    if largest < SMALLEST { 0.0 } else { largest / 127.0 }
}

/// Codes of a vector: `round(x / scale)`, ties to even; zeros for a scale of 0. All levels give the same codes.
fn encode(from: &[f32], scale: f32, to: &mut [i8]) {
    assert_eq!(from.len(), to.len(), "one code per float");
    let inverse = if scale > 0.0 { scale.recip() } else { 0.0 };
    for (to, &from) in to.iter_mut().zip(from) {
        *to = (from * inverse).round_ties_even().clamp(-127.0, 127.0) as i8;
    }
}

/// Rounds to half precision, to nearest, ties to even.
fn narrow(level: Level, from: &[f32], to: &mut [u16]) {
    assert_eq!(from.len(), to.len(), "one half per float");
    at_level!(level, narrow_scalar, narrow_lanes, (from: &[f32] = from, to: &mut [u16] = to));
}

fn narrow_scalar(from: &[f32], to: &mut [u16]) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = f16::from_f32(from).to_bits();
    }
}

#[inline(always)]
fn narrow_lanes<L: Lanes>(l: L, from: &[f32], to: &mut [u16]) {
    let whole = from.len() / L::N * L::N;
    for (to, from) in to.chunks_exact_mut(L::N).zip(from.chunks_exact(L::N)) {
        // SAFETY: both chunks have N elements.
        unsafe { l.store_f16(to.as_mut_ptr(), l.load(from.as_ptr())) };
    }
    narrow_scalar(&from[whole..], &mut to[whole..]);
}

/// Length of a row of values, rounded up to whole registers of the widest level.
pub(crate) fn padded(head_dim: usize) -> usize {
    head_dim.next_multiple_of(16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn codes_are_within_half_a_step_of_the_numbers() {
        for magnitude in [0.0, 1e-35, 1e-20, 1.0, 1e30] {
            let vector: Vec<f32> = Random::new(5).numbers(80).into_iter().map(|x| x * magnitude).collect();
            let scale = scale_of(&vector);
            let mut codes = vec![1; 80];
            encode(&vector, scale, &mut codes);
            for (x, code) in vector.iter().zip(codes) {
                assert!((x - f32::from(code) * scale).abs() <= (scale * 0.5001).max(SMALLEST), "{x} {code}");
            }
        }
    }
}
