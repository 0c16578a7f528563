//! The values that the weights of a matrix can take once scales are fixed: what methods round to that choose codes weight by
//! weight.
//!
//! A format with fixed scales is a grid: weight `[r, c]` is one of `levels[k] · scale[r, g] - min[r, g]`, where g is the group
//! of column c. Block formats are read from encoded blocks, and their codes are written back into them. Outliers, which some
//! formats store apart in half precision, take any of its values.

use std::ops::Range;

use half::f16;
use nibble_kernels::DType;
use nibble_kernels::block::Fields;

/// The grid of some rows of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    n_cols: usize,
    /// Columns that share a scale; the last group of a row may have fewer.
    group: usize,
    /// Scale of each group, `[rows, groups of a row]`.
    scales: Vec<f32>,
    /// Minimum of each group, `[rows, groups of a row]`.
    mins: Vec<f32>,
    levels: Levels,
    /// Whether each weight is an outlier, `[rows, cols]`; empty if none is.
    is_outlier: Vec<bool>,
}

/// The levels that all weights of a grid share.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// The levels, ascending.
    values: Vec<f32>,
    /// The distance of neighboring levels where it is 1 everywhere.
    is_uniform: bool,
}

impl Levels {
    /// Levels of these values, which must be finite, distinct and ascending.
    ///
    /// # Panics
    /// When there are none, or they do not ascend.
    pub fn new(values: Vec<f32>) -> Self {
        assert!(!values.is_empty() && values.is_sorted_by(|low, high| low < high), "levels ascend");
        let is_uniform = values.windows(2).all(|pair| (pair[1] - pair[0]).to_bits() == 1.0_f32.to_bits());
        Self { values, is_uniform }
    }

    /// The levels, ascending.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Whether neighboring levels are 1 apart everywhere.
    pub fn is_uniform(&self) -> bool {
        self.is_uniform
    }

    /// Index of the level nearest to `x`; of two that are equally near, the upper.
    #[inline]
    pub fn nearest(&self, x: f32) -> usize {
        let last = self.values.len() - 1;
        if self.is_uniform {
            return ((x - self.values[0] + 0.5).floor().max(0.0) as usize).min(last);
        }
        let above = self.values.partition_point(|level| *level <= x);
        match above {
            0 => 0,
            above if above > last => last,
            above if self.values[above] - x <= x - self.values[above - 1] => above,
            above => above - 1,
        }
    }
}

impl Grid {
    /// A grid of `scales` and `mins`, `[rows, groups of a row]` each; the last group of a row may have fewer columns.
    ///
    /// # Panics
    /// When the lengths do not match.
    pub fn new(n_cols: usize, group: usize, scales: Vec<f32>, mins: Vec<f32>, levels: Levels) -> Self {
        assert!(group > 0 && n_cols > 0 && scales.len() == mins.len(), "a minimum for each scale");
        assert!(scales.len().is_multiple_of(n_cols.div_ceil(group)), "whole rows of scales");
        Self { n_cols, group, scales, mins, levels, is_outlier: Vec::new() }
    }

    /// The grid with outliers, `[rows, cols]`: weights that are stored apart in half precision.
    ///
    /// # Panics
    /// When `is_outlier` does not have an entry for each weight.
    #[must_use]
    pub fn with_outliers(self, is_outlier: Vec<bool>) -> Self {
        assert_eq!(is_outlier.len(), self.n_rows() * self.n_cols, "an entry for each weight");
        Self { is_outlier, ..self }
    }

    /// The grid of rows of `n_cols` weights that are encoded as `dtype` in `bytes`: their scales and minima stay, and any code
    /// may take the place of any other.
    ///
    /// # Panics
    /// When `dtype` is a floating-point type or a lattice ([`DType::is_lattice`]), or `bytes` are not whole rows.
    pub fn of_blocks(dtype: DType, n_cols: usize, bytes: &[u8]) -> Self {
        let group = dtype.group_len();
        let n_groups = dtype.block_len() / group;
        let (mut scales, mut mins, mut fields) = (Vec::new(), Vec::new(), Fields::default());
        for block in bytes.chunks_exact(dtype.block_bytes()) {
            dtype.fields(block, &mut fields);
            scales.extend((0..n_groups).map(|group| dtype.group_scale(&fields, group)));
            mins.extend(fields.mins[..n_groups].iter().map(|&min| fields.dmin * f32::from(min)));
        }
        let levels = Levels::new(coded_levels(dtype).into_iter().map(|(value, _)| value).collect());
        Self::new(n_cols, group, scales, mins, levels)
    }

    /// The grid of some of the rows.
    ///
    /// # Panics
    /// When there are fewer rows.
    pub(crate) fn of_rows(&self, rows: Range<usize>) -> Self {
        let n_groups = self.n_cols.div_ceil(self.group);
        let range = rows.start * n_groups..rows.end * n_groups;
        let (scales, mins) = (self.scales[range.clone()].to_vec(), self.mins[range].to_vec());
        let weights = rows.start * self.n_cols..rows.end * self.n_cols;
        let is_outlier = self.is_outlier.get(weights).unwrap_or_default().to_vec();
        Self { scales, mins, levels: self.levels.clone(), is_outlier, ..*self }
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.scales.len() / self.n_cols.div_ceil(self.group)
    }

    /// Number of columns.
    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Columns that share a scale; the last group of a row may have fewer.
    pub fn group(&self) -> usize {
        self.group
    }

    /// The levels of all weights.
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// Scale and minimum of a weight.
    #[inline]
    pub fn scale_min(&self, row: usize, col: usize) -> (f32, f32) {
        let at = row * self.n_cols.div_ceil(self.group) + col / self.group;
        (self.scales[at], self.mins[at])
    }

    /// Index of the level nearest to `weight` at a place, and its value there. In a group whose scale is 0, every level is the
    /// same value, and the index is that of the level nearest to 0. The value of an outlier is the weight in half precision,
    /// and its index is 0.
    #[inline]
    pub fn round(&self, row: usize, col: usize, weight: f32) -> (usize, f32) {
        if self.is_outlier.get(row * self.n_cols + col) == Some(&true) {
            return (0, f16::from_f32(weight.clamp(-65504.0, 65504.0)).to_f32());
        }
        let (scale, min) = self.scale_min(row, col);
        let x = if scale == 0.0 { 0.0 } else { (weight + min) / scale };
        let index = self.levels.nearest(x);
        (index, self.levels.values[index] * scale - min)
    }

    /// Index of the level nearest to each of `weights`, `[rows, cols]`.
    ///
    /// # Panics
    /// When there are more than 256 levels.
    pub fn nearest_levels(&self, weights: &[f32]) -> Vec<u8> {
        assert!(self.levels.values.len() <= 256, "indices are bytes");
        let index = |(at, &weight)| self.round(at / self.n_cols, at % self.n_cols, weight).0 as u8;
        weights.iter().enumerate().map(index).collect()
    }

    /// The value of the level `index` at a place without an outlier.
    #[inline]
    pub fn value(&self, row: usize, col: usize, index: usize) -> f32 {
        let (scale, min) = self.scale_min(row, col);
        self.levels.values[index] * scale - min
    }
}

/// Writes levels, `[rows, cols]` indices into those of [`Grid::of_blocks`], as codes into the encoded blocks in `bytes`.
///
/// # Panics
/// When `dtype` is a floating-point type, or the lengths do not match.
pub fn write_levels(dtype: DType, indices: &[u8], bytes: &mut [u8]) {
    assert_eq!(dtype.row_bytes(indices.len()), Some(bytes.len()), "a level for each weight of {dtype}");
    let codes: Vec<u8> = coded_levels(dtype).into_iter().map(|(_, code)| code).collect();
    let mut fields = Fields::default();
    for (indices, block) in indices.chunks(dtype.block_len()).zip(bytes.chunks_mut(dtype.block_bytes())) {
        dtype.fields(block, &mut fields);
        for (code, &index) in fields.codes.iter_mut().zip(indices) {
            *code = codes[usize::from(index)];
        }
        dtype.pack(&fields, block);
    }
}

/// The levels of a block format, ascending, each once, with a code that has this value.
fn coded_levels(dtype: DType) -> Vec<(f32, u8)> {
    let mut levels: Vec<(f32, u8)> = dtype
        .code_values()
        .into_iter()
        .zip(0..=u8::MAX)
        .map(|(value, code)| (f32::from(value), code))
        .collect();
    levels.sort_by(|(low, _), (high, _)| low.total_cmp(high));
    levels.dedup_by(|(later, _), (earlier, _)| later.to_bits() == earlier.to_bits());
    levels
}

#[cfg(test)]
mod tests {
    use nibble_kernels::decode::decode_row;
    use nibble_kernels::testing::Random;
    use nibble_kernels::{Level, quantize};

    use super::*;

    const N_COLS: usize = 512;

    #[test]
    fn a_grid_holds_the_values_that_blocks_decode_to_and_its_levels_become_codes() {
        for dtype in DType::all().filter(|dtype| !dtype.is_float() && !dtype.is_lattice()) {
            let weights = Random::new(5).numbers(3 * N_COLS);
            let mut bytes = vec![0; dtype.row_bytes(weights.len()).unwrap()];
            quantize(Level::best(), dtype, &weights, None, &mut bytes);
            let grid = Grid::of_blocks(dtype, N_COLS, &bytes);
            assert_eq!((grid.n_rows(), grid.n_cols()), (3, N_COLS), "{dtype}");
            let place = |at: usize| (at / N_COLS, at % N_COLS);
            let rounded = (0..weights.len()).map(|at| grid.round(place(at).0, place(at).1, weights[at]));
            let (indices, values): (Vec<u8>, Vec<f32>) =
                rounded.map(|(index, value)| (index as u8, value)).unzip();
            write_levels(dtype, &indices, &mut bytes);
            let mut decoded = vec![0.0; weights.len()];
            decode_row(dtype, &bytes, &mut decoded);
            for (at, (value, decoded)) in values.iter().zip(&decoded).enumerate() {
                assert_eq!((value + 0.0).to_bits(), (decoded + 0.0).to_bits(), "{dtype} weight {at}");
                // No other level is nearer, but for the rounding of the distance.
                let (row, col) = place(at);
                let nearest = (0..grid.levels().values().len())
                    .map(|index| (grid.value(row, col, index) - weights[at]).abs())
                    .fold(f32::INFINITY, f32::min);
                assert!((value - weights[at]).abs() <= nearest * 1.0001 + 1e-6, "{dtype} weight {at}");
            }
        }
    }

    #[test]
    fn some_rows_have_the_scales_and_levels_of_the_whole() {
        let (scales, mins) = ((1..=12_i8).map(f32::from).collect(), (0..12_i8).map(f32::from).collect());
        // Four rows of two whole groups and a shorter one.
        let grid = Grid::new(80, 32, scales, mins, Levels::new((-4..4_i8).map(f32::from).collect()));
        let rows = grid.of_rows(1..3);
        assert_eq!((rows.n_rows(), rows.n_cols()), (2, 80));
        let weights = Random::new(11).numbers(4 * 80);
        for (row, col) in (0..2).flat_map(|row| (0..80).map(move |col| (row, col))) {
            assert_eq!(rows.scale_min(row, col), grid.scale_min(row + 1, col), "row {row}, column {col}");
        }
        assert_eq!(rows.nearest_levels(&weights[80..240]), grid.nearest_levels(&weights)[80..240]);
    }

    #[test]
    fn outliers_keep_half_precision_in_their_rows() {
        let weights = Random::new(3).numbers(4 * 48);
        let is_outlier: Vec<bool> = (0..weights.len()).map(|at| at % 7 == 3).collect();
        let plain = Grid::new(48, 16, vec![0.5; 12], vec![1.0; 12], Levels::new(vec![0.0, 1.0, 2.0, 3.0]));
        let grid = plain.clone().with_outliers(is_outlier.clone());
        let last_rows = grid.of_rows(2..4);
        for (at, &weight) in weights.iter().enumerate() {
            let (row, col) = (at / 48, at % 48);
            let expected = if is_outlier[at] {
                (0, f16::from_f32(weight).to_f32())
            } else {
                plain.round(row, col, weight)
            };
            assert_eq!(grid.round(row, col, weight), expected, "row {row}, column {col}");
            if row >= 2 {
                assert_eq!(last_rows.round(row - 2, col, weight), expected, "row {row}, column {col}");
            }
        }
    }

    #[test]
    fn the_nearest_level_is_found_whether_levels_are_even_or_not() {
        let even = Levels::new((-4..4_i8).map(f32::from).collect());
        assert!(even.is_uniform());
        let found = [-9.0, -4.4, -0.5, -0.51, 0.49, 2.5, 99.0].map(|x| even.values()[even.nearest(x)]);
        assert_eq!(found.map(f32::to_bits), [-4.0, -4.0, 0.0, -1.0, 0.0, 3.0, 3.0].map(f32::to_bits));
        let uneven = Levels::new(vec![-6.0, -1.0, 0.0, 0.5, 4.0]);
        assert!(!uneven.is_uniform());
        let found = [-7.0, -3.5, -3.6, -0.4, 0.25, 2.2, 2.3, 9.0].map(|x| uneven.values()[uneven.nearest(x)]);
        assert_eq!(found.map(f32::to_bits), [-6.0, -1.0, -6.0, 0.0, 0.5, 0.5, 4.0, 4.0].map(f32::to_bits));
    }
}
