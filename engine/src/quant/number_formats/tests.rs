//! What holds for every number format: names, bits, errors on two distributions, grids, cuts between rows, and odd weights.

use std::f32::consts::TAU;

use nibble_kernels::decode::decode_row;
use nibble_kernels::testing::Random;
use nibble_kernels::{DType, Level, quantize};

use super::*;
use crate::quant::number_format::{Survey, WeightRows};

const N_ROWS: usize = 64;
const N_COLS: usize = 1024;

/// A name, bits per weight of a matrix of 64 rows and 1024 columns, and the relative root mean square error in thousandths on
/// normal weights and on weights of Student's distribution with 4 degrees of freedom.
#[rustfmt::skip]
const TABLE: &[(&str, f64, f64, f64)] = &[
    ("int2",              2.125, 546.6004, 671.2105),
    ("int3",              3.125, 236.5816, 363.7647),
    ("int4",              4.125, 110.1666, 180.3417),
    ("int5",              5.125, 53.5262, 87.1327),
    ("int6",              6.125, 26.3288, 42.9694),
    ("int7",              7.125, 13.0498, 21.4036),
    ("int8",              8.125, 6.4867, 10.6546),
    ("int16",             16.250, 0.0252, 0.0415),
    ("int4-sym-g32",      4.500, 94.6031, 127.5128),
    ("int4-sym-g64",      4.250, 102.8353, 151.2448),
    ("int4-asym-g64",     4.312, 90.7812, 117.8371),
    ("int4-min-g64",      4.500, 89.7249, 116.9678),
    ("int3-asym-row",     3.034, 267.7945, 499.9111),
    ("int2-sym-g64-clip", 2.250, 377.3876, 463.3163),
    ("int4-sym-g64-clip", 4.250, 94.8792, 140.8547),
    ("int8-row",          8.031, 7.7740, 18.2478),
    ("int8-tensor",       8.000, 10.2032, 36.4864),
    ("int4-tensor",       4.000, 173.8959, 569.5822),
    ("int4-asym-tensor",  4.001, 173.2419, 561.1343),
    ("int4-min-row",      4.062, 125.1558, 252.3533),
    ("fp32",              32.000, 0.0000, 0.0000),
    ("fp16",              16.000, 0.2057, 0.2102),
    ("bf16",              16.000, 1.6630, 1.6437),
    ("tf32",              32.000, 0.2057, 0.2102),
    ("fp8-e4m3",          8.000, 26.4696, 26.5667),
    ("fp8-e4m3-row",      8.031, 26.3553, 25.3266),
    ("fp8-e5m2",          8.000, 52.6585, 52.8012),
    ("fp8-e5m2-g128",     8.125, 51.6322, 48.4149),
    ("fp4-e2m1",          4.250, 105.1757, 115.4599),
    ("fp4-e3m0",          4.250, 189.1233, 171.1840),
    ("fp4-e2m1-tensor",   4.000, 127.8215, 383.6265),
    ("mxfp4",             4.250, 114.2870, 131.5341),
    ("mxfp4-even",        4.250, 112.3642, 128.9788),
    ("nvfp4",             4.500, 95.3824, 92.1179),
    ("nf4",               4.500, 91.3811, 110.0517),
    ("nf4-dq",            4.127, 91.4191, 110.3311),
    ("nf4-g128",          4.250, 95.4433, 127.3312),
    ("fp4-bnb",           4.500, 121.7501, 166.2402),
    ("fp4-bnb-dq",        4.127, 121.7645, 166.4218),
    ("llm-int8",          8.031, 7.7747, 18.2844),
    ("log2",              2.008, 826.7411, 906.2722),
    ("log3",              3.008, 251.4301, 514.4320),
    ("log4",              4.008, 195.4659, 193.6598),
    ("log4-g64",          4.125, 195.4616, 193.2031),
    ("log4-tensor",       4.000, 195.4659, 197.1221),
    ("kmeans2",           2.062, 339.2815, 446.6915),
    ("kmeans3",           3.125, 181.3754, 239.0203),
    ("kmeans4",           4.250, 91.0084, 112.3480),
    ("kmeans5",           5.500, 43.3124, 50.2754),
    ("spqr2",             2.975, 301.1836, 310.2538),
    ("spqr3",             3.975, 132.6967, 137.1670),
    ("spqr4",             4.975, 66.8377, 71.2592),
    ("spqr4-g32",         4.663, 73.7107, 79.9241),
    ("q8_0",              8.500, 5.3375, 7.2291),
    ("q4_0",              4.500, 85.6948, 114.8442),
    ("q4_k",              4.500, 71.2078, 86.3080),
    ("iq4_xs",            4.250, 76.5208, 93.6580),
    ("q2_k",              2.625, 295.0120, 345.1502),
];

/// A weight of the normal distribution.
fn normal(random: &mut Random) -> f32 {
    let radius = (-2.0 * (1.0 - random.unit()).ln()).sqrt();
    radius * (TAU * random.unit()).cos()
}

/// A weight with heavy tails: Student's distribution with 4 degrees of freedom.
fn heavy(random: &mut Random) -> f32 {
    let chi_squared = -2.0 * ((1.0 - random.unit()) * (1.0 - random.unit())).ln();
    normal(random) / (chi_squared / 4.0).sqrt()
}

fn matrix(of: fn(&mut Random) -> f32, count: usize) -> Vec<f32> {
    let mut random = Random::new(4);
    (0..count).map(|_| of(&mut random) * 0.02).collect()
}

fn rounded(format: Format, rows: &WeightRows<'_>) -> Vec<f32> {
    let mut out = vec![f32::NAN; rows.weights.len()];
    format.round(rows, &mut out);
    out
}

fn relative_rmse(weights: &[f32], values: &[f32]) -> f64 {
    let error: f64 = weights.iter().zip(values).map(|(&w, &v)| f64::from(w - v).powi(2)).sum();
    (error / weights.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>()).sqrt()
}

/// All formats of the table.
fn formats() -> impl Iterator<Item = Format> {
    TABLE.iter().map(|entry| entry.0.parse().unwrap())
}

#[test]
fn bits_and_errors_are_those_of_the_table() {
    let (normal, heavy) = (matrix(normal, N_ROWS * N_COLS), matrix(heavy, N_ROWS * N_COLS));
    let mut wrong = Vec::new();
    for &(name, bits, of_normal, of_heavy) in TABLE {
        let format: Format = name.parse().unwrap();
        let error = |weights: &[f32]| {
            1000.0 * relative_rmse(weights, &rounded(format, &WeightRows::of_matrix(weights, N_COLS)))
        };
        let (found, errors) = (format.bits_per_weight(N_ROWS, N_COLS), [error(&normal), error(&heavy)]);
        // Logarithms and cosines differ between systems by less than that.
        let is_near = |found: f64, expected: f64| (found - expected).abs() <= 0.02 * expected;
        if (found - bits).abs() > 0.000_51 || !is_near(errors[0], of_normal) || !is_near(errors[1], of_heavy)
        {
            wrong.push(format!("(\"{name}\", {found:.3}, {:.4}, {:.4}),", errors[0], errors[1]));
        }
    }
    assert!(wrong.is_empty(), "not as in the table:\n{}", wrong.join("\n"));
}

#[test]
fn every_family_is_in_the_table_and_every_name_finds_itself() {
    for name in Format::examples() {
        let format: Format = name.parse().unwrap();
        let family = |format: &Format| std::mem::discriminant(format);
        assert!(
            formats().any(|listed| family(&listed) == family(&format)),
            "{name} has no line in the table"
        );
    }
    for format in formats() {
        assert_eq!(format.name().to_uppercase().parse(), Ok(format));
        let json = serde_json::to_string(&format).unwrap();
        assert_eq!(json, format!("{:?}", format.name()));
        assert_eq!(serde_json::from_str::<Format>(&json).unwrap(), format);
    }
}

#[test]
fn names_may_leave_out_what_is_usual() {
    for (short, whole) in [
        ("int4", "int4-sym-g128"),
        ("int3-asym-row", "int3-asym-row"),
        ("int8-tensor", "int8-sym-tensor"),
        ("int4-clip", "int4-sym-g128-clip"),
        ("int16-row", "int16-sym-row"),
        ("log4", "log4-row"),
        ("fp4-e2m1", "fp4-e2m1-g64"),
        ("nf4-g64-dq", "nf4-dq"),
        ("f16", "fp16"),
        ("q4_k", "q4_k"),
    ] {
        assert_eq!(short.parse::<Format>().unwrap().name(), whole);
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let wrong = "int9 int04 int+4 int4-g0 int4-g32-sym int4-clip-g32 int4-tensor-clip int4-sym-g32-clip-x int fp8 fp8-e4m3x \
                 fp4-e2m1- nf4-g63 nf4-g128-dq nf4dq log1 log7 log4x kmeans0 kmeans7 kmeans spqr5 spqr4-g16 mxfp4-odd q9_9 float é int4-é";
    for name in wrong.split(' ').chain([""]) {
        let message = name.parse::<Format>().unwrap_err().to_string();
        let start = format!("there is no number format called {name:?}; there are int4, ");
        assert!(
            message.starts_with(&start) && message.contains("nf4-dq") && message.contains("q4_k"),
            "{message}"
        );
    }
}

#[test]
fn values_are_those_of_the_grid() {
    for weights in [matrix(normal, 16 * 256), matrix(heavy, 16 * 256)] {
        let rows = WeightRows::of_matrix(&weights, 256);
        for format in formats() {
            let Some(grid) = format.grid(&rows) else { continue };
            assert_eq!((grid.n_rows(), grid.n_cols()), (16, 256), "{format}");
            let values = rounded(format, &rows);
            let mut n_other = 0;
            for (at, (&weight, &value)) in weights.iter().zip(&values).enumerate() {
                let (row, col) = (at / 256, at % 256);
                let nearest = grid.round(row, col, weight).1;
                let (_, min) = grid.scale_min(row, col);
                let is_same = (value - nearest).abs() <= (nearest.abs() + min.abs()) * 1e-6;
                n_other += usize::from(!is_same);
            }
            // Codes of llama.cpp's encoders and of double quantization, which are chosen otherwise; weights so
            // near to the middle of two values that f32 decides.
            let most_other = match format {
                Format::GgufBlocks(_) | Format::Nf4(_) | Format::Fp4Bnb(_) => weights.len() / 20,
                _ => weights.len() / 200,
            };
            assert!(n_other <= most_other, "{format}: {n_other} differ");
        }
    }
}

#[test]
fn every_block_format_is_a_number_format() {
    let weights = matrix(normal, 4 * 256);
    for dtype in DType::all().filter(|dtype| !dtype.is_float()) {
        let (rows, format) = (
            WeightRows::of_matrix(&weights, 256),
            Format::GgufBlocks(GgufBlocks::parse(dtype.name()).unwrap()),
        );
        let mut bytes = vec![0; dtype.row_bytes(weights.len()).unwrap()];
        quantize(Level::best(), dtype, &weights, None, &mut bytes);
        let mut decoded = vec![0.0; weights.len()];
        decode_row(dtype, &bytes, &mut decoded);
        assert!(rounded(format, &rows) == decoded, "{dtype}");
        assert_eq!(format.grid(&rows).is_none(), dtype.is_lattice(), "{dtype}");
        assert!((format.bits_per_weight(4, 256) - dtype.bits_per_weight()).abs() < 1e-12, "{dtype}");
    }
}

#[test]
fn rows_may_be_cut_where_no_constants_are_shared() {
    let n_cols = 96;
    let (n_rows, weights) = (1024, matrix(heavy, 1024 * 96));
    let importance: Vec<f32> = (0..n_cols).map(|col| 1.0 + col as f32).collect();
    for format in formats() {
        let rows = WeightRows { importance: Some(&importance), ..WeightRows::of_matrix(&weights, n_cols) };
        let whole = rounded(format, &rows);
        let step = format.rows_together(n_cols);
        assert!(step <= n_rows / 2, "{format}: {step}");
        for cut in [step, n_rows / 2 / step * step] {
            let (before, after) = weights.split_at(cut * n_cols);
            let part = |weights| rounded(format, &WeightRows { weights, ..rows });
            assert!([part(before), part(after)].concat() == whole, "{format} cut at {cut}");
        }
        let (before, after) = weights.split_at(512 * n_cols);
        let mut survey = Survey::of(before);
        survey.add(Survey::of(after));
        assert_eq!(
            (survey.min, survey.max, survey.n_blocks),
            (rows.survey.min, rows.survey.max, rows.survey.n_blocks)
        );
    }
}

#[test]
fn any_finite_weights_give_finite_values() {
    let mut odd = vec![0.0; 96];
    for (at, weight) in
        [f32::MAX, f32::MIN, 1e-45, -1e-40, f32::MIN_POSITIVE, 1.0, -0.0, 65504.0].into_iter().enumerate()
    {
        odd[at] = weight;
        odd[32 + at] = weight.clamp(-1e-30, 1e-30);
    }
    let zeros = vec![0.0; 96];
    let equal = vec![-0.75; 96];
    for format in formats() {
        for (weights, n_cols) in [(&odd, 96), (&odd, 32), (&odd, 12), (&zeros, 48), (&equal, 96)] {
            for importance in [None, Some(vec![0.0; n_cols]), Some(vec![f32::MAX; n_cols])] {
                let rows = WeightRows {
                    importance: importance.as_deref(),
                    ..WeightRows::of_matrix(weights, n_cols)
                };
                let values = rounded(format, &rows);
                assert!(values.iter().all(|value| value.is_finite()), "{format} {n_cols}: {values:?}");
                if weights == &zeros {
                    assert!(values.iter().all(|&value| value == 0.0), "{format}: {values:?}");
                }
                format.grid(&rows);
            }
        }
        assert!(format.bits_per_weight(0, 0).is_finite() && format.bits_per_weight(1, 1) >= 1.0, "{format}");
    }
}

#[test]
fn a_type_that_holds_a_format_holds_its_values() {
    let weights = matrix(heavy, 8 * 256);
    for format in formats() {
        let dtype = format.held_by();
        let values = rounded(format, &WeightRows::of_matrix(&weights, 256));
        let mut bytes = vec![0; dtype.row_bytes(values.len()).unwrap()];
        quantize(Level::best(), dtype, &values, None, &mut bytes);
        let mut decoded = vec![0.0; values.len()];
        decode_row(dtype, &bytes, &mut decoded);
        if !matches!(format, Format::GgufBlocks(_)) {
            assert!(decoded == values, "{format} in {dtype}");
        }
    }
}

#[test]
fn importance_moves_errors_to_where_they_count_less() {
    let weights = matrix(normal, 16 * 256);
    let importance: Vec<f32> = (0..256).map(|col| if col % 8 == 0 { 100.0 } else { 1.0 }).collect();
    let plain = WeightRows::of_matrix(&weights, 256);
    let weighted = WeightRows { importance: Some(&importance), ..plain };
    for name in ["kmeans3", "int3-sym-g64-clip", "spqr3", "q4_k"] {
        let format: Format = name.parse().unwrap();
        let error = |values: &[f32]| -> f32 {
            let errors = weights.iter().zip(values).map(|(w, v)| (w - v).powi(2));
            errors.zip(importance.iter().cycle()).map(|(error, counts)| error * counts).sum()
        };
        let ratio = error(&rounded(format, &weighted)) / error(&rounded(format, &plain));
        assert!(ratio < 0.97, "{name}: {ratio}");
    }
}
