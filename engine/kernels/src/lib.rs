//! Nibble's kernels: block formats, quantizers, matrix products, attention. The interface is slices.
//!
//! This is the only crate with SIMD and the only one with `unsafe` beyond one memory map. Every fast path has a scalar
//! definition in plain Rust, and tests compare the two at every level of the machine.

#![allow(unsafe_code, reason = "SIMD needs it; every block states why it is sound")]

pub mod activation;
pub mod activations;
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(dead_code, unused_imports, reason = "only AMX multiplies tiles; others know their shape")
)]
mod amx;
pub mod attention;
mod bf16;
pub mod block;
pub mod convolution;
pub mod decode;
pub mod delta;
pub mod dtype;
mod encode;
mod exp;
mod format;
mod formats;
#[cfg(any(test, all(windows, target_env = "gnu")))]
mod fused;
pub mod hadamard;
mod lanes;
mod lattice;
mod layout;
pub mod level;
pub mod matmul;
pub mod matrix;
pub mod norm;
pub mod pool;
pub mod probe;
pub mod quantize;
pub mod rope;
pub mod rows;
mod shared;
pub mod softcap;
pub mod testing;
pub mod zeroed;

pub use activation::Activation;
pub use activations::{Activations, InputFormats, InputPrecision, OUTLIER_MAGNITUDE};
pub use dtype::DType;
pub use level::{Level, UnavailableLevel};
pub use matmul::{Product, can_fuse_gate_up, matmul, matmul_gated};
pub use matrix::{Matrix, MatrixShape, PackError};
pub use pool::Pool;
pub use quantize::quantize;
