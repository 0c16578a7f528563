//! SentencePiece's byte-pair encoding: the neighbors whose union has the highest score merge first.
//!
//! Among equal scores the leftmost pair wins. A character without a token becomes the tokens of its bytes. Algorithm:
//! Kudo and Richardson 2018, "SentencePiece", `bpe_model.cc`; llama.cpp's `llama` vocabularies mean the same.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

/// Tokens that text can be encoded to, with their scores.
#[derive(Debug)]
pub(super) struct ScoredMerges {
    /// Id and score by the token's text.
    tokens: HashMap<Box<str>, (u32, f32)>,
    /// Id of each byte's token.
    bytes: Vec<Option<u32>>,
    unknown: Option<u32>,
}

/// A part of the text that is one token so far; empty once merged into its left neighbor.
struct Symbol {
    start: usize,
    end: usize,
    previous: usize,
    next: usize,
}

/// No neighbor on this side.
const NONE: usize = usize::MAX;

/// Two neighbors that could merge.
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    /// Bytes of both when the pair was queued; a difference means that one of them has merged since.
    len: usize,
}

impl ScoredMerges {
    /// A vocabulary of `(text, id, score)` triples, the first of equal texts being used, and tokens of single bytes.
    pub(super) fn new(
        tokens: impl Iterator<Item = (Box<str>, u32, f32)>,
        bytes: impl Iterator<Item = (u8, u32)>,
        unknown: Option<u32>,
    ) -> Self {
        let mut map = HashMap::new();
        for (text, id, score) in tokens {
            map.entry(text).or_insert((id, score));
        }
        let mut byte_ids = vec![None; 256];
        for (byte, id) in bytes {
            byte_ids[usize::from(byte)] = Some(id);
        }
        Self { tokens: map, bytes: byte_ids, unknown }
    }

    /// Appends the tokens of `text`, in which spaces are already spelled `▁`.
    pub(super) fn encode(&self, text: &str, output: &mut Vec<u32>) {
        let mut symbols = Self::split(text);
        let mut queue = BinaryHeap::with_capacity(symbols.len());
        for left in 1..symbols.len() {
            self.offer(text, &symbols, left - 1, &mut queue);
        }
        while let Some(pair) = queue.pop() {
            let (left, right) = (&symbols[pair.left], &symbols[pair.right]);
            let is_stale = left.start == left.end
                || right.start == right.end
                || right.end - left.start != pair.len
                || left.next != pair.right;
            if is_stale {
                continue;
            }
            let (end, next) = (right.end, right.next);
            symbols[pair.right].start = end;
            symbols[pair.left].end = end;
            symbols[pair.left].next = next;
            if next != NONE {
                symbols[next].previous = pair.left;
            }
            let previous = symbols[pair.left].previous;
            if previous != NONE {
                self.offer(text, &symbols, previous, &mut queue);
            }
            self.offer(text, &symbols, pair.left, &mut queue);
        }
        for symbol in symbols.iter().filter(|symbol| symbol.start < symbol.end) {
            self.emit(&text[symbol.start..symbol.end], output);
        }
    }

    /// One symbol per character.
    fn split(text: &str) -> Vec<Symbol> {
        let count = text.chars().count();
        text.char_indices()
            .enumerate()
            .map(|(index, (start, c))| Symbol {
                start,
                end: start + c.len_utf8(),
                previous: index.checked_sub(1).unwrap_or(NONE),
                next: if index + 1 < count { index + 1 } else { NONE },
            })
            .collect()
    }

    /// Queues the pair that begins with symbol `left`, if its union is a token.
    fn offer(&self, text: &str, symbols: &[Symbol], left: usize, queue: &mut BinaryHeap<Pair>) {
        let right = symbols[left].next;
        if right == NONE {
            return;
        }
        let union = &text[symbols[left].start..symbols[right].end];
        if let Some(&(_, score)) = self.tokens.get(union) {
            queue.push(Pair { score, left, right, len: union.len() });
        }
    }

    /// Appends the token of `text`, or those of its bytes.
    fn emit(&self, text: &str, output: &mut Vec<u32>) {
        if let Some(&(id, _)) = self.tokens.get(text) {
            output.push(id);
            return;
        }
        let bytes: Option<Vec<u32>> = text.bytes().map(|byte| self.bytes[usize::from(byte)]).collect();
        match bytes {
            Some(ids) => output.extend(ids),
            None => output.extend(self.unknown),
        }
    }
}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pair {}
