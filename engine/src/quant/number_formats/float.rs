//! Floating-point numbers without a scale: FP32, FP16, BF16 and TF32, rounded to nearest with ties to even.
//!
//! ```text
//! name  sign/exponent/mantissa  largest   stored as
//! fp32  1/8/23                  3.4e38    itself
//! fp16  1/5/10                  65504     itself
//! bf16  1/8/7                   3.39e38   itself
//! tf32  1/8/10                  3.4e38    FP32: the precision of tensor cores, not a file format
//! ```

use half::{bf16, f16};
use nibble_kernels::DType;

use crate::quant::grid::Grid;
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows};

/// A floating-point format without a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    /// Single precision of IEEE 754.
    Fp32,
    /// Half precision of IEEE 754.
    Fp16,
    /// The upper half of single precision.
    Bf16,
    /// Single precision with the mantissa of half precision.
    Tf32,
}

impl Float {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["fp32", "fp16", "bf16", "tf32"];

    /// Reads a name; GGUF's `f32` and `f16` are `fp32` and `fp16`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "fp32" | "f32" => Some(Self::Fp32),
            "fp16" | "f16" => Some(Self::Fp16),
            "bf16" => Some(Self::Bf16),
            "tf32" => Some(Self::Tf32),
            _ => None,
        }
    }

    fn nearest(self, weight: f32) -> f32 {
        match self {
            Self::Fp32 => weight,
            Self::Fp16 => f16::from_f32(weight.clamp(-65504.0, 65504.0)).to_f32(),
            Self::Bf16 => bf16::from_f32(weight.clamp(-bf16::MAX.to_f32(), bf16::MAX.to_f32())).to_f32(),
            Self::Tf32 => nearest_float(weight, 10, -126, f32::from_bits(0x7F7F_E000)),
        }
    }
}

impl NumberFormat for Float {
    fn name(&self) -> String {
        Self::NAMES[*self as usize].to_owned()
    }

    fn bits_per_weight(&self, _: usize, _: usize) -> f64 {
        match self {
            Self::Fp32 | Self::Tf32 => 32.0,
            Self::Fp16 | Self::Bf16 => 16.0,
        }
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        match self {
            Self::Tf32 => Vec::new(),
            _ => vec![FormatStorage::Gguf(self.held_by()), FormatStorage::PlainCheckpoint],
        }
    }

    fn held_by(&self) -> DType {
        match self {
            Self::Fp32 | Self::Tf32 => DType::F32,
            Self::Fp16 => DType::F16,
            Self::Bf16 => DType::BF16,
        }
    }

    fn grid(&self, _: &WeightRows<'_>) -> Option<Grid> {
        None
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        for (out, &weight) in out.iter_mut().zip(rows.weights) {
            *out = self.nearest(weight);
        }
    }
}

/// The nearest number with so many bits of mantissa, subnormal below 2^`min_exponent`, and at most `largest`; ties to even.
pub(super) fn nearest_float(x: f32, mantissa_bits: i32, min_exponent: i32, largest: f32) -> f32 {
    let exponent = ((x.to_bits() >> 23) & 0xFF) as i32 - 127;
    // A power of two, by which division and multiplication are exact; f64 holds all of them.
    let step = f64::from(exponent.max(min_exponent) - mantissa_bits).exp2();
    let rounded = (f64::from(x) / step).round_ties_even() * step;
    (rounded as f32).clamp(-largest, largest)
}

/// All finite magnitudes of a floating-point format, ascending from 0, as [`nearest_float`] describes it.
pub(super) fn magnitudes(mantissa_bits: i32, min_exponent: i32, largest: f32) -> Vec<f32> {
    let (mut values, mut exponent) = (vec![0.0_f32], min_exponent);
    while values.last().is_some_and(|&last| last < largest) {
        let last = values.last().copied().unwrap_or(0.0);
        let step = f32::from_bits(((exponent - mantissa_bits + 127) as u32) << 23);
        values.push(last + step);
        // The first of the next power of two.
        exponent += i32::from(last + step >= f32::from_bits(((exponent + 1 + 127) as u32) << 23));
    }
    values
}

/// Levels of both signs from magnitudes that ascend from 0.
pub(super) fn signed(magnitudes: &[f32]) -> Vec<f32> {
    let negative = magnitudes[1..].iter().rev().map(|magnitude| -magnitude);
    negative.chain(magnitudes.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_number_is_that_of_the_library_of_halves() {
        let mut random = nibble_kernels::testing::Random::new(3);
        for _ in 0..10_000 {
            let x = f32::from_bits(random.whole() as u32);
            if !x.is_finite() || x.abs() > 65504.0 {
                continue;
            }
            assert_eq!(
                nearest_float(x, 10, -14, 65504.0).to_bits(),
                f16::from_f32(x).to_f32().to_bits(),
                "{x}"
            );
            assert_eq!(
                nearest_float(x, 7, -126, f32::MAX).to_bits(),
                bf16::from_f32(x).to_f32().to_bits(),
                "{x}"
            );
        }
    }

    #[test]
    fn magnitudes_are_the_numbers_of_the_format() {
        assert_eq!(magnitudes(1, 0, 6.0), [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]);
        let e4m3 = magnitudes(3, -6, 448.0);
        assert_eq!((e4m3.len(), e4m3[1], e4m3[8], e4m3[126]), (127, 0.001_953_125, 0.015_625, 448.0));
        assert_eq!(magnitudes(2, -14, 57344.0).len(), 124);
        assert!(e4m3.iter().all(|&value| nearest_float(value, 3, -6, 448.0).to_bits() == value.to_bits()));
    }
}
