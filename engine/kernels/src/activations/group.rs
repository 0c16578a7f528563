//! Codes of one group of 32 columns.

#![allow(clippy::inline_always, reason = "see lanes")]

/// Columns that share a scale.
pub(crate) const GROUP: usize = 32;
/// Largest code; the smallest is its negative.
pub(super) const MOST: f32 = 127.0;
/// Largest magnitudes below this are treated as zero, since their reciprocal is not finite.
pub(super) const SMALLEST: f32 = 1e-30;

/// One quantized group, as the scalar definition computes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Group {
    /// Codes in -127..=127.
    pub(crate) codes: [i8; GROUP],
    /// Scale of the group: a number is about code · scale.
    pub(crate) scale: f32,
    /// Sums of the first and the second 16 codes.
    pub(crate) sums: [i32; 2],
}

/// What a level does with a group; the scalar functions of this file define both.
pub(super) trait GroupSteps: Copy {
    /// Quantizes a group.
    fn quantize(self, x: &[f32; GROUP]) -> Group;
    /// Quantizes a group whose scale is that of numbers up to `max`.
    fn quantize_to(self, x: &[f32; GROUP], max: f32) -> Group;
    /// One bit for each number whose magnitude is above the limit.
    fn above(self, x: &[f32; GROUP], limit: f32) -> u32;
}

/// The steps in plain Rust.
#[derive(Clone, Copy)]
pub(super) struct ScalarSteps;

impl GroupSteps for ScalarSteps {
    fn quantize(self, x: &[f32; GROUP]) -> Group {
        quantize(x)
    }

    fn quantize_to(self, x: &[f32; GROUP], max: f32) -> Group {
        quantize_to(x, max)
    }

    fn above(self, x: &[f32; GROUP], limit: f32) -> u32 {
        above(x, limit)
    }
}

impl Group {
    pub(super) const ZERO: Self = Self { codes: [0; GROUP], scale: 0.0, sums: [0; 2] };
}

/// Quantizes a group: codes are `round(x · 127 / max)`, ties to even, and the scale is `max / 127`. The scalar definition.
pub(super) fn quantize(x: &[f32; GROUP]) -> Group {
    quantize_to(x, x.iter().fold(0.0f32, |max, x| max.max(x.abs())))
}

/// Quantizes a group with the scale of numbers up to `max`, a group's own largest or that of more numbers. The scalar definition.
pub(super) fn quantize_to(x: &[f32; GROUP], max: f32) -> Group {
    if max < SMALLEST {
        return Group::ZERO;
    }
    let inverse = MOST / max;
    let codes = x.map(|x| (x * inverse).round_ties_even().clamp(-MOST, MOST) as i8);
    let sum = |codes: &[i8]| codes.iter().map(|&code| i32::from(code)).sum();
    Group { codes, scale: max / MOST, sums: [sum(&codes[..16]), sum(&codes[16..])] }
}

/// One bit for each number of a group whose magnitude is above the limit. The scalar definition.
pub(super) fn above(x: &[f32; GROUP], limit: f32) -> u32 {
    x.iter().enumerate().fold(0, |bits, (i, x)| bits | u32::from(x.abs() > limit) << i)
}

/// What the codes of a group leave of its numbers, `x - code · scale`, rounded after both steps.
#[inline(always)]
pub(super) fn residual(x: &[f32; GROUP], group: &Group) -> [f32; GROUP] {
    std::array::from_fn(|i| x[i] - f32::from(group.codes[i]) * group.scale)
}

/// The numbers of group `g`, with zeros beyond the row.
#[inline(always)]
pub(super) fn columns(row: &[f32], g: usize) -> [f32; GROUP] {
    let mut x = [0.0; GROUP];
    let from = row.len().min(g * GROUP);
    let part = &row[from..row.len().min(from + GROUP)];
    x[..part.len()].copy_from_slice(part);
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn codes_are_within_half_a_step_and_sums_are_theirs() {
        let x: [f32; GROUP] = Random::new(3).numbers(GROUP).try_into().unwrap();
        let group = quantize(&x);
        for (x, &code) in x.iter().zip(&group.codes) {
            // Half a step, and the roundings of scale and reciprocal.
            assert!((x - f32::from(code) * group.scale).abs() <= group.scale * 0.5001);
        }
        assert_eq!(group.codes.iter().map(|&code| i32::from(code).abs()).max(), Some(127));
        assert_eq!(group.sums[0] + group.sums[1], group.codes.iter().map(|&code| i32::from(code)).sum());
    }

    #[test]
    fn twice_quantized_numbers_are_within_a_64516th_of_the_largest() {
        let mut random = Random::new(8);
        for magnitude in [1e-20, 1.0, 1e30] {
            let mut x: [f32; GROUP] = random.numbers(GROUP).try_into().unwrap();
            x[5] = 20.0;
            let x = x.map(|x| x * magnitude);
            let first = quantize(&x);
            let second = quantize(&residual(&x, &first));
            for (i, number) in x.iter().enumerate() {
                let code = |group: &Group| f64::from(group.codes[i]) * f64::from(group.scale);
                // Half a step of a 127th of half a step of a 127th, and roundings in f32.
                let error = (f64::from(*number) - code(&first) - code(&second)).abs();
                assert!(error <= f64::from(x[5]) / 64516.0 * 1.02, "{number}: off by {error}");
            }
        }
    }
}
