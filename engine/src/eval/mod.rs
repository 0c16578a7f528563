//! Quality of a quantized model: perplexity on a text and, against a reference, KL divergence and top-1 agreement.
//!
//! There is one pipeline: a [`Passage`] is fed to the model, each scored position gives a [`Distribution`], a [`Position`]
//! stores the part of it that a comparison needs, a [`Difference`] compares it with the other model's distribution, and
//! [`Figures`] aggregate all differences. [`evaluate()`] runs both models in memory and stores whole positions, one at a time;
//! a measurement with memory for one model stores the likeliest tokens of each position ([`KEPT_TOKENS`]).
//!
//! Logarithms are natural, so likelihoods and divergences are in nats. Logits are f32, as models compute them; every sum over a
//! vocabulary or over positions is f64, in the order of the tokens and of the text.

mod difference;
mod distribution;
mod error;
mod evaluate;
mod figures;
mod passage;
mod position;
mod reader;

pub use difference::Difference;
pub use distribution::Distribution;
pub use error::Error;
pub use evaluate::{Evaluated, Evaluation, evaluate};
pub use figures::{Figures, Histogram};
pub use passage::{Passage, cut};
pub use position::{KEPT_TOKENS, Keep, Position};
pub use reader::for_each_position;
