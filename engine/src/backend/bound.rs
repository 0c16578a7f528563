//! Finds a decoder's tensors among those of a file, and checks that they are all there in the right shape.

use std::collections::{HashMap, HashSet};

use super::{DecoderSpec, Error, SlotId, TensorSlot};
use crate::base::TensorMeta;

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
