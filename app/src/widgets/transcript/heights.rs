//! Heights of the rows of a long list, and sums of them, in a tree of partial sums (P. Fenwick, "A new data structure for
//! cumulative frequency tables", 1994): where a row stands, which row stands at a place, and a new height for one each take
//! as many steps as the number of rows has binary digits.

use std::collections::HashMap;

/// Height in points of a row that was never in sight.
const GUESS: f32 = 96.0;

/// Heights measured so far, by the rows' ids, for one width.
#[derive(Clone, Debug, Default)]
pub struct Heights {
    width: f32,
    text_size: f32,
    by_id: HashMap<u64, f32>,
    list: Option<ListId>,
    rows: Vec<f32>,
    /// Where the next frame scrolls to, if elsewhere than this one.
    pub(super) go_on_at: Option<f32>,
    /// At `i`, the sum of the `lowest bit of i + 1` rows that end with row `i`. Sums of thousands of heights, hence `f64`.
    sums: Vec<f64>,
}

/// Tells lists of rows apart. A branch of a chat is known by its chat and its last message, since that one has one past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListId {
    /// The list's own number.
    pub list: u64,
    /// Its last row.
    pub last: Option<u64>,
    /// How many rows it has.
    pub n_rows: usize,
}

impl Heights {
    /// Makes ready for this list of rows, whose ids are `ids`; does nothing if it was ready. What was measured is forgotten
    /// when rows break differently now.
    pub(super) fn fit(&mut self, (width, text_size): (f32, f32), list: ListId, ids: impl Fn(usize) -> u64) {
        if self.width.to_bits() != width.to_bits() || self.text_size.to_bits() != text_size.to_bits() {
            *self = Self { width, text_size, ..Self::default() };
        }
        if self.list == Some(list) {
            return;
        }
        self.list = Some(list);
        self.go_on_at = None;
        self.rows.clear();
        let known = |row| self.by_id.get(&ids(row)).copied().unwrap_or(GUESS);
        self.rows.extend((0..list.n_rows).map(known));
        self.sums = self.rows.iter().map(|height| f64::from(*height)).collect();
        for row in 0..list.n_rows {
            let above = row | (row + 1);
            if above < list.n_rows {
                self.sums[above] += self.sums[row];
            }
        }
    }

    /// Scrolls to the end in the next frame.
    pub fn go_to_end(&mut self) {
        self.go_on_at = Some(self.above(self.rows.len()));
    }

    /// The height of a row.
    pub(super) fn of(&self, row: usize) -> f32 {
        self.rows[row]
    }

    /// The height of all rows before this one; of all for their number.
    pub(super) fn above(&self, row: usize) -> f32 {
        let mut sum = 0.0;
        let mut end = row;
        while end > 0 {
            sum += self.sums[end - 1];
            end &= end - 1;
        }
        sum as f32
    }

    /// The row that covers this distance from the top; the number of rows for one beyond the end.
    pub(super) fn row_at(&self, distance: f32) -> usize {
        let mut left = f64::from(distance);
        let mut row = 0;
        let mut step = self.sums.len().checked_ilog2().map_or(0, |digits| 1 << digits);
        while step > 0 {
            if let Some(sum) = self.sums.get(row + step - 1).filter(|sum| **sum <= left) {
                left -= sum;
                row += step;
            }
            step /= 2;
        }
        row
    }

    /// Takes in what a row measured; says by how much that is more than was thought.
    pub(super) fn measure(&mut self, row: usize, id: u64, height: f32) -> f32 {
        let more = height - self.rows[row];
        self.by_id.insert(id, height);
        self.rows[row] = height;
        let mut at = row;
        while let Some(sum) = self.sums.get_mut(at) {
            *sum += f64::from(more);
            at |= at + 1;
        }
        more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(n_rows: usize) -> ListId {
        ListId { list: 1, last: Some(n_rows as u64), n_rows }
    }

    #[test]
    fn sums_and_places_are_those_of_a_plain_list() {
        for n_rows in [0, 1, 2, 3, 7, 8, 9, 100] {
            let mut heights = Heights::default();
            heights.fit((760.0, 15.0), list(n_rows), |row| row as u64);
            let mut plain = vec![GUESS; n_rows];
            for turn in 0..n_rows * 2 {
                let (row, height) = (turn * 37 % n_rows, (turn * 13 % 50) as f32 + 1.0);
                assert!((heights.measure(row, row as u64, height) - (height - plain[row])).abs() < 1e-3);
                plain[row] = height;
            }
            let mut top = 0.0;
            for (row, height) in plain.iter().enumerate() {
                assert!((heights.above(row) - top).abs() < 1e-2);
                assert_eq!(heights.row_at(top + 0.5), row);
                top += height;
            }
            assert!((heights.above(n_rows) - top).abs() < 1e-2);
            assert_eq!(heights.row_at(top + 1.0), n_rows);
        }
    }

    #[test]
    fn what_was_measured_is_known_again_in_another_list_and_forgotten_at_another_width() {
        let mut heights = Heights::default();
        heights.fit((760.0, 15.0), list(3), |row| row as u64);
        heights.measure(1, 1, 30.0);
        heights.fit((760.0, 15.0), list(2), |row| row as u64 + 1);
        assert_eq!([0, 1].map(|row| heights.of(row) as i32), [30, GUESS as i32]);
        heights.fit((500.0, 15.0), list(2), |row| row as u64 + 1);
        assert_eq!([0, 1].map(|row| heights.of(row) as i32), [GUESS as i32; 2]);
    }
}
