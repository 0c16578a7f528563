//! Searches that several formats share: extremes of a group, and the scale (and minimum) that fit its weights best.
//!
//! All functions work on `L::N` groups at once, `x[i]` holding weight `i` of each.

use super::tile::{WeightTile, keep, squares, to_half};
use crate::lanes::{INTEGERS, Lanes, MOST, Vector, larger, within};

/// Largest magnitude of a group that is encoded as zeros.
pub(crate) const NOTHING: f32 = 1e-15;

/// The weight of largest magnitude; the first of them on a tie.
#[inline(always)]
pub(crate) fn extreme<L: Lanes, const GROUP: usize>(x: &[Vector<L>; GROUP]) -> Vector<L> {
    let (mut extreme, mut magnitude) = (x[0].like(0.0), x[0].like(0.0));
    for &x in x {
        let more = x.abs().greater(magnitude);
        magnitude = x.abs().where_true(more, magnitude);
        extreme = x.where_true(more, extreme);
    }
    extreme
}

/// The weight of largest magnitude of each group of 32.
#[inline(always)]
pub(crate) fn extremes<L: Lanes>(l: L, tile: &WeightTile<'_>) -> [f32; MOST] {
    let mut all = [0.0; MOST];
    for group in (0..MOST).step_by(L::N) {
        keep(extreme(&tile.lanes::<L, 32>(l, group)), group, &mut all);
    }
    all
}

/// The smallest and the largest weight of each group of 32.
#[inline(always)]
pub(crate) fn bounds<L: Lanes>(l: L, tile: &WeightTile<'_>) -> ([f32; MOST], [f32; MOST]) {
    let (mut least, mut greatest) = ([0.0; MOST], [0.0; MOST]);
    for group in (0..MOST).step_by(L::N) {
        let x = tile.lanes::<L, 32>(l, group);
        let (mut low, mut high) = (x[0], x[0]);
        for &x in &x {
            low = x.smaller(low);
            high = x.larger(high);
        }
        keep(low, group, &mut least);
        keep(high, group, &mut greatest);
    }
    (least, greatest)
}

/// Computes 1 / `scale`, and 0 for a scale of 0.
#[inline(always)]
pub(crate) fn inverse(scale: f32) -> f32 {
    if scale == 0.0 { 0.0 } else { 1.0 / scale }
}

/// Codes `(x - min) · inverse + offset`, truncated to integers from 0 to `most`; an offset ending in one half rounds half up.
#[inline(always)]
pub(crate) fn cut_codes(x: &[f32; 32], (min, inverse): (f32, f32), offset: f32, most: f32) -> [u8; 32] {
    let mut codes = [0; 32];
    for (code, x) in codes.iter_mut().zip(x) {
        *code = within((x - min) * inverse + offset, 0.0, most) as i32 as u8;
    }
    codes
}

/// The nearest integer, ties to even, clamped to `low..=high`; `low` if `value` is NaN.
#[inline(always)]
pub(crate) fn code(value: f32, low: f32, high: f32) -> i32 {
    // The lowest 22 bits of the sum are the integer, in two's complement.
    let bits = (within(value, low, high) + INTEGERS).to_bits();
    (bits & 0x7F_FFFF) as i32 - 0x40_0000
}

/// The nearest code of each weight, `(x + min) / scale`, from `low` to `high`, in two's complement.
#[inline(always)]
pub(crate) fn nearest_codes(x: &[f32], (scale, min): (f32, f32), (low, high): (f32, f32), codes: &mut [u8]) {
    for (out, x) in codes.iter_mut().zip(x) {
        *out = code((x + min) / scale, low, high) as u8;
    }
}

/// Adds `by` to signed codes, which gives them as a format stores them.
#[inline(always)]
pub(crate) fn offset(codes: &mut [u8], by: u8) {
    for code in codes {
        *code = code.wrapping_add(by);
    }
}

/// The candidates of a search of scale and minimum: inverse scales `(first + 0.1 · step + most) / range`.
#[derive(Clone, Copy)]
pub(crate) struct ScaleCandidates {
    /// Largest code of the search.
    pub(crate) most: f32,
    /// Offset of the first candidate.
    pub(crate) first: f32,
    /// Number of steps after the first candidate.
    pub(crate) steps: u8,
}

/// Sums over a group of weights x with codes q and importance w.
struct Sums<L: Lanes> {
    w: Vector<L>,
    wx: Vector<L>,
    wq: Vector<L>,
    wqq: Vector<L>,
    wqx: Vector<L>,
}

impl<L: Lanes> Sums<L> {
    /// The scale and the minimum (at most zero) with the least Σw(scale·q + min - x)², and a mask of the lanes that have such a
    /// pair.
    #[inline(always)]
    fn fit(&self) -> (Vector<L>, Vector<L>, L::Mask) {
        let determinant = self.w * self.wqq - self.wq * self.wq;
        let scale = (self.w * self.wqx - self.wx * self.wq) / determinant;
        let min = (self.wqq * self.wx - self.wq * self.wqx) / determinant;
        let zero = min.like(0.0);
        let above = min.greater(zero);
        let scale = (self.wqx / self.wqq).where_true(above, scale);
        (scale, zero.where_true(above, min), determinant.greater(zero))
    }
}

/// Codes of `x` from `low` up, for one candidate.
#[inline(always)]
fn codes_from<L: Lanes, const GROUP: usize>(
    x: &[Vector<L>; GROUP],
    low: Vector<L>,
    inverse: Vector<L>,
    most: f32,
) -> [Vector<L>; GROUP] {
    let mut codes = *x;
    for (code, &x) in codes.iter_mut().zip(x) {
        *code = ((x - low) * inverse).within(0.0, most).rounded();
    }
    codes
}

/// The error Σw|scale·q + min - x|, or the sum of squares.
#[inline(always)]
fn error_of<L: Lanes, const GROUP: usize, const ABSOLUTE: bool>(
    codes: &[Vector<L>; GROUP],
    (x, w): (&[Vector<L>; GROUP], &[Vector<L>; GROUP]),
    (scale, min): (Vector<L>, Vector<L>),
) -> Vector<L> {
    let mut error = scale.like(0.0);
    for ((&q, &x), &w) in codes.iter().zip(x).zip(w) {
        let miss = scale * q + min - x;
        error = error + w * if ABSOLUTE { miss.abs() } else { miss * miss };
    }
    error
}

/// The scale and the magnitude of the minimum (which is at most zero) for codes from 0, by least error under the importance
/// `w`.
///
/// The error of each candidate is squared, or absolute with `ABSOLUTE`; scale and minimum are fitted by least squares either
/// way. Each candidate starts from the best minimum so far.
#[inline(always)]
pub(crate) fn scale_and_min<L: Lanes, const GROUP: usize, const ABSOLUTE: bool>(
    x: &[Vector<L>; GROUP],
    w: &[Vector<L>; GROUP],
    tries: ScaleCandidates,
) -> (Vector<L>, Vector<L>) {
    let zero = x[0].like(0.0);
    let (mut min, mut high) = (zero, x[0]);
    let mut sums = Sums { w: zero, wx: zero, wq: zero, wqq: zero, wqx: zero };
    for (&x, &w) in x.iter().zip(w) {
        min = x.smaller(min);
        high = x.larger(high);
        sums.w = sums.w + w;
        sums.wx = sums.wx + w * x;
    }
    let (low, most) = (min, zero.like(tries.most));
    let mut scale = (high - low) / most;
    let codes = codes_from(x, low, most / (high - low), tries.most);
    let mut least_error = error_of::<L, GROUP, ABSOLUTE>(&codes, (x, w), (scale, min));
    for step in 0..=tries.steps {
        let inverse = zero.like(tries.first + 0.1 * f32::from(step) + tries.most) / (high - min);
        let codes = codes_from(x, min, inverse, tries.most);
        (sums.wq, sums.wqq, sums.wqx) = (zero, zero, zero);
        for ((&q, &x), &w) in codes.iter().zip(x).zip(w) {
            let wq = w * q;
            sums.wq = sums.wq + wq;
            sums.wqq = sums.wqq + wq * q;
            sums.wqx = sums.wqx + wq * x;
        }
        let (new_scale, new_min, exists) = sums.fit();
        let error = error_of::<L, GROUP, ABSOLUTE>(&codes, (x, w), (new_scale, new_min));
        let error = error.where_true(exists, zero.like(f32::INFINITY));
        let better = least_error.greater(error);
        least_error = error.where_true(better, least_error);
        scale = new_scale.where_true(better, scale);
        min = new_min.where_true(better, min);
    }
    // Equal weights at or below zero are encoded by the minimum alone.
    let spread = high.greater(low);
    (scale.where_true(spread, zero), zero - min.where_true(spread, low))
}

/// The signed scale for codes from -`most` to `most` - 1, by least squared error with error weights `w`; zero for a group of
/// zeros.
///
/// Tries nineteen scales around the one that gives the extreme weight the code -`most`, each corrected by least squares.
#[inline(always)]
pub(crate) fn signed_scale<L: Lanes, const GROUP: usize>(
    x: &[Vector<L>; GROUP],
    w: &[Vector<L>; GROUP],
    most: f32,
) -> Vector<L> {
    let extreme = extreme(x);
    let zero = extreme.like(0.0);
    let (mut best, mut gain) = (zero, zero.like(f32::NEG_INFINITY));
    for step in [0_i8, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9] {
        let inverse = zero.like(-(most + 0.1 * f32::from(step))) / extreme;
        let (mut wqx, mut wqq) = (zero, zero);
        for (&x, &w) in x.iter().zip(w) {
            let q = (inverse * x).within(-most, most - 1.0).rounded();
            let wq = w * q;
            wqx = wqx + wq * x;
            wqq = wqq + wq * q;
        }
        // The squared error is Σwx² minus this.
        let this_gain = wqx * wqx / wqq;
        let better = this_gain.greater(gain);
        gain = this_gain.where_true(better, gain);
        best = (wqx / wqq).where_true(better, best);
    }
    best.where_true(extreme.abs().greater(zero.like(NOTHING)), zero)
}

/// The [`signed_scale`] of each group of 32 of a tile.
#[inline(always)]
pub(crate) fn signed_scales<L: Lanes>(l: L, tile: &WeightTile<'_>, most: f32) -> [f32; MOST] {
    let mut scales = [0.0; MOST];
    for group in (0..MOST).step_by(L::N) {
        let x = tile.lanes::<L, 32>(l, group);
        let w = tile.counts(l, group, &x, squares(&x));
        keep(signed_scale(&x, &w, most), group, &mut scales);
    }
    scales
}

/// The [`scale_and_min`] by squared error of each group of 32 of a tile; without importance, error weights grow with the
/// magnitude of a weight.
#[inline(always)]
pub(crate) fn scales_and_mins<L: Lanes>(
    l: L,
    tile: &WeightTile<'_>,
    tries: ScaleCandidates,
) -> ([f32; MOST], [f32; MOST]) {
    let (mut scales, mut mins) = ([0.0; MOST], [0.0; MOST]);
    for group in (0..MOST).step_by(L::N) {
        let x = tile.lanes::<L, 32>(l, group);
        let mut squares = Vector::splat(l, 0.0);
        for &x in &x {
            squares = squares + x * x;
        }
        let typical = (squares / Vector::splat(l, 32.0)).sqrt();
        let mut usual = x;
        for w in &mut usual {
            *w = typical + w.abs();
        }
        let w = tile.counts(l, group, &x, usual);
        let (scale, min) = scale_and_min::<L, 32, false>(&x, &w, tries);
        keep(scale, group, &mut scales);
        keep(min, group, &mut mins);
    }
    (scales, mins)
}

/// The scale of largest magnitude; the first of them on a tie.
#[inline(always)]
pub(crate) fn largest_scale(scales: &[f32]) -> f32 {
    scales.iter().fold(0.0, |most: f32, &scale| if scale.abs() > most.abs() { scale } else { most })
}

/// Quantizes positive numbers to multiples, up to `most`, of a common unit, which is returned, rounded to half precision.
#[inline(always)]
pub(crate) fn shares(values: &[f32], most: f32, shares: &mut [u8]) -> f32 {
    let largest = values.iter().fold(0.0_f32, |most, &value| larger(value, most));
    let inverse = if largest > 0.0 { most / largest } else { 0.0 };
    for (share, value) in shares.iter_mut().zip(values) {
        *share = code(inverse * value, 0.0, most) as u8;
    }
    to_half(largest / most)
}
