//! Statistics of all matrices' inputs, collected layer by layer in one pass over the calibration tokens.

use super::{HiddenStates, LayerMoments, LayerTensors};
use crate::backend::{DecoderSpec, RunOptions};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer, Progress};
use crate::quant::error::Error;
use crate::quant::statistics::{ActivationStatistics, n_matrices};

/// Runs the original layers of `source` on `sequences` one after the other, and returns the statistics of the inputs of all
/// matrices, the output matrix's among them.
///
/// One layer and the hidden states of all tokens are in memory. Progress counts layers.
///
/// # Errors
/// [`Error::Read`], [`Error::Backend`] or [`Error::Cancelled`].
pub fn collect(
    source: &dyn TensorSource,
    spec: &DecoderSpec,
    sequences: &[Vec<u32>],
    threads: usize,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<ActivationStatistics, Error> {
    let read = |source| Error::Read { tensor: "token_embd.weight".to_owned(), source };
    let mut states = HiddenStates::embed(spec, source, sequences).map_err(read)?;
    let (options, total) = (RunOptions::new(threads), spec.layers.len());
    let mut statistics = ActivationStatistics::default();
    for layer in 0..total {
        cancel.check()?;
        let read = |(tensor, source)| Error::Read { tensor, source };
        let tensors = LayerTensors::read(spec, layer, source).map_err(read)?;
        let mut moments = LayerMoments::new(tensors.spec(), false);
        let decoder = tensors.load(&options, cancel)?;
        states.advance(&*decoder, Some(&mut moments), cancel)?;
        for index in 0..tensors.len() {
            if let Some(input) = moments.of(tensors.spec(), &tensors.meta(index).name) {
                let tensor = &source.tensors()[tensors.origin(index)];
                let n = n_matrices(tensor);
                statistics.add(&tensor.name, vec![input.n_rows as f32; n], input.sums().repeat(n))?;
            }
        }
        observer.progress(Progress::new(format!("blk.{layer}"), layer as u64 + 1, total as u64));
    }
    states.add_output(spec, source, &mut statistics)?;
    Ok(statistics)
}
