//! How two models' words at one position differ.

use super::distribution::Distribution;
use super::position::Position;

/// How another model's words at a position differ from those of a first one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// KL(first ‖ other) in nats; where tokens were not kept, a bound from below, see [`Difference::between`].
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

impl Difference {
    /// Compares the distribution of another model with what was kept of the first one's.
    ///
    /// Sums are f64. Tokens that were not kept count as one with all their probability: that lowers the divergence by at most
    /// their probability times the divergence among them (the log sum inequality), and by nothing where all were kept.
    pub fn between(first: &Position, other: &Distribution<'_>) -> Self {
        let (mut kl, mut other_kept) = (0.0, 0.0);
        for (token, log_p) in first.kept() {
            let log_q = other.log_probability(token);
            kl += log_p.exp() * (log_p - log_q);
            other_kept += log_q.exp();
        }
        let rest = first.rest();
        if rest > 0.0 {
            // Rounding may leave the other model nothing.
            let other_rest = (1.0 - other_kept).max(f64::EPSILON);
            kl += rest * (rest / other_rest).ln();
        }
        Self {
            // Rounding can take a divergence of nothing a little below zero.
            kl: kl.max(0.0),
            same_best: first.most_likely() == other.most_likely(),
            first_nll: first.nll(),
            other_nll: -other.log_probability(first.next()),
            rest,
        }
    }
}
