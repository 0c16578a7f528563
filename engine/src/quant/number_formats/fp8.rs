//! FP8: eight-bit floating-point numbers, E4M3 or E5M2, under a scale that maps the largest magnitude to the largest number.
//!
//! ```text
//! e4m3   1/4/3, bias 7    largest 448     no infinities (the OCP format, `float8_e4m3fn`)
//! e5m2   1/5/2, bias 15   largest 57344   the upper half of FP16
//! ```
//! Rule of compressed-tensors and vLLM: s = largest magnitude / largest number, then a saturating cast with ties to even.

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, largest};
use crate::quant::number_formats::float::{magnitudes, nearest_float, signed};
use crate::quant::scale_span::ScaleSpan;

/// Eight-bit floating-point numbers under a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fp8 {
    kind: Fp8Kind,
    span: ScaleSpan,
}

/// The division of the eight bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fp8Kind {
    /// Four bits of exponent, three of mantissa.
    E4M3,
    /// Five bits of exponent, two of mantissa.
    E5M2,
}

impl Fp8 {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["fp8-e4m3", "fp8-e4m3-row", "fp8-e5m2"];

    /// Reads `fp8-e4m3` or `fp8-e5m2`, and the span of a scale; without one, the matrix has one scale.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (kind, rest) = match name.strip_prefix("fp8-")?.split_at_checked(4)? {
            ("e4m3", rest) => (Fp8Kind::E4M3, rest),
            ("e5m2", rest) => (Fp8Kind::E5M2, rest),
            _ => return None,
        };
        let span = match rest.strip_prefix('-') {
            Some(word) => ScaleSpan::parse(word)?,
            None if rest.is_empty() => ScaleSpan::Tensor,
            None => return None,
        };
        Some(Self { kind, span })
    }

    fn scale(self, rows: &WeightRows<'_>, span: &[f32]) -> f32 {
        let magnitude = match self.span {
            ScaleSpan::Tensor => rows.survey.max.max(-rows.survey.min),
            _ => largest(span),
        };
        self.span.stored(magnitude / self.kind.largest())
    }
}

impl Fp8Kind {
    fn largest(self) -> f32 {
        match self {
            Self::E4M3 => 448.0,
            Self::E5M2 => 57344.0,
        }
    }

    /// Bits of mantissa, and exponent of the smallest normal number.
    fn bits(self) -> (i32, i32) {
        match self {
            Self::E4M3 => (3, -6),
            Self::E5M2 => (2, -14),
        }
    }

    /// The nearest number of the format, ties to even, at most the largest.
    pub(super) fn nearest(self, x: f32) -> f32 {
        let (mantissa_bits, min_exponent) = self.bits();
        nearest_float(x, mantissa_bits, min_exponent, self.largest())
    }
}

impl NumberFormat for Fp8 {
    fn name(&self) -> String {
        let kind = match self.kind {
            Fp8Kind::E4M3 => "e4m3",
            Fp8Kind::E5M2 => "e5m2",
        };
        match self.span {
            ScaleSpan::Tensor => format!("fp8-{kind}"),
            span => format!("fp8-{kind}-{span}"),
        }
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        8.0 + self.span.scale_bits(n_rows, n_cols, 0)
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        match self.kind {
            Fp8Kind::E4M3 => vec![FormatStorage::CompressedTensorsCheckpoint],
            Fp8Kind::E5M2 => Vec::new(),
        }
    }

    fn needs_survey(&self) -> bool {
        self.span == ScaleSpan::Tensor
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let scales: Vec<f32> = self.span.split(rows).map(|(_, span)| self.scale(rows, span)).collect();
        let (mantissa_bits, min_exponent) = self.kind.bits();
        let levels = Levels::new(signed(&magnitudes(mantissa_bits, min_exponent, self.kind.largest())));
        let mins = vec![0.0; scales.len()];
        Some(Grid::new(rows.n_cols, self.span.n_cols(rows.n_cols), scales, mins, levels))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        for (at, span) in self.span.split(rows) {
            let scale = self.scale(rows, span);
            for (out, &weight) in out[at..].iter_mut().zip(span) {
                let code = if scale == 0.0 { 0.0 } else { self.kind.nearest(weight / scale) };
                *out = (code * scale).clamp(f32::MIN, f32::MAX);
            }
        }
    }
}
