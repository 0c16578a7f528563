//! Copies of the recurrent states of a sequence at earlier positions, so that it can go back without being read from the start.
//!
//! A KV cache goes back to any position by itself; a recurrent state only knows the present. A copy is taken where a text of
//! several tokens begins to be fed, which in a chat is where each message ends, and at every chunk of a long one.

use super::recurrent::RecurrentState;

/// Bytes that the copies of a sequence may take together.
const BUDGET: u64 = 256 << 20;
/// Copies that are kept whatever their size.
const FEWEST: usize = 4;
/// Most copies that are kept.
const MOST: usize = 64;

/// The copies of a sequence, by rising position.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    copies: Vec<Checkpoint>,
}

/// The recurrent states of all layers after some tokens.
#[derive(Debug)]
struct Checkpoint {
    len: usize,
    states: Vec<RecurrentState>,
}

impl Checkpoints {
    /// Number of copies that are kept of states of `bytes` bytes together.
    pub(super) fn most(bytes: u64) -> usize {
        BUDGET.checked_div(bytes).map_or(0, |most| (most as usize).clamp(FEWEST, MOST))
    }

    /// Copies `states`, those after `len` tokens, unless there is a copy of that position.
    pub(super) fn take<'s>(&mut self, len: usize, states: impl Iterator<Item = &'s RecurrentState>) {
        // The state before the first token needs no copy.
        if len == 0 || self.copies.last().is_some_and(|last| last.len == len) {
            return;
        }
        let states: Vec<RecurrentState> = states.cloned().collect();
        let bytes = states.iter().map(|state| 4 * state.len() as u64).sum();
        self.copies.push(Checkpoint { len, states });
        if self.copies.len() > Self::most(bytes) {
            self.thin();
        }
    }

    /// Drops the copy that is missed least: the nearer the end, the closer together copies are worth keeping.
    fn thin(&mut self) {
        let end = self.copies.last().map_or(0, |last| last.len);
        let position = |index: Option<usize>| index.map_or(0, |index| self.copies[index].len);
        let worth = |index: usize| {
            let gap = position(Some(index + 1)) - position(index.checked_sub(1));
            gap as f64 / (end - self.copies[index].len + 1) as f64
        };
        let inner = 0..self.copies.len().saturating_sub(1);
        if let Some(least) = inner.min_by(|&a, &b| worth(a).total_cmp(&worth(b))) {
            self.copies.remove(least);
        }
    }

    /// Drops all copies behind position `len`, sets `states` to the last that is left, and returns its position; without one, `states`
    /// are cleared, and the position is 0.
    pub(super) fn go_back<'s>(
        &mut self,
        len: usize,
        states: impl Iterator<Item = &'s mut RecurrentState>,
    ) -> usize {
        self.forget_after(len);
        let Some(last) = self.copies.last() else {
            states.for_each(RecurrentState::clear);
            return 0;
        };
        states.zip(&last.states).for_each(|(state, copy)| state.clone_from(copy));
        last.len
    }

    /// Drops all copies behind position `len`.
    pub(super) fn forget_after(&mut self, len: usize) {
        self.copies.retain(|copy| copy.len <= len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(value: f32, len: usize) -> RecurrentState {
        RecurrentState { window: vec![value], memory: vec![value; len] }
    }

    #[test]
    fn a_sequence_goes_back_to_the_last_copy_before_a_position() {
        let mut checkpoints = Checkpoints::default();
        for len in [0, 10, 10, 25] {
            checkpoints.take(len, [state(len as f32, 3)].iter());
        }
        let mut now = [state(9.0, 3)];
        assert_eq!(checkpoints.go_back(24, now.iter_mut()), 10);
        assert_eq!(now, [state(10.0, 3)]);
        // The copy behind is gone.
        assert_eq!(checkpoints.go_back(100, now.iter_mut()), 10);
        assert_eq!(checkpoints.go_back(9, now.iter_mut()), 0);
        assert_eq!(now, [state(0.0, 3)]);
    }

    #[test]
    fn copies_stay_within_the_budget_and_close_to_the_end() {
        let mut checkpoints = Checkpoints::default();
        assert_eq!((Checkpoints::most(BUDGET), Checkpoints::most(BUDGET / 9)), (FEWEST, 9));
        assert_eq!((Checkpoints::most(1), Checkpoints::most(0)), (MOST, 0));
        for len in 1..=1000 {
            checkpoints.take(len * 512, [state(1.0, 1)].iter());
            assert!(checkpoints.copies.len() <= MOST);
        }
        let positions: Vec<usize> = checkpoints.copies.iter().map(|copy| copy.len / 512).collect();
        assert!(positions.is_sorted() && positions.ends_with(&[998, 999, 1000]), "{positions:?}");
        assert!(positions[0] < 300, "{positions:?}");
    }
}
