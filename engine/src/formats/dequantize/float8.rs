//! Eight-bit floats, as defined in the OCP specification "8-bit floating point".

/// The value of an E4M3 float: sign, 4 bits of exponent with a bias of 7, 3 of mantissa. All ones is NaN; there are no
/// infinities. Every value is exact in f32.
pub(in crate::formats) fn e4m3(byte: u8) -> f32 {
    if byte & 0x7f == 0x7f {
        return f32::NAN;
    }
    value(byte, 3, 7)
}

/// The value of an E5M2 float: sign, 5 bits of exponent with a bias of 15, 2 of mantissa; infinities and NaN as in IEEE 754.
/// Every value is exact in f32.
pub(in crate::formats) fn e5m2(byte: u8) -> f32 {
    // An E5M2 float is the upper half of an IEEE half.
    half::f16::from_bits(u16::from(byte) << 8).to_f32()
}

/// The value of an E8M0 scale: two to the power of the byte minus 127; 255 is NaN.
pub(in crate::formats) fn e8m0(byte: u8) -> f32 {
    match byte {
        0 => f32::from_bits(0x0040_0000), // 2^-127, a subnormal in f32
        255 => f32::NAN,
        exponent => f32::from_bits(u32::from(exponent) << 23),
    }
}

fn value(byte: u8, mantissa_bits: u32, bias: i32) -> f32 {
    let magnitude = u32::from(byte & 0x7f);
    let (exponent, mantissa) = (magnitude >> mantissa_bits, magnitude & ((1 << mantissa_bits) - 1));
    let unit = 1 << mantissa_bits;
    // A subnormal has the exponent of the smallest normal number and no implicit leading one.
    let (significand, power) = if exponent == 0 { (mantissa, 1) } else { (unit + mantissa, exponent as i32) };
    let scaled = significand as f32 / unit as f32 * 2.0_f32.powi(power - bias);
    if byte & 0x80 == 0 { scaled } else { -scaled }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::float_cmp, reason = "the values are exact")]
    fn the_values_of_the_specification() {
        for (byte, expected) in [
            (0x00, 0.0),
            (0x01, 2.0_f32.powi(-9)),
            (0x07, 0.875 * 2.0_f32.powi(-6)),
            (0x08, 2.0_f32.powi(-6)),
            (0x38, 1.0),
            (0x39, 1.125),
            (0x7e, 448.0),
            (0xfe, -448.0),
            (0xb8, -1.0),
        ] {
            assert_eq!(e4m3(byte), expected, "{byte:#x}");
        }
        assert!(e4m3(0x7f).is_nan() && e4m3(0xff).is_nan() && e4m3(0x80).is_sign_negative());
        for (byte, expected) in [(0x3c, 1.0), (0x7b, 57344.0), (0x01, 2.0_f32.powi(-16)), (0xc0, -2.0)] {
            assert_eq!(e5m2(byte), expected, "{byte:#x}");
        }
        assert!(e5m2(0x7c).is_infinite() && e5m2(0x7d).is_nan());
        for (byte, expected) in
            [(127, 1.0), (0, 2.0_f32.powi(-127)), (1, 2.0_f32.powi(-126)), (254, 2.0_f32.powi(127))]
        {
            assert_eq!(e8m0(byte), expected, "{byte}");
        }
        assert!(e8m0(255).is_nan());
    }
}
