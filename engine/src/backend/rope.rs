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
                (plain / linear / factors.get(pair).map_or(1.0, |&factor| f64::from(factor))) as f32
            })
            .collect()
    }

    /// Factor of sines and cosines.
    pub fn magnitude(&self) -> f32 {
        if let RopeScaling::LongRope { attention_factor, .. } = self.scaling { attention_factor } else { 1.0 }
    }
}
