//! Products of floating-point weights: one kernel for every type and instruction set.

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]
#![allow(clippy::needless_range_loop, reason = "several arrays of a token's registers run along")]

use super::codes::store;
use super::kernel_args::KernelArgs;
use crate::activations::GROUP;
use crate::formats::floats::{FloatFormat, UNIT_COLS};
use crate::lanes::CodeLanes;
use crate::layout::{LINE, ROWS};

/// Products of a panel of floating-point numbers with `T` tokens.
///
/// # Safety
/// Contract of [`super::kernel_args::Kernel`].
#[inline(always)]
pub(super) unsafe fn panel<F: FloatFormat, L: CodeLanes, const T: usize>(l: L, args: &KernelArgs<'_>) {
    let registers = const { ROWS / L::N };
    // SAFETY: the processor has the level's features and `out` is writable, as `Kernel` requires.
    unsafe {
        if registers == 2 && T <= L::PAIRED_TOKENS {
            rows::<F, L, T, 2>(l, args, 0);
        } else {
            for first in 0..registers {
                rows::<F, L, T, 1>(l, args, first);
            }
        }
    }
}

/// Products of `H` registers of a panel's rows, from register `first` on.
///
/// # Safety
/// Contract of [`super::kernel_args::Kernel`].
#[inline(always)]
unsafe fn rows<F: FloatFormat, L: CodeLanes, const T: usize, const H: usize>(
    l: L,
    args: &KernelArgs<'_>,
    first: usize,
) {
    let pair_bytes = const { 2 * ROWS * F::SIZE };
    args.check_values(T, args.panel.len() / (ROWS * F::SIZE));
    let mut even = [[l.zero(); T]; H];
    let mut odd = [[l.zero(); T]; H];
    for (p, pair) in args.panel.chunks_exact(pair_bytes).enumerate() {
        let (unit, k) = (p / (UNIT_COLS / 2), p % (UNIT_COLS / 2) * 2);
        if first == 0 {
            for line in 0..pair_bytes / LINE {
                l.prefetch_early(pair.as_ptr().wrapping_add(line * LINE + L::DISTANCE));
            }
        }
        for h in 0..H {
            // SAFETY: the pair has two columns of 16 rows, which include this register's rows.
            let [a, b] = unsafe { F::pair(l, pair.as_ptr(), (first + h) * L::N) };
            for t in 0..T {
                // SAFETY: `check_values` compared the input with the panel's columns and all tokens.
                let [x, y] = unsafe {
                    let x = args.values.as_ptr().add((unit * args.width + t) * GROUP + k);
                    [*x, *x.add(1)]
                };
                even[h][t] = l.fma(a, l.splat(x), even[h][t]);
                odd[h][t] = l.fma(b, l.splat(y), odd[h][t]);
            }
        }
    }
    for h in 0..H {
        for t in 0..T {
            even[h][t] = l.add(even[h][t], odd[h][t]);
        }
        // SAFETY: `out` is writable for `T` tokens and the existing rows, as `Kernel` requires.
        unsafe { store(l, args, first + h, &even[h]) };
    }
}
