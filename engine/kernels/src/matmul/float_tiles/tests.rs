//! Floating-point weights and many tokens: the bits of the definition for any rows, columns and tokens, whatever lies behind a
//! row's end, and for numbers that are not finite.

use super::super::tests::{bits, packed, prepared, product};
use super::super::{balanced_panels, definition};
use super::*;
use crate::DType;
use crate::level::Level;
use crate::pool::Pool;
use crate::testing::{Random, random_rows};

/// Enough tokens for every level to widen weights first.
const MANY: usize = 64;

fn floats() -> impl Iterator<Item = DType> {
    DType::all().filter(|dtype| dtype.is_float())
}

/// Compares every level, on one and on three threads, with the definition.
fn compare(dtype: DType, [n_rows, n_cols, n_tokens]: [usize; 3], raw: &[u8], x: &[f32]) {
    let matrix = packed(dtype, n_rows, n_cols, raw);
    let x = prepared(Level::SCALAR, x, n_tokens);
    let expected = definition::product(&matrix, &x);
    for level in Level::available() {
        for n_threads in [1, 3] {
            let found = product(level, n_threads, &matrix, &x);
            let what = format!("{dtype} {n_rows}×{n_cols}, {n_tokens} tokens, {}", level.name());
            assert_eq!(bits(&expected), bits(&found), "{what}, {n_threads} threads");
        }
    }
}

#[test]
fn any_shape_and_number_of_tokens_gives_the_bits_of_the_definition() {
    let mut random = Random::new(21);
    for dtype in floats() {
        for n_tokens in 1..=80 {
            let n_rows = 1 + random.below(80) as usize;
            let n_cols = 1 + random.below(2 * DEPTH as u64 + 70) as usize;
            let raw = random_rows(dtype, n_rows, n_cols);
            compare(dtype, [n_rows, n_cols, n_tokens], &raw, &random.numbers(n_tokens * n_cols));
        }
    }
}

#[test]
fn lengths_around_every_limit_give_the_bits_of_the_definition() {
    let mut random = Random::new(22);
    for dtype in floats() {
        for n_rows in [PANELS * ROWS - 1, PANELS * ROWS + 1, PANELS * ROWS + 17] {
            for n_cols in [1, 2, DEPTH - 1, DEPTH, DEPTH + 1, 3 * DEPTH + 33] {
                let (raw, n_tokens) = (random_rows(dtype, n_rows, n_cols), MANY + 1);
                compare(dtype, [n_rows, n_cols, n_tokens], &raw, &random.numbers(n_tokens * n_cols));
            }
        }
        for n_tokens in [MANY - 1, MANY, TOKENS - 1, TOKENS, TOKENS + 1, TOKENS + 14] {
            let raw = random_rows(dtype, 33, 40);
            compare(dtype, [33, 40, n_tokens], &raw, &random.numbers(n_tokens * 40));
        }
    }
}

#[test]
fn the_smallest_and_largest_numbers_give_the_bits_of_the_definition() {
    let [n_rows, n_cols, n_tokens] = [19, 45, MANY + 3];
    let mut random = Random::new(23);
    for dtype in floats() {
        for scale in [0.0, 1e-40, 1e-30, 6e-8, 1e4, 1e38, f32::INFINITY] {
            let weights: Vec<f32> = random.numbers(n_rows * n_cols).iter().map(|w| w * scale).collect();
            let mut raw = vec![0; n_rows * dtype.row_bytes(n_cols).unwrap()];
            (dtype.format().encode)(Level::SCALAR, &weights, None, &mut raw);
            let x: Vec<f32> =
                random.numbers(n_tokens * n_cols).iter().map(|x| x / scale.max(1e-30)).collect();
            compare(dtype, [n_rows, n_cols, n_tokens], &raw, &x);
        }
    }
}

#[test]
fn every_level_widens_weights_for_so_many_tokens() {
    for dtype in floats() {
        let tiles = dtype.format().float_tiles.expect("of every floating-point type");
        assert!(Level::available().into_iter().all(|level| tiles(level.kind()).fewest_tokens <= MANY));
    }
}

#[test]
fn chunks_leave_no_thread_with_much_more_than_its_share() {
    for (n_threads, most_share) in [(1, 1.05), (2, 1.12), (3, 1.2)] {
        let pool = Pool::new(n_threads);
        for n_panels in 12..200 {
            let panels = balanced_panels(n_panels, PANELS, &pool);
            assert!(panels.is_multiple_of(2) && (2..=PANELS).contains(&panels));
            let share = n_panels.div_ceil(panels).div_ceil(n_threads) * panels;
            let most = most_share * n_panels.next_multiple_of(2 * n_threads) as f64 / n_threads as f64;
            assert!(share as f64 <= most, "{n_panels} panels by {panels} on {n_threads} threads");
        }
    }
}
