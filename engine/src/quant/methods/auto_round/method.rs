//! AutoRound as a method that works layer by layer.

use super::{TuneData, TuneFormat, TuneMatrix, TuneOptions, TunedCodes, tune};
use crate::backend::gradient::GradientModel;
use crate::quant::error::Error;
use crate::quant::layers::LayerJob;
use crate::quant::method::{Method, Needs, TensorJob};
use crate::quant::method_cost::MethodCost;
use crate::quant::methods::Importance;
use crate::quant::methods::awq::{encode, importance};
use crate::quant::statistics::TensorStatistics;

/// Learns roundings and scales of each layer, from those of a scale search weighted by the inputs.
pub struct AutoRound;

impl Method for AutoRound {
    fn name(&self) -> &'static str {
        "auto_round"
    }

    fn needs(&self) -> Needs {
        Needs::Layers
    }

    fn cost(&self) -> MethodCost {
        // Each step goes forward and backward through some of the sequences; together they come to as many as a few hundred.
        MethodCost { passes: 80.0, ..MethodCost::LAYERS }
    }

    fn compares_outputs(&self) -> bool {
        true
    }

    fn encode(&self, job: &TensorJob<'_>, weights: &[f32], known: Option<&TensorStatistics>, out: &mut [u8]) {
        Importance.encode(job, weights, known, out);
    }

    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        let Some(targets) = job.targets else { return Ok(()) };
        let spec = job.tensors.spec().clone();
        let lengths = job.quantized.lengths();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let layer = GradientModel::new(&spec, &*job.tensors, longest)?.layer(0)?;
        let slots = spec.tensors();
        let (mut matrices, mut indices) = (Vec::new(), Vec::new());
        for index in job.matrices() {
            let name = &job.tensors.meta(index).name;
            let known = layer.matrices().into_iter().map(|matrix| matrix.slot);
            let Some(slot) = known.into_iter().find(|slot| slots[slot.0].name == *name) else { continue };
            let dtype = job.dtypes[index];
            // The codes of a lattice are not rounded one by one.
            if dtype.code_values().is_empty() {
                continue;
            }
            let importance = importance(job.moments_of(index)?, None);
            let bytes = encode(job.level, dtype, &job.tensors.weights(index), &importance);
            matrices.push(TuneMatrix { slot, format: TuneFormat::Blocks { dtype, bytes } });
            indices.push(index);
        }
        let data =
            TuneData { inputs: job.quantized.stream(), targets: targets.stream(), lengths, columns: None };
        let tuned = tune(&layer, &matrices, &data, &TuneOptions::default(), &(), job.cancel)?;
        for (index, (_, codes)) in indices.into_iter().zip(tuned.codes) {
            if let TunedCodes::Blocks { dtype, bytes } = codes {
                job.tensors.replace(index, dtype, bytes);
            }
        }
        Ok(())
    }
}
