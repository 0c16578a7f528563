//! Importance-weighted quantization: round to the nearest codes, with scales that minimize the error where activations are
//! large.
//!
//! The error of a weight is multiplied with the activation of its column, so the squared error of column j is weighted by the
//! mean square of the column's inputs. This is llama.cpp's use of an importance matrix (`ggml-quants.c`). Formats without a
//! choice of scale, such as Q8_0, are rounded to nearest.

use crate::quant::method::{Method, Needs};

/// Rounds weights with a scale search weighted by the mean squares of the inputs; without statistics as
/// [`RoundToNearest`](super::RoundToNearest).
pub struct Importance;

impl Method for Importance {
    fn name(&self) -> &'static str {
        "importance"
    }

    fn needs(&self) -> Needs {
        Needs::Diagonal
    }
}

#[cfg(test)]
mod tests {
    use nibble_kernels::decode::decode_row;
    use nibble_kernels::testing::Random;
    use nibble_kernels::{DType, Level};

    use super::*;
    use crate::base::TensorMeta;
    use crate::quant::ActivationStatistics;
    use crate::quant::TensorJob;

    const N_COLS: usize = 512;

    /// Numbers between 0 and 1 from a fixed seed.
    fn numbers(seed: u64) -> impl Iterator<Item = f32> {
        let mut random = Random::new(seed);
        std::iter::repeat_with(move || random.unit())
    }

    fn weights(n_rows: usize) -> Vec<f32> {
        numbers(3).take(n_rows * N_COLS).map(|number| number - 0.5).collect()
    }

    /// Mean squares that differ as those of real activations do: a few columns are large.
    fn mean_squares(seed: u64) -> Vec<f32> {
        numbers(seed).take(N_COLS).map(|number| number.powi(16) * 100.0 + 0.01).collect()
    }

    fn statistics(squares: Vec<f32>, rows_seen: Vec<f32>) -> ActivationStatistics {
        let mut statistics = ActivationStatistics::default();
        statistics.add("a.weight", rows_seen, squares).unwrap();
        statistics
    }

    fn encode(
        tensor: &TensorMeta,
        dtype: DType,
        first_row: usize,
        weights: &[f32],
        known: Option<&ActivationStatistics>,
    ) -> Vec<u8> {
        let mut out = vec![0; dtype.row_bytes(weights.len()).unwrap()];
        let job = TensorJob { tensor, dtype, first_row, level: Level::best() };
        Importance.encode(&job, weights, known.and_then(|known| known.get("a.weight")), &mut out);
        out
    }

    fn tensor(shape: &[usize]) -> TensorMeta {
        TensorMeta { name: "a.weight".to_owned(), shape: shape.to_vec(), dtype: DType::F32 }
    }

    fn formats() -> impl Iterator<Item = DType> {
        DType::all().filter(|dtype| !dtype.is_float())
    }

    #[test]
    fn errors_that_count_become_smaller_in_every_format_with_a_search() {
        use DType::{MXFP4, NVFP4, Q1_0, Q2_0, Q8_0, TQ1_0, TQ2_0};
        let (weights, importance, tensor) = (weights(8), mean_squares(5), tensor(&[8, N_COLS]));
        let known = statistics(importance.clone(), vec![1.0]);
        for dtype in formats() {
            let weighted_error = |bytes: &[u8]| -> f64 {
                let mut decoded = vec![0.0; weights.len()];
                decode_row(dtype, bytes, &mut decoded);
                let errors = weights.iter().zip(&decoded).zip(importance.iter().cycle());
                errors.map(|((w, d), counts)| f64::from(*counts) * f64::from(w - d).powi(2)).sum()
            };
            let rounded = encode(&tensor, dtype, 0, &weights, None);
            let weighted = encode(&tensor, dtype, 0, &weights, Some(&known));
            let ratio = weighted_error(&weighted) / weighted_error(&rounded);
            let has_search = !matches!(dtype, Q8_0 | MXFP4 | NVFP4 | TQ1_0 | TQ2_0 | Q1_0 | Q2_0);
            assert_eq!(weighted == rounded, !has_search, "{dtype}");
            let bound = if has_search { 0.9 } else { 1.0 };
            assert!(ratio <= bound, "{dtype}: {ratio}");
        }
    }

    #[test]
    fn stacked_matrices_have_inputs_of_their_own_however_rows_are_cut() {
        let (weights, tensor) = (weights(6), tensor(&[3, 2, N_COLS]));
        let squares: Vec<f32> = (1..4).flat_map(mean_squares).collect();
        let known = statistics(squares, vec![2.0, 0.0, 4.0]);
        for dtype in [DType::Q4_0, DType::Q4_K] {
            let whole = encode(&tensor, dtype, 0, &weights, Some(&known));
            for cut in 1..6 {
                let (before, after) = weights.split_at(cut * N_COLS);
                let parts = [(0, before), (cut, after)]
                    .map(|(row, part)| encode(&tensor, dtype, row, part, Some(&known)));
                assert!(parts.concat() == whole, "{dtype} cut at {cut}");
            }
            let alone = statistics(mean_squares(3), vec![4.0]);
            let last = encode(&self::tensor(&[2, N_COLS]), dtype, 0, &weights[4 * N_COLS..], Some(&alone));
            assert!(whole.ends_with(&last), "{dtype}");
        }
    }

    #[test]
    fn any_statistics_give_finite_weights() {
        let (weights, tensor) = (weights(2), tensor(&[2, N_COLS]));
        let mut one = vec![0.0; N_COLS];
        one[7] = f32::MAX;
        for squares in [vec![0.0; N_COLS], vec![f32::MAX; N_COLS], vec![f32::MIN_POSITIVE; N_COLS], one] {
            for rows_seen in [0.0, 1.0, f32::MIN_POSITIVE, f32::MAX] {
                let known = statistics(squares.clone(), vec![rows_seen]);
                for dtype in formats() {
                    let mut decoded = vec![0.0; weights.len()];
                    decode_row(dtype, &encode(&tensor, dtype, 0, &weights, Some(&known)), &mut decoded);
                    assert!(decoded.iter().all(|weight| weight.is_finite()), "{dtype} {rows_seen}");
                }
            }
        }
    }
}
