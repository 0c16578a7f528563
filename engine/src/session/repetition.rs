//! Detection of replies that repeat themselves without end.
//!
//! A model that is lost in a loop writes the same tokens over and over until the context is full. The end of a reply is a repetition
//! if it has a period: every token equals the one a period before. Lists and tables vary from row to row and have none; what is meant
//! to repeat, such as a row of zeros, is shorter than the bounds here.

/// Longest period that is looked for, in tokens.
const LONGEST_PERIOD: usize = 64;
/// Fewest tokens that must repeat, each equal to the one a period before.
const FEWEST_TOKENS: usize = 384;
/// Fewest periods that must repeat.
const FEWEST_PERIODS: usize = 8;

/// Watches the tokens of a reply for an end that repeats itself.
#[derive(Debug)]
pub(super) struct RepetitionDetector {
    /// The newest tokens, in a ring.
    newest: [u32; LONGEST_PERIOD],
    n_tokens: usize,
    /// For each period, less 1: how many tokens up to the newest equal the one a period before.
    n_repeated: [usize; LONGEST_PERIOD],
}

impl RepetitionDetector {
    /// A detector for an empty reply.
    pub(super) fn new() -> Self {
        Self { newest: [0; LONGEST_PERIOD], n_tokens: 0, n_repeated: [0; LONGEST_PERIOD] }
    }

    /// Takes the next token; returns whether the reply's end is a repetition. Does not allocate.
    pub(super) fn push(&mut self, token: u32) -> bool {
        let mut repeats = false;
        for (period, n_repeated) in (1..).zip(&mut self.n_repeated).take(self.n_tokens) {
            let before = self.newest[(self.n_tokens - period) % LONGEST_PERIOD];
            *n_repeated = if before == token { *n_repeated + 1 } else { 0 };
            repeats |= *n_repeated >= FEWEST_TOKENS.max(FEWEST_PERIODS * period);
        }
        self.newest[self.n_tokens % LONGEST_PERIOD] = token;
        self.n_tokens += 1;
        repeats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of tokens after which a repetition is noticed.
    fn noticed(tokens: impl IntoIterator<Item = u32>) -> Option<usize> {
        let mut detector = RepetitionDetector::new();
        tokens.into_iter().position(|token| detector.push(token)).map(|at| at + 1)
    }

    #[test]
    fn what_repeats_long_enough_is_noticed_whatever_came_before() {
        assert_eq!(noticed(std::iter::repeat_n(7, 1000)), Some(1 + FEWEST_TOKENS));
        assert_eq!(noticed((0..1000).map(|at| at % 3)), Some(3 + FEWEST_TOKENS));
        let longest = LONGEST_PERIOD as u32;
        let most = LONGEST_PERIOD + FEWEST_PERIODS * LONGEST_PERIOD;
        assert_eq!(noticed((0..5000).map(|at| at % longest)), Some(most));
        assert_eq!(noticed((100..300).chain(std::iter::repeat_n(7, 1000))), Some(200 + 1 + FEWEST_TOKENS));
    }

    #[test]
    fn what_varies_or_is_short_is_left_alone() {
        assert_eq!(noticed(std::iter::repeat_n(7, FEWEST_TOKENS)), None);
        assert_eq!(noticed((0..5000).map(|at| at % (LONGEST_PERIOD as u32 + 1))), None);
        // A table: rows of six tokens, of which one is the number of the row.
        let table = (0..600).flat_map(|row| [1, 1000 + row, 2, 3, 4, 5]);
        assert_eq!(noticed(table), None);
        // Rows of zeros between other text.
        let rows = (0..50).flat_map(|row| [vec![1000 + row], vec![0; 200]].concat());
        assert_eq!(noticed(rows), None);
    }
}
