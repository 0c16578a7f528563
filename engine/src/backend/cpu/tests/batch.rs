//! Sequences fed together compute what each computes alone, bit for bit.

use super::{TOKENS, levels_and_caches, load_with};
use crate::backend::testing::{TinyModel, tiny_models, tiny_q8_0};
use crate::backend::{Decoder, Error, Feed, Logits, RunOptions, Sequence};
use crate::progress::Cancel;

/// A sequence of a batch: its room, the tokens before, and the tokens it is fed.
#[derive(Clone, Copy)]
struct Text {
    capacity: usize,
    before: usize,
    fed: usize,
    logits: Logits,
}

impl Text {
    fn start(&self, decoder: &dyn Decoder) -> Box<dyn Sequence> {
        let mut sequence = decoder.sequence(self.capacity).expect("a small sequence");
        sequence.feed(&TOKENS[..self.before], Logits::None, &Cancel::new()).expect("room");
        sequence
    }

    fn tokens(&self) -> &'static [u32] {
        &TOKENS[self.before..self.before + self.fed]
    }
}

fn text(capacity: usize, before: usize, fed: usize, logits: Logits) -> Text {
    Text { capacity, before, fed, logits }
}

/// Texts at other positions and of other lengths; more of them than one pass takes; one kind of logits each, and all of them.
fn batches() -> Vec<Vec<Text>> {
    let kinds = [Logits::Last, Logits::All, Logits::AllExact, Logits::None];
    let mixed: Vec<_> = kinds.into_iter().zip([(0, 7), (3, 1), (10, 12), (5, 2)]).collect();
    let mut batches: Vec<Vec<Text>> = kinds
        .iter()
        .map(|&logits| mixed.iter().map(|&(_, (before, fed))| text(41, before, fed, logits)).collect())
        .collect();
    batches
        .push(mixed.iter().map(|&(logits, (before, fed))| text(41 + before, before, fed, logits)).collect());
    batches.push((0..3).map(|n| text(24, n, 20, Logits::Last)).collect());
    batches.push((0..3).map(|n| text(24 + n, 0, 20, kinds[n])).collect());
    batches.push((1..6).map(|n| text(30, 3 * n, 1, Logits::Last)).collect());
    batches
}

fn models() -> impl Iterator<Item = TinyModel> {
    tiny_models().into_iter().chain([tiny_q8_0()])
}

#[test]
fn each_sequence_of_a_batch_gets_the_bits_it_would_get_alone() {
    let cancel = Cancel::new();
    for model in models() {
        // Tiles of AMX are another arithmetic for many tokens.
        for (level, cache) in levels_and_caches().filter(|(level, _)| level.name() != "amx") {
            let decoder = load_with(&model, RunOptions { level, cache, ..RunOptions::new(2) });
            for texts in batches() {
                let alone = texts.iter().map(|text| {
                    let mut sequence = text.start(&decoder);
                    let logits = sequence.feed(text.tokens(), text.logits, &cancel).expect("room").to_vec();
                    (logits, sequence.feed(&[1], Logits::Last, &cancel).expect("room").to_vec())
                });
                let (alone, next): (Vec<_>, Vec<_>) = alone.unzip();
                let mut sequences: Vec<_> = texts.iter().map(|text| text.start(&decoder)).collect();
                let mut batch: Vec<_> = sequences
                    .iter_mut()
                    .zip(&texts)
                    .map(|(sequence, text)| Feed::new(&mut **sequence, text.tokens(), text.logits))
                    .collect();
                decoder.feed(&mut batch, &cancel).expect("room");
                let name = format!("{} {} {cache:?}", model.spec.architecture, level.name());
                for ((sequence, text), alone) in sequences.iter().zip(&texts).zip(&alone) {
                    assert_eq!(sequence.len(), text.before + text.fed);
                    assert_eq!(sequence.logits(), alone, "{name}");
                }
                let mut batch: Vec<_> = sequences
                    .iter_mut()
                    .map(|sequence| Feed::new(&mut **sequence, &[1], Logits::Last))
                    .collect();
                decoder.feed(&mut batch, &cancel).expect("room");
                for (sequence, next) in sequences.iter().zip(&next) {
                    assert_eq!(sequence.logits(), next, "the token after, {name}");
                }
            }
        }
    }
}

#[test]
fn a_batch_that_is_refused_changes_no_sequence() {
    let model = &tiny_models()[0];
    let decoder = load_with(model, RunOptions::new(2));
    let other = load_with(model, RunOptions::new(1));
    let cancel = Cancel::new();
    let mut good = text(20, 4, 0, Logits::Last).start(&decoder);
    let mut bad = text(8, 4, 0, Logits::Last).start(&decoder);
    let mut foreign = text(20, 4, 0, Logits::Last).start(&other);
    let mut feed = |second: &mut dyn Sequence, tokens: &[u32], cancel: &Cancel| {
        let mut batch =
            [Feed::new(&mut *good, &[1, 2], Logits::Last), Feed::new(second, tokens, Logits::Last)];
        let result = decoder.feed(&mut batch, cancel);
        assert_eq!((batch[0].sequence.len(), batch[1].sequence.len()), (4, 4));
        result
    };
    let full = feed(&mut *bad, &[1; 5], &cancel);
    assert!(matches!(full, Err(Error::ContextFull { asked: 9, capacity: 8 })));
    let unknown = feed(&mut *bad, &[1, 32], &cancel);
    assert!(matches!(unknown, Err(Error::UnknownToken { token: 32, vocab: 32 })));
    assert!(matches!(feed(&mut *foreign, &[1], &cancel), Err(Error::OtherSequence)));
    let stopped = Cancel::new();
    stopped.cancel();
    assert!(matches!(feed(&mut *bad, &[1], &stopped), Err(Error::Cancelled(_))));
    let mut fresh = text(20, 4, 0, Logits::Last).start(&decoder);
    let want = fresh.feed(&[9], Logits::Last, &cancel).expect("room").to_vec();
    assert_eq!(good.feed(&[9], Logits::Last, &cancel).expect("room"), want);
    decoder.feed(&mut [], &cancel).expect("nothing to do");
}
