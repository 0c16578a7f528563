//! The figures that many positions come to.

use serde::{Deserialize, Serialize};

use super::difference::Difference;
use super::error::Error;

/// Powers of ten between which divergences are counted.
const DECADES: std::ops::Range<i32> = -7..1;
/// Bins for each power of ten.
const BINS_PER_DECADE: i32 = 4;

/// How far a model is from another on a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Scored positions.
    pub tokens: usize,
    /// Mean of KL(original ‖ model) over the positions, in nats.
    pub kl_mean: f64,
    /// Half of the positions differ less.
    pub kl_median: f64,
    /// 99 of 100 positions differ less.
    pub kl_p99: f64,
    /// The position that differs most.
    pub kl_max: f64,
    /// Share of positions where both find the same token most likely.
    pub top1_agreement: f64,
    /// Perplexity of the model.
    pub perplexity: f64,
    /// Perplexity of the original on the same tokens.
    pub original_perplexity: f64,
    /// Mean probability of the tokens that counted as one; 0 where the divergences are exact.
    pub rest_probability: f64,
    /// Divergences by size.
    pub histogram: Histogram,
}

/// Counts on a logarithmic axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Bounds of the bins, always the same: four to each power of ten from 10⁻⁷ to 10.
    pub edges: Vec<f64>,
    /// Values below the first edge, between each two, and from the last on: one more than there are edges.
    pub counts: Vec<u64>,
}

impl Histogram {
    /// Counts `values`.
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
    /// The figures of all positions.
    ///
    /// # Errors
    /// [`Error::NotANumber`] when a model's logits were not.
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
