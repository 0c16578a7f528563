//! An exact fused multiply-add, for Windows programs built with mingw.
//!
//! `f32::mul_add` is one instruction where the compiler knows that the processor has it, and a call of C's `fmaf` elsewhere. The
//! `fmaf` of mingw-w64 rounds twice: of random arguments, 29 % differ in the last bit. So that the scalar definition has the
//! same bits on every system, the symbol is defined here for that target, and the linker finds it before the library's.

/// a · b + c, rounded once to nearest.
///
/// The product of two `f32` is exact in `f64`. Their sum with `c` is rounded to odd in `f64`, so that rounding it again to `f32`
/// gives what one rounding gives (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
fn multiply_add(a: f32, b: f32, c: f32) -> f32 {
    let (product, c) = (f64::from(a) * f64::from(b), f64::from(c));
    let sum = product + c;
    // What the sum lost, exactly (Knuth).
    let added = sum - product;
    let lost = (product - (sum - added)) + (c - added);
    let bits = sum.to_bits();
    if !sum.is_finite() || lost == 0.0 || bits & 1 == 1 {
        return sum as f32;
    }
    let outward = (lost > 0.0) == (sum > 0.0);
    f64::from_bits(if outward { bits + 1 } else { bits - 1 }) as f32
}

/// C's `fmaf`, with one rounding.
#[cfg(all(windows, target_env = "gnu"))]
// SAFETY: the symbol has the type and the meaning of C's, which is what everything that finds it expects.
#[unsafe(no_mangle)]
extern "C" fn fmaf(a: f32, b: f32, c: f32) -> f32 {
    multiply_add(a, b, c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn it_rounds_once() {
        // Products that end just beside the middle of two numbers, where rounding twice goes wrong.
        let near_one = 1.0 + f32::EPSILON;
        let tiny = f32::from_bits(1);
        for (a, b, c, sum) in [
            (near_one, near_one, tiny, 1.0 + 2.0 * f32::EPSILON),
            (4097.0, 4097.0, tiny, 16_785_410.0),
            (1.0 + 2.0_f32.powi(-12), 1.0 + 2.0_f32.powi(-12), 0.0, 1.0 + 2.0_f32.powi(-11)),
            (1.0 + 2.0_f32.powi(-12), 1.0 + 2.0_f32.powi(-12), tiny, 1.0 + 2.0_f32.powi(-11) + f32::EPSILON),
            (1.0 + 2.0_f32.powi(-12), 1.0 + 2.0_f32.powi(-12), -tiny, 1.0 + 2.0_f32.powi(-11)),
            (f32::MAX, 2.0, -f32::MAX, f32::MAX),
            (f32::MAX, f32::MAX, -f32::MAX, f32::INFINITY),
            (tiny, 0.5, tiny, 2.0 * tiny),
            (tiny, 0.25, tiny, tiny),
        ] {
            assert_eq!(multiply_add(a, b, c).to_bits(), sum.to_bits(), "{a} * {b} + {c}");
        }
        assert_eq!(multiply_add(-0.0, 1.0, -0.0).to_bits(), (-0.0_f32).to_bits());
        assert!(multiply_add(f32::INFINITY, 0.0, 1.0).is_nan());
    }

    #[test]
    fn it_has_the_bits_of_the_systems_own() {
        let mut random = Random::new(29);
        let mut any = || f32::from_bits(random.whole() as u32);
        for _ in 0..200_000 {
            let (a, b) = (any(), any());
            // Far apart, cancelling, and near the product.
            for c in [any(), -a * b, a * b * 1.000_1, f32::from_bits((a * b).to_bits() ^ 0x0080_0000)] {
                let (own, systems) = (multiply_add(a, b, c), a.mul_add(b, c));
                let same = own.to_bits() == systems.to_bits() || own.is_nan() && systems.is_nan();
                assert!(same, "{a:e} * {b:e} + {c:e}: {own:e}, {systems:e}");
            }
        }
    }
}
