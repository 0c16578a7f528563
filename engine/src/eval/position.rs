//! What a model says at one position of a text, kept compactly: enough to compare another model with it later, when the first is
//! no longer in memory.

/// Tokens of which the logits are kept; vocabularies up to this size are kept whole.
pub const KEPT_TOKENS: usize = 2048;

/// What a model says at one position: the logits of the most likely tokens, and how likely all others are together.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// The token that follows in the text.
    next: u32,
    next_logit: f32,
    /// ln Σ exp(logit) over the whole vocabulary.
    log_sum: f64,
    /// Most likely token; the lower one of equals.
    best: u32,
    /// Tokens that are kept, with their logits.
    kept: Vec<(u32, f32)>,
    /// Probability of all tokens that are not kept.
    rest: f64,
}

/// How another model's words at a position differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// KL(first ‖ other) in nats; where tokens were not kept, a bound from below, see [`Position::difference`].
    pub kl: f64,
    /// Whether both find the same token most likely.
    pub same_best: bool,
    /// −ln of the probability that the first gives the token that follows.
    pub first_nll: f64,
    /// The same of the other model.
    pub other_nll: f64,
    /// Probability, by the first, of the tokens that were not kept.
    pub rest: f64,
}

impl Position {
    /// Keeps what `logits`, one for each token, say of the position before `next`.
    pub fn of(logits: &[f32], next: u32) -> Self {
        let log_sum = log_sum_exp(logits);
        let mut kept: Vec<(u32, f32)> = (0..).zip(logits.iter().copied()).collect();
        let mut rest = 0.0;
        if kept.len() > KEPT_TOKENS {
            kept.select_nth_unstable_by(KEPT_TOKENS, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            rest = kept[KEPT_TOKENS..].iter().map(|&(_, logit)| (f64::from(logit) - log_sum).exp()).sum();
            kept.truncate(KEPT_TOKENS);
            kept.shrink_to_fit();
        }
        Self { next, next_logit: logits[next as usize], log_sum, best: most_likely(logits), kept, rest }
    }

    /// Compares what another model says with its `logits`.
    ///
    /// Sums are f64. Tokens that were not kept count as one with all their probability: that lowers the divergence by at most
    /// their probability times the divergence among them (the log sum inequality), and by nothing where all were kept.
    pub fn difference(&self, logits: &[f32]) -> Difference {
        let log_sum = log_sum_exp(logits);
        let (mut kl, mut other_kept) = (0.0, 0.0);
        for &(token, logit) in &self.kept {
            let log_p = f64::from(logit) - self.log_sum;
            let log_q = f64::from(logits[token as usize]) - log_sum;
            kl += log_p.exp() * (log_p - log_q);
            other_kept += log_q.exp();
        }
        if self.rest > 0.0 {
            // Rounding may leave the other model nothing.
            let other_rest = (1.0 - other_kept).max(f64::EPSILON);
            kl += self.rest * (self.rest / other_rest).ln();
        }
        Difference {
            // Rounding can take a divergence of nothing a little below zero.
            kl: kl.max(0.0),
            same_best: self.best == most_likely(logits),
            first_nll: self.log_sum - f64::from(self.next_logit),
            other_nll: log_sum - f64::from(logits[self.next as usize]),
            rest: self.rest,
        }
    }
}

/// ln Σ exp(logit), summed in f64 from the largest logit down.
fn log_sum_exp(logits: &[f32]) -> f64 {
    let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits.iter().map(|&logit| (f64::from(logit) - largest).exp()).sum();
    largest + sum.ln()
}

/// The first of the most likely tokens.
fn most_likely(logits: &[f32]) -> u32 {
    let mut best = 0;
    for (token, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = token;
        }
    }
    best as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logits of two models that differ a little, from a fixed seed.
    fn two_models(vocab: usize) -> (Vec<f32>, Vec<f32>) {
        let mut state = 3_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 24) as f32
        };
        let first: Vec<f32> = (0..vocab).map(|_| 6.0 * next()).collect();
        let other = first.iter().map(|logit| logit + 0.2 * next()).collect();
        (first, other)
    }

    /// KL divergence and both likelihoods by definition.
    fn by_definition(first: &[f32], other: &[f32], next: usize) -> [f64; 3] {
        let probabilities = |logits: &[f32]| {
            let sum: f64 = logits.iter().map(|&logit| f64::from(logit).exp()).sum();
            logits.iter().map(|&logit| f64::from(logit).exp() / sum).collect::<Vec<_>>()
        };
        let (p, q) = (probabilities(first), probabilities(other));
        let kl = p.iter().zip(&q).map(|(p, q)| p * (p / q).ln()).sum();
        [kl, -p[next].ln(), -q[next].ln()]
    }

    #[test]
    fn a_small_vocabulary_is_compared_exactly() {
        let (first, other) = two_models(1000);
        let found = Position::of(&first, 7).difference(&other);
        let expected = by_definition(&first, &other, 7);
        for (found, expected) in [found.kl, found.first_nll, found.other_nll].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
        assert!(found.rest.to_bits() == 0 && found.kl > 1e-4);
    }

    #[test]
    fn a_large_vocabulary_is_bounded_from_below() {
        let (first, other) = two_models(20_000);
        let position = Position::of(&first, 7);
        assert_eq!(position.kept.len(), KEPT_TOKENS);
        let found = position.difference(&other);
        let [kl, first_nll, _] = by_definition(&first, &other, 7);
        assert!(found.kl <= kl && found.kl > 0.3 * kl && found.rest > 0.1, "{found:?} {kl}");
        assert!((found.first_nll - first_nll).abs() < 1e-9);
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        for vocab in [10, 10_000] {
            let (first, _) = two_models(vocab);
            let found = Position::of(&first, 3).difference(&first);
            assert!(found.kl < 1e-12 && found.same_best, "{found:?}");
            assert_eq!(found.first_nll.to_bits(), found.other_nll.to_bits());
        }
    }
}
