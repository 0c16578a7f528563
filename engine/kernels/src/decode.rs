//! Decoding of stored weights: the definition of every element type.

use crate::DType;

/// Decodes one row of raw little-endian bytes, as a file stores them, to f32.
///
/// `raw` is `[out.len()]` weights of `dtype`. Each weight is rounded as in [`Unpacked`](crate::block::Unpacked): the same
/// bits as ggml's dequantization.
///
/// # Panics
/// When the lengths do not match.
pub fn decode_row(dtype: DType, raw: &[u8], out: &mut [f32]) {
    assert_eq!(dtype.row_bytes(out.len()), Some(raw.len()), "{} weights of {dtype}", out.len());
    (dtype.format().decode)(raw, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every type with values recorded from another implementation: raw blocks, then their values as f32
    /// (`tests/record/decode.py`).
    const RECORDED: [(DType, &[u8]); 28] = [
        (DType::F32, include_bytes!("../tests/data/decode/f32.bin")),
        (DType::F16, include_bytes!("../tests/data/decode/f16.bin")),
        (DType::BF16, include_bytes!("../tests/data/decode/bf16.bin")),
        (DType::Q4_0, include_bytes!("../tests/data/decode/q4_0.bin")),
        (DType::Q4_1, include_bytes!("../tests/data/decode/q4_1.bin")),
        (DType::Q5_0, include_bytes!("../tests/data/decode/q5_0.bin")),
        (DType::Q5_1, include_bytes!("../tests/data/decode/q5_1.bin")),
        (DType::Q8_0, include_bytes!("../tests/data/decode/q8_0.bin")),
        (DType::Q2_K, include_bytes!("../tests/data/decode/q2_k.bin")),
        (DType::Q3_K, include_bytes!("../tests/data/decode/q3_k.bin")),
        (DType::Q4_K, include_bytes!("../tests/data/decode/q4_k.bin")),
        (DType::Q5_K, include_bytes!("../tests/data/decode/q5_k.bin")),
        (DType::Q6_K, include_bytes!("../tests/data/decode/q6_k.bin")),
        (DType::IQ4_NL, include_bytes!("../tests/data/decode/iq4_nl.bin")),
        (DType::IQ4_XS, include_bytes!("../tests/data/decode/iq4_xs.bin")),
        (DType::MXFP4, include_bytes!("../tests/data/decode/mxfp4.bin")),
        (DType::IQ1_S, include_bytes!("../tests/data/decode/iq1_s.bin")),
        (DType::IQ1_M, include_bytes!("../tests/data/decode/iq1_m.bin")),
        (DType::IQ2_XXS, include_bytes!("../tests/data/decode/iq2_xxs.bin")),
        (DType::IQ2_XS, include_bytes!("../tests/data/decode/iq2_xs.bin")),
        (DType::IQ2_S, include_bytes!("../tests/data/decode/iq2_s.bin")),
        (DType::IQ3_XXS, include_bytes!("../tests/data/decode/iq3_xxs.bin")),
        (DType::IQ3_S, include_bytes!("../tests/data/decode/iq3_s.bin")),
        (DType::TQ1_0, include_bytes!("../tests/data/decode/tq1_0.bin")),
        (DType::TQ2_0, include_bytes!("../tests/data/decode/tq2_0.bin")),
        (DType::NVFP4, include_bytes!("../tests/data/decode/nvfp4.bin")),
        (DType::Q1_0, include_bytes!("../tests/data/decode/q1_0.bin")),
        (DType::Q2_0, include_bytes!("../tests/data/decode/q2_0.bin")),
    ];

    #[test]
    fn every_type_decodes_to_the_recorded_bits() {
        for (dtype, recorded) in RECORDED {
            let n = recorded.len() * dtype.block_len() / (dtype.block_bytes() + 4 * dtype.block_len());
            let (raw, values) = recorded.split_at(dtype.row_bytes(n).unwrap());
            assert!(n >= 16 && values.len() == 4 * n, "{dtype}: {n}");
            let mut decoded = vec![f32::NAN; n];
            decode_row(dtype, raw, &mut decoded);
            for (i, (value, bytes)) in decoded.iter().zip(values.as_chunks().0).enumerate() {
                let expected = f32::from_le_bytes(*bytes);
                assert_eq!((value + 0.0).to_bits(), (expected + 0.0).to_bits(), "{dtype} weight {i}");
            }
        }
    }
}
