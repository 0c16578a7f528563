//! Log-probabilities, and the sums over all scored positions; all in f64.

use super::{Divergence, Quality};

/// Writes the log-softmax of `logits` to `out`, of the same length; accumulates in f64 from the largest logit down.
pub(super) fn log_softmax(logits: &[f32], out: &mut [f64]) {
    let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits.iter().map(|&logit| (f64::from(logit) - largest).exp()).sum();
    let log_sum = largest + sum.ln();
    for (out, &logit) in out.iter_mut().zip(logits) {
        *out = f64::from(logit) - log_sum;
    }
}

/// Sums over the scored positions.
#[derive(Debug, Default)]
pub(super) struct Accumulated {
    nll: f64,
    tokens: usize,
    reference_nll: f64,
    agreed: usize,
    divergences: Vec<f64>,
}

impl Accumulated {
    /// Scores a position where `next` came and the model said `log_q`.
    pub(super) fn add(&mut self, log_q: &[f64], next: usize) {
        self.nll -= log_q[next];
        self.tokens += 1;
    }

    /// Scores a position where `next` came, the reference said `log_p` and the model `log_q`.
    pub(super) fn add_compared(&mut self, log_p: &[f64], log_q: &[f64], next: usize) {
        self.add(log_q, next);
        self.reference_nll -= log_p[next];
        self.agreed += usize::from(most_likely(log_p) == most_likely(log_q));
        let divergence: f64 = log_p.iter().zip(log_q).map(|(p, q)| p.exp() * (p - q)).sum();
        // Rounding can take a divergence of nothing a little below zero.
        self.divergences.push(divergence.max(0.0));
    }

    /// The averages.
    pub(super) fn quality(mut self) -> Quality {
        let count = self.tokens.max(1) as f64;
        let divergence = (!self.divergences.is_empty()).then(|| {
            self.divergences.sort_by(f64::total_cmp);
            let p99 = (0.99 * (self.divergences.len() - 1) as f64).round() as usize;
            Divergence {
                kl_mean: self.divergences.iter().sum::<f64>() / count,
                kl_p99: self.divergences[p99],
                top1_agreement: self.agreed as f64 / count,
                reference_perplexity: (self.reference_nll / count).exp(),
            }
        });
        let nll = self.nll / count;
        Quality { perplexity: nll.exp(), nll, tokens: self.tokens, divergence }
    }
}

/// The first of the most likely tokens.
fn most_likely(log_probabilities: &[f64]) -> usize {
    let mut best = 0;
    for (token, value) in log_probabilities.iter().enumerate() {
        if *value > log_probabilities[best] {
            best = token;
        }
    }
    best
}
