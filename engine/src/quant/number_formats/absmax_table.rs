//! Tables of 16 numbers between -1 and 1 under the largest magnitude of a block, as bitsandbytes has them: blocks of the
//! flattened matrix, the largest magnitudes in single precision or quantized once more.
//!
//! Codes are chosen with the exact largest magnitude, also where it is stored quantized.

use super::nested_absmax;
use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{SURVEY_BLOCK, WeightRows, largest};

/// Block of QLoRA, and of surveys.
const USUAL_BLOCK: u16 = SURVEY_BLOCK as u16;

/// A table under the largest magnitudes of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AbsmaxTable {
    /// Weights under one largest magnitude.
    block: u16,
    /// Whether the largest magnitudes are quantized themselves; only for blocks of 64.
    pub(super) nested: bool,
}

impl AbsmaxTable {
    /// Reads what follows the name of a table: `-g` with the length of a block, `-dq` for double quantization.
    pub(super) fn parse(rest: &str) -> Option<Self> {
        let (rest, nested) = match rest.strip_suffix("-dq") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let block = match rest.strip_prefix("-g") {
            Some(digits) if !digits.starts_with(['0', '+']) => digits.parse().ok()?,
            None if rest.is_empty() => USUAL_BLOCK,
            _ => return None,
        };
        // Blocks of other lengths are not what bitsandbytes writes; larger ones would take whole matrices together.
        let known =
            [32, 64, 128, 256, 512, 1024, 2048, 4096].contains(&block) && (!nested || block == USUAL_BLOCK);
        known.then_some(Self { block, nested })
    }

    fn block(self) -> usize {
        usize::from(self.block)
    }

    /// What follows the name of a table.
    pub(super) fn suffix(self) -> String {
        match (self.block, self.nested) {
            (USUAL_BLOCK, false) => String::new(),
            (USUAL_BLOCK, true) => "-dq".to_owned(),
            (block, _) => format!("-g{block}"),
        }
    }

    /// Bits of the constants for each weight of a matrix `[n_rows, n_cols]`.
    pub(super) fn constant_bits(self, n_rows: usize, n_cols: usize) -> f64 {
        let n_weights = (n_rows * n_cols).max(1);
        let n_blocks = n_weights.div_ceil(self.block());
        let bits = if self.nested { nested_absmax::bits(n_blocks) } else { 32 * n_blocks };
        bits as f64 / n_weights as f64
    }

    /// Number of rows whose weights are whole blocks.
    pub(super) fn rows_together(self, n_cols: usize) -> usize {
        let weights = if self.nested { self.block() * nested_absmax::BLOCK } else { self.block() };
        weights / gcd(weights, n_cols.max(1))
    }

    /// The largest magnitudes of the blocks of `rows`, as they are stored.
    fn stored(self, rows: &WeightRows<'_>) -> Vec<f32> {
        let exact: Vec<f32> = rows.weights.chunks(self.block()).map(largest).collect();
        if !self.nested {
            return exact;
        }
        let offset = (rows.survey.largest_sum / rows.survey.n_blocks.max(1) as f64) as f32;
        nested_absmax::rounded(&exact, offset)
    }

    /// The grid of `rows`; `None` if blocks reach over rows.
    pub(super) fn grid(self, rows: &WeightRows<'_>, table: &[f32]) -> Option<Grid> {
        let is_whole = rows.n_cols.is_multiple_of(self.block());
        is_whole.then(|| {
            let scales = self.stored(rows);
            let mins = vec![0.0; scales.len()];
            Grid::new(rows.n_cols, self.block(), scales, mins, Levels::new(table.to_vec()))
        })
    }

    /// Rounds `rows` to an ascending table of 16 numbers.
    pub(super) fn round(self, rows: &WeightRows<'_>, table: &[f32; 16], out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        let blocks = rows.weights.chunks(self.block()).zip(out.chunks_mut(self.block()));
        for ((weights, out), stored) in blocks.zip(self.stored(rows)) {
            let inverse = 1.0 / largest(weights).max(1e-38);
            for (out, weight) in out.iter_mut().zip(weights) {
                *out = table[code(table, weight * inverse)] * stored;
            }
        }
    }
}

/// Index of the number of an ascending table nearest to `x`; of two equally near, the lower.
fn code(table: &[f32; 16], x: f32) -> usize {
    table.windows(2).take_while(|pair| x > f32::midpoint(pair[0], pair[1])).count()
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
