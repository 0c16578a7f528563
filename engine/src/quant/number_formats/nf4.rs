//! NF4, the 4-bit NormalFloat of QLoRA (arXiv 2305.14314): quantiles of a normal distribution under the largest magnitude of 64
//! weights. 4.5 bits per weight, 4.127 with double quantization.
//!
//! Table, codes and constants are those of bitsandbytes: nearest number, blocks of the flattened matrix.

use super::absmax_table::AbsmaxTable;
use crate::quant::grid::Grid;
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows};

/// Quantiles of a normal distribution under the largest magnitudes of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nf4(AbsmaxTable);

/// The table of bitsandbytes (`csrc/kernels.cu`).
#[rustfmt::skip]
const TABLE: [f32; 16] = [
    -1.0, -0.696_192_8, -0.525_073_05, -0.394_917_5, -0.284_441_38, -0.184_773_43, -0.091_050_036, 0.0,
    0.079_580_3, 0.160_930_2, 0.246_112_3, 0.337_915_24, 0.440_709_83, 0.562_617, 0.722_956_84, 1.0,
];

impl Nf4 {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["nf4", "nf4-dq"];

    /// Reads `nf4`, the length of a block such as `g128`, and `dq` for double quantization.
    pub(super) fn parse(name: &str) -> Option<Self> {
        AbsmaxTable::parse(name.strip_prefix("nf4")?).map(Self)
    }
}

impl NumberFormat for Nf4 {
    fn name(&self) -> String {
        format!("nf4{}", self.0.suffix())
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        4.0 + self.0.constant_bits(n_rows, n_cols)
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        vec![FormatStorage::BitsandbytesCheckpoint]
    }

    fn rows_together(&self, n_cols: usize) -> usize {
        self.0.rows_together(n_cols)
    }

    fn needs_survey(&self) -> bool {
        self.0.nested
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        self.0.grid(rows, &TABLE)
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        self.0.round(rows, &TABLE, out);
    }
}
