//! Keys and values of one layer in half precision, laid out for the products that read them.
//!
//! ```text
//! keys    [kv head][position / 16][element][position % 16]     16 positions of one element lie side by side
//! values  [kv head][position][element, padded to 16]
//! ```
//!
//! Scores of 16 positions come out of one register without a horizontal sum, in decoding and in prefill alike. Positions of a
//! head are contiguous in blocks of 16, so that reading them is one stream. The memory is zeroed by the system when first
//! touched: a long context costs nothing until it is used.

#![allow(clippy::inline_always, reason = "see lanes")]

use half::f16;

use crate::lanes::{Lanes, at_level};
use crate::level::Level;
use crate::zeroed::Zeroed;

/// Positions that lie side by side in the keys.
pub(crate) const PANEL: usize = 16;
/// Positions of a prefill tile; capacities are rounded up to it, so that kernels may read whole tiles.
pub(crate) const TILE: usize = 64;

/// Heads and their width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KvShape {
    /// Key and value heads.
    pub n_kv_heads: usize,
    /// Elements of a head.
    pub head_dim: usize,
}

/// Keys and values of one layer.
#[derive(Debug)]
pub struct KvCache {
    shape: KvShape,
    capacity: usize,
    keys: Zeroed<u16>,
    values: Zeroed<u16>,
}

impl KvCache {
    /// An empty cache with room for `capacity` positions, or `None` if the memory cannot be had.
    pub fn new(shape: KvShape, capacity: usize) -> Option<Self> {
        let capacity = capacity.next_multiple_of(TILE);
        let keys = Zeroed::new(shape.n_kv_heads * capacity * shape.head_dim)?;
        let values = Zeroed::new(shape.n_kv_heads * capacity * padded(shape.head_dim))?;
        Some(Self { shape, capacity, keys, values })
    }

    /// Bytes a cache of this shape and capacity takes once it is full.
    pub fn size_bytes(shape: KvShape, capacity: usize) -> u64 {
        let per_position = shape.n_kv_heads * (shape.head_dim + padded(shape.head_dim));
        2 * (capacity.next_multiple_of(TILE) * per_position) as u64
    }

    /// Heads and their width.
    pub fn shape(&self) -> KvShape {
        self.shape
    }

    /// Positions there is room for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Elements from one position's values to the next's.
    pub(crate) fn value_stride(&self) -> usize {
        padded(self.shape.head_dim)
    }

    /// The keys of one head: panels of 16 positions.
    pub(crate) fn keys(&self, kv_head: usize) -> &[u16] {
        let len = self.capacity * self.shape.head_dim;
        &self.keys.as_slice()[kv_head * len..][..len]
    }

    /// The values of one head: rows of positions.
    pub(crate) fn values(&self, kv_head: usize) -> &[u16] {
        let len = self.capacity * self.value_stride();
        &self.values.as_slice()[kv_head * len..][..len]
    }

    /// A writer that workers share, each storing other positions.
    pub(crate) fn writer(&mut self) -> KvWriter<'_> {
        let (shape, capacity, value_stride) = (self.shape, self.capacity, self.value_stride());
        let keys = crate::shared::SharedMut::new(self.keys.as_mut_slice());
        let values = crate::shared::SharedMut::new(self.values.as_mut_slice());
        KvWriter { shape, capacity, value_stride, keys, values }
    }
}

/// Stores positions from several workers.
pub(crate) struct KvWriter<'a> {
    shape: KvShape,
    capacity: usize,
    value_stride: usize,
    keys: crate::shared::SharedMut<'a, u16>,
    values: crate::shared::SharedMut<'a, u16>,
}

impl KvWriter<'_> {
    /// Rounds the keys and values of one position, `[kv head][element]`, to half precision and stores them.
    ///
    /// # Safety
    /// No two workers may store the same position at the same time.
    pub(crate) unsafe fn store(&self, level: Level, position: usize, keys: &[f32], values: &[f32]) {
        let KvShape { n_kv_heads, head_dim } = self.shape;
        assert!(position < self.capacity, "the cache has room for the position");
        assert!(keys.len() == n_kv_heads * head_dim && values.len() == keys.len(), "one row of all heads");
        for head in 0..n_kv_heads {
            let at = (head * self.capacity + position / PANEL * PANEL) * head_dim + position % PANEL;
            let mut halves = [0; 64];
            for (i, keys) in keys[head * head_dim..][..head_dim].chunks(64).enumerate() {
                narrow(level, keys, &mut halves[..keys.len()]);
                for (element, &key) in halves[..keys.len()].iter().enumerate() {
                    // SAFETY: the element is below head_dim, so its slot lies in this head's panel of the position, which is
                    // below the capacity; it belongs to this position alone, which the caller keeps to one worker.
                    unsafe { *self.keys.as_ptr().add(at + (64 * i + element) * PANEL) = key };
                }
            }
            let row = (head * self.capacity + position) * self.value_stride;
            // SAFETY: the row belongs to this position alone, which the caller keeps to one worker.
            let row = unsafe { self.values.part(row..row + head_dim) };
            narrow(level, &values[head * head_dim..][..head_dim], row);
        }
    }
}

/// Rounds to half precision, nearest, ties to even.
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

/// Rows of values are whole registers of the widest level.
pub(crate) fn padded(head_dim: usize) -> usize {
    head_dim.next_multiple_of(16)
}
