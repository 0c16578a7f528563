//! What a model says at one position of a text, kept for a comparison with another model, also when the first is no longer in
//! memory.

use super::distribution::Distribution;

/// Tokens of which a measurement keeps the logits; vocabularies up to this size are kept whole.
pub const KEPT_TOKENS: usize = 2048;

/// How much of a distribution a [`Position`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The logit of every token: comparisons are exact.
    All,
    /// The logits of so many of the likeliest tokens, and the probability of all others together.
    Likeliest(usize),
}

/// What a model says at one position: the logits that are kept, and how likely all other tokens are together.
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

impl Position {
    /// Keeps what `logits`, one for each token, say of the position before `next`.
    pub fn of(logits: &[f32], next: u32, keep: Keep) -> Self {
        let distribution = Distribution::of(logits);
        let log_sum = distribution.log_sum();
        let mut kept: Vec<(u32, f32)> = (0..).zip(logits.iter().copied()).collect();
        let mut rest = 0.0;
        if let Keep::Likeliest(most) = keep
            && kept.len() > most
        {
            kept.select_nth_unstable_by(most, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            rest = kept[most..].iter().map(|&(_, logit)| (f64::from(logit) - log_sum).exp()).sum();
            kept.truncate(most);
            kept.shrink_to_fit();
        }
        let (next_logit, best) = (logits[next as usize], distribution.most_likely());
        Self { next, next_logit, log_sum, best, kept, rest }
    }

    /// The token that follows in the text.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// −ln of the probability of the token that follows, in nats.
    pub fn nll(&self) -> f64 {
        self.log_sum - f64::from(self.next_logit)
    }

    /// The most likely token; the lowest one of equals.
    pub fn most_likely(&self) -> u32 {
        self.best
    }

    /// Probability of all tokens that are not kept, together.
    pub fn rest(&self) -> f64 {
        self.rest
    }

    /// The tokens that are kept, each with ln of its probability.
    pub fn kept(&self) -> impl Iterator<Item = (u32, f64)> {
        self.kept.iter().map(|&(token, logit)| (token, f64::from(logit) - self.log_sum))
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::testing::Random;

    use super::*;
    use crate::eval::{Difference, Distribution};

    /// What becomes of a position that is kept as measurements keep it.
    fn compared(first: &[f32], next: u32, other: &[f32]) -> Difference {
        let position = Position::of(first, next, Keep::Likeliest(KEPT_TOKENS));
        Difference::between(&position, &Distribution::of(other))
    }

    /// Logits of two models that differ a little, from a fixed seed.
    fn two_models(vocab: usize) -> (Vec<f32>, Vec<f32>) {
        let mut random = Random::new(3);
        let first: Vec<f32> = (0..vocab).map(|_| 6.0 * random.unit()).collect();
        let other = first.iter().map(|logit| logit + 0.2 * random.unit()).collect();
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
        let found = compared(&first, 7, &other);
        let expected = by_definition(&first, &other, 7);
        for (found, expected) in [found.kl, found.first_nll, found.other_nll].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
        assert!(found.rest.to_bits() == 0 && found.kl > 1e-4);
    }

    #[test]
    fn a_large_vocabulary_is_bounded_from_below() {
        let (first, other) = two_models(20_000);
        let position = Position::of(&first, 7, Keep::Likeliest(KEPT_TOKENS));
        assert_eq!(position.kept.len(), KEPT_TOKENS);
        let found = Difference::between(&position, &Distribution::of(&other));
        let [kl, first_nll, _] = by_definition(&first, &other, 7);
        assert!(found.kl <= kl && found.kl > 0.3 * kl && found.rest > 0.1, "{found:?} {kl}");
        assert!((found.first_nll - first_nll).abs() < 1e-9);
    }

    #[test]
    fn a_position_that_is_kept_whole_is_compared_exactly() {
        let (first, other) = two_models(20_000);
        let position = Position::of(&first, 7, Keep::All);
        let found = Difference::between(&position, &Distribution::of(&other));
        let [kl, first_nll, other_nll] = by_definition(&first, &other, 7);
        assert!((found.kl - kl).abs() < 1e-9 && found.rest.to_bits() == 0, "{found:?} {kl}");
        assert!((found.first_nll - first_nll).abs() < 1e-9 && (found.other_nll - other_nll).abs() < 1e-9);
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        for vocab in [10, 10_000] {
            let (first, _) = two_models(vocab);
            let found = compared(&first, 3, &first);
            assert!(found.kl < 1e-12 && found.same_best, "{found:?}");
            assert_eq!(found.first_nll.to_bits(), found.other_nll.to_bits());
        }
    }
}
