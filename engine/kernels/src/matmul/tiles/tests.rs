//! The tile product: on soft tiles against plain arithmetic on the same rounded numbers, on the processor's against soft ones,
//! bit for bit.

use super::*;
use crate::activations::InputFormats;
use crate::amx::TileEmulator;
use crate::lanes::Avx2;
use crate::level::Kind;
use crate::matmul::tests::{bits, columns, packed};
use crate::matmul::widen::definition;
use crate::testing::{Random, need, random_rows};
use crate::{Activation, DType, Level, Matrix, Pool};

fn codes() -> impl Iterator<Item = DType> {
    DType::all().filter(|dtype| !dtype.is_float())
}

fn in_tiles(x: &[f32], n_tokens: usize) -> Activations {
    let mut prepared = Activations::new(InputFormats::TILES, n_tokens, x.len() / n_tokens).unwrap();
    prepared.quantize(Level::SCALAR, &Pool::new(1), x, n_tokens, InputFormats::TILES);
    prepared
}

/// The product on soft tiles.
fn on_soft(matrix: &Matrix, x: &Activations) -> Vec<f32> {
    /// # Safety
    /// As [`multiply_on`]; the processor has AVX2, FMA and F16C.
    #[target_feature(enable = "avx2,fma,f16c")]
    unsafe fn multiply(target: &Target<'_>, panels: Range<usize>, x: &Activations) {
        // SAFETY: the target is writable, as this function's caller ensures; emulated tiles are usable everywhere.
        unsafe { multiply_on(&mut TileEmulator::new(), Avx2::new(), definition::widen, target, panels, x) };
    }
    // SAFETY: tests ask for AVX2 first.
    by_chunks(matrix, x, |target, panels| unsafe { multiply(target, panels, x) })
}

/// The product on the processor's tiles.
fn on_hardware(matrix: &Matrix, x: &Activations) -> Vec<f32> {
    // SAFETY: tests ask for tiles first.
    by_chunks(matrix, x, |target, panels| unsafe { multiply(target, panels, x) })
}

fn by_chunks(matrix: &Matrix, x: &Activations, multiply: impl Fn(&Target<'_>, Range<usize>)) -> Vec<f32> {
    let mut out = vec![f32::NAN; matrix.n_rows() * x.n_tokens()];
    let kernels = (matrix.format().kernels)(Kind::Scalar);
    let target = Target { matrix, kernels, outlier_kernel: None, float_tiles: None, out: out.as_mut_ptr() };
    for first in (0..matrix.n_panels()).step_by(PANELS) {
        let panels = first..matrix.n_panels().min(first + PANELS);
        multiply(&target, panels);
    }
    out
}

fn rounded(x: f32) -> f64 {
    let mut bits = [0];
    round_all(&[x], &mut bits);
    f64::from(f32::from_bits(u32::from(bits[0]) << 16))
}

#[test]
fn soft_tiles_give_the_product_of_the_rounded_numbers() {
    if need(Kind::Avx2).is_none() {
        return;
    }
    for dtype in codes() {
        for n_cols in columns(dtype).into_iter().chain([1024]) {
            let (n_rows, n_tokens) = (51, 37);
            let matrix = packed(dtype, n_rows, n_cols, &random_rows(dtype, n_rows, n_cols));
            let x = Random::new(5).numbers(n_tokens * n_cols);
            let out = on_soft(&matrix, &in_tiles(&x, n_tokens));
            let mut weights = vec![0.0; n_cols];
            for row in 0..n_rows {
                matrix.row_f32(row, &mut weights);
                for (x, out) in x.chunks(n_cols).zip(out.chunks(n_rows)) {
                    let products = weights.iter().zip(x).map(|(&w, &x)| (rounded(w), rounded(x)));
                    let (mut exact, mut magnitude) = (0.0, 0.0);
                    for (w, x) in products {
                        exact += w * x;
                        magnitude += (w * x).abs();
                    }
                    // A row read back may differ in the last place of f32, and then round to the neighbor.
                    let bound = magnitude / 256.0 * 0.05 + 1e-6;
                    let found = f64::from(out[row]);
                    assert!(
                        (found - exact).abs() <= bound,
                        "{dtype} {n_cols}: {found} for {exact} ± {bound}"
                    );
                }
            }
        }
    }
}

#[test]
fn weights_widen_with_avx512_as_the_definition_says() {
    if need(Kind::Avx512).is_none() {
        return;
    }
    for dtype in codes() {
        let n_cols = 2 * dtype.block_len().max(32);
        let matrix = packed(dtype, 16, n_cols, &random_rows(dtype, 16, n_cols));
        for group in 0..n_groups(n_cols) {
            let (mut expected, mut found) = (Tile::ZERO, Tile::ZERO);
            let panel = matrix.panel(0);
            // SAFETY: the group lies in the panel, and AVX-512 is there.
            unsafe {
                definition::widen(&matrix, panel, group, &raw mut expected);
                with_avx512(&matrix, panel, group, &raw mut found);
            }
            // The zero of a code that is its own offset may have either sign.
            let numbers = |tile: Tile| tile.0.map(|row| row.map(|x| if x == 0x8000 { 0 } else { x }));
            assert!(numbers(expected) == numbers(found), "{dtype} group {group}");
        }
    }
}

#[test]
fn the_processors_tiles_give_the_bits_of_soft_ones() {
    if need(Kind::Amx).is_none() {
        return;
    }
    for dtype in codes() {
        for (n_cols, n_rows, n_tokens) in [(256, 16, 24), (256, 51, 33), (1280, 300, 17), (512, 40, 530)] {
            let matrix = packed(dtype, n_rows, n_cols, &random_rows(dtype, n_rows, n_cols));
            let x = in_tiles(&Random::new(6).numbers(n_tokens * n_cols), n_tokens);
            let soft = on_soft(&matrix, &x);
            let hardware = on_hardware(&matrix, &x);
            assert_eq!(bits(&soft), bits(&hardware), "{dtype} {n_rows} × {n_cols}, {n_tokens} tokens");
        }
    }
}

#[test]
fn a_level_with_tiles_uses_them_for_many_tokens_and_any_number_of_threads() {
    let Some(level) = need(Kind::Amx) else {
        return;
    };
    let (n_rows, n_cols, n_tokens) = (600, 512, 70);
    let matrix = packed(DType::Q4_K, n_rows, n_cols, &random_rows(DType::Q4_K, n_rows, n_cols));
    let numbers = Random::new(8).numbers(n_tokens * n_cols);
    let expected = on_soft(&matrix, &in_tiles(&numbers, n_tokens));
    let formats = matrix.input_formats().for_batch(level, n_tokens);
    assert_eq!(formats, InputFormats::TILES);
    for n_threads in [1, 2, 3] {
        let pool = Pool::new(n_threads);
        let mut x = Activations::new(formats, n_tokens, n_cols).unwrap();
        x.quantize(level, &pool, &numbers, n_tokens, formats);
        let mut out = vec![f32::NAN; n_rows * n_tokens];
        crate::matmul(level, &pool, &mut [crate::Product { matrix: &matrix, out: &mut out }], &x);
        assert_eq!(bits(&expected), bits(&out), "{n_threads} threads");
    }
}

/// # Safety
/// As [`multiply_gated_on`]; the processor has AVX2, FMA and F16C.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn multiply_gated_soft(target: &GatedTarget<'_>, panels: Range<usize>, x: &Activations) {
    // SAFETY: the target is writable, as this function's caller ensures; emulated tiles are usable everywhere.
    unsafe { multiply_gated_on(&mut TileEmulator::new(), Avx2::new(), definition::widen, target, panels, x) };
}

#[test]
fn joined_products_are_the_products_joined() {
    let Some(avx2) = need(Kind::Avx2) else {
        return;
    };
    let (n_rows, n_cols, n_tokens) = (192, 256, 45);
    let raw = random_rows(DType::Q4_K, 2 * n_rows, n_cols);
    let (gate_raw, up_raw) = raw.split_at(raw.len() / 2);
    let [gate, up] = [gate_raw, up_raw].map(|raw| packed(DType::Q4_K, n_rows, n_cols, raw));
    let numbers = Random::new(9).numbers(n_tokens * n_cols);
    let x = in_tiles(&numbers, n_tokens);
    for activation in [Activation::Silu, Activation::GeluTanh] {
        let (mut joined, factors) = (on_soft(&gate, &x), on_soft(&up, &x));
        activation.gate(avx2, &mut joined, &factors);
        let expected = in_tiles(&joined, n_tokens);
        let mut out = Activations::new(InputFormats::TILES, n_tokens, n_rows).unwrap();
        let tiles = out.begin_tiles(n_tokens, n_rows);
        let target = GatedTarget { gate: &gate, up: &up, activation, out: tiles };
        for panels in [0..8, 8..12] {
            // SAFETY: AVX2 is there; `out` has room for all rows and tokens.
            unsafe { multiply_gated_soft(&target, panels, &x) };
        }
        let numbers = |x: &Activations| x.tiles.iter().map(|tile| tile.0).collect::<Vec<_>>();
        assert!(numbers(&expected) == numbers(&out), "{activation:?} on soft tiles");
        let Some(level) = need(Kind::Amx) else {
            continue;
        };
        for n_threads in [1, 3] {
            let mut out = Activations::new(InputFormats::TILES, n_tokens, n_rows).unwrap();
            crate::matmul_gated(level, &Pool::new(n_threads), [&gate, &up], activation, &x, &mut out);
            assert!(numbers(&expected) == numbers(&out), "{activation:?}, {n_threads} threads");
        }
    }
}
