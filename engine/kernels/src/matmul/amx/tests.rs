//! The tile kernel over the definition of the tile instructions, bit for bit; over the processor's own where there are any.

#![allow(clippy::print_stderr, reason = "what a machine lacks is reported, not passed in silence")]

use super::*;
use crate::activations::Forms;
use crate::lanes::Avx2;
use crate::matmul::tests::{bits, columns, packed, prepared, product};
use crate::matmul::{Kernels, Target, multiply, scalar};
use crate::testing::{Random, random_rows};
use crate::{DType, Level};

impl Machine for Soft {
    #[target_feature(enable = "avx2,fma,f16c")]
    unsafe fn panel<C: Codes>(span: &Span<'_>) {
        // SAFETY: the caller's promise.
        unsafe { panel::<_, _, C>(&mut Soft::new(), Avx2::new(), span) }
    }
}

#[test]
fn the_kernel_computes_the_bits_of_the_definition() {
    if !Level::available().iter().any(|level| level.name() == "avx2") {
        eprintln!("not tested: the tile kernel's scaling needs AVX2, which this machine lacks");
        return;
    }
    let mut dtypes: Vec<DType> = DType::all().filter(|dtype| !dtype.is_float()).collect();
    dtypes.sort_by_key(|dtype| dtype.block_len());
    for dtype in dtypes {
        for n_cols in columns(dtype) {
            let n_rows = 19;
            let matrix = packed(dtype, n_rows, n_cols, &random_rows(dtype, n_rows, n_cols));
            let tiles = kernel_on::<Soft>(matrix.layout());
            for n_tokens in [9, 12, 13, 23] {
                let x = prepared(Level::SCALAR, &Random(3).numbers(n_tokens * n_cols), n_tokens);
                assert!(x.has(Forms::INTEGER));
                let mut found = vec![f32::NAN; n_rows * n_tokens];
                let kernels = Kernels { tiles, ..Kernels::streaming(scalar::kernels(matrix.layout())) };
                let target = Target { matrix: &matrix, kernels, out: found.as_mut_ptr() };
                multiply(&target, 0..matrix.n_panels(), &x);
                let expected = product(Level::SCALAR, 1, &matrix, &x);
                assert_eq!(bits(&expected), bits(&found), "{dtype}, {n_cols} columns, {n_tokens} tokens");
            }
        }
    }
}

#[test]
fn the_processors_tiles_are_reported() {
    if works() {
        assert!(Level::available().iter().any(|level| level.name() == "amx"), "AVX-512 goes with tiles");
    } else {
        eprintln!("not tested: this machine has no tiles, or does not let this process use them");
    }
}

#[test]
fn the_definition_adds_products_of_signed_bytes() {
    // SAFETY: soft tiles may always be used.
    let sums = unsafe { sample(&mut Soft::new(), 32) };
    let scattered = |at: usize| i32::from((at * at * 31 + at * 7 + 128) as u8 as i8);
    let (token, row) = (5, 11);
    let expected: i32 =
        (0..32).map(|k| scattered(token * GROUP + k) * scattered(k / 4 * LINE + row * 4 + k % 4 + 5)).sum();
    assert_eq!(sums[token][row], 2 * expected);
}
