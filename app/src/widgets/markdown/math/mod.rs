//! Formulas of TeX, laid out over a mathematics font: text to a tree, the tree to boxes of signs and rules.
//!
//! The rules are those of TeX (D. Knuth, "The TeXbook", appendix G), with the measures of the font's OpenType MATH table. What
//! is not understood is an error, upon which the source is shown: never a formula that means something else.

mod accents;
mod alphabet;
mod boxes;
mod commands;
mod constants;
mod delimiters;
mod environments;
mod fraction;
mod layout;
mod matrix;
mod metrics;
mod negation;
mod parser;
mod radical;
mod scripts;
mod symbols;
#[cfg(test)]
mod tests;
mod tree;

pub(super) use boxes::{Ink, MathBox};
pub(super) use layout::Setting;
pub(super) use metrics::advance_of;
pub(super) use parser::Formula;
