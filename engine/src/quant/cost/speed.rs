//! The speed of this machine at quantizing, measured in some milliseconds: encoding in each format of a plan, and products in
//! f32. So estimates hold for any machine and any format.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hint::black_box;
use std::time::Instant;

use nibble_kernels::{Activations, DType, Level, Matrix, MatrixShape, Pool, Product, matmul, quantize};

/// Weights that are encoded to measure a format: whole blocks of every type.
const ENCODED: usize = 1 << 12;
/// Shape of the matrix that is multiplied, and number of tokens.
const ROWS: usize = 1024;
const COLUMNS: usize = 1024;
const TOKENS: usize = 64;

/// Speed of this machine for one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineSpeed {
    /// Nanoseconds that one thread takes to encode a weight in each format.
    pub encode_ns: BTreeMap<DType, f64>,
    /// Throughput of products in f32 with all threads, in 10⁹ multiplications and additions per second.
    pub float_gops: f64,
    /// Speed of reading memory in 10⁹ bytes per second.
    pub read_gbps: f64,
    /// Number of threads.
    pub threads: usize,
}

impl MachineSpeed {
    /// Measures encoding in `formats` and products in f32; the speed of reading memory is known.
    pub fn measure(formats: impl Iterator<Item = DType>, read_gbps: f64, threads: usize) -> Self {
        let (level, threads) = (Level::best(), threads.max(1));
        let weights = spread(ENCODED);
        let mut encode_ns = BTreeMap::new();
        for dtype in formats {
            if !encode_ns.contains_key(&dtype) {
                encode_ns.extend(nanoseconds(level, dtype, &weights).map(|ns| (dtype, ns)));
            }
        }
        Self { encode_ns, float_gops: float_gops(level, threads).unwrap_or(1.0), read_gbps, threads }
    }
}

/// Numbers between -1/2 and 1/2, always the same.
fn spread(count: usize) -> Vec<f32> {
    let number = |at: u64| (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as f32 / 65_536.0 - 0.5;
    (0..count as u64).map(number).collect()
}

fn nanoseconds(level: Level, dtype: DType, weights: &[f32]) -> Option<f64> {
    let mut bytes = vec![0; dtype.row_bytes(weights.len())?];
    // The first call prepares tables.
    quantize(level, dtype, &weights[..dtype.block_len()], None, &mut bytes[..dtype.block_bytes()]);
    let start = Instant::now();
    quantize(level, dtype, black_box(weights), None, black_box(&mut bytes));
    Some(start.elapsed().as_secs_f64() * 1e9 / weights.len() as f64)
}

/// Throughput of a product of many tokens; `None` if there is no memory for it.
fn float_gops(level: Level, threads: usize) -> Option<f64> {
    let pool = Pool::new(threads);
    let raw: Vec<u8> = spread(ROWS * COLUMNS).iter().flat_map(|weight| weight.to_le_bytes()).collect();
    let shape = MatrixShape { dtype: DType::F32, n_rows: ROWS, n_cols: COLUMNS };
    let row_bytes = COLUMNS * size_of::<f32>();
    let packed = Matrix::pack::<Infallible>(&pool, shape, &|rows, sink| {
        sink(&raw[rows.start * row_bytes..rows.end * row_bytes]);
        Ok(())
    });
    let matrix = packed.ok()?;
    let formats = matrix.input_formats().for_batch(level, TOKENS);
    let mut input = Activations::new(formats, TOKENS, COLUMNS)?;
    input.quantize(level, &pool, &spread(TOKENS * COLUMNS), TOKENS, formats);
    let mut out = vec![0.0; TOKENS * ROWS];
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let start = Instant::now();
        matmul(level, &pool, &mut [Product { matrix: &matrix, out: &mut out }], &input);
        best = best.min(start.elapsed().as_secs_f64());
    }
    black_box(&out);
    Some(2.0 * (ROWS * COLUMNS * TOKENS) as f64 / best.max(1e-9) / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_speed_of_a_plausible_size() {
        let speed = MachineSpeed::measure(DType::all().chain([DType::Q8_0]), 10.0, 1);
        assert!(DType::all().all(|dtype| speed.encode_ns.contains_key(&dtype)));
        // Between a fiftieth of a nanosecond and a tenth of a millisecond for each weight, on any machine.
        assert!(speed.encode_ns.values().all(|ns| (0.02..1e5).contains(ns)), "{speed:?}");
        assert!((0.01..1e5).contains(&speed.float_gops), "{speed:?}");
    }
}
