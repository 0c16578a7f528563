//! The search for scales and points of a block, by least weighted squared error.
//!
//! As in llama.cpp (`ggml-quants.c`), each group tries some scales, places its weights on the points nearest to them and keeps
//! the scale with the least error. Then the block's scale is chosen, and each group places its weights again, under the
//! neighboring factors that can be stored; twice, the second time under the scale that suits the first codes best.

use super::Lattice;
use super::neighbors::total;
use crate::block::Fields;
use crate::encode::search::NOTHING;
use crate::encode::tile::{WeightTile, to_half};

/// Scales that a group tries: the first one makes its largest weight this share of the largest value, each next one is smaller.
const FIRST: f32 = 0.7;
/// Quotient of one scale and the next.
const STEP: f32 = 1.08;
/// Number of scales that a group tries.
const TRIES: usize = 16;
/// Largest group of weights under one scale.
const MOST: usize = 32;

/// Which signs a format stores beside magnitudes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signs {
    /// The lattice has values of both signs.
    None,
    /// Each weight has its own.
    All,
    /// The number of negative ones among eight is even.
    Even,
}

/// How a format shifts the points of IQ1's lattice, by one up or down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shifts {
    /// Not at all.
    None,
    /// All points of a group in one direction.
    Group,
    /// Each point by itself.
    Point,
}

/// What a format makes of a lattice. Weights are d · scale · value, where the scales of groups are odd.
pub(crate) struct Recipe<const DIM: usize> {
    pub(crate) lattice: &'static Lattice<DIM>,
    pub(crate) signs: Signs,
    pub(crate) shifts: Shifts,
    /// Weights under one scale.
    pub(crate) group: usize,
    /// Largest scale of a group.
    pub(crate) most: f32,
    /// The number in the file as a multiple of d.
    pub(crate) unit: f32,
}

/// Magnitudes (or weights, if the lattice has both signs) of a group, and their error weights.
#[derive(Clone, Copy)]
struct Group<'a> {
    x: &'a [f32],
    w: &'a [f32],
}

/// Codes of a group, and their sums Σwqx and Σwqq; the error is Σwx² - 2 · scale · Σwqx + scale² · Σwqq.
#[derive(Clone, Copy)]
struct Placed {
    values: [f32; MOST],
    wqx: f32,
    wqq: f32,
}

/// A choice for all groups of a block.
struct Choice {
    d: f32,
    scales: [f32; 16],
    values: [f32; 256],
    error: f32,
    /// The d that would suit these scales and values best.
    better: f32,
}

impl<const DIM: usize> Recipe<DIM> {
    /// Finds the fields of each block of a tile, and passes them with the block's number to `keep`.
    #[inline(always)]
    pub(crate) fn fit(&self, tile: &WeightTile<'_>, mut keep: impl FnMut(usize, &Fields)) {
        let blocks = tile.weights.as_chunks::<256>().0;
        for (number, x) in blocks.iter().enumerate() {
            let importance = tile.importance.map(|all| &all.as_chunks::<256>().0[number]);
            keep(number, &self.fit_block(x, &error_weights(x, importance, self.group)));
        }
    }

    fn fit_block(&self, x: &[f32; 256], w: &[f32; 256]) -> Fields {
        let (magnitudes, negative) = self.magnitudes(x, w);
        let n_groups = 256 / self.group;
        let group = |g: usize| Group {
            x: &magnitudes[g * self.group..][..self.group],
            w: &w[g * self.group..][..self.group],
        };
        let mut usual = [0.0; 16];
        for (g, usual) in usual[..n_groups].iter_mut().enumerate() {
            *usual = self.best_scale(group(g));
        }
        let largest = usual.iter().fold(0.0_f32, |most, &scale| if scale > most { scale } else { most });
        let mut fields = Fields { scales: [0; 16], ..Fields::default() };
        fields.scales[..n_groups].fill(1);
        let mut d = to_half(largest / self.most * self.unit) / self.unit;
        let mut best: Option<Choice> = None;
        for _ in 0..2 {
            let choice = self.choose(d, &usual, &magnitudes, w);
            d = to_half(choice.better * self.unit) / self.unit;
            if best.as_ref().is_none_or(|best| choice.error < best.error) {
                best = Some(choice);
            }
        }
        let Some(best) = best else { return fields };
        fields.d = best.d;
        for (scale, found) in fields.scales[..n_groups].iter_mut().zip(best.scales) {
            *scale = found as i8;
        }
        for (i, code) in fields.codes.iter_mut().enumerate() {
            let value = best.values[i] as i8;
            *code = if negative[i] { -value } else { value } as u8;
        }
        fields
    }

    /// What the lattice has to represent, and which weights are its negatives. Where the number of negative weights must be
    /// even and is not, the weight that matters least is taken for one of the other sign.
    fn magnitudes(&self, x: &[f32; 256], w: &[f32; 256]) -> ([f32; 256], [bool; 256]) {
        let (mut magnitudes, mut negative) = (*x, [false; 256]);
        if self.signs == Signs::None {
            return (magnitudes, negative);
        }
        for i in 0..256 {
            negative[i] = x[i] < 0.0;
            magnitudes[i] = x[i].abs();
        }
        if self.signs == Signs::Even {
            for first in (0..256).step_by(8) {
                let eight = first..first + 8;
                if negative[eight.clone()].iter().filter(|negative| **negative).count() % 2 == 1 {
                    let cost = |i: usize| w[i] * x[i] * x[i];
                    let least = eight.fold(first, |least, i| if cost(i) < cost(least) { i } else { least });
                    negative[least] = !negative[least];
                    magnitudes[least] = -magnitudes[least];
                }
            }
        }
        (magnitudes, negative)
    }

    /// The scale under which the nearest points of a group have the least error.
    fn best_scale(&self, group: Group<'_>) -> f32 {
        let largest = group.x.iter().fold(0.0_f32, |most, x| if x.abs() > most { x.abs() } else { most });
        // Not finite, or nothing.
        if !(NOTHING..f32::MAX).contains(&largest) {
            return if largest < NOTHING { 0.0 } else { largest / self.most };
        }
        let top = f32::from(*self.lattice.levels.last().unwrap_or(&1))
            + if self.shifts == Shifts::None { 0.0 } else { 1.0 };
        let (mut best, mut gain) = (0.0, 0.0);
        for shifts in self.shift_sets() {
            // Weights of about the same size may all take a low level.
            let low = [self.lattice.levels[0], self.lattice.levels[1]].map(f32::from).into_iter();
            let usual = (0..TRIES).scan(FIRST * top / STEP, |value, _| {
                *value *= STEP;
                Some(*value)
            });
            for value in usual.chain(low.filter(|value| *value > 0.0)) {
                let inverse = value / largest;
                let placed = self.place(group, inverse, shifts);
                if placed.wqx > 0.0 && placed.wqx * placed.wqx > gain * placed.wqq {
                    (best, gain) = (placed.wqx / placed.wqq, placed.wqx * placed.wqx / placed.wqq);
                }
            }
        }
        best
    }

    /// Sets of shifts that a group chooses one from; a point chooses one of its set.
    fn shift_sets(&self) -> &'static [&'static [f32]] {
        match self.shifts {
            Shifts::None => &[&[0.0]],
            Shifts::Group => &[&[1.0], &[-1.0]],
            Shifts::Point => &[&[1.0, -1.0]],
        }
    }

    /// The points nearest to a group's weights.
    #[inline(always)]
    fn place(&self, group: Group<'_>, inverse: f32, shifts: &[f32]) -> Placed {
        let mut placed = Placed { values: [0.0; MOST], wqx: 0.0, wqq: 0.0 };
        let chunks = group.x.as_chunks::<DIM>().0.iter().zip(group.w.as_chunks::<DIM>().0);
        for ((x, w), out) in chunks.zip(placed.values.as_chunks_mut::<DIM>().0) {
            let mut least = f32::INFINITY;
            for (number, &shift) in shifts.iter().enumerate() {
                let values = x.map(|x| x * inverse - shift);
                let (_, point) = self.lattice.nearest(&values, w);
                let error = total(std::array::from_fn::<f32, DIM, _>(|i| {
                    w[i] * (values[i] - point[i]) * (values[i] - point[i])
                }));
                if error < least || number == 0 {
                    least = error;
                    *out = point.map(|value| value + shift);
                }
            }
            let q = *out;
            placed.wqx += total(std::array::from_fn::<f32, DIM, _>(|i| w[i] * q[i] * x[i]));
            placed.wqq += total(std::array::from_fn::<f32, DIM, _>(|i| w[i] * q[i] * q[i]));
        }
        placed
    }

    /// Scales and values of all groups under the block's scale `d`; scales are near those in `usual`.
    fn choose(&self, d: f32, usual: &[f32; 16], x: &[f32; 256], w: &[f32; 256]) -> Choice {
        let mut choice = Choice { d, scales: [1.0; 16], values: [0.0; 256], error: 0.0, better: 0.0 };
        let (mut up, mut down) = (0.0, 0.0);
        let groups = x.chunks(self.group).zip(w.chunks(self.group)).zip(choice.values.chunks_mut(self.group));
        for ((((x, w), values), scale), usual) in groups.zip(&mut choice.scales).zip(usual) {
            let group = Group { x, w };
            let usual = usual / d;
            // The odd factor at or below the wanted one, and its neighbors.
            let middle = 2.0 * ((usual - 1.0) * 0.5).round() + 1.0;
            let (mut least, mut best) = (f32::INFINITY, None);
            for factor in [middle, middle - 2.0, middle + 2.0] {
                let factor = if factor > 1.0 { factor } else { 1.0 };
                let factor = if factor < self.most { factor } else { self.most };
                let this = d * factor;
                let inverse = if this > 0.0 { 1.0 / this } else { 0.0 };
                for shifts in self.shift_sets() {
                    let placed = self.place(group, inverse, shifts);
                    let error = this * this * placed.wqq - 2.0 * this * placed.wqx;
                    if error < least || best.is_none() {
                        (least, best) = (error, Some((factor, placed)));
                    }
                }
            }
            let Some((factor, placed)) = best else { continue };
            *scale = factor;
            values.copy_from_slice(&placed.values[..values.len()]);
            choice.error += least;
            up += factor * placed.wqx;
            down += factor * factor * placed.wqq;
        }
        choice.better = if down > 0.0 { up / down } else { d };
        choice
    }
}

/// Factors of the squared errors of a block's weights: √(2 · mean x² + x²), times the importance if it is given, which favors large
/// weights, as in llama.cpp. A group whose importance is zero throughout is treated as if none were given.
fn error_weights(x: &[f32; 256], importance: Option<&[f32; 256]>, group: usize) -> [f32; 256] {
    let typical = x.iter().fold(0.0, |sum, x| sum + x * x) / 128.0;
    let mut w = x.map(|x| (typical + x * x).sqrt());
    for (w, importance) in w.chunks_mut(group).zip(importance.iter().flat_map(|all| all.chunks(group))) {
        if importance.iter().any(|&one| one > 0.0) {
            for (w, one) in w.iter_mut().zip(importance) {
                *w *= one;
            }
        }
    }
    w
}
