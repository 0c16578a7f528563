//! The formats in which inputs of matrix products are prepared.

use crate::level::{Kind, Level};

/// Smallest number of tokens for which AMX tiles are faster than codes, by measurement.
pub const FEWEST_TILE_TOKENS: usize = 24;

/// How precise the codes of an input are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum InputPrecision {
    /// Numbers are outliers if they let a group's expected rounding error, 32/12 of a squared step, exceed 3.5e-6 of the
    /// token's squared norm without them.
    #[default]
    Standard,
    /// The same with half of that share. For query, key and value, where errors of the input cost most by measurement.
    Fine,
    /// Codes, and codes of what they leave: about sixteen bits, at twice the arithmetic, without outliers. For the output matrix,
    /// whose inputs' errors are those of the logits.
    Twice,
}

/// The formats in which an input is prepared; a matrix states which of them it needs ([`crate::Matrix::input_formats`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputFormats {
    /// Eight-bit codes with scales, beside which outliers stand as they are.
    pub integer: bool,
    /// How precise the codes are, where there are any.
    pub precision: InputPrecision,
    /// Unquantized `f32` numbers.
    pub float: bool,
    /// Numbers rounded to bf16, in AMX tiles: used in place of codes for many tokens.
    pub tiles: bool,
}

impl InputFormats {
    /// The format for quantized weights.
    pub const INTEGER: Self = Self { integer: true, ..Self::NONE };
    /// The format for floating-point weights.
    pub const FLOAT: Self = Self { float: true, ..Self::NONE };
    /// The format for quantized weights and many tokens on AMX.
    pub const TILES: Self = Self { tiles: true, ..Self::NONE };
    /// No format at all.
    pub const NONE: Self =
        Self { integer: false, precision: InputPrecision::Standard, float: false, tiles: false };

    /// The formats that a batch of `n_tokens` tokens uses at `level`: tiles replace codes where they are faster.
    #[must_use]
    pub fn for_batch(self, level: Level, n_tokens: usize) -> Self {
        let tiles = self.integer && level.kind() == Kind::Amx && n_tokens >= FEWEST_TILE_TOKENS;
        Self { integer: self.integer && !tiles, tiles: self.tiles || tiles, ..self }
    }

    /// These formats with codes of the given precision.
    #[must_use]
    pub fn with_precision(self, precision: InputPrecision) -> Self {
        Self { precision, ..self }
    }

    /// Whether every token is quantized twice.
    pub(crate) fn twice(self) -> bool {
        self.integer && self.precision == InputPrecision::Twice
    }

    /// All formats of `self` and of `other`.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            integer: self.integer || other.integer,
            precision: self.precision.max(other.precision),
            float: self.float || other.float,
            tiles: self.tiles || other.tiles,
        }
    }

    /// Whether an input in these formats, in tiles instead of codes too, serves matrices that need `other`.
    pub(crate) fn satisfy(self, other: Self) -> bool {
        (!other.integer || self.integer || self.tiles)
            && (!other.float || self.float)
            && (!other.tiles || self.tiles)
    }

    /// Whether buffers for these formats have room for `other`.
    pub(crate) fn hold(self, other: Self) -> bool {
        (self.integer || !other.integer) && (self.float || !other.float) && (self.tiles || !other.tiles)
    }
}
