//! Difference of two models' distributions at one position.

use super::distribution::Distribution;
use super::position::Position;

/// Difference between the distributions of an original and another model at one position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// KL divergence KL(first ‖ other) in nats (natural logarithm); a lower bound if tokens were dropped, see
    /// [`Difference::between`].
    pub kl: f64,
    /// Whether both models have the same most likely token (top-1 agreement).
    pub same_best: bool,
    /// Negative log-likelihood of the next token under the first model, in nats.
    pub first_nll: f64,
    /// Negative log-likelihood of the next token under the other model, in nats.
    pub other_nll: f64,
    /// Probability under the first model of the tokens that were dropped, from 0 to 1.
    pub rest: f64,
}

impl Difference {
    /// Compares the distribution of another model with the stored one of the first.
    ///
    /// Sums are f64, logarithms natural. Dropped tokens count as one token with their total probability: that lowers the
    /// divergence by at most their probability times the divergence among them (log sum inequality), and by nothing if none
    /// were dropped.
    pub fn between(first: &Position, other: &Distribution<'_>) -> Self {
        let (mut kl, mut other_kept) = (0.0, 0.0);
        for (token, log_p) in first.kept() {
            let log_q = other.log_probability(token);
            kl += log_p.exp() * (log_p - log_q);
            other_kept += log_q.exp();
        }
        let rest = first.rest();
        if rest > 0.0 {
            // Rounding may leave the other model a negative rest.
            let other_rest = (1.0 - other_kept).max(f64::EPSILON);
            kl += rest * (rest / other_rest).ln();
        }
        Self {
            // Rounding may make a divergence of zero slightly negative.
            kl: kl.max(0.0),
            same_best: first.most_likely() == other.most_likely(),
            first_nll: first.nll(),
            other_nll: -other.log_probability(first.next()),
            rest,
        }
    }
}
