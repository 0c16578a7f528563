//! Every sentence a person reads, and how numbers, sizes and times are written.
//!
//! Sentence case; no full stop on a single short sentence; `…` on buttons that open a dialog.

pub mod labels;
pub mod notices;
mod numbers;

pub use numbers::{
    bytes, count, decimals, duration, parameters, per_second, percent, rate, tokens, too_large,
};
