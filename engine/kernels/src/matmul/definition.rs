//! The scalar definition of the products, with which tests compare every kernel.

use crate::activations::{Activations, GROUP, SPAN_TOKENS, SpanOutliers, TILE_TOKENS};
use crate::block::{MAX_LEN, Unpacked};
use crate::formats::floats::UNIT_COLS;
use crate::layout::ROWS;
use crate::matrix::Matrix;

/// Computes the product of all tokens, `[n_tokens, n_rows]`.
pub(super) fn product(matrix: &Matrix, x: &Activations) -> Vec<f32> {
    let tokens = 0..x.n_tokens();
    let rows = |token| (0..matrix.n_rows()).map(move |row| (token, row));
    let places = tokens.flat_map(rows);
    match &matrix.format().blocks {
        Some(_) => places.map(|(token, row)| codes(matrix, x, token, row)).collect(),
        None => places.map(|(token, row)| floats(matrix, x, token, row)).collect(),
    }
}

/// The prepared input of one token, as kernels read it.
struct Input<'a> {
    x: &'a Activations,
    start: usize,
    width: usize,
    inside: usize,
}

impl<'a> Input<'a> {
    fn of(x: &'a Activations, token: usize) -> Self {
        let (start, width) = x.tile(token / TILE_TOKENS);
        Self { x, start, width, inside: token % TILE_TOKENS }
    }

    /// Index of group `g` in arrays with one element per group.
    fn place(&self, g: usize) -> usize {
        self.start + g * self.width + self.inside
    }

    /// Codes, scale and sum (scale times codes) of the `len` columns from `column` on.
    fn codes(&self, column: usize, len: usize) -> (&'a [i8], f32, f32) {
        let place = self.place(column / GROUP);
        let codes = &self.x.codes[place * GROUP + column % GROUP..][..len];
        let half = 2 * self.start + column / 16 * self.width + self.inside;
        let sum = if len == GROUP { self.x.sums32[place] } else { self.x.sums16[half] };
        (codes, self.x.scales[place], sum)
    }
}

/// Quantized weights: the codes, and then the outliers, in the order of the columns. An input that is quantized twice has two
/// sums, which are added.
fn codes(matrix: &Matrix, x: &Activations, token: usize, row: usize) -> f32 {
    if x.is_twice() {
        let [first, second] = [0, 1].map(|which| sum_of_codes(matrix, &Input::of(x, 2 * token + which), row));
        return first + second;
    }
    let mut acc = sum_of_codes(matrix, &Input::of(x, token), row);
    let (format, mut weights) = (matrix.format(), [0.0; MAX_LEN]);
    let (SpanOutliers { columns, starts, entries }, token) =
        (x.outliers(token / SPAN_TOKENS), token % SPAN_TOKENS);
    for outlier in entries.get(starts[token] as usize..starts[token + 1] as usize).unwrap_or_default() {
        let column = columns[outlier.column as usize] as usize;
        let unit = matrix.panel(row / ROWS).chunks(format.unit_bytes).nth(column / format.unit_cols);
        (format.take)(unit.unwrap(), row % ROWS, &mut weights[..format.unit_cols]);
        acc = weights[column % format.unit_cols].mul_add(outlier.value, acc);
    }
    acc
}

/// Exact integer sums of each group, then `f32` in the order of the columns.
fn sum_of_codes(matrix: &Matrix, input: &Input<'_>, row: usize) -> f32 {
    let format = matrix.format();
    let Some(blocks) = &format.blocks else { unreachable!("quantized weights") };
    let (mut acc, mut unpacked) = (0.0_f32, Unpacked::default());
    for (u, unit) in matrix.panel(row / ROWS).chunks(format.unit_bytes).enumerate() {
        (blocks.take)(unit, row % ROWS, &mut unpacked);
        for (part, weights) in unpacked.codes[..unpacked.len].chunks(unpacked.group).enumerate() {
            let (codes, scale, input_sum) =
                input.codes(u * unpacked.len + part * unpacked.group, unpacked.group);
            let sum: i32 = weights.iter().zip(codes).map(|(&w, &x)| i32::from(w) * i32::from(x)).sum();
            acc = (sum as f32).mul_add(unpacked.scales[part] * scale, acc);
            if blocks.has_mins {
                acc = (-unpacked.mins[part]).mul_add(input_sum, acc);
            }
        }
    }
    acc
}

/// Floating-point weights: even and odd columns summed separately, then added.
fn floats(matrix: &Matrix, x: &Activations, token: usize, row: usize) -> f32 {
    let (format, input) = (matrix.format(), Input::of(x, token));
    let (mut acc, mut weights) = ([0.0_f32; 2], [0.0; UNIT_COLS]);
    for (u, unit) in matrix.panel(row / ROWS).chunks(format.unit_bytes).enumerate() {
        (format.take)(unit, row % ROWS, &mut weights);
        let values = &x.values[input.place(u) * GROUP..][..GROUP];
        for (k, (w, x)) in weights.iter().zip(values).enumerate() {
            acc[k % 2] = w.mul_add(*x, acc[k % 2]);
        }
    }
    acc[0] + acc[1]
}
