//! Filters that change logits before sampling: bans, biases, grammars.

/// A filter of logits before sampling, for one reply.
///
/// The filters of a reply are called in turn: `apply` on the model's logits before penalties and sampling, then `accept` with the
/// chosen token. `accept` is not called for tokens of the prompt. A drafted token is chosen and accepted like any other, so a reply is the
/// same with and without drafts.
pub trait LogitFilter: std::fmt::Debug + Send {
    /// Changes `logits`, `[vocab]`; negative infinity bans a token. Must not allocate.
    fn apply(&mut self, logits: &mut [f32]);

    /// Receives the token that was sampled.
    fn accept(&mut self, token: u32);
}
