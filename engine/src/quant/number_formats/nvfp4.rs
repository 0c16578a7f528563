//! NVFP4: four-bit floating-point numbers (E2M1) in blocks of 16 under an E4M3 scale, and one scale for the matrix; 4.5 bits
//! per weight.
//!
//! Rule of compressed-tensors (`calculate_qparams` with `generate_gparam`): the global scale is 448 · 6 / largest magnitude of
//! the matrix; a block's scale is E4M3(global · largest magnitude / 6); the weight is E2M1 · scale / global. Ties round to even.

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, largest};
use crate::quant::number_formats::float::{nearest_float, signed};
use crate::quant::number_formats::fp4::E2M1;
use crate::quant::number_formats::fp8::Fp8Kind;
use crate::quant::scale_span::ScaleSpan;

/// Four-bit floating-point numbers in blocks of 16, with scales on two levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nvfp4;

/// Weights under one scale.
const SPAN: ScaleSpan = ScaleSpan::Block(16);
/// The E4M3 scale of a block whose scale would be 0 (the machine epsilon of E4M3, as in compressed-tensors).
const LEAST_SCALE: f32 = 0.125;

impl Nvfp4 {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["nvfp4"];

    /// Reads `nvfp4`, which has no parameters.
    pub(super) fn parse(name: &str) -> Option<Self> {
        (name == "nvfp4").then_some(Self)
    }

    /// The scale of a block in a matrix whose largest magnitude is `of_matrix`.
    fn scale(of_matrix: f32, block: &[f32]) -> f32 {
        let global = 448.0 * 6.0 / of_matrix.max(f32::MIN_POSITIVE);
        let global = if global.is_finite() { global } else { 1.0 };
        let scale = Fp8Kind::E4M3.nearest(global * (largest(block) / 6.0));
        (if scale == 0.0 { LEAST_SCALE } else { scale }) / global
    }
}

impl NumberFormat for Nvfp4 {
    fn name(&self) -> String {
        "nvfp4".to_owned()
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        let scales = 8.0 * n_cols.div_ceil(16) as f64 / n_cols.max(1) as f64;
        4.0 + scales + 32.0 / (n_rows * n_cols).max(1) as f64
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        vec![FormatStorage::CompressedTensorsCheckpoint]
    }

    fn needs_survey(&self) -> bool {
        true
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let of_matrix = rows.survey.max.max(-rows.survey.min);
        let scales: Vec<f32> = SPAN.split(rows).map(|(_, block)| Self::scale(of_matrix, block)).collect();
        let mins = vec![0.0; scales.len()];
        Some(Grid::new(rows.n_cols, SPAN.n_cols(rows.n_cols), scales, mins, Levels::new(signed(&E2M1))))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        let of_matrix = rows.survey.max.max(-rows.survey.min);
        for (at, block) in SPAN.split(rows) {
            let scale = Self::scale(of_matrix, block);
            for (out, &weight) in out[at..].iter_mut().zip(block) {
                *out = (nearest_float(weight / scale, 1, 0, 6.0) * scale).clamp(f32::MIN, f32::MAX);
            }
        }
    }
}
