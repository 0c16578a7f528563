//! What quantizing cost: perplexity on a text and, against a reference, KL divergence and agreement.
//!
//! One way leads there, whoever asks: a [`Passage`] is read, at each of its scored positions a [`Distribution`] comes out of the
//! model, a [`Position`] keeps of it what a comparison needs, a [`Difference`] compares that with the other model's distribution,
//! and [`Figures`] are what all differences come to. [`evaluate()`] does so with both models in memory and keeps whole positions,
//! one at a time; a measurement that has memory for one model keeps the likeliest tokens of each position ([`KEPT_TOKENS`]).
//!
//! Logarithms are natural ones, so likelihoods and divergences are in nats. Logits are f32, as models give them; every sum over a
//! vocabulary and over positions is one of f64, in the order of the tokens and of the text.

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
