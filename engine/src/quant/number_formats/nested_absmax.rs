//! Double quantization (QLoRA, arXiv 2305.14314): the largest magnitudes of blocks, less their mean, as 8-bit codes of
//! bitsandbytes' dynamic map in blocks of 256. 0.127 bits per weight instead of 0.5.

use std::sync::LazyLock;

use crate::quant::number_format::largest;

/// Largest magnitudes under one second-level constant.
pub(super) const BLOCK: usize = 256;

/// Bits of `n` largest magnitudes: a code each, a constant for each block of codes, and the mean.
pub(super) fn bits(n: usize) -> usize {
    8 * n + 32 * n.div_ceil(BLOCK) + 32
}

/// The dynamic map of bitsandbytes (`create_dynamic_map`): 256 signed numbers, whose exponent takes as many bits as it needs and
/// leaves the rest to the fraction (arXiv 1511.04561).
static MAP: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let mut map = vec![0.0, 1.0];
    for exponent in 0..7_i32 {
        // Midpoints of 2^exponent equal parts of 0.1..1, in single precision as torch has them.
        let parts = 1_i32 << exponent;
        let bound = |i: i32| linspace_tenth_to_one(i, parts);
        let power = 10.0_f64.powi(exponent - 6);
        for i in 0..parts {
            let middle = f32::midpoint(bound(i), bound(i + 1));
            // A double power times a single-precision tensor is a single-precision product in torch.
            let value = power as f32 * middle;
            map.extend([value, -value]);
        }
    }
    map.sort_by(f32::total_cmp);
    map
});

/// Number `i` of `parts + 1` evenly spaced numbers from 0.1 to 1, as `torch.linspace` computes them: from the nearer end.
fn linspace_tenth_to_one(i: i32, parts: i32) -> f32 {
    let step = (1.0_f32 - 0.1) / parts as f32;
    if i < (parts + 1) / 2 { 0.1 + step * i as f32 } else { 1.0 - step * (parts - i) as f32 }
}

/// Largest magnitudes as they are stored with the mean `offset`; far below the mean of their block, they may be less than 0.
pub(super) fn rounded(exact: &[f32], offset: f32) -> Vec<f32> {
    let of_block = move |block: &[f32]| {
        let centered: Vec<f32> = block.iter().map(|magnitude| magnitude - offset).collect();
        let constant = largest(&centered);
        let inverse = 1.0 / constant.max(1e-38);
        centered.into_iter().map(move |magnitude| {
            let x = magnitude * inverse;
            let code = MAP.windows(2).take_while(|pair| x > f32::midpoint(pair[0], pair[1])).count();
            (MAP[code] * constant + offset).clamp(f32::MIN, f32::MAX)
        })
    };
    exact.chunks(BLOCK).flat_map(of_block).collect()
}
