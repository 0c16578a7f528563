//! Sentences on quality and memory with facts in them.

use super::words::with_facts;

with_facts! {
    /// The two cannot be told apart.
    quality_none(share: &str);
    /// They nearly cannot.
    quality_hardly(share: &str);
    /// They differ a little.
    quality_small(share: &str);
    /// Verdict that the models differ clearly.
    quality_clear(share: &str);
    /// They differ much.
    quality_large(share: &str);
    /// A figure, and that of the original.
    of_original(value: &str, original: &str);
    /// On which text, and how many tokens of it.
    measured_on(text: &str, tokens: &str);
    /// What a model was made from.
    made_from(original: &str);
    /// Quality is being measured.
    measuring(name: &str);
    /// Sentence that measuring failed.
    cannot_measure(reason: &str);
    /// The report could not be kept.
    quality_not_kept(path: &str, reason: &str);
    /// Memory needed beside memory free.
    needed_of_free(needed: &str, free: &str);
    /// Loads with a smaller context.
    load_with_context(tokens: &str);
    /// A precision at which it would fit.
    would_fit_at(precision: &str);
    /// At which context memory is told.
    memory_at_context(tokens: &str);
}
