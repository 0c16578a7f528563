//! What planners ask of each tensor: its role, its layer, and whether it takes a precision at all.
//!
//! For a model that Nibble runs, the description of its decoder says so; for tensors that it does not list, and for files of
//! other architectures, the names do ([`crate::backend::foreign`]).

use std::collections::HashMap;

use crate::backend::foreign::{is_delicate_by_name, layer_by_name, role_by_name};
use crate::backend::{DecoderSpec, TensorRole};
use crate::base::TensorMeta;

/// What a tensor is to a planner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// What it does in a decoder; `None` for what no decoder of ours has.
    pub tensor: Option<TensorRole>,
    /// The layer it belongs to; `None` outside of layers.
    pub layer: Option<usize>,
    /// Whether it takes the precision: matrices do, but for the small ones that cost much.
    pub takes_precision: bool,
}

/// The roles of a model's tensors, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    described: HashMap<String, (TensorRole, Option<usize>)>,
}

impl Roles {
    /// The roles in a decoder; of a model without a description, all roles are read from names.
    pub fn new(spec: Option<&DecoderSpec>) -> Self {
        let slots = spec.map(DecoderSpec::tensors).unwrap_or_default();
        Self { described: slots.into_iter().map(|slot| (slot.name, (slot.role, slot.layer))).collect() }
    }

    /// The role of a tensor.
    pub fn of(&self, tensor: &TensorMeta) -> Role {
        // Leading dimensions of 1 do not count.
        let is_matrix = tensor.shape.iter().skip_while(|&&length| length == 1).count() >= 2;
        if let Some(&(role, layer)) = self.described.get(&tensor.name) {
            let is_kept = matches!(role, TensorRole::Norm | TensorRole::Bias | TensorRole::RopeFactors);
            return Role { tensor: Some(role), layer, takes_precision: is_matrix && !is_kept };
        }
        Role {
            tensor: role_by_name(&tensor.name),
            layer: layer_by_name(&tensor.name).map(|layer| layer as usize),
            takes_precision: is_matrix && !is_delicate_by_name(&tensor.name),
        }
    }
}
