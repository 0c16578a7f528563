//! Spans of weights that share a scale: a whole matrix, a row, or a block of a row.

use std::fmt;

use half::f16;

use super::number_format::WeightRows;

/// The weights that share a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleSpan {
    /// All weights of a matrix.
    Tensor,
    /// A row, which is an output channel.
    Row,
    /// So many consecutive weights of a row; the last block of a row may have fewer.
    Block(u32),
}

impl ScaleSpan {
    /// The span of a word of a format's name: `tensor`, `row`, or `g` with the length of a block.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "tensor" => Some(Self::Tensor),
            "row" => Some(Self::Row),
            _ => {
                let digits = word.strip_prefix('g').filter(|digits| !digits.starts_with(['0', '+']))?;
                digits.parse().ok().map(Self::Block)
            }
        }
    }

    /// Columns that share a scale in rows of `n_cols`.
    pub(super) fn n_cols(self, n_cols: usize) -> usize {
        match self {
            Self::Tensor | Self::Row => n_cols,
            Self::Block(len) => (len as usize).min(n_cols),
        }
    }

    /// Bits of the scales for each weight of a matrix `[n_rows, n_cols]`: half precision for blocks, single precision for rows
    /// and matrices. `more` bits are counted with each scale.
    pub(super) fn scale_bits(self, n_rows: usize, n_cols: usize, more: usize) -> f64 {
        let n_weights = (n_rows * n_cols).max(1) as f64;
        match self {
            Self::Tensor => (32 + more) as f64 / n_weights,
            Self::Row => (32 + more) as f64 / n_cols.max(1) as f64,
            Self::Block(len) => ((16 + more) * n_cols.div_ceil(len as usize)) as f64 / n_cols.max(1) as f64,
        }
    }

    /// A scale as it is stored: blocks in half precision, clamped to its finite numbers; others unchanged.
    pub(super) fn stored(self, scale: f32) -> f32 {
        match self {
            Self::Tensor | Self::Row => scale,
            Self::Block(_) => half_precision(scale),
        }
    }

    /// The spans of `rows` in order, each with the index of its first weight. Rows of one scale for the whole matrix are spans
    /// of their own.
    pub(super) fn split<'a>(
        self,
        rows: &WeightRows<'a>,
    ) -> impl Iterator<Item = (usize, &'a [f32])> + use<'a> {
        let (len, n_cols) = (self.n_cols(rows.n_cols), rows.n_cols);
        let of_row = move |(row, weights): (usize, &'a [f32])| {
            weights.chunks(len).enumerate().map(move |(index, span)| (row * n_cols + index * len, span))
        };
        rows.weights.chunks(n_cols).enumerate().flat_map(of_row)
    }
}

impl fmt::Display for ScaleSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tensor => f.write_str("tensor"),
            Self::Row => f.write_str("row"),
            Self::Block(len) => write!(f, "g{len}"),
        }
    }
}

/// A number rounded to half precision, and clamped to its finite numbers.
pub(super) fn half_precision(value: f32) -> f32 {
    f16::from_f32(value.clamp(-65504.0, 65504.0)).to_f32()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_spelled_as_they_are_read() {
        for span in [ScaleSpan::Tensor, ScaleSpan::Row, ScaleSpan::Block(1), ScaleSpan::Block(128)] {
            assert_eq!(ScaleSpan::parse(&span.to_string()), Some(span));
        }
        for word in ["g", "g0", "g01", "g-1", "g+1", "g99999999999999999999", "rows", ""] {
            assert_eq!(ScaleSpan::parse(word), None, "{word}");
        }
    }

    #[test]
    fn the_last_block_of_a_row_may_be_shorter() {
        let weights = [0.0; 20];
        let rows = WeightRows::of_matrix(&weights, 10);
        let split =
            |span: ScaleSpan| span.split(&rows).map(|(at, part)| (at, part.len())).collect::<Vec<_>>();
        assert_eq!(split(ScaleSpan::Block(4)), [(0, 4), (4, 4), (8, 2), (10, 4), (14, 4), (18, 2)]);
        assert_eq!(split(ScaleSpan::Row), [(0, 10), (10, 10)]);
        assert!((ScaleSpan::Block(4).scale_bits(2, 10, 0) - 4.8).abs() < 1e-12);
        assert!((ScaleSpan::Tensor.scale_bits(2, 10, 8) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn half_precision_stays_finite() {
        let rounded = [1e9, -1e9, 1.0, 1e-30].map(|number| half_precision(number).to_bits());
        assert_eq!(rounded, [65504.0, -65504.0, 1.0, 0.0].map(f32::to_bits));
    }
}
