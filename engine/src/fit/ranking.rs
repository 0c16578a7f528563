//! Ranking of the catalog for a machine: what to recommend, and the order of the others.

use super::advice::Verdict;
use super::rough::{RoughAdvice, rough};
use crate::hardware::SystemMemory;
use crate::hub::{CatalogKind, CatalogModel};

/// Factor between the sizes of two recommended models: the smaller one is at least so many times faster.
const STEP: f64 = 2.0;

/// Reason why a model is recommended for a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recommendation {
    /// The strongest model of at most half the size of the balanced one.
    Fast,
    /// The strongest model of at most half the size of the best one.
    Balanced,
    /// The strongest model that fits comfortably.
    Best,
}

/// A model of the catalog, as it suits a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedModel<'a> {
    /// The suggested model of the catalog.
    pub model: &'a CatalogModel,
    /// Reason why it is recommended, if it is.
    pub recommendation: Option<Recommendation>,
    /// Rough figures at the suggested precision; `None` if it does not fit at 4 bits.
    pub fit: Option<RoughAdvice>,
}

/// Ranks `models`, which are given strongest first, for a machine with this memory, whose read speed in 10⁹ bytes per second is
/// `read_gbps`, if it was measured.
///
/// Recommended models come first: fast, balanced, best; they are of the general kind, need no agreement and fit comfortably. Then those that
/// fit comfortably, those that fit only just, and those that do not fit, each strongest first.
pub fn rank(models: &[CatalogModel], memory: SystemMemory, read_gbps: Option<f64>) -> Vec<RankedModel<'_>> {
    let fit = |model: &CatalogModel| rough((model.billions * 1e9) as u64, memory, read_gbps);
    let of = |model| RankedModel { model, recommendation: None, fit: fit(model) };
    let mut ranked: Vec<_> = models.iter().map(of).collect();
    let mut most = f64::INFINITY;
    for recommendation in [Recommendation::Best, Recommendation::Balanced, Recommendation::Fast] {
        let chosen = ranked.iter_mut().find(|one| is_candidate(one) && one.model.billions <= most);
        let Some(chosen) = chosen else { break };
        chosen.recommendation = Some(recommendation);
        most = chosen.model.billions / STEP;
    }
    // A stable sort: within a class, the strongest stays first.
    ranked.sort_by_key(|one| match (one.recommendation, &one.fit) {
        (Some(Recommendation::Fast), _) => 0,
        (Some(Recommendation::Balanced), _) => 1,
        (Some(Recommendation::Best), _) => 2,
        (None, Some(RoughAdvice { verdict: Verdict::Comfortable, .. })) => 3,
        (None, Some(_)) => 4,
        (None, None) => 5,
    });
    ranked
}

fn is_candidate(one: &RankedModel<'_>) -> bool {
    let CatalogModel { kind, gated, .. } = one.model;
    *kind == CatalogKind::General && !gated && one.fit.is_some_and(|fit| fit.verdict == Verdict::Comfortable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::catalog;

    fn with_gigabytes(available: u64) -> SystemMemory {
        SystemMemory { available_bytes: available * 1_000_000_000, total_bytes: available * 1_500_000_000 }
    }

    fn recommended(available: u64) -> Vec<(Recommendation, &'static str)> {
        let ranked = rank(catalog(), with_gigabytes(available), None);
        ranked.iter().filter_map(|one| Some((one.recommendation?, one.model.name.as_str()))).collect()
    }

    #[test]
    fn larger_machines_are_recommended_stronger_models() {
        use Recommendation::{Balanced, Best, Fast};
        let small = [(Fast, "SmolLM2 135M"), (Balanced, "Qwen3 0.6B"), (Best, "Qwen3 1.7B")];
        assert_eq!(recommended(2), small);
        let usual = [(Fast, "Qwen3 1.7B"), (Balanced, "Qwen3 4B Instruct"), (Best, "Qwen3 8B")];
        assert_eq!(recommended(8), usual);
        let large = [(Fast, "Qwen3 1.7B"), (Balanced, "Qwen3 4B Instruct"), (Best, "Qwen3 14B")];
        assert_eq!(recommended(32), large);
    }

    #[test]
    fn what_is_recommended_comes_first_and_what_does_not_fit_last() {
        for available in [0, 1, 2, 4, 8, 16, 64] {
            let ranked = rank(catalog(), with_gigabytes(available), None);
            assert_eq!(ranked.len(), catalog().len());
            let class = |one: &RankedModel<'_>| match (one.recommendation, &one.fit) {
                (Some(_), fit) => {
                    assert!(fit.is_some_and(|fit| fit.verdict == Verdict::Comfortable) && !one.model.gated);
                    0
                }
                (None, Some(RoughAdvice { verdict: Verdict::Comfortable, .. })) => 1,
                (None, Some(_)) => 2,
                (None, None) => 3,
            };
            assert!(ranked.iter().map(class).is_sorted(), "{available}: {ranked:#?}");
            let place = |one: &RankedModel<'_>| {
                catalog().iter().position(|model| model.name == one.model.name).unwrap()
            };
            for pair in
                ranked.windows(2).filter(|pair| class(&pair[0]) == class(&pair[1]) && class(&pair[0]) > 0)
            {
                assert!(place(&pair[0]) < place(&pair[1]), "{available}: the stronger one first");
            }
        }
    }

    #[test]
    fn the_weakest_that_fits_is_the_last_that_fits() {
        let ranked = rank(catalog(), with_gigabytes(8), None);
        let last = ranked
            .iter()
            .rfind(|one| one.fit.is_some_and(|fit| fit.verdict == Verdict::Comfortable))
            .unwrap();
        assert_eq!(last.model.name, "SmolLM2 135M");
    }
}
