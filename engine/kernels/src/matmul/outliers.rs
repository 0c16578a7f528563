//! Products of quantized weights with outliers: one kernel for every format and instruction set.
//!
//! The weights of the span's outlier columns are unpacked first, each once for all tokens that have an outlier there; then each
//! token's products are added to its sums, after all codes, in the order of the columns.

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]

use std::mem::MaybeUninit;

use super::kernel_args::{Aligned, OutlierArgs};
use crate::activations::{GROUP, Outlier, SPAN_TOKENS, SpanOutliers};
use crate::block::BlockFormat;
use crate::lanes::CodeLanes;
use crate::layout::{ROWS, Unit};

/// Columns unpacked at a time: what they fill stays in the first-level cache.
const COLUMNS: usize = 256;

/// Adds the products of a panel of codes with the outliers of a span.
///
/// # Safety
/// Contract of [`super::kernel_args::OutlierKernel`].
#[inline(always)]
pub(super) unsafe fn panel<F: BlockFormat, L: CodeLanes>(l: L, args: &OutlierArgs<'_>) {
    let SpanOutliers { columns, starts, entries } = args.outliers;
    let mut unpacked = MaybeUninit::<Aligned<[[f32; ROWS]; COLUMNS]>>::uninit();
    let unpacked = unpacked.as_mut_ptr().cast::<f32>();
    // The next outlier of each token.
    let mut next = [0; SPAN_TOKENS];
    for (next, &start) in next.iter_mut().zip(starts) {
        *next = start as usize;
    }
    let mut first = 0;
    while first < columns.len() {
        let end = columns.len().min(first + COLUMNS);
        for (slot, &column) in columns[first..end].iter().enumerate() {
            let column = column as usize;
            let bytes = &args.panel[column / F::UNIT_COLS * F::UNIT_BYTES..][..F::UNIT_BYTES];
            for register in 0..const { ROWS / L::N } {
                let weights = weights::<F, L>(&Unit::new(l, bytes, register), column % F::UNIT_COLS);
                // SAFETY: there are COLUMNS slots of sixteen rows.
                unsafe { l.store(unpacked.add(slot * ROWS + register * L::N), weights) };
            }
        }
        for (token, next) in next[..starts.len() - 1].iter_mut().enumerate() {
            let rest = &entries[*next..starts[token + 1] as usize];
            if rest.first().is_some_and(|outlier| (outlier.column as usize) < end) {
                // SAFETY: `sums` is writable for the span's tokens, as this function requires.
                let sums = unsafe { args.sums.add(token).cast::<f32>() };
                // SAFETY: the outliers' columns are from `first` on, and those before `end` were unpacked.
                *next += unsafe { add::<L>(l, rest, (first, end), unpacked, sums) };
            }
        }
        first = end;
    }
}

/// Adds the products of a token's outliers before column `end` to its sums; their number.
///
/// # Safety
/// The columns from `first` to `end` are unpacked, no outlier's is before them, and `sums` has sixteen rows.
#[inline(always)]
unsafe fn add<L: CodeLanes>(
    l: L,
    outliers: &[Outlier],
    (first, end): (usize, usize),
    unpacked: *const f32,
    sums: *mut f32,
) -> usize {
    let mut n = 0;
    // SAFETY: as this function requires; a level's registers hold eight or sixteen rows.
    unsafe {
        let second = ROWS - L::N;
        let (mut low, mut high) = (l.load(sums), l.load(sums.add(second)));
        for outlier in outliers.iter().take_while(|outlier| (outlier.column as usize) < end) {
            let weights = unpacked.add((outlier.column as usize - first) * ROWS);
            let value = l.splat(outlier.value);
            low = l.fma(l.load(weights), value, low);
            high = l.fma(l.load(weights.add(second)), value, high);
            n += 1;
        }
        l.store(sums, low);
        l.store(sums.add(second), high);
    }
    n
}

/// The weights of one column: (code - offset) · scale - minimum, rounded after the product and after the difference.
#[inline(always)]
fn weights<F: BlockFormat, L: CodeLanes>(unit: &Unit<'_, L>, column: usize) -> L::V {
    let l = unit.l;
    let part = column / F::GROUP;
    let pair = F::codes(unit, column / GROUP, column % GROUP / 8);
    let codes = pair[column % 8 / 4];
    let code = if F::SIGNED { l.code::<true>(codes, column % 4) } else { l.code::<false>(codes, column % 4) };
    let offset = if F::SIGNED { L::SIGNED_OFFSET } else { F::OFFSET };
    let value = if offset == 0 { code } else { l.sub(code, l.splat(offset as f32)) };
    let head = F::head(unit);
    let weights = l.mul(value, F::scale(unit, head, part));
    if F::HAS_MINS { l.sub(weights, F::min(unit, head, part)) } else { weights }
}
