//! What a model says at one position: how likely it finds each token of its vocabulary.

/// A model's distribution over its vocabulary at one position, as logits and what they sum to.
///
/// The sum ln Σ exp(logit) is taken in f64 from the largest logit down, so that nothing overflows.
#[derive(Clone, Copy, Debug)]
pub struct Distribution<'a> {
    logits: &'a [f32],
    log_sum: f64,
}

impl<'a> Distribution<'a> {
    /// The distribution that `logits`, one for each token of the vocabulary, describe.
    pub fn of(logits: &'a [f32]) -> Self {
        let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        let sum: f64 = logits.iter().map(|&logit| (f64::from(logit) - largest).exp()).sum();
        Self { logits, log_sum: largest + sum.ln() }
    }

    /// The logits, one for each token of the vocabulary.
    pub fn logits(&self) -> &'a [f32] {
        self.logits
    }

    /// ln Σ exp(logit) over the whole vocabulary.
    pub fn log_sum(&self) -> f64 {
        self.log_sum
    }

    /// ln of the probability of `token`, in nats.
    pub fn log_probability(&self, token: u32) -> f64 {
        f64::from(self.logits[token as usize]) - self.log_sum
    }

    /// The most likely token; the lowest one of equals.
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
