//! Rotary position embedding, as data: which elements of a head turn, and how fast.
//!
//! Source: Su et al. 2021; the scalings are those of transformers' `modeling_rope_utils.py`.

/// Rotary position embedding.
#[derive(Clone, Debug, PartialEq)]
pub struct Rope {
    /// Which elements form a pair.
    pub kind: RopeKind,
    /// Base of the frequencies.
    pub base: f32,
    /// Leading elements of a head that rotate; the rest stay.
    pub n_rotary: usize,
    /// Change of the frequencies.
    pub scaling: RopeScaling,
}

/// Which elements of a head form a rotating pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RopeKind {
    /// 2i with 2i+1, for weights whose rows llama.cpp permuted.
    Interleaved,
    /// i with i + n_rotary/2, as in GPT-NeoX and transformers.
    NeoX,
}

/// How frequencies differ from base^(-2i/n_rotary).
#[derive(Clone, Debug, PartialEq)]
pub enum RopeScaling {
    /// No change.
    None,
    /// Divided by a factor.
    Linear {
        /// The factor.
        factor: f32,
    },
    /// Divided by the elements of `rope_freqs.weight` (llama3 scaling, worked out when the file was made).
    Factors,
    /// Divided by the elements of `rope_factors_short.weight`, or of `rope_factors_long.weight` for sequences whose
    /// capacity exceeds `original_context`; sines and cosines are multiplied by `attention_factor`.
    LongRope {
        /// Context the model was trained with at first.
        original_context: usize,
        /// Factor on sines and cosines.
        attention_factor: f32,
    },
}

impl Rope {
    /// Angle per position of each pair: `[n_rotary / 2]`, in radians, computed in f64 and rounded once.
    ///
    /// `factors` are the divisors of the scalings that have them; shorter slices count as ones.
    pub fn frequencies(&self, factors: &[f32]) -> Vec<f32> {
        let linear = if let RopeScaling::Linear { factor } = self.scaling { f64::from(factor) } else { 1.0 };
        (0..self.n_rotary / 2)
            .map(|pair| {
                let plain = f64::from(self.base).powf(-2.0 * pair as f64 / self.n_rotary as f64);
                (plain / linear / factors.get(pair).map_or(1.0, |&factor| f64::from(factor))) as f32
            })
            .collect()
    }

    /// Factor on sines and cosines.
    pub fn magnitude(&self) -> f32 {
        if let RopeScaling::LongRope { attention_factor, .. } = self.scaling { attention_factor } else { 1.0 }
    }
}
