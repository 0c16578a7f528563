//! The INT8 weights of LLM.int8() (arXiv 2208.07339): vector-wise, a scale for each row, codes from -127 to 127.
//!
//! The other half of that method, inputs in 8 bits with outlier columns in 16, concerns activations. Rule of bitsandbytes
//! (`int8_vectorwise_quant`): round(w · (127 / largest magnitude)), ties to even; decoded as code · largest magnitude / 127.

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, largest};
use crate::quant::scale_span::ScaleSpan;

/// Integers of 8 bits with a scale for each row, without the code -128.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LlmInt8;

impl LlmInt8 {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["llm-int8"];

    /// Reads `llm-int8`, which has no parameters.
    pub(super) fn parse(name: &str) -> Option<Self> {
        (name == "llm-int8").then_some(Self)
    }
}

impl NumberFormat for LlmInt8 {
    fn name(&self) -> String {
        "llm-int8".to_owned()
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        8.0 + ScaleSpan::Row.scale_bits(n_rows, n_cols, 0)
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        vec![FormatStorage::BitsandbytesCheckpoint]
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let scales: Vec<f32> = rows.weights.chunks(rows.n_cols).map(|row| largest(row) / 127.0).collect();
        let (levels, mins) = ((-127..=127_i8).map(f32::from).collect(), vec![0.0; scales.len()]);
        Some(Grid::new(rows.n_cols, rows.n_cols, scales, mins, Levels::new(levels)))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        for (row, out) in rows.weights.chunks(rows.n_cols).zip(out.chunks_mut(rows.n_cols)) {
            let magnitude = largest(row).max(f32::MIN_POSITIVE);
            // The reciprocal first, as torch divides a number by a tensor.
            let inverse = ((1.0 / magnitude) * 127.0).min(f32::MAX);
            for (out, weight) in out.iter_mut().zip(row) {
                let code = (weight * inverse).round_ties_even().clamp(-127.0, 127.0);
                *out = (code * (magnitude / 127.0)).clamp(f32::MIN, f32::MAX);
            }
        }
    }
}
