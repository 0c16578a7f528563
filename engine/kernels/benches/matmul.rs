//! Speed of the matrix products beside what the machine can do.
//!
//! ```text
//! cargo bench -p nibble-kernels --bench matmul -- [TYPE...] [--level L] [--threads N] [--tokens N,N,...] [--shape RxC] [--hot]
//! ```
//! One line per type, shape and number of tokens: bytes of weights read per second beside the probe's reading, operations per
//! second beside the probe's products, each the best of several passes. Enough copies of a matrix are made that no cache holds them.

#![allow(clippy::print_stdout, reason = "a bench prints its results")]

use std::convert::Infallible;
use std::time::Instant;

use nibble_kernels::{Activations, DType, Level, Matrix, MatrixShape, Pool, Product, matmul, probe};

const SHAPES: [(usize, usize); 3] = [(2048, 2048), (8192, 2048), (2048, 8192)];
/// Bytes of weights that exceed every cache.
const ENOUGH: usize = 640 << 20;
const SECONDS: f64 = 0.8;
const WINDOW_SECONDS: f64 = 0.02;

struct Options {
    dtypes: Vec<DType>,
    levels: Vec<Level>,
    n_threads: usize,
    n_tokens: Vec<usize>,
    shapes: Vec<(usize, usize)>,
    /// One copy of each matrix, which may stay in the caches.
    hot: bool,
    /// One short call of each kernel, to check that it runs.
    brief: bool,
}

fn main() {
    let options = options();
    let pool = Pool::new(options.n_threads);
    for &level in &options.levels {
        println!("{} × {}", level.name(), pool.n_threads());
        for &dtype in &options.dtypes {
            for &(n_rows, n_cols) in &options.shapes {
                let enough = if options.hot { 1 } else { ENOUGH };
                let matrices = matrices(&pool, MatrixShape { dtype, n_rows, n_cols }, enough);
                for &n_tokens in &options.n_tokens {
                    report(level, &pool, &matrices, n_tokens, &options);
                }
            }
        }
    }
}

/// Measures the machine, then the product, and prints both: other load on the machine changes in the meantime.
fn report(level: Level, pool: &Pool, matrices: &[Matrix], n_tokens: usize, options: &Options) {
    let matrix = &matrices[0];
    let (dtype, n_rows, n_cols) = (matrix.dtype(), matrix.n_rows(), matrix.n_cols());
    let gbps =
        probe::read_gbps(level, pool, if options.brief { 1 << 20 } else { 1 << 29 }).unwrap_or(f64::NAN);
    let gops = probe::product_gops(level, pool);
    let (seconds, calls) =
        measure(level, pool, matrices, n_tokens, if options.brief { 0.0 } else { SECONDS });
    let read = (matrix.bytes() * calls) as f64 / seconds / 1e9;
    let done = 2.0 * (n_rows * n_cols * n_tokens * calls) as f64 / seconds / 1e9;
    let (read_share, done_share) = (100.0 * read / gbps, 100.0 * done / gops);
    println!(
        "{dtype:7} {n_rows:5} × {n_cols:4} {n_tokens:4} tokens {read:7.2} of {gbps:4.1} GB/s {read_share:5.1} % \
         {done:8.1} of {gops:4.0} GOP/s {done_share:5.1} %"
    );
}

fn options() -> Options {
    let mut options = Options {
        dtypes: Vec::new(),
        levels: Vec::new(),
        n_threads: 2,
        n_tokens: vec![1, 4, 512],
        shapes: Vec::new(),
        hot: false,
        brief: true,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--level" => options.levels.extend(Level::from_name(&value())),
            "--threads" => options.n_threads = value().parse().unwrap_or(2),
            "--tokens" => options.n_tokens = value().split(',').flat_map(str::parse).collect(),
            "--hot" => options.hot = true,
            "--bench" => options.brief = false,
            "--shape" => {
                let text = value();
                let (rows, cols) = text.split_once('x').unwrap_or(("2048", "2048"));
                options.shapes.push((rows.parse().unwrap_or(2048), cols.parse().unwrap_or(2048)));
            }
            name => options.dtypes.extend(DType::from_name(name)),
        }
    }
    if options.dtypes.is_empty() {
        options.dtypes = vec![DType::Q4_0, DType::Q4_K, DType::Q5_K, DType::Q6_K, DType::Q8_0, DType::F16];
    }
    if options.brief {
        (options.shapes, options.n_tokens, options.hot) = (vec![(64, 256)], vec![1, 13], true);
    } else if options.shapes.is_empty() {
        options.shapes = SHAPES.to_vec();
    }
    if options.levels.is_empty() {
        options.levels = Level::available().split_off(1);
    }
    options
}

/// Copies of a matrix of plausible bytes: scales near one, random codes.
fn matrices(pool: &Pool, shape: MatrixShape, enough: usize) -> Vec<Matrix> {
    let MatrixShape { dtype, n_rows, n_cols } = shape;
    let row_bytes = dtype.row_bytes(n_cols).expect("the shapes are whole blocks");
    let raw: Vec<u8> =
        (0..n_rows * row_bytes).map(|i| if i % 2 == 1 { 0x3c } else { ((i * 37) >> 3) as u8 }).collect();
    let pack = || {
        Matrix::pack::<Infallible>(pool, shape, &|rows, sink| {
            sink(&raw[rows.start * row_bytes..rows.end * row_bytes]);
            Ok(())
        })
        .expect("the shapes are whole blocks and memory is there")
    };
    let first = pack();
    let n_copies = enough.div_ceil(first.bytes());
    std::iter::once(first).chain((1..n_copies).map(|_| pack())).collect()
}

/// Multiplies one matrix after another until enough time has passed; seconds and calls of the fastest window of some
/// milliseconds, since the probe's figures are its fastest passes too.
fn measure(level: Level, pool: &Pool, matrices: &[Matrix], n_tokens: usize, seconds: f64) -> (f64, usize) {
    let (n_rows, n_cols) = (matrices[0].n_rows(), matrices[0].n_cols());
    let x: Vec<f32> = (0..n_tokens * n_cols).map(|i| (i % 17) as f32 - 8.0).collect();
    let formats = matrices[0].input_formats().for_batch(level, n_tokens);
    let mut prepared = Activations::new(formats, n_tokens, n_cols).expect("a few megabytes");
    prepared.quantize(level, pool, &x, n_tokens, formats);
    let mut out = vec![0.0; n_tokens * n_rows];
    let mut best = (f64::INFINITY, 1);
    let start = Instant::now();
    let mut next = matrices.iter().cycle();
    while best.0.is_infinite() || start.elapsed().as_secs_f64() < seconds {
        let window = Instant::now();
        let mut calls = 0;
        while calls == 0 || window.elapsed().as_secs_f64() < WINDOW_SECONDS.min(seconds) {
            let matrix = next.next().expect("there is at least one matrix");
            matmul(level, pool, &mut [Product { matrix, out: &mut out }], &prepared);
            calls += 1;
        }
        let seconds = window.elapsed().as_secs_f64();
        if seconds * (best.1 as f64) < best.0 * f64::from(calls) {
            best = (seconds, calls as usize);
        }
    }
    best
}
