//! Rotation: the residual stream and the heads of values are rotated before rounding, so that outliers are spread over all columns.
//!
//! QuaRot (Ashkboos et al., arXiv 2404.00456), as far as it is a change of weights alone: what a file of an ordinary decoder can
//! hold. The model computes the same, because root-mean-square norms without weights commute with rotations. The rotated matrices
//! are rounded by GPTQ, since rotating alone rounds nothing.

mod error;
mod hadamard;
mod source;
#[cfg(test)]
mod tests;

use super::Gptq;
use crate::backend::{DecoderSpec, Ffn, LayerSpec, Mixer};
use crate::base::TensorSource;
use crate::quant::error::Error;
use crate::quant::layers::LayerJob;
use crate::quant::method::{Method, Needs};
use crate::quant::number_formats::Format;
use crate::quant::statistics::ActivationStatistics;
pub use error::RotationError;
use source::RotatedSource;

/// Rotates the residual stream and the heads of values, then rounds with error feedback.
pub struct Rotation;

impl Method for Rotation {
    fn name(&self) -> &'static str {
        "rotation"
    }

    fn needs(&self) -> Needs {
        Needs::Layers
    }

    fn admits(&self, spec: Option<&DecoderSpec>) -> Result<(), Error> {
        let spec = spec.ok_or(RotationError::NotDescribed)?;
        let of_layer = |(layer, spec): (usize, &LayerSpec)| {
            let block = |block| Err(RotationError::Block { layer, block }.into());
            match (&spec.mixer, &spec.ffn) {
                _ if spec.post_norms => Err(RotationError::PostNorms { layer }.into()),
                (Mixer::Attention(attention), _) if attention.gated => block("attention with a gate"),
                (Mixer::ShortConv(_), _) => block("a short convolution"),
                (Mixer::GatedDelta(_), _) => block("a gated delta rule"),
                (_, Ffn::Experts(_)) => block("a mixture of experts"),
                (Mixer::Attention(_), Ffn::Gated(_)) => Ok(()),
            }
        };
        spec.layers.iter().enumerate().try_for_each(of_layer)
    }

    /// A model whose output matrix is its embedding gets one of its own, which is larger by that matrix: the norm before the
    /// output can be folded into a matrix that nothing else uses only.
    fn prepare<'s>(
        &self,
        source: Box<dyn TensorSource + 's>,
        spec: Option<&DecoderSpec>,
        _: Option<&ActivationStatistics>,
    ) -> Result<Box<dyn TensorSource + 's>, Error> {
        self.admits(spec)?;
        let spec = spec.ok_or(RotationError::NotDescribed)?;
        Ok(Box::new(RotatedSource::new(source, spec)?))
    }

    fn takes_format(&self, format: Format) -> bool {
        Gptq.takes_format(format)
    }

    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        Gptq.encode_layer(job)
    }
}
