//! One matrix product a number of times and little else, to count its instructions under an emulator:
//!
//! ```text
//! cargo build --release -p nibble-kernels --example instructions [--target aarch64-unknown-linux-gnu]
//! qemu-aarch64 -cpu max -singlestep -d exec,nochain -D /dev/stdout instructions TYPE LEVEL TOKENS ROUNDS | wc -l
//! ```
//! A line is an instruction; what one more round adds, divided by the 256 blocks of 256 weights, is what a block costs. Rounds
//! differ in nothing, so two runs are enough.

use std::convert::Infallible;

use nibble_kernels::{Activations, DType, Level, Matrix, MatrixShape, Pool, Product, matmul};

const N_ROWS: usize = 16;
const N_COLS: usize = 4096;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dtype, level, n_tokens, rounds] = &arguments[..] else {
        return Err("TYPE LEVEL TOKENS ROUNDS".into());
    };
    let dtype = DType::from_name(dtype).ok_or("no such type")?;
    let level = Level::from_name(level).ok_or("no such level on this machine")?;
    let n_tokens: usize = n_tokens.parse()?;
    let rounds: usize = rounds.parse()?;

    let pool = Pool::new(1);
    let row_bytes = dtype.row_bytes(N_COLS).ok_or("rows are not whole blocks")?;
    let raw: Vec<u8> =
        (0..N_ROWS * row_bytes).map(|i| if i % 2 == 1 { 0x3c } else { ((i * 37) >> 3) as u8 }).collect();
    let shape = MatrixShape { dtype, n_rows: N_ROWS, n_cols: N_COLS };
    let matrix = Matrix::pack::<Infallible>(&pool, shape, &|rows, sink| {
        sink(&raw[rows.start * row_bytes..rows.end * row_bytes]);
        Ok(())
    })?;

    let x: Vec<f32> = (0..n_tokens * N_COLS).map(|i| (i % 17) as f32 - 8.0).collect();
    let formats = matrix.input_formats().for_batch(level, n_tokens);
    let mut prepared = Activations::new(formats, n_tokens, N_COLS).ok_or("memory is not there")?;
    prepared.quantize(level, &pool, &x, n_tokens, formats);
    let mut out = vec![0.0; n_tokens * N_ROWS];
    for _ in 0..rounds {
        matmul(level, &pool, &mut [Product { matrix: &matrix, out: &mut out }], &prepared);
    }
    Ok(())
}
