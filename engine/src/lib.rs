//! Nibble's engine: from a checkpoint on disk to a quantized model and a chat with it.
//!
//! Modules in the order of the data flow; each uses only those of lower rows:
//!
//! | row | modules |
//! | --- | --- |
//! | 6 | [`jobs`] |
//! | 5 | [`eval`], [`library`], [`fit`] |
//! | 4 | [`session`] |
//! | 3 | [`models`], [`quant`] |
//! | 2 | [`backend`], [`formats`], [`hub`], [`text`], [`hardware`] |
//! | 1 | `nibble_kernels`, [`progress`] |
//! | 0 | [`base`] |
//!
//! Start reading at [`jobs`]: `jobs/quantize.rs` is the pipeline in one page.

pub mod backend;
pub mod base;
pub mod eval;
pub mod fit;
pub mod formats;
pub mod hardware;
pub mod hub;
pub mod jobs;
pub mod library;
pub mod models;
pub mod progress;
pub mod quant;
pub mod session;
pub mod text;
