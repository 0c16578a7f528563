//! Every sentence a person reads, in every language of the interface, and how numbers, sizes and times are written.
//!
//! Sentence case; no full stop on a single short sentence; `…` on buttons that open a dialog.

pub mod labels;
pub mod notices;
mod numbers;
pub mod sentences;
mod words;

pub use numbers::{
    bytes, count, decimals, duration, parameters, per_second, percent, rate, tokens, too_large,
};
pub use words::{speak, spoken};
