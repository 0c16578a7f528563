//! Logarithmic levels: 0 and powers of two of both signs, under a power of two, so that products are shifts.
//!
//! ```text
//! logB   0, 2^-(n - 1), …, 1/2, 1 with n = 2^(B - 1) - 1 powers, times 2^e; e takes 8 bits
//! ```
//! Levels as in LogNet (arXiv 1603.01025) and INQ (arXiv 1702.03044); the nearest level is chosen, not the nearest logarithm,
//! which has the smaller squared error. Half of the codes lie near 0, and the gap below the maximum is half of it.

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, largest, round_to_grid};
use crate::quant::number_formats::float::signed;
use crate::quant::scale_span::ScaleSpan;

/// Powers of two under a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logarithmic {
    bits: u8,
    span: ScaleSpan,
}

impl Logarithmic {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["log4", "log4-g64"];

    /// Reads `log` with the bits, 2 to 6, and the span of a scale; without one, a row.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (digits, span) = match name.strip_prefix("log")?.split_once('-') {
            Some((digits, word)) => (digits, ScaleSpan::parse(word)?),
            None => (&name[3..], ScaleSpan::Row),
        };
        let bits = digits.parse().ok().filter(|bits| (2..=6).contains(bits) && digits.len() == 1)?;
        Some(Self { bits, span })
    }

    /// The power of two nearest to the largest magnitude.
    fn scale(self, rows: &WeightRows<'_>, span: &[f32]) -> f32 {
        let magnitude = match self.span {
            ScaleSpan::Tensor => rows.survey.max.max(-rows.survey.min),
            _ => largest(span),
        };
        // Adding half of a mantissa carries into the exponent from 1.5 on.
        f32::from_bits((magnitude.to_bits() + (1 << 22)) & 0x7F80_0000).min(2.0_f32.powi(127))
    }
}

impl NumberFormat for Logarithmic {
    fn name(&self) -> String {
        format!("log{}-{}", self.bits, self.span)
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        let n_scales = match self.span {
            ScaleSpan::Tensor => 1,
            ScaleSpan::Row => n_rows,
            ScaleSpan::Block(len) => n_rows * n_cols.div_ceil(len as usize),
        };
        f64::from(self.bits) + 8.0 * n_scales as f64 / (n_rows * n_cols).max(1) as f64
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        Vec::new()
    }

    fn needs_survey(&self) -> bool {
        self.span == ScaleSpan::Tensor
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let scales: Vec<f32> = self.span.split(rows).map(|(_, span)| self.scale(rows, span)).collect();
        let n_powers = (1_i32 << (self.bits - 1)) - 1;
        let mut magnitudes = vec![0.0];
        magnitudes.extend((1 - n_powers..=0).map(|exponent| 2.0_f32.powi(exponent)));
        let mins = vec![0.0; scales.len()];
        let levels = Levels::new(signed(&magnitudes));
        Some(Grid::new(rows.n_cols, self.span.n_cols(rows.n_cols), scales, mins, levels))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        round_to_grid(self, rows, out);
    }
}
