//! Tuned codes are those of the layer that is returned, and their error is not larger than that of rounding.

use nibble_kernels::decode::decode_row;
use nibble_kernels::{DType, Level, quantize};

use super::{
    ScaleStorage, TokenWeight, TuneData, TuneFormat, TuneMatrix, TuneOptions, Tuned, TunedCodes, tune,
};
use crate::backend::gradient::{GradientLayer, GradientModel};
use crate::backend::testing::{Random, TinyModel};
use crate::backend::{DecoderSpec, RopeScaling};
use crate::progress::Cancel;
use crate::quant::grid::{Grid, Levels, write_levels};

const LENGTHS: [usize; 5] = [14, 9, 20, 1, 16];

/// A layer whose rows are whole blocks of every format.
fn layer() -> GradientLayer {
    let spec =
        DecoderSpec { d_model: 256, ..DecoderSpec::tiny() }.with_depth(1).with_layers(|attention, mlp| {
            (attention.n_heads, attention.n_kv_heads, attention.head_dim) = (8, 4, 32);
            let rope = attention.rope.as_mut().unwrap();
            (rope.n_rotary, rope.scaling) = (32, RopeScaling::None);
            mlp.d_ff = 512;
        });
    let model = TinyModel::new(spec.clone(), false);
    GradientModel::new(&spec, &model, 32).unwrap().layer(0).unwrap()
}

fn encoded(weights: &[f32], dtype: DType) -> TuneFormat {
    let mut bytes = vec![0; dtype.row_bytes(weights.len()).unwrap()];
    quantize(Level::best(), dtype, weights, None, &mut bytes);
    TuneFormat::Blocks { dtype, bytes }
}

/// A grid of 8 levels for 64 weights, from the extremes of each group.
fn grid(weights: &[f32], n_cols: usize) -> TuneFormat {
    let range = |weights: &[f32]| weights.iter().fold((0.0_f32, 0.0_f32), |(a, b), &w| (a.min(w), b.max(w)));
    let (scales, mins) = weights.chunks(64).map(range).map(|(low, high)| ((high - low) / 7.0, -low)).unzip();
    let levels = Levels::new((0..8_u8).map(f32::from).collect());
    let grid = Grid::new(n_cols, 64, scales, mins, levels);
    TuneFormat::Groups { indices: grid.nearest_levels(weights), grid, scales: ScaleStorage::Single }
}

fn options(iterations: usize) -> TuneOptions {
    TuneOptions { iterations, batch_tokens: 40, seed: 7, ..TuneOptions::default() }
}

fn run(layer: &GradientLayer, matrices: &[TuneMatrix], options: &TuneOptions) -> Tuned {
    let n_tokens: usize = LENGTHS.iter().sum();
    let inputs = Random::new(3).numbers(n_tokens * layer.d_model());
    let targets = layer.forward(&inputs, &LENGTHS).output;
    let data = TuneData { inputs: &inputs, targets: &targets, lengths: &LENGTHS, columns: None };
    tune(layer, matrices, &data, options, &(), &Cancel::new()).unwrap()
}

fn all_matrices(layer: &GradientLayer, format: impl Fn(&[f32], usize) -> TuneFormat) -> Vec<TuneMatrix> {
    let matrix = |matrix: &crate::backend::gradient::Linear| TuneMatrix {
        slot: matrix.slot,
        format: format(&matrix.weight, matrix.n_in),
    };
    layer.matrices().into_iter().map(matrix).collect()
}

fn check_codes(tuned: &Tuned, what: &str) {
    for ((slot, codes), matrix) in tuned.codes.iter().zip(tuned.layer.matrices()) {
        assert_eq!(*slot, matrix.slot);
        let values = match codes {
            TunedCodes::Blocks { dtype, bytes } => {
                let mut values = vec![0.0; matrix.weight.len()];
                decode_row(*dtype, bytes, &mut values);
                values
            }
            TunedCodes::Groups { grid, indices } => {
                let value = |(at, &index): (usize, &u8)| {
                    grid.value(at / grid.n_cols(), at % grid.n_cols(), usize::from(index))
                };
                indices.iter().enumerate().map(value).collect()
            }
        };
        for (at, (value, weight)) in values.iter().zip(&matrix.weight).enumerate() {
            assert_eq!((value + 0.0).to_bits(), (weight + 0.0).to_bits(), "{what} weight {at}");
        }
    }
}

#[test]
fn codes_of_every_block_format_decode_to_the_tuned_layer_whose_error_is_smaller() {
    let layer = layer();
    for dtype in DType::all().filter(|dtype| !dtype.is_float() && !dtype.is_lattice()) {
        let matrices = all_matrices(&layer, |weights, _| encoded(weights, dtype));
        let tuned = run(&layer, &matrices, &options(40));
        check_codes(&tuned, dtype.name());
        // Few steps of a few tokens; nothing may be worse, and coarse formats gain.
        let is_coarse = dtype.bits_per_weight() < 5.0;
        let most = if is_coarse { 0.8 } else { 1.0 };
        let ratio = tuned.error_after / tuned.error_before;
        assert!(tuned.error_before > 0.0 && ratio <= most, "{dtype}: {ratio}");
    }
}

#[test]
fn groups_of_integers_are_tuned_with_their_scales() {
    let layer = layer();
    let matrices = all_matrices(&layer, grid);
    let tuned = run(&layer, &matrices, &options(12));
    check_codes(&tuned, "groups");
    assert!(tuned.error_after < 0.7 * tuned.error_before, "{} {}", tuned.error_after, tuned.error_before);
    let is_changed = tuned.codes.iter().zip(&matrices).any(|((_, codes), matrix)| {
        let (TunedCodes::Groups { grid, .. }, TuneFormat::Groups { grid: before, .. }) =
            (codes, &matrix.format)
        else {
            return false;
        };
        grid.scale_min(0, 0) != before.scale_min(0, 0)
    });
    assert!(is_changed, "scales are tuned too");
    let fixed = TuneOptions { factor_travel: 0.0, tokens: TokenWeight::Equal, ..options(4) };
    for (_, codes) in &run(&layer, &matrices, &fixed).codes {
        let TunedCodes::Groups { grid, .. } = codes else { panic!("groups were tuned") };
        let known = matrices.iter().any(
            |matrix| matches!(&matrix.format, TuneFormat::Groups { grid: before, .. } if before == grid),
        );
        assert!(known, "scales stay without travel");
    }
}

#[test]
fn without_steps_all_weights_are_rounded_to_nearest() {
    let layer = layer();
    let matrices = all_matrices(&layer, grid);
    let tuned = run(&layer, &matrices, &options(0));
    assert_eq!(tuned.error_after.to_bits(), tuned.error_before.to_bits());
    for (matrix, wanted) in tuned.layer.matrices().iter().zip(&matrices) {
        let TuneFormat::Groups { grid, .. } = &wanted.format else { panic!("groups were asked for") };
        let original = layer.matrices().into_iter().find(|one| one.slot == matrix.slot).unwrap();
        for (at, (value, weight)) in matrix.weight.iter().zip(&original.weight).enumerate() {
            let nearest = grid.round(at / grid.n_cols(), at % grid.n_cols(), *weight).1;
            assert!((nearest - weight).abs() >= (value - weight).abs() - 1e-6);
        }
    }
}

#[test]
fn tuning_starts_from_the_codes_of_the_given_blocks() {
    let layer = layer();
    for dtype in [DType::Q4_0, DType::Q2_K, DType::IQ4_NL] {
        let mut matrices = all_matrices(&layer, |weights, _| encoded(weights, dtype));
        for wanted in &mut matrices {
            // Every third level is moved up or down by one, as error feedback does.
            let TuneFormat::Blocks { dtype, bytes } = &mut wanted.format else {
                panic!("blocks were asked for")
            };
            let mut indices = levels_of(*dtype, bytes);
            let top = dtype.code_values().len() as u8 - 1;
            for (at, index) in indices.iter_mut().enumerate().step_by(3) {
                *index = if at % 2 == 0 { (*index + 1).min(top) } else { index.saturating_sub(1) };
            }
            write_levels(*dtype, &indices, bytes);
        }
        let start = run(&layer, &matrices, &options(0));
        for ((_, codes), wanted) in start.codes.iter().zip(&matrices) {
            let (TunedCodes::Blocks { bytes, .. }, TuneFormat::Blocks { dtype, bytes: given }) =
                (codes, &wanted.format)
            else {
                panic!("blocks were asked for")
            };
            let (found, given) = (levels_of(*dtype, bytes), levels_of(*dtype, given));
            let changed: Vec<_> =
                found.iter().zip(&given).enumerate().filter(|(_, (a, b))| a != b).take(4).collect();
            assert!(changed.is_empty(), "{dtype}: {changed:?}");
        }
        let tuned = run(&layer, &matrices, &options(8));
        assert!(tuned.error_after < 0.7 * tuned.error_before, "{dtype}");
    }
}

/// Index of each weight's level.
fn levels_of(dtype: DType, bytes: &[u8]) -> Vec<u8> {
    let n = bytes.len() / dtype.block_bytes() * dtype.block_len();
    let (grid, mut values) = (Grid::of_blocks(dtype, n, bytes), vec![0.0; n]);
    decode_row(dtype, bytes, &mut values);
    values.iter().enumerate().map(|(col, value)| grid.round(0, col, *value).0 as u8).collect()
}

#[test]
fn matrices_that_are_not_listed_keep_their_weights_and_threads_change_nothing() {
    let layer = layer();
    let matrices = all_matrices(&layer, |weights, _| encoded(weights, DType::Q4_0)).split_off(3);
    let on = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| run(&layer, &matrices, &options(3)))
    };
    let (one, three) = (on(1), on(3));
    assert_eq!(one.codes, three.codes);
    assert_eq!(one.error_after.to_bits(), three.error_after.to_bits());
    for (before, after) in layer.matrices().iter().zip(one.layer.matrices()).take(3) {
        assert_eq!(before.weight, after.weight);
    }
}

#[test]
fn a_column_without_weight_in_the_error_is_not_tuned_for() {
    let layer = layer();
    let inputs = Random::new(3).numbers(LENGTHS.iter().sum::<usize>() * layer.d_model());
    let targets = layer.forward(&inputs, &LENGTHS).output;
    let columns = vec![0.0; layer.d_model()];
    let data = TuneData { inputs: &inputs, targets: &targets, lengths: &LENGTHS, columns: Some(&columns) };
    let matrices = all_matrices(&layer, grid);
    let tuned = tune(&layer, &matrices, &data, &options(2), &(), &Cancel::new()).unwrap();
    assert!(tuned.error_before == 0.0 && tuned.error_after == 0.0);
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(tune(&layer, &matrices, &data, &options(2), &(), &cancel).is_err());
}
