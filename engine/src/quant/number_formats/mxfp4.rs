//! MXFP4: four-bit floating-point numbers (E2M1) in blocks of 32 under a power of two, 4.25 bits per weight.
//!
//! ```text
//! mxfp4        exponent = floor(log2(largest magnitude)) - 2: OCP microscaling 1.0, GGUF, torchao's FLOOR
//! mxfp4-even   the same after rounding the largest magnitude to E2M1: compressed-tensors, torchao's EVEN
//! ```
//! The two choose scales differently and are decoded alike. Ties round to even.

use nibble_kernels::DType;

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, largest};
use crate::quant::number_formats::float::{nearest_float, signed};
use crate::quant::number_formats::fp4::E2M1;
use crate::quant::scale_span::ScaleSpan;

/// Four-bit floating-point numbers in blocks of 32 under a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mxfp4 {
    /// The scale leaves the largest magnitude below 8.
    Floor,
    /// The scale leaves the largest magnitude below 7, which rounds to 6.
    Even,
}

/// Weights under one scale.
const SPAN: ScaleSpan = ScaleSpan::Block(32);
/// Exponent of the largest magnitude of E2M1.
const LARGEST_EXPONENT: i32 = 2;
/// Exponents of scales that GGUF's blocks can decode: scales are halved there, and E2M1 doubled.
const EXPONENTS: std::ops::RangeInclusive<i32> = -127..=125;

impl Mxfp4 {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["mxfp4", "mxfp4-even"];

    /// Reads `mxfp4` or `mxfp4-even`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "mxfp4" => Some(Self::Floor),
            "mxfp4-even" => Some(Self::Even),
            _ => None,
        }
    }

    fn scale(self, block: &[f32]) -> f32 {
        let bits = largest(block).to_bits();
        // Half of the last place of a mantissa of one bit, so that magnitudes above 1.75 count as the next power of two.
        let bits = if self == Self::Even { bits + (1 << 21) } else { bits };
        let exponent = (bits >> 23) as i32 - 127 - LARGEST_EXPONENT;
        f64::from(exponent.clamp(*EXPONENTS.start(), *EXPONENTS.end())).exp2() as f32
    }
}

impl NumberFormat for Mxfp4 {
    fn name(&self) -> String {
        Self::NAMES[*self as usize].to_owned()
    }

    fn bits_per_weight(&self, _: usize, n_cols: usize) -> f64 {
        4.0 + 8.0 * n_cols.div_ceil(32) as f64 / n_cols.max(1) as f64
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        vec![
            FormatStorage::Gguf(DType::MXFP4),
            FormatStorage::CompressedTensorsCheckpoint,
            FormatStorage::MlxCheckpoint,
        ]
    }

    fn held_by(&self) -> DType {
        DType::MXFP4
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let scales: Vec<f32> = SPAN.split(rows).map(|(_, block)| self.scale(block)).collect();
        let mins = vec![0.0; scales.len()];
        Some(Grid::new(rows.n_cols, SPAN.n_cols(rows.n_cols), scales, mins, Levels::new(signed(&E2M1))))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        for (at, block) in SPAN.split(rows) {
            let scale = self.scale(block);
            for (out, &weight) in out[at..].iter_mut().zip(block) {
                *out = nearest_float(weight / scale, 1, 0, 6.0) * scale;
            }
        }
    }
}
