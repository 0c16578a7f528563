//! Every format at every level: the bits of the definition, for odd row counts, 1 to 40 tokens, any number of threads and
//! extreme codes; and the definition against plain arithmetic.

use std::convert::Infallible;

use super::*;
use crate::DType;
use crate::activations::{GROUP, InputFormats, InputPrecision, SpanOutliers};
use crate::block::Unpacked;
use crate::decode::decode_row;
use crate::layout::ROWS;
use crate::matrix::MatrixShape;
use crate::testing::{Random, random_rows};

/// Numbers of which every 97th is an outlier, which codes leave out.
pub(super) fn with_outliers(seed: u64, n: usize) -> Vec<f32> {
    let mut numbers = Random::new(seed).numbers(n);
    numbers.iter_mut().skip(seed as usize % 97).step_by(97).for_each(|x| *x *= 50.0);
    numbers
}

const BOTH: InputFormats = InputFormats { integer: true, float: true, ..InputFormats::NONE };

pub(super) fn packed(dtype: DType, n_rows: usize, n_cols: usize, raw: &[u8]) -> Matrix {
    let row_bytes = dtype.row_bytes(n_cols).unwrap();
    let shape = MatrixShape { dtype, n_rows, n_cols };
    Matrix::pack::<Infallible>(&Pool::new(1), shape, &|rows, sink| {
        sink(&raw[rows.start * row_bytes..rows.end * row_bytes]);
        Ok(())
    })
    .unwrap()
}

pub(super) fn prepared(level: Level, x: &[f32], n_tokens: usize) -> Activations {
    let mut prepared = Activations::new(BOTH, n_tokens, x.len() / n_tokens).unwrap();
    prepared.quantize(level, &Pool::new(1), x, n_tokens, BOTH);
    prepared
}

pub(super) fn product(level: Level, n_threads: usize, matrix: &Matrix, x: &Activations) -> Vec<f32> {
    let mut out = vec![f32::NAN; matrix.n_rows() * x.n_tokens()];
    matmul(level, &Pool::new(n_threads), &mut [Product { matrix, out: &mut out }], x);
    out
}

pub(super) fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// Columns that make one, two and five blocks, so that units of 64 are left half full too.
pub(super) fn columns(dtype: DType) -> Vec<usize> {
    if dtype.is_float() { vec![1, 31, 70] } else { [1, 2, 5].map(|n| n * dtype.block_len()).to_vec() }
}

/// Magnitudes of the minima of a row of quantized weights, one for each column; no minima are zeros.
fn minima(matrix: &Matrix, row: usize) -> Vec<f64> {
    let format = matrix.format();
    let Some(blocks) = &format.blocks else { return vec![0.0; matrix.n_cols()] };
    let (mut minima, mut unpacked) = (Vec::new(), Unpacked::default());
    for unit in matrix.panel(row / ROWS).chunks(format.unit_bytes) {
        (blocks.take)(unit, row % ROWS, &mut unpacked);
        for column in 0..unpacked.len {
            let minimum = if blocks.has_mins { unpacked.mins[column / unpacked.group] } else { 0.0 };
            minima.push(f64::from(minimum.abs()));
        }
    }
    minima
}

/// How far the definition may be from the exact product of `weights` and `x`. Two errors add up:
///
/// - A quantized input is off by at most `share` of the largest magnitude of its group of 32: half a step of a 127th, or
///   of a 127th of that half step if it is quantized twice, and the roundings of the step and its reciprocal. Plain
///   floating-point weights take the inputs as they are.
/// - Every multiplication and addition rounds by at most 2^-24 of the magnitudes that came together until then. There are one
///   of each for a product of a group and one for its minimum, twice as many if it is quantized twice, at least 16 columns apart, and for
///   floating-point weights one for every second column; 4 more round weights and scales. The magnitudes are those of code
///   times scale, which is the weight plus the minimum, and of the minimum.
fn bound((share, n_codes): (f64, usize), weights: &[f32], minima: &[f64], x: &[f32]) -> f64 {
    let (mut inputs, mut magnitudes) = (0.0, 0.0);
    for (group, x) in x.chunks(GROUP).enumerate() {
        let largest = x.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        let off = share * f64::from(largest);
        for (column, x) in x.iter().enumerate() {
            let column = group * GROUP + column;
            let weight = f64::from(weights[column].abs());
            inputs += weight * off;
            magnitudes += (weight + 2.0 * minima[column]) * (f64::from(x.abs()) + off);
        }
    }
    let n_roundings = if share == 0.0 { x.len() / 2 + 4 } else { 2 * n_codes * x.len().div_ceil(16) + 4 };
    inputs + magnitudes * n_roundings as f64 * 2.0_f64.powi(-24)
}

/// The largest error of `out`, the product of the rows in `raw` with `x`, as a share of its bound.
fn largest_error(matrix: &Matrix, raw: &[u8], x: &[f32], out: &[f32], input: (f64, usize)) -> f64 {
    let (dtype, n_rows, n_cols) = (matrix.dtype(), matrix.n_rows(), matrix.n_cols());
    let (mut largest, mut weights) = (0.0, vec![0.0; n_cols]);
    for (r, raw) in raw.chunks(dtype.row_bytes(n_cols).unwrap()).enumerate() {
        decode_row(dtype, raw, &mut weights);
        let minima = minima(matrix, r);
        for (t, x) in x.chunks(n_cols).enumerate() {
            let terms = weights.iter().zip(x).map(|(&w, &x)| f64::from(w) * f64::from(x));
            let (exact, found) = (terms.sum::<f64>(), f64::from(out[t * n_rows + r]));
            let error = (found - exact).abs() / bound(input, &weights, &minima, x);
            assert!(error.is_finite(), "{dtype}: {found} for {exact}");
            largest = f64::max(largest, error);
        }
    }
    largest
}

#[test]
fn the_definition_is_a_matrix_product() {
    let n_tokens = 3;
    for dtype in DType::all() {
        let mut nearest: f64 = 0.0;
        for n_cols in columns(dtype) {
            let n_rows = 19;
            let raw = random_rows(dtype, n_rows, n_cols);
            let matrix = packed(dtype, n_rows, n_cols, &raw);
            let x = Random::new(7).numbers(n_tokens * n_cols);
            let out = definition::product(&matrix, &prepared(Level::SCALAR, &x, n_tokens));
            let share = if dtype.is_float() { 0.0 } else { 0.5001 / 127.0 };
            nearest = nearest.max(largest_error(&matrix, &raw, &x, &out, (share, 1)));
        }
        // A bound that nothing comes near would find no fault.
        assert!(nearest <= 1.0, "{dtype}: {nearest} of the bound");
        assert!(nearest > 0.05, "{dtype}: {nearest} of the bound at most");
    }
}

#[test]
fn every_level_gives_the_bits_of_the_definition() {
    for dtype in DType::all() {
        for n_cols in columns(dtype) {
            for n_rows in [1, 16, 35] {
                let matrix = packed(dtype, n_rows, n_cols, &random_rows(dtype, n_rows, n_cols));
                for n_tokens in [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 20, 40] {
                    let x = with_outliers(n_tokens as u64, n_tokens * n_cols);
                    let x = prepared(Level::SCALAR, &x, n_tokens);
                    let expected = definition::product(&matrix, &x);
                    for level in Level::available() {
                        let found = product(level, 1, &matrix, &x);
                        let what = format!("{dtype} {n_rows}×{n_cols}, {n_tokens} tokens, {}", level.name());
                        assert_eq!(bits(&expected), bits(&found), "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn extreme_codes_do_not_saturate() {
    for dtype in DType::all().filter(|dtype| !dtype.is_float()) {
        let (n_rows, n_cols) = (16, 2 * dtype.block_len());
        for fill in [0x00, 0xFF, 0x7F, 0x80, 0x0F, 0xF0] {
            let mut raw = random_rows(dtype, n_rows, n_cols);
            let template = raw.clone();
            raw.fill(fill);
            // Scales stay finite: the halves are taken from the random rows.
            for (block, from) in raw.chunks_mut(dtype.block_bytes()).zip(template.chunks(dtype.block_bytes()))
            {
                crate::testing::copy_scales(dtype, from, block);
            }
            let matrix = packed(dtype, n_rows, n_cols, &raw);
            for sign in [[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]] {
                let x: Vec<f32> = (0..n_cols).map(|k| sign[k % 2]).collect();
                let x = prepared(Level::SCALAR, &x, 1);
                let expected = definition::product(&matrix, &x);
                for level in Level::available() {
                    let found = product(level, 1, &matrix, &x);
                    assert_eq!(bits(&expected), bits(&found), "{dtype} {fill:#x} {sign:?} {}", level.name());
                }
            }
        }
    }
}

#[test]
fn inputs_that_are_quantized_twice_are_off_by_a_64516th() {
    let (n_rows, n_cols, n_tokens) = (19, 512, 30);
    for dtype in DType::all().filter(|dtype| !dtype.is_float()) {
        let raw = random_rows(dtype, n_rows, n_cols);
        let matrix = packed(dtype, n_rows, n_cols, &raw);
        let x = with_outliers(13, n_tokens * n_cols);
        let prepared = twice(Level::SCALAR, &x, n_tokens);
        let out = definition::product(&matrix, &prepared);
        let error = largest_error(&matrix, &raw, &x, &out, (1.02 / 64516.0, 2));
        assert!(error <= 1.0, "{dtype}: {error} of the bound");
        for level in Level::available() {
            let found = product(level, 2, &matrix, &twice(level, &x, n_tokens));
            assert_eq!(bits(&out), bits(&found), "{dtype}, {}", level.name());
        }
    }
}

fn twice(level: Level, x: &[f32], n_tokens: usize) -> Activations {
    let twice = InputFormats::INTEGER.with_precision(InputPrecision::Twice);
    let mut prepared = Activations::new(twice, 2 * n_tokens, x.len() / n_tokens).unwrap();
    prepared.quantize(level, &Pool::new(1), x, n_tokens, twice);
    prepared
}

#[test]
fn large_numbers_are_outliers_and_others_are_not() {
    let (n_cols, n_tokens) = (4096, 2);
    let mut x = Random::new(5).numbers(n_tokens * n_cols);
    x[40] = 60.0;
    x[n_cols + 4000] = -60.0;
    let x = prepared(Level::SCALAR, &x, n_tokens);
    let SpanOutliers { columns, starts, entries } = x.outliers(0);
    let found: Vec<_> =
        entries.iter().map(|outlier| (columns[outlier.column as usize], outlier.value)).collect();
    assert_eq!(starts, [0, 1, 2]);
    assert_eq!(found, [(40, 60.0), (4000, -60.0)]);
}

/// One scale for a token, or for all: the bits of the definition, which is a product with inputs off by half a step of the
/// largest number that the codes take.
#[test]
fn inputs_of_one_scale_are_multiplied_at_every_level() {
    let (n_rows, n_tokens) = (35, 13);
    for dtype in DType::all().filter(|dtype| !dtype.is_float()) {
        let n_cols = 2 * dtype.block_len();
        let raw = random_rows(dtype, n_rows, n_cols);
        let matrix = packed(dtype, n_rows, n_cols, &raw);
        let mut x = with_outliers(13, n_tokens * n_cols);
        x[3 * n_cols + 1] = 20.0;
        let most =
            |x: &[f32], above: f32| x.iter().map(|x| x.abs()).filter(|x| *x < above).fold(0.0_f32, f32::max);
        for precision in [InputPrecision::PerTensor, InputPrecision::PerToken, InputPrecision::OutlierColumns]
        {
            let formats = InputFormats::INTEGER.with_precision(precision);
            let mut scaled = Activations::new(formats, n_tokens, n_cols).unwrap();
            scaled.quantize(Level::SCALAR, &Pool::new(1), &x, n_tokens, formats);
            let out = definition::product(&matrix, &scaled);
            for level in Level::available() {
                let found = product(level, 2, &matrix, &scaled);
                assert_eq!(bits(&out), bits(&found), "{dtype}, {precision:?}, {}", level.name());
            }
            let mut weights = vec![0.0; n_cols];
            for (r, raw) in raw.chunks(dtype.row_bytes(n_cols).unwrap()).enumerate() {
                decode_row(dtype, raw, &mut weights);
                for (t, row) in x.chunks(n_cols).enumerate() {
                    let largest = match precision {
                        InputPrecision::PerTensor => most(&x, f32::INFINITY),
                        InputPrecision::PerToken => most(row, f32::INFINITY),
                        _ => most(row, 6.0),
                    };
                    let terms = weights.iter().zip(row).map(|(&w, &x)| f64::from(w) * f64::from(x));
                    let error = (f64::from(out[t * n_rows + r]) - terms.sum::<f64>()).abs();
                    let size: f64 = weights.iter().map(|w| f64::from(w.abs())).sum();
                    // Half a step for each number, and some roundings in f32.
                    let bound = size * f64::from(largest) * 0.502 / 127.0;
                    let roundings =
                        bound_of_roundings(&minima(&matrix, r), &weights, most(row, f32::INFINITY));
                    assert!(error <= bound + roundings, "{dtype}, {precision:?}: {error} of {bound}");
                }
            }
        }
    }
}

/// How much roundings of 16 columns at a time may add up to, for inputs up to `largest`.
fn bound_of_roundings(minima: &[f64], weights: &[f32], largest: f32) -> f64 {
    let size: f64 = weights.iter().zip(minima).map(|(w, m)| f64::from(w.abs()) + 2.0 * m).sum();
    let n_roundings = 2 * weights.len().div_ceil(16) + weights.len() / 32 + 4;
    size * f64::from(largest) * n_roundings as f64 * 2.0_f64.powi(-24)
}

#[test]
fn threads_and_company_do_not_change_results() {
    let (n_cols, n_tokens) = (512, 5);
    let matrices: Vec<Matrix> = [(DType::Q4_K, 300), (DType::Q6_K, 40), (DType::Q8_0, 17), (DType::F16, 33)]
        .map(|(dtype, n_rows)| packed(dtype, n_rows, n_cols, &random_rows(dtype, n_rows, n_cols)))
        .into();
    let x = Random::new(9).numbers(n_tokens * n_cols);
    for level in Level::available() {
        let x = prepared(level, &x, n_tokens);
        let expected: Vec<Vec<f32>> = matrices.iter().map(|matrix| product(level, 1, matrix, &x)).collect();
        for n_threads in [1, 2, 3] {
            let mut outs: Vec<Vec<f32>> = expected.iter().map(|out| vec![0.0; out.len()]).collect();
            let mut products: Vec<Product<'_>> =
                matrices.iter().zip(&mut outs).map(|(matrix, out)| Product { matrix, out }).collect();
            matmul(level, &Pool::new(n_threads), &mut products, &x);
            assert_eq!(expected, outs, "{} threads, {}", n_threads, level.name());
        }
    }
}

#[test]
fn a_token_is_the_same_alone_and_in_company() {
    let (n_rows, n_cols, n_tokens) = (48, 2048, 70);
    for dtype in [DType::Q4_0, DType::Q4_K, DType::Q6_K, DType::Q8_0, DType::BF16] {
        let matrix = packed(dtype, n_rows, n_cols, &random_rows(dtype, n_rows, n_cols));
        let x = with_outliers(11, n_tokens * n_cols);
        for level in Level::available() {
            let together = product(level, 2, &matrix, &prepared(level, &x, n_tokens));
            for (x, out) in x.chunks(n_cols).zip(together.chunks(n_rows)) {
                assert_eq!(bits(&product(level, 2, &matrix, &prepared(level, x, 1))), bits(out), "{dtype}");
            }
        }
    }
}
