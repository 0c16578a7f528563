//! Products of quantized weights: one kernel for every format and instruction set.
//!
//! The weights' codes become registers of four columns and some rows, which are multiplied with the same four columns of each
//! token. Tokens share the unpacking: a kernel holds an integer and a floating-point accumulator for each. Where a line takes
//! two registers, few tokens compute both in turn; more tokens need the registers, and compute a panel's rows register by
//! register, reading from the cache.

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]
#![allow(clippy::needless_range_loop, reason = "several arrays of a token's registers run along")]

use std::sync::atomic::{Ordering, compiler_fence};

use super::kernel_args::KernelArgs;
use crate::activations::GROUP;
use crate::block::BlockFormat;
use crate::lanes::CodeLanes;
use crate::layout::{LINE, ROWS, Unit};

/// Products of a panel of codes with `T` tokens.
///
/// # Safety
/// Contract of [`super::kernel_args::Kernel`].
#[inline(always)]
pub(super) unsafe fn panel<F: BlockFormat, L: CodeLanes, const T: usize>(l: L, args: &KernelArgs<'_>) {
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
unsafe fn rows<F: BlockFormat, L: CodeLanes, const T: usize, const H: usize>(
    l: L,
    args: &KernelArgs<'_>,
    first: usize,
) {
    let parts = const { GROUP / F::GROUP };
    let (lines, n_groups) = const { (F::UNIT_BYTES.div_ceil(LINE), F::UNIT_COLS / GROUP) };
    let lines_per_group = const { (F::UNIT_BYTES.div_ceil(LINE) * GROUP).div_ceil(F::UNIT_COLS) };
    let run = L::run(F::MAX_CODE).min(F::GROUP / 4);
    // Inputs' offsets are -8 times the sum of 32 codes, and -32 times that of 16.
    let (offset, held) =
        (if F::SIGNED { L::SIGNED_OFFSET } else { F::OFFSET }, if parts == 1 { 8_i32 } else { 32 });
    let shift = if offset == 0 { 0 } else { offset.ilog2() as i32 - held.ilog2() as i32 };
    args.check_codes(T, args.panel.len() / F::UNIT_BYTES * F::UNIT_COLS);
    let offsets = if parts == 1 { args.offsets32 } else { args.offsets16 }.as_ptr();
    let input_sums = if parts == 1 { args.sums32 } else { args.sums16 }.as_ptr();
    let mut acc = [[l.zero(); T]; H];
    let mut place = 0;
    for bytes in args.panel.chunks_exact(F::UNIT_BYTES) {
        // Without closures over arrays: such calls are not always inlined, and then lose the level's features.
        let mut units = [Unit::new(l, bytes, first); H];
        let mut heads = [F::head(&units[0]); H];
        for h in 1..H {
            units[h] = Unit::new(l, bytes, first + h);
            heads[h] = F::head(&units[h]);
        }
        for g in 0..n_groups {
            // SAFETY: `check_codes` compared the input's arrays with all groups and tokens.
            let codes = unsafe { args.codes.as_ptr().add(place * GROUP) };
            // SAFETY: as above.
            let scales = unsafe { args.scales.as_ptr().add(place) };
            for part in 0..parts {
                let at = parts * place + part * args.width;
                for h in 0..H {
                    if T > L::STREAMING_TOKENS && F::HAS_MINS {
                        // Values that groups share are loaded again for each: no registers are left for them.
                        compiler_fence(Ordering::SeqCst);
                        heads[h] = F::head(&units[h]);
                    }
                    let head = heads[h];
                    let mut sums = [l.no_sum(); T];
                    if offset != 0 {
                        for t in 0..T {
                            // SAFETY: as above.
                            sums[t] = unsafe { l.load_sum(offsets.add(at + t), shift) };
                        }
                    }
                    let mut run_sums = [l.no_sum(); T];
                    // Macros, so that the steps are unrolled: the compiler keeps a loop rolled for many tokens, and then spills
                    // its sums to memory.
                    macro_rules! products {
                        ($weights:expr, $quad:expr) => {
                            for t in 0..T {
                                // SAFETY: as above; these sixteen columns lie in the group.
                                let x = unsafe { codes.add(t * GROUP + part * F::GROUP + $quad / 4 * 16) };
                                let to = if L::WIDENS { &mut run_sums[t] } else { &mut sums[t] };
                                // SAFETY: as above.
                                *to = unsafe {
                                    if F::SIGNED {
                                        l.dot::<true, { $quad % 4 }>(*to, $weights, x)
                                    } else {
                                        l.dot::<false, { $quad % 4 }>(*to, $weights, x)
                                    }
                                };
                                if L::WIDENS && ($quad + 1) % run == 0 {
                                    sums[t] = l.widen(sums[t], run_sums[t]);
                                    run_sums[t] = l.no_sum();
                                }
                            }
                        };
                    }
                    macro_rules! step {
                        ($step:expr) => {
                            let j = $step + part * (F::GROUP / 8);
                            if T <= L::STREAMING_TOKENS && first == 0 && h == 0 {
                                // All lines of a group at once where a line takes several registers, else some with each step.
                                let (from, to) = if L::N == ROWS {
                                    (j * lines_per_group / 4, (j + 1) * lines_per_group / 4)
                                } else {
                                    (0, if j == 0 { lines_per_group } else { 0 })
                                };
                                for line in from..to {
                                    let ahead = (g * lines / n_groups + line) * LINE + L::DISTANCE;
                                    l.prefetch_early(bytes.as_ptr().wrapping_add(ahead));
                                }
                            }
                            if T > L::STREAMING_TOKENS && F::GROUP == 16 {
                                // Otherwise the codes of several steps are unpacked first, for which there are no registers.
                                compiler_fence(Ordering::SeqCst);
                            }
                            let [left, right] = F::codes(&units[h], g, j);
                            products!(left, 2 * $step);
                            products!(right, 2 * $step + 1);
                        };
                    }
                    step!(0);
                    step!(1);
                    if parts == 1 {
                        step!(2);
                        step!(3);
                    }
                    let scale = F::scale(&units[h], head, g * parts + part);
                    for t in 0..T {
                        // SAFETY: as above.
                        let scale = l.mul(scale, l.splat(unsafe { *scales.add(t) }));
                        acc[h][t] = l.fma(l.to_float(sums[t]), scale, acc[h][t]);
                    }
                    if F::HAS_MINS {
                        let min = F::min(&units[h], head, g * parts + part);
                        for t in 0..T {
                            // SAFETY: as above.
                            acc[h][t] = l.fnma(min, l.splat(unsafe { *input_sums.add(at + t) }), acc[h][t]);
                        }
                    }
                }
            }
            place += args.width;
        }
    }
    for (h, acc) in acc.iter().enumerate() {
        // SAFETY: `out` is writable for `T` tokens and the existing rows, as `Kernel` requires.
        unsafe { store(l, args, first + h, acc) };
    }
}

/// Writes the existing rows of a register for each token.
///
/// # Safety
/// `args.out` is writable for these tokens and the rows of `args`.
#[inline(always)]
pub(super) unsafe fn store<L: CodeLanes>(l: L, args: &KernelArgs<'_>, register: usize, acc: &[L::V]) {
    let first_row = register * L::N;
    let n_rows = args.n_rows.saturating_sub(first_row).min(L::N);
    for (t, acc) in acc.iter().enumerate() {
        // SAFETY: only existing rows are written, and for these `out` is writable, as this function requires.
        unsafe {
            let out = args.out.add(t * args.out_stride).wrapping_add(first_row);
            l.store_first(out, *acc, n_rows);
        }
    }
}
