//! SIMD vectors by instruction set: kernels are written once, an instruction set is one file here.
//!
//! A kernel that is plain arithmetic on rows (attention, norms, activations) is written over [`Lanes`], the products of
//! quantized weights over [`CodeLanes`], and the searches of the encoders over [`Vector`], which defines operators on lanes.
//! Each is instantiated inside a function with the level's target features, by [`macro@at_level`] or by the table of kernels in
//! the level's file. Everything is inlined there, so the intrinsics see the features. The token types can only be constructed
//! where the features are enabled, which makes their methods safe to call.

#![allow(
    clippy::inline_always,
    reason = "a lane operation left as a call would lose the caller's target features"
)]

mod at_level;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avxvnni;
mod codes;
#[cfg(target_arch = "aarch64")]
pub(crate) mod dotprod;
mod floats;
#[cfg(target_arch = "aarch64")]
pub(crate) mod i8mm;
#[cfg(target_arch = "aarch64")]
mod neon;
pub(crate) mod scalar;
mod vector;

pub(crate) use at_level::at_level;
#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::{Avx2, AvxVnni};
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
pub(crate) use codes::{CodeLanes, Numbers};
pub(crate) use floats::{Lanes, MOST};
#[cfg(target_arch = "aarch64")]
pub(crate) use neon::{DotProd, Neon};
pub(crate) use scalar::Scalar;
pub(crate) use vector::{INTEGERS, Vector, larger, within};
