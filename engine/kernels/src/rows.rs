//! Work on independent rows, distributed over the pool.

use crate::pool::Pool;
use crate::shared::SharedMut;

/// Work on one row: its number, and its elements of both slices.
pub type RowWork<'a, A, B> = dyn Fn(usize, &mut [A], &mut [B]) + Sync + 'a;

/// Calls `work(row number, row of a, row of b)` for all rows, each of `a_len` and `b_len` elements.
///
/// A single row is computed by the caller: waking the other threads would take longer.
///
/// # Panics
/// When the slices are not the same number of whole rows.
pub fn for_each_row<A: Send, B: Send>(
    pool: &Pool,
    (a, a_len): (&mut [A], usize),
    (b, b_len): (&mut [B], usize),
    work: &RowWork<'_, A, B>,
) {
    let n_rows = a.len() / a_len;
    assert!(a.len() == n_rows * a_len && b.len() == n_rows * b_len, "both slices are {n_rows} whole rows");
    if n_rows == 1 {
        work(0, a, b);
        return;
    }
    let (a, b) = (SharedMut::new(a), SharedMut::new(b));
    pool.run(n_rows, &|row, _worker| {
        // SAFETY: each chunk has its own row of each slice.
        let (a, b) =
            unsafe { (a.part(row * a_len..(row + 1) * a_len), b.part(row * b_len..(row + 1) * b_len)) };
        work(row, a, b);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_meets_its_partner_once() {
        for n_rows in [1, 2, 9] {
            let mut a: Vec<usize> = vec![0; n_rows * 3];
            let mut b: Vec<usize> = (0..n_rows * 2).collect();
            for_each_row(&Pool::new(2), (&mut a, 3), (&mut b, 2), &|row, a, b| {
                a.fill(b[1]);
                b[0] = row;
            });
            for row in 0..n_rows {
                assert_eq!(a[row * 3..(row + 1) * 3], [2 * row + 1; 3]);
                assert_eq!(b[row * 2], row);
            }
        }
    }
}
