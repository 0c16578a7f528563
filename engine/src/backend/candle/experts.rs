//! The mixture of experts on candle tensors.

use candle_core::{Result, Tensor};

use super::linear::{Linear, sigmoid, softmax};
use super::loader::Loader;
use super::mlp::{Mlp, activate};
use crate::backend::slots::{ExpertsSlots, Projections};
use crate::backend::{Error, ExpertsSpec, RouterScores, Tap};

/// The tensors of a mixture of experts.
pub(super) struct Experts {
    spec: ExpertsSpec,
    router: Linear,
    /// Added to the scores to choose experts.
    selection_bias: Option<Tensor>,
    /// Gate and up projections, stacked, separate or fused.
    gate_up: Projections<2, Linear>,
    down: Linear,
    shared: Option<(Mlp, Option<Tensor>)>,
}

impl Experts {
    pub(super) fn load(
        spec: &ExpertsSpec,
        slots: &ExpertsSlots,
        loader: &mut Loader<'_>,
    ) -> std::result::Result<Self, Error> {
        let shared = match (&spec.shared, &slots.shared) {
            (Some(shared), Some((mlp, gate))) => {
                Some((Mlp::load(&shared.mlp, mlp, loader)?, loader.optional(*gate)?))
            }
            _ => None,
        };
        Ok(Self {
            spec: spec.clone(),
            router: loader.linear(slots.router)?,
            selection_bias: loader.optional(slots.selection_bias)?,
            gate_up: loader.projections(&slots.experts.gate_up)?,
            down: loader.linear(slots.experts.down)?,
            shared,
        })
    }

    /// Computes the weighted sum of the chosen experts' outputs, and of the shared expert's, for `x`, `[tokens, d_model]`.
    pub(super) fn forward(&self, x: &Tensor, tap: &mut Option<&mut dyn Tap>) -> Result<Tensor> {
        let weights = self.weights(&self.router.apply(x, tap)?)?;
        let mut out = match &self.shared {
            None => x.zeros_like()?,
            Some((mlp, None)) => mlp.forward(x, tap)?,
            Some((mlp, Some(gate))) => {
                let product = x.broadcast_mul(gate)?.sum_keepdim(1)?;
                mlp.forward(x, tap)?.broadcast_mul(&sigmoid(&product)?)?
            }
        };
        for expert in 0..self.spec.n_experts {
            let of_expert: Vec<(u32, f32)> = (0_u32..)
                .zip(&weights)
                .filter_map(|(token, row)| row[expert].map(|weight| (token, weight)))
                .collect();
            if of_expert.is_empty() {
                continue;
            }
            let (tokens, weights): (Vec<u32>, Vec<f32>) = of_expert.into_iter().unzip();
            let n_tokens = tokens.len();
            let tokens = Tensor::new(tokens, x.device())?;
            let weights = Tensor::from_vec(weights, (n_tokens, 1), x.device())?;
            let computed = self.expert(expert, &x.index_select(&tokens, 0)?, tap)?;
            out = out.index_add(&tokens, &computed.broadcast_mul(&weights)?, 0)?;
        }
        Ok(out)
    }

    /// The output of one expert for `x`, `[tokens, d_model]`.
    fn expert(&self, expert: usize, x: &Tensor, tap: &mut Option<&mut dyn Tap>) -> Result<Tensor> {
        let of = |stack: &Linear, x: &Tensor| -> Result<Tensor> {
            let product = x.matmul(&stack.weight.get(expert)?.t()?)?;
            match &stack.bias {
                Some(bias) => product.broadcast_add(&bias.get(expert)?),
                None => Ok(product),
            }
        };
        let d_ff = self.spec.expert.d_ff;
        let (gate, up) = match &self.gate_up {
            Projections::Separate([gate, up]) => (of(gate, x)?, of(up, x)?),
            Projections::Fused(both) => {
                let both = of(both, x)?;
                (both.narrow(1, 0, d_ff)?, both.narrow(1, d_ff, d_ff)?)
            }
        };
        let gated = activate(self.spec.expert.activation, &gate, &up)?;
        if let Some(tap) = tap {
            tap.input(self.down.slot, &gated.flatten_all()?.to_vec1::<f32>()?);
        }
        of(&self.down, &gated)
    }

    /// The weight of each expert for each token by the router's `products`, `[tokens, n_experts]`; `None` for experts that are
    /// not chosen.
    fn weights(&self, products: &Tensor) -> Result<Vec<Vec<Option<f32>>>> {
        let router = self.spec.router;
        let scores = match router.scores {
            RouterScores::Softmax => softmax(products)?,
            RouterScores::SoftmaxOfChosen => products.clone(),
            RouterScores::Sigmoid => sigmoid(products)?,
        };
        let ranks = match &self.selection_bias {
            Some(bias) => scores.broadcast_add(bias)?,
            None => scores.clone(),
        };
        let rows = scores.to_vec2::<f32>()?.into_iter().zip(ranks.to_vec2::<f32>()?);
        let chosen = rows.map(|(scores, ranks)| {
            let mut order: Vec<usize> = (0..scores.len()).collect();
            order.sort_by(|&a, &b| ranks[b].total_cmp(&ranks[a]));
            order.truncate(self.spec.n_used);
            let of_softmax = router.scores == RouterScores::SoftmaxOfChosen;
            let max = order.iter().fold(f32::NEG_INFINITY, |max, &expert| max.max(scores[expert]));
            let weight =
                |expert: usize| if of_softmax { (scores[expert] - max).exp() } else { scores[expert] };
            let sum: f32 = order.iter().map(|&expert| weight(expert)).sum();
            let divisor = if (of_softmax || router.renormalized) && sum > 0.0 { sum } else { 1.0 };
            let mut row = vec![None; scores.len()];
            for &expert in &order {
                row[expert] = Some(weight(expert) / divisor * router.scale);
            }
            row
        });
        Ok(chosen.collect())
    }
}
