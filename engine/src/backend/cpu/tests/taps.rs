//! What a tap sees on the processor is what it sees on the reference, and seeing changes nothing.

use std::collections::BTreeMap;

use nibble_kernels::Level;

use super::{TOKENS, load_with};
use crate::backend::candle::CandleDecoder;
use crate::backend::testing::{TinyModel, tiny_models, tiny_q8_0};
use crate::backend::{
    Decoder, Feed, Ffn, KvCacheType, Logits, RunOptions, SlotId, Tap, TensorRole, TensorSlot,
};
use crate::progress::Cancel;

/// All rows of each slot, in the order of the slots' first products.
#[derive(Default)]
struct Seen {
    rows: BTreeMap<SlotId, Vec<f32>>,
    order: Vec<SlotId>,
}

impl Tap for Seen {
    fn input(&mut self, slot: SlotId, rows: &[f32]) {
        if !self.rows.contains_key(&slot) {
            self.order.push(slot);
        }
        self.rows.entry(slot).or_default().extend_from_slice(rows);
    }
}

/// What a tap sees of 9 tokens of whose logits all are wanted, and of 5 of which the last are.
fn seen(decoder: &dyn Decoder) -> (Seen, Vec<f32>) {
    let mut seen = Seen::default();
    let mut sequence = decoder.sequence(20).expect("a small sequence");
    let mut logits = Vec::new();
    for (tokens, wanted) in [(0..9, Logits::All), (9..14, Logits::Last)] {
        let feed = Feed::new(&mut *sequence, &TOKENS[tokens], wanted);
        decoder.feed(&mut [Feed { tap: Some(&mut seen), ..feed }], &Cancel::new()).expect("room");
        logits.extend_from_slice(sequence.logits());
    }
    (seen, logits)
}

fn untapped(decoder: &dyn Decoder) -> Vec<f32> {
    let mut sequence = decoder.sequence(20).expect("a small sequence");
    let mut logits = sequence.feed(&TOKENS[..9], Logits::All, &Cancel::new()).expect("room").to_vec();
    logits.extend_from_slice(sequence.feed(&TOKENS[9..14], Logits::Last, &Cancel::new()).expect("room"));
    logits
}

fn reference(model: &TinyModel) -> CandleDecoder {
    CandleDecoder::on_cpu(model.spec.clone(), model, &(), &Cancel::new()).expect("a whole model")
}

/// The reference and a level agree where every input of a product but the first is off by what was rounded before it.
///
/// An input is rounded to codes of half a step, `max / 254` of a group of 32: at most √32/254 of the group's length. Each
/// product before a tap adds that much at most to the relative error of what it computes, as does rounding keys and values
/// to half precision, which is far less. Floating-point weights round keys and values only.
fn bound(model: &TinyModel, n_before: usize) -> f64 {
    if model.spec.architecture == "q8_0" { n_before as f64 * 32.0_f64.sqrt() / 254.0 } else { 1.0 / 256.0 }
}

/// Number of experts that compute a token in the layer of `slot`.
fn n_used(model: &TinyModel, slot: &TensorSlot) -> usize {
    match slot.layer.map(|layer| &model.spec.layers[layer].ffn) {
        Some(Ffn::Experts(experts)) => experts.n_used,
        _ => 0,
    }
}

#[test]
fn both_backends_show_the_same_inputs_in_the_same_order() {
    for model in tiny_models().into_iter().chain([tiny_q8_0()]) {
        let (want, _) = seen(&reference(&model));
        let slots = model.spec.tensors();
        for level in Level::available() {
            let decoder = load_with(&model, RunOptions { level, ..RunOptions::new(2) });
            let (found, _) = seen(&decoder);
            assert_eq!(found.order, want.order);
            for (n_before, slot) in want.order.iter().enumerate() {
                let (found, want, slot) = (&found.rows[slot], &want.rows[slot], &slots[slot.0]);
                let n_rows = match slot.role {
                    TensorRole::Output | TensorRole::TokenEmbedding => 10,
                    _ if slot.is_stack() => 14 * n_used(&model, slot),
                    _ => 14,
                };
                let n_cols = slot.shape[slot.shape.len() - 1];
                assert_eq!((found.len(), want.len()), (n_rows * n_cols, found.len()), "{}", slot.name);
                let length = |values: &mut dyn Iterator<Item = f32>| {
                    values.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt()
                };
                let error = length(&mut found.iter().zip(want).map(|(a, b)| a - b))
                    / length(&mut want.iter().copied());
                let bound = bound(&model, n_before).max(1e-6);
                let name = format!("{} {} {}", model.spec.architecture, level.name(), slot.name);
                assert!(error <= bound, "{name}: {error:.5} is above {bound:.5}");
            }
            // Gate and up projections of experts share the router's input.
            let is_seen = |slot: &&TensorSlot| {
                let is_multiplied = !matches!(slot.role, TensorRole::Bias | TensorRole::Convolution);
                slot.layer.is_some()
                    && (slot.shape.len() == 2 && is_multiplied
                        || slot.is_stack() && slot.role == TensorRole::FfnDown)
            };
            let products = slots.iter().filter(is_seen).count();
            assert_eq!(want.order.len(), products + 1, "every matrix, and one at the end");
        }
    }
}

#[test]
fn a_tap_changes_no_bit() {
    for model in tiny_models().into_iter().chain([tiny_q8_0()]) {
        let decoder = reference(&model);
        assert_eq!(seen(&decoder).1, untapped(&decoder));
        for level in Level::available().into_iter().filter(|level| level.name() != "amx") {
            for cache in [KvCacheType::F16, KvCacheType::Int8] {
                let decoder = load_with(&model, RunOptions { level, cache, ..RunOptions::new(2) });
                assert_eq!(seen(&decoder).1, untapped(&decoder), "{}", level.name());
            }
        }
    }
}

#[test]
fn a_tap_sees_its_own_sequence_only() {
    let model = tiny_q8_0();
    let decoder = load_with(&model, RunOptions::new(2));
    let start = || decoder.sequence(20).expect("a small sequence");
    let mut alone = Seen::default();
    let mut sequence = start();
    let feed = Feed::new(&mut *sequence, &TOKENS[..6], Logits::Last);
    decoder.feed(&mut [Feed { tap: Some(&mut alone), ..feed }], &Cancel::new()).expect("room");
    let (mut together, mut other) = (Seen::default(), Seen::default());
    let (mut first, mut second, mut third) = (start(), start(), start());
    let mut batch = [
        Feed { tap: Some(&mut other), ..Feed::new(&mut *first, &TOKENS[20..28], Logits::All) },
        Feed { tap: Some(&mut together), ..Feed::new(&mut *second, &TOKENS[..6], Logits::Last) },
        Feed::new(&mut *third, &TOKENS[30..33], Logits::None),
    ];
    decoder.feed(&mut batch, &Cancel::new()).expect("room");
    assert_eq!(together.rows, alone.rows);
    assert_ne!(other.rows, alone.rows);
}
