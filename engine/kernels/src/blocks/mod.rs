//! The block formats, one file each: byte diagram, and what the bytes mean.
//!
//! Every format says the same thing in its own bytes: small integer codes in groups of 16 or 32, each group with a scale and
//! perhaps a minimum. [`Unpacked`] is that meaning; decoding, packing and the definition of the matrix products read it, so
//! no format is written down twice. Layouts: ggml `docs/gguf.md` and `ggml-common.h`.

pub mod iq4_nl;
pub mod iq4_xs;
pub mod mxfp4;
pub mod q2_k;
pub mod q3_k;
pub mod q4_0;
pub mod q4_1;
pub mod q4_k;
pub mod q5_0;
pub mod q5_1;
pub mod q5_k;
pub mod q6_k;
pub mod q8_0;

use crate::DType;

/// Weights in the largest block.
pub const MAX_LEN: usize = 256;

/// A block's meaning: weight `i` is `codes[i] * scales[i / group] - mins[i / group]`, rounded after the product and after
/// the difference. Products of a format's own scale factors fit `f32` exactly.
#[derive(Clone, Debug)]
pub struct Unpacked {
    /// Weights the block holds; what lies behind them in the arrays is unspecified.
    pub len: usize,
    /// Weights that share a scale: 16 or 32.
    pub group: usize,
    /// Integer codes.
    pub codes: [i8; MAX_LEN],
    /// One scale per group.
    pub scales: [f32; MAX_LEN / 16],
    /// One minimum per group; zero in formats without.
    pub mins: [f32; MAX_LEN / 16],
}

impl Default for Unpacked {
    fn default() -> Self {
        Self { len: 0, group: 32, codes: [0; MAX_LEN], scales: [0.0; 16], mins: [0.0; 16] }
    }
}

impl Unpacked {
    /// Says how many weights follow, in groups of how many.
    pub(crate) fn start(&mut self, len: usize, group: usize) {
        (self.len, self.group) = (len, group);
        self.mins = [0.0; 16];
    }

    /// The weights themselves.
    ///
    /// # Panics
    /// When `out` is not as long as the block.
    pub fn decode(&self, out: &mut [f32]) {
        assert_eq!(out.len(), self.len, "a block decodes as a whole");
        let groups = out.chunks_mut(self.group).zip(self.codes.chunks(self.group));
        for ((out, codes), (scale, min)) in groups.zip(self.scales.iter().zip(&self.mins)) {
            for (out, &code) in out.iter_mut().zip(codes) {
                *out = f32::from(code) * scale - min;
            }
        }
    }
}

/// Reads one block of a quantized type.
///
/// # Panics
/// When `block` is not one block long, or `dtype` is a plain floating-point type, which has no blocks.
pub fn unpack(dtype: DType, block: &[u8], out: &mut Unpacked) {
    match dtype {
        DType::F32 | DType::F16 | DType::BF16 => panic!("{dtype} has no blocks"),
        DType::Q4_0 => q4_0::unpack(whole(block), out),
        DType::Q4_1 => q4_1::unpack(whole(block), out),
        DType::Q5_0 => q5_0::unpack(whole(block), out),
        DType::Q5_1 => q5_1::unpack(whole(block), out),
        DType::Q8_0 => q8_0::unpack(whole(block), out),
        DType::Q2_K => q2_k::unpack(whole(block), out),
        DType::Q3_K => q3_k::unpack(whole(block), out),
        DType::Q4_K => q4_k::unpack(whole(block), out),
        DType::Q5_K => q5_k::unpack(whole(block), out),
        DType::Q6_K => q6_k::unpack(whole(block), out),
        DType::IQ4_NL => iq4_nl::unpack(whole(block), out),
        DType::IQ4_XS => iq4_xs::unpack(whole(block), out),
        DType::MXFP4 => mxfp4::unpack(whole(block), out),
    }
}

fn whole<const BYTES: usize>(block: &[u8]) -> &[u8; BYTES] {
    block.try_into().expect("callers cut rows into blocks of the type's own size")
}

/// The half-precision number at `offset`, widened.
pub(crate) fn f16_at(block: &[u8], offset: usize) -> f32 {
    half::f16::from_le_bytes([block[offset], block[offset + 1]]).to_f32()
}

/// The bytes of a field at `offset`.
pub(crate) fn field<const N: usize>(block: &[u8], offset: usize) -> &[u8; N] {
    block[offset..].first_chunk().expect("a block holds its fields")
}

/// Splits 16 bytes into 32 nibbles: the low ones first.
fn nibbles(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.iter().map(|byte| byte & 15).chain(bytes.iter().map(|byte| byte >> 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_fill_what_the_catalog_says() {
        for dtype in DType::all().filter(|dtype| !dtype.is_float()) {
            let mut out = Unpacked::default();
            unpack(dtype, &vec![0xA5; dtype.block_bytes()], &mut out);
            assert_eq!(out.len, dtype.block_len(), "{dtype}");
            assert!(out.group == 16 || out.group == 32, "{dtype}");
        }
    }
}
