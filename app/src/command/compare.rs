//! Commands of comparing models.

use std::path::PathBuf;

/// A command about comparing several models with one original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompareCommand {
    /// Show the screen, with this model among those to compare.
    With(PathBuf),
    /// Choose the original.
    SetOriginal(PathBuf),
    /// Add a model, or leave it out again.
    Toggle(PathBuf),
    /// Compare the chosen models.
    Start,
    /// Cancel the comparison.
    Cancel,
}
