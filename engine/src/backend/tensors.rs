//! Which tensors a decoder has: the one place that spells their names, shapes and roles, and the check that a file has them.
//!
//! Names are GGUF's. [`DecoderSpec::tensors`] lists every tensor a specification can use; [`bind`] finds them among the tensors of a
//! file, before anything is computed. Backends, the prediction of memory and the plan of a quantization all start from these two.

use std::collections::{HashMap, HashSet};

use super::{DecoderSpec, Error, RopeScaling};
use crate::base::TensorMeta;

/// What a tensor does in a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TensorRole {
    /// The token embedding, `[vocab, d_model]`; also the output matrix of a decoder without one of its own.
    TokenEmbedding,
    /// The output matrix, `[vocab, d_model]`, whose products are the logits.
    Output,
    /// The weights of a norm, one per element.
    Norm,
    /// The bias of a matrix, one number per row.
    Bias,
    /// Divisors of rotary frequencies, one per pair.
    RopeFactors,
    /// The query projection of attention.
    AttentionQuery,
    /// The key projection of attention.
    AttentionKey,
    /// The value projection of attention.
    AttentionValue,
    /// The query, key and value projections of attention as one matrix, rows in this order.
    AttentionQkv,
    /// The output projection of attention.
    AttentionOutput,
    /// The gate projection of a gated MLP.
    FfnGate,
    /// The up projection of a gated MLP.
    FfnUp,
    /// The gate and up projections of a gated MLP as one matrix, rows in this order.
    FfnGateUp,
    /// The down projection of a gated MLP.
    FfnDown,
}

/// A tensor that a decoder uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSlot {
    /// GGUF's name.
    pub name: String,
    /// Its shape, outermost dimension first.
    pub shape: Vec<usize>,
    /// What it does.
    pub role: TensorRole,
    /// The layer it belongs to; `None` for tensors outside the layers.
    pub layer: Option<usize>,
    /// Whether the decoder also runs without it, as without `output.weight`, which the embedding replaces.
    pub optional: bool,
}

/// A position in [`DecoderSpec::tensors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub usize);

/// The tensors of a file, found for the slots of a specification.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    slots: Vec<TensorSlot>,
    tensors: &'a [TensorMeta],
    /// For each slot, the position of its tensor in `tensors`.
    found: Vec<Option<usize>>,
}

/// Finds the tensor of every slot of `spec` among `tensors`, those of a [`TensorSource`](crate::base::TensorSource).
///
/// # Errors
/// [`Error::MissingTensor`] or [`Error::WrongShape`] for the first slot whose tensor is absent or has another shape.
pub fn bind<'a>(spec: &DecoderSpec, tensors: &'a [TensorMeta]) -> Result<Bound<'a>, Error> {
    let mut by_name = HashMap::with_capacity(tensors.len());
    for (index, tensor) in tensors.iter().enumerate() {
        by_name.entry(tensor.name.as_str()).or_insert(index);
    }
    let slots = spec.tensors();
    let mut found = Vec::with_capacity(slots.len());
    for slot in &slots {
        let index = by_name.get(slot.name.as_str()).copied();
        match index.map(|index| &tensors[index].shape) {
            Some(shape) if *shape != slot.shape => {
                let (name, found) = (slot.name.clone(), shape.clone());
                return Err(Error::WrongShape { name, found, expected: slot.shape.clone() });
            }
            None if !slot.optional => return Err(Error::MissingTensor { name: slot.name.clone() }),
            _ => found.push(index),
        }
    }
    Ok(Bound { slots, tensors, found })
}

impl<'a> Bound<'a> {
    /// The slots, as [`DecoderSpec::tensors`] lists them.
    pub fn slots(&self) -> &[TensorSlot] {
        &self.slots
    }

    /// The position of a slot's tensor among the source's tensors; `None` for an optional slot whose tensor is absent.
    ///
    /// # Panics
    /// When `slot` belongs to another specification with more slots.
    pub fn index(&self, slot: SlotId) -> Option<usize> {
        self.found[slot.0]
    }

    /// The tensor of a slot; `None` for an optional slot whose tensor is absent.
    ///
    /// # Panics
    /// As [`Bound::index`].
    pub fn tensor(&self, slot: SlotId) -> Option<&'a TensorMeta> {
        self.index(slot).map(|index| &self.tensors[index])
    }

    /// The slots that have a tensor, with it, in the order of the slots.
    pub fn claimed(&self) -> impl Iterator<Item = (&TensorSlot, &'a TensorMeta)> {
        let found = self.slots.iter().zip(&self.found);
        found.filter_map(|(slot, index)| Some((slot, &self.tensors[(*index)?])))
    }

    /// The tensors that no slot claims, in the order of the source: nothing reads them.
    pub fn unclaimed(&self) -> impl Iterator<Item = &'a TensorMeta> {
        let claimed: HashSet<usize> = self.found.iter().copied().flatten().collect();
        let tensors = self.tensors.iter().enumerate();
        tensors.filter(move |(index, _)| !claimed.contains(index)).map(|(_, tensor)| tensor)
    }
}

impl DecoderSpec {
    /// Every tensor the decoder uses, in the order of use: embedding, divisors of rotary frequencies, layer by layer, output.
    pub fn tensors(&self) -> Vec<TensorSlot> {
        let mut slots = Slots { list: Vec::new(), layer: None };
        slots.add("token_embd.weight", &[self.vocab_size, self.d_model], TensorRole::TokenEmbedding);
        self.rope_tensors(&mut slots);
        for layer in 0..self.layers.len() {
            slots.layer = Some(layer);
            self.layer_tensors(&mut slots);
        }
        slots.layer = None;
        slots.add("output_norm.weight", &[self.d_model], TensorRole::Norm);
        slots.add("output.weight", &[self.vocab_size, self.d_model], TensorRole::Output);
        if let Some(output) = slots.list.last_mut() {
            output.optional = true;
        }
        slots.list
    }

    /// The divisors that some layer's rope asks for in a short or a long context, each once.
    fn rope_tensors(&self, slots: &mut Slots) {
        for rope in self.layers.iter().map(|layer| &layer.rope) {
            let names: &[&str] = match rope.scaling {
                RopeScaling::None | RopeScaling::Linear { .. } => &[],
                RopeScaling::Factors => &["rope_freqs.weight"],
                RopeScaling::LongRope { .. } => &["rope_factors_long.weight", "rope_factors_short.weight"],
            };
            for name in names {
                let shape = [rope.n_rotary / 2];
                // Layers that need another length of the same tensor get a slot of their own, which no file can fill.
                if !slots.list.iter().any(|slot| slot.name == *name && slot.shape == shape) {
                    slots.add(name, &shape, TensorRole::RopeFactors);
                }
            }
        }
    }

    fn layer_tensors(&self, slots: &mut Slots) {
        use TensorRole as Role;
        let d_model = self.d_model;
        let (n_query, n_kv) = (self.n_heads * self.head_dim, self.n_kv_heads * self.head_dim);
        slots.add("attn_norm.weight", &[d_model], Role::Norm);
        let projections: &[(_, usize, _)] = if self.fused_qkv {
            &[("attn_qkv", n_query + 2 * n_kv, Role::AttentionQkv)]
        } else {
            &[
                ("attn_q", n_query, Role::AttentionQuery),
                ("attn_k", n_kv, Role::AttentionKey),
                ("attn_v", n_kv, Role::AttentionValue),
            ]
        };
        for &(name, rows, role) in projections {
            slots.add(&format!("{name}.weight"), &[rows, d_model], role);
            if self.qkv_bias {
                slots.add(&format!("{name}.bias"), &[rows], Role::Bias);
            }
        }
        if self.qk_norm {
            slots.add("attn_q_norm.weight", &[self.head_dim], Role::Norm);
            slots.add("attn_k_norm.weight", &[self.head_dim], Role::Norm);
        }
        slots.add("attn_output.weight", &[d_model, n_query], Role::AttentionOutput);
        if self.post_norms {
            slots.add("post_attention_norm.weight", &[d_model], Role::Norm);
        }
        slots.add("ffn_norm.weight", &[d_model], Role::Norm);
        if self.fused_gate_up {
            slots.add("ffn_up.weight", &[2 * self.d_ff, d_model], Role::FfnGateUp);
        } else {
            slots.add("ffn_gate.weight", &[self.d_ff, d_model], Role::FfnGate);
            slots.add("ffn_up.weight", &[self.d_ff, d_model], Role::FfnUp);
        }
        slots.add("ffn_down.weight", &[d_model, self.d_ff], Role::FfnDown);
        if self.post_norms {
            slots.add("post_ffw_norm.weight", &[d_model], Role::Norm);
        }
    }
}

/// Slots as they are listed.
struct Slots {
    list: Vec<TensorSlot>,
    /// The layer whose tensors are being added.
    layer: Option<usize>,
}

impl Slots {
    /// Adds a slot; `name` is the name within the layer.
    fn add(&mut self, name: &str, shape: &[usize], role: TensorRole) {
        let name = self.layer.map_or_else(|| name.to_owned(), |layer| format!("blk.{layer}.{name}"));
        self.list.push(TensorSlot { name, shape: shape.to_vec(), role, layer: self.layer, optional: false });
    }
}
