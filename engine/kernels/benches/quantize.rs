//! Speed of the encoders on one core.
//!
//! ```text
//! cargo bench -p nibble-kernels --bench quantize -- [TYPE...]
//! ```
//! One line per level and type: millions of weights per second.

#![allow(clippy::print_stdout, reason = "a bench prints its results")]

use std::time::Instant;

use nibble_kernels::testing::Random;
use nibble_kernels::{DType, Level, quantize};

const WEIGHTS: usize = 1 << 16;
const SECONDS: f64 = 0.3;

fn main() {
    let mut dtypes: Vec<DType> =
        std::env::args().filter_map(|argument| DType::from_name(&argument)).collect();
    if dtypes.is_empty() {
        dtypes = DType::all().collect();
    }
    let weights = bells();
    for level in Level::available() {
        for &dtype in &dtypes {
            let mut bytes = vec![0; dtype.row_bytes(weights.len()).expect("a multiple of all blocks")];
            let (start, mut runs) = (Instant::now(), 0_u32);
            while start.elapsed().as_secs_f64() < SECONDS {
                quantize(level, dtype, &weights, None, &mut bytes);
                runs += 1;
            }
            let rate = f64::from(runs) * weights.len() as f64 / start.elapsed().as_secs_f64();
            println!("{:6} {dtype:6} {:6.0} M weights/s", level.name(), rate / 1e6);
        }
    }
}

/// Roughly normally distributed numbers.
fn bells() -> Vec<f32> {
    let mut random = Random::new(1);
    (0..WEIGHTS).map(|_| (0..6).map(|_| random.number()).sum::<f32>() * 0.02).collect()
}
