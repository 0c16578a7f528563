//! What changes logits before a token is chosen from them: bans, biases, grammars.

/// Changes the logits of each token before it is chosen, for one reply.
///
/// The filters of a reply are called in turn: `apply` on the model's logits before penalties and sampling, then `accept` with the
/// chosen token. Tokens of the prompt are not accepted. A drafted token is chosen and accepted like any other, so a reply is the
/// same with and without drafts.
pub trait LogitFilter: std::fmt::Debug + Send {
    /// Changes `logits`, one per token of the vocabulary; negative infinity bans a token. Must not allocate.
    fn apply(&mut self, logits: &mut [f32]);

    /// Takes notice of the token that was chosen.
    fn accept(&mut self, token: u32);
}
