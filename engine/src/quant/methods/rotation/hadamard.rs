//! Rotations that are products of signs and Hadamard matrices, applied without forming a matrix.

use std::ops::Range;

use nibble_kernels::testing::Random;

/// The orthogonal matrix R = diag(signs)·(I ⊗ H/√b), where H is the Hadamard matrix of order b, the largest power of two that
/// divides the width.
#[derive(Clone, Debug)]
pub(super) struct Hadamard {
    /// A sign of each dimension, 1 or -1.
    signs: Vec<f32>,
    block: usize,
}

impl Hadamard {
    /// The rotation of vectors of `width` dimensions with the signs of `seed`.
    pub(super) fn new(width: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let signs = (0..width).map(|_| if random.number() < 0.0 { -1.0 } else { 1.0 }).collect();
        Self { signs, block: 1 << width.trailing_zeros() }
    }

    /// The rows that are needed to rotate `rows`: whole blocks, counted from row `first`, and what lies before it.
    pub(super) fn whole_blocks(&self, first: usize, rows: &Range<usize>) -> Range<usize> {
        if rows.end <= first {
            return rows.clone();
        }
        let start = match rows.start.checked_sub(first) {
            Some(offset) => first + offset / self.block * self.block,
            None => rows.start,
        };
        start..first + (rows.end - first).next_multiple_of(self.block)
    }

    /// Replaces each vector x by x·R; `values` holds one vector of the width after the other.
    pub(super) fn rotate(&self, values: &mut [f32]) {
        for vector in values.chunks_exact_mut(self.signs.len()) {
            for (value, sign) in vector.iter_mut().zip(&self.signs) {
                *value *= sign;
            }
            for block in vector.chunks_exact_mut(self.block) {
                transform(block, 1);
            }
        }
    }

    /// Replaces each column c of the rows, `[rows, n_cols]`, by Rᵀ·c; the first row is dimension `position`, the start of a
    /// block, and dimensions repeat after the width, as those of several heads do.
    pub(super) fn rotate_rows(&self, position: usize, rows: &mut [f32], n_cols: usize) {
        let signs = self.signs.iter().cycle().skip(position % self.signs.len());
        for (row, sign) in rows.chunks_exact_mut(n_cols).zip(signs) {
            for value in row {
                *value *= sign;
            }
        }
        for block in rows.chunks_exact_mut(self.block * n_cols) {
            transform(block, n_cols);
        }
    }
}

/// Multiplies rows of `n_cols` values, a power of two of them, with the normalized Hadamard matrix.
fn transform(rows: &mut [f32], n_cols: usize) {
    let n_rows = rows.len() / n_cols;
    let mut half = 1;
    while half < n_rows {
        for pair in rows.chunks_exact_mut(2 * half * n_cols) {
            let (upper, lower) = pair.split_at_mut(half * n_cols);
            for (a, b) in upper.iter_mut().zip(lower) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
    let norm = 1.0 / (n_rows as f32).sqrt();
    for value in rows {
        *value *= norm;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotations_are_orthogonal_and_rows_turn_as_columns_do() {
        for width in [1, 7, 48, 64] {
            let hadamard = Hadamard::new(width, 3);
            let mut matrix = vec![0.0; width * width];
            for at in 0..width {
                matrix[at * width + at] = 1.0;
            }
            // The rows of the identity become R, its columns Rᵀ.
            let mut transposed = matrix.clone();
            hadamard.rotate(&mut matrix);
            hadamard.rotate_rows(0, &mut transposed, width);
            for row in 0..width {
                for col in 0..width {
                    let product: f32 =
                        (0..width).map(|k| matrix[row * width + k] * matrix[col * width + k]).sum();
                    let expected = if row == col { 1.0 } else { 0.0 };
                    assert!((product - expected).abs() < 1e-6, "{width}: {row} {col}");
                    assert_eq!(matrix[row * width + col].to_bits(), transposed[col * width + row].to_bits());
                }
            }
        }
    }

    #[test]
    fn blocks_are_counted_from_the_first_rotated_row() {
        let hadamard = Hadamard::new(48, 1);
        for (rows, expected) in
            [(0..9, 0..9), (3..11, 3..26), (10..11, 10..26), (27..43, 26..58), (26..42, 26..42)]
        {
            assert_eq!(hadamard.whole_blocks(10, &rows), expected);
        }
    }
}
