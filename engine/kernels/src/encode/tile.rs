//! Weights that are encoded together, transposed so that each lane of a vector has a group of its own.

use half::f16;

use crate::lanes::{Lanes, MOST, Vector, within};

/// Weights of a tile: 16 groups of 32, or 32 groups of 16, which fill the widest vectors.
pub(crate) const TILE_WEIGHTS: usize = 512;

/// A tile of weights: one or several blocks that are encoded together.
pub(crate) struct WeightTile<'a> {
    /// The weights of all blocks.
    pub(crate) weights: &'a [f32; TILE_WEIGHTS],
    /// Factor of each weight's squared error, at least zero; `None` if no importance is given.
    pub(crate) importance: Option<&'a [f32; TILE_WEIGHTS]>,
}

impl WeightTile<'_> {
    /// Weight `i` of the `L::N` groups from `group` on, for each `i`.
    #[inline(always)]
    pub(crate) fn lanes<L: Lanes, const GROUP: usize>(&self, l: L, group: usize) -> [Vector<L>; GROUP] {
        turned(l, self.weights, group)
    }

    /// Error weights of the weights `x` of some groups in a search: `usual`, or the importance times √(2·mean x² + x²), which
    /// favors large weights, as in llama.cpp. Groups whose importance is zero throughout use `usual`.
    #[inline(always)]
    pub(crate) fn counts<L: Lanes, const GROUP: usize>(
        &self,
        l: L,
        group: usize,
        x: &[Vector<L>; GROUP],
        usual: [Vector<L>; GROUP],
    ) -> [Vector<L>; GROUP] {
        let Some(importance) = self.importance else { return usual };
        let mut counts: [Vector<L>; GROUP] = turned(l, importance, group);
        let (mut squares, mut total) = (Vector::splat(l, 0.0), Vector::splat(l, 0.0));
        for &x in x {
            squares = squares + x * x;
        }
        let typical = squares * Vector::splat(l, 2.0 / GROUP as f32);
        for (count, &x) in counts.iter_mut().zip(x) {
            *count = *count * (typical + x * x).sqrt();
            total = total + *count;
        }
        let counted = total.greater(total.like(0.0));
        for (count, usual) in counts.iter_mut().zip(usual) {
            *count = count.where_true(counted, usual);
        }
        counts
    }
}

#[inline(always)]
fn turned<L: Lanes, const GROUP: usize>(
    l: L,
    numbers: &[f32; TILE_WEIGHTS],
    group: usize,
) -> [Vector<L>; GROUP] {
    let mut turned = [[0.0; MOST]; GROUP];
    let groups = numbers.as_chunks::<GROUP>().0;
    for (lane, group) in groups[group..group + L::N].iter().enumerate() {
        for (turned, &number) in turned.iter_mut().zip(group) {
            turned[lane] = number;
        }
    }
    let mut lanes = [Vector::splat(l, 0.0); GROUP];
    for (lane, turned) in lanes.iter_mut().zip(&turned) {
        *lane = Vector::load(l, turned);
    }
    lanes
}

/// Squares of the weights: error weights where no importance is given and large weights matter most.
#[inline(always)]
pub(crate) fn squares<L: Lanes, const GROUP: usize>(x: &[Vector<L>; GROUP]) -> [Vector<L>; GROUP] {
    let mut squares = *x;
    for x in &mut squares {
        *x = *x * *x;
    }
    squares
}

/// Stores results of the groups from `group` on.
#[inline(always)]
pub(crate) fn keep<L: Lanes>(found: Vector<L>, group: usize, all: &mut [f32]) {
    all[group..group + L::N].copy_from_slice(&found.to_array()[..L::N]);
}

/// Nearest half-precision number, clamped to the finite range.
#[inline(always)]
pub(crate) fn to_half(value: f32) -> f32 {
    f16::from_f32(within(value, f16::MIN.to_f32(), f16::MAX.to_f32())).to_f32()
}
