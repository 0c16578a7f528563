//! The loss whose gradients measure sensitivity: cross-entropy of labels that the model itself predicts.

use nibble_kernels::testing::Random;

use crate::backend::gradient::{LogitLoss, softmax};

/// Samples a label of each token from the model's prediction.
pub(super) struct SampledLabels {
    pub(super) seed: u64,
}

/// Sums over tokens at the output matrix.
pub(super) struct OutputSums {
    /// Expected square of the gradient of each logit before its cap.
    pub(super) rows: Vec<f32>,
    /// Inputs of the output matrix, `[tokens, d_model]`.
    pub(super) inputs: Vec<f32>,
}

impl LogitLoss for SampledLabels {
    type Sums = OutputSums;

    fn start(&self, vocab_size: usize) -> OutputSums {
        OutputSums { rows: vec![0.0; vocab_size], inputs: Vec::new() }
    }

    fn gradient(&self, token: usize, logits: &mut [f32], slopes: &[f32], sums: &mut OutputSums) {
        softmax(logits);
        // The gradient is p - 1 with probability p, else p: a mean square of p(1 - p), which needs no sample.
        for (row, (sum, p)) in sums.rows.iter_mut().zip(&*logits).enumerate() {
            let slope = slopes.get(row).copied().unwrap_or(1.0);
            *sum += p * (1.0 - p) * slope * slope;
        }
        // The stream of a token depends on seed and position alone.
        let mut random = Random::new(self.seed ^ (token as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut left = f64::from(random.unit());
        let chosen = logits.iter().position(|&p| {
            left -= f64::from(p);
            left < 0.0
        });
        // Probabilities add up to 1 but for rounding; the rest belongs to the last.
        let chosen = chosen.unwrap_or(logits.len() - 1);
        logits[chosen] -= 1.0;
    }

    fn input(&self, input: &[f32], sums: &mut OutputSums) {
        sums.inputs.extend_from_slice(input);
    }
}
