//! A model's probability distribution over its vocabulary at one position.

/// A model's distribution over its vocabulary at one position: its logits and their log-sum-exp.
///
/// The log-sum-exp ln Σ exp(logit) is computed in f64 relative to the largest logit, so that nothing overflows.
#[derive(Clone, Copy, Debug)]
pub struct Distribution<'a> {
    logits: &'a [f32],
    log_sum: f64,
}

impl<'a> Distribution<'a> {
    /// The distribution given by `logits`, `[vocab]`, f32.
    pub fn of(logits: &'a [f32]) -> Self {
        let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        let sum: f64 = logits.iter().map(|&logit| (f64::from(logit) - largest).exp()).sum();
        Self { logits, log_sum: largest + sum.ln() }
    }

    /// The logits, `[vocab]`, one for each token.
    pub fn logits(&self) -> &'a [f32] {
        self.logits
    }

    /// The log-sum-exp ln Σ exp(logit) over the vocabulary, f64.
    pub fn log_sum(&self) -> f64 {
        self.log_sum
    }

    /// Log-probability of `token`: natural logarithm, f64, in nats.
    pub fn log_probability(&self, token: u32) -> f64 {
        f64::from(self.logits[token as usize]) - self.log_sum
    }

    /// The most likely token; the lowest id on a tie.
    pub fn most_likely(&self) -> u32 {
        let mut best = 0;
        for (token, logit) in self.logits.iter().enumerate() {
            if *logit > self.logits[best] {
                best = token;
            }
        }
        best as u32
    }
}
