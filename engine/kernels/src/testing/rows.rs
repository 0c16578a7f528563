//! Rows of random codes in every format, under scales that give moderate weights.

use half::f16;

use super::Random;
use crate::DType;
use crate::block::Fields;

/// Raw rows of random codes under scales of moderate size.
pub(crate) fn random_rows(dtype: DType, n_rows: usize, n_cols: usize) -> Vec<u8> {
    let mut random = Random::new(n_rows as u64 * 1000 + n_cols as u64);
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
        block.fill_with(|| random.whole() as u8);
        set_scales(
            dtype,
            block,
            [random.number(), random.number()],
            2.0_f32.powi((random.whole() % 8) as i32 - 8),
        );
    }
    raw
}

/// Sets a block's scales to moderate sizes: numbers below 1, or a power of two in formats with such scales.
fn set_scales(dtype: DType, block: &mut [u8], [d, dmin]: [f32; 2], power: f32) {
    let mut fields = Fields::default();
    dtype.fields(block, &mut fields);
    let half = |x: f32| f16::from_f32(x).to_f32();
    fields.d = if dtype == DType::MXFP4 { power } else { half(d) };
    fields.dmin = half(dmin);
    dtype.pack(&fields, block);
}

/// Copies the finite scales of another block.
pub(crate) fn copy_scales(dtype: DType, from: &[u8], to: &mut [u8]) {
    let (mut finite, mut fields) = (Fields::default(), Fields::default());
    dtype.fields(from, &mut finite);
    dtype.fields(to, &mut fields);
    (fields.d, fields.dmin) = (finite.d, finite.dmin);
    dtype.pack(&fields, to);
}
