//! How the `cpu` backend rounds the inputs of products with quantized weights.

use nibble_kernels::InputPrecision;

/// How inputs of products with quantized weights are rounded to eight bits, always by scales that are found as they are
/// multiplied. The output matrix takes its input at about sixteen bits in every mode, as in the papers, which leave it alone.
///
/// All but [`ActivationMode::Standard`] are what others publish, for comparison. They are slower, and where groups of tokens
/// share a scale or columns, a token's results depend on the tokens that are computed with it: those of its feed, up to 512 at
/// a time, and those of other sequences in a batch. Feeds that promise the bits of one token after the other share nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActivationMode {
    /// A scale for 32 columns, beside which outliers stand in `f32`; many tokens in bf16 on AMX.
    #[default]
    Standard,
    /// One scale for a token, without outliers: the activations of SmoothQuant (arXiv 2211.10438).
    PerToken,
    /// One scale for all tokens that are computed together, without outliers: what fails on models with outlier channels.
    PerTensor,
    /// One scale for a token, and columns apart in `f32` where any token has a magnitude of at least 6: LLM.int8()
    /// (arXiv 2208.07339).
    OutlierColumns,
}

impl ActivationMode {
    /// All modes, the usual one first.
    pub const ALL: [Self; 4] = [Self::Standard, Self::PerToken, Self::PerTensor, Self::OutlierColumns];

    /// Name of the mode, as users give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::PerToken => "per-token",
            Self::PerTensor => "per-tensor",
            Self::OutlierColumns => "outlier-columns",
        }
    }

    /// The precision of an input that has the precision `standard` in the usual mode.
    pub(super) fn precision(self, standard: InputPrecision) -> InputPrecision {
        match self {
            Self::Standard => standard,
            Self::PerToken => InputPrecision::PerToken,
            Self::PerTensor => InputPrecision::PerTensor,
            Self::OutlierColumns => InputPrecision::OutlierColumns,
        }
    }
}
