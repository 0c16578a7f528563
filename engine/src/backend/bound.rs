//! Binding of a decoder's tensor slots to the tensors of a file, with checks of presence and shape.

use std::collections::{HashMap, HashSet};

use super::{DecoderSpec, Error, SlotId, TensorSlot};
use crate::base::TensorMeta;

/// The tensors of a file that are bound to the slots of a specification.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    slots: Vec<TensorSlot>,
    tensors: &'a [TensorMeta],
    /// For each slot, the position of its tensor in `tensors`.
    found: Vec<Option<usize>>,
}

/// Binds every slot of `spec` to its tensor among `tensors`, those of a [`TensorSource`](crate::base::TensorSource).
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
    /// When `slot` belongs to another specification with more slots.
    pub fn tensor(&self, slot: SlotId) -> Option<&'a TensorMeta> {
        self.index(slot).map(|index| &self.tensors[index])
    }

    /// The slots that have a tensor, with the tensor, in the order of the slots.
    pub fn claimed(&self) -> impl Iterator<Item = (&TensorSlot, &'a TensorMeta)> {
        let found = self.slots.iter().zip(&self.found);
        found.filter_map(|(slot, index)| Some((slot, &self.tensors[(*index)?])))
    }

    /// The tensors that no slot claims, in the order of the source; the decoder does not read them.
    pub fn unclaimed(&self) -> impl Iterator<Item = &'a TensorMeta> {
        let claimed: HashSet<usize> = self.found.iter().copied().flatten().collect();
        let tensors = self.tensors.iter().enumerate();
        tensors.filter(move |(index, _)| !claimed.contains(index)).map(|(_, tensor)| tensor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::testing::{TinyModel, tiny_models};
    use crate::backend::{RopeKind, RopeScaling, TensorRole};
    use crate::base::DType;

    #[test]
    fn every_slot_finds_its_tensor_and_the_rest_is_named() {
        for mut model in tiny_models() {
            let unread = TensorMeta { name: "blk.0.other".to_owned(), shape: vec![3], dtype: DType::F32 };
            model.tensors.insert(1, unread.clone());
            let bound = bind(&model.spec, &model.tensors).unwrap();
            for (index, slot) in bound.slots().iter().enumerate() {
                match bound.tensor(SlotId(index)) {
                    Some(tensor) => assert_eq!((&tensor.name, &tensor.shape), (&slot.name, &slot.shape)),
                    None => assert!(slot.optional, "{}", slot.name),
                }
            }
            assert_eq!(bound.claimed().count() + 1, model.tensors.len());
            assert_eq!(bound.unclaimed().collect::<Vec<_>>(), [&unread]);
        }
    }

    #[test]
    fn a_specification_has_a_slot_for_each_tensor_that_it_uses() {
        let slots = DecoderSpec::tiny().tensors();
        let names: HashSet<_> = slots.iter().map(|slot| slot.name.as_str()).collect();
        assert_eq!(names.len(), slots.len());
        let roles = |role| slots.iter().filter(|slot| slot.role == role).count();
        assert_eq!((roles(TensorRole::AttentionQuery), roles(TensorRole::Norm)), (2, 5));
        assert!(slots.iter().all(|slot| slot.name.starts_with("blk.") == slot.layer.is_some()));
    }

    #[test]
    fn divisors_of_any_layer_s_rope_are_asked_for() {
        let mut scalings = [RopeScaling::None, RopeScaling::Factors].into_iter();
        let spec = DecoderSpec::tiny().with_layers(|attention, _| {
            let rope = attention.rope.as_mut().unwrap();
            (rope.kind, rope.scaling) = (RopeKind::NeoX, scalings.next().unwrap());
        });
        let mut model = TinyModel::new(spec, false);
        assert!(bind(&model.spec, &model.tensors).is_ok());
        let factors = model.tensors.iter().position(|tensor| tensor.name == "rope_freqs.weight").unwrap();
        model.remove(factors);
        let missing = bind(&model.spec, &model.tensors);
        assert!(matches!(missing, Err(Error::MissingTensor { name }) if name == "rope_freqs.weight"));
    }

    #[test]
    fn layers_that_need_divisors_of_two_lengths_are_refused() {
        let mut n_rotary = [16, 8].into_iter();
        let spec = DecoderSpec::tiny().with_layers(|attention, _| {
            attention.rope.as_mut().unwrap().n_rotary = n_rotary.next().unwrap();
        });
        let model = TinyModel::new(spec, false);
        assert!(matches!(bind(&model.spec, &model.tensors), Err(Error::WrongShape { .. })));
    }
}
