//! Role of each tensor in quantization: what it does, its layer, and whether the precision applies to it.
//!
//! For a model that Nibble runs, the specification of its decoder determines the roles; for other tensors, and for files of
//! other architectures, their names do ([`crate::backend::foreign`]).

use std::collections::HashMap;

use crate::backend::foreign::{is_delicate_by_name, layer_by_name, role_by_name};
use crate::backend::{DecoderSpec, TensorRole};
use crate::base::TensorMeta;

/// Role of a tensor for planners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuantRole {
    /// Role in the decoder; `None` for tensors that no supported decoder has.
    pub tensor: Option<TensorRole>,
    /// Index of the layer; `None` outside of layers.
    pub layer: Option<usize>,
    /// Whether the precision applies to the tensor: to matrices, except small sensitive ones.
    pub takes_precision: bool,
}

/// The roles of a model's tensors, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    described: HashMap<String, (TensorRole, Option<usize>)>,
}

impl Roles {
    /// The roles in a decoder; without a specification, all roles are derived from names.
    pub fn new(spec: Option<&DecoderSpec>) -> Self {
        let slots = spec.map(DecoderSpec::tensors).unwrap_or_default();
        Self { described: slots.into_iter().map(|slot| (slot.name, (slot.role, slot.layer))).collect() }
    }

    /// The role of `tensor`, by specification or name.
    pub fn of(&self, tensor: &TensorMeta) -> QuantRole {
        // Leading dimensions of 1 are ignored.
        let is_matrix = tensor.shape.iter().skip_while(|&&length| length == 1).count() >= 2;
        if let Some(&(role, layer)) = self.described.get(&tensor.name) {
            return QuantRole { tensor: Some(role), layer, takes_precision: is_matrix && !role.is_kept() };
        }
        QuantRole {
            tensor: role_by_name(&tensor.name),
            layer: layer_by_name(&tensor.name).map(|layer| layer as usize),
            takes_precision: is_matrix && !is_delicate_by_name(&tensor.name),
        }
    }
}
