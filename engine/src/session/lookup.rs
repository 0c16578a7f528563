//! Drafts for speculative decoding by prompt lookup: where the last few tokens occur earlier in the text, the tokens that followed
//! them there are the draft, as in summaries, quotations and edited code ("prompt lookup decoding", Saxena 2023).
//!
//! Verifying a draft only adds the arithmetic of a few tokens to a forward pass that is needed anyway. The draft length adapts to the
//! draft acceptance (accepted tokens of the last drafts); after a rejected draft, drafting pauses, and the pause doubles with each
//! further rejection.

/// Number of tokens that must occur earlier for a draft.
const NGRAM: usize = 3;
/// Length of the first draft in tokens.
const FIRST: usize = 3;
/// Longest pause between drafts, in passes.
const LONGEST_WAIT: usize = 32;

/// Drafts tokens by prompt lookup and adapts to their acceptance.
#[derive(Debug)]
pub(super) struct PromptLookup {
    /// Largest draft length in tokens; 0 disables drafts.
    max_draft: usize,
    /// Length of the next draft in tokens.
    length: usize,
    /// Number of passes before the next draft.
    wait: usize,
    /// Number of passes to pause after the next draft whose first token is rejected.
    next_wait: usize,
}

impl PromptLookup {
    /// Drafts of up to `max_draft` tokens.
    pub(super) fn new(max_draft: usize) -> Self {
        Self { max_draft, length: FIRST.min(max_draft), wait: 0, next_wait: 1 }
    }

    /// Drafts the continuation of `text`: up to `room` tokens, copied from after the last earlier occurrence of its end.
    pub(super) fn draft<'a>(&mut self, text: &'a [u32], room: usize) -> &'a [u32] {
        let length = self.length.min(room);
        if self.wait > 0 {
            self.wait -= 1;
            return &[];
        }
        if length == 0 || text.len() <= NGRAM {
            return &[];
        }
        let (before, end) = (&text[..text.len() - 1], &text[text.len() - NGRAM..]);
        let Some(found) = before.windows(NGRAM).rposition(|earlier| earlier == end) else { return &[] };
        let follows = &text[found + NGRAM..];
        &follows[..follows.len().min(length)]
    }

    /// Records how many drafted tokens were accepted and adapts the next draft length.
    pub(super) fn record(&mut self, drafted: usize, accepted: usize) {
        if drafted == 0 {
            return;
        }
        if accepted == 0 {
            self.wait = self.next_wait;
            self.next_wait = (self.next_wait * 2).min(LONGEST_WAIT);
        } else {
            self.next_wait = 1;
        }
        self.length = if accepted == drafted { self.length * 2 } else { accepted + 1 }.min(self.max_draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_the_same_tokens_last_is_guessed() {
        let text = [1, 2, 3, 4, 5, 1, 2, 3, 6, 7, 1, 2, 3];
        let mut lookup = PromptLookup::new(8);
        assert_eq!(lookup.draft(&text, 8), [6, 7, 1]);
        assert_eq!(lookup.draft(&text, 2), [6, 7]);
        assert!(lookup.draft(&text, 0).is_empty());
        assert!(lookup.draft(&text[..5], 8).is_empty());
        assert!(lookup.draft(&[1, 2, 3], 8).is_empty());
        assert_eq!(PromptLookup::new(8).draft(&[9, 9, 9, 9], 8), [9], "a text may overlap itself");
        assert!(PromptLookup::new(0).draft(&text, 8).is_empty());
    }

    #[test]
    fn guesses_grow_with_success_and_pause_after_failure() {
        let text = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3];
        let mut lookup = PromptLookup::new(8);
        lookup.record(3, 3);
        assert_eq!(lookup.draft(&text, 8).len(), 6);
        lookup.record(6, 1);
        assert_eq!(lookup.draft(&text, 8).len(), 2);
        for wait in [1, 2, 4] {
            lookup.record(2, 0);
            for _ in 0..wait {
                assert!(lookup.draft(&text, 8).is_empty());
            }
            assert_eq!(lookup.draft(&text, 8).len(), 1);
        }
        lookup.record(1, 1);
        lookup.record(2, 0);
        assert!(lookup.draft(&text, 8).is_empty());
        assert!(!lookup.draft(&text, 8).is_empty());
    }
}
