//! Quality figures: aggregates over the differences of many positions.

use serde::{Deserialize, Serialize};

use super::difference::Difference;
use super::error::Error;

/// Decades of the histogram of divergences.
const DECADES: std::ops::Range<i32> = -7..1;
/// Number of bins per decade.
const BINS_PER_DECADE: i32 = 4;

/// Quality of a model relative to an original on a text; logarithms are natural, accumulation is f64.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Number of scored positions.
    pub tokens: usize,
    /// Mean of the KL divergence KL(original ‖ model) over the positions, in nats.
    pub kl_mean: f64,
    /// Median of the KL divergence, in nats.
    pub kl_median: f64,
    /// 99th percentile of the KL divergence, in nats.
    pub kl_p99: f64,
    /// Maximum of the KL divergence, in nats.
    pub kl_max: f64,
    /// Fraction of positions with the same most likely token, from 0 to 1 (top-1 agreement).
    pub top1_agreement: f64,
    /// Perplexity of the model: exp of its mean negative log-likelihood in nats.
    pub perplexity: f64,
    /// Perplexity of the original on the same tokens.
    pub original_perplexity: f64,
    /// Mean probability of the dropped tokens; 0 if the divergences are exact.
    pub rest_probability: f64,
    /// Histogram of the divergences.
    pub histogram: Histogram,
}

/// Histogram on a logarithmic axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Edges of the bins, in nats, always the same: four per decade from 10⁻⁷ to 10.
    pub edges: Vec<f64>,
    /// Number of values below the first edge, between each two, and from the last on: one more than edges.
    pub counts: Vec<u64>,
}

impl Histogram {
    /// The histogram of `values`, in nats.
    pub fn of(values: &[f64]) -> Self {
        let steps = DECADES.start * BINS_PER_DECADE..=DECADES.end * BINS_PER_DECADE;
        let edges: Vec<f64> =
            steps.map(|step| 10_f64.powf(f64::from(step) / f64::from(BINS_PER_DECADE))).collect();
        let mut counts = vec![0; edges.len() + 1];
        for value in values {
            counts[edges.partition_point(|edge| edge <= value)] += 1;
        }
        Self { edges, counts }
    }
}

impl Figures {
    /// Aggregates the differences of all positions, in f64.
    ///
    /// # Errors
    /// [`Error::NotANumber`] when a model's logits are NaN or infinite.
    pub fn of(differences: &[Difference]) -> Result<Self, Error> {
        if differences.iter().any(|one| one.first_nll.is_nan() || one.other_nll.is_nan()) {
            return Err(Error::NotANumber);
        }
        let count = differences.len().max(1) as f64;
        let mean = |part: fn(&Difference) -> f64| differences.iter().map(part).sum::<f64>() / count;
        let mut kl: Vec<f64> = differences.iter().map(|one| one.kl).collect();
        kl.sort_by(f64::total_cmp);
        let quantile = |share: f64| {
            let at = (share * kl.len().saturating_sub(1) as f64).round() as usize;
            kl.get(at).copied().unwrap_or(0.0)
        };
        Ok(Self {
            tokens: differences.len(),
            kl_mean: mean(|one| one.kl),
            kl_median: quantile(0.5),
            kl_p99: quantile(0.99),
            kl_max: quantile(1.0),
            top1_agreement: mean(|one| f64::from(u8::from(one.same_best))),
            perplexity: mean(|one| one.other_nll).exp(),
            original_perplexity: mean(|one| one.first_nll).exp(),
            rest_probability: mean(|one| one.rest),
            histogram: Histogram::of(&kl),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_positions() {
        let one = |at: u32| Difference {
            kl: f64::from(at) / 100.0,
            same_best: at.is_multiple_of(4),
            first_nll: 1.0,
            other_nll: f64::from(at % 2) * 2.0,
            rest: 0.25,
        };
        let differences: Vec<_> = (0..=100).rev().map(one).collect();
        let found = Figures::of(&differences).unwrap();
        assert_eq!(found.tokens, 101);
        let figures = [found.kl_mean, found.kl_median, found.kl_p99, found.kl_max, found.rest_probability];
        for (found, expected) in figures.into_iter().zip([0.5, 0.5, 0.99, 1.0, 0.25]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert!((found.top1_agreement - 26.0 / 101.0).abs() < 1e-12);
        assert!((found.original_perplexity.ln() - 1.0).abs() < 1e-12);
        assert!((found.perplexity.ln() - 100.0 / 101.0).abs() < 1e-12);
        assert_eq!(found.histogram.counts.iter().sum::<u64>(), 101);
    }

    #[test]
    fn what_is_no_number_is_no_figure() {
        let broken = Difference { kl: 0.0, same_best: true, first_nll: 1.0, other_nll: f64::NAN, rest: 0.0 };
        assert!(matches!(Figures::of(&[broken]), Err(Error::NotANumber)));
    }

    #[test]
    fn bins_are_the_same_for_all_and_hold_their_lower_edge() {
        let histogram = Histogram::of(&[0.0, 1e-9, 1e-7, 1.0, 9.99, 10.0, 500.0]);
        assert_eq!((histogram.edges.len(), histogram.counts.len()), (33, 34));
        assert!((histogram.edges[0] - 1e-7).abs() < 1e-19 && (histogram.edges[32] - 10.0).abs() < 1e-9);
        assert_eq!(histogram.counts[0], 2);
        assert_eq!(histogram.counts[1], 1);
        assert_eq!(histogram.counts[33], 2);
        assert_eq!(histogram.edges, Histogram::of(&[]).edges);
    }
}
