//! The FP4 of bitsandbytes: a table close to E2M1 with a much smaller smallest number, under the largest magnitude of 64
//! weights. 4.5 bits per weight, 4.127 with double quantization.
//!
//! ```text
//! 0, 0.0625, 2, 3, 4, 6, 8, 12   each divided by 12, of both signs
//! ```

use super::absmax_table::AbsmaxTable;
use crate::quant::grid::Grid;
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows};

/// The FP4 numbers of bitsandbytes under the largest magnitudes of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fp4Bnb(AbsmaxTable);

/// The table of bitsandbytes (`_get_4bit_code`) in ascending order; 0 stands there twice, as its codes 0 and 8.
#[rustfmt::skip]
const TABLE: [f32; 16] = [
    -1.0, -0.666_666_7, -0.5, -0.333_333_34, -0.25, -0.166_666_67, -0.005_208_333_5, 0.0,
    0.0, 0.005_208_333_5, 0.166_666_67, 0.25, 0.333_333_34, 0.5, 0.666_666_7, 1.0,
];

impl Fp4Bnb {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["fp4-bnb", "fp4-bnb-dq"];

    /// Reads `fp4-bnb`, the length of a block such as `g128`, and `dq` for double quantization.
    pub(super) fn parse(name: &str) -> Option<Self> {
        AbsmaxTable::parse(name.strip_prefix("fp4-bnb")?).map(Self)
    }
}

impl NumberFormat for Fp4Bnb {
    fn name(&self) -> String {
        format!("fp4-bnb{}", self.0.suffix())
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
        let levels = [&TABLE[..7], &TABLE[8..]].concat();
        self.0.grid(rows, &levels)
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        self.0.round(rows, &TABLE, out);
    }
}
