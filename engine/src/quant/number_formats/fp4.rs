//! FP4: four-bit floating-point numbers, E2M1 or E3M0, under a scale that maps the largest magnitude to the largest number.
//!
//! ```text
//! e2m1   0, 0.5, 1, 1.5, 2, 3, 4, 6       of both signs (OCP)
//! e3m0   0, 1/4, 1/2, 1, 2, 4, 8, 16      of both signs: powers of two
//! ```
//! QLoRA (arXiv 2305.14314, table 2) compares both with NF4. No checkpoint format stores them under scales of this kind.

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, largest, round_to_grid};
use crate::quant::number_formats::float::signed;
use crate::quant::scale_span::ScaleSpan;

/// Four-bit floating-point numbers under a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fp4 {
    kind: Fp4Kind,
    span: ScaleSpan,
}

/// The division of the four bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fp4Kind {
    /// Two bits of exponent, one of mantissa.
    E2M1,
    /// Three bits of exponent.
    E3M0,
}

/// The magnitudes of E2M1.
pub(super) const E2M1: [f32; 8] = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0];
/// The magnitudes of E3M0 with bias 3, where the smallest code is 0.
const E3M0: [f32; 8] = [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

impl Fp4 {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["fp4-e2m1", "fp4-e3m0"];

    /// Reads `fp4-e2m1` or `fp4-e3m0`, and the span of a scale; without one, blocks of 64.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (kind, rest) = match name.strip_prefix("fp4-")?.split_at_checked(4)? {
            ("e2m1", rest) => (Fp4Kind::E2M1, rest),
            ("e3m0", rest) => (Fp4Kind::E3M0, rest),
            _ => return None,
        };
        let span = match rest.strip_prefix('-') {
            Some(word) => ScaleSpan::parse(word)?,
            None if rest.is_empty() => ScaleSpan::Block(64),
            None => return None,
        };
        Some(Self { kind, span })
    }
}

impl Fp4Kind {
    fn magnitudes(self) -> &'static [f32; 8] {
        match self {
            Self::E2M1 => &E2M1,
            Self::E3M0 => &E3M0,
        }
    }
}

impl NumberFormat for Fp4 {
    fn name(&self) -> String {
        let kind = match self.kind {
            Fp4Kind::E2M1 => "e2m1",
            Fp4Kind::E3M0 => "e3m0",
        };
        format!("fp4-{kind}-{}", self.span)
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        4.0 + self.span.scale_bits(n_rows, n_cols, 0)
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        Vec::new()
    }

    fn needs_survey(&self) -> bool {
        self.span == ScaleSpan::Tensor
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let magnitudes = self.kind.magnitudes();
        let scale = |span: &[f32]| {
            let magnitude = match self.span {
                ScaleSpan::Tensor => rows.survey.max.max(-rows.survey.min),
                _ => largest(span),
            };
            self.span.stored(magnitude / magnitudes[7])
        };
        let scales: Vec<f32> = self.span.split(rows).map(|(_, span)| scale(span)).collect();
        let mins = vec![0.0; scales.len()];
        let levels = Levels::new(signed(magnitudes));
        Some(Grid::new(rows.n_cols, self.span.n_cols(rows.n_cols), scales, mins, levels))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        round_to_grid(self, rows, out);
    }
}
