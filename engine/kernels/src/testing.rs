//! What the tests of several kernels share: random weights and inputs from a fixed seed.

use half::f16;

use crate::DType;

/// A small generator of good enough noise (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in -1..1.
    pub(crate) fn number(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    pub(crate) fn numbers(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.number()).collect()
    }
}

/// Where a block keeps its half-precision fields, which must be finite.
fn halves(dtype: DType) -> &'static [usize] {
    match dtype {
        DType::Q4_0 | DType::Q5_0 | DType::Q8_0 | DType::IQ4_NL | DType::IQ4_XS => &[0],
        DType::Q4_1 | DType::Q5_1 | DType::Q4_K | DType::Q5_K => &[0, 2],
        DType::Q2_K => &[80, 82],
        DType::Q3_K => &[108],
        DType::Q6_K => &[208],
        DType::F32 | DType::F16 | DType::BF16 | DType::MXFP4 => &[],
    }
}

/// Raw rows of random codes under scales of moderate size.
pub(crate) fn random_rows(dtype: DType, n_rows: usize, n_cols: usize) -> Vec<u8> {
    let mut random = Random(n_rows as u64 * 1000 + n_cols as u64);
    if dtype.is_float() {
        let numbers = random.numbers(n_rows * n_cols);
        return match dtype {
            DType::F32 => numbers.iter().flat_map(|x| x.to_le_bytes()).collect(),
            DType::F16 => numbers.iter().flat_map(|&x| f16::from_f32(x).to_le_bytes()).collect(),
            _ => numbers.iter().flat_map(|&x| half::bf16::from_f32(x).to_le_bytes()).collect(),
        };
    }
    let mut raw = vec![0; n_rows * dtype.row_bytes(n_cols).expect("tests ask for whole blocks")];
    for block in raw.chunks_mut(dtype.block_bytes()) {
        block.fill_with(|| random.bits() as u8);
        for &offset in halves(dtype) {
            block[offset..offset + 2].copy_from_slice(&f16::from_f32(random.number()).to_le_bytes());
        }
        if dtype == DType::MXFP4 {
            block[0] = 120 + (random.bits() % 8) as u8;
        }
    }
    raw
}

/// Takes the fields that hold half-precision numbers or exponents over from another block.
pub(crate) fn copy_scales(dtype: DType, from: &[u8], to: &mut [u8]) {
    for &offset in halves(dtype) {
        to[offset..offset + 2].copy_from_slice(&from[offset..offset + 2]);
    }
    if dtype == DType::MXFP4 {
        to[0] = from[0];
    }
}
