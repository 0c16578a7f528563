//! The points near every combination of levels, found once, so that a search looks at some of a lattice and not at all of it.

use super::Lattice;

/// Distances that count as near: the points at the smallest distance, and those at the next ones.
const SHELLS: usize = 3;

/// Points near each combination of levels.
pub(super) struct Neighbors<const DIM: usize> {
    /// Values of each point of the lattice.
    points: Vec<[f32; DIM]>,
    /// Where the list of each packed combination begins in `near`; it ends where the next begins.
    starts: Vec<u32>,
    /// Numbers of points.
    near: Vec<u16>,
}

impl<const DIM: usize> Neighbors<DIM> {
    pub(super) fn new(lattice: &Lattice<DIM>) -> Self {
        let values: Vec<[i8; DIM]> = (0..lattice.keys.len()).map(|index| lattice.point(index)).collect();
        let mut neighbors = Self {
            points: values.iter().map(|point| point.map(f32::from)).collect(),
            starts: Vec::new(),
            near: Vec::new(),
        };
        let top = (0..DIM).fold(0, |key, i| key | (lattice.levels.len() - 1) << (i * Lattice::<DIM>::BITS));
        let mut distances = vec![0; values.len()];
        for key in 0..=top as u16 {
            neighbors.starts.push(neighbors.near.len() as u32);
            let exists = |i: usize| {
                usize::from(key >> (i * Lattice::<DIM>::BITS)) % (1 << Lattice::<DIM>::BITS)
                    < lattice.levels.len()
            };
            if !(0..DIM).all(exists) {
                continue;
            }
            if let Ok(index) = lattice.keys.binary_search(&key) {
                neighbors.near.push(index as u16);
                continue;
            }
            let here = lattice.values(key);
            for (distance, point) in distances.iter_mut().zip(&values) {
                let squares = point.iter().zip(&here).map(|(&a, &b)| (i32::from(a) - i32::from(b)).pow(2));
                *distance = squares.sum::<i32>();
            }
            let mut shell = -1;
            for _ in 0..SHELLS {
                let farther = distances.iter().copied().filter(|&distance| distance > shell);
                shell = farther.min().unwrap_or(shell);
            }
            let within = (0..values.len()).filter(|&index| distances[index] <= shell);
            neighbors.near.extend(within.map(|index| index as u16));
        }
        neighbors.starts.push(neighbors.near.len() as u32);
        neighbors
    }

    /// Number and values of the point near the combination `key` with the least error Σ w(value - point)²; the first of them
    /// on a tie.
    #[inline(always)]
    pub(super) fn nearest(&self, key: u16, values: &[f32; DIM], w: &[f32; DIM]) -> (usize, [f32; DIM]) {
        let list = self.starts[usize::from(key)] as usize..self.starts[usize::from(key) + 1] as usize;
        let (mut best, mut least) = (usize::from(self.near[list.start]), f32::INFINITY);
        if list.len() > 1 {
            for &index in &self.near[list] {
                let mut error = [0.0; DIM];
                for (i, error) in error.iter_mut().enumerate() {
                    let miss = values[i] - self.points[usize::from(index)][i];
                    *error = w[i] * miss * miss;
                }
                let error = total(error);
                if error < least {
                    (best, least) = (usize::from(index), error);
                }
            }
        }
        (best, self.points[best])
    }
}

/// The sum of four or eight numbers, in pairs.
#[inline(always)]
pub(super) fn total<const DIM: usize>(mut numbers: [f32; DIM]) -> f32 {
    let mut n = DIM / 2;
    while n > 0 {
        for i in 0..n {
            numbers[i] += numbers[i + n];
        }
        n /= 2;
    }
    numbers[0]
}
