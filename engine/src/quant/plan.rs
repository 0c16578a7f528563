//! Which tensor gets which type.
//!
//! The rules are those of llama.cpp (`llama-quant.cpp`) without an importance matrix, so that a file named Q4_K_M is what
//! others mean by it: most tensors get the precision's base type; the value projection, the second matrix of the MLP and the
//! output matrix, which cost the most quality, get more bits in some or all layers. Norms, biases and routers stay f32.

use super::Precision;
use crate::base::{DType, TensorMeta};
use crate::formats::gguf::Metadata;
use crate::progress::Warning;

/// What the rules need to know of a model besides its tensors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelFacts {
    /// GGUF's name of the architecture.
    pub architecture: String,
    /// Number of layers.
    pub n_layers: usize,
    /// Number of experts; 0 in models without.
    pub n_experts: usize,
    /// Query heads of the first layer.
    pub n_heads: usize,
    /// Key and value heads of the first layer.
    pub n_kv_heads: usize,
}

/// The types that a model's tensors will get.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantizePlan {
    /// What was asked for.
    pub precision: Precision,
    /// The tensors as they will be, in the order of the source.
    pub tensors: Vec<TensorMeta>,
    /// Tensors that could not get the type the rules gave them.
    pub warnings: Vec<Warning>,
}

/// What a tensor does, as far as the rules care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Embedding,
    Output,
    /// A value projection of its own, or one fused with others.
    Value,
    Key,
    AttentionOutput,
    MlpDown,
    Other,
}

impl Role {
    fn of(name: &str) -> Self {
        const PARTS: [(&str, Role); 6] = [
            ("attn_qkv.weight", Role::Value),
            ("attn_kv_b.weight", Role::Value),
            ("attn_v.weight", Role::Value),
            ("attn_k.weight", Role::Key),
            ("attn_output.weight", Role::AttentionOutput),
            ("ffn_down", Role::MlpDown),
        ];
        match name {
            "output.weight" => Self::Output,
            "token_embd.weight" | "per_layer_token_embd.weight" => Self::Embedding,
            _ => PARTS.iter().find(|(part, _)| name.contains(part)).map_or(Self::Other, |found| found.1),
        }
    }
}

impl ModelFacts {
    /// Reads the facts from a model's metadata; what is absent or odd counts as 0.
    pub fn from_metadata(metadata: &Metadata) -> Self {
        let architecture: &str = metadata.optional("general.architecture").ok().flatten().unwrap_or_default();
        let number = |key: &str| {
            let key = format!("{architecture}.{key}");
            let one = metadata.optional::<usize>(&key).ok().flatten();
            let first = || metadata.optional::<Vec<u32>>(&key).ok().flatten()?.first().map(|&n| n as usize);
            one.or_else(first)
        };
        let n_heads = number("attention.head_count").unwrap_or(0);
        Self {
            architecture: architecture.to_owned(),
            n_layers: number("block_count").unwrap_or(0),
            n_experts: number("expert_count").unwrap_or(0),
            n_heads,
            n_kv_heads: number("attention.head_count_kv").unwrap_or(n_heads),
        }
    }

    fn heads_per_kv_head(&self) -> usize {
        self.n_heads.checked_div(self.n_kv_heads).unwrap_or(0)
    }

    /// Llama's 70B models, whose value projections are small beside the rest.
    fn is_llama_70b(&self) -> bool {
        self.architecture == "llama" && self.n_layers == 80 && self.n_heads != self.n_kv_heads
    }
}

/// Plans the types of all tensors of a model.
pub fn plan(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> QuantizePlan {
    let roles: Vec<Role> = tensors.iter().map(|tensor| Role::of(&tensor.name)).collect();
    let mut rules = Rules {
        precision,
        facts,
        tied: !roles.contains(&Role::Output),
        n_values: roles.iter().filter(|&&role| role == Role::Value).count(),
        values_seen: 0,
        downs_seen: 0,
    };
    // The rules count tensors layer by layer, in whatever order the source has them.
    let mut order: Vec<usize> = (0..tensors.len()).collect();
    order.sort_by_key(|&index| (layer_of(&tensors[index].name), &tensors[index].name));
    let mut planned = tensors.to_vec();
    let mut fallbacks = vec![None; tensors.len()];
    for index in order {
        let tensor = &tensors[index];
        if !is_quantized(tensor) {
            planned[index].dtype = if tensor.dtype.is_float() { DType::F32 } else { tensor.dtype };
            continue;
        }
        let wanted = rules.dtype(tensor, roles[index]);
        let used = fitting(wanted, tensor.n_cols());
        planned[index].dtype = used;
        if used != wanted {
            fallbacks[index] = Some(Warning::TypeFallback {
                tensor: tensor.name.clone(),
                wanted: wanted.name().to_owned(),
                used: used.name().to_owned(),
            });
        }
    }
    QuantizePlan { precision, tensors: planned, warnings: fallbacks.into_iter().flatten().collect() }
}

impl QuantizePlan {
    /// Bytes of all tensors, without padding and metadata.
    pub fn tensor_bytes(&self) -> u64 {
        self.tensors.iter().map(|tensor| tensor.n_bytes() as u64).sum()
    }

    /// Average bits per weight.
    pub fn bits_per_weight(&self) -> f64 {
        let n_weights: u64 = self.tensors.iter().map(|tensor| tensor.n_elements() as u64).sum();
        self.tensor_bytes() as f64 * 8.0 / n_weights.max(1) as f64
    }
}

/// Bytes of all tensors of a model at a precision: what [`plan`] would come to.
pub fn predicted_bytes(precision: Precision, tensors: &[TensorMeta], facts: &ModelFacts) -> u64 {
    plan(precision, tensors, facts).tensor_bytes()
}

/// The layer in a name such as `blk.3.attn_q.weight`; tensors outside of layers come first.
pub(super) fn layer_of(name: &str) -> Option<u32> {
    name.strip_prefix("blk.")?.split('.').next()?.parse().ok()
}

/// Whether a tensor takes the precision at all: matrices do, but for the small ones that cost much.
fn is_quantized(tensor: &TensorMeta) -> bool {
    const KEPT: [&str; 7] = [
        "_norm.weight",
        "ffn_gate_inp.weight",
        "altup",
        "laurel",
        "per_layer_model_proj",
        "ssm_conv1d",
        "shortconv.conv.weight",
    ];
    let name = tensor.name.as_str();
    // Leading dimensions of 1 do not count.
    let n_dims = tensor.shape.iter().skip_while(|&&length| length == 1).count();
    n_dims >= 2
        && name.ends_with("weight")
        && name != "position_embd.weight"
        && name != "token_types.weight"
        && !KEPT.iter().any(|part| name.contains(part))
}

/// `wanted`, or the nearest type whose blocks fit a row of `n_cols` weights.
fn fitting(wanted: DType, n_cols: usize) -> DType {
    let fits = |dtype: DType| n_cols.is_multiple_of(dtype.block_len());
    if fits(wanted) {
        return wanted;
    }
    let smaller_blocks = match wanted {
        DType::Q2_K | DType::Q3_K => DType::Q4_0,
        DType::Q4_K => DType::Q5_0,
        DType::Q5_K => DType::Q5_1,
        DType::Q6_K => DType::Q8_0,
        DType::IQ4_XS => DType::IQ4_NL,
        other => other,
    };
    if fits(smaller_blocks) { smaller_blocks } else { DType::F16 }
}

/// The rules, and how far through the layers they are.
struct Rules<'a> {
    precision: Precision,
    facts: &'a ModelFacts,
    /// Whether the embedding is also the output matrix.
    tied: bool,
    n_values: usize,
    values_seen: usize,
    downs_seen: usize,
}

/// The layers that get more bits: the first and the last eighth, and every third between.
fn is_privileged(layer_idx: usize, n_layers: usize) -> bool {
    let eighth = n_layers / 8;
    layer_idx < eighth || layer_idx >= 7 * n_layers / 8 || (layer_idx - eighth) % 3 == 2
}

impl Rules<'_> {
    /// The type that the rules give a tensor, whether its rows fit or not.
    fn dtype(&mut self, tensor: &TensorMeta, role: Role) -> DType {
        let base = self.precision.base_type();
        if base.is_float() {
            return base;
        }
        match role {
            Role::Output => self.output(tensor, base),
            Role::Embedding if self.tied => self.output(tensor, base),
            Role::Value => {
                let layer_idx = self.values_seen;
                self.values_seen += 1;
                self.value(base, layer_idx)
            }
            Role::Key if self.facts.n_experts == 8 => DType::Q8_0,
            Role::AttentionOutput => self.attention_output(base),
            Role::MlpDown => {
                let layer_idx = self.downs_seen;
                self.downs_seen += 1;
                // Experts stored one by one come several to a layer.
                let named = layer_of(&tensor.name).filter(|_| self.facts.n_experts > 1);
                self.mlp_down(base, named.map_or(layer_idx, |layer| layer as usize))
            }
            Role::Embedding | Role::Key | Role::Other => base,
        }
    }

    fn is_falcon(&self) -> bool {
        self.facts.architecture == "falcon"
    }

    fn output(&self, tensor: &TensorMeta, base: DType) -> DType {
        let whole_blocks = tensor.n_cols().is_multiple_of(base.block_len());
        if base == DType::Q8_0 || self.is_falcon() || !whole_blocks { DType::Q8_0 } else { DType::Q6_K }
    }

    fn value(&self, base: DType, layer_idx: usize) -> DType {
        use Precision as P;
        let many_share = self.facts.heads_per_kv_head() >= 4;
        let dtype = match self.precision {
            P::Q2_K if many_share => DType::Q4_K,
            P::Q2_K => DType::Q3_K,
            P::Q3_K_M if layer_idx < 2 => DType::Q5_K,
            P::Q3_K_M => DType::Q4_K,
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
            P::Q3_K_L if self.is_falcon() => DType::Q4_K,
            _ if self.is_falcon() => base,
            P::Q2_K | P::Q3_K_S | P::Q3_K_M | P::Q4_K_S | P::Q4_K_M | P::IQ4_NL | P::IQ4_XS
                if self.facts.n_experts == 8 =>
            {
                DType::Q5_K
            }
            _ if self.facts.n_experts == 8 => base,
            P::Q2_K => DType::Q3_K,
            P::Q3_K_M => DType::Q4_K,
            P::Q3_K_L => DType::Q5_K,
            _ => base,
        }
    }

    fn mlp_down(&self, base: DType, layer_idx: usize) -> DType {
        use Precision as P;
        let n_layers = self.facts.n_layers;
        let privileged = is_privileged(layer_idx, n_layers);
        let (eighth, sixteenth) = (layer_idx < n_layers / 8, layer_idx < n_layers / 16);
        match self.precision {
            P::Q2_K => DType::Q3_K,
            P::Q3_K_M if sixteenth => DType::Q5_K,
            P::Q3_K_M if !self.is_falcon() || privileged => DType::Q4_K,
            P::Q3_K_L if self.is_falcon() => DType::Q4_K,
            P::Q3_K_L => DType::Q5_K,
            P::Q4_K_M if self.is_falcon() && sixteenth => DType::Q6_K,
            P::Q4_K_M if self.is_falcon() && privileged => DType::Q5_K,
            P::Q4_K_M if !self.is_falcon() && privileged => DType::Q6_K,
            P::Q5_K_M if privileged => DType::Q6_K,
            P::IQ4_NL | P::IQ4_XS if eighth => DType::Q5_K,
            P::Q4_K_S if !self.is_falcon() && eighth => DType::Q5_K,
            _ => base,
        }
    }
}

#[cfg(test)]
mod tests;
