//! Divergence of two ways to compute the same text: the logits of every scored position of both, compared.

use nibble_engine::backend::{Decoder, Logits};
use nibble_engine::eval::{Difference, Distribution, Figures, Keep, Passage, Position, cut};
use nibble_engine::progress::Cancel;

/// How many tokens go through the weights together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feeding {
    /// All tokens of a passage, as in prefill.
    Together,
    /// One token after the other, as in decoding.
    OneByOne,
}

/// A text, cut into windows whose second halves are scored.
#[derive(Debug)]
pub struct ScoredText {
    passages: Vec<Passage>,
}

/// The logits of all scored positions of a text, row by row.
#[derive(Debug)]
pub struct ScoredLogits {
    vocab: usize,
    logits: Vec<f32>,
}

impl ScoredText {
    /// The first `windows` windows of `context` tokens of a text.
    pub fn new(tokens: &[u32], context: usize, windows: usize) -> Self {
        assert!(tokens.len() >= context * windows, "{} tokens are too few", tokens.len());
        let passages = cut(&tokens[..context * windows], context, usize::MAX).unwrap();
        Self { passages }
    }

    /// The windows in the order of the text.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The tokens that the scored positions predict.
    fn predicted(&self) -> impl Iterator<Item = u32> {
        self.passages.iter().flat_map(|passage| passage.tokens[passage.first..].iter().copied())
    }

    /// The logits of `decoder` at the scored positions, each window from an empty sequence.
    pub fn read(&self, decoder: &dyn Decoder, feeding: Feeding) -> ScoredLogits {
        let vocab = decoder.spec().vocab_size;
        let longest = self.passages.iter().map(|passage| passage.tokens.len()).max().unwrap_or(1);
        let mut sequence = decoder.sequence(longest).unwrap();
        let mut logits = Vec::new();
        for passage in &self.passages {
            sequence.truncate(0);
            let (context, scored) = passage.tokens[..passage.tokens.len() - 1].split_at(passage.first - 1);
            match feeding {
                Feeding::Together => {
                    sequence.feed(context, Logits::None, &Cancel::new()).unwrap();
                    logits.extend_from_slice(sequence.feed(scored, Logits::All, &Cancel::new()).unwrap());
                }
                Feeding::OneByOne => {
                    for &token in context {
                        sequence.feed(&[token], Logits::None, &Cancel::new()).unwrap();
                    }
                    for &token in scored {
                        logits.extend_from_slice(
                            sequence.feed(&[token], Logits::Last, &Cancel::new()).unwrap(),
                        );
                    }
                }
            }
        }
        ScoredLogits { vocab, logits }
    }

    /// The logits of another program at the scored positions, `[positions, vocab]`.
    pub fn of_another(&self, logits: Vec<f32>) -> ScoredLogits {
        let vocab = logits.len() / self.predicted().count();
        assert_eq!(logits.len(), vocab * self.predicted().count());
        ScoredLogits { vocab, logits }
    }

    /// Mean negative log-likelihood of each window's scored tokens, in nats.
    pub fn nll(&self, logits: &ScoredLogits) -> Vec<f64> {
        let mut rows = logits.rows();
        let mut mean = |passage: &Passage| {
            let next = &passage.tokens[passage.first..];
            let of = |&token: &u32| -Distribution::of(rows.next().unwrap()).log_probability(token);
            next.iter().map(of).sum::<f64>() / next.len() as f64
        };
        self.passages.iter().map(&mut mean).collect()
    }

    /// The difference of `other` from `first`.
    pub fn compare(&self, first: &ScoredLogits, other: &ScoredLogits) -> Figures {
        let rows: Vec<_> = first.rows().zip(other.rows()).zip(self.predicted()).collect();
        assert_eq!((first.vocab, first.logits.len()), (other.vocab, other.logits.len()));
        let between = |&((first, other), next): &((&[f32], &[f32]), u32)| {
            Difference::between(&Position::of(first, next, Keep::All), &Distribution::of(other))
        };
        // Two halves at once: an exponential for each token of the vocabulary at each position takes its time.
        let (left, right) = rows.split_at(rows.len() / 2);
        let differences = std::thread::scope(|scope| {
            let left = scope.spawn(|| left.iter().map(between).collect::<Vec<_>>());
            let right: Vec<_> = right.iter().map(between).collect();
            [left.join().unwrap(), right].concat()
        });
        Figures::of(&differences).unwrap()
    }
}

impl ScoredLogits {
    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.logits.chunks_exact(self.vocab)
    }
}
