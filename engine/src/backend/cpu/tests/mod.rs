//! The decoder against a plain f64 forward pass of tiny random models that between them use every feature.

mod batch;
mod reference;
mod snapshots;
#[cfg(feature = "candle")]
mod taps;

use nibble_kernels::Level;

use super::CpuDecoder;
use crate::backend::testing::{TinyModel, tiny_models};
use crate::backend::{Decoder, Error, KvCacheType, Logits, RunOptions, Sequence};
use crate::progress::Cancel;

const TOKENS: [u32; 41] = [
    3, 17, 0, 28, 9, 9, 30, 1, 12, 22, 5, 19, 7, 2, 26, 14, 31, 8, 23, 11, 4, 16, 29, 6, 21, 13, 27, 10, 18,
    25, 15, 20, 24, 1, 2, 3, 5, 8, 13, 21, 30,
];

fn load(model: &TinyModel, level: Level, threads: usize) -> CpuDecoder {
    load_with(model, RunOptions { level, ..RunOptions::new(threads) })
}

fn load_with(model: &TinyModel, run: RunOptions) -> CpuDecoder {
    CpuDecoder::load(model.spec.clone(), model, &run, &(), &Cancel::new()).expect("a whole model")
}

/// Logits after every token, fed in pieces of `piece` tokens.
fn logits(decoder: &CpuDecoder, tokens: &[u32], piece: usize) -> Vec<f32> {
    let mut sequence = decoder.sequence(tokens.len()).expect("a small sequence");
    let mut all = Vec::new();
    for piece in tokens.chunks(piece) {
        all.extend_from_slice(
            sequence.feed(piece, Logits::All, &Cancel::new()).expect("room for all tokens"),
        );
    }
    all
}

/// Largest difference allowed between two ways to compute the same logits.
///
/// Both round keys and values to half precision. A key whose f32 rounding differs may fall to the neighboring half, 2^-11
/// away; a few such neighbors among the thousands of a model move a logit by well under 2^-9 of the largest.
fn bound(logits: impl Iterator<Item = f64>) -> f64 {
    logits.map(f64::abs).fold(0.0, f64::max) / 512.0
}

#[test]
fn every_model_at_every_level_gives_the_plain_pass_s_logits() {
    for model in tiny_models() {
        let want = reference::logits(&model, &TOKENS);
        let bound = bound(want.iter().copied());
        for level in Level::available() {
            let decoder = load(&model, level, 2);
            for piece in [TOKENS.len(), 1] {
                let got = logits(&decoder, &TOKENS, piece);
                assert_eq!(got.len(), want.len());
                for (at, (&got, &want)) in got.iter().zip(&want).enumerate() {
                    assert!(
                        (f64::from(got) - want).abs() <= bound,
                        "{} {} by {piece}: logit {at} is {got}, not {want} within {bound}",
                        model.spec.architecture,
                        level.name()
                    );
                }
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for model in tiny_models() {
        for level in Level::available() {
            for piece in [TOKENS.len(), 1] {
                let one = logits(&load(&model, level, 1), &TOKENS, piece);
                for threads in [2, 3] {
                    assert_eq!(
                        logits(&load(&model, level, threads), &TOKENS, piece),
                        one,
                        "{}",
                        level.name()
                    );
                }
            }
        }
    }
}

#[test]
fn pieces_of_any_size_give_the_same_logits() {
    for model in tiny_models() {
        let decoder = load(&model, Level::best(), 2);
        let whole = logits(&decoder, &TOKENS, TOKENS.len());
        let bound = bound(whole.iter().map(|&logit| f64::from(logit)));
        for piece in [1, 2, 3, 7, 40] {
            let pieces = logits(&decoder, &TOKENS, piece);
            for (a, b) in pieces.iter().zip(&whole) {
                assert!(f64::from(a - b).abs() <= bound, "{} by {piece}: {a} {b}", model.spec.architecture);
            }
        }
    }
}

#[test]
fn a_truncated_sequence_continues_as_a_fresh_one() {
    for model in tiny_models() {
        let decoder = load(&model, Level::best(), 2);
        let cancel = Cancel::new();
        let mut fresh = decoder.sequence(64).expect("a small sequence");
        fresh.feed(&TOKENS[..10], Logits::None, &cancel).expect("room");
        let want = fresh.feed(&TOKENS[20..25], Logits::Last, &cancel).expect("room").to_vec();
        let mut used = decoder.sequence(64).expect("a small sequence");
        used.feed(&TOKENS[..10], Logits::None, &cancel).expect("room");
        used.feed(&TOKENS[10..], Logits::Last, &cancel).expect("room");
        used.truncate(10);
        assert_eq!(used.len(), 10);
        assert_eq!(used.feed(&TOKENS[20..25], Logits::Last, &cancel).expect("room"), want);
    }
}

#[test]
fn the_last_logits_are_the_last_of_all() {
    let model = &tiny_models()[0];
    let decoder = load(model, Level::best(), 2);
    let all = logits(&decoder, &TOKENS, TOKENS.len());
    let mut sequence = decoder.sequence(TOKENS.len()).expect("a small sequence");
    let last = sequence.feed(&TOKENS, Logits::Last, &Cancel::new()).expect("room");
    assert_eq!(last, &all[all.len() - model.spec.vocab_size..]);
    assert_eq!(sequence.len(), TOKENS.len());
    assert!(sequence.feed(&[], Logits::Last, &Cancel::new()).expect("nothing to do").is_empty());
}

#[test]
fn refusals_leave_the_sequence_as_it_was() {
    for model in tiny_models() {
        let decoder = load(&model, Level::best(), 2);
        let mut sequence = decoder.sequence(5).expect("a small sequence");
        let cancel = Cancel::new();
        sequence.feed(&[1, 2], Logits::None, &cancel).expect("room");
        let full = sequence.feed(&[1, 2, 3, 4], Logits::Last, &cancel);
        assert!(matches!(full, Err(Error::ContextFull { asked: 6, capacity: 5 })));
        let unknown = sequence.feed(&[1, 32], Logits::Last, &cancel);
        assert!(matches!(unknown, Err(Error::UnknownToken { token: 32, vocab: 32 })));
        cancel.cancel();
        assert!(matches!(sequence.feed(&[1, 2], Logits::Last, &cancel), Err(Error::Cancelled(_))));
        assert_eq!(sequence.len(), 2);
        let after = sequence.feed(&[3], Logits::Last, &Cancel::new()).expect("room").to_vec();
        let mut fresh = decoder.sequence(5).expect("a small sequence");
        fresh.feed(&[1, 2], Logits::None, &Cancel::new()).expect("room");
        assert_eq!(fresh.feed(&[3], Logits::Last, &Cancel::new()).expect("room"), after);
    }
}

/// Feeds `TOKENS` in these parts; the logits of the last.
fn feed_parts(sequence: &mut dyn Sequence, parts: &[std::ops::Range<usize>]) -> Vec<f32> {
    let mut logits = Vec::new();
    for part in parts {
        let found = sequence.feed(&TOKENS[part.clone()], Logits::Last, &Cancel::new());
        logits = found.expect("room").to_vec();
    }
    logits
}

#[test]
fn a_recurrent_sequence_goes_back_to_where_a_text_began() {
    for model in tiny_models().into_iter().filter(|model| model.spec.is_recurrent()) {
        let decoder = load(&model, Level::best(), 2);
        let mut sequence = decoder.sequence(41).expect("a small sequence");
        // A prompt, a reply of three tokens, a prompt, a reply.
        let (prompt, reply, next) = (0..10, [10..11, 11..12, 12..13], 13..20);
        let first = feed_parts(&mut *sequence, &[&[prompt.clone()][..], &reply].concat());
        let second = feed_parts(&mut *sequence, &[next.clone(), 20..21]);
        for (len, kept, want) in [(21, 21, None), (19, 13, Some(&second)), (12, 0, Some(&first))] {
            assert_eq!(sequence.truncate(len), kept, "back to {len}");
            assert_eq!(sequence.len(), kept);
            let parts = match kept {
                13 => vec![next.clone(), 20..21],
                0 => [&[prompt.clone()][..], &reply].concat(),
                _ => continue,
            };
            assert_eq!(Some(&feed_parts(&mut *sequence, &parts)), want, "from {kept}");
        }
    }
}

#[test]
fn tokens_fed_together_can_have_the_bits_of_tokens_fed_alone() {
    for model in tiny_models() {
        for (level, cache) in levels_and_caches() {
            let decoder = load_with(&model, RunOptions { level, cache, ..RunOptions::new(2) });
            let alone = logits(&decoder, &TOKENS, 1);
            let mut sequence = decoder.sequence(TOKENS.len()).expect("a small sequence");
            let mut together = Vec::new();
            for piece in TOKENS.chunks(6) {
                let logits = sequence.feed(piece, Logits::AllExact, &Cancel::new()).expect("room");
                together.extend_from_slice(logits);
            }
            assert_eq!(together, alone, "{} {} {cache:?}", model.spec.architecture, level.name());
        }
    }
}

fn levels_and_caches() -> impl Iterator<Item = (Level, KvCacheType)> {
    let caches = [KvCacheType::F16, KvCacheType::Int8];
    Level::available().into_iter().flat_map(move |level| caches.map(|cache| (level, cache)))
}

/// Eight bits per element are 1/254 of a head's largest element at most, in keys and in values, which moves a logit of these
/// small models by a few percent of the largest.
#[test]
fn a_cache_of_codes_gives_nearly_the_same_logits() {
    for model in tiny_models() {
        let want = reference::logits(&model, &TOKENS);
        let bound = bound(want.iter().copied()) * 32.0;
        for level in Level::available() {
            let decoder =
                load_with(&model, RunOptions { level, cache: KvCacheType::Int8, ..RunOptions::new(2) });
            for piece in [TOKENS.len(), 1] {
                let got = logits(&decoder, &TOKENS, piece);
                let errors = got.iter().zip(&want).map(|(&got, &want)| (f64::from(got) - want).abs());
                let worst = errors.fold(0.0, f64::max);
                assert!(worst <= bound, "{} {}: {worst}", model.spec.architecture, level.name());
            }
        }
    }
}

#[test]
fn memory_that_cannot_be_allocated_is_named_with_its_size() {
    let decoder = load(&tiny_models()[0], Level::best(), 1);
    // Two layers of two heads of 16 keys and 16 values in f16 for each of 2^40 tokens.
    let bytes = (2 * 2 * 2 * 16 * 2) << 40;
    match decoder.sequence(1 << 40).err() {
        Some(error @ Error::OutOfMemory { what: "the KV cache", bytes: found }) => {
            assert_eq!(found, bytes);
            assert_eq!(error.to_string(), "could not allocate 256.0 TiB of memory for the KV cache");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_file_lacks_or_bends_is_named() {
    let run = RunOptions::new(1);
    for model in tiny_models() {
        for at in 0..model.tensors.len() {
            let name = model.tensors[at].name.clone();
            let mut lacking = model.clone();
            lacking.remove(at);
            let result = CpuDecoder::load(model.spec.clone(), &lacking, &run, &(), &Cancel::new());
            match result {
                Err(Error::MissingTensor { name: missing }) => assert_eq!(missing, name),
                Ok(_) => assert_eq!(name, "output.weight", "without a head the embedding serves"),
                Err(error) => panic!("{name}: {error}"),
            }
            let mut bent = model.clone();
            bent.tensors[at].shape[0] += 1;
            let result = CpuDecoder::load(model.spec.clone(), &bent, &run, &(), &Cancel::new());
            assert!(matches!(result, Err(Error::WrongShape { name: wrong, .. }) if wrong == name));
        }
    }
}
