//! Snapshots of a KV cache: the keys and values of the first positions, as bytes.
//!
//! ```text
//! [block][kv head]( keys [position / 16][element][position % 16] | values [position][element, padded] | scales of keys | of values )
//! ```
//!
//! in little-endian elements of the cache's type, for whole panels of 16 positions of keys and for the requested positions of
//! the rest; scales only where elements are codes. A snapshot does not depend on the capacity of the cache it was taken from.

use super::{Arrays, BLOCK_LEN, Elements, KvCache, KvShape, PANEL, key_at, padded, place};
use crate::zeroed::{Zero, Zeroed};

impl KvCache {
    /// Size of a snapshot of the first `len` positions, in bytes.
    pub fn snapshot_bytes(&self, len: usize) -> usize {
        let KvShape { n_kv_heads, head_dim } = self.shape;
        let (element, scales) = match &self.elements {
            Elements::F16(_) => (size_of::<u16>(), 0),
            Elements::Int8 { .. } => (size_of::<i8>(), 2 * size_of::<f32>()),
        };
        // Blocks are whole panels, so rounding up once is rounding up in the last block.
        let keys = len.next_multiple_of(PANEL) * head_dim * element;
        n_kv_heads * (keys + len * (padded(head_dim) * element + scales))
    }

    /// Copies the keys and values of the first `len` positions; `None` if allocation fails.
    ///
    /// # Panics
    /// When `len` exceeds the capacity.
    pub fn snapshot(&self, len: usize) -> Option<Vec<u8>> {
        assert!(len <= self.capacity, "the cache has the positions");
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(self.snapshot_bytes(len)).ok()?;
        for part in self.parts(len) {
            match &self.elements {
                Elements::F16(halves) => part.write(halves, &mut bytes),
                Elements::Int8 { codes, key_scales, value_scales } => {
                    part.write(codes, &mut bytes);
                    for scales in [key_scales, value_scales] {
                        Little::write(&scales[part.first..][..part.n], &mut bytes);
                    }
                }
            }
        }
        Some(bytes)
    }

    /// Restores a snapshot of `len` positions. Returns false and changes nothing if `bytes` is not a snapshot of this cache
    /// type and shape, or has more positions than fit. Positions from `len` on are undefined afterwards.
    pub fn restore(&mut self, len: usize, bytes: &[u8]) -> bool {
        if len > self.capacity || bytes.len() != self.snapshot_bytes(len) {
            return false;
        }
        let mut bytes = bytes;
        for part in self.parts(len) {
            match &mut self.elements {
                Elements::F16(halves) => part.read(halves, &mut bytes),
                Elements::Int8 { codes, key_scales, value_scales } => {
                    part.read(codes, &mut bytes);
                    for scales in [key_scales, value_scales] {
                        Little::read(&mut scales[part.first..][..part.n], &mut bytes);
                    }
                }
            }
        }
        true
    }

    /// The parts of each head and block that hold the first `len` positions.
    fn parts(&self, len: usize) -> impl Iterator<Item = Part> + use<> {
        let shape = self.shape;
        (0..len).step_by(BLOCK_LEN).flat_map(move |start| {
            let n = BLOCK_LEN.min(len - start);
            (0..shape.n_kv_heads).map(move |kv_head| Part { shape, first: place(shape, kv_head, start), n })
        })
    }
}

/// Positions of one head in one block.
struct Part {
    shape: KvShape,
    /// Index of the first position.
    first: usize,
    /// Number of positions.
    n: usize,
}

impl Part {
    /// Ranges of keys and values in their arrays.
    fn ranges(&self) -> [std::ops::Range<usize>; 2] {
        let (key, stride) = (key_at(self.first, self.shape.head_dim), padded(self.shape.head_dim));
        let keys = key..key + self.n.next_multiple_of(PANEL) * self.shape.head_dim;
        [keys, self.first * stride..(self.first + self.n) * stride]
    }

    fn write<E: Little + Zero>(&self, arrays: &Arrays<E>, bytes: &mut Vec<u8>) {
        let [keys, values] = self.ranges();
        E::write(&arrays.keys[keys], bytes);
        E::write(&arrays.values[values], bytes);
    }

    fn read<E: Little + Zero>(&self, arrays: &mut Arrays<E>, bytes: &mut &[u8]) {
        let [keys, values] = self.ranges();
        let parts: [(&mut Zeroed<E>, _); 2] = [(&mut arrays.keys, keys), (&mut arrays.values, values)];
        for (array, range) in parts {
            E::read(&mut array[range], bytes);
        }
    }
}

/// Numbers as little-endian bytes.
trait Little: Sized {
    /// Appends numbers to `bytes`.
    fn write(numbers: &[Self], bytes: &mut Vec<u8>);

    /// Moves numbers from the front of `bytes`, which has enough of them.
    fn read(numbers: &mut [Self], bytes: &mut &[u8]);
}

macro_rules! little {
    ($($number:ty),*) => {$(
        impl Little for $number {
            fn write(numbers: &[Self], bytes: &mut Vec<u8>) {
                for number in numbers {
                    bytes.extend_from_slice(&number.to_le_bytes());
                }
            }

            fn read(numbers: &mut [Self], bytes: &mut &[u8]) {
                let (own, rest) = bytes.split_at(size_of_val(numbers));
                for (number, own) in numbers.iter_mut().zip(own.as_chunks().0) {
                    *number = Self::from_le_bytes(*own);
                }
                *bytes = rest;
            }
        }
    )*};
}

little!(u16, i8, f32);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attention::KvCacheType;
    use crate::level::Level;
    use crate::testing::Random;

    const SHAPE: KvShape = KvShape { n_kv_heads: 3, head_dim: 20 };

    fn filled(cache_type: KvCacheType, capacity: usize, seed: u64) -> KvCache {
        let mut cache = KvCache::new(cache_type, SHAPE, capacity).unwrap();
        let mut random = Random::new(seed);
        let writer = cache.writer();
        for position in 0..capacity {
            let (keys, values) = (random.numbers(60), random.numbers(60));
            // SAFETY: one thread stores.
            unsafe { writer.store(Level::SCALAR, position, &keys, &values) };
        }
        cache
    }

    fn numbers(cache: &KvCache, len: usize) -> Vec<u32> {
        let heads = (0..len).flat_map(|position| (0..3).map(move |head| (head, position)));
        let all =
            heads.flat_map(|(head, position)| cache.key(head, position).chain(cache.value(head, position)));
        all.map(f32::to_bits).collect()
    }

    #[test]
    fn a_restored_cache_holds_what_the_first_one_held() {
        for cache_type in [KvCacheType::F16, KvCacheType::Int8] {
            let (from, mut to) = (filled(cache_type, 600, 1), filled(cache_type, 520, 2));
            for len in [0, 1, 16, 17, 255, 256, 257, 520] {
                let copy = from.snapshot(len).unwrap();
                assert_eq!(copy.len(), from.snapshot_bytes(len));
                assert!(to.restore(len, &copy));
                assert_eq!(numbers(&to, len), numbers(&from, len), "{cache_type:?} {len}");
                assert_eq!(to.snapshot(len).unwrap(), copy);
            }
            let copy = from.snapshot(600).unwrap();
            let before = numbers(&to, 520);
            assert!(!to.restore(800, &copy) && !to.restore(599, &copy), "not its length");
            assert_eq!(numbers(&to, 520), before);
        }
    }
}
