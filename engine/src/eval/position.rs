//! A model's distribution at one position of a text, stored for comparison with another model, also after the first was
//! unloaded.

use super::distribution::Distribution;

/// Number of tokens whose logits a measurement stores; vocabularies up to this size are stored whole.
pub const KEPT_TOKENS: usize = 2048;

/// The part of a distribution that a [`Position`] stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The logits of all tokens: comparisons are exact.
    All,
    /// The logits of this many of the likeliest tokens, and the total probability of all others.
    Likeliest(usize),
}

/// A model's distribution at one position: stored logits, and the total probability of all other tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// The next token in the text.
    next: u32,
    next_logit: f32,
    /// The log-sum-exp ln Σ exp(logit) over the vocabulary, f64.
    log_sum: f64,
    /// Most likely token; the lowest id on a tie.
    best: u32,
    /// Stored tokens, with their logits.
    kept: Vec<(u32, f32)>,
    /// Total probability of the dropped tokens.
    rest: f64,
}

impl Position {
    /// Stores `logits`, `[vocab]`, of the position before `next`.
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

    /// The next token in the text.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// Negative log-likelihood of the next token, in nats, f64.
    pub fn nll(&self) -> f64 {
        self.log_sum - f64::from(self.next_logit)
    }

    /// The most likely token; the lowest id on a tie.
    pub fn most_likely(&self) -> u32 {
        self.best
    }

    /// Total probability of the dropped tokens, from 0 to 1.
    pub fn rest(&self) -> f64 {
        self.rest
    }

    /// The stored tokens, each with its log-probability in nats, f64.
    pub fn kept(&self) -> impl Iterator<Item = (u32, f64)> {
        self.kept.iter().map(|&(token, logit)| (token, f64::from(logit) - self.log_sum))
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::testing::Random;

    use super::*;
    use crate::eval::{Difference, Distribution};

    /// Compares a position stored as measurements store it.
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
