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
    /// One scale for all numbers of an input, by the largest, without outliers.
    PerTensor,
    /// One scale for all numbers of a token, by its largest, without outliers (SmoothQuant, arXiv 2211.10438, section 3).
    PerToken,
    /// One scale for a token, with columns left out for all tokens in which any token has a magnitude of at least
    /// [`OUTLIER_MAGNITUDE`] (LLM.int8(), arXiv 2208.07339, section 3.2).
    OutlierColumns,
    /// What [`InputPrecision::OutlierColumns`] is for tokens that are prepared one by one: numbers of at least that magnitude
    /// are left out, whatever other tokens have in their column.
    OutlierNumbers,
}

/// Smallest magnitude of outliers in precisions with one scale for a token, the threshold of LLM.int8() (arXiv 2208.07339).
pub const OUTLIER_MAGNITUDE: f32 = 6.0;

impl InputPrecision {
    /// Whether all groups of a token share a scale.
    pub(crate) fn shares_scales(self) -> bool {
        self >= Self::PerTensor
    }

    /// This precision as tokens get it that are prepared one by one, so that a token's results do not depend on others.
    #[must_use]
    pub fn of_single_tokens(self) -> Self {
        match self {
            Self::PerTensor => Self::PerToken,
            Self::OutlierColumns => Self::OutlierNumbers,
            other => other,
        }
    }

    /// Most outliers of a token of `n_cols` columns, where any number can be one; `None` where the norm limits them.
    pub(super) fn most_outliers(self, n_cols: usize) -> Option<usize> {
        matches!(self, Self::OutlierColumns | Self::OutlierNumbers).then_some(n_cols)
    }
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

    /// The formats that a batch of `n_tokens` tokens uses at `level`: tiles replace codes where they are faster, if all groups of
    /// a token have scales of their own.
    #[must_use]
    pub fn for_batch(self, level: Level, n_tokens: usize) -> Self {
        let own_scales = self.integer && !self.precision.shares_scales();
        let tiles = own_scales && level.kind() == Kind::Amx && n_tokens >= FEWEST_TILE_TOKENS;
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
        let any_number = |formats: Self| formats.precision.most_outliers(0).is_some();
        (self.integer || !other.integer)
            && (self.float || !other.float)
            && (self.tiles || !other.tiles)
            && (any_number(self) || !any_number(other))
    }
}
