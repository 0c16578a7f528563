//! How the tokens and columns of an input are cut.

use super::group::GROUP;

/// Tokens of a tile: the most that one kernel call computes.
pub(crate) const TILE_TOKENS: usize = 12;

/// Groups of a row; always even, so that units of 64 columns are whole.
pub(crate) fn n_groups(n_cols: usize) -> usize {
    n_cols.div_ceil(2 * GROUP) * 2
}
