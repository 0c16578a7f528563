//! A mixture of experts in `config.json` and in GGUF metadata.
//!
//! Source of the keys: llama.cpp `gguf-py/gguf/constants.py` (`expert_*`) and `src/llama-model.cpp`.

use super::error::Error;
use super::fields::Fields;
use super::keys::{Keys, KeysToWrite};
use crate::backend::{ExpertsSpec, MlpSpec, RouterScores, RouterSpec, SharedExpert};

/// Upper bound on the number of experts of a layer; each costs memory before its weights are read.
const MOST_EXPERTS: usize = 4096;

/// Counts, widths and weights of a mixture of experts, the same in all layers that have one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExpertsConfig {
    pub(super) n_experts: usize,
    pub(super) n_used: usize,
    /// Number of rows of an expert's gate and up.
    pub(super) d_ff: usize,
    /// Number of rows of the shared expert's gate and up, if there is one.
    pub(super) shared_d_ff: Option<usize>,
    pub(super) scores: RouterScores,
    pub(super) renormalized: bool,
    pub(super) scale: f32,
}

impl ExpertsConfig {
    /// The number of experts in `config.json`, under either of its names; `default` if absent.
    pub(super) fn count(config: &Fields, default: usize) -> Result<usize, Error> {
        // transformers 5 saves all families' under the second name.
        match config.optional_count("num_experts")? {
            Some(count) => Ok(count),
            None => config.count("num_local_experts", default),
        }
    }

    /// Checks the counts; `invalid` makes the error of the number of experts or of used experts, by whether it is the latter.
    pub(super) fn check(&self, invalid: impl Fn(bool, &'static str) -> Error) -> Result<(), Error> {
        if self.n_experts > MOST_EXPERTS {
            return Err(invalid(false, "at most 4096"));
        }
        if self.n_used > self.n_experts {
            return Err(invalid(true, "at most the number of experts"));
        }
        Ok(())
    }

    /// Writes the GGUF metadata of a mixture whose family implies `implied_scores` and normalized weights.
    pub(super) fn write(&self, keys: &mut KeysToWrite) {
        keys.count("expert_count", self.n_experts);
        keys.count("expert_used_count", self.n_used);
        keys.count("expert_feed_forward_length", self.d_ff);
        if let Some(d_ff) = self.shared_d_ff {
            keys.count("expert_shared_feed_forward_length", d_ff);
        }
        keys.count("expert_gating_func", gating_function(self.scores));
        keys.flag("expert_weights_norm", self.renormalized);
        if self.scale.to_bits() != 1.0_f32.to_bits() {
            keys.number("expert_weights_scale", self.scale);
        }
    }

    /// Reads the GGUF metadata; what is absent is that of `family`, whose counts are not looked at.
    pub(super) fn read(keys: &Keys, family: &Self) -> Result<Self, Error> {
        let gating = "expert_gating_func";
        let scores = match keys.optional_count(gating)? {
            None => family.scores,
            Some(1) => RouterScores::Softmax,
            Some(2) => RouterScores::Sigmoid,
            Some(3) => RouterScores::SoftmaxOfChosen,
            Some(_) => {
                return Err(keys.invalid(gating, "1 (softmax), 2 (sigmoid) or 3 (softmax of the chosen)"));
            }
        };
        let read = Self {
            n_experts: keys.count("expert_count")?,
            n_used: keys.count("expert_used_count")?,
            d_ff: match keys.optional_count("expert_feed_forward_length")? {
                Some(d_ff) => d_ff,
                None => keys.count("feed_forward_length")?,
            },
            shared_d_ff: keys.optional_count("expert_shared_feed_forward_length")?,
            scores,
            renormalized: keys.optional_flag("expert_weights_norm")?.unwrap_or(family.renormalized),
            scale: keys.optional_number("expert_weights_scale")?.unwrap_or(family.scale),
        };
        read.check(|used, rule| keys.invalid(if used { "expert_used_count" } else { "expert_count" }, rule))?;
        Ok(read)
    }

    /// The block of layer `layer_idx`, whose MLPs are like `mlp` but for widths and biases.
    pub(super) fn block(&self, keys: &Keys, layer_idx: usize, mlp: &MlpSpec) -> ExpertsSpec {
        let has = |name: &str| keys.has(&format!("blk.{layer_idx}.{name}"));
        let expert = MlpSpec {
            d_ff: self.d_ff,
            biases: super::shape::mlp_biases(keys, layer_idx, "_exps"),
            ..mlp.clone()
        };
        let shared = self.shared_d_ff.map(|d_ff| SharedExpert {
            mlp: MlpSpec { d_ff, biases: super::shape::mlp_biases(keys, layer_idx, "_shexp"), ..mlp.clone() },
            gated: has("ffn_gate_inp_shexp.weight"),
        });
        let router = RouterSpec {
            scores: self.scores,
            bias: has("ffn_gate_inp.bias"),
            selection_bias: has("exp_probs_b.bias"),
            renormalized: self.renormalized,
            scale: self.scale,
        };
        ExpertsSpec { n_experts: self.n_experts, n_used: self.n_used, expert, router, shared }
    }
}

/// llama.cpp's number of a router's function.
fn gating_function(scores: RouterScores) -> usize {
    match scores {
        RouterScores::Softmax => 1,
        RouterScores::Sigmoid => 2,
        RouterScores::SoftmaxOfChosen => 3,
    }
}
