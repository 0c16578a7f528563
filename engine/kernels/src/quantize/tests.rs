//! The encoders against themselves at every level, and against what llama.cpp made of the same numbers.

use super::quantize;
use crate::decode::decode_row;
use crate::{DType, Level};

/// Error and FNV-1a of the bytes of llama.cpp's quantizers (`tests/record/quantize.py`).
const LLAMA_CPP: &str = include_str!("../../tests/data/quantize/llama_cpp.txt");
/// Weighted errors of llama.cpp's quantizers with an importance matrix.
const LLAMA_CPP_IMPORTANCE: &str = include_str!("../../tests/data/quantize/llama_cpp_importance.txt");

const ROWS: usize = 24;
const COLS: usize = 2048;

/// Nearly normal numbers with deviation 1/32, the same bits as the recording script's.
fn bells(seed: u64, count: usize) -> impl Iterator<Item = f32> {
    let draw = move |i: usize| {
        let state = (i as u64 + (seed << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let state = (state ^ state >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (state >> 48) as i64
    };
    (0..count).map(move |i| {
        let sum: i64 = (12 * i..12 * i + 12).map(draw).sum();
        (sum - 393_210) as f32 * 2.0_f32.powi(-21)
    })
}

fn weights(kind: &str) -> Vec<f32> {
    let plain = bells(1, ROWS * COLS);
    match kind {
        "heavy" => plain.zip(bells(2, ROWS * COLS)).map(|(x, y)| x * y.abs() * 32.0).collect(),
        "columns" => {
            plain.enumerate().map(|(i, x)| if (i % COLS).is_multiple_of(97) { x * 16.0 } else { x }).collect()
        }
        _ => plain.collect(),
    }
}

fn encoded(level: Level, dtype: DType, weights: &[f32]) -> Vec<u8> {
    let mut bytes = vec![0; dtype.row_bytes(weights.len()).expect("whole blocks")];
    quantize(level, dtype, weights, None, &mut bytes);
    bytes
}

fn error(dtype: DType, bytes: &[u8], weights: &[f32]) -> f64 {
    let mut back = vec![0.0; weights.len()];
    decode_row(dtype, bytes, &mut back);
    let squares: f64 =
        back.iter().zip(weights).map(|(&back, &x)| (f64::from(back) - f64::from(x)).powi(2)).sum();
    (squares / weights.len() as f64).sqrt()
}

fn fnv(bytes: &[u8]) -> u64 {
    let step = |hashed: u64, byte: &u8| (hashed ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, step)
}

#[test]
fn errors_are_those_of_llama_cpp() {
    let mut seen = 0;
    for line in LLAMA_CPP.lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("four words");
        let (name, kind, theirs, hash) = (word(), word(), word().parse::<f64>().expect("number"), word());
        let dtype = DType::from_name(name).expect("known type");
        let weights = weights(kind);
        let bytes = encoded(Level::best(), dtype, &weights);
        let ours = error(dtype, &bytes, &weights);
        assert!(ours <= 1.01 * theirs, "{name} {kind}: error {ours:e}, llama.cpp {theirs:e}");
        // Of the points of a lattice, this search finds better ones.
        let least = if dtype.is_lattice() { 0.7 } else { 0.9 };
        assert!(ours >= least * theirs, "{name} {kind}: error {ours:e} is suspiciously below {theirs:e}");
        // Where nothing is searched, the bytes are theirs as well.
        if !name.ends_with("_k") && !name.starts_with("iq") {
            assert_eq!(format!("{:016x}", fnv(&bytes)), hash, "{name} {kind}");
        }
        seen += 1;
    }
    assert_eq!(seen, 3 * (DType::all().count() - 1), "all types but f32 were recorded");
}

/// Types whose encoder takes no importance.
fn ignores_importance(dtype: DType) -> bool {
    use DType::{MXFP4, NVFP4, Q1_0, Q2_0, Q8_0, TQ1_0, TQ2_0};
    dtype.is_float() || matches!(dtype, Q8_0 | MXFP4 | NVFP4 | TQ1_0 | TQ2_0 | Q1_0 | Q2_0)
}

#[test]
fn with_importance_errors_are_at_most_those_of_llama_cpp() {
    let (importance, mut seen) = (importance(), 0);
    for line in LLAMA_CPP_IMPORTANCE.lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("three words");
        let (name, kind, theirs) = (word(), word(), word().parse::<f64>().expect("number"));
        let dtype = DType::from_name(name).expect("known type");
        if !dtype.is_lattice() {
            continue;
        }
        let weights = weights(kind);
        let mut bytes = vec![0; dtype.row_bytes(weights.len()).expect("whole blocks")];
        quantize(Level::best(), dtype, &weights, Some(&importance), &mut bytes);
        let ours = weighted_error(dtype, &bytes, &weights, &importance);
        assert!(ours <= 1.02 * theirs, "{name} {kind}: error {ours:e}, llama.cpp {theirs:e}");
        seen += 1;
    }
    assert_eq!(seen, 3 * DType::all().filter(|dtype| dtype.is_lattice()).count());
}

/// Numbers that make trouble: zeros, equal, one-sided, tiny, huge, not finite.
fn troublesome() -> Vec<f32> {
    let mut all = vec![0.0; 256];
    all.extend([0.25; 256]);
    all.extend([-0.25; 256]);
    all.extend(bells(3, 256).map(|x| x + 5.0));
    all.extend(bells(4, 256).map(|x| x - 5.0));
    all.extend(bells(5, 256).map(|x| x * 1e-30));
    all.extend(bells(6, 256).map(|x| x * 1e-43));
    all.extend(bells(7, 256).map(|x| x * 1e30));
    all.extend(bells(8, 256).map(|x| x * 1e7));
    let mut odd: Vec<f32> = bells(9, 3 * 256).collect();
    odd[10] = f32::NAN;
    odd[256 + 10] = f32::INFINITY;
    odd[512 + 10] = f32::NEG_INFINITY;
    all.extend(odd);
    all.extend([f32::MAX; 128]);
    all.extend([f32::MIN; 128]);
    all
}

#[test]
fn every_level_gives_the_same_bytes() {
    for dtype in DType::all() {
        for weights in
            [weights("heavy"), weights("columns"), troublesome(), bells(10, 256).collect(), Vec::new()]
        {
            let scalar = encoded(Level::SCALAR, dtype, &weights);
            for level in Level::available() {
                assert!(encoded(level, dtype, &weights) == scalar, "{dtype} at {}", level.name());
            }
        }
    }
}

#[test]
fn blocks_decode_to_finite_numbers_whatever_went_in() {
    let weights = troublesome();
    for dtype in DType::all().filter(|dtype| *dtype != DType::F32) {
        let mut back = vec![0.0; weights.len()];
        decode_row(dtype, &encoded(Level::best(), dtype, &weights), &mut back);
        let bad = back.iter().position(|x| !x.is_finite());
        assert_eq!(bad, None, "{dtype}: {:?} became {:?}", bad.map(|i| weights[i]), bad.map(|i| back[i]));
    }
}

#[test]
fn zeros_stay_zeros_and_equal_weights_stay_close() {
    for dtype in DType::all() {
        let mut back = [1.0; 256];
        decode_row(dtype, &encoded(Level::best(), dtype, &[0.0; 256]), &mut back);
        assert!(back.iter().all(|x| *x == 0.0), "{dtype}: {back:?}");
        for weight in [0.25, -0.25] {
            decode_row(dtype, &encoded(Level::best(), dtype, &[weight; 256]), &mut back);
            assert!(back.iter().all(|x| (x - weight).abs() <= 0.01), "{dtype}: {weight} became {}", back[0]);
        }
    }
}

#[test]
fn a_short_end_is_encoded_as_if_it_stood_elsewhere() {
    let weights = weights("normal");
    for dtype in DType::all() {
        let whole = encoded(Level::best(), dtype, &weights[..1024]);
        let parts: Vec<u8> =
            weights[..1024].chunks(256).flat_map(|part| encoded(Level::best(), dtype, part)).collect();
        assert!(whole == parts, "{dtype}");
    }
}

#[test]
#[should_panic(expected = "300 weights to q4_k")]
fn rows_of_partial_blocks_are_refused() {
    quantize(Level::best(), DType::Q4_K, &[0.0; 300], None, &mut [0; 144]);
}

/// Importance of columns as inputs have it: a few matter a thousand times as much as the rest.
fn importance() -> Vec<f32> {
    bells(11, COLS).enumerate().map(|(i, x)| if i % 41 == 7 { 1.0 } else { 0.001 + x * x }).collect()
}

fn weighted_error(dtype: DType, bytes: &[u8], weights: &[f32], importance: &[f32]) -> f64 {
    let mut back = vec![0.0; weights.len()];
    decode_row(dtype, bytes, &mut back);
    let squares = back.iter().zip(weights).zip(importance.iter().cycle());
    squares.map(|((&back, &x), &w)| f64::from(w) * (f64::from(back) - f64::from(x)).powi(2)).sum()
}

#[test]
fn importance_lowers_the_error_that_counts_and_is_the_same_at_every_level() {
    let (weights, importance) = (weights("normal"), importance());
    for dtype in DType::all() {
        let plain = encoded(Level::best(), dtype, &weights);
        let mut weighted = vec![0; plain.len()];
        quantize(Level::best(), dtype, &weights, Some(&importance), &mut weighted);
        for level in Level::available() {
            let mut again = vec![0; plain.len()];
            quantize(level, dtype, &weights, Some(&importance), &mut again);
            assert!(again == weighted, "{dtype} at {}", level.name());
        }
        let (before, after) = (
            weighted_error(dtype, &plain, &weights, &importance),
            weighted_error(dtype, &weighted, &weights, &importance),
        );
        if ignores_importance(dtype) {
            assert!(plain == weighted, "{dtype} says that it takes no importance");
        } else {
            assert!(after < 0.97 * before, "{dtype}: weighted error {before:e} became {after:e}");
        }
    }
}

#[test]
fn importance_of_nothing_is_no_importance_and_columns_begin_again_with_each_row() {
    // 320 columns: tiles of 512 weights begin at other columns in each row.
    let (weights, mut importance) = (bells(12, 16 * 320).collect::<Vec<_>>(), vec![0.0; 320]);
    for dtype in DType::all().filter(|dtype| 320_usize.is_multiple_of(dtype.block_len())) {
        let plain = encoded(Level::best(), dtype, &weights);
        let mut weighted = vec![0; plain.len()];
        importance.fill(0.0);
        quantize(Level::best(), dtype, &weights, Some(&importance), &mut weighted);
        let searched = matches!(dtype, DType::Q4_0 | DType::Q4_1 | DType::Q5_0 | DType::Q5_1);
        assert!(searched || plain == weighted, "{dtype}");
        importance.iter_mut().enumerate().for_each(|(i, w)| *w = 1.0 + (i % 7) as f32);
        quantize(Level::best(), dtype, &weights, Some(&importance), &mut weighted);
        let rows = weights.chunks(320).zip(weighted.chunks(weighted.len() / 16));
        for (row, expected) in rows {
            let mut alone = vec![0; expected.len()];
            quantize(Level::best(), dtype, row, Some(&importance), &mut alone);
            assert!(alone == expected, "{dtype}");
        }
    }
}
