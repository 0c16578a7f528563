//! Orders of rows in which GGUF differs from checkpoints.

/// The order in which a tensor's rows, or a vector's elements, stand in GGUF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowOrder {
    /// The two halves of each head are interleaved, for rotations of neighbors.
    Interleaved {
        /// Rows of a head.
        head_rows: usize,
    },
    /// Value heads, which checkpoints group by the key head they use, go round the key heads.
    Tiled(ValueHeads),
    /// Of each matrix of a stack, one half of the rows.
    Half {
        /// Rows of a half.
        n_rows: usize,
        /// Which of the two.
        half: usize,
    },
}

/// Value heads among the rows of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ValueHeads {
    /// Rows before the first value head.
    pub(super) first: usize,
    /// Rows of a value head.
    pub(super) head_rows: usize,
    /// Number of key heads.
    pub(super) n_key_heads: usize,
    /// Value heads of a key head.
    pub(super) per_key_head: usize,
}

impl RowOrder {
    /// The checkpoint's row that is `row` in GGUF.
    pub(super) fn original(self, row: usize) -> usize {
        match self {
            Self::Interleaved { head_rows } => {
                let within = row % head_rows;
                row - within + (within % 2) * (head_rows / 2) + within / 2
            }
            Self::Tiled(heads) => {
                let Some(row) = row.checked_sub(heads.first) else { return row };
                let (head, within) = (row / heads.head_rows, row % heads.head_rows);
                let (key_head, round) = (head % heads.n_key_heads, head / heads.n_key_heads);
                heads.first + (key_head * heads.per_key_head + round) * heads.head_rows + within
            }
            Self::Half { n_rows, half } => {
                let (matrix, within) = (row / n_rows, row % n_rows);
                (2 * matrix + half) * n_rows + within
            }
        }
    }

    /// Whether `n_rows` rows can stand in this order.
    pub(super) fn fits(self, n_rows: usize) -> bool {
        match self {
            Self::Interleaved { head_rows } => n_rows.is_multiple_of(head_rows),
            Self::Tiled(heads) => {
                n_rows == heads.first + heads.head_rows * heads.n_key_heads * heads.per_key_head
            }
            Self::Half { n_rows: half, .. } => n_rows.is_multiple_of(half),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(order: RowOrder, n_rows: usize) -> Vec<usize> {
        assert!(order.fits(n_rows));
        (0..n_rows).map(|row| order.original(row)).collect()
    }

    #[test]
    fn rows_come_from_where_llama_cpp_takes_them() {
        assert_eq!(all(RowOrder::Interleaved { head_rows: 4 }, 8), [0, 2, 1, 3, 4, 6, 5, 7]);
        // Two key heads with three value heads of two rows each, behind one other row.
        let heads = ValueHeads { first: 1, head_rows: 2, n_key_heads: 2, per_key_head: 3 };
        assert_eq!(all(RowOrder::Tiled(heads), 13), [0, 1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12]);
        assert!(!RowOrder::Tiled(heads).fits(12));
        assert_eq!(all(RowOrder::Half { n_rows: 2, half: 1 }, 4), [2, 3, 6, 7]);
    }
}
