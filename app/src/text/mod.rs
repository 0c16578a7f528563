//! Every sentence a person reads, in every language of the interface, and how numbers, sizes and times are written.
//!
//! Sentence case; no full stop on a single short sentence; `…` on buttons that open a dialog.

pub mod about;
pub mod diagnostics;
mod failures;
pub mod labels;
pub mod model_sentences;
pub mod models;
pub mod notices;
mod numbers;
pub mod quality;
pub mod quality_sentences;
pub mod sentences;
pub mod settings;
mod words;
pub mod workshop;
pub mod workshop_sentences;

pub use failures::sentence;
pub use numbers::{
    about_bytes, about_rate, bytes, compact, count, decimals, duration, estimated, parameters, per_second,
    percent, percent_to, rate, small, tokens, too_large,
};
pub use words::{speak, spoken};
