//! A matrix while it is tuned: offsets that decide between neighboring levels, and factors of its scales.
//!
//! A weight w of a group with scale s and minimum m lies at x = (w + m)/s among the levels; its level is the one nearest to
//! x + v, where v is the learned offset. Scale and minimum are s = d·a·s_g and m = dmin·b·m_g with factors a and b that the
//! groups of a unit share: a block of a GGUF format, whose d and dmin are stored in half precision, or a group of its own.
//! Gradients pass through rounding unchanged (straight-through estimator), and stop where a level is clamped.

use nibble_kernels::DType;
use nibble_kernels::block::Fields;
use nibble_kernels::decode::decode_row;

use crate::quant::grid::{Grid, Levels, write_levels};

/// Adding and subtracting it rounds numbers below 2²² to whole ones.
const ROUND: f32 = 12_582_912.0;
/// Share of the gap between two levels within which a weight belongs to the nearer, whatever the order of arithmetic.
const WITHIN: f32 = 0.49;
/// Largest offset: half the distance of two levels.
const MAX_OFFSET: f32 = 0.5;

/// A format with scales from which tuning starts, and in which its result is stored.
#[derive(Clone, Debug, PartialEq)]
pub enum TuneFormat {
    /// Blocks of a GGUF format, encoded, with the codes to start from; the scales of each block may change by a common factor.
    Blocks {
        /// Element type of the blocks.
        dtype: DType,
        /// The encoded rows of the matrix.
        bytes: Vec<u8>,
    },
    /// A grid of groups with the levels to start from; the scale of each group may change.
    Groups {
        /// Scales, minima and levels.
        grid: Grid,
        /// Index of each weight's first level, `[rows, cols]`.
        indices: Vec<u8>,
        /// Storage of scales and minima.
        scales: ScaleStorage,
    },
}

/// Precision in which scales are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleStorage {
    /// Scales that must stay as they are.
    Fixed,
    /// Half precision (f16).
    Half,
    /// Single precision (f32).
    Single,
}

impl ScaleStorage {
    /// The stored value of a scale.
    fn store(self, value: f32) -> f32 {
        match self {
            Self::Half => half::f16::from_f32(value).to_f32(),
            Self::Fixed | Self::Single => value,
        }
    }

    /// The storage of d and dmin in the blocks of `dtype`: fixed where a block does not keep half-precision numbers.
    fn of(dtype: DType) -> Self {
        let fields = Fields { d: Self::Half.store(0.37), ..Fields::default() };
        let (mut block, mut stored) = (vec![0; dtype.block_bytes()], Fields::default());
        dtype.pack(&fields, &mut block);
        dtype.fields(&block, &mut stored);
        if stored.d.to_bits() == fields.d.to_bits() { Self::Half } else { Self::Fixed }
    }
}

/// Scale and minimum of a unit.
#[derive(Clone, Copy, Debug)]
struct UnitScales {
    d: f32,
    dmin: f32,
    /// Factor of d.
    a: f32,
    /// Factor of dmin.
    b: f32,
}

/// Learned numbers of some rows, and what they belong to.
#[derive(Clone, Debug)]
pub(super) struct Rounding {
    n_cols: usize,
    /// Columns that share a scale.
    group: usize,
    /// Columns that share the factors.
    unit: usize,
    levels: Levels,
    storage: ScaleStorage,
    weights: Vec<f32>,
    /// Scale and minimum of each group relative to its unit, `[rows, cols / group]`.
    groups: Vec<(f32, f32)>,
    units: Vec<UnitScales>,
    offsets: Vec<f32>,
    blocks: Option<(DType, Vec<u8>)>,
}

/// Sizes of the next step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) offset: f32,
    pub(super) factor: f32,
}

/// A matrix after tuning: the levels of all weights, and the scales they belong to.
#[derive(Clone, Debug, PartialEq)]
pub enum TunedCodes {
    /// Encoded blocks, ready for a file.
    Blocks {
        /// Element type of the blocks.
        dtype: DType,
        /// The encoded rows of the matrix.
        bytes: Vec<u8>,
    },
    /// Levels of a grid.
    Groups {
        /// The grid with tuned scales and minima.
        grid: Grid,
        /// Index of each weight's level, `[rows, cols]`.
        indices: Vec<u8>,
    },
}

/// Scale, minimum and reciprocal of a group, as weights are rounded with them.
#[derive(Clone, Copy)]
struct Place {
    scale: f32,
    min: f32,
    /// 1/scale; 0 for a scale of 0, whose levels are all one value.
    inverse: f32,
}

impl Rounding {
    /// The start of tuning: offsets of 0, with which every weight has the code that the format gives it, and factors of 1.
    pub(super) fn new(weights: &[f32], n_cols: usize, format: &TuneFormat) -> Self {
        match format {
            TuneFormat::Blocks { dtype, bytes } => Self::of_blocks(weights, n_cols, *dtype, bytes),
            TuneFormat::Groups { grid, indices, scales } => {
                let (group, n_groups) = (grid.group(), weights.len() / grid.group());
                let unit = |index: usize| {
                    let (row, col) = (index / (n_cols / group), index % (n_cols / group) * group);
                    let (d, dmin) = grid.scale_min(row, col);
                    UnitScales { d, dmin, a: 1.0, b: 1.0 }
                };
                let starts = weights.iter().zip(indices).enumerate().map(|(at, (&weight, &index))| {
                    let (row, col) = (at / n_cols, at % n_cols);
                    start(grid, row, col, weight, usize::from(index))
                });
                Self {
                    n_cols,
                    group,
                    unit: group,
                    levels: grid.levels().clone(),
                    storage: *scales,
                    groups: vec![(1.0, 1.0); n_groups],
                    units: (0..n_groups).map(unit).collect(),
                    offsets: vec![0.0; weights.len()],
                    weights: starts.collect(),
                    blocks: None,
                }
            }
        }
    }

    fn of_blocks(weights: &[f32], n_cols: usize, dtype: DType, bytes: &[u8]) -> Self {
        let (group, unit, grid) =
            (dtype.group_len(), dtype.block_len(), Grid::of_blocks(dtype, n_cols, bytes));
        let (mut groups, mut units, mut fields) = (Vec::new(), Vec::new(), Fields::default());
        // Products of scales and their small factors are exact, so that quotients are the factors.
        let part = |whole: f32, of: f32| if of == 0.0 { 0.0 } else { whole / of };
        let place = |at: usize| (at / n_cols, at % n_cols);
        for (index, block) in bytes.chunks_exact(dtype.block_bytes()).enumerate() {
            dtype.fields(block, &mut fields);
            for start in (index * unit..(index + 1) * unit).step_by(group) {
                let (scale, min) = grid.scale_min(place(start).0, place(start).1);
                groups.push((part(scale, fields.d), part(min, fields.dmin)));
            }
            units.push(UnitScales { d: fields.d, dmin: fields.dmin, a: 1.0, b: 1.0 });
        }
        let mut values = vec![0.0; weights.len()];
        decode_row(dtype, bytes, &mut values);
        let starts = weights.iter().zip(values).enumerate().map(|(at, (&weight, value))| {
            let (row, col) = place(at);
            start(&grid, row, col, weight, grid.round(row, col, value).0)
        });
        Self {
            n_cols,
            group,
            unit,
            levels: grid.levels().clone(),
            storage: ScaleStorage::of(dtype),
            groups,
            units,
            offsets: vec![0.0; weights.len()],
            weights: starts.collect(),
            blocks: Some((dtype, bytes.to_vec())),
        }
    }

    /// The start of tuning again.
    pub(super) fn reset(mut self) -> Self {
        self.offsets.fill(0.0);
        self.units.iter_mut().for_each(|unit| (unit.a, unit.b) = (1.0, 1.0));
        self
    }

    /// Number of columns.
    pub(super) fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Splits the learned numbers into parts of at most `n_rows` rows.
    pub(super) fn parts_mut(&mut self, n_rows: usize) -> Vec<RoundingRows<'_>> {
        let Self { n_cols, group, unit, levels, storage, weights, groups, units, offsets, .. } = self;
        let len = n_rows * *n_cols;
        let learned = offsets.chunks_mut(len).zip(units.chunks_mut(len / *unit));
        let fixed = weights.chunks(len).zip(groups.chunks(len / *group));
        let shared = Shared { group: *group, unit: *unit, levels, storage: *storage };
        let parts = learned.zip(fixed).enumerate().map(|(part, ((offsets, units), (weights, groups)))| {
            RoundingRows { first_row: part * n_rows, shared, weights, groups, units, offsets }
        });
        parts.collect()
    }

    /// Writes the values of all weights to `out`, `[rows, cols]`.
    pub(super) fn write_values(&mut self, out: &mut [f32]) {
        use rayon::prelude::*;
        const ROWS: usize = 32;
        let len = ROWS * self.n_cols;
        let parts = self.parts_mut(ROWS);
        parts.into_par_iter().zip(out.par_chunks_mut(len)).for_each(|(part, out)| part.write_values(out));
    }

    /// The learned codes and scales.
    pub(super) fn into_codes(mut self) -> TunedCodes {
        let n_rows = self.weights.len() / self.n_cols;
        let indices: Vec<u8> = self.parts_mut(n_rows).iter().flat_map(RoundingRows::indices).collect();
        let stored = |value: f32, factor: f32| self.storage.store(value * factor);
        let scales: Vec<(f32, f32)> =
            self.units.iter().map(|unit| (stored(unit.d, unit.a), stored(unit.dmin, unit.b))).collect();
        if let Some((dtype, mut bytes)) = self.blocks {
            let mut fields = Fields::default();
            for (block, (d, dmin)) in bytes.chunks_exact_mut(dtype.block_bytes()).zip(scales) {
                dtype.fields(block, &mut fields);
                (fields.d, fields.dmin) = (d, dmin);
                dtype.pack(&fields, block);
            }
            write_levels(dtype, &indices, &mut bytes);
            return TunedCodes::Blocks { dtype, bytes };
        }
        let (scales, mins) = scales.into_iter().unzip();
        TunedCodes::Groups { grid: Grid::new(self.n_cols, self.group, scales, mins, self.levels), indices }
    }
}

/// What all rows of a matrix share.
#[derive(Clone, Copy)]
struct Shared<'a> {
    group: usize,
    unit: usize,
    levels: &'a Levels,
    storage: ScaleStorage,
}

/// Some rows of a matrix while it is tuned.
pub(super) struct RoundingRows<'a> {
    pub(super) first_row: usize,
    shared: Shared<'a>,
    weights: &'a [f32],
    groups: &'a [(f32, f32)],
    units: &'a mut [UnitScales],
    offsets: &'a mut [f32],
}

impl RoundingRows<'_> {
    /// Number of weights of the rows.
    pub(super) fn n_weights(&self) -> usize {
        self.weights.len()
    }

    fn place(&self, group: usize) -> Place {
        let unit = &self.units[group * self.shared.group / self.shared.unit];
        let (of_scale, of_min) = self.groups[group];
        let scale = self.shared.storage.store(unit.d * unit.a) * of_scale;
        let min = self.shared.storage.store(unit.dmin * unit.b) * of_min;
        Place { scale, min, inverse: if scale == 0.0 { 0.0 } else { 1.0 / scale } }
    }

    fn write_values(&self, out: &mut [f32]) {
        let size = self.shared.group;
        let values = self.shared.levels.values();
        let all = out
            .chunks_exact_mut(size)
            .zip(self.weights.chunks_exact(size))
            .zip(self.offsets.chunks_exact(size));
        for (group, ((out, weights), offsets)) in all.enumerate() {
            let Place { scale, min, inverse } = self.place(group);
            if self.shared.levels.is_uniform() {
                let (low, top) = (values[0], (values.len() - 1) as f32);
                for ((out, weight), offset) in out.iter_mut().zip(weights).zip(offsets) {
                    let level = whole((weight + min) * inverse - low + offset).clamp(0.0, top);
                    *out = (level + low) * scale - min;
                }
            } else {
                for ((out, weight), offset) in out.iter_mut().zip(weights).zip(offsets) {
                    *out = values[uneven(values, (weight + min) * inverse, *offset).0] * scale - min;
                }
            }
        }
    }

    fn indices(&self) -> Vec<u8> {
        let (size, values) = (self.shared.group, self.shared.levels.values());
        let (low, top) = (values[0], (values.len() - 1) as f32);
        let groups = self.weights.chunks_exact(size).zip(self.offsets.chunks_exact(size)).enumerate();
        let levels = groups.flat_map(|(group, (weights, offsets))| {
            let place = self.place(group);
            weights.iter().zip(offsets).map(move |(weight, &offset)| {
                let x = (weight + place.min) * place.inverse;
                if self.shared.levels.is_uniform() {
                    whole(x - low + offset).clamp(0.0, top) as u8
                } else {
                    uneven(values, x, offset).0 as u8
                }
            })
        });
        levels.collect()
    }

    /// Moves offsets and factors against the sign of their gradients, given that of the weights' values.
    pub(super) fn step(&mut self, gradient: &[f32], step: Step) {
        let Shared { group: size, unit, levels, storage } = self.shared;
        let values = levels.values();
        let groups_per_unit = unit / size;
        let is_fixed = storage == ScaleStorage::Fixed || step.factor == 0.0;
        for unit_idx in 0..self.units.len() {
            let (mut d_scale, mut d_min) = (0.0_f64, 0.0_f64);
            for group in unit_idx * groups_per_unit..(unit_idx + 1) * groups_per_unit {
                let place = self.place(group);
                let range = group * size..(group + 1) * size;
                let (weights, gradient) = (&self.weights[range.clone()], &gradient[range.clone()]);
                let offsets = &mut self.offsets[range];
                let (of_scale, of_min) = if levels.is_uniform() {
                    step_even(values, place, weights, gradient, offsets, step.offset)
                } else {
                    step_uneven(values, place, weights, gradient, offsets, step.offset)
                };
                d_scale += f64::from(of_scale * self.groups[group].0);
                d_min += f64::from(of_min * self.groups[group].1);
            }
            if !is_fixed {
                let unit = &mut self.units[unit_idx];
                unit.a -= step.factor * sign(d_scale * f64::from(unit.d));
                unit.b -= step.factor * sign(d_min * f64::from(unit.dmin));
            }
        }
    }
}

/// The weight nearest to `weight` that is rounded to the level `index`.
fn start(grid: &Grid, row: usize, col: usize, weight: f32, index: usize) -> f32 {
    let (scale, min) = grid.scale_min(row, col);
    let (nearest, _) = grid.round(row, col, weight);
    if scale == 0.0 {
        return weight;
    }
    let levels = grid.levels().values();
    let is_above = (weight + min) / scale > levels[index];
    // Beyond the last level on its side, every weight is its own.
    let beside = match (is_above, index) {
        (true, index) if index + 1 < levels.len() => index + 1,
        (false, index) if index > 0 => index - 1,
        _ => return weight,
    };
    let distance = ((weight + min) / scale - levels[index]) / (levels[beside] - levels[index]);
    if nearest == index && distance <= WITHIN {
        return weight;
    }
    // Just within the half of the gap that belongs to the level.
    let x = levels[index] + WITHIN * (levels[beside] - levels[index]);
    x * scale - min
}

/// Sign of a gradient; 0 has none.
fn sign(x: f64) -> f32 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// The whole number nearest to `x`.
#[inline]
fn whole(x: f32) -> f32 {
    x.clamp(-1e6, 1e6) + ROUND - ROUND
}

/// Steps the offsets of a group with even levels; the gradients of scale and minimum.
#[inline]
fn step_even(
    values: &[f32],
    Place { scale, min, inverse }: Place,
    weights: &[f32],
    gradient: &[f32],
    offsets: &mut [f32],
    size: f32,
) -> (f32, f32) {
    let (low, top) = (values[0], (values.len() - 1) as f32);
    let size = if scale < 0.0 { -size } else { size };
    let (mut d_scale, mut d_min) = ([0.0_f32; 16], [0.0_f32; 16]);
    // Sums of 16 lanes, which the compiler turns into registers.
    for ((weights, gradient), offsets) in
        weights.chunks(16).zip(gradient.chunks(16)).zip(offsets.chunks_mut(16))
    {
        let lanes = d_scale.iter_mut().zip(&mut d_min);
        for (((weight, g), offset), (d_scale, d_min)) in weights.iter().zip(gradient).zip(offsets).zip(lanes)
        {
            let x = (weight + min) * inverse - low;
            let level = whole(x + *offset);
            let clamped = level.clamp(0.0, top);
            let is_inside = if (level - clamped).abs() < 0.5 { 1.0 } else { 0.0 };
            *d_scale += g * (clamped + low - is_inside * (x + low));
            *d_min -= g * (1.0 - is_inside);
            let towards = if *g > 0.0 { size } else { 0.0 } - if *g < 0.0 { size } else { 0.0 };
            *offset = (*offset - towards * is_inside).clamp(-MAX_OFFSET, MAX_OFFSET);
        }
    }
    (d_scale.iter().sum(), d_min.iter().sum())
}

/// Index of the level that `x` is rounded to among uneven levels, and whether `x` lies within their range.
///
/// The offset is relative to the distance of the two levels beside `x`.
#[inline]
fn uneven(values: &[f32], x: f32, offset: f32) -> (usize, bool) {
    let last = values.len() - 1;
    if last == 0 {
        return (0, false);
    }
    let below = values[1..last].iter().map(|level| usize::from(*level <= x)).sum::<usize>();
    let (low, high) = (values[below], values[below + 1]);
    let is_inside = x >= values[0] && x <= values[last];
    let between = ((x - low) / (high - low)).clamp(0.0, 1.0);
    (below + usize::from(between + offset >= 0.5), is_inside)
}

/// [`step_even`] for uneven levels.
fn step_uneven(
    values: &[f32],
    Place { scale, min, inverse }: Place,
    weights: &[f32],
    gradient: &[f32],
    offsets: &mut [f32],
    size: f32,
) -> (f32, f32) {
    let size = if scale < 0.0 { -size } else { size };
    let (mut d_scale, mut d_min) = (0.0, 0.0);
    for ((weight, g), offset) in weights.iter().zip(gradient).zip(offsets) {
        let x = (weight + min) * inverse;
        let (index, is_inside) = uneven(values, x, *offset);
        if is_inside {
            d_scale += g * (values[index] - x);
            *offset = (*offset - size * sign(f64::from(*g))).clamp(-MAX_OFFSET, MAX_OFFSET);
        } else {
            d_scale += g * values[index];
            d_min -= g;
        }
    }
    (d_scale, d_min)
}
