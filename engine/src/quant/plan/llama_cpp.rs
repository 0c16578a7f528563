//! The type mixes of llama.cpp (`llama-quant.cpp`), so that a file named Q4_K_M matches other programs' files of that name.
//!
//! Most tensors get the precision's base type; the value projection, the down projection of the MLP and the output matrix,
//! which are most sensitive, get more bits in some or all layers. Norms, biases and routers stay f32. A few rules differ with
//! an importance matrix.

use crate::backend::TensorRole;
use crate::base::{DType, TensorMeta};
use crate::quant::assignment::{Assignment, QuantizePlan};
use crate::quant::method::Needs;
use crate::quant::planner::{PlanInput, Planner};
use crate::quant::role::QuantRole;
use crate::quant::{ModelFacts, Precision};

/// The planner that assigns the types that llama.cpp assigns at a precision.
pub struct LlamaCpp;

impl Planner for LlamaCpp {
    fn name(&self) -> &'static str {
        "llama_cpp"
    }

    fn plan(&self, input: &PlanInput<'_>) -> QuantizePlan {
        let &PlanInput { precision, method, tensors, facts } = input;
        let roles: Vec<QuantRole> = tensors.iter().map(|tensor| facts.roles.of(tensor)).collect();
        let is_value = |role: &&QuantRole| {
            matches!(role.tensor, Some(TensorRole::AttentionValue | TensorRole::AttentionQkv))
        };
        let mut rules = Rules {
            precision,
            facts,
            tied: !roles.iter().any(|role| role.tensor == Some(TensorRole::Output)),
            calibrated: method.needs() != Needs::Nothing,
            n_values: roles.iter().filter(is_value).count(),
            values_seen: 0,
            downs_seen: 0,
        };
        // The rules count tensors layer by layer, whatever the order of the source.
        let mut order: Vec<usize> = (0..tensors.len()).collect();
        order.sort_by_key(|&index| (roles[index].layer, &tensors[index].name));
        let mut wanted = vec![None; tensors.len()];
        for index in order.into_iter().filter(|&index| roles[index].takes_precision) {
            let dtype = rules.dtype(&tensors[index], roles[index]);
            wanted[index] = Some(Assignment { dtype, method, format: None });
        }
        QuantizePlan::new(precision, tensors, &wanted)
    }
}

/// The rules, with counters of the layers that were visited.
struct Rules<'a> {
    precision: Precision,
    facts: &'a ModelFacts,
    /// Whether the embedding is also the output matrix.
    tied: bool,
    /// Whether the method uses an importance matrix or similar statistics.
    calibrated: bool,
    n_values: usize,
    values_seen: usize,
    downs_seen: usize,
}

/// Whether a layer gets more bits: the first and the last eighth, and every third in between.
fn is_privileged(layer_idx: usize, n_layers: usize) -> bool {
    let eighth = n_layers / 8;
    layer_idx < eighth || layer_idx >= 7 * n_layers / 8 || (layer_idx - eighth) % 3 == 2
}

impl Rules<'_> {
    /// The type that the rules assign to a tensor, whether its rows fit or not.
    fn dtype(&mut self, tensor: &TensorMeta, role: QuantRole) -> DType {
        let base = self.precision.base_type();
        if base.is_float() {
            return base;
        }
        if self.precision == Precision::MXFP4_MOE {
            let is_experts = tensor.shape.len() > 2 && tensor.shape[0] > 1;
            return if is_experts { DType::MXFP4 } else { DType::Q8_0 };
        }
        match role.tensor {
            Some(TensorRole::Output) => self.output(tensor, base),
            Some(TensorRole::TokenEmbedding) if self.tied => self.output(tensor, base),
            Some(TensorRole::AttentionValue | TensorRole::AttentionQkv) => {
                let layer_idx = self.values_seen;
                self.values_seen += 1;
                self.value(base, layer_idx)
            }
            Some(TensorRole::AttentionKey | TensorRole::AttentionQuery) => {
                self.query_or_key(role.tensor, base)
            }
            Some(TensorRole::AttentionOutput) => self.attention_output(base),
            Some(TensorRole::FfnDown) => {
                let layer_idx = self.downs_seen;
                self.downs_seen += 1;
                // Experts stored as separate tensors come several to a layer.
                let named = role.layer.filter(|_| self.facts.n_experts > 1 && !self.is_small_lattice());
                self.mlp_down(base, named.unwrap_or(layer_idx))
            }
            Some(TensorRole::FfnGate | TensorRole::FfnUp | TensorRole::FfnGateUp) => {
                self.mlp_up(base, role.layer.unwrap_or(0))
            }
            Some(TensorRole::TokenEmbedding) => self.embedding(base),
            None | Some(TensorRole::MixerInput | TensorRole::MixerOutput) => base,
            Some(kept) => {
                debug_assert!(kept.is_kept(), "{kept:?} takes the precision");
                base
            }
        }
    }

    fn is_falcon(&self) -> bool {
        self.facts.architecture == "falcon"
    }

    /// Whether the precision is one of IQ1 and IQ2, which share most rules.
    fn is_small_lattice(&self) -> bool {
        use Precision as P;
        matches!(self.precision, P::IQ1_S | P::IQ1_M | P::IQ2_XXS | P::IQ2_XS | P::IQ2_S | P::IQ2_M)
    }

    /// The type above the base type in mixes of IQ1 and IQ2.
    fn above_small_lattice(&self) -> DType {
        if matches!(self.precision, Precision::IQ2_S | Precision::IQ2_M) { DType::IQ3_S } else { DType::Q2_K }
    }

    fn output(&self, tensor: &TensorMeta, base: DType) -> DType {
        let whole_blocks = tensor.n_cols().is_multiple_of(base.block_len());
        if matches!(base, DType::Q8_0 | DType::MXFP4) || self.is_falcon() || !whole_blocks {
            DType::Q8_0
        } else if self.is_small_lattice() || self.precision == Precision::IQ3_XXS {
            DType::Q5_K
        } else {
            DType::Q6_K
        }
    }

    fn embedding(&self, base: DType) -> DType {
        match self.precision {
            _ if self.is_small_lattice() => self.above_small_lattice(),
            Precision::IQ3_XXS => DType::IQ3_S,
            Precision::TQ1_0 | Precision::TQ2_0 => DType::Q4_K,
            _ => base,
        }
    }

    fn query_or_key(&self, role: Option<TensorRole>, base: DType) -> DType {
        let is_key = role == Some(TensorRole::AttentionKey);
        match self.precision {
            _ if is_key && self.facts.n_experts == 8 => {
                if self.is_small_lattice() {
                    DType::Q4_K
                } else {
                    DType::Q8_0
                }
            }
            Precision::IQ3_XS => DType::IQ3_XXS,
            Precision::IQ3_XXS => DType::IQ2_S,
            _ => base,
        }
    }

    fn value(&self, base: DType, layer_idx: usize) -> DType {
        use Precision as P;
        let many_share = self.facts.heads_per_kv_head() >= 4;
        if self.is_small_lattice() {
            let more = many_share || self.facts.n_experts >= 4;
            return if more { DType::Q4_K } else { self.above_small_lattice() };
        }
        let dtype = match self.precision {
            P::Q2_K | P::Q2_K_S | P::IQ3_XXS | P::IQ3_XS | P::IQ3_S if many_share => DType::Q4_K,
            P::Q2_K => DType::Q3_K,
            P::IQ3_XXS if !self.calibrated => DType::IQ3_S,
            P::Q3_K_M if layer_idx < 2 => DType::Q5_K,
            P::Q3_K_M | P::IQ3_M => DType::Q4_K,
            P::Q3_K_L => DType::Q5_K,
            P::IQ4_NL | P::IQ4_XS if many_share => DType::Q5_K,
            P::Q4_K_M | P::Q5_K_M if is_privileged(layer_idx, self.n_values) => DType::Q6_K,
            P::Q4_K_S if layer_idx < 4 => DType::Q5_K,
            _ => base,
        };
        match dtype {
            _ if self.facts.n_experts == 8 => DType::Q8_0,
            DType::Q3_K | DType::Q4_K if self.facts.is_llama_70b() => DType::Q5_K,
            _ => dtype,
        }
    }

    fn attention_output(&self, base: DType) -> DType {
        use Precision as P;
        match self.precision {
            _ if self.is_small_lattice() && self.facts.n_experts == 8 => DType::Q5_K,
            P::IQ1_S | P::IQ1_M => DType::IQ2_XXS,
            P::IQ2_S | P::IQ2_M => DType::IQ3_S,
            P::Q3_K_L if self.is_falcon() => DType::Q4_K,
            _ if self.is_falcon() => base,
            P::Q2_K
            | P::Q3_K_S
            | P::Q3_K_M
            | P::Q4_K_S
            | P::Q4_K_M
            | P::IQ4_NL
            | P::IQ4_XS
            | P::IQ3_XXS
            | P::IQ3_XS
            | P::IQ3_S
            | P::IQ3_M
                if self.facts.n_experts == 8 =>
            {
                DType::Q5_K
            }
            _ if self.facts.n_experts == 8 => base,
            P::Q2_K => DType::Q3_K,
            P::IQ3_XXS => DType::IQ3_S,
            P::Q3_K_M | P::IQ3_M => DType::Q4_K,
            P::Q3_K_L => DType::Q5_K,
            _ => base,
        }
    }

    /// Gate and up projections of the MLP.
    fn mlp_up(&self, base: DType, layer_idx: usize) -> DType {
        let n_layers = self.facts.n_layers;
        let in_the_middle = (n_layers / 8..7 * n_layers / 8).contains(&layer_idx);
        if self.precision == Precision::IQ3_XS && in_the_middle { DType::IQ3_XXS } else { base }
    }

    fn mlp_down(&self, base: DType, layer_idx: usize) -> DType {
        use Precision as P;
        let n_layers = self.facts.n_layers;
        let privileged = is_privileged(layer_idx, n_layers);
        let (eighth, sixteenth) = (layer_idx < n_layers / 8, layer_idx < n_layers / 16);
        match self.precision {
            _ if self.is_small_lattice() => {
                if eighth {
                    self.above_small_lattice()
                } else {
                    base
                }
            }
            P::Q2_K => DType::Q3_K,
            P::Q2_K_S if eighth => DType::Q4_K,
            P::IQ3_XXS if !self.calibrated => {
                if eighth {
                    DType::Q4_K
                } else {
                    DType::Q3_K
                }
            }
            P::IQ3_M if eighth || (self.facts.n_experts == 8 && privileged) => DType::Q4_K,
            P::Q3_K_M if sixteenth => DType::Q5_K,
            P::Q3_K_M if !self.is_falcon() || privileged => DType::Q4_K,
            P::Q3_K_L if self.is_falcon() => DType::Q4_K,
            P::Q3_K_L => DType::Q5_K,
            P::Q4_K_M if self.is_falcon() && sixteenth => DType::Q6_K,
            P::Q4_K_M if self.is_falcon() && privileged => DType::Q5_K,
            P::Q4_K_M if !self.is_falcon() && privileged => DType::Q6_K,
            P::Q5_K_M if privileged => DType::Q6_K,
            P::IQ4_NL | P::IQ4_XS if eighth && !self.calibrated => DType::Q5_K,
            P::Q4_0 if eighth && self.calibrated => DType::Q4_1,
            P::Q5_0 if eighth && self.calibrated => DType::Q5_1,
            P::Q4_K_S if !self.is_falcon() && eighth => DType::Q5_K,
            _ => base,
        }
    }
}
