//! Real models: what they compute here is what transformers computes with the same weights, and what quantizing and the arithmetic of
//! activations cost is bounded. Random weights have no outliers, no sink tokens and no odd vocabularies.
//!
//! `tests/real/fetch` brings the files; without them the tests are skipped, which the last line of a run tells. Values recorded from
//! transformers lie in `tests/data/real`, their script is `tests/record/real_models.py`.

#![allow(clippy::unwrap_used, reason = "a test program; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "figures are worth seeing even where they are good enough")]

mod answers;
mod expected;
mod files;
mod logits;
mod memory;
mod precisions;
mod sonnets;
mod texts;
