//! The searches that the formats share: extremes of a group, and the scale (and minimum) that fit its weights best.
//!
//! All work on `V::COUNT` groups at once, `x[i]` holding weight `i` of each.

use super::lanes::Lanes;
use super::{MOST, TILE, keep, lanes_of};

/// Below this a group counts as zeros.
pub(super) const NOTHING: f32 = 1e-15;

/// The weight of largest magnitude, the first of them if there are several.
#[inline(always)]
pub(super) fn extreme<V: Lanes, const GROUP: usize>(x: &[V; GROUP]) -> V {
    let (mut extreme, mut magnitude) = (V::zero(), V::zero());
    for &x in x {
        let more = x.abs().greater(magnitude);
        magnitude = V::select(more, x.abs(), magnitude);
        extreme = V::select(more, x, extreme);
    }
    extreme
}

/// The weight of largest magnitude of each group of 32.
#[inline(always)]
pub(super) fn extremes<V: Lanes>(weights: &[f32; TILE]) -> [f32; MOST] {
    let mut all = [0.0; MOST];
    for group in (0..MOST).step_by(V::COUNT) {
        keep(extreme(&lanes_of::<V, 32>(weights, group)), group, &mut all);
    }
    all
}

/// The least and the greatest weight of each group of 32.
#[inline(always)]
pub(super) fn bounds<V: Lanes>(weights: &[f32; TILE]) -> ([f32; MOST], [f32; MOST]) {
    let (mut least, mut greatest) = ([0.0; MOST], [0.0; MOST]);
    for group in (0..MOST).step_by(V::COUNT) {
        let x = lanes_of::<V, 32>(weights, group);
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

/// 1 / `scale`, and 0 for 0.
#[inline(always)]
pub(super) fn inverse(scale: f32) -> f32 {
    if scale == 0.0 { 0.0 } else { 1.0 / scale }
}

/// `(x - min) · inverse + offset`, cut to an integer from 0 to `most`: rounding half up where `offset` ends in one half.
#[inline(always)]
pub(super) fn cut_codes(x: &[f32; 32], (min, inverse): (f32, f32), offset: f32, most: f32) -> [u8; 32] {
    let mut codes = [0; 32];
    for (code, x) in codes.iter_mut().zip(x) {
        *code = ((x - min) * inverse + offset).within(0.0, most) as i32 as u8;
    }
    codes
}

/// The nearest code of each weight, `(x + min) / scale`, from `low` to `high`.
#[inline(always)]
pub(super) fn nearest_codes(x: &[f32], (scale, min): (f32, f32), (low, high): (f32, f32), codes: &mut [i8]) {
    for (code, x) in codes.iter_mut().zip(x) {
        *code = super::lanes::code((x + min) / scale, low, high) as i8;
    }
}

/// Which inverse scales a search of scale and minimum tries: `(first + 0.1 · step + most) / range`.
#[derive(Clone, Copy)]
pub(super) struct Tries {
    /// Largest code.
    pub(super) most: f32,
    /// Offset of the first try.
    pub(super) first: f32,
    /// Steps after the first.
    pub(super) steps: u8,
}

/// Sums over a group of weights x with codes q and importances w.
struct Sums<V> {
    w: V,
    wx: V,
    wq: V,
    wqq: V,
    wqx: V,
}

impl<V: Lanes> Sums<V> {
    /// The scale and the minimum (at most zero) with the least Σw(scale·q + min - x)², and where there is such a pair.
    #[inline(always)]
    fn fit(&self) -> (V, V, V::Mask) {
        let determinant = self.w * self.wqq - self.wq * self.wq;
        let scale = (self.w * self.wqx - self.wx * self.wq) / determinant;
        let min = (self.wqq * self.wx - self.wq * self.wqx) / determinant;
        let above = min.greater(V::zero());
        let scale = V::select(above, self.wqx / self.wqq, scale);
        (scale, V::select(above, V::zero(), min), determinant.greater(V::zero()))
    }
}

/// Codes of `x` from `low` up, for one try.
#[inline(always)]
fn codes_from<V: Lanes, const GROUP: usize>(x: &[V; GROUP], low: V, inverse: V, most: f32) -> [V; GROUP] {
    let mut codes = [V::zero(); GROUP];
    for (code, &x) in codes.iter_mut().zip(x) {
        *code = ((x - low) * inverse).within(0.0, most).rounded();
    }
    codes
}

/// Σw|scale·q + min - x|, or of the square.
#[inline(always)]
fn error_of<V: Lanes, const GROUP: usize, const ABSOLUTE: bool>(
    codes: &[V; GROUP],
    (x, w): (&[V; GROUP], &[V; GROUP]),
    (scale, min): (V, V),
) -> V {
    let mut error = V::zero();
    for ((&q, &x), &w) in codes.iter().zip(x).zip(w) {
        let miss = scale * q + min - x;
        error = error + w * if ABSOLUTE { miss.abs() } else { miss * miss };
    }
    error
}

/// The scale and the magnitude of the minimum (which is at most zero) for codes from 0, by least error under importances `w`.
///
/// The error of each try is squared, or absolute with `ABSOLUTE`; scale and minimum are fitted by least squares either way.
/// Each try starts from the best minimum so far.
#[inline(always)]
pub(super) fn scale_and_min<V: Lanes, const GROUP: usize, const ABSOLUTE: bool>(
    x: &[V; GROUP],
    w: &[V; GROUP],
    tries: Tries,
) -> (V, V) {
    let (mut min, mut high) = (V::zero(), x[0]);
    let mut sums = Sums { w: V::zero(), wx: V::zero(), wq: V::zero(), wqq: V::zero(), wqx: V::zero() };
    for (&x, &w) in x.iter().zip(w) {
        min = x.smaller(min);
        high = x.larger(high);
        sums.w = sums.w + w;
        sums.wx = sums.wx + w * x;
    }
    let (low, most) = (min, V::splat(tries.most));
    let mut scale = (high - low) / most;
    let codes = codes_from(x, low, most / (high - low), tries.most);
    let mut least_error = error_of::<V, GROUP, ABSOLUTE>(&codes, (x, w), (scale, min));
    for step in 0..=tries.steps {
        let inverse = V::splat(tries.first + 0.1 * f32::from(step) + tries.most) / (high - min);
        let codes = codes_from(x, min, inverse, tries.most);
        (sums.wq, sums.wqq, sums.wqx) = (V::zero(), V::zero(), V::zero());
        for ((&q, &x), &w) in codes.iter().zip(x).zip(w) {
            let wq = w * q;
            sums.wq = sums.wq + wq;
            sums.wqq = sums.wqq + wq * q;
            sums.wqx = sums.wqx + wq * x;
        }
        let (new_scale, new_min, exists) = sums.fit();
        let error = error_of::<V, GROUP, ABSOLUTE>(&codes, (x, w), (new_scale, new_min));
        let error = V::select(exists, error, V::splat(f32::INFINITY));
        let better = least_error.greater(error);
        least_error = V::select(better, error, least_error);
        scale = V::select(better, new_scale, scale);
        min = V::select(better, new_min, min);
    }
    // Equal weights at or below zero: the minimum alone says all.
    let spread = high.greater(low);
    (V::select(spread, scale, V::zero()), V::zero() - V::select(spread, min, low))
}

/// The signed scale for codes from -`most` to `most` - 1, by least squared error under importances x²; zero for zeros.
///
/// Tries nineteen scales around the one that puts the extreme weight on -`most`, each corrected by least squares.
#[inline(always)]
pub(super) fn signed_scale<V: Lanes, const GROUP: usize>(x: &[V; GROUP], most: f32) -> V {
    let extreme = extreme(x);
    let (mut best, mut gain) = (V::zero(), V::splat(f32::NEG_INFINITY));
    for step in [0_i8, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9] {
        let inverse = V::splat(-(most + 0.1 * f32::from(step))) / extreme;
        let (mut wqx, mut wqq) = (V::zero(), V::zero());
        for &x in x {
            let q = (inverse * x).within(-most, most - 1.0).rounded();
            let wq = x * x * q;
            wqx = wqx + wq * x;
            wqq = wqq + wq * q;
        }
        // The squared error is Σwx² less this.
        let this_gain = wqx * wqx / wqq;
        let better = this_gain.greater(gain);
        gain = V::select(better, this_gain, gain);
        best = V::select(better, wqx / wqq, best);
    }
    V::select(extreme.abs().greater(V::splat(NOTHING)), best, V::zero())
}
