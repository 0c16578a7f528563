//! The precision to suggest to a person who has not chosen one.
//!
//! Below the speed of reading, a smaller file is worth its loss; above it, a better file costs nothing that is noticed.

use super::advice::{Advice, Verdict};
use crate::quant::Precision;

/// Tokens per second from which on a reply is not waited for: about as fast as people read.
pub const READING_SPEED: f64 = 8.0;

/// Suggested precisions, best first. What is larger is slower without noticeable benefit.
pub(super) const SUGGESTED: [Precision; 4] =
    [Precision::Q8_0, Precision::Q6_K, Precision::Q5_K_M, Precision::Q4_K_M];

/// A precision that may be suggested for a model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    /// The precision of the model.
    pub(super) precision: Precision,
    /// Whether the model fits.
    pub(super) verdict: Verdict,
    /// Tokens per second, if the memory's speed is known.
    pub(super) tokens_per_second: Option<f64>,
}

/// The suggested precision: the best that fits comfortably and reaches [`READING_SPEED`], otherwise Q4_K_M if it fits.
pub(super) fn suggested(candidates: &[Candidate]) -> Option<Precision> {
    let find = |precision: Precision| candidates.iter().find(|one| one.precision == precision);
    let is_fast = |one: &&Candidate| one.tokens_per_second.is_some_and(|speed| speed >= READING_SPEED);
    let comfortable = |one: &&Candidate| one.verdict == Verdict::Comfortable;
    let fast = SUGGESTED.into_iter().filter_map(find).filter(comfortable).find(is_fast);
    let usual = || find(Precision::Q4_K_M).filter(|one| one.verdict != Verdict::DoesNotFit);
    fast.or_else(usual).map(|one| one.precision)
}

/// The precision to preselect among `advice`, which is best first: the suggested one, or, where that does not fit or is not to be
/// had, the best that fits. Precisions above 8 bits are chosen only if there are no others.
pub fn preselected(advice: &[Advice]) -> Option<&Advice> {
    let candidates: Vec<_> = advice.iter().map(Candidate::from).collect();
    let found = suggested(&candidates);
    let best = |verdict: Verdict, floats: bool| {
        advice.iter().find(|one| one.verdict == verdict && one.precision.base_type().is_float() == floats)
    };
    advice
        .iter()
        .find(|one| Some(one.precision) == found)
        .or_else(|| best(Verdict::Comfortable, false))
        .or_else(|| best(Verdict::Tight, false))
}

impl From<&Advice> for Candidate {
    fn from(advice: &Advice) -> Self {
        let Advice { precision, verdict, tokens_per_second, .. } = *advice;
        Self { precision, verdict, tokens_per_second }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(verdicts: [Verdict; 4], speeds: [f64; 4]) -> Vec<Candidate> {
        let of = |index: usize| Candidate {
            precision: SUGGESTED[index],
            verdict: verdicts[index],
            tokens_per_second: Some(speeds[index]),
        };
        (0..SUGGESTED.len()).map(of).collect()
    }

    #[test]
    fn the_best_that_is_read_as_it_comes_is_suggested_and_q4_k_m_where_nothing_is() {
        use Verdict::{Comfortable, DoesNotFit, Tight};
        let all = [Comfortable; 4];
        for (verdicts, speeds, precision) in [
            (all, [20.0, 25.0, 30.0, 35.0], Some(Precision::Q8_0)),
            (all, [4.2, 6.0, 8.1, 9.0], Some(Precision::Q5_K_M)),
            (all, [4.2, 5.0, 6.0, 7.1], Some(Precision::Q4_K_M)),
            ([Tight, Comfortable, Comfortable, Comfortable], [9.0, 10.0, 11.0, 12.0], Some(Precision::Q6_K)),
            ([DoesNotFit, DoesNotFit, DoesNotFit, Tight], [4.0, 5.0, 6.0, 7.0], Some(Precision::Q4_K_M)),
            ([DoesNotFit; 4], [4.0, 5.0, 6.0, 7.0], None),
        ] {
            assert_eq!(suggested(&candidates(verdicts, speeds)), precision, "{verdicts:?} {speeds:?}");
        }
        let mut unknown = candidates(all, [0.0; 4]);
        for one in &mut unknown {
            one.tokens_per_second = None;
        }
        assert_eq!(suggested(&unknown), Some(Precision::Q4_K_M));
    }
}
