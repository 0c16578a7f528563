//! The run layer by layer, for methods that look at whole layers and at what reaches them.
//!
//! Hidden states of the calibration tokens go through the model layer by layer: the original layer shows the moments of its
//! inputs as they come from the quantized layers before it, the method encodes its matrices, and the states continue through
//! the result. One layer is in memory at a time. The tensors outside of layers follow at the end, the output matrix with the
//! moments of its inputs.

use nibble_kernels::{DType, Level};

use super::assignment::QuantizePlan;
use super::deviation::{SquaredSums, WeightErrors};
use super::error::Error;
use super::layers::{HiddenStates, LayerJob, LayerMoments, LayerTensors};
use super::method::{Method, TensorJob};
use super::number_format::WeightRows;
use super::number_formats::Format;
use super::run::{QuantizeRun, TensorSink, not_finite};
use super::statistics::ActivationStatistics;
use crate::backend::{DecoderSpec, RunOptions};
use crate::base::{TensorMeta, TensorSource};
use crate::progress::{Cancel, Observer, Progress};

/// A run layer by layer: source, plan and calibration tokens.
pub struct LayerwiseRun<'a> {
    /// The original model.
    pub source: &'a dyn TensorSource,
    /// The specification of its decoder.
    pub spec: &'a DecoderSpec,
    /// The plan for its tensors.
    pub plan: &'a QuantizePlan,
    /// The method of the layers' matrices.
    pub method: &'static dyn Method,
    /// The calibration tokens, in sequences that begin a text each.
    pub sequences: &'a [Vec<u32>],
    /// Number of worker threads, at least one; all numbers give the same bytes.
    pub threads: usize,
}

impl LayerwiseRun<'_> {
    /// Quantizes all tensors into `sink`, and returns the quantization errors of the weights.
    ///
    /// Progress is counted in bytes of the source.
    ///
    /// # Errors
    /// [`Error`]; the bytes written to `sink` so far are useless.
    pub fn run(
        &self,
        sink: &mut dyn TensorSink,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<WeightErrors, Error> {
        let read = |source| Error::Read { tensor: "token_embd.weight".to_owned(), source };
        let mut states = HiddenStates::embed(self.spec, self.source, self.sequences).map_err(read)?;
        let mut original = self.method.compares_outputs().then(|| states.clone());
        let mut outside = vec![true; self.plan.tensors().len()];
        let mut sums = vec![SquaredSums::default(); outside.len()];
        let total: u64 = self.source.tensors().iter().map(|tensor| tensor.n_bytes() as u64).sum();
        let mut done = 0;
        for layer in 0..self.spec.layers.len() {
            cancel.check()?;
            let encoded = match self.replayed(layer, sink, &mut states, original.as_mut(), cancel)? {
                Some(complete) => complete,
                None => self.layer(layer, &mut states, original.as_mut(), cancel)?,
            };
            for index in 0..encoded.tensors.len() {
                let origin = encoded.tensors.origin(index);
                // Tensors of all layers, as the divisors of rotary frequencies, are not the layer's own.
                if self.spec_layer(origin) != Some(layer) {
                    continue;
                }
                if sink.note(origin).is_none() {
                    sink.begin(origin)?;
                    sink.write(encoded.tensors.raw(index))?;
                    sink.complete(origin, &encoded.sums[index].note())?;
                }
                (outside[origin], sums[origin]) = (false, encoded.sums[index]);
                done += self.source.tensors()[origin].n_bytes() as u64;
            }
            observer.progress(Progress::new(format!("blk.{layer}"), done, total));
        }
        let mut statistics = ActivationStatistics::default();
        states.add_output(self.spec, self.source, &mut statistics)?;
        let run = QuantizeRun::over(self.source, self.plan, Some(&statistics), Some(&outside), self.threads)?;
        for (sums, outside) in sums.iter_mut().zip(run.run_selected(sink, &(), cancel)?) {
            sums.add(outside);
        }
        observer.progress(Progress::new("", total, total));
        Ok(WeightErrors::new(self.plan.tensors(), &sums))
    }

    /// A layer that an earlier run completed, with the states moved through it; `None` if it is not complete.
    fn replayed(
        &self,
        layer: usize,
        sink: &mut dyn TensorSink,
        states: &mut HiddenStates,
        original_states: Option<&mut HiddenStates>,
        cancel: &Cancel,
    ) -> Result<Option<Encoded>, Error> {
        // Most runs begin anew, and then nothing is read.
        let slots = self.spec.tensors();
        let mut own = slots.iter().filter(|slot| slot.layer == Some(layer));
        if !own.all(|slot| self.source.find(&slot.name).is_none_or(|origin| sink.note(origin).is_some())) {
            return Ok(None);
        }
        let read = |(tensor, source)| Error::Read { tensor, source };
        let mut tensors = LayerTensors::read(self.spec, layer, self.source).map_err(read)?;
        let own: Vec<usize> = (0..tensors.len())
            .filter(|&index| self.spec_layer(tensors.origin(index)) == Some(layer))
            .collect();
        let options = RunOptions::new(self.threads);
        if let Some(original_states) = original_states {
            original_states.advance(&*tensors.load(&options, cancel)?, None, cancel)?;
        }
        let mut sums = vec![SquaredSums::default(); tensors.len()];
        for index in own {
            let origin = tensors.origin(index);
            sums[index] = sink.note(origin).map_or_else(SquaredSums::default, SquaredSums::from_note);
            let bytes = sink.read_back(origin)?;
            tensors.replace(index, self.plan.tensors()[origin].dtype, bytes);
        }
        states.advance(&*tensors.load(&options, cancel)?, None, cancel)?;
        Ok(Some(Encoded { tensors, sums }))
    }

    /// Encodes one layer, and moves the states through the result, and those of the original model through the original.
    fn layer(
        &self,
        layer: usize,
        states: &mut HiddenStates,
        mut original_states: Option<&mut HiddenStates>,
        cancel: &Cancel,
    ) -> Result<Encoded, Error> {
        let read = |(tensor, source)| Error::Read { tensor, source };
        let mut tensors = LayerTensors::read(self.spec, layer, self.source).map_err(read)?;
        check_finite(&tensors)?;
        let options = RunOptions { level: Level::best(), ..RunOptions::new(self.threads) };
        let mut moments = LayerMoments::new(tensors.spec(), true);
        let original = tensors.load(&options, cancel)?;
        states.clone().advance(&*original, Some(&mut moments), cancel)?;
        if let Some(original_states) = &mut original_states {
            original_states.advance(&*original, None, cancel)?;
        }
        drop(original);
        let dtypes: Vec<DType> =
            (0..tensors.len()).map(|index| self.plan.tensors()[tensors.origin(index)].dtype).collect();
        let formats: Vec<Option<Format>> =
            (0..tensors.len()).map(|index| self.plan.assignment(tensors.origin(index)).format).collect();
        let mut job = LayerJob {
            tensors: &mut tensors,
            dtypes: &dtypes,
            formats: &formats,
            moments: &moments,
            targets: original_states.as_deref(),
            quantized: states,
            level: options.level,
            threads: self.threads,
            cancel,
        };
        self.method.encode_layer(&mut job)?;
        let sums = self.encode_rest(&mut tensors, (&dtypes, &formats), &moments);
        let quantized = tensors.load(&options, cancel)?;
        states.advance(&*quantized, None, cancel)?;
        Ok(Encoded { tensors, sums })
    }

    /// Encodes what the method left, and returns the deviations of all tensors.
    fn encode_rest(
        &self,
        tensors: &mut LayerTensors,
        (dtypes, formats): (&[DType], &[Option<Format>]),
        moments: &LayerMoments,
    ) -> Vec<SquaredSums> {
        let mut sums = Vec::with_capacity(dtypes.len());
        for (index, &dtype) in dtypes.iter().enumerate() {
            if tensors.meta(index).dtype != dtype {
                let (weights, meta) = (tensors.weights(index), tensors.meta(index).clone());
                if let Some(format) = formats[index] {
                    let mut values = vec![0.0; weights.len()];
                    self.method.round(format, &WeightRows::of_matrix(&weights, meta.n_cols()), &mut values);
                    tensors.replace_rounded(index, dtype, &values);
                    sums.push(tensors.deviation(index));
                    continue;
                }
                let mut bytes = vec![0; meta_bytes(&meta, dtype)];
                let known = moments.of(tensors.spec(), &meta.name).map(|inputs| inputs.statistics(&meta));
                let job = TensorJob { tensor: &meta, dtype, first_row: 0, level: Level::best() };
                self.method.encode(&job, &weights, known.as_ref(), &mut bytes);
                tensors.replace(index, dtype, bytes);
            }
            sums.push(tensors.deviation(index));
        }
        sums
    }

    fn spec_layer(&self, origin: usize) -> Option<usize> {
        let name = &self.source.tensors()[origin].name;
        self.spec.tensors().iter().find(|slot| slot.name == *name).and_then(|slot| slot.layer)
    }
}

/// A layer in its new form.
struct Encoded {
    tensors: LayerTensors,
    sums: Vec<SquaredSums>,
}

fn meta_bytes(meta: &TensorMeta, dtype: DType) -> usize {
    TensorMeta { dtype, ..meta.clone() }.n_bytes()
}

/// Refuses weights that are infinite or NaN.
fn check_finite(tensors: &LayerTensors) -> Result<(), Error> {
    for index in 0..tensors.len() {
        let (weights, meta) = (tensors.weights(index), tensors.meta(index));
        for (row, values) in weights.chunks(meta.n_cols()).enumerate() {
            if let Some(column) = not_finite(values) {
                return Err(Error::NotFinite {
                    tensor: meta.name.clone(),
                    row,
                    column,
                    value: values[column],
                });
            }
        }
    }
    Ok(())
}
