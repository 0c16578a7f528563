//! Sensitivities of small models: that they are those of their definition, and sums of their parts.

use super::{ColumnMoments, MatrixSensitivity, SensitivityOptions, measure, stored_bytes};
use crate::backend::gradient::{GradientModel, KeepLogits, ProductGradients, softmax};
use crate::backend::testing::{Random, TinyModel, plain_tiny_models, tiny_models};
use crate::backend::{Error, SlotId};
use crate::progress::Cancel;

const LENGTH: usize = 9;

fn rows(vocab: usize, n: usize) -> Vec<Vec<u32>> {
    let mut random = Random::new(5);
    (0..n).map(|_| (0..LENGTH).map(|_| random.below(vocab as u64) as u32).collect()).collect()
}

fn measured(model: &TinyModel, n: usize, options: SensitivityOptions) -> super::Sensitivities {
    measure(model, &model.spec, &rows(model.spec.vocab_size, n), options, &(), &Cancel::new()).unwrap()
}

#[test]
fn every_matrix_has_its_rows_and_columns() {
    for model in plain_tiny_models() {
        for full_moments in [false, true] {
            let found = measured(&model, 3, SensitivityOptions { full_moments, seed: 1 });
            assert_eq!(found.n_tokens, 3 * LENGTH);
            assert_eq!(found.streams.len(), model.spec.layers.len() + 1);
            let matrices: Vec<_> = model.tensors.iter().filter(|tensor| tensor.shape.len() == 2).collect();
            assert_eq!(found.matrices.len(), matrices.len());
            for tensor in matrices {
                let sensitivity = found.get(&tensor.name).unwrap();
                let is_lookup = tensor.name.starts_with("token_embd");
                assert_eq!(sensitivity.lookup.is_some(), is_lookup);
                assert_eq!(sensitivity.n_cols(), tensor.n_cols(), "{}", tensor.name);
                assert!(
                    sensitivity.rows.len() == tensor.n_rows() || is_lookup && sensitivity.rows.is_empty()
                );
                assert!(
                    sensitivity
                        .rows
                        .iter()
                        .chain(&sensitivity.diagonal())
                        .all(|x| x.is_finite() && *x >= 0.0)
                );
            }
        }
    }
}

#[test]
fn full_moments_have_the_diagonal_and_predict_the_same_for_an_error_of_one_column() {
    let model = &tiny_models()[1];
    let [diagonal, full] =
        [false, true].map(|full_moments| measured(model, 4, SensitivityOptions { full_moments, seed: 2 }));
    for (one, other) in diagonal.matrices.iter().zip(&full.matrices) {
        assert_eq!((&one.name, &one.rows), (&other.name, &other.rows));
        let n_cols = one.n_cols();
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-5 * a.abs().max(1e-12);
        for (a, b) in one.diagonal().iter().zip(other.diagonal()) {
            assert!(near(f64::from(*a), f64::from(b)), "{}: {a} {b}", one.name);
        }
        let (zeros, mut error) = (vec![0.0; n_cols], vec![0.0; n_cols]);
        error[n_cols / 2] = 0.01;
        let (a, b) = (one.predicted_kl(1, &zeros, &error), other.predicted_kl(1, &zeros, &error));
        assert!(near(a, b), "{}: {a} {b}", one.name);
    }
}

/// The prediction for the output matrix has no approximation but its second order and the independence of row and input; with one
/// token, and an error of one row, both are exact in the limit.
#[test]
fn the_output_matrix_s_prediction_is_the_divergence_of_a_small_error() {
    for model in plain_tiny_models() {
        let tokens = vec![rows(model.spec.vocab_size, 1)[0][..1].to_vec()];
        let options = SensitivityOptions { full_moments: true, seed: 3 };
        let found = measure(&model, &model.spec, &tokens, options, &(), &Cancel::new()).unwrap();
        let gradient = GradientModel::new(&model.spec, &model, 1).unwrap();
        let mut stream = gradient.embedding(&tokens[0]).unwrap().forward(&tokens[0]);
        for index in 0..model.spec.layers.len() {
            stream = gradient.layer(index).unwrap().forward(&stream, &[1]).output;
        }
        let mut head = gradient.head().unwrap();
        let name = gradient.bound().slots()[head.matrix.slot.0].name.clone();
        let sensitivity = MatrixSensitivity { lookup: None, ..found.get(&name).unwrap().clone() };
        let mut p = head.forward(&stream, &KeepLogits).concat();
        softmax(&mut p);
        let d_model = model.spec.d_model;
        // The row that costs most, so that the divergence is far above the rounding of f32.
        let costliest =
            (0..p.len()).max_by(|a, b| sensitivity.rows[*a].total_cmp(&sensitivity.rows[*b])).unwrap();
        let row = costliest * d_model..(costliest + 1) * d_model;
        let before = head.matrix.weight[row.clone()].to_vec();
        let after: Vec<f32> =
            before.iter().zip(Random::new(9).numbers(d_model)).map(|(w, e)| w + 0.02 * e).collect();
        head.matrix.weight[row].copy_from_slice(&after);
        let mut q = head.forward(&stream, &KeepLogits).concat();
        softmax(&mut q);
        let kl: f64 =
            p.iter().zip(&q).map(|(&p, &q)| f64::from(p) * (f64::from(p) / f64::from(q)).ln()).sum();
        let predicted = sensitivity.predicted_kl(costliest, &before, &after);
        assert!((predicted / kl - 1.0).abs() < 0.1, "{}: {predicted} not {kl}", model.spec.architecture);
    }
}

/// Sums over tokens of squares, as the definition has them.
#[derive(Default)]
struct Squares(Vec<(SlotId, Vec<f64>)>);

impl ProductGradients for Squares {
    fn product(&mut self, slot: SlotId, input: &[f32], _: &[f32]) {
        let n_in = input.len() / LENGTH;
        let square = |col: usize| input.iter().skip(col).step_by(n_in).map(|x| f64::from(x * x)).sum();
        self.0.push((slot, (0..n_in).map(square).collect()));
    }
}

#[test]
fn moments_are_means_over_tokens() {
    let model = &tiny_models()[3];
    let found = measured(model, 1, SensitivityOptions::default());
    let tokens = rows(model.spec.vocab_size, 1).concat();
    let gradient = GradientModel::new(&model.spec, model, LENGTH).unwrap();
    let x = gradient.embedding(&tokens).unwrap().forward(&tokens);
    let layer = gradient.layer(0).unwrap();
    let mut squares = Squares::default();
    layer.backward(&x, &[LENGTH], &layer.forward(&x, &[LENGTH]), &x, &mut squares);
    for (slot, sums) in squares.0 {
        let ColumnMoments::Diagonal(diagonal) =
            &found.get(&gradient.bound().slots()[slot.0].name).unwrap().inputs
        else {
            panic!("a diagonal was asked for")
        };
        for (sum, mean) in sums.iter().zip(diagonal) {
            assert!(
                (sum / LENGTH as f64 - f64::from(*mean)).abs() <= 1e-5 * f64::from(*mean),
                "{sum} {mean}"
            );
        }
    }
}

#[test]
fn the_seed_decides_and_threads_do_not() {
    let model = &tiny_models()[2];
    let options = SensitivityOptions { full_moments: true, seed: 4 };
    let on = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| measured(model, 5, options))
    };
    assert_eq!(on(1), on(3));
    let other = measured(model, 5, SensitivityOptions { seed: 5, ..options });
    assert_ne!(on(1).matrices[1].rows, other.matrices[1].rows);
    assert_eq!(stored_bytes(&model.spec, 10), 4 * 4 * 10 * 48);
}

#[test]
fn cancelling_and_strange_tokens_are_errors() {
    let model = &tiny_models()[0];
    let options = SensitivityOptions::default();
    let cancel = Cancel::new();
    cancel.cancel();
    let rows = rows(model.spec.vocab_size, 2);
    assert!(matches!(measure(model, &model.spec, &rows, options, &(), &cancel), Err(Error::Cancelled(_))));
    let strange = measure(model, &model.spec, &[vec![1, 1000]], options, &(), &Cancel::new());
    assert!(matches!(strange, Err(Error::UnknownToken { token: 1000, .. })));
}
