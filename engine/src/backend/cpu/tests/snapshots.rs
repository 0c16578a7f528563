//! A restored sequence continues with the bits of the one that was copied.

use super::{TOKENS, levels_and_caches, load_with};
use crate::backend::testing::{TinyModel, tiny_models, tiny_q8_0};
use crate::backend::{Decoder, Error, KvCacheType, Logits, RunOptions, Sequence};
use crate::progress::Cancel;

fn feed(sequence: &mut dyn Sequence, tokens: std::ops::Range<usize>) -> Vec<f32> {
    sequence.feed(&TOKENS[tokens], Logits::All, &Cancel::new()).expect("room").to_vec()
}

#[test]
fn what_follows_a_restored_state_has_the_same_bits() {
    for model in tiny_models().into_iter().chain([tiny_q8_0()]) {
        for (level, cache) in levels_and_caches() {
            let decoder = load_with(&model, RunOptions { level, cache, ..RunOptions::new(2) });
            let mut sequence = decoder.sequence(50).expect("a small sequence");
            feed(&mut *sequence, 0..10);
            let snapshot = sequence.snapshot().expect("memory");
            assert_eq!((snapshot.len(), sequence.len()), (10, 10));
            let want = [feed(&mut *sequence, 10..22), feed(&mut *sequence, 22..23)];
            feed(&mut *sequence, 30..41);
            sequence.restore(&snapshot).expect("its own snapshot");
            assert_eq!(sequence.len(), 10);
            let name = format!("{} {} {cache:?}", model.spec.architecture, level.name());
            assert_eq!([feed(&mut *sequence, 10..22), feed(&mut *sequence, 22..23)], want, "{name}");
            assert_eq!(sequence.snapshot().expect("memory").len(), 23);
            // A sequence with other room, which held another text.
            let mut other = decoder.sequence(300).expect("a small sequence");
            feed(&mut *other, 5..35);
            other.restore(&snapshot).expect("a snapshot of the same model");
            assert_eq!([feed(&mut *other, 10..22), feed(&mut *other, 22..23)], want, "{name}");
            // Back to nothing.
            let empty = decoder.sequence(50).expect("a small sequence").snapshot().expect("memory");
            // Recurrent states have one size from the start.
            assert_eq!((empty.bytes() == 0, empty.is_empty()), (!model.spec.is_recurrent(), true));
            other.restore(&empty).expect("a snapshot of the same model");
            assert!(other.is_empty());
        }
    }
}

#[test]
fn a_snapshot_takes_what_its_tokens_take() {
    let model = tiny_q8_0();
    let decoder = load_with(&model, RunOptions::new(1));
    let mut sequence = decoder.sequence(50).expect("a small sequence");
    feed(&mut *sequence, 0..32);
    // Keys and values of two heads of 16 elements in two layers, two bytes each.
    assert_eq!(sequence.snapshot().expect("memory").bytes(), 2 * 2 * 2 * 16 * 2 * 32);
}

#[test]
fn snapshots_from_elsewhere_are_refused_and_change_nothing() {
    let model = &tiny_models()[3];
    let run = RunOptions::new(1);
    let start = |model: &TinyModel, run, capacity| {
        let mut sequence = load_with(model, run).sequence(capacity).expect("a small sequence");
        feed(&mut *sequence, 0..7);
        sequence
    };
    let codes = start(model, RunOptions { cache: KvCacheType::Int8, ..run }, 32);
    let (longer, other_model) = (start(model, run, 33), start(&tiny_models()[1], run, 32));
    let mut short = start(model, run, 8);
    let mut long = start(model, run, 32);
    feed(&mut *long, 7..12);
    // Codes instead of halves, divisors of a long context, other heads, more tokens than fit.
    for (sequence, tokens) in [(&codes, 7), (&longer, 7), (&other_model, 7), (&long, 12)] {
        let result = short.restore(&sequence.snapshot().expect("memory"));
        assert!(matches!(result, Err(Error::OtherSnapshot { tokens: found }) if found == tokens));
    }
    let want = feed(&mut *start(model, run, 8), 7..8);
    assert_eq!(feed(&mut *short, 7..8), want);
}
