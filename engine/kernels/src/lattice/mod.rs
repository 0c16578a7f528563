//! Lattices of the IQ formats: of all combinations of magnitudes that four or eight neighboring weights could have, a format
//! stores some hundreds, and the number of one takes fewer bits than its magnitudes.
//!
//! Here are the points and how weights find one, and what the formats' kernels need: tables whose entries a register looks up
//! for its rows at once (`words`), and signs of which every eighth follows from the others (`signs`).
#![allow(
    clippy::inline_always,
    reason = "steps of kernels must be inlined into the function that enables an instruction set"
)]

mod neighbors;
mod points;
pub(crate) mod search;
pub(crate) mod signs;
pub(crate) mod words;

use std::sync::OnceLock;

use neighbors::Neighbors;

/// Points of `DIM` weights, 4 or 8, in the order of their numbers.
pub(crate) struct Lattice<const DIM: usize> {
    /// Points, packed as in the file of points, ascending.
    keys: &'static [u16],
    /// Value of each level, ascending.
    levels: &'static [i8],
    neighbors: OnceLock<Neighbors<DIM>>,
}

/// Levels of IQ2 formats.
const THREE: &[i8] = &[8, 25, 43];

/// The lattice of IQ2_XXS.
pub(crate) static IQ2_XXS: Lattice<8> = Lattice::new(&points::IQ2_XXS, THREE);
/// The lattice of IQ2_XS.
pub(crate) static IQ2_XS: Lattice<8> = Lattice::new(&points::IQ2_XS, THREE);
/// The lattice of IQ2_S.
pub(crate) static IQ2_S: Lattice<8> = Lattice::new(&points::IQ2_S, THREE);
/// The lattice of IQ3_XXS.
pub(crate) static IQ3_XXS: Lattice<4> = Lattice::new(&points::IQ3_XXS, &[4, 12, 20, 28, 36, 44, 52, 62]);
/// The lattice of IQ3_S.
pub(crate) static IQ3_S: Lattice<4> = Lattice::new(&points::IQ3_S, &[1, 3, 5, 7, 9, 11, 13, 15]);
/// The lattice of IQ1_S and IQ1_M, whose values are eight times as large as their weights.
pub(crate) static IQ1: Lattice<8> = Lattice::new(&points::IQ1, &[-8, 0, 8]);

impl<const DIM: usize> Lattice<DIM> {
    /// Bits of a level in a packed point.
    const BITS: usize = 16 / DIM;

    const fn new(keys: &'static [u16], levels: &'static [i8]) -> Self {
        Self { keys, levels, neighbors: OnceLock::new() }
    }

    /// Values of the point with number `index`.
    ///
    /// # Panics
    /// When the lattice has no such point.
    pub(crate) fn point(&self, index: usize) -> [i8; DIM] {
        self.values(self.keys[index])
    }

    fn values(&self, key: u16) -> [i8; DIM] {
        let level = |i: usize| usize::from(key >> (i * Self::BITS)) & ((1 << Self::BITS) - 1);
        std::array::from_fn(|i| self.levels[level(i)])
    }

    /// Number of the point with these values; of the nearest point if no point has them.
    pub(crate) fn index(&self, values: [i8; DIM]) -> usize {
        let values = values.map(f32::from);
        let key = self.nearest_levels(&values);
        self.keys.binary_search(&key).unwrap_or_else(|_| self.nearest(&values, &[1.0; DIM]).0)
    }

    /// The levels nearest to each value by itself, packed as a point, whether the lattice has it or not.
    #[inline(always)]
    fn nearest_levels(&self, values: &[f32; DIM]) -> u16 {
        let mut key = 0;
        for pair in self.levels.windows(2) {
            let middle = 0.5 * (f32::from(pair[0]) + f32::from(pair[1]));
            for (i, &value) in values.iter().enumerate() {
                key += u16::from(value > middle) << (i * Self::BITS);
            }
        }
        key
    }

    /// Number and values of the point with the least error Σ w(value - point)², among those near the nearest levels.
    #[inline(always)]
    pub(crate) fn nearest(&self, values: &[f32; DIM], w: &[f32; DIM]) -> (usize, [f32; DIM]) {
        let neighbors = self.neighbors.get_or_init(|| Neighbors::new(self));
        neighbors.nearest(self.nearest_levels(values), values, w)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    /// Every point is its own nearest, and what is found for other values is about as near as the nearest point.
    fn check<const DIM: usize>(lattice: &Lattice<DIM>) {
        assert!(lattice.keys.is_sorted());
        for index in 0..lattice.keys.len() {
            assert_eq!(lattice.index(lattice.point(index)), index);
        }
        let mut random = Random::new(5);
        let top = f32::from(*lattice.levels.last().unwrap());
        let (mut found, mut least) = (0.0, 0.0);
        for _ in 0..300 {
            let values: [f32; DIM] = std::array::from_fn(|_| top * random.number());
            let values = if lattice.levels[0] < 0 { values } else { values.map(f32::abs) };
            let error = |point: [f32; DIM]| -> f32 {
                point.iter().zip(&values).map(|(point, value)| (point - value).powi(2)).sum()
            };
            let (index, point) = lattice.nearest(&values, &[1.0; DIM]);
            assert_eq!(point.map(f32::to_bits), lattice.point(index).map(|value| f32::from(value).to_bits()));
            found += error(point);
            let errors = lattice.keys.iter().map(|&key| error(lattice.values(key).map(f32::from)));
            least += errors.fold(f32::INFINITY, f32::min);
        }
        assert!(found <= 1.05 * least, "{found} where {least} is possible");
    }

    #[test]
    fn points_are_found_again_and_others_fall_on_near_ones() {
        for lattice in [&IQ2_XXS, &IQ2_XS, &IQ2_S, &IQ1] {
            check(lattice);
        }
        check(&IQ3_XXS);
        check(&IQ3_S);
    }
}
