//! Guesses what comes next from what came before: where the last few tokens stand earlier in the text, what followed them there
//! may follow again, as in summaries, quotations and edited code ("prompt lookup decoding", Saxena 2023).
//!
//! A guess costs a few tokens' arithmetic in a pass over the weights that is made anyway; how long guesses are depends on how
//! the last ones went, and after a wrong one none is made for a while, twice as long each time.

/// Tokens that must stand earlier for a guess.
const NGRAM: usize = 3;
/// Tokens of the first guess.
const FIRST: usize = 3;
/// Longest time without a guess, in passes.
const LONGEST_WAIT: usize = 32;

/// Makes guesses and learns from how they went.
#[derive(Debug)]
pub(super) struct Lookup {
    /// Most tokens of a guess; 0 makes none.
    most: usize,
    /// Tokens of the next guess.
    length: usize,
    /// Passes to go before the next guess.
    wait: usize,
    /// Passes to wait after the next guess that is wrong from its first token on.
    next_wait: usize,
}

impl Lookup {
    /// Guesses of up to `most` tokens.
    pub(super) fn new(most: usize) -> Self {
        Self { most, length: FIRST.min(most), wait: 0, next_wait: 1 }
    }

    /// What may follow `text`: up to `room` tokens of it, the ones after the last earlier place where its end stands.
    pub(super) fn guess<'a>(&mut self, text: &'a [u32], room: usize) -> &'a [u32] {
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
    pub(super) fn learn(&mut self, guessed: usize, right: usize) {
        if guessed == 0 {
            return;
        }
        if right == 0 {
            self.wait = self.next_wait;
            self.next_wait = (self.next_wait * 2).min(LONGEST_WAIT);
        } else {
            self.next_wait = 1;
        }
        self.length = if right == guessed { self.length * 2 } else { right + 1 }.min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_the_same_tokens_last_is_guessed() {
        let text = [1, 2, 3, 4, 5, 1, 2, 3, 6, 7, 1, 2, 3];
        let mut lookup = Lookup::new(8);
        assert_eq!(lookup.guess(&text, 8), [6, 7, 1]);
        assert_eq!(lookup.guess(&text, 2), [6, 7]);
        assert!(lookup.guess(&text, 0).is_empty());
        assert!(lookup.guess(&text[..5], 8).is_empty());
        assert!(lookup.guess(&[1, 2, 3], 8).is_empty());
        assert_eq!(Lookup::new(8).guess(&[9, 9, 9, 9], 8), [9], "a text may overlap itself");
        assert!(Lookup::new(0).guess(&text, 8).is_empty());
    }

    #[test]
    fn guesses_grow_with_success_and_pause_after_failure() {
        let text = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3];
        let mut lookup = Lookup::new(8);
        lookup.learn(3, 3);
        assert_eq!(lookup.guess(&text, 8).len(), 6);
        lookup.learn(6, 1);
        assert_eq!(lookup.guess(&text, 8).len(), 2);
        for wait in [1, 2, 4] {
            lookup.learn(2, 0);
            for _ in 0..wait {
                assert!(lookup.guess(&text, 8).is_empty());
            }
            assert_eq!(lookup.guess(&text, 8).len(), 1);
        }
        lookup.learn(1, 1);
        lookup.learn(2, 0);
        assert!(lookup.guess(&text, 8).is_empty());
        assert!(!lookup.guess(&text, 8).is_empty());
    }
}
