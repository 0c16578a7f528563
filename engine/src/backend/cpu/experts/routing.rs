//! The choice of experts for each token.

use crate::backend::{RouterScores, RouterSpec};

/// An expert that was chosen for a token.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Choice {
    /// Index of the expert.
    pub(super) expert: usize,
    /// Factor of its output.
    pub(super) weight: f32,
}

/// Chooses `chosen.len()` experts by the products `scores` of the router with one token, `[n_experts]`, and weights them as
/// [`ExpertsSpec`](crate::backend::ExpertsSpec) says. The choices are in the order of the experts; `scores` and `order` are
/// overwritten.
pub(super) fn route(
    router: RouterSpec,
    selection_bias: Option<&[f32]>,
    scores: &mut [f32],
    order: &mut Vec<usize>,
    chosen: &mut [Choice],
) {
    match router.scores {
        RouterScores::Softmax => softmax(scores, |score| score),
        RouterScores::Sigmoid => scores.iter_mut().for_each(|score| *score = sigmoid(*score)),
        RouterScores::SoftmaxOfChosen => {}
    }
    // NaNs come last, and the first of equal experts wins.
    let rank = |expert: usize| {
        let rank = scores[expert] + selection_bias.map_or(0.0, |bias| bias[expert]);
        if rank.is_nan() { f32::NEG_INFINITY } else { rank }
    };
    order.clear();
    order.extend(0..scores.len());
    if chosen.len() < order.len() {
        order.select_nth_unstable_by(chosen.len(), |&a, &b| rank(b).total_cmp(&rank(a)).then(a.cmp(&b)));
        order.truncate(chosen.len());
    }
    order.sort_unstable();
    for (choice, &expert) in chosen.iter_mut().zip(&*order) {
        *choice = Choice { expert, weight: scores[expert] };
    }
    if router.scores == RouterScores::SoftmaxOfChosen {
        softmax(chosen, |choice| &mut choice.weight);
    }
    let sum = if router.renormalized { chosen.iter().map(|choice| choice.weight).sum() } else { 1.0 };
    // Sigmoids of hopeless experts may all be 0.
    let factor = router.scale / if sum > 0.0 { sum } else { 1.0 };
    for choice in chosen {
        choice.weight *= factor;
    }
}

/// Replaces the numbers `of` all items by their softmax, in f32.
fn softmax<T>(items: &mut [T], of: impl Fn(&mut T) -> &mut f32) {
    let max = items.iter_mut().fold(f32::NEG_INFINITY, |max, item| max.max(*of(item)));
    let mut sum = 0.0;
    for item in items.iter_mut() {
        let number = of(item);
        *number = (*number - max).exp();
        sum += *number;
    }
    for item in items {
        *of(item) /= sum;
    }
}

/// 1 / (1 + e⁻ˣ), in f32.
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(router: RouterSpec, bias: Option<&[f32]>, scores: &[f32], n: usize) -> Vec<(usize, f32)> {
        let (mut scores, mut chosen) = (scores.to_vec(), vec![Choice::default(); n]);
        route(router, bias, &mut scores, &mut Vec::new(), &mut chosen);
        chosen.into_iter().map(|choice| (choice.expert, choice.weight)).collect()
    }

    const PLAIN: RouterSpec = RouterSpec {
        scores: RouterScores::Softmax,
        bias: false,
        selection_bias: false,
        renormalized: false,
        scale: 1.0,
    };

    fn assert_close(found: &[(usize, f32)], expected: &[(usize, f32)]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-6, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn weights_are_those_of_the_papers_formulas() {
        // Weights 1, 2, 4, 8 of 15.
        let scores = [8.0_f32, 1.0, 4.0, 2.0].map(f32::ln);
        assert_close(&routed(PLAIN, None, &scores, 2), &[(0, 8.0 / 15.0), (2, 4.0 / 15.0)]);
        let renormalized = RouterSpec { renormalized: true, scale: 3.0, ..PLAIN };
        assert_close(&routed(renormalized, None, &scores, 2), &[(0, 2.0), (2, 1.0)]);
        let of_chosen = RouterSpec { scores: RouterScores::SoftmaxOfChosen, ..PLAIN };
        assert_close(&routed(of_chosen, None, &scores, 2), &[(0, 2.0 / 3.0), (2, 1.0 / 3.0)]);
    }

    #[test]
    fn a_selection_bias_chooses_but_does_not_weight() {
        let router = RouterSpec { scores: RouterScores::Sigmoid, ..PLAIN };
        let scores = [0.0, 3.0_f32.ln(), -3.0_f32.ln()];
        assert_close(&routed(router, Some(&[0.0, 0.0, 0.6]), &scores, 2), &[(1, 0.75), (2, 0.25)]);
    }

    #[test]
    fn equal_scores_choose_the_first_experts_and_odd_ones_stay_finite() {
        assert_close(&routed(PLAIN, None, &[1.0; 4], 2), &[(0, 0.25), (1, 0.25)]);
        let router = RouterSpec { scores: RouterScores::Sigmoid, renormalized: true, ..PLAIN };
        assert_close(&routed(router, None, &[-200.0; 3], 1), &[(0, 0.0)]);
    }
}
