//! Element types of weights, one file each: byte diagram, meaning, encoder, packed layout and the steps of its kernels.
//!
//! Every quantized format stores small integer codes in groups of 16 or 32, each group with a scale and possibly a minimum.
//! [`crate::block::BlockFormat`] is the common trait; decoding, encoding, packing and the matrix products are written over it
//! once. A new format is a file here with its `mod` line below, and a line in the list of [`crate::DType`]. Layouts of blocks:
//! ggml `docs/gguf.md` and `ggml-common.h`.
#![allow(
    clippy::inline_always,
    reason = "a format's steps must be inlined into the function that enables an instruction set"
)]

pub(crate) mod floats;
pub(crate) mod iq1_m;
pub(crate) mod iq1_s;
pub(crate) mod iq2_s;
pub(crate) mod iq2_xs;
pub(crate) mod iq2_xxs;
pub(crate) mod iq3_s;
pub(crate) mod iq3_xxs;
pub(crate) mod iq4_nl;
pub(crate) mod iq4_xs;
pub(crate) mod mxfp4;
pub(crate) mod nvfp4;
pub(crate) mod q1_0;
pub(crate) mod q2_0;
pub(crate) mod q2_k;
pub(crate) mod q3_k;
pub(crate) mod q4_0;
pub(crate) mod q4_1;
pub(crate) mod q4_k;
pub(crate) mod q5_0;
pub(crate) mod q5_1;
pub(crate) mod q5_k;
pub(crate) mod q6_k;
pub(crate) mod q8_0;
pub(crate) mod tq1_0;
pub(crate) mod tq2_0;
