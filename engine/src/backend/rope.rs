//! Rotary position embedding (RoPE) as data: which elements of a head rotate, and at which frequency.
//!
//! Source: Su et al. 2021; the scalings are those of transformers' `modeling_rope_utils.py`.

/// Parameters of a rotary position embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Rope {
    /// Pairing of the elements of a head.
    pub kind: RopeKind,
    /// Base of the frequencies.
    pub base: f32,
    /// Number of leading elements of a head that rotate; the rest are unchanged.
    pub n_rotary: usize,
    /// Scaling of the frequencies.
    pub scaling: RopeScaling,
}

/// Pairing of the elements of a head that rotate together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RopeKind {
    /// Element 2i with element 2i+1, for weights whose rows llama.cpp permuted.
    Interleaved,
    /// Element i with element i + n_rotary/2, as in GPT-NeoX and transformers.
    NeoX,
}

/// RoPE frequency scaling, relative to base^(-2i/n_rotary).
#[derive(Clone, Debug, PartialEq)]
pub enum RopeScaling {
    /// Unscaled frequencies, base^(-2i/n_rotary).
    None,
    /// Frequencies divided by a factor (linear scaling).
    Linear {
        /// The divisor of all frequencies.
        factor: f32,
    },
    /// Frequencies divided by the elements of `rope_freqs.weight` (llama3 scaling, computed when the file was written).
    Factors,
    /// Frequencies divided by the elements of `rope_factors_short.weight`, or of `rope_factors_long.weight` for sequences whose
    /// capacity exceeds `original_context`; sines and cosines are multiplied by `attention_factor`.
    LongRope {
        /// Context length of the original training, in tokens.
        original_context: usize,
        /// Factor of sines and cosines.
        attention_factor: f32,
    },
    /// Long wavelengths divided by a factor, short ones unchanged, a linear blend between (YaRN).
    Yarn(Yarn),
}

/// Parameters of YaRN (Peng et al. 2023, section 3.2), with the names of transformers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Yarn {
    /// The divisor of the frequencies of long wavelengths.
    pub factor: f32,
    /// Context length of the original training, in tokens.
    pub original_context: usize,
    /// Pairs with at least this many turns within the original context keep their frequency.
    pub beta_fast: f32,
    /// Pairs with at most this many turns within the original context get the divided frequency.
    pub beta_slow: f32,
    /// Whether the first and the last pair of the blend are rounded outward to whole pairs.
    pub truncate: bool,
    /// Factor of sines and cosines.
    pub attention_factor: f32,
}

impl Rope {
    /// Angle per position of each pair: `[n_rotary / 2]`, in radians, computed in f64 and rounded to f32 once.
    ///
    /// `factors` are the divisors of the scalings that have them; missing elements count as ones.
    pub fn frequencies(&self, factors: &[f32]) -> Vec<f32> {
        let linear = if let RopeScaling::Linear { factor } = self.scaling { f64::from(factor) } else { 1.0 };
        (0..self.n_rotary / 2)
            .map(|pair| {
                let plain = f64::from(self.base).powf(-2.0 * pair as f64 / self.n_rotary as f64);
                let plain = match &self.scaling {
                    RopeScaling::Yarn(yarn) => yarn.scaled(plain, pair, self),
                    _ => plain / linear,
                };
                (plain / factors.get(pair).map_or(1.0, |&factor| f64::from(factor))) as f32
            })
            .collect()
    }

    /// Factor of sines and cosines.
    pub fn magnitude(&self) -> f32 {
        match self.scaling {
            RopeScaling::LongRope { attention_factor, .. }
            | RopeScaling::Yarn(Yarn { attention_factor, .. }) => attention_factor,
            _ => 1.0,
        }
    }
}

impl Yarn {
    /// The factor of sines and cosines that the paper recommends: 0.1·ln(factor) + 1, with the logarithm multiplied by `weight`.
    pub fn recommended(factor: f32, weight: f32) -> f32 {
        if factor <= 1.0 { 1.0 } else { (0.1 * f64::from(weight) * f64::from(factor).ln() + 1.0) as f32 }
    }

    /// The frequency of a pair of `rope` whose unscaled frequency is `plain`.
    fn scaled(&self, plain: f64, pair: usize, rope: &Rope) -> f64 {
        let n_rotary = rope.n_rotary as f64;
        // The pair that turns this often within the original context.
        let pair_of = |turns: f32| {
            let wavelength = self.original_context as f64 / (f64::from(turns) * std::f64::consts::TAU);
            n_rotary * wavelength.ln() / (2.0 * f64::from(rope.base).ln())
        };
        let (mut low, mut high) = (pair_of(self.beta_fast), pair_of(self.beta_slow));
        if self.truncate {
            (low, high) = (low.floor(), high.ceil());
        }
        let (low, mut high) = (low.max(0.0), high.min(n_rotary - 1.0));
        if low >= high {
            high = low + 0.001;
        }
        let divided = ((pair as f64 - low) / (high - low)).clamp(0.0, 1.0);
        plain * (1.0 - divided) + plain / f64::from(self.factor) * divided
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frequencies of `_compute_yarn_parameters` of transformers 5.24 for heads of 16 elements and base 10,000.
    #[test]
    fn yarn_blends_as_transformers_does() {
        for (truncate, third) in [(true, 0.056_25), (false, 0.064_731_55)] {
            let yarn = Yarn {
                factor: 8.0,
                original_context: 256,
                beta_fast: 8.0,
                beta_slow: 1.5,
                truncate,
                attention_factor: Yarn::recommended(8.0, 1.0),
            };
            let (rest, scaling) = (3.952_847_3e-3, RopeScaling::Yarn(yarn));
            let expected = [1.0, 0.316_227_76, third, rest, 1.25e-3, rest / 10.0, 1.25e-4, rest / 100.0];
            let rope = Rope { kind: RopeKind::NeoX, base: 1e4, n_rotary: 16, scaling };
            for (found, expected) in rope.frequencies(&[]).into_iter().zip(expected) {
                assert!((found / expected - 1.0).abs() < 2e-6, "{truncate}: {found} {expected}");
            }
            assert!((rope.magnitude() - 1.207_944_2).abs() < 1e-6, "{}", rope.magnitude());
        }
    }
}
