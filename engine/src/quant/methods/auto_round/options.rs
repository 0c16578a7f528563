//! Settings of AutoRound.

/// How much the error of a token's output counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenWeight {
    /// Each token as much as any other, as in the paper; few tokens with huge activations then decide.
    Equal,
    /// The error of a token relative to the size of its output, since norms of later layers divide by that.
    Relative,
}

/// Settings of [`tune`](super::tune).
#[derive(Clone, Debug, PartialEq)]
pub struct TuneOptions {
    /// Number of steps.
    pub iterations: usize,
    /// Tokens that a step computes the gradient of: as many sequences as have no more together, and at least one.
    pub batch_tokens: usize,
    /// How far all offsets could move together, at constant sign: the sum of all steps.
    pub offset_travel: f32,
    /// How far the factors of scales and minima could move: the sum of all steps; 0 keeps the scales.
    pub factor_travel: f32,
    /// Weight of each token's error.
    pub tokens: TokenWeight,
    /// Seed of the order of sequences.
    pub seed: u64,
}

impl Default for TuneOptions {
    /// 100 steps of 2048 tokens: half the paper's steps, for processors of few cores; offsets may cross half a level.
    fn default() -> Self {
        Self {
            iterations: 100,
            batch_tokens: 2048,
            offset_travel: 0.5,
            factor_travel: 0.05,
            tokens: TokenWeight::Relative,
            seed: 0,
        }
    }
}
